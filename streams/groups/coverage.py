"""G8 Coverage: how many pupils of a group each source tells anything of, in the last 20 school days (domain 4.6).

Whether a source is fresh changes with the hour and no event, so it stands under `delivery`, beside the readings (design 6): what is
connected and fresh is what is here and called fresh there.
"""

from fractions import Fraction
from typing import Final

from contracts.group_indicator import GroupAnswer, GroupExample, GroupIndicator, Member, Part
from contracts.indicator import Summary, Texts
from streams.keyed import joined

EVERYBODY: Final = ""


def measure(member: Member) -> Summary:
    """Source, and "" for all the group -> the pupils."""
    return dict.fromkeys((EVERYBODY, *member.sources), frozenset({member.pupil}))


def combine(one: Summary, other: Summary) -> Summary:
    return joined(one, other, frozenset.union)


def read(summary: Summary) -> GroupAnswer:
    sources = {name: len(pupils) for name, pupils in summary.items() if name != EVERYBODY}
    if not sources:
        return GroupAnswer(None, 0, "no_sources")
    everybody = len(summary[EVERYBODY])
    reached = len(frozenset[str]().union(*(pupils for name, pupils in summary.items() if name != EVERYBODY)))
    parts = tuple(Part(name, Fraction(100 * many, everybody), many, many) for name, many in sorted(sources.items()))
    return GroupAnswer(Fraction(100 * reached, everybody), reached, parts=parts)


def _member(pupil: str, *sources: str) -> Member:
    return Member(None, 0, sources, pupil)


EXAMPLES = (
    GroupExample(
        "Three of four pupils have data, two from one source and two from another",
        (_member("a", "matematik-x"), _member("b", "matematik-x", "ordbog"), _member("c", "ordbog"), _member("d")),
        75.0, 3, parts=(("matematik-x", 50.0, 2, 2), ("ordbog", 50.0, 2, 2)),
    ),
    GroupExample(
        "What several indicators read of a pupil is one pupil",
        (_member("a", "matematik-x"), _member("a", "matematik-x"), _member("a"), _member("b")),
        50.0, 1, parts=(("matematik-x", 50.0, 1, 1),),
    ),
    GroupExample(
        "Everybody, from one source", (_member("a", "skoleadm"), _member("b", "skoleadm"), _member("c", "skoleadm")),
        100.0, 3, parts=(("skoleadm", 100.0, 3, 3),),
    ),
    GroupExample("A group of whom no source tells", (_member("a"), _member("b")), None, 0, "no_sources"),
)  # fmt: skip

INDICATOR = GroupIndicator(
    id="G8",
    name="coverage",
    version=1,
    title=Texts("Dækning", "Coverage"),
    formula=Texts(
        "Andelen af gruppens elever, som hver kilde har leveret noget om i de seneste 20 skoledage, og andelen, som mindst én kilde har.",
        "The share of the group's pupils of whom each source has delivered anything in the last 20 school days, and of whom any has.",
    ),
    unseen=Texts(
        "En elev, som en kilde ikke nævner, kan være ikke tilkoblet eller blot ikke have brugt den. Om en kilde er frisk, står under "
        "`delivery`. Hvad der er afleveret, og hvilke mål der er markeret, ses der ikke på.",
        "A pupil whom a source does not name may not be connected, or may just not have used it. Whether a source is fresh stands under "
        "`delivery`. What was handed in and which goals were marked are not looked at.",
    ),
    explanation=Texts(
        "Der er data om {n} af {pupils} elever fra mindst én kilde i de seneste 20 skoledage.",
        "There are data on {n} of {pupils} pupils from at least one source in the last 20 school days.",
    ),
    reasons={
        "no_sources": Texts(
            "Ingen kilde har leveret noget om gruppens elever i de seneste 20 skoledage.",
            "No source has delivered anything on the group's pupils in the last 20 school days.",
        ),
    },
    minimum=Texts("Mindst én elev, som en kilde har leveret noget om.", "At least one pupil on whom a source has delivered anything."),
    tasks=("T3",),
    of=lambda indicator: not indicator.all_kept,
    together=True,
    window="W20",
    unit="percent",
    zero={},
    measure=measure,
    combine=combine,
    read=read,
    examples=EXAMPLES,
)
