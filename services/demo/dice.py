"""Chance with a fixed seed: the same question always gets the same answer, whatever was asked before it."""

import random
from typing import Final
from uuid import UUID, uuid5

SEED: Final = "Skovbakkeskolen 1"
_SPACE: Final = UUID("5b0f5f3e-6d1c-5d8e-9f6a-2f6f3c1e7a11")


def dice(*parts: object) -> random.Random:
    """A stream of its own for each question."""
    return random.Random("|".join(map(str, (SEED, *parts))))  # noqa: S311 - an invented school needs no secrets


def named(*parts: object) -> str:
    """The id of a report: sent again, it is the same report."""
    return str(uuid5(_SPACE, "|".join(map(str, (SEED, *parts)))))
