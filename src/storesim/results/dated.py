"""Days in a row: the dates of whatever is known or foretold by day."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod


class Dated(ABC):
    """Something with figures for each of some days in a row."""

    start: dt.date

    @property
    @abstractmethod
    def n_days(self) -> int:
        """How many days."""

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The date of each day."""
        return tuple(self.start + dt.timedelta(days=day) for day in range(self.n_days))

    def date(self, day: int) -> dt.date:
        """The date of one day, the first being 0; `dates` makes them all."""
        return self.start + dt.timedelta(days=int(day))

    @property
    def last_day(self) -> dt.date:
        """The last of the dates."""
        return self.start + dt.timedelta(days=self.n_days - 1)
