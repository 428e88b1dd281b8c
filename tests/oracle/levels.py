"""Result level and motivation over one pupil's records, from their definitions (domain 4.5), in exact fractions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from statistics import quantiles, variance

from oracle.days import local_date
from oracle.measures import Cell, Today, Window, of_kind, rounded
from oracle.sent import Result, SelfAnswer

NEWEST_RUNS, NEWEST_DAYS = 4, 20


def capped(share: Fraction) -> Fraction:
    """To the millionth, and never below nothing or above all of it."""
    return Fraction(round(min(max(share, Fraction(0)), Fraction(1)) * 1_000_000), 1_000_000)


def bests(results: Iterable[Result]) -> list[Fraction]:
    """Of each activity of a tool the best final share; activities without one are left out."""
    shares = defaultdict[tuple[str, str], list[Fraction]](list)
    for one in results:
        if one.final and one.share is not None:
            shares[one.tool, one.activity].append(capped(one.share))
    return [max(of_activity) for of_activity in shares.values()]


def mean(shares: Sequence[Fraction]) -> float:
    return rounded(100 * sum(shares, Fraction(0)) / len(shares))


def result_level(records: Sequence[object], subject: str, window: Window) -> Cell:
    """Percent of what could be had, of at least 3 activities."""
    results = [one for one in of_kind(Result, records) if one.subject == subject and window.holds(local_date(one.at))]
    shares, now = bests(results), bests(one for one in results if local_date(one.at) == window.today)
    today: Today = (mean(now), len(now)) if now else None
    if len(shares) < 3:
        return Cell(None, len(shares), reason="too_few_results", today=today)
    off = around(sum(shares) / Fraction(len(shares)), variance(shares) / len(shares), 100, 0, 0, 100)
    return Cell(mean(shares), len(shares), off, today=today)


def around(value: Fraction, error_squared: Fraction, unit: int, zero: int, least: int, most: int) -> tuple[float, float]:
    """Twice its error to each side of a value, in units above a zero, no less and no more than it can be."""
    with localcontext(prec=50):
        reach = 2 * unit * Fraction((Decimal(error_squared.numerator) / Decimal(error_squared.denominator)).sqrt())
    told = zero + unit * value
    return rounded(max(told - reach, Fraction(least))), rounded(min(told + reach, Fraction(most)))


def motivation(records: Iterable[object], audience: Collection[str], window: Window, newest: date) -> Cell:
    """newest: the first of the last 20 school days of the year. The answers since then, and those of the four runs that ended last."""
    told = [one for one in of_kind(SelfAnswer, records) if one.dimension == "motivation" and one.share is not None]
    counted = of_late([one for one in told if window.holds(local_date(one.at)) and one.told & set(audience)], newest)
    if len(counted) < 3:
        return Cell(None, len(counted), reason="too_few_answers")
    shares = [one.share for one in counted if one.share is not None]
    low, _, high = quantiles(shares, n=4, method="inclusive")
    return Cell(rounded(1 + 4 * middle(shares)), len(counted), (rounded(1 + 4 * low), rounded(1 + 4 * high)))


def of_late(mine: Sequence[SelfAnswer], newest: date) -> list[SelfAnswer]:
    """Those since a date, and those of the four runs that ended last."""
    ended: list[tuple[str, str]] = []
    for one in sorted(mine, key=lambda answer: answer.at, reverse=True):
        if (one.instrument, one.run) not in ended:
            ended.append((one.instrument, one.run))
    return [one for one in mine if local_date(one.at) >= newest or (one.instrument, one.run) in ended[:NEWEST_RUNS]]


def wellbeing(dimension: str, records: Iterable[object], audience: Collection[str], window: Window, newest: date) -> Cell:
    """As motivation, of another dimension: the mean of at least 3 answers, to no less than half of what the pupil was asked."""
    told = [one for one in of_kind(SelfAnswer, records) if one.dimension == dimension]
    asked = of_late([one for one in told if window.holds(local_date(one.at)) and one.told & set(audience)], newest)
    shares = [one.share for one in asked if one.share is not None]
    points = [1 + 4 * share for share in shares]
    if len(points) < 3:
        return Cell(None, len(points), reason="too_few_answers")
    if len(points) < len(asked) - len(points):
        return Cell(None, len(points), reason="mostly_unanswered")
    off = around(sum(shares, Fraction(0)) / len(shares), variance(shares) / len(shares), 4, 1, 1, 5)
    return Cell(rounded(sum(points, Fraction(0)) / len(points)), len(points), off)


def middle(shares: Sequence[Fraction]) -> Fraction:
    """The one that as many lie above as below, or what is between the two."""
    ordered, half = sorted(shares), len(shares) // 2
    return ordered[half] if len(shares) % 2 else (ordered[half - 1] + ordered[half]) / 2
