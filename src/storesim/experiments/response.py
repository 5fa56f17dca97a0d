"""How moments answer to settings: a smooth surface through simulated points, and what a history says on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.experiments.design import Axis

Array = NDArray[np.float64]

WIDER: Final = 4.0
STEEPEST: Final = 3.0
"""Luck is not taken to grow or shrink by more than this, in logarithms, over the range of a setting."""


@dataclass(frozen=True)
class Space:
    """Settings within their ranges as a unit cube; on a logarithmic scale where a range is of positive numbers."""

    axes: tuple[Axis, ...]

    def settings(self, unit: Array) -> Array:
        """[n, k] values of the settings at points of the cube; whole where only whole numbers are allowed."""
        low, high = self._ends()
        found = self._back(low + unit * (high - low))
        whole = np.array([one.whole for one in self.axes])
        return np.asarray(np.where(whole, np.round(found), found))

    def unit(self, settings: Array) -> Array:
        """[n, k] points of the cube at settings, drawn in where they lie beyond their ranges."""
        low, high = self._ends()
        held = np.clip(settings, [one.low for one in self.axes], [one.high for one in self.axes])
        return np.asarray((self._there(held) - low) / (high - low))

    def _ends(self) -> tuple[Array, Array]:
        return tuple(self._there(np.array([ends])) for ends in zip(*((a.low, a.high) for a in self.axes), strict=True))  # type: ignore[return-value]  # two ends

    def _there(self, settings: Array) -> Array:
        return np.asarray(np.where(self._logarithmic, np.log(np.where(self._logarithmic, settings, 1.0)), settings))

    def _back(self, values: Array) -> Array:
        return np.asarray(np.where(self._logarithmic, np.exp(np.where(self._logarithmic, values, 0.0)), values))

    @property
    def _logarithmic(self) -> NDArray[np.bool_]:
        return np.array([one.low > 0 for one in self.axes])


@dataclass(frozen=True, eq=False)
class Surface:
    """Means of the moments as a quadratic function of the settings, fitted by least squares."""

    weights: Array
    """[1 + k + k (k + 1) / 2, n_moments]."""

    missed: Array
    """[n_moments, n_moments]: covariance of what the function misses at the points it was fitted to."""

    growth: Array
    """[k, n_moments]: by how much the logarithm of the luck of a moment grows along each setting."""

    def at(self, unit: Array) -> Array:
        """[n, n_moments] at points [n, k] of the cube."""
        return np.asarray(terms(unit - 0.5) @ self.weights)

    def slope(self, unit: Array) -> Array:
        """[n_moments, k] at one point [k]."""
        step = 1e-4
        steps = step * np.eye(len(unit))
        return np.asarray((self.at(unit + steps) - self.at(unit - steps)).T / (2 * step))


def n_terms(k: int) -> int:
    """Numbers that a surface of k settings has for each moment."""
    return 1 + k + k * (k + 1) // 2


def growth_of(unit: Array, variances: Array) -> Array:
    """[k, n_moments] growth of luck along the settings, from variances [n, n_moments] over the runs of each point."""
    known = np.column_stack([np.ones(len(unit)), unit])
    found, *_ = np.linalg.lstsq(known, 0.5 * np.log(variances), rcond=None)
    return np.asarray(np.clip(found[1:], -STEEPEST, STEEPEST))


def surface_of(unit: Array, means: Array, growth: Array) -> Surface:
    """The surface through points [n, k] with means [n, n_moments], by least squares."""
    known = terms(unit - 0.5)
    weights, *_ = np.linalg.lstsq(known, means, rcond=None)
    missed = means - known @ weights
    return Surface(np.asarray(weights), np.asarray(missed.T @ missed / max(len(unit) - known.shape[1], 1)), growth)


@dataclass(frozen=True, eq=False)
class Misfit:
    """How far a store is from a history, in units of luck."""

    surface: Surface
    observed: Array
    """[n_moments]."""

    whitened: Array
    """[n_moments, n_moments] that makes the luck of the moments uncorrelated and of size 1 at `centre`."""

    centre: Array
    """[k]: point at which the luck was measured."""

    n_luck: int
    """Runs from which the luck is known."""

    def residuals(self, unit: Array) -> Array:
        """[n, n_moments] in units of luck, at points [n, k]."""
        return np.asarray((self.surface.at(unit) - self.observed) / np.exp(self._grown(unit)) @ self.whitened.T)

    def squared(self, unit: Array) -> Array:
        """[n] sums of squares at points [n, k]."""
        return np.asarray((self.residuals(unit) ** 2).sum(axis=1))

    def log_likelihood(self, unit: Array) -> Array:
        """[n] log likelihood at points [n, k], whose covariance is known from `n_luck` runs only.

        References
        ----------
        Sellentin and Heavens (2016), Monthly Notices of the Royal Astronomical Society 456(1), L132-L136, eq. 12.
        """
        fit = -0.5 * self.n_luck * np.log1p(self.squared(unit) / (self.n_luck - 1))
        return np.asarray(fit - self._grown(unit).sum(axis=1))

    def information(self, unit: Array) -> Array:
        """[k, k] inverse covariance of the estimate at one point [k], with what the range of each setting says."""
        slope = self.slope(unit)
        return np.asarray(slope.T @ slope + 12.0 * np.eye(len(unit)))

    def spread(self, unit: Array) -> Array:
        """[k, k] covariance of the estimate at one point [k]."""
        return np.asarray(np.linalg.inv(self.information(unit)))

    def cooled(self, unit: Array) -> Array:
        """[n] log likelihood as if the misfit were `WIDER` times smaller: the surface may be wrong."""
        return self.log_likelihood(unit) / WIDER

    def slope(self, unit: Array) -> Array:
        """[n_moments, k] of the whitened moments at one point [k]."""
        shrunk = np.exp(-self._grown(unit[np.newaxis])[0])[:, np.newaxis]
        return np.asarray(self.whitened @ (shrunk * self.surface.slope(unit)))

    def nearest(self, starts: Array) -> Array:
        """[k] where the misfit is least, from the best of several starts [n, k]."""
        from scipy.optimize import least_squares

        found = [
            least_squares(lambda u: self.residuals(u[np.newaxis])[0], start, bounds=(0, 1))
            for start in np.clip(starts, 1e-6, 1 - 1e-6)
        ]
        return np.asarray(min(found, key=lambda one: float(one.cost)).x)

    def _grown(self, unit: Array) -> Array:
        """[n, n_moments]: logarithm of the luck at points [n, k] against that at the centre."""
        return np.asarray((unit - self.centre) @ self.surface.growth)


def misfit_of(surface: Surface, observed: Array, luck: Array, n_luck: int, centre: Array) -> Misfit:
    """The misfit with a covariance of luck [n_moments, n_moments] from `n_luck` runs at one point [k]."""
    values, vectors = np.linalg.eigh(luck)
    return Misfit(surface, observed, (vectors / np.sqrt(np.maximum(values, 1e-12))).T, centre, n_luck)


def sampled(
    log_likelihood: Callable[[Array], Array], start: Array, spread: Array, n: int, luck: np.random.Generator
) -> Array:
    """[n, k] draws within the unit cube in proportion to a likelihood.

    Parameters
    ----------
    start : [k]
        Where the walkers begin, about.
    spread : [k, k]
        Covariance of the beginning.

    References
    ----------
    Goodman and Weare (2010), Communications in Applied Mathematics and Computational Science 5(1), 65-80: the stretch
    move, which does not mind how settings hang together.
    """
    k = len(start)
    half = 8 * k + 8
    values, vectors = np.linalg.eigh(spread)
    walkers = start + luck.normal(size=(2 * half, k)) * np.sqrt(np.maximum(values, 1e-12)) @ vectors.T
    # Reflected at the walls, so that no two begin at one place.
    walkers = np.abs(np.mod(walkers + 1, 2) - 1)
    heights = log_likelihood(walkers)
    kept = []
    steps, burn = 600, 300
    for step in range(steps):
        for moving, still in ((slice(0, half), slice(half, None)), (slice(half, None), slice(0, half))):
            z = (1 + luck.random(half)) ** 2 / 2
            towards = walkers[still][luck.integers(0, half, half)]
            tried = towards + z[:, np.newaxis] * (walkers[moving] - towards)
            inside = ((tried >= 0) & (tried <= 1)).all(axis=1)
            height = np.where(inside, log_likelihood(np.clip(tried, 0, 1)), -np.inf)
            gain = (k - 1) * np.log(z) + height - heights[moving]
            taken = np.log(luck.random(half)) < gain
            walkers[moving] = np.where(taken[:, np.newaxis], tried, walkers[moving])
            heights[moving] = np.where(taken, height, heights[moving])
        if step >= burn:
            kept.append(walkers.copy())
    return np.concatenate(kept)[luck.permutation((steps - burn) * 2 * half)[:n]]


def terms(apart: Array) -> Array:
    """[n, n_terms] of points [n, k], taken from a centre: one, each setting, each product."""
    k = apart.shape[1]
    first, second = np.triu_indices(k)
    return np.column_stack([np.ones(len(apart)), apart, apart[:, first] * apart[:, second]])
