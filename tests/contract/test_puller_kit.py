"""The kit that every puller is held to: its declaration, resuming from any cursor without loss, and what a source may do to it.

A new puller is one line in `SOURCES`: a source of the tests' own that speaks its standard.
"""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from lrs import PASSWORD, USERNAME, Lrs, Told
from sending import statement

import connectors
from contracts.dates import SECOND, Micros, instant
from contracts.puller import TROUBLES, Access, Asking, Page, Puller, Unfetched
from services.pull.client import Client
from services.registry import discover_connectors, discover_pullers

NOW: Micros = instant("2026-11-24T12:00:00Z")
ASKING = Asking(items=3, overlap=5 * SECOND, now=NOW)
CONNECTORS = discover_connectors()
PULLERS = discover_pullers(CONNECTORS)
SOURCES: dict[str, Callable[[], Lrs]] = {"xapi_lrs": Lrs}

each_puller = pytest.mark.parametrize("puller", PULLERS.values(), ids=PULLERS)
pytestmark = pytest.mark.quick


async def no_pause(_seconds: float) -> None:
    return


class Reader:
    """A puller at its source, with what it has read."""

    def __init__(self, puller: Puller) -> None:
        self.puller, self.source = puller, SOURCES[puller.name]()
        http = httpx.AsyncClient(transport=self.source.transport(), auth=httpx.BasicAuth(USERNAME, PASSWORD))
        self.client = Client(http, "https://source.example/xapi", 100_000, no_pause)

    def put(self, number: int, at: Micros) -> None:
        self.source.store(statement("anna1a2b", at, item=f"n{number}"), at)

    async def page(self, cursor: bytes) -> Page:
        return await self.puller.fetch(self.client, cursor, ASKING)

    async def to_the_end(self, cursor: bytes) -> list[Page]:
        pages = [await self.page(cursor)]
        while pages[-1].more:
            pages.append(await self.page(pages[-1].cursor))
        return pages


def numbers(*pages: Page) -> set[str]:
    return {json.loads(item)["object"]["id"].rpartition("/")[2] for page in pages for item in page.items}


def full(puller: Puller) -> tuple[Reader, set[str]]:
    """Ten items, of which two that share a time stand on two pages."""
    reader = Reader(puller)
    for number, second in enumerate((0, 1, 2, 2, 4, 30, 60, 90, 91, 92)):
        reader.put(number, NOW - 300 * SECOND + second * SECOND)
    return reader, {f"n{number}" for number in range(10)}


def test_there_are_pullers_and_each_has_a_source() -> None:
    assert set(PULLERS) == set(SOURCES)
    assert PULLERS


@each_puller
def test_the_declaration_is_complete(puller: Puller) -> None:
    assert puller.title.strip()
    assert puller.kind in CONNECTORS[puller.reads].item_kinds
    assert (Path(connectors.__path__[0]) / puller.name / "README.md").stat().st_size > 200


@each_puller
async def test_all_is_read_in_pages_no_larger_than_asked_for(puller: Puller) -> None:
    reader, everything = full(puller)
    pages = await reader.to_the_end(b"")
    assert numbers(*pages) == everything
    assert len(pages) == 4
    assert all(len(page.items) <= ASKING.items for page in pages)


@each_puller
async def test_from_any_cursor_nothing_is_lost(puller: Puller) -> None:
    reader, everything = full(puller)
    pages = await reader.to_the_end(b"")
    for done in range(len(pages) + 1):
        cursor = pages[done - 1].cursor if done else b""
        rest = await reader.to_the_end(cursor)
        assert numbers(*pages[:done], *rest) == everything


async def first_pages(reader: Reader, count: int) -> tuple[set[str], bytes]:
    """What they held, and the cursor behind them."""
    read, cursor = set[str](), b""
    for _ in range(count):
        page = await reader.page(cursor)
        read |= numbers(page)
        cursor = page.cursor
    return read, cursor


@each_puller
async def test_what_comes_late_within_the_overlap_is_found_from_any_cursor(puller: Puller) -> None:
    for cut in range(5):
        reader, everything = full(puller)
        read, cursor = await first_pages(reader, cut)
        reader.put(10, NOW - 300 * SECOND + 88 * SECOND)
        read |= numbers(*(pages := await reader.to_the_end(cursor)))
        read |= numbers(*await reader.to_the_end(pages[-1].cursor))
        assert read == everything | {"n10"}


@each_puller
async def test_what_comes_late_within_the_overlap_is_found_however_long_the_scan_still_goes_on(puller: Puller) -> None:
    """Behind where the scan stands, and long before what it ends with."""
    for cut in range(5):
        reader, everything = full(puller)
        read, cursor = await first_pages(reader, cut)
        reader.put(10, NOW - 300 * SECOND + 88 * SECOND)
        reader.put(11, NOW - 300 * SECOND + 212 * SECOND)
        read |= numbers(*(pages := await reader.to_the_end(cursor)))
        read |= numbers(*await reader.to_the_end(pages[-1].cursor))
        assert read == everything | {"n10", "n11"}


@each_puller
async def test_without_an_overlap_what_comes_late_would_be_lost(puller: Puller) -> None:
    """The source of the tests does show late what was stored early."""
    reader, _ = full(puller)
    cursor = (await reader.to_the_end(b""))[-1].cursor
    reader.put(10, NOW - 300 * SECOND + 88 * SECOND)
    page = await puller.fetch(reader.client, cursor, Asking(items=3, overlap=0, now=NOW))
    assert numbers(page) == set()


@each_puller
async def test_a_source_that_has_nothing_new_is_asked_for_the_overlap_only(puller: Puller) -> None:
    reader, _ = full(puller)
    pages = await reader.to_the_end(b"")
    again = await reader.to_the_end(pages[-1].cursor)
    assert numbers(*again) == {"n7", "n8", "n9"}
    assert len(again) == 1


@each_puller
async def test_a_clock_that_was_ahead_silences_nothing_after(puller: Puller) -> None:
    reader, _ = full(puller)
    reader.put(10, NOW + 3_600 * SECOND)
    pages = await reader.to_the_end(b"")
    reader.put(11, NOW + SECOND)
    assert "n11" in numbers(*await reader.to_the_end(pages[-1].cursor))


BODIES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not_a_page"),
    "no JSON": (b"<html>", "not_a_page"),
    "cut": (b'{"statements": [{"id": "', "not_a_page"),
    "a list": (b"[]", "not_a_page"),
    "no statements": (b"{}", "not_a_page"),
    "bytes that are no text": (b'{"statements": [], "more": "\xff"}', "not_a_page"),
    "deep": (b'{"statements": [' + b"[" * 40_000 + b"]" * 40_000 + b"]}", "not_a_page"),
    "more of another server": (b'{"statements": [], "more": "https://elsewhere.example/xapi/more"}', "foreign_address"),
    "more without a scheme": (b'{"statements": [], "more": "//elsewhere.example/xapi/more"}', "foreign_address"),
    "more over plain HTTP": (b'{"statements": [], "more": "http://source.example/xapi/more"}', "foreign_address"),
    "more of another port": (b'{"statements": [], "more": "https://source.example:8443/more"}', "foreign_address"),
    "more that is no address": (b'{"statements": [], "more": "http://[::1"}', "foreign_address"),
    "more that is no text": (b'{"statements": [], "more": 7}', "not_a_page"),
    "huge": (b'{"statements": [], "x": "' + b"x" * 100_000 + b'"}', "too_large"),
}


@each_puller
@pytest.mark.parametrize("name", BODIES)
async def test_an_answer_that_is_no_page_is_a_trouble_and_moves_nothing(puller: Puller, name: str) -> None:
    reader, everything = full(puller)
    body, trouble = BODIES[name]
    first = await reader.page(b"")
    for cursor in (b"", first.cursor):
        reader.source.faults = [(200, {"Content-Type": "application/json"}, body)]
        with pytest.raises(Unfetched) as unfetched:
            await reader.page(cursor)
        assert unfetched.value.trouble == trouble
    assert numbers(*await reader.to_the_end(b"")) == everything


@each_puller
@pytest.mark.parametrize(("status", "trouble"), [(401, "not_allowed"), (403, "not_allowed"), (404, "refused"), (302, "refused")])
async def test_what_will_not_pass_is_asked_once(puller: Puller, status: int, trouble: str) -> None:
    reader, _ = full(puller)
    reader.source.faults = [(status, {"Location": "https://elsewhere.example/"}, b"")] * 9
    with pytest.raises(Unfetched) as unfetched:
        await reader.page(b"")
    assert (unfetched.value.trouble, unfetched.value.lasting, len(reader.source.asked)) == (trouble, True, 1)
    assert trouble in TROUBLES


@each_puller
async def test_a_next_page_that_the_source_forgot_begins_the_scan_again(puller: Puller) -> None:
    reader, everything = full(puller)
    first = await reader.page(b"")
    reader.source.faults = [(404, {}, b"")]
    assert numbers(*await reader.to_the_end(first.cursor)) == everything


@each_puller
async def test_a_next_page_that_is_the_same_page_is_a_trouble(puller: Puller) -> None:
    reader, _ = full(puller)
    same = b'{"statements": [], "more": "/xapi/more?again"}'
    reader.source.faults = [(200, {}, same), (200, {}, same)]
    page = await reader.page(b"")
    with pytest.raises(Unfetched) as unfetched:
        await reader.page(page.cursor)
    assert unfetched.value.trouble == "endless"


@each_puller
async def test_the_credential_goes_to_the_source_alone(puller: Puller) -> None:
    reader, _ = full(puller)
    assert (await reader.page(b"")).items
    for address in ("https://elsewhere.example/xapi/statements", "//elsewhere.example/xapi/more", "http://source.example/xapi/more"):
        with pytest.raises(Unfetched) as unfetched:
            await reader.client.get(address, {}, {})
        assert unfetched.value.trouble == "foreign_address"
    assert len(reader.source.asked) == 1
    assert PASSWORD not in repr(Access(puller.name, "https://source.example/xapi", USERNAME, PASSWORD))


FAULTS: list[Told] = [(429, {"Retry-After": "7"}, b""), (503, {}, b""), (500, {}, b""), (408, {}, b"")]


@each_puller
async def test_what_passes_is_tried_again(puller: Puller) -> None:
    reader, everything = full(puller)
    reader.source.faults = list(FAULTS)
    assert numbers(*await reader.to_the_end(b"")) == everything
