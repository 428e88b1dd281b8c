"""Samples and golden answers of the connectors: `connectors/<name>/samples/<sample>.json` and `golden/<sample>.json` beside it.

A sample is a request: `route` (where the connector has several), `method`, `headers`, `query`, `registration`
(`contracts.connector.Registration` without its connectors), `identifying` (strings that must never come out) and one of `body`
(JSON), `body_file` (bytes of a file beside the sample) or
`body_zip` (a folder beside the sample, packed). A golden answer is what became of it, item by item, sealed with a fixed key at a
fixed time, or what was refused. `python tests/contract/golden.py --write [connector ...]` writes them anew: read the difference.
"""

import argparse
import importlib
import io
import itertools
import json
import pkgutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

import connectors
from contracts.connector import Connector, Draft, Failed, Item, NotUsed, Published, Registration, Request, Translation
from contracts.dates import Micros
from contracts.envelope import encode
from contracts.errors import Refused
from contracts.privacy import Key
from contracts.seal import Origin, seal

KEY = Key(b"golden-key-golden-key-golden-key")
RECEIVED: Micros = 1_795_510_800_000_000
"""2026-11-24T09:00:00Z."""
FOLDER = Path(connectors.__path__[0])

Document = dict[str, Any]


def connector_names() -> list[str]:
    """Those that translate; the pullers have a kit of their own."""
    found = sorted(module.name for module in pkgutil.iter_modules(connectors.__path__) if module.ispkg)
    return [name for name in found if not hasattr(importlib.import_module(f"connectors.{name}"), "PULLER")]


def connector(name: str) -> Connector:
    """The package's declaration; a package without one is an error, never a skip."""
    declared = importlib.import_module(f"connectors.{name}").CONNECTOR
    assert isinstance(declared, Connector)
    return declared


def sample_paths(name: str) -> list[Path]:
    return sorted((FOLDER / name / "samples").glob("*.json"))


def golden_path(sample: Path) -> Path:
    return sample.parent.parent / "golden" / sample.name


def read(path: Path) -> Document:
    document: Document = json.loads(path.read_text("utf-8"))
    return document


def body(sample: Path) -> bytes:
    """The bytes that the sample posts."""
    told = read(sample)
    given = [way for way in ("body", "body_file", "body_zip") if way in told]
    assert len(given) == 1, f"{sample.name} needs one of body, body_file, body_zip"
    if given == ["body"]:
        return json.dumps(told["body"], ensure_ascii=False).encode()
    beside = sample.parent / told[given[0]]
    return beside.read_bytes() if given == ["body_file"] else packed(beside)


def packed(folder: Path) -> bytes:
    """A zip of a folder's files, always of the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return buffer.getvalue()


def registration(name: str, told: Mapping[str, Any]) -> Registration:
    return Registration(connectors=frozenset({name}), **{**told, "institutions": frozenset(told["institutions"])})


def door(sample: Path) -> Connector:
    """The connector as it is at the sample's route."""
    declared = connector(sample.parent.parent.name)
    (found,) = [one for one in declared.doors if one.route == read(sample).get("route", declared.route)]
    return found


def request(sample: Path) -> Request:
    told = read(sample)
    name = sample.parent.parent.name
    numbers = itertools.count(1)
    return Request(
        body=body(sample),
        headers={header.lower(): value for header, value in told.get("headers", {}).items()},
        query=told.get("query", {}),
        method=told.get("method", "POST"),
        received=RECEIVED,
        registration=registration(name, told["registration"]),
        new_id=lambda: str(UUID(int=next(numbers))),
    )


def run(declared: Connector, asked: Request) -> Document:
    """What became of a request, as a golden answer tells it."""
    try:
        return _taken(declared, asked, declared.translate(asked))
    except Refused as refused:
        faults = [{"reason": fault.reason, "pointer": fault.pointer} for fault in refused.faults]
        return {"status": refused.status, "refused": faults}


def _taken(declared: Connector, asked: Request, translation: Translation) -> Document:
    told: Document = {"status": translation.status, "answer": translation.answer}
    told["items"] = [_item(declared, asked, item) for item in translation.items]
    if translation.derived:
        told["derived"] = [_sealed(declared, asked, draft, "", None) for draft in translation.derived]
    if translation.pupils is not None:
        told["pupils"] = {school: sorted(map(KEY.seal, pupils)) for school, pupils in sorted(translation.pupils.items())}
    return told


def _item(declared: Connector, asked: Request, item: Item) -> Document:
    if isinstance(item, Failed):
        return {"outcome": "failed", "kind": item.kind, "reason": item.reason, "pointer": item.pointer}
    if isinstance(item, NotUsed):
        return _claimed({"outcome": "not_used", "kind": item.kind, "reason": item.reason}, item.claim)
    try:
        return _published(declared, asked, item)
    except Refused as refused:
        if declared.whole:
            raise
        first = refused.faults[0]
        return {"outcome": "failed", "kind": item.kind, "reason": first.reason, "pointer": first.pointer}


def _published(declared: Connector, asked: Request, item: Published) -> Document:
    told: Document = {"outcome": "published", "kind": item.kind}
    if item.voids is not None:
        told["voids"] = item.voids
    n = len(item.drafts)
    told["envelopes"] = [_sealed(declared, asked, draft, item.kind, f"{k}/{n}") for k, draft in enumerate(item.drafts, 1)]
    return _claimed(told, item.claim)


def _claimed(told: Document, claim: tuple[str, str] | None) -> Document:
    return told if claim is None else {**told, "claim": list(claim)}


def _sealed(declared: Connector, asked: Request, draft: Draft, kind: str, part: str | None) -> Document:
    origin = Origin(asked.registration.supplier, declared.name, asked.registration.rank, asked.received)
    time = asked.received if draft.time is None else draft.time
    envelope = seal(draft, origin, kind, part, KEY, time, declared.allowed)
    document: Document = msgspec.json.decode(encode(envelope))
    return document


def write(name: str) -> int:
    """Writes the golden answers of a connector; how many."""
    for sample in sample_paths(name):
        target = golden_path(sample)
        target.parent.mkdir(exist_ok=True)
        answer = run(door(sample), request(sample))
        target.write_text(json.dumps(answer, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return len(sample_paths(name))


def main() -> int:
    parser = argparse.ArgumentParser(description="Golden answers of the connectors.")
    parser.add_argument("--write", action="store_true", required=True, help="write them anew")
    parser.add_argument("names", nargs="*", default=connector_names(), help="connectors; all when left out")
    for name in parser.parse_args().names:
        print(f"{name}: {write(name)} golden answers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
