"""Months as days and weeks: visitors by the forecast's own profile and covariance, sales by each day's own rates.

A channel's month is shared among its days, and the store's day is the sum of its channels', so that days add up to
months and channels to the store, each to the visitor and the fen.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.plan.exact import Whole, share_out
from storesim.plan.periods import YearOutlook

Array = NDArray[np.float64]
Months = Mapping[str, Whole]

_FEW = 20.0
"""Paths at which a day's own covariance and the mean of its month's weigh the same; *assumed*."""

_BELOW = {"buyers": "uv", "gmv": "buyers", "orders": "buyers", "units": "orders", "visits": "uv", "pv": "uv",
          "ad_spend": "uv", "clicks": "uv"}  # fmt: skip
"""What each count follows day by day, the first that is planned."""


@dataclass(frozen=True)
class DayPlan:
    """Whole numbers of every day of a year that a forecast covers."""

    first: dt.date
    store: dict[str, Whole]
    """[n_days] of each count; money in fen."""

    channels: dict[str, dict[str, Whole]]
    """Of each channel, [n_days] of each count."""


def day_plan(forecast: YearOutlook, store: Months, channels: Mapping[str, Months]) -> DayPlan:
    """The days behind months that are planned.

    Visitors of a day: x = μ + λ S a, the way in which the days of a month most likely come to the month's goal, with
    one root λ (METHODS section 2). Everything else follows the day's own ratio to what it is made of, scaled to the
    month.

    Parameters
    ----------
    forecast
        Whose paths give each day's profile.
    store
        [12] whole numbers of each count.
    channels
        The same of each channel. Counts they all have add up to the store's days; the others are shared out by what
        they follow.
    """
    by_channel = {
        name: _days_of(forecast, counts, name) for name, counts in channels.items() if name in forecast.channels
    }
    of_store: dict[str, Whole] = {}
    for name in ("uv", "visits", "buyers", "gmv", "ad_spend", "clicks"):
        parts = [days[name] for days in by_channel.values() if name in days]
        if parts and name in store and int(sum(part.sum() for part in parts)) == int(store[name].sum()):
            of_store[name] = np.asarray(sum(parts), dtype=np.int64)
    return DayPlan(forecast.first, _days_of(forecast, store, "", known=of_store), by_channel)


def _days_of(
    forecast: YearOutlook, months: Months, channel: str, known: Mapping[str, Whole] | None = None
) -> dict[str, Whole]:
    """[n_days] of each count of a channel or the store ("")."""
    days: dict[str, Whole] = {}
    for name in ("uv", "buyers", "gmv", "orders", "units", "visits", "pv", "ad_spend", "clicks"):
        if known and name in known:
            days[name] = known[name]
        elif name in months:
            days[name] = _shared(forecast, months, name, channel, days)
    return days


def _shared(forecast: YearOutlook, months: Months, name: str, channel: str, days: dict[str, Whole]) -> Whole:
    """[n_days] one count, month by month."""
    below = _BELOW.get(name, "")
    shared = np.zeros(forecast.n_days, dtype=np.int64)
    paths, sums = None, None
    if forecast.has(name):
        paths, sums = forecast.by_day(name, channel), forecast.day_sums(name, channel)
    for month, span in enumerate(forecast.month_spans):
        total = int(months[name][month])
        if not total:
            continue
        if below not in days:
            parts = _ones(span) if paths is None else likely_days(paths[span], float(total))
            shared[span] = share_out(total, parts)
        else:
            under = days[below][span]
            rate = (
                None if sums is None else _rates(sums[span], forecast.day_sums(below, channel)[span], forecast.n_paths)
            )
            floor = days["visits"][span] if name == "pv" and "visits" in days else under
            shared[span] = _following(name, total, under, rate, floor)
    return shared


def _following(name: str, total: int, under: Whole, rate: Array | None, floor: Whole) -> Whole:
    """A month's total on its days, by what each day has to make it of, and by the day's own rate."""
    parts = under * (np.ones(under.size) if rate is None else rate)
    if not parts.any():
        parts = under.astype(np.float64) if under.any() else np.ones(under.size)
    if name == "buyers" and int(under.sum()) >= total:
        return share_out(total, parts, at_most=np.where(parts > 0, under, 0) if _room(parts, under, total) else under)
    if name in ("orders", "units", "visits", "pv") and int(floor.sum()) <= total:
        # An order for every buyer, a piece for every order, a visit for every visitor, a page for every visit.
        return share_out(total, np.where(under > 0, np.maximum(parts, 1e-12), 0.0), at_least=floor)
    return share_out(total, parts)


def _room(parts: Array, under: Whole, total: int) -> bool:
    return int(under[parts > 0].sum()) >= total


def _ones(span: slice) -> Array:
    return np.ones(span.stop - span.start)


def _rates(of_day: Array, under: Array, n_paths: int) -> Array:
    """[n_days] a ratio over all paths, drawn to the month's where a day's few paths say little."""
    whole, whole_under = float(of_day.sum()), float(under.sum())
    if whole <= 0.0 or whole_under <= 0.0:
        return np.ones(of_day.size)
    rate = whole / whole_under
    # As if one path's mean day had been seen once more, at the month's rate.
    extra = whole_under / max(1, n_paths) / of_day.size
    return np.asarray((of_day + rate * extra) / (under + extra))


def likely_days(paths: Array, goal: float) -> Array:
    """[n_days] the visitors of each day that most likely add up to `goal`; days no path has visitors on have none.

    Parameters
    ----------
    paths : [n_days, n_paths]
        Visitors of each day without the plan.
    goal
        Above 0.
    """
    alive = np.asarray((paths > 0).any(axis=1))
    if not alive.any():
        return np.ones(paths.shape[0])
    logs = np.log(np.maximum(paths if alive.all() else paths[alive], 0.5))
    middle = logs.mean(axis=1)
    toward = _toward(logs, middle)
    likely = np.zeros(paths.shape[0])
    likely[alive] = np.exp(middle + _root(middle, toward, float(np.log(goal))) * toward)
    return likely


def _toward(logs: Array, middle: Array) -> Array:
    """[n_days] each day's covariance with the month, as a multiple of their mean; drawn to 1 where paths are few."""
    n_paths = logs.shape[1]
    if n_paths < 2:
        return np.ones(middle.size)
    weights = np.exp(middle - middle.max())
    away = logs - middle[:, None]
    with_month = away @ ((weights / weights.sum()) @ away) / (n_paths - 1)
    mean = float(weights @ with_month / weights.sum())
    if not mean > 0.0:
        return np.ones(middle.size)
    sure = n_paths / (n_paths + _FEW)
    # Between a fifth and five times: no day stands still or runs away, and the root is monotone.
    return np.asarray(np.clip(1.0 + sure * (with_month / mean - 1.0), 0.2, 5.0))


def _root(middle: Array, toward: Array, goal: float) -> float:
    """λ with log Σ exp(μ + λ a) = goal: convex and rising in λ, so Newton's steps come down on it from the right."""
    step = 0.0
    for _ in range(100):
        at = middle + step * toward
        top = float(at.max())
        parts = np.exp(at - top)
        total = float(parts.sum())
        gap = top + float(np.log(total)) - goal
        if abs(gap) < 1e-12:
            break
        step -= gap * total / float(parts @ toward)
    return step
