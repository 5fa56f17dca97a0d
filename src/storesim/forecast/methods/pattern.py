"""What days of a kind have in common: one ridge regression of weekdays, the time of year and holidays, by origin.

The level is a random walk in the same regression, in steps of three weeks, so that what the level does is not taken for
a season. Days count less with age. All origins share their sums of products: each costs one small system of equations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.methods.base import WEEK

Array = NDArray[np.float64]

_KNOT = 21
_LEVEL_STEP = 0.35
"""Standard deviation of the level's step in three weeks, in those of a day's noise: best of four in trials."""

_WEEKLY_SIZE = 2.0
_YEARLY_SIZE = 1.5
_EVENT_SIZE = 3.0
_HALF_LIFE = 365.0
_YEAR_DAYS = 365.25


@dataclass(frozen=True, eq=False)
class Design:
    """Columns of the regression for every day, known or to come, and how strongly each is held to zero."""

    columns: Array
    """[n_days, n_columns]: the level's knots first, then weekdays, waves of the year, events."""

    precision: Array
    """[n_columns, n_columns] of the prior, in inverse variances of a day's noise."""

    n_knots: int
    n_waves: int
    """Waves of the year among the columns."""

    def among(self, other: Design) -> NDArray[np.int64]:
        """Where its columns stand in a design of the same days with more waves."""
        first = self.n_knots + WEEK
        n_events = self.columns.shape[1] - first - 2 * self.n_waves
        waves = [first + half * other.n_waves + np.arange(self.n_waves) for half in range(2)]
        return np.concatenate([np.arange(first), *waves, first + 2 * other.n_waves + np.arange(n_events)])


def design(weekday: NDArray[np.int64], turn: Array, events: Array, n_waves: int) -> Design:
    """The regression's columns.

    Parameters
    ----------
    weekday : [n_days]
        Monday 0.
    turn : [n_days]
        Angle of the year, radians.
    events : [n_days, n_events]
        1 on days that an event touches.
    n_waves
        Waves of the year; 0 for no yearly pattern.
    """
    n_days = weekday.size
    at = np.arange(n_days) / _KNOT
    n_knots = int(at[-1]) + 2
    before = at.astype(np.int64)
    tents = np.zeros((n_days, n_knots))
    tents[np.arange(n_days), before] = 1.0 - (at - before)
    tents[np.arange(n_days), before + 1] = at - before
    weekly = (weekday[:, np.newaxis] == np.arange(WEEK)) - 1.0 / WEEK
    number = np.arange(1, n_waves + 1)
    turns = turn[:, np.newaxis] * number
    columns = np.concatenate([tents, weekly, np.sin(turns), np.cos(turns), events], axis=1)
    precision = np.zeros((columns.shape[1],) * 2)
    steps = np.diff(np.eye(n_knots), axis=0)
    precision[:n_knots, :n_knots] = steps.T @ steps / _LEVEL_STEP**2 + 1e-9 * np.eye(n_knots)
    sizes = np.r_[np.full(WEEK, _WEEKLY_SIZE), np.tile(_YEARLY_SIZE / number, 2), np.full(events.shape[1], _EVENT_SIZE)]
    rest = np.arange(n_knots, columns.shape[1])
    precision[rest, rest] = 1.0 / sizes**2
    return Design(columns, precision, n_knots, n_waves)


def coefficients(plans: tuple[Design, ...], values: Array, origins: list[int]) -> tuple[Array, ...]:
    """[n_origins, n_columns, n_series] of each plan, from [n_series, n_days] values before each origin, in order.

    Columns of every plan are among those of the last, whose sums of products serve all.
    """
    plan = plans[-1]
    kept = 0.5 ** (1.0 / _HALF_LIFE)
    n_columns = plan.columns.shape[1]
    products = np.zeros((len(origins), n_columns, n_columns))
    sums = np.zeros((len(origins), n_columns, len(values)))
    done = 0
    for which, origin in enumerate(origins):
        fresh = plan.columns[done:origin]
        weighted = fresh.T * kept ** np.arange(origin - done - 1, -1, -1.0)
        products[which] = weighted @ fresh
        sums[which] = weighted @ values[:, done:origin].T
        if which:
            fade = kept ** (origin - done)
            products[which] += fade * products[which - 1]
            sums[which] += fade * sums[which - 1]
        done = origin
    found: list[Array] = []
    for smaller in plans:
        own = smaller.among(plan)
        system = products[:, own[:, np.newaxis], own] + smaller.precision
        found.append(np.asarray(np.linalg.solve(system, sums[:, own]), dtype=np.float64))
    return tuple(found)
