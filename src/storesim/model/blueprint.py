"""`Blueprint`: a scenario read once into arrays, from which any number of stores are built."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from storesim.engine.day import F
from storesim.model import affiliates, booked, slots
from storesim.model.assortment import Dates, moving_days, on_sale, read_dates
from storesim.model.bids import Bids, Sizes, read_bids, sizes_of
from storesim.model.club import ClubRules, read_club
from storesim.model.conversion import Visits, read_visits
from storesim.model.demand import Market, read_market
from storesim.model.finance import Rates, read_rates
from storesim.model.freight import with_freight
from storesim.model.fulfilment import Dispatch, read_dispatch
from storesim.model.goods import Goods, read_goods
from storesim.model.groups import Places, read_groups
from storesim.model.inventory import Policy, read_policy
from storesim.model.landing import Landings, read_landings, roles_differ
from storesim.model.modes import under_mode
from storesim.model.offsite import Brand, read_brand
from storesim.model.payroll import Payroll, read_payroll
from storesim.model.promotions import Promotion, calendar_of, read_promotions
from storesim.model.service import Desk, Judgement, Tastes, read_desk, read_judgement, read_tastes
from storesim.model.stage import Rule, read_rules
from storesim.model.terms import Deal, level_shares, read_cross, read_deals
from storesim.model.traffic import Sources, read_sources
from storesim.scenario.channels import PaidChannel
from storesim.scenario.dated import playbook_on, turning_days
from storesim.scenario.document import Scenario
from storesim.scenario.operations import Carts
from storesim.scenario.spec import Named
from storesim.scenario.store import STAGES

T = TypeVar("T")
Regime = tuple[Scenario, tuple[bool, ...]]
"""A stage under its levers, and whether each item is on sale."""


@dataclass(frozen=True, eq=False)
class Blueprint:
    """Everything that is the same in every run; tuples over the regimes where a playbook may change it."""

    scenario: Scenario
    fingerprint: str
    opened: dt.date
    n_days: int
    channels: tuple[str, ...]
    devices: tuple[str, ...]
    """Devices on which visitors come; empty where they are not told apart."""

    paid: tuple[bool, ...]
    goods: tuple[Goods, ...]
    dates: Dates
    """When items are ordered that are not always on sale."""

    market: Market
    promotions: tuple[Promotion, ...]
    running: tuple[tuple[int, ...], ...]
    """Events that run at midnight of each day, by their place in `promotions`."""

    rules: tuple[Rule, ...]
    turns: tuple[tuple[int, tuple[int, ...]], ...]
    """(day, regime of each stage from that day on), rising from day 0. Regimes are the stages with what is on sale on
    the opening day, and after them what a dated change, or another assortment, makes of a stage."""

    rates: Rates
    sizes: Sizes
    discounts: tuple[float, ...]
    deals: tuple[tuple[Deal, ...], ...]
    """The store's own promotions, and after them the freight where any regime asks for it."""

    levels: tuple[float, ...]
    """Share of visitors of each JD level; none where no promotion tells them apart."""

    cross: tuple[F, ...]
    """[n_rules, 1 + 2 n_skus] as `DayPlan.cross` holds them."""

    policies: tuple[Policy, ...]
    sources: tuple[Sources, ...]
    bids: tuple[Bids, ...]
    groups: tuple[Places, ...]
    rival_hours: tuple[float, ...]
    """Hours of the day at which rivals leave the auctions, in any regime."""

    carts: tuple[Carts, ...]
    tastes: tuple[Tastes, ...]
    bookings: tuple[booked.Bookings, ...]
    slots: tuple[Mapping[int, slots.Terms], ...]
    affiliates: tuple[affiliates.Terms, ...]
    landings: tuple[Landings, ...]
    visits: tuple[Visits, ...]
    dispatch: tuple[Dispatch, ...]
    desks: tuple[Desk, ...]
    judgement: Judgement
    teams: tuple[Payroll, ...]
    joins: tuple[float, ...]
    """Share of first-time buyers who become members."""

    club: ClubRules | None
    """None where members are a pool."""
    brands: tuple[Brand, ...]

    def regime(self, day: int, stage: int) -> int:
        """The place of what holds on a day, in a stage, among the tuples over regimes."""
        return next(regimes[stage] for first, regimes in reversed(self.turns) if first <= day)


def blueprint(scenario: Scenario) -> Blueprint:
    """The blueprint of a scenario; kept, because an ensemble builds many stores from one.

    Raises
    ------
    ScenarioError
        If a playbook names a setting that does not exist, or gives it a value that is not allowed.
    """
    return _drawn(_Same(scenario))


class _Same:
    """A scenario as a key: equal only to itself, which is cheaper to find out than equality of all settings."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario

    def __hash__(self) -> int:
        return id(self.scenario)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.scenario is self.scenario


@lru_cache(maxsize=4)
def _drawn(same: _Same) -> Blueprint:
    scenario = same.scenario
    regimes, turns = _regimes(scenario)
    stages = tuple(stage for stage, _ in regimes)
    goods = _goods(scenario, regimes)
    promotions = read_promotions(scenario.events, scenario.store.opened, goods[0])
    per_stage = [sizes_of(stage) for stage in stages]
    sizes = Sizes(*(max(size[i] for size in per_stage) for i in range(3)))
    unlike = any(map(roles_differ, goods))
    bids = _each(lambda stage: read_bids(stage, sizes), stages)
    both = tuple(zip(stages, goods, strict=True))
    deals = with_freight(stages, tuple(read_deals(stage, sold) for stage, sold in both), goods[0])
    landings = tuple(read_landings(stage, sold, unlike=unlike) for stage, sold in both)
    return Blueprint(
        scenario=scenario,
        fingerprint=scenario.fingerprint,
        opened=scenario.store.opened,
        n_days=scenario.n_days,
        channels=tuple(scenario.channels),
        devices=tuple(scenario.market.devices),
        paid=tuple(isinstance(channel, PaidChannel) for channel in scenario.channels.values()),
        goods=goods,
        dates=read_dates(scenario),
        market=read_market(scenario),
        promotions=promotions,
        running=calendar_of(promotions, scenario.n_days),
        rules=read_rules(scenario.stages, scenario.store.opened),
        turns=turns,
        rates=read_rates(under_mode(scenario)),
        sizes=sizes,
        discounts=tuple(stage.catalogue.discount for stage in stages),
        deals=deals,
        levels=level_shares(scenario, deals),
        cross=tuple(read_cross(stage.catalogue, sold) for stage, sold in both),
        policies=tuple(read_policy(stage, sold) for stage, sold in both),
        sources=tuple(read_sources(stage, sold) for stage, sold in both),
        bids=bids,
        groups=_each(read_groups, stages),
        rival_hours=tuple(sorted({float(hour) for stage in bids for hour in stage.leaves.flat if hour < 24.0})),
        carts=tuple(stage.operations.carts for stage in stages),
        tastes=tuple(read_tastes(stage, sold) for stage, sold in both),
        bookings=_each(booked.read_bookings, stages),
        slots=tuple(
            slots.read_slots(stage, sold, each.of_slots) for (stage, sold), each in zip(both, landings, strict=True)
        ),
        affiliates=tuple(affiliates.read_terms(stage, sold) for stage, sold in both),
        landings=landings,
        visits=_each(read_visits, stages),
        dispatch=_each(read_dispatch, stages),
        desks=_each(read_desk, stages),
        judgement=read_judgement(scenario),
        teams=_each(read_payroll, stages),
        joins=tuple(stage.operations.members.join for stage in stages),
        club=read_club(scenario, goods[0]) if scenario.operations.members.model == "bg_nbd" else None,
        brands=_each(read_brand, stages),
    )


def _regimes(scenario: Scenario) -> tuple[tuple[Regime, ...], tuple[tuple[int, tuple[int, ...]], ...]]:
    """The scenario under each playbook that holds at some time in some stage, with what is then on sale; and `turns`.

    The stages' own come first, with what is on sale on the opening day.
    """
    opened, skus = scenario.store.opened, scenario.catalogue.skus
    books: list[tuple[str, Named[object]]] = [(name, getattr(scenario.stages, name).playbook) for name in STAGES]
    own, sold = tuple(books), on_sale(skus, opened)
    found, turns = [(place, sold) for place in range(len(own))], []
    days = {*turning_days(scenario.changes, opened, scenario.n_days), *moving_days(skus, opened, scenario.n_days)}
    for day in sorted(days):
        date = opened + dt.timedelta(days=day)
        now, sold = [(name, playbook_on(scenario.changes, name, book, date)) for name, book in own], on_sale(skus, date)
        books += [one for one in now if one not in books]
        keys = [(books.index(one), sold) for one in now]
        found += [key for key in keys if key not in found]
        turns.append((day, tuple(map(found.index, keys))))
    stages = [_under(scenario, dict(book)) for _, book in books]
    return tuple((stages[place], sold) for place, sold in found), tuple(turns)


def _goods(scenario: Scenario, regimes: Sequence[Regime]) -> tuple[Goods, ...]:
    """What is sold in each regime; the same object where that is the same."""
    catalogues: list[tuple[object, object]] = []
    place: dict[int, int] = {}
    kept: dict[tuple[int, tuple[bool, ...]], Goods] = {}
    for stage, sold in regimes:
        # Regimes of one stage have one catalogue: items are compared once a stage, not once for each assortment.
        if id(stage) not in place:
            own = stage.catalogue.skus, stage.catalogue.roles
            catalogues += [own] if own not in catalogues else []
            place[id(stage)] = catalogues.index(own)
        if (key := (place[id(stage)], sold)) not in kept:
            kept[key] = read_goods(stage.catalogue, sold, scenario.catalogue)
    return tuple(kept[place[id(stage)], sold] for stage, sold in regimes)


def _each(read: Callable[[Scenario], T], stages: Sequence[Scenario]) -> tuple[T, ...]:
    """What is read of each stage, once where regimes differ by what is on sale alone."""
    found: dict[int, T] = {}
    for stage in stages:
        if id(stage) not in found:
            found[id(stage)] = read(stage)
    return tuple(found[id(stage)] for stage in stages)


def _under(scenario: Scenario, playbook: dict[str, object]) -> Scenario:
    """The scenario as it stands under a playbook and the terms of the store's mode."""
    return under_mode(scenario.with_(playbook) if playbook else scenario)
