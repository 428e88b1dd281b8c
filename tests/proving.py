"""How much a law is tried: the same few examples in every `make test`, many random ones in `make prove` (PROVE=1)."""

import os
from typing import Final

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

PROVE: Final = os.environ.get("PROVE") == "1"
"""Whether the long proofs run at full size (`make prove`)."""
HISTORIES: Final = 20
"""Histories that `make test` uses, again and again; `make prove` takes any."""

seeds = st.integers(0, 2**32 - 1) if PROVE else st.integers(0, HISTORIES - 1)
"""Of whole histories (`histories.history`)."""
choices = st.integers(0, 2**32 - 1)
"""Of everything that is done to a history."""


def law(few: int, many: int, *, shrink: bool = True) -> settings:
    """shrink: not worth its time where the draws are seeds."""
    phases = [phase for phase in Phase if shrink or phase not in (Phase.shrink, Phase.explain)]
    return settings(
        phases=phases, max_examples=many if PROVE else few, derandomize=not PROVE, database=None, deadline=None, print_blob=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )  # fmt: skip
