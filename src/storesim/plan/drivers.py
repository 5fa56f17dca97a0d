"""The joint forecast of the drivers by month: mean and covariance of their logs, taken from paths with care."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan.chance import quantiles
from storesim.plan.periods import YearOutlook

Array = NDArray[np.float64]

_RATIO_OF = {("uv", "buyers"): "cvr", ("uv", "orders"): "cvr", ("buyers", "gmv"): "aov", ("orders", "gmv"): "aov"}
_ASSUMED_SPREAD = {"uv": 0.20, "buyers": 0.20, "orders": 0.20, "gmv": 0.25, "cvr": 0.10, "aov": 0.05, "depth": 0.05}
"""Standard deviations of a month's logs where a single path tells none; *assumed*."""

_ASSUMED_MEMORY = 0.8
"""Correlation of one driver in neighbouring months, likewise; *assumed*."""

_OUTLYING = 5.0

_ONE_THREAD = 200_000
"""Multiplications of a matrix product that linear algebra libraries leave to one thread."""


@dataclass(frozen=True)
class Drivers:
    """What GMV is the product of, month by month."""

    chain: tuple[str, ...]
    """Counts from visitors to money, such as ("uv", "buyers", "gmv"); shorter where the source knows less."""

    names: tuple[str, ...]
    """Drivers in order: the first count, the ratios between neighbours, then "depth" if page views are known."""

    identity: int
    """How many of them make GMV."""

    mean: Array
    """[12, n_drivers] of their logs; -inf in months that are structurally zero."""

    covariance: Array
    """[12 * n_drivers, 12 * n_drivers]; 0 for months that are structurally zero."""

    assumed: bool
    """True if one path only was given, and the spread is assumed."""

    @property
    def alive(self) -> NDArray[np.bool_]:
        """[12] months that are not structurally zero."""
        return np.asarray(~np.isneginf(self.mean[:, 0]))


def drivers_of(year: YearOutlook) -> Drivers:
    """Drivers of the whole store.

    A month without GMV in any path is structurally zero. In other months a path with visitors but no buyer counts as
    half a buyer; ratios of nothing take the month's median; logs beyond five robust standard deviations are drawn in.

    Raises
    ------
    PlanError
        If the outlook has no GMV, or none in any month.
    """
    if "gmv" not in year.counts:
        raise PlanError(f"a target for GMV needs a forecast of gmv; the outlook has {', '.join(year.counts)}")
    middle = "buyers" if "buyers" in year.counts else "orders"
    chain = tuple(name for name in ("uv", middle, "gmv") if name in year.counts)
    names = [chain[0], *(_RATIO_OF.get((a, b), "uv_value") for a, b in pairwise(chain))]
    parts = {name: year.monthly(name) for name in chain}
    for name in chain:
        if not parts[name].any():
            raise PlanError(
                f"every path has 0 {name} in every month of {year.year}, from {year.first} to {year.last}: a target "
                "cannot be shared among months that are all zero. Is the store closed, sold out, or without visitors?"
            )
    alive = np.asarray((parts["gmv"] > 0).any(axis=0))
    logs = [_log(parts[chain[0]])]
    for below, above in pairwise(chain):
        logs.append(_log_ratio(parts[above], parts[below]))
    if "uv" in chain and "pv" in year.counts:
        names.append("depth")
        logs.append(_log_ratio(year.monthly("pv"), parts["uv"]))
    mean, covariance = moments(np.stack(logs, axis=2), alive, names)
    return Drivers(chain, tuple(names), len(chain), mean, covariance, year.n_paths < 2)


def moments(logs: Array, alive: NDArray[np.bool_], names: list[str]) -> tuple[Array, Array]:
    """Mean [n_periods, n_drivers] and covariance of logs by path, period and driver, shrunk as the paths demand.

    Parameters
    ----------
    logs : [n_paths, n_periods, n_drivers]
        NaN where unknown.
    alive : [n_periods]
        False for structural zeros: mean -inf, covariance 0.
    names : [n_drivers]
        For the assumed spread where there is one path only.

    References
    ----------
    Schäfer and Strimmer (2005), Statistical Applications in Genetics and Molecular Biology 4(1), article 32:
    correlations shrunk towards 0 by the sum of their sampling variances over the sum of their squares.
    """
    n_paths, n_periods, n_drivers = logs.shape
    mean = np.full((n_periods, n_drivers), -np.inf)
    covariance = np.zeros((n_periods * n_drivers,) * 2)
    kept = completed(logs[:, alive])
    mean[alive] = kept.mean(axis=0)
    where = np.flatnonzero(np.repeat(alive, n_drivers))
    flat = kept.reshape(n_paths, -1)
    covariance[np.ix_(where, where)] = shrunk(flat) if n_paths > 1 else _assumed(int(alive.sum()), names)
    return mean, covariance


def _log(counts: Array) -> Array:
    return np.log(counts, out=np.full(counts.shape, np.nan), where=counts > 0)


def _log_ratio(above: Array, below: Array) -> Array:
    """Logs of a ratio; half a unit above where something below brought nothing, NaN where there was nothing below."""
    guarded = np.where((above <= 0) & (below > 1), 0.5, above)
    return _log(np.divide(guarded, below, out=np.zeros(above.shape), where=below > 0))


def completed(logs: Array) -> Array:
    """[n_paths, n_periods, n_drivers] logs with no NaN and no outliers: each period and driver by its own paths.

    By their median and median absolute deviation.
    """
    unknown = np.asarray(np.isnan(logs).all(axis=0))
    known = np.where(unknown, 0.0, logs)
    middle = _medians(known)
    spread = 1.4826 * _medians(np.abs(known - middle))
    for period, driver in np.argwhere(unknown):
        # A ratio no path knows in this month is the year's; one that no month knows cannot move anything.
        others = logs[:, ~unknown[:, driver], driver]
        middle[period, driver] = np.nanmedian(others) if others.size else 0.0
    filled = np.where(np.isnan(logs), middle, logs)
    # A month whose paths mostly agree has a median deviation of 0; then nothing is known to be an outlier.
    reach = np.where(spread > 0, _OUTLYING * spread, np.inf)
    return np.clip(filled, middle - reach, middle + reach)


def _medians(logs: Array) -> Array:
    """[n_periods, n_drivers] medians of the paths that are known; several times as quick as `numpy.nanmedian`."""
    return np.reshape(quantiles(logs.reshape(logs.shape[0], -1).T, (0.5,)), logs.shape[1:])


def shrunk(flat: Array) -> Array:
    """[..., n, n] covariance of [..., n_paths, n], correlations shrunk; a stack of them at once, if need be."""
    n_paths, n = flat.shape[-2:]
    diagonal = (..., *np.diag_indices(n))
    spread = flat.std(axis=-2, ddof=1)
    away = flat - flat.mean(axis=-2, keepdims=True)
    standard = np.divide(away, spread[..., None, :], out=np.zeros(flat.shape), where=spread[..., None, :] > 0)
    correlation = _products(standard) / (n_paths - 1)
    mean = correlation * (n_paths - 1) / n_paths
    variance = (_products(standard**2) - n_paths * mean**2) * n_paths / (n_paths - 1) ** 3
    off = correlation.copy()
    variance[diagonal] = off[diagonal] = 0.0
    total = (off**2).sum(axis=(-2, -1))
    share = np.divide(variance.sum(axis=(-2, -1)), total, out=np.ones(total.shape), where=total > 0)
    shrunk_ones = (1.0 - np.clip(share, 0.0, 1.0))[..., None, None] * correlation
    shrunk_ones[diagonal] = 1.0
    return np.asarray(shrunk_ones * (spread[..., :, None] * spread[..., None, :]))


def _products(columns: Array) -> Array:
    """[..., n, n] XᵀX of [..., n_paths, n], some rows at a time: threads for a product so small cost more than it."""
    turned = np.swapaxes(columns, -1, -2)
    n, n_paths = turned.shape[-2:]
    rows = max(1, _ONE_THREAD // (n * n_paths))
    return np.concatenate([turned[..., at : at + rows, :] @ columns for at in range(0, n, rows)], axis=-2)


def _assumed(n_periods: int, names: list[str]) -> Array:
    periods = np.arange(n_periods)
    memory = _ASSUMED_MEMORY ** np.abs(periods[:, None] - periods)
    return np.kron(memory, np.diag([_ASSUMED_SPREAD.get(name, 0.2) ** 2 for name in names]))


def bounds_of(drivers: Drivers, caps: Mapping[str, float | None]) -> tuple[Array, Array]:
    """Floors and caps [12, n_drivers] in logs, from "uv_max", "cvr_min" …; ±inf where none is set or known."""
    low, high = np.full(drivers.mean.shape, -np.inf), np.full(drivers.mean.shape, np.inf)
    for which, name in enumerate(drivers.names):
        if (least := caps.get(f"{name}_min")) is not None and least > 0:
            low[:, which] = np.log(least)
        if (most := caps.get(f"{name}_max")) is not None:
            high[:, which] = np.log(most)
    return low, high
