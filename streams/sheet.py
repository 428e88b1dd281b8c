"""From a sheet's facts to its summaries, and from the summaries of many sheets to what an indicator reads (design 4.3-4.4)."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from itertools import compress, zip_longest
from operator import add, not_
from typing import Any, Final

import msgspec

from contracts import facts as f
from contracts.facts import Fact, Facts
from contracts.indicator import Indicator
from streams.keyed import digest, joined

Measured = list[Any]
"""[summary, {supplier: count of counted facts}, tools]: a list, so that it is the same before and after JSON. tools: digests of those
of the facts, sorted; facts of no tool have one in common. Where facts are left out because a higher channel of their tool told of that
date too, the suppliers of those that were left out, sorted, stand fourth."""

Summaries = dict[str, dict[str, Measured]]
"""Indicator key -> code -> what was measured. code: the school subject, "" for facts without one, and after a space the framework where
there is a reading of each (`code_for`); of a self-report whom the child was told of (`pupil,teachers`). In a school year's sheet the
local date stands before it (`2026-11-24 MAT`)."""

DATE: Final = len("2026-11-24")

encode: Callable[[Summaries], bytes] = f.encode
"""Canonical JSON: equal summaries are equal bytes."""
decode: Callable[[bytes], Summaries] = msgspec.json.Decoder(Summaries).decode


def generation(indicators: Iterable[Indicator]) -> str:
    """Names what measures: summaries of one generation have an entry for each of its indicators that has any facts in the sheet."""
    return digest(*sorted(one.key for one in indicators))


def measure_sheet(facts: Facts, family: str, indicators: Sequence[Indicator]) -> Summaries:
    """What the indicators of the sheet's family make of its facts; no entry where there are none."""
    told, outranked = map(_by_kind, ranked(facts))
    measured = {
        indicator.key: by_code(indicator, _of(indicator, told), _of(indicator, outranked))
        for indicator in indicators
        if family in indicator.families
    }
    return {key: codes for key, codes in measured.items() if codes}


def _by_kind(facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        found.setdefault(fact.kind, []).append(fact)
    return found


def _of(indicator: Indicator, by_kind: Mapping[str, Sequence[Fact]]) -> list[Fact]:
    return [fact for kind in indicator.kinds for fact in by_kind.get(kind, ())]


def by_code(indicator: Indicator, facts: Iterable[Fact], outranked: Iterable[Fact] = ()) -> dict[str, Measured]:
    """What an indicator makes of the counted facts of a sheet, beside those that a higher channel left out."""
    codes, left = _coded(indicator, facts), _coded(indicator, outranked)
    return {code: _measured(indicator, codes.get(code, []), left.get(code, [])) for code in codes | left}


def _coded(indicator: Indicator, facts: Iterable[Fact]) -> dict[str, list[Fact]]:
    codes: dict[str, list[Fact]] = {}
    for fact in facts:
        if reads(indicator, fact):
            code = code_of(indicator, fact)
            codes.setdefault(f"{f.day_of(fact)} {code}" if f.is_standing(fact) else code, []).append(fact)
    return codes


def _measured(indicator: Indicator, facts: Sequence[Fact], outranked: Sequence[Fact]) -> Measured:
    summary = indicator.measure(facts) if facts else indicator.zero
    counts: dict[str, int] = {}
    for fact in facts:
        counts[fact.supplier] = counts.get(fact.supplier, 0) + 1
    left = sorted({fact.supplier for fact in outranked})
    return [summary, counts, _tools([*facts, *outranked])] + [left] * bool(left)


def reads(indicator: Indicator, fact: Fact) -> bool:
    return fact.kind in indicator.kinds and indicator.takes(fact)


def code_of(indicator: Indicator, fact: Fact) -> str:
    """Under which code an indicator measures a fact."""
    if indicator.self_report:
        return ",".join(sorted(fact.content["visibility"]))
    subject: str = fact.content.get("subject_code", "") if indicator.per_subject else ""
    return code_for(subject, fact.content["framework_id"]) if indicator.per_framework else subject


def code_for(subject: str, framework: str) -> str:
    return f"{subject} {framework}" if framework else subject


def subject_and_framework(code: str) -> tuple[str, str]:
    """ "" for none; no school subject's own code has a space in it."""
    subject, _, framework = code.partition(" ")
    return subject, framework


def is_told(indicator: Indicator, fact: Fact, audience: Collection[str]) -> bool:
    """Whether a fact may be shown to this audience: a self-report to those whom the child was told of."""
    return not indicator.self_report or not set(fact.content["visibility"]).isdisjoint(audience)


def by_subject(codes: Iterable[str]) -> dict[str, list[str]]:
    """School subject -> its codes, one for each framework where there is a reading of each."""
    found: dict[str, list[str]] = {}
    for code in codes:
        found.setdefault(subject_and_framework(code)[0], []).append(code)
    return found


def by_date(period: str, summaries: Summaries) -> Iterator[tuple[date, Summaries]]:
    """The summaries of a sheet, dated or of a school year, by local date."""
    if len(period) == DATE:
        yield date.fromisoformat(period), summaries
        return
    days: dict[date, Summaries] = {}
    for key, codes in summaries.items():
        for code, measured in codes.items():
            day, subject = dated(period, code)
            days.setdefault(day, {}).setdefault(key, {})[subject] = measured
    for day in sorted(days):
        yield day, days[day]


def dated(period: str, code: str) -> tuple[date, str]:
    """The local date and the code of an entry: in a school year's sheet it says its own date."""
    if len(period) == DATE:
        return date.fromisoformat(period), code
    return date.fromisoformat(code[:DATE]), code[DATE + 1 :]


def told_to(audience: Collection[str], summaries: Summaries, indicators: Sequence[Indicator]) -> Summaries:
    """Without the self-reports that the child was not told that one of this audience would see (design 6)."""
    kept = dict(summaries)
    for indicator in indicators:
        if indicator.self_report and (codes := kept.pop(indicator.key, None)):
            told = [measured for code, measured in codes.items() if not set(code.split(",")).isdisjoint(audience)]
            kept |= {indicator.key: {"": combine(indicator, told)}} if told else {}
    return kept


def _tools(facts: Iterable[Fact]) -> list[str]:
    return sorted(map(_short, {fact.content.get("tool", "") for fact in facts}))


_short = lru_cache(maxsize=1_024)(digest)
"""The tools of a hub are few, and asked for in every sheet."""


def counted(facts: Facts) -> list[Fact]:
    """The facts of a sheet that count."""
    return ranked(facts)[0]


def ranked(facts: Facts) -> tuple[list[Fact], list[Fact]]:
    """The facts of a sheet that count, and those that a higher channel leaves out. Channels of one tool that share no ids have ranks: of
    the tool's facts of one type and date those of the highest channel present count (design 4.3)."""
    told = f.counting(facts)
    ranks = _ranks(facts)
    if len(set(ranks.values())) < 2:
        return told, []
    best: dict[tuple[str, str, date], int] = {}
    for fact in told:
        rank = ranks[fact.supplier, fact.channel]
        best[_tool(fact)] = min(rank, best.get(_tool(fact), rank))
    outranked = ["tool" in fact.content and ranks[fact.supplier, fact.channel] > best[_tool(fact)] for fact in told]
    return list(compress(told, map(not_, outranked))), list(compress(told, outranked))


def _ranks(facts: Facts) -> dict[tuple[str, str], int]:
    """Each channel's rank: the best that its reports carry."""
    ranks: dict[tuple[str, str], int] = {}
    for _, _, _, report in f.each(facts):
        channel = (report.supplier, report.channel)
        ranks[channel] = min(report.rank, ranks.get(channel, report.rank))
    return ranks


def _tool(fact: Fact) -> tuple[str, str, date]:
    return fact.kind, fact.content.get("tool", ""), f.day_of(fact)


def combine(indicator: Indicator, measured: Iterable[Measured]) -> Measured:
    """All of them as one, in whatever order they come."""
    rest = iter(measured)
    summary, counts, *names = next(rest, [indicator.zero, {}, []])
    for one, told, *others in rest:
        summary = indicator.combine(summary, one)
        counts = joined(counts, told, add)
        names = [sorted({*here, *there}) for here, there in zip_longest(names, others, fillvalue=())]
    return [summary, counts, *names]


def side_by_side(sheets: Sequence[Summaries], indicators: Sequence[Indicator]) -> Summaries | None:
    """The summaries of a pupil's identities of one period as one; None where their facts could share a natural key or a tool, and so have
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
