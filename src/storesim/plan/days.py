"""Months as days and weeks: visitors by the forecast's own profile and covariance, sales by each day's own rates.

A channel's month is shared among its days, and the store's day is the sum of its channels', so that days add up to
months and channels to the store, each to the visitor and the fen. All months of all channels are shared out together.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from storesim.plan.exact import LARGEST, Whole, share_out_each, sums_of_fronts
from storesim.plan.periods import YearOutlook

Array = NDArray[np.float64]
Months = Mapping[str, Whole]
_Number = TypeVar("_Number", np.float64, np.int64)

_FEW = 20.0
"""Paths at which a day's own covariance and the mean of its month's weigh the same; *assumed*."""

_COUNTS = ("uv", "buyers", "gmv", "orders", "units", "visits", "pv", "ad_spend", "clicks")
_OF_CHANNELS = ("uv", "visits", "buyers", "gmv", "ad_spend", "clicks")
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


@dataclass(frozen=True)
class _Sheet:
    """The days of a year laid out as months side by side; places after a month's last day are empty."""

    forecast: YearOutlook
    places: NDArray[np.intp]
    """[12, longest] the day at each place; the number of days where there is none."""

    is_day: NDArray[np.bool_]
    """[12, longest]"""

    def laid_out(self, days: NDArray[_Number]) -> NDArray[_Number]:
        """[n, n_days] → [n * 12, longest], 0 at empty places."""
        wide = np.zeros((days.shape[0], days.shape[1] + 1), dtype=days.dtype)
        wide[:, :-1] = days
        return wide[:, self.places].reshape(-1, self.places.shape[1])

    def in_a_row(self, sheet: Whole) -> Whole:
        """[n * 12, longest] → [n, n_days]."""
        return sheet.reshape(-1, *self.places.shape)[:, self.is_day]


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
    sheet = _sheet(forecast)
    known = {name: counts for name, counts in channels.items() if name in forecast.channels}
    by_channel = _days_of(sheet, known, {name: {} for name in known})
    of_store: dict[str, Whole] = {}
    for name in _OF_CHANNELS:
        parts = [days[name] for days in by_channel.values() if name in days]
        if parts and name in store and int(sum(part.sum() for part in parts)) == int(store[name].sum()):
            of_store[name] = np.asarray(sum(parts), dtype=np.int64)
    return DayPlan(forecast.first, _days_of(sheet, {"": store}, {"": of_store})[""], by_channel)


def _sheet(forecast: YearOutlook) -> _Sheet:
    spans = forecast.month_spans
    at = np.arange(max(forecast.days))
    is_day = at < np.array(forecast.days)[:, None]
    places = np.where(is_day, at + np.array([span.start for span in spans])[:, None], forecast.n_days)
    return _Sheet(forecast, places, is_day)


def _days_of(
    sheet: _Sheet, months: Mapping[str, Months], known: Mapping[str, dict[str, Whole]]
) -> dict[str, dict[str, Whole]]:
    """[n_days] of each count of channels (or of the store, ""), beside the days that are known already."""
    found: dict[str, dict[str, Whole]] = {channel: {} for channel in months}
    for name in _COUNTS:
        found_already = {channel: days[name] for channel, days in known.items() if name in days}
        asked = [channel for channel in months if name in months[channel] and channel not in found_already]
        below = _BELOW.get(name, "")
        alone = [channel for channel in asked if below not in found[channel]]
        following = [channel for channel in asked if below in found[channel]]
        for channel, days in found_already.items():
            found[channel][name] = days
        for channels, parts in ((alone, _alone), (following, _following)):
            if channels:
                totals = np.concatenate([months[channel][name] for channel in channels])
                shared = sheet.in_a_row(parts(sheet, name, {c: found[c] for c in channels}, totals))
                for channel, days in zip(channels, shared, strict=True):
                    found[channel][name] = days
    return found


def _alone(sheet: _Sheet, name: str, channels: Mapping[str, Mapping[str, Whole]], totals: Whole) -> Whole:
    """[n_channels * 12, longest] a count that follows no other, by the profile of its own days."""
    if not sheet.forecast.has(name):
        return share_out_each(totals, np.tile(sheet.is_day, (len(channels), 1)).astype(np.float64))
    paths = [sheet.forecast.by_day(name, channel)[span] for channel in channels for span in sheet.forecast.month_spans]
    parts = np.zeros((len(paths), sheet.places.shape[1]))
    for which in np.flatnonzero(totals):
        parts[which, : paths[which].shape[0]] = likely_days(paths[which], float(totals[which]))
    return share_out_each(totals, parts)


def _following(sheet: _Sheet, name: str, channels: Mapping[str, Mapping[str, Whole]], totals: Whole) -> Whole:
    """[n_channels * 12, longest] a count by what each day has to make it of, and by the day's own rate."""
    below = _BELOW[name]
    under = sheet.laid_out(np.stack([days[below] for days in channels.values()]))
    parts = under * _rates(sheet, name, below, tuple(channels))
    nothing = ~parts.any(axis=1)
    parts[nothing] = under[nothing]
    nothing &= ~under.any(axis=1)
    parts[nothing] = np.tile(sheet.is_day, (len(channels), 1))[nothing]
    if name == "buyers":
        # No more buyers than visitors; and none on days whose forecast has none, where the others have room.
        some = np.where(parts > 0, under, 0)
        most = np.where((some.sum(axis=1) >= totals)[:, None], some, under)
        return share_out_each(
            totals, parts, at_most=np.where((under.sum(axis=1) >= totals)[:, None], most, np.int64(LARGEST))
        )
    if name in ("orders", "units", "visits", "pv"):
        # An order for every buyer, a piece for every order, a visit for every visitor, a page for every visit.
        floors = [days["visits"] if name == "pv" and "visits" in days else days[below] for days in channels.values()]
        floor = sheet.laid_out(np.stack(floors))
        fits = (floor.sum(axis=1) <= totals)[:, None]
        parts = np.where(fits, np.where(under > 0, np.maximum(parts, 1e-12), 0.0), parts)
        return share_out_each(totals, parts, at_least=np.where(fits, floor, 0))
    return share_out_each(totals, parts)


def _rates(sheet: _Sheet, name: str, below: str, channels: Sequence[str]) -> Array:
    """[n_channels * 12, longest] a ratio over all paths, drawn to the month's where a day's few paths say little."""
    forecast = sheet.forecast
    if not (forecast.has(name) and forecast.has(below)):
        return np.ones((len(channels) * 12, sheet.places.shape[1]))
    of_day, under = (
        sheet.laid_out(np.stack([forecast.day_sums(count, channel) for channel in channels])) for count in (name, below)
    )
    n_days = np.tile(forecast.days, len(channels))
    whole, whole_under = sums_of_fronts(of_day, n_days), sums_of_fronts(under, n_days)
    known = (whole > 0.0) & (whole_under > 0.0)
    rate = np.divide(whole, whole_under, out=np.ones(whole.size), where=known)
    # As if one path's mean day had been seen once more, at the month's rate.
    extra = np.where(known, whole_under / max(1, forecast.n_paths) / np.maximum(n_days, 1), 1.0)[:, None]
    drawn = (of_day + rate[:, None] * extra) / (under + extra)
    return np.asarray(np.where(known[:, None], drawn, 1.0))


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
