"""`Ledger`: the writable daily counts of one run; dies with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import RunError, ShapeError

Array = NDArray[np.float64]


class Ledger:
    """One row a day, until it is closed.

    Parameters
    ----------
    n_days
        Days of the run.
    channels
        Names of the channels, in the order in which they will be recorded.
    """

    def __init__(self, n_days: int, channels: Sequence[str]) -> None:
        self.n_days = n_days
        self.channels = tuple(channels)
        # NaN is what nobody has recorded.
        self._by_channel = np.full((n_days, len(self.channels), len(kpi.CHANNEL_COUNTS)), np.nan)
        self._of_store = np.full((n_days, len(kpi.STORE_COUNTS)), np.nan)
        self._recorded = np.zeros(n_days, dtype=np.bool_)
        # Names come in the same order every day, so where they belong is looked up once.
        self._names: tuple[str, ...] = ()
        self._ordered: Callable[[tuple[float, ...]], tuple[Any, ...]] = tuple

    def record(self, day: int, by_channel: Array, store: Mapping[str, float]) -> None:
        """Record one day.

        Parameters
        ----------
        day
            Days since the opening, from 0.
        by_channel : [n_channels, len(kpi.CHANNEL_COUNTS)]
            In the order of `kpi.CHANNEL_COUNTS`; CNY, hours, counts.
        store
            Every name of `kpi.STORE_COUNTS`, and no other.

        Raises
        ------
        RunError
            If the day is outside the run or was recorded before, or `store` has a name that `kpi` does not declare.
        ShapeError
            If `by_channel` has another shape.
        """
        if not 0 <= day < self.n_days or self._recorded[day]:
            raise RunError(f"day {day} is outside the run or was recorded before", day=day)
        if by_channel.shape != self._by_channel.shape[1:]:
            raise ShapeError(by_channel=by_channel.shape, wanted=self._by_channel.shape[1:])
        names = tuple(store)
        if names != self._names:
            self._names, self._ordered = names, itemgetter(*_order_of(names, day))
        self._of_store[day] = self._ordered((*store.values(), np.nan))
        self._by_channel[day] = by_channel
        self._recorded[day] = True

    def credit(self, name: str, by_channel: Array) -> None:
        """Replace a count of days that were recorded, once more is known of them.

        Parameters
        ----------
        name
            One of `kpi.CHANNEL_COUNTS`.
        by_channel : [n_days, n_channels]
        """
        self._by_channel[:, :, kpi.CHANNEL_INDEX[name]] = by_channel

    def close(self) -> tuple[Array, Array]:
        """The finished counts, read-only: [n_days, n_channels, n_counts] and [n_days, n_store_counts].

        Raises
        ------
        RunError
            If a declared count, or a whole day, was not recorded.
        """
        if not self._recorded.all():
            day = int(np.argmin(self._recorded))
            raise RunError(f"day {day} was never recorded", day=day)
        _refuse_gaps(self._by_channel.transpose(0, 2, 1), kpi.CHANNEL_COUNTS)
        _refuse_gaps(self._of_store[:, :, np.newaxis], kpi.STORE_COUNTS)
        self._by_channel.setflags(write=False)
        self._of_store.setflags(write=False)
        return self._by_channel, self._of_store


def _order_of(names: Sequence[str], day: int) -> list[int]:
    """Where each count of `kpi.STORE_COUNTS` stands among `names`; behind the last where it does not."""
    for name in names:
        if name not in kpi.STORE_INDEX:
            raise RunError(f"{name!r} is recorded, but kpi.STORE_COUNTS does not declare it", day=day)
    places = {name: place for place, name in enumerate(names)}
    return [places.get(count.name, len(names)) for count in kpi.STORE_COUNTS]


def _refuse_gaps(recorded: Array, counts: Sequence[kpi.Count]) -> None:
    """Raise where a count is NaN; `recorded` is [n_days, n_counts, n]."""
    days, columns, _ = np.nonzero(np.isnan(recorded))
    if len(days) > 0:
        names, day = [counts[column].name for column in np.unique(columns)], int(days[0])
        raise RunError(f"declared in kpi, but nobody recorded it: {', '.join(names)}; first on day {day}", day=day)
