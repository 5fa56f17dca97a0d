"""What a run leaves behind: draws, tidy tables, and the reports people read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from storesim.results.archive import save_draws
from storesim.results.attribution import attribution_csv
from storesim.results.cohorts import cohorts_csv
from storesim.results.daily import daily_csv
from storesim.results.devices import devices_csv
from storesim.results.files import write_whole
from storesim.results.groups import groups_csv
from storesim.results.parquet import save_parquet
from storesim.results.tables import csv_bytes, number_texts, plain_text
from storesim.runs.incremental import Incremental, incremental_csv, read_incremental

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook
    from storesim.plan.goals import Goals
    from storesim.plan.replan import Replan
    from storesim.results.ensemble import Ensemble
    from storesim.scenario.document import Scenario

DRAWS: Final = "draws.npz"
PARQUET: Final = "draws.parquet"
DAILY: Final = "daily.csv"
FORECAST: Final = "forecast.csv"
MEMBERS: Final = "members.csv"
ATTRIBUTION: Final = "attribution.csv"
KEYWORDS: Final = "keywords.csv"
DEVICES: Final = "devices.csv"
GOALS: Final = "goals.csv"
GAP: Final = "gap.csv"
INCREMENTAL: Final = "incremental.csv"
ACTUALS: Final = "actuals.csv"
REPORT: Final = "report.html"
WORKBOOK: Final = "plan.xlsx"
RECORD: Final = "run.json"

OF_RUNS: Final = (DRAWS, DAILY, PARQUET, MEMBERS, ATTRIBUTION, KEYWORDS, DEVICES)
"""Data files that follow from the runs alone, whatever is forecast and planned; some scenarios have fewer."""

LEVELS: Final = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


def write_data(
    folder: Path,
    ensemble: Ensemble,
    outlook: Outlook,
    goals: Goals | None,
    whole: tuple[str, ...] = (),
    *,
    parquet: bool = False,
) -> tuple[str, ...]:
    """Write the files a program reads; give their names. The same results give the same bytes.

    Parameters
    ----------
    whole
        Those of `OF_RUNS` that stand in the folder already, as these very runs left them.
    parquet
        Write the draws as `draws.parquet` too.
    """
    draws, daily, *more = whole or _write_runs(folder, ensemble, parquet=parquet)
    write_forecast(folder / FORECAST, outlook)
    names = (draws, daily, FORECAST, *more)
    (folder / GOALS).unlink(missing_ok=True)
    if goals is None:
        return names
    write_goals(folder / GOALS, goals)
    return (*names, GOALS)


def _write_runs(folder: Path, ensemble: Ensemble, *, parquet: bool) -> tuple[str, ...]:
    save_draws(folder / DRAWS, ensemble)
    write_whole(folder / DAILY, daily_csv(ensemble))
    names: tuple[str, ...] = (DRAWS, DAILY)
    # What an earlier run left in this folder would be taken for this one's.
    for name in (PARQUET, MEMBERS, ATTRIBUTION, KEYWORDS, DEVICES):
        (folder / name).unlink(missing_ok=True)
    if parquet:
        save_parquet(folder / PARQUET, ensemble)
        names += (PARQUET,)
    if ensemble.cohorts.size:
        write_whole(folder / MEMBERS, cohorts_csv(ensemble))
        names += (MEMBERS,)
    if ensemble.attributed.size:
        write_whole(folder / ATTRIBUTION, attribution_csv(ensemble))
        names += (ATTRIBUTION,)
    if ensemble.groups:
        write_whole(folder / KEYWORDS, groups_csv(ensemble))
        names += (KEYWORDS,)
    if ensemble.devices:
        write_whole(folder / DEVICES, devices_csv(ensemble))
        names += (DEVICES,)
    return names


def write_reports(
    folder: Path,
    scenario: Scenario,
    ensemble: Ensemble,
    outlook: Outlook,
    goals: Goals | None,
    *,
    lang: str,
    origins: Mapping[str, str],
    incrementals: tuple[Incremental, ...] = (),
) -> tuple[str, ...]:
    """Write the files a person reads; give their names."""
    from storesim.report.writers import write_report

    for name in (REPORT, WORKBOOK):
        write_report(
            folder / name, scenario, ensemble, outlook, goals, lang=lang, origins=origins, incrementals=incrementals
        )
    return REPORT, WORKBOOK


def write_incremental(folder: Path, found: tuple[Incremental, ...]) -> tuple[str, ...]:
    """Write `incremental.csv`, or remove that of an earlier run where nothing was switched off; give its name."""
    if not found:
        (folder / INCREMENTAL).unlink(missing_ok=True)
        return ()
    write_whole(folder / INCREMENTAL, incremental_csv(found).encode("utf-8-sig"))
    return (INCREMENTAL,)


def kept_incremental(folder: Path, scenario: Scenario) -> tuple[Incremental, ...]:
    """What `write_incremental` wrote, read back; nothing if it wrote nothing."""
    path = folder / INCREMENTAL
    return read_incremental(path.read_text("utf-8-sig"), scenario.channels) if path.exists() else ()


def write_replan(folder: Path, replanned: Replan | None, actuals: str | Path | None) -> tuple[str, ...]:
    """Write `gap.csv` and keep the actuals it rests on; give their names.

    Parameters
    ----------
    actuals
        File to keep a copy of; None to leave the copy that is there.
    """
    names = write_gap(folder, replanned)
    if not names:
        (folder / ACTUALS).unlink(missing_ok=True)
        return ()
    if actuals is not None:
        write_whole(folder / ACTUALS, Path(actuals).read_bytes())
    return (*names, ACTUALS)


def write_gap(folder: Path, replanned: Replan | None) -> tuple[str, ...]:
    """Write `gap.csv`, or remove that of an earlier plan where nothing is planned again; give its name."""
    from storesim.plan.gap import gap_csv

    if replanned is None:
        (folder / GAP).unlink(missing_ok=True)
        return ()
    write_whole(folder / GAP, gap_csv(replanned.goals.gap).encode("utf-8-sig"))
    return (GAP,)


FORECAST_HEADER: Final = ("date", "channel", "kpi", "mean", *(f"p{100 * level:g}" for level in LEVELS))


def write_forecast(path: Path, outlook: Outlook) -> None:
    """Write `forecast.csv`: a row for each day, channel ("" for the store) and KPI, with mean and quantiles."""
    write_whole(path, csv_bytes(FORECAST_HEADER, forecast_rows(outlook)))


def forecast_rows(outlook: Outlook) -> Iterator[tuple[str, ...]]:
    """The rows of `forecast.csv`, as texts."""
    days = zip(*(_rows_of_scope(outlook, scope, name) for scope, name in outlook.scopes), strict=True)
    return ((date.isoformat(), *row) for date, day in zip(outlook.dates, days, strict=True) for row in day)


def write_goals(path: Path, goals: Goals) -> None:
    """Write `goals.csv`."""
    from storesim.plan.goals import goals_csv

    write_whole(path, goals_csv(goals).encode("utf-8-sig"))


def calendar_used(scenario: Scenario, today: dt.date | None = None) -> dict[str, object]:
    """What was known of the calendar: the library of holidays, and years whose holidays are not yet announced.

    Parameters
    ----------
    today
        Date of making; now if not given. China announces the holidays of a year in November of the year before.
    """
    today = today or dt.datetime.now(dt.UTC).date()
    announced = today.year + (today.month == 12)
    years = range(scenario.store.opened.year, scenario.last_day.year + 1)
    return {
        "holidays": metadata.version("holidays"),
        "first": scenario.store.opened.isoformat(),
        "last": scenario.last_day.isoformat(),
        "estimated_years": [year for year in years if year > announced],
        "events": [{"name": event.name, "from": str(event.first), "to": str(event.last)} for event in scenario.events],
    }


def _rows_of_scope(outlook: Outlook, scope: str | None, name: str) -> list[tuple[str, ...]]:
    figures = np.column_stack([outlook.mean(name, scope), outlook.quantiles(name, LEVELS, scope)])
    columns = [number_texts(figures[:, place], name) for place in range(figures.shape[1])]
    return [(plain_text(scope or ""), name, *row) for row in zip(*columns, strict=True)]
