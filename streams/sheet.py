"""From a sheet's facts to its summaries, and from the summaries of many sheets to what an indicator reads (design 4.3-4.4)."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from contracts import facts as f
from contracts.facts import Fact, Facts
from contracts.indicator import Indicator, Summary
from streams.keyed import digest

Measured = list[Any]
"""[summary, {supplier: count of counted facts}, tools]: a list, so that it is the same before and after JSON. tools: digests of those
of the facts, sorted; facts of no tool have one in common."""

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
    return {code: [indicator.measure(told), dict(Counter(fact.supplier for fact in told)), _tools(told)] for code, told in subjects.items()}


def _tools(facts: Iterable[Fact]) -> list[str]:
    return sorted({digest(fact.content.get("tool", "")) for fact in facts})


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
    tools: set[str] = set()
    for one, told, used in measured:
        summary = indicator.combine(summary, one)
        counts.update(told)
        tools.update(used)
    return [summary, dict(counts), sorted(tools)]


def side_by_side(sheets: Sequence[Summaries], indicators: Sequence[Indicator]) -> Summaries | None:
    """The summaries of a pupil's identities of one day as one; None where their facts could share a natural key or a tool, and so have
    to be merged first and measured then (design 4.3). Every key of a fact of a tool begins with the tool."""
    used = [{tool for subjects in one.values() for measured in subjects.values() for tool in measured[2]} for one in sheets]
    if sum(map(len, used)) > len(set().union(*used)):
        return None
    together: dict[str, dict[str, list[Measured]]] = {}
    for one in sheets:
        for key, subjects in one.items():
            for code, measured in subjects.items():
                together.setdefault(key, {}).setdefault(code, []).append(measured)
    known = {indicator.key: indicator for indicator in indicators}
    return {
        key: {code: combine(known[key], parts) for code, parts in subjects.items()} for key, subjects in together.items() if key in known
    }
