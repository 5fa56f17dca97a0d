"""The sheets of an .xlsx workbook as rows of text, each cell as it is shown: dates as dates, percentages as such."""

from __future__ import annotations

import datetime as dt
import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from storesim.results.grid import Recognised, Row, Table, below_header, no_header, refuse

if TYPE_CHECKING:
    from openpyxl import Workbook

_LARGEST_UNPACKED = 300_000_000
"""Bytes; a workbook of daily figures unpacks to far less, a trap to far more."""

_MOST_COLUMNS = 400
_MOST_BLANK = 1000
"""So many blank rows in a row end a sheet: some programs save a million of them."""


def workbook_tables(file: str, raw: bytes, recognised: Recognised) -> tuple[list[Table], list[str]]:
    """The table on each sheet that has one, and the names of the sheets that have none.

    Raises
    ------
    HistoryError
        If the workbook is damaged, or no sheet has a table.
    """
    book = _opened(file, raw)
    tables: list[Table] = []
    without: list[str] = []
    first: list[Row] = []
    # A sheet of charts has no cells.
    sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "iter_rows")]
    for sheet in sheets:
        name = file if len(sheets) == 1 else f"{file}[{sheet.title}]"
        try:
            with warnings.catch_warnings():
                # Of a date out of range, which is read as an error of its cell.
                warnings.simplefilter("ignore")
                rows = list(_rows(sheet))
        except Exception as error:
            # A damaged package trips over anything: packing without end, XML cut short, a style that is not there.
            raise refuse(name, f"the workbook is damaged: {error}; open it and save it again") from error
        found = below_header(name, rows, "", recognised)
        first = first or rows
        if found is None:
            without.append(str(sheet.title))
        else:
            tables.append(found)
    book.close()
    if not tables:
        raise no_header(file, first)
    return tables, without


def _opened(file: str, raw: bytes) -> Workbook:
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(part.file_size for part in packed.infolist())
        small = size <= _LARGEST_UNPACKED
        with warnings.catch_warnings():
            # Of styles and validations that are not kept; nothing is written back.
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True) if small else None
    except Exception as error:
        raise refuse(file, f"the workbook is damaged: {error}; open it and save it again") from error
    if book is None:
        raise refuse(file, f"the workbook unpacks to {size:,} bytes; daily figures are far fewer")
    return book


def _rows(sheet: Any) -> Iterator[Row]:
    """Rows that hold something, counted from 1 as the program that shows them does."""
    blank = 0
    # The size a file states may be wrong, and then cells would be missing.
    sheet.reset_dimensions()
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = tuple(_shown(cell) for cell in cells[:_MOST_COLUMNS])
        if any(texts):
            blank = 0
            yield Row(line, texts)
        else:
            blank += 1
            if blank > _MOST_BLANK:
                return


def _shown(cell: Any) -> str:
    value = cell.value
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case dt.datetime():
            return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
        case dt.date() | dt.time():
            return value.isoformat()
        case dt.timedelta():
            return str(value)
        case int() | float():
            return _number(value, str(cell.number_format or ""))
        case _:
            return str(value).strip()


def _number(value: float, form: str) -> str:
    """A number in the least digits that give it again; with its sign where the cell shows percent."""
    if "%" in form:
        return f"{round(value * 100, 10):.15g}%"
    return str(value) if isinstance(value, int) else f"{value:.15g}"
