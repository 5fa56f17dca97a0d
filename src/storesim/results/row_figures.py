"""The figures in the rows of a table: cells to numbers, ratios to shares, counts that ratios imply."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim import kpi, units
from storesim.results.cells import Cell, read_cell
from storesim.results.column_names import is_guests
from storesim.results.part import OPEN_QUOTE, Column, Reading, ReportKind, listed, said
from storesim.results.planned_days import price_named
from storesim.results.rows_to_days import Records

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

_ODD_CVR = 0.3
"""A conversion above is likelier a percentage without its sign."""

_CLOSE = 0.02
"""Ratios that differ by less, in the middle of their rows, are the same."""

_SAID = 0.005
"""Ratios that differ by less than this share and their last digit are the same in one row."""

_IMPLIED: Final = ("cvr", "depth", "aov", "uv_value", "order_value", "units_per_order")
"""Ratios from which a count that is not there is computed, in this order."""

_LESS: Final = (
    ("uv", "buyers"), ("pv", "uv"), ("visits", "uv"), ("pv", "visits"), ("orders", "buyers"), ("units", "orders"),
    ("impressions", "clicks"),
)  # fmt: skip
"""Pairs of counts of which the first cannot be less than the second."""

_LAST_DIGIT = re.compile(r"\d+(?:\.(\d+))?\s*(万|亿)?\s*([%％]?)")


@dataclass(frozen=True, eq=False)
class Figure:
    """One column as numbers."""

    column: Column
    values: Array
    """[n_rows], NaN where unknown."""

    steps: Array
    """[n_rows] size of the last digit that is written."""


Figures = dict[tuple[str, str], Figure]
"""By channel (empty: that of the row, or the store's) and name of a count."""


def row_figures(
    reading: Reading, records: Records, columns: list[Column], kind: ReportKind
) -> tuple[Figures, dict[str, Figure]]:
    """Counts of each row, those that ratios imply included; and columns of numbers that are no KPI."""
    read = {column: _figure(reading, records, column) for column in columns}
    others = {
        column.header: figure
        for column, figure in read.items()
        if column.means.kind == "other" and np.isfinite(figure.values).any()
    }
    counts = {_key(column): figure for column, figure in read.items() if column.means.kind == "count"}
    _say_names(reading, counts)
    _add_guests(reading, counts, others)
    ratios = {column: figure for column, figure in read.items() if column.means.kind == "ratio"}
    _settle_ratios(reading, records, counts, ratios)
    if not counts:
        raise reading.table.refuse(
            "no column is a KPI; name one of them as in '访客数' or 'uv', '成交客户数' or 'buyers', '成交金额' or 'gmv'"
        )
    if not any(np.isfinite(figure.values).any() for figure in counts.values()) and not reading.faults:
        raise reading.table.refuse("no number is known on any day")
    _say_what_is_odd(reading, records, counts)
    if kind == "affiliate" and ("", "ad_spend") not in counts and ("", "commission_promised") in counts:
        counts["", "ad_spend"] = counts["", "commission_promised"]
        reading.note("Commission paid is not given; the commission expected is taken as ad spend.")
    prices = {name for name in others if price_named(name)}
    if prices:
        reading.note(f"Columns of prices, from which plans of a discount or a price learn: {listed(sorted(prices))}.")
    if others.keys() - prices:
        unused = listed(sorted(others.keys() - prices))
        reading.note(f"Columns that are no KPI of storesim are kept and not used: {unused}.")
    return counts, others


def _key(column: Column) -> tuple[str, str]:
    return column.means.channel, column.means.name


def _figure(reading: Reading, records: Records, column: Column) -> Figure:
    """A column as numbers; a count that cannot be read or is negative is a fault and unknown."""
    decimal_comma = reading.table.header.delimiter == ";"
    known = column.means.kind != "other"
    n_rows = len(records.rows)
    values, steps = np.full(n_rows, np.nan), np.ones(n_rows)
    bare: Flags = np.zeros(n_rows, dtype=np.bool_)
    ranged: list[str] = []
    empty: list[int] = []
    for i, row in enumerate(records.rows):
        text = row.cells[column.index] if column.index < len(row.cells) else ""
        try:
            cell = _read(text, column, decimal_comma=decimal_comma)
        except ValueError as error:
            if not known:
                # A column of words, or of words among numbers: nothing to keep.
                return Figure(column, np.full(n_rows, np.nan), steps)
            reading.fault(row, column.index, f"{column.header}: {OPEN_QUOTE if chr(10) in text else f'{error}.'}")
            continue
        if known and _refused(reading, records, i, column, percent=cell.percent, negative=cell.value < 0):
            continue
        if np.isnan(cell.value):
            empty.append(i)
        values[i], steps[i], bare[i] = cell.value * column.means.factor, _last_digit(text), not cell.percent
        if cell.ranged and known:
            ranged.append(text.strip())
            message = f"'{text.strip()}' is a range; its middle is {said(values[i])}"
            reading.found(row, column.index, "note", "range", message, done="read as middle", day=records.day(i))
    if ranged:
        reading.note(f"'{column.header}': {len(ranged)} ranges such as '{ranged[0]}' read as their middle.")
    if known:
        _say_unknown(reading, records, column, empty)
        if column.means.factor > 1.0:
            reading.note(f"'{column.header}' is in units of {column.means.factor:,.0f}, as its header says.")
    return _of_ratio(reading, Figure(column, values, steps * column.means.factor), bare)


def _read(text: str, column: Column, *, decimal_comma: bool) -> Cell:
    """A cell; what is paid of a price, as in 8折, is read in columns of discounts."""
    if text.strip().endswith("折") and price_named(column.header) == "discount":
        return Cell(units.read_discount(text), percent=True)
    return read_cell(text, decimal_comma=decimal_comma)


def _refused(reading: Reading, records: Records, i: int, column: Column, *, percent: bool, negative: bool) -> bool:
    row, name = records.rows[i], column.means.name
    text = row.cell(column.index)
    if negative and name not in {"profit", "cash", "margin"}:
        message = f"{column.header} is {text}; a figure of {name} is 0 or more."
        reading.fault(row, column.index, message, "negative")
        return True
    if percent and column.means.kind == "count":
        reading.fault(row, column.index, f"{column.header} is {text}; {name} is a number, not a share.", "impossible")
        return True
    return False


def _say_unknown(reading: Reading, records: Records, column: Column, empty: list[int]) -> None:
    """Cells that say nothing, unless all of them do."""
    if not empty or len(empty) == len(records.rows):
        return
    if column.means.kind == "count":
        reading.note(f"'{column.header}' is unknown on {len(empty)} of its {'days' if not records.parts else 'rows'}.")
    for i in empty:
        row, day = records.rows[i], records.day(i)
        message = f"'{row.cell(column.index)}' says nothing"
        reading.found(row, column.index, "note", "unknown", message, done="read as missing", day=day)


def _of_ratio(reading: Reading, figure: Figure, bare: Flags) -> Figure:
    """A share as a share: cells written as 3.2 for 3.2 % are told by their size, or by the mapping that was given."""
    column, values = figure.column, figure.values
    ratio = kpi.RATIO.get(column.means.name)
    if ratio is None or ratio.unit != "share" or not bare.any() or column.means.factor != 1.0:
        return figure
    if column.means.percent:
        reading.note(f"'{column.header}' is read as percent, as its header says.")
        scale = np.where(bare, 0.01, 1.0)
        return Figure(column, values * scale, figure.steps * scale)
    with np.errstate(invalid="ignore"):
        percent = bool(np.any(values[bare] > 1))
    if not percent:
        return figure
    largest = float(np.nanmax(values[bare]))
    reading.note(f"'{column.header}' is read as percent: {said(largest)} is {said(largest)} %.")
    scale = np.where(bare, 0.01, 1.0)
    return Figure(column, values * scale, figure.steps * scale)


def _say_names(reading: Reading, counts: Mapping[tuple[str, str], Figure]) -> None:
    """What columns are read as, and what is assumed by it."""
    named = {
        figure.column: f"{name} of channel {channel}" if channel else name
        for (channel, name), figure in counts.items()
        if figure.column.header.lower() != name
    }
    if named:
        pairs = ", ".join(f"{column.header} = {name}" for column, name in named.items())
        reading.note(f"Columns are read as: {pairs}.")
    for column in (column for column in named if column.means.remark):
        reading.note(f"'{column.header}': {column.means.remark}.")


def _add_guests(reading: Reading, counts: Figures, others: Mapping[str, Figure]) -> None:
    """Buyers who left no name are buyers too: customers known by name, and one for each order of a guest."""
    guests = next((header for header in others if is_guests(header)), None)
    buyers = counts.get(("", "buyers"))
    if guests is None or buyers is None:
        return
    counts["", "buyers"] = Figure(buyers.column, buyers.values + others[guests].values, buyers.steps)
    reading.note(
        f"Buyers are the customers known by name and one for each of '{guests}', "
        "so that value per buyer (AOV) divides all amounts by all who paid."
    )


def _settle_ratios(reading: Reading, records: Records, counts: Figures, ratios: dict[Column, Figure]) -> None:
    """Counts that follow from a ratio and a count which are there; where both are, the ratio is checked."""
    by_name = {_key(column): figure for column, figure in ratios.items()}
    channels = dict.fromkeys(channel for channel, _ in by_name)
    for channel in channels:
        own = {name: figure for (of, name), figure in by_name.items() if of == channel}
        for name in (*_IMPLIED, *(name for name in own if name not in _IMPLIED)):
            if name not in own:
                continue
            figure = own[name]
            if name == "cvr" and np.isfinite(figure.values).any() and np.nanmedian(figure.values) > _ODD_CVR:
                reading.note("More than 30 % of visitors buy; if the conversion is in percent, write 0.8%, not 0.8.")
            ratio = kpi.RATIO[name]
            if name == "aov":
                ratio = _per_buyer_or_order(reading, counts, figure, channel)
            above, below = counts.get((channel, ratio.above)), counts.get((channel, ratio.below))
            if above is not None and below is not None:
                figure = _percent_by_identity(reading, figure, ratio, (above, below))
                _check_identity(reading, records, figure, ratio, (above, below))
            elif name in _IMPLIED and (above is not None or below is not None):
                _imply(reading, counts, figure, ratio, channel)


def _per_buyer_or_order(reading: Reading, counts: Figures, figure: Figure, channel: str) -> kpi.Ratio:
    """What 客单价 is divided by, told by the identity that holds: per buyer as JD has it, or per order."""
    gmv, buyers, orders = (counts.get((channel, name)) for name in ("gmv", "buyers", "orders"))
    header = figure.column.header
    if gmv is None:
        if buyers is None and orders is not None:
            reading.note(f"'{header}' is taken per order, for buyers are not given.")
            return kpi.RATIO["order_value"]
        if buyers is not None:
            reading.note(
                f"'{header}' is taken per buyer, as JD defines it; if it is per order, say so: {header}=order_value."
            )
        return kpi.RATIO["aov"]
    off = {
        name: _off(figure.values, gmv.values, below.values)
        for name, below in (("aov", buyers), ("order_value", orders))
        if below is not None
    }
    if off.get("order_value", np.inf) < _CLOSE and off.get("order_value", np.inf) < off.get("aov", np.inf):
        reading.note(f"'{header}' is per order here: it is {gmv.column.header} divided by orders, and not by buyers.")
        return kpi.RATIO["order_value"]
    if off.get("aov", np.inf) < _CLOSE:
        reading.note(f"'{header}' is per buyer here: it is {gmv.column.header} divided by buyers.")
    elif buyers is None:
        reading.note(
            f"'{header}' is taken per buyer, as JD defines it; if it is per order, say so: {header}=order_value."
        )
    return kpi.RATIO["aov"]


def _off(ratio: Array, above: Array, below: Array) -> float:
    """How far a ratio is from what it should be, in the middle of its rows; infinite where there are none."""
    usable = (below > 0) & (above > 0) & np.isfinite(ratio)
    if not usable.any():
        return np.inf
    return float(np.median(np.abs(ratio[usable] * below[usable] / above[usable] - 1)))


def _percent_by_identity(reading: Reading, figure: Figure, ratio: kpi.Ratio, parts: tuple[Figure, Figure]) -> Figure:
    """The same as shares where the column is a hundred times what its counts make it."""
    above, below = (part.values for part in parts)
    as_percent = Figure(figure.column, figure.values / 100, figure.steps / 100)
    if ratio.unit != "share" or not _off(as_percent.values, above, below) < _CLOSE < _off(figure.values, above, below):
        return figure
    names = f"{parts[0].column.header} / {parts[1].column.header}"
    reading.note(f"'{figure.column.header}' is read as percent: it is a hundred times {names}.")
    return as_percent


def _check_identity(
    reading: Reading, records: Records, figure: Figure, ratio: kpi.Ratio, parts: tuple[Figure, Figure]
) -> None:
    """A finding for each row in which a ratio is not what its counts make it."""
    above, below = parts
    usable = (below.values > 0) & np.isfinite(above.values) & np.isfinite(figure.values)
    made = np.divide(above.values * ratio.scale, below.values, out=np.full_like(above.values, np.nan), where=usable)
    # A figure written as 1.2万 is known to half its last digit.
    rough = [np.where(part.steps > 1, part.steps / np.maximum(part.values, 1e-300), 0.0) for part in parts]
    allowed = figure.steps * 0.51 + np.abs(made) * (_SAID + rough[0] + rough[1])
    wrong = np.flatnonzero(usable & (np.abs(figure.values - made) > allowed))
    for i in wrong.tolist():
        message = (
            f"{figure.column.header} is {records.rows[i].cell(figure.column.index)}, and {above.column.header} / "
            f"{below.column.header} is {said(made[i])}"
        )
        reading.found(
            records.rows[i], figure.column.index, "warning", "identity", message, done="kept", day=records.day(i)
        )


def _imply(reading: Reading, counts: Figures, figure: Figure, ratio: kpi.Ratio, channel: str) -> None:
    """The count that a ratio and its other count imply."""
    above, below = counts.get((channel, ratio.above)), counts.get((channel, ratio.below))
    if below is not None:
        values = below.values * figure.values / ratio.scale
        counts[channel, ratio.above] = Figure(figure.column, values, np.ones_like(values))
        reading.note(f"{ratio.above} is {ratio.below} times {ratio.name}; the file does not give it.")
    elif above is not None:
        nothing = np.zeros_like(above.values)
        made = np.divide(above.values * ratio.scale, figure.values, out=nothing, where=figure.values > 0)
        made = np.where(np.isnan(above.values) | np.isnan(figure.values), np.nan, made)
        counts[channel, ratio.below] = Figure(figure.column, made, np.ones_like(made))
        reading.note(f"{ratio.below} is {ratio.above} divided by {ratio.name}; the file does not give it.")


def _say_what_is_odd(reading: Reading, records: Records, counts: Figures) -> None:
    """Findings on counts that contradict one another; they are kept as they are."""
    for channel in dict.fromkeys(channel for channel, _ in counts):
        for larger, smaller in _LESS:
            whole, part = counts.get((channel, larger)), counts.get((channel, smaller))
            if whole is None or part is None:
                continue
            wrong = np.flatnonzero(part.values > whole.values * (1 + 1e-9))
            for i in wrong.tolist():
                more, less = part.values[i], whole.values[i]
                message = f"{part.column.header} ({said(more)}) is more than {whole.column.header} ({said(less)})"
                reading.found(
                    records.rows[i], part.column.index, "warning", "order", message, done="kept", day=records.day(i)
                )
            if wrong.size:
                each = f"{'day' if not records.parts else 'row'}{'s' if wrong.size > 1 else ''}"
                reading.note(f"On {wrong.size} {each} {smaller} are more than {larger}; kept as they are.")


def _last_digit(text: str) -> float:
    """Size of the last digit of a number as it is written: 0.01 for 1.25, 100 for 1.25万, 0.0001 for 1.25%."""
    found = _LAST_DIGIT.search(text)
    if found is None:
        return 1.0
    size = 10.0 ** -len(found[1] or "")
    size *= {"万": 1e4, "亿": 1e8}.get(found[2] or "", 1.0)
    return size / 100 if found[3] else size
