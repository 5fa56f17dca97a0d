"""The gap: plan against actuals of the days that are over, and what it is due to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from storesim.report.document import Cell, Column, Row, Table, Value
from storesim.report.parts.names import period_name
from storesim.report.sources import Sources

if TYPE_CHECKING:
    from storesim.plan.goals import GapRow, Goals

_DRIVERS = ("uv", "cvr", "aov")


def table(sources: Sources, found: Goals) -> Table | None:
    """A row a month, and one for all that is over; None without actuals."""
    by_period = _gmv_rows(row for row in found.gap if not row.channel)
    return _table(sources, "gap", "period", {period: causes for (period, _), causes in by_period.items()})


def of_channels(sources: Sources, found: Goals) -> Table | None:
    """A row a channel, of all that is over; None where the actuals do not tell channels apart."""
    by_channel = _gmv_rows(row for row in found.gap if row.channel and "/" in row.period)
    return _table(sources, "gap_channels", "channel", {name: causes for (_, name), causes in by_channel.items()})


def _gmv_rows(rows: Iterable[GapRow]) -> dict[tuple[str, str], dict[str, GapRow]]:
    found: dict[tuple[str, str], dict[str, GapRow]] = {}
    for row in rows:
        if row.kpi == "gmv":
            found.setdefault((row.period, row.channel), {})[row.cause] = row
    return found


def _table(sources: Sources, key: str, first: str, lines: Mapping[str, Mapping[str, GapRow]]) -> Table | None:
    if not lines:
        return None
    say = sources.say
    due = say("gap.due_to")
    columns = (
        Column(first, say("gap.period" if first == "period" else first)),
        *(Column(name, say("gap." + name), "money") for name in ("plan", "actual", "gap")),
        *(Column(name, say("kpi." + name), "money", due) for name in _DRIVERS),
    )
    rows = []
    for name, causes in lines.items():
        one = next(iter(causes.values()))
        amounts = (one.plan, one.actual, one.gap, *(causes[driver].amount for driver in _DRIVERS))
        called = _period(sources, name) if first == "period" else sources.channel(name)
        cells: tuple[Cell, ...] = (called, *(Value(amount) for amount in amounts))
        rows.append(Row(name.replace("/", "_"), cells, "total" if "/" in name else "body"))
    return Table(key, say(f"{key}.title"), columns, tuple(rows))


def _period(sources: Sources, key: str) -> str:
    """A month by its name, and all that is over by its days."""
    first, _, last = key.partition("/")
    return f"{first} – {last}" if last else period_name(key, sources)
