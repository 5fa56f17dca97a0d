"""What an experiment leaves in a folder: a page, the same in Markdown, and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from storesim.report.document import Report
from storesim.report.writers import writer_for
from storesim.results.files import write_whole
from storesim.results.tables import csv_bytes, plain_text


def write_pages(folder: Path, name: str, report: Report, rows: Sequence[Mapping[str, object]]) -> tuple[Path, ...]:
    """Write `name`.html, .md and .csv, each whole or not at all; give their paths.

    Raises
    ------
    RunError
        If a file cannot be written.
    """
    page, words, table = (folder / f"{name}{ending}" for ending in (".html", ".md", ".csv"))
    for path in (page, words):
        write_whole(path, writer_for(path)(report))
    write_whole(table, csv_bytes(list(rows[0]), [[_cell(value) for value in row.values()] for row in rows]))
    return page, words, table


def _cell(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, int | float) else plain_text(str(value))
