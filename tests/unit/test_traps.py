"""The traps of domain 4.7, each with the test that it would spring: `TRAPS` names it, and what no other file has is here."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any, Final

import pytest
from unit.events_sent import single, wrong
from xapi_requests import draft, statement

from contracts.connector import Draft
from contracts.dates import SECOND, Micros, micros
from contracts.envelope import encode as encode_envelope
from contracts.events import AttendanceRegistered, ItemAnswered
from contracts.facts import Fact, SheetKey, counting, encode
from contracts.indicator import Texts
from contracts.kinds import BY_MODEL, dated
from contracts.ports import Record
from contracts.privacy import Identity, Key
from contracts.seal import Origin, seal
from streams.fold import fold
from streams.indicators.attendance import INDICATOR as ATTENDANCE
from streams.indicators.first_try_correctness import INDICATOR as FIRST_TRY
from streams.invented import answered, by_date, registered
from streams.reading import Day, Pupil, explained, reading
from streams.roster import Group, Member, Part, Relation, Roster
from streams.window import Calendar

pytestmark = pytest.mark.quick
TESTS: Final = Path(__file__).parents[1]

TRAPS: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "duplicate ids with equal body": [("contract/test_log_kit.py", "test_an_equal_repeat")],
    "duplicate ids with different body": [
        ("integration/test_bad_input.py", "test_the_same_id_with_another_content_is_a_conflict"),
        ("unit/test_xapi_strict.py", "test_the_same_id_twice_in_a_batch"),
    ],
    "same fact by two channels": [("integration/test_two_channels.py", "test_what_two_channels_tell_under_shared_ids_counts_once")],
    "voiding before target": [
        ("contract/test_log_kit.py", "test_a_void_before_its_target"), ("property/test_delivery_laws.py", "test_a_void_before_its_target"),
    ],
    "correction of absence twice": [("unit/test_traps.py", "test_an_absence_that_is_corrected_twice")],
    "exactly at local midnight": [
        ("unit/test_traps.py", "test_local_midnight_begins_the_day"),
        ("../streams/indicators/items_answered.py", "one at midnight to the next"),
        ("../streams/indicators/goals_moved.py", "Local midnight begins the day"),
    ],
    "in the DST hour": [
        ("unit/test_traps.py", "test_the_hour_that_comes_twice"), ("unit/test_active_minutes.py", "the_hour_that_occurs_twice"),
        ("unit/test_fresh.py", "test_the_hour_that_comes_twice_is_one_hour"),
    ],
    "snow day closed late": [
        ("integration/test_moving.py", "a_snow_day"), ("unit/test_indicator_details.py", "test_a_snow_day_leaves_the_denominator"),
        ("property/test_window_laws.py", "test_a_school_day_that_is_closed_is_replaced_by_one_before"),
    ],
    "windows that move without events": [("integration/test_moving.py", "and_a_new_day_move_what_the_windows_count")],
    "pupil changes class mid-window": [
        ("integration/test_moving.py", "test_who_changed_class"), ("integration/test_assignments.py", "On it Bo came from 5.B to 5.A"),
    ],
    "pupil changes school": [("integration/test_moving.py", "test_of_who_changed_school")],
    "teacher leaves": [
        ("unit/test_traps.py", "test_a_teacher_who_left"), ("integration/test_moving.py", "test_a_teacher_who_left"),
    ],
    "attempt resubmitted with lower score": [("../streams/indicators/result_level.py", "the best counts, whichever came last")],
    "score_max 0": [
        ("../streams/indicators/result_level.py", "Of a maximum of 0 no percent can be made"), ("unit/test_xapi_results.py", '"max": 0'),
    ],
    "scaled negative": [
        ("../streams/indicators/result_level.py", "less than nothing as nothing"), ("unit/test_traps.py", "test_a_scaled_score_below_0"),
    ],
    "overlapping sessions on two devices": [("../streams/indicators/active_minutes.py", "Two devices at the same time are one time")],
    "clock 3 years ahead": [
        ("integration/test_bad_input.py", "test_times_far_off_are_failed_items"),
        ("unit/test_fresh.py", "test_a_clock_that_is_ahead_makes_no_source_fresh_beforehand"),
    ],
    "28-day-late batch": [("integration/test_moving.py", "test_a_late_batch")],
    "unlawful absence exactly 15.0 %": [("unit/test_traps.py", "test_no_share_of_absence_is_a_threshold")],
    "k = 4/5": [
        ("integration/test_group_wellbeing.py", "test_four_are_too_few"), ("property/test_small_number_laws.py", "test_four_are_too_few"),
    ],
    "total minus parts": [
        ("unit/test_whole_group.py", "test_parts_are_hidden_with_those_that_would_tell_them"),
        ("integration/test_group_wellbeing.py", "test_a_group_within_a_group"),
    ],
    "answer declined": [
        ("unit/test_wellbeing_checkin.py", "test_a_declined_answer_carries_no_value"),
        ("../streams/indicators/motivation.py", "What was not answered is no answer"),
    ],
    "grade 02 parsed as number 2": [("unit/test_traps.py", "test_a_mark_is_text")],
    "0-pupil group": [
        ("integration/test_group_summary.py", "test_a_group_without_pupils"),
        ("contract/test_group_indicator_kit.py", "test_an_empty_group_has_no_value"),
    ],
    "Danish letters in IRIs": [("unit/test_traps.py", "test_danish_letters_in_an_iri")],
    "Danish letters in CSV encodings": [("unit/test_attendance_csv.py", '"iso-8859-1", "cp1252"')],
    "CPR in account.name": [("unit/test_traps.py", "test_a_cpr_number_as_an_account_name")],
    "CPR in an IRI": [("unit/test_xapi_strict.py", '"CPR in an IRI"')],
    "CPR URL-encoded": [("unit/test_xapi_strict.py", '"CPR URL-encoded"'), ("unit/test_cpr.py", "test_url_encoded")],
    "CPR in base64": [("unit/test_xapi_strict.py", '"CPR in base64"'), ("unit/test_cpr.py", "test_in_base64_at_any_place")],
}  # fmt: skip
"""Trap -> the tests that it would spring: file and what to look for in it."""


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_its_test(trap: str) -> None:
    assert TRAPS[trap]
    assert not [(file, words) for file, words in TRAPS[trap] if words not in (TESTS / file).read_text("utf-8")]


def at(written: str) -> Micros:
    return micros(datetime.fromisoformat(written).replace(tzinfo=UTC))


_KEY, _ORIGIN = Key(bytes(range(32))), Origin("skoleadm", "attendance_csv", 0, at("2026-11-24T12:00"))
ANNA = Identity("unilogin", "anna1234")


def _registration(order: int, status: str, cause: str | None) -> bytes:
    told = {"date": date(2026, 11, 24), "slot": "start", "status": status, "cause": cause}
    said = Draft(AttendanceRegistered, ANNA, "101001", told, "anna-24-start", at("2026-11-24T07:10"), order)
    return encode_envelope(seal(said, _ORIGIN, "slot", "1/1", _KEY, at("2026-11-24T07:10")))


def test_an_absence_that_is_corrected_twice_is_what_the_last_word_says_whatever_order_they_come_in() -> None:
    """Unlawful at eight, leave at nine, illness when the parents write."""
    words = [_registration(1, "absent", "unlawful"), _registration(2, "absent", "leave"), _registration(3, "absent", "illness")]
    bytes_of = set()
    for order in permutations(words):
        folded = fold([Record("log", n, word) for n, word in enumerate(order, 1)], {}, frozenset())
        ((key, facts),) = folded.sheets.items()
        assert key == SheetKey(_KEY.seal(ANNA), "101001", "attendance", "2026-11-24")
        (fact,) = counting(facts)  # type: ignore[arg-type] # merged here, so no reports are raw
        assert (fact.content["cause"], fact.order) == ("illness", 3)
        bytes_of.add(encode(facts))
    assert len(bytes_of) == 1


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-11-23T22:59:59.999999", date(2026, 11, 23)),
        ("2026-11-23T23:00:00", date(2026, 11, 24)),
        ("2026-06-22T21:59:59.999999", date(2026, 6, 22)),
        ("2026-06-22T22:00:00", date(2026, 6, 23)),
        ("2026-10-24T22:00:00", date(2026, 10, 25)),
        ("2026-10-25T22:59:59.999999", date(2026, 10, 25)),
        ("2026-10-25T23:00:00", date(2026, 10, 26)),
        ("2027-03-28T21:59:59.999999", date(2027, 3, 28)),
        ("2027-03-28T22:00:00", date(2027, 3, 29)),
    ],
)
def test_local_midnight_begins_the_day_in_winter_in_summer_and_where_the_clock_is_changed(instant: str, day: date) -> None:
    kind = BY_MODEL[ItemAnswered]
    assert dated(kind, ItemAnswered(tool="x", item_id="1"), at(instant)) == day


def _told(fact: Fact, when: Micros) -> Fact:
    return fact._replace(key=f"{fact.key}@{when}", content={**fact.content, "at": when})


def test_the_hour_that_comes_twice_keeps_both_reports_in_their_order() -> None:
    """Sunday 25 October 2026: 20 items wrong at 02:30, and right at 02:30 an hour later."""
    first, second = at("2026-10-25T00:30"), at("2026-10-25T01:30")
    wrongs = [_told(answered("2026-10-25 02:30", f"i{n}", correct=False), first + n * SECOND) for n in range(20)]
    rights = [_told(answered("2026-10-25 02:30", f"i{n}", correct=True), second + n * SECOND) for n in range(20)]
    before = [answered("2026-10-23 09:00", f"j{n}", correct=True) for n in range(5)]
    assert set(by_date([*wrongs, *rights])) == {date(2026, 10, 25)}
    for facts in ([*wrongs, *rights, *before], [*before, *rights, *wrongs]):
        told = _read(FIRST_TRY, facts, date(2026, 10, 26), "MAT")
        assert (told.value, told.n) == (20.0, 25)


def _read(indicator: Any, facts: Sequence[Fact], today: date, subject: str = "", window: str = "W20") -> Any:
    days = [
        Day("101001", next(iter(indicator.families)), day, {indicator.key: {subject: [indicator.measure(of), {"x": len(of)}, []]}})
        for day, of in by_date(facts).items()
    ]
    return reading(Pupil("s_a", days, lambda _: 5), indicator, subject, Calendar().window(window, today))  # type: ignore[arg-type] # a window's name


def test_no_share_of_absence_is_a_threshold() -> None:
    """At 10 and at 15 % of unlawful absence the law has steps (domain 2.3); the hub takes none and says nothing of them."""
    school = [day for n in range(28) if (day := date(2026, 10, 27) + timedelta(days=n)).weekday() < 5]
    assert len(school) == 20

    def told(away: int) -> tuple[float | None, str | None, Texts]:
        facts = [registered(str(day), "start", "absent" if n < away else "present") for n, day in enumerate(school)]
        for fact in facts[:away]:
            fact.content["cause"] = "unlawful"
        answer = _read(ATTENDANCE, facts, school[-1])
        details = {"present": 20 - away, "registered": 20, "unknown": 0}
        return answer.value, answer.reason, explained(ATTENDANCE, answer, details)

    values = {away: told(away) for away in (1, 2, 3, 4)}
    assert {away: (value, reason) for away, (value, reason, _) in values.items()} == {
        1: (95.0, None), 2: (90.0, None), 3: (85.0, None), 4: (80.0, None),
    }  # fmt: skip
    without_figures = {"".join(letter for letter in words.da + words.en if not letter.isdigit()) for *_, words in values.values()}
    (words,) = without_figures
    assert not [one for one in ("ulovlig", "unlawful", "sygdom", "illness", "advarsel", "warn") if one in words.lower()]


def test_a_teacher_who_left_sees_the_class_for_fourteen_days() -> None:
    last = date(2026, 11, 10)
    group = Group("g", "101001", "5.A", "5.A", "class", 5, "")
    pupil = Member("anna", "101001", "g", "class", "pupil", date.min, date.max)
    teacher = Member("lone", "101001", "g", "class", "teacher", date(2026, 8, 1), last)
    roster = Roster([Part("101001", Calendar(), (group,), (pupil, teacher), (), (), {})])
    seen = {days: sorted(Relation.teacher(roster, "lone", last + timedelta(days=days)).pupils) for days in (0, 14, 15)}
    assert seen == {0: ["anna"], 14: ["anna"], 15: []}
    assert Relation.teacher(roster, "lone", date(2026, 7, 31)).pupils == {}


def test_a_mark_is_text() -> None:
    mark = {"kind": "term", "term": "forår", "subject_code": "DAN"}
    assert single("result.grade", {**mark, "code": "02"}).data["code"] == "02"
    assert wrong("result.grade", {**mark, "code": 2}) == (422, "wrong_type", "/data/code")
    for code in ("2", "0", "02 ", "+2", "02.0"):
        assert wrong("result.grade", {**mark, "code": code}) == (422, "value_invalid", "/data/code")


def test_a_scaled_score_below_0_is_taken_as_it_is() -> None:
    told = draft(statement(verb={"id": "http://adlnet.gov/expapi/verbs/scored"}, result={"score": {"scaled": -0.5}}))
    assert told.data["score_fraction"] == -0.5


@pytest.mark.parametrize("path", ["brøk/ærø-å", "br%C3%B8k/%C3%A6r%C3%B8-%C3%A5", "bro\u0308k"])
def test_danish_letters_in_an_iri_stay_as_they_are_written(path: str) -> None:
    """RFC 3987, 5.3.1: two IRIs are one where they are letter for letter the same, so nothing is done to them."""
    assert draft(statement(object={"id": f"https://matematik-x.dk/{path}"})).data["item_id"] == f"https://matematik-x.dk/{path}"


def test_a_cpr_number_as_an_account_name_is_refused_and_not_repeated() -> None:
    told = wrong(subject="unilogin:010110-4321")
    assert told[1:] == ("national_identifier_present", "/subject")
    assert "010110" not in json.dumps(told)
