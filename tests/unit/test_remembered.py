"""What is remembered is bounded, follows its facet, and can be forgotten."""

from datetime import date

from services.stores.remembered import Remembered, facets
from streams.remembered import Kept
from streams.roster import Roster
from streams.window import Calendar


def kept(change: int) -> Kept:
    return Kept(change, change, b"x" * 100, {}, {})


def test_what_was_seen_last_stays_where_not_all_has_room() -> None:
    remembered = Remembered(300)
    for pupil in ("a", "b"):
        remembered.put(pupil, b"", kept(1))
    assert remembered.get("a", b"", 1) == kept(1)
    remembered.put("c", b"", kept(1))
    assert [pupil for pupil in "abc" if remembered.get(pupil, b"", 1)] == ["a", "c"]


def test_another_facet_or_an_older_snapshot_has_nothing() -> None:
    remembered = Remembered(1_000)
    remembered.put("a", b"today", kept(5))
    assert remembered.get("a", b"tomorrow", 5) is None
    assert remembered.get("a", b"today", 4) is None
    assert remembered.get("a", b"today", 6) == kept(5)


def test_what_is_forgotten_does_not_come_back_with_a_view_that_began_before() -> None:
    remembered = Remembered(1_000)
    remembered.put("a", b"", kept(5))
    remembered.forget(7)
    assert remembered.get("a", b"", 9) is None
    remembered.put("a", b"", kept(6))
    assert remembered.get("a", b"", 9) is None
    remembered.put("a", b"", kept(7))
    assert remembered.get("a", b"", 9) == kept(7)


def test_a_facet_is_of_the_windows_dates_and_not_of_what_was_read_of_them() -> None:
    def told(today: date) -> tuple[dict[str, bytes], dict[str, bytes]]:
        windows = {"W5": Calendar().window("W5", today)}
        before = facets(Roster([]), ["a"], windows)
        assert windows["W5"].finished
        return before, facets(Roster([]), ["a"], windows)

    before, after = told(date(2026, 11, 24))
    assert before == after != told(date(2026, 11, 25))[0]
