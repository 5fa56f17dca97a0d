"""Several constraints at once: sums that are limited or set, beside the target.

A limit is Σ_t exp(o_t + w · x_t) ≤ most: visitors of the year, ad spend, a quarter's GMV that is set. The most likely
path without them stands where it keeps them. Else it is looked for from a plan that does: months in the forecast's own
proportions under the limits, always found where there is one, brought nearer to the forecast by sequential quadratic
programming (Kraft 1988, DFVLR-FB 88-28), and kept where that does not arrive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from storesim.plan.held import softmax
from storesim.plan.likely_path import Binding, LikelyPath, likely_path

Array = NDArray[np.float64]

_MET = 1e-9
_NEAR = 1e-7
_SAFE = 1e-6


@dataclass(frozen=True)
class Limit:
    """One sum over periods."""

    name: str
    offset: Array
    """[n_periods] o; -inf in periods that do not count."""

    weights: Array
    """[n_drivers] w, the same in every period."""

    most: float
    """What it may come to; CNY or visitors, above 0."""

    exact: bool = False
    """Whether it is set, and not only limited."""

    def level(self, logs: Array) -> tuple[float, Array]:
        """log of the sum over its limit, and its gradient [n_periods, n_drivers]."""
        counted = np.isfinite(self.offset) & ~np.isneginf(logs[:, 0])
        terms = np.where(counted, self.offset + np.where(counted[:, None], logs, 0.0) @ self.weights, -np.inf)
        if not counted.any():
            return -np.inf, np.zeros(logs.shape)
        level, share = softmax(terms)
        return level - float(np.log(self.most)), share[:, None] * self.weights


@dataclass(frozen=True)
class Bounds:
    """Floors, caps and fixed totals, as `likely_path` takes them."""

    lower: Array
    upper: Array
    fixed: Array | None
    identity: int


def path_within(mean: Array, covariance: Array, target: float, bounds: Bounds, limits: Sequence[Limit]) -> LikelyPath:
    """The most likely path that keeps every limit.

    Parameters
    ----------
    mean, covariance, target
        As for `likely_path`.

    Raises
    ------
    Unreachable
        If the limits, with caps and floors, leave no way to the target; `nearest` is what the limits allow when months
        keep the forecast's proportions.
    """
    if not any(limit.exact for limit in limits):
        found = _solve(mean, covariance, target, bounds)
        if all(limit.level(found.logs)[0] <= _MET for limit in limits):
            return found
    start = _in_proportion(mean, covariance, target, bounds, limits)
    return _nearer(start, (mean, covariance), target, bounds, limits)


def _nearer(
    start: LikelyPath, forecast: tuple[Array, Array], target: float, bounds: Bounds, limits: Sequence[Limit]
) -> LikelyPath:
    """The nearest plan to the forecast that SLSQP reaches from `start`; `start` where it arrives at none."""
    from scipy.optimize import minimize

    mean, covariance = forecast
    alive = ~np.isneginf(mean[:, 0])
    kept = np.repeat(alive, mean.shape[1])
    middle, scale = mean[alive].ravel(), np.sqrt(np.maximum(covariance[np.ix_(kept, kept)].diagonal(), 1e-10))
    spread = covariance[np.ix_(kept, kept)] / np.outer(scale, scale)
    inverse = np.linalg.inv(spread * (1.0 - start.shrinkage - _SAFE) + (start.shrinkage + _SAFE) * np.eye(scale.size))
    rows = [_goal(mean, target, bounds), *limits]

    def logs(z: Array) -> Array:
        full = np.full(mean.shape, -np.inf)
        full[alive] = (middle + scale * z).reshape(-1, mean.shape[1])
        return full

    constraints = [
        {
            "type": "eq" if row.exact else "ineq",
            "fun": lambda z, row=row: -row.level(logs(z))[0],
            "jac": lambda z, row=row: -row.level(logs(z))[1][alive].ravel() * scale,
        }
        for row in [*rows, *_months(mean, bounds)]
    ]
    low, high = ((bound[alive].ravel() - middle) / scale for bound in (bounds.lower, bounds.upper))
    found = minimize(
        lambda z: float(z @ inverse @ z), np.clip((start.logs[alive].ravel() - middle) / scale, low, high),
        jac=lambda z: 2.0 * inverse @ z, bounds=list(zip(low, high, strict=True)), method="SLSQP",
        constraints=constraints, options={"maxiter": 300, "ftol": 1e-10},
    )  # fmt: skip
    there = logs(np.clip(found.x, low, high))
    off = max(abs(row.level(there)[0]) if row.exact else row.level(there)[0] for row in [*rows, *_months(mean, bounds)])
    distance = float(found.fun)
    if not off < _NEAR or not distance < start.distance:
        return start
    totals = np.exp(there[:, : bounds.identity].sum(axis=1))
    return replace(start, logs=there, totals=totals, distance=distance, binding=_standing(there, bounds), found="path")


def _goal(mean: Array, target: float, bounds: Bounds) -> Limit:
    weights = (np.arange(mean.shape[1]) < bounds.identity).astype(np.float64)
    return Limit("target", np.zeros(mean.shape[0]), weights, target, exact=True)


def _months(mean: Array, bounds: Bounds) -> list[Limit]:
    """Fixed totals as limits of one period each."""
    if bounds.fixed is None:
        return []
    weights = (np.arange(mean.shape[1]) < bounds.identity).astype(np.float64)
    found = []
    for month in np.flatnonzero(~np.isnan(bounds.fixed) & (bounds.fixed > 0)):
        offset = np.where(np.arange(mean.shape[0]) == month, 0.0, -np.inf)
        found.append(Limit(f"month {month + 1}", offset, weights, float(bounds.fixed[month]), exact=True))
    return found


def _standing(logs: Array, bounds: Bounds) -> tuple[Binding, ...]:
    found = []
    for side, bound in (("cap", bounds.upper), ("floor", bounds.lower)):
        for period, driver in np.argwhere(np.isclose(logs, bound, rtol=0.0, atol=1e-7) & np.isfinite(bound)):
            found.append(Binding(int(period), int(driver), "cap" if side == "cap" else "floor"))
    return tuple(found)


def _in_proportion(
    mean: Array, covariance: Array, target: float, bounds: Bounds, limits: Sequence[Limit]
) -> LikelyPath:
    """The path whose visitors stay under the forecast's own, scaled until the limits are kept; set sums by month."""
    upper = bounds.upper.copy()
    fixed = np.full(mean.shape[0], np.nan) if bounds.fixed is None else bounds.fixed.copy()
    for limit in limits:
        level, _ = limit.level(mean)
        if limit.exact:
            counted = np.isfinite(limit.offset) & ~np.isneginf(mean[:, 0])
            totals = np.exp(np.where(counted[:, None], mean, 0.0)[:, : bounds.identity].sum(axis=1)) * counted
            fixed = np.where(counted & np.isnan(fixed), totals / totals.sum() * limit.most, fixed)
        else:
            room = mean[:, 0] - level / limit.weights[0]
            upper[:, 0] = np.minimum(upper[:, 0], np.where(np.isfinite(limit.offset), room, np.inf))
    lower = np.minimum(bounds.lower, upper)
    return likely_path(mean, covariance, target, lower=lower, upper=upper, fixed=fixed, identity=bounds.identity)


def _solve(mean: Array, covariance: Array, target: float, bounds: Bounds) -> LikelyPath:
    return likely_path(
        mean, covariance, target,
        lower=bounds.lower, upper=bounds.upper, fixed=bounds.fixed, identity=bounds.identity,
    )  # fmt: skip
