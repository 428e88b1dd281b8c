"""The answers that the invented schools send, held against real ones (ASSISTments 2015, `../shared/data`), within stated tolerances."""

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import fmean, pstdev, quantiles

import pytest
from harness import shared

from services.demo.days import school_days_before
from services.demo.lessons import activity
from services.demo.plan import schools
from services.demo.telling import MATEMATIK

pytestmark = pytest.mark.quick

WEEKS = school_days_before(date(2026, 11, 24), 20)
ITEM = re.compile(r"https://matematik-x\.example/opgaver/(\d+)-(\d+)-(.+)")


@dataclass(frozen=True)
class Run:
    """The answers of a learner to different tasks of a skill, in order: right or not at first try."""

    learner: str
    skill: str
    right: tuple[bool, ...]


def real() -> list[Run]:
    """Three lines for each learner: who, the skills, the answers."""
    lines = gzip.decompress(shared("assist2015-answers.csv.gz").read_bytes()).decode().splitlines()
    found = []
    for who, skills, answers in zip(lines[::3], lines[1::3], lines[2::3], strict=True):
        by_skill = defaultdict[str, list[bool]](list)
        for skill, answer in zip(skills.split(","), answers.split(","), strict=True):
            by_skill[skill].append(answer == "1")
        found += [Run(who, skill, tuple(right)) for skill, right in by_skill.items()]
    return found


def invented() -> list[Run]:
    """Four weeks of exercises of 24 classes, read from the statements."""
    (place,) = schools(24)
    told = sorted((one for day in WEEKS for one in activity(day, place) if one.supplier == MATEMATIK), key=lambda one: one.at)
    first: dict[tuple[str, str, str], dict[int, bool]] = {}
    for one in told:
        found = ITEM.fullmatch(one.document["object"]["id"])
        assert found
        run = first.setdefault((one.document["actor"]["account"]["name"], found[1], found[3]), {})
        run.setdefault(int(found[2]), one.document["result"]["success"])
    return [Run(who, skill, tuple(right for _, right in sorted(answers.items()))) for (who, skill, _), answers in first.items()]


@pytest.fixture(scope="module")
def both() -> tuple[list[Run], list[Run]]:
    return real(), invented()


def differ(both: tuple[list[Run], list[Run]], measured: Sequence[float], made: Sequence[float], most: float) -> None:
    print([(round(left, 3), round(right, 3)) for left, right in zip(measured, made, strict=True)])
    assert all(abs(left - right) <= most for left, right in zip(measured, made, strict=True))


def right_at(runs: Iterable[Run], number: int) -> float:
    return fmean(run.right[number - 1] for run in runs if len(run.right) >= number)


def not_longer(runs: Sequence[Run], most: int) -> float:
    return fmean(len(run.right) <= most for run in runs)


def spread(runs: Sequence[Run], by: str, least: int, most: int, first: bool) -> float:
    """Standard deviation of shares right, of the first `most` answers of those with `least`. first: only the first of each run counts."""
    answers = defaultdict[str, list[bool]](list)
    for run in runs:
        answers[getattr(run, by)] += run.right[:1] if first else run.right
    return pstdev(fmean(one[:most]) for one in answers.values() if len(one) >= least)


def skills_of(runs: Sequence[Run]) -> list[float]:
    """Quartiles of the number of runs of a learner, in shares of their median."""
    counts = [len(list(group)) for _, group in groupby(sorted(run.learner for run in runs))]
    low, middle, high = quantiles(counts, n=4)
    return [low / middle, high / middle]


def answers_of(runs: Sequence[Run]) -> list[float]:
    """Answers of a learner at the 25th, 75th and 90th of a hundred, in shares of the median."""
    counts = defaultdict[str, int](int)
    for run in runs:
        counts[run.learner] += len(run.right)
    cuts = quantiles(counts.values(), n=20)
    return [cuts[4] / cuts[9], cuts[14] / cuts[9], cuts[17] / cuts[9]]


def test_the_real_answers_are_those_that_the_parameters_were_fitted_to(both: tuple[list[Run], list[Run]]) -> None:
    learners, skills = {run.learner for run in both[0]}, {run.skill for run in both[0]}
    assert (len(learners), len(skills), sum(len(run.right) for run in both[0])) == (3968, 100, 136_231)
    assert len(both[1]) > 5_000


def test_right_at_the_first_to_tenth_answer_of_a_run(both: tuple[list[Run], list[Run]]) -> None:
    """Within 3 points up to the sixth answer, within 10 up to the tenth, where the model is known to be low."""
    curves = [[right_at(runs, number) for number in range(1, 11)] for runs in both]
    differ(both, curves[0][:6], curves[1][:6], 0.03)
    differ(both, curves[0][6:], curves[1][6:], 0.10)


def test_how_long_runs_are_and_how_they_end(both: tuple[list[Run], list[Run]]) -> None:
    """Shares of runs of at most 2, 3, 5, 7, 10 and 15 answers within 7 points; of those that end in three right within 4."""
    differ(both, *[[not_longer(runs, most) for most in (2, 3, 5, 7, 10, 15)] for runs in both], most=0.07)
    differ(both, *[[fmean(run.right[-3:] == (True,) * 3 for run in runs)] for runs in both], most=0.04)


def test_how_far_pupils_and_skills_lie_apart(both: tuple[list[Run], list[Run]]) -> None:
    """Standard deviations of the shares right of pupils (their first 20 to 30 answers) and of skills (first answers), within 3 points."""
    differ(both, *[[spread(runs, "learner", 20, 30, first=False), spread(runs, "skill", 30, 200, first=True)] for runs in both], most=0.03)


def test_how_much_more_some_do_than_others(both: tuple[list[Run], list[Run]]) -> None:
    """Skills of a learner at the quartiles within 0.4 of the median, answers of a learner at the 25th, 75th and 90th within 1.0."""
    differ(both, *[skills_of(runs) for runs in both], most=0.4)
    differ(both, *[answers_of(runs) for runs in both], most=1.0)


def test_nothing_of_the_real_answers_is_sent(both: tuple[list[Run], list[Run]]) -> None:
    assert not {run.learner for run in both[0]} & {run.learner for run in both[1]}


def test_statements_are_json_that_names_the_institution() -> None:
    (place,) = schools(3)
    for one in activity(WEEKS[0], place):
        document = json.loads(json.dumps(one.document))
        named = document.get("institution") or document["context"]["extensions"]["https://fremgang.dk/xapi/extensions/institution"]
        assert named == place.number
