"""One value explained, down to its facts, in Danish and English (R8.1)."""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import Query, Request, Response

from contracts.dates import rfc3339
from contracts.facts import Fact, shown
from contracts.indicator import Indicator, WindowName
from contracts.versions import is_asked_for
from services.serve.asking import Asking, Missing, Reading, View
from services.serve.definitions import definition
from services.serve.shapes import both, may_see, resting
from services.stores.reading import Narrowed, Snapshot
from streams import reading as r
from streams.frameworks import Framework
from streams.sheet import code_for
from streams.words import words

FIRST: Final = 200
"""Facts in an answer, unless more or fewer are asked for."""
MOST: Final = 1_000
WITHHELD: Final = frozenset({"cause"})
"""Fields that no explanation shows: a cause of absence is health data (domain 3.1, R6.5)."""


async def explained(
    view: Narrowed, snapshot: Snapshot, student: str, indicator: Indicator, subject: str, name: WindowName, today: date
) -> tuple[dict[str, Any], list[tuple[date, str, Fact]]]:
    """All of it but the facts, and the facts, newest first."""
    window = snapshot.home_calendar(student, today).window(name, today)
    pupil = await view.pupil(student, window.first, window.last)
    told, counts, _ = r.answer(pupil, indicator, subject, window)
    value = r.reading(pupil, indicator, subject, window)
    known = await view.facts(student, indicator, window.first, window.last)
    facts = r.evidence(known, indicator, subject, window, told.counted)
    if told.counted is not None:
        counts = Counter(fact.supplier for *_, fact in facts)
    return {
        "reading": value,
        "text": both(r.explained(indicator, value, told.details, _framework(snapshot, student, value, today))),
        "definition": definition(indicator),
        "details": dict(told.details),
        "sources": [{"source": source, "facts": count} for source, count in sorted(counts.items())],
        "newest": rfc3339(max(fact.content["at"] for *_, fact in facts)) if facts else None,
    }, facts


def _framework(snapshot: Snapshot, student: str, value: r.Reading, today: date) -> Framework | None:
    """What is told of the one whose goals a reading counts."""
    return snapshot.roster.framework(student, value.framework.id, today) if value.framework else None


def fact_of(day: date, group: str, fact: Fact, snapshot: Snapshot, replaced_by: Mapping[str, str]) -> dict[str, Any]:
    """group: of which it is said, "" where it is said of the pupil. replaced_by: goal -> that which follows it. against: the sources that
    tell it otherwise, with their words."""
    content, of = _content(fact), snapshot.roster.groups.get(group)
    others = {other.supplier: told for other in fact.against if (told := _content(other)) | {"at": content["at"]} != content}
    return {
        "type": fact.kind, "date": day.isoformat(), "source": fact.supplier, "group": {"id": of.id, "name": of.name} if of else None,
        "disputed": bool(others), "against": [{"source": source, **told} for source, told in others.items()], **content,
        **({"replaced_by": replaced_by[content["goal_id"]]} if content.get("goal_id") in replaced_by else {}),
    }  # fmt: skip


def _content(fact: Fact) -> dict[str, Any]:
    content = {name: value for name, value in shown(fact.kind, fact.content).items() if name not in WITHHELD}
    return {"text": both(words(fact)), **content}


def endpoint(reading: Reading) -> Callable[..., Awaitable[Response]]:
    async def explanation(
        request: Request, student_id: str, name: str, subject: str = "", framework: str = "", window: WindowName | None = None,
        limit: Annotated[int, Query(ge=1, le=MOST)] = FIRST, offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:  # fmt: skip
        """What a value counts: definition, sentence, sources with counts, and the facts, newest first: `limit` of them from `offset` on, of
        `total`; `next` is where the rest is. `name` is of the newest version, `name@1` of that one. `framework`: of whose goals, where
        there is a reading of each."""
        asking, code = Asking(reading, request, "explanation"), code_for(subject, framework)
        of_pupils = (one for one in asking.reading.indicators if not one.of_groups_alone)
        indicator = next((one for one in of_pupils if is_asked_for(one, {name})), None)
        try:
            async with reading.views.snapshot() as snapshot:
                view = snapshot.narrowed(asking.relation(snapshot))
                if not view.sees(student_id) or indicator is None or not _there(indicator, window, subject, framework):
                    raise Missing(student=student_id)
                if not may_see(view.pupil_subjects(student_id), indicator, subject):
                    raise Missing(student=student_id)
                told, facts = await explained(view, snapshot, student_id, indicator, code, window or indicator.windows[0], asking.today)
                delivered = asking.delivery(snapshot, snapshot.roster.enrolled(student_id))
        except Missing as missing:
            return await asking.denied(missing)
        await asking.logged([student_id], indicators=name)
        goals = _framework(snapshot, student_id, told["reading"], asking.today)
        page = [fact_of(*one, snapshot, goals.replaced_by if goals else {}) for one in facts[offset : offset + limit]]
        rest = _rest(told["reading"].explanation, limit, offset + limit) if offset + limit < len(facts) else None
        told |= {"total": len(facts), "facts": page, "next": rest, "delivery": resting([told["reading"]], delivered)}
        return asking.answer(told)

    return explanation


def _rest(address: str, limit: int, offset: int) -> str:
    return f"{address}&{urlencode({'limit': limit, 'offset': offset})}"


def _there(indicator: Indicator, window: WindowName | None, subject: str, framework: str) -> bool:
    """A subject belongs to what is read by subject, and to nothing else: what has none is for those who see all of a pupil's. So does a
    framework."""
    place = (bool(subject), bool(framework)) == (indicator.per_subject, indicator.per_framework)
    return place and (window is None or window in indicator.windows)


VIEW = View("explanation", "GET", "/v1/students/{student_id}/indicators/{name}/explanation", endpoint)
