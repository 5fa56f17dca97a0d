"""Sales of a workbook's calendar as they were typed: days and price cuts that cannot be meant, told by their cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from storesim.report.parts.planning import CALENDAR

if TYPE_CHECKING:
    from storesim.scenario.document import Scenario
    from storesim.study.workbook import Change

ENDS: Final = ("first", "last")
"""Columns of the calendar that hold days."""

_LONGEST: Final = 92
"""Days of a sale, a quarter: *assumed*, three times 618 with all it begins with; longer ones are slips of the year."""


def faults_of_sales(scenario: Scenario, found: list[Change]) -> Iterator[str]:
    """What is wrong with sales that were changed: days told by the cell of the last one if both were typed."""
    sales: dict[int, dict[str, Change]] = {}
    for change in found:
        table, row, column = change.key.split(".")
        if table == CALENDAR:
            sales.setdefault(int(row[1:]), {})[column] = change
    days = [_days(scenario, place, sales.get(place, {})) for place in range(len(scenario.events))]
    for place, typed in sales.items():
        cut = typed.get("discount")
        if cut is not None and cut.after > 1.0:
            shown = cut.shown(cut.after)
            yield f"{cut.cell} ({cut.label}) is {shown}; a price cut of at most 100% is wanted, such as 20% or 8折"
        if typed.keys() & set(ENDS):
            yield from _wrong_days(scenario, place, days, typed)


def _days(scenario: Scenario, place: int, typed: Mapping[str, Change]) -> tuple[dt.date, dt.date]:
    event = scenario.events[place]
    first, last = (
        dt.date.fromordinal(int(typed[end].after)) if end in typed else day
        for end, day in zip(ENDS, (event.first, event.last), strict=True)
    )
    return first, last


def _wrong_days(
    scenario: Scenario, place: int, days: list[tuple[dt.date, dt.date]], typed: Mapping[str, Change]
) -> Iterator[str]:
    (first, last), event, opened = days[place], scenario.events[place], scenario.store.opened
    told = typed["last"] if "last" in typed else typed["first"]
    where = f"{told.cell} ({told.label}) is {told.shown(told.after)}"
    n_days, before = (last - first).days + 1, (event.last - event.first).days + 1
    if last < first:
        if "last" in typed:
            yield f"{where}; the sale begins on {first}: a day on or after that is wanted"
        else:
            yield f"{where}; the sale ends on {last}: a day on or before that is wanted"
        return
    if last < opened:
        yield f"{where}; the store opens on {opened}: a sale that ends before it is never played"
    if n_days > max(_LONGEST, before):
        yield f"{where}; the sale would last {n_days} days, and {_LONGEST} are the most: look at the years"
    for other, (begins, ends) in enumerate(days):
        if other != place and scenario.events[other].name == event.name and first <= ends and begins <= last:
            yield f"{where}; on these days '{event.name}' is on already, from {begins} to {ends}: give it others"
            return
