"""Where everything of a workbook stands: sheets, rows, columns, and the addresses of named cells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from storesim.report.document import Chart, Report, Section, Table, Text, references

TITLE_ROWS = 2
"""Rows above the first block: the section's title, and a blank one."""


@dataclass(frozen=True)
class Placed:
    """A table and the place of its first cell below the headings."""

    table: Table
    sheet: str
    top: int
    """Row of its title."""

    head: int
    """Row of its column titles."""

    @property
    def first(self) -> int:
        """Row of its first row of cells."""
        return self.head + 1

    @property
    def end(self) -> int:
        """First row after it."""
        return self.first + len(self.table.rows)


@dataclass(frozen=True)
class Sheet:
    """One section and where its blocks begin; all rows and columns count from 0."""

    name: str
    section: Section
    texts: tuple[tuple[int, Text], ...]
    tables: tuple[Placed, ...]
    charts: tuple[tuple[int, int, Chart], ...]
    """Row, place in its row from the left, chart."""

    n_columns: int


@dataclass
class Layout:
    """Every sheet of a workbook, and the address of each cell that has a name."""

    sheets: list[Sheet] = field(default_factory=list)
    placed: dict[str, Placed] = field(default_factory=dict)

    def address(self, table: str, first: str, last: str, column: str) -> str:
        """``'Sheet'!$B$4``, or a range where the rows differ; KeyError for a name that is not there."""
        place = self.placed[table]
        letter = column_letter(place.table.column(column))
        ends = [f"${letter}${place.first + place.table.row(row) + 1}" for row in dict.fromkeys((first, last))]
        return f"'{place.sheet}'!{':'.join(ends)}"

    def formula(self, text: str) -> str:
        """A formula in names as a formula in addresses."""
        return "=" + references(text, self.address)

    def rows_of(self, table: str) -> tuple[int, int]:
        """First and last row of the body of a table, without totals."""
        place = self.placed[table]
        body = [place.first + i for i, row in enumerate(place.table.rows) if row.role == "body"]
        return body[0], body[-1]


def lay_out(report: Report) -> Layout:
    """Places for every block of the report's workings, a sheet for each section, blocks below one another."""
    layout = Layout()
    names: set[str] = set()
    for section in report.workings:
        name = _sheet_name(section.title, names)
        sheet = _sheet(section, name)
        layout.sheets.append(sheet)
        layout.placed |= {place.table.key: place for place in sheet.tables}
    return layout


def _sheet(section: Section, name: str) -> Sheet:
    row = TITLE_ROWS
    texts: list[tuple[int, Text]] = []
    tables: list[Placed] = []
    charts: list[tuple[int, int, Chart]] = []
    for block in section.blocks:
        match block:
            case Text():
                texts.append((row, block))
                row += 2
            case Table():
                # The sheet's own title stands for that of a first table of the same name.
                titled = block.title != section.title
                grouped = any(column.group for column in block.columns)
                head = row + titled + grouped
                tables.append(Placed(block, name, row, head))
                row = tables[-1].end + 1
            case Chart():
                beside = sum(1 for at, _, _ in charts if at == row)
                charts.append((row, beside, block))
            case _:
                # Pictures and headline numbers are for pages; a sheet has their cells.
                continue
    width = max((len(place.table.columns) for place in tables), default=1)
    return Sheet(name, section, tuple(texts), tuple(tables), tuple(charts), width)


def column_letter(index: int) -> str:
    """`A` for 0, `AA` for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sheet_name(title: str, taken: set[str]) -> str:
    # Excel allows 31 characters, and none of these.
    name = re.sub(r"[\[\]:*?/\\']", " ", title)[:31].strip() or "Sheet"
    while name.lower() in taken:
        name = name[:28] + f" {len(taken)}"
    taken.add(name.lower())
    return name
