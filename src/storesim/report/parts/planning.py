"""Sheets of the workbook beside the goals: what may be changed and simulated again, budgets by month, the calendar."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from storesim.plan.levers import STAGES, settings_of
from storesim.plan.periods import sale_periods
from storesim.report.document import Cell, Column, Kind, Row, Section, Table, Text, Value, printable
from storesim.report.lever_names import kind_of_setting, lever_name
from storesim.report.parts.goals import of_channels, of_level
from storesim.report.parts.names import period_name
from storesim.report.sources import Sources

if TYPE_CHECKING:
    from storesim.plan.goals import Goal, Goals
    from storesim.scenario.events import Event

SETTABLE = "settable"
"""Key of the table of settings that `storesim import` reads back."""


CHANGES = "changes"
"""Key of the table of dated changes; the rows' keys are `c`, the place of the change, `_`, and that of the setting."""

CALENDAR = "calendar"
"""Key of the table of sales, whose days and price cuts are read back; the rows' keys are `e` and the sale's place."""


def settable(sources: Sources) -> Section:
    """Every lever as a yellow cell: the store's own setting, what each stage's playbook and each dated change sets."""
    say, scenario = sources.say, sources.scenario
    columns = (
        Column("lever", say("levers.lever")), Column("setting", say("levers.setting"), "code"),
        Column("store", say("sheet.store"), "price"),
        *(Column(stage, say("stage." + stage), "price") for stage in STAGES),
    )  # fmt: skip
    books = {stage: getattr(scenario.stages, stage).playbook for stage in STAGES}
    rows = []
    for i, (path, value) in enumerate(settings_of(scenario).items()):
        kind = kind_of_setting(path)
        by_stage = (Value(float(str(books[s][path])), kind, typed=True) if path in books[s] else None for s in STAGES)
        rows.append(Row(f"s{i}", (lever_name(say, path), path, Value(value, kind, typed=True), *by_stage)))
    title = say("sheet.settable")
    tables = [Table(SETTABLE, title, columns, tuple(rows)), *_changes(sources)]
    return Section("settable", title, (Text(say("sheet.import"), "note"), *tables))


def _changes(sources: Sources) -> Iterator[Table]:
    """What dated changes set; none where nothing changes on a date."""
    say, changes = sources.say, sources.scenario.changes
    if not changes:
        return
    columns = (
        Column("lever", say("levers.lever")), Column("setting", say("levers.setting"), "code"),
        Column("stage", say("stage")), Column("first", say("sheet.first"), "date"),
        Column("last", say("sheet.last"), "date"), Column("value", say("levers.value"), "price"),
    )  # fmt: skip
    rows = []
    for place, change in enumerate(changes):
        stage = say("sheet.every_stage") if change.stage is None else say("stage." + change.stage)
        for number, (path, value) in enumerate(change.playbook.items()):
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            cell = Value(float(str(value)), kind_of_setting(path), typed=True) if is_number else printable(str(value))
            name = lever_name(say, path)
            cells: tuple[Cell, ...] = (name, printable(path), stage, change.first, change.last, cell)
            rows.append(Row(f"c{place}_{number}", cells))
    yield Table(CHANGES, say("sheet.changes"), columns, tuple(rows))


def budgets(sources: Sources, found: Goals) -> Section | None:
    """Ad spend of each channel by month, with live sums; None where nothing is spent."""
    say = sources.say
    months = [month for month in of_level(found, "month") if "ad_spend" in of_level(found, "month")[month]]
    spend = {month: _spend(found, month) for month in months}
    names = list(dict.fromkeys(name for of_month in spend.values() for name in of_month))
    if not names:
        return None
    columns = (
        Column("period", say("month")),
        *(Column(f"c{i}", sources.channel(name), "fen") for i, name in enumerate(names)),
        Column("total", say("total"), "fen"),
    )  # fmt: skip
    rows = []
    for month in months:
        amounts = [spend[month].get(name, 0.0) for name in names]
        total = "+".join(f"[budgets.{month}.c{i}]" for i in range(len(names)))
        cells: tuple[Cell, ...] = (
            period_name(month, sources),
            *map(Value, amounts),
            Value(math.fsum(amounts), formula=total),
        )
        rows.append(Row(month, cells))
    sums = []
    for i, name in enumerate([*names, ""]):
        key = f"c{i}" if name else "total"
        year = math.fsum(spend[m].get(name, 0.0) if name else math.fsum(spend[m].values()) for m in months)
        sums.append(Value(year, formula=f"SUM([budgets.{months[0]}:{months[-1]}.{key}])"))
    rows.append(Row(str(found.year), (period_name(str(found.year), sources), *sums), "total"))
    title = say("sheet.budgets")
    return Section("budgets", title, (Table("budgets", title, columns, tuple(rows)),))


def calendar(sources: Sources, found: Goals) -> Section | None:
    """The sales of the year with their days and goals; None where there are none."""
    say = sources.say
    planned = _planned_sales(sources, found)
    if not planned:
        return None
    columns = (
        Column("event", say("events.name"), "code"), Column("first", say("sheet.first"), "date"),
        Column("last", say("sheet.last"), "date"), Column("discount", say("sheet.discount"), "share"),
        *(Column(name, say("kpi." + name), kind) for name, kind in _EVENT_KPIS),
        Column("chance", say("chance"), "chance"),
    )  # fmt: skip
    rows = []
    places = {id(event): place for place, event in enumerate(sources.scenario.events)}
    for event, goals in sorted(planned, key=lambda sale: sale[0].first):
        numbers = (Value(float(goals[name].goal)) if name in goals else None for name, _ in _EVENT_KPIS)
        chance = Value(goals["gmv"].chance) if "gmv" in goals else None
        cells: tuple[Cell, ...] = (
            printable(event.name),
            Value(event.first.toordinal(), typed=True),
            Value(event.last.toordinal(), typed=True),
            Value(event.discount, typed=True),
            *numbers,
            chance,
        )
        rows.append(Row(f"e{places[id(event)]}", cells))
    title = say("sheet.calendar")
    note = Text(say("sheet.calendar_note"), "note")
    return Section(CALENDAR, title, (note, Table(CALENDAR, title, columns, tuple(rows))))


def _planned_sales(sources: Sources, found: Goals) -> list[tuple[Event, dict[str, Goal]]]:
    """The sales of the scenario that have goals, with them; sales of one name each with its own."""
    goals_of = of_level(found, "event")
    in_year = [e for e in sources.scenario.events if e.first.year <= found.year <= e.last.year]
    days = sorted(of_level(found, "day"))
    named: dict[str, Event] = {}
    if days:
        named = sale_periods(in_year, dt.date.fromisoformat(days[0]), dt.date.fromisoformat(days[-1]))
    # Sale days of a planner's sheet go by their month and need no forecast.
    sheet = {f"{event.first:%Y-%m}/{event.name}": event for event in in_year}
    return [(event, goals_of[period]) for period, event in (sheet | named).items() if period in goals_of]


_EVENT_KPIS: tuple[tuple[str, Kind], ...] = (
    ("gmv", "money"),
    ("uv", "count"),
    ("buyers", "count"),
    ("ad_spend", "money"),
)


def _spend(found: Goals, month: str) -> Mapping[str, float]:
    channels = of_channels(found, month)
    return {name: float(goals["ad_spend"].goal) for name, goals in channels.items() if "ad_spend" in goals}
