"""`mstl`: seasons taken out by repeated loess, the rest smoothed exponentially, as statsmodels does both."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.methods.base import WEEK, Panel, carried_on, require_days
from storesim.forecast.methods.ets import FittedEts, smoothed

Array = NDArray[np.float64]

_YEAR = 364
"""Whole weeks, so that weekdays stay."""


@dataclass(frozen=True)
class Mstl:
    """A week's and, from two years on, a year's pattern by loess, as they were last; ETS(A, Ad, N) of the rest.

    References
    ----------
    Bandara, Hyndman and Bergmeir (2021), arXiv:2107.13462: MSTL.
    """

    name: str = "mstl"
    least_days: int = 28

    def fit(self, panel: Panel) -> FittedMstl:
        """Patterns and rest of each series alone; ForecastError with fewer than 28 known days."""
        require_days(panel, self.least_days, "a weekly pattern and what is left of it")
        filled = carried_on(panel.values, WEEK)
        seasons = np.stack([_seasons(series) for series in filled]) if len(filled) else np.zeros((0, panel.n_days))
        return FittedMstl(seasons, smoothed(filled - seasons, seasonal=False))


@dataclass(frozen=True, eq=False)
class FittedMstl:
    """Patterns [n_series, n_days] and the fit of what is left."""

    seasons: Array
    rest: FittedEts
    reasons: tuple[str, ...] = (
        "Patterns of the week, and of the year from two years on, are taken out by loess; the rest is smoothed.",
    )

    def predict(self, horizon: int, n_paths: int, seed: int) -> Array:
        """See `base.Fitted`; the last year, or week, of the pattern again and again."""
        n_days = self.seasons.shape[1]
        period = _YEAR if n_days >= 2 * _YEAR else WEEK
        at = n_days - period + np.arange(horizon) % period
        return np.asarray(self.rest.predict(horizon, n_paths, seed) + self.seasons[:, at].T)


def _seasons(series: Array) -> Array:
    if np.ptp(series) < 1e-12:
        return np.zeros_like(series)
    from statsmodels.tsa.seasonal import MSTL

    periods = (WEEK, _YEAR) if series.size >= 2 * _YEAR + WEEK else (WEEK,)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = np.asarray(MSTL(series, periods=periods).fit().seasonal, dtype=np.float64)
    return found if found.ndim == 1 else np.asarray(found.sum(axis=1))
