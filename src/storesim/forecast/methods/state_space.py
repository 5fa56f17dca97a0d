"""`sarimax` and `ucm`: two of statsmodels' state-space models, each day's surprise drawn jointly for all series.

Both are carried on in innovations form: what comes is the mean forecast, plus past one-step errors of the same day in
all series, spread over the days after by the steady gain of the filter. So series that erred together err together.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.luck import below
from storesim.forecast.methods.base import WEEK, Panel, carried_on, centred, require_days

Array = NDArray[np.float64]

_MOST_DAYS = 730
_MOST_STEPS = 40
_YEARLY_FROM = 500
_BURNT = 2 * WEEK
"""First errors of a fit, which tell more of unknown starting states than of the days to come."""


@dataclass(frozen=True)
class Sarimax:
    """SARIMA(1,0,1)(0,1,1) with a period of seven days: one difference from week to week.

    References
    ----------
    Box, Jenkins, Reinsel and Ljung (2015), Time Series Analysis, 5th ed., chapter 9. Durbin and Koopman (2012), Time
    Series Analysis by State Space Methods, 2nd ed., section 4.3: the innovations form.
    """

    name: str = "sarimax"
    least_days: int = 35

    def fit(self, panel: Panel) -> FittedInnovations:
        """Maximum likelihood for each series alone; ForecastError with fewer than 35 known days."""
        require_days(panel, self.least_days, "how weeks follow on one another")
        said = "Each driver follows a seasonal ARIMA (statsmodels SARIMAX); surprises of one day are drawn together."
        return _fitted(panel, _sarimax, said)


@dataclass(frozen=True)
class Ucm:
    """A local level, a weekly and, from 500 days on, a yearly pattern in waves: statsmodels' UnobservedComponents.

    References
    ----------
    Harvey (1989), Forecasting, Structural Time Series Models and the Kalman Filter, section 2.3.
    """

    name: str = "ucm"
    least_days: int = 28

    def fit(self, panel: Panel) -> FittedInnovations:
        """Maximum likelihood for each series alone; ForecastError with fewer than 28 known days."""
        require_days(panel, self.least_days, "a level and a weekly pattern")
        said = "Each driver has a level and patterns that drift (statsmodels); surprises of one day are drawn together."
        return _fitted(panel, _components, said)


@dataclass(frozen=True, eq=False)
class FittedInnovations:
    """Fits by series, None for one that never moves; last values [n_series] and errors [n_days, n_series]."""

    last: Array
    fits: tuple[Any, ...]
    errors: Array
    reasons: tuple[str, ...]

    def predict(self, horizon: int, n_paths: int, seed: int) -> Array:
        """See `base.Fitted`."""
        drawn = below(seed, "state space", len(self.errors), (n_paths, horizon))
        paths = np.empty((n_paths, horizon, len(self.fits)))
        for which, fit in enumerate(self.fits):
            if fit is None:
                paths[..., which] = self.last[which]
                continue
            mean = np.asarray(fit.forecast(horizon), dtype=np.float64)
            paths[..., which] = mean + self.errors[drawn, which] @ _spread_out(fit, horizon)
        return paths


def _fitted(panel: Panel, model: Callable[[Array], Any], said: str) -> FittedInnovations:
    filled = carried_on(panel.values, WEEK)[:, -_MOST_DAYS:]
    fits = tuple(None if np.ptp(series) < 1e-12 else _fit(model(series)) for series in filled)
    errors = np.column_stack([_errors(fit, filled.shape[1]) for fit in fits])
    return FittedInnovations(filled[:, -1], fits, centred(errors[_BURNT:]), (said,))


def _fit(model: Any) -> Any:
    with warnings.catch_warnings():
        # A fit that stops short of the optimum is still a fit, and is judged by its forecasts like any other.
        warnings.simplefilter("ignore")
        return model.fit(disp=False, maxiter=_MOST_STEPS)


def _sarimax(series: Array) -> Any:
    from statsmodels.tsa.statespace.sarimax import SARIMAX

    return SARIMAX(series, order=(1, 0, 1), seasonal_order=(0, 1, 1, WEEK), enforce_invertibility=True)


def _components(series: Array) -> Any:
    from statsmodels.tsa.statespace.structural import UnobservedComponents

    waves: list[dict[str, float]] = [{"period": WEEK, "harmonics": 3}]
    moving = [True]
    if series.size >= _YEARLY_FROM:
        waves.append({"period": 365.25, "harmonics": 3})
        # A year seen once or twice cannot show how its pattern drifts.
        moving.append(False)
    return UnobservedComponents(series, level="llevel", freq_seasonal=waves, stochastic_freq_seasonal=moving)


def _errors(fit: Any, n_days: int) -> Array:
    return np.zeros(n_days) if fit is None else np.asarray(fit.filter_results.forecasts_error[0], dtype=np.float64)


def _spread_out(fit: Any, horizon: int) -> Array:
    """[horizon, horizon]: what a surprise on one day adds to that day and each later one, by the filter's last gain."""
    found = fit.filter_results
    transition, gain = found.transition[:, :, -1], found.kalman_gain[:, :, -1][:, 0]
    design = found.design[:, :, -1][0]
    weights = np.empty(horizon)
    weights[0] = 1.0
    state = gain
    for day in range(1, horizon):
        weights[day] = design @ state
        state = transition @ state
    apart = np.arange(horizon) - np.arange(horizon)[:, np.newaxis]
    return np.where(apart >= 0, weights[np.maximum(apart, 0)], 0.0)
