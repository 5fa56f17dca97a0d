"""Stock: what is on the shelf, when to reorder, how much (MODEL section 8).

`sQ`: order Q when the pieces on hand and on order fall to s, with `s = rate · (lead time + safety days)` and
`Q = rate · lot days`, where rate is what buyers asked for a day, remembered with a mean age of `memory` days. The
rate starts from what the planner expected, spread by popularity. `sS`: at s, order what is missing to `S = s + Q`.
`RS`: every R days at midnight, order what is missing to `S = rate · (R + lead time + safety days)`. `base`: what is
missing to a level is ordered at once. `seasonal`: what `model.season` says. `unlimited`: the supplier ships piece by
piece; each piece sold is bought at that moment and the shelf never empties.

Each evening the pieces on the shelf cost rent for their place and the yield of the money in them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import (
    LEAD_SD,
    N_SKU_TALLY,
    ORDER_AT_MIDNIGHT,
    ORDER_LOT,
    ORDER_UP_TO,
    REORDER,
    SKU_GIFTS,
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
from storesim.model.goods import FEN, Goods
from storesim.model.season import Order, Season, read_season, reordered
from storesim.model.today import NO_BUYING, SHUT, Shelf, Today
from storesim.scenario.document import Scenario

YEAR = 365.0
"""Days over which a yearly share is spread."""

ENDLESS = 1 << 50
"""Pieces held of each SKU by a store whose supplier never runs out; what is above is on the shelf."""

SQ, SS, RS, BASE, SEASONAL, UNLIMITED = range(6)
POLICIES = {"sQ": SQ, "sS": SS, "RS": RS, "base": BASE, "seasonal": SEASONAL, "unlimited": UNLIMITED}
_REORDER = {SS: ORDER_UP_TO, RS: ORDER_AT_MIDNIGHT, BASE: ORDER_UP_TO}

(
    SOLD_COST, ORDERED_COST, ORDERED_UNITS, RECEIVED_UNITS, RECEIVED_COST,
    CLEARED_UNITS, CLEARED_COST, CLEARED_FOR,
    IN_STOCK, HERO_OUT, PIECES, HOLDING,
) = range(12)  # fmt: skip
N_FIGURES = 12
UNITS, GMV, LOST, ORDERED, RECEIVED, CLOSING, CLEARED, GIFTS = range(8)
N_COUNTS = 8
N_SHOWN = CLEARED
"""Columns of `counts` that are shown by SKU."""


class Policy(NamedTuple):
    """How one stage keeps stock."""

    kind: int
    cover: F
    """[n_skus] days of sales at which to reorder."""

    lot: float
    """Days of sales in one order."""

    every: int
    """Days from one order to the next under `RS`."""

    weight: float
    """Weight of the last day in the remembered rate: 1 / memory."""

    lead_mu: F
    """[n_skus] mean of the logarithm of lead time in days."""

    lead_sd: float
    opening: I
    """[n_skus] pieces on the first morning, if the store opens in this stage."""

    expected: F
    """[n_skus] pieces a day the planner expected before there were sales."""

    level: I
    """[n_skus] pieces up to which `base` orders."""

    season: Season | None
    holding: F
    """[n_skus] what one piece on the shelf costs a day, fen."""


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
    cleared_units: float = 0.0
    """Pieces cleared out after a season."""

    cleared: float = 0.0
    """Cost of these pieces."""

    cleared_for: float = 0.0
    """What they brought."""

    holding: float = 0.0
    """What it cost to hold what was on the shelf this evening."""


OF_GOODS: Final = {
    "purchased_units": "ordered_units",
    "received_units": "received_units",
    "cleared_units": "cleared_units",
}
"""Counts that the ledger takes from `Bought`, and where they stand."""


def read_policy(scenario: Scenario, goods: Goods) -> Policy:
    """The stock policy of one stage."""
    stock = scenario.operations.stock
    season = read_season(scenario, goods)
    opening = _opening(scenario, goods, season)
    level = opening if stock.level is None else np.ceil(stock.expected_units * stock.level * goods.share)
    holding = stock.holding * FEN + stock.holding_share / YEAR * goods.cost
    every = max(1, round(stock.every))
    return Policy(
        kind=POLICIES[stock.policy],
        cover=goods.lead_days + stock.safety + (every if stock.policy == "RS" else 0.0),
        lot=stock.lot,
        every=every,
        weight=1.0 / max(1.0, stock.memory),
        lead_mu=np.array([log_normal_mu(days, stock.lead_sd) for days in goods.lead_days]),
        lead_sd=stock.lead_sd,
        opening=opening,
        expected=stock.expected_units * goods.share,
        # Topped up to nothing, a shelf would stay empty for ever.
        level=np.maximum(1, level).astype(np.int64),
        season=season,
        holding=holding,
    )


def _opening(scenario: Scenario, goods: Goods, season: Season | None) -> I:
    stock = scenario.operations.stock
    expected = np.ceil(stock.expected_units * stock.opening * goods.share)
    if stock.policy == "unlimited" or season is not None:
        expected = np.zeros_like(expected)
    said = [sku.stock for sku in scenario.catalogue.skus]
    there = np.array([e if s is None else s for s, e in zip(said, expected, strict=True)], dtype=np.int64)
    return there if season is None else there + season.opening


class Books(NamedTuple):
    """What the shelf's closing reads and writes; arrays are [n_skus, …]."""

    cost: F
    share: F
    hero: F
    stock: I
    """The kernel's own, not a copy."""

    rate: F
    """Pieces asked for a day, remembered."""

    salvage: F
    """What one piece brings when it is cleared, fen."""

    counts: F
    figures: F


class Evening(NamedTuple):
    """How a day ends."""

    weight: float
    """Weight of today in the remembered rate."""

    endless: int
    clears: bool
    """Whether what is on the shelf is cleared out."""

    holding: F
    """[n_skus] as `Policy.holding`."""


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
        self._called = np.zeros(n, dtype=np.int64)
        self._before_season: tuple[int, F] | None = None
        self._held = 0.0
        self._books = Books(
            cost=goods.cost,
            share=goods.share,
            hero=goods.hero,
            stock=state.stock,
            rate=stages[stage].expected.copy(),
            counts=np.zeros((n, N_COUNTS)),
            salvage=np.zeros(n),
            figures=np.zeros(N_FIGURES),
        )
        state.stock[:] = stages[stage].opening + self.endless(stage)
        nothing = Evening(0.0, self.endless(stage), False, np.zeros(n))
        _close_shelf(np.zeros((n, N_SKU_TALLY)), nothing.holding, self._books, nothing)
        self._figures: list[float] = self._books.figures.tolist()

    @property
    def counts(self) -> F:
        """[n_skus, N_COUNTS] so far: units, GMV in fen, lost, ordered, received, closing stock, cleared, given away."""
        return self._books.counts

    @property
    def shelf(self) -> Shelf:
        """What is in stock at the end of the last day."""
        return Shelf(self._figures[IN_STOCK], self._figures[HERO_OUT])

    @property
    def in_stock(self) -> float:
        """Popularity of what is on the shelf at the end of the last day, as a share of all."""
        return self._figures[IN_STOCK]

    @property
    def pieces(self) -> float:
        """Pieces on the shelf at the end of the last day."""
        return self._figures[PIECES]

    def endless(self, stage: int) -> int:
        """Pieces of each SKU that are counted in the kernel's stock but not on the shelf."""
        return ENDLESS if self._stages[stage].kind == UNLIMITED else 0

    def open(self, today: Today) -> Shelf:
        """Write the reorder points and lots."""
        plan, policy = today.plan, self._stages[today.stage]
        if today.fresh:
            plan.lead_mu[:] = policy.lead_mu
            plan.scalars[LEAD_SD] = policy.lead_sd
            plan.scalars[REORDER] = _REORDER.get(policy.kind, ORDER_LOT)
            plan.reorder_at[:] = policy.level - 1 if policy.kind == BASE else -1
            plan.lot[:] = policy.level if policy.kind == BASE else 1
        if policy.kind in (SQ, SS):
            _reorder(self._books.rate, (policy.cover, policy.lot, policy.kind == SS), plan.reorder_at, plan.lot)
        if policy.kind == RS:
            self._review(today, policy)
        if today.halt in (NO_BUYING, SHUT):
            plan.reorder_at[:] = -1
        return self.shelf

    def _review(self, today: Today, policy: Policy) -> None:
        """Have the kernel order up to S at the midnight of every R-th day, and on no other."""
        plan = today.plan
        if today.day % policy.every == 0:
            plan.lot[:] = np.ceil(self._books.rate * policy.cover)
            np.subtract(plan.lot, 1, out=plan.reorder_at)
        else:
            plan.reorder_at[:] = -1

    def season_orders(self, stage: int, day: int, on_order: I) -> list[Order]:
        """What the seasonal buy orders this morning; `on_order` [n_skus] is the kernel's, and is added to."""
        policy = self._stages[stage]
        if policy.season is None:
            return []
        season, counts = policy.season, self._books.counts
        if self._before_season is None and day >= season.first:
            self._before_season = day, counts[:, UNITS] + counts[:, LOST]
        orders = season.orders.get(day, [])
        if day == season.reorder and self._before_season is not None:
            since, before = self._before_season
            asked = counts[:, UNITS] + counts[:, LOST] - before
            rate = asked / (day - since) if day > since else season.expected
            orders = orders + reordered(season, day, rate, self._books.stock + on_order)
        for order in orders:
            on_order[order.sku] += order.pieces
            self._called[order.sku] += order.pieces
        return orders

    def close(self, stage: int, day: int, by_sku: F, restock: F) -> Bought:
        """Put `restock` [n_skus] back on the shelf, remember what was asked for, and add the day to `counts`."""
        policy, books = self._stages[stage], self._books
        season = policy.season
        clears = season is not None and day >= season.clears_from
        if season is not None:
            by_sku[:, SKU_ORDERED] += self._called
            self._called[:] = 0
            books.salvage[:] = season.salvage
        _close_shelf(by_sku, restock, books, Evening(policy.weight, self.endless(stage), clears, policy.holding))
        self._figures = figures = books.figures.tolist()
        # Rounded on the sum, so that a tenth of a fen a piece is not lost.
        before = round(self._held)
        self._held += figures[HOLDING]
        return Bought(*(*figures[: CLEARED_FOR + 1], float(round(self._held) - before)))

    def change_policy(self, before: int, after: int) -> None:
        """Move the kernel's stock between an endless and a finite shelf as the stage changes."""
        self._books.stock[:] += self.endless(after) - self.endless(before)


@compiled
def reorder(rate: F, rule: tuple[F, float, bool], reorder_at: I, pieces: I) -> None:
    """Fill `reorder_at` with s and `pieces` with Q, or S, of each SKU; whole pieces rounded up, Q at least 1.

    The `rule` is days of sales at which to reorder [n_skus], those in one order, and whether orders go up to S.
    """
    cover, lot, up_to = rule
    for k in range(rate.shape[0]):
        reorder_at[k] = int(np.ceil(rate[k] * cover[k]))
        pieces[k] = max(1, int(np.ceil(rate[k] * lot)))
        if up_to:
            pieces[k] += reorder_at[k]


@compiled
def close_shelf(by_sku: F, restock: F, books: Books, evening: Evening) -> None:
    """End the day of the shelf.

    Changes the stock by what came back and, where the supplier is endless, by what was bought to replace what was
    sold; clears the shelf where a season has ended; moves the rate by its weight towards what was asked for today;
    adds to the counts; fills the figures.

    Parameters
    ----------
    by_sku : [n_skus, N_SKU_TALLY]
        The kernel's tally of the day.
    restock : [n_skus]
        Returned pieces that go back on the shelf.
    """
    counts, figures, stock, rate = books.counts, books.figures, books.stock, books.rate
    weight, endless = evening.weight, evening.endless
    figures[:] = 0.0
    hero_here, heroes, holding, rest = 0.0, 0.0, 0.0, 0.0
    for k in range(stock.shape[0]):
        stock[k] += int(restock[k])
        ordered = by_sku[k, SKU_ORDERED]
        received = by_sku[k, SKU_RECEIVED]
        if endless > 0 and stock[k] < endless:
            bought = endless - stock[k]
            stock[k] += bought
            ordered += bought
            received += bought
        if evening.clears:
            cleared = stock[k] - endless
            stock[k] = endless
            counts[k, CLEARED] += cleared
            figures[CLEARED_UNITS] += cleared
            figures[CLEARED_COST] += cleared * books.cost[k]
            figures[CLEARED_FOR] += cleared * books.salvage[k]
        given = by_sku[k, SKU_GIFTS]
        rate[k] += weight * (by_sku[k, SKU_UNITS] + given + by_sku[k, SKU_LOST] - rate[k])
        counts[k, UNITS] += by_sku[k, SKU_UNITS]
        counts[k, GMV] += by_sku[k, SKU_GMV]
        counts[k, LOST] += by_sku[k, SKU_LOST]
        counts[k, ORDERED] += ordered
        counts[k, RECEIVED] += received
        counts[k, GIFTS] += given
        counts[k, CLOSING] = stock[k] - endless
        here = 1.0 if stock[k] > 0 else 0.0
        figures[SOLD_COST] += books.cost[k] * (by_sku[k, SKU_UNITS] + given - restock[k])
        figures[ORDERED_COST] += books.cost[k] * ordered
        figures[ORDERED_UNITS] += ordered
        figures[RECEIVED_UNITS] += received
        figures[RECEIVED_COST] += books.cost[k] * received
        figures[PIECES] += counts[k, CLOSING]
        figures[IN_STOCK] += books.share[k] * here
        hero_here += books.hero[k] * here
        heroes += books.hero[k]
        # What a sum loses by rounding is added up apart: in a year it would be fen.
        held = evening.holding[k] * counts[k, CLOSING]
        total = holding + held
        rest += (holding - total) + held if holding >= held else (held - total) + holding
        holding = total
    figures[HOLDING] = holding + rest
    figures[HERO_OUT] = 1.0 - hero_here / heroes if heroes > 0.0 else 0.0


_close_shelf, _reorder = Settled(close_shelf), Settled(reorder)
