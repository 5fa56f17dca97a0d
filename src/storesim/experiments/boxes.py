"""Where a plan fails: the box of settings that holds many failures and little else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]

PEEL = 0.1
"""Share of the points taken off at a step."""

LEAST_POINTS = 5


@dataclass(frozen=True)
class Box:
    """A range of each setting."""

    low: tuple[float, ...]
    high: tuple[float, ...]

    restricted: tuple[bool, ...]
    """Settings without whose ranges the box would hold further points."""

    coverage: float
    """Share of all failures that lie in it."""

    density: float
    """Share of its points that fail."""

    n_points: int


def find_box(points: Array, fails: Bools, *, dense: float = 0.8) -> Box | None:
    """The box that holds most failures while `dense` of its points fail, or the densest one; None if nothing fails.

    Parameters
    ----------
    points : [n_points, n_settings]
    fails : [n_points]

    References
    ----------
    Friedman and Fisher (1999), Bump hunting in high-dimensional data, Statistics and Computing 9, 123-143: patient
    peeling; Bryant and Lempert (2010), Technological Forecasting and Social Change 77, 34-49, for coverage and density.
    """
    if not fails.any():
        return None
    inside = np.ones(len(points), dtype=np.bool_)
    path = [inside]
    while (step := _peeled(points, fails, inside)) is not None:
        inside = step
        path.append(inside)
    boxes = [_pasted(points, fails, one, dense) for one in path]
    good = [one for one in boxes if fails[one].mean() >= dense]
    chosen = (
        max(good, key=lambda one: (int(fails[one].sum()), -int(one.sum())))
        if good
        else max(boxes, key=lambda one: (float(fails[one].mean()), int(fails[one].sum())))
    )
    return _described(points, fails, chosen)


def _peeled(points: Array, fails: Bools, inside: Bools) -> Bools | None:
    """The box less the thin slice, at either end of some setting, whose loss leaves it densest."""
    best: Bools | None = None
    density = float(fails[inside].mean())
    for column in points.T:
        values = column[inside]
        for keep in (
            column > np.quantile(values, PEEL, method="lower"),
            column < np.quantile(values, 1 - PEEL, method="higher"),
        ):
            left = inside & keep
            if left.sum() >= LEAST_POINTS and fails[left].mean() > density:
                best, density = left, float(fails[left].mean())
    return best


def _pasted(points: Array, fails: Bools, inside: Bools, dense: float) -> Bools:
    """Every restriction that can go without the box becoming too thin is let go."""
    for setting in range(points.shape[1]):
        low, high = points[inside].min(axis=0), points[inside].max(axis=0)
        others = np.arange(points.shape[1]) != setting
        wider = ((points >= low) & (points <= high))[:, others].all(axis=1)
        if fails[wider].mean() >= min(dense, fails[inside].mean()):
            inside = wider
    return inside


def _described(points: Array, fails: Bools, inside: Bools) -> Box:
    low, high = points[inside].min(axis=0), points[inside].max(axis=0)
    within = (points >= low) & (points <= high)
    needed = np.ones(points.shape[1], dtype=np.bool_)
    for setting in range(points.shape[1]):
        # Of few points a box is narrower than what was tried on every side; a restriction is what keeps points out.
        needed[setting] = False
        if (within[:, needed].all(axis=1) > inside).any():
            needed[setting] = True
    return Box(
        tuple(low.tolist()), tuple(high.tolist()), tuple(needed.tolist()), float(fails[inside].sum() / fails.sum()),
        float(fails[inside].mean()), int(inside.sum()),
    )  # fmt: skip
