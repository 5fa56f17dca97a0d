"""A bank of cheap filters: what each makes of the days known so far, from any number of origins.

Every filter is a weighted sum of the cleaned days, so that forty past origins cost little more than one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.holidays import country_of, events_of
from storesim.forecast.methods.base import WEEK, Panel
from storesim.forecast.methods.pattern import Design, coefficients, design

Array = NDArray[np.float64]

_YEAR = 364
"""Whole weeks, so that weekdays stay."""

_LEVELS = (0.01, 0.03, 0.08, 0.2, 0.5)
_TREND_AT = 2
_DAMPING = 0.98
_TREND_SHARE = 0.6
_TREND_HALF_LIFE = 28.0
_NORMAL_MAD = 1.4826
"""Standard deviation of a normal distribution in median absolute deviations."""

_NEAR = 42
"""Days compared with the same days of last year."""

_SMOOTHED = 14
_YEARLY_FROM = 380
_HOLIDAYS_FROM = 200
_WAVES = 14
_WILD = 4.0
_WIDER = 4.0

USUAL: Mapping[int, Array] = MappingProxyType(
    {
        6: np.array(
            [
                [0.10, 0.10, 0.22, 0.20, 0.10, 0.28],
                [0.20, 0.10, 0.20, 0.20, 0.05, 0.25],
                [0.45, 0.15, 0.10, 0.20, 0.03, 0.07],
            ]
        ),
        13: np.array(
            [
                [0.07, 0.02, 0.02, 0.05, 0.20, 0.03, 0.03, 0.04, 0.06, 0.20, 0.11, 0.04, 0.13],
                [0.07, 0.02, 0.03, 0.05, 0.14, 0.03, 0.10, 0.07, 0.08, 0.20, 0.03, 0.03, 0.15],
                [0.07, 0.02, 0.02, 0.07, 0.02, 0.01, 0.33, 0.12, 0.08, 0.04, 0.06, 0.01, 0.15],
            ]
        ),
    }
)
"""Weights of the filters in three bands of the horizon before anything is known of a series, without and with a yearly
pattern: halfway between equal ones and the best constant ones on public daily series of visits, traffic and sales."""


@dataclass(frozen=True, eq=False)
class Days:
    """Days made ready, with the calendar of some days after them."""

    values: Array
    """[n_series, n_days] on the working scale, without gaps; wild days drawn in, those of holidays less."""

    level: Array
    """[n_series, n_days] median of the three weeks before."""

    limit: Array
    """[n_series, 1] how far a day may lie from what is expected before it counts as wild."""

    same_day: Array
    """[n_series, n_days] mean of the same weekday two weeks before and after; NaN at the ends."""

    aged: Array
    """[n_levels + 1, n_days] weights of days by their age, of each exponential level, and for the slope at last."""

    plans: tuple[Design, ...]
    """Regressions of the pattern: of the week and holidays, and of the year as well if there are enough days."""

    country: str
    """Whose holidays move the days; "" if nobody's."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What the regressions found at some origins."""

    origins: NDArray[np.int64]
    found: tuple[Array, ...]
    """[n_origins, n_columns, n_series] of each plan, without the level's knots."""

    def at(self, origins: slice) -> Learned:
        """The same of some of the origins."""
        return Learned(self.origins[origins], tuple(found[origins] for found in self.found))


def days_of(panel: Panel, country: str | None = None) -> Days:
    """The panel made ready.

    Unknown days take the median of the three weeks before, plus what is usual for the weekday; days beyond four robust
    standard deviations are drawn in to there, so that a festival does not move the level. The country whose holidays
    count is sought if it is not given.
    """
    expected, level, apart, limit = _expected(panel.values, panel.weekdays(0, panel.n_days))
    if country is None:
        country = country_of(apart / limit * _WILD, panel.start) if panel.n_days >= _HOLIDAYS_FROM else ""
    plans, events = _plans(panel, country, 0)
    held = np.where(events.any(axis=1), _WIDER * limit, limit)
    values = expected + np.where(np.isnan(apart), 0.0, np.clip(apart, -held, held))
    age = np.arange(panel.n_days, dtype=np.float64)
    kept = np.array([*(1.0 - share for share in _LEVELS), 0.5 ** (1.0 / _TREND_HALF_LIFE)])
    return Days(values, level, limit, _same_weekday(values), kept[:, np.newaxis] ** age, plans, country)


def lengthened(days: Days, panel: Panel, n_ahead: int) -> Days:
    """The days of a panel with the calendar of so many days after them."""
    return replace(days, plans=_plans(panel, days.country, n_ahead)[0])


def learned(days: Days, origins: list[int]) -> Learned:
    """The regressions at each origin, early to late."""
    found = coefficients(days.plans, days.values, origins)
    return Learned(np.array(origins), tuple(own[:, days.plans[0].n_knots :] for own in found))


def candidates(days: Days, known: Learned, horizon: int) -> Array:
    """What each filter foretells from each origin, knowing the days before: [n_origins, n_filters, horizon, n_series].

    Exponential levels and a damped trend around the pattern of the week and of holidays; the same around that of the
    year too, and the same days of last year at this year's level, if there are enough days. NaN where a filter needs
    more; beyond the last day of the calendar, its day again.

    References
    ----------
    Gardner and McKenzie (1985), Management Science 31(10), 1237-1246: the damped trend.
    """
    averages = _averages(days, known.origins)
    ahead = np.minimum(known.origins[:, np.newaxis] + np.arange(horizon), len(days.plans[0].columns) - 1)
    parts = []
    for plan, found in zip(days.plans, known.found, strict=True):
        columns = plan.columns[:, plan.n_knots :]
        n_origins, n_columns, n_series = found.shape
        pattern = columns @ found.transpose(1, 0, 2).reshape(n_columns, -1)
        parts.append(_around_pattern(days, pattern.reshape(-1, n_origins, n_series), averages, ahead))
    if len(parts) == 1:
        return parts[0]
    early = known.origins < _YEARLY_FROM
    parts[1][early] = np.nan
    last_year = np.full_like(parts[1][:, :1], np.nan)
    for which in np.flatnonzero(~early):
        last_year[which, 0] = _analogue(days, int(known.origins[which]), horizon)
    return np.concatenate([*parts, last_year], axis=1)


def supports_yearly(n_days: int) -> bool:
    """Whether a yearly pattern can be learned and tried on past origins."""
    return n_days >= _YEARLY_FROM + 2 * _NEAR


def _plans(panel: Panel, country: str, n_ahead: int) -> tuple[tuple[Design, ...], Array]:
    """The regressions of the pattern, and [n_days, n_events] what events touch, over the panel and days after it."""
    n_days = panel.n_days + n_ahead
    weekday, events = panel.weekdays(0, n_days), events_of(country, panel.start, panel.n_days, n_ahead)
    turn = np.asarray(2 * np.pi / 365.25 * (panel.start.timetuple().tm_yday + np.arange(n_days)), dtype=np.float64)
    waves = (0, _WAVES) if supports_yearly(panel.n_days) else (0,)
    return tuple(design(weekday, turn, events, n_waves) for n_waves in waves), events


def _averages(days: Days, origins: NDArray[np.int64]) -> Array:
    """[n_levels + 1, n_origins, n_days]: weights of days in the levels and in the slope, none from the origin on.

    The slope is that of a line fitted with weights that fade; 0 for under two weeks. Days long ago count as a prior
    that nothing moves: a short history has no trend to speak of.
    """
    n_days = days.values.shape[1]
    # Weights by age are the same from every origin: late days first, then none, and each origin begins somewhere in it.
    fading = np.concatenate([days.aged[:, ::-1], np.zeros_like(days.aged)], axis=1)
    seen = np.lib.stride_tricks.sliding_window_view(fading, n_days, axis=1)[:, n_days - origins]
    levels = seen[:-1] / seen[:-1].sum(axis=2, keepdims=True)
    faded = seen[-1]
    day = np.arange(n_days)
    at = day - (faded @ day / faded.sum(axis=1))[:, np.newaxis]
    moved = faded * at
    slopes = moved / ((moved * at).sum(axis=1, keepdims=True) + _TREND_HALF_LIFE**2 * WEEK)
    slopes[origins < 2 * WEEK] = 0.0
    return np.concatenate([levels, slopes[np.newaxis]])


def _around_pattern(days: Days, pattern: Array, averages: Array, ahead: NDArray[np.int64]) -> Array:
    """[n_origins, n_filters, horizon, n_series] levels and a trend around a pattern [n_days, n_origins, n_series].

    Parameters
    ----------
    days, averages
        Days before and how levels and slope weigh them.
    ahead : [n_origins, horizon]
        Days that are foretold.
    """
    usual = pattern[: days.values.shape[1]]
    level = days.level.T[:, np.newaxis]
    rest = level + np.clip(days.values.T[:, np.newaxis] - usual - level, -days.limit[:, 0], days.limit[:, 0])
    levels = averages.transpose(1, 0, 2) @ rest.transpose(1, 0, 2)
    after = pattern[ahead, np.arange(len(ahead))[:, np.newaxis]][:, np.newaxis]
    reach = np.cumsum(_DAMPING ** np.arange(1, ahead.shape[1] + 1))[:, np.newaxis]
    made = np.repeat(levels[:, [*range(len(_LEVELS)), _TREND_AT], np.newaxis], ahead.shape[1], axis=2) + after
    made[:, -1] += _TREND_SHARE * levels[:, -1, np.newaxis] * reach
    return np.asarray(made)


def _analogue(days: Days, origin: int, horizon: int) -> Array:
    """The same days of last year, moved by how the last six weeks lie above those then: [horizon, n_series]."""
    at = np.arange(origin, origin + horizon) - _YEAR
    while (late := at + _SMOOTHED >= origin).any():
        at = np.where(late, at - _YEAR, at)
    at = np.maximum(at, _SMOOTHED)
    near = min(_NEAR, origin - _YEAR)
    now = days.values[:, origin - near : origin].mean(axis=1)
    then = days.values[:, origin - near - _YEAR : origin - _YEAR].mean(axis=1)
    return np.asarray((days.same_day[:, at] + (now - then)[:, np.newaxis]).T)


def _expected(values: Array, weekday: NDArray[np.int64]) -> tuple[Array, Array, Array, Array]:
    """[n_series, n_days]: what a day was expected to be, the level, how far days lay from it; and how far they may."""
    level = _trailing_median(values, 3 * WEEK)
    usual = np.zeros_like(values)
    for day in range(WEEK):
        chosen = weekday == day
        usual[:, chosen] = np.nan_to_num(_median(values[:, chosen] - level[:, chosen]))[:, np.newaxis]
    expected = level + usual
    apart = values - expected
    limit = np.nan_to_num(_WILD * _NORMAL_MAD * _median(np.abs(apart)))[:, np.newaxis]
    # A series of mostly equal days has no spread to measure wildness by.
    return expected, level, apart, np.where(limit > 0, limit, np.inf)


def _trailing_median(values: Array, width: int) -> Array:
    """Median of the known days among the last `width`, the day itself included; at first, the first there is."""
    n_series, n_days = values.shape
    padded = np.concatenate([np.full((n_series, width - 1), np.nan), values], axis=1)
    windows = np.lib.stride_tricks.sliding_window_view(padded, width, axis=1)
    found = _median(windows)
    known = np.isfinite(found)
    place = np.where(known, np.arange(n_days), -1)
    last = np.maximum.accumulate(place, axis=1)
    first = np.where(known.any(axis=1), known.argmax(axis=1), 0)[:, np.newaxis]
    filled = np.take_along_axis(found, np.where(last < 0, first, last), axis=1)
    return np.where(np.isnan(filled), 0.0, filled)


def _median(values: Array) -> Array:
    """Median of the known values along the last axis; NaN where none is."""
    ordered = np.sort(values, axis=-1)
    known = np.isfinite(ordered).sum(axis=-1)
    low = np.take_along_axis(ordered, np.maximum(known - 1, 0)[..., np.newaxis] // 2, axis=-1)[..., 0]
    high = np.take_along_axis(ordered, np.minimum(known // 2, values.shape[-1] - 1)[..., np.newaxis], axis=-1)[..., 0]
    return np.where(known > 0, 0.5 * (low + np.where(np.isnan(high), low, high)), np.nan)


def _same_weekday(values: Array) -> Array:
    smooth = np.full_like(values, np.nan)
    n_days = values.shape[1]
    if n_days > 2 * _SMOOTHED:
        steps = range(0, 2 * _SMOOTHED + 1, WEEK)
        inner = sum((values[:, step : n_days - 2 * _SMOOTHED + step] for step in steps), np.float64(0.0))
        smooth[:, _SMOOTHED : n_days - _SMOOTHED] = inner / len(steps)
    return smooth
