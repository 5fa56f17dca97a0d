"""`ets`: exponential smoothing of level, damped trend and weekday, as statsmodels fits it."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.luck import below
from storesim.forecast.methods.base import WEEK, Panel, carried_on, centred, require_days

Array = NDArray[np.float64]

_BURNT = WEEK
"""First errors of a fit, which tell more of its starting values than of the days to come."""


@dataclass(frozen=True)
class Ets:
    """ETS(A, Ad, A) with a period of seven days; ETS(A, N, A) under six weeks, which do not show a trend.

    References
    ----------
    Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing, chapter 2.
    """

    name: str = "ets"
    least_days: int = 21

    def fit(self, panel: Panel) -> FittedEts:
        """Maximum likelihood for each series alone; ForecastError with fewer than 21 known days."""
        require_days(panel, self.least_days, "a weekly pattern and its errors")
        return smoothed(carried_on(panel.values, WEEK), seasonal=True)


@dataclass(frozen=True, eq=False)
class FittedEts:
    """Fits by series, None for one that never moves; last values [n_series] and errors [n_days, n_series]."""

    last: Array
    fits: tuple[Any, ...]
    errors: Array
    reasons: tuple[str, ...] = (
        "Each driver is smoothed exponentially (statsmodels ETS); errors of one day are drawn together for all.",
    )

    def predict(self, horizon: int, n_paths: int, seed: int) -> Array:
        """See `base.Fitted`; past one-day errors, of the same day in all series, drive the fitted equations."""
        drawn = below(seed, "ets", len(self.errors), (horizon, n_paths))
        paths = np.empty((n_paths, horizon, len(self.fits)))
        for which, fit in enumerate(self.fits):
            if fit is None:
                paths[..., which] = self.last[which]
                continue
            errors = self.errors[drawn, which]
            made = fit.simulate(horizon, anchor="end", repetitions=n_paths, random_errors=errors)
            paths[..., which] = np.asarray(made, dtype=np.float64).reshape(horizon, n_paths).T
        return paths


def smoothed(filled: Array, *, seasonal: bool) -> FittedEts:
    """Exponential smoothing of [n_series, n_days] without gaps, with or without a weekly pattern."""
    fits = tuple(_fit(series, "add" if seasonal else None) for series in filled)
    n_days = filled.shape[1]
    errors = np.column_stack(
        [np.zeros(n_days) if fit is None else np.asarray(fit.resid, dtype=np.float64) for fit in fits]
    )
    return FittedEts(filled[:, -1], fits, centred(errors[_BURNT:]))


def _fit(series: Array, seasonal: str | None) -> Any:
    if np.ptp(series) < 1e-12:
        return None
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    trended = series.size >= 6 * WEEK
    model = ETSModel(
        series,
        error="add",
        trend="add" if trended else None,
        damped_trend=trended,
        seasonal=seasonal,
        seasonal_periods=WEEK if seasonal else None,
        # Starting values found by least squares too would take five times as long, for a worse AIC as often as not.
        initialization_method="heuristic",
    )
    with warnings.catch_warnings():
        # A fit that stops short of the optimum is still a fit, and is judged by its forecasts like any other.
        warnings.simplefilter("ignore")
        return model.fit(disp=False, maxiter=200)
