"""`storesim diagnose`: what is wrong with the figures of a store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storesim.cli.options import FILE, columns_given, output, speaking
from storesim.cli.session import Session

if TYPE_CHECKING:
    from storesim.results.findings import Finding
    from storesim.results.history import History

FINDINGS = "findings.csv"
WRONG_FILE = 3


@click.command("diagnose")
@click.argument("history", type=FILE, nargs=-1, required=True)
@columns_given
@output("Folder for findings.csv; nothing is written if not said.")
@speaking
@click.pass_obj
def command(session: Session, /, *, history: tuple[Path, ...], columns: dict[str, str], output: Path | None) -> None:
    """What is wrong with my figures? 数据有什么问题。

    HISTORY is one file of days or several, as `forecast` takes them. Every finding names file, row, column and value,
    and what is done with it: days missing or given twice, negative and impossible values, identities that do not hold
    (GMV = UV × CVR × AOV), levels that shift, outliers, visits by machines. Nothing is repaired. Leaves with status 3
    where `forecast` would refuse the files.

    \b
    Example:
      storesim diagnose store.xlsx express.csv -o outputs/check
    """
    from storesim.results.files import write_whole
    from storesim.results.findings import findings_csv, findings_documents, gathered
    from storesim.results.history import read_history

    days = read_history(*history, columns=columns, strict=False)
    path = None
    if output is not None:
        path = output / FINDINGS
        write_whole(path, findings_csv(days.findings))
    if session.as_json:
        session.json(
            {**about(days), "findings": findings_documents(days.findings), "files": [str(path)] if path else []}
        )
    else:
        _show(session, days, gathered(days.findings))
        if path is not None:
            session.heading(session.phrase("files.title"))
            session.line(f"  {path}")
    if any(finding.level == "error" for finding in days.findings):
        session.exit_status = WRONG_FILE


def about(days: History) -> dict[str, Any]:
    """What a history holds and what was assumed in reading it, for JSON."""
    return {
        "name": days.name,
        "start": days.start.isoformat(),
        "end": days.last_day.isoformat(),
        "currency": days.currency,
        "figures": list(days.names),
        "channels": list(days.channels),
        "assumed": list(days.notes),
    }


def _show(session: Session, days: History, findings: tuple[Finding, ...]) -> None:
    from storesim import kpi
    from storesim.cli.tables import show_assumed, show_findings

    said = {"name": days.name, "first": days.start, "last": days.last_day, "days": days.n_days}
    session.heading(session.phrase("diagnose.title", **said))
    labels = [kpi.label(name, session.lang) for name in days.names]
    session.line(session.phrase("diagnose.figures", names=", ".join(labels)))
    if days.channels:
        session.line(session.phrase("diagnose.channels", names=", ".join(days.channels)))
    show_assumed(session, days.notes, session.line)
    show_findings(session, findings)
