"""`Report`: headings, text, tables and figures, in order; it knows no format.

A number keeps its kind (money, share, count …), so that each writer prints it in its own way, and where it was
calculated from other numbers of the report it keeps the formula, in names: ``[months.2027-01.gmv]`` is the cell of
column `gmv` in row `2027-01` of table `months`, and ``[months.2027-01:2027-12.gmv]`` the cells from one row to another.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

Kind = Literal[
    "text", "code", "number", "count", "money", "fen", "price", "share", "change", "chance", "factor", "hours", "date"
]  # fmt: skip
"""How a cell is printed.

`count` whole numbers; `money` CNY of any size; `fen` CNY to the fen; `price` CNY of one thing; `share` 0 to 1;
`change` a signed share; `chance` a probability with its words; `factor` a plain number; `hours`; `date`; `text`
runs on; `code` is a name the user typed; `number` is text that is a number, such as a p value.
"""

_REFERENCE = re.compile(r"\[([\w-]+)\.([\w-]+)(?::([\w-]+))?\.([\w-]+)\]")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]")


@dataclass(frozen=True)
class Value:
    """A number in a table."""

    value: float
    """NaN where it is unknown."""

    kind: Kind | None = None
    """None: the kind of its column."""

    formula: str = ""
    """How it follows from other cells; empty where it was simulated or typed."""

    typed: bool = False
    """True for a number the reader may change."""


Cell = Value | str | dt.date | None


@dataclass(frozen=True)
class Column:
    """One column of a table."""

    key: str
    title: str
    kind: Kind = "text"
    group: str = ""
    """Heading over neighbouring columns that carry the same group."""


@dataclass(frozen=True)
class Row:
    """One row of a table; as many cells as there are columns."""

    key: str
    cells: tuple[Cell, ...]
    role: Literal["body", "total", "heading"] = "body"


@dataclass(frozen=True)
class Table:
    """Rows under columns."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    folded: bool = False
    """True for long reference tables that a format may show folded."""

    def column(self, key: str) -> int:
        """Index of the column with this key; KeyError if there is none."""
        return self._columns[key]

    def row(self, key: str) -> int:
        """Index of the row with this key; KeyError if there is none."""
        return self._rows[key]

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {column.key: place for place, column in enumerate(self.columns)}

    @cached_property
    def _rows(self) -> dict[str, int]:
        # Formulas of a year's days ask for thousands of rows.
        return {row.key: place for place, row in enumerate(self.rows)}

    def kind(self, column: int, cell: Cell) -> Kind:
        """Kind in which a cell of that column is printed."""
        if isinstance(cell, Value):
            return cell.kind or self.columns[column].kind
        if isinstance(cell, dt.date):
            return "date"
        said = self.columns[column].kind
        return said if said in ("code", "number") else "text"


@dataclass(frozen=True)
class Text:
    """A paragraph."""

    words: str
    role: Literal["plain", "lead", "note"] = "plain"


@dataclass(frozen=True)
class Fact:
    """A headline number, ready to read."""

    label: str
    value: str
    note: str = ""
    chance: float | None = None
    """Given where the number is a chance, so that a format may tint it."""


@dataclass(frozen=True)
class Facts:
    """Headline numbers side by side."""

    items: tuple[Fact, ...]


@dataclass(frozen=True)
class Figure:
    """A picture, drawn only by formats that show pictures."""

    key: str
    title: str
    alternative: str
    """What the picture shows, in words, for those who cannot see it."""

    draw: Callable[[], str] = field(compare=False)
    """Gives the picture as SVG, text as text."""

    caption: str = ""
    days: DayValues | None = None


@dataclass(frozen=True)
class DayValues:
    """The days behind a picture of days, for formats that can show them one by one."""

    start: dt.date
    names: tuple[str, ...]
    kind: Kind
    values: tuple[tuple[float, ...], ...]
    """[n_names][n_days]."""


@dataclass(frozen=True)
class Chart:
    """Columns of a table as a chart, for formats that draw from their own cells."""

    title: str
    table: str
    category: str
    series: tuple[str, ...]
    shape: Literal["column", "line"] = "column"


Block = Text | Facts | Table | Figure | Chart


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    key: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Report:
    """Everything a reader is told, in reading order."""

    title: str
    subtitle: str
    lang: str
    sections: tuple[Section, ...]
    workings: tuple[Section, ...] = ()
    """The goals once more with their arithmetic kept, for formats that can calculate."""

    kept: tuple[str, ...] = ()
    """The scenario it was made from, for formats that can be read back."""

    def tables(self) -> Iterator[Table]:
        """Every table of the sections."""
        for section in self.sections:
            yield from (block for block in section.blocks if isinstance(block, Table))


def references(formula: str, place: Callable[[str, str, str, str], str]) -> str:
    """`formula` with each ``[table.row.column]`` replaced.

    Parameters
    ----------
    formula
        In the notation of this module.
    place
        Called with table, first row, last row (the same for a single cell) and column; gives what stands there.
    """
    return _REFERENCE.sub(lambda m: place(m[1], m[2], m[3] or m[2], m[4]), formula)


def printable(text: str) -> str:
    """`text` without characters that no page can show or that reorder their neighbours."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)
