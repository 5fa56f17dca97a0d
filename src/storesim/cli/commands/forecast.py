"""`storesim forecast`: the days after a history."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storesim.cli.options import FILE, columns_given, output, playing, refuse_options, refuse_without, speaking
from storesim.cli.session import Session
from storesim.cli.streams import tell

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import ArrayLike

    from storesim.forecast.levers import Plan
    from storesim.forecast.outlook import Outlook
    from storesim.results.ensemble import Ensemble
    from storesim.results.history import History


@click.command("forecast")
@click.argument("history", type=FILE, nargs=-1, required=True)
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True, help="Days to foretell.")
@click.option("--method", default="auto", show_default=True, metavar="NAME", help="How; an unknown name lists them.")
@click.option("--paths", type=click.IntRange(2, 100_000), default=1000, show_default=True, help="Paths to draw.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all chance.")
@click.option("--backtest", is_flag=True, help="Hold past forecasts against what came, instead of foretelling.")
@click.option(
    "--scenario",
    type=FILE,
    help="The same store as a scenario: its simulation stands in for days that are missing yet.",
)
@click.option(
    "--opened",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Day the store opened: how it grows on depends on its age. That of --scenario if not said and new then.",
)
@click.option("--planned", type=FILE, help="The scenario with what is planned; beside --scenario, without it.")
@click.option("--future", type=FILE, help="A file of days to come: date, and planned ad spend, discount or price.")
@click.option(
    "--set",
    multiple=True,
    metavar="NAME=VALUE",
    help="The same for every day, such as ad_spend=500, ad_spend@express=300 or discount=8折; repeatable.",
)
@click.option("--runs", type=click.IntRange(2, 10_000), default=60, show_default=True, help="Runs of the scenarios.")
@click.option("--picture", is_flag=True, help="Draw forecast.svg: the last known days and the bands of those to come.")
@click.option("--strict", is_flag=True, help="Refuse figures with missing days, or anything else worse than a note.")
@click.option("--by", metavar="HEADER", help="Column that names the series of a long table: each is foretold alone.")
@click.option("--each", is_flag=True, help="Each FILE is a series of its own, instead of all being one store.")
@playing
@columns_given
@output("Folder for what is written; outputs/<name of the file> if not said.")
@speaking
@click.pass_obj
def command(
    session: Session, /, *, history: tuple[Path, ...], days: int, method: str, output: Path | None, **options: Any
) -> None:
    """What comes next for my own daily figures? 根据自己的日数据预测未来。

    HISTORY is a file of days, CSV or .xlsx: a date, and any of UV, PV, buyers, orders, units, GMV, ad spend, under
    their Chinese or English names, as the exports of 商智, 京准通 and 生意参谋 write them. Several files become one
    history: the report of the store, those of its sources and ads. The folder of a run will do as well: then the days
    after the simulated ones are foretold. Writes forecast.csv: a row for each day and KPI with its mean and quantiles.
    What was assumed in reading, and what is odd about the figures, is said on standard error (`diagnose --data`); with
    --strict, missing days and other warnings are refused instead.

    With --backtest, past forecasts of as many days are held against what came, beside the last week again and ETS:
    backtest.csv has errors and coverage of each KPI, backtest.svg shows them.

    With --scenario, a store of few days is foretold from its simulation, moved to the level of the days known; the
    more days there are, the more paths carry them on alone. With --planned as well, the forecast answers what a change
    of budget, price or events makes of it, by how far the two simulations lie apart. Without a scenario, --opened tells
    the age of the store: a young one goes on as others of its age did.

    With --future or --set, the days answer to ad spend, a discount or a price that is planned, as they did to it in the
    past: by an elasticity learned from the history and shrunk to what is usual. What is not planned goes on as it was.

    With --by or --each, many series are foretold at once, shared by --jobs processes: one forecast.csv has them all, a
    column of series before the others. One that cannot be foretold is named, and the status is 3.

    \b
    Examples:
      storesim forecast store.xlsx express.csv --days 90
      storesim forecast store.xlsx --days 28 --backtest
      storesim forecast first_months.csv --opened 2026-09-01 --days 365
      storesim forecast store.xlsx express.csv --set ad_spend@express=450 --picture
      storesim forecast all_stores.csv --by 店铺 --days 28 --jobs 2
      storesim forecast first_weeks.csv --scenario my_store.yaml --planned my_store_618.yaml
    """
    from storesim.forecast.predict import predict
    from storesim.study.files import FORECAST, write_forecast

    if options["by"] is not None or options["each"]:
        from storesim.cli.many import foretell_many

        foretell_many(session, history, output, days=days, method=method, options=options)
        return
    refuse_without("--by or --each", "jobs", "executor")
    source, folder, currency = _source(history, options["columns"], strict=options["strict"])
    if options["backtest"]:
        refuse_options("--backtest", "scenario", "opened", "planned", "future", "set", "paths", "runs", "picture")
        _backtest(session, source, output or folder, days=days, method=method, seed=options["seed"])
        return
    seed = options["seed"]
    prior, planned = _simulated(session, source, days, options)
    plan = _plan(source, days, options["future"], options["set"])
    paths = options["paths"]
    opened = _opened(source, options)
    outlook = predict(
        source, days, method, n_paths=paths, seed=seed, prior=prior, planned=planned, plan=plan, opened=opened
    )
    files = [(output or folder) / FORECAST]
    write_forecast(files[0], outlook)
    if options["picture"]:
        from storesim.study.backtested import FORECAST_PICTURE, write_forecast_picture

        files.append(files[0].with_name(FORECAST_PICTURE))
        write_forecast_picture(files[1], outlook, plan, session.lang)
    if session.as_json:
        session.json({"currency": currency, **_document(outlook, files), **_of_source(source)})
    else:
        _say_source(session, source, history)
        _show(session, outlook, history[0], files, currency=currency)


def _source(paths: tuple[Path, ...], columns: dict[str, str], *, strict: bool) -> tuple[History | Ensemble, Path, str]:
    """The days to carry on, the folder for what follows from them, and the currency of their amounts."""
    from storesim.results.findings import refuse_odd
    from storesim.results.history import read_history

    path = paths[0]
    if path.is_dir() and len(paths) == 1:
        # Only the folder of a run has a scenario, and its settings take as long to load as a forecast to make.
        from storesim.results.archive import load_draws
        from storesim.study.files import DRAWS
        from storesim.study.folder import find_run

        folder = find_run(path)
        return load_draws(folder / DRAWS), folder / "next", "CNY"
    days = read_history(*paths, columns=columns)
    if strict:
        refuse_odd(days.findings, str(path))
    return days, Path("outputs") / path.stem, days.currency


def _simulated(
    session: Session, source: History | Ensemble, days: int, options: dict[str, Any]
) -> tuple[Ensemble | None, Ensemble | None]:
    """Runs of the scenario and of the plan, if they are given."""
    given = [options["scenario"], options["planned"]]
    if given == [None, None]:
        return None, None
    from storesim.errors import UsageError
    from storesim.results.history import History
    from storesim.study.prior import simulated_for

    if given[0] is None:
        raise UsageError("--planned is held against --scenario, the same store without the plan; give both")
    if not isinstance(source, History):
        raise UsageError("--scenario stands in for days that are missing; give a file of days, not the folder of a run")
    made: list[Ensemble | None] = [None, None]
    for place, path in enumerate(given):
        if path is not None:
            with session.simulating() as progress:
                made[place] = simulated_for(
                    path, source, days, n_runs=options["runs"], seed=options["seed"], progress=progress
                )
    return made[0], made[1]


def _opened(source: History | Ensemble, options: dict[str, Any]) -> dt.date | None:
    """The day the store opened: as told, else as a scenario of a new store has it."""
    from storesim.results.history import History

    if options["opened"] is not None:
        told: dt.datetime = options["opened"]
        return told.date()
    if options["scenario"] is None or not isinstance(source, History):
        return None
    from storesim.study.prior import opened_by

    return opened_by(options["scenario"], source)


def _plan(source: History | Ensemble, days: int, file: Path | None, wanted: tuple[str, ...]) -> Plan:
    """What is planned for the days to come; one word for every day goes before the file."""
    if file is None and not wanted:
        return {}
    from storesim.errors import UsageError
    from storesim.forecast.days import days_of_history
    from storesim.results.history import History
    from storesim.results.planned_days import planned_value, read_plan

    if not isinstance(source, History):
        raise UsageError("--future and --set plan for a file of days; change the scenario of a run instead")
    plan: dict[str, ArrayLike] = {}
    if file is not None:
        plan |= read_plan(str(file), days_of_history(source).next_day, days)
    return plan | dict(map(planned_value, wanted))


def _backtest(session: Session, source: History | Ensemble, folder: Path, *, days: int, method: str, seed: int) -> None:
    from dataclasses import asdict

    from storesim import kpi
    from storesim.errors import UsageError
    from storesim.forecast.backtest import backtest
    from storesim.results.history import History
    from storesim.study.backtested import write_backtest

    if not isinstance(source, History):
        raise UsageError("a backtest is of days that came; give a file of days, not the folder of a run")
    found = backtest(source, days, method, seed=seed)
    files = write_backtest(folder, source, found, session.lang)
    if session.as_json:
        origins = [origin.isoformat() for origin in found.origins]
        rows = [asdict(row) for row in found.rows]
        session.json({"days": days, "origins": origins, "rows": rows, "files": [str(path) for path in files]})
        return
    columns = ("kpi", "method", "forecasts", "mase", "scrps", "days80", "total_error", "totals80")
    rows_shown = [
        [
            kpi.label(row.kpi, session.lang),
            row.method,
            str(row.forecasts),
            *(
                "–" if isnan(value) else format(value, style)
                for value, style in (
                    (row.mase, ".3f"),
                    (row.scrps, ".3f"),
                    (row.days_in_80, ".0%"),
                    (row.total_error, ".1%"),
                    (row.totals_in_80, ".0%"),
                )
            ),
        ]
        for row in found.rows
    ]
    session.heading(session.phrase("backtest.title", name=source.name, days=days, origins=len(found.origins)))
    session.table([session.phrase(f"column.{name}") for name in columns], rows_shown, texts=2)
    session.heading(session.phrase("files.title"))
    for path in files:
        session.line(f"  {path}")


def _of_source(source: History | Ensemble) -> dict[str, Any]:
    """What was assumed in reading a history and what is odd about it; nothing for simulated days."""
    from storesim.results.findings import findings_documents, gathered
    from storesim.results.history import History

    if not isinstance(source, History):
        return {}
    return {"assumed": list(source.notes), "findings": findings_documents(gathered(source.findings))}


def _say_source(session: Session, source: History | Ensemble, paths: tuple[Path, ...]) -> None:
    """The same on standard error, findings by their number."""
    from storesim.cli.tables import findings_counted, show_assumed
    from storesim.results.history import History

    if not isinstance(source, History) or session.verbosity < 0:
        return
    show_assumed(session, source.notes, tell)
    if source.findings:
        files = " ".join(map(str, paths))
        session.remark("findings.more", counts=findings_counted(session, source.findings), files=files)


def _show(session: Session, outlook: Outlook, history: Path, files: list[Path], *, currency: str) -> None:
    from storesim.cli.tables import show_outlook

    said = {"name": history.name, "first": outlook.start, "days": outlook.n_days, "method": outlook.method}
    session.heading(session.phrase("forecast.title", **said))
    show_outlook(session, outlook, currency)
    if currency != "CNY":
        session.remark("forecast.currency", currency=currency)
    for reason in outlook.reasons:
        session.remark("reason", text=session.told(reason))
    session.heading(session.phrase("files.title"))
    for path in files:
        session.line(f"  {path}")


def _document(outlook: Outlook, files: list[Path]) -> dict[str, Any]:
    frame = outlook.frame()
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    return {
        "start": outlook.start.isoformat(),
        "days": outlook.n_days,
        "method": outlook.method,
        "reasons": list(outlook.reasons),
        "files": [str(path) for path in files],
        "daily": frame.to_dict("records"),
    }
