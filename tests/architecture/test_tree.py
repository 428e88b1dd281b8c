"""The house's rules on its own text: sizes, names, docstrings, one maker of envelopes, no silenced tool without a reason."""

import ast
import re
from collections.abc import Callable

import pytest
from tree import Module, called, modules, parsed, product

pytestmark = pytest.mark.quick

LONGEST_FUNCTION = 50
LONGEST_FILE = 400
SEAL = "contracts/seal.py"
NO_NAMES = re.compile(r"(Manager|Helper|Utils?)$|^(Manager|Helper|Utils?)")
SILENCED = re.compile(r"#\s*(type:\s*ignore|noqa)(\[[\w\-, ]+\]|:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*)?\s*(?P<reason>.*)$")
Defined = (ast.FunctionDef, ast.AsyncFunctionDef)

MIGRATION = re.compile(r"^services/migrations/\w+/\d{4}_\w+\.py$")
"""A migration states a schema as of its day, table by table, in one `upgrade`; it is never changed again."""


def long_functions(module: Module) -> list[str]:
    if MIGRATION.match(module.path):
        return []
    found = [node for node in ast.walk(module.tree) if isinstance(node, Defined)]
    return [f"{module.path}:{node.lineno} {node.name}" for node in found if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION]


def long_file(module: Module) -> list[str]:
    return [module.path] * (len(module.source.splitlines()) > LONGEST_FILE)


def no_docstring(module: Module) -> list[str]:
    return [module.path] * (not ast.get_docstring(module.tree))


def empty_names(module: Module) -> list[str]:
    classes = [node for node in ast.walk(module.tree) if isinstance(node, ast.ClassDef)]
    return [f"{module.path}:{node.lineno} {node.name}" for node in classes if NO_NAMES.search(node.name)]


def envelopes_made(module: Module) -> list[str]:
    """Calls of `Envelope(..)`, under whatever name it was imported."""
    if module.path == SEAL:
        return []
    aliases = {"Envelope"} | {
        alias.asname
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "contracts.envelope"
        for alias in node.names
        if alias.name == "Envelope" and alias.asname
    }
    calls = [node for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    return [f"{module.path}:{node.lineno}" for node in calls if called(node) in aliases]


def silenced(module: Module) -> list[str]:
    """Where a tool is told to be silent with no reason beside it, or with no word of what about."""
    found = [(line, SILENCED.search(text)) for line, text in enumerate(module.source.splitlines(), 1)]
    return [f"{module.path}:{line}" for line, match in found if match and (not match["reason"].strip(" #-") or not match[2])]


RULES = (long_functions, long_file, no_docstring, empty_names, envelopes_made, silenced)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: Callable[[Module], list[str]]) -> None:
    assert len(product()) > 50
    assert [found for module in product() for found in rule(module)] == []


def test_the_tests_have_docstrings_and_silence_nothing_without_a_reason() -> None:
    found = modules("tests")
    assert [one for module in found if module.path.rpartition("/")[2] != "__init__.py" for one in no_docstring(module)] == []
    assert [one for module in found if not module.path.endswith("test_tree.py") for one in silenced(module)] == []


@pytest.mark.parametrize(
    ("rule", "source"),
    [
        (long_functions, "def f():\n" + "    x = 1\n" * 50),
        (long_functions, "class A:\n    async def f(self):\n" + "        x = 1\n" * 50),
        (long_file, "x = 1\n" * 401),
        (no_docstring, ""),
        (no_docstring, "x = 1\n"),
        (empty_names, "class SheetManager: ..."),
        (empty_names, "class HelperOfAll: ..."),
        (empty_names, "def f():\n    class TimeUtils: ..."),
        (envelopes_made, "def f():\n    return Envelope(id='x')"),
        (envelopes_made, "import contracts.envelope as e\nx = e.Envelope(id='x')"),
        (envelopes_made, "from contracts.envelope import Envelope as Letter\nx = Letter()"),
        (silenced, "x = 1  # type: ignore"),
        (silenced, "x = 1  # type: ignore[arg-type]"),
        (silenced, "x = 1  # noqa because I like it"),
        (silenced, "x = 1  # noqa: E501"),
    ],
)
def test_the_rule_sees_what_breaks_it(rule: Callable[[Module], list[str]], source: str) -> None:
    assert rule(parsed("services/planted.py", source))


@pytest.mark.parametrize("source", ["x = 1  # type: ignore[arg-type] # the reason", "x = 1  # noqa: E501, DTZ007 - the reason"])
def test_a_reason_is_enough(source: str) -> None:
    assert silenced(parsed("services/planted.py", source)) == []
