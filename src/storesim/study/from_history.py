"""`plan --history`: a target broken down on the forecast of a store's own days, without simulating it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from storesim.errors import PlanError
from storesim.forecast.outlook import Outlook
from storesim.forecast.predict import predict
from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.plan.mix import shelf_of
from storesim.plan.replan import Replan, replan
from storesim.results.history import read_history
from storesim.scenario.document import Scenario
from storesim.study import files


@dataclass(frozen=True)
class Planned:
    """A target broken down on what the store's own days let expect."""

    outlook: Outlook
    goals: Goals
    folder: Path
    files: tuple[str, ...]
    replanned: Replan | None = None
    """Where the year has begun: the plan as it was before, and why what is over went as it did."""


def plan_history(
    scenario: Scenario,
    *history: str | Path,
    year: int | None = None,
    seed: int = 0,
    output: str | Path,
    columns: Mapping[str, str] | None = None,
) -> Planned:
    """Foretell a store's own days to the end of the year, break the target down on them, write goals and forecast.

    Where the days reach into the year, they count as they were and the rest is planned again, as `replan` does it: the
    plan before is that on the days before the year.

    Parameters
    ----------
    scenario
        Whose `targets` are broken down; nothing of it is simulated.
    history
        Files of daily figures, as `read_history` takes them; money in CNY.
    columns
        What headers are, as `read_history` takes it.
    year
        Calendar year of the target; the first that has a target if not given.
    output
        Folder for `goals.csv` and `forecast.csv`, and for `gap.csv` where the year has begun.

    Raises
    ------
    HistoryError
        If a file is wrong.
    ForecastError
        If its days do not bear a forecast.
    PlanError
        If there is no target, the history begins in its year, reaches beyond it or is in another currency, or the
        target cannot be broken down.
    """
    days = read_history(*history, columns=columns)
    if not scenario.targets:
        raise PlanError("the scenario has no target; write one under `targets`, or give --target")
    year = year or min(map(int, scenario.targets))
    ahead = (dt.date(year, 12, 31) - days.last_day).days
    if ahead < 1:
        raise PlanError(
            f"{days.name} ends on {days.last_day}, so nothing of {year} is left to plan; set a target for a later year"
        )
    if days.start.year == year:
        raise PlanError(
            f"{days.name} begins on {days.start}, in the year of the target, so that there is no plan to hold its days "
            f"against. Give days before {year} too, or set a target for {year + 1}"
        )
    if days.currency != "CNY":
        raise PlanError(f"{days.name} is in {days.currency} and the target in CNY; convert the history first")
    shelf = shelf_of(scenario.catalogue)
    outlook = predict(days, ahead, seed=seed)
    replanned = None
    if days.last_day.year == year:
        early = days.until(dt.date(year - 1, 12, 31))
        before = predict(early, (dt.date(year, 12, 31) - early.last_day).days, seed=seed)
        replanned = replan(before, scenario.targets, days, rest=outlook, year=year, shelf=shelf, events=scenario.events)
        goals = replanned.goals
    else:
        goals = break_down(outlook, scenario.targets, year=year, shelf=shelf, events=scenario.events)
    folder = Path(output)
    files.write_forecast(folder / files.FORECAST, outlook)
    files.write_goals(folder / files.GOALS, goals)
    written = files.write_gap(folder, replanned)
    return Planned(outlook, goals, folder, (files.FORECAST, files.GOALS, *written), replanned)
