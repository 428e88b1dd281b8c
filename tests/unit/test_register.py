"""The public register as a document: everything that is declared, in both languages, in HTML that holds together."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from stranger.different_items import INDICATOR as STRANGERS

from contracts.catalogue import CALLED, LEFT_OUT
from contracts.indicator import Indicator, Texts
from contracts.kinds import BY_NAME
from services.registry import discover_group_indicators, discover_indicators
from services.serve.definitions import catalogue
from services.serve.register import CSS, HERE, WORDS, Language, page, preferred
from streams.extras import EXTRAS
from streams.last_activity import LAST_ACTIVITY

pytestmark = pytest.mark.quick

INDICATORS, GROUP_INDICATORS = discover_indicators(), discover_group_indicators()
BOTH: tuple[Language, Language] = ("da", "en")
in_both = pytest.mark.parametrize("language", BOTH)
EMPTY = {"meta", "link"}


class Document(HTMLParser):
    """A page as a reader has it. tags: (tag, attributes) in order. words: all of its text, spaces as one."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self._text: list[str] = []
        self.feed(html)
        self.words = " ".join("".join(self._text).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in EMPTY:
            self.unclosed.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.unclosed.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.unclosed[-1:] != ["style"]:
            self._text.append(data)

    def every(self, attribute: str) -> list[str]:
        return [value for _, told in self.tags if (value := told.get(attribute))]


def document(language: Language, indicators: Sequence[Indicator] = INDICATORS) -> Document:
    return Document(page(catalogue(indicators, GROUP_INDICATORS), language))


def of(texts: Texts, language: Language) -> str:
    return " ".join((texts.da if language == "da" else texts.en).split())


@in_both
def test_everything_that_is_computed_stands_there_with_how_and_what_it_does_not_see(language: Language) -> None:
    told = document(language)
    for one in (*INDICATORS, *GROUP_INDICATORS):
        for texts in (one.title, one.formula, one.minimum, one.unseen):
            assert of(texts, language) in told.words, one.key
        assert f"{one.name}-{one.version}" in told.every("id")
    for beside in (*EXTRAS, LAST_ACTIVITY):
        assert of(beside.title, language) in told.words
        assert of(beside.unseen, language) in told.words
        assert beside.name in told.every("id")
    for texts in (*LEFT_OUT, *(CALLED[name] for one in INDICATORS for name in one.kinds)):
        assert of(texts, language) in told.words
    assert re.search(r"396 (dage|days)", told.words)
    assert "{" not in told.words


def test_what_is_read_for_groups_alone_says_that_it_is_shown_of_no_pupil() -> None:
    words = "Ikke for den enkelte elev"
    alone = [one for one in INDICATORS if one.of_groups_alone and one.until is None]
    assert document("da").words.count(words) == len(alone)
    assert document("da", [replace(STRANGERS, of_groups_alone=True)]).words.count(words) == 1


@in_both
def test_it_holds_together(language: Language) -> None:
    """Every link leads somewhere, no place has two names, headings go down one step at a time, and cells have heads."""
    told = document(language)
    assert told.unclosed == []
    ids, links = told.every("id"), told.every("href")
    assert len(ids) == len(set(ids))
    assert {link for link in links if link.startswith("#")} <= {f"#{one}" for one in ids}
    assert {link for link in links if not link.startswith("#")} == {"?lang=da", "?lang=en", "/v1/indicators"}
    assert set(told.every("aria-labelledby")) <= set(ids)
    headings = [int(tag[1]) for tag, _ in told.tags if re.fullmatch(r"h\d", tag)]
    assert headings.count(1) == 1
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert all("scope" in attributes for tag, attributes in told.tags if tag == "th")
    assert ("html", {"lang": language}) in told.tags
    assert not {"script", "img", "iframe", "form"} & {tag for tag, _ in told.tags}
    assert not [attribute for _, attributes in told.tags for attribute in attributes if attribute.startswith("on") or attribute == "style"]


@in_both
def test_a_strangers_indicator_stands_there_by_itself(language: Language) -> None:
    before, after = document(language), document(language, [*INDICATORS, STRANGERS])
    assert of(STRANGERS.formula, language) not in before.words
    assert of(STRANGERS.formula, language) in after.words
    assert "#different-items-1" in after.every("href")
    assert "I99" in after.words


@pytest.mark.parametrize(("language", "day"), [("da", "til og med 5.1.2027"), ("en", "up to and including 5 January 2027")])
def test_a_superseded_version_stands_beside_the_newest_and_says_until_when(language: Language, day: str) -> None:
    older = replace(STRANGERS, until=date(2027, 1, 5))
    told = document(language, [replace(STRANGERS, version=2), older])
    assert {"different-items-1", "different-items-2"} <= set(told.every("id"))
    assert told.words.count(day) == 1
    assert told.words.count("I99") == len(STRANGERS.kinds) + 2


def test_what_is_declared_cannot_become_markup() -> None:
    wrong = replace(STRANGERS, title=Texts("<script>alert(1)</script>", 'A "title" & more'), unit="steps_taken")
    told = document("da", [wrong])
    assert "<script>alert(1)</script>" in told.words
    assert "script" not in {tag for tag, _ in told.tags}
    assert "steps taken" in told.words


def test_every_event_type_is_in_the_table_with_its_retention() -> None:
    told = document("en")
    assert set(BY_NAME) <= set(told.every("id"))
    assert told.words.count("to 31 October after the school year") >= len(BY_NAME)
    assert set(CALLED) == set(BY_NAME)


def test_every_word_is_in_both_languages_with_the_same_placeholders_and_is_used() -> None:
    words = json.loads((HERE / "words.json").read_text("utf-8"))
    template = "".join((HERE / name).read_text("utf-8") for name in ("register.html", "__init__.py"))
    named = set(re.findall(r'\bt\("([\w.-]+)"[,)]', template)) | {f"term.{name}" for name in re.findall(r'term\("([\w-]+)"\)', template)}
    begun = ("column.", "sensitivity.", "unit.")
    listed = {name for names in re.findall(r"for section in \(([^)]*)\)", template) for name in re.findall(r'"([\w-]+)"', names)}
    assert named | listed <= set(words)
    assert [name for name in words if name not in named | listed and not name.startswith(begun)] == []
    for name, told in words.items():
        assert set(told) == {"da", "en"}, name
        assert sorted(re.findall(r"{\w+}", told["da"])) == sorted(re.findall(r"{\w+}", told["en"])), name


def test_every_unit_has_words() -> None:
    units = {one.unit for one in INDICATORS} | {one.unit for one in GROUP_INDICATORS if one.unit}
    assert {f"unit.{unit}" for unit in units} <= set(WORDS)


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "da"), ("*", "da"), ("fr, de;q=0.9", "da"), ("en", "en"), ("en-GB,en;q=0.9,da;q=0.8", "en"), ("da, en;q=0.9", "da"),
        ("da;q=0.5, en;q=0.7", "en"), ("en;q=0, da;q=0", "da"), ("EN", "en"), ("en;q=nonsense", "en"), ("da-DK,da", "da"),
    ],
)  # fmt: skip
def test_the_language_is_the_one_that_the_browser_wants_more(accepted: str, language: Language) -> None:
    assert preferred(accepted) == language


def test_the_style_asks_for_nothing_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "</" not in CSS
