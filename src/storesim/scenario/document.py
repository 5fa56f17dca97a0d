"""`Scenario`: the root of what the user says, its variants and its fingerprint."""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import Field, model_validator

from storesim.scenario.booked import PayPerSale, Slots, faults_of_slots
from storesim.scenario.catalogue import Catalogue, Roles
from storesim.scenario.channels import AnyChannel, Organic, Returning
from storesim.scenario.coupon_rules import MEMBER_PIECES
from storesim.scenario.customers import CustomerLevels
from storesim.scenario.dated import Change
from storesim.scenario.devices import faults_of_devices
from storesim.scenario.events import Event
from storesim.scenario.operations import Operations
from storesim.scenario.service import GoodStore
from storesim.scenario.spec import Check, Later, Named, Spec, at_places
from storesim.scenario.store import Market, Stages, Store
from storesim.scenario.targets import Target
from storesim.shown import Shown
from storesim.units import Days, Number, Reader

if TYPE_CHECKING:
    from storesim.scenario.promotions import AnyPromotion
else:
    AnyPromotion = Annotated[Spec, Later("storesim.scenario.promotions", "AnyPromotion")]


_FEE, _AT_THE_DOOR = "operations.freight.fee", "operations.cash_on_delivery.share"
_CARTS = "operations.carts.reach"


def _whole_days(days: float) -> float:
    if days != int(days):
        raise ValueError(f"{days:g} days are not whole; a run has whole days")
    return days


def _one_returning(channels: Named[AnyChannel]) -> Named[AnyChannel]:
    names = [name for name, channel in channels.items() if isinstance(channel, Returning)]
    if len(names) > 1:
        message = f"channels {' and '.join(names)} are both 'returning'; members come back through one channel"
        raise at_places("channels", [((names[-1],), message)])
    return channels


def _share_the_market(channels: Named[AnyChannel]) -> Named[AnyChannel]:
    organic = {name: channel.share for name, channel in channels.items() if isinstance(channel, Organic)}
    if (total := sum(organic.values())) > 1.0 + 0.0005:
        message = f"shares of {' and '.join(organic)} add up to {total:.4g}; a searcher comes through one of them: at most 1 is allowed"
        raise at_places("channels", [((list(organic)[-1],), message)])
    return channels


def _years(targets: Any) -> Any:
    """Refuse names that are no year. Before the targets are checked, so that `{gmv: 500万}` is told from a bad target."""
    wrong: list[tuple[tuple[str | int, ...], str]] = [
        ((name,), f"targets.{name}: '{name}' is not a year; targets are named by calendar year, such as 2027")
        for name in (targets if isinstance(targets, Mapping) else ())
        if not _is_year(name)
    ]
    if wrong:
        raise at_places("targets", wrong, of_keys=True)
    return targets


def _is_year(name: object) -> bool:
    return (
        isinstance(name, str) and len(name) == 4 and name.isascii() and name.isdecimal() and 1900 <= int(name) <= 2200
    )


def _drawn_together(uncertain: Named[tuple[float, ...]]) -> Named[tuple[float, ...]]:
    """Run i takes the i-th value of every list, so that what hangs together stays together."""
    lengths = {path: len(values) for path, values in uncertain.items()}
    first = next(iter(lengths.values()), 1)
    faults: list[tuple[tuple[str | int, ...], str]] = [
        ((path,), f"uncertain.{path} has {n} values and the first list {first}; every list needs as many, one or more")
        for path, n in lengths.items()
        if n != first or n == 0
    ]
    faults += [
        ((path,), f"uncertain.{path}: runs cannot differ in their store, horizon or targets; name another setting")
        for path in uncertain
        if path.partition(".")[0] in ("horizon", "store", "targets", "uncertain")
    ]
    if faults:
        raise at_places("uncertain", faults)
    return uncertain


class Scenario(Shown, Spec):
    """One store, its market, its plans and its targets."""

    store: Store
    """Who the store is and when it opens."""

    market: Market
    """Demand of the category, and rivals."""

    horizon: Annotated[Days, Check(_whole_days)] = Field(default=365.0, ge=1, le=3660)
    """Days to simulate from the opening day."""

    channels: Annotated[Named[AnyChannel], Check(_one_returning), Check(_share_the_market)] = Field(
        min_length=1, max_length=1_000
    )
    """Where visitors come from, by name."""

    catalogue: Catalogue
    """What the store sells."""

    operations: Operations = Operations()
    """How the store is run: conversion, stock, dispatch, service, reviews, returns, members, money."""

    events: tuple[Event, ...] = ()
    """Sales and holidays on the calendar; `events+` adds to those of the parent file."""

    promotions: Named[AnyPromotion] = Named()
    """The store's own promotions and coupons, by name: single, bundle, gift, spend_and_save, spend_and_get, save_and_get, multi_buy, presale, coupon."""

    stages: Stages = Stages()
    """Launch, growth, stable: the gates between them and what each sets."""

    changes: tuple[Change, ...] = Field(default=(), max_length=100)
    """What changes on a date, whatever the stage says, such as a budget raised from 1 September on; `changes+` adds to those of the parent file."""

    targets: Annotated[Named[Target], Reader(_years)] = Named()
    """Targets by calendar year, such as `2027`."""

    uncertain: Annotated[Named[tuple[Number, ...]], Check(_drawn_together)] = Named()
    """Settings that are not known for certain, by dotted path: a list of values each, of which run i takes the i-th, from the first again after the last; `storesim calibrate` writes them."""

    @property
    def n_days(self) -> int:
        """Whole days of the horizon."""
        return int(self.horizon)

    @property
    def last_day(self) -> dt.date:
        """Last simulated date."""
        return self.store.opened + dt.timedelta(days=self.n_days - 1)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of every setting after merging, in hexadecimal.

        The same settings give the same, however they were written and in whichever files.
        """
        settings = self.model_dump(mode="json", by_alias=True)
        # Only the items count, not the name of the table they came from.
        settings["catalogue"].pop("file", None)
        _forget_unused(settings)
        text = json.dumps(settings, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def with_(self, changes: Mapping[str, object]) -> "Scenario":
        """The same scenario with some settings changed, given by dotted path.

        Values may be numbers or text as in a file: `scenario.with_({"channels.express.daily_budget": "¥450"})`.

        Raises
        ------
        ScenarioError
            With every fault, if a path names no setting or a value is not allowed.
        """
        from storesim.scenario.change import changed_scenario

        return changed_scenario(self, changes)

    def drawn(self, run: int) -> "Scenario":
        """The scenario as a run plays it: each uncertain setting at the value of that run.

        Raises
        ------
        ScenarioError
            If a value is not allowed, or a path names no setting.
        """
        if not self.uncertain:
            return self
        from storesim.scenario.change import changed_scenario

        row = {path: _whole(values[run % len(values)]) for path, values in self.uncertain.items()}
        return changed_scenario(self.model_copy(update={"uncertain": Named()}), row)

    @model_validator(mode="after")
    def _roles_are_sold(self) -> Self:
        """A channel that leads to some items only must have one."""
        sold = {sku.role for sku in self.catalogue.skus}
        faults: list[tuple[tuple[str | int, ...], str]] = [
            (
                ("channels", name, "roles"),
                f"channels.{name}.roles: no SKU is {' or '.join(channel.roles)}; allowed: {', '.join(sorted(sold))}",
            )
            for name, channel in self.channels.items()
            if isinstance(channel, PayPerSale | Slots) and channel.roles and not sold & set(channel.roles)
        ]
        if faults:
            raise at_places("Scenario", faults)
        return self

    @model_validator(mode="after")
    def _something_is_on_sale(self) -> Self:
        """A store without an item on some day could not say where its visitors land."""
        skus, opened = self.catalogue.skus, self.store.opened
        # Only on the opening day, and on the day after an item is taken off, can the last one be gone.
        dates = {opened, *(sku.last + dt.timedelta(days=1) for sku in skus if sku.last)}
        for date in sorted(date for date in dates if opened <= date <= self.last_day):
            if not any(sku.is_on_sale(date) for sku in skus):
                message = f"catalogue.skus: nothing is on sale on {date}; every day of the run needs an item: move a 'from' or a 'to'"
                raise at_places("Scenario", [(("catalogue", "skus"), message)])
        return self

    @model_validator(mode="after")
    def _members_have_a_way_back(self) -> Self:
        if self.operations.members.model == "bg_nbd" and not any(
            isinstance(channel, Returning) for channel in self.channels.values()
        ):
            message = (
                "members of 'bg_nbd' come back through a channel 'returning', and there is none; write returning: {}"
            )
            raise at_places("Scenario", [(("channels",), message)])
        return self

    @model_validator(mode="after")
    def _known_devices(self) -> Self:
        if faults := faults_of_devices(self.channels, self.promotions, list(self.market.devices)):
            raise at_places("Scenario", faults)
        return self

    @model_validator(mode="after")
    def _known_items(self) -> Self:
        skus = self.catalogue.skus
        codes = [sku.sku for sku in skus]
        faults = faults_of_slots(self.channels, codes)
        if self.promotions:
            from storesim.scenario.promotions import faults_among

            faults += faults_among(self.promotions, codes, [sku.category for sku in skus])
        if faults:
            raise at_places("Scenario", faults)
        return self

    @model_validator(mode="after")
    def _normal_playbooks(self) -> Self:
        """Playbook values as the settings they set hold them, so that spelling does not reach the fingerprint."""
        from storesim.scenario.playbook import normal

        classes: dict[str, type[Spec]] = {name: type(channel) for name, channel in self.channels.items()}
        deals: dict[str, type[Spec]] = {name: type(promotion) for name, promotion in self.promotions.items()}
        skus = [sku.sku for sku in self.catalogue.skus]
        stages: dict[str, Any] = {}
        faults: list[tuple[tuple[str | int, ...], str]] = []
        for name in Stages.model_fields:
            stage = getattr(self.stages, name)
            values, wrong = normal(stage.playbook, classes, deals, skus)
            faults += [(("stages", name, "playbook", path), message) for path, message in wrong]
            stages[name] = stage.model_copy(update={"playbook": Named(values)})
        changes = []
        for place, change in enumerate(self.changes):
            values, wrong = normal(change.playbook, classes, deals, skus)
            faults += [(("changes", place, "playbook", path), message) for path, message in wrong]
            changes.append(change.model_copy(update={"playbook": Named(values)}))
        if faults:
            raise at_places("Scenario", faults)
        # The only writes to a finished scenario, before anybody has seen it.
        object.__setattr__(self, "stages", Stages.model_construct(**stages))
        object.__setattr__(self, "changes", tuple(changes))
        return self


def _whole(value: float) -> float | int:
    # A list of numbers holds them as floats; a setting that counts things wants a whole one.
    return int(value) if value == int(value) else value


def _forget_unused(settings: dict[str, Any]) -> None:
    """Take out what a scenario does not use: it keeps its name when storesim learns something new."""
    catalogue, market = settings["catalogue"], settings["market"]
    playbooks = [part["playbook"] for part in (*settings["stages"].values(), *settings["changes"])]
    moved = {path for paths in (*playbooks, settings["uncertain"]) for path in paths}
    _forget_levers(settings, moved)
    if catalogue["roles"] == Roles().model_dump(mode="json"):
        del catalogue["roles"]
    for sku in catalogue["skus"]:
        _forget_empty(sku, "stars", "from", "to")
    for target in settings["targets"].values():
        if not any(target["mix"].values()):
            del target["mix"]
        _forget_empty(target, "fixed", "uv_limit", "ad_budget")
    for channel in settings["channels"].values():
        _forget_of_channel(channel)
    for event in settings["events"]:
        _forget_empty(event["entry"], "orders_a_day")
    for promotion in settings["promotions"].values():
        if "valid" in promotion and promotion["valid"] is None:
            del promotion["valid"], promotion["delay"]
        if promotion.get("beans") == 0:
            del promotion["beans"], promotion["beans_worth"]
        _forget_empty(promotion, *({"limit", "devices", "levels"} & set(promotion)))
    _forget_empty(settings, "promotions", "uncertain", "changes")
    _forget_empty(catalogue, "cross_sales")
    _forget_empty(market, "devices")
    if market["levels"] == CustomerLevels().model_dump(mode="json"):
        del market["levels"]
    _forget_empty(market["rivals"], "growth")
    _forget_idle(settings["operations"], carts=_CARTS in moved)


def _forget_levers(settings: dict[str, Any], moved: Collection[str]) -> None:
    """Take out freight and cash on delivery where no order is ever sent so, and conditions that ask for no freight.

    `moved` are the settings that a playbook, a change or what is uncertain moves.
    """
    operations = settings["operations"]
    if not operations["cash_on_delivery"]["share"] and _AT_THE_DOOR not in moved:
        del operations["cash_on_delivery"]
    free = not operations["freight"]["fee"] and _FEE not in moved
    if free:
        del operations["freight"]
    for place in (*settings["channels"].values(), *settings["events"]):
        if "entry" in place and (free or not place["entry"]["free_shipping"]):
            del place["entry"]["free_shipping"]


def _forget_of_channel(channel: dict[str, Any]) -> None:
    """Take out what one channel does not use."""
    _forget_empty(channel, "device_shares")
    if not channel.get("protected", True):
        del channel["protected"]
    if "entry" in channel:
        _forget_empty(channel["entry"], "orders_a_day")
    for slot in channel.get("dates", ()):
        _forget_empty(slot, "skus")


def _forget_idle(operations: dict[str, Any], *, carts: bool) -> None:
    """Take out what is switched off behind the shop window; `carts` says whether some lever switches them on."""
    conversion, score, cancels = operations["conversion"], operations["score"], operations["cancellations"]
    for coupon in operations["members"]["coupons"]:
        if coupon["pieces"] == MEMBER_PIECES:
            del coupon["pieces"]
    if conversion["later"] == 0.0:
        del conversion["later_median"], conversion["later_sd"]
    for name in ("paid", "appeal"):
        if conversion[name] == 1.0:
            del conversion[name]
    if operations["carts"]["reach"] == 1.0 and not carts:
        del operations["carts"]
    if cancels["rate"] == 0.0:
        del cancels["delay"]
    _forget_empty(cancels, "while_waiting")
    if cancels == {"rate": 0.0}:
        del operations["cancellations"]
    if not operations["dispatch"]["holidays"]:
        del operations["dispatch"]["holidays"], operations["dispatch"]["excused"]
    _forget_attribution(operations)
    if score["good_store"] == GoodStore().model_dump(mode="json"):
        del score["good_store"]
    _forget_empty(conversion, "later", "breaks")
    _forget_empty(operations["reviews"], "chat", "short", "price")


def _forget_attribution(operations: dict[str, Any]) -> None:
    """Take out the date by which orders count where there is no window, and that gifts are lines, as they usually are."""
    asked = operations["attribution"]
    if asked["window"] is None:
        del asked["window"], asked["by"]
    if asked["gifts"]:
        del asked["gifts"]
    if not asked:
        del operations["attribution"]


def _forget_empty(group: dict[str, Any], *names: str) -> None:
    """Take out those of a group's settings that are empty, none or 0."""
    for name in names:
        if not group[name]:
            del group[name]
