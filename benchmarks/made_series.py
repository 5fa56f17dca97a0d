"""Made daily series of many shapes, whose future is known: what bands are fitted to and judged by."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.methods.base import WEEK, Panel

Array = NDArray[np.float64]

LEVELS = ((0.0, 0.0), (0.9, 0.05), (0.97, 0.03), (0.99, 0.03), (1.0, 0.01), (1.0, 0.02), (1.0, 0.04))
"""What is left of the level a day later, and the standard deviation of its step."""


def made(n_series: int, n_days: int, seed: int) -> Array:
    """[n_series, n_days] logarithms: levels that return or not, weeks, years, shifts, trends, sales, noise."""
    rng = np.random.default_rng([seed, n_days])
    day = np.arange(n_days)
    kind = rng.integers(len(LEVELS), size=n_series)
    kept, step = np.array(LEVELS)[kind].T
    values = np.zeros((n_series, n_days))
    for at in range(1, n_days):
        values[:, at] = kept * values[:, at - 1] + step * rng.standard_normal(n_series)
    values += rng.normal(0.0, rng.choice([0.05, 0.2, 0.4], (n_series, 1)), (n_series, WEEK))[:, day % WEEK]
    number = np.arange(1, 5)[:, np.newaxis]
    size = rng.choice([0.0, 0.1, 0.3], (n_series, 1, 1)) * rng.standard_normal((n_series, 4, 1)) / number
    phase = rng.uniform(0, 2 * np.pi, (n_series, 4, 1))
    values += (size * np.sin(2 * np.pi * number * day / 365.25 + phase)).sum(axis=1)
    values += rng.choice([0.0, 0.0, 3e-4, -3e-4, 1e-3], (n_series, 1)) * day
    shifts = (rng.random((n_series, n_days)) < 1 / 400) * rng.normal(0.0, 0.25, (n_series, n_days))
    values += np.cumsum(shifts * (rng.random((n_series, 1)) < 0.3), axis=1)
    noise = rng.standard_t(5, (n_series, n_days)) * np.sqrt(0.6)
    tie = rng.choice([0.0, 0.0, 0.4], n_series)
    for at in range(1, n_days):
        noise[:, at] = tie * noise[:, at - 1] + np.sqrt(1 - tie**2) * noise[:, at]
    sales = (day % 365 % 91 < 3) * rng.choice([0.0, 0.5], (n_series, 1))
    return np.asarray(values + sales + rng.choice([0.06, 0.12, 0.25], (n_series, 1)) * noise)


def panel_of(values: Array) -> Panel:
    """The series as a panel from a Monday on, open every day."""
    names = tuple(f"made {number}" for number in range(len(values)))
    return Panel(dt.date(2024, 1, 1), names, values, np.zeros((len(values), WEEK), dtype=np.bool_))
