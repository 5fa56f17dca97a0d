"""What is odd about a history as a whole: too short, never moving, stuck, out of the usual, another level, bots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.results.findings import Finding, Level
from storesim.results.part import said
from storesim.results.shifts import level_shifts, usual

if TYPE_CHECKING:
    from storesim.results.history import History

Array = NDArray[np.float64]

WATCHED: Final = (
    "uv",
    "pv",
    "visits",
    "buyers",
    "orders",
    "units",
    "gmv",
    "ad_spend",
    "clicks",
    "impressions",
    "cvr",
    "aov",
    "depth",
)
"""Counts and ratios whose days are compared with what is usual."""

_BOUGHT: Final = ("ad_spend", "clicks", "impressions")
"""What a budget sets the same every day."""

_WEEKLY = 14
_FOUR_WEEKS = 28
_STUCK = 5
_LEAST_STUCK = 20.0
_FAR = 5.0
"""Standard deviations from the usual that make an outlier."""

_LEAST_FAR = np.log(1.6)
_JUMP = np.log(1.8)
_COLLAPSE = np.log(0.6)
_HARDLY_MORE = np.log(1.3)
_LEAST_BUYERS = 8.0
"""So many buyers must be expected before their absence is more than chance."""

_SALES: Final = (
    ("618", (5, 28), (6, 20)),
    ("11.11", (10, 20), (11, 13)),
    ("12.12", (12, 10), (12, 13)),
    ("3.8", (3, 3), (3, 9)),
    ("New Year", (12, 29), (1, 3)),
)
"""Sales of the platform, first and last month and day: there a peak is no mistake. Dates differ from year to year."""


def examine(history: History) -> tuple[Finding, ...]:
    """What is odd about a history as a whole; every value is kept as it is.

    Single cells, days given twice and identities are looked at while a file is read: see `History.findings`.
    """
    found = [*_whole(history)]
    for name in (name for name in WATCHED if name in history.names):
        found += _stuck(history, name)
        found += _shifted(history, name, None)
    bots = list(_bots(history))
    by_bots = {finding.day for finding in bots}
    for name in (name for name in WATCHED if name in history.names):
        found += [finding for finding in _outliers(history, name) if finding.day not in by_bots]
    for channel in history.channels:
        if "uv" in history.names_of(channel):
            found += _shifted(history, "uv", channel)
    return (*found, *bots)


def sale_on(day: dt.date) -> str:
    """The sale of the platform that falls on a day, if there is one; "" otherwise."""
    at = (day.month, day.day)
    for name, first, last in _SALES:
        inside = first <= at <= last if first <= last else at >= first or at <= last
        if inside:
            return name
    return ""


def _whole(history: History) -> Iterator[Finding]:
    """Too short, all zero, constant."""
    known = max(int(np.isfinite(values).sum()) for values in history.columns.values())
    if known < _WEEKLY:
        message = f"{known} days are known; a weekly pattern takes {_WEEKLY}"
        yield Finding("warning", "short", message, "kept", _file(history), times=known)
    elif known < _FOUR_WEEKS:
        message = f"{known} days are known; from {_FOUR_WEEKS} on the bands of a forecast are narrower"
        yield Finding("note", "short", message, "kept", _file(history), times=known)
    for name, values in history.columns.items():
        seen = values[np.isfinite(values)]
        if seen.size >= 2 and not seen.any():
            yield _of_series(history, name, "zero", f"{name} is 0 on all {seen.size} days")
        elif seen.size >= 7 and float(np.ptp(seen)) == 0.0 and kpi.COUNT[name].adds == "sum":
            message = f"{name} is {said(seen[0])} on all {seen.size} days"
            yield _of_series(history, name, "constant", message, level="note" if name in _BOUGHT else "warning")


def _stuck(history: History, name: str) -> Iterator[Finding]:
    """Runs of the same number where chance would not repeat it."""
    # Shares of small counts repeat by chance.
    if name not in kpi.COUNT or name in _BOUGHT:
        return
    values = history.daily(name)
    same = np.append(np.diff(values) != 0, True)
    first = 0
    for last in np.flatnonzero(same).tolist():
        length = last - first + 1
        if _STUCK <= length < values.size and values[first] >= _LEAST_STUCK:
            message = f"{name} is {said(values[first])} on {length} days in a row, to {history.date(last)}"
            yield _at(history, name, first, message, kind="stuck", times=length)
        first = last + 1


def _outliers(history: History, name: str) -> Iterator[Finding]:
    values = history.daily(name)
    found = usual(values, history.start)
    if found is None:
        return
    off = found.off
    limit = np.full(values.size, max(_FAR * found.scale, _LEAST_FAR))
    if name in kpi.COUNT and kpi.COUNT[name].unit != "CNY":
        # A handful of orders doubles by chance.
        limit = np.maximum(limit, _FAR / np.sqrt(np.maximum(found.expected, 1.0)))
    elif name in kpi.RATIO and kpi.RATIO[name].above in history.columns:
        above = history.columns["buyers" if name == "aov" else kpi.RATIO[name].above]
        limit = np.maximum(limit, _FAR / np.sqrt(np.maximum(above, 1.0)))
    elif name == "gmv" and "buyers" in history.columns:
        limit = np.maximum(limit, _FAR / np.sqrt(np.maximum(history.columns["buyers"], 1.0)))
    with np.errstate(invalid="ignore"):
        far = np.flatnonzero(np.abs(off) > limit)
    for day in far.tolist():
        sale = sale_on(history.date(day))
        level: Level = "note" if sale and off[day] > 0 else "warning"
        why = f"; the sale {sale} falls here" if level == "note" else ""
        message = f"{name} is {said(values[day])}, and {said(found.expected[day], 3)} would be usual{why}"
        yield _at(history, name, day, message, kind="outlier", level=level)


def _shifted(history: History, name: str, channel: str | None) -> Iterator[Finding]:
    values = history.daily(name, channel)
    called = f"{name} of channel {channel}" if channel else name
    for shift in level_shifts(values, history.start):
        way = "higher" if shift.factor > 1 else "lower"
        change = abs(shift.factor - 1)
        message = (
            f"{called} stands {change:.0%} {way} from {history.date(shift.day)} on: {said(shift.before, 3)} before, "
            f"{said(shift.after, 3)} after"
        )
        if channel is None:
            yield _at(history, name, shift.day, message, kind="shift")
        else:
            yield Finding("warning", "shift", message, "kept", _file(history), day=history.date(shift.day))


def _bots(history: History) -> Iterator[Finding]:
    """Days on which visitors jump, hardly any of them look at a second page, and buyers do not follow."""
    if not {"uv", "buyers"} <= set(history.columns):
        return
    uv, buyers, cvr = (history.daily(name) for name in ("uv", "buyers", "cvr"))
    of_uv, of_cvr = usual(uv, history.start), usual(cvr, history.start)
    if of_uv is None or of_cvr is None:
        return
    depth = history.daily("depth") if "pv" in history.columns else None
    of_depth = usual(depth, history.start) if depth is not None else None
    # Nobody buying at all has no logarithm; it is the clearest collapse there is.
    usual_cvr = _carried(of_cvr.expected)
    with np.errstate(invalid="ignore", divide="ignore"):
        collapsed = np.log(np.maximum(cvr, 1e-9) / usual_cvr) < _COLLAPSE
        expected = of_uv.expected * usual_cvr
        no_more_buyers = np.log(np.maximum(buyers, 1e-9) / expected) < _HARDLY_MORE
        jumped = of_uv.off > (_JUMP if of_depth is not None else np.log(2.5))
        missed = uv * usual_cvr >= _LEAST_BUYERS
        suspect = jumped & collapsed & no_more_buyers & missed
        if depth is not None and of_depth is not None:
            suspect &= depth < 1.0 + 0.6 * np.maximum(of_depth.expected - 1.0, 0.0)
    for day in np.flatnonzero(suspect).tolist():
        pages = f", {depth[day]:.2f} pages each" if depth is not None else ""
        message = (
            f"{said(uv[day])} visitors where {said(of_uv.expected[day], 3)} would be usual, and {cvr[day]:.2%} of them "
            f"buy where {usual_cvr[day]:.2%} would{pages}: visits by machines, perhaps"
        )
        yield _at(history, "uv", day, message, kind="bots")


def _carried(values: Array) -> Array:
    """The same, unknown days at the nearest known value before, else after."""
    known = np.flatnonzero(np.isfinite(values))
    nearest = np.searchsorted(known, np.arange(values.size), side="right") - 1
    return values[known[np.maximum(nearest, 0)]]


def _file(history: History) -> str:
    return next((place.file for place in history.places.values()), "")


def _of_series(history: History, name: str, kind: str, message: str, *, level: Level = "warning") -> Finding:
    place = history.places.get(name)
    file, column = (place.file, place.column) if place else ("", name)
    return Finding(level, kind, message, "kept", file, column=column)


def _at(
    history: History, name: str, day: int, message: str, *, level: Level = "warning", kind: str, times: int = 1
) -> Finding:
    """A finding about one day of the store, where the day stands in its file."""
    count = name if name in kpi.COUNT else kpi.RATIO[name].above
    place = history.places.get(count)
    file, row, column = place.at(day) if place is not None else ("", 0, name)
    value = said(history.daily(name)[day])
    return Finding(level, kind, message, "kept", file, row, column, history.date(day), value, times)
