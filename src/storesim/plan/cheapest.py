"""The cheapest mix of levers that brings what is missing, each with gains that fall as it is pulled further."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import ShapeError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Curve:
    """What a lever brings for what it costs, from (0, 0): concave, rising, linear between its knots."""

    costs: Array
    """[n_knots] rising, from 0."""

    gains: Array
    """[n_knots] rising, from 0."""

    steps: Array
    """[n_knots] how far the lever is pulled at each knot."""

    def at(self, cost: float) -> tuple[float, float]:
        """Gain and step at a cost."""
        return float(np.interp(cost, self.costs, self.gains)), float(np.interp(cost, self.costs, self.steps))


@dataclass(frozen=True)
class Mix:
    """How much is spent on each lever."""

    costs: Array
    """[n_levers]."""

    gain: float
    """What they bring together, were they independent of one another."""

    missing: float
    """What they cannot bring within the limits; 0 where the need is met."""

    @property
    def cost(self) -> float:
        """What it costs in all."""
        return float(self.costs.sum())


def curve_of(costs: Sequence[float], gains: Sequence[float], steps: Sequence[float]) -> Curve:
    """The smallest concave curve above measured points: a lever pulled half as far half of the time reaches its chords.

    Parameters
    ----------
    costs, gains, steps : [n_knots]
        Measured points; the first is (0, 0) at the step that changes nothing. Points that cost more and bring less
        than another are left out.

    Raises
    ------
    ShapeError
        If they differ in length.
    """
    if not len(costs) == len(gains) == len(steps):
        raise ShapeError(costs=(len(costs),), gains=(len(gains),), steps=(len(steps),))
    origin, *others = zip(costs, gains, steps, strict=True)
    hull: list[tuple[float, float, float]] = [origin]
    for point in sorted(others, key=lambda point: (point[0], -point[1])):
        if point[1] <= hull[-1][1]:
            continue
        while len(hull) > 1 and _slope(hull[-2], hull[-1]) <= _slope(hull[-2], point):
            hull.pop()
        hull.append(point)
    return Curve(*(np.array(column, dtype=np.float64) for column in zip(*hull, strict=True)))


def cheapest_mix(curves: Sequence[Curve], need: float, most: float = np.inf) -> Mix:
    """The cheapest way to bring `need`, spending at most `most`: the steepest stretch of any curve first.

    Exact for concave curves that are linear between knots, since marginal gains fall along each of them.
    """
    stretches = sorted(
        (
            (_slope((c.costs[k], c.gains[k]), (c.costs[k + 1], c.gains[k + 1])), i, k)
            for i, c in enumerate(curves)
            for k in range(c.costs.size - 1)
        ),
        key=lambda stretch: (-stretch[0], stretch[1], stretch[2]),
    )
    costs = np.zeros(len(curves))
    gain = 0.0
    for slope, i, k in stretches:
        left, room = need - gain, most - float(costs.sum())
        if left <= 0.0 or room < 0.0:
            break
        width = float(curves[i].costs[k + 1] - curves[i].costs[k])
        taken = min(width, room, left / slope if np.isfinite(slope) else width)
        costs[i] += taken
        gain += slope * taken if np.isfinite(slope) else float(curves[i].gains[k + 1] - curves[i].gains[k])
    return Mix(costs, gain, max(0.0, need - gain))


def _slope(a: Sequence[float], b: Sequence[float]) -> float:
    run = float(b[0]) - float(a[0])
    return (float(b[1]) - float(a[1])) / run if run > 0.0 else np.inf
