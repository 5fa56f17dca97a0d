"""Rows to days: rows given twice told apart, rows that split a day added up, days put on the calendar."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.results.column_names import CHANNELS, channel_called, channel_within, is_all
from storesim.results.findings import Finding
from storesim.results.grid import Row, Table
from storesim.results.part import Array, Column, Reading, ReportKind, Series, listed
from storesim.results.place import Place

if TYPE_CHECKING:
    from storesim.results.row_figures import Figure, Figures

_LEVELS = ("channel", "channel, second level", "channel, third level", "merged source", "node")
_HOURS = 24


@dataclass(frozen=True)
class Records:
    """The rows of a table, each with its day, its hour if it has one, and the columns that split days."""

    rows: tuple[Row, ...]
    moments: tuple[tuple[dt.date, int | None], ...]
    parts: tuple[Column, ...]

    def day(self, i: int) -> dt.date:
        """Date of a row."""
        return self.moments[i][0]

    def split(self, i: int) -> tuple[str, ...]:
        """What a row is of, in each column that splits days."""
        return self._splits[i]

    @cached_property
    def _splits(self) -> list[tuple[str, ...]]:
        at = [column.index for column in self.parts]
        return [tuple(row.cell(index) for index in at) for row in self.rows]


@dataclass(frozen=True, eq=False)
class Placed:
    """Figures on the calendar."""

    start: dt.date
    n_days: int
    store: Mapping[str, Series]
    channels: Mapping[str, Mapping[str, Series]]
    others: Mapping[str, Array]


def placed(
    reading: Reading, records: Records, figures: Figures, others: Mapping[str, Figure], kind: ReportKind
) -> Placed:
    """Figures of rows as figures of days, of the store and of its channels."""
    single = _without_repeats(reading, records)
    if not single:
        return Placed(dt.date(2000, 1, 1), 0, {}, {}, {})
    days = [records.day(i) for i in single]
    start, n_days = min(days), (max(days) - min(days)).days + 1
    _say_missing(reading, records, single, start, n_days)
    _say_hours(reading, records, single)
    chosen = _chosen(records, single, figures)
    wide = {channel for channel, _ in figures if channel}
    of_store = {name: figure for (channel, name), figure in figures.items() if not channel}
    calendar = _Calendar(reading, records, start, n_days)
    channels = {
        channel: {
            name: calendar.series(figure, chosen.store) for (of, name), figure in figures.items() if of == channel
        }
        for channel in sorted(wide)
    }
    for channel, members in chosen.channels.items():
        own = {name: calendar.series(figure, members, of_part=True) for name, figure in of_store.items()}
        channels[channel] = {**channels.get(channel, {}), **own}
    if kind in ("ads", "affiliate") and not chosen.channels:
        channels = _of_one_channel(
            reading, kind, {name: calendar.series(f, chosen.store) for name, f in of_store.items()}
        )
    store = {name: calendar.series(figure, chosen.store) for name, figure in of_store.items()}
    _say_sums(reading, records, chosen, store, kind)
    extra = {}
    if len(set(days)) == len(days):
        extra = {header: calendar.series(figure, single).values for header, figure in others.items()}
    return Placed(start, n_days, store, channels, extra)


@dataclass(frozen=True)
class _Chosen:
    """Rows that make the store, and each channel: those in sum, or the row that is their sum already."""

    store: list[int]
    channels: dict[str, list[int]]


def _without_repeats(reading: Reading, records: Records) -> list[int]:
    """Rows of which none is given twice; the same row again is left out, another row of the same day a fault."""
    first: dict[tuple[object, ...], int] = {}
    kept = []
    for i, row in enumerate(records.rows):
        day, hour = records.moments[i]
        before = first.setdefault((day, hour, records.split(i)), i)
        if before == i:
            kept.append(i)
            continue
        line = records.rows[before].line
        index = _date_index(reading.table)
        if [cell.strip() for cell in row.cells] == [cell.strip() for cell in records.rows[before].cells]:
            message = f"the row of {day} on line {line} stands again, the same in every cell"
            reading.found(row, index, "warning", "duplicate", message, done="counted once", day=day)
        else:
            message = f"{day} appears again (first on line {line}); one row a day is allowed"
            reading.fault(row, index, message + _why_twice(reading.table, records.parts), "duplicate", "left out")
    return kept


def _date_index(table: Table) -> int:
    from storesim.results.column_names import meaning

    return next((at for at, cell in enumerate(table.header.cells) if meaning(cell).kind == "date"), 0)


def _why_twice(table: Table, parts: Sequence[Column]) -> str:
    used = {column.index for column in parts}
    split = [
        cell.strip()
        for at, cell in enumerate(table.header.cells)
        if at not in used and any(part in cell.lower() for part in ("渠道", "来源", "channel", "sku", "商品", "source"))
    ]
    return f". '{split[0]}' splits days: keep the rows of the whole store" if split else ""


def _say_missing(reading: Reading, records: Records, rows: list[int], start: dt.date, n_days: int) -> None:
    """Days without a row, and rows out of order."""
    at = [(records.day(i) - start).days for i in rows]
    if any(later < earlier for earlier, later in itertools.pairwise(at)):
        reading.note("Rows were put in the order of their dates.")
    missing = sorted(set(range(n_days)) - set(at))
    if not missing:
        return
    dates = [(start + dt.timedelta(days=day)).isoformat() for day in missing]
    few = "1 day has no row and stays" if len(missing) == 1 else f"{len(missing)} days have no row and stay"
    reading.note(f"{few} unknown: {listed(dates)}.")
    for first, last in _runs(missing):
        begin, end = start + dt.timedelta(days=first), start + dt.timedelta(days=last)
        lasting = f"{begin}" if first == last else f"{begin} to {end}"
        message = f"there is no row for {lasting}"
        reading.findings.append(
            Finding(
                "warning", "missing", message, "left missing", reading.table.file, day=begin, times=last - first + 1
            )
        )


def _runs(days: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of consecutive days."""
    first = days[0]
    for day, after in itertools.pairwise([*days, days[-1] + 2]):
        if after != day + 1:
            yield first, day
            first = after


def _say_hours(reading: Reading, records: Records, rows: list[int]) -> None:
    hours: dict[dt.date, set[int]] = defaultdict(set)
    for i in rows:
        day, hour = records.moments[i]
        if hour is not None:
            hours[day].add(hour)
    for day, seen in hours.items():
        if len(seen) < _HOURS and max(map(len, hours.values())) == _HOURS:
            message = f"{day} has {len(seen)} of {_HOURS} hours"
            reading.findings.append(
                Finding("note", "hours", message, "added up", reading.table.file, day=day, times=_HOURS - len(seen))
            )


def _chosen(records: Records, rows: list[int], figures: Figures) -> _Chosen:
    """Which rows are added up, day by day and hour by hour."""
    depth = list(range(len(records.parts)))
    top = _channel_level(records)
    size = next(iter(figures.values())).values if figures else np.zeros(len(records.rows))
    groups: dict[object, list[int]] = defaultdict(list)
    for i in rows:
        groups[records.moments[i]].append(i)
    store: list[int] = []
    channels: dict[str, list[int]] = defaultdict(list)
    for group in groups.values():
        store += _rolled(records, group, depth, size)
        if top is not None:
            for name, members in _by_channel(records, group, top).items():
                channels[channel_called(name)] += _rolled(records, members, [at for at in depth if at != top], size)
    return _Chosen(store, dict(channels))


def _channel_level(records: Records) -> int | None:
    """The column that names channels: of several levels of sources the one with most names that are known."""
    levels = [at for at, column in enumerate(records.parts) if column.means.name in _LEVELS]
    if not levels:
        return None
    names = {at: {records.split(i)[at] for i in range(len(records.rows))} for at in levels}
    known = {at: sum(channel_called(name) in CHANNELS for name in names[at]) for at in levels}
    return max(levels, key=lambda at: (known[at], -at))


def _by_channel(records: Records, rows: list[int], top: int) -> dict[str, list[int]]:
    """Rows of each channel; a coarser source that nothing splits is a channel of its own."""
    named = _by(records, [i for i in rows if not is_all(records.split(i)[top])], top)
    finer = {records.split(i)[:top] for members in named.values() for i in members}
    for i in rows:
        above = records.split(i)[:top]
        coarse = [name for name in above if not is_all(name)]
        if is_all(records.split(i)[top]) and coarse and above not in finer:
            named.setdefault(coarse[-1], []).append(i)
    return named


def _rolled(records: Records, rows: list[int], at: list[int], size: Array) -> list[int]:
    """The rows that add up to all of these: where one is not split further, it stands for those that are."""
    if len(rows) < 2 or not at:
        return rows
    head, rest = at[0], at[1:]
    undivided = [i for i in rows if is_all(records.split(i)[head])]
    split = [i for i in rows if not is_all(records.split(i)[head])]
    if undivided and split and _covers(undivided, split, size):
        return _rolled(records, undivided, rest, size)
    groups = _by(records, split, head)
    return [i for members in (undivided, *groups.values()) for i in _rolled(records, members, rest, size)]


def _covers(undivided: list[int], split: list[int], size: Array) -> bool:
    """Whether a row without a part is the sum of those with one, and not merely a part without a name."""
    with np.errstate(invalid="ignore"):
        return bool(np.nansum(size[undivided]) >= 0.999 * np.nanmax(np.append(size[split], 0.0)))


def _by(records: Records, rows: Iterable[int], at: int) -> dict[str, list[int]]:
    groups: dict[str, list[int]] = defaultdict(list)
    for i in rows:
        groups[records.split(i)[at]].append(i)
    return groups


def _of_one_channel(reading: Reading, kind: str, store: dict[str, Series]) -> dict[str, dict[str, Series]]:
    """Ads of which nothing says the channel but a name of the file, a line above the header or the kind of report."""
    table = reading.table
    texts = [table.file.replace("\\", "/").rsplit("/", 1)[-1], *(cell for row in table.above for cell in row.cells)]
    named = next((channel for channel in map(channel_within, texts) if channel), "")
    channel = named or ("affiliate" if kind == "affiliate" else "ads")
    reading.note(f"The figures are those of channel {channel}.")
    return {channel: store}


class _Calendar:
    """Adds rows up to days."""

    def __init__(self, reading: Reading, records: Records, start: dt.date, n_days: int) -> None:
        self._file, self._n_days = reading.table.file, n_days
        self._at = np.array([(day - start).days for day, _ in records.moments], dtype=np.int64)
        self._lines = np.array([row.line for row in records.rows], dtype=np.int64)
        self._rows_of_day = np.bincount(self._at, minlength=n_days)[:n_days]

    def series(self, figure: Figure, rows: list[int], *, of_part: bool = False) -> Series:
        """[n_days] sums of the rows of each day, NaN where none of them is known.

        Of a part of the store, a day on which the table has rows and none for it is a day of nothing.
        """
        chosen = np.array(rows, dtype=np.int64)
        values = figure.values[chosen]
        known = np.isfinite(values)
        at = self._at[chosen]
        total = np.zeros(self._n_days)
        np.add.at(total, at[known], values[known])
        seen = np.zeros(self._n_days, dtype=np.int64)
        np.add.at(seen, at[known], 1)
        lines: NDArray[np.int64] = np.zeros(self._n_days, dtype=np.int64)
        # The first row of a day is written last, and stays.
        lines[at[::-1]] = self._lines[chosen][::-1]
        known_days = seen > 0
        if of_part:
            known_days |= (self._rows_of_day > 0) & (lines == 0)
        return Series(np.where(known_days, total, np.nan), Place(self._file, figure.column.header, lines))


def _say_sums(
    reading: Reading, records: Records, chosen: _Chosen, store: Mapping[str, Series], kind: ReportKind
) -> None:
    """What adding up did, and where people are counted more than once by it."""
    if chosen.channels:
        top = _channel_level(records) or 0
        called = {name: channel_called(name) for name in (records.split(i)[top] for i in range(len(records.rows)))}
        other = [f"{name} = {channel}" for name, channel in called.items() if not is_all(name) and name != channel]
        if other:
            reading.note(f"Channels by the names of scenarios: {listed(sorted(other))}.")
    days = len({records.day(i) for i in chosen.store})
    gone = sum(days > len({records.day(i) for i in rows}) for rows in chosen.channels.values())
    if gone:
        reading.note(
            f"{gone} channel{'s have' if gone > 1 else ' has'} no row on some days; there it brought nothing: 0."
        )
    if len(chosen.store) == days:
        return
    reading.note(f"{len(chosen.store)} rows are added up to {days} day{'s' if days > 1 else ''}.")
    people = [name for name in ("uv", "buyers") if name in store and kpi.COUNT[name].adds == "sum"]
    if people and kind not in ("ads", "affiliate"):
        reading.note(f"Whoever is in several rows of a day is counted in each of them: {listed(people)}.")
