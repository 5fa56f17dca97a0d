"""Files laid over one another: `extends`, `key+`, and single settings from the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storesim.errors import Fault, UsageError
from storesim.scenario.suggest import did_you_mean
from storesim.scenario.text import parsed_value
from storesim.scenario.tree import Entry, Group, Listing, Node, Place, Scalar, child, planted, walk

_STEP = re.compile(r'"([^"]*)"|([^."]+)')


def laid_over(below: Group, above: Group, faults: list[Fault]) -> Group:
    """`above` over `below`: groups merge, everything else replaces, `key+` appends to the list `key`.

    A `key+` that finds no list stays as it is; `checks.completed` then puts it behind the default.
    """
    entries = dict(below.entries)
    for key, entry in above.entries.items():
        if key.endswith("+"):
            _append(entries, key, entry, above, faults)
        elif isinstance(entry.node, Group):
            old = entries[key].node if key in entries else None
            under = old if isinstance(old, Group) else Group({}, entry.key)
            entries[key] = Entry(entry.key, laid_over(under, entry.node, faults))
        else:
            entries.pop(key + "+", None)
            entries[key] = entry
    # A table of SKUs and a list of SKUs stand for each other: the newer one wins.
    for newer, older in (("file", "skus"), ("skus", "file")):
        if newer in above.entries and older not in above.entries:
            entries.pop(older, None)
    return Group(entries, above.place)


def overridden(root: Group, override: str, faults: list[Fault], option: str = "--set") -> Group:
    """The tree with one `path=value` in it, as after an `option`, by which faults call it.

    Raises
    ------
    UsageError
        If it is no path and value.
    """
    place = Place(f"{option} {override}")
    path_text, sign, value_text = override.partition("=")
    steps = split_path(path_text.strip())
    if not sign or steps is None:
        raise UsageError(f"{place.file}: write a path, '=' and a value, such as channels.express.daily_budget=450")
    value, wrong = parsed_value(value_text.strip(), place)
    faults.extend(wrong)
    return root if value is None else changed(root, steps, Entry(place, value), faults)


def changed(root: Group, steps: Sequence[str], entry: Entry, faults: list[Fault]) -> Group:
    """The tree with one setting replaced; a group merges with the group that stands there."""
    path = tuple(steps)
    if problem := _no_such_item(root, path):
        faults.append(entry.key.fault(problem))
        return root
    if path[-1].endswith("+"):
        old = walk(root, (*path[:-1], path[-1][:-1])).node
        if not isinstance(entry.node, Listing):
            entry = Entry(entry.key, Listing((entry.node,), entry.key))
        if isinstance(old, Listing) and isinstance(entry.node, Listing):
            path = (*path[:-1], path[-1][:-1])
            entry = Entry(entry.key, Listing((*old.items, *entry.node.items), entry.key))
    old = walk(root, path).node
    if isinstance(old, Group) and isinstance(entry.node, Group):
        entry = Entry(entry.key, laid_over(old, entry.node, faults))
    try:
        return planted(root, path, entry)
    except KeyError as stopped:
        depth = int(stopped.args[0])
        faults.append(entry.key.fault(f"{'.'.join(path[:depth])} is one value and has no settings below it"))
        return root


def split_path(text: str) -> tuple[str, ...] | None:
    """Steps of a dotted path; quotes keep dots together; None if it is no path.

    What follows `playbook` is one name, because a playbook's names are paths themselves.
    """
    steps: list[str] = []
    at = 0
    while at < len(text):
        if len(steps) > 1 and steps[-1] == "playbook" and steps[0] in ("stages", "changes"):
            return (*steps, text[at:].strip('"'))
        found = _STEP.match(text, at)
        if not found:
            return None
        steps.append((found[1] if found[1] is not None else found[2]).strip())
        at = found.end()
        if at < len(text) and text[at] != ".":
            return None
        at += 1
    return tuple(steps) if steps and all(steps) and not text.endswith(".") else None


def _append(entries: dict[str, Entry], key: str, entry: Entry, above: Group, faults: list[Fault]) -> None:
    name = key[:-1]
    if name in above.entries:
        faults.append(
            entry.key.fault(f"'{name}' replaces a list and '{key}' adds to it; both are written in one group: keep one")
        )
        return
    if not isinstance(entry.node, Listing):
        faults.append(entry.key.fault(f"'{key}' adds to a list; write the list of what is added, each item after '- '"))
        return
    for present in (name, key):
        if present in entries and isinstance(old := entries[present].node, Listing):
            entries[present] = Entry(entry.key, Listing((*old.items, *entry.node.items), entry.node.place))
            return
    entries.pop(name, None)
    entries[key] = entry


def _no_such_item(root: Group, path: Sequence[str]) -> str | None:
    """Why a path that enters a channel or a list item leads nowhere."""
    if len(path) > 2 and path[0] == "channels" and child(walk(root, path[:1]).node, path[1]) is None:
        channels = walk(root, ("channels",)).node
        names: Sequence[str] = list(channels.entries) if isinstance(channels, Group) else []
        return f"there is no channel '{path[1]}'{did_you_mean(path[1], names)}"
    for depth in range(1, len(path)):
        node: Node | None = walk(root, path[:depth]).node
        if isinstance(node, Listing) and child(node, path[depth]) is None:
            labels = [
                str(found[0].value)
                for item in node.items
                for label in ("sku", "name")
                if (found := child(item, label)) and isinstance(found[0], Scalar)
            ]
            return f"{'.'.join(path[:depth])} has no item '{path[depth]}'{did_you_mean(path[depth], labels)}"
    return None
