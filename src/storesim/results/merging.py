"""Several reports put together: one history of the store and of its channels, every fault of every file at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from os import PathLike, fspath
from pathlib import Path

import numpy as np

from storesim import kpi
from storesim.errors import Fault, HistoryError
from storesim.results.findings import Finding
from storesim.results.history import History
from storesim.results.mapping import plain_header, recogniser
from storesim.results.open_tables import read_tables
from storesim.results.part import Array, Part, Series, listed, said
from storesim.results.place import Place
from storesim.results.quality import examine
from storesim.results.reading import read_part

Gathered = tuple[list[Part], list[Fault], list[str], list[Finding]]
"""Tables, faults of files that are wrong as a whole, what was assumed, and what is odd."""

_MOST_FAULTS = 200
"""More are not listed: the files are wrong as a whole."""

_SAME = 0.005
"""Figures of two reports that differ by less are the same, rounded."""

_NEAREST: Mapping[str, int] = {"store": 0, "source": 1, "sku": 2, "ads": 3, "affiliate": 3}
"""Whose figures of the store hold where several reports have them."""

_OF_ADS = ("ads", "affiliate")


def read_files(
    paths: Sequence[str | PathLike[str]],
    name: str,
    currency: str,
    *,
    columns: Mapping[str, str],
    today: dt.date,
    strict: bool,
) -> History:
    """The history in one or several files; see `history.read_history`."""
    gathered = _parts([fspath(path) for path in paths], columns, today)
    return together(gathered, name or Path(paths[0]).stem, currency, columns, strict=strict)


def together(gathered: Gathered, name: str, currency: str, columns: Mapping[str, str], *, strict: bool) -> History:
    """The history that tables make together.

    Raises
    ------
    HistoryError
        With every fault of every table.
    """
    parts, refused, notes, findings = gathered
    refused += _unknown_headers(parts, columns) + _two_currencies(parts)
    # What a lenient reader leaves out as a whole is told like any other error.
    findings += [Finding("error", "unreadable", fault.message, "left out", fault.file, fault.line) for fault in refused]
    merged = _Merged(parts)
    faults = [*refused, *(fault for part in parts for fault in part.faults), *merged.faults]
    if faults and (strict or not merged.store):
        raise HistoryError(faults[:_MOST_FAULTS])
    told = next((part.currency for part in parts if part.currency), "")
    if not currency and not told and any(part.money for part in parts):
        notes.append("The file names no currency; amounts are taken as CNY.")
    history = History(
        merged.start,
        {count: series.values for count, series in merged.store.items()},
        name,
        currency or told or "CNY",
        tuple(dict.fromkeys(notes + merged.notes)),
        merged.others,
        by_channel={
            channel: {count: series.values for count, series in own.items()} for channel, own in merged.channels.items()
        },
        places={count: series.place for count, series in merged.store.items()},
    )
    ranges = {(finding.file, finding.row) for finding in findings if finding.kind == "range"}
    whole = [
        finding
        for finding in examine(history)
        # The middle of the same range on several days is no figure that is stuck.
        if finding.kind != "stuck" or (finding.file, finding.row) not in ranges
    ]
    return replace(history, findings=(*findings, *merged.findings, *whole))


def _parts(files: list[str], columns: Mapping[str, str], today: dt.date) -> Gathered:
    """Every table of every file, the faults of files that are wrong as a whole, and what was assumed and found."""
    recognised = recogniser(columns)
    parts: list[Part] = []
    refused: list[Fault] = []
    notes: list[str] = []
    findings: list[Finding] = []
    for file in files:
        try:
            tables, without = read_tables(file, recognised)
            found = [read_part(table, recognised, today) for table in tables]
        except HistoryError as wrong:
            refused += wrong.faults
            continue
        if without:
            notes.append(f"Sheets without a table of days are left out: {listed(without)}.")
        for part in found:
            parts.append(part)
            findings += part.findings
            several = len(files) > 1 or len(found) > 1
            notes += [f"{part.file}: {note}" if several else note for note in part.notes]
    return parts, refused, notes, findings


def _unknown_headers(parts: Sequence[Part], columns: Mapping[str, str]) -> list[Fault]:
    """A fault for each column the user named that no table has."""
    if not parts:
        return []
    there = {plain_header(header): header for part in parts for header in part.headers}
    return [
        Fault(parts[0].file, 0, 0, f"no column is called '{header}'; there are {listed(list(there.values()))}")
        for header in columns
        if plain_header(header) not in there
    ]


def _two_currencies(parts: Sequence[Part]) -> list[Fault]:
    named = [part for part in parts if part.currency]
    return [
        Fault(
            part.file,
            0,
            0,
            f"the amounts are in {part.currency}, and those of {named[0].file} in {named[0].currency}; one currency is "
            "wanted",
        )
        for part in named[1:]
        if part.currency != named[0].currency
    ]


class _Merged:
    """Figures of all tables on one calendar."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.findings: list[Finding] = []
        self.store: dict[str, Series] = {}
        self.channels: dict[str, dict[str, Series]] = {}
        self.others: dict[str, Array] = {}
        parts = [part for part in parts if part.n_days]
        if not parts:
            return
        self.start = min(part.start for part in parts)
        last = max(part.start + dt.timedelta(days=part.n_days) for part in parts)
        self.n_days = (last - self.start).days
        ranked = sorted(parts, key=lambda part: _NEAREST[part.kind])
        self._channels(ranked)
        self._store(ranked)
        for part in parts:
            for header, values in part.others.items():
                self.others.setdefault(header, self._on_calendar(part, Series(values, _NOWHERE)).values)
        self._say_gaps(ranked)

    def _channels(self, parts: Sequence[Part]) -> None:
        for part in parts:
            for channel, own in part.channels.items():
                held = self.channels.setdefault(channel, {})
                for count, series in own.items():
                    self._lay(held, count, self._on_calendar(part, series), f"{count} of channel {channel}")

    def _store(self, parts: Sequence[Part]) -> None:
        """Counts of the store, of the nearest report first; sums of channels where no report has them."""
        kinds: dict[str, str] = {}
        for part in (part for part in parts if part.kind not in _OF_ADS):
            for count, series in part.store.items():
                placed = self._on_calendar(part, series)
                if kinds.setdefault(count, part.kind) == part.kind:
                    self._lay(self.store, count, placed, count)
                else:
                    self._compare(self.store[count], placed, count)
        added = [count for count in kpi.COUNT if count not in self.store and count in self._counts_of_channels()]
        for count in added:
            self.store[count] = self._sum([own[count] for own in self.channels.values() if count in own])
        if added and len(self.channels) > 1:
            self.notes.append(f"Counts of the store that are the sum of its channels: {listed(added)}.")
            if "uv" in added:
                self.notes.append("Whoever comes by two channels on one day counts as two visitors of the store.")
        self.store = {count: self.store[count] for count in kpi.COUNT if count in self.store}

    def _counts_of_channels(self) -> set[str]:
        return {count for own in self.channels.values() for count in own}

    def _on_calendar(self, part: Part, series: Series) -> Series:
        at = (part.start - self.start).days
        values = np.full(self.n_days, np.nan)
        values[at : at + part.n_days] = series.values
        rows = np.zeros(self.n_days, dtype=np.int64)
        if series.place.rows.size:
            rows[at : at + part.n_days] = series.place.rows
        return Series(values, Place(series.place.file, series.place.column, rows))

    def _lay(self, held: dict[str, Series], count: str, new: Series, called: str) -> None:
        """Fill the unknown days of what is held; a day both have must be the same in both."""
        old = held.get(count)
        if old is None:
            held[count] = new
            return
        for day, message in self._differing(old, new, called):
            self.faults.append(Fault(new.place.file, int(new.place.rows[day]), 1, f"{message}; give one of the files"))
            self._found("error", new, day, message)
        gap = np.isnan(old.values) & np.isfinite(new.values)
        ours = replace(old.place, rows=np.where(gap, 0, old.place.rows))
        theirs = replace(new.place, rows=np.where(gap, new.place.rows, 0))
        held[count] = Series(np.where(gap, new.values, old.values), ours.beside(theirs))

    def _compare(self, held: Series, other: Series, count: str) -> None:
        """What a report further away says of the same days is not used; where it differs, that is found."""
        for day, message in self._differing(held, other, count):
            self._found("note", other, day, message)

    def _differing(self, old: Series, new: Series, called: str) -> Iterator[tuple[int, str]]:
        with np.errstate(invalid="ignore"):
            wrong = np.abs(old.values - new.values) > _SAME * np.maximum(np.abs(old.values), np.abs(new.values))
        for day in np.flatnonzero(wrong).tolist():
            date = self.start + dt.timedelta(days=day)
            yield (
                day,
                (f"{called} of {date} is {said(new.values[day])} here and {said(old.values[day])} in {old.place.file}"),
            )

    def _found(self, level: str, series: Series, day: int, message: str) -> None:
        date = self.start + dt.timedelta(days=day)
        place, value = series.place, said(series.values[day])
        if level == "error":
            finding = Finding(
                "error", "between files", message, "left out", place.file, int(place.rows[day]), place.column
            )
        else:
            finding = Finding(
                "note", "between files", message, "left out", place.file, int(place.rows[day]), place.column
            )
        self.findings.append(replace(finding, day=date, value=value))

    def _sum(self, series: list[Series]) -> Series:
        """The sum of channels: unknown where all are, for a channel that was not on the air has no row."""
        stacked = np.stack([one.values for one in series])
        known = np.isfinite(stacked)
        total = np.where(known, stacked, 0.0).sum(axis=0)
        return Series(np.where(known.any(axis=0), total, np.nan), series[0].place)

    def _say_gaps(self, parts: Sequence[Part]) -> None:
        """Days between files that no file has."""
        spans = sorted((part.start, part.start + dt.timedelta(days=part.n_days)) for part in parts)
        end = spans[0][1]
        for start, until in spans[1:]:
            if start > end:
                days = (start - end).days
                last = start - dt.timedelta(days=1)
                lasting = f"{end}" if days == 1 else f"{end} to {last}"
                message = f"no file has {lasting}"
                self.findings.append(Finding("warning", "missing", message, "left missing", day=end, times=days))
            end = max(end, until)


_NOWHERE = Place("", "", np.zeros(0, dtype=np.int64))
