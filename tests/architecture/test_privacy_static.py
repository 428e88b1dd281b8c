"""What the source must look like so that no payload value reaches an error text: constant reasons, all known, all used."""

import ast
from collections.abc import Iterator

import pytest
from tree import Module, called, modules, parsed, product

from contracts.reasons import REASONS

pytestmark = pytest.mark.quick

TABLE = "contracts/reasons.py"
TAKERS = {
    "because": 0, "Fault": 0, "NotUsedItem": 0, "FailedItem": 0, "RefusedRequest": 0,  # the hub's own
    "NotUsed": 1, "Failed": 1, "failed": 1, "fault": 0,  # a connector's
}  # fmt: skip
"""What takes a reason -> the place of it among the arguments."""


def named(module: Module) -> Iterator[tuple[str, str]]:
    """(where, reason) of the reasons that are written down where one is taken; `fault` is asked for one only with a plain string."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) in TAKERS:
            place = TAKERS[called(node)]
            given = node.args[place : place + 1] + [keyword.value for keyword in node.keywords if keyword.arg == "reason"]
            for argument in given:
                yield from ((f"{module.path}:{node.lineno}", text) for text in chosen(argument))


def chosen(node: ast.expr) -> Iterator[str]:
    """The constants that an expression may come to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from (*chosen(node.body), *chosen(node.orelse))


def texts(module: Module) -> Iterator[ast.expr]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and called(node) == "Reason":
            yield from (*node.args, *(keyword.value for keyword in node.keywords))


def test_every_text_of_the_table_is_a_constant() -> None:
    (table,) = [module for module in product() if module.path == TABLE]
    found = list(texts(table))
    assert len(found) >= 2 * len(REASONS)
    assert all(isinstance(text, ast.Constant) for text in found)
    assert not list(texts(parsed("x", "y = 1")))
    assert [type(text) for text in texts(parsed("x", "Reason(f'{value}', mend=name)"))] == [ast.JoinedStr, ast.Name]


def test_no_reason_is_made_elsewhere() -> None:
    assert [module.path for module in product() if module.path != TABLE and list(texts(module))] == []


def test_every_reason_that_is_given_is_in_the_table() -> None:
    given = [found for module in product() for found in named(module)]
    assert len(given) > 50
    assert [found for found in given if found[1] not in REASONS] == []


def test_every_reason_of_the_table_is_given_somewhere() -> None:
    words = {
        node.value
        for module in modules("contracts", "connectors", "services", "streams")
        if module.path != TABLE
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert sorted(set(REASONS) - words) == []


def test_no_reason_is_put_together() -> None:
    """A reason that is an f-string could carry a value."""
    made = [
        f"{module.path}:{node.lineno}"
        for module in product()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and called(node) in TAKERS
        for argument in node.args[TAKERS[called(node)] : TAKERS[called(node)] + 1]
        if isinstance(argument, ast.JoinedStr | ast.BinOp)
    ]
    assert made == []


@pytest.mark.parametrize(
    "source",
    [
        "raise Refused.because('no_such_reason')",
        "Fault(reason='no_such_reason')",
        "NotUsed(kind, 'blank' if x else 'no_such_reason')",
        "row.fault('no_such_reason', 'dato')",
    ],
)
def test_the_check_sees_an_unknown_reason(source: str) -> None:
    assert "no_such_reason" in [reason for _, reason in named(parsed("x", source))]


SEEN: dict[str, str] = {
    "at": "a pointer made of the standard's own member names",
    "index": "a place in a list",
    "name": "a member or parameter that the connector knows by name",
    "file": "a file name that the package's standard gives",
    "line": "a line number",
    "place": "a place in the package",
    "field": "a field of one of our own models",
    "rest": "a pointer, made by one of these",
    "target": "a file name that the package's standard gives",
    "len(unknown)": "how many",
    "cells": "how many",
    "columns": "how many",
    "limit": "a setting",
    "self._largest": "a setting",
    "error.start": "a place in the body",
    "error.lineno": "a place in the body",
    "error.colno": "a place in the body",
    "fault.pointer": "a pointer, made by one of these",
    "wrong.pointer": "a field of one of our own models",
    "', '.join(sorted(known))": "the hub's own connectors",
    "', '.join(sorted(pullers))": "those of them that fetch",
}
"""What may be put into the pointer or the detail of a fault, each looked at: what it is, and so no payload value."""


def put_in(module: Module) -> Iterator[tuple[str, str]]:
    """(where, expression) of what is formatted into a fault; constants in capitals are ours."""
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call) and called(node) in TAKERS]
    for node in calls:
        for part in ast.walk(node):
            if isinstance(part, ast.FormattedValue) and not ast.unparse(part.value).rpartition(".")[2].isupper():
                yield f"{module.path}:{node.lineno}", ast.unparse(part.value)


def test_nothing_is_put_into_a_fault_that_was_not_looked_at() -> None:
    found = [one for module in product() for one in put_in(module)]
    assert len(found) > 20
    assert [one for one in found if one[1] not in SEEN] == [], "can it hold a payload value? If not, say in SEEN what it is"
    assert list(put_in(parsed("x", "Refused.because('not_csv', f'line {n}', f'not {row.value}')"))) == [("x:1", "n"), ("x:1", "row.value")]
