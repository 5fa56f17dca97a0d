"""Two stretches of days to compare, whole weeks each, and how much such stretches differ when nothing is the matter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.results.history import History
from storesim.results.shifts import WEEK, Shift, level_shifts

Array = NDArray[np.float64]

_FEWEST_DAYS: Final = 4 * WEEK
_LONGEST: Final = 8 * WEEK
_USUAL: Final = 4 * WEEK
_RECENT: Final = 26 * WEEK
_LOOKED_AT: Final = ("gmv", "uv", "cvr", "aov")
_FEWEST_PAIRS: Final = 2 * WEEK
_TO_SIGMA: Final = 1.4826


@dataclass(frozen=True)
class Windows:
    """Days before and after, as many each, the same weekdays."""

    start: dt.date
    """First day of the history."""

    before: slice
    after: slice
    why: str
    """What the choice rests on: "since", "shift" of a figure, "latest", or "plan" against which the days are held."""

    figure: str = ""
    """The figure whose level shifted."""

    @property
    def n_days(self) -> int:
        """Days of each."""
        return int(self.after.stop - self.after.start)

    def dates(self, days: slice) -> tuple[dt.date, dt.date]:
        """First and last day of one of the two."""
        return self.start + dt.timedelta(days=days.start), self.start + dt.timedelta(days=days.stop - 1)


def windows(history: History, since: dt.date | None = None) -> Windows:
    """Either side of `since` or of the latest level shift; else the last four weeks and the four before.

    Raises
    ------
    PlanError
        If fewer than four weeks are known, or `since` leaves less than a week on one side.
    """
    n_days = history.n_days
    if n_days < _FEWEST_DAYS:
        raise PlanError(f"a diagnosis needs {_FEWEST_DAYS} days, two weeks against two; {history.name} has {n_days}")
    if since is not None:
        at = (since - history.start).days
        if not WEEK <= at <= n_days - WEEK:
            first = history.start + dt.timedelta(days=WEEK)
            last = history.start + dt.timedelta(days=n_days - WEEK)
            raise PlanError(f"{since} leaves less than a week on one side; give a day from {first} to {last}")
        return _around(history, at, "since", "")
    found = _latest_shift(history)
    if found is not None:
        return _around(history, found[1].day, "shift", found[0])
    length = min(_USUAL, n_days // 2 // WEEK * WEEK)
    return Windows(history.start, slice(n_days - 2 * length, n_days - length), slice(n_days - length, n_days), "latest")


def shifted_since(values: Array, start: dt.date, near: slice) -> dt.date | None:
    """The day since which a series stands at another level, if that is in or two weeks before `near`."""
    days = [shift.day for shift in level_shifts(values, start) if near.start - 2 * WEEK <= shift.day < near.stop]
    return start + dt.timedelta(days=days[-1]) if days else None


def usual_change(values: Array, chosen: Windows) -> float:
    """Standard deviation of the change, in logarithms, between neighbouring stretches of that length before the second.

    Learned from every such pair in the past; where there are too few, from the days' own spread, doubled because
    neighbouring days are alike.
    """
    length = chosen.n_days
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values[: chosen.after.start])
    logs = np.where(np.isfinite(logs), logs, np.nan)
    starts = range(logs.size - 2 * length + 1)
    changes = [_mean(logs[at + length : at + 2 * length]) - _mean(logs[at : at + length]) for at in starts]
    known = np.array([change for change in changes if np.isfinite(change)])
    if known.size >= _FEWEST_PAIRS:
        return float(max(_TO_SIGMA * np.median(np.abs(known)), 1e-3))
    off = logs - _mean(logs)
    spread = float(_TO_SIGMA * np.nanmedian(np.abs(off))) if np.isfinite(off).any() else 0.2
    return float(max(2 * spread * np.sqrt(2 / length), 1e-3))


def ratio_of(above: Array, below: Array) -> float:
    """A ratio of two sums over the days on which both are known; 0 where there is nothing to divide by."""
    known = np.isfinite(above) & np.isfinite(below)
    total = float(below[known].sum())
    return float(above[known].sum()) / total if total else 0.0


def _latest_shift(history: History) -> tuple[str, Shift] | None:
    """The last shift that leaves two weeks after it: of GMV, else of a driver of it."""
    for name in _LOOKED_AT:
        if name not in history.names:
            continue
        shifts = [
            shift
            for shift in level_shifts(history.daily(name), history.start)
            if history.n_days - _RECENT <= shift.day <= history.n_days - 2 * WEEK and shift.day >= 2 * WEEK
        ]
        if shifts:
            return name, shifts[-1]
    return None


def _around(history: History, at: int, why: str, figure: str) -> Windows:
    """As many whole weeks on either side of a day as there are, eight at most."""
    length = min(_LONGEST, at // WEEK * WEEK, (history.n_days - at) // WEEK * WEEK)
    return Windows(history.start, slice(at - length, at), slice(at, at + length), why, figure)


def _mean(values: Sequence[float] | Array) -> float:
    known = np.asarray(values)[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")
