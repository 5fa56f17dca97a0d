"""Slots of platform events, such as 秒杀 and 团购: sign-up, the deep price, its pieces (DOMAIN 5.4, 5.7).

A store is judged `sign_up` days before a slot, on the record of that morning: it must meet the conditions of entry,
and each item of the slot must have rested since its last slot of the channel and be in no more than `most` in 30 days.
A store that opens after sign-up has closed is refused. A refused slot is counted and brings nothing.

A slot that is held brings visitors of its own, spread over its hours as the market's are and moved by the market, who
land on its SKUs. `price = min(list · (1 − discount), lowest price of the days before)` holds for every buyer, from
whichever channel, until the slot closes or its pieces of that SKU are sold; the kernel then puts the daily price back.
Nobody buys more than the slot still has. For `protected` days after it the daily price of its items is not below its
own (价格保护): `max(daily price, slot's price)`. The rank and the click-through of ads do not see a slot's price
(*assumed*).

The fee is spent on the first day, the share of sales on the day of each order; both are ad spend of the channel.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from storesim.engine.day import GMV, SKU_IN_SLOT, SPEND, DayState, F, I
from storesim.model.booked import share_between
from storesim.model.goods import Goods, fen, with_codes, with_roles
from storesim.model.promotions import may_enter
from storesim.model.settlement import share
from storesim.model.today import NO_ADS, SHUT, Offer, Standing, Today
from storesim.scenario.booked import Slots as SlotsSpec
from storesim.scenario.document import Scenario
from storesim.scenario.events import Entry

MONTH = 30
NEVER = 1_000_000


class Slot(NamedTuple):
    """One slot, in days of the run."""

    first: int
    last: int
    visitors: float
    pieces: int
    discount: float
    skus: I
    """SKUs in it."""

    landing: int
    """Row of `DayPlan.landing_p` by which its visitors land."""

    place: int
    """Among the slots of its channel."""


class Terms(NamedTuple):
    """One channel of slots in one stage."""

    slots: tuple[Slot, ...]
    opens: float
    closes: float
    lowest: int
    """Days before a slot whose lowest price it may not exceed."""

    protected: int
    """Days after a slot in which its items are not cheaper."""

    sign_up: int
    rest: float
    most: int
    fee: float
    """Fen."""

    fee_share: float
    entry: Entry


def read_slots(scenario: Scenario, goods: Goods, rows: Mapping[int, tuple[int, ...]]) -> Mapping[int, Terms]:
    """The channels of slots of one stage, by place; `rows` are `Landings.of_slots`."""
    opened = scenario.store.opened
    return {
        c: _read_terms(channel, opened, goods, rows[c])
        for c, channel in enumerate(scenario.channels.values())
        if isinstance(channel, SlotsSpec)
    }


def _read_terms(channel: SlotsSpec, opened: dt.date, goods: Goods, rows: tuple[int, ...]) -> Terms:
    of_roles = with_roles(goods, channel.roles)
    return Terms(
        slots=tuple(
            Slot(
                first=(slot.first - opened).days,
                last=(slot.last - opened).days,
                visitors=slot.visitors,
                pieces=slot.pieces,
                discount=slot.discount,
                skus=np.flatnonzero(with_codes(goods, slot.skus) if slot.skus else of_roles),
                landing=rows[place],
                place=place,
            )
            for place, slot in enumerate(channel.dates)
        ),
        opens=channel.hours[0],
        closes=channel.hours[1],
        lowest=math.ceil(channel.lowest),
        protected=math.ceil(channel.protected),
        sign_up=math.ceil(channel.sign_up),
        rest=channel.rest,
        most=channel.most,
        fee=fen(channel.fee),
        fee_share=channel.fee_share,
        entry=channel.entry,
    )


def moments(stage: Mapping[int, Terms]) -> set[tuple[int, float]]:
    """Day and hour at which a slot opens or closes within a day."""
    found: set[tuple[int, float]] = set()
    for terms in stage.values():
        for slot in terms.slots:
            found |= {(slot.first, terms.opens)} if terms.opens > 0.0 else set()
            found |= {(slot.last, terms.closes)} if terms.closes < 24.0 else set()
    return found


class Held:
    """A slot that is open now."""

    def __init__(self, slot: Slot, terms: Terms, skus: I, price: F, hours: F) -> None:
        self.slot, self.terms, self.skus, self.price = slot, terms, skus, price
        days = slot.last - slot.first
        if days == 0:
            whole = share_between(hours, terms.opens, terms.closes)
        else:
            whole = share_between(hours, terms.opens, 24.0) + days - 1 + share_between(hours, 0.0, terms.closes)
        self.pace = slot.visitors / whole if whole > 0.0 else 0.0
        """Visitors of a whole day at the pace of its hours, on a mean day."""

    def over(self, day: int, hour: float) -> bool:
        """Whether it has closed."""
        return day > self.slot.last or (day == self.slot.last and hour >= self.terms.closes)


class Slots:
    """Which slots the store was given, and the prices and pieces of those that are open.

    Parameters
    ----------
    goods
        Of each stage.
    state
        Its pieces in slots are set here.
    standing
        On the opening day.
    """

    def __init__(
        self,
        goods: tuple[Goods, ...],
        stages: tuple[Mapping[int, Terms], ...],
        stage: int,
        state: DayState,
        standing: Standing,
    ) -> None:
        self._goods = goods
        self._stages = stages
        self._left = state.slot_left
        self._taken: dict[int, list[Slot]] = {c: [] for c in stages[0]}
        self._judged: dict[int, set[int]] = {c: set() for c in stages[0]}
        self._held: dict[int, Held] = {}
        # Last day, SKUs and price of each slot whose price is protected.
        self._protected: list[tuple[int, I, F]] = []
        self._moved: tuple[F, F] | None = None
        self._firsts: set[int] = set()
        """Days on which a slot that the store was given begins."""

        self._next: dict[int, int] = {}
        """Day on which the next sign-up closes, under the terms of each stage."""

        self._sells = False
        """Whether a slot was open today."""

        self._fees = dict.fromkeys(stages[0], 0.0)
        days = max([0, *(terms.lowest for each in stages for terms in each.values())])
        # Today's prices and those of the days a slot may look back on, in turn.
        self._prices = np.full((days + 1 if stages[0] else 0, goods[0].price.size), np.inf)
        self._signed = (0, 0)
        self.taken, self.refused, self.pieces = 0, 0, 0.0
        """Slots given and refused today, and pieces sold at their prices."""

        self._given = self._withdrawn = self._sold = 0.0
        self._sign_up(0, stage, standing)

    @property
    def to_be_had(self) -> float:
        """Pieces that open slots should still hold, by what slots were given, sold and gave back unsold."""
        return self._given - self._sold - self._withdrawn

    @property
    def left(self) -> float:
        """Pieces that open slots hold in the kernel."""
        return float(self._left.sum())

    @property
    def on(self) -> bool:
        """Whether any slot is open."""
        return bool(self._held)

    def open(self, today: Today) -> None:
        """Open and close slots; write their visitors, and their prices over those of the day."""
        terms_of = self._stages[today.stage]
        if not terms_of:
            return
        plan = today.plan
        if not self._held and not self._protected and today.day not in self._firsts:
            self._remember_prices(today)
            for c in terms_of:
                plan.rate[c] = 0.0
            self._moved = None
            return
        for c in [c for c, held in self._held.items() if held.over(today.day, today.hour)]:
            self._end(self._held.pop(c))
        daily = plan.price.copy()
        self._protect(today)
        self._remember_prices(today)
        begins = today.day in self._firsts and today.halt not in (NO_ADS, SHUT)
        for c, terms in terms_of.items():
            if begins and c not in self._held:
                self._begin(c, terms, today)
            # Nobody comes for a slot whose items are not on sale any more.
            opened = c in self._held and self._on_sale(self._held[c].slot, today.stage).size > 0
            plan.rate[c] = self._held[c].pace * today.market if opened else 0.0
            if c in self._held:
                plan.landing[c] = terms.slots[self._held[c].slot.place].landing
        if not self._held:
            moved = plan.price / daily
            self._moved = (moved, moved) if self._protected else None
            return
        self._sells = True
        plan.regular_price[:] = plan.price
        for held in self._held.values():
            here = held.skus[self._left[held.skus] > 0]
            plan.price[here] = np.minimum(plan.price[here], held.price[self._left[held.skus] > 0])
        self._moved = plan.price / daily, plan.regular_price / daily

    def shown(self, offer: Offer) -> Offer:
        """The offer as visitors see it: what they expect to pay with promotions moves with the prices of slots."""
        return self._shown(offer, 0)

    def shown_after(self, offer: Offer) -> Offer:
        """The same where the pieces of the slots are sold."""
        return self._shown(offer, 1)

    def _shown(self, offer: Offer, after: int) -> Offer:
        if offer.seen is None or self._moved is None:
            return offer
        return offer._replace(seen=offer.seen * self._moved[after])

    def _protect(self, today: Today) -> None:
        """Keep the daily prices at those of slots that are over, for as long as they are protected."""
        self._protected = [slot for slot in self._protected if slot[0] >= today.day]
        for _, skus, price in self._protected:
            today.plan.price[skus] = np.maximum(today.plan.price[skus], price)

    def _remember_prices(self, today: Today) -> None:
        row, price = today.day % len(self._prices), today.plan.price
        self._prices[row] = price if today.hour == 0.0 else np.minimum(self._prices[row], price)

    def _end(self, held: Held) -> None:
        self._withdrawn += float(self._left[held.skus].sum())
        self._left[held.skus] = 0
        if held.terms.protected > 0:
            self._protected.append((held.slot.last + held.terms.protected, held.skus, held.price))

    def _begin(self, c: int, terms: Terms, today: Today) -> None:
        for signed in self._taken[c]:
            if signed.first == today.day and today.hour >= terms.opens:
                # A stage that has begun since may have other roles in its slots.
                slot = terms.slots[signed.place]
                # An item stays with the slot that has it until that closes, sold out or not.
                held_already = {k for held in self._held.values() for k in held.skus.tolist()}
                here = self._on_sale(slot, today.stage)
                if not here.size:
                    continue  # a slot of items that are not on sale is not held
                skus = np.array([k for k in here.tolist() if k not in held_already], dtype=np.int64)
                price = np.maximum(1.0, np.floor(self._goods[today.stage].price[skus] * (1.0 - slot.discount) + 0.5))
                price = np.minimum(price, self._lowest(today.day, terms.lowest)[skus])
                held = Held(slot, terms, skus, price, today.plan.hours)
                if not held.over(today.day, today.hour):
                    self._held[c] = held
                    self._left[skus] = slot.pieces
                    self._given += float(slot.pieces * skus.size)
                    self._fees[c] += terms.fee

    def _on_sale(self, slot: Slot, stage: int) -> I:
        """Items of a slot that are on sale."""
        return slot.skus[self._goods[stage].on_sale[slot.skus]]

    def _lowest(self, day: int, days: int) -> F:
        """[n_skus] lowest price of the `days` days before `day`; infinite where there were none."""
        rows = [(day - back) % len(self._prices) for back in range(1, days + 1)]
        return np.asarray(np.min(self._prices[rows], axis=0, initial=np.inf))

    def close(self, stage: int, by_channel: F, by_sku: F) -> None:
        """Charge the fees, and count the day; the kernel's tallies are [n_channels, …] and [n_skus, …]."""
        if not self._stages[stage]:
            return
        for c, terms in self._stages[stage].items():
            # Those who come back later order when the slot is long over.
            by_channel[c, SPEND] = self._fees[c] + share(terms.fee_share, by_channel.item(c, GMV))
            self._fees[c] = 0.0
        self.pieces = float(by_sku[:, SKU_IN_SLOT].sum()) if self._sells else 0.0
        self._sold += self.pieces
        self._sells = bool(self._held)
        self.taken, self.refused = self._signed
        self._signed = (0, 0)

    def judges(self, stage: int, day: int) -> bool:
        """Whether the sign-up of any slot may close on the morning of a day."""
        return bool(self._stages[stage]) and day >= self._next.get(stage, 0)

    def sign_up(self, stage: int, standing: Standing) -> None:
        """Be judged for the slots whose sign-up closes on the morning of this standing."""
        self._sign_up(standing.age, stage, standing)
        # What was judged under the terms of one stage is judged under those of all.
        self._next = {stage: self._next_to_judge(stage, standing.age)}

    def _next_to_judge(self, stage: int, day: int) -> int:
        """Day, after `day`, on which the next sign-up of a stage closes; long after all runs where there is none."""
        return min(
            (
                slot.first - terms.sign_up
                for c, terms in self._stages[stage].items()
                for i, slot in enumerate(terms.slots)
                if i not in self._judged[c] and slot.first > day
            ),
            default=NEVER,
        )

    def _sign_up(self, day: int, stage: int, standing: Standing) -> None:
        taken = refused = 0
        for c, terms in self._stages[stage].items():
            for i, slot in enumerate(terms.slots):
                closes = slot.first - terms.sign_up
                if i in self._judged[c] or closes > day or slot.first < day:
                    continue
                self._judged[c].add(i)
                if terms.most == 0:
                    continue
                if (closes >= 0) and may_enter(terms.entry, standing) and _has_room(terms, slot, self._taken[c]):
                    self._taken[c].append(slot)
                    self._firsts.add(slot.first)
                    taken += 1
                else:
                    refused += 1
        self._signed = (taken, refused)


def _has_room(terms: Terms, slot: Slot, taken: list[Slot]) -> bool:
    """Whether each item of a slot keeps the rest before and after those it has already, and the most of a month."""
    within_month = dict.fromkeys(slot.skus.tolist(), 0)
    for other in taken:
        shared = within_month.keys() & other.skus.tolist()
        rest = max(slot.first - other.last, other.first - slot.last) - 1
        if rest < terms.rest and shared:
            return False
        for k in shared if abs(slot.first - other.first) < MONTH else ():
            within_month[k] += 1
    return all(slots < terms.most for slots in within_month.values())
