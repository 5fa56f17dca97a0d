"""The gap: plan against actuals of the days that are over, and what it is due to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storesim.report.document import Cell, Column, Row, Table, Value, printable
from storesim.report.sources import Sources

if TYPE_CHECKING:
    from storesim.plan.goals import GapRow, Goals

_DRIVERS = ("uv", "cvr", "aov")


def table(sources: Sources, found: Goals) -> Table | None:
    """A row a month, and one for all that is over; None without actuals."""
    by_period: dict[str, dict[str, GapRow]] = {}
    for row in found.gap:
        if row.kpi == "gmv" and not row.channel:
            by_period.setdefault(row.period, {})[row.cause] = row
    if not by_period:
        return None
    say = sources.say
    due = say("gap.due_to")
    columns = (
        Column("period", say("gap.period"), "code"),
        *(Column(name, say("gap." + name), "money") for name in ("plan", "actual", "gap")),
        *(Column(name, say("kpi." + name), "money", due) for name in _DRIVERS),
    )
    rows = []
    for period, causes in by_period.items():
        one = next(iter(causes.values()))
        amounts = (one.plan, one.actual, one.gap, *(causes[name].amount for name in _DRIVERS))
        cells: tuple[Cell, ...] = (printable(period), *(Value(amount) for amount in amounts))
        rows.append(Row(period.replace("/", "_"), cells, "total" if "/" in period else "body"))
    return Table("gap", say("gap.title"), columns, tuple(rows))
