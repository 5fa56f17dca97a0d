"""Histories whose truth is known: a weekly pattern, a level that wanders, days with noise of their own."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.methods.base import WEEK, Panel
from storesim.results.history import History

Array = NDArray[np.float64]

MONDAY = dt.date(2027, 1, 4)


def made_counts(n_days: int = 120, *, seed: int = 7, step: float = 0.03) -> dict[str, Array]:
    """Counts of a shop with about 500 visitors a day, of whom 2 % buy for 100 CNY each."""
    rng = np.random.default_rng(seed)
    level = np.cumsum(step * rng.standard_normal(n_days))
    weekly = np.array([0.0, 0.05, 0.0, 0.1, 0.2, -0.2, -0.15])[np.arange(n_days) % WEEK]
    uv = np.round(500.0 * np.exp(level + weekly + 0.1 * rng.standard_normal(n_days)))
    buyers = np.round(uv * 0.02 * np.exp(-0.3 * level + 0.1 * rng.standard_normal(n_days)))
    return {
        "uv": uv,
        "pv": np.round(uv * 4.0 * np.exp(0.05 * rng.standard_normal(n_days))),
        "buyers": buyers,
        "orders": np.round(1.05 * buyers),
        "units": np.round(1.4 * buyers),
        "gmv": np.round(buyers * 100.0 * np.exp(0.1 * rng.standard_normal(n_days)), 2),
        "ad_spend": np.round(300.0 * np.exp(0.05 * rng.standard_normal(n_days)), 2),
    }


def made_history(n_days: int = 120, *, seed: int = 7, only: tuple[str, ...] = ()) -> History:
    """The counts of `made_counts`, or some of them, from a Monday on."""
    counts = made_counts(n_days, seed=seed)
    return History(MONDAY, {name: values for name, values in counts.items() if not only or name in only}, "made")


def changed(history: History, **columns: Mapping[int, float]) -> History:
    """A history with other figures on some days, by count and day."""
    kept = {name: values.copy() for name, values in history.columns.items()}
    for name, days in columns.items():
        for day, value in days.items():
            kept[name][day] = value
    return History(history.start, kept, history.name)


def panel_of(values: Array) -> Panel:
    """A panel of [n_series, n_days] from a Monday on, with no closed weekday."""
    names = tuple(f"series {number}" for number in range(len(values)))
    return Panel(MONDAY, names, values, np.zeros((len(values), WEEK), dtype=np.bool_))


def wandering(n_days: int, *, seed: int, n_series: int = 1, step: float = 0.03, noise: float = 0.1) -> Array:
    """[n_series, n_days] logarithms: a random walk, a weekly pattern and noise."""
    rng = np.random.default_rng(seed)
    level = np.cumsum(step * rng.standard_normal((n_series, n_days)), axis=1)
    weekly = np.array([0.0, 0.05, 0.0, 0.1, 0.2, -0.2, -0.15])[np.arange(n_days) % WEEK]
    return 6.0 + level + weekly + noise * rng.standard_normal((n_series, n_days))
