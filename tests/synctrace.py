"""From a system-call trace: was every answer sent only after what it promises was synced? (design 6: 2xx means durable)"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

CALLS = "pwrite64,pwritev,write,writev,sendto,sendmsg,fdatasync,fsync,sync_file_range"
STRACE = ("strace", "-f", "-y", "-s", "512", "-e", f"trace={CALLS}", "-o")
"""To be followed by the file that the trace is written to."""

WRITES = frozenset({"pwrite64", "pwritev", "write", "writev"})
SENDS = frozenset({"sendto", "sendmsg", "write", "writev"})
SYNCS = frozenset({"fdatasync", "fsync"})

_WHOLE = re.compile(r"^(?P<thread>\d+)\s+(?P<call>\w+)\((?P<told>.*)\)\s+= (?P<result>-?\d+)")
_BEGUN = re.compile(r"^(?P<thread>\d+)\s+(?P<call>\w+)\((?P<told>.*?)\s*<unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(?P<thread>\d+)\s+<\.\.\. (?P<call>\w+) resumed>(?P<told>.*)\)\s+= (?P<result>-?\d+)")
_TARGET = re.compile(r"^\d+<(?P<target>[^>]*)>")


@dataclass(frozen=True)
class Step:
    """A call began or ended, in the order of the trace. target: what its descriptor stands for. result: of an end."""

    edge: Literal["begin", "end"]
    thread: int
    call: str
    target: str
    told: str
    result: int = 0


def steps(lines: Iterable[str]) -> Iterator[Step]:
    """A call that no other thread's interrupts stands on one line, and began and ended there."""
    open_: dict[int, Step] = {}
    for line in lines:
        if match := _BEGUN.match(line):
            step = _step("begin", match, match["told"])
            open_[step.thread] = step
            yield step
        elif match := _RESUMED.match(line):
            begun = open_.pop(int(match["thread"]))
            yield Step("end", begun.thread, begun.call, begun.target, begun.told, int(match["result"]))
        elif match := _WHOLE.match(line):
            yield _step("begin", match, match["told"])
            yield _step("end", match, match["told"], int(match["result"]))


def _step(edge: Literal["begin", "end"], match: re.Match[str], told: str, result: int = 0) -> Step:
    target = _TARGET.match(told)
    return Step(edge, int(match["thread"]), match["call"], target["target"] if target else "", told, result)


@dataclass
class _File:
    """begun, ended: writes so far. synced: those that a sync that has ended covers. syncing: thread -> writes ended when its sync began."""

    begun: int = 0
    ended: int = 0
    synced: int = 0
    answered: int = 0
    syncing: dict[int, int] = field(default_factory=dict)

    def take(self, step: Step) -> None:
        if step.call in WRITES:
            self.begun += step.edge == "begin"
            self.ended += step.edge == "end"
        elif step.call in SYNCS and step.edge == "begin":
            self.syncing[step.thread] = self.ended
        elif step.call in SYNCS and step.result == 0:
            self.synced = max(self.synced, self.syncing.pop(step.thread))

    def fault(self) -> str | None:
        if self.begun == self.answered:
            return "answered, and nothing was written for it"
        if self.synced < self.begun:
            return f"answered with {self.begun - self.synced} writes not synced"
        return None


@dataclass(frozen=True)
class Checked:
    answers: int
    faults: tuple[str, ...]


def check(trace: Iterable[Step], file: str, is_answer: Callable[[str], bool]) -> Checked:
    """Requests came one by one. file: the end of the path of what must be synced. is_answer: of the bytes sent, as traced."""
    state, answers, faults = _File(), 0, []
    for step in trace:
        if step.target.endswith(file):
            state.take(step)
        elif step.edge == "begin" and step.call in SENDS and is_answer(step.told):
            answers += 1
            if fault := state.fault():
                faults.append(f"answer {answers}: {fault}")
            state.answered = state.begun
    return Checked(answers, tuple(faults))
