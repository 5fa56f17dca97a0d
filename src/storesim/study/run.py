"""`run`: what would happen, what comes next, what must be done, in one call."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from storesim.errors import FileFaults, PlanError, UsageError
from storesim.forecast.outlook import Outlook
from storesim.forecast.predict import predict
from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.plan.mix import shelf_of
from storesim.plan.replan import Replan, replan
from storesim.results.archive import load_draws, read_record, write_record
from storesim.results.ensemble import Ensemble
from storesim.results.files import locked, sha256_of
from storesim.results.history import History, read_history
from storesim.results.parquet import need_parquet
from storesim.runs.incremental import Incremental, incrementals
from storesim.runs.many import replicate
from storesim.runs.parts import forget_held_parts, key_of, parts_of
from storesim.runs.stopping import StoppingRule
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario_with_origins
from storesim.study import files
from storesim.study.folder import find_run, point_latest, run_id
from storesim.study.lever_files import kept_levers, write_levers


@dataclass(frozen=True)
class Study:
    """One scenario simulated, forecast and broken down."""

    scenario: Scenario
    ensemble: Ensemble
    outlook: Outlook
    goals: Goals | None = None
    """None where the scenario has no target, or one that cannot be broken down."""

    replanned: Replan | None = None
    """Where actuals were given: the plan before them, and why what is over went as it did."""

    without_goals: str = ""
    """Why a target could not be broken down; empty if it was, or there is none."""

    origins: Mapping[str, str] = field(default_factory=dict)
    """Where each setting was written, by dotted path; empty for a scenario made in Python."""

    folder: Path | None = None
    """Where the files are; None if none were asked for."""

    files: tuple[str, ...] = ()
    """Names of the files in `folder`."""

    incrementals: tuple[Incremental, ...] = ()
    """What each paid channel truly adds; empty unless asked for."""

    played: bool = True
    """False where the run had been finished before, so that its files were only written again."""


def run(
    scenario: Scenario | str | Path,
    n_runs: int | Literal["auto"] = 200,
    seed: int = 0,
    *,
    overrides: Sequence[str] = (),
    year: int | None = None,
    output: str | Path | None = None,
    lang: str = "en",
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
    resume: bool = False,
    needs_goals: bool = False,
    actuals: str | Path | None = None,
    rule: StoppingRule | None = None,
    parquet: bool = False,
    incremental_runs: int = 0,
) -> Study:
    """Simulate, forecast, break down and report.

    Parameters
    ----------
    scenario
        A scenario, or the path of one.
    overrides
        Settings laid over the file, such as `channels.express.daily_budget=450`.
    year
        Year whose target is broken down; the first that has a target and simulated days if not given.
    output
        Folder that gets a folder for this run, named by what it rests on, and `latest`, which leads to it. Nothing is
        written if not given.
    lang
        "zh" or "en": language of the reports.
    resume
        Go on where an interrupted run stopped; a run that is finished is not played again, only its files are written.
    needs_goals
        Refuse, before anything is simulated, a scenario without a target that could be planned.
    actuals
        File of the days of the year that are over, as `read_history` takes it: the rest of the year is planned again,
        and `gap.csv` says why what is over differs from the plan.
    parquet
        Write the draws as `draws.parquet` too.
    incremental_runs
        Play so many of the runs again without each paid channel, and with a tenth more of it; 0: none.
    n_runs, seed, jobs, executor, progress, rule
        As in `replicate`.

    Raises
    ------
    ScenarioError
        If the file is wrong.
    UsageError
        If an argument cannot be, or there is no target for `year`.
    HistoryError
        If the file of actuals is wrong.
    PlanError
        If the year asked for is not simulated, or the actuals do not fit it.
    RunError
        If a run fails or a file cannot be written.
    MissingExtra
        If `parquet` is asked for and pyarrow is not installed.
    """
    if parquet:
        need_parquet()
    read, origins = read_with_origins(scenario, overrides)
    if year is not None or needs_goals:
        _refuse_unplannable(read, year)
    history = None if actuals is None else read_history(actuals)
    folder = None if output is None else Path(output) / run_id(read, n_runs, seed, rule)
    timings: dict[str, float] = {}
    with ExitStack() as held:
        finished = _finished(folder, read, seed) if folder is not None and resume else None
        if finished is not None and folder is not None:
            held.enter_context(locked(parts_of(folder)))
            timings["simulate"] = read_record(folder)["timings_s"]["simulate"]
            ensemble = finished
        else:
            with _timed(timings, "simulate"):
                ensemble = replicate(
                    read, n_runs, seed, jobs=jobs, executor=executor, progress=progress, folder=folder, resume=resume,
                    held=held, rule=rule,
                )  # fmt: skip
        added = () if not incremental_runs else incrementals(
            read, ensemble, incremental_runs, jobs=jobs, executor=executor, progress=progress
        )  # fmt: skip
        return follow_up(
            read, ensemble, origins=origins, timings=timings, year=year, folder=folder, lang=lang, actuals=actuals,
            history=history, played=finished is None, parquet=parquet, added=added,
        )  # fmt: skip


def follow_up(
    scenario: Scenario,
    ensemble: Ensemble,
    *,
    origins: Mapping[str, str],
    timings: Mapping[str, float],
    year: int | None = None,
    folder: Path | None = None,
    lang: str = "en",
    actuals: str | Path | None = None,
    history: History | None = None,
    played: bool = True,
    parquet: bool = False,
    added: tuple[Incremental, ...] = (),
) -> Study:
    """What follows from an ensemble: its forecast, its plan and, in `folder`, every file and `latest`.

    Parameters
    ----------
    origins, played, added
        As in `Study`, `added` as its `incrementals`.
    timings
        Seconds spent so far, by step.
    folder
        Folder of the run, held by the caller (`parts.parts_of`); nothing is written if not given.
    history
        What is in the file `actuals`.
    year, lang, actuals, parquet
        As in `run`; errors too.
    """
    spent = dict(timings)
    with _timed(spent, "forecast"):
        outlook = predict(ensemble)
    with _timed(spent, "break_down"):
        study = _planned(
            Study(scenario, ensemble, outlook, origins=origins, incrementals=added, played=played), year, history
        )
    if folder is None:
        return study
    key = key_of(scenario, ensemble.provenance.seed)
    written = _written(study, folder, lang, spent, key, actuals=actuals, parquet=parquet)
    point_latest(folder)
    return written


def reopen(path: str | Path, scenario: Scenario | None = None) -> Study:
    """What `run` left in a folder: the scenario it noted, its draws, and what follows from them.

    Parameters
    ----------
    path
        Folder of a run, or the folder that holds `latest`.
    scenario
        The scenario of those draws, where the caller has it; read from `run.json` if not given.

    Raises
    ------
    FileFaults
        If the folder holds no run, or a file of it is damaged.
    """
    folder = find_run(Path(path))
    record = read_record(folder)
    noted = scenario or Scenario.model_validate(record["scenario"])
    ensemble = load_draws(folder / files.DRAWS)
    outlook = predict(ensemble)
    asked = record["settings"].get("target")
    study = Study(
        noted, ensemble, outlook, origins=record["origins"], incrementals=files.kept_incremental(folder, noted),
        folder=folder, files=tuple(record["files"]),
    )  # fmt: skip
    kept = folder / files.ACTUALS
    found = _planned(study, asked and asked["year"], read_history(kept) if files.ACTUALS in study.files else None)
    return found if found.goals is None else replace(found, goals=replace(found.goals, levers=kept_levers(folder)))


def write_again(study: Study, lang: str = "en", *, parquet: bool = False) -> Study:
    """Write the reports of a reopened study anew, in the language asked for; `latest` stays where it leads.

    `draws.parquet` is written if `parquet` asks for it, or if it was there.

    Raises
    ------
    UsageError
        If the study has no folder.
    """
    if parquet:
        need_parquet()
    if study.folder is None:
        raise UsageError("this study was not written to a folder; give `output` to `run`")
    with locked(parts_of(study.folder)):
        record = read_record(study.folder)
        parquet = parquet or files.PARQUET in study.files
        whole = _whole(study, record)
        return _written(
            study, study.folder, lang, record["timings_s"], record.get("rests_on", {}), parquet=parquet,
            whole=whole if parquet is (files.PARQUET in whole) else (),
        )  # fmt: skip


def read_with_origins(
    scenario: Scenario | str | Path, overrides: Sequence[str] = ()
) -> tuple[Scenario, Mapping[str, str]]:
    """The scenario of a path, or the one given, and where each setting was written, seen from the file's folder.

    Raises
    ------
    ScenarioError
        If the file is wrong.
    UsageError
        If there are overrides and no file.
    """
    if not isinstance(scenario, Scenario):
        read, origins = read_scenario_with_origins(scenario, overrides)
        return read, {setting: _beside(scenario, where) for setting, where in origins.items()}
    if overrides:
        raise UsageError("overrides are laid over a file; use Scenario.with_ for a scenario made in Python")
    return scenario, {}


def _planned(study: Study, year: int | None, history: History | None = None) -> Study:
    if not study.scenario.targets:
        return study
    targets, events = study.scenario.targets, study.scenario.events
    shelf = shelf_of(study.scenario.catalogue, study.ensemble)
    if history is not None:
        again = replan(study.outlook, targets, history, year=year, shelf=shelf, events=events)
        return replace(study, goals=again.goals, replanned=again)
    try:
        return replace(study, goals=break_down(study.outlook, targets, year=year, shelf=shelf, events=events))
    except PlanError as error:
        # What was simulated is worth reading even where its target cannot be.
        return replace(study, without_goals=str(error))


def _refuse_unplannable(scenario: Scenario, year: int | None) -> None:
    """Raise if no target, or not that of the year asked for, can be planned on the days to be simulated."""
    targets, first, last = scenario.targets, scenario.store.opened, scenario.last_day
    if not targets:
        raise PlanError("the scenario has no target; write one under `targets`, or give --target")
    if year is not None and str(year) not in targets:
        raise UsageError(f"there is no target for {year}; targets are set for {', '.join(sorted(targets))}")
    asked = sorted(targets) if year is None else [str(year)]
    if not any(first.year <= int(name) <= last.year or targets[name].is_sheet for name in asked):
        raise PlanError(
            f"no day of {' or '.join(asked)} is simulated: {scenario.store.name} runs from {first} to {last}. "
            "Set the target for another year, or another `store.opened` or `horizon`"
        )


def _beside(scenario: str | Path, where: str) -> str:
    """An origin seen from the folder of the scenario: a report does not change with the way its file was named."""
    file = Path(scenario)
    if where.startswith(f"{scenario}:"):
        return file.name + where.removeprefix(str(scenario))
    return where if str(file.parent) == "." else where.removeprefix(f"{file.parent}{os.sep}")


def _finished(folder: Path, scenario: Scenario, seed: int) -> Ensemble | None:
    """The draws of a run that was finished in a folder; None if there are none, whole and made by this very code."""
    try:
        record = read_record(folder)
        if record.get("rests_on") != key_of(scenario, seed):
            return None
        draws = folder / files.DRAWS
        return load_draws(draws) if sha256_of(draws) == record["files"][files.DRAWS]["sha256"] else None
    except (FileFaults, OSError):
        return None


def _written(
    study: Study,
    folder: Path,
    lang: str,
    timings: Mapping[str, float],
    rests_on: Mapping[str, object],
    *,
    actuals: str | Path | None = None,
    parquet: bool = False,
    whole: tuple[str, ...] = (),
) -> Study:
    """Write everything but the data files that are `whole`; for who holds the folder."""
    spent = dict(timings)
    with _timed(spent, "write"):
        names = files.write_data(folder, study.ensemble, study.outlook, study.goals, whole, parquet=parquet)
        names += files.write_replan(folder, study.replanned, actuals)
        names += write_levers(folder, study.scenario, study.goals)
        names += files.write_incremental(folder, study.incrementals)
    with _timed(spent, "report"):
        names += files.write_reports(
            folder, study.scenario, study.ensemble, study.outlook, study.goals, lang=lang, origins=study.origins,
            incrementals=study.incrementals,
        )  # fmt: skip
    write_record(
        folder,
        study.ensemble,
        scenario=study.scenario.model_dump(mode="json", by_alias=True),
        origins=study.origins,
        calendar=files.calendar_used(study.scenario),
        timings=spent,
        files=names,
        settings=_asked(study, lang),
        rests_on=rests_on,
    )
    forget_held_parts(folder)
    return replace(study, folder=folder, files=(*names, files.RECORD))


def _whole(study: Study, record: Mapping[str, Any]) -> tuple[str, ...]:
    """Data files of a folder that need not be written again: this very code made them and nobody touched them."""
    if study.folder is None or record.get("rests_on") != key_of(study.scenario, study.ensemble.provenance.seed):
        return ()
    noted = {name: record["files"][name]["sha256"] for name in files.OF_RUNS if name in record["files"]}
    untouched = all(
        (study.folder / name).is_file() and sha256_of(study.folder / name) == digest for name, digest in noted.items()
    )
    return tuple(noted) if untouched else ()


def _asked(study: Study, lang: str) -> dict[str, Any]:
    target = None if study.goals is None else {"year": study.goals.year, "gmv": study.goals.target}
    return {"lang": lang, "method": study.outlook.method, "target": target}


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    timings[step] = time.perf_counter() - began
