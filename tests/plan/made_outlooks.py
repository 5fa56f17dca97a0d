"""Outlooks made by hand for the tests of plan: a growing store with season, three channels, correlated paths."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.outlook import Outlook

CHANNELS = ("search", "express", "returning")
COUNTS = ("uv", "pv", "buyers", "orders", "units", "gmv", "ad_spend", "clicks")
SEASON = np.array([0.80, 0.62, 0.95, 0.92, 1.0, 1.45, 0.88, 0.90, 1.0, 1.10, 1.75, 1.05])

Array = NDArray[np.float64]


def made_outlook(
    start: dt.date = dt.date(2027, 1, 1),
    n_days: int = 365,
    *,
    n_paths: int = 200,
    seed: int = 7,
    daily_visitors: float = 900.0,
    counts: tuple[str, ...] = COUNTS,
    channels: tuple[str, ...] = CHANNELS,
) -> Outlook:
    """Daily paths whose months are correlated log-normals; UV and CVR move against one another."""
    rng = np.random.default_rng(seed)
    months = np.array([(start + dt.timedelta(days=d)).month - 1 for d in range(n_days)])
    shares = np.array([0.55, 0.30, 0.15])[: len(channels)]
    shares = shares / shares.sum()
    level = _slow(rng, n_paths, n_days, 0.20)
    per_channel = np.stack([_slow(rng, n_paths, n_days, s) for s in (0.08, 0.25, 0.05)[: len(channels)]], axis=2)
    growth = np.linspace(-0.2, 0.2, n_days)
    uv = daily_visitors * SEASON[months][:, None] * shares * np.exp(growth[:, None] + level[:, :, None] + per_channel)
    cvr = (
        0.022
        * np.exp(-0.3 * level + _slow(rng, n_paths, n_days, 0.10))[:, :, None]
        * np.array([1.0, 0.8, 2.0])[: len(channels)]
    )
    aov = 168.0 * np.exp(_slow(rng, n_paths, n_days, 0.05))[:, :, None]
    uv = np.floor(uv)
    buyers = np.minimum(np.floor(uv * cvr + rng.random(uv.shape)), uv)
    paths = np.zeros((n_paths, n_days, len(channels), len(counts)))
    made = {
        "uv": uv,
        "pv": np.floor(uv * 4.2 * np.exp(0.2 * per_channel)),
        "buyers": buyers,
        "orders": np.floor(1.06 * buyers + rng.random(uv.shape) * 0.5),
        "units": np.floor(1.4 * buyers),
        "gmv": np.round(buyers * aov, 2),
        "ad_spend": np.round(_paid(uv, channels) * 1.6 * (uv / (daily_visitors * shares)) ** 0.4, 2),
        "clicks": np.floor(_paid(uv, channels) * 1.05),
    }
    for which, name in enumerate(counts):
        paths[..., which] = made[name]
    return Outlook(start=start, channels=channels, counts=counts, paths=paths, method="made")


def _paid(uv: Array, channels: tuple[str, ...]) -> Array:
    return uv * np.array([channel == "express" for channel in channels])


def _slow(rng: np.random.Generator, n_paths: int, n_days: int, spread: float) -> Array:
    """[n_paths, n_days] a level that drifts over weeks: half of its variance is common to all days."""
    knots = rng.standard_normal((n_paths, n_days // 30 + 2))
    days = np.arange(n_days) / 30.0
    low = np.floor(days).astype(int)
    wandering = knots[:, low] * (1 - (days - low)) + knots[:, low + 1] * (days - low)
    return np.asarray(spread * np.sqrt(0.5) * (rng.standard_normal((n_paths, 1)) + wandering))
