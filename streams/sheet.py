"""From a sheet's facts to its summaries, and from the summaries of many sheets to what an indicator reads (design 4.3-4.4)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from contracts import facts as f
from contracts.facts import Fact, Facts
from contracts.indicator import Indicator, Summary

Measured = list[Any]
"""[summary, {supplier: count of counted facts}]: a list, so that it is the same before and after JSON."""

Summaries = dict[str, dict[str, Measured]]
"""Indicator key -> subject code ("" where not per subject) -> what was measured."""

encode: Callable[[Summaries], bytes] = f.encode
"""Canonical JSON: equal summaries are equal bytes."""
decode: Callable[[bytes], Summaries] = msgspec.json.Decoder(Summaries).decode


def measure_sheet(facts: Facts, family: str, indicators: Sequence[Indicator]) -> Summaries:
    """What the indicators of the sheet's family make of its facts; no entry where there are none."""
    told = counted(facts)
    measured = {indicator.key: _by_subject(indicator, told) for indicator in indicators if indicator.family == family}
    return {key: subjects for key, subjects in measured.items() if subjects}


def _by_subject(indicator: Indicator, facts: Iterable[Fact]) -> dict[str, Measured]:
    subjects: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.kind in indicator.kinds:
            subjects.setdefault(fact.content["subject_code"] if indicator.per_subject else "", []).append(fact)
    return {code: [indicator.measure(told), dict(Counter(fact.supplier for fact in told))] for code, told in subjects.items()}


def counted(facts: Facts) -> list[Fact]:
    """The facts of a sheet that count. Channels of one tool that share no ids have ranks: of the tool's facts of one type, those of the
    highest channel present count (design 4.3)."""
    told = f.counting(facts)
    ranks = _ranks(facts)
    if len(set(ranks.values())) < 2:
        return told
    best: dict[tuple[str, str], int] = {}
    for fact in told:
        rank = ranks[fact.supplier, fact.channel]
        best[_tool(fact)] = min(rank, best.get(_tool(fact), rank))
    return [fact for fact in told if "tool" not in fact.content or ranks[fact.supplier, fact.channel] == best[_tool(fact)]]


def _ranks(facts: Facts) -> dict[tuple[str, str], int]:
    """Each channel's rank: the best that its reports carry."""
    ranks: dict[tuple[str, str], int] = {}
    for _, _, _, report in f.each(facts):
        channel = (report.supplier, report.channel)
        ranks[channel] = min(report.rank, ranks.get(channel, report.rank))
    return ranks


def _tool(fact: Fact) -> tuple[str, str]:
    return fact.kind, fact.content.get("tool", "")


def combine(indicator: Indicator, measured: Iterable[Measured]) -> Measured:
    """All of them as one, in whatever order they come."""
    summary: Summary = indicator.zero
    counts: Counter[str] = Counter()
    for one, told in measured:
        summary = indicator.combine(summary, one)
        counts.update(told)
    return [summary, dict(counts)]
