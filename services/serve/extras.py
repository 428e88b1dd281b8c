"""What views tell of a pupil beside the indicators: `extras` of a pupil's view, and when each pupil of a class was last active."""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from contracts.dates import rfc3339
from contracts.indicator import Indicator, Texts, Window
from services.serve.asking import Asking
from services.serve.shapes import Asked, both
from services.stores.reading import Narrowed, Snapshot
from streams import reading as r
from streams.extras import EXTRAS, Extra, Item
from streams.last_activity import LAST_ACTIVITY


class LastActive(Struct, frozen=True):
    subject: str
    at: str


class Shown(Struct, frozen=True):
    """n: how many there are in the window; items: the first of them, or the latest."""

    extra: str
    title: dict[str, str]
    text: dict[str, str]
    unseen: dict[str, str]
    n: int
    window: r.Span
    items: list[dict[str, Any]]


def last_active(told: Iterable[tuple[str, r.Told]]) -> list[LastActive]:
    """Of the subjects in which there is any. told: subject, and what is told of `LAST_ACTIVITY`."""
    return [LastActive(subject, rfc3339(round(one.value))) for subject, one in told if one.value is not None]


async def extras(view: Narrowed, snapshot: Snapshot, pupil: r.Pupil, asked: Asked, asking: Asking) -> list[Shown]:
    """Of those that are for the caller's purpose (R2.2). pupil: with what was measured since the school year began."""
    calendar, allowed = snapshot.home_calendar(pupil.id, asking.today), view.pupil_subjects(pupil.id)
    wanted = [one for one in EXTRAS if asked.wants(one.name) and asking.caller.purpose in one.purposes]
    known = await view.beside(pupil.id, wanted)
    found = [_last_activity(view, snapshot, pupil, asked, asking)] if asked.wants(LAST_ACTIVITY.name) else []
    for one in wanted:
        window = calendar.window(one.window, asking.today)
        items = [item for item in one.items(known, window, allowed) if _is_asked(item, asked)]
        n = sum(one.counts(item, window) for item in items)
        found.append(_shown(one, one.text.told(n=n), n, window, [_item(item) for item in items[: one.most]]))
    return found


def _shown(one: Extra | Indicator, text: Texts, n: int, window: Window, items: list[dict[str, Any]]) -> Shown:
    return Shown(one.name, both(one.title), both(text), both(one.unseen), n, r.span(window), items)


def _item(item: Item) -> dict[str, Any]:
    told = {name: rfc3339(value) if name == "at" else value for name, value in item.told.items()}
    return {"subject": item.subject, "text": both(item.text), **told}


def _is_asked(item: Item, asked: Asked) -> bool:
    return item.subject is None or not asked.subjects or item.subject in asked.subjects


def _last_activity(view: Narrowed, snapshot: Snapshot, pupil: r.Pupil, asked: Asked, asking: Asking) -> Shown:
    window = snapshot.home_calendar(pupil.id, asking.today).window("Y", asking.today)
    shown = asked.shown(lambda one: r.subjects([pupil], one), [LAST_ACTIVITY], view.pupil_subjects(pupil.id))[LAST_ACTIVITY.key]
    active = last_active((code, r.told(LAST_ACTIVITY, *r.answer(pupil, LAST_ACTIVITY, code, window))) for code in shown)
    items = [{"subject": one.subject, "at": one.at} for one in active]
    return _shown(LAST_ACTIVITY, LAST_ACTIVITY.formula, len(items), window, items)
