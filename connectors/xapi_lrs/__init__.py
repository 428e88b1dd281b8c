"""An LRS's statements, fetched: xAPI 1.0.3, the read side; what a statement says is the `xapi` connector's to read."""

from connectors.xapi_lrs.fetch import VERSION, fetch
from contracts.puller import Puller

PULLER = Puller(
    name="xapi_lrs",
    title="xAPI 1.0.3 statements of a learning record store",
    reads="xapi",
    kind="other",
    fetch=fetch,
    headers={"content-type": "application/json", **VERSION},
)
