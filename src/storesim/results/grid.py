"""Rows of text that remember where they stood in their file, whatever kind of file it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from storesim.errors import Fault, HistoryError
from storesim.results.column_names import Meaning

_DEEPEST_HEADER = 40
_MOST_ABOVE = 20

Recognised = Callable[[str], Meaning]
"""What a column with this header holds."""


@dataclass(frozen=True)
class Row:
    """One row of a table."""

    line: int
    """Line of a text file, row of a sheet or of a page's table, counted from 1."""

    cells: tuple[str, ...]

    delimiter: str = ""
    """What parts the cells in a text file; empty where columns are counted by cells."""

    def column_at(self, index: int) -> int:
        """Where in its line a cell begins, counted from 1 in characters; in a sheet the number of the column."""
        if not self.delimiter:
            return index + 1
        before = self.cells[:index]
        # Quotes the writer needed are counted; blanks around quotes are rare and are not.
        return 1 + sum(len(_as_written(cell, self.delimiter)) + 1 for cell in before)

    def cell(self, index: int) -> str:
        """The text of a cell without outer blanks; empty where the row is shorter."""
        return self.cells[index].strip() if index < len(self.cells) else ""


@dataclass(frozen=True)
class Table:
    """A header and the rows below it."""

    file: str
    """Path as the user wrote it, and the sheet where a workbook has more than one."""

    header: Row
    rows: tuple[Row, ...]
    encoding: str
    """Of a text file; "" otherwise."""

    above: tuple[Row, ...]
    """Rows above the header."""

    def fault(self, row: Row, index: int, message: str) -> Fault:
        """A fault of one cell, where it stands."""
        return Fault(self.file, row.line, row.column_at(index), message)

    def refuse(self, message: str) -> HistoryError:
        """The error for a file that is wrong as a whole."""
        return refuse(self.file, message)


def refuse(file: str, message: str) -> HistoryError:
    """The error for a file that is wrong as a whole."""
    return HistoryError([Fault(file, 0, 0, message)])


def below_header(file: str, rows: Sequence[Row], encoding: str, recognised: Recognised) -> Table | None:
    """The table of which one of the first rows is the header; None where none is.

    A header is the first row with a column of dates; where there is none, the first with two columns of figures, whose
    day must then be told by the lines above it.
    """
    seen = rows[:_DEEPEST_HEADER]
    dated = (place for place, row in enumerate(seen) if len(row.cells) > 1 and _kinds(row, recognised) & {"date"})
    counted = (place for place, row in enumerate(seen[:_MOST_ABOVE]) if _n_figures(row, recognised) > 1)
    place = next(dated, next(counted, None))
    if place is None:
        return None
    return Table(file, rows[place], tuple(rows[place + 1 :]), encoding, tuple(rows[:place]))


def no_header(file: str, rows: Sequence[Row]) -> HistoryError:
    """The error for a file without a column of dates."""
    found = ", ".join(f"'{cell.strip()}'" for cell in (rows[0].cells if rows else ())[:8])
    return refuse(
        file,
        f"no column holds dates; the first row has {found or 'nothing'}. "
        "A header with 'date' or '日期' and a column of figures is wanted, one row a day",
    )


def _kinds(row: Row, recognised: Recognised) -> set[str]:
    return {recognised(cell).kind for cell in row.cells}


def _n_figures(row: Row, recognised: Recognised) -> int:
    return len({recognised(cell).name for cell in row.cells if recognised(cell).kind in ("count", "ratio")})


def _as_written(cell: str, delimiter: str) -> str:
    needed = (delimiter, '"', "\n", "\r")
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in needed) else cell
