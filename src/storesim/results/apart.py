"""A long table with the days of many series, told apart by a column: one history for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike, fspath

from storesim.errors import Fault, HistoryError
from storesim.results.grid import Row, Table
from storesim.results.history import History, today_said
from storesim.results.mapping import plain_header, recogniser
from storesim.results.merging import Gathered, together
from storesim.results.open_tables import read_tables
from storesim.results.part import listed
from storesim.results.reading import read_part

_MOST_FAULTS = 200


def read_histories(
    path: str | PathLike[str],
    by: str,
    *,
    currency: str = "",
    columns: Mapping[str, str] | None = None,
    today: dt.date | None = None,
) -> dict[str, History]:
    """The daily figures of many series in one file, by name, in the order in which they first stand there.

    Each series is read as `read_history` reads a file of its own.

    Parameters
    ----------
    path
        A CSV file, or an .xlsx workbook with one table.
    by
        Header of the column that names the series.
    currency, columns, today
        See `read_history`.

    Raises
    ------
    HistoryError
        With the faults of every series; and if there is no such column, or a row names no series.
    """
    file = fspath(path)
    meanings = {**(columns or {}), by: "ignore"}
    recognised = recogniser(meanings)
    tables, _ = read_tables(file, recognised)
    if len(tables) > 1:
        raise tables[0].refuse(f"the workbook has {len(tables)} tables; one table with every series is wanted")
    found: dict[str, History] = {}
    faults: list[Fault] = []
    for name, table in _apart(tables[0], by).items():
        try:
            part = read_part(table, recognised, today or today_said())
            gathered: Gathered = ([part], [], list(part.notes), list(part.findings))
            found[name] = together(gathered, name, currency, meanings, strict=True)
        except HistoryError as wrong:
            faults += [replace(fault, message=f"series '{name}': {fault.message}") for fault in wrong.faults]
    if faults:
        raise HistoryError(faults[:_MOST_FAULTS])
    return found


def _apart(table: Table, by: str) -> Mapping[str, Table]:
    """A table for each series; rows without any cell are left out."""
    headers = [plain_header(cell) for cell in table.header.cells]
    if plain_header(by) not in headers:
        there = listed([cell.strip() for cell in table.header.cells])
        raise table.refuse(f"no column is called '{by}'; there are {there}")
    index = headers.index(plain_header(by))
    rows: dict[str, list[Row]] = {}
    faults: list[Fault] = []
    for row in table.rows:
        name = row.cell(index)
        if name:
            rows.setdefault(name, []).append(row)
        elif any(cell.strip() for cell in row.cells):
            faults.append(table.fault(row, index, f"the row names no series in column '{by}'"))
    if faults:
        raise HistoryError(faults[:_MOST_FAULTS])
    if not rows:
        raise table.refuse("there is a header and no row below it; one row a day is wanted")
    return {name: replace(table, rows=tuple(own)) for name, own in rows.items()}
