"""Stretches of time: what two devices or two tools tell of the same minute is one minute."""

from collections.abc import Iterable, Sequence

Span = list[int]
"""[start, end], both instants in microseconds, start <= end; a list, so that a summary is the same before and after JSON."""


def union(spans: Iterable[Sequence[int]]) -> list[Span]:
    """The same time as disjoint spans in order; spans that touch become one, a moment without length stays."""
    joined: list[Span] = []
    for start, end in sorted(map(list, spans)):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


def length(spans: Iterable[Sequence[int]]) -> int:
    """Microseconds in disjoint spans."""
    return sum(end - start for start, end in spans)
