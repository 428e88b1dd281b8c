"""An xAPI request to items, all or nothing: one bad statement refuses the batch, and every bad statement is named."""

from collections.abc import Iterable
from typing import Any, Final

from connectors.xapi import check, forms
from connectors.xapi.check import Checked
from connectors.xapi.compare import digest
from connectors.xapi.draft import Drafting
from connectors.xapi.statement import StatementRef
from connectors.xapi.verbs import VOIDED, kind_of
from contracts import cpr, strictjson
from contracts.connector import Item, NotUsed, Published, Request, Translation
from contracts.errors import Fault, Refused
from contracts.reasons import REASONS

MOST: Final = 500
"""Statements in one request."""
CONTENT_TYPE: Final = "application/json"


def translate(request: Request) -> Translation:
    """The items of a POST or PUT to the statements resource; the answer to POST is the ids, in order (Communication 2.1)."""
    _headers(request)
    given = _parameters(request)
    if not request.body.strip():
        raise _refused("empty_body")
    document = strictjson.parse(request.body)
    statements = _statements(document, put=request.method == "PUT")
    ids = _ids(statements, given, request)
    listed = isinstance(document, list)
    items = _items(statements, ids, request, listed=listed, clear=cpr.clear(request.body.decode()))
    if request.method == "PUT":
        return Translation(items, answer=None, status=204, listed=listed)
    return Translation(items, answer=ids, status=200, listed=listed)


def _refused(reason: str, pointer: str = "", detail: str = "") -> Refused:
    return Refused.because(reason, pointer, detail, REASONS[reason].status)


def _headers(request: Request) -> None:
    if request.method not in {"POST", "PUT"}:
        raise _refused("method_not_allowed")
    if not forms.is_version(request.headers.get("x-experience-api-version", "")):
        raise _refused("header_invalid", detail="X-Experience-API-Version: 1.0.3")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise _refused("content_type", detail=CONTENT_TYPE)


def _parameters(request: Request) -> str | None:
    """The statementId of a PUT, which takes that and nothing else; POST takes none, so neither the alternate syntax."""
    if set(request.query) - ({"statementId"} if request.method == "PUT" else set()):
        raise _refused("unknown_parameter")
    if request.method == "POST":
        return None
    given = request.query.get("statementId", "")
    if not forms.is_uuid(given):
        raise _refused("parameter_invalid", detail="statementId: a UUID")
    return given


def _statements(document: Any, *, put: bool) -> list[Any]:
    if put and not isinstance(document, dict):
        raise _refused("wrong_type")
    statements = document if isinstance(document, list) else [document]
    if not statements:
        raise _refused("empty_body")
    if len(statements) > MOST:
        raise _refused("too_many_items", detail=f"at most {MOST}")
    return statements


def _ids(statements: Iterable[Any], given: str | None, request: Request) -> list[str]:
    """Each statement's id as it is answered: its own, that of the address, or a fresh one; not yet checked."""
    return [_id(statement, given, request) for statement in statements]


def _id(statement: Any, given: str | None, request: Request) -> str:
    own = statement.get("id") if isinstance(statement, dict) else None
    return own if isinstance(own, str) else given or request.new_id()


def _items(statements: list[Any], ids: list[str], request: Request, *, listed: bool, clear: bool) -> tuple[Item, ...]:
    """clear: no string of the request holds a CPR number."""
    items: list[Item] = []
    faults: list[Fault] = []
    seen: set[str] = set()
    given = request.query.get("statementId")
    drafting = Drafting(request.registration, request.received)
    for index, (raw, name) in enumerate(zip(statements, ids, strict=True)):
        report = name.lower()
        try:
            if not clear:
                _unmarked(raw)
            checked = check.statement(raw)
            _known(report, given, seen)
            items.append(_item(checked, report, digest(raw), drafting))
        except Refused as refused:
            faults.extend(_at(f"/{index}" if listed else "", refused.faults))
        seen.add(report)
    if faults:
        raise Refused(faults)
    return tuple(items)


def _at(root: str, faults: Iterable[Fault]) -> Iterable[Fault]:
    return (Fault(fault.reason, root + fault.pointer, fault.detail) for fault in faults)


def _unmarked(raw: Any) -> None:
    """Nothing of a statement, whatever its form, may hold a CPR number."""
    hit = next(cpr.find(raw), None)
    if hit is not None:
        raise _refused("national_identifier_present", hit)


def _known(report: str, given: str | None, seen: set[str]) -> None:
    if given is not None and report != given.lower():
        raise _refused("id_mismatch", "/id")
    if report in seen:
        raise _refused("duplicate_id", "/id")


def _item(checked: Checked, report: str, content: str, drafting: Drafting) -> Item:
    verb = checked.statement.verb.id
    kind, claim = kind_of(verb), (report, content)
    drafting.check(checked)
    if verb == VOIDED:
        return Published(kind, drafts=(), claim=claim, voids=_target(checked))
    drafted = drafting.draft(checked, report)
    if isinstance(drafted, str):
        return NotUsed(kind, drafted, claim)
    return Published(kind, (drafted,), claim)


def _target(checked: Checked) -> str:
    if not isinstance(checked.object, StatementRef):
        raise _refused("value_invalid", "/object/objectType", "voided needs a StatementRef")
    return checked.object.id.lower()
