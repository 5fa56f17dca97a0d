"""`storesim forecast`: the days after a history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storesim.cli.options import FILE, columns_given, output, speaking
from storesim.cli.session import Session
from storesim.cli.streams import tell

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook
    from storesim.results.ensemble import Ensemble
    from storesim.results.history import History


@click.command("forecast")
@click.argument("history", type=FILE, nargs=-1, required=True)
@click.option("--days", type=click.IntRange(1, 3660), default=90, show_default=True, help="Days to foretell.")
@click.option("--method", default="auto", show_default=True, metavar="NAME", help="How; an unknown name lists them.")
@click.option("--paths", type=click.IntRange(2, 100_000), default=1000, show_default=True, help="Paths to draw.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all chance.")
@columns_given
@output("Folder for forecast.csv; outputs/<name of the file> if not said.")
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
    What was assumed in reading, and what is odd about the figures, is said on standard error (`diagnose --data`).

    \b
    Example:
      storesim forecast store.xlsx express.csv --days 90
    """
    from storesim.forecast.predict import predict
    from storesim.study.files import FORECAST, write_forecast

    source, folder, currency = _source(history, options["columns"])
    outlook = predict(source, days, method, n_paths=options["paths"], seed=options["seed"])
    path = (output or folder) / FORECAST
    write_forecast(path, outlook)
    if session.as_json:
        session.json({"currency": currency, **_document(outlook, path), **_of_source(source)})
    else:
        _say_source(session, source, history)
        _show(session, outlook, history[0], path, currency=currency)


def _source(paths: tuple[Path, ...], columns: dict[str, str]) -> tuple[History | Ensemble, Path, str]:
    """The days to carry on, the folder for what follows from them, and the currency of their amounts."""
    from storesim.results.archive import load_draws
    from storesim.results.history import read_history
    from storesim.study.files import DRAWS
    from storesim.study.folder import find_run

    path = paths[0]
    if path.is_dir() and len(paths) == 1:
        folder = find_run(path)
        return load_draws(folder / DRAWS), folder / "next", "CNY"
    days = read_history(*paths, columns=columns)
    return days, Path("outputs") / path.stem, days.currency


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


def _show(session: Session, outlook: Outlook, history: Path, path: Path, *, currency: str) -> None:
    from storesim.cli.tables import show_outlook

    said = {"name": history.name, "first": outlook.start, "days": outlook.n_days, "method": outlook.method}
    session.heading(session.phrase("forecast.title", **said))
    show_outlook(session, outlook, currency)
    if currency != "CNY":
        session.remark("forecast.currency", currency=currency)
    for reason in outlook.reasons:
        session.remark("reason", text=session.told(reason))
    session.heading(session.phrase("files.title"))
    session.line(f"  {path}")


def _document(outlook: Outlook, path: Path) -> dict[str, Any]:
    frame = outlook.frame()
    frame["date"] = frame["date"].dt.strftime("%Y-%m-%d")
    return {
        "start": outlook.start.isoformat(),
        "days": outlook.n_days,
        "method": outlook.method,
        "reasons": list(outlook.reasons),
        "files": [str(path)],
        "daily": frame.to_dict("records"),
    }
