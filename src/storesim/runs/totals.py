"""`Totals`: what a comparison keeps of the runs of one scenario: sums over the days, not the days themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import UsageError, near_or_all
from storesim.results.ensemble import Ensemble, values_over_runs

Array = NDArray[np.float64]

_PLACE: Mapping[str, int] = {name: i for i, name in enumerate(kpi.COUNT)}


@dataclass(frozen=True)
class Kept:
    """What is kept of a run besides its totals."""

    first: dt.date | None = None
    """First day that counts in the totals; the opening day if None."""

    last: dt.date | None = None
    """Last day that counts; the last simulated one if None."""

    daily: tuple[str, ...] = ()
    """Counts that are kept by run and day: of the whole store, or of one channel, such as "uv@express"."""

    moves: bool = False
    """Keep the sum over runs of every count by day and channel, by which the first day that moved is found."""


@dataclass(frozen=True, eq=False)
class Totals:
    """Runs 0 to n_runs - 1 of one scenario, each as its totals."""

    start: dt.date
    channels: tuple[str, ...]

    of_store: Array
    """[n_runs, len(kpi.COUNT)] in the order of `kpi.COUNT`."""

    by_channel: Array
    """[n_runs, n_channels, len(kpi.CHANNEL_COUNTS)]."""

    daily: Array
    """[n_runs, n_days, len(Kept.daily)]."""

    moves: Array
    """[n_days, n_channels * len(kpi.CHANNEL_COUNTS) + len(kpi.STORE_COUNTS)]: summed over runs; no columns unless
    asked for."""

    @property
    def n_runs(self) -> int:
        """Runs there are."""
        return int(self.of_store.shape[0])

    def values(self, name: str, channel: str | None = None) -> Array:
        """Values [n_runs] of a count or ratio whose mean is that of all runs: ratios are linearised.

        Raises
        ------
        UsageError
            If there is no such count, ratio or channel, or the count is kept for the whole store only.
        """
        return values_over_runs(name, lambda count: self.count(count, channel))

    def ratio_or_count(self, name: str, channel: str | None = None) -> Array:
        """The count or ratio of each run by itself: [n_runs]; NaN for a ratio of nothing."""
        if name in kpi.RATIO:
            return kpi.divide(name, lambda part: self.count(part, channel))
        return self.count(name, channel)

    def count(self, name: str, channel: str | None = None) -> Array:
        """A count of each run: [n_runs]. Errors as for `values`."""
        if name not in _PLACE:
            raise UsageError(f"there is no count or ratio {name!r}{near_or_all(name, (*kpi.COUNT, *kpi.RATIO))}")
        if channel is None:
            return self.of_store[:, _PLACE[name]]
        if channel not in self.channels:
            raise UsageError(f"there is no channel {channel!r}{near_or_all(channel, self.channels)}")
        if name not in kpi.CHANNEL_INDEX:
            raise UsageError(f"{name!r} is kept for the whole store, not by channel; ask without a channel")
        return self.by_channel[:, self.channels.index(channel), kpi.CHANNEL_INDEX[name]]

    def chosen(self, runs: NDArray[np.int64]) -> Totals:
        """Some of the runs, without the sums over all of them."""
        none = np.zeros((len(self.moves), 0))
        return Totals(self.start, self.channels, self.of_store[runs], self.by_channel[runs], self.daily[runs], none)


def totals_of(ensemble: Ensemble, kept: Kept) -> Totals:
    """The totals of some runs.

    Raises
    ------
    UsageError
        If the days of `kept` are not within those of the runs.
    """
    sums = {name: ensemble.sums(name, None, kept.first, kept.last) for name in kpi.COUNT}
    of_channel = [
        np.stack([ensemble.sums(c.name, channel, kept.first, kept.last) for c in kpi.CHANNEL_COUNTS], axis=-1)
        for channel in ensemble.channels
    ]
    daily = [_daily(ensemble, *name.split("@")) for name in kept.daily]
    shape = (ensemble.n_runs, ensemble.n_days, 0)
    return Totals(
        ensemble.start,
        ensemble.channels,
        np.stack([sums[name] for name in kpi.COUNT], axis=-1),
        np.stack(of_channel, axis=1),
        np.stack(daily, axis=-1) if daily else np.zeros(shape),
        _moves(ensemble) if kept.moves else np.zeros((ensemble.n_days, 0)),
    )


def joined(parts: Sequence[Totals]) -> Totals:
    """The runs of all parts, in the order given."""
    head = parts[0]
    return Totals(
        head.start,
        head.channels,
        np.concatenate([part.of_store for part in parts]),
        np.concatenate([part.by_channel for part in parts]),
        np.concatenate([part.daily for part in parts]),
        np.sum([part.moves for part in parts], axis=0),
    )


def columns_of_moves(channels: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Channel ("" for the whole store) and count of each column of `Totals.moves`."""
    return tuple(_columns(channels))


def as_arrays(totals: Totals) -> dict[str, np.ndarray[Any, Any]]:
    """What `from_arrays` makes totals of again."""
    return {
        "start": np.array(totals.start, dtype="datetime64[D]"),
        "channels": np.array(totals.channels, dtype=np.str_),
        "of_store": totals.of_store,
        "by_channel": totals.by_channel,
        "daily": totals.daily,
        "moves": totals.moves,
    }


def from_arrays(arrays: Mapping[str, np.ndarray[Any, Any]]) -> Totals:
    """The totals that `as_arrays` took apart; KeyError where an array is missing."""
    counts = (arrays[name] for name in ("of_store", "by_channel", "daily", "moves"))
    return Totals(arrays["start"].item(), tuple(arrays["channels"].tolist()), *counts)


def _daily(ensemble: Ensemble, name: str, channel: str | None = None) -> Array:
    return ensemble.daily(name, channel)


def _columns(channels: Sequence[str]) -> Iterator[tuple[str, str]]:
    for channel in channels:
        yield from ((channel, count.name) for count in kpi.CHANNEL_COUNTS)
    yield from (("", count.name) for count in kpi.STORE_COUNTS)


def _moves(ensemble: Ensemble) -> Array:
    by_channel = ensemble.by_channel.sum(axis=0)
    return np.concatenate([by_channel.reshape(len(by_channel), -1), ensemble.of_store.sum(axis=0)], axis=1)
