"""The source of the four packages as syntax trees, for the tests of the house's own rules."""

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("connectors", "contracts", "services", "streams")


@dataclass(frozen=True)
class Module:
    """path: from the root, with slashes."""

    path: str
    source: str
    tree: ast.Module


def parsed(path: str, source: str) -> Module:
    return Module(path, source, ast.parse(source))


def modules(*folders: str) -> list[Module]:
    found = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    return [parsed(file.relative_to(ROOT).as_posix(), file.read_text("utf-8")) for file in found]


@cache
def product() -> list[Module]:
    """Every module of the four packages."""
    return modules(*PACKAGES)


def called(node: ast.Call) -> str:
    """The last name of what is called: `because` of `Refused.because(..)`."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""
