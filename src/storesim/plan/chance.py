"""The chance of reaching a goal, from the forecast's own paths; and what is reached with a given chance."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.plan.exact import nearest

Array = NDArray[np.float64]

SURE = (0.5, 0.8, 0.9)
"""Chances for which a plan states what would be reached."""

_BEYOND_WORDS = 1e-6


@dataclass(frozen=True)
class Chance:
    """A probability, and whether the paths themselves tell it."""

    value: float
    """0 to 1; NaN where it cannot be told."""

    n_paths: int

    n_reached: int

    counted: bool
    """True if it is a share of paths; False if it lies beyond them and is read off a log-normal tail."""

    @property
    def one_in(self) -> float:
        """N of "1 in N"."""
        return 1.0 / self.value if self.value > 0 else math.inf


def chance(outcomes: Array, goal: float) -> Chance:
    """P(outcome ≥ goal).

    The share of paths that reach the goal. Where none does (or all do) the paths only say "less than 1 in n"; then the
    tail of a log-normal with their mean and spread in logs goes on, kept below half a path so that the chance never
    rises with the goal.

    Parameters
    ----------
    outcomes : [n_paths]
        What each path of the unconditional forecast comes to; NaN (a ratio of nothing) counts as not reaching. One
        path knows no chance.
    goal
        In the same unit.
    """
    n_paths = outcomes.size
    if n_paths < 2 or math.isnan(goal):
        return Chance(math.nan, n_paths, 0, False)
    # A goal is rounded to the unit; a path that meets it but for the last bit of a float has met it.
    reached = int(np.count_nonzero(outcomes >= goal - 1e-9 * abs(goal)))
    if 0 < reached < n_paths:
        return Chance(reached / n_paths, n_paths, reached, True)
    tail = float(_beyond(outcomes[None, :], np.array([goal]), np.array([reached == n_paths]))[0])
    return Chance(tail, n_paths, reached, False)


def chances(outcomes: Array, goals: Array) -> Array:
    """[n] `chance(outcomes[i], goals[i]).value` for each row.

    Parameters
    ----------
    outcomes : [n, n_paths]
        As for `chance`.
    goals : [n]
        In the same units.
    """
    n_paths = outcomes.shape[1]
    if n_paths < 2:
        return np.full(goals.size, np.nan)
    reached = np.count_nonzero(outcomes >= (goals - 1e-9 * np.abs(goals))[:, None], axis=1)
    told = reached / n_paths
    beyond = np.flatnonzero((reached == 0) | (reached == n_paths))
    if beyond.size:
        told[beyond] = _beyond(outcomes[beyond], goals[beyond], reached[beyond] == n_paths)
    return np.asarray(np.where(np.isnan(goals), np.nan, told))


def quantiles(outcomes: Array, levels: tuple[float, ...]) -> Array:
    """[n_levels, n] quantiles over paths, between neighbours as `numpy.quantile` does; unknown paths are left out.

    Parameters
    ----------
    outcomes : [n, n_paths]
        NaN where unknown; a row that no path knows is NaN.
    """
    return quantiles_of_sorted(np.sort(outcomes, axis=1), levels)


def quantiles_of_sorted(rising: Array, levels: tuple[float, ...]) -> Array:
    """`quantiles` of rows that are sorted already."""
    n_paths = rising.shape[1]
    # Unknown paths stand last.
    if not np.isnan(rising[:, -1]).any():
        places = [level * (n_paths - 1) for level in levels]
        ends = [(rising[:, math.floor(place)], rising[:, math.ceil(place)]) for place in places]
        return np.stack(
            [low + (place - math.floor(place)) * (high - low) for place, (low, high) in zip(places, ends, strict=True)]
        )
    known = n_paths - np.count_nonzero(np.isnan(rising), axis=1)
    at = np.multiply.outer(levels, np.maximum(known - 1, 0))
    low = np.floor(at).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(known - 1, 0))
    every = np.arange(rising.shape[0])
    below, above = rising[every, low], rising[every, high]
    return np.asarray(below + (at - low) * (above - below))


def reached_with(outcomes: Array, probability: float) -> float:
    """What is reached with this probability: the quantile 1 − probability of the paths."""
    return float(np.quantile(outcomes, 1.0 - probability))


def in_words(found: Chance, lang: str) -> str:
    """`62%`, `about 1 in 4,000` or `less than 1 in a million`, in "en" or "zh"."""
    value = found.value
    if math.isnan(value):
        return "–"
    if value < _BEYOND_WORDS:
        return "不到百万分之一" if lang == "zh" else "less than 1 in a million"
    if value < 0.01:
        n = _two_digits(found.one_in)
        return f"约 {n:,} 分之一" if lang == "zh" else f"about 1 in {n:,}"
    if value > 0.99:
        return "99% 以上" if lang == "zh" else "over 99%"
    return f"{nearest(100.0 * value)}%"


def _beyond(outcomes: Array, goals: Array, all_reached: NDArray[np.bool_]) -> Array:
    """[n] P(outcome ≥ goal) where none of the paths, or all of them, reach it."""
    half = 0.5 / outcomes.shape[1]
    tails = _tails(outcomes, goals)
    return np.asarray(np.where(all_reached, np.maximum(1.0 - half, tails), np.minimum(half, tails)))


def _tails(outcomes: Array, goals: Array) -> Array:
    """[n] P(outcome ≥ goal) for a log-normal with the logs' mean and spread; 0 or 1 where there is no spread."""
    positive = outcomes > 0
    known = np.count_nonzero(positive, axis=1)
    some = not positive.all()
    logs = np.log(outcomes, out=np.zeros(outcomes.shape), where=positive) if some else np.log(outcomes)
    mean = logs.sum(axis=1) / np.maximum(known, 1)
    away = np.where(positive, logs - mean[:, None], 0.0) if some else logs - mean[:, None]
    spread = np.sqrt(np.einsum("ij,ij->i", away, away) / np.maximum(known - 1, 1))
    # Equal outcomes have equal logs, whose mean may be off by a rounding.
    spread[spread <= 1e-12 * np.maximum(np.abs(mean), 1.0)] = 0.0
    above = np.log(goals, out=np.full(goals.size, -np.inf), where=goals > 0)
    steps = np.divide(above - mean, spread * math.sqrt(2.0), out=np.zeros(goals.size), where=spread > 0)
    tails = np.array([math.erfc(step) for step in steps.tolist()]) * (0.5 / outcomes.shape[1]) * known
    tails = np.where(spread > 0, tails, above <= mean + 1e-12 * np.abs(mean))
    return np.asarray(np.where(goals <= 0, 1.0, np.where(known < 2, 0.0, tails)))


def _two_digits(number: float) -> int:
    """`number` to two significant digits."""
    places = max(0, math.floor(math.log10(number)) - 1)
    return int(round(number / 10**places) * 10**places)
