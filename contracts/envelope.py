"""The envelope: CloudEvents 1.0, structured JSON, the same bytes in every log (design 3, domain 4.1).

Only `contracts.seal` makes one, so nothing that is appended has passed it by. CloudEvents integers have 32 bits, so the int64
`order` is written as a string.
"""

from typing import Final, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

SOURCE: Final = "urn:fremgang:source:"


class Envelope(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record of the log.

    subject: the pseudonym that it is keyed by. time: when it happened; recordedtime: when the hub received it; both RFC 3339, UTC,
    microseconds. period, naturalkey: where its fact lives (`contracts.kinds`). report: the source's report, hashed. order: which
    report of a source is newer. rank: the channel's place among those of its tool, 0 first. channel: the connector that read it.
    itemkind: what the source calls it, from the connector's closed list. part: `k/n`, the k-th of the n records of one received item;
    absent where the hub derived the record.
    """

    specversion: Literal["1.0"] = "1.0"
    id: str
    source: str
    type: str
    subject: str
    time: str
    recordedtime: str
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | UnsetType = UNSET
    institution: str = ""
    channel: str
    itemkind: str
    part: str | UnsetType = UNSET
    sensitivity: Literal["n", "c", "s"] = "n"
    period: str | UnsetType = UNSET
    naturalkey: str | UnsetType = UNSET
    report: str | UnsetType = UNSET
    order: str | UnsetType = UNSET
    rank: int = 0
    op: Literal["assert", "retract"] = "assert"
    data: Raw | UnsetType = UNSET

    @property
    def supplier(self) -> str:
        return self.source.removeprefix(SOURCE)


class NotUsedItem(Struct, frozen=True):
    """An item that no indicator reads; reason: a `not_used` key of `contracts.reasons.REASONS`."""

    reason: str


class FailedItem(Struct, frozen=True):
    """An item that could not be used. pointer: where. digest: of its body, keyed. body: encrypted, absent where it held a CPR number."""

    reason: str
    pointer: str
    digest: str
    detail: str = ""
    body: str | None = None


class RefusedRequest(Struct, frozen=True):
    """A request refused whole: nothing of it was received."""

    reason: str


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Envelope).decode
