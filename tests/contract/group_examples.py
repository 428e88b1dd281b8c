"""Group indicators found, their examples read, their mutants planted, and the results recorded that a published version must not change.

Beside each group indicator's module stands its test, `tests/groups/<name>.json`: `mutants` (mistakes in it that the examples catch) and
`results` (what this writes: by version, by example).

`python tests/contract/group_examples.py --write` records the examples of new versions and new examples. It refuses to record another result
for an example of a version already recorded: a changed meaning is a new version.
"""

import argparse
import hashlib
import importlib
import json
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import streams.groups
from contracts.facts import encode
from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Part
from streams.rounding import rounded
from streams.summary import answer

BESIDE = Path(__file__).parents[1] / "groups"


def names() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(streams.groups.__path__))


def module(name: str) -> ModuleType:
    return importlib.import_module(f"streams.groups.{name}")


def declaration(of: ModuleType) -> GroupIndicator:
    """The module's; a module without one is an error, never a skip."""
    found = of.INDICATOR
    assert isinstance(found, GroupIndicator)
    return found


def declared(name: str) -> GroupIndicator:
    return declaration(module(name))


def planted(name: str, old: str, new: str) -> GroupIndicator:
    """With a mistake in it: a text of its module, there exactly once, replaced."""
    path = Path(str(module(name).__file__))
    source = path.read_text("utf-8")
    if source.count(old) != 1:
        raise LookupError(f"{name}: {old!r} is there {source.count(old)} times")
    fresh = ModuleType(f"mutant_of_{name}")
    exec(compile(source.replace(old, new), str(path), "exec"), fresh.__dict__)
    return declaration(fresh)


def wrong(indicator: GroupIndicator) -> Iterator[str]:
    """The examples that do not hold."""
    for example in indicator.examples:
        got = _as_shown(answer(indicator, example.members))
        asked = (example.value, example.n, example.reason, example.quartiles, example.parts, example.splits, example.error)
        if got != asked:
            yield f"{example.says}: {got}"


def _as_shown(told: GroupAnswer) -> tuple[Any, ...]:
    value = None if told.value is None else rounded(told.value, 1)
    between = told.quartiles and tuple(rounded(one, 1) for one in told.quartiles)
    parts = tuple((one.name, rounded(one.value, 1), one.n, one.pupils) for one in told.parts)
    splits = tuple((one.name, one.by, tuple(one.counts.values())) for one in told.splits)
    return value, told.n, told.reason, between, parts, splits, None if told.error is None else rounded(told.error, 1)


def results(indicator: GroupIndicator) -> dict[str, str]:
    return {example.says: _digest(indicator, example) for example in indicator.examples}


def _digest(indicator: GroupIndicator, example: GroupExample) -> str:
    """Everything of the answer, exactly."""
    told = answer(indicator, example.members)
    whole = [str(told.value), told.n, told.reason, [str(one) for one in told.quartiles or ()], told.alike]
    whole += [[one.name, str(one.value), one.n, one.pupils, *_ends(one)] for one in told.parts]
    whole += [[one.name, one.by, {**one.counts}] for one in told.splits]
    whole += [] if told.error is None else [round(float(told.error), 9)]
    return hashlib.blake2b(encode(whole), digest_size=8).hexdigest()


def _ends(part: Part) -> list[float]:
    """To nine decimals."""
    return [round(end, 9) for end in part.interval or ()]


def beside(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((BESIDE / f"{name}.json").read_text("utf-8"))
    return told


def recorded(name: str) -> dict[str, str]:
    """What the example says -> digest of its result, of the version as it is."""
    found: dict[str, str] = beside(name).get("results", {}).get(str(declared(name).version), {})
    return found


def write() -> None:
    for name in names():
        indicator, told = declared(name), beside(name)
        known, new = recorded(name), results(indicator)
        if changed := [says for says in known.keys() & new.keys() if known[says] != new[says]]:
            raise SystemExit(f"{indicator.key} reads differently: {changed}. Give it a new version.")
        told["results"] = {**told.get("results", {}), str(indicator.version): dict(sorted(new.items()))}
        (BESIDE / f"{name}.json").write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", required=True, help="record new versions and new examples")
    parser.parse_args()
    write()
