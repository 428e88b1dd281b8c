"""What is awkward in a school's data (domain 4.7), planted into the days of the invented school: requests in the order in which they are
sent, each with what the hub is to answer."""

import base64
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from urllib.parse import quote

from contracts.dates import DAY, HOUR, SECOND, Micros, local_instant, rfc3339, start_of
from services.demo import telling
from services.demo.attendance import SKOLEADM
from services.demo.days import is_school
from services.demo.dice import dice, named
from services.demo.people import Pupil
from services.demo.school import ORDLEG
from services.demo.telling import Delivery, Said, bundled

NIGHTLY: Final = "ordleg-nat"
"""The other channel of ordleg: its export of the night."""
ATTEMPT_NO: Final = "https://fremgang.dk/xapi/extensions/attempt-no"
LATE, TOO_LATE = 28, 121
"""Days after which something is sent."""
EVERY: Final = 10
"""School days from which on a trap is planted again."""
CLOCK_CHANGES: Final = (date(2026, 10, 25), date(2027, 3, 28))
OK, BAD, KNOWN = 200, 400, 409


@dataclass(frozen=True)
class Planted:
    """One request. status: of its answer; what is refused was not received. failed: how many of its items the hub takes and cannot use."""

    trap: str
    delivery: Delivery
    status: int = OK
    failed: int = 0


@dataclass(frozen=True)
class Day:
    """A date of a school. told_since: the first of which anything is told."""

    date: date
    pupils: Sequence[Pupil]
    told_since: date
    chance: Random

    def at(self, hour: int, minute: int = 0) -> Micros:
        return local_instant(datetime.combine(self.date, time(hour, minute)))

    def some(self, count: int = 3) -> list[Pupil]:
        return self.chance.sample(self.pupils, count)


Trap = Callable[[Day], Iterator[Planted]]


def _sent(trap: str, said: Said, status: int = OK, failed: int = 0) -> Planted:
    (delivery,) = bundled(said.at, [said])
    return Planted(trap, delivery, status, failed)


def _answer(pupil: Pupil, at: Micros, item: str, *, right: bool = True) -> Said:
    return telling.answered(pupil, at, item, right, 12, "trap", item, at)


def _changed(said: Said, **members: Any) -> Said:
    return replace(said, document={**said.document, **members})


def duplicates(day: Day) -> Iterator[Planted]:
    """The same statement again; and its id with another content, which is refused."""
    for pupil in day.some():
        said = _answer(pupil, day.at(9, 20), f"twice-{day.date}")
        yield _sent("sent once", said)
        yield _sent("duplicate id, equal body", said)
        yield _sent("duplicate id, different body", _changed(said, result={"success": False, "duration": "PT9S"}), KNOWN)


def revised(day: Day) -> Iterator[Planted]:
    """An event's id again with another content: its later revision counts, though it comes first."""
    for pupil in day.some():
        said = telling.word(pupil, day.at(9, 40), f"revised-{day.date}", True, 5, f"revised-{pupil.key}-{day.date}", 1)
        data = {**said.document["data"], "correct": False}
        yield _sent("duplicate id, revised", _changed(said, data=data, order=said.at + 1))
        yield _sent("sent once", said)


def two_channels(day: Day) -> Iterator[Planted]:
    """One try told live and by the night's export, which thinks differently of it."""
    for pupil in day.some():
        said = telling.word(pupil, day.at(10, 5), f"both-{day.date}", True, 5, f"both-{pupil.key}-{day.date}", 1)
        other = {"id": named("night", said.document["id"]), "order": said.at + SECOND, "data": {**said.document["data"], "correct": False}}
        yield _sent("one fact, two channels", replace(_changed(said, **other), supplier=NIGHTLY))
        yield _sent("sent once", said)


def voids(day: Day) -> Iterator[Planted]:
    """Taken back before it came and after it came."""
    for pupil in day.some():
        early, late = (_answer(pupil, day.at(10, minute), f"void-{minute}-{day.date}") for minute in (20, 25))
        yield _sent("void before its target", _void(pupil, early))
        yield _sent("sent once", early)
        yield _sent("sent once", late)
        yield _sent("void after its target", _void(pupil, late))


def _void(pupil: Pupil, said: Said) -> Said:
    document = {
        "id": named("void", said.document["id"]), "actor": said.document["actor"], "timestamp": rfc3339(said.at + HOUR),
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": said.document["id"]},
    }  # fmt: skip
    return replace(said, document=document)


def corrected(day: Day) -> Iterator[Planted]:
    """An absence is corrected twice; the news arrive in any order, once in a file of another encoding."""
    for pupil in day.some():
        files = [_register(day.date, pupil, code, day.at(hour)) for code, hour in zip("USF", (16, 17, 18), strict=True)]
        for one in day.chance.sample(files, len(files)):
            yield Planted("absence corrected twice", one)


def _register(day: date, pupil: Pupil, code: str, as_of: Micros) -> Delivery:
    return _file([f"{pupil.unilogin};{day:%d-%m-%Y};5.Å;{code}"], as_of, {})


def _file(rows: Sequence[str], as_of: Micros, query: dict[str, str]) -> Delivery:
    body = "\r\n".join(("unilogin;dato;klasse;start", *rows, "")).encode("latin-1")
    asked = {"as_of": rfc3339(as_of), **query}
    return Delivery(as_of, SKOLEADM, "/files/attendance_csv", {"Content-Type": "text/csv"}, body, len(rows), asked)


def midnight(day: Day) -> Iterator[Planted]:
    """At the first and at the last microsecond of the local day."""
    for pupil in day.some():
        for at in (start_of(day.date), start_of(day.date + timedelta(days=1)) - 1):
            yield _sent("at local midnight", _answer(pupil, at, f"midnight-{at}"))


def results(day: Day) -> Iterator[Planted]:
    """Tried again with a lower score; points of a maximum of nothing; below nothing."""
    for pupil in day.some():
        for number, scaled in ((1, 0.9), (2, 0.3)):
            yield _sent("attempt again with a lower score", _scored(pupil, day.at(11, number), f"attempt-{day.date}", scaled, number))
        yield _sent("scaled negative", _scored(pupil, day.at(11, 10), f"below-{day.date}", -0.4, 1))
        nothing = {"tool": ORDLEG, "subject_code": "DAN", "activity_id": f"nothing-{day.date}", "score_given": 0, "score_max": 0}
        yield _sent("score_max 0", _event(pupil, day.at(11, 20), "result.scored", nothing))


def _scored(pupil: Pupil, at: Micros, activity: str, scaled: float, number: int) -> Said:
    said = telling.experiment(pupil, at, "scored", 0, {"score": {"scaled": scaled}, "completion": True})
    extensions = {**said.document["context"]["extensions"], ATTEMPT_NO: number}
    return _changed(said, object={"id": f"https://naturlab.example/forsoeg/{activity}"}, context={"extensions": extensions})


def _event(pupil: Pupil, at: Micros, kind: str, data: dict[str, Any]) -> Said:
    """Of ordleg."""
    said = telling.session(pupil, at, "started", kind)
    return _changed(said, id=named("trap", pupil.key, kind, at), type=f"dk.fremgang.{kind}.v1", data=data)


def two_devices(day: Day) -> Iterator[Planted]:
    """Two sessions at a time."""
    for pupil in day.some():
        for device, (begun, ended) in enumerate(((0, 20), (7, 31))):
            name = f"device-{device}-{pupil.key}-{day.date}"
            yield _sent("overlapping sessions on two devices", telling.session(pupil, day.at(12, begun), "started", name))
            yield _sent("overlapping sessions on two devices", telling.session(pupil, day.at(12, ended), "ended", name, "ended"))


def wrong_clock(day: Day) -> Iterator[Planted]:
    for pupil in day.some():
        yield _sent("clock three years ahead", _answer(pupil, day.at(13) + 3 * 365 * DAY, f"ahead-{day.date}"), failed=1)


def late(day: Day) -> Iterator[Planted]:
    """What a tablet kept for four weeks; and what one kept for longer than anything is taken."""
    for back, trap in ((LATE, "28 days late"), (TOO_LATE, "121 days late")):
        then = day.date - timedelta(days=back)
        if then < day.told_since:
            continue
        said = [_answer(pupil, _on(then, 10, n), f"kept-{n}-{then}") for pupil in day.some() for n in range(4)]
        (delivery,) = bundled(day.at(14), said)
        yield Planted(trap, delivery, failed=len(said) if back == TOO_LATE else 0)


def _on(day: date, hour: int, minute: int) -> Micros:
    return local_instant(datetime.combine(day, time(hour, minute)))


def grades(day: Day) -> Iterator[Planted]:
    """The mark 02 is text; as the number 2 it is none."""
    for pupil in day.some():
        data = {"code": "02", "kind": "standpunkt", "term": f"{day.date}", "subject_code": "DAN"}
        yield _sent("grade 02", _event(pupil, day.at(14, 10), "result.grade", data))
        yield _sent("grade 02 as a number", _event(pupil, day.at(14, 11), "result.grade", data | {"code": 2}), failed=1)


def danish(day: Day) -> Iterator[Planted]:
    for pupil in day.some():
        yield _sent("Danish letters in an IRI", _answer(pupil, day.at(14, 20), f"æblegrød-på-Ærø-{day.date}"))


def cpr(day: Day) -> Iterator[Planted]:
    """In a name, in an IRI, in its encoded form and inside base64: refused whole, and nothing of it kept."""
    number = f"{day.date:%d%m}15-4{day.chance.randrange(100, 1000)}"
    (pupil,) = day.some(1)
    said = _answer(pupil, day.at(14, 30), f"cpr-{day.date}")
    hidden = base64.urlsafe_b64encode(f"elev {number}".encode()).decode()
    account = {"account": {"homePage": telling.HOMEPAGE, "name": number}}
    yield _sent("CPR in account.name", _changed(said, actor=account), BAD)
    for trap, part in (("in an IRI", number), ("URL-encoded", quote(number).replace("-", "%2D")), ("inside base64", hidden)):
        yield _sent(f"CPR {trap}", _changed(said, object={"id": f"https://matematik-x.example/{part}"}), BAD)


def doubled_hour(day: Day) -> Iterator[Planted]:
    """02:30 occurs twice in October and not at all in March: both instants, and a page read over them."""
    instants = [start_of(day.date) + minutes * 60 * SECOND for minutes in (119, 120, 150, 180, 210)]
    for pupil in day.some():
        for at in instants:
            yield _sent("in the hour of the clock's change", _answer(pupil, at, f"hour-{at}"))
        result = {"duration": telling.lasted(40 * 60)}
        yield _sent("in the hour of the clock's change", telling.experiment(pupil, instants[-1], "experienced", 7, result))


IN_TURN: Final[tuple[tuple[Trap, ...], ...]] = (
    (duplicates,), (revised, cpr), (two_channels,), (voids,), (corrected,), (midnight, danish), (results,), (two_devices,),
    (wrong_clock, grades), (late,),
)  # fmt: skip
"""By school day."""


def planted(day: date, pupils: Sequence[Pupil], told_since: date, number: int) -> Iterator[Planted]:
    """What is planted on a date. number: of the school day in its year."""
    told = Day(day, pupils, told_since, dice("traps", day))
    if day in CLOCK_CHANGES:
        yield from doubled_hour(told)
    if is_school(day):
        for trap in IN_TURN[number % EVERY]:
            yield from trap(told)


def fifteen_percent(day: date, pupil: Pupil, days: Sequence[date]) -> Planted:
    """Of the last 20 school days exactly three unlawful ones: 15.0 %."""
    codes = ["U" if at % 7 == 3 else "" for at in range(len(days))]
    rows = [f"{pupil.unilogin};{one:%d-%m-%Y};{pupil.group};{code}" for one, code in zip(days, codes, strict=True)]
    return Planted("exactly 15.0 % unlawful", _file(rows, _on(day, 19, 0), {"complete": "true"}))
