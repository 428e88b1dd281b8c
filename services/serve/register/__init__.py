"""The public register as a page: what is computed on pupils, in Danish and in English, for a parent or a union to read (R8, R10).

One document without scripts, that asks for nothing else, so that it can be kept and printed; all of it from the declarations.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from mako.template import Template

from contracts import kinds
from contracts.catalogue import Catalogue, Definition, GroupDefinition, Words
from streams import small
from streams.roster import LEAVE_DAYS

Language = Literal["da", "en"]

HERE: Final = Path(__file__).parent
CSS: Final = (HERE / "register.css").read_text("utf-8")
WORDS: Final[Mapping[str, Mapping[Language, str]]] = json.loads((HERE / "words.json").read_text("utf-8"))
TEMPLATE: Final = Template(filename=str(HERE / "register.html"), default_filters=["h"], strict_undefined=True)  # noqa: S702 - all is escaped
PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")

HEADERS: Final = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
    "Vary": "Accept-Language",
}


def preferred(accepted: str) -> Language:
    """Of an Accept-Language header (RFC 9110, 12.5.4): English where it is wanted more than Danish."""
    wanted = {"da": 0.0, "en": 0.0}
    for part in accepted.split(","):
        tag, _, rest = part.strip().partition(";")
        name = tag.strip().lower().partition("-")[0]
        if name in wanted:
            wanted[name] = max(wanted[name], _quality(rest))
    return "en" if wanted["en"] > wanted["da"] else "da"


def _quality(written: str) -> float:
    found = re.fullmatch(r"\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*", written)
    return float(found[1]) if found else 1.0


def page(catalogue: Catalogue, language: Language) -> str:
    """The register as HTML. A unit that has no words is written as it is declared."""

    def t(key: str, **values: Any) -> str:
        return WORDS[key][language].format(**values)

    def said(words: Words) -> str:
        return words.da if language == "da" else words.en

    def blank(words: Words) -> str:
        return PLACEHOLDER.sub("…", said(words)).replace("….", "…")

    def listed(several: Iterable[Words]) -> str:
        return "; ".join(said(words) for words in several)

    def unit(name: str) -> str:
        return t(f"unit.{name}") if f"unit.{name}" in WORDS else name.replace("_", " ")

    def day(on: date) -> str:
        return f"{on.day}.{on.month}.{on.year}" if language == "da" else f"{on:%d %B %Y}".removeprefix("0")

    def named(one: Definition | GroupDefinition) -> str:
        return t("named.older", title=said(one.title), version=one.version) if one.until else said(one.title)

    def used(event_type: str) -> str:
        numbers = [one.id for one in catalogue.indicators if event_type in one.reads]
        beside = [said(one.title) for one in catalogue.extras if event_type in one.reads]
        return ", ".join(dict.fromkeys([*numbers, *beside])) or t("used.none")

    rendered: str = TEMPLATE.render(
        t=t, said=said, blank=blank, listed=listed, unit=unit, day=day, named=named, used=used, anchor=anchor, catalogue=catalogue,
        language=language, other="en" if language == "da" else "da", css=CSS, small=small, kinds=kinds, leave_days=LEAVE_DAYS,
    )  # fmt: skip
    return rendered


def anchor(one: Definition | GroupDefinition) -> str:
    """Where a definition stands on the page."""
    return f"{one.indicator}-{one.version}"
