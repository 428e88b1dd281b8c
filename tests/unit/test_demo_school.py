"""The invented school: always the same, like a real one in numbers, and with nothing in it that looks like a CPR number."""

import csv
import io
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from contracts import cpr
from contracts.dates import DAY, SECOND, Micros, local_date, local_instant, micros, start_of
from services.demo import attendance, checkins, day, lessons, people, school
from services.demo.changes import came
from services.demo.days import ONE, easter, is_school, school_days_before, span
from services.demo.lively import SLOT, in_slot, trickle
from services.demo.plan import SKOVBAKKEN, schools
from services.demo.school import CLASSES, INSTITUTION, TEACHERS, names, names_text, of_class, pupils
from services.demo.telling import Delivery

pytestmark = pytest.mark.quick

PAGE = Path(__file__).parents[2] / "services" / "serve" / "page" / "pupils.json"
TUESDAY = date(2026, 11, 24)
WEEKS = school_days_before(TUESDAY, 20)
MINUTE = 60 * SECOND
MATERIALS = {"/xapi/statements", "/events"}


def sent(first: date = WEEKS[0], last: date = TUESDAY) -> list[Delivery]:
    return list(day.deliveries(start_of(first), start_of(last)))


@pytest.fixture(scope="module")
def month() -> list[Delivery]:
    return sent()


def rows(body: bytes) -> list[list[str]]:
    return [line.split(";") for line in body.decode("utf-8-sig").splitlines()[1:]]


def test_there_are_about_21_pupils_in_each_of_three_classes() -> None:
    assert Counter(pupil.group for pupil in pupils()) == CLASSES
    assert {pupil.group: pupil.grade for pupil in pupils()} == {"5.A": 5, "6.B": 6, "8.C": 8}
    assert len({pupil.unilogin for pupil in pupils()}) == len({pupil.name for pupil in pupils()}) == len(pupils()) == 63
    assert all(re.fullmatch(r"[a-z]{4}\d[a-z]\d[a-z]", pupil.unilogin) for pupil in pupils())


def test_the_page_knows_the_pupils_of_this_school() -> None:
    """If this fails, write `services.demo.school.names_text()` to the file."""
    assert PAGE.read_text() == names_text()
    assert json.loads(names_text()) == names()
    assert set(names()[0]) == {"scheme", "value", "name", "class"}


def test_the_same_seed_tells_the_same_bytes(month: list[Delivery]) -> None:
    day.of_day.cache_clear()
    attendance.noted.cache_clear()
    people.stays.cache_clear()
    lessons.practice.easiness.cache_clear()
    again = sent()
    assert [(one.due, one.path, one.query, one.body) for one in again] == [(one.due, one.path, one.query, one.body) for one in month]


def test_what_is_due_does_not_depend_on_where_one_begins_to_ask(month: list[Delivery]) -> None:
    cut = month[len(month) // 2].due
    pieces = [*day.deliveries(start_of(WEEKS[0]), cut), *day.deliveries(cut, start_of(TUESDAY))]
    assert [(one.due, one.body) for one in pieces] == [(one.due, one.body) for one in month]


def test_ids_are_told_apart_and_a_repeated_request_repeats_its_bytes(month: list[Delivery]) -> None:
    contents: dict[tuple[str, str], set[str]] = {}
    for one in month:
        for document in json.loads(one.body) if one.path in MATERIALS else ():
            contents.setdefault((document["id"], document.get("op", "assert")), set()).add(json.dumps(document))
    assert len(contents) > 20_000
    assert all(len(told) == 1 for told in contents.values())


def test_about_two_in_a_hundred_requests_come_twice_and_some_come_hours_late(month: list[Delivery]) -> None:
    materials = [one for one in month if one.path in MATERIALS and one.supplier != attendance.SKOLEADM]
    twice = len(materials) - len({one.body for one in materials})
    assert 0.01 < twice / len(materials) < 0.035
    delays = [(one.due - newest(one)) / (60 * MINUTE) for one in materials]
    assert 0.01 < sum(delay > 1.5 for delay in delays) / len(delays) < 0.06
    assert 12 < max(delays) < 26
    assert min(delays) > 0


def newest(one: Delivery) -> Micros:
    return max(micros(datetime.fromisoformat(document.get("timestamp") or document["time"])) for document in json.loads(one.body))


def test_nothing_has_the_shape_of_a_cpr_number(month: list[Delivery]) -> None:
    with zipfile.ZipFile(io.BytesIO(school.roster_zip(start_of(TUESDAY)))) as package:
        files = [package.read(name).decode() for name in package.namelist()]
    files += [school.calendar_csv(TUESDAY).decode(), school.links_csv().decode(), *(names_text(),)]
    assert not [line for text in files for line in text.splitlines() if cpr.present(line)]
    assert not list(cpr.find(names()))
    for one in [*month, *trickle(start_of(TUESDAY), start_of(TUESDAY) + DAY // 24)]:
        if one.path == "/files/attendance_csv":
            assert not any(cpr.present(line) for line in one.body.decode().splitlines())
        elif one.path != "/files/oneroster_csv":
            assert not list(cpr.find(json.loads(one.body)))


@pytest.mark.parametrize("classes", [3, 40])
def test_between_five_and_eight_in_a_hundred_are_absent(classes: int) -> None:
    noted = [attendance.noted(pupil, one) for one in WEEKS for place in schools(classes) for pupil in pupils(place, one)]
    away = sum(one.start in attendance.ABSENT for one in noted) / len(noted)
    assert 0.05 < away < 0.08
    assert {one.start for one in noted} == {"", "S", "L", "U", "F"}


def test_some_leave_early_and_are_present_that_day() -> None:
    gone = [document for one in WEEKS for delivery in attendance.left_early(one) for document in json.loads(delivery.body)]
    assert 5 < len(gone) < 60
    assert {document["data"]["status"] for document in gone} == {"left_early"}
    assert {document["data"]["slot"] for document in gone} == {"start", "end"}


def test_a_material_that_is_out_for_an_hour_sends_what_it_kept_afterwards(month: list[Delivery]) -> None:
    outages = [told for one in WEEKS if (told := day.outage(one))[0]]
    assert 2 <= len(outages) <= 9
    kept = 0
    for supplier, since, back in outages:
        assert back - since == 60 * MINUTE
        assert not [one for one in month if one.supplier == supplier and since <= one.due < back and newest(one) > since - 40 * MINUTE]
        kept += sum(one.supplier == supplier and back <= one.due < back + 2 * MINUTE and newest(one) < back - 10 * MINUTE for one in month)
    assert kept > 0


def test_unlawful_becomes_illness_or_late_by_a_later_export_of_the_same_day() -> None:
    corrected: Counter[tuple[str, str]] = Counter()
    for one in WEEKS:
        morning, noon, afternoon = attendance.files(one)
        assert morning.query["as_of"] < noon.query["as_of"] < afternoon.query["as_of"]
        pairs = zip(rows(morning.body), rows(noon.body), strict=True)
        corrected.update((first[3], then[3]) for first, then in pairs if first[3] != then[3])
    assert corrected["U", "S"] >= 5
    assert corrected["U", "F"] >= 1
    assert set(corrected) == {("U", "S"), ("U", "F")}


def test_only_the_eighth_grade_is_registered_at_the_end_of_the_day() -> None:
    morning, noon, afternoon = attendance.files(WEEKS[-1])
    assert {row[2] for row in rows(morning.body)} == {row[2] for row in rows(noon.body)} == set(CLASSES)
    assert [row[0] for row in rows(afternoon.body)] == [pupil.unilogin for pupil in of_class("8.C", day=WEEKS[-1])]
    assert all(len(row) == 6 for row in rows(afternoon.body))


def test_nobody_works_in_a_lesson_from_home_and_nobody_is_registered_on_a_day_off() -> None:
    assert attendance.files(date(2026, 11, 22)) == []
    for one in WEEKS[:5]:
        first, last = (local_instant(datetime.combine(one, time(hour))) for hour in (8, 15))
        away = {pupil.unilogin for pupil in pupils() if not attendance.present(pupil, one)}
        said = [said for said in day.activity(one) if first <= said.at < last and said.supplier == "matematik-x"]
        assert said
        assert not away & {each.document["actor"]["account"]["name"] for each in said}


HARD_DAYS = (
    date(2026, 11, 22), date(2026, 12, 31), date(2027, 1, 1), date(2027, 3, 28), date(2026, 10, 25), date(2028, 2, 29), date(2027, 7, 15),
)  # fmt: skip


@pytest.mark.parametrize("hard", HARD_DAYS)
def test_there_is_something_in_every_minute_of_any_day(hard: date) -> None:
    """A Sunday, New Year, both changes of the clock, a leap day, the summer: a report each 2.5 s, and of 5.A in every 10 s."""
    first, end = start_of(hard), start_of(hard + ONE)
    nights = [*range(first, first + 10 * MINUTE, MINUTE), *range(end - 240 * MINUTE, end, 7 * MINUTE)]
    for minute in nights:
        said = [one for slot in range(minute // SLOT, (minute + MINUTE) // SLOT) for one in in_slot(slot)]
        assert len(said) >= 24
        assert all(minute - SLOT <= one.at < minute + MINUTE for one in said)
    mine = {pupil.unilogin for pupil in of_class("5.A")} | {pupil.key for pupil in of_class("5.A")}
    for at in range(end - 10 * MINUTE, end, 10 * SECOND):
        assert mine & {who(one) for one in trickle(at, at + 10 * SECOND)}


def who(one: Delivery) -> str:
    document = json.loads(one.body)[0]
    return str(document["actor"]["account"]["name"] if "actor" in document else document["subject"].removeprefix("ordleg:"))


@pytest.mark.parametrize("hard", HARD_DAYS)
def test_a_days_plan_lies_on_that_day(hard: date) -> None:
    assert day.of_day(hard)
    assert {local_date(one.at) for one in day.activity(hard)} == {hard}
    assert bool(attendance.files(hard)) == is_school(hard)
    assert all(start_of(hard) < one.due < start_of(hard) + day.MOST_LATE / timedelta(microseconds=1) + 2 * DAY for one in day.of_day(hard))


def test_each_class_is_asked_weekly_how_school_is_going_and_some_will_not_say(month: list[Delivery]) -> None:
    asked = [json.loads(one.body)["data"] for one in month if one.path == checkins.PATH]
    runs = Counter((data["pupil"]["value"], data["run"]) for data in asked)
    assert 1 <= max(runs.values()) <= 2
    assert {name for name, _ in runs} >= {pupil.unilogin for pupil in of_class("5.A")}
    answers = [answer for data in asked for answer in data["answers"]]
    declined = sum("declined" in answer for answer in answers) / len(answers)
    assert 0.03 < declined < 0.1
    assert {answer["dimension"] for answer in answers} == {"motivation", "social", "academic", "support", "calm"}
    assert all(data["visibility"] for data in asked)


def test_the_trickle_does_not_depend_on_how_often_it_is_asked() -> None:
    start = start_of(TUESDAY)
    whole = ids(trickle(start, start + 5 * MINUTE))
    assert ids(one for second in range(300) for one in trickle(start + second * SECOND, start + (second + 1) * SECOND)) == whole
    assert not whole & ids(trickle(start, start + 5 * MINUTE, turn=1))


def test_a_day_that_is_played_sixty_times_as_fast_is_no_fuller() -> None:
    start = start_of(TUESDAY)
    fast, slow = trickle(start, start + DAY, pace=60), trickle(start, start + 24 * MINUTE)
    assert sum(one.items for one in fast) == DAY // SLOT // 60
    assert not ids(fast) & ids(slow)


def ids(deliveries: Iterable[Delivery]) -> set[str]:
    return {document["id"] for one in deliveries for document in json.loads(one.body)}


EASTERS = [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)]


def test_the_school_year_is_a_danish_one() -> None:
    assert [easter(one.year) for one in EASTERS] == EASTERS
    closed = [date(2026, 10, 12), date(2026, 12, 24), date(2027, 2, 15), date(2027, 3, 22), date(2027, 3, 29), date(2027, 5, 6)]
    closed += [date(2027, 5, 7), date(2027, 5, 17), date(2026, 6, 5), date(2027, 7, 1)]
    assert not any(is_school(one) for one in closed)
    assert all(is_school(one) for one in (date(2026, 8, 10), date(2026, 10, 19), date(2027, 3, 19), date(2027, 3, 30), date(2027, 6, 25)))
    for year in range(2024, 2032):
        assert 198 <= sum(map(is_school, span(date(year, 8, 1), date(year + 1, 7, 31)))) <= 207


def test_the_calendar_file_tells_every_date_of_three_school_years() -> None:
    told = rows(school.calendar_csv(TUESDAY))
    assert [told[0], told[-1]] == [[INSTITUTION, "01-08-2025", "nej"], [INSTITUTION, "31-07-2028", "nej"]]
    assert [INSTITUTION, "24-11-2026", "ja"] in told
    assert len(told) == 365 + 365 + 366


def enrolled(one: date) -> dict[str, dict[str, tuple[str, str]]]:
    """Unilogin -> home class -> its first day and the day after its last, as a roster of the day says."""
    with zipfile.ZipFile(io.BytesIO(school.roster_zip(start_of(one)))) as files:
        told = csv.DictReader(io.StringIO(files.read("enrollments.csv").decode()))
        found: dict[str, dict[str, tuple[str, str]]] = {}
        for row in told:
            if row["role"] == "student" and row["classSourcedId"] in CLASSES:
                found.setdefault(row["userSourcedId"].removeprefix("u-"), {})[row["classSourcedId"]] = (row["beginDate"], row["endDate"])
    return found


def test_a_pupil_moves_to_another_class_and_a_new_one_comes_within_the_four_weeks() -> None:
    before, moved, after = enrolled(date(2026, 11, 9)), enrolled(date(2026, 11, 10)), enrolled(date(2026, 11, 20))
    (mover,) = {name for name in moved if moved[name] != before[name]}
    assert len(before[mover]) == 1
    assert sorted(moved[mover].values()) == [("", "2026-11-10"), ("2026-11-10", "")]
    (comer,) = set(after) - set(moved)
    assert list(after[comer].values()) == [("2026-11-20", "")]
    assert enrolled(date(2026, 11, 19)) == moved
    exports = [one for one in sent(date(2026, 11, 2), TUESDAY) if one.path == "/files/oneroster_csv"]
    assert [local_date(one.due) for one in exports] == [date(2026, 11, 10), date(2026, 11, 20)]


def test_who_moves_works_in_the_new_class_from_that_day() -> None:
    (mover,) = [stay.pupil for stay in people.stays(SKOVBAKKEN, came(date(2026, 11, 10))) if stay.since and stay.since.month == 11]
    groups = {
        one: next(pupil.group for pupil in pupils(day=one) if pupil.key == mover.key) for one in (date(2026, 11, 9), date(2026, 11, 10))
    }
    assert groups[date(2026, 11, 10)] == mover.group != groups[date(2026, 11, 9)]


def test_many_classes_are_played_day_by_day_and_in_order() -> None:
    places, since, until = schools(34), start_of(date(2026, 11, 23)), start_of(TUESDAY) + 10 * 60 * MINUTE
    ahead = day.Ahead(since, places)
    told = [*ahead.until(since + 9 * 60 * MINUTE), *ahead.until(until)]
    assert [one.due for one in told] == sorted(one.due for one in told)
    assert [one.body for one in told] == [one.body for one in day.deliveries(since, until, places)]
    texts = b"".join(one.body for one in told if one.path == "/xapi/statements")
    assert all(place.number.encode() in texts for place in places)


def test_the_roster_names_everybody() -> None:
    package = school.roster_zip(start_of(TUESDAY))
    with zipfile.ZipFile(io.BytesIO(package)) as files:
        users = files.read("users.csv").decode()
    assert all(
        f"{{UNI-Login:{name}}}" in users for name in (*(one.unilogin for one in pupils(day=TUESDAY)), *(one.unilogin for one in TEACHERS))
    )
