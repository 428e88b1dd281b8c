"""Which records that are brought come next."""

import pytest

from contracts.ports import Positions, Record
from services.process.worker import follows

pytestmark = pytest.mark.quick


def brought(*told: tuple[str, int]) -> list[Record]:
    return [Record(partition, position, b"") for partition, position in told]


@pytest.mark.parametrize(
    ("positions", "records", "whole"),
    [
        ({"a": 0}, brought(), True),
        ({"a": 0}, brought(("a", 1), ("a", 2)), True),
        ({"a": 4, "b": 9}, brought(("b", 10), ("a", 5), ("b", 11), ("a", 6)), True),
        ({"a": 0}, brought(("a", 2)), False),
        ({"a": 0, "b": 0}, brought(("a", 1), ("b", 1), ("a", 3)), False),
        ({"a": 5}, brought(("a", 6), ("a", 6)), False),
    ],
)
def test_those_of_a_partition_follow_its_position_and_each_other(positions: Positions, records: list[Record], whole: bool) -> None:
    assert follows(positions, records) is whole
