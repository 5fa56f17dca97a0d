"""The levers: what each brings at what cost, the cheapest mix, the chance with it, 费比 by stage, what binds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from storesim.plan.joins import has_slots
from storesim.report.document import Block, Cell, Column, Row, Section, Table, Text, Value, printable
from storesim.report.lever_names import pull_name, pull_value, row_name
from storesim.report.sources import Sources

if TYPE_CHECKING:
    from storesim.plan.goals import Pulled


def levers(sources: Sources, found: Pulled) -> Section:
    """A table of levers, the mix as settings, and sentences about both."""
    say = sources.say
    blocks: list[Block] = [Text(say("levers.lead"), "lead"), _tried(sources, found)]
    if found.changes:
        blocks.append(_mix(sources, found))
        said = {name: sources.show(found.added[name], "money") for name in ("gmv", "profit")}
        said |= {"error": sources.show(found.error, "money"), "cost": sources.show(found.cost, "money")}
        blocks.append(Text(say("levers.found", runs=str(found.n_runs), **said)))
    else:
        blocks.append(Text(say("levers.enough" if found.need <= 0 else "levers.nothing")))
    if found.since:
        blocks.append(Text(say("levers.since", since=found.since)))
    before, after = (sources.show(value, "chance") for value in (found.chance_before, found.chance))
    blocks.append(Text(say("levers.chance", before=before, after=after)))
    blocks.append(_stages(sources, found))
    if not has_slots(sources.scenario):
        blocks.append(Text(say("levers.no_slots"), "note"))
    for what, channel, size in found.binds:
        shown = {"channel": sources.channel(channel) if channel else "", "size": sources.show(size, "share")}
        blocks.append(Text(say("levers.binds." + what, **shown), "note"))
    return Section("levers", say("levers"), tuple(blocks))


def _tried(sources: Sources, found: Pulled) -> Table:
    say = sources.say
    columns = (
        Column("lever", say("levers.lever")), Column("step", say("levers.step")),
        *(Column(name, say("levers." + name), "money") for name in ("gmv", "error", "cost", "profit")),
        Column("roi", say("levers.roi"), "factor"), Column("clear", say("levers.clear")),
        Column("setting", say("levers.setting"), "code"),
    )  # fmt: skip
    rows = []
    for i, row in enumerate(found.rows):
        step = f"×{row.step:g}" if row.how == "times" else f"+{row.step:g}"
        amounts = (Value(amount) for amount in (row.gmv, row.error, row.cost, row.profit))
        clear = say("levers.yes" if row.clear else "levers.less" if row.gmv < -2.0 * row.error else "levers.no")
        roi = Value(row.roi if row.roi > 0.0 else math.nan)
        cells: tuple[Cell, ...] = (row_name(say, row), step, *amounts, roi, clear, printable(row.path))
        rows.append(Row(f"lever{i}", cells))
    return Table("levers", say("levers.title"), columns, tuple(rows))


def _mix(sources: Sources, found: Pulled) -> Table:
    say = sources.say
    columns = (
        Column("lever", say("levers.lever")), Column("value", say("levers.value")),
        Column("setting", say("levers.setting"), "code"),
    )  # fmt: skip
    sales = {row.path: row.about for row in found.rows if row.about}
    rows = [
        Row(f"mix{i}", (pull_name(say, pull, sales), pull_value(say, pull), printable(pull.spelt[0])))
        for i, pull in enumerate(found.lines)
    ]
    title = say("levers.short" if found.falls_short else "levers.mix", need=sources.show(found.need, "money"))
    return Table("lever_mix", title, columns, tuple(rows))


def _stages(sources: Sources, found: Pulled) -> Table:
    say = sources.say
    columns = (
        Column("stage", say("stage")), Column("ad_spend", say("kpi.ad_spend"), "money"),
        Column("gmv", say("kpi.gmv"), "money"), Column("share", say("kpi.ad_share"), "share"),
    )  # fmt: skip
    rows = [
        Row(one.stage, (say("stage." + one.stage), Value(one.ad_spend), Value(one.gmv), Value(one.share)))
        for one in found.stages
    ]
    return Table("ad_shares", say("levers.shares"), columns, tuple(rows))
