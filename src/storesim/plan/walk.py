"""Walking along the KKT path from the forecast to a target, in strides of the level, with leaps over its folds.

The path is the curve of KKT points as the level log Σ exp(y) rises from the forecast's to the target's. Almost always
long strides do. With independent, wild months and a far target the path may fold back: the plan it stood for is no
longer the nearest one, and the next one is found by a leap, which only ever comes nearer to the forecast.
"""

from __future__ import annotations

import numpy as np

from storesim.plan.held import (
    AT_CAP,
    AT_FLOOR,
    FREE,
    TIED,
    TOLERANCE,
    Array,
    Lost,
    Pivots,
    Place,
    hold,
    let_go,
    settle,
    softmax,
    wrong_sides,
)

_LEAP = 0.1


def walk(start: Place, goal: float) -> tuple[Place, int]:
    """The KKT point where log Σ exp(y) = `goal`, reached from `start`, and the number of steps; Lost if not reached.

    A stride that does not arrive, or arrives far from where it aimed, is taken again shorter; a stride grown tiny is a
    fold, and is leapt over.
    """
    here, stride, steps = start, 1.0, 0
    while abs(goal - here.level) > TOLERANCE:
        steps += 1
        if steps > 500:
            raise Lost
        move = min(max(goal - here.level, -stride), stride)
        there = _stride(here, here.level + move if abs(move) == stride else goal, 4.0 * abs(move) + 0.5)
        if there is not None:
            here, stride = there, min(2.0, 2.0 * stride)
        elif stride > 5e-3:
            stride = min(stride, abs(move)) * 0.35
        else:
            level = here.level + min(max(goal - here.level, -_LEAP), _LEAP)
            here, stride = leap(here, straight(here, level)[1], level), _LEAP
    return off_the_saddle(here), steps


def off_the_saddle(here: Place) -> Place:
    """`here` if no plan beside it is nearer to the forecast; else the one that downhill leads to.

    Along the path the nearest plan can turn into a saddle: with independent months and a far target it is likelier that
    one of them does most of the work than that all do a little.
    """
    for _ in range(4):
        downhill = _downhill(here)
        if downhill is None:
            return here
        found = [there for sign in (1.0, -1.0) if (there := _down(here, sign * downhill)) is not None]
        nearest = min(found, key=Place.distance, default=here)
        if nearest.distance() > here.distance() * (1.0 - 1e-9):
            return here
        here = nearest
    return here


def _downhill(at: Place) -> Array | None:
    """[T] the way in which the distance falls at an unchanged level, to second order; None at a minimum."""
    w, slope = at.weights, at.held.slope
    # λ (diag w − w wᵀ) Σ has no eigenvalue beyond its trace, nor λ diag(w) Σ one beyond Gershgorin's: below 1 the
    # distance is convex on the tangent and no eigenvalue need be asked for.
    if at.multiplier * float(w.dot(slope.diagonal()) - w.dot(slope.dot(w))) < 1.0:
        return None
    if at.multiplier * float((np.abs(slope) @ w).max()) < 1.0:
        return None
    sizes, axes = np.linalg.eigh(slope)
    root = axes * np.sqrt(np.maximum(sizes, 0.0))
    normal = root.T @ w
    normal /= np.linalg.norm(normal)
    pulled = root.T @ w
    curve = np.eye(w.size) - at.multiplier * ((root.T * w) @ root - np.outer(pulled, pulled))
    flat = np.eye(w.size) - np.outer(normal, normal)
    curves, ways = np.linalg.eigh(flat @ curve @ flat + 1e3 * np.outer(normal, normal))
    if curves[0] > -1e-9:
        return None
    way = root @ ways[:, 0]
    return np.asarray(way / np.abs(way).max())


def _down(here: Place, way: Array) -> Place | None:
    totals = here.totals + 0.2 * way
    totals = totals + max(0.0, here.level - softmax(totals)[0])
    try:
        return leap(here, totals, here.level)
    except Lost:
        return None


def _stride(here: Place, level: float, reach: float) -> Place | None:
    try:
        there = settle(here, level)
    except Lost:
        return None
    return there if float(np.abs(there.totals - here.totals).max()) <= reach else None


def leap(near: Place, totals: Array, level: float, max_rounds: int = 400) -> Place:
    """The KKT point at `level` that successive inner approximations reach from `totals`; Lost if they stall.

    log Σ exp is convex, so a plan that meets its tangent meets the level: each round solves a convex problem and comes
    nearer to the forecast (the convex-concave procedure, Yuille and Rangarajan 2003, Neural Computation 15, 915-936).
    Newton steps finish once the rounds have almost come to rest.
    """
    held = near.held
    for _ in range(max_rounds):
        now, w = softmax(totals)
        there = _on_tangent(Place(held, totals, near.multiplier, now), w, level - now + float(w @ totals))
        change = float(np.abs(there.totals - totals).max())
        held, totals = there.held, there.totals
        if change < 0.1:
            arrived = _stride(there, level, max(0.5, 5.0 * change))
            if arrived is not None:
                return arrived
        if change < 1e-9:
            raise Lost
    raise Lost


def straight(start: Place, level: float) -> tuple[Array, Array]:
    """Drivers [n] and log totals [T] at `level`, along each driver's covariance with the total, clipped to the box.

    One monotone root. Every way to a target the box allows is found, though not the most likely one.
    """
    field, n = start.held.field, start.held.field.n
    n_periods = field.mean.size - n
    weights = start.weights
    u, _ = start.point
    toward = np.maximum(field.spread[:n, n:] @ weights, 1e-3 * field.spread[:n, :n].diagonal())
    tied = field.lower[n:] == field.upper[n:]
    toward[np.repeat(tied, n // n_periods)] = 0.0

    def at(stride: float) -> tuple[float, Array, Array]:
        x = np.clip(u[:n] + stride * toward, field.lower[:n], field.upper[:n])
        y = np.where(tied, field.upper[n:], x @ field.makes)
        return softmax(y)[0], x, y

    way = 1.0 if level > at(0.0)[0] else -1.0
    near, far = 0.0, way
    while (level - at(far)[0]) * way > 0.0 and abs(far) < 1e12:
        near, far = far, 2.0 * far
    for _ in range(100):
        middle = 0.5 * (near + far)
        near, far = (middle, far) if (level - at(middle)[0]) * way > 0.0 else (near, middle)
    _, x, y = at(far)
    return x, y


def polish(start: Place, level: float) -> tuple[Place | None, Array]:
    """The KKT point next to the straight way to `level` (None if Newton finds none there), and the straight way [n]."""
    field, n = start.held.field, start.held.field.n
    x, y = straight(start, level)
    sides = start.held.sides.copy()
    low, high = field.lower[:n], field.upper[:n]
    sides[:n] = np.where(low == high, TIED, np.where(x >= high, AT_CAP, np.where(x <= low, AT_FLOOR, FREE)))
    try:
        return settle(Place(hold(field, sides), y, start.multiplier, level), level, 150), x
    except Lost:
        return None, x


def _on_tangent(near: Place, weights: Array, height: float) -> Place:
    """The most likely point of the box with w·y at least `height`, w fixed: a convex problem, by pivoting."""
    held, pivots = near.held, Pivots(near.held.sides.size)
    multiplier = near.multiplier
    for _ in range(60 + 4 * held.sides.size):
        direction = held.slope @ weights
        gain = float(weights @ direction)
        if gain <= 1e-16:
            held, multiplier = let_go(held, weights, 1.0)
            continue
        multiplier = max(0.0, (height - float(weights @ held.rest)) / gain)
        wrong = wrong_sides(held, *held.point(multiplier, weights))
        if wrong is None:
            totals = held.rest + multiplier * direction
            return Place(held, totals, multiplier, softmax(totals)[0])
        held = hold(held.field, pivots.turn(held.sides, wrong))
    raise Lost
