"""Stories of dates that are corrected: the news of each, as senders send it, and what is read once all of it is there."""

import json
from dataclasses import dataclass
from typing import Any

from connectors.attendance_csv import CONNECTOR as ATTENDANCE
from connectors.cloudevents import CONNECTOR as CLOUDEVENTS
from connectors.xapi import CONNECTOR as XAPI
from contracts.connector import Connector

PUPIL, HOME = "elev01", "https://uni-login.example"
"""In class 5.A and in no other."""
ADL = "http://adlnet.gov/expapi/verbs/"
Json = dict[str, Any]


@dataclass(frozen=True)
class News:
    connector: Connector
    body: bytes
    as_of: str = ""


@dataclass(frozen=True)
class Read:
    """What is read on a date: indicator, subject (or None), window -> value and n."""

    today: str
    place: tuple[str, str | None, str]
    value: float | None
    n: int


def event(type_: str, name: str, at: str, order: int, data: Json, op: str = "assert") -> Json:
    subject = "group:5.A" if type_ == "assignment.published" else f"unilogin:{PUPIL}"
    return {
        "specversion": "1.0", "id": name, "source": "urn:opgaver", "type": f"dk.fremgang.{type_}.v1", "time": at, "subject": subject,
        "order": order, "op": op, "data": data,
    }  # fmt: skip


def sent(*events: Json) -> News:
    return News(CLOUDEVENTS, json.dumps(events).encode())


def given(name: str, due: str, order: int = 1) -> Json:
    data = {"assignment_id": name, "title": "Opgave", "assigned_at": "2026-10-26T08:00:00+01:00", "due_at": f"{due}T12:00:00+01:00"}
    return event("assignment.published", f"given-{name}", "2026-10-26T08:00:00+01:00", order, data)


def handed_in(name: str, at: str, order: int = 1, op: str = "assert", **more: Any) -> Json:
    written = f"{at}T09:00:00+01:00"
    return event("assignment.submitted", f"in-{name}", written, order, {"assignment_id": name, "submitted_at": written, **more}, op)


def registered(day: str, status: str, name: str = "", order: int = 1, op: str = "assert") -> Json:
    data = {"date": day, "slot": "start", "status": status}
    return event("attendance.registered", name or f"reg-{day}", f"{day}T08:10:00+02:00", order, data, op)


def marked(at: str, goal: str, op: str = "assert") -> Json:
    data = {"framework_id": "maal", "goal_id": goal, "level": 3, "marked_by": "teacher", "marked_at": at}
    return event("curriculum.goal_marked", f"mark-{goal}-{at}", at, 1, data, op)


def export(as_of: str, **codes: str) -> News:
    """A school's whole file of some dates of 2026: date -> the code of its start."""
    rows = "".join(f"{PUPIL};{name[1:3]}-{name[3:]}-2026;{code}\n" for name, code in codes.items())
    return News(ATTENDANCE, f"unilogin;dato;start\n{rows}".encode(), f"2026-{as_of}T08:00:00+02:00")


def statement(number: int, verb: str, at: str, **told: Any) -> News:
    said = {
        "id": f"8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b{number:02}", "actor": {"account": {"homePage": HOME, "name": PUPIL}},
        "verb": {"id": ADL + verb}, "timestamp": f"2026-{at}T10:00:00+01:00", **told,
    }  # fmt: skip
    return News(XAPI, json.dumps(said).encode())


def scored(number: int, at: str, activity: str, share: float) -> News:
    return statement(number, "scored", at, object={"id": f"https://laes-let.example/{activity}"}, result={"score": {"scaled": share}})


def voided(number: int, target: int) -> News:
    return statement(
        number, "voided", "11-20", object={"objectType": "StatementRef", "id": f"8f87ccde-9c1d-4a5c-a3d3-6b6f0f5f0b{target:02}"}
    )


ON_TIME, OVERDUE = ("on-time-submission", "MAT", "W20"), ("open-overdue", None, "Y")
TWO = sent(given("a", "2026-11-06"), given("c", "2026-11-20"), handed_in("a", "2026-11-05"), handed_in("c", "2026-11-19"))
"""Two assignments handed in by the deadline."""
QUARTER, YEAR = ("attendance", None, "Q"), ("attendance", None, "Y")
THERE = sent(
    *(
        registered(f"2026-{day}", "present")
        for day in ("09-23", "09-24", "09-25", "09-28", "09-29", "10-02", "10-05", "10-06", "10-07", "10-08")
    )
)
"""Five days of either quarter."""

STORIES: dict[str, tuple[tuple[News, ...], tuple[Read, ...]]] = {
    "a hand-in is re-dated to the week after its deadline": (
        (TWO, sent(given("b", "2026-11-13")), sent(handed_in("b", "2026-11-12")), sent(handed_in("b", "2026-11-18", 2))),
        (Read("2026-11-24", ON_TIME, 66.7, 3), Read("2026-11-24", OVERDUE, 0.0, 3)),
    ),
    "and back to the week before": (
        (TWO, sent(given("b", "2026-11-13")), sent(handed_in("b", "2026-11-18")), sent(handed_in("b", "2026-11-12", 3)),
         sent(handed_in("b", "2026-11-25", 2))),
        (Read("2026-11-24", ON_TIME, 100.0, 3),),
    ),
    "a hand-in of another pupil's is taken back": (
        (TWO, sent(given("b", "2026-11-13")), sent(handed_in("b", "2026-11-12")), sent(handed_in("b", "2026-11-12", 2, "retract"))),
        (Read("2026-11-24", ON_TIME, 66.7, 3), Read("2026-11-24", OVERDUE, 1.0, 3)),
    ),
    "a deadline is put off after it passed": (
        (TWO, sent(given("b", "2026-11-13")), sent(given("b", "2026-12-04", 2)), sent(handed_in("b", "2026-11-30"))),
        (Read("2026-11-24", ON_TIME, None, 2), Read("2026-12-03", ON_TIME, None, 2), Read("2026-12-11", ON_TIME, None, 2),
         Read("2026-12-11", OVERDUE, 0.0, 3)),
    ),
    "an absence of the wrong day is withdrawn": (
        (THERE, sent(registered("2026-09-30", "absent")), sent(registered("2026-09-30", "absent", "", 2, "retract")),
         sent(registered("2026-10-01", "absent"))),
        (Read("2026-09-30", QUARTER, 100.0, 5), Read("2026-10-09", QUARTER, 83.3, 6), Read("2026-10-09", YEAR, 90.9, 11)),
    ),
    "an absence of the wrong day is put right in a later export": (
        (THERE, export("09-30", d3009="S"), export("10-02", d3009="", d0110="S"), export("10-01", d3009="U", d0110="")),
        (Read("2026-09-30", QUARTER, 100.0, 6), Read("2026-10-09", QUARTER, 83.3, 6), Read("2026-10-09", YEAR, 91.7, 12)),
    ),
    "a result is voided and told again of another week": (
        (scored(1, "11-10", "a", 0.5), scored(2, "10-19", "b", 0.1), voided(3, 2), scored(4, "11-11", "b", 0.9),
         scored(5, "11-12", "c", 0.4)),
        (Read("2026-11-24", ("result-level", "MAT", "W20"), 60.0, 3), Read("2026-10-20", ("result-level", "MAT", "W20"), None, 0)),
    ),
    "what was given before the summer is due on either side of 1 August": (
        (sent(given("a", "2027-07-30")), sent(given("b", "2027-07-29")), sent(given("b", "2027-08-01", 2)),
         sent(handed_in("b", "2027-07-31"))),
        (Read("2027-07-31", OVERDUE, 1.0, 1), Read("2027-08-02", OVERDUE, 0.0, 1)),
    ),
    "days of two school years": (
        (sent(*(registered(f"2027-07-{day}", "present") for day in range(26, 31))), sent(registered("2027-08-02", "present")),
         sent(*(registered(f"2027-08-0{day}", "absent") for day in range(3, 7)))),
        (Read("2027-07-31", YEAR, 100.0, 5), Read("2027-08-01", YEAR, None, 0), Read("2027-08-06", YEAR, 20.0, 5)),
    ),
    "a marking of the last day of the school year is one of the first of the next": (
        (sent(marked("2027-07-31T23:59:59+02:00", "g")), sent(marked("2027-07-31T23:59:59+02:00", "g", "retract")),
         sent(marked("2027-08-01T00:00:00+02:00", "g")), sent(marked("2027-07-31T12:00:00+02:00", "h"))),
        (Read("2027-07-31", ("goals-reached", "MAT", "Y"), 1.0, 1), Read("2027-08-01", ("goals-reached", "MAT", "Y"), 1.0, 1)),
    ),
}  # fmt: skip

ABSENT_AND_NOT = STORIES["an absence of the wrong day is withdrawn"][0]
AT_ONCE = (
    *STORIES["a hand-in is re-dated to the week after its deadline"][0],
    sent(given("d", "2026-11-13")),
    sent(given("d", "2026-12-04", 2)),
    *ABSENT_AND_NOT,
)
"""A hand-in re-dated, another deadline put off after it passed, an absence withdrawn; and what is read of it on 24 November."""
AT_ONCE_READ = (
    Read("2026-11-24", ON_TIME, 66.7, 3), Read("2026-11-24", OVERDUE, 0.0, 3), Read("2026-11-24", QUARTER, 83.3, 6),
    Read("2026-11-24", YEAR, 90.9, 11),
)  # fmt: skip
