"""How far forecasts go astray, learned from past origins: joint error paths of every series.

An error is a slow part, the mean of each week ahead, and a fast part, the days around it. The slow part decides how
wide the band of a month's total is, the fast part how wide that of a day. The slow variance grows as a power of the
horizon, which is smooth, rises, and reaches further than the past does; weeks of a path keep together as past ones did.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.luck import below, normals
from storesim.forecast.methods.base import WEEK, known_rows

Array = NDArray[np.float64]

_USUAL_GROWTH = 0.6
_GROWTH_PRIOR = 6.0
_USUAL_SHARED = 0.7
_USUAL_KEPT = 0.96
_TIES_PRIOR = 4.0
_SLOW_PRIOR = 2.0
_SLOW_SHARE = 0.25
"""Variance of a week's mean in that of a day, where little is known: *assumed*, from the trials in benchmarks/."""

_UNSURE = 0.75
"""So much, over the degrees of freedom, Student's 90 % quantile lies above the normal one, as a share of it."""

_MOST_GROWTH = 1.3
_FAR = 9


@dataclass(frozen=True, eq=False)
class Spread:
    """The law of the errors of a panel's forecasts."""

    fast: Array
    """[n_blocks, 7, n_series] errors of days less their week's mean."""

    first_week: Array
    """[n_series] variance of the mean error of the first week."""

    growth: Array
    """[n_series] power of the horizon in weeks with which that variance grows."""

    shared: Array
    """[n_series] share of the slow variance that neighbouring weeks share."""

    kept: Array
    """[n_series] what of that is left a week further on."""

    root: Array
    """[n_series, n_series] Cholesky factor of the correlations of the slow parts."""

    separate: float
    """Weeks of errors that do not overlap; the fewer, the wider the slow part, as of Student's distribution."""

    def draw(self, horizon: int, n_paths: int, seed: int) -> Array:
        """Joint error paths: [n_paths, horizon, n_series]."""
        n_weeks = -(-horizon // WEEK)
        blocks = below(seed, "fast errors", len(self.fast), (n_paths, n_weeks))
        fast = self.fast[blocks].reshape(n_paths, n_weeks * WEEK, -1)[:, :horizon]
        week = 1.0 + np.maximum((np.arange(horizon) - WEEK // 2) / WEEK, -0.5)[:, np.newaxis]
        unsure = 1.0 + _UNSURE / (self.separate / np.maximum(week, 1.0) + _SLOW_PRIOR)
        scale = np.sqrt(self.first_week) * week ** (0.5 * self.growth) * unsure
        slow = self._slow(n_weeks, n_paths, seed)
        return np.asarray(fast + slow[:, np.arange(horizon) // WEEK] * scale)

    def _slow(self, n_weeks: int, n_paths: int, seed: int) -> Array:
        """Standardised slow parts: [n_paths, n_weeks, n_series]."""
        shape = (n_paths, n_weeks, len(self.first_week))
        steps = normals(seed, "slow errors", shape) @ self.root.T
        alone = normals(seed, "slow errors of one week", shape) @ self.root.T
        walk = np.empty(shape)
        walk[:, 0] = steps[:, 0]
        fresh = np.sqrt(1.0 - self.kept**2)
        for week in range(1, n_weeks):
            walk[:, week] = self.kept * walk[:, week - 1] + fresh * steps[:, week]
        return np.asarray(np.sqrt(self.shared) * walk + np.sqrt(1.0 - self.shared) * alone)


def learn(errors: Array, step: int) -> Spread:
    """The law of past errors.

    Parameters
    ----------
    errors : [n_origins, n_ahead, n_series]
        What came less what was foretold, from origins `step` days apart; NaN where unknown. `n_ahead` is 7 or more.
    step
        Days between origins; overlapping errors tell less than their number.
    """
    n_origins, n_ahead, n_series = errors.shape
    n_weeks = n_ahead // WEEK
    weeks = errors[:, : n_weeks * WEEK].reshape(n_origins, n_weeks, WEEK, n_series)
    slow = _mean_of_known(weeks)
    fast = _fast_blocks((weeks - slow[:, :, np.newaxis]).reshape(-1, WEEK, n_series))
    slow = _drawn_in(slow)
    first, growth = _growing(slow, step, (fast**2).mean(axis=(0, 1)))
    scaled = slow / np.sqrt(np.maximum(_grown(first, growth, n_weeks), 1e-300))
    shared, kept = _ties(scaled, step)
    return Spread(fast, first, growth, shared, kept, _root(scaled), n_origins * step / WEEK)


def _mean_of_known(weeks: Array) -> Array:
    """Mean error of each week of which four days are known, or as many as ever are."""
    known = np.isfinite(weeks)
    number = known.sum(axis=2)
    least = np.clip(number.max(axis=(0, 1)), 1, 4)
    sums = np.where(known, weeks, 0.0).sum(axis=2)
    return np.where(number >= least, sums / np.maximum(number, 1), np.nan)


def _fast_blocks(blocks: Array) -> Array:
    """[n_blocks, 7, n_series] without gaps: a closed day takes the error of the day before, so that scale stays."""
    filled = blocks.copy()
    for _ in range(2):
        for day in range(WEEK):
            filled[:, day] = np.where(np.isnan(filled[:, day]), filled[:, day - 1], filled[:, day])
    return known_rows(filled)


def _drawn_in(slow: Array) -> Array:
    """Wild weeks, beyond four root mean squares of their series without the wildest twentieth, drawn in."""
    size = np.abs(slow)
    with_zero = np.where(np.isnan(size), 0.0, size).reshape(-1, slow.shape[-1])
    usual = np.sort(with_zero, axis=0)[: max(int(0.95 * len(with_zero)), 1)]
    filled = np.maximum((usual > 0).sum(axis=0), 1)
    limit = 4.0 * np.sqrt((usual**2).sum(axis=0) / filled)
    return np.asarray(np.clip(slow, -limit, limit))


def _growing(slow: Array, step: int, fast_variance: Array) -> tuple[Array, Array]:
    """Variance of the first week and its power of growth, [n_series] each; priors rule where little is known."""
    n_weeks = slow.shape[1]
    known = np.isfinite(slow)
    number = known.sum(axis=0)
    squares = np.where(known, slow, 0.0) ** 2
    weight = number * step / (WEEK * np.arange(1.0, n_weeks + 1)[:, np.newaxis])
    prior = _SLOW_SHARE * fast_variance * np.arange(1.0, n_weeks + 1)[:, np.newaxis] ** _USUAL_GROWTH
    mean_square = (squares.sum(axis=0) / np.maximum(number, 1) * weight + _SLOW_PRIOR * prior) / (weight + _SLOW_PRIOR)
    # A mean of k squares lies, in logarithm, about 1/k below the variance; errors of fitted weights lie lower still.
    level = np.log(np.maximum(mean_square, 1e-300)) + 1.0 / (weight + _SLOW_PRIOR)
    at = np.log(np.arange(1.0, n_weeks + 1))[:, np.newaxis]
    total = np.maximum(weight.sum(axis=0), 1e-9)
    mean_at, mean_level = (weight * at).sum(axis=0) / total, (weight * level).sum(axis=0) / total
    across = (weight * (at - mean_at) * (level - mean_level)).sum(axis=0)
    along = (weight * (at - mean_at) ** 2).sum(axis=0)
    growth = np.clip((across + _GROWTH_PRIOR * _USUAL_GROWTH) / (along + _GROWTH_PRIOR), 0.0, _MOST_GROWTH)
    first = np.exp(mean_level - growth * mean_at)
    still = mean_square.max(axis=0) <= 0
    return np.where(still | (number.sum(axis=0) == 0), _SLOW_SHARE * fast_variance, first), growth


def _grown(first: Array, growth: Array, n_weeks: int) -> Array:
    return np.asarray(first * np.arange(1.0, n_weeks + 1)[:, np.newaxis] ** growth)


def _ties(scaled: Array, step: int) -> tuple[Array, Array]:
    """How weeks of one path keep together: share that neighbours share, and what is left of it a week further on."""
    near, weight_near = _correlation(scaled, 1, step)
    apart = min(_FAR, scaled.shape[1] - 1)
    far, weight_far = _correlation(scaled, apart, step)
    trusted = weight_far / (weight_far + _TIES_PRIOR)
    ratio = np.clip(far, 0.02, 0.98) / np.clip(near, 0.02, 0.98)
    seen = np.clip(ratio, 0.05, 1.0) ** (1.0 / max(apart - 1, 1))
    kept = _USUAL_KEPT + trusted * (seen - _USUAL_KEPT) if apart > 1 else np.full(near.shape, _USUAL_KEPT)
    shared = np.clip(near, 0.0, 0.98) / kept
    trusted = weight_near / (weight_near + _TIES_PRIOR)
    return np.clip(_USUAL_SHARED + trusted * (shared - _USUAL_SHARED), 0.0, 1.0), np.clip(kept, 0.5, 0.999)


def _correlation(scaled: Array, lag: int, step: int) -> tuple[Array, Array]:
    """Correlation of weeks `lag` apart, about zero, and the number of separate pairs behind it."""
    if scaled.shape[1] <= lag:
        return np.full(scaled.shape[2], 0.0), np.zeros(scaled.shape[2])
    one, other = scaled[:, :-lag], scaled[:, lag:]
    both = np.isfinite(one) & np.isfinite(other)
    one, other = np.where(both, one, 0.0), np.where(both, other, 0.0)
    size = np.sqrt((one**2).sum(axis=(0, 1)) * (other**2).sum(axis=(0, 1)))
    found = (one * other).sum(axis=(0, 1)) / np.where(size > 0, size, 1.0)
    weight = both.sum(axis=(0, 1)) * step / (WEEK * (lag + 1.0) * max(scaled.shape[1] - lag, 1))
    return found, np.where(size > 0, weight, 0.0)


def _root(scaled: Array) -> Array:
    """Cholesky factor of the correlations of the series, a tenth nearer to none than seen."""
    rows = np.where(np.isfinite(scaled), scaled, 0.0).reshape(-1, scaled.shape[-1])
    size = np.sqrt((rows**2).sum(axis=0))
    unit = rows / np.where(size > 0, size, 1.0)
    kept = 0.9
    n_series = len(size)
    correlation = kept * (unit.T @ unit)
    correlation[np.diag_indices(n_series)] = 1.0
    return np.asarray(np.linalg.cholesky(correlation), dtype=np.float64)
