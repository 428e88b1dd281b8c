"""Declarations as the catalogue tells them (`contracts.catalogue`): what is computed, so that a union or a parent can read it."""

from collections.abc import Iterable, Mapping, Sequence

from contracts.catalogue import CALLED, LEFT_OUT, TASKS, Beside, Catalogue, Definition, EventType, GroupDefinition, Words, kept
from contracts.group_indicator import GroupIndicator
from contracts.indicator import WINDOWS, Indicator, Texts, WindowName
from contracts.kinds import BY_NAME, LEGAL_BASIS, Kind
from services.serve.shapes import made_of
from streams import small
from streams.extras import EXTRAS, Extra
from streams.last_activity import LAST_ACTIVITY


def catalogue(indicators: Sequence[Indicator], group_indicators: Iterable[GroupIndicator]) -> Catalogue:
    return Catalogue(
        [definition(one) for one in indicators],
        [_beside(LAST_ACTIVITY, LAST_ACTIVITY.formula, LAST_ACTIVITY.windows[0], LAST_ACTIVITY.tasks)]
        + [_beside(one, one.text, one.window, one.purposes) for one in EXTRAS],
        [group_definition(one, indicators) for one in group_indicators],
        {name: _event_type(kind) for name, kind in sorted(BY_NAME.items())},
        {name: _words(texts) for name, texts in WINDOWS.items()},
        {name: _words(texts) for name, texts in TASKS.items()},
        [_words(texts) for texts in LEFT_OUT],
    )


def definition(one: Indicator) -> Definition:
    return Definition(
        id=one.id,
        indicator=one.name,
        version=one.version,
        until=one.until,
        unit=one.unit,
        decimals=one.decimals,
        windows=list(one.windows),
        per_subject=one.per_subject,
        per_framework=one.per_framework,
        reads=list(one.kinds),
        self_report=one.self_report,
        of_groups_alone=one.of_groups_alone,
        tasks=list(one.tasks),
        reasons=_reasons(one.reasons),
        interval=_words(one.interval) if one.interval else None,
        **_texts(one),
    )


def _beside(one: Extra | Indicator, text: Texts, window: WindowName, purposes: Iterable[str]) -> Beside:
    return Beside(
        extra=one.name, title=_words(one.title), text=_words(text), unseen=_words(one.unseen), window=window, reads=list(one.kinds),
        purposes=list(purposes),
    )  # fmt: skip


def group_definition(one: GroupIndicator, indicators: Iterable[Indicator]) -> GroupDefinition:
    return GroupDefinition(
        id=one.id,
        indicator=one.name,
        version=one.version,
        until=one.until,
        of=[indicator.name for indicator in made_of(one, indicators)],
        together=one.together,
        unit=one.unit,
        window=one.window,
        tasks=list(one.tasks),
        reasons=_reasons({**one.reasons, **small.REASONS}),
        **_texts(one),
    )


def _texts(one: Indicator | GroupIndicator) -> dict[str, Words]:
    return {name: _words(getattr(one, name)) for name in ("title", "formula", "minimum", "unseen", "explanation")}


def _event_type(kind: Kind) -> EventType:
    return EventType(_words(CALLED[kind.name]), kind.subject, kind.sensitivity, list(kind.purposes), LEGAL_BASIS, _words(kept(kind)))


def _reasons(reasons: Mapping[str, Texts]) -> dict[str, Words]:
    return {name: _words(texts) for name, texts in sorted(reasons.items())}


def _words(texts: Texts) -> Words:
    return Words(texts.da, texts.en)
