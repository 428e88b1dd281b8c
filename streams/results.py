"""What results say of activities: of each the best share of what could be had (domain 1.4, 4.5).

A share is from 0 to 1, and capped to it: the source's own share, else its points of their maximum. One without a share (a maximum of 0, or
a range that is not known), and one that is not final, are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from contracts.facts import Content, Fact
from streams.errors import squared_error
from streams.keyed import digest, joined

WHOLE: Final = 1_000_000
"""All of it, in millionths."""
NO_SHARE: Final = -1
"""In place of a share, and below every one: the activity has a final result that no percent can be made of."""

Shares = dict[str, int]
"""Activity -> its best share, in millionths."""


def best(facts: Iterable[Fact]) -> Shares:
    found: Shares = {}
    for fact in facts:
        activity = digest(fact.content["tool"], fact.content["activity_id"])
        found[activity] = max(_share(fact.content), found.get(activity, NO_SHARE))
    return found


def _share(told: Content) -> int:
    if told.get("score_max") == 0:
        return NO_SHARE
    if "score_fraction" in told:
        return _capped(told["score_fraction"])
    if "score_given" in told and told.get("score_max", 0) > 0:
        return _capped(round(Fraction(WHOLE * told["score_given"], told["score_max"])))
    return NO_SHARE


def _capped(share: int) -> int:
    return min(max(share, 0), WHOLE)


def better(one: Shares, other: Shares) -> Shares:
    """The best of both."""
    return joined(one, other, max)


def is_final(fact: Fact) -> bool:
    return bool(fact.content["state"] == "final")


def known(found: Mapping[str, int]) -> list[int]:
    """The shares of the activities that have one."""
    return [share for share in found.values() if share != NO_SHARE]


def percent(shares: Sequence[int]) -> Fraction:
    """Their mean."""
    return Fraction(100 * sum(shares), WHOLE * len(shares))


def error(shares: Sequence[int]) -> Fraction:
    """The square of the standard error of their mean, in percent squared."""
    return Fraction(100, WHOLE) ** 2 * squared_error(shares)
