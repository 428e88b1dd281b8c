"""The oracle goes another way than the product (design 8): nothing in tests/oracle imports it, or anything but the standard library."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ORACLE = Path(__file__).parents[1] / "oracle"
PRODUCT = {"contracts", "connectors", "streams", "services"}
CALLS = {"__import__", "import_module", "exec", "eval"}


def imported(tree: ast.AST) -> Iterator[str]:
    """The top-level name of everything imported, and the names by which something could be imported out of sight."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "a relative import" if node.level else (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Name) and node.id in CALLS:
            yield node.id


def foreign(source: str) -> set[str]:
    return {name for name in imported(ast.parse(source)) if name not in sys.stdlib_module_names | {"oracle"} or name == "importlib"}


@pytest.mark.quick
def test_the_oracle_imports_nothing_of_the_product() -> None:
    files = sorted(ORACLE.rglob("*.py"))
    assert len(files) >= 8
    assert {file.name: found for file in files if (found := foreign(file.read_text(encoding="utf-8")))} == {}


@pytest.mark.quick
@pytest.mark.parametrize(
    "source",
    [
        *(f"import {name}.x" for name in sorted(PRODUCT)),
        "from streams import window",
        "from .. import x",
        "def f():\n    import msgspec",
        "import importlib",
        "__import__('streams')",
    ],
)
def test_the_check_sees_an_import(source: str) -> None:
    assert foreign(source)
