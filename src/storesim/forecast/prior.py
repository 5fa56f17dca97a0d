"""A store's own few days and runs of its simulator, together; and what a planned change makes of a forecast.

The runs say how a store of this kind goes; its own days say where this one stands. Runs are moved, driver by driver, to
the level of the days known, and stand for part of the paths; days carried on by themselves stand for the rest, which
grows with the days there are. A plan is the simulator's own answer: by how much each driver of a second ensemble lies
over that of the first, day by day, on the same luck.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.forecast.drivers import Driven, forward
from storesim.forecast.luck import below

if TYPE_CHECKING:
    from storesim.forecast.days import KnownDays
    from storesim.forecast.drivers import Driver
    from storesim.results.ensemble import Ensemble

Array = NDArray[np.float64]

PRIOR_DAYS: Final = 28.0
"""Known days from which on as many paths come from them as from the simulator: *assumed*, four weeks."""

_LEVEL_DAYS: Final = 3.0
_RECENT: Final = 28.0
_FLOOR: Final = 4.0


def weight_of_days(n_days: int) -> float:
    """Share of the paths that carry on the known days alone: n / (n + 28)."""
    return n_days / (n_days + PRIOR_DAYS)


def moved_runs(driven: Driven, days: KnownDays, prior: Ensemble, horizon: int, n_paths: int) -> Array:
    """Paths of the days to come as the runs have them, at the level of the known days: [n_paths, horizon, n_series].

    Parameters
    ----------
    driven
        The known days on the working scale.
    days
        The same, as counts of the whole store.
    prior
        Runs of the same store, by date: they must hold some of the known days and all that are to come.
    horizon
        Days to foretell.
    n_paths
        Paths; runs are taken by turns.

    Raises
    ------
    UsageError
        If the runs do not reach far enough, or do not hold a count.
    """
    first = _first(days, prior, horizon)
    series = _series(driven, prior)
    known = driven.panel.values
    n_known = known.shape[1]
    past = series[:, :, max(first, 0) : first + n_known]
    seen = known[:, n_known - past.shape[2] :]
    ahead = _filled(driven, series)[:, :, first + n_known : first + n_known + horizon]
    there = np.isfinite(seen) & np.isfinite(past)
    late = 0.5 ** (np.arange(past.shape[2] - 1, -1, -1.0) / _RECENT)
    weights = there * late
    total = weights.sum(axis=2)
    apart = (np.where(there, seen - past, 0.0) * weights).sum(axis=2) / np.maximum(total, 1e-12)
    # A day or two of a small store are mostly luck; the level is believed as they add up.
    believed = total / (total + _LEVEL_DAYS)
    paths = ahead + (believed * apart)[:, :, np.newaxis]
    turn = np.arange(n_paths) % prior.n_runs
    return np.ascontiguousarray(paths[turn].transpose(0, 2, 1))


def mixed(own: Array, runs: Array, n_days: int, seed: int) -> Array:
    """Paths [n_paths, horizon, n_series], some of the known days alone and some of the simulator."""
    chosen = below(seed, "simulated or carried on", 10_000, (len(runs),)) < 10_000 * weight_of_days(n_days)
    return np.where(chosen[:, np.newaxis, np.newaxis], own, runs)


def response(driven: Driven, days: KnownDays, before: Ensemble, after: Ensemble, horizon: int) -> Array:
    """What a plan adds to each driver on the working scale, by day to come: [horizon, n_series].

    The logarithm of what the mean run has with the plan over what it has without; 0 where either has nothing.

    Raises
    ------
    UsageError
        As `moved_runs`, of both ensembles.
    """
    found = []
    for ensemble in (before, after):
        first = _first(days, ensemble, horizon) + driven.panel.n_days
        means = _series(driven, ensemble, of_mean=True)
        found.append(means[0, :, first : first + horizon].T)
    moved = found[1] - found[0]
    return np.where(np.isfinite(moved), moved, 0.0)


def _first(days: KnownDays, ensemble: Ensemble, horizon: int) -> int:
    """Place of the first known day among the simulated ones."""
    first = (days.start - ensemble.start).days
    if first + days.n_days < 1 or first + days.n_days + horizon > ensemble.n_days:
        raise UsageError(
            f"the simulated days, {ensemble.start} to {ensemble.last_day}, do not hold the last known day before "
            f"{days.next_day} and the {horizon} days after it; set `store.opened` and `horizon` to hold them"
        )
    return first


def _series(driven: Driven, ensemble: Ensemble, *, of_mean: bool = False) -> Array:
    """The runs, [n_runs, n_series, n_days], or their mean, [1, n_series, n_days], on the working scale; NaN at 0."""
    missing = [name for name in driven.names if name not in ensemble.names_of()]
    if missing:
        raise UsageError(f"the simulator keeps no {', '.join(missing)}; leave such columns out of the history")
    daily = {name: ensemble.daily(name) for name in driven.names}
    if of_mean:
        daily = {name: values.mean(axis=0, keepdims=True) for name, values in daily.items()}
    made = [_of_driver(driver, daily) for driver in driven.drivers]
    return np.stack(made, axis=1)


def _of_driver(driver: Driver, daily: dict[str, Array]) -> Array:
    return forward(driver, daily[driver.count], daily[driver.parent] if driver.parent else None)


def _filled(driven: Driven, series: Array) -> Array:
    """Without NaN: a ratio to nothing is the run's usual one, and a count of nothing lies far under anything known."""
    there = np.isfinite(series)
    usual = np.where(there, series, 0.0).sum(axis=2) / np.maximum(there.sum(axis=2), 1)
    under = np.array([driver.least - _FLOOR for driver in driven.drivers])
    is_ratio = np.array([bool(driver.parent) for driver in driven.drivers])
    filling = np.where(is_ratio & there.any(axis=2), usual, under)
    return np.where(there, series, filling[:, :, np.newaxis])
