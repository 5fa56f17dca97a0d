"""What a file may leave unsaid, put into its tree before it is checked."""

from __future__ import annotations

from collections.abc import Mapping

from storesim.errors import Fault
from storesim.scenario.fields import (
    TAGS,
    group_class,
    is_list,
    is_named,
    item_kind,
    mechanism_of,
    mechanisms,
    settings,
    tag_of,
)
from storesim.scenario.spec import Spec
from storesim.scenario.tree import Entry, Group, Listing, Node, Place, Scalar, grown, walk

KNOWN_MECHANISMS: Mapping[str, str] = {
    "search": "organic",
    "category": "organic",
    "express": "pay_per_click",
    "direct_placement": "placement",
    "display": "display",
    "affiliate": "pay_per_sale",
    "flash_sale": "slots",
    "group_buy": "slots",
    "social": "burst",
    "live": "burst",
    "returning": "returning",
    "vipshop": "offsite",
    "suning": "offsite",
    "taobao": "offsite",
    "own_site": "offsite",
}
"""A channel with one of these names need not say its mechanism."""


def completed(model: type[Spec], root: Group, faults: list[Fault]) -> Group:
    """The tree with known mechanisms written out, `key+` behind the defaults, and names set to null removed."""
    made = _completed(model, root, faults)
    return made if isinstance(made, Group) else root


def classes_of(group: str, model: type[Spec], root: Group) -> dict[str, type[Spec]]:
    """Class of each channel, or of each promotion, in the tree whose tag is known; `group` names which."""
    named = walk(root, (group,)).node
    if not isinstance(named, Group) or group not in settings(model):
        return {}
    kind = item_kind(settings(model)[group].info.annotation)
    known, tag = mechanisms(kind), tag_of(kind)
    return {
        name: known[word] for name, entry in named.entries.items() if (word := mechanism_of(entry.node, tag)) in known
    }


def _completed(kind: object, node: Node, faults: list[Fault]) -> Node:
    if isinstance(node, Listing) and is_list(kind):
        return Listing(tuple(_completed(item_kind(kind), item, faults) for item in node.items), node.place)
    if not isinstance(node, Group):
        return node
    if is_named(kind):
        return _completed_names(item_kind(kind), node, faults)
    owner = group_class(kind, node)
    return node if owner is None else _completed_group(owner, node, faults)


def _completed_group(owner: type[Spec], node: Group, faults: list[Fault]) -> Group:
    entries: dict[str, Entry] = {}
    for written, entry in node.entries.items():
        setting = settings(owner).get(written.removesuffix("+"))
        if setting is None:
            entries[written] = entry
            continue
        inner = _completed(setting.info.annotation, entry.node, faults)
        if written.endswith("+") and isinstance(inner, Listing):
            inner = _behind(setting.info.default, inner, entry.key)
        entries[setting.name] = Entry(entry.key, inner)
    return Group(entries, node.place)


def _behind(default: object, added: Listing, place: Place) -> Listing:
    """`key+` without a list in any parent adds to the default."""
    before = grown(default, place) if isinstance(default, tuple) else None
    return Listing((*(before.items if isinstance(before, Listing) else ()), *added.items), added.place)


def _completed_names(kind: object, node: Group, faults: list[Fault]) -> Group:
    entries: dict[str, Entry] = {}
    holds_groups = group_class(kind) is not None or bool(mechanisms(kind))
    for name, entry in node.entries.items():
        inner = entry.node
        if holds_groups and isinstance(inner, Scalar) and inner.value is None:
            if inner.blank:
                message = (
                    f"'{name}' has nothing under it; write its settings, {{}} for the defaults, or null to leave it out"
                )
                faults.append(entry.key.fault(message))
            continue
        if mechanisms(kind):
            if problem := _bad_name(name, TAGS[tag_of(kind)]):
                faults.append(entry.key.fault(problem))
            inner = _with_mechanism(name, inner, entry.key) if tag_of(kind) == "mechanism" else inner
        entries[name] = Entry(entry.key, _completed(kind, inner, faults))
    return Group(entries, node.place)


def _bad_name(name: str, what: str) -> str | None:
    if name and len(name) <= 40 and all(letter.isalnum() or letter in "_-" for letter in name) and not name.isdecimal():
        return None
    return f"'{name}' cannot name a {what}; use up to 40 letters, digits, '_' and '-', and not digits alone"


def _with_mechanism(name: str, channel: Node, key: Place) -> Node:
    if not isinstance(channel, Group) or "mechanism" in channel.entries or name not in KNOWN_MECHANISMS:
        return channel
    mechanism = Entry(key, Scalar(KNOWN_MECHANISMS[name], key))
    return Group({"mechanism": mechanism, **channel.entries}, channel.place)
