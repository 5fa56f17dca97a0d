"""`storesim diagnose`: what moved in a store, and what is odd about its figures."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storesim.cli.options import FILE, columns_given, output, refuse_options, speaking
from storesim.cli.session import Session
from storesim.cli.streams import tell
from storesim.errors import PlanError

if TYPE_CHECKING:
    from storesim.plan.diagnosis import Diagnosis
    from storesim.results.history import History

FINDINGS = "findings.csv"
DIAGNOSIS = "diagnosis.csv"
WRONG_FILE = 3


@click.command("diagnose")
@click.argument("history", type=FILE, nargs=-1, required=True)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Hold the days from this one on "
              "against as many before; else the latest level shift, or the last four weeks.")  # fmt: skip
@click.option("--plan", type=FILE, metavar="RUN", help="Hold the days that are over against the plan of a run instead.")
@click.option("--data", is_flag=True, help="Only the figures themselves: list everything odd about them.")
@columns_given
@output("Folder for findings.csv and diagnosis.csv; nothing is written if not said.")
@speaking
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    history: tuple[Path, ...],
    columns: dict[str, str],
    since: dt.datetime | None,
    plan: Path | None,
    data: bool,
    output: Path | None,
) -> None:
    """What is wrong with the store: which of UV, CVR, AOV moved, where, since when? 店铺诊断。

    HISTORY is one file of days or several, as `forecast` takes them; with sources and ads each channel is told apart.
    The gap of GMV is split by channel into visitors, conversion and value per buyer, to the fen; visitors of ads into
    spend, clicks per CNY and visitors per click; with a column 市场指数 the market's part is told from the store's own.
    Each cause comes with its figures, the day since which it holds, and the settings of a scenario that move it.

    What is odd about the figures comes first where they are refused (status 3), and alone with --data: file, row,
    column, value and what was done with it. Nothing is repaired.

    \b
    Examples:
      storesim diagnose store.xlsx sources.csv express.csv
      storesim diagnose --data store.xlsx -o outputs/check
    """
    from storesim.results.history import read_history

    if data:
        refuse_options("--data", "since", "plan")
    days = read_history(*history, columns=columns, strict=False)
    wrong = any(finding.level == "error" for finding in days.findings)
    found, reason = (None, "") if data or wrong else _diagnosed(days, since and since.date(), plan)
    files = _written(session, days, found, output)
    if session.as_json:
        session.json(_document(session, days, found, reason, files))
    elif data or wrong:
        _show_data(session, days)
    else:
        _show(session, days, found, reason, history)
    if files and not session.as_json:
        session.heading(session.phrase("files.title"))
        for file in files:
            session.line(f"  {file}")
    if wrong:
        session.exit_status = WRONG_FILE


def _diagnosed(days: History, since: dt.date | None, plan: Path | None) -> tuple[Diagnosis | None, str]:
    """The diagnosis, or why there is none where the days do not bear one and nothing was asked that they should."""
    from storesim.plan.diagnose import diagnose
    from storesim.study.run import reopen

    if plan is not None:
        goals = reopen(plan).goals
        if goals is None:
            raise PlanError("the run has no goals, so there is no plan to hold the days against")
        return diagnose(days, since, plan=goals), ""
    try:
        return diagnose(days, since), ""
    except PlanError as error:
        if since is not None:
            raise
        return None, str(error)


def _written(session: Session, days: History, found: Diagnosis | None, output: Path | None) -> list[str]:
    from storesim.results.files import write_whole
    from storesim.results.findings import findings_csv

    if output is None:
        return []
    contents = {FINDINGS: findings_csv(days.findings)}
    if found is not None:
        contents[DIAGNOSIS] = found.csv(session.lang)
    for name, content in contents.items():
        write_whole(output / name, content)
    return [str(output / name) for name in contents]


def _document(
    session: Session, days: History, found: Diagnosis | None, reason: str, files: list[str]
) -> dict[str, Any]:
    from storesim.results.findings import findings_documents

    document: dict[str, Any] = {
        "name": days.name,
        "start": days.start.isoformat(),
        "end": days.last_day.isoformat(),
        "currency": days.currency,
        "figures": list(days.names),
        "channels": list(days.channels),
        "assumed": list(days.notes),
        "findings": findings_documents(days.findings),
        "diagnosis": None,
        "files": files,
    }
    if found is not None:
        before, after = (found.windows.dates(days) for days in (found.windows.before, found.windows.after))
        document["diagnosis"] = {
            "before": [date.isoformat() for date in before],
            "after": [date.isoformat() for date in after],
            "why": found.windows.why,
            "gmv_before": found.gmv_before,
            "gmv_after": found.gmv_after,
            "by_owner": found.by_owner,
            "causes": found.documents(session.lang),
            "notes": [session.told(note) for note in found.notes],
        }
    elif reason:
        document["reason"] = session.told(reason)
    return document


def _show(session: Session, days: History, found: Diagnosis | None, reason: str, files: tuple[Path, ...]) -> None:
    from storesim.cli.tables import findings_counted, show_assumed, show_diagnosis

    if session.verbosity >= 0:
        show_assumed(session, days.notes, tell)
    if found is None:
        session.line(session.phrase("diagnosis.none", reason=session.told(reason)))
    else:
        show_diagnosis(session, found, days.currency)
    if days.findings:
        counts = findings_counted(session, days.findings)
        session.remark("findings.more", counts=counts, files=" ".join(map(str, files)))


def _show_data(session: Session, days: History) -> None:
    from storesim import kpi
    from storesim.cli.tables import show_assumed, show_findings
    from storesim.results.findings import gathered

    said = {"name": days.name, "first": days.start, "last": days.last_day, "days": days.n_days}
    session.heading(session.phrase("diagnose.title", **said))
    labels = [kpi.label(name, session.lang) for name in days.names]
    session.line(session.phrase("diagnose.figures", names=", ".join(labels)))
    if days.channels:
        session.line(session.phrase("diagnose.channels", names=", ".join(days.channels)))
    show_assumed(session, days.notes, session.line)
    show_findings(session, gathered(days.findings))
