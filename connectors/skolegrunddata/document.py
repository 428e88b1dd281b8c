"""The XML of an export opened: no document type, no entities, nothing outside it; bounded; and only the listed elements kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from connectors.skolegrunddata import shape
from contracts import cpr
from contracts.errors import Fault, Refused
from contracts.reasons import REASONS

ENCODINGS: Final = frozenset({"utf-8", "iso-8859-1"})
_UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(eq=False)
class Element:
    """An element that is taken. path: from the item or the root. text: with white space collapsed, as xs:token has it.
    faults: of an item, what is wrong with its own form, the first of each reason."""

    name: str
    path: str
    line: int
    attributes: Mapping[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def where(self, name: str = "") -> str:
        """`line 7, InstitutionPerson/Student/Role`."""
        return f"line {self.line}, {self.path}/{name}" if name else f"line {self.line}, {self.path}"

    def fault(self, reason: str, name: str = "", detail: str = "") -> Refused:
        """To be raised: what is wrong with this element, or with a child of it."""
        return Refused.because(reason, self.where(name), detail)

    def all(self, name: str) -> list["Element"]:
        return [child for child in self.children if child.name == name]

    def one(self, name: str) -> "Element | None":
        """The only child of this name, if there is one."""
        found = self.all(name)
        if len(found) > 1:
            raise found[1].fault("row_repeated")
        return found[0] if found else None

    def value(self, name: str) -> str:
        """The text of the only child of this name; empty where there is none."""
        child = self.one(name)
        return child.text if child else ""

    def needed(self, name: str) -> str:
        if not (text := self.value(name)):
            raise self.fault("row_incomplete", name)
        return text

    def told(self) -> Iterator[tuple[str, str]]:
        """(path, text) of what was taken: all that may be kept of an item that fails."""
        if self.text:
            yield self.path, self.text
        for child in self.children:
            yield from child.told()


def opened(body: bytes) -> Element:
    """The document's root, by its first and only name; refuses the document for any fault of its own."""
    if not body.strip():
        raise Refused.because("empty_file")
    if body.startswith(_UTF_16) or b"\0" in body[:4]:
        raise Refused.because("encoding_unknown")
    building = _Building()
    try:
        parser = DefusedXMLParser(target=building, forbid_dtd=True)
        building.listen(parser)
        parser.feed(body)
        parser.close()
    except DefusedXmlException:
        raise Refused.because("xml_forbidden", building.here()) from None
    except ParseError as error:
        line = error.position[0]
        raise Refused.because("not_xml", f"line {line}", "not well-formed, or not in the encoding that it declares") from None
    assert building.root is not None
    return building.root


@dataclass
class _Open:
    """An element that has begun. kept: None within what is not taken. owner: the item that it is in."""

    name: str
    kept: Element | None
    owner: Element | None
    texts: list[str] = field(default_factory=list)
    length: int = 0


class _Building:
    """What the parser calls as it reads."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self._stack: list[_Open] = []
        self._count = 0
        self._expat: Any = None

    def listen(self, parser: DefusedXMLParser) -> None:
        self._expat = parser.parser
        self._expat.XmlDeclHandler = self._declared

    def here(self) -> str:
        return f"line {self._expat.CurrentLineNumber}"

    def _declared(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise Refused.because("encoding_unknown")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._stack) >= shape.MOST_DEPTH:
            raise Refused.because("too_deep", self.here())
        if self._count > shape.MOST_ELEMENTS:
            raise Refused.because("too_many_items", self.here(), status=REASONS["too_many_items"].status)
        if len(attributes) > shape.MOST_ATTRIBUTES:
            raise self._too_long()
        self._stack.append(self._opened(_local(tag), {_local(name): value for name, value in attributes.items()}))
        for text in attributes.values():
            self._check(text)

    def data(self, text: str) -> None:
        current = self._stack[-1]
        if text.isspace():
            current.texts += [" "] if current.texts[-1:] != [" "] else []
            return
        current.length += len(text)
        if current.length > shape.LONGEST_TEXT:
            raise self._too_long()
        current.texts.append(text)

    def end(self, _tag: str) -> None:
        ended = self._stack.pop()
        text = " ".join("".join(ended.texts).split())
        if text and ended.name == shape.CPR_ELEMENT:
            raise Refused.because("national_identifier_present", self.here(), shape.SMALL)
        if text and ended.name == shape.PASSWORD_ELEMENT:
            raise Refused.because("export_too_wide", self.here(), shape.SMALL)
        self._check(text, ended.owner)
        if ended.kept is not None and ended.name not in shape.TAKEN:
            ended.kept.text = text

    def close(self) -> None:
        """Called at the end of the document; what was built is `root`."""

    def _opened(self, name: str, attributes: dict[str, str]) -> _Open:
        if not self._stack:
            if name not in shape.ROOTS:
                raise Refused.because("root_unknown", self.here(), shape.ROOT)
            self.root = Element(shape.ROOT, shape.ROOT, self._expat.CurrentLineNumber, attributes)
            return _Open(shape.ROOT, self.root, None)
        parent = self._stack[-1]
        if parent.kept is None or name not in shape.TAKEN.get(parent.name, ()):
            self._pass_over(name, parent)
            return _Open(name, None, parent.owner)
        path = name if name in shape.ITEMS else f"{parent.kept.path}/{name}"
        kept = Element(name, path, self._expat.CurrentLineNumber, attributes)
        parent.kept.children.append(kept)
        return _Open(name, kept, kept if name in shape.ITEMS else parent.owner)

    def _pass_over(self, name: str, parent: _Open) -> None:
        """Only where the format allows more than is taken; elsewhere the shape is not the one that is read here."""
        if parent.kept is None or parent.name in shape.OPEN or name in shape.DROPPED.get(parent.name, ()):
            return
        self._wrong("unknown_member", parent.owner)

    def _check(self, text: str, owner: Element | None = None) -> None:
        """No text holds a CPR number, of an element that is taken or not."""
        if len(text) > shape.LONGEST_TEXT:
            raise self._too_long()
        if cpr.present(text):
            self._wrong("national_identifier_present", owner or (self._stack[-1].owner if self._stack else None))

    def _wrong(self, reason: str, owner: Element | None) -> None:
        """Of an item where it is in one, else of the document."""
        if owner is None:
            raise Refused.because(reason, self.here())
        if reason not in {fault.reason for fault in owner.faults}:
            owner.faults.append(Fault(reason, self.here()))

    def _too_long(self) -> Refused:
        return Refused.because("value_invalid", self.here(), f"at most {shape.LONGEST_TEXT} characters, {shape.MOST_ATTRIBUTES} attributes")


def _local(name: str) -> str:
    return name.rpartition("}")[2]
