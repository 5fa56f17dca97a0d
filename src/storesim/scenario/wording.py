"""Pydantic's errors in the words of a shop: what was found, what is allowed, what was likely meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import annotated_types
from pydantic import BeforeValidator, ValidationError, WithJsonSchema

from storesim import units
from storesim.scenario.fields import Setting, bare, choices, notes, settings
from storesim.scenario.spec import Spec
from storesim.scenario.suggest import did_you_mean
from storesim.scenario.tree import Listing, Node

_NOUNS = {"daily_budget": ("a budget", "Write 0 to switch the channel off."), "bid": ("a bid", "")}
_UNITS = {
    units.read_money: ", CNY",
    units.read_days: " days",
    units.read_hours: " hours",
    units.read_minutes: " minutes",
}
_RANGE_ERRORS = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal"})
GROUP_ERRORS = frozenset({"model_type", "model_attributes_type", "dict_type", "mapping_type", "is_instance_of"})
_LIST_ERRORS = frozenset({"list_type", "tuple_type", "iterable_type"})


def sentences(error: ValidationError, path: str, setting: Setting | None, found: object) -> Iterator[str]:
    """One message for each line of a ValidationError about the setting at `path`."""
    for line in error.errors(include_url=False, include_input=False):
        yield sentence(line, path, setting, found)


def sentence(line: Mapping[str, Any], path: str, setting: Setting | None, found: object) -> str:
    """The message of one pydantic error about the value `found` at `path`."""
    kind, context = line["type"], line.get("ctx", {})
    if kind in ("value_error", "disagreement"):
        said = str(context.get("error") or context.get("message") or line["msg"])
        # Messages about several settings name their own path.
        complete = kind == "disagreement" and said.startswith(path.partition(".")[0])
        return said if complete or not path else f"{path}: {said}"
    if kind in _RANGE_ERRORS and setting is not None:
        return _out_of_range(path, setting, found)
    if kind == "literal_error":
        allowed = choices(setting.info.annotation) if setting else re.findall("'([^']*)'", str(context.get("expected")))
        return f"{path} is '{found}', which is not allowed{did_you_mean(str(found), allowed)}"
    if kind in GROUP_ERRORS:
        return group_wanted(path, found)
    if kind in _LIST_ERRORS:
        return _list_wanted(path, setting, found)
    return _length(kind, context, path, found) or f"{path}: {_other(kind, line, found)}"


def missing(path: str, setting: Setting | None) -> str:
    """The message for a setting that must be written and is not."""
    meaning = f" ({_lowered(setting.meaning)})" if setting and setting.meaning else ""
    return f"{path} is missing{meaning}; it has no default and must be written"


def shown(found: object) -> str:
    """A value as it was written, cut if long."""
    match found:
        case None:
            return "nothing"
        case Mapping():
            return "a group of settings"
        case list() | tuple():
            return "a list"
    text = str(found)
    return text if len(text) <= 40 else text[:37] + "…"


def _out_of_range(path: str, setting: Setting, found: object) -> str:
    noun, advice = _NOUNS.get(setting.name, ("it must be", ""))
    says = f"{noun} is" if noun != "it must be" else noun
    message = f"{path} is {shown(found)}; {says} {allowed_range(setting)}{_unit(setting)}."
    return f"{message} {advice}".strip()


def allowed_range(setting: Setting) -> str:
    """`0 or more`, `more than 0`, `0.1 to 9,999`."""
    low, high, open_low, open_high = bounds(setting)
    if low is not None and high is not None:
        if open_low or open_high:
            least, most = "more than" if open_low else "at least", "less than" if open_high else "at most"
            return f"{least} {_plain(low)} and {most} {_plain(high)}"
        return f"{_plain(low)} to {_plain(high)}"
    if low is not None:
        return f"more than {_plain(low)}" if open_low else f"{_plain(low)} or more"
    return "" if high is None else f"less than {_plain(high)}" if open_high else f"{_plain(high)} or less"


def bounds(setting: Setting) -> tuple[float | None, float | None, bool, bool]:
    """Least and most value of a setting, None where there is none, and whether each is itself not allowed."""
    low: float | None = None
    high: float | None = None
    open_low = open_high = False
    for note in setting.info.metadata:
        match note:
            case annotated_types.Ge(ge=value):
                low = value  # type: ignore[assignment]  # bounds of numbers are numbers
            case annotated_types.Gt(gt=value):
                low, open_low = value, True  # type: ignore[assignment]
            case annotated_types.Le(le=value):
                high = value  # type: ignore[assignment]
            case annotated_types.Lt(lt=value):
                high, open_high = value, True  # type: ignore[assignment]
            case _:
                continue
    return low, high, open_low, open_high


def _plain(number: float) -> str:
    return f"{number:,.10g}"


def _unit(setting: Setting) -> str:
    found = (*setting.info.metadata, *notes(setting.info.annotation))
    readers = {note.func for note in found if isinstance(note, BeforeValidator)}
    unit = next((unit for reader, unit in _UNITS.items() if reader in readers), "")
    return f"{unit} per day" if setting.name == "daily_budget" else unit


def group_wanted(path: str, found: object, owner: type[Spec] | None = None) -> str:
    """The message for something else where settings of the class `owner` are wanted."""
    if found is None:
        return f"{path} has nothing under it; write its settings, or leave the line out"
    if isinstance(found, str) and any(sign in found for sign in ":："):
        advice = "write a blank after the colon, as in 'name: value'"
        return f"{path} is the text '{shown(found)}'; a group of settings is wanted: {advice}"
    first = next(iter(settings(owner).values())) if owner else None
    example = f"{first.name}: {_example(first)}" if first else "name: value"
    return f"{path} is {shown(found)}; a group of settings is wanted, such as {{{example}}}"


def _example(setting: Setting) -> object:
    """A value as it may be written, the last of its spellings; '…' where it has no units."""
    schemas = (note.json_schema for note in setting.info.metadata if isinstance(note, WithJsonSchema))
    return next((schema["examples"][-1] for schema in schemas if schema and schema.get("examples")), "…")


def _list_wanted(path: str, setting: Setting | None, found: object) -> str:
    if found is None:
        return f"{path} has nothing under it; write a list, or leave the line out"
    if isinstance(found, Mapping):
        return f"{path} is a group of settings; a list is wanted, each item after '- '"
    allowed = choices(setting.info.annotation) if setting else ()
    example = f"[{', '.join(allowed[:2])}]" if allowed else f"[{shown(found)}]"
    return f"{path} is {shown(found)}; a list is wanted, such as {example}"


def wrong_length(path: str, node: Node | None, kind: object) -> str:
    """The message for a list that must have a certain number of values."""
    count = len(node.items) if isinstance(node, Listing) else 0
    wanted = get_args(bare(kind))
    return f"{path} has {count} value{'' if count == 1 else 's'}; {len(wanted)} are wanted"


def _length(kind: str, context: Mapping[str, Any], path: str, found: object) -> str | None:
    match kind:
        case "string_too_short":
            return f"{path} is empty; at least {context['min_length']} letter is wanted"
        case "string_too_long":
            return f"{path} has {len(str(found))} letters; at most {context['max_length']} are allowed"
        case "too_short":
            return f"{path} has {_items(context['actual_length'])}; at least {context['min_length']} wanted"
        case "too_long":
            return f"{path} has {_items(context['actual_length'])}; at most {context['max_length']} allowed"
    return None


def _items(count: object) -> str:
    return "no items" if count == 0 else "1 item" if count == 1 else f"{count} items"


def _other(kind: str, line: Mapping[str, Any], found: object) -> str:
    if kind == "string_type":
        return "nothing was written; text is wanted" if found is None else f"found {shown(found)}; text is wanted"
    if kind in ("bool_type", "bool_parsing"):
        return f"found {shown(found)}; true or false is wanted"
    return f"'{shown(found)}': {line['msg'][:1].lower()}{line['msg'][1:]}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text
