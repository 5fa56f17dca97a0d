"""The assortment: which items are on sale on a day (上架, 下架), and what is ordered for the first day of each.

An item that is not on sale is not in the store: nobody lands on it, turns to it or takes it, the popularity of those on
sale is shared among them alone, and it is not reordered. What is left of it stays on the shelf and in the books. The
supplier is called a lead time before its first day, for the pieces that the item says, or for `opening` days of the
share of today's sales that its popularity would make.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from math import ceil, inf
from typing import NamedTuple

import numpy as np

from storesim.engine.day import F
from storesim.scenario.catalogue import Sku
from storesim.scenario.document import Scenario

_DAY = dt.timedelta(days=1)


class First(NamedTuple):
    """The first delivery of an item that is put on sale after the opening."""

    sku: int
    due: int
    """Its first day on sale."""

    pieces: int | None
    """What the item says; none: by its share."""

    share: float
    """Its popularity on that day, as a share of what is then on sale."""


class Dates(NamedTuple):
    """When items are ordered that are not always on sale; days count from the opening of the store."""

    firsts: dict[int, list[First]]
    """What is ordered on each morning for a first day."""

    ordered_until: F
    """[n_skus] last day whose orders come before the item is taken off; inf where it never is."""


def on_sale(skus: Sequence[Sku], date: dt.date) -> tuple[bool, ...]:
    """Whether each item is on sale on a date."""
    return tuple(sku.is_on_sale(date) for sku in skus)


def moving_days(skus: Sequence[Sku], opened: dt.date, n_days: int) -> set[int]:
    """Days of a run, after the first, on which an item is put on sale or is not on sale any more."""
    dates = [sku.first for sku in skus if sku.first] + [sku.last + _DAY for sku in skus if sku.last]
    return {day for date in dates if 0 < (day := (date - opened).days) < n_days}


def read_dates(scenario: Scenario) -> Dates:
    """When the items of a scenario are ordered for the first time, and the last."""
    skus, opened = scenario.catalogue.skus, scenario.store.opened
    firsts: dict[int, list[First]] = {}
    until = np.full(len(skus), inf)
    for k, sku in enumerate(skus):
        if sku.last is not None:
            until[k] = (sku.last - opened).days - sku.lead_time
        if sku.first is not None and (due := (sku.first - opened).days) > 0:
            sold = on_sale(skus, sku.first)
            share = sku.popularity / sum(it.popularity for it, here in zip(skus, sold, strict=True) if here)
            calls = max(0, due - ceil(sku.lead_time))
            firsts.setdefault(calls, []).append(First(k, due, sku.stock, share))
    return Dates(firsts, until)


def mean_share(skus: Sequence[Sku], opened: dt.date, first: int, last: int) -> F | None:
    """[n_skus] share of visitors by popularity over some days, those alike taken together; none if all are on sale.

    `first` and `last` are days from the opening, both included.
    """
    if not any(sku.first or sku.last for sku in skus):
        return None
    popularity = np.array([sku.popularity for sku in skus])
    start = opened + first * _DAY
    turns = [0, *sorted(moving_days(skus, start, last - first + 1)), last - first + 1]
    total = np.zeros(len(skus))
    for day, following in pairwise(turns):
        here = np.where(on_sale(skus, start + day * _DAY), popularity, 0.0)
        total += (following - day) * here / max(here.sum(), 1e-300)
    return total / turns[-1]
