"""What one table says of the days, before files are put together; and what is gathered while it is read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from storesim.errors import Fault
from storesim.results.column_names import Meaning
from storesim.results.findings import Done, Finding, Level
from storesim.results.grid import Row, Table
from storesim.results.place import Place

Array = NDArray[np.float64]
ReportKind = Literal["store", "source", "sku", "ads", "affiliate"]


OPEN_QUOTE = "a cell goes over several lines; is a quotation mark not closed?"


@dataclass(frozen=True)
class Column:
    """A column that is used."""

    index: int
    header: str
    means: Meaning


@dataclass(frozen=True, eq=False)
class Series:
    """Figures of consecutive days and where they stand."""

    values: Array
    """[n_days], NaN where unknown."""

    place: Place


@dataclass(frozen=True, eq=False)
class Part:
    """What one table says."""

    file: str
    kind: ReportKind
    start: dt.date
    n_days: int
    store: Mapping[str, Series]
    """Counts of the whole store."""

    channels: Mapping[str, Mapping[str, Series]]
    """Counts by channel."""

    others: Mapping[str, Array]
    """[n_days] columns that are no KPI."""

    currency: str
    """Told by signs in the table; empty where there are none."""

    money: bool
    """Whether there are amounts at all."""

    headers: tuple[str, ...]
    notes: tuple[str, ...]
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]


@dataclass
class Reading:
    """What is gathered while a table is read; dies with the reading."""

    table: Table
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def fault(
        self, row: Row, index: int, message: str, kind: str = "unreadable", done: Done = "read as missing"
    ) -> None:
        """Note a fault of one cell, and what a lenient reader does with it."""
        self.faults.append(self.table.fault(row, index, message))
        self.found(row, index, "error", kind, message, done=done)

    def fault_of_file(self, message: str, kind: str = "unreadable") -> None:
        """Note a fault of the file as a whole."""
        self.faults.append(Fault(self.table.file, 0, 0, message))
        self.findings.append(Finding("error", kind, message, "kept", self.table.file))

    def found(
        self, row: Row, index: int, level: Level, kind: str, message: str, *, done: Done, day: dt.date | None = None
    ) -> None:
        """Note something odd in one cell."""
        header = self.table.header.cell(index)
        value = row.cell(index) if row is not self.table.header else ""
        self.findings.append(Finding(level, kind, message, done, self.table.file, row.line, header, day, value))

    def note(self, message: str) -> None:
        """Say what was assumed; once."""
        if message not in self.notes:
            self.notes.append(message)


def said(value: float, digits: int = 6) -> str:
    """A number in up to so many digits, never in powers of ten."""
    return np.format_float_positional(value, precision=digits, fractional=False, trim="-")


def listed(names: list[str]) -> str:
    """A few names, and how many more there are."""
    shown = ", ".join(names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"
