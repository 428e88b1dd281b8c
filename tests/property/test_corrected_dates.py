"""A date that is corrected moves its fact: it counts once, in the window of the date that holds, in whatever order the news arrives.

All permutations of each story's news go through the product's doors in memory; the sheets are the same after each, and what is read of them
is what the story says.
"""

from datetime import date
from functools import cache
from itertools import permutations

import pytest
from corrected import HOME, PUPIL, STORIES, News, handed_in, sent
from delivering import MemoryLog
from rosters import Person, SchoolClass, package
from through import Through, cells

from connectors.oneroster_csv import CONNECTOR as ONEROSTER
from contracts.dates import instant
from contracts.facts import Facts, SheetKey, counting
from services.registry import discover_indicators

pytestmark = pytest.mark.quick

SCHOOL, ROSTER = "101001", "2026-08-10T08:00:00+02:00"
RECEIVED = instant("2027-08-20T20:00:00Z")


@cache
def enrolled() -> MemoryLog:
    through = Through(SCHOOL)
    people = [Person("e1", "student", PUPIL)]
    through.take(ONEROSTER, through.registered("skole"), package(SCHOOL, [SchoolClass("5.A", "5.A", 5, people)]), RECEIVED, as_of=ROSTER)
    return through.log


def told(news: tuple[News, ...]) -> dict[SheetKey, Facts]:
    through = Through(SCHOOL, MemoryLog(list(enrolled().records), dict(enrolled().rows)))
    for one in news:
        by = through.registered(f"{one.connector.name}-supplier", tool="laes-let", subject="MAT", schemes={HOME: "unilogin"})
        query = {"as_of": one.as_of, "complete": "true"} if one.as_of else {}
        through.take(one.connector, by, one.body, RECEIVED, **query)
    return through.sheets()


@pytest.mark.parametrize("story", STORIES)
def test_a_corrected_date_counts_once_and_where_it_holds_whatever_order_the_news_arrives_in(story: str) -> None:
    news, reads = STORIES[story]
    expected = told(news)
    for order in permutations(news):
        assert told(order) == expected
        assert told((*order, order[0])) == expected
    for one in reads:
        indicator, subject, window = one.place
        found = cells(expected, discover_indicators(), [PUPIL], ["MAT"], date.fromisoformat(one.today), frameworks=["maal"])
        cell = found[PUPIL, indicator, f"{subject} maal" if indicator == "goals-reached" else subject, window]
        assert (cell.value, cell.n) == (one.value, one.n), one


@pytest.mark.parametrize("year", ["2026-2027", "2027-2028"])
def test_a_hand_in_that_is_re_dated_over_1_august_stays_in_the_school_year_that_it_names(year: str) -> None:
    """Else each date has a sheet of its own (design 4.2), and who re-dates it takes the old one back."""
    news = tuple(sent(handed_in("b", day, order, school_year=year)) for order, day in enumerate(("2027-07-31", "2027-08-01"), 1))
    for order in permutations(news):
        sheets = {key.period: facts for key, facts in told(order).items() if key.family == "assignment"}
        assert set(sheets) == {year}
        (fact,) = counting(sheets[year])
        assert fact.content["submitted_at"] == instant("2027-08-01T09:00:00+01:00")
