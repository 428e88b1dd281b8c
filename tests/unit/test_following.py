"""Which records that are brought come next."""

import pytest

from contracts.ports import Positions, Record
from services.process.worker import following

pytestmark = pytest.mark.quick


def brought(*told: tuple[str, int]) -> list[Record]:
    return [Record(partition, position, b"") for partition, position in told]


@pytest.mark.parametrize(
    ("positions", "records", "new"),
    [
        ({"a": 0}, brought(), brought()),
        ({"a": 0}, brought(("a", 1), ("a", 2)), brought(("a", 1), ("a", 2))),
        ({"a": 4, "b": 9}, brought(("b", 10), ("a", 5), ("b", 11)), brought(("b", 10), ("a", 5), ("b", 11))),
        ({"a": 4}, brought(("a", 3), ("a", 4), ("a", 5)), brought(("a", 5))),
        ({"a": 4}, brought(("a", 5), ("a", 6), ("a", 5), ("a", 6), ("a", 7)), brought(("a", 5), ("a", 6), ("a", 7))),
        ({"a": 4}, brought(("b", 77), ("a", 5)), brought(("a", 5))),
        ({}, brought(("b", 77), ("a", 5)), brought()),
        ({"a": 0}, brought(("a", 2)), None),
        ({"a": 0, "b": 0}, brought(("a", 1), ("b", 1), ("a", 3)), None),
    ],
)
def test_those_are_new_that_follow_the_position_and_each_other(
    positions: Positions, records: list[Record], new: list[Record] | None
) -> None:
    assert following(positions, records) == new
