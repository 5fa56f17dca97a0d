"""The months of one calendar year, what an outlook's paths sum to in each, and the names of periods."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import chain, count
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.scenario.events import Event

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook

Array = NDArray[np.float64]

QUARTERS = tuple(slice(3 * quarter, 3 * quarter + 3) for quarter in range(4))
"""Months of each quarter, counted from 0."""


def days_of_months(year: int) -> tuple[int, ...]:
    """Days in each month of a calendar year."""
    return tuple(calendar.monthrange(year, month)[1] for month in range(1, 13))


@dataclass(frozen=True)
class YearOutlook:
    """The days of one calendar year that an outlook covers, and their sums by month; each made when asked for."""

    year: int
    channels: tuple[str, ...]
    counts: tuple[str, ...]
    first: dt.date
    last: dt.date
    """First and last day of the year that the outlook covers."""

    days: tuple[int, ...]
    """[12] days of each month that the outlook covers."""

    past_gmv: float
    """GMV known for days of this year before the outlook begins; CNY."""

    paths: Array
    """[n_paths, n_days, n_channels, n_counts] of the days of the year that the outlook covers."""

    @property
    def n_paths(self) -> int:
        """Paths of the outlook."""
        return int(self.paths.shape[0])

    @property
    def n_days(self) -> int:
        """Days of the year that the outlook covers."""
        return int(self.paths.shape[1])

    @cached_property
    def month_spans(self) -> tuple[slice, ...]:
        """[12] where each month's days stand among `paths`; empty for months outside the outlook."""
        ends = np.cumsum(self.days)
        return tuple(slice(int(end) - n, int(end)) for end, n in zip(ends, self.days, strict=True))

    def by_day(self, count: str, channel: str = "") -> Array:
        """A count by day and path, of a channel or ("") the store: [n_days, n_paths]."""
        held = self._by_day.get((count, channel))
        if held is None:
            if channel:
                held = self._turned[:, self.channels.index(channel), self.counts.index(count)]
            else:
                held = reduce(np.add, (self.by_day(count, name) for name in self.channels))
            self._by_day[count, channel] = held
        return held

    def day_sums(self, count: str, channel: str = "") -> Array:
        """[n_days] what a count comes to over all paths."""
        held = self._day_sums.get((count, channel))
        if held is None:
            held = self._day_sums[count, channel] = self.by_day(count, channel).sum(axis=1)
        return held

    def of_channels(self, count: str) -> Array:
        """A count by path, month and channel: [n_paths, 12, n_channels]; 0 in months outside the outlook."""
        held = self._of_channels.get(count)
        if held is None:
            held = np.zeros((self.n_paths, 12, len(self.channels)))
            covered = np.flatnonzero(self.days)
            starts = [self.month_spans[month].start for month in covered]
            for which, channel in enumerate(self.channels):
                held[:, covered, which] = np.add.reduceat(self.by_day(count, channel), starts, axis=0).T
            self._of_channels[count] = held
        return held

    def has(self, name: str) -> bool:
        """Whether this count, or both parts of this ratio, exist."""
        if name in kpi.RATIO:
            return kpi.RATIO[name].above in self.counts and kpi.RATIO[name].below in self.counts
        return name in self.counts

    def monthly(self, count: str, channel: str = "") -> Array:
        """A count by path and month, of a channel or ("") the store: [n_paths, 12]."""
        if channel:
            return self.of_channels(count)[:, :, self.channels.index(channel)]
        held = self._of_store.get(count)
        if held is None:
            held = self._of_store[count] = self.of_channels(count).sum(axis=2)
        return held

    def outcomes(self, name: str, months: slice, channel: str = "") -> Array:
        """A count or ratio of some months, by path: [n_paths]; ratios are divided after summing."""
        if name in kpi.RATIO:
            return kpi.divide(name, lambda count: self.monthly(count, channel)[:, months].sum(axis=1))
        return np.asarray(self.monthly(name, channel)[:, months].sum(axis=1))

    @cached_property
    def _turned(self) -> Array:
        """[n_days, n_channels, n_counts, n_paths]: one way through a large array instead of one for each count."""
        n_paths, *rest = self.paths.shape
        # Turned as a table, which takes two thirds of the time of turning four axes.
        return np.ascontiguousarray(self.paths.reshape(n_paths, -1).T).reshape(*rest, n_paths)

    @cached_property
    def _by_day(self) -> dict[tuple[str, str], Array]:
        return {}

    @cached_property
    def _day_sums(self) -> dict[tuple[str, str], Array]:
        return {}

    @cached_property
    def _of_channels(self) -> dict[str, Array]:
        return {}

    @cached_property
    def _of_store(self) -> dict[str, Array]:
        return {}


def sale_periods(events: Sequence[Event], first: dt.date, last: dt.date) -> dict[str, Event]:
    """Sales of some days by the name of their period, such as "2027-06/618", each by a name of its own.

    A second sale of the name in a month is told by its day, one that began before the days by the day it began, and
    sales that begin on one day by a number.
    """
    named: dict[str, Event] = {}
    for event in events:
        if event.first <= last and event.last >= first:
            begin = max(event.first, first)
            spelt = (f"{start}/{event.name}" for start in (f"{begin:%Y-%m}", begin, event.first))
            numbered = (f"{event.first}/{event.name} {number}" for number in count(2))
            named[next(name for name in chain(spelt, numbered) if name not in named)] = event
    return named


def covered_years(outlook: Outlook) -> dict[int, int]:
    """Calendar years an outlook touches, with the number of days of each."""
    days: dict[int, int] = {}
    for date in outlook.dates:
        days[date.year] = days.get(date.year, 0) + 1
    return days


def year_outlook(outlook: Outlook, year: int) -> YearOutlook | None:
    """The outlook's paths of `year`; None if it covers no day of it."""
    dates = outlook.dates
    inside = [day for day, date in enumerate(dates) if date.year == year]
    if not inside:
        return None
    begin, end = inside[0], inside[-1] + 1
    months = np.array([dates[day].month - 1 for day in inside])
    return YearOutlook(
        year=year,
        channels=tuple(outlook.channels),
        counts=tuple(outlook.counts),
        first=dates[begin],
        last=dates[end - 1],
        days=tuple(int(np.count_nonzero(months == month)) for month in range(12)),
        past_gmv=_past_gmv(outlook, year),
        paths=outlook.paths[:, begin:end],
    )


def _past_gmv(outlook: Outlook, year: int) -> float:
    past = (outlook.past or {}).get("gmv")
    if past is None or outlook.past_start is None:
        return 0.0
    first = max(0, (dt.date(year, 1, 1) - outlook.past_start).days)
    last = max(0, (dt.date(year + 1, 1, 1) - outlook.past_start).days)
    return float(np.nansum(past[first:last]))
