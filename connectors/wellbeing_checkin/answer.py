"""One answer as both doors tell it, and the draft that it makes; the same answer by both is one report."""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta, Struct

from contracts import selfreport
from contracts.connector import Draft
from contracts.dates import Micros
from contracts.errors import Fault
from contracts.events import SelfReport
from contracts.privacy import Identity

KIND: Final = "answer"
CODE: Final = r"[\w.:/\-]{1,120}"
"""How instruments, runs and questions are named: ids, in which no sentence fits."""
VERSION: Final = r"[\w.\-]{1,40}"
Code = Annotated[str, Meta(pattern=rf"^{CODE}\Z")]
Version = Annotated[str, Meta(pattern=rf"^{VERSION}\Z")]
Dimension = Literal["motivation", "social", "academic", "support", "calm"]
Reader = Literal["pupil", "guardian", "home_class_teacher", "teachers"]


class Asked(Struct, frozen=True):
    """Of whom, where and when it was asked. order: the revision, else when this was told. visibility: whom the child was told of."""

    who: Identity
    school: str
    instrument: str
    version: str
    run: str
    visibility: tuple[Reader, ...]
    time: Micros
    order: int
    school_year: str | None = None


class Answer(Struct, frozen=True):
    """value None: declined. reverse: a low number is the good end."""

    item: str
    dimension: Dimension
    scale_min: int
    scale_max: int
    value: int | None
    declined: bool
    reverse: bool = False


def draft(asked: Asked, answer: Answer, op: Literal["assert", "retract"] = "assert") -> Draft:
    names = ["self_report", asked.school, asked.who.scheme, asked.who.value, asked.instrument, asked.run, answer.item]
    report = msgspec.json.encode(names).decode()
    return Draft(SelfReport, asked.who, asked.school, _data(asked, answer), report, asked.time, asked.order, op)


def unsound(made: Draft) -> Fault | None:
    """What is wrong with the answer; the pointer is the name of a field of `SelfReport`."""
    return selfreport.unsound(msgspec.convert(made.data, SelfReport))


def _data(asked: Asked, answer: Answer) -> dict[str, Any]:
    told = {
        "instrument_id": asked.instrument, "instrument_version": asked.version, "run": asked.run, "item_id": answer.item,
        "dimension": answer.dimension, "scale_min": answer.scale_min, "scale_max": answer.scale_max, "declined": answer.declined,
        "visibility": tuple(sorted(set(asked.visibility))), "school_year": asked.school_year,
    }  # fmt: skip
    if answer.value is None or answer.scale_min >= answer.scale_max:
        return told if answer.value is None else {**told, "value": answer.value}
    share = selfreport.normalised(answer.value, answer.scale_min, answer.scale_max, reverse=answer.reverse)
    return {**told, "value": answer.value, "normalised": min(max(share, 0.0), 1.0)}
