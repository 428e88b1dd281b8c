"""Discovery: every connector, indicator and view declares itself, or the hub does not start."""

import importlib
import pkgutil
from types import ModuleType
from typing import Any

import connectors
import services.serve.views
import streams.indicators
from contracts.connector import Connector
from contracts.errors import Fatal
from contracts.indicator import Indicator
from services.serve.asking import View


def discover_connectors() -> dict[str, Connector]:
    """By name, which is the folder's."""
    return {name: _declared(module, "CONNECTOR", Connector, name) for name, module in _modules(connectors)}


def discover_indicators() -> list[Indicator]:
    """In the order of their ids (I1, I2, ..)."""
    found = [_declared(module, "INDICATOR", Indicator, name.replace("_", "-")) for name, module in _modules(streams.indicators)]
    return sorted(found, key=lambda one: int(one.id[1:]))


def discover_views() -> list[View]:
    return [_declared(module, "VIEW", View, name) for name, module in _modules(services.serve.views)]


def _modules(package: ModuleType) -> list[tuple[str, ModuleType]]:
    return [(one.name, importlib.import_module(f"{package.__name__}.{one.name}")) for one in pkgutil.iter_modules(package.__path__)]


def _declared(module: ModuleType, attribute: str, type_: type[Any], name: str) -> Any:
    value = getattr(module, attribute, None)
    if not isinstance(value, type_):
        raise Fatal(f"starting: {module.__name__} declares no {attribute}")
    if value.name != name:
        raise Fatal(f"starting: {module.__name__} declares itself under another name, {value.name}")
    return value
