"""Several folds over the partitions of one log and one store (design 5): what one folds is saved with how far it came, or not at all."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from delivering import Stored

from contracts.facts import Open, SheetKey, decode_open
from contracts.ports import Record
from services.stores.packed import Kept, lately, meets, packed, part, unpacked
from streams.fold import Folded, fold, placed

PARTITIONS: Final = 6


def partition(record: bytes) -> int:
    """That of the sheet's subject, so that a sheet has one; records of no sheet are spread."""
    home = placed(Record("", 0, record))
    return hashlib.blake2b(home[0].subject.encode() if home else record).digest()[0] % PARTITIONS


def kept_with(before: Kept | None, facts: bytes, known: bytes) -> Kept:
    """What is in both columns when these facts are put beside a rest of which that is known, if anything is."""
    if before is None or not known:
        return packed(facts)
    told, more = part(facts, known)
    return Kept(told, (before.rest or b"") + (more or b""))


@dataclass
class InParts(Stored):
    """With facts as a server has them, until they are measured. parts: how many sheets had to be opened only in part."""

    parts: int = 0
    _kept: dict[SheetKey, Kept] = field(default_factory=dict)
    _rest: dict[SheetKey, bytes] = field(default_factory=dict)

    def known(self, batch: Iterable[Record]) -> dict[SheetKey, Open]:
        reports: dict[SheetKey, list[str]] = {}
        for home in filter(None, map(placed, batch)):
            reports.setdefault(home[0], []).append(home[1])
        found = {key: lately(self._kept[key].facts) for key in reports if key in self._kept}
        self._rest = {key: known for key, (_, known) in found.items() if known and not meets(known, reports[key])}
        self.parts += len(self._rest)
        return {key: decode_open(told if key in self._rest else unpacked(*self._kept[key])) for key, (told, _) in found.items()}

    def save(self, folded: Folded) -> None:
        super().save(folded)
        for key in folded.changed:
            self._kept[key] = kept_with(self._kept.get(key), self.sheets[key][0], self._rest.get(key, b""))

    def measure(self) -> Stored:
        self.sheets = {key: (unpacked(*kept), b"") for key, kept in self._kept.items()}
        return super().measure()


@dataclass
class Workers:
    """positions: how many records of each partition are in the store. owners: partition -> the worker that has it. met: what happened."""

    log: list[list[bytes]]
    random: Random
    stored: InParts = field(default_factory=InParts)
    positions: Counter[int] = field(default_factory=Counter)
    owners: list[int] = field(default_factory=list)
    met: Counter[str] = field(default_factory=Counter)

    def assign(self) -> None:
        """To two or three workers; where a partition stands is asked of the store."""
        workers = self.random.randint(2, 3)
        self.owners = [self.random.randrange(workers) for _ in range(PARTITIONS)]
        self.met["assigned"] += 1

    def waiting(self, worker: int) -> dict[int, list[bytes]]:
        """The next of each of its partitions, as many as it happens to get."""
        of = [one for one in range(PARTITIONS) if self.owners[one] == worker and self.positions[one] < len(self.log[one])]
        sizes = {one: self.random.choice((1, 20, 100, 400)) for one in of}
        return {one: self.log[one][self.positions[one] : self.positions[one] + size] for one, size in sizes.items()}

    def step(self) -> None:
        """Of one worker. It may be cut off before it has saved: then nothing of it is left, and the same comes again."""
        waiting = self.waiting(self.random.choice(self.owners))
        records = [Record(str(one), self.positions[one] + n, value) for one, told in waiting.items() for n, value in enumerate(told, 1)]
        folded = fold(records, self.stored.known(records), frozenset())
        if self.random.random() < 0.2:
            self.met["cut off"] += 1
            self.assign()
            return
        self.stored.save(folded)
        self.positions.update({one: len(told) for one, told in waiting.items()})
        self.met["saved"] += 1

    def left(self) -> int:
        return sum(map(len, self.log)) - self.positions.total()


def by_workers(records: Iterable[bytes], random: Random) -> Workers:
    """Folded until nothing is left."""
    log: list[list[bytes]] = [[] for _ in range(PARTITIONS)]
    for record in records:
        log[partition(record)].append(record)
    made = Workers(log, random)
    made.assign()
    while made.left():
        made.step()
    made.stored.measure()
    made.met["in parts"] += made.stored.parts
    return made
