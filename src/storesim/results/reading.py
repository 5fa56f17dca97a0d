"""From a CSV table to a `History`: columns recognised, cells read, days put in order, every fault collected."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from dataclasses import dataclass, field
from os import PathLike, fspath
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import Fault, HistoryError
from storesim.results.cells import Cell, currency_of, date_order, read_cell, read_date
from storesim.results.column_names import Meaning, is_guests, is_total, meaning
from storesim.results.csv_table import Row, Table, read_table
from storesim.results.history import History

Array = NDArray[np.float64]

_MOST_FAULTS = 200
"""More are not listed: the file is wrong as a whole."""

_LONGEST_DAYS = 36_600

_TOO_LONG = "the row has {} cells and the header {}; quote a number that holds ','"

_ODD_CVR = 0.3
"""A conversion above is likelier a percentage without its sign."""


@dataclass(frozen=True)
class Column:
    """A column that is used."""

    index: int
    header: str
    means: Meaning


@dataclass
class Reading:
    """What is gathered while a file is read; dies with the reading."""

    table: Table
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fault(self, row: Row, index: int, message: str) -> None:
        """Note a fault of one cell."""
        self.faults.append(self.table.fault(row, index, message))

    def raise_faults(self) -> None:
        """Raise if there are any."""
        if self.faults:
            raise HistoryError(self.faults[:_MOST_FAULTS])


def read_file(path: str | PathLike[str], name: str, currency: str) -> History:
    """The history in a file; see `history.read_history`."""
    file = fspath(path)
    reading = Reading(read_table(file))
    date_column, columns = _columns(reading)
    rows = _daily_rows(reading, date_column)
    days = _days(reading, rows, date_column)
    values = {column: _values(reading, rows, column) for column in columns}
    if not rows and not reading.faults:
        raise reading.table.refuse("there is a header and no row below it; one row a day is wanted")
    reading.raise_faults()
    told = _currency(reading, columns, rows)
    start, placed = _placed(reading, days, values)
    counts, others = _counts(reading, placed)
    _say_what_is_odd(reading, counts)
    if not any(np.isfinite(values).any() for values in counts.values()):
        raise reading.table.refuse("no number is known on any day")
    return History(
        start,
        counts,
        name or Path(file).stem,
        currency or told,
        _file_notes(reading.table) + tuple(reading.notes),
        others,
    )


def _columns(reading: Reading) -> tuple[int, list[Column]]:
    """The column of dates, and those of figures, each count and ratio by its nearest name only."""
    header = reading.table.header
    means = [Column(index, cell.strip(), meaning(cell)) for index, cell in enumerate(header.cells)]
    date_column = next(column.index for column in means if column.means.kind == "date")
    nearest: dict[str, Column] = {}
    for column in (column for column in means if column.means.kind in {"count", "ratio"}):
        rival = nearest.setdefault(column.means.name, column)
        if rival is column:
            continue
        if rival.means.rank == column.means.rank:
            message = f"'{column.header}' means {column.means.name}, as '{rival.header}' does; keep one of them"
            reading.fault(header, column.index, message)
        elif column.means.rank < rival.means.rank:
            nearest[column.means.name] = column
    left_out = [column.header for column in means if column.means.kind == "compared"]
    if left_out:
        reading.notes.append(f"Columns that compare with another period are left out: {_listed(left_out)}.")
    chosen = set(nearest.values())
    return date_column, [column for column in means if column in chosen or _kept(column, date_column)]


def _kept(column: Column, date_column: int) -> bool:
    """Whether a column that is no count may hold numbers worth keeping."""
    return column.index != date_column and column.means.kind == "other" and column.header != ""


def _daily_rows(reading: Reading, date_column: int) -> list[Row]:
    """Rows of days: without rows of totals, and of the right length."""
    table = reading.table
    width = len(table.header.cells)
    rows, totals = [], 0
    for row in table.rows:
        if any(is_total(cell) for cell in (row.cells[0], *row.cells[date_column : date_column + 1])):
            totals += 1
        elif len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
            reading.fault(row, width, _TOO_LONG.format(len(row.cells), width))
        elif len(row.cells) <= date_column:
            reading.fault(row, 0, f"the row has {len(row.cells)} cells and the header {width}; there is no date")
        else:
            rows.append(row)
    if totals:
        reading.notes.append(f"{totals} row{'s' if totals > 1 else ''} of totals left out.")
    return rows


def _days(reading: Reading, rows: list[Row], date_column: int) -> list[dt.date | None]:
    """The date of each row, None where it cannot be read; a second row of a day is a fault."""
    order = date_order([row.cells[date_column] for row in rows])
    days: list[dt.date | None] = []
    first_line: dict[dt.date, int] = {}
    for row in rows:
        try:
            day: dt.date | None = read_date(row.cells[date_column], order)
        except ValueError as error:
            reading.fault(row, date_column, f"{error}.")
            day = None
        if day is not None and first_line.setdefault(day, row.line) != row.line:
            message = f"{day} appears again (first on line {first_line[day]}); one row a day is allowed"
            reading.fault(row, date_column, message + _why_twice(reading.table))
        days.append(day)
    _refuse_other_steps(reading, sorted(first_line))
    return days


def _why_twice(table: Table) -> str:
    split = [
        cell.strip()
        for cell in table.header.cells
        if any(part in cell.lower() for part in ("渠道", "来源", "channel", "sku", "商品"))
    ]
    return f". '{split[0]}' splits days: keep the rows of the whole store" if split else ""


def _refuse_other_steps(reading: Reading, days: list[dt.date]) -> None:
    """A fault of the whole file where its rows are weeks or months."""
    if len(days) < 3:
        return
    steps = Counter((later - earlier).days for earlier, later in itertools.pairwise(days))
    step, times = steps.most_common(1)[0]
    span = (days[-1] - days[0]).days + 1
    if step > 1 and times * 2 > len(days) - 1:
        kind = {7: "weeks", 14: "fortnights"}.get(step, "months" if 28 <= step <= 31 else f"steps of {step} days")
        message = f"the rows are {kind}, {days[0]} to {days[-1]}; daily figures are wanted, one row a day"
        reading.faults.append(Fault(reading.table.file, 0, 0, message))
    elif span > _LONGEST_DAYS or (span > 60 and len(days) * 4 < span):
        gap = max(itertools.pairwise(days), key=lambda two: two[1] - two[0])
        message = (
            f"{len(days)} rows are spread over {span:,} days, {days[0]} to {days[-1]}, with nothing between "
            f"{gap[0]} and {gap[1]}; is a year mistyped?"
        )
        reading.faults.append(Fault(reading.table.file, 0, 0, message))


def _values(reading: Reading, rows: list[Row], column: Column) -> Array:
    """[n_rows], NaN where unknown; a count that cannot be read or is negative is a fault."""
    decimal_comma = reading.table.header.delimiter == ";"
    known = column.means.kind != "other"
    values = np.full(len(rows), np.nan)
    ranged: list[str] = []
    for i, row in enumerate(rows):
        text = row.cells[column.index] if column.index < len(row.cells) else ""
        try:
            cell = read_cell(text, decimal_comma=decimal_comma)
        except ValueError as error:
            if not known:
                # A column of words, or of words among numbers: nothing to keep.
                return np.full(len(rows), np.nan)
            open_quote = "a cell goes over several lines; is a quotation mark not closed?"
            reading.fault(row, column.index, f"{column.header}: {open_quote if chr(10) in text else f'{error}.'}")
            continue
        values[i] = cell.value * column.means.factor
        ranged += [text.strip()] if cell.ranged else []
        _refuse_value(reading, row, column, cell)
    if ranged and known:
        reading.notes.append(f"'{column.header}': {len(ranged)} ranges such as '{ranged[0]}' read as their middle.")
    return values


def _refuse_value(reading: Reading, row: Row, column: Column, cell: Cell) -> None:
    known = column.means.kind != "other"
    if known and cell.value < 0 and column.means.name not in {"profit", "cash"}:
        text = row.cells[column.index].strip()
        reading.fault(row, column.index, f"{column.header} is {text}; a figure of {column.means.name} is 0 or more.")
    elif known and cell.percent and column.means.kind == "count":
        text = row.cells[column.index].strip()
        reading.fault(row, column.index, f"{column.header} is {text}; {column.means.name} is a number, not a share.")


def _placed(
    reading: Reading, days: list[dt.date | None], values: dict[Column, Array]
) -> tuple[dt.date, dict[Column, Array]]:
    """First day, and each column on the calendar: [n_days], NaN on days without a row."""
    known = [day for day in days if day is not None]
    start, end = min(known), max(known)
    n_days = (end - start).days + 1
    at = np.array([(day - start).days for day in known])
    if np.any(np.diff(at) < 0):
        reading.notes.append("Rows were put in the order of their dates.")
    missing = sorted(set(range(n_days)) - set(at.tolist()))
    if missing:
        dates = [(start + dt.timedelta(days=day)).isoformat() for day in missing]
        few = "1 day has no row and stays" if len(missing) == 1 else f"{len(missing)} days have no row and stay"
        reading.notes.append(f"{few} unknown: {_listed(dates)}.")
    placed: dict[Column, Array] = {}
    for column, column_values in values.items():
        placed[column] = np.full(n_days, np.nan)
        placed[column][at] = column_values
        unknown = int(np.isnan(column_values).sum())
        if unknown and unknown < at.size and column.means.kind == "count":
            reading.notes.append(f"'{column.header}' is unknown on {unknown} of its days.")
    return start, placed


def _counts(reading: Reading, placed: dict[Column, Array]) -> tuple[dict[str, Array], dict[str, Array]]:
    """Counts by their names in `kpi`, those that ratios imply included; and the other columns."""
    counts = {column.means.name: values for column, values in placed.items() if column.means.kind == "count"}
    ratios = {
        column.means.name: _share(column, values) for column, values in placed.items() if column.means.kind == "ratio"
    }
    others = {
        column.header: values
        for column, values in placed.items()
        if column.means.kind == "other" and np.isfinite(values).any()
    }
    for column in placed:
        if column.means.kind == "count" and column.header.lower() != column.means.name:
            reading.notes.append(f"'{column.header}' is read as {column.means.name}{_remark(column)}.")
    _add_guests(reading, counts, others)
    _add_implied(reading, counts, ratios)
    if others:
        reading.notes.append(f"Columns that are no KPI of storesim are kept and not used: {_listed(sorted(others))}.")
    if not counts:
        raise reading.table.refuse(
            "no column is a KPI; name one of them as in '访客数' or 'uv', '成交客户数' or 'buyers', '成交金额' or 'gmv'"
        )
    return {name: counts[name] for name in kpi.COUNT if name in counts}, others


def _share(column: Column, values: Array) -> Array:
    """A ratio as its own unit; shares written as 3.2 for 3.2 % are told by their size."""
    if kpi.RATIO[column.means.name].unit != "share" or not np.any(values > 1):
        return values
    return values / 100


def _add_guests(reading: Reading, counts: dict[str, Array], others: dict[str, Array]) -> None:
    """Buyers who left no name are buyers too: customers known by name, and one for each order of a guest."""
    guests = next((header for header in others if is_guests(header)), None)
    if guests is None or "buyers" not in counts:
        return
    counts["buyers"] = counts["buyers"] + others[guests]
    reading.notes.append(
        f"Buyers are the customers known by name and one for each of '{guests}', "
        "so that value per buyer (AOV) divides all amounts by all who paid."
    )


def _add_implied(reading: Reading, counts: dict[str, Array], ratios: dict[str, Array]) -> None:
    """Counts that follow from a ratio and a count which are there: GMV from buyers and AOV."""
    for ratio in (kpi.RATIO[name] for name in ("cvr", "depth", "aov") if name in ratios):
        if ratio.name == "cvr" and np.nanmedian(ratios["cvr"]) > _ODD_CVR:
            reading.notes.append(
                "More than 30 % of visitors buy; if the conversion is in percent, write 0.8%, not 0.8."
            )
        if ratio.above not in counts and ratio.below in counts:
            counts[ratio.above] = counts[ratio.below] * ratios[ratio.name]
            reading.notes.append(f"{ratio.above} is {ratio.below} times {ratio.name}; the file does not give it.")
        elif ratio.below not in counts and ratio.above in counts:
            nothing = np.zeros_like(counts[ratio.above])
            below = np.divide(counts[ratio.above], ratios[ratio.name], out=nothing, where=ratios[ratio.name] > 0)
            counts[ratio.below] = np.where(np.isnan(counts[ratio.above]), np.nan, below)
            reading.notes.append(f"{ratio.below} is {ratio.above} divided by {ratio.name}; the file does not give it.")


def _say_what_is_odd(reading: Reading, counts: dict[str, Array]) -> None:
    """Notes on figures that contradict one another; they are kept as they are."""
    for larger, smaller in (("uv", "buyers"), ("pv", "uv"), ("orders", "buyers"), ("units", "orders")):
        if larger in counts and smaller in counts:
            days = int((counts[smaller] > counts[larger] * (1 + 1e-9)).sum())
            if days:
                reading.notes.append(
                    f"On {days} day{'s' if days > 1 else ''} {smaller} are more than {larger}; kept as they are."
                )


def _currency(reading: Reading, columns: list[Column], rows: list[Row]) -> str:
    """The one currency of the file; a second one is a fault where it first stands."""
    money = [column for column in columns if _is_money(column)]
    found, where = "", ""
    for row in (reading.table.header, *rows):
        for column in money:
            text = row.cells[column.index].strip() if column.index < len(row.cells) else ""
            sign = currency_of(text)
            if sign and found and sign != found:
                message = f"'{text}' is in {sign}, and '{where}' is in {found}; amounts of one file are in one currency"
                reading.fault(row, column.index, message)
                reading.raise_faults()
            if sign and not found:
                found, where = sign, text
    if money and not found:
        reading.notes.append("The file names no currency; amounts are taken as CNY.")
    return found or "CNY"


def _is_money(column: Column) -> bool:
    ratio = kpi.RATIO.get(column.means.name)
    return column.means.name in kpi.MONEY or (ratio is not None and ratio.unit.startswith("CNY"))


def _file_notes(table: Table) -> tuple[str, ...]:
    notes = []
    if table.encoding != "utf-8-sig":
        notes.append(f"The file is read as {'GBK' if table.encoding == 'gb18030' else 'UTF-16'}.")
    if table.above:
        notes.append(f"{table.above} line{'s' if table.above > 1 else ''} above the header left out.")
    return tuple(notes)


def _remark(column: Column) -> str:
    return f": {column.means.remark}" if column.means.remark else ""


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:6])
    return shown if len(names) <= 6 else f"{shown} and {len(names) - 6} more"
