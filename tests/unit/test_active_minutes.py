"""Active minutes: how a recording, a page and a session become time, and the shared real statements."""

import gzip
import json
from collections import defaultdict
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from contracts.dates import SECOND, local_date, micros
from contracts.facts import Fact
from contracts.indicator import Answer, Given
from streams.active import days
from streams.indicators.active_minutes import INDICATOR
from streams.intervals import length
from streams.invented import at, player, session, viewed
from streams.reading import Day, Pupil, answer
from streams.window import Calendar

pytestmark = pytest.mark.quick

STATEMENTS = Path(__file__).parents[2] / ".." / "shared" / "data" / "xapi-statements.jsonl.gz"
MONDAY = "2026-11-16"


def minutes(*facts: Fact) -> dict[str, float]:
    """Minutes by date of one sheet."""
    return {str(day): length(spans) / (60 * SECOND) for day, spans in days(INDICATOR.measure(facts)).items()}


def test_events_at_the_same_instant_end_nothing() -> None:
    told = [player(f"{MONDAY} 09:00", "played"), player(f"{MONDAY} 09:00", "seeked"), player(f"{MONDAY} 09:10", "paused")]
    assert minutes(*told) == minutes(*told[::-1]) == {MONDAY: 10}


def test_the_same_session_name_in_another_tool_is_another_session() -> None:
    film = player(f"{MONDAY} 09:00", "played")
    other = player(f"{MONDAY} 09:02", "paused")
    assert minutes(film, other._replace(content={**other.content, "tool": "dansk-y"})) == {MONDAY: 5}


@pytest.mark.parametrize(
    ("position", "length", "expected"), [(480, 600, 2), (0, 600, 5), (None, 60, 5), (480, None, 5), (600, 590, 0), (300, 600, 5)]
)
def test_a_start_that_nothing_follows(position: int | None, length: int | None, expected: float) -> None:
    assert minutes(player(f"{MONDAY} 09:00", "played", position=position, length=length)) == {MONDAY: expected}


def test_what_follows_outranks_the_rest_of_the_recording() -> None:
    told = (player(f"{MONDAY} 09:00", "played", position=590, length=600), player(f"{MONDAY} 09:03", "paused"))
    assert minutes(*told) == {MONDAY: 3}


def test_a_page_is_cut_90_minutes_after_its_start() -> None:
    assert minutes(viewed(f"{MONDAY} 12:00", 3 * 3_600)) == {MONDAY: 90}
    assert INDICATOR.measure([viewed(f"{MONDAY} 12:00", 3 * 3_600)])["spans"] == {MONDAY: [[at(f"{MONDAY} 09:00"), at(f"{MONDAY} 10:30")]]}


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([("08:00", "started"), ("09:00", "ended")], 60),
        ([("08:00", "started"), ("16:00", "ended")], 90),
        ([("08:00", "started"), ("16:01", "ended")], 5),
        ([("08:00", "started"), ("08:20", "started"), ("09:00", "ended")], 60),
        ([("08:00", "started"), ("08:30", "ended"), ("09:00", "ended")], 30),
        ([("08:00", "started"), ("08:30", "ended"), ("08:30", "started"), ("09:00", "ended")], 60),
        ([("08:30", "started"), ("08:30", "ended")], 5),
        ([("08:30", "ended")], None),
        ([("08:30", "started")], 5),
        ([("08:30", "started"), ("08:33", "started")], 8),
        ([("08:30", "started"), ("08:33", "ended"), ("09:00", "started")], 8),
    ],
)
def test_sessions_are_joined_start_to_next_end(marks: list[tuple[str, str]], expected: float | None) -> None:
    told = [session(f"{MONDAY} {when}", kind) for when, kind in marks]
    assert minutes(*told) == minutes(*told[::-1]) == ({} if expected is None else {MONDAY: expected})


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([("08:00", "started", None), ("09:00", "ended", 20)], {MONDAY: 20}),
        ([("08:00", "started", None), ("08:10", "ended", 20)], {MONDAY: 10}),
        ([("08:00", "started", None), ("20:00", "ended", 20)], {MONDAY: 20}),
        ([("08:00", "started", None), ("20:00", "ended", 120)], {MONDAY: 90}),
        ([("08:00", "started", None), ("08:30", "started", None), ("09:00", "ended", 20)], {MONDAY: 25}),
        ([("08:00", "started", None), ("08:30", "ended", None), ("08:31", "ended", 20)], {MONDAY: 30}),
        ([("08:00", "started", None), ("08:30", "ended", 20), ("08:30", "ended", 25)], {MONDAY: 25}),
        ([("08:00", "started", None), ("08:30", "ended", None), ("08:30", "ended", 25)], {MONDAY: 25}),
        ([("08:30", "started", None), ("08:30", "ended", 10)], {MONDAY: 5}),
        ([("08:30", "ended", 20), ("08:30", "started", None), ("08:40", "ended", 9)], {MONDAY: 9}),
        ([("08:30", "ended", 20)], {}),
    ],
)
def test_an_end_may_tell_how_long_the_session_lasted(marks: list[tuple[str, str, int | None]], expected: dict[str, float]) -> None:
    told = [session(f"{MONDAY} {when}", kind, lasted=lasted and lasted * 60) for when, kind, lasted in marks]
    assert minutes(*told) == minutes(*told[::-1]) == expected


def test_a_session_that_lasted_no_time_is_a_moment() -> None:
    ended = session(f"{MONDAY} 08:10", "ended")
    told = [session(f"{MONDAY} 08:00", "started"), ended._replace(content={**ended.content, "lasted": 0})]
    assert days(INDICATOR.measure(told)) == {date(2026, 11, 16): [[at(f"{MONDAY} 08:00"), at(f"{MONDAY} 08:00")]]}


def test_a_session_over_the_hour_that_occurs_twice_is_as_long_as_it_was() -> None:
    """25 October 2026: from 01:45 to 03:00 are two hours and a quarter, of which 90 minutes count; to 02:15, the first, half an hour."""
    assert minutes(session("2026-10-25 01:45", "started"), session("2026-10-25 03:00", "ended")) == {"2026-10-25": 90}
    assert minutes(session("2026-10-25 01:45", "started"), session("2026-10-25 02:15", "ended")) == {"2026-10-25": 30}


def test_two_sheets_are_put_together_before_sessions_are_joined() -> None:
    evening, morning = INDICATOR.measure([session(f"{MONDAY} 23:40", "started")]), INDICATOR.measure([session("2026-11-17 00:20", "ended")])
    assert (length(days(evening)[date(2026, 11, 16)]), days(morning)) == (5 * 60 * SECOND, {})
    both = INDICATOR.combine(morning, evening)
    assert {str(day): length(spans) / (60 * SECOND) for day, spans in days(both).items()} == {MONDAY: 40}


def test_two_sheets_of_one_date_tell_of_one_time() -> None:
    one, other = INDICATOR.measure([viewed(f"{MONDAY} 09:30", 1_800)]), INDICATOR.measure([viewed(f"{MONDAY} 09:45", 1_800)])
    assert length(days(INDICATOR.combine(one, other))[date(2026, 11, 16)]) == 45 * 60 * SECOND


def test_today_is_its_own_minutes_and_stretches() -> None:
    window = Calendar().window("W5", date(2026, 11, 16))
    summary = INDICATOR.measure([viewed(f"{MONDAY} 09:30", 600), viewed(f"{MONDAY} 09:35", 600), viewed(f"{MONDAY} 11:00", 60)])
    told = INDICATOR.read(Given(summary, summary, window, lambda _: None))
    assert told.today == (Fraction(16), 2)
    assert (told.value, told.reason) == (None, "too_few_days")


VERBS = {"played": "played", "paused": "paused", "seeked": "seeked", "completed": "ended", "terminated": "ended"}
VIDEO = "https://w3id.org/xapi/video/extensions/"


def real_facts() -> dict[str, list[Fact]]:
    """The player events of the shared statements as facts, by learner."""
    assert STATEMENTS.exists(), "the shared real statements are not beside this repository: ../shared/data/xapi-statements.jsonl.gz"
    learners: dict[str, list[Fact]] = defaultdict(list)
    for line in gzip.decompress(STATEMENTS.read_bytes()).splitlines():
        statement = json.loads(line)
        if kind := VERBS.get(statement["verb"]["id"].rsplit("/", 1)[1]):
            learners[statement["actor"]["account"]["name"]].append(played(statement, kind))
    return learners


def played(statement: dict[str, Any], kind: str) -> Fact:
    context, result = statement["context"]["extensions"], statement.get("result", {}).get("extensions", {})
    when = micros(datetime.fromisoformat(statement["timestamp"]))
    known = {"position": result.get(VIDEO + "time"), "length": context.get(VIDEO + "length")}
    told = {name: round(seconds * 1_000) for name, seconds in known.items() if seconds is not None}
    content = {"tool": "video", "subject_code": "MAT", "at": when, "session": context[VIDEO + "session-id"], "kind": kind, **told}
    return Fact("activity.media_played", statement["id"], "fun", when, content)


def answers(facts: list[Fact]) -> dict[str, Answer]:
    sheets: dict[date, list[Fact]] = defaultdict(list)
    for fact in facts:
        sheets[local_date(fact.content["at"])].append(fact)
    measured = [Day("101001", "activity", day, {INDICATOR.key: {"MAT": [INDICATOR.measure(told), {}, []]}}) for day, told in sheets.items()]
    pupil = Pupil("s_learner", measured, lambda _: None)
    return {name: answer(pupil, INDICATOR, "MAT", Calendar().window(name, date(2021, 12, 1)))[0] for name in INDICATOR.windows}


def test_real_statements_give_a_value_to_those_who_played_on_three_finished_school_days() -> None:
    learners = real_facts()
    assert sum(map(len, learners.values())) == 5_891
    for window, expected in (("W20", 107), ("W5", 87)):
        first = Calendar().window(window, date(2021, 12, 1)).first
        starts = {name: {d for d in map(day_of, facts) if d and first <= d < date(2021, 12, 1)} for name, facts in learners.items()}
        by_hand = {name for name, dates in starts.items() if sum(day.weekday() < 5 for day in dates) >= 3}
        valued = {name for name, facts in learners.items() if answers(facts)[window].value is not None}
        assert valued == by_hand
        assert len(valued) == expected


def day_of(fact: Fact) -> date | None:
    """The local date on which a recording was started."""
    return local_date(fact.content["at"]) if fact.content["kind"] == "played" else None
