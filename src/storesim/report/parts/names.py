"""How periods, events and days are called on the page, for every part."""

from __future__ import annotations

import datetime as dt
import math

from storesim.report.document import printable
from storesim.report.figures import Mark, month_name
from storesim.report.palette import SERIES, TARGET
from storesim.report.sources import Sources
from storesim.results.periods import period_bounds, period_level
from storesim.scenario.events import Event


def period_name(key: str, sources: Sources) -> str:
    """`2027Q1` as ``2027年第1季度`` or ``Q1 2027``; likewise years and months."""
    first, _ = period_bounds(key)
    match period_level(key):
        case "year":
            return sources.say("year_name", year=first.year)
        case "quarter":
            return sources.say("quarter_name", year=first.year, quarter=(first.month + 2) // 3)
        case "month":
            name = month_name(first, "en")
            return sources.say("month_name", year=first.year, month=first.month, name=name)
        case _:
            return key


def month_ticks(keys: list[str], lang: str) -> list[str]:
    """Short month names under an axis; the year with the first, and with each January of more than a year."""
    firsts = [period_bounds(key)[0] for key in keys]
    return [
        month_name(day, lang, with_year=i == 0 or (day.month == 1 and len(keys) > 12)) for i, day in enumerate(firsts)
    ]


def event_marks(sources: Sources) -> tuple[Mark, ...]:
    """Events that touch the simulated days, in order of date."""
    first, n_days = sources.whole.first, sources.whole.n_days
    marks = []
    for event in sorted(sources.scenario.events, key=lambda event: (event.first, event.last)):
        begin, end = (event.first - first).days, (event.last - first).days
        if end >= 0 and begin < n_days:
            marks.append(Mark(printable(event.name), max(begin, 0), min(end, n_days - 1), _colour(event)))
    return tuple(marks)


def day(sources: Sources, index: float) -> str:
    """Date of a day counted from the first simulated one; a dash where it is unknown."""
    if math.isnan(index):
        return "–"
    return (sources.whole.first + dt.timedelta(days=round(index))).isoformat()


def _colour(event: Event) -> str:
    if event.market < 1:
        return SERIES[7]
    return TARGET if event.market > 1 else SERIES[2]
