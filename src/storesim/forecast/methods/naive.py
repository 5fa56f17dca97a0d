"""`naive`: the last known day stays; the yardstick every method must beat, and what is left for a few days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.luck import below
from storesim.forecast.methods.base import Panel, carried_on, centred, known_rows, require_days

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Naive:
    """The last known value, with steps drawn from the steps there were.

    References
    ----------
    Hyndman and Athanasopoulos (2021), Forecasting, 3rd ed., section 5.2; intervals by bootstrap, section 5.5.
    """

    name: str = "naive"
    least_days: int = 3

    def fit(self, panel: Panel) -> FittedNaive:
        """The last value and the steps between known days; ForecastError with fewer than three known days."""
        require_days(panel, self.least_days, "how far days lie apart")
        carried = carried_on(panel.values)
        steps = np.where(np.isfinite(panel.values[:, 1:]), np.diff(carried, axis=1), np.nan)
        return FittedNaive(carried[:, -1], centred(known_rows(steps.T)))


@dataclass(frozen=True, eq=False)
class FittedNaive:
    """Last values [n_series] and centred steps [n_steps, n_series]."""

    last: Array
    steps: Array
    reasons: tuple[str, ...] = ("Every day is expected to be as the last known one.",)

    def predict(self, horizon: int, n_paths: int, seed: int) -> Array:
        """See `base.Fitted`; steps of all series are drawn from the same day, so they keep together."""
        drawn = below(seed, "naive", len(self.steps), (n_paths, horizon))
        return np.asarray(self.last + np.cumsum(self.steps[drawn], axis=1))
