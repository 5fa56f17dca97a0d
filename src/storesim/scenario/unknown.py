"""A setting nobody declared: what it is called, and what it most likely was meant to be."""

from __future__ import annotations

import re

from storesim.scenario.fields import (
    TAGS,
    Found,
    find,
    group_class,
    mechanism_of,
    mechanisms,
    places_of,
    settings,
    tag_of,
)
from storesim.scenario.spec import Spec
from storesim.scenario.suggest import did_you_mean, likely
from storesim.scenario.tree import Group, Loc, Node, dotted, walk

_KIND_WORDS = {
    "Event": "event ",
    "Sku": "SKU ",
    "Target": "target ",
    "Keywords": "keyword ",
    "Gate": "gate ",
    "Entry": "entry ",
}
_MOST_PLACES = 4


def unknown(model: type[Spec], loc: Loc, root: Group) -> str:
    """The message for a key at `loc` that no class declares."""
    written, group = str(loc[-1]), loc[:-1]
    name = written.removesuffix("+")
    plus = written[len(name) :]
    above = find(model, group, root)
    node = walk(root, group).node
    owner = group_class(above.kind, node) if above else None
    allowed = [f"{key}{plus}" for key in (settings(owner) if owner else ()) if key not in TAGS]
    allowed += [] if group else ["extends"]
    what, where = _called(owner, group, above, node)
    start = f"there is no {what}setting '{written}'{where}"
    if tight := re.fullmatch(r"([A-Za-z_]\w*)[:：](\S.*)", written):
        return f"{start}; a blank is missing after the colon: write '{tight[1]}: {tight[2]}'"
    if likely(name, allowed) is None and (elsewhere := _elsewhere(model, name, above, node)):
        return f"{start}; {elsewhere}"
    return start + did_you_mean(name, allowed)


def _called(owner: type[Spec] | None, group: Loc, above: Found | None, node: Node | None) -> tuple[str, str]:
    if not group:
        return "", ""
    tag = tag_of(above.kind) if above else ""
    if tag and mechanism_of(node, tag):
        return f"{TAGS[tag]} ", ""
    word = _KIND_WORDS.get(owner.__name__ if owner else "", "")
    return word, "" if word else f" in {dotted(group)}"


def _elsewhere(model: type[Spec], name: str, above: Found | None, node: Node | None) -> str | None:
    """Where a setting of this name does exist."""
    if above and (others := mechanisms(above.kind)):
        owners = [word for word, other in others.items() if name in settings(other)]
        if owners:
            tag = tag_of(above.kind)
            what = TAGS[tag]
            return f"it belongs to {' and '.join(owners)} {what}s, and this {what} is {mechanism_of(node, tag)}"
    places = [place for place in places_of(model, name) if place]
    return f"it belongs in {' or '.join(places)}" if 0 < len(places) <= _MOST_PLACES else None
