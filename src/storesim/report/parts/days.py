"""What Monday needs: the goals of the days that come next, of the store and its channels."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from storesim.report import palette
from storesim.report.document import Cell, Column, Row, Table, Value
from storesim.report.sources import Sources

if TYPE_CHECKING:
    from storesim.plan.goals import Goal, Goals

_KPIS = ("gmv", "uv", "buyers", "cvr", "aov", "ad_spend")
_SHOWN = 14


def next_days(sources: Sources, found: Goals) -> Table | None:
    """Two weeks from the first Monday to be planned, a row a day; visitors by channel beside; None without days."""
    store: dict[str, dict[str, Goal]] = {}
    visitors: dict[str, dict[str, Goal]] = {}
    for goal in found.rows:
        if goal.level == "day" and not goal.is_part:
            if not goal.channel:
                store.setdefault(goal.period, {})[goal.kpi] = goal
            elif goal.kpi == "uv":
                visitors.setdefault(goal.period, {})[goal.channel] = goal
    first = _first_monday(found, list(store))
    if first is None:
        return None
    days = [day for day in store if first <= day][:_SHOWN]
    kpis = [name for name in _KPIS if name in store[days[0]]]
    channels = list(visitors.get(days[0], {}))
    say = sources.say
    columns = (
        Column("day", say("days.day"), "code"),
        *(Column(name, say("kpi." + name), palette.kind_of(name), say("total")) for name in kpis),
        Column("chance", say("chance"), "chance", say("total")),
        *(Column(f"c{i}", sources.channel(name), "count", say("kpi.uv")) for i, name in enumerate(channels)),
    )
    rows = []
    for day in days:
        date = dt.date.fromisoformat(day)
        called = f"{day} {say(f'days.weekday.{date.isoweekday()}')}"
        of_store = [Value(float(store[day][name].goal)) for name in kpis]
        of_channels = [Value(float(visitors[day][name].goal)) for name in channels]
        cells: tuple[Cell, ...] = (called, *of_store, Value(store[day]["gmv"].chance), *of_channels)
        rows.append(Row(day, cells))
    return Table("next_days", say("days.title"), columns, tuple(rows))


def _first_monday(found: Goals, days: list[str]) -> str | None:
    """The first Monday after what is over; the first of all days where none follows."""
    over = max((row.period.partition("/")[2] for row in found.gap), default="")
    ahead = [day for day in days if day > over]
    mondays = (day for day in ahead if dt.date.fromisoformat(day).isoweekday() == 1)
    return next(mondays, ahead[0] if ahead else None)
