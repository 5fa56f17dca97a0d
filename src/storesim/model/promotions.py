"""Events and price cuts: the day's prices, and what the store's part in an event brings.

An event moves everybody's demand by `market`. Its other factors hold only for a store that took part, and whether it
may is settled once, on the record of its first morning (DOMAIN 5.4). Price cuts do not add up: the deepest of the
daily discount and the discounts of the events that cut an SKU is the one the buyer sees, as with 单品 promotions on JD.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import F
from storesim.engine.draws import log
from storesim.model.goods import Goods, with_roles
from storesim.model.today import Offer, Standing, Today
from storesim.scenario.events import Entry, Event


class Promotion(NamedTuple):
    """One event, in days of the run."""

    first: int
    last: int
    opens: float
    """Hour of the first day."""

    market: float
    traffic: float
    conversion: float
    rival_bids: float
    cut: F
    """[n_skus] price cut for a store that takes part; 0 for SKUs it does not touch."""

    entry: Entry


def read_promotions(events: Sequence[Event], opened: dt.date, goods: Goods) -> tuple[Promotion, ...]:
    """The events of a scenario, in its order."""
    return tuple(
        Promotion(
            first=(event.first - opened).days,
            last=(event.last - opened).days,
            opens=event.opens,
            market=event.market,
            traffic=event.traffic,
            conversion=event.conversion,
            rival_bids=event.rival_bids,
            cut=np.where(with_roles(goods, event.roles), event.discount, 0.0),
            entry=event.entry,
        )
        for event in events
    )


def running(promotions: Sequence[Promotion], day: int, hour: float) -> tuple[int, ...]:
    """Which events run at an hour of a day."""
    return tuple(i for i, p in enumerate(promotions) if p.first <= day <= p.last and (day > p.first or hour >= p.opens))


def calendar_of(promotions: Sequence[Promotion], n_days: int) -> tuple[tuple[int, ...], ...]:
    """Which events run at midnight of each day."""
    days: list[list[int]] = [[] for _ in range(n_days)]
    for i, promotion in enumerate(promotions):
        first = promotion.first + (1 if promotion.opens > 0.0 else 0)
        for day in range(max(0, first), min(n_days, promotion.last + 1)):
            days[day].append(i)
    return tuple(tuple(events) for events in days)


def may_enter(entry: Entry, standing: Standing) -> bool:
    """Whether a store of this standing meets every condition."""
    return (
        standing.age >= entry.age
        and standing.good_reviews >= entry.good_reviews
        and standing.good_rate >= entry.good_rate
        and standing.score >= entry.score
        and standing.orders_a_day >= entry.orders_a_day
        and (standing.free_shipping or not entry.free_shipping)
    )


class Promotions:
    """Prices of the day, and the events the store takes part in.

    Parameters
    ----------
    goods
        Of each stage.
    discounts
        Daily price cut in each stage.
    """

    def __init__(
        self,
        goods: Sequence[Goods],
        promotions: Sequence[Promotion],
        discounts: Sequence[float],
        standing: Standing,
    ) -> None:
        self._goods = goods
        self._promotions = promotions
        self._discounts = discounts
        # Of an event that began before the store opened, the first morning is the opening day's.
        self._taken = [p.first <= 0 <= p.last and may_enter(p.entry, standing) for p in promotions]
        self._begin: dict[int, list[int]] = {}
        for i, promotion in enumerate(promotions):
            if promotion.first > 0:
                self._begin.setdefault(promotion.first, []).append(i)
        self._offers: dict[tuple[int, tuple[int, ...], tuple[int, ...]], tuple[F, Offer]] = {}

    @property
    def taken(self) -> tuple[bool, ...]:
        """Which events the store took part in so far."""
        return tuple(self._taken)

    def open(self, today: Today) -> Offer:
        """Write the day's prices; what the events bring."""
        mine = tuple(i for i in today.events if self._taken[i]) if today.events else ()
        key = (today.stage, today.events, mine)
        if key not in self._offers:
            self._offers[key] = self._work_out(*key)
        price, offer = self._offers[key]
        today.plan.price[:] = price
        if today.fresh:
            today.plan.list_price[:] = self._goods[today.stage].price
        return offer

    def begin(self, day: int) -> bool:
        """Whether any event begins on a day."""
        return day in self._begin

    def close(self, standing: Standing) -> None:
        """Sign up for what begins tomorrow, on the standing of that morning."""
        for i in self._begin.get(standing.age, ()):
            self._taken[i] = may_enter(self._promotions[i].entry, standing)

    def _work_out(self, stage: int, events: tuple[int, ...], mine: tuple[int, ...]) -> tuple[F, Offer]:
        goods = self._goods[stage]
        cut = np.full(goods.price.size, self._discounts[stage])
        traffic = conversion = rival_bids = 1.0
        for i in events:
            # Rivals raise their bids in an event whether this store takes part or not.
            rival_bids *= self._promotions[i].rival_bids
        for i in mine:
            promotion = self._promotions[i]
            np.maximum(cut, promotion.cut, out=cut)
            traffic *= promotion.traffic
            conversion *= promotion.conversion
        price = np.empty(goods.price.size)
        log_price = cut_prices(goods.price, cut, goods.reference, goods.share, price)
        return price, Offer(traffic=traffic, conversion=conversion, rival_bids=rival_bids, log_price=log_price)


@compiled
def cut_prices(list_price: F, cut: F, reference: F, share: F, price: F) -> float:
    """Fill `price` with the list price less its cut, to the fen and at least 1 fen; the log price index.

    All arrays are [n_skus]; the index is the mean of log(price / reference) by `share`.
    """
    index = 0.0
    for k in range(price.shape[0]):
        price[k] = max(1.0, np.floor(list_price[k] * (1.0 - cut[k]) + 0.5))
        index += share[k] * log(price[k] / reference[k])
    return index
