"""Whether two scenarios give other counts, found out on the first day that differs and not at the end of the run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.results.ledger import Ledger
from storesim.scenario.document import Scenario

Array = NDArray[np.float64]

CREDITED = [kpi.CHANNEL_INDEX[name] for name in ("ad_orders", "ad_gmv")]
"""Counts that are replaced when the run is over: a day on which only these differ proves nothing yet."""


class Played:
    """One run of a scenario, to which those of others are compared."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self.seed, self.days = seed, list[bytes]()
        self._store = Store(blueprint(scenario), seed, 0)
        self._store.ledger = _Noting(*_shape(self._store), self.days)
        self._store.live()
        self.whole = _whole(self._store)

    def differs(self, other: Scenario) -> bool:
        """Whether `other` gives other counts on the same luck."""
        store = Store(blueprint(other), self.seed, 0)
        if _shape(store) != _shape(self._store):
            return True
        store.ledger = _Comparing(*_shape(store), self.days)
        try:
            store.live()
        except _Different:
            return True
        return _whole(store) != self.whole


class _Different(Exception):
    """A day's counts are not those of the run compared to."""


class _Noting(Ledger):
    """A ledger that also puts each day, as it came in, into `days`."""

    def __init__(self, n_days: int, channels: Sequence[str], days: list[bytes]) -> None:
        super().__init__(n_days, channels)
        self._days = days

    def record(self, day: int, by_channel: Array, store: Mapping[str, float]) -> None:
        self._days.append(_day(by_channel, store))
        super().record(day, by_channel, store)


class _Comparing(Ledger):
    """A ledger that takes no day that differs from `days`."""

    def __init__(self, n_days: int, channels: Sequence[str], days: Sequence[bytes]) -> None:
        super().__init__(n_days, channels)
        self._days = days

    def record(self, day: int, by_channel: Array, store: Mapping[str, float]) -> None:
        if _day(by_channel, store) != self._days[day]:
            raise _Different
        super().record(day, by_channel, store)


def _shape(store: Store) -> tuple[int, tuple[str, ...]]:
    return store.blueprint.n_days, tuple(store.blueprint.channels)


def _day(by_channel: Array, store: Mapping[str, float]) -> bytes:
    return np.delete(by_channel, CREDITED, axis=1).tobytes() + np.array(list(store.values())).tobytes()


def _whole(store: Store) -> tuple[bytes, ...]:
    return tuple(counts.tobytes() for counts in store.ledger.close())
