"""Runs of a store's scenario over the days of its history and those to come."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from storesim.errors import UsageError
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
