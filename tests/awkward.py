"""A class whose pupils do everything that is awkward to count, in CloudEvents: around midnight, over midnight, at one instant, without a
verdict, in two tools with the same item ids, registered at one end of the day only, with results that nobody knows the scale of, with goals
that three see differently, with answers of which each child was told something else, and with assignments whose due dates change. The same
seed gives the same events."""

import uuid
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from contracts.dates import COPENHAGEN

SCHOOL, TODAY = "101001", date(2026, 11, 24)
PUPILS = {f"vaks{number:04}": grade for number, grade in enumerate([2, 5, 6, 7, 8, 9, None] * 3)}
"""Unilogin -> grade, None where the roster says none."""
HOLD = "{}-hold"
"""Beside the class that is the pupil's own, one that each is in for some days."""
DAYS = [TODAY - timedelta(days=back) for back in range(30, -1, -1)]
EARLIER = [DAYS[0] - timedelta(days=back) for back in range(32, 0, -1)]
"""Of these there are results, goals and what some check-ins asked alone."""
ASKED = ("a", "a", "b"), ("motivation", "motivation", "calm")
ASKED_TOO = ("c", "c", "d"), ("social", "social", "academic", "support", "calm")
"""By which instruments, and of what."""
Json = dict[str, Any]


def events(seed: int, until: datetime) -> list[Json]:
    """Of what happened until then, in any order."""
    random = Random(seed)
    told = [one for name in PUPILS for day in DAYS if random.random() < 0.8 for one in _day(random, name, day)]
    told += [one for name in PUPILS for day in EARLIER for one in _results(random, name, day)]
    told += [one for name in PUPILS for day in (*EARLIER, *DAYS) for one in _goals(random, name, day)]
    told += [one for name in PUPILS for day in (*EARLIER, *DAYS) for one in _reports(random, name, day, ASKED_TOO)]
    random = Random(1_000 + seed)
    told += [one for name in PUPILS for one in _assignments(random, name)]
    told += [one for name in PUPILS for one in _plans(random, name)]
    past = [one for one in told if datetime.fromisoformat(one["time"]) <= until]
    return random.sample(past, len(past))


def _day(random: Random, name: str, day: date) -> list[Json]:
    told = [*_answers(random, name, day), *_attendance(random, name, day)]
    told += _sessions(random, name, day) if random.random() < 0.5 else []
    told += [*_results(random, name, day), *_reports(random, name, day)]
    return told + (_pages(random, name, day) if random.random() < 0.4 else [])


def _event(random: Random, type_: str, name: str, when: datetime, /, **data: Any) -> Json:
    return {
        "specversion": "1.0", "id": str(uuid.UUID(int=random.getrandbits(128), version=4)), "source": "urn:awkward",
        "type": f"dk.fremgang.{type_}.v1", "subject": f"unilogin:{name}", "institution": SCHOOL,
        "time": when.astimezone(UTC).isoformat(timespec="microseconds"), "data": data,
    }  # fmt: skip


def _at(random: Random, day: date, hours: float) -> datetime:
    """So many hours after local midnight, by the wall clock's day, never twice the same instant."""
    start = datetime(day.year, day.month, day.day, tzinfo=COPENHAGEN).astimezone(UTC)
    return start + timedelta(hours=hours, microseconds=random.randrange(1, 1_000_000))


def _answers(random: Random, name: str, day: date) -> list[Json]:
    """Some just after midnight, some without a verdict, some tried twice at one instant with the later number told first."""
    told = []
    for _ in range(random.randrange(0, 9)):
        at = _at(random, day, random.choice((0.2, 0.7, 9, 13, 23.8)))
        item, right = f"item-{random.randrange(12)}", random.choice((True, True, False, None))
        verdict = {} if right is None else {"correct": right}
        if random.random() < 0.2:
            attempt = f"t{random.getrandbits(24)}"
            told += [_answer(random, name, at, item, {"correct": no == 2}, attempt=attempt, attempt_no=no) for no in (2, 1)]
        else:
            told.append(_answer(random, name, at, item, verdict))
    return told


def _answer(random: Random, name: str, at: datetime, item: str, verdict: Json, **numbered: Any) -> Json:
    return _event(random, "activity.item_answered", name, at, item_id=item, **verdict, **numbered)


def _sessions(random: Random, name: str, day: date) -> list[Json]:
    """Begun in the day or shortly before midnight; begun or ended twice; left open; ended the next day; its length told by its end, also
    where nobody saw it begin."""
    begun = _at(random, day, random.choice((10, 17, 23.7, 23.9)))
    session, lasts = f"s-{random.getrandbits(24)}", random.choice((0.2, 0.6, 1.4, 2, 7.9, 8.2))
    told = [_mark(random, name, begun, session, "started")] if random.random() < 0.9 else []
    if random.random() < 0.3:
        told.append(_mark(random, name, begun + timedelta(minutes=3), session, "started"))
    if random.random() < 0.85:
        told.append(_mark(random, name, begun + timedelta(hours=lasts), session, "ended", random.choice((None, None, 600, 7_200))))
        if random.random() < 0.4:
            told.append(_mark(random, name, begun + timedelta(hours=lasts, minutes=11), session, "ended", random.choice((None, 1_500))))
    return told


def _mark(random: Random, name: str, at: datetime, session: str, kind: str, lasted: int | None = None) -> Json:
    """Sessions are of version 1 as of version 2, which alone tells how long one lasted."""
    said = {} if lasted is None else {"lasted": lasted}
    told = _event(
        random, "activity.session", name, at, session=session, kind=kind, at=at.astimezone(UTC).isoformat(timespec="microseconds"), **said
    )
    return told if lasted is None else told | {"type": told["type"].replace(".v1", ".v2")}


def _pages(random: Random, name: str, day: date) -> list[Json]:
    """Read for minutes or for hours, also over midnight."""
    at, seconds = _at(random, day, random.choice((0.1, 0.4, 2, 12, 12.1, 20))), random.choice((30, 600, 1_500, 5_400, 9_000))
    return [_event(random, "activity.resource_viewed", name, at, resource_id="bog", resource_kind="book", active_seconds=seconds)]


def _results(random: Random, name: str, day: date) -> list[Json]:
    """Few activities, so that they are tried again; not final, without a scale, beyond it, of points alone, numbered and told anew. A third
    of the pupils could do nothing in the weeks before."""
    weak = day in EARLIER and int(name[-4:]) % 3 == 0
    told = []
    for _ in range(random.choice((0, 0, 1, 2))):
        at, said = _at(random, day, random.choice((0.3, 9, 14, 23.9))), {"activity_id": f"act-{random.randrange(5)}"}
        said |= random.choice(
            ({"score_fraction": random.choice((-0.2, 0, 0.333333, 0.5, 0.85, 1, 1.3))}, {"score_given": 7, "score_max": 9}, {})
        )
        said |= random.choice(({}, {}, {"state": "partial"}, {"score_given": 4, "score_max": 0}, {"attempt_no": random.randrange(1, 3)}))
        told.append(_event(random, "result.scored", name, at, **said | {"score_fraction": 0} if weak else said))
    return told


def _goals(random: Random, name: str, day: date) -> list[Json]:
    """Few goals, so that they are marked again, also around midnight; by all who may, seldom by the teacher, some by two at one instant; of
    two frameworks."""
    told = []
    for _ in range(random.choice((0, 0, 0, 1, 2))):
        at = _at(random, day, random.choice((0.3, 9, 14, 23.9)))
        aim = {"framework_id": random.choice(("maal", "maal", "fagplan")), "goal_id": f"goal-{random.randrange(9)}"}
        for by in sorted(set(random.sample(("teacher", "tool", "tool", "pupil", "pupil", "pupil"), random.choice((1, 1, 2))))):
            said = {**aim, "level": random.randrange(4), "marked_by": by, "marked_at": _written(at)}
            told.append(_event(random, "curriculum.goal_marked", name, at, **said))
    return told


def _reports(random: Random, name: str, day: date, asked: tuple[tuple[str, ...], tuple[str, ...]] = ASKED) -> list[Json]:
    """Runs of a week or of a day, on two scales, some of the answers declined, turned, of something else, or for others to see."""
    told = []
    for item in range(random.choice((0, 0, 1, 3))):
        run = random.choice((f"{day:%G-%V}", f"{day}"))
        said = {
            "instrument_id": random.choice(asked[0]),
            "instrument_version": "1",
            "run": run,
            "item_id": f"q{item}",
            "scale_min": 1,
        }
        said |= {"scale_max": random.choice((5, 7)), "dimension": random.choice(asked[1])}
        said |= random.choice(({"value": random.randrange(1, 6)}, {"value": 2, "normalised": 0.75}, {"declined": True}))
        said |= {"visibility": random.choice((["pupil"], ["pupil", "teachers"], ["home_class_teacher"]))}
        told.append(_event(random, "wellbeing.self_report", name, _at(random, day, random.choice((8.5, 23.9))), **said))
    return told


def _assignments(random: Random, name: str) -> list[Json]:
    """Of class and hold, under the same ids; put off, brought forward and taken back; handed in at the due instant, around it and never."""
    told = []
    for number in range(9):
        named, given, due = {"assignment_id": f"opg-{number}"}, random.choice(DAYS[:-2]), _due(random)
        for group in random.choice(((name,), (name,), (HOLD.format(name),), (name, HOLD.format(name)))):
            said = {**named, "title": "Opgave", "optional": random.random() < 0.15, "assigned_at": _written(_at(random, given, 9))}
            published = _group(_event(random, "assignment.published", name, _at(random, given, 9), **said, due_at=due), group)
            told.append(published)
            if random.random() < 0.3:
                again = _event(random, "assignment.published", name, _at(random, given, 30), **said, due_at=_due(random))
                told.append(_group(again, group))
            if random.random() < 0.1:
                told.append(published | {"op": "retract", "time": _written(_at(random, given, 40))})
        told += _handed_in(random, name, named, due)
    return told


def _due(random: Random) -> str | None:
    day = random.choice(DAYS[3:]) + timedelta(days=random.choice((0, 0, 0, 2)))
    return random.choice((None, *[_written(_at(random, day, hours)) for hours in (0, 8, 20, 23.9)] * 3))


def _handed_in(random: Random, name: str, named: Json, due: str | None) -> list[Json]:
    """Now and then, of the same id a year before too."""
    instant = datetime.fromisoformat(due) if due else _at(random, random.choice(DAYS), 12)
    told = []
    for number in range(1, random.choice((1, 2, 2, 2, 3))):
        at = instant + random.choice(
            (timedelta(0), timedelta(microseconds=1), timedelta(hours=-30), timedelta(hours=-2), timedelta(days=1))
        )
        said = {**named, "submitted_at": _written(at), "submission_no": number}
        told.append(_event(random, "assignment.submitted", name, at, **said))
    if named["assignment_id"].endswith(("0", "5")):
        of_another = {**named, "submitted_at": _written(instant - timedelta(hours=70)), "school_year": "2025-2026"}
        told.append(_event(random, "assignment.submitted", name, instant, **of_another))
    if random.random() < 0.2:
        state = random.choice(("excused", "returned", "not_submitted"))
        told.append(_event(random, "assignment.state", name, instant - timedelta(hours=50), **named, state=state))
    return told


def _plans(random: Random, name: str) -> list[Json]:
    """Of goals of two frameworks with the same ids, for class and hold, for this year and the last; some twice."""
    told = []
    for number in range(6):
        aim = {"framework_id": random.choice(("maal", "maal", "fagplan")), "goal_id": f"goal-{number}"}
        for _ in range(random.choice((0, 1, 2))):
            plan = {**aim, "period": random.choice(("efterår", "året")), "school_year": random.choice(("2026-2027", "2025-2026"))}
            group = random.choice((name, name, HOLD.format(name)))
            told.append(_group(_event(random, "curriculum.goal_planned", name, _at(random, random.choice(DAYS), 8), **plan), group))
    return told


def _group(event: Json, group: str) -> Json:
    return event | {"subject": f"group:{group}"}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _attendance(random: Random, name: str, day: date) -> list[Json]:
    """Weekends too; the start, the end, both, a total, all of them, or nothing."""
    told = []
    for slot, chance in (("start", 0.7), ("end", 0.5)):
        if random.random() < chance:
            status = random.choice(("present", "present", "late", "absent", "left_early"))
            told.append(_event(random, "attendance.registered", name, _at(random, day, 8), date=day.isoformat(), slot=slot, status=status))
    if random.random() < 0.4:
        share = random.choice((0, 0.5, 1))
        told.append(_event(random, "attendance.day_total", name, _at(random, day, 15), date=day.isoformat(), absent_fraction=share))
    return told
