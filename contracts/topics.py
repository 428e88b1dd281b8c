"""The topics of a Kafka log: one for each family, keyed by subject, so that what changes one sheet comes in one order (design 3, 5)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contracts.dates import DAY
from contracts.kinds import INTAKE_TYPES, KINDS, LOG_DAYS, Family

_FEW: Final = frozenset({Family.ROSTER, Family.SOURCE, Family.CONTROL})
PARTITIONS: Final[Mapping[Family, int]] = MappingProxyType(
    {family: 3 if family in _FEW else 12 if family is Family.ACTIVITY else 6 for family in Family}
)
"""How many processes can share the work of a family. A count never changes in place: it says which partition a subject is in."""
RETENTION_MS: Final = (LOG_DAYS + 1) * DAY // 1_000
"""The broker deletes a day after the hub's own daily deletion has, which waits for what is not folded yet."""
SEGMENT_MS: Final = DAY // 1_000
"""Of records that share a file at the broker, and so its end."""
LARGEST: Final = 4_000_000
"""Bytes of a record: a failed item keeps its body, encrypted, and a batch has 2 MB."""

_FAMILIES: Final[Mapping[str, Family]] = MappingProxyType(
    {**{type_: kind.family for type_, kind in KINDS.items()}, **dict.fromkeys(INTAKE_TYPES.values(), Family.INTAKE)}
)


def family_of(type_: str) -> Family:
    """Of a CloudEvents `type`."""
    return _FAMILIES[type_]
