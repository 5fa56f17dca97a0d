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

from bisect import bisect_left
from math import ceil
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
    SKU_ORDERED,
    DayState,
    F,
    I,
)
from storesim.engine.draws import log_normal_mu
from storesim.model.assortment import Dates
from storesim.model.goods import FEN, Goods
from storesim.model.season import Order, Season, read_season, reordered
from storesim.model.shelf import (
    CLEARED_FOR,
    HERO_OUT,
    HOLDING,
    IN_STOCK,
    LOST,
    N_COUNTS,
    N_FIGURES,
    PIECES,
    UNITS,
    Books,
    Evening,
    close_shelf,
    look_at_shelf,
)
from storesim.model.today import NO_BUYING, SHUT, Shelf, Today
from storesim.scenario.document import Scenario

YEAR = 365.0
"""Days over which a yearly share is spread."""

ENDLESS = 1 << 50
"""Pieces held of each SKU by a store whose supplier never runs out; what is above is on the shelf. Of an item
that is not on sale the kernel's stock is so many pieces below what is there: nobody finds one, and all are counted."""

NOTHING: I = np.zeros(0, dtype=np.int64)
NEVER = -2 * ENDLESS
"""A reorder point that no stock falls to."""

SQ, SS, RS, BASE, SEASONAL, UNLIMITED = range(6)
POLICIES = {"sQ": SQ, "sS": SS, "RS": RS, "base": BASE, "seasonal": SEASONAL, "unlimited": UNLIMITED}
_REORDER = {SS: ORDER_UP_TO, RS: ORDER_AT_MIDNIGHT, BASE: ORDER_UP_TO}


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

    apart: I
    """[n_skus] as `Books.apart`."""

    stocked: float
    """Days of expected sales in the first delivery of an item that does not say its stock."""

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
        apart=np.where(goods.on_sale, ENDLESS if stock.policy == "unlimited" else 0, -ENDLESS),
        stocked=0.0 if stock.policy == "unlimited" or season is not None else stock.opening,
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
    there[~goods.on_sale] = 0
    return there if season is None else there + season.opening


class Inventory:
    """The shelf and the orders to suppliers.

    Parameters
    ----------
    stage
        In which the store opens.
    goods
        Of each stage.
    state
        Its stock is set here.
    dates
        When items are ordered that are not always on sale.
    """

    def __init__(
        self, goods: tuple[Goods, ...], stages: tuple[Policy, ...], stage: int, state: DayState, dates: Dates
    ) -> None:
        n = goods[stage].price.size
        self._goods, self._stages, self._dates = goods, stages, dates
        self._ends = sorted({until for until in dates.ordered_until.tolist() if until < np.inf})
        self._dated = bool(self._ends) or not all(it.on_sale.all() for it in goods)
        self._blocked: dict[tuple[int, int], I] = {}
        """Items that are not ordered, by stage and by how many of `_ends` are over."""

        self._called = np.zeros(n, dtype=np.int64)
        self._calls = False
        """Whether anything was ordered for a date today."""

        self._before_season: tuple[int, F] | None = None
        self._held = 0.0
        self._books = Books(
            cost=goods[stage].cost,
            share=goods[stage].share.copy(),
            hero=goods[stage].hero.copy(),
            stock=state.stock,
            apart=stages[stage].apart.copy(),
            rate=stages[stage].expected.copy(),
            counts=np.zeros((n, N_COUNTS)),
            salvage=np.zeros(n),
            figures=np.zeros(N_FIGURES),
        )
        state.stock[:] = stages[stage].opening + self.apart
        nothing = Evening(0.0, False, np.zeros(n))
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

    @property
    def apart(self) -> I:
        """[n_skus] pieces that are counted in the kernel's stock but not on the shelf."""
        return self._books.apart

    def open(self, today: Today) -> Shelf:
        """Write the reorder points and lots."""
        plan, policy = today.plan, self._stages[today.stage]
        if today.fresh:
            plan.lead_mu[:] = policy.lead_mu
            plan.scalars[LEAD_SD] = policy.lead_sd
            plan.scalars[REORDER] = _REORDER.get(policy.kind, ORDER_LOT)
            plan.reorder_at[:] = policy.level - 1 if policy.kind == BASE else -1
            plan.lot[:] = policy.level if policy.kind == BASE else 1
        blocked = self._not_ordered(today.stage, today.day) if self._dated else NOTHING
        if policy.kind in (SQ, SS):
            rule = policy.cover, policy.lot, policy.kind == SS
            _reorder(self._books.rate, rule, blocked, plan.reorder_at, plan.lot)
        if policy.kind == RS:
            self._review(today, policy)
        if today.halt in (NO_BUYING, SHUT):
            plan.reorder_at[:] = -1
            plan.reorder_at[blocked] = NEVER
        elif blocked.size and policy.kind not in (SQ, SS):
            plan.reorder_at[blocked] = NEVER
        return self.shelf

    def _not_ordered(self, stage: int, day: int) -> I:
        """Items that are not on sale, or that would come when they are not any more."""
        key = stage, bisect_left(self._ends, day)
        found = self._blocked.get(key)
        if found is None:
            found = np.flatnonzero(~self._goods[stage].on_sale | (day > self._dates.ordered_until))
            self._blocked[key] = found
        return found

    def _review(self, today: Today, policy: Policy) -> None:
        """Have the kernel order up to S at the midnight of every R-th day, and on no other."""
        plan = today.plan
        if today.day % policy.every == 0:
            plan.lot[:] = np.ceil(self._books.rate * policy.cover)
            np.subtract(plan.lot, 1, out=plan.reorder_at)
        else:
            plan.reorder_at[:] = -1

    def dated_orders(self, stage: int, day: int, on_order: I) -> list[Order]:
        """What is ordered this morning for a date, the season's or an item's first day.

        `on_order` [n_skus] is the kernel's, and is added to.
        """
        policy = self._stages[stage]
        orders = self._firsts(policy, day)
        if policy.season is not None:
            orders += self._of_season(policy.season, day, on_order)
        for order in orders:
            on_order[order.sku] += order.pieces
            self._called[order.sku] += order.pieces
            self._calls = True
        return orders

    def _firsts(self, policy: Policy, day: int) -> list[Order]:
        """Orders for the first day of items: the pieces they say, or their share of what is asked for now."""
        firsts = self._dates.firsts.get(day)
        if firsts is None:
            return []
        asked = float(self._books.rate.sum())
        found = [
            (first, ceil(asked * first.share * policy.stocked) if first.pieces is None else first.pieces)
            for first in firsts
        ]
        return [Order(first.sku, pieces, first.due) for first, pieces in found if pieces > 0]

    def _of_season(self, season: Season, day: int, on_order: I) -> list[Order]:
        counts = self._books.counts
        if self._before_season is None and day >= season.first:
            self._before_season = day, counts[:, UNITS] + counts[:, LOST]
        if day != season.reorder or self._before_season is None:
            return season.orders.get(day, [])
        since, before = self._before_season
        asked = counts[:, UNITS] + counts[:, LOST] - before
        rate = asked / season.sold_for(since, day) if day > since else season.expected
        held = self._books.stock - self._books.apart + on_order
        return season.orders.get(day, []) + reordered(season, day, rate, held)

    def close(self, stage: int, day: int, by_sku: F, restock: F) -> Bought:
        """Put `restock` [n_skus] back on the shelf, remember what was asked for, and add the day to `counts`."""
        policy, books = self._stages[stage], self._books
        season = policy.season
        clears = season is not None and day >= season.clears_from
        if self._calls:
            by_sku[:, SKU_ORDERED] += self._called
            self._called[:] = 0
            self._calls = False
        if season is not None:
            books.salvage[:] = season.salvage
        _close_shelf(by_sku, restock, books, Evening(policy.weight, clears, policy.holding))
        self._figures = figures = books.figures.tolist()
        # Rounded on the sum, so that a tenth of a fen a piece is not lost.
        before = round(self._held)
        self._held += figures[HOLDING]
        return Bought(*(*figures[: CLEARED_FOR + 1], float(round(self._held) - before)))

    def change(self, before: int, after: int) -> None:
        """Move the kernel's stock between endless and finite shelves, and items into the store or out of it.

        Of an item that is put on sale the supplier expects its share of what was asked for until now.
        """
        books, goods = self._books, self._goods[after]
        books.stock[:] += self._stages[after].apart - books.apart
        books.apart[:] = self._stages[after].apart
        if goods is self._goods[before]:
            return
        put_on = goods.on_sale & ~self._goods[before].on_sale
        books.rate[put_on] = books.rate.sum() * goods.share[put_on]
        books.share[:], books.hero[:] = goods.share, goods.hero
        _look_at_shelf(books)
        self._figures = books.figures.tolist()


@compiled
def reorder(rate: F, rule: tuple[F, float, bool], blocked: I, reorder_at: I, pieces: I) -> None:
    """Fill `reorder_at` with s and `pieces` with Q, or S, of each SKU; whole pieces rounded up, Q at least 1.

    The `rule` is days of sales at which to reorder [n_skus], those in one order, and whether orders go up to S.
    Of those `blocked` nothing is ordered.
    """
    cover, lot, up_to = rule
    for k in range(rate.shape[0]):
        reorder_at[k] = int(np.ceil(rate[k] * cover[k]))
        pieces[k] = max(1, int(np.ceil(rate[k] * lot)))
        if up_to:
            pieces[k] += reorder_at[k]
    for k in blocked:
        reorder_at[k] = NEVER


_reorder, _close_shelf, _look_at_shelf = Settled(reorder), Settled(close_shelf), Settled(look_at_shelf)
