"""`storesim plan`: an annual target as goals of quarters and months."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from storesim.cli.options import FILE, Money, columns_given, refuse_options, studying
from storesim.cli.session import Session
from storesim.errors import PlanError, UsageError

if TYPE_CHECKING:
    from storesim.scenario.document import Scenario
    from storesim.study.run import Study


@click.command("plan")
@click.argument("scenario", type=FILE)
@click.option("--target", type=Money(), metavar="AMOUNT", help="GMV of the year, such as 500万; else as in SCENARIO.")
@click.option("--year", type=click.IntRange(2000, 2100), help="Year of the target; else as in SCENARIO.")
@click.option("--history", type=FILE, multiple=True, metavar="FILE",
              help="Forecast from these daily figures; nothing is simulated. Repeatable.")  # fmt: skip
@click.option("--actuals", type=FILE, metavar="FILE", help="Days of the year that are over; the rest is planned again.")
@click.option("--levers", is_flag=True, help="Try budgets, bids, prices, events, staff, stock; find the cheapest mix.")
@click.option("--lever-budget", type=Money(), metavar="AMOUNT", help="Most that the levers may cost in the year.")
@click.option("--levers-from", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Day on which levers begin; else the day after --actuals, or the first of the year.")  # fmt: skip
@columns_given
@studying
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    scenario: Path,
    target: float | None,
    year: int | None,
    history: tuple[Path, ...],
    actuals: Path | None,
    levers: bool,
    lever_budget: float | None,
    levers_from: dt.datetime | None,
    runs: int | Literal["auto"],
    output: Path | None,
    fail_under: float | None,
    overrides: tuple[str, ...],
    **options: Any,
) -> None:
    """What must each quarter bring? 把年度目标分解到季度和月：PV、UV、转化率、客单价。

    Simulates SCENARIO, and breaks the annual target down the most likely way: PV, UV, CVR and AOV of each quarter and
    month, what each channel must bring and cost, and the chance of each goal. Writes the same files as `run`; with
    --history only goals.csv and forecast.csv. With --actuals, or where --history reaches into the year, elapsed days
    count as they were, the rest of the year is planned again, and gap.csv says how much of the gap to the plan is due
    to visitors, conversion and value per buyer, and to each channel that is told apart; --fail-under is the line below
    which the chance may not fall.

    With --levers each budget, bid, commission, the discount, the chat agents, the stock, and sales and slots the store
    has not joined are tried on the same luck; the cheapest mix that brings what is missing, without what brings nothing
    in it, is simulated before it is shown, and the chance stated again. With --actuals they begin on the day after, so
    that nothing is asked of days that are over, and bring what the rest of the year lacks; --levers-from says another.

    \b
    Examples:
      storesim plan scenarios/elena_mileva.yaml
      storesim plan scenarios/elena_mileva.yaml --target 500万 --year 2027
      storesim plan scenarios/elena_mileva.yaml --fail-under 50%
      storesim plan scenarios/elena_mileva.yaml --history my_store.csv --year 2027
      storesim plan scenarios/elena_mileva.yaml --target 600万 --levers --lever-budget 50万
      storesim plan scenarios/elena_mileva.yaml --actuals to_date.csv --fail-under 50%
      storesim plan scenarios/elena_mileva.yaml --actuals to_date.csv --levers --levers-from 2027-09-01
    """
    from storesim.scenario.load import read_scenario
    from storesim.study.run import run

    if target is not None:
        year = year or _year_of(scenario, overrides)
        overrides = (*overrides, f"targets.{year}.gmv={target!r}")
    columns = options.pop("columns")
    if history:
        refuse_options("--history", "runs", "jobs", "executor", "resume", "actuals", "levers", "lever-budget",
                       "levers-from")  # fmt: skip
        folder = output or Path("outputs") / scenario.stem / history[0].stem
        how = {"year": year, "seed": options["seed"], "output": folder, "columns": columns}
        _from_history(session, read_scenario(scenario, overrides), history, how=how, fail_under=fail_under)
        return
    if columns:
        raise UsageError("--column and --columns say what the headers of --history are; there is no --history")
    since = None if levers_from is None else levers_from.date()
    if since is not None:
        _refuse_day(since, scenario, overrides, actuals)
    if output is None:
        output = Path("outputs") / scenario.stem / (actuals.stem if actuals else "")
    with session.simulating() as progress:
        study = run(
            scenario, runs, overrides=overrides, year=year, output=output,
            lang=session.lang, progress=progress, needs_goals=True, actuals=actuals, **options,
        )  # fmt: skip
    if not study.played:
        session.remark("run.finished")
    if levers or lever_budget is not None or since is not None:
        from storesim.study.levers import pull_levers

        with session.progress(session.phrase("levers.trying")) as progress:
            study = pull_levers(
                study, most=lever_budget or math.inf, since=since, lang=session.lang, jobs=options["jobs"],
                executor=options["executor"], progress=progress,
            )  # fmt: skip
    _show(session, study)
    if fail_under is not None:
        session.gate(study.goals, fail_under)


def _show(session: Session, study: Study) -> None:
    from storesim.cli.commands.run import document, show_files
    from storesim.cli.tables import show_channel_goals, show_gap, show_goals, show_levers
    from storesim.plan.joins import has_slots

    goals = study.goals
    if goals is None:
        raise PlanError(study.without_goals)
    if session.as_json:
        session.json(document(study))
        return
    show_goals(session, goals, months=True)
    show_channel_goals(session, goals)
    if study.replanned is not None:
        show_gap(session, study.replanned)
    if goals.levers is not None:
        show_levers(session, goals.levers, has_slots=has_slots(study.scenario))
    show_files(session, study)


def _from_history(
    session: Session, scenario: Scenario, history: tuple[Path, ...], *, how: dict[str, Any], fail_under: float | None
) -> None:
    from storesim.cli.commands.run import goals_document
    from storesim.cli.tables import show_channel_goals, show_gap, show_goals
    from storesim.study.from_history import plan_history

    planned = plan_history(scenario, *history, **how)
    if session.as_json:
        names = [str(planned.folder / name) for name in planned.files]
        session.json({"files": names, "goals": goals_document(planned.goals)})
    else:
        show_goals(session, planned.goals, months=True)
        show_channel_goals(session, planned.goals)
        if planned.replanned is not None:
            show_gap(session, planned.replanned)
        session.heading(session.phrase("files.title"))
        for name in planned.files:
            session.line(f"  {planned.folder / name}")
    if fail_under is not None:
        session.gate(planned.goals, fail_under)


def _refuse_day(since: dt.date, path: Path, overrides: tuple[str, ...], actuals: Path | None) -> None:
    """Wrong usage, before anything is simulated, if levers were to begin on a day that is over or not simulated."""
    from storesim.results.history import read_history
    from storesim.scenario.load import read_scenario

    scenario = read_scenario(path, overrides)
    first, last = scenario.store.opened, scenario.last_day
    if actuals is not None:
        first = max(first, read_history(actuals).last_day + dt.timedelta(days=1))
    if not first <= since <= last:
        raise UsageError(f"levers can begin from {first} to {last}, and not on {since}")


def _year_of(path: Path, overrides: tuple[str, ...]) -> int:
    from storesim.scenario.load import read_scenario

    scenario = read_scenario(path, overrides)
    return min(map(int, scenario.targets), default=scenario.store.opened.year)
