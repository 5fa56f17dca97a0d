"""Walking along the KKT path: from the forecast to a target, holding what reaches its bound.

The drivers are x = (log UV, log CVR, log AOV, …) of every period, Gaussian with mean μ and covariance S; y holds the
log total of each period. Both are kept in one vector u = (x, y) with one covariance U, so that a capped driver and a
month whose total is fixed are the same thing: a coordinate that is *held* at a value.

With the coordinates C held, the first-order conditions of METHODS section 2 read

    u = mean + U (λ (0, w) − Σ_C ν),   w = softmax(y),   log Σ exp(y) = level,

where ν is what each held coordinate pushes against. S is never inverted; only the block U_CC is solved with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Signs = NDArray[np.int8]

FREE, AT_CAP, AT_FLOOR, TIED = 0, 1, -1, 2
TOLERANCE = 1e-11
_SLACK = 1e-10
_TINY = 1e-16
_AT_REST = 1e-6  # Newton's steps shrink quadratically: after one of 1e-6 the next would be of 1e-12.


class Lost(Exception):
    """A corrector did not arrive; the step was too long."""


@dataclass(frozen=True)
class Field:
    """The forecast around which a plan moves, and the box it moves in. u has n drivers, then T period totals."""

    mean: Array
    """[n + T] log drivers, then log totals."""

    spread: Array
    """[n + T, n + T] their covariance U."""

    lower: Array
    """[n + T], -inf where there is no floor."""

    upper: Array
    """[n + T], +inf where there is no cap."""

    makes: Array
    """[n, T] 1 where a driver is part of a period's total."""

    n: int
    """Drivers times periods; totals follow."""


@dataclass(frozen=True)
class Held:
    """A field with some coordinates held: the Gaussian of the totals given them."""

    field: Field
    sides: Signs
    """[n + T] FREE, AT_CAP, AT_FLOOR or TIED."""

    which: NDArray[np.intp]
    """[n_held] the coordinates held."""

    rest: Array
    """[T] mean of the totals given the held ones."""

    slope: Array
    """[T, T] covariance of the totals given the held ones."""

    push: Array
    """[n_held, T] what a unit of λw adds to each push."""

    base: Array
    """[n_held] push at λ = 0, with the other sign."""

    def point(self, multiplier: float, weights: Array) -> tuple[Array, Array]:
        """All coordinates and the push on each held one, at λ = `multiplier` and w = `weights`."""
        field = self.field
        u = field.mean + field.spread[:, field.n :] @ (multiplier * weights)
        if not self.which.size:
            return u, self.base
        pushes = multiplier * (self.push @ weights) - self.base
        return u - field.spread[:, self.which] @ pushes, pushes


@dataclass(frozen=True)
class Place:
    """Where the walk stands."""

    held: Held
    totals: Array
    """[T] y, log totals."""

    multiplier: float
    level: float
    """log Σ exp(y)."""

    def point(self) -> tuple[Array, Array]:
        """All coordinates [n + T], and the push on each held one."""
        return self.held.point(self.multiplier, softmax(self.totals)[1])

    def distance(self) -> float:
        """(x − μ)ᵀ S⁻¹ (x − μ), from what pulls and pushes, without an inverse."""
        field = self.held.field
        u, pushes = self.point()
        away = u - field.mean
        pull = self.multiplier * softmax(self.totals)[1]
        return float(pull @ away[field.n :] - pushes @ away[self.held.which])


def softmax(y: Array) -> tuple[float, Array]:
    """log Σ exp(y), and each period's share of Σ exp(y)."""
    top = float(y.max())
    parts = np.exp(y - top)
    total = float(parts.sum())
    return top + float(np.log(total)), parts / total


def hold(field: Field, sides: Signs) -> Held:
    """`field` given that every coordinate with a side stands at its bound."""
    n = field.n
    which = np.flatnonzero(sides)
    if not which.size:
        none = np.empty((0, field.mean.size - n))
        return Held(field, sides, which, field.mean[n:], field.spread[n:, n:], none, np.empty(0))
    at = np.where(sides[which] == AT_FLOOR, field.lower[which], field.upper[which])
    rows = field.spread[which]
    right = np.empty((which.size, field.mean.size - n + 1))
    right[:, :-1] = rows[:, n:]
    right[:, -1] = at - field.mean[which]
    solved = solve(rows[:, which], right)
    push, base = solved[:, :-1], solved[:, -1]
    across = rows[:, n:].T
    return Held(field, sides, which, field.mean[n:] + across @ base, field.spread[n:, n:] - across @ push, push, base)


def stand(field: Field) -> Place:
    """The most likely point of the box, λ = 0: the forecast itself, moved only as far as the bounds ask.

    Block principal pivoting with Murty's least-index rule in reserve: finite, since the covariance is positive definite
    (Júdice and Pires 1994, Computers & Operations Research 21(5), 587-596).
    """
    sides = np.where(field.lower == field.upper, TIED, FREE).astype(np.int8)
    pivots = Pivots(sides.size)
    held = hold(field, sides)
    still = np.zeros(held.rest.size)
    for _ in range(60 + 20 * sides.size):
        wrong = wrong_sides(held, *held.point(0.0, still))
        if not wrong.any():
            break
        held = hold(field, pivots.turn(held.sides, wrong))
    level, _ = softmax(held.rest)
    return Place(held, held.rest, 0.0, level)


def settle(near: Place, level: float, max_rounds: int = 40) -> Place:
    """The KKT point at `level` reached from `near` by Newton steps, changing what is held as it goes; Lost if none."""
    held, y, multiplier = near.held, near.totals, near.multiplier
    pivots = Pivots(held.sides.size)
    eye, right = np.eye(y.size), np.empty((y.size, 2))
    for _ in range(max_rounds):
        now, w = softmax(y)
        direction = held.slope @ w
        gain = float(w @ direction)
        if gain <= _TINY:
            held, multiplier = let_go(held, w, 1.0 if level > now else -1.0)
            continue
        jacobian = eye - (multiplier * w) * (held.slope - direction[:, None])
        right[:, 0] = held.rest + multiplier * direction - y
        right[:, 1] = direction
        solved = solve(jacobian, right)
        fall, climb = w @ solved
        if climb == 0.0:
            raise Lost
        change = float((level - now - fall) / climb)
        dy = solved[:, 0] + change * solved[:, 1]
        length = float(np.abs(dy).max())
        if not length < 60.0:
            raise Lost
        y, multiplier = y + dy, multiplier + change
        if length > 0.05:
            continue
        _, w = softmax(y)
        wrong = wrong_sides(held, *held.point(multiplier, w))
        if wrong.any():
            held = hold(held.field, pivots.turn(held.sides, wrong))
        elif length < _AT_REST:
            return Place(held, y, multiplier, level)
    raise Lost


class Pivots:
    """Which wrong coordinates to turn: all at once while that helps, then only the last (Murty)."""

    def __init__(self, size: int) -> None:
        self.fewest, self.patience = size + 1, 4

    def turn(self, sides: Signs, wrong: Signs) -> Signs:
        """`sides` with wrong coordinates turned; `wrong` holds AT_CAP, AT_FLOOR, or TIED for "let go"."""
        count = int(np.count_nonzero(wrong))
        if count < self.fewest:
            self.fewest, self.patience = count, 4
        else:
            self.patience -= 1
        chosen = wrong
        if self.patience < 0:
            chosen = np.zeros_like(wrong)
            last = np.flatnonzero(wrong)[-1]
            chosen[last] = wrong[last]
        return np.where(chosen == 0, sides, np.where(chosen == TIED, FREE, chosen)).astype(np.int8)


def wrong_sides(held: Held, u: Array, pushes: Array) -> Signs:
    """Free coordinates beyond a bound (which one), and held ones that pull away from theirs (TIED: let it go)."""
    field, sides = held.field, held.sides
    wrong = np.zeros(sides.size, dtype=np.int8)
    free = sides == FREE
    wrong[free & (u > field.upper + _SLACK)] = AT_CAP
    wrong[free & (u < field.lower - _SLACK)] = AT_FLOOR
    if held.which.size:
        side = sides[held.which]
        away = (side != TIED) & (pushes * side < -_SLACK)
        wrong[held.which[away]] = TIED
    return wrong


def let_go(held: Held, weights: Array, way: float) -> tuple[Held, float]:
    """Everything that moves the total is held: raise λ until the first coordinate leaves its bound."""
    rate = held.push @ weights
    side = held.sides[held.which]
    leaving = (side != TIED) & (rate * side * way < 0.0)
    if not leaving.any():
        raise Lost
    at = np.where(leaving, held.base / np.where(rate == 0.0, 1.0, rate), np.inf * way)
    first = int(np.argmin(at * way))
    sides = held.sides.copy()
    sides[held.which[first]] = FREE
    return hold(held.field, sides), float(at[first])


def solve(matrix: Array, right: Array) -> Array:
    try:
        return np.asarray(np.linalg.solve(matrix, right))
    except np.linalg.LinAlgError as error:
        raise Lost from error
