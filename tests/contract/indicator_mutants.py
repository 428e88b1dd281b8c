"""Indicators with one mistake each, sown by hand: whatever checks an indicator must catch every one of them.

A mutant is its module's source with one text, found exactly once, replaced; `planted` compiles it without touching the real module.
"""

from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from contract import indicator_examples as kit

from contracts.indicator import Indicator


@dataclass(frozen=True)
class Mutant:
    module: str
    says: str
    old: str
    new: str


def planted(mutant: Mutant) -> Indicator:
    """The indicator with the mistake in it; an error where the text to replace is not there exactly once."""
    path = Path(str(kit.module(mutant.module).__file__))
    source = path.read_text("utf-8")
    if source.count(mutant.old) != 1:
        raise LookupError(f"{mutant.module}: {mutant.old!r} is there {source.count(mutant.old)} times")
    fresh = ModuleType(f"mutant_of_{mutant.module}")
    exec(compile(source.replace(mutant.old, mutant.new), str(path), "exec"), fresh.__dict__)
    return kit.declaration(fresh)


_MINUTES, _ITEMS, _TRIES, _ATTENDANCE = "active_minutes", "items_answered", "first_try_correctness", "attendance"

MUTANTS = (
    Mutant(_MINUTES, "a cap of 900 minutes", "CAP: Final = 90 * MINUTE", "CAP: Final = 900 * MINUTE"),
    Mutant(_MINUTES, "an unfollowed start counts 50 minutes", "UNFOLLOWED: Final = 5 * MINUTE", "UNFOLLOWED: Final = 50 * MINUTE"),
    Mutant(_MINUTES, "sessions joined over 24 hours", "JOINED: Final = 8 * 60 * MINUTE", "JOINED: Final = 24 * 60 * MINUTE"),
    Mutant(_MINUTES, "two days are enough", "LEAST_DAYS: Final = 3", "LEAST_DAYS: Final = 2"),
    Mutant(_MINUTES, "today in the denominator", "finished = len(window.finished)", "finished = len(window.school_days)"),
    Mutant(_MINUTES, "today in the sum", "window.first <= day < window.last)", "window.first <= day <= window.last)"),
    Mutant(_MINUTES, "weekends among the days with activity", "for day in window.finished)", "for day in active if day < window.last)"),
    Mutant(_MINUTES, "overlaps counted twice", "return {day: union(spans) for day, spans in found.items()}", "return found"),
    Mutant(_MINUTES, "a page belongs to the day it ended", "days.setdefault(local_date(start)", "days.setdefault(local_date(end)"),
    Mutant(_MINUTES, "a session belongs to the day it ended", "found.setdefault(local_date(start)", "found.setdefault(local_date(end)"),
    Mutant(_MINUTES, "the recording's rest is not looked at", "return min(UNFOLLOWED, max(0, rest))", "return UNFOLLOWED"),
    Mutant(
        _MINUTES, "any session's event ends a recording",
        'sessions.setdefault((fact.content["tool"], fact.content["session"])', 'sessions.setdefault((fact.content["tool"], "")',
    ),
    Mutant(_MINUTES, "watching starts at any event", 'if event["kind"] == "played"', 'if event["kind"] != "paused"'),
    Mutant(_MINUTES, "a session goes to its last end", "next((at for at in ends if at > start), None)", "max(ends, default=None)"),
    Mutant(_MINUTES, "no session is joined", 'if kind == "ended"}', "if not kind}"),
    Mutant(
        _MINUTES, "a session never seen to end gives no time",
        "if end is None:\n        return UNFOLLOWED", "if end is None:\n        return 0",
    ),
    Mutant(_MINUTES, "a session that ended too late gives no time", "<= JOINED else UNFOLLOWED", "<= JOINED else 0"),
    Mutant(_MINUTES, "what an end tells is not looked at", 'told["lasted"] * MILLISECOND if "lasted" in told else UNTOLD', "UNTOLD"),
    Mutant(_MINUTES, "what an end tells is taken in milliseconds", 'told["lasted"] * MILLISECOND if', 'told["lasted"] if'),
    Mutant(_MINUTES, "what an end tells may pass it", "else min(ends[end], end - start)", "else ends[end]"),
    Mutant(_MINUTES, "what an end tells is told of every start", "if any(start < other < end for other in starts)", "if False"),
    Mutant(
        _MINUTES, "a page is cut at its beginning",
        "yield [start, start + min(active, CAP)]", "yield [max(start, start + active - CAP), start + active]",
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
    Mutant(_TRIES, "no verdict is wrong", 'if tried[-1] != "unknown"]', "]"),
    Mutant(_TRIES, "no verdict is no try", "    for fact in facts:", '    for fact in (one for one in facts if "correct" in one.content):'),
    Mutant(_TRIES, "the source's numbers not looked at", 'told.get("attempt_no", 0)', "0"),
    Mutant(_TRIES, "today left out", "_known(given.whole)", "[a for a in _known(given.whole) if local_date(a[0]) < given.window.last]"),
    Mutant(_TRIES, "items of all tools are one", 'digest(told["tool"], told["item_id"])', 'digest(told["item_id"])'),
    Mutant(_TRIES, "the share wrong", 'verdict == "right" for', 'verdict == "wrong" for'),
    Mutant(_ATTENDANCE, "late is absent", 'content["status"] == "absent"', 'content["status"] != "present"'),
    Mutant(
        _ATTENDANCE, "weekends in the denominator",
        "for day in given.window.school_days}", "for day in map(date.fromisoformat, given.whole)}",
    ),
    Mutant(_ATTENDANCE, "unknown days in the denominator", "(1 - Fraction(absent) / registered)", "(1 - Fraction(absent) / 19)"),
    Mutant(_ATTENDANCE, "four days are enough", "LEAST_DAYS: Final = 5", "LEAST_DAYS: Final = 4"),
    Mutant(_ATTENDANCE, "grade 6 registered twice", "TWO_SLOTS_FROM: Final = 7", "TWO_SLOTS_FROM: Final = 6"),
    Mutant(_ATTENDANCE, "grade 7 registered once", "TWO_SLOTS_FROM: Final = 7", "TWO_SLOTS_FROM: Final = 8"),
    Mutant(_ATTENDANCE, "today left out", "for day in given.window.school_days}", "for day in given.window.finished}"),
    Mutant(_ATTENDANCE, "half a day registered is a whole one", "return HALF * len(slots), ", "return Fraction(1), "),
    Mutant(_ATTENDANCE, "the day's total outranks its slots", "if not slots:", 'if "day" in told or not slots:'),
    Mutant(_ATTENDANCE, "an unknown grade is registered twice", "if grade is not None and grade >=", "if grade is None or grade >="),
    Mutant(_ATTENDANCE, "absent at both ends or not at all", "HALF * sum(slots.values())", "min(slots.values())"),
)  # fmt: skip
