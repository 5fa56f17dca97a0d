"""Goals: each quarter's with forecast and chance, each month's, each channel's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from storesim import kpi
from storesim.report import figures, palette
from storesim.report.document import Block, Cell, Column, Figure, Row, Section, Table, Text, Value, printable
from storesim.report.figures import Band, Frame
from storesim.report.parts import days, gap
from storesim.report.parts.assortment import assortment
from storesim.report.parts.names import month_ticks, period_name
from storesim.report.sources import Sources

if TYPE_CHECKING:
    from storesim.plan.goals import Goal, Goals

ORDER = (
    "gmv", "uv", "visits", "pv", "cvr", "aov", "depth", "buyers", "orders", "units", "ad_spend", "cpc", "ad_share",
)  # fmt: skip
_CHANNEL = ("uv", "visits", "buyers", "cvr", "aov", "gmv", "clicks", "ad_spend", "cpc")


def goals(sources: Sources, found: Goals) -> Section:
    """Quarters in full, months at a glance, channels, and what was assumed in breaking the target down."""
    say = sources.say
    blocks: list[Block] = [_quarters(sources, found), Text(say("goals.note"), "note")]
    if of_level(found, "month"):
        blocks += [_figure(sources, found), _at_a_glance(sources, found, "month")]
        # Where lines stand beside the months, the plan's own notes say what adds up to what.
        blocks += [] if lines_beside(sources, found) else [Text(say("goals.exact"), "note")]
    if of_level(found, "event"):
        blocks.append(_at_a_glance(sources, found, "event"))
    channels = _channels(sources, found)
    if channels.rows:
        blocks.append(channels)
    blocks += [
        block
        for block in (
            assortment(sources, found),
            days.next_days(sources, found),
            gap.table(sources, found),
            gap.of_channels(sources, found),
        )
        if block is not None
    ]
    notes = found.notes_zh if sources.lang == "zh" and found.notes_zh else found.notes
    blocks += [Text(printable(note), "note") for note in notes]
    return Section("goals", say("goals"), tuple(blocks))


def of_level(found: Goals, level: str) -> dict[str, dict[str, Goal]]:
    """Goals of the whole store by period and KPI, in order of period, KPIs in the trade's order."""
    by_period: dict[str, dict[str, Goal]] = {}
    for goal in found.rows:
        if goal.level == level and not (goal.channel or goal.category or goal.material or goal.role):
            by_period.setdefault(goal.period, {})[goal.kpi] = goal
    return {
        period: dict(sorted(by_period[period].items(), key=lambda item: _place(item[0])))
        for period in sorted(by_period)
    }


def lines_beside(sources: Sources, found: Goals) -> dict[str, dict[str, Goal]]:
    """Events of a planner's sheet that stand beside their months and add to the year; like `of_level`."""
    target = sources.scenario.targets.get(str(found.year))
    if target is None or not target.is_sheet:
        return {}
    names = {name for name, day in target.sale_days.items() if not day.inside}
    return {
        period: goals_of for period, goals_of in of_level(found, "event").items() if period.partition("/")[2] in names
    }


def of_channels(found: Goals, period: str) -> dict[str, dict[str, Goal]]:
    """Goals of each channel in one period, by channel and KPI."""
    by_channel: dict[str, dict[str, Goal]] = {}
    for goal in found.rows:
        if goal.period == period and goal.channel and not (goal.category or goal.material or goal.role):
            by_channel.setdefault(goal.channel, {})[goal.kpi] = goal
    return by_channel


def kpis_in(goals_of: Iterable[dict[str, Goal]]) -> tuple[str, ...]:
    """Every KPI that occurs, in the trade's order."""
    names = {name for found in goals_of for name in found if name in kpi.COUNT or name in kpi.RATIO}
    return tuple(sorted(names, key=_place))


def _at_a_glance(sources: Sources, found: Goals, level: Literal["month", "event"]) -> Table:
    """One row a month, and the year's sum below; or one row an event."""
    say = sources.say
    by_period = of_level(found, level) | (of_level(found, "year") if level == "month" else {})
    names = [name for name in kpis_in(by_period.values()) if name in ORDER]
    columns = (
        Column("period", say(level if level == "month" else "events.name"), "code"),
        *(Column(name, say("kpi." + name), palette.kind_of(name)) for name in names),
        Column("chance", say("chance"), "chance"),
    )
    rows = []
    for period, goals_of in by_period.items():
        cells = [_goal(goals_of.get(name)) for name in names]
        chance = Value(goals_of["gmv"].chance) if "gmv" in goals_of else None
        called = printable(period) if level == "event" else period_name(period, sources)
        rows.append(Row(period, (called, *cells, chance), "total" if len(period) == 4 else "body"))
    return Table(f"{level}_goals", say(f"goals.{level}s"), columns, tuple(rows))


def _quarters(sources: Sources, found: Goals) -> Table:
    say = sources.say
    columns = (
        Column("kpi", say("kpi")), Column("goal", say("goal"), "count"),
        *(Column(level, say(level), "count", say("forecast")) for level in ("p10", "p50", "p90")),
        Column("against", say("goals.against"), "change"), Column("chance", say("chance"), "chance"),
    )  # fmt: skip
    rows = []
    for period, goals_of in (of_level(found, "quarter") | of_level(found, "year")).items():
        rows.append(Row(f"{period}-head", (period_name(period, sources),), "heading"))
        rows += [_detail(sources, goal) for name, goal in goals_of.items() if name in kpi.COUNT or name in kpi.RATIO]
    return Table("quarter_goals", say("goals.quarters"), columns, tuple(rows))


def _detail(sources: Sources, goal: Goal) -> Row:
    kind = palette.kind_of(goal.kpi)
    wanted = float(goal.goal)
    against = wanted / goal.p50 - 1 if goal.p50 else float("nan")
    levels = (Value(level, kind) for level in (goal.p10, goal.p50, goal.p90))
    cells: tuple[Cell, ...] = (
        sources.say("kpi." + goal.kpi), Value(wanted, kind), *levels, Value(against), Value(goal.chance),
    )  # fmt: skip
    return Row(f"{goal.period}-{goal.kpi}", cells)


def _figure(sources: Sources, found: Goals) -> Figure:
    say = sources.say
    rows = [goals_of["gmv"] for goals_of in of_level(found, "month").values() if "gmv" in goals_of]
    band = Band("", "money", np.array([(goal.p10, goal.p50, goal.p90) for goal in rows], dtype=np.float64))
    wanted = np.array([float(goal.goal) for goal in rows])
    words = say("goals.alternative", target=sources.show(wanted.sum(), "money"))
    ticks = month_ticks([goal.period for goal in rows], sources.lang)
    names = (say("goals.bar"), say("goals.diamond"))
    draw = partial(figures.goals, Frame("goals", words, sources.lang), ticks, band, wanted, names)
    return Figure("goals", say("goals.figure"), words, draw)


def _channels(sources: Sources, found: Goals) -> Table:
    say = sources.say
    periods = [*of_level(found, "quarter"), *of_level(found, "year")]
    by_period = {period: of_channels(found, period) for period in periods}
    occurring = kpis_in(goals_of for channels in by_period.values() for goals_of in channels.values())
    names = [name for name in _CHANNEL if name in occurring] + [name for name in occurring if name not in _CHANNEL]
    columns = (Column("channel", say("channel"), "code"),
               *(Column(name, say("kpi." + name), palette.kind_of(name)) for name in names))  # fmt: skip
    rows: list[Row] = []
    for period, channels in by_period.items():
        if not channels:
            continue
        rows.append(Row(f"{period}-head", (period_name(period, sources),), "heading"))
        rows += [Row(f"{period}-c{i}", (sources.channel(channel), *(_goal(goals_of.get(name)) for name in names)))
                 for i, (channel, goals_of) in enumerate(channels.items())]  # fmt: skip
    return Table("channel_goals", say("goals.channels"), columns, tuple(rows))


def _goal(goal: Goal | None) -> Cell:
    return None if goal is None else Value(float(goal.goal))


def _place(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)
