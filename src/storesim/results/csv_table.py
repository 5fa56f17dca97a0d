"""A CSV file as rows of text that remember where they stood."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from storesim.errors import Fault, HistoryError
from storesim.results.column_names import meaning

LARGEST = 50_000_000
"""Bytes; a daily file of a hundred years is far smaller."""

_DEEPEST_HEADER = 20
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True)
class Row:
    """One row of a table."""

    line: int
    """Line in the file, counted from 1."""

    cells: tuple[str, ...]
    delimiter: str

    def column_at(self, index: int) -> int:
        """Where in its line a cell begins, counted from 1 in characters."""
        before = self.cells[:index]
        # Quotes the writer needed are counted; blanks around quotes are rare and are not.
        return 1 + sum(len(_as_written(cell, self.delimiter)) + 1 for cell in before)


@dataclass(frozen=True)
class Table:
    """A header and the rows below it."""

    file: str
    header: Row
    rows: tuple[Row, ...]
    encoding: str
    above: int
    """Lines above the header."""

    def fault(self, row: Row, index: int, message: str) -> Fault:
        """A fault of one cell, where it stands."""
        return Fault(self.file, row.line, row.column_at(index), message)

    def refuse(self, message: str) -> HistoryError:
        """The error for a file that is wrong as a whole."""
        return refuse(self.file, message)


def refuse(file: str, message: str) -> HistoryError:
    """The error for a file that is wrong as a whole."""
    return HistoryError([Fault(file, 0, 0, message)])


def read_table(file: str) -> Table:
    """The table in a CSV file; its header is the first row that has a column of dates.

    Raises
    ------
    HistoryError
        If the file cannot be read as text, or no row is such a header.
    """
    text, encoding = _text(file)
    if not text.strip():
        raise refuse(file, "the file is empty; a header and one row a day are wanted")
    lines = [line for line in text.splitlines()[:_DEEPEST_HEADER] if line.strip()]
    for delimiter in sorted(_DELIMITERS, key=lambda sign: -max(line.count(sign) for line in lines)):
        rows = _rows(file, text, delimiter)
        for place, row in enumerate(rows[:_DEEPEST_HEADER]):
            if len(row.cells) > 1 and any(meaning(cell).kind == "date" for cell in row.cells):
                return Table(file, row, tuple(rows[place + 1 :]), encoding, place)
    found = ", ".join(f"'{cell.strip()}'" for cell in next(csv.reader(lines[:1]), [])[:8])
    raise refuse(
        file,
        f"no column holds dates; the first row has {found or 'nothing'}. "
        "A header with 'date' or '日期' and a column of figures is wanted, one row a day",
    )


def _text(file: str) -> tuple[str, str]:
    path = Path(file)
    if path.is_dir():
        raise refuse(file, "this is a directory; a CSV file is wanted")
    try:
        # Not by its size: a pipe has none, and a device that has none may never end.
        with path.open("rb") as opened:
            raw = opened.read(LARGEST + 1)
    except FileNotFoundError:
        raise refuse(file, "there is no such file") from None
    except OSError as error:
        raise refuse(file, f"the file cannot be read: {error.strerror or error}") from error
    if len(raw) > LARGEST:
        raise refuse(file, f"the file has more than {LARGEST:,} bytes; daily figures are far fewer")
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refuse(file, "this is a workbook; save the sheet as CSV UTF-8 (逗号分隔) first")
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        tries: tuple[str, ...] = ("utf-16",)
    else:
        tries = ("utf-8-sig", "gb18030")
    for encoding in tries:
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise refuse(file, "the file is neither UTF-8 nor GBK text; save it as CSV UTF-8")


def _rows(file: str, text: str, delimiter: str) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    rows: list[Row] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append(Row(line, tuple(cells), delimiter))
            line = reader.line_num + 1
    except csv.Error as error:
        raise HistoryError([Fault(file, reader.line_num, 1, f"the line is no CSV: {error}")]) from error
    return rows


def _as_written(cell: str, delimiter: str) -> str:
    needed: Sequence[str] = (delimiter, '"', "\n", "\r")
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in needed) else cell
