"""Frameworks of goals: which version is in force on a date, and in which words a reading says of which goals it is."""

from datetime import date

import pytest

from contracts.events import Framework as Told
from contracts.facts import Fact, content
from contracts.kinds import BY_MODEL
from streams.frameworks import Framework, Named, as_of, named, sentence

pytestmark = pytest.mark.quick

OLD, NEW = "https://maal.example/2019", "https://maal.example/2027"


def framework(version: str, first: str, last: str | None = None, **replaced_by: str) -> Framework:
    told = Told(
        framework_id=OLD, version=version, valid_from=date.fromisoformat(first), valid_to=last and date.fromisoformat(last),
        replaced_by={OLD if goal == "whole" else goal: after for goal, after in replaced_by.items()},
    )  # fmt: skip
    return Framework.of(Fact("curriculum.framework", version, "maalbank", 1, content(BY_MODEL[Told], told, 0)))


FIRST, SECOND = framework("1", "2019-08-01", "2024-07-31"), framework("2", "2024-08-01", "2027-07-31", whole=NEW, a="a-2027")


@pytest.mark.parametrize(
    ("day", "version", "in_force"),
    [
        (date(2019, 7, 31), "1", False),
        (date(2019, 8, 1), "1", True),
        (date(2024, 7, 31), "1", True),
        (date(2024, 8, 1), "2", True),
        (date(2027, 7, 31), "2", True),
        (date(2027, 8, 1), "2", False),
    ],
)
def test_the_version_of_a_date_is_the_one_in_force_else_the_last_that_was_or_the_first_that_will_be(
    day: date, version: str, in_force: bool
) -> None:
    for told in ((FIRST, SECOND), (SECOND, FIRST)):
        known = as_of(told, OLD, day)
        assert known is not None
        assert (known.version, named(OLD, known, day).in_force) == (version, in_force)


def test_of_a_framework_of_which_nobody_told_the_id_is_known_alone() -> None:
    assert as_of((FIRST, SECOND), NEW, date(2027, 8, 1)) is None
    assert named(NEW, None, date(2027, 8, 1)) == Named(NEW)
    assert sentence(NEW, None).en == f" The goals are those of {NEW}."


def test_a_reading_says_between_which_dates_its_goals_hold_and_what_follows_them() -> None:
    assert named(OLD, SECOND, date(2027, 1, 1)) == Named(OLD, "2", date(2024, 8, 1), date(2027, 7, 31), in_force=True, replaced_by=NEW)
    assert sentence(OLD, SECOND).en == (
        f" The goals are those of {OLD}, version 2, valid from 2024-08-01 to 2027-07-31. It is followed by {NEW}; what is reached here "
        "does not count as reached there."
    )
    assert sentence(OLD, framework("3", "2024-08-01")).da == f" Målene er dem i {OLD}, version 3, gyldig fra 2024-08-01."
    some = framework("3", "2024-08-01", a="a-2027", b="b-2027")
    assert named(OLD, some, date(2027, 1, 1)).replaced_by is None
    assert sentence(OLD, some).da == (
        f" Målene er dem i {OLD}, version 3, gyldig fra 2024-08-01. 2 af dens mål følges af andre, som tæller for sig."
    )
