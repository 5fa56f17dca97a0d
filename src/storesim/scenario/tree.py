"""What a scenario file says, before anything is checked: text, lists and groups, each with its place.

Named tuples, because kept presets (`kept.py`) are thousands of them, and come back from the disk five times as fast as
dataclasses with slots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from storesim.errors import Fault

Loc = tuple[str | int, ...]

_LONGEST_MESSAGE = 800


class Place(NamedTuple):
    """Where something was written."""

    file: str
    """Path as the user wrote it, or `--set …`."""

    line: int = 0
    """Counted from 1; 0 where there are no lines."""

    column: int = 0
    """Counted from 1, in characters."""

    def fault(self, message: str) -> Fault:
        """A mistake at this place. A message is cut in the middle if it quotes a book."""
        if len(message) > _LONGEST_MESSAGE:
            half = _LONGEST_MESSAGE // 2
            message = f"{message[:half]} … {message[-half:]}"
        return Fault(self.file, self.line, self.column, message)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Scalar(NamedTuple):
    """One value: text as it was written, None for nothing or null, or a Python value from `with_`."""

    value: object
    place: Place
    blank: bool = False
    """Nothing at all was written, not even `null`."""


class Listing(NamedTuple):
    """A list."""

    items: tuple[Node, ...]
    place: Place


class Entry(NamedTuple):
    """A key of a group, and what stands under it."""

    key: Place
    node: Node


class Group(NamedTuple):
    """A mapping, in the order of the file."""

    entries: Mapping[str, Entry]
    place: Place


Node = Scalar | Listing | Group


class Spot(NamedTuple):
    """The end of a walk through a tree."""

    node: Node | None
    """What stands there; None where nothing does."""

    key: Place
    """Place of the last key or list item on the way that exists."""

    depth: int
    """Steps of the way that exist."""


def plain(node: Node) -> object:
    """The same as Python text, lists and dictionaries."""
    match node:
        case Scalar():
            return node.value
        case Listing():
            return [plain(item) for item in node.items]
        case Group():
            return {key: plain(entry.node) for key, entry in node.entries.items()}


def grown(value: object, place: Place) -> Node:
    """A tree from Python values, all of it at one place."""
    if isinstance(value, Mapping):
        return Group({str(key): Entry(place, grown(item, place)) for key, item in value.items()}, place)
    if isinstance(value, list | tuple):
        return Listing(tuple(grown(item, place) for item in value), place)
    return Scalar(value, place)


def child(node: Node | None, step: str | int) -> tuple[Node, Place] | None:
    """What stands under one key or at one number of a list, and the place of its key."""
    if isinstance(node, Group) and str(step) in node.entries:
        entry = node.entries[str(step)]
        return entry.node, entry.key
    if isinstance(node, Listing) and (index := item_index(node, step)) is not None:
        return node.items[index], node.items[index].place
    return None


def item_index(listing: Listing, step: str | int) -> int | None:
    """Number of a list's item, by number or by the `sku` or `name` it bears; None where there is none."""
    for index, item in enumerate(listing.items):
        if isinstance(step, str) and isinstance(item, Group) and step in _labels(item):
            return index
    if isinstance(step, str) and not re.fullmatch(r"\d{1,6}", step):
        return None
    return int(step) if 0 <= int(step) < len(listing.items) else None


def walk(root: Group, loc: Sequence[str | int]) -> Spot:
    """Follow `loc` from the root as far as it goes."""
    node: Node = root
    key = root.place
    for depth, step in enumerate(loc):
        found = child(node, step)
        if found is None:
            return Spot(None, key, depth)
        node, key = found
    return Spot(node, key, len(loc))


def planted(root: Group, path: Sequence[str], entry: Entry) -> Group:
    """A copy of the tree with one entry replaced or added; groups missing on the way are made.

    Raises
    ------
    KeyError
        With the number of steps that exist, if the way leads through text or past the end of a list.
    """
    made = _planted(root, tuple(path), entry, 0)
    assert isinstance(made, Group)  # noqa: S101  # a group with an entry put in it is a group
    return made


def dotted(loc: Sequence[str | int]) -> str:
    """`channels.express.daily_budget`; a name that holds a dot is put in quotes."""
    return ".".join(
        f'"{step}"' if isinstance(step, str) and "." in step and not _is_path(step) else str(step) for step in loc
    )


def leaves(node: Node, at: Loc = ()) -> Iterator[tuple[Loc, Scalar]]:
    """Every value in the tree with its way from the root."""
    match node:
        case Scalar():
            yield at, node
        case Listing():
            for index, item in enumerate(node.items):
                yield from leaves(item, (*at, index))
        case Group():
            for key, entry in node.entries.items():
                yield from leaves(entry.node, (*at, key))


def _is_path(step: str) -> bool:
    return step.partition(".")[0] in ("channels", "operations", "catalogue")


def _labels(item: Group) -> tuple[object, ...]:
    found = (item.entries.get(label) for label in ("sku", "name"))
    return tuple(entry.node.value for entry in found if entry and isinstance(entry.node, Scalar))


def _planted(node: Node, path: tuple[str, ...], entry: Entry, depth: int) -> Node:
    if not path:
        return entry.node
    step, *rest = path
    if isinstance(node, Listing):
        index = item_index(node, step)
        if index is None:
            raise KeyError(depth)
        items = list(node.items)
        items[index] = _planted(items[index], tuple(rest), entry, depth + 1)
        return Listing(tuple(items), node.place)
    if isinstance(node, Scalar):
        if node.value is not None:
            raise KeyError(depth)
        node = Group({}, node.place)
    entries = dict(node.entries)
    old = entries.get(step, Entry(entry.key, Group({}, entry.key)))
    # The last key is the new one; groups on the way stay where they were written.
    key = old.key if rest else entry.key
    entries[step] = Entry(key, _planted(old.node, tuple(rest), entry, depth + 1))
    return Group(entries, node.place)
