"""From whole monthly numbers to the rows of `Goals`: periods, ratios, forecast quantiles, chances."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from storesim import kpi
from storesim.plan.chance import chance
from storesim.plan.exact import Whole
from storesim.plan.goals import BUDGETS, PAID, Goal
from storesim.plan.periods import Period, YearOutlook, periods_of

STORE_KPIS = ("pv", "uv", "depth", "cvr", "aov", "buyers", "orders", "gmv", "ad_spend")
CHANNEL_KPIS = ("uv", "cvr", "aov", "buyers", "gmv", "ad_spend", "clicks", "impressions", "costs")
_SHEET_KPIS = ("impressions", "clicks", "commission", "parcels", "costs")
_QUANTILES = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Book:
    """Whole numbers by month: of the store, and of channels (or ad tools)."""

    store: Mapping[str, Whole]
    """[12] of each count; money in fen."""

    channels: Mapping[str, Mapping[str, Whole]] = field(default_factory=dict)
    """Of each channel, [12] of each count."""

    beside: Mapping[str, Mapping[str, Whole]] = field(default_factory=dict)
    """Of the store ("") and each channel, [12]: lines beside the months, counted in quarters and the year only."""

    def number(self, period: Period, name: str, channel: str = "") -> int | None:
        """A count of a period; None if it is not planned."""
        counts = self.channels[channel] if channel else self.store
        if name not in counts:
            return None
        number = int(counts[name][period.months].sum())
        aside = self.beside.get(channel, {}).get(name)
        if period.level != "month" and aside is not None:
            number += int(aside[period.months].sum())
        return number


def rows_of(year: int, book: Book, forecast: YearOutlook | None) -> Iterator[Goal]:
    """Rows for the year, its quarters and months: the store's KPIs, then each channel's."""
    for period in periods_of(year):
        for channel in ("", *book.channels):
            for name in CHANNEL_KPIS if channel else (*STORE_KPIS, *_SHEET_KPIS):
                goal = _goal(book, period, name, channel)
                if goal is not None:
                    yield _row(period, channel, name, goal, forecast)


def _goal(book: Book, period: Period, name: str, channel: str) -> float | int | None:
    """A count, or a ratio divided from the whole numbers above and below; NaN over nothing, None if not planned."""
    if name in kpi.RATIO:
        ratio = kpi.RATIO[name]
        above, below = (_goal(book, period, part, channel) for part in _parts(book, ratio.above, ratio.below))
        if above is None or below is None:
            return None
        return float(above) / float(below) if below else math.nan
    number = book.number(period, name, channel)
    return None if number is None else _in_unit(name, number)


def _parts(book: Book, above: str, below: str) -> tuple[str, str]:
    """Parts of a ratio; orders stand in for buyers where only orders are known."""
    known = {"buyers": "buyers" if "buyers" in book.store else "orders"}
    return known.get(above, above), known.get(below, below)


def _in_unit(name: str, number: int) -> float | int:
    return number / 100.0 if name in PAID else number


def _row(period: Period, channel: str, name: str, goal: float | int, forecast: YearOutlook | None) -> Goal:
    row = Goal(period.name, period.level, channel, name, goal)
    known = forecast is not None and (not channel or channel in forecast.channels) and forecast.has(name)
    if forecast is None or not known:
        return row
    outcomes = forecast.outcomes(name, period.months, channel)
    finite = outcomes[np.isfinite(outcomes)]
    if not finite.size:
        return row
    p10, p50, p90 = (float(q) for q in np.quantile(finite, _QUANTILES))
    asked = name not in BUDGETS and goal > 0
    told = chance(outcomes, float(goal)).value if asked else math.nan
    return Goal(period.name, period.level, channel, name, goal, p10, p50, p90, told)
