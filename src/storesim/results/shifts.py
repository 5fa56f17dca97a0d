"""Series cleaned of weekday and slow season: days far from the usual, and days since which the level is another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]

WEEK: Final = 7
_SEASON = 29
_AROUND = 21
_LONG = 28
_SHORT = 7
_LEAST_KNOWN = 10
_TO_SIGMA = 1.4826
"""Median absolute deviation to standard deviation of a normal law."""

_FOUR_IN_FIVE = 1.2816
_LEAST_SCALE = 0.05
_LEAST_STEP = np.log(1.25)
_SURE = 4.0
_LASTING = 0.7
"""Share of a step that must still be there over four weeks; an event of a few days leaves nothing."""


@dataclass(frozen=True, eq=False)
class Usual:
    """What days usually bring, in logarithms; all [n_days], NaN where unknown or nothing happened."""

    level: Array
    """Logarithm without the weekday's part."""

    baseline: Array
    """Its running median."""

    weekday: Array
    scale: float
    """Spread of a day around the baseline, as a standard deviation."""

    @property
    def off(self) -> Array:
        """How far each day is from the usual; 0.69 is twice as much."""
        return self.level - self.baseline

    @property
    def expected(self) -> Array:
        """What each day would usually have brought, in its own unit."""
        return np.asarray(np.exp(self.baseline + self.weekday))


@dataclass(frozen=True)
class Shift:
    """A day since which the level is another."""

    day: int
    """First day of the new level, from 0."""

    before: float
    after: float
    """Medians of up to four weeks on either side, weekday taken out."""

    surety: float
    """The step in standard errors of its own noise."""

    @property
    def factor(self) -> float:
        """New level over old."""
        return self.after / self.before


def usual(values: Array, start: dt.date) -> Usual | None:
    """What is usual in a daily series of counts or ratios; None where too few days are known to say.

    Days of nothing are left out: they are closed days, and say nothing about open ones.
    """
    known = np.isfinite(values) & (values > 0)
    if known.sum() < _LEAST_KNOWN:
        return None
    logs = np.where(known, np.log(np.where(known, values, 1.0)), np.nan)
    of_week = (start.weekday() + np.arange(values.size)) % WEEK
    detrended = logs - running_median(logs, _SEASON)
    parts = np.array([_median(detrended[of_week == day]) for day in range(WEEK)])
    weekday = parts[of_week] - parts.mean()
    level = logs - weekday
    baseline = running_median(level, _AROUND)
    off = np.abs(level - baseline)
    # Where most days are the same the median says nothing; four in five days of a normal law lie within 1.28.
    wide = float(np.nanquantile(off, 0.8)) / _FOUR_IN_FIVE
    scale = max(_TO_SIGMA * _median(off), wide, _LEAST_SCALE)
    return Usual(level, baseline, weekday, scale)


def level_shifts(values: Array, start: dt.date) -> tuple[Shift, ...]:
    """Days since which a series stands at another level, in order of time.

    A shift is a step between the weeks before and after a day that is large beside the noise of such weeks and is
    still there over four weeks: a slow trend has no such step, and a sale of a few days does not last.
    """
    found = usual(values, start)
    if found is None or values.size < 4 * WEEK:
        return ()
    # Single odd days must not move a week's median.
    level = np.where(np.abs(found.off) > 4 * found.scale, found.baseline, found.level)
    short, long = _steps(level, _SHORT), _steps(level, _LONG)
    noise = max(_noise(short), found.scale * np.sqrt(2 / WEEK))
    with np.errstate(invalid="ignore"):
        sharp = np.abs(short) >= max(_LEAST_STEP, _SURE * noise)
        lasting = (np.sign(short) == np.sign(long)) & (np.abs(long) >= _LASTING * np.abs(short))
    candidates = np.flatnonzero(sharp & lasting)
    chosen: list[int] = []
    for day in sorted(candidates.tolist(), key=lambda day: -abs(short[day])):
        if all(abs(day - other) >= 2 * WEEK for other in chosen):
            chosen.append(day)
    shifts = []
    for day in sorted(chosen):
        exact = _sharpest(level, day)
        before, after = level[max(0, exact - _LONG) : exact], level[exact : exact + _LONG]
        sides = float(np.exp(_median(before))), float(np.exp(_median(after)))
        shifts.append(Shift(exact, *sides, surety=float(abs(short[day]) / noise)))
    return tuple(shifts)


def running_median(values: Array, width: int) -> Array:
    """Median of a window of `width` days around each day, as far as there are days; NaN where none is known."""
    half = width // 2
    padded = np.concatenate([np.full(half, np.nan), values, np.full(half, np.nan)])
    windows = np.sort(sliding_window_view(padded, width), axis=1)
    n_known = np.isfinite(windows).sum(axis=1)
    rows = np.arange(values.size)
    low, high = np.maximum(n_known - 1, 0) // 2, n_known // 2
    middle = (windows[rows, low] + windows[rows, np.minimum(high, width - 1)]) / 2
    return np.where(n_known > 0, middle, np.nan)


def _steps(level: Array, width: int) -> Array:
    """Median of the `width` days from each day on, less that of the days before it; NaN where few are known."""
    padded = np.concatenate([np.full(width, np.nan), level, np.full(width, np.nan)])
    windows = np.sort(sliding_window_view(padded, width), axis=1)
    n_known = np.isfinite(windows).sum(axis=1)
    rows = np.arange(windows.shape[0])
    low, high = np.maximum(n_known - 1, 0) // 2, np.minimum(n_known // 2, width - 1)
    middle = np.where(n_known >= min(width // 2, WEEK), (windows[rows, low] + windows[rows, high]) / 2, np.nan)
    at = np.arange(level.size)
    return np.asarray(middle[at + width] - middle[at])


def _noise(steps: Array) -> float:
    return _TO_SIGMA * _median(np.abs(steps))


def _sharpest(level: Array, day: int) -> int:
    """The day near `day` that parts two weeks on either side best, by least squares."""
    first, last = max(0, day - 2 * WEEK), min(level.size, day + 2 * WEEK)
    best, least = day, np.inf
    for at in range(max(first + 3, day - 5), min(last - 3, day + 5) + 1):
        left, right = level[first:at], level[at:last]
        left, right = left[np.isfinite(left)], right[np.isfinite(right)]
        if not left.size or not right.size:
            continue
        error = float(np.abs(left - np.median(left)).sum() + np.abs(right - np.median(right)).sum())
        if error < least:
            best, least = at, error
    return best


def _median(values: Array) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else 0.0
