"""`Ledger`: the writable daily counts of one run; dies with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

    def record(self, by_channel: Array, store: Mapping[str, Array]) -> None:
        """Record every day of the run.

        Parameters
        ----------
        by_channel : [n_days, n_channels, len(kpi.CHANNEL_COUNTS)]
            In the order of `kpi.CHANNEL_COUNTS`; CNY, hours, counts.
        store : each [n_days]
            Every name of `kpi.STORE_COUNTS`, and no other.

        Raises
        ------
        RunError
            If `store` has a name that `kpi` does not declare.
        ShapeError
            If `by_channel` or a count of `store` has another shape.
        """
        if by_channel.shape != self._by_channel.shape:
            raise ShapeError(by_channel=by_channel.shape, wanted=self._by_channel.shape)
        self._by_channel[:] = by_channel
        for name, of_days in store.items():
            if name not in kpi.STORE_INDEX:
                raise RunError(f"{name!r} is recorded, but kpi.STORE_COUNTS does not declare it")
            if of_days.shape != (self.n_days,):
                raise ShapeError(**{name: of_days.shape}, wanted=(self.n_days,))
            self._of_store[:, kpi.STORE_INDEX[name]] = of_days

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
            If a declared count was not recorded on some day.
        """
        _refuse_gaps(self._by_channel.transpose(0, 2, 1), kpi.CHANNEL_COUNTS)
        _refuse_gaps(self._of_store[:, :, np.newaxis], kpi.STORE_COUNTS)
        self._by_channel.setflags(write=False)
        self._of_store.setflags(write=False)
        return self._by_channel, self._of_store


def _refuse_gaps(recorded: Array, counts: Sequence[kpi.Count]) -> None:
    """Raise where a count is NaN; `recorded` is [n_days, n_counts, n]."""
    days, columns, _ = np.nonzero(np.isnan(recorded))
    if len(days) > 0:
        names, day = [counts[column].name for column in np.unique(columns)], int(days[0])
        raise RunError(f"declared in kpi, but nobody recorded it: {', '.join(names)}; first on day {day}", day=day)
