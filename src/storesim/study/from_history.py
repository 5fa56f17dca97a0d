"""`plan --history`: a target broken down on the forecast of a store's own days, without simulating it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from storesim.errors import PlanError
from storesim.forecast.outlook import Outlook
from storesim.forecast.predict import predict
from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.plan.mix import shelf_of
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


def plan_history(
    scenario: Scenario, history: str | Path, *, year: int | None = None, seed: int = 0, output: str | Path
) -> Planned:
    """Foretell a store's own days to the end of the year, break the target down on them, write goals and forecast.

    Parameters
    ----------
    scenario
        Whose `targets` are broken down; nothing of it is simulated.
    history
        File of daily figures, as `read_history` takes them; money in CNY.
    year
        Calendar year of the target; the first that has a target if not given.
    output
        Folder for `goals.csv` and `forecast.csv`.

    Raises
    ------
    HistoryError
        If the file is wrong.
    ForecastError
        If its days do not bear a forecast.
    PlanError
        If there is no target, the history reaches into its year or beyond or is in another currency, or the target
        cannot be broken down.
    """
    days = read_history(history)
    if not scenario.targets:
        raise PlanError("the scenario has no target; write one under `targets`, or give --target")
    year = year or min(map(int, scenario.targets))
    ahead = (dt.date(year, 12, 31) - days.last_day).days
    if ahead < 1:
        raise PlanError(
            f"{days.name} ends on {days.last_day}, so nothing of {year} is left to plan; set a target for a later year"
        )
    if days.last_day.year == year:
        raise PlanError(
            f"{days.name} reaches into {year}, up to {days.last_day}; the rest of a year that has begun cannot be "
            f"planned yet. Give the days up to {year - 1}-12-31, or set a target for {year + 1}"
        )
    if days.currency != "CNY":
        raise PlanError(f"{days.name} is in {days.currency} and the target in CNY; convert the history first")
    outlook = predict(days, ahead, seed=seed)
    shelf = shelf_of(scenario.catalogue)
    goals = break_down(outlook, scenario.targets, year=year, shelf=shelf, events=scenario.events)
    folder = Path(output)
    files.write_forecast(folder / files.FORECAST, outlook)
    files.write_goals(folder / files.GOALS, goals)
    return Planned(outlook, goals, folder, (files.FORECAST, files.GOALS))
