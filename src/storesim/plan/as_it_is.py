"""The store without levers: the days that count, what they bring, and what the year comes to in every run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError, UsageError
from storesim.plan.proved import KEPT
from storesim.plan.replan import Begun
from storesim.results.ensemble import Ensemble
from storesim.results.recorded import Recorded

Array = NDArray[np.float64]

_OF_SALES = [KEPT.index(name) for name in ("gmv", "commission_promised", "discounts")]
_SPENT = [KEPT.index(name) for name in ("ad_spend", "wages", "hiring", "storage", "write_offs")]
_GMV, _PROFIT = KEPT.index("gmv"), KEPT.index("profit")


@dataclass(frozen=True)
class Days:
    """The days on which levers count, and a store's totals of them."""

    first: dt.date
    last: dt.date

    def totals(self, run: Recorded) -> Array:
        """[n_kept] or [n_runs, n_kept]."""
        found = [np.asarray(run.sums(name, None, self.first, self.last)) for name in KEPT]
        return np.stack(found, axis=-1)

    def span(self, runs: Recorded) -> slice:
        """The places of the days."""
        return slice((self.first - runs.start).days, (self.last - runs.start).days + 1)

    def stages(self, runs: Recorded) -> Array:
        """[3, 2] ad spend and GMV of the days spent in each stage, summed over runs."""
        span = self.span(runs)
        stage = runs.daily("stage")[..., span]
        spend, gmv = (runs.daily(name)[..., span] for name in ("ad_spend", "gmv"))
        return np.array([[spend[stage == s].sum(), gmv[stage == s].sum()] for s in range(3)])


@dataclass(frozen=True)
class AsItIs:
    """What levers are held against."""

    days: Days
    """Days on which they count."""

    since: dt.date | None
    """Day on which they begin; none: with the store."""

    level: Array
    """[n_runs] what the days to come sell in the light of those that are over, as a share of the run's; else 1."""

    base: Array
    """[n_runs, n_kept] totals of `days`, at that level."""

    year: Array
    """[n_runs] GMV of the whole year, CNY."""

    def at_level(self, totals: Array) -> Array:
        """Totals [n, n_kept] of the first n runs at the level that the days which are over have shown.

        What is a share of sales moves with them; what is bought, such as clicks and work, costs what it costs, and
        visitors are those of the run.
        """
        level = self.level[: totals.shape[0], np.newaxis]
        found = totals.copy()
        found[:, _OF_SALES] *= level
        spent = totals[:, _SPENT].sum(axis=1, keepdims=True)
        found[:, [_PROFIT]] = level * (totals[:, [_PROFIT]] + spent) - spent
        return found

    def lifted(self, runs: Array) -> Array:
        """[n_runs] GMV of the year with what a mix brings; `runs` [n, n_kept] are of the first n runs, at the level.

        Every run is lifted by the ratio of a paired run.
        """
        base = self.base[:, _GMV]
        own = base[: runs.shape[0]]
        ratio = np.divide(runs[:, _GMV], own, out=np.ones(own.size), where=own > 0)
        return self.year + base * (ratio[np.arange(base.size) % own.size] - 1.0)


def as_it_is(ensemble: Ensemble, year: int, since: dt.date | None = None, begun: Begun | None = None) -> AsItIs:
    """The store without levers in a year.

    Parameters
    ----------
    since
        Day on which levers begin; if not given, the day after those that are over, or the first of the year.
    begun
        The year in the light of the days that are over, its paths being the ensemble's runs.

    Raises
    ------
    PlanError
        If no day of the year is simulated.
    UsageError
        If levers were to begin on a day that is over, or on none of the year.
    """
    first, last = max(ensemble.start, dt.date(year, 1, 1)), min(ensemble.last_day, dt.date(year, 12, 31))
    if last < first:
        raise PlanError(f"no day of {year} is simulated, so that no lever can be tried on it")
    earliest = first if begun is None else begun.last + dt.timedelta(days=1)
    if since is not None and not earliest <= since <= last:
        raise UsageError(f"levers can begin from {earliest} to {last}, and not on {since}")
    begin = since or earliest
    days = Days(begin, last)
    level = np.ones(ensemble.n_runs)
    if begun is None:
        outcomes = np.asarray(ensemble.sums("gmv", None, first, last))
    else:
        outcomes = begun.year
        simulated = np.asarray(ensemble.sums("gmv", None, earliest, last))
        np.divide(begun.year - begun.sold, simulated, out=level, where=simulated > 0.0)
    found = AsItIs(days, begin if begin > ensemble.start else None, level, np.empty(0), outcomes)
    return AsItIs(days, found.since, level, found.at_level(days.totals(ensemble)), outcomes)
