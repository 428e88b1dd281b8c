"""Several folds over the partitions of one log and one store (design 5): what one folds is saved with how far it came, or not at all."""

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from delivering import Stored

from contracts.ports import Record
from streams.fold import fold, sheet_of

PARTITIONS: Final = 6


def partition(record: bytes) -> int:
    """That of the sheet's subject, so that a sheet has one; records of no sheet are spread."""
    key = sheet_of(Record("", 0, record))
    return hashlib.blake2b(key.subject.encode() if key else record).digest()[0] % PARTITIONS


@dataclass
class Workers:
    """positions: how many records of each partition are in the store. owners: partition -> the worker that has it. met: what happened."""

    log: list[list[bytes]]
    random: Random
    stored: Stored = field(default_factory=Stored)
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
    return made
