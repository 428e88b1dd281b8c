"""Rounding as every reading is rounded: half to even, on exact numbers (design 4.2)."""

from fractions import Fraction


def rounded(value: Fraction | float, decimals: int) -> float:
    """The nearest number with so many decimals; a tie goes to the even digit. A float is taken for the exact number that it is."""
    shift: int = 10**decimals
    numerator, denominator = value.as_integer_ratio()
    whole, rest = divmod(numerator * shift, denominator)
    up = 2 * rest > denominator or (2 * rest == denominator and whole % 2 == 1)
    return (whole + up) / shift


def plain(value: Fraction) -> int | float:
    """A number as a sentence names it: whole where it is whole, else with one decimal."""
    return int(value) if value.denominator == 1 else rounded(value, 1)
