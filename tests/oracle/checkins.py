"""What pupils say in a check-in, as its tool sends it by webhook: one message of one pupil, in plain numbers (domain 4.2, 14)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

from oracle.days import instant, local_date
from oracle.sent import Report, SelfAnswer, spelt
from oracle.statements import Channel

Json = dict[str, Any]


def on_scale(value: float | None, low: int, high: int, *, turned: bool = False) -> Fraction | None:
    """How far up its scale an answer is, to the millionth; the other way round where a low number is the good one."""
    if value is None or high <= low:
        return None
    share = min(max(Fraction(value - low) / (high - low), Fraction(0)), Fraction(1))
    return Fraction(round((1 - share if turned else share) * 1_000_000), 1_000_000)


def said(answer: Json, data: Json, at: int) -> SelfAnswer:
    scale = answer["scale"]
    value = None if answer.get("declined") else answer.get("value")
    share = on_scale(value, scale["min"], scale["max"], turned=answer.get("reversed", False))
    told = frozenset(data["visibility"])
    return SelfAnswer(at, data["instrument"]["id"], data["run"], answer["item"], answer["dimension"], share, told)


def reports(message: Json, channel: Channel) -> list[Report]:
    """One for each answer; one that is withdrawn takes itself back."""
    data = message["data"]
    at, order = instant(data.get("answered_at") or message["timestamp"]), data.get("revision", instant(message["timestamp"]))
    whose, school = spelt(data["pupil"]["scheme"], data["pupil"]["value"]), data.get("institution") or channel.institution
    day: date = local_date(at)
    gone = message["type"] == "checkin.withdrawn"
    return [
        Report(
            (channel.supplier, "check-in", *whose, data["instrument"]["id"], data["run"], one["item"]), order, whose, school, day,
            None if gone else said(one, data, at),
        )
        for one in data["answers"]
    ]  # fmt: skip
