"""How pupils practise: plain parameters, fitted to real answers, by which the invented pupils answer.

Fitted to the ASSISTments answers of 2015 (3,968 learners, 100 skills, 136,231 answers; nothing of them is kept here): there a learner
works on a skill until three answers in a row are right, or gives up. The model, as few parameters as reproduce that:

    P(right at the k-th answer of a run) = logistic(LEVEL + ability + easiness + moment + LEARNING * ln k, less BEGINNING where k = 1)

with the pupil's ability, the skill's easiness and the moment of the run normal around 0 (spreads PUPILS, SKILLS, MOMENTS), and after each
answer that does not end the run a chance GIVES_UP of leaving it. They were found by a random search, then by hand, that plays each
learner's real number of runs and minimises the squared differences in: the share right at the 1st to 15th answer of a run (real: 0.66,
0.77, 0.81, then 0.75 falling to 0.69, since the able have left), the lengths of runs (mean 5.4; 42 % are of three), the share of runs
that end in three right (0.89), and the spreads of pupils' and of skills' shares (0.14, 0.15). What it does not reproduce: after the 8th
answer real learners are right more often than these (by up to 0.10 at the tenth). DILIGENCE is the spread of a
log-normal, by the quartiles of skills per learner (2, 4, 9).
`tests/unit/test_demo_practice.py` holds what the invented school sends against the real answers.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import exp, log
from random import Random
from typing import Final

from services.demo.dice import dice

LEVEL: Final = 1.12
PUPILS: Final = 0.66
SKILLS: Final = 0.8
MOMENTS: Final = 0.4
LEARNING: Final = 0.38
BEGINNING: Final = 0.48
GIVES_UP: Final = 0.022
DILIGENCE: Final = 1.0
MASTERED: Final = 3
"""Right answers in a row by which a skill counts as learnt for the day."""
KINDS: Final = 100
"""Skills of a subject."""
_MOST: Final = 40
"""Answers in a run: then the lesson is over."""
_MOST_DILIGENT: Final = 8.0


def share(logit: float) -> float:
    return 1 / (1 + exp(-logit))


def ability(chance: Random) -> float:
    return chance.gauss(0, PUPILS)


def diligence(chance: Random) -> float:
    """How much a pupil does: runs in a lesson; half of the pupils do less than 1."""
    return min(_MOST_DILIGENT, exp(chance.gauss(0, DILIGENCE)))


@lru_cache(maxsize=1000)
def easiness(subject: str, skill: int) -> float:
    return dice("skill", subject, skill).gauss(0, SKILLS)


def run(chance: Random, able: float, easy: float) -> Iterator[bool]:
    """The answers of a pupil to different tasks of one skill at a sitting: right or not at first try."""
    base, row = LEVEL + able + easy + chance.gauss(0, MOMENTS), 0
    for number in range(1, _MOST + 1):
        right = chance.random() < share(base + LEARNING * log(number) - BEGINNING * (number == 1))
        row = row + 1 if right else 0
        yield right
        if row == MASTERED or chance.random() < GIVES_UP:
            return


def points(chance: Random, able: float) -> float:
    """The share of the points of a whole test: a mean of ten tasks of middling skills."""
    likely = share(LEVEL + able + chance.gauss(0, SKILLS / 2))
    return sum(chance.random() < likely for _ in range(10)) / 10


def runs(chance: Random, zeal: float, usual: float = 1.0) -> int:
    """How many skills a pupil works on at a sitting; on average `zeal * usual`."""
    return int(zeal * usual + chance.random())
