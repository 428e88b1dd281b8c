"""The Wilson score interval of a share (Wilson 1927, without continuity correction): honest for few tries and for shares near 0 or 1."""

from math import sqrt
from typing import Final

Z: Final = 1.959963984540054
"""The 97.5 % point of the normal distribution: a two-sided interval of 95 %."""


def wilson(right: int, n: int) -> tuple[float, float]:
    """The 95 % interval of the share right / n, as shares from 0 to 1; n is at least 1."""
    share, spread = right / n, Z * Z / n
    middle = share + spread / 2
    reach = Z * sqrt(share * (1 - share) / n + spread / (4 * n))
    return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))
