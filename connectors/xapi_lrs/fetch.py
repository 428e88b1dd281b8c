"""GET statements, page by page (xAPI 1.0.3, Communication 2.1.3 and 2.5; domain 1.1).

A scan begins behind the newest `stored` time of the last one by an overlap, and follows `more` to its end. Only then does the time
move on, so that a scan that is cut short, or comes in another order than was asked for, skips nothing.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

import msgspec
from msgspec import Raw, Struct

from contracts.dates import Micros, instant, micros, rfc3339
from contracts.puller import Answer, Asking, Http, Page, Unfetched

VERSION: Final[Mapping[str, str]] = {"x-experience-api-version": "1.0.3"}
CONSISTENT: Final = "x-experience-api-consistent-through"


class Cursor(Struct, omit_defaults=True, frozen=True):
    """since: what was stored up to here is known, but for latecomers; None before the first scan ended. newest: stored time seen in this
    scan. through: up to when the LRS shows all but latecomers, at the page where that was earliest. more: the next page's address."""

    since: Micros | None = None
    newest: Micros | None = None
    through: Micros | None = None
    more: str = ""


class _StatementResult(Struct):
    statements: list[Raw]
    more: str | None = None


class _Kept(Struct):
    stored: str | None = None
    attachments: Raw = Raw()


_result = msgspec.json.Decoder(_StatementResult).decode
_kept = msgspec.json.Decoder(_Kept).decode
_cursor = msgspec.json.Decoder(Cursor).decode


async def fetch(http: Http, cursor: bytes, asking: Asking) -> Page:
    """The next page. A `more` that the LRS does not know any longer (it need not after 24 h) begins the scan again."""
    at = _cursor(cursor) if cursor else Cursor()
    if not at.more:
        return _page(at, await _first(http, at, asking), http, asking)
    try:
        return _page(at, await http.get(at.more, {}, VERSION), http, asking)
    except Unfetched as unfetched:
        if unfetched.trouble != "refused":
            raise
    again = Cursor(since=at.since)
    return _page(again, await _first(http, again, asking), http, asking)


async def _first(http: Http, at: Cursor, asking: Asking) -> Answer:
    """`exact`: as the LRS got them, which is the form for import. Without attachments, whose bodies the hub never takes."""
    query = {"ascending": "true", "limit": str(asking.items), "format": "exact", "attachments": "false"}
    if at.since is not None:
        query["since"] = rfc3339(max(0, at.since - asking.overlap))
    return await http.get("statements", query, VERSION)


def _page(at: Cursor, answer: Answer, http: Http, asking: Asking) -> Page:
    result = _read(answer)
    more = result.more or ""
    if more and not http.own(more):
        raise Unfetched("foreign_address")
    if more and more == at.more:
        raise Unfetched("endless")
    kept = [_looked_at(raw) for raw in result.statements]
    stored = [time for _, time in kept if time is not None]
    scan = Cursor(at.since, _latest(at.newest, *stored), _earliest(at.through, _shown_through(answer.headers)), more)
    cursor = scan if more else _ended(scan, asking.now)
    return Page(tuple(body for body, _ in kept), msgspec.json.encode(cursor), more=bool(more))


def _shown_through(headers: Mapping[str, str]) -> Micros | None:
    """As the LRS says (Communication 2.1.3), else when it answered by its own clock (RFC 9110, 6.6.1): a scan may go on for long, and what
    came meanwhile behind where it stood is for the next."""
    said = _instant(headers.get(CONSISTENT))
    return _http_date(headers.get("date", "")) if said is None else said


def _http_date(written: str) -> Micros | None:
    try:
        return micros(parsedate_to_datetime(written))
    except (ValueError, TypeError, OverflowError):
        return None


def _read(answer: Answer) -> _StatementResult:
    try:
        return _result(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unfetched("not_a_page") from None


def _ended(scan: Cursor, now: Micros) -> Cursor:
    """The time moves on, never back, and never past the hub's own: an LRS whose clock was once ahead must not silence what comes after."""
    reached = _earliest(scan.newest, scan.through, now) if scan.newest is not None else None
    return Cursor(since=_latest(scan.since, reached))


def _looked_at(raw: Raw) -> tuple[bytes, Micros | None]:
    """A statement without its attachments, and when it was stored. What is wrong with it is for its connector to say."""
    body = bytes(raw)
    try:
        kept = _kept(body)
        if bytes(kept.attachments):
            statement = msgspec.json.decode(body)
            del statement["attachments"]
            body = msgspec.json.encode(statement)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return body, None
    return body, _instant(kept.stored)


def _instant(written: str | None) -> Micros | None:
    try:
        return None if written is None else instant(written)
    except (ValueError, TypeError, OverflowError):
        return None


def _latest(*times: Micros | None) -> Micros | None:
    return max((time for time in times if time is not None), default=None)


def _earliest(*times: Micros | None) -> Micros | None:
    return min((time for time in times if time is not None), default=None)
