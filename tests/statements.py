"""The xAPI statements of a history: answers and films, some late, told twice, without a time, by two channels, or taken back."""

from random import Random
from typing import Any
from uuid import UUID

from units import DANISH, EXPORT, MATHS, OWN, SCHOOL, UNILOGIN, Class, Pupil, Unit, again

from connectors.xapi import verbs as v
from contracts.connector import Registration
from contracts.dates import COPENHAGEN, DAY, Micros, moment, rfc3339, start_of


def _uuid(random: Random) -> str:
    return str(UUID(int=random.getrandbits(128), version=4))


def _actor(by: Registration, pupil: Pupil) -> dict[str, Any]:
    page, name = (OWN, pupil.own.value) if by is DANISH else (UNILOGIN, pupil.unilogin.value)
    return {"account": {"homePage": page, "name": name}}


def _statement(c: Class, by: Registration, pupil: Pupil, verb: str, object_: str, at: Micros | None, **told: Any) -> dict[str, Any]:
    said: dict[str, Any] = {"id": _uuid(c.random), "actor": _actor(by, pupil), "verb": {"id": verb}, "object": {"id": object_}}
    if at is not None:
        said["timestamp"] = c.random.choice((rfc3339(at), moment(at).astimezone(COPENHAGEN).isoformat()))
    school = told.pop("school", SCHOOL)
    own = {v.INSTITUTION: school} if by is DANISH else {}
    said["context"] = {"extensions": own | told.pop("context", {})}
    return said | told


def _sent(said: dict[str, Any], by: Registration, received: Micros, *, undated: bool = False) -> Unit:
    return Unit("xapi", by, received, said, said["id"], undated=undated)


def answer(c: Class, by: Registration, pupil: Pupil, at: Micros | None, received: Micros, **context: Any) -> Unit:
    school = context.pop("school", SCHOOL)
    item = f"https://opgaver.example/{c.random.randrange(30)}"
    result = {"success": c.random.random() < 0.7, "duration": f"PT{c.random.randrange(5, 90)}S"}
    said = _statement(c, by, pupil, v.ANSWERED, item, at, result=result, context=context, school=school)
    return _sent(said, by, received, undated=at is None)


def media(c: Class, by: Registration, pupil: Pupil, at: Micros) -> Unit:
    verb = f"{v.VIDEO}/verbs/{c.random.choice(('played', 'played', 'paused', 'seeked'))}"
    film = f"https://film.example/{c.random.randrange(4)}"
    result = {"extensions": {v.TIME: c.random.randrange(600)}}
    context = {v.SESSION_ID: c.random.choice("abc"), v.LENGTH: 600}
    return _sent(_statement(c, by, pupil, verb, film, at, result=result, context=context), by, c.arrival(at))


def void(c: Class, target: Unit, received: Micros) -> Unit:
    said = {
        "id": _uuid(c.random), "actor": target.told["actor"], "verb": {"id": v.VOIDED},
        "object": {"objectType": "StatementRef", "id": target.name},
    }  # fmt: skip
    return _sent(said, target.by, received, undated=True)


def statements(c: Class, each: int) -> None:
    for pupil in c.pupils:
        for _ in range(each):
            at, by = c.time(), c.random.choice((MATHS, DANISH))
            late = c.random.choice((0, 0, 0, 1, 2))
            made = media(c, by, pupil, at) if c.random.random() < 0.4 else answer(c, by, pupil, at, c.arrival(at, late))
            c.send(made, "media" if "/video/" in made.told["verb"]["id"] else "answer")
            c.traps["late"] += made.received - at > 3 * DAY
            c.traps["non_school_day"] += moment(at).weekday() >= 5


def practised(c: Class) -> None:
    """One pupil answers enough in the last days to be read."""
    for n in range(30):
        at = c.time_of(c.weeks.dates[-10:])
        told = c.send(answer(c, MATHS, c.pupils[0], at, c.arrival(at)), "practised")
        told.told["object"] = {"id": f"https://opgaver.example/{n}"}


def voids(c: Class) -> None:
    """After and before their targets, of what has no time, a second time, and of one of two words on the same try."""
    early = c.weeks.dates[:20]
    for k in range(3):
        pupil, at = c.random.choice(c.pupils), c.time(c.random.choice(early))
        after = c.send(answer(c, MATHS, pupil, at, c.arrival(at)), "answer")
        told = c.send(void(c, after, c.arrival(at, 1)), "void_after")
        c.send(again(told, c.arrival(at, 2)), "void_again")
        before = c.send(answer(c, DANISH, pupil, at, c.arrival(at, 2)), "answer")
        c.send(void(c, before, c.arrival(at, k % 2)), "void_before")
    for k in range(2):
        tried = {v.ATTEMPT: f"try-{k}", v.ATTEMPT_NO: 1}
        pupil, at = c.random.choice(c.pupils), c.time(c.random.choice(early))
        first = c.send(answer(c, MATHS, pupil, at, c.arrival(at), **tried), "answer")
        second = answer(c, MATHS, pupil, at + 60_000_000, c.arrival(at, 1), **tried)
        second.told["object"] = first.told["object"]
        second.told["result"] = first.told["result"] | {"success": not first.told["result"]["success"]}
        c.send(second, "answer", "correction")
        c.send(void(c, second, c.arrival(at, c.random.choice((0, 2)))), "uncovered")


def undated(c: Class) -> None:
    for k in range(4):
        received = c.random.choice(c.weeks.moments[1:-2])
        told = c.send(answer(c, MATHS, c.random.choice(c.pupils), None, received), "timeless")
        c.send(again(told, c.weeks.moments[-2]), "timeless_again")
        if k % 2:
            c.send(void(c, told, c.random.choice((c.weeks.moments[0], c.weeks.moments[-1]))), "void_timeless")


def second_channel(c: Class) -> None:
    for k in range(6):
        tried = {v.ATTEMPT: f"both-{k}", v.ATTEMPT_NO: 1}
        pupil, at = c.random.choice(c.pupils), c.time()
        one = c.send(answer(c, MATHS, pupil, at, c.arrival(at), **tried), "answer")
        other = answer(c, EXPORT, pupil, at, c.arrival(at, 1), **tried)
        other.told["object"] = one.told["object"]
        c.send(other, "two_channels")
        c.send(answer(c, EXPORT, c.random.choice(c.pupils), c.time(), c.weeks.moments[-1]), "own_ids_of_second_channel")


def refused(c: Class) -> None:
    """Items that are accounted for and are no facts."""
    pupil, at = c.pupils[0], c.time()
    for _ in range(3):
        preferred = _statement(c, MATHS, pupil, f"{v.ADL}preferred", "https://sider.example/1", at)
        c.send(_sent(preferred, MATHS, c.arrival(at)), "not_used")
    c.send(answer(c, MATHS, pupil, start_of(c.weeks.first) - 140 * DAY, c.weeks.moments[2]), "too_late")
    c.send(answer(c, MATHS, pupil, c.weeks.moments[1] + 2 * DAY, c.weeks.moments[1]), "in_future")
