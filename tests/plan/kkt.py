"""Questions for `likely_path` and the conditions its answers must meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.plan.likely_path import LikelyPath, likely_path

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """Everything `likely_path` is asked."""

    mean: Array
    covariance: Array
    target: float
    lower: Array | None = None
    upper: Array | None = None
    identity: int = 3

    def solve(self) -> LikelyPath:
        return likely_path(
            self.mean, self.covariance, self.target, lower=self.lower, upper=self.upper, identity=self.identity
        )

    @property
    def most(self) -> float:
        """What all caps together allow."""
        return np.inf if self.upper is None else self._sum(self.upper)

    @property
    def least(self) -> float:
        """What all floors together ask."""
        return 0.0 if self.lower is None else self._sum(self.lower)

    def _sum(self, bounds: Array) -> float:
        alive = ~np.isneginf(self.mean).any(axis=1)
        return float(np.exp(bounds[alive, : self.identity].sum(axis=1)).sum())


def sound_covariance(rng: np.random.Generator, n: int, spread: Array, *, common: float = 1.0) -> Array:
    """A positive definite covariance with these standard deviations, correlated by `common` random factors."""
    factors = rng.standard_normal((n, n + 2)) + common * rng.standard_normal((1, n + 2))
    made = factors @ factors.T
    scale = spread / np.sqrt(np.diag(made))
    return np.asarray(made * np.outer(scale, scale))


def kkt_residuals(question: Question, found: LikelyPath) -> tuple[Array, Array, Array]:
    """What stationarity leaves over at free drivers, at caps and at floors, in the scale of the pull.

    With w the periods' shares of the target and λ the multiplier, S⁻¹(x − μ) = λ (w of each driver of the identity)
    − ν: ν is 0 at free drivers, at least 0 at caps, at most 0 at floors.
    """
    alive = ~np.isneginf(question.mean).any(axis=1)
    n_drivers = question.mean.shape[1]
    kept = np.repeat(alive, n_drivers)
    away = (found.logs - np.where(alive[:, None], question.mean, 0.0))[alive].ravel()
    force = np.linalg.solve(question.covariance[np.ix_(kept, kept)], away)
    weights = found.totals[alive] / found.totals.sum()
    pull = np.zeros((weights.size, n_drivers))
    pull[:, : question.identity] = found.multiplier * weights[:, None]
    pushed = (pull.ravel() - force) / max(1.0, float(np.abs(force).max()))
    sides = {(b.period, b.driver): b.side for b in found.binding}
    places = [(int(t), d) for t in np.flatnonzero(alive) for d in range(n_drivers)]
    of = np.array([{"cap": 1, "floor": -1}.get(sides.get(place, ""), 0) for place in places])
    return pushed[of == 0], pushed[of == 1], pushed[of == -1]
