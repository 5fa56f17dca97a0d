"""The store's promotions in the order in which they are applied, and which of them run on a day (see `deals`)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.day import (
    ACTIVE,
    BUNDLE,
    CHANCE,
    COUPON,
    CUT,
    FOR_LEVELS,
    FREIGHT,
    GIFT,
    KIND,
    LEAST,
    LESS,
    MULTI_BUY,
    N_TERMS,
    NUMBER,
    ON_DEVICES,
    PRESALE,
    SAVE,
    THRESHOLD,
    VALID_HOURS,
    F,
    I,
)
from storesim.model.goods import Goods
from storesim.model.terms import Deal, runs_on

ORDER = (CUT, PRESALE, BUNDLE, GIFT, SAVE, MULTI_BUY, COUPON, FREIGHT)
"""Kinds as JD applies them, and freight by what is left to pay.

Within a kind the highest threshold, most pieces and greatest face come first.
"""

_AHEAD = 128
"""Days whose promotions are looked up at once: NumPy takes as long for one."""


class Issue(NamedTuple):
    """A promotion that gives coupons."""

    place: int
    """In the scenario."""

    row: int
    """In `DayPlan.deals`."""

    deal: Deal
    chance: float
    devices: tuple[int, ...]
    """On which it may be claimed; empty: on all."""


class Lowered(NamedTuple):
    """A price that a single promotion or a presale lowers."""

    place: int
    """Of the promotion in the scenario."""

    deal: Deal
    items: I
    """[n] those whose price it is."""

    price: F
    """[n] fen."""


class Ranked:
    """The promotions of one stage and the goods they are for; what is worked out here holds in every run."""

    def __init__(self, deals: tuple[Deal, ...], goods: Goods) -> None:
        self.deals = deals
        self.goods = goods
        places = sorted(range(len(deals)), key=lambda i: _rank(deals[i].terms))
        kinds = [int(deal.terms[KIND]) for deal in deals]
        self.rows = np.array([deals[i].terms for i in places])
        """[n, N_TERMS + n_skus] terms in the order in which the kernel applies them."""

        self.places = np.array(places, dtype=np.int64)
        """[n] place of each row in the scenario."""

        limited = [bool(deal.terms[FOR_LEVELS]) for deal in deals]
        self.applied = np.array(
            [ORDER.index(kinds[i]) > ORDER.index(PRESALE) or limited[i] for i in places], dtype=bool
        )
        """[n] whether the kernel applies it to a basket; prices that hold for everybody are lowered before."""

        self.worth = np.array([deals[i].worth for i in places])
        """[n] what gifts are thought to be worth, as a share of their daily price."""

        self.delays = np.array([deal.delay for deal in deals])
        """[n] by place: mean hours until who keeps a coupon looks again."""

        self.hours = tuple(float(deal.terms[VALID_HOURS]) for deal in deals)
        """By place: for how long a coupon is valid."""

        self.issues = tuple(_issue(i, row, deals[i]) for row, i in enumerate(places) if kinds[i] == COUPON)
        lowered = [_lowered(i, deal, goods.price) for i, deal in enumerate(deals) if kinds[i] in (CUT, PRESALE)]
        self.lowered = tuple(it for it in lowered if not limited[it.place])
        for it in lowered:
            if kinds[it.place] == CUT and limited[it.place]:
                # The kernel reads the prices of its levels in place of marks.
                self.rows[places.index(it.place), N_TERMS + it.items] = it.price
        self.presales = tuple(
            it for it in self.lowered if kinds[it.place] == PRESALE and it.deal.terms[ACTIVE]
        )  # fmt: skip
        self.deposits = (
            min((it.deal.first for it in self.presales), default=0),
            max((it.deal.balance[0] + it.deal.balance[1] for it in self.presales), default=-1),
        )
        """First and last day on which a presale takes deposits, or balances are due."""

        self._running: dict[int, bytes] = {}

    def running(self, day: int) -> bytes:
        """Which promotions run on a day, a byte for each place in the scenario."""
        found = self._running.get(day)
        if found is None:
            days = np.arange(day, day + _AHEAD)
            self._running.update(zip(days.tolist(), map(bytes, runs_on(self.deals, days)), strict=True))
            found = self._running[day]
        return found


def _issue(place: int, row: int, deal: Deal) -> Issue:
    mask = int(deal.terms[ON_DEVICES])
    devices = tuple(device for device in range(mask.bit_length()) if mask >> device & 1)
    return Issue(place, row, deal, float(deal.terms[CHANCE]), devices)


def _lowered(place: int, deal: Deal, list_price: F) -> Lowered:
    items = np.flatnonzero(deal.terms[N_TERMS:] > 0.0)
    price = np.maximum(1.0, np.floor(list_price * (1.0 - deal.cut) + 0.5) - deal.less)
    return Lowered(place, deal, items, price[items])


def _rank(terms: F) -> tuple[int, float, float, float, float]:
    return ORDER.index(int(terms[KIND])), -terms[THRESHOLD], -terms[LEAST], -terms[LESS], terms[NUMBER]
