"""Points at which a store is played to find what reproduces a history: they gather where the misfit is small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.experiments.design import Axis
from storesim.experiments.moments import Moments
from storesim.experiments.response import Misfit, Space, growth_of, misfit_of, n_terms, sampled, surface_of
from storesim.runs.bench import Bench
from storesim.runs.totals import Totals
from storesim.scenario.document import Scenario

Array = NDArray[np.float64]

WAVES: Final = 3
LUCK_RUNS: Final = 40
"""Runs from which the luck of the moments is known on the way."""

LEAST_ERROR: Final = 0.002
"""No moment is held to be known better: nobody's records are."""


class Stand:
    """A store played at points of the cube of its settings; all points share their luck."""

    def __init__(self, bench: Bench, scenario: Scenario, moments: Moments, axes: tuple[Axis, ...]) -> None:
        self._bench, self.scenario, self.moments, self.axes = bench, scenario, moments, axes
        self.space = Space(axes)
        self._fitted = scenario.with_({"horizon": moments.n_fitted, "uncertain": {}})

    @property
    def seed(self) -> int:
        """Seed of all chance."""
        return self._bench.seed

    def at(self, unit: Array) -> list[Scenario]:
        """The store at points [n, k], up to the last fitted day."""
        return [self._fitted.with_(changes_at(self.axes, row)) for row in self.space.settings(unit)]

    def play(self, unit: Array, n_runs: int) -> Array:
        """[n, n_runs, n_moments] at points [n, k]."""
        return np.stack([self.moments.of(totals) for totals in self._bench.play(self.at(unit), n_runs)])

    def play_each(self, unit: Array) -> Totals:
        """One run at each point [n, k], up to the last day held back; no two share their luck."""
        drawn = self._fitted.with_({
            "horizon": self.moments.n_days, "uncertain": drawn_from(self.axes, self.space.settings(unit)),
        })  # fmt: skip
        return self._bench.play([drawn], len(unit))[0]

    def luck_at(self, unit: Array, n_runs: int) -> tuple[Array, Array]:
        """Means [n_moments] at one point [k], and runs [n_runs, n_moments] around them."""
        values = self.play(unit[np.newaxis], n_runs)[0]
        return values.mean(axis=0), values - values.mean(axis=0)

    def narrowed(self, axes: tuple[Axis, ...], moments: Moments) -> Stand:
        """The same luck with fewer settings and moments."""
        return Stand(self._bench, self.scenario, moments, axes)

    def beside(self, start: Array) -> Stand:
        """The same, small numbers being drawn towards those of the store at one point [k]."""
        return self.narrowed(self.axes, self.moments.beside(self._bench.play(self.at(start[np.newaxis]), LUCK_RUNS)[0]))


def changes_at(axes: tuple[Axis, ...], row: Array) -> dict[str, object]:
    """What to change at settings [k]; rounded to seven digits, which no history tells apart."""
    return {
        axis.path: int(value) if axis.whole else float(f"{value:.7g}")
        for axis, value in zip(axes, row.tolist(), strict=True)
    }


def drawn_from(axes: tuple[Axis, ...], settings: Array) -> dict[str, list[object]]:
    """Settings [n, k] as `uncertain` ones, of which each run takes a row."""
    rows = [changes_at(axes, row) for row in settings]
    return {axis.path: [row[axis.path] for row in rows] for axis in axes}


def covariance(around: Array) -> Array:
    """[n_moments, n_moments] of runs around their mean, with the least error of a record."""
    n = len(around)
    return np.asarray(around.T @ around / (n - 1) + LEAST_ERROR**2 * np.eye(around.shape[1]))


@dataclass(frozen=True, eq=False)
class Screening:
    """What settings do, each by itself."""

    moves: Array
    """[k, n_moments]: from one end of its range to the other, in units of luck; 0 where it is no more than chance."""

    beyond: NDArray[np.bool_]
    """[n_moments]: what the history shows lies further away than all settings together can bring the store."""


def screened(stand: Stand, start: Array, n_runs: int) -> Screening:
    """Each setting put at both ends of its range from one point [k], on common luck.

    A move counts that is beyond three standard errors of the paired difference. The store can be brought as far as all
    its settings move it one by one, half as far again, and three standard deviations of luck.
    """
    middle, around = stand.luck_at(start, LUCK_RUNS)
    size = np.sqrt(np.diag(covariance(around)))
    k = len(start)
    ends = np.repeat(start[np.newaxis], 2 * k + 1, axis=0)
    ends[np.arange(k), np.arange(k)] = 0.0
    ends[k + np.arange(k), np.arange(k)] = 1.0
    played = stand.play(ends, n_runs)
    apart = played[k : 2 * k] - played[:k]
    error = apart.std(axis=1, ddof=1) / np.sqrt(n_runs)
    moved = np.abs(apart.mean(axis=1))
    steps = (played[: 2 * k] - played[2 * k]).mean(axis=1).reshape(2, k, -1)
    down, up = (1.5 * one.sum(axis=0) for one in (np.minimum(steps, 0).min(axis=0), np.maximum(steps, 0).max(axis=0)))
    away = stand.moments.observed - middle
    return Screening(np.where(moved > 3 * error, moved / size, 0.0), (away < down - 3 * size) | (away > up + 3 * size))


def points_of_wave(k: int, n_points: int | None) -> int:
    """Points of a wave over `k` settings: enough for the surface, unless a number is asked for."""
    return max(n_points or 24, 2 * n_terms(k))


def searched(stand: Stand, n_runs: int, n_points: int | None) -> Misfit:
    """The misfit on a surface through points that have gathered around the history's.

    Parameters
    ----------
    n_runs, n_points
        Runs of a point, and points of a wave.
    """
    from scipy.stats import qmc

    k = len(stand.axes)
    n = points_of_wave(k, n_points)
    luck = np.random.default_rng([stand.seed, 71])
    observed = stand.moments.observed
    tried = qmc.Sobol(k, rng=np.random.default_rng([stand.seed, 72])).random_base2(int(np.ceil(np.log2(n))))[:n]
    unit, means, variances = np.empty((0, k)), np.empty((0, len(observed))), np.empty((0, len(observed)))
    noise, centre = np.eye(len(observed)), np.full(k, 0.5)
    for wave in range(WAVES):
        unit = np.concatenate([unit, tried])
        played = stand.play(tried, n_runs)
        means = np.concatenate([means, played.mean(axis=1)])
        variances = np.concatenate([variances, played.var(axis=1, ddof=1) + LEAST_ERROR**2])
        if wave == 0:
            centre = unit[int(np.argmin(_distances(means, observed, noise)))]
            noise = covariance(stand.luck_at(centre, LUCK_RUNS)[1])
        near = np.argsort(_distances(means, observed, noise), kind="stable")[: n + n // 2]
        surface = surface_of(unit[near], means[near], growth_of(unit, variances))
        misfit = misfit_of(surface, observed, noise * (1 + 1 / n_runs) + surface.missed, LUCK_RUNS, centre)
        if wave < WAVES - 1:
            centre = misfit.nearest(unit[near[:4]])
            noise = covariance(stand.luck_at(centre, LUCK_RUNS)[1])
            tried = sampled(misfit.cooled, centre, misfit.spread(centre), n, luck)
    return misfit


def _distances(means: Array, observed: Array, noise: Array) -> Array:
    apart = means - observed
    return np.asarray((apart * np.linalg.solve(noise, apart.T).T).sum(axis=1))
