"""YAML 1.2 text to a tree with places. Nothing is resolved: `NO`, `1e3` and `2027-01-01` stay the text they are."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.reader import Reader

from storesim.errors import Fault
from storesim.scenario.syntax import not_yaml, wide_blanks, wide_colon, wide_colon_in, wide_colons
from storesim.scenario.tree import Entry, Group, Listing, Node, Place, Scalar

MOST_DEPTH = 30
MOST_NODES = 100_000
_LONGEST_LINE = 100_000

_REST_OF_THOUSANDS = re.compile(r"\d{3}(\.\d+)?(元|万|%)?")
"""What is left of `¥1,500` behind its comma."""

_COMMON_BLANKS = dict.fromkeys(map(ord, "\t\n\r"))
_NULLS = ("", "~", "null", "Null", "NULL")
# Besides its own errors, ruamel's scanner trips over some malformed texts with plain Python errors.
_NOT_YAML = (YAMLError, ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError)


def parsed(text: str, shown: str) -> tuple[Group | None, list[Fault]]:
    """The tree of a YAML text (None where it has no usable root), and every fault of its form."""
    if not re.search(r"^\s*[^\s#]", text, re.MULTILINE):
        message = "the file is empty; a scenario has at least store, market, channels and catalogue"
        return None, [Fault(shown, 1, 1, message)]
    if found := wide_blanks(text, shown):
        return None, found
    if found := _long_lines(text, shown):
        return None, found
    builder = Builder(shown)
    try:
        root = builder.build(_events(text))
    except _Stop:
        return None, builder.faults
    except RecursionError:
        return None, [*builder.faults, Fault(shown, 1, 1, f"settings are nested more than {MOST_DEPTH} deep")]
    except _NOT_YAML as error:
        return None, [*builder.faults, *not_yaml(error, text, shown)]
    if isinstance(root, Group):
        return root, builder.faults
    return None, [*builder.faults, *(wide_colons(text, shown) or [_no_group(root, shown)])]


def parsed_value(text: str, place: Place) -> tuple[Node | None, list[Fault]]:
    """The tree of one value, as after `--set`, all of it at `place`."""
    builder = Builder(place.file)
    try:
        node = builder.build(_events(text)) if text.strip() else None
    except _Stop:
        node = None
    except (*_NOT_YAML, RecursionError):
        # A value such as `a: b: c` or `*x` is no YAML; it is then meant as text.
        node = Scalar(text, place)
    faults = [place.fault(fault.message) for fault in builder.faults]
    return (None if faults else _moved(node or Scalar(None, place), place)), faults


class _Stop(Exception):  # no error: the faults are in the builder
    """Building cannot go on."""


class _Open:
    """A list or group that is not finished."""

    def __init__(self, place: Place, anchor: str | None, nodes_before: int, *, is_group: bool) -> None:
        self.place, self.anchor, self.nodes_before, self.is_group = place, anchor, nodes_before, is_group
        self.items: list[Node] = []
        self.entries: dict[str, Entry] = {}
        self.key: tuple[str | None, Place] | None = None


class Builder:
    """Builds a tree from YAML events without recursion, so that depth cannot exhaust the stack."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.faults: list[Fault] = []
        self._anchors: dict[str, tuple[Node, int]] = {}
        self._stack: list[_Open] = []
        self._root: Node | None = None
        self._nodes = 0
        self._documents = 0
        self._aliases = 0

    def build(self, events: Any) -> Node | None:
        """Take every event; the root, or None for an empty document."""
        for event in events:
            match type(event).__name__:
                case "DocumentStartEvent":
                    self._document(event)
                case "ScalarEvent":
                    self._scalar(event)
                case "AliasEvent":
                    self._alias(event)
                case "MappingStartEvent" | "SequenceStartEvent":
                    self._open(event)
                case "MappingEndEvent" | "SequenceEndEvent":
                    self._close()
        return self._root

    def _place(self, event: Any) -> Place:
        return Place(self.shown, event.start_mark.line + 1, event.start_mark.column + 1)

    def _stop(self, place: Place, message: str) -> None:
        self.faults.append(place.fault(message))
        raise _Stop

    def _document(self, event: Any) -> None:
        self._documents += 1
        if self._documents > 1:
            self._stop(self._place(event), "a second document begins here with '---'; a file holds one scenario")

    def _refuse_tag(self, event: Any) -> None:
        if event.tag is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            message = f"the YAML tag '{tag}' is not allowed; a scenario holds plain text, numbers, lists and groups"
            self.faults.append(self._place(event).fault(message))

    def _count(self, place: Place, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MOST_NODES:
            advice = "put long lists of SKUs in a CSV file, named by catalogue.file"
            if self._aliases:
                advice = "anchors (&) and aliases (*) must not multiply"
            self._stop(place, f"the file unfolds to more than {MOST_NODES:,} values; {advice}")

    def _scalar(self, event: Any) -> None:
        self._refuse_tag(event)
        place = self._place(event)
        bare = not event.style
        if bare and (at := wide_colon_in(event.value)) is not None:
            self.faults.append(wide_colon(self.shown, place.line, place.column + at))
        if bare and re.fullmatch("[“”‘’].*[“”‘’]", event.value):
            self.faults.append(
                place.fault(f'found curly quotation marks, {event.value[0]}; write straight ones, "…", or none')
            )
        self._count(place, 1)
        value = None if bare and event.value in _NULLS else event.value
        self._put(Scalar(value, place, blank=bare and event.value == ""), event.anchor, 1)

    def _alias(self, event: Any) -> None:
        place = self._place(event)
        if event.anchor not in self._anchors:
            message = (
                f"the alias *{event.anchor} has no anchor &{event.anchor} before it, or stands inside it; "
                "put text that begins with '*' in quotes"
            )
            self._stop(place, message)
        self._aliases += 1
        node, size = self._anchors[event.anchor]
        self._count(place, size)
        self._put(node, None, size)

    def _open(self, event: Any) -> None:
        self._refuse_tag(event)
        place = self._place(event)
        if len(self._stack) >= MOST_DEPTH:
            self._stop(place, f"settings are nested more than {MOST_DEPTH} deep")
        self._count(place, 1)
        is_group = type(event).__name__ == "MappingStartEvent"
        self._stack.append(_Open(place, event.anchor, self._nodes, is_group=is_group))

    def _close(self) -> None:
        done = self._stack.pop()
        node: Node = Group(done.entries, done.place) if done.is_group else Listing(tuple(done.items), done.place)
        self._put(node, done.anchor, self._nodes - done.nodes_before + 1)

    def _put(self, node: Node, anchor: str | None, size: int) -> None:
        if anchor:
            self._anchors[anchor] = node, size
        if not self._stack:
            self._root = node
            return
        above = self._stack[-1]
        if not above.is_group:
            above.items.append(node)
        elif above.key is None:
            above.key = self._key(node, above)
        else:
            (name, place), above.key = above.key, None
            if name is not None and isinstance(node, Scalar) and node.blank and _REST_OF_THOUSANDS.fullmatch(name):
                message = (
                    f"'{name}' stands alone behind a comma; in braces a comma ends a value: leave it out, or use quotes"
                )
                self.faults.append(place.fault(message))
            elif name is not None:
                # Nothing after a colon has no place of its own; the key's is where one looks.
                node = Scalar(None, place, blank=True) if isinstance(node, Scalar) and node.blank else node
                above.entries[name] = Entry(place, node)

    def _key(self, node: Node, above: _Open) -> tuple[str | None, Place]:
        """Name and place of a key; None for a faulty one, whose value is then dropped."""
        if not isinstance(node, Scalar):
            self.faults.append(node.place.fault("the name of a setting is text; found a list or a group"))
            return None, node.place
        name = "" if node.value is None else str(node.value)
        if wide_colon_in(name) is not None:
            return None, node.place
        if name == "<<":
            self.faults.append(node.place.fault("'<<' is not YAML 1.2; use 'extends', or repeat the settings"))
            return None, node.place
        if name in above.entries:
            first = above.entries[name].key.line
            message = f"'{name}' is written twice in one group, first in line {first}; keep one"
            self.faults.append(node.place.fault(message))
            return None, node.place
        return name, node.place


class _QuickReader(Reader):
    """Ruamel's reader, whose own search for special characters takes longer to compile than a scenario to read."""

    def check_printable(self, data: Any) -> None:
        # Whatever Python calls printable YAML allows; of the rest, blanks and breaks are common.
        if not data.translate(_COMMON_BLANKS).isprintable():
            super().check_printable(data)


def _events(text: str) -> Any:
    yaml = YAML(typ="safe", pure=True)
    yaml.Reader = _QuickReader
    return yaml.parse(text)


def _long_lines(text: str, shown: str) -> list[Fault]:
    """Lines no person wrote; for some of them the parser would need minutes."""
    return [
        Fault(shown, number, 1, f"the line has {len(line):,} characters; at most {_LONGEST_LINE:,} are read")
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > _LONGEST_LINE
    ]


def _no_group(root: Node | None, shown: str) -> Fault:
    place = root.place if root else Place(shown, 1, 1)
    match root:
        case Listing():
            found = "a list"
        case Scalar() if root.value is not None:
            found = "text"
        case _:
            found = "nothing"
    return place.fault(f"a scenario is a group of settings, such as 'store: {{name: …}}'; found {found}")


def _moved(node: Node, place: Place) -> Node:
    match node:
        case Scalar():
            return Scalar(node.value, place, node.blank)
        case Listing():
            return Listing(tuple(_moved(item, place) for item in node.items), place)
        case Group():
            entries = {key: Entry(place, _moved(entry.node, place)) for key, entry in node.entries.items()}
            return Group(entries, place)
