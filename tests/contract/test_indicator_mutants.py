"""The examples of an indicator catch every mistake sown in it."""

from collections import Counter

import pytest
from contract import indicator_examples as kit
from contract.indicator_mutants import Mutant, planted, sown

pytestmark = pytest.mark.quick

MUTANTS = sown()


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.module}: {mutant.says}")
def test_the_mutant_is_caught(mutant: Mutant) -> None:
    assert list(kit.wrong(planted(mutant))), "every example still holds: the examples do not show this"


def test_every_indicator_has_at_least_three() -> None:
    counts = Counter(mutant.module for mutant in MUTANTS)
    assert set(counts) == set(kit.names())
    assert min(counts.values()) >= 3


def test_no_two_are_the_same() -> None:
    assert len({(mutant.module, mutant.old, mutant.new) for mutant in MUTANTS}) == len(MUTANTS)


def test_a_replacement_that_replaces_nothing_is_an_error() -> None:
    with pytest.raises(LookupError, match="0 times"):
        planted(Mutant("attendance", "nothing", "this text is not there", ""))


def test_an_indicator_planted_unchanged_is_not_caught() -> None:
    same = "LEAST_DAYS: Final = 5"
    assert list(kit.wrong(planted(Mutant("attendance", "nothing", same, same)))) == []
