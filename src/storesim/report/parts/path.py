"""The course of the year: GMV and visitors with their bands, the running total, the events."""

from __future__ import annotations

import datetime as dt
from functools import partial

import numpy as np

from storesim.report import figures, measures
from storesim.report.document import Block, Column, DayValues, Figure, Row, Section, Table, Text, Value, printable
from storesim.report.figures import Band, Frame, Mark
from storesim.report.parts.names import day, event_marks
from storesim.report.sources import Sources
from storesim.results.ensemble import quantiles_over_runs
from storesim.scenario.events import Event
from storesim.scenario.store import STAGES


def path(sources: Sources) -> Section:
    """Every simulated and forecast day, the running total of the year, and the calendar of events."""
    blocks: list[Block] = [_days(sources), Text(sources.say("path.caption"), "note"), _running(sources)]
    events = _events(sources)
    if events.rows:
        blocks.append(events)
    return Section("path", sources.say("path"), tuple(blocks))


def stage_turns(sources: Sources) -> tuple[Mark, ...]:
    """Typical day on which the store enters each stage after the first, where at least half of the runs do."""
    stage = sources.ensemble.daily("stage")
    marks = []
    for index, name in enumerate(STAGES[1:], start=1):
        days = measures.days_to_stage(stage, index)
        if np.isfinite(days).mean() >= 0.5:
            typical = round(float(np.nanmedian(days)))
            marks.append(Mark(sources.say("stage." + name), typical, typical))
    return tuple(marks)


def _days(sources: Sources) -> Figure:
    bands = [Band(sources.say("path." + name), "money" if name == "gmv" else "count", _band(sources, name))
             for name in ("gmv", "uv")]  # fmt: skip
    gmv = bands[0].values
    peak = int(np.nanargmax(gmv[:, 1]))
    first, last = sources.whole.first, sources.whole.first + dt.timedelta(days=len(gmv) - 1)
    week = min(7, len(gmv))
    words = sources.say(
        "path.alternative", first=first, last=last, peak_day=day(sources, peak),
        peak=sources.show(gmv[peak, 1], "money"), begin=sources.show(float(np.nanmean(gmv[:week, 1])), "money"),
        end=sources.show(float(np.nanmean(gmv[-week:, 1])), "money"),
    )  # fmt: skip
    draw = partial(figures.path, Frame("path", words, sources.lang), bands, first, event_marks(sources),
                   stage_turns(sources))  # fmt: skip
    names = tuple(sources.say(level) for level in ("p10", "p50", "p90"))
    values = tuple(tuple(round(float(value)) for value in column) for column in gmv.T)
    return Figure("path", sources.say("path.figure"), words, draw, days=DayValues(first, names, "money", values))


def _band(sources: Sources, name: str) -> measures.Array:
    """Quantiles of each simulated day, and after them of each forecast day that follows."""
    simulated = quantiles_over_runs(sources.ensemble.daily(name), measures.BAND_LEVELS)
    if sources.span.last == sources.whole.last:
        return simulated
    ahead = quantiles_over_runs(sources.courses(name)[:, len(simulated) :], measures.BAND_LEVELS)
    return np.concatenate([simulated, ahead])


def _running(sources: Sources) -> Figure:
    year = sources.year
    begin = (year.first - sources.span.first).days
    running = np.cumsum(sources.courses("gmv")[:, begin : begin + year.n_days], axis=1)
    values = quantiles_over_runs(running, measures.BAND_LEVELS)
    low, middle, high = (sources.show(value, "money") for value in values[-1])
    words = sources.say("path.running_alternative", last=year.last, p10=low, p50=middle, p90=high)
    label = sources.say("path.target_line", target=sources.show(sources.target, "money"))
    band = Band("", "money", values)
    draw = partial(
        figures.towards_target, Frame("running", words, sources.lang), band, year.first, sources.target, label
    )
    return Figure("running", sources.say("path.running"), words, draw, sources.say("path.running_caption"))


def _events(sources: Sources) -> Table:
    say = sources.say
    columns = (
        Column("name", say("events.name"), "code"), Column("first", say("events.first"), "date"),
        Column("last", say("events.last"), "date"), Column("market", say("events.market"), "factor"),
        Column("discount", say("events.discount"), "share"), Column("gmv", say("events.gmv"), "money"),
        Column("lift", say("events.lift"), "change"),
    )  # fmt: skip
    gmv = sources.mean.daily("gmv")
    events = sorted(sources.scenario.events, key=lambda event: (event.first, event.last))
    rows = tuple(row for i, event in enumerate(events) if (row := _event(sources, event, gmv, f"e{i}")) is not None)
    return Table("events", say("events"), columns, rows)


def _event(sources: Sources, event: Event, gmv: measures.Array, key: str) -> Row | None:
    begin = max((event.first - sources.whole.first).days, 0)
    end = min((event.last - sources.whole.first).days + 1, len(gmv))
    if begin >= end:
        return None
    before = float(np.mean(gmv[begin - 28 : begin])) if begin >= 28 else float("nan")
    during = float(np.mean(gmv[begin:end]))
    lift = during / before - 1 if before > 0 else float("nan")
    cells = (printable(event.name), event.first, event.last, Value(event.market), Value(event.discount),
             Value(during), Value(lift))  # fmt: skip
    return Row(key, cells)
