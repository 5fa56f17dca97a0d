"""What is planned for days to come: ad spend, by channel or in all, a discount or a price, from a file or in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim import units
from storesim.errors import Fault, HistoryError, UsageError, near_or_all
from storesim.results.cells import date_order, read_cell, read_date
from storesim.results.column_names import Meaning, meaning
from storesim.results.grid import Row, Table
from storesim.results.open_tables import read_tables

Array = NDArray[np.float64]

PRICES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "discount": ("discount", "discount rate", "discount_rate", "折扣", "折扣率", "优惠率", "让利率"),
        "price": ("price", "mean price", "average price", "unit price", "均价", "平均售价", "成交均价", "售价"),
    }
)
"""Names of columns that are no counts and say what a store asks for its goods."""

SPEND: Final = "ad_spend"
_NAMES: Final = (SPEND, *PRICES)


def read_plan(file: str, first: dt.date, horizon: int) -> dict[str, Array]:
    """What a file plans for the days to come: [horizon] by name (`ad_spend`, `ad_spend@express`, `discount`, `price`).

    Parameters
    ----------
    file
        CSV, .xlsx or a web page's table with a column of dates; other days and columns in it are passed over.
    first
        The first day to come.
    horizon
        Days to come; each must be planned.

    Raises
    ------
    HistoryError
        With every fault of the file.
    """
    tables, _ = read_tables(file, _recognised)
    faults: list[Fault] = []
    found: dict[str, Array] = {}
    for table in tables:
        found |= _planned(table, first, horizon, faults)
    if not found and not faults:
        message = (
            "no column is a plan of ad spend, a discount or a price; name one of them as in '花费' or 'ad_spend', "
            "'折扣' or 'discount', '均价' or 'price'"
        )
        faults.append(Fault(file, 0, 0, message))
    if faults:
        raise HistoryError(faults)
    return found


def planned_value(text: str) -> tuple[str, float]:
    """Name and value in `ad_spend=300`, `ad_spend@express=450`, `discount=8折`: the same on every day to come.

    Raises
    ------
    UsageError
        If there is no such name, or the value cannot be.
    """
    given, mark, value = text.partition("=")
    name = _name_of(given.strip()) or given.strip()
    if not mark or name.partition("@")[0] not in _NAMES or ("@" in name and not name.startswith(SPEND)):
        raise UsageError(
            f"'{text}' plans nothing; write NAME=VALUE with ad_spend, ad_spend@CHANNEL, discount or price"
            f"{near_or_all(given.strip(), _NAMES)}"
        )
    try:
        return name, units.read_discount(value.strip()) if name == "discount" else units.read_money(value.strip())
    except ValueError as error:
        raise UsageError(f"{name}: {error}") from None


def price_named(header: str) -> str:
    """ "discount" or "price", if that is what a column's name says; empty if it says neither."""
    plain = header.strip().lower().replace("(%)", "").strip()
    return next((name for name, others in PRICES.items() if plain in others), "")


def _recognised(header: str) -> Meaning:
    """As for a history, and prices as figures, so that a table of dates and prices is one."""
    name = _name_of(header)
    found = meaning(header)
    return found if not name or name.startswith(SPEND) else Meaning("ratio", name, 0, found.factor)


def _name_of(header: str) -> str:
    """What a column plans; empty if nothing."""
    plain = header.strip().lower().replace("(%)", "").strip()
    if priced := price_named(header):
        return priced
    name, _, channel = plain.partition("@")
    found = meaning(name)
    if found.kind != "count" or found.name != SPEND:
        return ""
    channel = channel or found.channel
    return f"{SPEND}@{channel}" if channel else SPEND


def _planned(table: Table, first: dt.date, horizon: int, faults: list[Fault]) -> dict[str, Array]:
    """The columns of a table that plan something; what is wrong is added to the faults."""
    dates = next((i for i, cell in enumerate(table.header.cells) if meaning(cell).kind == "date"), None)
    columns = {name: i for i, cell in enumerate(table.header.cells) if (name := _name_of(cell))}
    if dates is None or not columns:
        return {}
    order = date_order([row.cell(dates) for row in table.rows])
    made = {name: np.full(horizon, np.nan) for name in columns}
    seen: set[dt.date] = set()
    before = len(faults)
    for row in table.rows:
        if not any(cell.strip() for cell in row.cells):
            continue
        try:
            day = read_date(row.cell(dates), order)
        except ValueError as error:
            faults.append(table.fault(row, dates, f"{error}."))
            continue
        if day in seen:
            faults.append(table.fault(row, dates, f"{day} is planned twice; give one row a day"))
        seen.add(day)
        if first <= day < first + dt.timedelta(days=horizon):
            for name, index in columns.items():
                made[name][(day - first).days] = _value(table, row, index, name, faults)
    if len(faults) == before:
        _say_missing(table, made, columns, first, faults)
    return made


def _value(table: Table, row: Row, index: int, name: str, faults: list[Fault]) -> float:
    """What a cell plans; NaN where it says nothing or is at fault."""
    text, header = row.cell(index), table.header.cells[index].strip()
    try:
        if name == "discount" and text.endswith("折"):
            return units.read_discount(text)
        cell = read_cell(text, decimal_comma=table.header.delimiter == ";")
    except ValueError as error:
        faults.append(table.fault(row, index, f"{header}: {error}."))
        return float("nan")
    value = cell.value * meaning(header).factor
    if name == "discount" and not cell.percent and ("%" in header or value > 1.0):
        value /= 100.0
    if value < 0 or (name == "discount" and value > 1.0):
        message = f"{header} is {text}; a plan of {name} is 0 or more, a discount below 100 %"
        faults.append(table.fault(row, index, message))
    return value


def _say_missing(
    table: Table, made: Mapping[str, Array], columns: Mapping[str, int], first: dt.date, faults: list[Fault]
) -> None:
    for name, values in made.items():
        gaps = np.flatnonzero(np.isnan(values))
        if gaps.size:
            header, day = table.header.cells[columns[name]].strip(), first + dt.timedelta(days=int(gaps[0]))
            message = (
                f"'{header}' is not planned on {gaps.size} of the {values.size} days to come, {day} the first of them; "
                "plan every day, or foretell fewer days"
            )
            faults.append(Fault(table.file, 0, 0, message))
