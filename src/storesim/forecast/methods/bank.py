"""A bank of cheap filters: what each makes of the days known so far, from any number of origins.

Every filter is a weighted sum of the cleaned days, so that forty past origins cost little more than one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.methods.base import WEEK, Panel

Array = NDArray[np.float64]

_YEAR = 364
"""Whole weeks, so that weekdays stay."""

_LEVELS = (0.05, 0.12, 0.25)
_DAMPING = 0.98
_TREND_SHARE = 0.6
_TREND_HALF_LIFE = 28.0
_WEEKLY_HALF_LIFE = 120.0
_YEARLY_HALF_LIFE = 500.0
_NORMAL_MAD = 1.4826
"""Standard deviation of a normal distribution in median absolute deviations."""

_NEAR = 42
"""Days compared with the same days of last year."""

_SMOOTHED = 14
_YEARLY_FROM = 450


@dataclass(frozen=True, eq=False)
class Days:
    """Cleaned days, and what every origin needs of them."""

    values: Array
    """[n_series, n_days] on the working scale, without gaps; wild days drawn in."""

    deviations: Array
    """[n_series, n_days] from the mean of the week around."""

    weekday: NDArray[np.int64]
    """[n_days + most_ahead], Monday 0."""

    turn: Array
    """[n_days + most_ahead] angle of the year, radians."""

    same_day: Array
    """[n_series, n_days] mean of the same weekday two weeks before and after; NaN at the ends."""


def days_of(panel: Panel, most_ahead: int) -> Days:
    """The panel made ready, with the calendar of `most_ahead` days after it.

    Unknown days take the median of the three weeks before, plus what is usual for the weekday; days beyond four robust
    standard deviations are drawn in to there, so that a festival does not move the level.
    """
    weekday = panel.weekdays(0, panel.n_days + most_ahead)
    values = _cleaned(panel.values, weekday[: panel.n_days])
    first = panel.start.timetuple().tm_yday
    turn = 2 * np.pi * (first + np.arange(panel.n_days + most_ahead)) / 365.25
    return Days(values, np.asarray(values - _around(values)), weekday, np.asarray(turn), _same_weekday(values))


def candidates(days: Days, origin: int, horizon: int, yearly: bool) -> Array:
    """What each filter foretells from `origin`, knowing the days before it: [n_filters, horizon, n_series].

    Exponential levels and a damped trend around the weekly pattern; the same around the weekly and yearly pattern,
    and the same days of last year at this year's level, if `yearly`. NaN where a filter needs more days.

    References
    ----------
    Gardner and McKenzie (1985), Management Science 31(10), 1237-1246: the damped trend.
    """
    weekly = _weekly(days, origin)
    pattern = weekly[:, days.weekday[: origin + horizon]]
    found = _around_pattern(days, pattern, origin, horizon)
    if not yearly:
        return found
    if origin < _YEARLY_FROM:
        return np.concatenate([found, np.full((len(found) + 1, *found.shape[1:]), np.nan)])
    wave = _yearly(days, pattern, origin, horizon)
    return np.concatenate(
        [found, _around_pattern(days, pattern + wave, origin, horizon), _analogue(days, origin, horizon)[np.newaxis]]
    )


def supports_yearly(n_days: int) -> bool:
    """Whether a yearly pattern can be learned and tried on past origins."""
    return n_days >= _YEARLY_FROM + 2 * _NEAR


def _around_pattern(days: Days, pattern: Array, origin: int, horizon: int) -> Array:
    rest = days.values[:, :origin] - pattern[:, :origin]
    age = np.arange(origin - 1, -1, -1.0)
    weights = np.stack([_exponential(1.0 - level, age) for level in _LEVELS])
    levels = weights @ rest.T
    ahead = pattern[:, origin:].T
    flat = levels[:, np.newaxis, :] + ahead
    slope = _slope_weights(age) @ rest.T
    reach = np.cumsum(_DAMPING ** np.arange(1, horizon + 1))[:, np.newaxis]
    trended = levels[1] + ahead + _TREND_SHARE * slope * reach
    return np.concatenate([flat, trended[np.newaxis]])


def _exponential(kept: float, age: Array) -> Array:
    weights = kept**age
    return np.asarray(weights / weights.sum())


def _slope_weights(age: Array) -> Array:
    """Weights that give the slope of a line fitted with more weight on late days; 0 for under two weeks."""
    if age.size < 2 * WEEK:
        return np.zeros(age.size)
    weights = 0.5 ** (age / _TREND_HALF_LIFE)
    # Days long ago count as a prior that nothing moves: a short history has no trend to speak of.
    at = -age - np.average(-age, weights=weights)
    return np.asarray(weights * at / (weights @ at**2 + _TREND_HALF_LIFE**2 * WEEK))


def _weekly(days: Days, origin: int) -> Array:
    """Effect of each weekday, [n_series, 7], summing to 0; shrunk as by one day without an effect."""
    # The mean of the week around looks three days ahead; later deviations were not known at the origin.
    last = max(origin - WEEK // 2, 1)
    weights = 0.5 ** (np.arange(last - 1, -1, -1.0) / _WEEKLY_HALF_LIFE)
    chosen = (days.weekday[:last] == np.arange(WEEK)[:, np.newaxis]) * weights
    effect = days.deviations[:, :last] @ chosen.T / (chosen.sum(axis=1) + 1.0)
    return np.asarray(effect - effect.mean(axis=1, keepdims=True))


def _yearly(days: Days, pattern: Array, origin: int, horizon: int) -> Array:
    """A smooth yearly wave, [n_series, origin + horizon], by ridge; the finer the wave, the more it is shrunk."""
    n_waves = 6 if origin >= 2 * _YEAR else 3
    number = np.arange(1, n_waves + 1)
    turns = days.turn[: origin + horizon, np.newaxis] * number
    waves = np.concatenate([np.sin(turns), np.cos(turns)], axis=1)
    line = np.stack([np.ones(origin), np.linspace(-1.0, 0.0, origin)], axis=1)
    design = np.concatenate([line, waves[:origin]], axis=1)
    weights = 0.5 ** (np.arange(origin - 1, -1, -1.0) / _YEARLY_HALF_LIFE)
    penalty = 0.02 * weights.sum() * np.r_[1e-6, 0.5, np.tile((number / 6.0) ** 2, 2)]
    weighted = design.T * weights
    rest = (days.values[:, :origin] - pattern[:, :origin]).T
    found = np.linalg.solve(weighted @ design + np.diag(penalty), weighted @ rest)
    return np.asarray((waves @ found[2:]).T)


def _analogue(days: Days, origin: int, horizon: int) -> Array:
    """The same days of last year, moved by how the last six weeks lie above those then: [horizon, n_series]."""
    at = np.arange(origin, origin + horizon) - _YEAR
    while (late := at + _SMOOTHED >= origin).any():
        at = np.where(late, at - _YEAR, at)
    at = np.maximum(at, _SMOOTHED)
    now = days.values[:, origin - _NEAR : origin].mean(axis=1)
    then = days.values[:, origin - _NEAR - _YEAR : origin - _YEAR].mean(axis=1)
    return np.asarray((days.same_day[:, at] + (now - then)[:, np.newaxis]).T)


def _cleaned(values: Array, weekday: NDArray[np.int64]) -> Array:
    level = _trailing_median(values, 3 * WEEK)
    usual = np.zeros_like(values)
    for day in range(WEEK):
        chosen = weekday == day
        usual[:, chosen] = np.nan_to_num(_median(values[:, chosen] - level[:, chosen]))[:, np.newaxis]
    expected = level + usual
    apart = values - expected
    limit = np.nan_to_num(4.0 * _NORMAL_MAD * _median(np.abs(apart)))[:, np.newaxis]
    # A series of mostly equal days has no spread to measure wildness by.
    limit = np.where(limit > 0, limit, np.inf)
    return np.asarray(expected + np.where(np.isnan(apart), 0.0, np.clip(apart, -limit, limit)))


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


def _around(values: Array) -> Array:
    """Mean of the seven days around each day; near an end, of the first or last seven."""
    n_days = values.shape[1]
    width = min(WEEK, n_days)
    sums = np.concatenate([np.zeros((len(values), 1)), np.cumsum(values, axis=1)], axis=1)
    first = np.clip(np.arange(n_days) - WEEK // 2, 0, n_days - width)
    return np.asarray((sums[:, first + width] - sums[:, first]) / width)


def _same_weekday(values: Array) -> Array:
    smooth = np.full_like(values, np.nan)
    n_days = values.shape[1]
    if n_days > 2 * _SMOOTHED:
        steps = range(0, 2 * _SMOOTHED + 1, WEEK)
        inner = sum((values[:, step : n_days - 2 * _SMOOTHED + step] for step in steps), np.float64(0.0))
        smooth[:, _SMOOTHED : n_days - _SMOOTHED] = inner / len(steps)
    return smooth
