"""What the five materials say in the load of a municipality: a template for each kind of statement, and what fills it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Final

from services.demo.people import Pupil

Item = tuple[bytes, int, tuple[object, ...]]
"""Template, ms since midnight UTC, what fills it after id, Unilogin, time and institution."""


@dataclass(frozen=True)
class Material:
    """share: of the requests of the stream."""

    subject: str
    share: int


MATERIALS: Final[Mapping[str, Material]] = MappingProxyType(
    {
        "matematik-x": Material("MAT", 40),
        "ordleg": Material("DAN", 20),
        "dansk-video": Material("DAN", 20),
        "bogorm": Material("DAN", 12),
        "naturlab": Material("NAT", 8),
    }
)
_ADL: Final = b"http://adlnet.gov/expapi"
_VIDEO: Final = b"https://w3id.org/xapi/video"
_CMI5: Final = b"https://w3id.org/xapi/cmi5/context"
_MORNING: Final = 7 * 3_600_000
"""8 or 9 local time, in ms since midnight UTC."""


def _template(verb: bytes, thing: bytes, kind: bytes, result: bytes, context: bytes = b"", extensions: bytes = b"") -> bytes:
    """What is to be filled stands in this order: id, Unilogin, time, institution; then `extensions`, `context`, `thing`, `result`."""
    return (
        b'{"id":"%b","actor":{"objectType":"Agent","account":{"homePage":"https://unilogin.dk","name":"%b"}},"timestamp":"%b",'
        b'"version":"1.0.0","context":{"extensions":{"https://fremgang.dk/xapi/extensions/institution":"%b"' + extensions + b"}" + context
        + b'},"verb":{"id":"' + verb + b'","display":{"en":"' + verb.rpartition(b"/")[2] + b'"}},"object":{"objectType":"Activity","id":"'
        + thing + b'","definition":{"type":"' + kind + b'"}},"result":{' + result + b"}}"
    )  # fmt: skip


def _cmi5(verb: bytes, result: bytes) -> bytes:
    category = b',"contextActivities":{"category":[{"id":"' + _CMI5 + b'/categories/cmi5"}]}'
    return _template(
        _ADL + b"/verbs/" + verb, b"https://bogorm.example/bog/%d", b"http://adlnet.gov/expapi/activities/lesson", result,
        category + b',"registration":"%08x-2222-4222-8222-222222222222"', b',"' + _CMI5 + b'/extensions/sessionid":"l-%d"',
    )  # fmt: skip


def _video(verb: bytes) -> bytes:
    return _template(
        _VIDEO + b"/verbs/" + verb, b"https://dansk-video.example/film/%d", _VIDEO + b"/activity-type/video",
        b'"extensions":{"' + _VIDEO + b'/extensions/time":%d}', b',"contextActivities":{"category":[{"id":"' + _VIDEO + b'"}]}',
        b',"' + _VIDEO + b'/extensions/session-id":"%08x-1111-4111-8111-111111111111","' + _VIDEO + b'/extensions/length":600',
    )  # fmt: skip


_QUESTION: Final = _ADL + b"/activities/question"
_SUCCESS: Final = b'"success":%b,"duration":"PT%d.%dS"'
_EXERCISE: Final = _template(_ADL + b"/verbs/answered", b"https://matematik-x.example/opgaver/%d", _QUESTION, _SUCCESS)
_WORD: Final = _template(_ADL + b"/verbs/answered", b"https://ordleg.example/ord/%d", _QUESTION, _SUCCESS)
_PLAYED, _PAUSED = _video(b"played"), _video(b"paused")
_OPENED, _CLOSED = _cmi5(b"initialized", b""), _cmi5(b"terminated", b'"duration":"PT%dS"')
_PASSED: Final = _cmi5(b"passed", b'"score":{"scaled":0.%02d},"success":true,"duration":"PT%dS"')
_LAB: Final = (b"https://naturlab.example/forsoeg/%d", _ADL + b"/activities/simulation")
_SEEN: Final = _template(_ADL + b"/verbs/experienced", *_LAB, b'"duration":"PT%dS"')
_SCORED: Final = _template(_ADL + b"/verbs/scored", *_LAB, b'"score":{"raw":%d,"min":0,"max":20}')


def _answer(chance: Random, template: bytes, pupil: Pupil, clock: int) -> Item:
    right = b"true" if chance.random() < pupil.skill else b"false"
    return template, clock, (int(chance.random() * 20_000), right, int(chance.random() * 90), int(chance.random() * 10))


def _book(chance: Random, pupil: Pupil, clock: int) -> Item:
    registration, book = int(chance.random() * 0xFFFFFFF), int(chance.random() * 300)
    said = chance.random()
    if said < 1 / 3:
        return _OPENED, clock, (registration, registration, book)
    if said < 2 / 3:
        return _PASSED, clock, (registration, registration, book, _percent(chance, pupil), 600)
    return _CLOSED, clock, (registration, registration, book, 700)


def _percent(chance: Random, pupil: Pupil) -> int:
    return min(99, int(100 * (pupil.skill + 0.2 * chance.random() - 0.1)))


def _lab(chance: Random, pupil: Pupil, clock: int) -> Item:
    number = int(chance.random() * 200)
    if chance.random() < 0.7:
        return _SEEN, clock, (number, 120)
    return _SCORED, clock, (number, _percent(chance, pupil) // 5)


def one_item(chance: Random, name: str, pupil: Pupil, clock: int) -> Item:
    """Something that a pupil does in a material. clock: ms since midnight UTC."""
    if name == "matematik-x":
        return _answer(chance, _EXERCISE, pupil, clock)
    if name == "ordleg":
        return _answer(chance, _WORD, pupil, clock)
    if name == "dansk-video":
        at = int(chance.random() * 300)
        verb, position = (_PLAYED, at) if chance.random() < 0.5 else (_PAUSED, at + 300)
        return verb, clock, (int(chance.random() * 0xFFFFFFFF), int(chance.random() * 500), position)
    return _book(chance, pupil, clock) if name == "bogorm" else _lab(chance, pupil, clock)


def school_day(chance: Random, pupil: Pupil) -> Iterator[tuple[str, Item]]:
    """(material, item): about 18 of them, in the lessons of a day and in their order within each material."""
    clock = _MORNING + int(chance.random() * 600_000)
    yield from _in_row(chance, "matematik-x", pupil, clock, 5)
    yield from _in_row(chance, "ordleg", pupil, clock + 3_300_000, 2)
    yield from (("dansk-video", one) for one in _film(chance, clock + 7_200_000))
    yield from (("bogorm", one) for one in _reading(chance, pupil, clock + 10_800_000))
    yield from _in_row(chance, "naturlab", pupil, clock + 15_000_000, 1)


def _in_row(chance: Random, name: str, pupil: Pupil, clock: int, usual: int) -> Iterator[tuple[str, Item]]:
    for _ in range(round(usual * pupil.zeal * (0.5 + chance.random()))):
        clock += 20_000 + int(chance.random() * 70_000)
        yield name, one_item(chance, name, pupil, clock)


def _film(chance: Random, clock: int) -> Iterator[Item]:
    session, film = int(chance.random() * 0xFFFFFFFF), int(chance.random() * 500)
    half = 120 + int(chance.random() * 170)
    yield _PLAYED, clock, (session, film, 0)
    yield _PAUSED, clock + half * 1000, (session, film, half)
    yield _PLAYED, clock + half * 1000 + 20_000, (session, film, half)
    yield _PAUSED, clock + half * 2000 + 20_000, (session, film, 2 * half)


def _reading(chance: Random, pupil: Pupil, clock: int) -> Iterator[Item]:
    registration, book = int(chance.random() * 0xFFFFFFF), int(chance.random() * 300)
    long = 300 + int(chance.random() * 900)
    yield _OPENED, clock, (registration, registration, book)
    yield _PASSED, clock + (long - 20) * 1000, (registration, registration, book, _percent(chance, pupil), long - 20)
    yield _CLOSED, clock + long * 1000, (registration, registration, book, long)
