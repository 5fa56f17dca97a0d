"""Structural zeros: weekdays on which a channel is closed, days before it opened, and single closed days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.days import KnownDays
from storesim.forecast.luck import below
from storesim.forecast.methods.base import WEEK

Days = NDArray[np.bool_]

_LOOKED_BACK = 84
_LEAST_SEEN = 2
_ENDED = 28
_BLOCK = 4 * WEEK
_REMEMBERED = 52 * WEEK
_MANY = 20.0


@dataclass(frozen=True, eq=False)
class Closed:
    """When the channels were and will be closed."""

    start: dt.date
    was_open: Days
    """[n_channels, n_days] days that count: not before opening, not on a closed weekday, not a single closed day."""

    weekdays: Days
    """[n_channels, 7], Monday first: closed every week."""

    ended: Days
    """[n_channels] nothing for the last four weeks, or ever."""

    shut: Days
    """[n_channels, n_past] single closed days of at most the last year, a whole number of weeks; may be none."""

    @property
    def share_shut(self) -> float:
        """Share of open weekdays on which a channel was closed all the same, of the channel with most."""
        return float(self.shut.mean(axis=1).max()) if self.shut.size else 0.0

    def open_ahead(self, horizon: int, n_paths: int, seed: int) -> Days:
        """Days to come on which something may happen: [n_paths, horizon, n_channels].

        Closed weekdays are closed in every path. Single closed days come as they came: a path repeats stretches of four
        weeks of the past, the same for all channels.
        """
        n_days = self.was_open.shape[1]
        weekday = (self.start.weekday() + n_days + np.arange(horizon)) % WEEK
        always = ~self.weekdays[:, weekday].T & ~self.ended
        if not self.shut.any():
            return np.broadcast_to(always, (n_paths, *always.shape))
        n_past = self.shut.shape[1]
        n_blocks = -(-horizon // _BLOCK)
        drawn = below(seed, "closed days", n_past // WEEK, (n_paths, n_blocks)) * WEEK
        at = (drawn[:, :, np.newaxis] + np.arange(_BLOCK)).reshape(n_paths, -1)[:, :horizon] % n_past
        return np.asarray(always & ~self.shut.T[at])


def closed_days(days: KnownDays) -> Closed:
    """What of the known days was closed.

    A weekday is closed if nothing happened on nine in ten of its days in the last twelve weeks, of which two at least
    are known. A single day is closed if nothing happened on it in a channel where something usually does twenty times a
    day; where little happens, a day of nothing is chance.
    """
    stacked = np.stack([np.asarray(values) for values in days.counts.values()])
    known = np.asarray(np.isfinite(stacked).any(axis=0), dtype=np.bool_)
    nothing = np.asarray(known & (np.nan_to_num(stacked) == 0).all(axis=0), dtype=np.bool_)
    n_channels, n_days = nothing.shape
    weekday = (days.start.weekday() + np.arange(n_days)) % WEEK
    before = ~np.logical_or.accumulate(known & ~nothing, axis=1)
    weekdays = _weekdays(nothing, known & ~before, weekday)
    busy = np.array([_busiest(stacked[:, channel]) >= _MANY for channel in range(n_channels)])
    unusual = nothing & ~before & ~weekdays[:, weekday]
    shut = unusual & busy[:, np.newaxis]
    was_open = ~before & ~weekdays[:, weekday] & ~shut
    opened = int((~before).any(axis=0).argmax()) if n_days else 0
    n_past = min((n_days - opened) // WEEK * WEEK, _REMEMBERED)
    return Closed(days.start, was_open, weekdays, _ended(nothing, known), shut[:, n_days - n_past :])


def _weekdays(nothing: Days, counted: Days, weekday: NDArray[np.int64]) -> Days:
    found = np.zeros((len(nothing), WEEK), dtype=np.bool_)
    for day in range(WEEK):
        chosen = np.flatnonzero(weekday == day)[-_LOOKED_BACK // WEEK :]
        seen = counted[:, chosen].sum(axis=1)
        empty = (nothing & counted)[:, chosen].sum(axis=1)
        found[:, day] = (seen >= _LEAST_SEEN) & (empty >= 0.9 * seen)
    return found


def _ended(nothing: Days, known: Days) -> Days:
    """Channels on which nothing happened on any known day, or on none of the last four weeks."""
    late = slice(max(nothing.shape[1] - _ENDED, 0), None)
    stopped = (nothing[:, late] | ~known[:, late]).all(axis=1) & (nothing[:, late].sum(axis=1) >= _ENDED // 2)
    return np.asarray(stopped | (nothing | ~known).all(axis=1))


def _busiest(counts: NDArray[np.float64]) -> float:
    """Median over days on which something happened of the count with the largest: tells chance from closing."""
    middles = [float(np.median(values[values > 0])) for values in counts if (values > 0).any()]
    return max(middles, default=0.0)
