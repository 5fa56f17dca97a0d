"""`storesim score`: how good an earlier forecast was."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from storesim.cli.options import FILE, Chance, columns_given, output, speaking
from storesim.cli.session import GATE_FAILED, Session

if TYPE_CHECKING:
    from storesim.forecast.judged import Verdict


@click.command("score")
@click.argument("run", type=FILE)
@click.argument("actuals", type=FILE, nargs=-1, required=True)
@click.option(
    "--fail-under",
    type=Chance(),
    metavar="SHARE",
    help="Leave with status 1 if, of some KPI, fewer days fell in their 80 % band, such as 0.6 or 60%.",
)
@columns_given
@output("Folder for score.csv; nothing is written if not said.")
@speaking
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    run: Path,
    actuals: tuple[Path, ...],
    fail_under: float | None,
    columns: dict[str, str],
    output: Path | None,
) -> None:
    """How good was an earlier forecast? 以前的预测准不准。

    RUN is the folder of a run or forecast, or its forecast.csv; ACTUALS is a file of days or several, as `forecast`
    takes them. Of each KPI that was foretold and came: bias, error, pinball loss, and how many days fell in their
    bands, for all days and month by month.

    \b
    Example:
      storesim score outputs/my_store my_store_today.csv
    """
    from storesim.forecast.judged import score
    from storesim.results.history import read_history
    from storesim.study.backtested import SCORE, write_score

    verdict = score(run, read_history(*actuals, columns=columns))
    path = None if output is None else output / SCORE
    if path is not None:
        write_score(path, verdict)
    if session.as_json:
        files = [str(path)] if path else []
        rows = [asdict(row) for row in verdict.rows]
        session.json(
            {"first": verdict.first.isoformat(), "last": verdict.last.isoformat(), "rows": rows, "files": files}
        )
    else:
        _show(session, run, verdict, path)
    if fail_under is not None and not verdict.least_held >= fail_under:
        session.say_error("score.missed", held=f"{verdict.least_held:.1%}", least=f"{fail_under:.1%}")
        session.exit_status = GATE_FAILED


def _show(session: Session, run: Path, verdict: Verdict, path: Path | None) -> None:
    from storesim import kpi

    session.heading(session.phrase("score.title", name=run.name, first=verdict.first, last=verdict.last))
    columns = ("kpi", "period", "days", "bias", "missed_by", "days80", "days95")
    rows = [
        [
            kpi.label(row.kpi, session.lang),
            session.phrase("score.all") if row.period == "all" else row.period,
            str(row.days),
            f"{row.bias:+.1%}",
            f"{row.error:.1%}",
            f"{row.days_in_80:.0%}",
            f"{row.days_in_95:.0%}",
        ]
        for row in verdict.rows
    ]
    session.table([session.phrase(f"column.{name}") for name in columns], rows, texts=2)
    if path is not None:
        session.heading(session.phrase("files.title"))
        session.line(f"  {path}")
