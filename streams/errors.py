"""How far a mean may be off: its standard error, and twice that to each side of it (R7.5), about 95 % where values are many.

All is whole numbers and fractions of them, so that equal values give equal bytes.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from typing import Final

ERRORS: Final = 2
"""To each side; a change is shown from as many on."""
DIGITS: Final = 10**12


def squared_error(values: Sequence[int]) -> Fraction:
    """The square of the standard error of their mean: the sample's variance over how many they are, two or more."""
    n = len(values)
    return Fraction(n * sum(value * value for value in values) - sum(values) ** 2, n * n * (n - 1))


def around(mean: Fraction, squared: Fraction, least: int, most: int) -> tuple[Fraction, Fraction]:
    """From so many errors below a mean to so many above it, within what it can be. squared: of its error."""
    reach = ERRORS * root(squared)
    return max(Fraction(least), mean - reach), min(Fraction(most), mean + reach)


def root(squared: Fraction) -> Fraction:
    """To 12 decimals, down; exact where it has no more."""
    return Fraction(isqrt(squared.numerator * DIGITS**2 // squared.denominator), DIGITS)
