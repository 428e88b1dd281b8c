"""The hub's topics as an AsyncAPI 3.0 document: one channel per family, keyed by the subject's pseudonym (design 3)."""

from collections.abc import Mapping
from typing import Any, Final

from contracts.kinds import INTAKE_TYPES, LOG_DAYS, Family, Kind

Document = dict[str, Any]

VERSION: Final = "3.0.0"
MEDIA_TYPE: Final = "application/cloudevents+json"
SCHEMA_FORMAT: Final = "application/schema+json;version=draft-2020-12"
BINDING_VERSION: Final = "0.5.0"


def asyncapi(kinds: Mapping[str, Kind]) -> Document:
    """Channels, operations and messages; payloads refer to the JSON Schemas that lie beside the document."""
    types = {**{type_: kind.family for type_, kind in kinds.items()}, **dict.fromkeys(INTAKE_TYPES.values(), Family.INTAKE)}
    families = [family for family in Family if family in types.values()]
    return {
        "asyncapi": VERSION,
        "info": {
            "title": "Fremgang",
            "version": "1.0.0",
            "description": f"The log of one hub, kept {LOG_DAYS} days: transport, no archive. Records are CloudEvents 1.0, structured.",
        },
        "defaultContentType": MEDIA_TYPE,
        "channels": {family: _channel(family, [one for one in types if types[one] is family]) for family in families},
        "operations": {name: operation for family in families for name, operation in _operations(family).items()},
        "components": {"messages": {type_: _message(type_) for type_ in types}},
    }


def _channel(family: Family, types: list[str]) -> Document:
    return {
        "address": f"{{hub}}.{family}",
        "title": f"The family {family}",
        "parameters": {"hub": {"description": "The prefix of one hub's topics; one hub is one data controller."}},
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in types},
        "bindings": {"kafka": {"bindingVersion": BINDING_VERSION}},
    }


def _operations(family: Family) -> Document:
    channel = {"$ref": f"#/channels/{family}"}
    return {
        f"append.{family}": {"action": "send", "channel": channel, "summary": "Intake appends what it has sealed, before it answers 2xx."},
        f"fold.{family}": {"action": "receive", "channel": channel, "summary": "The process loop merges it into sheets."},
    }


def _message(type_: str) -> Document:
    data = {"properties": {"type": {"const": type_}, "data": {"$ref": f"./{type_}.json"}}}
    key = {"type": "string", "description": "The subject: a pseudonym, so that all of a subject is in one partition, in order."}
    return {
        "name": type_,
        "contentType": MEDIA_TYPE,
        "payload": {"schemaFormat": SCHEMA_FORMAT, "schema": {"allOf": [{"$ref": "./envelope.json"}, data]}},
        "bindings": {"kafka": {"key": key, "bindingVersion": BINDING_VERSION}},
    }
