"""Indicators found, their examples read, and the results recorded that a published version must not change.

Beside each indicator's module stands its test, `tests/indicators/<name>.json`: `mutants` (mistakes in it that the examples catch),
`results` (what this writes: by version, by example), and `oracle` where it is not computed another way yet: why.

`python tests/contract/indicator_examples.py --write` records the examples of new versions and new examples. It refuses to record another
result for an example of a version already recorded: a changed meaning is a new version.
"""

import argparse
import hashlib
import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import streams.indicators
from contracts.dates import school_year
from contracts.facts import Fact, encode, is_standing
from contracts.indicator import Answer, Example, Indicator
from contracts.kinds import BY_NAME
from streams.invented import by_date
from streams.reading import Day, Pupil, answer, days
from streams.rounding import rounded
from streams.sheet import by_code, code_for
from streams.window import Calendar

RECORD = Path(__file__).with_name("indicator_versions.json")
"""The results of those whose test has none."""
BESIDE = Path(__file__).parents[1] / "indicators"
ASSUMED = Calendar()
"""School from Monday to Friday."""

Record = dict[str, dict[str, str]]
"""Indicator key -> what the example says -> digest of its result."""


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(streams.indicators.__path__))


def module(name: str) -> ModuleType:
    return importlib.import_module(f"streams.indicators.{name}")


def declared(name: str) -> Indicator:
    """The module's declaration; a module without one is an error, never a skip."""
    return declaration(module(name))


def declaration(of: ModuleType) -> Indicator:
    found = of.INDICATOR
    assert isinstance(found, Indicator)
    return found


def result(indicator: Indicator, example: Example, calendar: Calendar = ASSUMED) -> Answer:
    """The example's facts through measure, combine and read, as the read API does it."""
    subject = code_for("MAT", example.framework) if indicator.per_subject else ""
    groups = {group: list(measured(indicator, by_date(told))) for group, told in example.groups.items()}
    pupil = Pupil("s_example", list(measured(indicator, example.facts)), lambda _: example.grade, groups, example.member)
    return answer(pupil, indicator, subject, calendar.window(example.window, example.today))[0]


def measured(indicator: Indicator, facts: Mapping[date, Sequence[Fact]]) -> Iterator[Day]:
    """Facts by local date as their sheets have them, self-reports as the pupil sees them."""
    sheets: dict[tuple[str, str], list[Fact]] = {}
    for day, told in facts.items():
        for fact in told:
            period = school_year(day) if is_standing(fact) else day.isoformat()
            sheets.setdefault((BY_NAME[fact.kind].family, period), []).append(fact)
    for (family, period), known in sheets.items():
        yield from days("101001", family, period, {indicator.key: by_code(indicator, known)}, [indicator], ("pupil",))


def shown(indicator: Indicator, told: Answer) -> float | None:
    return None if told.value is None else rounded(told.value, indicator.decimals)


def wrong(indicator: Indicator) -> Iterator[str]:
    """The examples that do not hold."""
    for example in indicator.examples:
        told = result(indicator, example)
        got = (shown(indicator, told), told.n, told.reason, example.interval and between(indicator, told))
        if got != (example.value, example.n, example.reason, example.interval):
            yield f"{example.says}: {got}"


def between(indicator: Indicator, told: Answer) -> tuple[float, ...] | None:
    return told.interval and tuple(rounded(Fraction(end), indicator.decimals) for end in told.interval)


def results(indicator: Indicator) -> dict[str, str]:
    return {example.says: digest(result(indicator, example)) for example in indicator.examples}


def digest(told: Answer) -> str:
    """Everything of an answer, exactly, but floats to nine decimals."""
    interval = told.interval and [round(float(end), 9) for end in told.interval]
    today = told.today and [str(told.today[0]), told.today[1]]
    whole = [None if told.value is None else str(told.value), told.n, told.reason, interval, today, dict(told.details)]
    return hashlib.blake2b(encode(whole), digest_size=8).hexdigest()


def beside(name: str) -> dict[str, Any]:
    """The indicator's own test; empty where RECORD has its results."""
    file = BESIDE / f"{name}.json"
    told: dict[str, Any] = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return told


def recorded(name: str) -> dict[str, str]:
    """What the example says -> digest of its result, of the version as it is."""
    of, told = declared(name), beside(name)
    found: dict[str, str] = told.get("results", {}).get(str(of.version), {}) if told else _listed().get(of.key, {})
    return found


def _listed() -> Record:
    record: Record = json.loads(RECORD.read_text("utf-8"))
    return record


def write() -> None:
    """Into the indicator's own test where it has one, else into RECORD."""
    listed = _listed()
    for name in names():
        indicator, told = declared(name), beside(name)
        known, new = recorded(name), results(indicator)
        if changed := [says for says in known.keys() & new.keys() if known[says] != new[says]]:
            raise SystemExit(f"{indicator.key} reads differently: {changed}. Give it a new version.")
        if told:
            told["results"] = {**told.get("results", {}), str(indicator.version): dict(sorted(new.items()))}
            _put(BESIDE / f"{name}.json", told)
        else:
            listed[indicator.key] = dict(sorted(new.items()))
    _put(RECORD, dict(sorted(listed.items())))


def _put(file: Path, told: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="record new versions and new examples")
    parser.parse_args()
    write()
