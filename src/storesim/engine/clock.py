"""The SimPy environment in days; the fixed order of happenings within one day.

SimPy holds what happens between visitors: midnights, event openings, deliveries on their way, weekly reviews. It is
imported here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
import simpy

from storesim.engine.day import NO_ARRIVALS, SUPPLY_TIME, Arrivals

# Happenings of one moment follow this order; a tie is never settled by accident.
ARRIVE, REVIEW, OPEN, CUT, CLOSE = 0.0, 1e-6, 2e-6, 3e-6, 1.0 - 1e-6
"""Fractions of a day added to a day's number: goods that come today are announced, the stage is reviewed, the day
opens, changes within the day follow at their hour, and just before the next midnight the day is closed."""


class Calendar:
    """What is going to happen, in days since the start of the run."""

    def __init__(self, n_days: int) -> None:
        self.n_days = n_days
        self._env = simpy.Environment()
        self._today: list[Sequence[float]] = []
        self._coming: dict[int, list[Sequence[float]]] = {}

    @property
    def now(self) -> float:
        """Days since the start of the run."""
        return float(self._env.now)

    def each_midnight(self, open_day: Callable[[int], None], close_day: Callable[[int], None]) -> None:
        """Call `open_day(day)` as each day begins and `close_day(day)` just before it ends."""
        self._env.process(self._days(open_day, OPEN))
        self._env.process(self._days(close_day, CLOSE))

    def every(self, days: int, happen: Callable[[int], None], *, first: int) -> None:
        """Call `happen(day)` on day `first` and every `days` after, before the day opens."""
        self._env.process(self._reviews(days, happen, first))

    def at(self, day: int, hour: float, happen: Callable[[int, float], None]) -> None:
        """Call `happen(day, hour)` once, after that day has opened."""
        if day < self.n_days:
            self._env.process(self._once(day, hour, happen))

    def supply(self, row: Sequence[float]) -> None:
        """Have a delivery on its way, [N_SUPPLY]: at the midnight before it comes it is handed to that day."""
        day = int(row[SUPPLY_TIME] // 24.0)
        if day >= self.n_days:
            return
        if day not in self._coming:
            # Of all deliveries of a day the first has the happening made, and the others join it.
            self._coming[day] = []
            self._wait(day + ARRIVE, day).callbacks.append(self._announce)
        self._coming[day].append(row)

    def deliveries_today(self) -> Arrivals:
        """Deliveries of the day that is opening, in order of time; asked once a day."""
        if not self._today:
            return NO_ARRIVALS
        # Sorted by time alone, those of one moment keep the order in which they were announced.
        arrivals = np.array(sorted(self._today, key=itemgetter(SUPPLY_TIME)), dtype=np.float64)
        self._today = []
        return arrivals

    def run(self) -> None:
        """Let every day pass; an error of any happening comes out as it was raised."""
        try:
            self._env.run(until=float(self.n_days))
        except Exception as copy:
            # SimPy raises a copy made from the message alone; what the error carried is in the original.
            original = copy.__cause__
            if type(original) is not type(copy):
                raise
            raise original from original.__cause__

    def _wait(self, until: float, value: object = None) -> Any:
        return self._env.timeout(max(0.0, until - self._env.now), value)

    def _days(self, happen: Callable[[int], None], moment: float) -> Generator[Any, Any, None]:
        for day in range(self.n_days):
            yield self._wait(day + moment)
            happen(day)

    def _reviews(self, days: int, happen: Callable[[int], None], first: int) -> Generator[Any, Any, None]:
        for day in range(first, self.n_days, days):
            yield self._wait(day + REVIEW)
            happen(day)

    def _once(self, day: int, hour: float, happen: Callable[[int, float], None]) -> Generator[Any, Any, None]:
        yield self._wait(day + CUT + (1.0 - 1e-5) * hour / 24.0)
        happen(day, hour)

    def _announce(self, happening: Any) -> None:
        self._today += self._coming.pop(happening.value)
