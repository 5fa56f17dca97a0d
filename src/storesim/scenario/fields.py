"""What settings exist: a walk through the classes of a scenario, and where a name belongs."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from storesim.scenario.explained import explained
from storesim.scenario.spec import Later, Named, Spec
from storesim.scenario.tree import Group, Node, Scalar, child

TAGS: Mapping[str, str] = {"mechanism": "channel", "kind": "promotion"}
"""Settings that choose among the classes of a union, and what such a union describes."""


class Setting(NamedTuple):
    """One setting as its class declares it."""

    owner: type[Spec]
    attribute: str
    name: str
    """As it stands in files."""

    info: FieldInfo

    @property
    def explanation(self) -> str:
        """What stands under it in its class."""
        return explained(self.owner)[self.attribute]

    @property
    def meaning(self) -> str:
        """The first sentence of its explanation, without the full stop."""
        return self.explanation.split(". ")[0].split("; *assumed*")[0].strip().rstrip(".")


class Found(NamedTuple):
    """The end of a walk: the type that stands there, and the setting if it is one."""

    kind: object
    setting: Setting | None


@cache
def settings(model: type[Spec]) -> Mapping[str, Setting]:
    """Settings of one class by the name that stands in files."""
    return {
        info.alias or name: Setting(model, name, info.alias or name, info) for name, info in model.model_fields.items()
    }


def group_class(kind: object, node: Node | None = None) -> type[Spec] | None:
    """The class of settings a type stands for; for a channel or a promotion, the one its tag in `node` names."""
    kind = bare(kind)
    if isinstance(kind, type) and issubclass(kind, Spec):
        return kind
    return mechanisms(kind).get(mechanism_of(node, tag_of(kind)))


def mechanisms(kind: object) -> Mapping[str, type[Spec]]:
    """Classes of a union by the word their tag holds; empty for any other type."""
    tag = tag_of(kind)
    return {str(item.model_fields[tag].default): item for item in _members(kind) if tag in item.model_fields}


def tag_of(kind: object) -> str:
    """The setting that tells the classes of a union apart, `mechanism` or `kind`; '' for any other type."""
    members = _members(kind)
    return next((tag for tag in TAGS if members and tag in members[0].model_fields), "")


def _members(kind: object) -> list[type[Spec]]:
    return [item for item in get_args(bare(kind)) if isinstance(item, type) and issubclass(item, Spec)]


def is_named(kind: object) -> bool:
    """Whether a type is `Named[…]`, a mapping with names of the user's choice."""
    return get_origin(bare(kind)) is Named


def is_list(kind: object) -> bool:
    """Whether a type is a tuple written as a list."""
    return get_origin(bare(kind)) is tuple


def item_kind(kind: object) -> object:
    """The type of the items of `Named[…]` or of a tuple."""
    return next(iter(get_args(bare(kind))), object)


def choices(kind: object) -> tuple[str, ...]:
    """The words a `Literal` allows."""
    kind = bare(kind)
    if get_origin(kind) is tuple:
        return choices(item_kind(kind))
    return tuple(str(item) for item in get_args(kind)) if get_origin(kind) is Literal else ()


def bare(kind: object) -> object:
    """A type without `Annotated` and without `| None`; the type itself where it is loaded `Later`."""
    while get_origin(kind) is Annotated:
        inner, *notes = get_args(kind)
        kind = next((note.kind for note in notes if isinstance(note, Later)), inner)
    if get_origin(kind) in (Union, types.UnionType):
        rest = [item for item in get_args(kind) if item is not type(None)]
        return bare(rest[0]) if len(rest) == 1 else kind
    return kind


def notes(kind: object) -> tuple[object, ...]:
    """What `Annotated` says of a type, and of each of a union."""
    if get_origin(kind) is Annotated:
        inner, *said = get_args(kind)
        return (*said, *notes(inner))
    items = get_args(kind) if get_origin(kind) in (Union, types.UnionType) else ()
    return tuple(note for item in items for note in notes(item))


def find(model: type[Spec], loc: Sequence[str | int], root: Node | None = None) -> Found | None:
    """What the classes declare at `loc`; None where they declare nothing. `root` tells the channels' mechanisms."""
    found = Found(model, None)
    node = root
    for step in loc:
        owner = group_class(found.kind, node)
        if owner is not None:
            setting = settings(owner).get(str(step))
            if setting is None:
                return None
            found = Found(setting.info.annotation, setting)
        elif is_named(found.kind) or is_list(found.kind):
            found = Found(item_kind(found.kind), None)
        else:
            return None
        below = child(node, step)
        node = below[0] if below else None
    return found


def places_of(model: type[Spec], name: str) -> list[str]:
    """Groups that have a setting of this name, such as `operations.service` or `channels.<name>`."""
    return sorted({path for path, setting in every_setting(model) if setting.name == name})


@cache
def _every_setting(model: type[Spec]) -> tuple[tuple[str, Setting], ...]:
    return tuple(_settings_below(model, ""))


def every_setting(model: type[Spec]) -> Sequence[tuple[str, Setting]]:
    """Each setting below a class with the path of the group it stands in."""
    return _every_setting(model)


def _settings_below(kind: Any, path: str) -> Iterator[tuple[str, Setting]]:
    for owner in [kind] if group_class(kind) else mechanisms(kind).values():
        for setting in settings(owner).values():
            yield path, setting
            inner, way = bare(setting.info.annotation), f"{path}.{setting.name}".lstrip(".")
            if is_named(inner):
                inner, way = bare(item_kind(inner)), f"{way}.<name>"
            elif is_list(inner):
                inner = bare(item_kind(inner))
            yield from _settings_below(inner, way)


def mechanism_of(node: Node | None, tag: str = "mechanism") -> str:
    """The word written at the tag of a channel or a promotion, '' where there is none."""
    found = child(node, tag) if isinstance(node, Group) else None
    return str(found[0].value) if found and isinstance(found[0], Scalar) and found[0].value is not None else ""
