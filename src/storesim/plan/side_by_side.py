"""The most likely split of many totals at once: each month's visitors among its channels, in one vectorised solve.

`likely_path` with one driver a period answers the same question for one month. Here all months take its Newton steps
together; a month that needs more than those, such as a channel that must be held at its forecast, is left to it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from storesim.plan.drivers import completed, shrunk

Array = NDArray[np.float64]

_STRIDE = 1.0
"""Furthest goal, in logs from the forecast, that Newton's steps go to in one stride, as the walk does."""

_EDGE, _AT_REST, _SAFE, _FLOOR = 1e-9, 1e-6, 1e-6, 1e-8
_ROUNDS = 40


def likely_splits(paths: Array, goals: Array) -> tuple[Array, NDArray[np.bool_]]:
    """The most likely parts of each month that add up to its goal, none asked against the goal.

    Minimises (x − m)ᵀ S⁻¹ (x − m) subject to Σ exp(x) = goal for the log parts x of each month, and to x ≥ m where the
    goal is above the forecast, x ≤ m where it is below.

    Parameters
    ----------
    paths : [n_paths, n_months, n_parts]
        Of the forecast, two paths at least; a part that no path has stays 0.
    goals : [n_months]
        0 where nothing is asked.

    Returns
    -------
    ([n_months, n_parts], [n_months])
        The parts, and whether they were found; where not, `likely_path` must be asked.
    """
    alive = np.asarray((paths > 0).any(axis=0))
    asked = (goals > 0) & alive.any(axis=1)
    logs = np.log(paths, out=np.full(paths.shape, np.nan), where=paths > 0)
    logs[:, ~alive] = 0.0
    logs = completed(logs)
    middle = np.where(alive, logs.mean(axis=0), -np.inf)
    parts, found = _newton(
        np.where(asked[:, None], middle, 0.0), shrunk(logs.transpose(1, 0, 2)), np.where(asked, goals, 1.0)
    )
    return parts, found & asked


def _newton(middle: Array, spread: Array, goals: Array) -> tuple[Array, NDArray[np.bool_]]:
    """Parts [n, n_parts] whose logs are m + λ S w with w their shares, and whether they are the most likely ones."""
    level = np.log(np.exp(middle).sum(axis=1))
    far = np.log(goals) - level
    alive = np.isfinite(middle)
    found = _sound(spread, alive) & (np.abs(far) > _EDGE) & (np.abs(far) <= _STRIDE)
    logs, multiplier = middle.copy(), np.zeros(goals.size)
    unit = np.eye(middle.shape[1])
    with np.errstate(all="ignore"):
        for _ in range(_ROUNDS):
            parts = np.exp(logs)
            now = parts.sum(axis=1)
            weights = parts / now[:, None]
            direction = np.einsum("nij,nj->ni", spread, weights)
            jacobian = unit - multiplier[:, None, None] * (spread - direction[:, :, None]) * weights[:, None, :]
            here = np.where(alive, middle + multiplier[:, None] * direction - logs, 0.0)
            solved = _solved(jacobian, np.stack([here, direction], axis=2))
            fall, climb = np.einsum("ni,nij->jn", weights, solved)
            change = (np.log(goals / now) - fall) / climb
            step = solved[:, :, 0] + change[:, None] * solved[:, :, 1]
            length = np.abs(step).max(axis=1)
            found &= length < 60.0
            logs = np.where(found[:, None], logs + np.where(alive, step, 0.0), logs)
            multiplier = np.where(found, multiplier + change, multiplier)
            if not (length[found] >= _AT_REST).any():
                break
        found &= length < _AT_REST
        found &= (np.where(alive, logs - middle, 0.0) * np.sign(far)[:, None] >= 0.0).all(axis=1)
        found &= np.where(alive, np.abs(logs - middle), 0.0).max(axis=1) <= 4.0 * np.abs(far) + 0.5
        # Convex on the tangent, as the walk makes sure of: no other split beside it is nearer.
        variances = np.einsum("nii->ni", spread)
        bend = np.einsum("ni,ni->n", weights, variances) - np.einsum("ni,nij,nj->n", weights, spread, weights)
        found &= multiplier * bend < 1.0
    return np.exp(logs), found


def _sound(spread: Array, alive: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """[n] covariances that can be solved with as they are."""
    variances = np.einsum("nii->ni", spread)
    sound = (variances >= np.maximum(1e-10, _FLOOR * variances.max(axis=1))[:, None]) | ~alive
    tried = spread.copy()
    each = np.arange(spread.shape[1])
    tried[:, each, each] = np.where(sound & alive, variances * (1.0 - _SAFE), 1.0)
    try:
        np.linalg.cholesky(tried)
    except np.linalg.LinAlgError:
        return np.zeros(spread.shape[0], dtype=np.bool_)
    return np.asarray(sound.all(axis=1))


def _solved(matrices: Array, right: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrices, right))
    except np.linalg.LinAlgError:
        return np.full(right.shape, np.nan)
