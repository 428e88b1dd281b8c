"""Median and quartiles of exact numbers: between two neighbours in proportion (the inclusive method, R's type 7)."""

from collections.abc import Sequence
from fractions import Fraction


def quartiles(ordered: Sequence[Fraction]) -> tuple[Fraction, Fraction, Fraction]:
    """The lower quartile, the median and the upper quartile of one number or more, in ascending order."""
    low, middle, high = (_at(ordered, Fraction(len(ordered) - 1) * quarters / 4) for quarters in (1, 2, 3))
    return low, middle, high


def _at(ordered: Sequence[Fraction], place: Fraction) -> Fraction:
    before, beyond = divmod(place, 1)
    here = ordered[before]
    return here + beyond * (ordered[before + 1] - here) if beyond else here
