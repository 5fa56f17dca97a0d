"""Stock: what is on the shelf, when to reorder, how much (MODEL section 8).

`sQ`: order Q when the pieces on hand and on order fall to s, with `s = rate · (lead time + safety days)` and
`Q = rate · lot days`, where rate is what buyers asked for a day, remembered with a mean age of `memory` days. The
rate starts from what the planner expected, spread by popularity. `base`: what is missing to the opening stock is
ordered at once. `unlimited`: the supplier ships piece by piece; each piece sold is bought at that moment and the
shelf never empties.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import (
    LEAD_SD,
    N_SKU_TALLY,
    REORDER_BASE,
    SKU_GMV,
    SKU_LOST,
    SKU_ORDERED,
    SKU_RECEIVED,
    SKU_UNITS,
    DayState,
    F,
    I,
)
from storesim.engine.draws import log_normal_mu
from storesim.model.goods import Goods
from storesim.model.today import NO_BUYING, SHUT, Shelf, Today
from storesim.scenario.document import Scenario

ENDLESS = 1 << 50
"""Pieces held of each SKU by a store whose supplier never runs out; what is above is on the shelf."""

SQ, BASE, UNLIMITED = range(3)
POLICIES = {"sQ": SQ, "base": BASE, "unlimited": UNLIMITED}

SOLD_COST, ORDERED_COST, ORDERED_UNITS, RECEIVED_UNITS, RECEIVED_COST, IN_STOCK, HERO_OUT, PIECES = range(8)
N_FIGURES = 8
UNITS, GMV, LOST, ORDERED, RECEIVED, CLOSING = range(6)


class Policy(NamedTuple):
    """How one stage keeps stock."""

    kind: int
    cover: F
    """[n_skus] days of sales at which to reorder."""

    lot: float
    """Days of sales in one order."""

    weight: float
    """Weight of the last day in the remembered rate: 1 / memory."""

    lead_mu: F
    """[n_skus] mean of the logarithm of lead time in days."""

    lead_sd: float
    opening: I
    """[n_skus] pieces on the first morning, if the store opens in this stage."""

    expected: F
    """[n_skus] pieces a day the planner expected before there were sales."""


class Bought(NamedTuple):
    """What the day cost in goods, fen."""

    sold: float
    """Cost of the pieces sold, less that of the pieces that came back to the shelf."""

    ordered: float
    """Cost of the pieces ordered."""

    ordered_units: float
    received_units: float
    received: float
    """Cost of the pieces received."""


def read_policy(scenario: Scenario, goods: Goods) -> Policy:
    """The stock policy of one stage."""
    stock = scenario.operations.stock
    return Policy(
        kind=POLICIES[stock.policy],
        cover=goods.lead_days + stock.safety,
        lot=stock.lot,
        weight=1.0 / max(1.0, stock.memory),
        lead_mu=np.array([log_normal_mu(days, stock.lead_sd) for days in goods.lead_days]),
        lead_sd=stock.lead_sd,
        opening=_opening(scenario, goods),
        expected=stock.expected_units * goods.share,
    )


def _opening(scenario: Scenario, goods: Goods) -> I:
    stock = scenario.operations.stock
    expected = np.ceil(stock.expected_units * stock.opening * goods.share)
    if stock.policy == "unlimited":
        expected = np.zeros_like(expected)
    said = [sku.stock for sku in scenario.catalogue.skus]
    return np.array([e if s is None else s for s, e in zip(said, expected, strict=True)], dtype=np.int64)


class Books(NamedTuple):
    """What the shelf's closing reads and writes; arrays are [n_skus, …]."""

    cost: F
    share: F
    hero: F
    stock: I
    """The kernel's own, not a copy."""

    rate: F
    """Pieces asked for a day, remembered."""

    counts: F
    figures: F


class Inventory:
    """The shelf and the orders to suppliers.

    Parameters
    ----------
    stage
        In which the store opens.
    state
        Its stock is set here.
    """

    def __init__(self, goods: Goods, stages: tuple[Policy, ...], stage: int, state: DayState) -> None:
        n = goods.price.size
        self._stages = stages
        self._level = stages[stage].opening
        self._books = Books(
            cost=goods.cost,
            share=goods.share,
            hero=goods.hero,
            stock=state.stock,
            rate=stages[stage].expected.copy(),
            counts=np.zeros((n, 6)),
            figures=np.zeros(N_FIGURES),
        )
        state.stock[:] = self._level + self.endless(stage)
        close_shelf(np.zeros((n, N_SKU_TALLY)), np.zeros(n), self._books, 0.0, self.endless(stage))

    @property
    def counts(self) -> F:
        """[n_skus, 6] so far: units, GMV in fen, lost, ordered, received; and the closing stock."""
        return self._books.counts

    @property
    def shelf(self) -> Shelf:
        """What is in stock at the end of the last day."""
        return Shelf(in_stock=float(self._books.figures[IN_STOCK]), hero_out=float(self._books.figures[HERO_OUT]))

    @property
    def pieces(self) -> float:
        """Pieces on the shelf at the end of the last day."""
        return float(self._books.figures[PIECES])

    def endless(self, stage: int) -> int:
        """Pieces of each SKU that are counted in the kernel's stock but not on the shelf."""
        return ENDLESS if self._stages[stage].kind == UNLIMITED else 0

    def open(self, today: Today) -> Shelf:
        """Write the reorder points and lots."""
        plan, policy = today.plan, self._stages[today.stage]
        if today.fresh:
            plan.lead_mu[:] = policy.lead_mu
            plan.scalars[LEAD_SD] = policy.lead_sd
            plan.scalars[REORDER_BASE] = 1.0 if policy.kind == BASE else 0.0
            plan.reorder_at[:] = self._level - 1 if policy.kind == BASE else -1
            plan.lot[:] = 1
        if policy.kind == SQ:
            reorder(self._books.rate, policy.cover, policy.lot, plan.reorder_at, plan.lot)
        if today.halt in (NO_BUYING, SHUT):
            plan.reorder_at[:] = -1
        return self.shelf

    def close(self, stage: int, by_sku: F, restock: F) -> Bought:
        """Put `restock` [n_skus] back on the shelf, remember what was asked for, and add the day to `counts`."""
        close_shelf(by_sku, restock, self._books, self._stages[stage].weight, self.endless(stage))
        return Bought(*self._books.figures[: RECEIVED_COST + 1].tolist())

    def change_policy(self, before: int, after: int) -> None:
        """Move the kernel's stock between an endless and a finite shelf as the stage changes."""
        self._books.stock[:] += self.endless(after) - self.endless(before)


@compiled
def reorder(rate: F, cover: F, lot: float, reorder_at: I, pieces: I) -> None:
    """Fill `reorder_at` with s and `pieces` with Q of each SKU, whole pieces rounded up; Q is at least 1."""
    for k in range(rate.shape[0]):
        reorder_at[k] = int(np.ceil(rate[k] * cover[k]))
        pieces[k] = max(1, int(np.ceil(rate[k] * lot)))


@compiled
def close_shelf(by_sku: F, restock: F, books: Books, weight: float, endless: int) -> None:
    """End the day of the shelf.

    Changes the stock by what came back and, where the supplier is endless, by what was bought to replace what was
    sold; moves the rate by `weight` towards what was asked for today; adds to the counts; fills the figures.

    Parameters
    ----------
    by_sku : [n_skus, N_SKU_TALLY]
        The kernel's tally of the day.
    restock : [n_skus]
        Returned pieces that go back on the shelf.
    """
    counts, figures, stock, rate = books.counts, books.figures, books.stock, books.rate
    figures[:] = 0.0
    hero_here = 0.0
    heroes = 0.0
    for k in range(stock.shape[0]):
        stock[k] += int(restock[k])
        ordered = by_sku[k, SKU_ORDERED]
        received = by_sku[k, SKU_RECEIVED]
        if endless > 0 and stock[k] < endless:
            bought = endless - stock[k]
            stock[k] += bought
            ordered += bought
            received += bought
        rate[k] += weight * (by_sku[k, SKU_UNITS] + by_sku[k, SKU_LOST] - rate[k])
        counts[k, UNITS] += by_sku[k, SKU_UNITS]
        counts[k, GMV] += by_sku[k, SKU_GMV]
        counts[k, LOST] += by_sku[k, SKU_LOST]
        counts[k, ORDERED] += ordered
        counts[k, RECEIVED] += received
        counts[k, CLOSING] = stock[k] - endless
        here = 1.0 if stock[k] > 0 else 0.0
        figures[SOLD_COST] += books.cost[k] * (by_sku[k, SKU_UNITS] - restock[k])
        figures[ORDERED_COST] += books.cost[k] * ordered
        figures[ORDERED_UNITS] += ordered
        figures[RECEIVED_UNITS] += received
        figures[RECEIVED_COST] += books.cost[k] * received
        figures[PIECES] += counts[k, CLOSING]
        figures[IN_STOCK] += books.share[k] * here
        hero_here += books.hero[k] * here
        heroes += books.hero[k]
    figures[HERO_OUT] = 1.0 - hero_here / heroes if heroes > 0.0 else 0.0
