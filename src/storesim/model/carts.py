"""Carts: what visitors leave in them until a sale opens, or a few days pass (加购; MODEL section 13).

A sale opens where an event begins that brings readier buyers or cuts a price, and where a promotion of the store's own
begins (again) that lowers what everybody pays: a cut, money off, pieces off. An event that only brings more visitors is
a season, for which nobody waits. The date is known to everybody; whether the store will take part is not. What becomes
of each cart is the kernel's (`engine.again`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import numpy as np

from storesim.engine.day import (
    ACTIVE,
    CART_DELAY,
    CART_HOLDS,
    CART_KEEPS,
    CART_ODDS,
    CART_REACH,
    CART_WAITS,
    CUT,
    FOR_LEVELS,
    KIND,
    MULTI_BUY,
    NEXT_SALE,
    SAVE,
)
from storesim.model.promotions import Promotion
from storesim.model.terms import Deal
from storesim.model.today import Today
from storesim.scenario.operations import Carts as CartsSpec


class Carts:
    """What the kernel must know of carts.

    Parameters
    ----------
    specs
        Of each stage.
    events
        Those of the calendar.
    stages
        The store's own promotions in each stage.
    """

    def __init__(
        self, specs: Sequence[CartsSpec], events: Sequence[Promotion], stages: Sequence[Sequence[Deal]], n_days: int
    ) -> None:
        self.on = any(spec.reach > 1.0 for spec in specs)
        """Whether anybody ever keeps a cart."""

        self._scalars = [_scalars(spec) for spec in specs]
        self._openings = [openings(events, deals, n_days) for deals in stages] if self.on else []

    def open(self, today: Today) -> None:
        """Write how carts go, and when the next sale opens."""
        if not self.on:
            return
        scalars = today.plan.scalars
        if today.fresh:
            for place, value in self._scalars[today.stage].items():
                scalars[place] = value
        hours = self._openings[today.stage]
        place = bisect_right(hours, 24.0 * today.day + today.hour)
        scalars[NEXT_SALE] = hours[place] if place < len(hours) else np.inf


def _scalars(spec: CartsSpec) -> dict[int, float]:
    return {
        CART_REACH: spec.reach,
        CART_WAITS: spec.waits,
        CART_HOLDS: spec.holds_out,
        CART_KEEPS: 24.0 * spec.keeps,
        CART_DELAY: 24.0 * spec.delay,
        CART_ODDS: spec.odds,
    }


def openings(events: Sequence[Promotion], deals: Sequence[Deal], n_days: int) -> list[float]:
    """When sales open, rising; hours since the start of the run."""
    found = {24.0 * event.first + event.opens for event in events if _is_sale(event)}
    for deal in deals:
        if deal.terms[ACTIVE] and _lowers(deal):
            # Like an event, a promotion that begins after the last day is waited for, and one from before is over.
            again = range(deal.first, min(deal.last + 1, n_days), deal.every) if deal.every else ()
            found |= {24.0 * day for day in (deal.first, *again)}
    return sorted(found)


def _lowers(deal: Deal) -> bool:
    """Whether everybody pays less; a single promotion may only limit pieces or give beans, or be for some levels."""
    if deal.terms[KIND] == CUT:
        return bool(deal.cut or deal.less) and not deal.terms[FOR_LEVELS]
    return deal.terms[KIND] in (SAVE, MULTI_BUY)


def _is_sale(event: Promotion) -> bool:
    return bool(event.conversion > 1.0 or event.cut.any())
