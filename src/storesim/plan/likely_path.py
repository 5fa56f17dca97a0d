"""The most likely way to a target, given the joint forecast of the drivers, under caps and floors."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError, ShapeError
from storesim.plan.held import AT_CAP, AT_FLOOR, TIED, Array, Field, Lost, Place, Signs, hold, softmax, stand
from storesim.plan.walk import polish, walk

Found = Literal["path", "direction", "caps"]

_SAFE = 1e-6
_AT_THE_EDGE = 1e-9


@dataclass(frozen=True)
class Binding:
    """A driver that stands at a bound: where it is, and which bound."""

    period: int
    driver: int
    side: Literal["cap", "floor"]


class Unreachable(PlanError):
    """A target no plan within the caps and floors can meet; carries how far one can go and what binds."""

    def __init__(self, target: float, nearest: float, binding: tuple[Binding, ...], message: str = "") -> None:
        self.target, self.nearest, self.binding = target, nearest, binding
        bound, extreme = ("caps", "the most") if nearest < target else ("floors", "the least")
        super().__init__(
            message
            or f"target {target:.2f} is out of reach: within the {bound} {extreme} is {nearest:.2f}, "
            f"{abs(target - nearest):.2f} away"
        )

    @property
    def shortfall(self) -> float:
        """What is missing (above 0), or what the floors bring too much (below 0)."""
        return self.target - self.nearest

    def __reduce__(self) -> tuple[object, ...]:
        return Unreachable, (self.target, self.nearest, self.binding, str(self))


@dataclass(frozen=True)
class LikelyPath:
    """The most likely drivers of each period that together meet a target."""

    logs: Array
    """[n_periods, n_drivers] logs of the drivers; -inf in periods that are structurally zero."""

    totals: Array
    """[n_periods] product of the identity's drivers; the sum is the target."""

    multiplier: float
    """λ: how hard the target pulls; 0 where the forecast meets it."""

    distance: float
    """(x − μ)ᵀ S⁻¹ (x − μ), with the S that was used."""

    binding: tuple[Binding, ...]
    """Drivers at a cap or floor that they would pass without it."""

    shrinkage: float
    """Weight moved from the covariance to its diagonal because it was degenerate; 0 for a sound one."""

    found: Found
    """"path": KKT point on the path from the forecast; "caps": the target is all the caps allow; "direction": no KKT
    point was found, the plan follows the covariance with the total instead and meets the target."""

    steps: int
    """Steps of the continuation."""


@dataclass(frozen=True)
class _Question:
    """The alive part of a problem, ready to solve."""

    field: Field
    target: float
    alive: NDArray[np.bool_]
    shape: tuple[int, int]
    identity: int
    shrinkage: float


def likely_path(
    mean: Array,
    covariance: Array,
    target: float,
    *,
    lower: Array | None = None,
    upper: Array | None = None,
    fixed: Array | None = None,
    identity: int = 3,
) -> LikelyPath:
    """The drivers nearest to the forecast, by its own covariance, whose products add up to `target`.

    Minimises (x − μ)ᵀ S⁻¹ (x − μ) subject to Σ_t exp(Σ_{d < identity} x_td) = target and lower ≤ x ≤ upper, by
    continuation along the KKT path from the forecast to the target (METHODS section 2).

    Parameters
    ----------
    mean : [n_periods, n_drivers]
        Logs of the drivers' forecast. A period with -inf in it is structurally zero and stays zero.
    covariance : [n_periods * n_drivers, n_periods * n_drivers]
        Of those logs, drivers of a period side by side. Never inverted; a degenerate one is shrunk to its diagonal.
    target
        What the period totals must add up to; above 0.
    lower, upper : [n_periods, n_drivers]
        Floors and caps, in logs; ±inf where there is none. Equal ones fix a driver.
    fixed : [n_periods]
        Totals that are settled already; NaN where the plan is free.
    identity
        How many leading drivers make the total; those after them (depth) move along by covariance.

    Raises
    ------
    Unreachable
        If caps, floors and fixed periods leave no way to the target.
    PlanError
        If every period is structurally zero, a floor is above its cap, or the input is not finite.
    ShapeError
        If arrays disagree in shape.
    """
    question = _read(mean, covariance, target, (lower, upper, fixed), identity)
    edge = _edge(question)
    if edge is not None:
        return _answer(question, edge, "caps", 0)
    start = stand(question.field)
    goal = math.log(target)
    if abs(goal - start.level) < _AT_THE_EDGE and (question.field.lower[question.field.n :] > -np.inf).all():
        return _answer(question, start, "path", 0)
    try:
        place, steps = walk(start, goal)
    except Lost:
        return _in_reserve(question, start, goal)
    return _answer(question, place, "path", steps)


def _read(
    mean: Array,
    covariance: Array,
    target: float,
    limits: tuple[Array | None, Array | None, Array | None],
    identity: int,
) -> _Question:
    """The question without its structural zeros, with a covariance fit to solve with."""
    mean = np.asarray(mean, dtype=np.float64)
    if mean.ndim != 2 or covariance.shape != (mean.size, mean.size):
        raise ShapeError(mean=mean.shape, covariance=covariance.shape)
    if not (math.isfinite(target) and target > 0):
        raise PlanError(f"a target must be above 0; got {target}")
    lower, upper = _bound(limits[0], mean.shape), _bound(limits[1], mean.shape)
    fixed = None if limits[2] is None else np.asarray(limits[2], dtype=np.float64)
    alive, part, known = np.ones(mean.shape[0], dtype=np.bool_), covariance, mean
    if not math.isfinite(sum(mean.ravel().tolist())):
        alive = np.asarray(~np.isneginf(mean).any(axis=1))
        if not alive.any():
            raise PlanError("every period is structurally zero: there is nothing a target could be asked of")
        kept = np.repeat(alive, mean.shape[1])
        part, known = covariance[np.ix_(kept, kept)], mean[alive]
        lower, upper, fixed = (None if bound is None else bound[alive] for bound in (lower, upper, fixed))
    _check_box(lower, upper, alive)
    sound, shrinkage = _sound(part, known)
    field = _field(known, sound, lower, upper, identity)
    if fixed is not None:
        field = _with_fixed(field, fixed, known.shape, identity)
    return _Question(field, float(target), alive, known.shape, identity, shrinkage)


def _bound(bound: Array | None, shape: tuple[int, ...]) -> Array | None:
    if bound is None:
        return None
    if bound.shape != shape:
        raise ShapeError(mean=shape, bound=bound.shape)
    if np.isnan(bound).any():
        raise PlanError("a cap or floor is not a number")
    return np.asarray(bound, dtype=np.float64)


def _check_box(lower: Array | None, upper: Array | None, alive: NDArray[np.bool_]) -> None:
    if lower is None or upper is None:
        return
    crossed = lower > upper
    if np.count_nonzero(crossed):
        period, driver = (int(i) for i in np.argwhere(crossed)[0])
        raise PlanError(
            f"driver {driver} of period {np.flatnonzero(alive)[period]} has a floor of "
            f"{np.exp(lower[period, driver]):.6g} above its cap of {np.exp(upper[period, driver]):.6g}"
        )


def _sound(covariance: Array, mean: Array) -> tuple[Array, float]:
    """A covariance one can solve with: no variance of 0, and shrunk to its diagonal as little as that takes."""
    symmetric = covariance + covariance.T
    symmetric *= 0.5
    if not (np.isfinite(np.add.reduce(symmetric, axis=None)) and np.isfinite(mean).all()):
        raise PlanError("the forecast's mean or covariance is not finite")
    variances = symmetric.diagonal().copy()
    np.maximum(variances, max(1e-10, 1e-8 * max(variances.tolist())), out=variances)
    shrinkage = 0.0
    while True:
        sound = symmetric if shrinkage == 0.0 else symmetric * (1.0 - shrinkage)
        diagonal = sound.reshape(-1)[:: variances.size + 1]
        diagonal[:] = variances * (1.0 - _SAFE)
        try:
            # Sound means: positive definite with something to spare in every direction, in the drivers' own scales.
            np.linalg.cholesky(sound)
        except np.linalg.LinAlgError:
            shrinkage = min(1.0, max(1e-5, 4.0 * shrinkage))
        else:
            diagonal[:] = variances
            return sound, shrinkage


def _field(mean: Array, covariance: Array, lower: Array | None, upper: Array | None, identity: int) -> Field:
    """Drivers and totals in one vector, with one covariance."""
    n_periods, n_drivers = mean.shape
    n = mean.size
    makes = _makes(n_periods, n_drivers, identity)
    spread = np.empty((n + n_periods, n + n_periods))
    across = covariance.dot(makes)
    spread[:n, :n] = covariance
    spread[:n, n:] = across
    spread[n:, :n] = across.T
    spread[n:, n:] = across.reshape(n_periods, n_drivers, n_periods)[:, :identity].sum(axis=1)
    low, high = np.full(n + n_periods, -np.inf), np.full(n + n_periods, np.inf)
    if lower is not None:
        low[:n] = lower.reshape(-1)
    if upper is not None:
        high[:n] = upper.reshape(-1)
    centre = np.concatenate([mean.reshape(-1), mean[:, :identity].sum(axis=1)])
    return Field(centre, spread, low, high, makes, n, boxed=lower is not None or upper is not None)


@lru_cache(maxsize=16)
def _makes(n_periods: int, n_drivers: int, identity: int) -> Array:
    """[n_periods * n_drivers, n_periods] 1 where a driver is part of a period's total."""
    makes = np.zeros((n_periods, n_drivers, n_periods))
    makes[np.arange(n_periods), :identity, np.arange(n_periods)] = 1.0
    makes.flags.writeable = False
    return makes.reshape(n_periods * n_drivers, n_periods)


def _with_fixed(field: Field, fixed: Array, shape: tuple[int, int], identity: int) -> Field:
    """Fixed totals as ties on y; a total that only one corner of the box can make ties the drivers instead."""
    if np.isnan(fixed).all():
        return field
    n = field.n
    lower, upper = field.lower.copy(), field.upper.copy()
    low, high = lower[:n].reshape(shape)[:, :identity], upper[:n].reshape(shape)[:, :identity]
    for period in np.flatnonzero(~np.isnan(fixed)):
        level = np.log(fixed[period]) if fixed[period] > 0 else -np.inf
        most, least = float(high[period].sum()), float(low[period].sum())
        if not least - _AT_THE_EDGE <= level <= most + _AT_THE_EDGE or not np.isfinite(level):
            nearest, side = (most, "cap") if level > most else (least, "floor")
            ends = tuple(Binding(int(period), driver, side) for driver in range(identity))  # type: ignore[arg-type]  # a literal
            raise Unreachable(float(fixed[period]), float(np.exp(nearest)), ends)
        if level > most - _AT_THE_EDGE:
            low[period] = high[period]
        elif level < least + _AT_THE_EDGE:
            high[period] = low[period]
        else:
            lower[n + period] = upper[n + period] = level
    return Field(field.mean, field.spread, lower, upper, field.makes, n, boxed=True)


def _reach(question: _Question, bounds: Array) -> Array:
    """[n_periods] log totals with every driver at `bounds`, fixed periods at theirs."""
    n = question.field.n
    corner = bounds[:n].reshape(question.shape)[:, : question.identity].sum(axis=1)
    # Only a tied total has a cap of its own.
    own = question.field.upper[n:]
    return np.where(np.isinf(own), corner, own)


def _edge(question: _Question) -> Place | None:
    """The corner of the box where the target is all that caps (or floors) allow; None inside; Unreachable beyond."""
    field, goal = question.field, math.log(question.target)
    if not field.boxed:
        return None
    for bounds, side, way in ((field.upper, AT_CAP, 1.0), (field.lower, AT_FLOOR, -1.0)):
        reach = _reach(question, bounds)
        furthest = max(reach.tolist())
        limit = softmax(reach)[0] if math.isfinite(furthest) else furthest
        if way * (goal - limit) > _AT_THE_EDGE:
            raise Unreachable(question.target, float(np.exp(limit)), _all_bound(question, side))
        if abs(goal - limit) <= _AT_THE_EDGE:
            return _corner(question, side, limit)
    return None


def _all_bound(question: _Question, side: int) -> tuple[Binding, ...]:
    """Every driver of the identity in every period the plan was free to move."""
    n, periods = question.field.n, np.flatnonzero(question.alive)
    free = question.field.lower[n:] < question.field.upper[n:]
    return tuple(
        Binding(int(periods[t]), d, "cap" if side == AT_CAP else "floor")
        for t in np.flatnonzero(free)
        for d in range(question.identity)
    )


def _corner(question: _Question, side: int, level: float) -> Place:
    field = question.field
    free = field.lower < field.upper
    sides = np.where(free, 0, TIED).astype(np.int8)
    drivers = sides[: field.n].reshape(question.shape)
    moving = free[: field.n].reshape(question.shape)[:, : question.identity] & free[field.n :, None]
    drivers[:, : question.identity][moving] = side
    held = hold(field, sides)
    return Place(held, held.rest, 0.0, level)


def _in_reserve(question: _Question, start: Place, goal: float) -> LikelyPath:
    """Where the walk got lost: the KKT point beside the straight way if there is one, else the straight way itself."""
    place, x = polish(start, goal)
    if place is not None:
        return _answer(question, place, "path", 0)
    field, n = question.field, question.field.n
    away = x - field.mean[:n]
    distance = float(away @ np.linalg.solve(field.spread[:n, :n], away))
    sides = np.where(x >= field.upper[:n], AT_CAP, np.where(x <= field.lower[:n], AT_FLOOR, 0)).astype(np.int8)
    return _finish(question, x, (float("nan"), distance), sides, ("direction", 0))


def _answer(question: _Question, place: Place, found: Found, steps: int) -> LikelyPath:
    field, held = question.field, place.held
    u = place.point[0].copy()
    if held.which.size:
        u[held.which] = np.where(held.sides[held.which] == AT_FLOOR, field.lower[held.which], field.upper[held.which])
    return _finish(question, u[: field.n], (place.multiplier, place.distance()), held.sides, (found, steps))


def _finish(
    question: _Question, x: Array, size: tuple[float, float], sides: Signs, how: tuple[Found, int]
) -> LikelyPath:
    """The answer with its structural zeros put back."""
    logs = x.reshape(question.shape)
    if question.alive.size > question.shape[0]:
        logs = np.full((question.alive.size, question.shape[1]), -np.inf)
        logs[question.alive] = x.reshape(question.shape)
    binding: tuple[Binding, ...] = ()
    if question.field.boxed:
        periods, width = np.flatnonzero(question.alive), question.shape[1]
        of_drivers = sides[: question.field.n]
        binding = tuple(
            Binding(int(periods[i // width]), int(i % width), "cap" if of_drivers[i] == AT_CAP else "floor")
            for i in np.flatnonzero((of_drivers == AT_CAP) | (of_drivers == AT_FLOOR))
        )
    totals = np.exp(logs[:, : question.identity].sum(axis=1))
    return LikelyPath(logs, totals, size[0], size[1], binding, question.shrinkage, how[0], how[1])
