"""Whom an event is said of, as a supplier writes it.

A pupil is `scheme:value`, the scheme ending at the first colon, or at the second where it is `local:` or `oneroster:`, which name their
institution; a scheme that holds colons itself stands in angle brackets, `<https://matematik-x.dk>elev-77`. A group is `group:` and what
the roster calls it there. An institution is `institution:` and its number, or left out.
"""

import re
from collections.abc import Mapping
from typing import Final

from contracts.connector import Subject
from contracts.errors import Refused
from contracts.files import school_subject
from contracts.kinds import Kind
from contracts.privacy import GroupRef, Identity

LONGEST: Final = 500
GROUP: Final = "group"
INSTITUTION: Final = "institution"
_FORMS = (
    re.compile(r"<(?P<scheme>[^<>]+)>(?P<value>.+)", re.DOTALL),
    re.compile(r"(?P<scheme>(?:local|oneroster):[^:]+):(?P<value>.+)", re.DOTALL),
    re.compile(r"(?P<scheme>[^:<>]+):(?!//)(?P<value>.+)", re.DOTALL),
)


def subject(kind: Kind, written: str, institution: str, schemes: Mapping[str, str]) -> Subject:
    """The event's subject by its type; refuses `subject_invalid`."""
    if kind.subject == "pupil":
        told = identity(written, schemes)
        if told is None:
            raise Refused.because("subject_invalid", "/subject", "scheme:value, or <home page>value")
        return told
    if kind.subject == "group":
        return GroupRef(institution, _group(written))
    if written not in ("", INSTITUTION, f"{INSTITUTION}:{institution}"):
        raise Refused.because("subject_invalid", "/subject", "institution, or left out")
    return school_subject(institution)


def identity(written: str, schemes: Mapping[str, str]) -> Identity | None:
    """schemes: what the supplier's registration calls a home page."""
    if len(written) > LONGEST:
        return None
    found = next((match for form in _FORMS if (match := form.fullmatch(written.strip()))), None)
    if found is None or not found["scheme"].strip() or found["scheme"] in (GROUP, INSTITUTION, "local", "oneroster"):
        return None
    told = Identity(schemes.get(found["scheme"], found["scheme"]), found["value"]).normalised()
    return told if told.value else None


def _group(written: str) -> str:
    name, _, source = written.partition(":")
    if name != GROUP or not source.strip():
        raise Refused.because("subject_invalid", "/subject", "group:ID")
    return source.strip()
