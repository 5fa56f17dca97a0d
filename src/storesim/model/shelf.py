"""The shelf of an evening: what came back, what was bought and cleared, and what stands there (MODEL section 8).

The kernel's stock of an item is what is on the shelf and an `apart` of the item's own: many pieces more where the
supplier never runs out, and many less where the item is not on sale, so that none of it is ever there to be bought.
"""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.compiled import compiled
from storesim.engine.day import (
    SKU_GIFTS,
    SKU_GMV,
    SKU_LOST,
    SKU_ORDERED,
    SKU_RECEIVED,
    SKU_UNITS,
    F,
    I,
)

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


class Books(NamedTuple):
    """What the shelf's closing reads and writes; arrays are [n_skus, …]."""

    cost: F
    share: F
    """As `Goods.share`, of the items on sale today; and the heroes' likewise."""

    hero: F
    stock: I
    """The kernel's own, not a copy."""

    apart: I
    """Pieces in the kernel's stock that are not on the shelf; negative where pieces on the shelf are not in it."""

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

    clears: bool
    """Whether what is on the shelf is cleared out."""

    holding: F
    """[n_skus] as `Policy.holding`."""


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
    weight = evening.weight
    figures[:] = 0.0
    hero_here, heroes, holding, rest = 0.0, 0.0, 0.0, 0.0
    for k in range(stock.shape[0]):
        stock[k] += int(restock[k])
        ordered = by_sku[k, SKU_ORDERED]
        received = by_sku[k, SKU_RECEIVED]
        apart = books.apart[k]
        if apart > 0 and stock[k] < apart:
            bought = apart - stock[k]
            stock[k] += bought
            ordered += bought
            received += bought
        if evening.clears:
            cleared = stock[k] - apart
            stock[k] = apart
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
        counts[k, CLOSING] = stock[k] - apart
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


@compiled
def look_at_shelf(books: Books) -> None:
    """Fill the figures of what is in stock anew, where items were put on sale or taken off this morning."""
    figures, hero_here, heroes = books.figures, 0.0, 0.0
    figures[IN_STOCK] = 0.0
    for k in range(books.stock.shape[0]):
        here = 1.0 if books.stock[k] > 0 else 0.0
        figures[IN_STOCK] += books.share[k] * here
        hero_here += books.hero[k] * here
        heroes += books.hero[k]
    figures[HERO_OUT] = 1.0 - hero_here / heroes if heroes > 0.0 else 0.0
