"""Walking along the KKT path: from the forecast to a target, holding what reaches its bound.

The drivers are x = (log UV, log CVR, log AOV, …) of every period, Gaussian with mean μ and covariance S; y holds the
log total of each period. Both are kept in one vector u = (x, y) with one covariance U, so that a capped driver and a
month whose total is fixed are the same thing: a coordinate that is *held* at a value.

With the coordinates C held, the first-order conditions of METHODS section 2 read

    u = mean + U (λ (0, w) − Σ_C ν),   w = softmax(y),   log Σ exp(y) = level,

where ν is what each held coordinate pushes against. S is never inverted; only the block U_CC is solved with.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

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

    boxed: bool
    """Whether there is any bound at all."""

    @cached_property
    def ceiling(self) -> Array:
        """[n + T] what is above a cap beyond rounding."""
        return self.upper + _SLACK

    @cached_property
    def ground(self) -> Array:
        """[n + T] what is below a floor beyond rounding."""
        return self.lower - _SLACK

    @cached_property
    def pulls(self) -> Array:
        """[n + T, T] what a unit of λw moves each coordinate by."""
        return np.ascontiguousarray(self.spread[:, self.n :])


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

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """[n + T] coordinates that are not held."""
        return np.asarray(self.sides == FREE)

    @cached_property
    def bound(self) -> Signs:
        """[n_held] the side of each held coordinate; 0 where it is tied."""
        side = self.sides[self.which]
        side[side == TIED] = 0
        return side

    @cached_property
    def _by_push(self) -> Array:
        """[n + T, n_held] what a unit of each push moves the coordinates by."""
        return np.asarray(self.field.spread[self.which].T)

    def point(self, multiplier: float, weights: Array) -> tuple[Array, Array]:
        """All coordinates and the push on each held one, at λ = `multiplier` and w = `weights`."""
        field = self.field
        pull = multiplier * weights
        u = field.mean + field.pulls.dot(pull)
        if not self.which.size:
            return u, self.base
        pushes = self.push.dot(pull) - self.base
        return u - self._by_push.dot(pushes), pushes


@dataclass(frozen=True)
class Place:
    """Where the walk stands."""

    held: Held
    totals: Array
    """[T] y, log totals."""

    multiplier: float
    level: float
    """log Σ exp(y)."""

    @cached_property
    def weights(self) -> Array:
        """[T] w, each period's share of the total."""
        return softmax(self.totals)[1]

    @cached_property
    def point(self) -> tuple[Array, Array]:
        """All coordinates [n + T], and the push on each held one."""
        return self.held.point(self.multiplier, self.weights)

    def distance(self) -> float:
        """(x − μ)ᵀ S⁻¹ (x − μ), from what pulls and pushes, without an inverse."""
        field = self.held.field
        u, pushes = self.point
        away = u - field.mean
        return self.multiplier * float(self.weights.dot(away[field.n :])) - float(pushes.dot(away[self.held.which]))


def softmax(y: Array) -> tuple[float, Array]:
    """log Σ exp(y), and each period's share of Σ exp(y)."""
    # Of a dozen periods Python's own max and sum are several times as quick as NumPy's.
    top = max(y.tolist())
    parts = np.exp(y - top)
    total = sum(parts.tolist())
    return top + math.log(total), parts / total


def hold(field: Field, sides: Signs) -> Held:
    """`field` given that every coordinate with a side stands at its bound."""
    n = field.n
    which = np.flatnonzero(sides)
    if not which.size:
        none = np.empty((0, field.mean.size - n))
        return Held(field, sides, which, field.mean[n:], field.spread[n:, n:], none, np.empty(0))
    at = np.where(sides[which] == AT_FLOOR, field.lower[which], field.upper[which])
    rows = field.spread[which]
    across = rows[:, n:].T
    right = np.empty((which.size, field.mean.size - n + 1))
    right[:, :-1] = rows[:, n:]
    right[:, -1] = at - field.mean[which]
    solved = solve(rows[:, which], right)
    push, base = solved[:, :-1], solved[:, -1]
    rest = field.mean[n:] + across.dot(base)
    return Held(field, sides, which, rest, field.spread[n:, n:] - across.dot(push), push, base)


def stand(field: Field) -> Place:
    """The most likely point of the box, λ = 0: the forecast itself, moved only as far as the bounds ask.

    Block principal pivoting with Murty's least-index rule in reserve: finite, since the covariance is positive definite
    (Júdice and Pires 1994, Computers & Operations Research 21(5), 587-596).
    """
    if not field.boxed:
        held = hold(field, np.zeros(field.mean.size, dtype=np.int8))
        return Place(held, held.rest, 0.0, softmax(held.rest)[0])
    sides = np.zeros(field.mean.size, dtype=np.int8)
    sides[field.lower == field.upper] = TIED
    pivots = Pivots(sides.size)
    held = hold(field, sides)
    still = np.zeros(held.rest.size)
    for _ in range(60 + 20 * sides.size):
        wrong = wrong_sides(held, *held.point(0.0, still))
        if wrong is None:
            break
        held = hold(field, pivots.turn(held.sides, wrong))
    level, _ = softmax(held.rest)
    return Place(held, held.rest, 0.0, level)


def settle(near: Place, level: float, max_rounds: int = 40) -> Place:
    """The KKT point at `level` reached from `near` by Newton steps, changing what is held as it goes; Lost if none."""
    held, y, multiplier = near.held, near.totals, near.multiplier
    pivots = Pivots(held.sides.size)
    jacobian, right = np.empty((y.size, y.size)), np.empty((2, y.size))
    diagonal = jacobian.reshape(-1)[:: y.size + 1]
    now, w = softmax(y)
    for _ in range(max_rounds):
        direction = held.slope.dot(w)
        gain = float(w.dot(direction))
        if gain <= _TINY:
            held, multiplier = let_go(held, w, 1.0 if level > now else -1.0)
            continue
        np.subtract(held.rest + multiplier * direction, y, out=right[0])
        right[1] = direction
        solved = right.T
        # At λ = 0 the Jacobian is the unit matrix.
        if multiplier != 0.0:
            np.subtract(held.slope, direction[:, None], out=jacobian)
            jacobian *= -multiplier * w
            diagonal += 1.0
            solved = solve(jacobian, solved)
        fall, climb = w.dot(solved).tolist()
        if climb == 0.0 or not math.isfinite(fall + climb):
            raise Lost
        change = (level - now - fall) / climb
        dy = solved[:, 0] + change * solved[:, 1]
        length = max(map(abs, dy.tolist()))
        if not length < 60.0:
            raise Lost
        y, multiplier = y + dy, multiplier + change
        now, w = softmax(y)
        if length > 0.05:
            continue
        wrong = wrong_sides(held, *held.point(multiplier, w)) if held.field.boxed else None
        if wrong is not None:
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


def wrong_sides(held: Held, u: Array, pushes: Array) -> Signs | None:
    """Free coordinates beyond a bound (which one), and held ones that pull away from theirs (TIED: let it go).

    Returns
    -------
    [n + T], 0 for what is right; None where everything is.
    """
    field = held.field
    over = (u > field.ceiling) & held.free
    under = (u < field.ground) & held.free
    away = pushes * held.bound < -_SLACK
    if not (np.count_nonzero(over) or np.count_nonzero(under) or np.count_nonzero(away)):
        return None
    wrong = np.zeros(u.size, dtype=np.int8)
    wrong[over] = AT_CAP
    wrong[under] = AT_FLOOR
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
