"""`Sources`: everything a report is made from, and the few numbers that every part of it asks for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.report import measures, palette
from storesim.report.document import Kind, printable
from storesim.report.words import Words
from storesim.results.ensemble import quantiles_over_runs
from storesim.results.run import Run

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook
    from storesim.plan.goals import Goals
    from storesim.report.measures import Period
    from storesim.results.ensemble import Ensemble
    from storesim.runs.incremental import Incremental
    from storesim.scenario.document import Scenario

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sources:
    """What the parts of a report are handed; frozen, so that no part can change what another reads."""

    scenario: Scenario
    ensemble: Ensemble
    outlook: Outlook | None
    goals: Goals | None
    say: Words
    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each setting was written, by dotted path: ``file:line:column``."""

    made: str = ""
    """Date of making, as the caller wants it printed; empty: none, and the same bytes every time."""

    incrementals: tuple[Incremental, ...] = ()
    """What each paid channel truly adds; empty where that was not played."""

    @property
    def lang(self) -> str:
        """Language of the reader."""
        return self.say.lang

    @property
    def name(self) -> str:
        """Name of the store, fit to print."""
        return printable(self.scenario.store.name)

    @cached_property
    def mean(self) -> Run:
        """The mean of the runs as one run: its totals are means, its ratios are divided after summing."""
        runs = self.ensemble
        return Run(
            runs.start, runs.channels, runs.skus,
            runs.by_channel.mean(axis=0), runs.of_store.mean(axis=0), runs.by_sku.mean(axis=0), runs.provenance,
            runs.cohorts.mean(axis=0), runs.attributed.mean(axis=0),
            runs.groups, runs.by_group.mean(axis=0), runs.devices, runs.by_device.mean(axis=0),
        )  # fmt: skip

    @cached_property
    def whole(self) -> Period:
        """All simulated days."""
        return measures.Period("", self.ensemble.start, self.ensemble.last_day)

    @cached_property
    def span(self) -> Period:
        """All simulated days, and the forecast days after them."""
        last = self.whole.last if self.outlook is None else max(self.whole.last, self.outlook.last_day)
        return measures.Period("", self.whole.first, last)

    @cached_property
    def year(self) -> Period:
        """The days of the year the report is about: that of the goals, of a target, or the one with most days."""
        found = measures.periods(self.span, "year")
        if self.goals is not None:
            key = str(self.goals.year)
        else:
            targeted = [year.key for year in found if year.key in self.scenario.targets]
            key = targeted[0] if targeted else max(found, key=lambda year: year.n_days).key
        return measures.period_within(key, self.span) or replace(self.span, key=key)

    @property
    def foretold(self) -> bool:
        """Whether the courses are those of the outlook: when it reaches further than the runs, or covers them."""
        if self.outlook is None:
            return False
        covers = self.outlook.start <= self.whole.first and self.span.last == self.outlook.last_day
        return covers or self.span.last > self.whole.last

    @cached_property
    def target(self) -> float:
        """GMV wanted of the year, CNY; NaN where none was set."""
        if self.goals is not None:
            return float(self.goals.target)
        target = self.scenario.targets.get(self.year.key)
        return target.gmv if target is not None else float("nan")

    @cached_property
    def chance(self) -> float:
        """Chance of reaching the target; NaN without one, or where the year was not drawn to its end."""
        if self.goals is not None:
            return float(self.goals.chance(str(self.goals.year)))
        if not np.isfinite(self.target) or self.year.last != dt.date(int(self.year.key), 12, 31):
            return float("nan")
        return float(np.mean(self.total("gmv", self.year) >= self.target))

    @cached_property
    def elapsed(self) -> str:
        """Last day that is over, of a plan made again; empty where no day is."""
        over = (row.period for row in (self.goals.gap if self.goals is not None else ()))
        return next((period.rpartition("/")[2] for period in over if "/" in period), "")

    def courses(self, name: str) -> Array:
        """A count of the whole store on every day of `span`, one row a course; [n_courses, n_days].

        Where the courses are those of the outlook, the days before it are the mean of the runs.
        """
        if self.outlook is None or not self.foretold:
            return self.ensemble.daily(name)
        ahead = (self.outlook.start - self.whole.first).days
        later = self.outlook.daily(name)
        if ahead <= 0:
            return later[:, -ahead:]
        before = np.broadcast_to(self.mean.daily(name)[:ahead], (len(later), ahead))
        return np.concatenate([before, later], axis=1)

    def total(self, name: str, period: Period) -> Array:
        """A count or ratio of the whole store over a period, one value a course; NaN for what was not drawn."""
        if name in kpi.RATIO:
            return kpi.divide(name, lambda part: self.total(part, period))
        if self.foretold and self.outlook is not None and name not in self.outlook.counts:
            return np.full(self.outlook.n_paths, np.nan)
        first = (period.first - self.span.first).days
        return np.asarray(self.courses(name)[:, first : first + period.n_days].sum(axis=1))

    def quantiles(self, name: str, period: Period) -> Array:
        """Low, middle and high quantile over the courses of a period's total; [3], NaN where unknown.

        Where days of the year are over, those of the plan made again for the periods it has.
        """
        if self.goals is not None and self.elapsed:
            found = self.goals.of_store(period.key).get(name)
            if found is not None and np.isfinite(found.p50):
                return np.array([found.p10, found.p50, found.p90])
        return np.asarray(quantiles_over_runs(self.total(name, period)[:, np.newaxis], measures.BAND_LEVELS)[0])

    def middle(self, name: str, period: Period) -> float:
        """Median over the courses of a period's total; NaN where unknown."""
        return float(self.quantiles(name, period)[1])

    def of_runs(self, name: str) -> Array:
        """A count or ratio over the simulated days of the report's year, one value a run."""
        return self.ensemble.total(name, first=self.simulated.first, last=self.simulated.last)

    def mean_of(self, name: str) -> float:
        """A count's mean over the runs, or a ratio of sums over all runs, over the simulated days of the year."""
        return self.mean.total(name, first=self.simulated.first, last=self.simulated.last)

    @cached_property
    def simulated(self) -> Period:
        """The simulated days of the report's year; all of them if the year was only forecast."""
        return measures.period_within(self.year.key, self.whole) or self.whole

    def show(self, value: float, kind: Kind) -> str:
        """A number as the reader expects it."""
        return palette.show(float(value), kind, self.lang)

    def show_kpi(self, value: float, name: str) -> str:
        """A number of the count or ratio of that name, likewise."""
        return self.show(value, palette.kind_of(name))

    def channel(self, name: str) -> str:
        """Name of a channel for the reader: the trade's word where there is one, else as it was typed."""
        return self.part("channel", name)

    def part(self, what: str, name: str) -> str:
        """Name of a part of that sort ("channel", "device", "group", "crowd"), as `channel` has it."""
        return self.say.known(f"{what}.{name}", printable(name))
