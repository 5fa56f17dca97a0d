"""A tree becomes a frozen `Spec`, or every fault that keeps it from becoming one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from storesim.errors import Fault
from storesim.scenario import wording
from storesim.scenario.complete import KNOWN_MECHANISMS, classes_of, completed
from storesim.scenario.fields import TAGS, Found, find, group_class, mechanism_of, mechanisms, tag_of
from storesim.scenario.playbook import normal
from storesim.scenario.spec import ItemError, Spec
from storesim.scenario.suggest import likely
from storesim.scenario.tree import Entry, Group, Listing, Loc, Node, Place, Scalar, Spot, child, dotted, plain, walk
from storesim.scenario.unknown import unknown

S = TypeVar("S", bound=Spec)

_ROUNDS = 4


def checked(model: type[S], root: Group, *, whole: bool = True) -> tuple[S | None, list[Fault]]:
    """The settings in a tree, or all its faults; exactly one of the two is empty.

    A faulty value is taken out and the rest is looked at again, so that faults between settings come to light
    beside those of single settings. Where the tree is not `whole`, because a file could not be read, what is missing
    is no fault.
    """
    faults: list[Fault] = []
    tree = completed(model, root, faults)
    faults += _playbook_faults(model, tree) if whole else []
    made: S | None = None
    taken: set[Loc] = set()
    for _ in range(_ROUNDS):
        try:
            made = model.model_validate(plain(tree))
            break
        except ValidationError as error:
            lines = [
                line for line in error.errors(include_url=False, include_input=False) if whole or not _is_missing(line)
            ]
            new = _translated(model, lines, tree, taken)
        except RecursionError:
            return None, [*faults, root.place.fault("settings are nested too deep")]
        faults += [fault for _, fault in new]
        ways = {_removable(tree, loc) for loc, _ in new} - {()}
        if not ways:
            break
        taken |= ways
        for way in ways:
            tree = _without(tree, way)
    return (None if faults else made), sorted(set(faults))


def _playbook_faults(model: type[Spec], root: Group) -> list[Fault]:
    stages, changes = walk(root, ("stages",)).node, walk(root, ("changes",)).node
    ways: list[Loc] = [("stages", stage) for stage in (stages.entries if isinstance(stages, Group) else ())]
    ways += [("changes", place) for place in range(len(changes.items) if isinstance(changes, Listing) else 0)]
    channels, promotions = classes_of("channels", model, root), classes_of("promotions", model, root)
    items = walk(root, ("catalogue", "skus")).node
    codes = [_code(item) for item in items.items] if isinstance(items, Listing) else None
    faults: list[Fault] = []
    for way in ways:
        book = walk(root, (*way, "playbook")).node
        for path, entry in book.entries.items() if isinstance(book, Group) else ():
            _, wrong = normal({path: plain(entry.node)}, channels, promotions, codes)
            for _, message in wrong:
                # A message that begins with the path is about the value, any other about the path itself.
                about_value = message.startswith(path) and isinstance(entry.node, Scalar)
                faults.append((entry.node.place if about_value else entry.key).fault(message))
    return faults


def _code(item: Node) -> str:
    found = child(item, "sku")
    return str(plain(found[0])) if found else ""


def _is_missing(line: Mapping[str, Any]) -> bool:
    return line["type"] in ("missing", "too_short", "union_tag_not_found")


def _translated(
    model: type[Spec], lines: Sequence[Mapping[str, Any]], root: Group, taken: set[Loc]
) -> list[tuple[Loc, Fault]]:
    places = [_tree_loc(root, line["loc"]) for line in lines]
    faulty = set(places)
    found: list[tuple[Loc, Fault]] = []
    for loc, line in zip(places, lines, strict=True):
        # pydantic counts only the good items of a list.
        miscounted = line["type"] == "too_short" and any(way[: len(loc)] == loc != way for way in faulty)
        # Playbooks have been looked at already, in the tree.
        in_playbook = len(loc) > 3 and loc[0] in ("stages", "changes") and loc[2] == "playbook"
        misspelt = line["type"] == "missing" and _is_misspelt(model, loc, faulty | taken, root)
        if not (miscounted or in_playbook or misspelt or _follows_from(line, loc, taken)):
            found.append((loc, _fault(model, line, loc, root)))
    return found


def _is_misspelt(model: type[Spec], loc: Loc, unknown_ways: set[Loc], root: Group) -> bool:
    """Whether a missing setting stands there under a name that is near, which is reported already."""
    return any(
        way[:-1] == loc[:-1] and likely(str(way[-1]), [str(loc[-1])]) and find(model, way, root) is None
        for way in unknown_ways
    )


def _tree_loc(root: Group, loc: Loc) -> Loc:
    """`loc` without the names pydantic adds for the members of a union and for keys."""
    way: list[str | int] = []
    for step in loc:
        node = walk(root, way).node
        if step == "[key]" or (isinstance(node, Group) and step not in node.entries and _is_tag(node, step)):
            continue
        way.append(step)
    return tuple(way)


def _is_tag(node: Group, step: str | int) -> bool:
    return any(mechanism_of(node, tag) == step for tag in TAGS)


def _follows_from(line: Mapping[str, Any], loc: Loc, taken: set[Loc]) -> bool:
    """Whether an error is there only because a faulty value was taken out."""
    below = [way[len(loc) :] for way in taken if way[: len(loc)] == loc]
    if line["type"] == "disagreement" and (of := line["ctx"]["of"]):
        return any(set(way) & set(of) for way in below)
    return bool(below)


def _fault(model: type[Spec], line: Mapping[str, Any], loc: Loc, root: Group) -> Fault:
    spot = walk(root, loc)
    found = find(model, loc, root)
    path = dotted(loc)
    match line["type"]:
        case "extra_forbidden":
            return spot.key.fault(unknown(model, loc, root))
        case "missing" if loc and isinstance(loc[-1], int):
            above = find(model, loc[:-1], root)
            length = wording.wrong_length(dotted(loc[:-1]), walk(root, loc[:-1]).node, above.kind if above else None)
            return spot.key.fault(length)
        case "missing":
            return spot.key.fault(wording.missing(path, found.setting if found else None))
        case "union_tag_not_found":
            tag, words = (tag_of(found.kind), mechanisms(found.kind)) if found else ("", {})
            return spot.key.fault(f"{path} has no {tag}; write one of: {', '.join(words)}")
        case "union_tag_invalid" if found:
            return _unknown_mechanism(found, root, loc)
        case "too_long" if found and isinstance(spot.node, Listing):
            return spot.key.fault(wording.wrong_length(path, spot.node, found.kind))
    value = plain(spot.node) if spot.node is not None else None
    said = wording.sentence(line, path, found.setting if found else None, value)
    if line["type"] in wording.GROUP_ERRORS and found and (owner := group_class(found.kind)):
        said = wording.group_wanted(path, value, owner)
    return _place_of(line, spot).fault(said)


def _place_of(line: Mapping[str, Any], spot: Spot) -> Place:
    """Where the value at a spot was written, or the one item of it that is wrong."""
    context = line.get("ctx", {})
    named = (child(spot.node, name) for name in context.get("of", ()))
    if line["type"] == "disagreement" and (first := next(filter(None, named), None)):
        return first[1]
    if context.get("of_key"):
        return spot.key
    error = context.get("error")
    if isinstance(error, ItemError) and (item := child(spot.node, error.step)):
        node, key = item
        return node.place if isinstance(node, Scalar) and not error.of_key else key
    return spot.node.place if isinstance(spot.node, Scalar) else spot.key


def _unknown_mechanism(found: Found, root: Group, loc: Loc) -> Fault:
    from storesim.scenario.promotions import KINDS_IN_CHINESE

    tag, names = tag_of(found.kind), list(mechanisms(found.kind))
    spot = walk(root, (*loc, tag))
    word = mechanism_of(walk(root, loc).node, tag)
    known = KNOWN_MECHANISMS if tag == "mechanism" else KINDS_IN_CHINESE
    meant = likely(word, names) or known.get(word.removesuffix("促销"))
    hint = f"; did you mean '{meant}'?" if meant else "."
    place = spot.node.place if spot.node else spot.key
    what = tag if tag == "mechanism" else f"{tag} of {TAGS[tag]}"
    return place.fault(f"'{word}' is no {what}{hint} Allowed: {', '.join(names)}")


def _removable(tree: Group, loc: Loc) -> Loc:
    """The way to the innermost entry of a group at or above `loc`; empty where nothing stands at `loc`."""
    spot = walk(tree, loc)
    way = loc if spot.depth == len(loc) else ()
    while way and not isinstance(walk(tree, way[:-1]).node, Group):
        way = way[:-1]
    return way


def _without(tree: Group, way: Loc) -> Group:
    made = _cut(tree, way)
    return made if isinstance(made, Group) else tree


def _cut(node: Node, way: Loc) -> Node:
    step, rest = way[0], way[1:]
    if isinstance(node, Group) and str(step) in node.entries:
        entries = dict(node.entries)
        old = entries.pop(str(step))
        if rest:
            entries[str(step)] = Entry(old.key, _cut(old.node, rest))
        return Group(entries, node.place)
    if isinstance(node, Listing) and isinstance(step, int) and step < len(node.items) and rest:
        items = list(node.items)
        items[step] = _cut(items[step], rest)
        return Listing(tuple(items), node.place)
    return node
