"""What suppliers send, made to order: each item with a token of its own, so that it can be found again from outside."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from contracts.dates import Micros, rfc3339

HOME_PAGE = "https://idp.unilogin.example"
SCHEME = f"{HOME_PAGE}=unilogin"
"""For `Hub.supplier(identity=...)`: the accounts of `HOME_PAGE` are Unilogins."""
ADL = "http://adlnet.gov/expapi/verbs/"

Statement = dict[str, Any]


def statement(pupil: str, at: Micros, verb: str = "answered", item: str = "", id_: UUID | None = None, **more: Any) -> Statement:
    """An answer to an item that nobody else answers; `item` names another."""
    name = str(id_ or uuid4())
    return {
        "id": name,
        "actor": {"account": {"homePage": HOME_PAGE, "name": pupil}},
        "verb": {"id": ADL + verb},
        "object": {"id": f"https://opgaver.example/{item or name}"},
        "result": {"success": True},
        "timestamp": rfc3339(at),
        **more,
    }


def void(target: str, pupil: str, id_: UUID | None = None) -> Statement:
    """Takes back a statement by its id; without a time, so that of its first receipt stands."""
    return {
        "id": str(id_ or uuid4()),
        "actor": {"account": {"homePage": HOME_PAGE, "name": pupil}},
        "verb": {"id": ADL + "voided"},
        "object": {"objectType": "StatementRef", "id": target},
    }


def attendance(rows: Iterable[tuple[str, str, str]]) -> bytes:
    """(unilogin, dd-mm-yyyy, code at the start of the day)."""
    return "\r\n".join(["unilogin;dato;start", *(";".join(row) for row in rows), ""]).encode()
