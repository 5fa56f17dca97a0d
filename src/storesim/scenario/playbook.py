"""Playbooks: which levers a stage may set, and whether it sets them rightly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from storesim.scenario.catalogue import Catalogue, RoleEffect, Roles, Sku
from storesim.scenario.dispatch import Dispatch
from storesim.scenario.fields import TAGS, Setting, group_class, is_list, is_named, item_kind, settings
from storesim.scenario.freight import Freight
from storesim.scenario.members import Members
from storesim.scenario.merge import split_path
from storesim.scenario.money import Money, Post
from storesim.scenario.offsite import Offsite
from storesim.scenario.operations import Carts, CashOnDelivery, Conversion, Returns
from storesim.scenario.service import Service
from storesim.scenario.spec import Named, Spec
from storesim.scenario.stock import Stock
from storesim.scenario.suggest import did_you_mean, likely

_GROUPS: Mapping[str, type[Spec]] = {
    "operations.service": Service,
    "operations.dispatch": Dispatch,
    "operations.freight": Freight,
    "operations.cash_on_delivery": CashOnDelivery,
    "operations.stock": Stock,
}
_SINGLE: Mapping[str, type[Spec]] = {
    "operations.money.other_wages": Money,
    "operations.members.join": Members,
    "operations.members.visits": Members,
    "operations.conversion.appeal": Conversion,
    "operations.returns.rate": Returns,
    "operations.carts.reach": Carts,
    "catalogue.discount": Catalogue,
}
_ROLES, _SKUS = "catalogue.roles", "catalogue.skus"
_OF_A_SKU = ("price", "popularity", "stars")
_STAFF = "operations.staff"
_TERMS = ("commission", "settlement", "settlement_dates")
ALLOWED = (
    "channels.*", "promotions.*", *(f"{group}.*" for group in _GROUPS), f"{_STAFF}.*", *_SINGLE, f"{_ROLES}.*",
    f"{_SKUS}.*",
)  # fmt: skip
"""What a stage may change. The rest is what the store is, or follows from what it does."""

NONE: Mapping[str, type[Spec]] = {}
"""The promotions of a store that has none."""


class Lever:
    """One setting a playbook may set, with the check of its value."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self._adapter = _adapter(setting.owner, setting.name)

    def checked(self, value: object) -> Any:
        """The value as the setting holds it; pydantic's ValidationError if it is not allowed."""
        return self._adapter.validate_python(value)


def lever(
    path: str,
    channels: Mapping[str, type[Spec]],
    promotions: Mapping[str, type[Spec]] = NONE,
    skus: Sequence[str] | None = None,
) -> Lever | str:
    """The lever at a dotted path, or why there is none, by the classes of the store's channels and promotions.

    `skus` are the codes of its items; none: not known, and taken on trust.
    """
    steps = split_path(path) or (path,)
    if path in _SINGLE:
        return Lever(settings(_SINGLE[path])[steps[-1]])
    if steps[0] in ("channels", "promotions"):
        return _named_lever(steps, channels if steps[0] == "channels" else promotions)
    group = ".".join(steps[:2])
    if group in _GROUPS and len(steps) == 3:
        return _member(_GROUPS[group], steps[2], path)
    if group == _ROLES and len(steps) == 4 and steps[2] in settings(Roles):
        return _member(RoleEffect, steps[3], path)
    if group == _SKUS and len(steps) == 4:
        return _of_a_sku(steps[2], steps[3], skus)
    if group == _STAFF and len(steps) == 4:
        return _member(Post, steps[3], path)
    return f"a playbook cannot set '{path}'{_nearest(path, channels)}"


def levers(channels: Mapping[str, type[Spec]], promotions: Mapping[str, type[Spec]] = NONE) -> list[str]:
    """Every path a playbook may use in a store with these channels; keyword groups left out."""
    paths = [
        f"channels.{name}.{key}"
        for name, model in channels.items()
        for key, setting in settings(model).items()
        if key not in TAGS and not _is_dated(setting)
    ]
    paths += [
        f"promotions.{name}.{key}" for name, model in promotions.items() for key in settings(model) if key not in TAGS
    ]
    paths += [f"{group}.{key}" for group, model in _GROUPS.items() for key in settings(model)]
    paths += [f"{_ROLES}.{role}.{key}" for role in settings(Roles) for key in settings(RoleEffect)]
    return [*paths, *_SINGLE]


def _named_lever(steps: Sequence[str], classes: Mapping[str, type[Spec]]) -> Lever | str:
    """A lever of one channel or promotion, which are `classes` by name."""
    path, what = ".".join(steps), steps[0][:-1]
    if len(steps) < 3:
        return f"a playbook sets single settings, such as channels.express.daily_budget; '{path}' is a group"
    if steps[1] not in classes:
        return f"there is no {what} '{steps[1]}'{did_you_mean(steps[1], classes)}"
    model = classes[steps[1]]
    if steps[2] == "mechanism":
        return "a playbook cannot change the mechanism of a channel; declare two channels and set their budgets"
    if steps[2] == "kind":
        return "a playbook cannot change the kind of a promotion; declare two and set which is active"
    if model is Offsite and steps[2] in _TERMS:
        return f"a playbook cannot change what a platform takes and when it pays; write {path} outside the stages"
    setting = settings(model).get(steps[2])
    if setting is not None and _is_dated(setting):
        return f"a playbook cannot set '{path}'; its dates stand in the channel: set a budget, a rate or a size there"
    if len(steps) == 3:
        return _member(model, steps[2], path)
    inner = group_class(item_kind(setting.info.annotation)) if setting and is_named(setting.info.annotation) else None
    if inner and len(steps) == 5:
        return _member(inner, steps[4], path)
    return f"there is no setting '{path}'{_nearest(path, classes)}"


def _of_a_sku(item: str, name: str, skus: Sequence[str] | None) -> Lever | str:
    """A lever of one item, by its code or its number."""
    if skus is not None and item not in skus and not (item.isdecimal() and int(item) < len(skus)):
        return f"{_SKUS} has no item '{item}'{did_you_mean(item, skus)}"
    if name not in _OF_A_SKU:
        return f"a playbook cannot set '{_SKUS}.{item}.{name}'; of an item it sets {', '.join(_OF_A_SKU)}"
    return Lever(settings(Sku)[name])


def _member(model: type[Spec], name: str, path: str) -> Lever | str:
    setting = settings(model).get(name)
    if setting is not None:
        return Lever(setting)
    group = path.rpartition(".")[0]
    names = [key for key in settings(model) if key not in TAGS]
    return f"there is no setting '{name}' in {group}{did_you_mean(name, names)}"


def _is_dated(setting: Setting) -> bool:
    """Whether a setting is a list of groups, each with its dates."""
    return is_list(setting.info.annotation) and group_class(item_kind(setting.info.annotation)) is not None


def _nearest(path: str, channels: Mapping[str, type[Spec]]) -> str:
    meant = likely(path, levers(channels))
    return f"; did you mean '{meant}'?" if meant else f"; allowed: {_in_short()}"


def _in_short() -> str:
    """What is allowed, the settings of one group together: operations (service.*, money.other_wages)."""
    found: dict[str, list[str]] = {}
    for path in ALLOWED:
        group, _, rest = path.partition(".")
        found.setdefault(group, []).append(rest)
    return ", ".join(f"{group}.*" if rest == ["*"] else f"{group} ({', '.join(rest)})" for group, rest in found.items())


@cache
def _adapter(owner: type[Spec], name: str) -> TypeAdapter[Any]:
    info = settings(owner)[name].info
    kind: Any = info.annotation
    for note in info.metadata:
        kind = Annotated[kind, note]
    return TypeAdapter(kind)


def normal(
    playbook: Mapping[str, object],
    channels: Mapping[str, type[Spec]],
    promotions: Mapping[str, type[Spec]] = NONE,
    skus: Sequence[str] | None = None,
) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """Values as the settings hold them, and (path, message) of each that cannot be.

    `¥300` and `300` become the same number, so that a fingerprint does not depend on spelling.
    """
    values: dict[str, object] = {}
    faults: list[tuple[str, str]] = []
    for path, value in playbook.items():
        found = lever(path, channels, promotions, skus)
        if isinstance(found, str):
            faults.append((path, found))
            continue
        try:
            checked = found.checked(value)
            values[path] = dict(checked) if isinstance(checked, Named) else checked
        except ValidationError as error:
            from storesim.scenario.wording import sentences

            faults.extend((path, sentence) for sentence in sentences(error, path, found.setting, value))
    return values, faults
