"""The oracle that is fed day by day says what the oracle says that has everything at once."""

from datetime import datetime, timedelta
from functools import cache

from invented import NOW, SUBJECTS, TODAY, fed, sent, tell
from oracle.groups import group_cells
from oracle.year import Year

from contracts.dates import local_date, moment
from services.demo import school
from services.demo.telling import Delivery


@cache
def told() -> list[Delivery]:
    """A part of what the invented school's suppliers sent in a month."""
    return sent()[::4]


def test_fed_day_by_day_and_forgetting_it_says_the_same() -> None:
    whole = fed(told())
    year = Year(local_date(told()[0].due), datetime.fromisoformat(NOW))
    year.people, year.days = whole.people, whole.days
    for one in told():
        if local_date(one.due) > year.today:
            year.today = local_date(one.due)
            year.forget(school.INSTITUTION)
        tell(year, one, moment(one.due))
    year.today = TODAY
    cells = year.cells(subjects=SUBJECTS)
    assert cells == whole.cells(subjects=SUBJECTS)
    assert group_cells(year, cells, SUBJECTS) == group_cells(whole, cells, SUBJECTS)


def test_it_lets_activity_go_that_no_window_reaches_and_keeps_what_was_registered() -> None:
    year = Year(TODAY, datetime.fromisoformat(NOW))
    for one in told():
        tell(year, one)
    kept = year.standing()
    year.today = TODAY + timedelta(days=60)
    year.forget(school.INSTITUTION)
    left = year.standing()
    assert {type(one.content).__name__ for one in kept} - {type(one.content).__name__ for one in left} == {
        "Answer", "PlayerEvent", "Viewing", "SessionEdge",
    }  # fmt: skip
