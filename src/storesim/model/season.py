"""The buy for one season: how much of each SKU, when it comes, and what happens to what is left (MODEL section 8).

The quantity is what is expected to sell, or the newsvendor's: the quantile of demand at the critical fractile
`(price − cost) / (price − salvage)`, with demand normal, mean μ and variance `μ + spread²·μ²` (Poisson sales about a
mean that the planner does not know). Deliveries are dated and come on their day; each is ordered the SKU's lead time
before. One reorder within the season buys what its rate so far would sell until the end, less what is held.
"""

from __future__ import annotations

import datetime as dt
from math import ceil, inf
from typing import NamedTuple

import numpy as np

from storesim.engine.day import F, I
from storesim.engine.draws import normal
from storesim.model.assortment import mean_share
from storesim.model.goods import Goods
from storesim.scenario.document import Scenario
from storesim.scenario.stock import Season as SeasonSpec, SeasonDelivery


class Order(NamedTuple):
    """Pieces of one SKU on their way to a known day."""

    sku: int
    pieces: int
    due: int
    """Day whose morning finds them on the shelf."""


class Season(NamedTuple):
    """A seasonal buy; days count from the opening of the store and may lie outside the run."""

    first: int
    last: int
    opening: I
    """[n_skus] pieces that are there on the opening day."""

    orders: dict[int, list[Order]]
    """What is ordered on each morning."""

    reorder: int
    """Day of the reorder, -1 where there is none."""

    expected: F
    """[n_skus] pieces expected a day of the season."""

    lead: tuple[int, ...]
    """Whole days from an order to its delivery, by SKU; a supplier who is told the date keeps it."""

    first_on_sale: I
    """[n_skus] first and last day of each item within the season."""

    last_on_sale: I

    clears_from: float
    """Day from whose evening on what is left is cleared; inf: never."""

    salvage: F
    """[n_skus] what one piece brings when it is cleared, fen."""

    def sold_for(self, since: int, day: int) -> F:
        """[n_skus] days before `day`, from `since` on, on which each item was on sale; 1 where there was none."""
        days = np.minimum(self.last_on_sale, day - 1) - np.maximum(self.first_on_sale, since) + 1
        return np.asarray(np.maximum(1, days), dtype=np.float64)

    def sells_for(self, day: int) -> I:
        """[n_skus] days from `day` on on which an item that has been on sale still is; 0 for others."""
        left: I = np.maximum(0, self.last_on_sale - day + 1)
        return np.where(self.first_on_sale < day, left, 0)


def read_season(scenario: Scenario, goods: Goods) -> Season | None:
    """The seasonal buy of one stage; none under any other policy."""
    stock = scenario.operations.stock
    if stock.policy != "seasonal" or stock.season is None:
        return None
    season, opened = stock.season, scenario.store.opened
    salvage = np.rint(season.salvage * goods.cost)
    first, last = (season.first - opened).days, (season.last - opened).days
    skus = scenario.catalogue.skus
    share = mean_share(skus, opened, first, last)
    expected = season.units * (goods.share if share is None else share)
    wanted = _said(scenario, quantities(season, expected, goods, salvage))
    lead = tuple(max(1, ceil(days)) for days in goods.lead_days.tolist())
    opening, orders = _schedule(season, wanted, lead, opened)
    return Season(
        first=first,
        last=last,
        opening=opening,
        orders=orders,
        reorder=-1 if season.reorder is None else (season.reorder - opened).days,
        expected=expected / (last - first + 1),
        lead=lead,
        clears_from=float(last) if season.left == "clear" else inf,
        salvage=salvage,
        first_on_sale=np.array([max(first, (sku.first - opened).days) if sku.first else first for sku in skus]),
        last_on_sale=np.array([min(last, (sku.last - opened).days) if sku.last else last for sku in skus]),
    )


def quantities(season: SeasonSpec, expected: F, goods: Goods, salvage: F) -> I:
    """[n_skus] pieces to buy of each SKU for `expected` sales."""
    if season.quantity == "expected":
        return np.ceil(expected).astype(np.int64)
    gain, loss = goods.price - goods.cost, goods.cost - salvage
    # Where nothing can be lost, all but one season in a thousand are served; where nothing can be gained, none.
    fractile = np.clip(gain / np.maximum(gain + loss, 1.0), 0.001, 0.999)
    spread = np.sqrt(expected + (season.spread * expected) ** 2)
    quantile = np.array([normal(float(share)) for share in fractile])
    bought = np.where(gain > 0.0, np.maximum(0.0, np.ceil(expected + spread * quantile)), 0.0)
    return bought.astype(np.int64)


def _said(scenario: Scenario, computed: I) -> I:
    said = [sku.season_buy for sku in scenario.catalogue.skus]
    return np.array([c if s is None else s for s, c in zip(said, computed.tolist(), strict=True)], dtype=np.int64)


def _schedule(
    season: SeasonSpec, wanted: I, lead: tuple[int, ...], opened: dt.date
) -> tuple[I, dict[int, list[Order]]]:
    """What is there on the opening day, and what is ordered when."""
    said = season.deliveries or (SeasonDelivery(on=season.first, share=1.0),)
    deliveries = sorted(said, key=lambda delivery: delivery.on)
    opening = np.zeros(wanted.size, dtype=np.int64)
    orders: dict[int, list[Order]] = {}
    sent, share = np.zeros(wanted.size, dtype=np.int64), 0.0
    for delivery in deliveries:
        due = (delivery.on - opened).days
        share += delivery.share
        # Rounded on the sum, so that the deliveries of a SKU make its whole buy.
        until = wanted if delivery is deliveries[-1] else np.rint(share * wanted).astype(np.int64)
        pieces, sent = until - sent, until
        if due <= 0:
            opening += pieces
            continue
        for k, n in enumerate(pieces.tolist()):
            if n > 0:
                orders.setdefault(max(0, due - lead[k]), []).append(Order(k, n, due))
    return opening, orders


def reordered(season: Season, day: int, rate: F, held: I) -> list[Order]:
    """The reorder of today: what `rate` sells until the end of the season, less what is held; arrays are [n_skus].

    An item that is taken off before is reordered until then, and one that has not been on sale yet not at all.

    Parameters
    ----------
    rate
        Pieces asked for a day, so far in the season.
    held
        Pieces on hand and on order.
    """
    missing = np.ceil(rate * season.sells_for(day)).astype(np.int64) - held
    return [Order(k, n, day + season.lead[k]) for k, n in enumerate(missing.tolist()) if n > 0]
