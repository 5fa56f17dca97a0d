"""Experiments on standard output and in a folder: what their commands have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from storesim.cli.session import Session
from storesim.report.document import Cell, Report, Table, Value


def show_pages(
    session: Session,
    report: Report,
    rows: Sequence[Mapping[str, object]],
    *,
    document: Mapping[str, Any],
    folder: Path | None,
    name: str,
    sentences: Sequence[str] = (),
    beside: Sequence[Path] = (),
) -> None:
    """Write the pages if there is a folder; then one JSON document, or the tables and sentences of the report.

    `beside` are files that were written already, to be told with the pages.
    """
    from storesim.report.experiments.files import write_pages

    written = () if folder is None else (*beside, *write_pages(folder, name, report, rows))
    if session.as_json:
        session.json({**document, "rows": list(rows), "files": [str(path) for path in written]})
        return
    for table in report.tables():
        session.heading(table.title)
        session.table(
            [f"{column.group} {column.title}" if column.group and column.title != column.group else column.title
             for column in table.columns],
            [[_shown(table, place, cell, session.lang) for place, cell in enumerate(row.cells)] for row in table.rows],
        )  # fmt: skip
    for sentence in sentences:
        session.line(sentence)
    if written:
        session.heading(session.phrase("files.title"))
        for path in written:
            session.line(f"  {path}")


def _shown(table: Table, place: int, cell: Cell, lang: str) -> str:
    from storesim.report.palette import show

    if isinstance(cell, Value):
        return show(cell.value, table.kind(place, cell), lang)
    return "–" if cell is None else str(cell)
