"""Discovery: every connector, indicator, group indicator and view declares itself, or the hub does not start."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import connectors
import services.serve.views
import streams.groups
import streams.indicators
from contracts.connector import Connector
from contracts.errors import Fatal
from contracts.group_indicator import GroupIndicator
from contracts.indicator import Indicator
from contracts.puller import Puller
from contracts.versions import beside_each_other
from services.serve.asking import View
from streams.last_activity import LAST_ACTIVITY


def discover_connectors() -> dict[str, Connector]:
    """By name, which is the folder's. A folder that declares a puller is one of `discover_pullers`."""
    return {name: _declared(module, "CONNECTOR", Connector, name) for name, module in _modules(connectors) if not hasattr(module, "PULLER")}


def discover_pullers(known: Mapping[str, Connector]) -> dict[str, Puller]:
    """By name, which is the folder's. known: the connectors, of which each puller's items are read by one."""
    found = {name: _declared(module, "PULLER", Puller, name) for name, module in _modules(connectors) if hasattr(module, "PULLER")}
    if strange := sorted(name for name, one in found.items() if one.reads not in known):
        raise Fatal(f"starting: {', '.join(strange)} has its items read by a connector that there is not")
    return found


def discover_indicators() -> list[Indicator]:
    """In the order of their ids (I1, I2, ..), the newest version first."""
    found = [_declared(module, "INDICATOR", Indicator, definition_name(name)) for name, module in _modules(streams.indicators)]
    return sorted(beside_each_other(found), key=lambda one: int(one.id[1:]))


def discover_measures() -> list[Indicator]:
    """All that sheets are measured by: the indicators, and what stands beside them."""
    return [*discover_indicators(), LAST_ACTIVITY]


def discover_group_indicators() -> list[GroupIndicator]:
    """In the order of their ids (G1, G2, ..), the newest version first."""
    found = [_declared(module, "INDICATOR", GroupIndicator, definition_name(name)) for name, module in _modules(streams.groups)]
    return sorted(beside_each_other(found), key=lambda one: int(one.id[1:]))


def definition_name(module: str) -> str:
    """`items_answered_v2` declares a version of `items-answered`, as `items_answered` does."""
    return re.sub(r"_v\d+$", "", module).replace("_", "-")


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
