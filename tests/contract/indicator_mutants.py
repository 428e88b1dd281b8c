"""Indicators with one mistake each, sown by hand: whatever checks an indicator must catch every one of them.

A mutant is its module's source with one text, found exactly once, replaced; `planted` compiles it without touching the real module.
"""

import sys
from contextlib import ExitStack
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

from contract import indicator_examples as kit

import streams
from contracts.indicator import Indicator


@dataclass(frozen=True)
class Mutant:
    module: str
    says: str
    old: str
    new: str
    within: str = ""
    """The module that the mistake is in, where it is not the indicator's own; after it those by which the indicator comes to it."""


def sown() -> tuple[Mutant, ...]:
    """Those of this list, and those in the test beside each indicator, `tests/indicators/<name>.json`."""
    beside = [Mutant(name, **one) for name in kit.names() for one in kit.beside(name).get("mutants", ())]
    return (*MUTANTS, *beside)


def planted(mutant: Mutant) -> Indicator:
    """The indicator with the mistake in it; an error where the text to replace is not there exactly once. A mistake in what it imports is
    put in place only while it is imported."""
    with ExitStack() as until:
        for name in mutant.within.split():
            fresh = _executed(import_module(name), mutant)
            until.enter_context(patch.dict(sys.modules, {name: fresh}))
            until.enter_context(patch.object(streams, name.rpartition(".")[2], fresh))
            mutant = replace(mutant, old="", new="")
        return kit.declaration(_executed(kit.module(mutant.module), mutant))


def _executed(module: ModuleType, mutant: Mutant) -> ModuleType:
    """A module's source, with the mistake, as a module of its own."""
    path = Path(str(module.__file__))
    source = path.read_text("utf-8")
    if mutant.old and source.count(mutant.old) != 1:
        raise LookupError(f"{mutant.module}: {mutant.old!r} is there {source.count(mutant.old)} times")
    fresh = ModuleType(f"mutant_of_{module.__name__}")
    exec(compile(source.replace(mutant.old, mutant.new) if mutant.old else source, str(path), "exec"), fresh.__dict__)
    return fresh


_MINUTES, _ITEMS, _TRIES, _ATTENDANCE = "active_minutes", "items_answered", "first_try_correctness", "attendance"
_RESULTS, _PUNCTUAL, _MOTIVATION, _PRESENCE = "result_level", "punctuality", "motivation", "streams.presence"
_DAYS, _ACTIVE, _SHARES, _CHECKINS = "active_days", "streams.active", "streams.results", "streams.checkins"
_ERRORS = "streams.errors"

MUTANTS = (
    Mutant(_MINUTES, "a cap of 900 minutes", "CAP: Final = 90 * MINUTE", "CAP: Final = 900 * MINUTE", _ACTIVE),
    Mutant(_MINUTES, "an unfollowed start counts 50 minutes", "UNFOLLOWED: Final = 5 * MINUTE", "UNFOLLOWED: Final = 50 * MINUTE", _ACTIVE),
    Mutant(_MINUTES, "sessions joined over 24 hours", "JOINED: Final = 8 * 60 * MINUTE", "JOINED: Final = 24 * 60 * MINUTE", _ACTIVE),
    Mutant(_MINUTES, "two days are enough", "LEAST_DAYS: Final = 3", "LEAST_DAYS: Final = 2"),
    Mutant(_MINUTES, "today in the denominator", "finished = len(window.finished)", "finished = len(window.school_days)"),
    Mutant(_MINUTES, "today in the sum", "window.first <= day < window.last)", "window.first <= day <= window.last)"),
    Mutant(_MINUTES, "weekends among the days with activity", "for day in window.finished)", "for day in time if day < window.last)"),
    Mutant(_MINUTES, "overlaps counted twice", "return {day: union(spans) for day, spans in found.items()}", "return found", _ACTIVE),
    Mutant(_MINUTES, "a page belongs to the day it ended", "days.setdefault(local_date(start)", "days.setdefault(local_date(end)", _ACTIVE),
    Mutant(
        _MINUTES, "a session belongs to the day it ended",
        "found.setdefault(local_date(start)", "found.setdefault(local_date(end)", _ACTIVE,
    ),
    Mutant(_MINUTES, "the recording's rest is not looked at", "return min(UNFOLLOWED, max(0, rest))", "return UNFOLLOWED", _ACTIVE),
    Mutant(
        _MINUTES, "any session's event ends a recording",
        'sessions.setdefault((fact.content["tool"], fact.content["session"])', 'sessions.setdefault((fact.content["tool"], "")', _ACTIVE,
    ),
    Mutant(_MINUTES, "watching starts at any event", 'if event["kind"] == "played"', 'if event["kind"] != "paused"', _ACTIVE),
    Mutant(_MINUTES, "a session goes to its last end", "next((at for at in ends if at > start), None)", "max(ends, default=None)", _ACTIVE),
    Mutant(_MINUTES, "no session is joined", 'if kind == "ended"}', "if not kind}", _ACTIVE),
    Mutant(
        _MINUTES, "a session never seen to end gives no time",
        "if end is None:\n        return UNFOLLOWED", "if end is None:\n        return 0", _ACTIVE,
    ),
    Mutant(_MINUTES, "a session that ended too late gives no time", "<= JOINED else UNFOLLOWED", "<= JOINED else 0", _ACTIVE),
    Mutant(
        _MINUTES, "what an end tells is not looked at",
        'told["lasted"] * MILLISECOND if "lasted" in told else UNTOLD', "UNTOLD", _ACTIVE,
    ),
    Mutant(_MINUTES, "what an end tells is taken in milliseconds", 'told["lasted"] * MILLISECOND if', 'told["lasted"] if', _ACTIVE),
    Mutant(_MINUTES, "what an end tells may pass it", "else min(ends[end], end - start)", "else ends[end]", _ACTIVE),
    Mutant(_MINUTES, "what an end tells is told of every start", "if any(start < other < end for other in starts)", "if False", _ACTIVE),
    Mutant(
        _MINUTES, "a page is cut at its beginning",
        "yield [start, start + min(active, CAP)]", "yield [max(start, start + active - CAP), start + active]", _ACTIVE,
    ),
    Mutant(_ITEMS, "today in the denominator", "Fraction(n, len(window.finished))", "Fraction(n, len(window.school_days))"),
    Mutant(_ITEMS, "today in the sum", "<= day < window.last.isoformat()", "<= day <= window.last.isoformat()"),
    Mutant(_ITEMS, "nothing is nought", 'return "no_items"', "return None"),
    Mutant(_ITEMS, "only days with answers in the denominator", "Fraction(n, len(window.finished))", "Fraction(n, len(answers) or 1)"),
    Mutant(_ITEMS, "dates in UTC", 'local_date(fact.content["at"])', 'local_date(fact.content["at"] - 3_600_000_000)'),
    Mutant(_ITEMS, "only answers with a verdict", "for fact in facts))", 'for fact in facts if fact.content.get("correct") is not None))'),
    Mutant(_ITEMS, "only right answers", "for fact in facts))", 'for fact in facts if fact.content.get("correct") is not False))'),
    Mutant(_TRIES, "10 items are enough", "LEAST_ITEMS: Final = 20", "LEAST_ITEMS: Final = 10"),
    Mutant(_TRIES, "one date is enough", "LEAST_DATES: Final = 2", "LEAST_DATES: Final = 1"),
    Mutant(_TRIES, "21 items are needed", "LEAST_ITEMS: Final = 20", "LEAST_ITEMS: Final = 21"),
    Mutant(_TRIES, "the latest try of the window", "return joined(one, other, min)", "return joined(one, other, max)"),
    Mutant(_TRIES, "the latest try of a day", "min(tried, tries.get(item, tried))", "max(tried, tries.get(item, tried))"),
    Mutant(_TRIES, "no verdict is wrong", 'if tried[3] != "unknown"]', "]"),
    Mutant(_TRIES, "no verdict is no try", "    for fact in facts:", '    for fact in (one for one in facts if "correct" in one.content):'),
    Mutant(_TRIES, "the source's numbers not looked at", 'told.get("attempt_no", 0)', "0"),
    Mutant(_TRIES, "today left out", "_known(given.whole)", "[a for a in _known(given.whole) if local_date(a[0]) < given.window.last]"),
    Mutant(_TRIES, "items of all tools are one", 'digest(told["tool"], told["item_id"])', 'digest(told["item_id"])'),
    Mutant(_TRIES, "the share wrong", 'verdict == "right" for', 'verdict == "wrong" for'),
    Mutant(_ATTENDANCE, "late is absent", 'content["status"] == "absent"', 'content["status"] != "present"', _PRESENCE),
    Mutant(
        _ATTENDANCE, "weekends in the denominator",
        "for day in given.window.school_days if (", "for day in map(date.fromisoformat, given.whole) if (",
    ),
    Mutant(
        _ATTENDANCE, "unknown days in the denominator",
        "(registered - absent), registered)", "(registered - absent), 19 * presence.WHOLE)",
    ),
    Mutant(_ATTENDANCE, "four days are enough", "LEAST_DAYS: Final = 5", "LEAST_DAYS: Final = 4"),
    Mutant(_ATTENDANCE, "grade 6 registered twice", "TWO_SLOTS_FROM: Final = 7", "TWO_SLOTS_FROM: Final = 6", _PRESENCE),
    Mutant(_ATTENDANCE, "grade 7 registered once", "TWO_SLOTS_FROM: Final = 7", "TWO_SLOTS_FROM: Final = 8", _PRESENCE),
    Mutant(_ATTENDANCE, "today left out", "for day in given.window.school_days if (", "for day in given.window.finished if ("),
    Mutant(_ATTENDANCE, "half a day registered is a whole one", "return HALF * len(slots), ", "return WHOLE, ", _PRESENCE),
    Mutant(_ATTENDANCE, "the day's total outranks its slots", "if not slots:", 'if "day" in told or not slots:', _PRESENCE),
    Mutant(
        _ATTENDANCE, "an unknown grade is registered twice",
        "if grade is not None and grade >=", "if grade is None or grade >=", _PRESENCE,
    ),
    Mutant(_ATTENDANCE, "absent at both ends or not at all", "sum(slots) // 2", "min(slots)", _PRESENCE),
    Mutant(_RESULTS, "two activities are enough", "LEAST_ACTIVITIES: Final = 3", "LEAST_ACTIVITIES: Final = 2"),
    Mutant(_RESULTS, "four activities are needed", "LEAST_ACTIVITIES: Final = 3", "LEAST_ACTIVITIES: Final = 4"),
    Mutant(
        _RESULTS, "the worst attempt of a day", "max(_share(fact.content), found.get(activity, NO_SHARE))",
        "min(_share(fact.content), found.get(activity, WHOLE))", _SHARES,
    ),
    Mutant(_RESULTS, "the worst attempt of the window", "return joined(one, other, max)", "return joined(one, other, min)", _SHARES),
    Mutant(_RESULTS, "extra credit not capped", "min(max(share, 0), WHOLE)", "max(share, 0)", _SHARES),
    Mutant(_RESULTS, "below nothing not capped", "min(max(share, 0), WHOLE)", "min(share, WHOLE)", _SHARES),
    Mutant(_RESULTS, "partial results count", 'fact.content["state"] == "final"', 'fact.content["state"] != ""', _SHARES),
    Mutant(_RESULTS, "a maximum of 0 is taken at its share", 'if told.get("score_max") == 0:', "if False:", _SHARES),
    Mutant(_RESULTS, "no share is nought", "if share != NO_SHARE]", "]", _SHARES),
    Mutant(_RESULTS, "points of a maximum not looked at", 'told.get("score_max", 0) > 0:', 'told.get("score_max", 0) > 10**15:', _SHARES),
    Mutant(
        _RESULTS, "activities of all tools are one",
        'digest(fact.content["tool"], fact.content["activity_id"])', 'digest(fact.content["activity_id"])', _SHARES,
    ),
    Mutant(
        _RESULTS, "what was done today left out",
        "shares = known(given.whole)", "shares = known({k: v for k, v in given.whole.items() if k not in given.today})",
    ),
    Mutant(_RESULTS, "one error to each side", "ERRORS: Final = 2", "ERRORS: Final = 1", f"{_ERRORS} {_SHARES}"),
    Mutant(_RESULTS, "beyond all there is", "min(Fraction(most), mean + reach)", "mean + reach", f"{_ERRORS} {_SHARES}"),
    Mutant(_RESULTS, "the spread of a whole population", "n * n * (n - 1))", "n * n * n)", f"{_ERRORS} {_SHARES}"),
    Mutant(_RESULTS, "nought is no result", "if share != NO_SHARE]", "if share > 0]", _SHARES),
    Mutant(
        _RESULTS, "the median in place of the mean",
        "Fraction(100 * sum(shares), WHOLE * len(shares))", "Fraction(100 * sorted(shares)[len(shares) // 2], WHOLE)", _SHARES,
    ),
    Mutant(_PUNCTUAL, "nine days are enough", "LEAST_DAYS: Final = 10", "LEAST_DAYS: Final = 9"),
    Mutant(_PUNCTUAL, "eleven days are needed", "LEAST_DAYS: Final = 10", "LEAST_DAYS: Final = 11"),
    Mutant(_PUNCTUAL, "to leave early is nothing", 'UNPUNCTUAL: Final = ("late", "left_early")', 'UNPUNCTUAL: Final = ("late",)'),
    Mutant(_PUNCTUAL, "to come late is nothing", 'UNPUNCTUAL: Final = ("late", "left_early")', 'UNPUNCTUAL: Final = ("left_early",)'),
    Mutant(
        _PUNCTUAL, "absence is lateness",
        'UNPUNCTUAL: Final = ("late", "left_early")', 'UNPUNCTUAL: Final = ("late", "left_early", "absent")',
    ),
    Mutant(_PUNCTUAL, "of all school days", "Fraction(100 * len(late), n)", "Fraction(100 * len(late), len(given.window.school_days))"),
    Mutant(_PUNCTUAL, "the share that was punctual", "Fraction(100 * len(late), n)", "Fraction(100 * (n - len(late)), n)"),
    Mutant(_PUNCTUAL, "today left out", "for day in given.window.school_days if presence", "for day in given.window.finished if presence"),
    Mutant(
        _PUNCTUAL, "weekends count",
        "for day in given.window.school_days if presence", "for day in map(date.fromisoformat, slots) if presence",
    ),
    Mutant(_PUNCTUAL, "late days away count", "late = [day for day in days if", "late = [day for day in given.window.school_days if"),
    Mutant(_PUNCTUAL, "days away count as days at school", "if presence.is_present(slots", "if presence.weighed(slots"),
    Mutant(
        _PUNCTUAL, "no registration is a number too small",
        '"not_registered" if not slots else', '"not_registered" if slots is None else',
    ),
    Mutant(_PUNCTUAL, "who is late was not there", 'content["status"] == "absent"', 'content["status"] != "present"', _PRESENCE),
    Mutant(_PUNCTUAL, "half a day is no day at school", "known[1] < known[0]", "known[1] == 0", _PRESENCE),
    Mutant(_PUNCTUAL, "grade 7 registered once", "TWO_SLOTS_FROM: Final = 7", "TWO_SLOTS_FROM: Final = 8", _PRESENCE),
    Mutant(_MOTIVATION, "two answers are enough", "LEAST_ANSWERS: Final = 3", "LEAST_ANSWERS: Final = 2"),
    Mutant(_MOTIVATION, "four answers are needed", "LEAST_ANSWERS: Final = 3", "LEAST_ANSWERS: Final = 4"),
    Mutant(_MOTIVATION, "three runs", "LAST_RUNS: Final = 4", "LAST_RUNS: Final = 3", _CHECKINS),
    Mutant(_MOTIVATION, "five runs", "LAST_RUNS: Final = 4", "LAST_RUNS: Final = 5", _CHECKINS),
    Mutant(_MOTIVATION, "19 school days", "LAST_DAYS: Final = 20", "LAST_DAYS: Final = 19", _CHECKINS),
    Mutant(_MOTIVATION, "21 school days", "LAST_DAYS: Final = 20", "LAST_DAYS: Final = 21", _CHECKINS),
    Mutant(
        _MOTIVATION, "the last four runs alone",
        "if told[1] in runs or local_date(told[0]) >= first}", "if told[1] in runs}", _CHECKINS,
    ),
    Mutant(
        _MOTIVATION, "the last school days alone",
        "if told[1] in runs or local_date(told[0]) >= first}", "if local_date(told[0]) >= first}", _CHECKINS,
    ),
    Mutant(_MOTIVATION, "all dimensions", 'fact.content["dimension"] == DIMENSION and', ""),
    Mutant(
        _MOTIVATION, "the mean in place of the median",
        "value=checkins.on_five(middle)", "value=checkins.on_five(Fraction(sum(share for *_, share in counted), n))",
    ),
    Mutant(_MOTIVATION, "from the lowest to the highest", "quartiles(sorted(", "(lambda of: (of[0], quartiles(of)[1], of[-1]))(sorted("),
    Mutant(_MOTIVATION, "from the lower quartile to the middle", "checkins.on_five(high))", "checkins.on_five(middle))"),
    Mutant(_MOTIVATION, "a scale of 1 to 4", "return 1 + 4 * share", "return 1 + 3 * share", _CHECKINS),
    Mutant(_MOTIVATION, "a scale of 0 to 4", "return 1 + 4 * share", "return 4 * share", _CHECKINS),
    Mutant(_MOTIVATION, "what the source turned is not looked at", 'if "normalised" in told:', "if False:", _CHECKINS),
    Mutant(_MOTIVATION, "every scale ends at 5", 'told["scale_max"] - told["scale_min"])', '5 - told["scale_min"])', _CHECKINS),
    Mutant(_MOTIVATION, "a run is as old as its oldest answer", "max(at, newest.get(run, at))", "min(at, newest.get(run, at))", _CHECKINS),
    Mutant(
        _MOTIVATION, "runs of all check-ins are one", 'digest(told["instrument_id"], told["run"])', 'digest(told["run"])', _CHECKINS,
    ),
    Mutant(_MOTIVATION, "everybody sees it", "    self_report=True,", "    self_report=False,"),
    Mutant(_MOTIVATION, "every scale begins at 0", 'WHOLE * (told["value"] - told["scale_min"])', 'WHOLE * told["value"]', _CHECKINS),
    Mutant(_DAYS, "nine days are enough", "LEAST_DAYS: Final = 10", "LEAST_DAYS: Final = 9"),
    Mutant(_DAYS, "eleven days are needed", "LEAST_DAYS: Final = 10", "LEAST_DAYS: Final = 11"),
    Mutant(_DAYS, "two minutes are enough", "LEAST_TIME: Final = 3 * active.MINUTE", "LEAST_TIME: Final = 2 * active.MINUTE"),
    Mutant(_DAYS, "four minutes are needed", "LEAST_TIME: Final = 3 * active.MINUTE", "LEAST_TIME: Final = 4 * active.MINUTE"),
    Mutant(_DAYS, "answers are no work", 'if fact.kind == "activity.item_answered"}', 'if not fact.kind}'),
    Mutant(_DAYS, "a viewing however short is work", "if length(spans) >= LEAST_TIME}\n    spans", "}\n    spans"),
    Mutant(_DAYS, "time is work in the sheet alone", "return time | {date", "return {date"),
    Mutant(_DAYS, "sessions are no time", '"marks": time["marks"]', '"marks": {}'),
    Mutant(
        _DAYS, "of all school days",
        "sum(day in worked for day in days), n)", "sum(day in worked for day in days), len(window.finished))",
    ),
    Mutant(_DAYS, "work at home counts", "sum(day in worked for day in days), n)", "sum(day in worked for day in window.finished), n)"),
    Mutant(_DAYS, "today among the days", "for day in window.finished if day in there]", "for day in window.school_days if day in there]"),
    Mutant(_DAYS, "days away are days at school", "if presence.is_present(told", "if presence.weighed(told"),
    Mutant(
        _DAYS, "weekends are days at school",
        "[day for day in window.finished if day in there]",
        "[d for d in map(date.fromisoformat, slots) if presence.is_present(slots[str(d)], 5) and window.first <= d < window.last]",
    ),
    Mutant(_DAYS, "whole days tell nothing", "if fact.kind in presence.KINDS])", "if fact.kind == presence.KINDS[0]])"),
    Mutant(
        _DAYS, "dates in UTC",
        'local_date(fact.content["at"]).isoformat()', 'local_date(fact.content["at"] - 10 * 3_600_000_000).isoformat()',
    ),
    Mutant(_DAYS, "half a day is no day at school", "known[1] < known[0]", "known[1] == 0", _PRESENCE),
    Mutant(_DAYS, "who is late was not there", 'content["status"] == "absent"', 'content["status"] != "present"', _PRESENCE),
    Mutant(_DAYS, "overlaps counted twice", "return {day: union(spans) for day, spans in found.items()}", "return found", _ACTIVE),
)  # fmt: skip
