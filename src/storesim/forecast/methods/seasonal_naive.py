"""`seasonal_naive`: each weekday as it was last; simple, and hard to beat over a week or two."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.luck import below
from storesim.forecast.methods.base import WEEK, Panel, carried_on, centred, known_rows, require_days

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SeasonalNaive:
    """The last week, again and again, with steps from week to week drawn whole weeks at a time.

    References
    ----------
    Hyndman and Athanasopoulos (2021), Forecasting, 3rd ed., section 5.2; intervals by bootstrap, section 5.5.
    """

    name: str = "seasonal_naive"
    least_days: int = 14

    def fit(self, panel: Panel) -> FittedSeasonalNaive:
        """The last week and the steps to each week; ForecastError with fewer than 14 known days."""
        require_days(panel, self.least_days, "a weekly pattern")
        carried = carried_on(panel.values, WEEK)
        known = np.isfinite(panel.values[:, WEEK:])
        steps = np.where(known, carried[:, WEEK:] - carried[:, :-WEEK], np.nan)
        n_weeks = steps.shape[1] // WEEK
        weeks = steps[:, steps.shape[1] - n_weeks * WEEK :].reshape(panel.n_series, n_weeks, WEEK)
        return FittedSeasonalNaive(carried[:, -WEEK:], centred(known_rows(weeks.transpose(1, 2, 0))))


@dataclass(frozen=True, eq=False)
class FittedSeasonalNaive:
    """Last week [n_series, 7] and centred steps from week to week [n_weeks, 7, n_series]."""

    week: Array
    steps: Array
    reasons: tuple[str, ...] = ("Every day is expected to be as the same weekday of the last week.",)

    def predict(self, horizon: int, n_paths: int, seed: int) -> Array:
        """See `base.Fitted`; a path adds one past week's steps of all series to each week to come."""
        n_weeks = -(-horizon // WEEK)
        drawn = below(seed, "seasonal naive", len(self.steps), (n_paths, n_weeks))
        weeks = self.week.T + np.cumsum(self.steps[drawn], axis=1)
        return weeks.reshape(n_paths, n_weeks * WEEK, -1)[:, :horizon]
