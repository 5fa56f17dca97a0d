"""Runs of a store's scenario over the days of its history and those to come."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from storesim.errors import UsageError
from storesim.forecast.days import days_of_history
from storesim.forecast.opening import first_trading_day
from storesim.results.ensemble import Ensemble
from storesim.results.history import History
from storesim.runs.many import Progress, replicate
from storesim.scenario.load import read_scenario


def simulated_for(
    scenario: str | Path,
    history: History,
    horizon_days: int,
    *,
    n_runs: int = 60,
    seed: int = 0,
    progress: Progress | None = None,
) -> Ensemble:
    """Runs from the day the scenario's store opened to the last day that is to be foretold.

    Raises
    ------
    UsageError
        If the store opens after the last known day.
    """
    store = read_scenario(scenario)
    last = history.last_day + dt.timedelta(days=horizon_days)
    opened = store.store.opened
    if opened > history.last_day:
        raise UsageError(
            f"the store of {Path(scenario).name} opens on {opened}, after the last known day {history.last_day}; "
            "set `store.opened` to the day it did"
        )
    needed = (last - opened).days + 1
    return replicate(store.with_({"horizon": needed}), n_runs, seed, progress=progress)


def opened_by(scenario: str | Path, history: History) -> dt.date | None:
    """The scenario's opening day, if its store is new on it; None if reviews, members or known visitors are older."""
    store = read_scenario(scenario)
    operations = store.operations
    first = first_trading_day(days_of_history(history))
    old = operations.reviews.opening.total > 0 or operations.members.opening > 0
    return None if old or (first is not None and first < store.store.opened) else store.store.opened
