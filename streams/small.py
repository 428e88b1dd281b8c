"""The rules of small numbers (domain 2.7, R7.1 to R7.4), for who sees a group as a whole and not its pupils.

Nothing is said of fewer than 5 pupils, no percentage of fewer than 10, and nothing where all have one value; counts are rounded to 5 and
values to whole numbers. Of parts beside their total so many are hidden that none that is small can be told from the rest.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from contracts.indicator import Texts

LEAST: Final = 5
"""Pupils that anything may be said of: k."""
LEAST_OF_PERCENT: Final = 10
STEP: Final = 5
MOST_OF_ONE: Final = Fraction(4, 5)
"""Of a sum, that one pupil may make (R7.4)."""

REASONS: Final[Mapping[str, Texts]] = {
    "too_few_pupils": Texts(
        "Der er for få elever til, at noget kan vises uden at sige noget om den enkelte: mindst 5, og 10 hvor det er en procent.",
        "There are too few pupils for anything to be shown without telling of one of them: at least 5, and 10 where it is a percentage.",
    ),
    "all_alike": Texts(
        "Alle elever har samme tal, så gruppens tal ville være hver enkelt elevs.",
        "All pupils have the same value, so that the group's would be each one's.",
    ),
    "one_outweighs": Texts(
        "Én elev står for over 80 % af det, der tælles, så gruppens tal ville næsten være den elevs.",
        "One pupil makes more than 80 % of what is counted, so that the group's value would nearly be that pupil's.",
    ),
    "told_beside": Texts(
        "Holdt op mod andre tal, som du også ser, ville tallet sige noget om for få elever.",
        "Held against other numbers that you see too, this one would tell of too few pupils.",
    ),
}
ROUNDED: Final = Texts(" Antal elever er afrundet til nærmeste 5.", " Numbers of pupils are rounded to the nearest 5.")


def withheld(pupils: int, unit: str, *, alike: bool, largest: Fraction = Fraction(0)) -> str | None:
    """Why a value that rests on so many pupils is not shown; None where it may be. largest: the share that one makes of what is counted."""
    if pupils < (LEAST_OF_PERCENT if unit == "percent" else LEAST):
        return "too_few_pupils"
    if alike:
        return "all_alike"
    return "one_outweighs" if largest > MOST_OF_ONE else None


def told_beside(pupils: frozenset[str], within: Iterable[frozenset[str]]) -> bool:
    """Whether what is told of these pupils tells that of fewer than 5 of them, held against what is told of other groups that lie within
    theirs: of any of those that may be shown, and of those together that have no pupil in common (R7.2, R7.3)."""
    parts = sorted({part for one in within if len(part := pupils & one) >= LEAST}, key=sorted)
    together = {frozenset[str]()}
    for at, part in enumerate(parts):
        rest = frozenset[str]().union(*parts[at + 1 :])
        wider = together | {known | part for known in together if not known & part}
        together = {known for known in wider if len(pupils - known - rest) < LEAST}
    return any(0 < len(pupils - known) < LEAST for known in together)


def coarse(count: int) -> int:
    """The nearest multiple of 5."""
    return STEP * round(count / STEP)


def shown(parts: Mapping[str, int]) -> frozenset[str]:
    """Of pupils counted in parts that make up a total, the parts that may be shown beside it.

    Those of fewer than 5 are hidden; where the total would tell those that are hidden, the smallest others are hidden with them, equals
    together. A total of fewer than 5 is not to be shown either.
    """
    least = LEAST
    while (hidden := [count for count in parts.values() if count < least]) and len(hidden) < len(parts) and _told(hidden):
        least = 1 + min(count for count in parts.values() if count >= least)
    return frozenset(name for name, count in parts.items() if count >= least)


def _told(hidden: Sequence[int]) -> bool:
    """Whether the sum of what is hidden tells it: of one part, of fewer than 5 pupils, or where each part is as great as a small one is."""
    return len(hidden) == 1 or sum(hidden) < LEAST or all(count == LEAST - 1 for count in hidden)
