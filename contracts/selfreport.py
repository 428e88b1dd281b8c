"""What a pupil's own answer must be before it may go anywhere, by whichever door it comes (design 6, domain 2.6).

The individual answers of the national well-being survey may be used for statistics and science alone (folkeskoleloven § 56 b), so they
are not taken. How they are recognised: by the name of the instrument, or of the survey that it belongs to, in which a word begins with
`national` (national, nationale, national-trivsel) or `dcum`, or which holds `trivselnational`, or names the survey together with the
agency or the ministry whose it is (`trivselsmåling-stil`); capitals and width do not matter. A name says no more than that: who
registers a supplier answers for what it sends.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, Final

from contracts.errors import Fault
from contracts.events import SelfReport

NAMES: Final = ("instrument_id", "survey")
_NATIONAL = re.compile(r"(?<![^\W_])(national|dcum)|trivselnational")
_SURVEY = re.compile(r"trivsels")
_AUTHORITY = re.compile(r"(?<![^\W_])(stil|b?uvm|ministeriet)(?![^\W_])")


def national(name: str) -> bool:
    """Whether an instrument or a survey of this name is the national well-being survey."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return bool(_NATIONAL.search(plain) or (_SURVEY.search(plain) and _AUTHORITY.search(plain)))


def unlawful(told: Mapping[str, Any]) -> Fault | None:
    """Why an answer may not be taken, whatever it says; the pointer is the name of the field. told: its fields, not yet checked."""
    named = (name for name in NAMES if isinstance(told.get(name), str) and national(told[name]))
    if field := next(named, ""):
        return Fault("survey_individual_forbidden", field)
    return None if told.get("visibility") else Fault("visibility_missing", "visibility")


def unsound(event: SelfReport) -> Fault | None:
    """What an answer says that no answer can; the pointer is the name of the field."""
    if event.scale_min >= event.scale_max:
        return Fault("value_invalid", "scale_max", "above scale_min")
    if event.declined:
        given = next((name for name in ("value", "normalised") if getattr(event, name) is not None), "")
        return Fault("value_invalid", given, "none where the answer is declined") if given else None
    if event.value is None:
        return Fault("missing_member", "value", "value, or declined")
    return None if event.scale_min <= event.value <= event.scale_max else Fault("value_invalid", "value", "within its scale")


def normalised(value: int, scale_min: int, scale_max: int, *, reverse: bool) -> float:
    """0-1, 1 the best; reverse: the question is worded negatively, as its instrument says."""
    share = (value - scale_min) / (scale_max - scale_min)
    return 1 - share if reverse else share
