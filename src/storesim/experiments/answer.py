"""How moments answer to settings near the best: a regression through runs, each with luck of its own, and its law.

Unlike a surface through means on common luck, the regression sees what one history is: one run. What is left of the
runs is the luck of a history and what the surface misses, together; so the law it foretells for a history holds both,
and how little is known of either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.experiments.response import WIDER, n_terms, terms
from storesim.experiments.waves import LEAST_ERROR

Array = NDArray[np.float64]

FOLDS: Final = 10
"""Parts of the runs, of which each is tried out on the others."""


class Told(NamedTuple):
    """The law of the moments of a history at points of the cube."""

    means: Array
    """[n, n_moments]."""

    grown: Array
    """[n, n_moments]: logarithm of their luck against that at the centre."""

    wider: Array
    """[n]: factor of the variance for what the regression does not know."""


@dataclass(frozen=True, eq=False)
class Answer:
    """Moments as a quadratic function of the settings, with luck: what a history is like at given settings."""

    centre: Array
    """[k]."""

    weights: Array
    """[n_terms, n_moments]."""

    doubt: Array
    """[n_terms, n_terms]: inverse of the products of the terms."""

    growth: Array
    """[k, n_moments]: by how much the logarithm of the luck of a moment grows along each setting."""

    whitened: Array
    """[n_moments, n_moments] that makes what is left of the runs uncorrelated and of size 1 at `centre`."""

    free: int
    """Degrees of freedom from which the luck is known."""

    @property
    def luck(self) -> Array:
        """[n_moments] standard deviations at the centre."""
        return np.asarray(np.sqrt(np.diag(np.linalg.inv(self.whitened.T @ self.whitened))))

    def told(self, unit: Array) -> Told:
        """What is foretold at points [n, k]."""
        found = terms(unit - self.centre)
        wider = 1 + np.einsum("ni,ij,nj->n", found, self.doubt, found)
        return Told(found @ self.weights, (unit - self.centre) @ self.growth, wider)

    def residuals(self, told: Told, observed: Array) -> Array:
        """[n, n_moments] of a history [n_moments], in units of luck."""
        return self.in_luck(told, told.means - observed) / np.sqrt(told.wider)[:, np.newaxis]

    def in_luck(self, told: Told, apart: Array) -> Array:
        """[n, n_moments] differences of moments in units of luck, uncorrelated."""
        return np.asarray(apart / np.exp(told.grown) @ self.whitened.T)

    def log_likelihood(self, told: Told, observed: Array) -> Array:
        """[n] of a history [n_moments]: the predictive law of a regression of many figures, a Student law.

        References
        ----------
        Box and Tiao (1973), Bayesian Inference in Statistical Analysis, section 8.4; Geisser (1965), Annals of
        Mathematical Statistics 36(1), 150-159.
        """
        squared = (self.residuals(told, observed) ** 2).sum(axis=1)
        size = told.grown.sum(axis=1) + 0.5 * len(observed) * np.log(told.wider)
        return np.asarray(-0.5 * (self.free + 1) * np.log1p(squared / self.free) - size)

    def log_likelihood_at(self, unit: Array, observed: Array) -> Array:
        """[n] of a history, at points [n, k]."""
        return self.log_likelihood(self.told(unit), observed)

    def cooled(self, unit: Array, observed: Array) -> Array:
        """[n] log likelihood at points [n, k] as if the misfit were `WIDER` times smaller."""
        return self.log_likelihood_at(unit, observed) / WIDER

    def nearest(self, start: Array, observed: Array) -> Array:
        """[k] where a history fits best, from a start [k]."""
        from scipy.optimize import least_squares

        def residuals(unit: Array) -> Array:
            return np.asarray(self.residuals(self.told(unit[np.newaxis]), observed)[0])

        return np.asarray(least_squares(residuals, np.clip(start, 1e-6, 1 - 1e-6), bounds=(0, 1)).x)


def answer_of(unit: Array, values: Array, growth: Array) -> Answer:
    """The answer through runs [n, n_moments] at points [n, k], weighted by their luck."""
    centre = unit.mean(axis=0)
    known = terms(unit - centre)
    shrunk = np.exp(-(unit - centre) @ growth)
    weights = np.empty((known.shape[1], values.shape[1]))
    for i, (column, weight) in enumerate(zip(values.T, shrunk.T, strict=True)):
        weights[:, i] = np.linalg.lstsq(known * weight[:, np.newaxis], column * weight, rcond=None)[0]
    left = (values - known @ weights) * shrunk
    free = len(unit) - known.shape[1]
    sizes, vectors = np.linalg.eigh(left.T @ left / free + LEAST_ERROR**2 * np.eye(values.shape[1]))
    whitened = np.asarray((vectors / np.sqrt(np.maximum(sizes, 1e-12))).T, dtype=np.float64)
    doubt = np.asarray(np.linalg.inv(known.T @ known), dtype=np.float64)
    return Answer(centre, weights, doubt, growth, whitened, free)


def carried(answer: Answer, unit: Array, values: Array, later: Array) -> Array:
    """[n_moments, n_series]: how the luck of the moments goes on in the logarithms of later totals [n, n_series].

    By least squares over the runs [n, n_moments] at points [n, k]: what both are beyond what is due to their settings.
    """
    told = answer.told(unit)
    known = terms(unit - answer.centre)
    left = later - known @ np.linalg.lstsq(known, later, rcond=None)[0]
    luck = answer.in_luck(told, values - told.means)
    return np.asarray(np.linalg.lstsq(luck, left, rcond=None)[0])


def n_cloud(k: int, n_moments: int) -> int:
    """Runs that an answer of k settings needs."""
    return max(300, 10 * (n_terms(k) + n_moments))


def tried_out(unit: Array, values: Array, growth: Array, others: Array, within: float) -> tuple[Array, float]:
    """How much wider ranges [k] must be to hold, and how often they do without.

    Each run is a history of which the true settings are known; what the runs of the other parts make of it is held
    against them.

    Parameters
    ----------
    others : [n_others, k]
        Points as likely as those of the runs: what is known of a run's settings before its figures are.
    within
        Chance with which a range is to hold.

    References
    ----------
    Talts, Betancourt, Simpson, Vehtari and Gelman (2018), Validating Bayesian inference algorithms with
    simulation-based calibration, arXiv:1804.06788.
    """
    from scipy.special import ndtri

    arms = np.empty_like(unit)
    inside = np.empty_like(unit)
    fold = np.arange(len(unit)) % FOLDS
    for which in range(FOLDS):
        answer = answer_of(unit[fold != which], values[fold != which], growth)
        told = answer.told(others)
        for i in np.flatnonzero(fold == which):
            height = answer.log_likelihood(told, values[i])
            weight = np.exp(height - height.max())
            weight /= weight.sum()
            middle = weight @ others
            arms[i] = np.abs(unit[i] - middle) / np.sqrt(np.maximum(weight @ (others - middle) ** 2, 1e-12))
            inside[i] = np.abs(weight @ (others < unit[i]) - 0.5) <= within / 2
    normal = float(ndtri(0.5 + within / 2))
    return np.maximum(np.quantile(arms, within, axis=0) / normal, 1.0), float(inside.mean())
