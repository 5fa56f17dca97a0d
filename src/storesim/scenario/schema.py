"""The JSON Schema that editors use to complete and explain scenario files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storesim.scenario.complete import KNOWN_MECHANISMS
from storesim.scenario.document import Scenario
from storesim.scenario.fields import Setting, every_setting, item_kind, mechanisms
from storesim.scenario.playbook import ALLOWED
from storesim.scenario.wording import bounds

_ID = "https://json-schema.org/draft/2020-12/schema"
_WHOLE_ITEMS = frozenset({"Sku", "Event", "Change", "Booking", "Slot", "Campaign", "CrossSale"})
"""Groups that stand in lists: lists are replaced whole, so nothing of an item can come from a parent file."""


def scenario_schema() -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of a scenario file.

    It accepts what a file may hold before merging: `extends`, `key+`, every spelling of a unit, and files that leave
    to their parents what `storesim validate` will ask for.
    """
    schema = Scenario.model_json_schema(by_alias=True, mode="validation")
    definitions: dict[str, Any] = schema["$defs"]
    _explain(schema)
    for name, definition in [("Scenario", schema), *definitions.items()]:
        properties = definition.get("properties", {})
        if name not in _WHOLE_ITEMS:
            definition.pop("required", None)
        for key, value in list(properties.items()):
            _loosen(value)
            if value.get("type") == "array" and name not in _WHOLE_ITEMS:
                properties[f"{key}+"] = {**value, "description": f"Added to the list '{key}' of the parent files."}
                properties[f"{key}+"].pop("default", None)
    _bound(schema)
    _name_channels(schema)
    _name_promotions(schema)
    properties = schema["properties"]
    for name in ("Stage", "Change"):
        definitions[name]["properties"]["playbook"]["description"] += f" Allowed: {', '.join(ALLOWED)}."
    schema["properties"] = {"extends": _extends(), **properties}
    return {"$schema": _ID, "$id": "storesim.schema.json", **schema, "title": "A storesim scenario"}


def _explain(schema: dict[str, Any]) -> None:
    for holder, setting in _settings(schema):
        if setting.explanation:
            holder["properties"][setting.name]["description"] = setting.explanation


def _settings(schema: dict[str, Any]) -> Iterator[tuple[dict[str, Any], Setting]]:
    """Each setting with the definition it stands in."""
    for _, setting in every_setting(Scenario):
        yield schema if setting.owner is Scenario else schema["$defs"][setting.owner.__name__], setting


def _loosen(value: dict[str, Any]) -> None:
    """Text may look like a number (`name: 618`), null removes a named group, and defaults of groups say nothing new."""
    value.pop("title", None)
    if "$ref" in value or value.get("default") in ([], {}):
        value.pop("default", None)
    if value.get("type") == "string" and "format" not in value:
        value["type"] = ["string", "number"]
    named = value.get("additionalProperties")
    if isinstance(named, dict) and "$ref" in named:
        value["additionalProperties"] = {"anyOf": [named, {"type": "null"}]}


def _bound(schema: dict[str, Any]) -> None:
    """Bounds of numbers that are written as numbers; text with a unit is left to `storesim validate`."""
    for holder, setting in _settings(schema):
        value = holder["properties"][setting.name]
        for option in [value, *value.get("anyOf", [])]:
            if "number" in option.get("type", ()) or "integer" in option.get("type", ()):
                # pydantic leaves its own words where it finds no number to bound.
                for word in ("gt", "ge", "lt", "le"):
                    option.pop(word, None)
                low, high, open_low, open_high = bounds(setting)
                option.update({"exclusiveMinimum" if open_low else "minimum": low} if low is not None else {})
                option.update({"exclusiveMaximum" if open_high else "maximum": high} if high is not None else {})


def _extends() -> dict[str, Any]:
    return {
        "description": "Scenario file, or list of files, that this one is laid over: groups merge, lists are replaced.",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
        "examples": ["presets/apparel.yaml"],
    }


def _name_channels(schema: dict[str, Any]) -> None:
    """Channels with known names complete without their mechanism; others choose by it; null removes one."""
    classes = mechanisms(item_kind(Scenario.model_fields["channels"].annotation))
    channels = schema["properties"]["channels"]
    channels.pop("minLength", None)
    channels["properties"] = {
        name: {"anyOf": [{"$ref": f"#/$defs/{classes[mechanism].__name__}"}, {"type": "null"}]}
        for name, mechanism in KNOWN_MECHANISMS.items()
    }
    for mechanism, model in classes.items():
        schema["$defs"][model.__name__]["properties"]["mechanism"] = {
            "const": mechanism,
            "description": f"How this channel brings visitors; one of {', '.join(classes)}.",
        }
    one_of = [
        {"allOf": [{"$ref": f"#/$defs/{model.__name__}"}, {"required": ["mechanism"]}]} for model in classes.values()
    ]
    channels["additionalProperties"] = {"anyOf": [*one_of, {"type": "null"}]}


def _name_promotions(schema: dict[str, Any]) -> None:
    """Promotions are told apart by their kind; null removes one."""
    classes = mechanisms(item_kind(Scenario.model_fields["promotions"].annotation))
    for kind, model in classes.items():
        schema["$defs"][model.__name__]["properties"]["kind"] = {
            "const": kind,
            "description": f"What this promotion is; one of {', '.join(classes)}.",
        }
    one_of = [{"allOf": [{"$ref": f"#/$defs/{model.__name__}"}, {"required": ["kind"]}]} for model in classes.values()]
    schema["properties"]["promotions"]["additionalProperties"] = {"anyOf": [*one_of, {"type": "null"}]}
