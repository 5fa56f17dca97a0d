"""Numbers of a report, measured on the runs: periods, quantiles over runs, standard errors, stages."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storesim.results.periods import Level, period_bounds, periods_between
from storesim.scenario.store import STAGES

if TYPE_CHECKING:
    from storesim.results.ensemble import Ensemble

Array = NDArray[np.float64]
BAND_LEVELS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Period:
    """Some days that are reported together."""

    key: str
    """``2027``, ``2027Q1`` or ``2027-01``."""

    first: dt.date
    last: dt.date

    @property
    def n_days(self) -> int:
        """Days in it, both ends included."""
        return (self.last - self.first).days + 1


def periods(days: Period, level: Level) -> tuple[Period, ...]:
    """Calendar periods of one level that the days touch, cut to the days."""
    keys = periods_between(days.first, days.last, level)
    return tuple(period for key in keys if (period := period_within(key, days)) is not None)


def period_within(key: str, days: Period) -> Period | None:
    """What of that period lies in the days; None if nothing does."""
    first, last = period_bounds(key)
    first, last = max(first, days.first), min(last, days.last)
    return Period(key, first, last) if first <= last else None


def quantile_error(values: Array, level: float) -> float:
    """Standard error of the `level` quantile of independent values, from their order statistics.

    Half the distance between the values one binomial standard deviation of rank below and above, which needs no
    density (David & Nagaraja 2003, Order Statistics, section 7.1). NaN for fewer than ten values.

    Parameters
    ----------
    values : [n_runs]
    """
    n = values.size
    if n < 10:
        return float("nan")
    spread = np.sqrt(n * level * (1 - level))
    below, above = np.clip((n * level - spread, n * level + spread), 0, n - 1)
    ordered = np.sort(values)
    ranks = np.arange(n)
    return float((np.interp(above, ranks, ordered) - np.interp(below, ranks, ordered)) / 2)


def chance_error(chance: float, n_runs: int) -> float:
    """Standard error of a chance counted over independent runs: √(p(1−p)/n)."""
    return float(np.sqrt(chance * (1 - chance) / n_runs)) if n_runs else float("nan")


def stage_shares(stage: Array) -> Array:
    """Share of the runs in each stage on each day.

    Parameters
    ----------
    stage : [n_runs, n_days]
        Index of the stage, as the ledger keeps it.

    Returns
    -------
    [n_stages, n_days]
    """
    return np.stack([(stage == index).mean(axis=0) for index in range(len(STAGES))])


def days_to_stage(stage: Array, index: int) -> Array:
    """Day on which each run first is in the stage or a later one; NaN where it never is.

    Parameters
    ----------
    stage : [n_runs, n_days]

    Returns
    -------
    [n_runs]
    """
    there = stage >= index
    return np.where(there.any(axis=1), there.argmax(axis=1).astype(float), np.nan)


def lowest_cash(ensemble: Ensemble) -> tuple[Array, Array]:
    """Lowest cash at a day's end of each run, CNY, and its day; [n_runs] each."""
    cash = ensemble.daily("cash")
    return cash.min(axis=1), cash.argmin(axis=1).astype(float)


def smooth_week(daily: Array) -> Array:
    """Mean of each day and the six before it, along the last axis; fewer at the start. NaN days are left out."""
    known = np.isfinite(daily)
    sums = np.cumsum(np.where(known, daily, 0.0), axis=-1)
    counts = np.cumsum(known, axis=-1).astype(float)
    for running in (sums, counts):
        running[..., 7:] -= running[..., :-7].copy()
    return np.asarray(np.divide(sums, counts, out=np.full(daily.shape, np.nan), where=counts > 0))
