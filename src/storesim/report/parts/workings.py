"""The goals once more with their arithmetic kept: typed inputs, and everything else as formulas of them.

A month's GMV is its share of the annual target, rounded as a running total, so that the months add up to the target
to the fen whatever is typed; ``UV = GMV / (CVR × AOV)``; quarters and the year are sums of months.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from storesim.report import measures, palette
from storesim.report.document import Block, Cell, Chart, Column, Row, Section, Table, Text, Value
from storesim.report.parts import goals as goal_tables
from storesim.report.parts.assumptions import assumptions
from storesim.report.parts.levels import days, mix, ratio_formulas, weeks
from storesim.report.parts.month_plan import SUMS, MonthPlan, amounts_of, over
from storesim.report.parts.names import period_name
from storesim.report.parts.planning import budgets, calendar, settable
from storesim.report.parts.provenance import provenance
from storesim.report.sources import Sources

if TYPE_CHECKING:
    pass

_LEVELS = ("p10", "p50", "p90")


def workings(sources: Sources) -> tuple[Section, ...]:
    """Summary, goals by quarter and month, channels, inputs, forecast, settings, provenance; a sheet each."""
    found, say = sources.goals, sources.say
    planned: list[Section] = []
    first: list[Block] = []
    if found is not None and goal_tables.of_level(found, "month"):
        plan = MonthPlan(sources, found)
        first = [_glance(plan), Chart(say("sheet.chart_gmv"), "months", "period", ("gmv", "p50"))]
        planned = [
            Section("quarters", say("sheet.quarters"), (_quarters(plan),)),
            Section("months", say("sheet.months"), (_months(plan), *_month_charts(sources))),
            Section("inputs", say("sheet.inputs"), (Text(say("sheet.yellow"), "note"), _target(plan), _inputs(plan))),
        ]
        channels = _channels(plan)
        if channels.rows:
            planned.insert(2, Section("channels", say("sheet.channels"), (Text(say("sheet.yellow"), "note"), channels)))
        planned[-1:-1] = [section for section in (weeks(plan), days(plan), *mix(plan)) if section is not None]
    beside = [] if found is None else [budgets(sources, found), calendar(sources, found)]
    planned += [section for section in beside if section is not None]
    return (
        Section("summary", say("sheet.summary"), (_summary(sources), *first)),
        *planned,
        settable(sources),
        Section("forecast", say("sheet.forecast"), (_forecast(sources),)),
        Section("settings", say("sheet.settings"), assumptions(sources).blocks),
        Section("provenance", say("sheet.provenance"), provenance(sources).blocks),
    )


def _target(plan: MonthPlan) -> Table:
    say = plan.say
    columns = (Column("item", say("sheet.setting")), Column("value", say("sheet.value"), "fen"))
    whole = plan.sums(plan.year)["gmv"]
    target = Row("target", (say("sheet.target"), Value(whole, typed=True)))
    check = Value(0.0, formula=f"ROUND([months.{plan.year}.gmv]-[annual.target.value],2)")
    return Table("annual", say("sheet.target"), columns, (target, Row("check", (say("sheet.check"), check))))


def _inputs(plan: MonthPlan) -> Table:
    say = plan.say
    columns = (
        Column("period", say("month")), Column("share", say("sheet.share"), "share"),
        Column("cvr", say("kpi.cvr"), "share"), Column("aov", say("kpi.aov"), "price"),
        Column("depth", say("kpi.depth"), "factor"), Column("ad_share", say("sheet.ad_share"), "share"),
        *_visits_column(plan),
    )  # fmt: skip
    whole = plan.sums(plan.year)["gmv"]
    rows = []
    for month in plan.months:
        of = plan.amounts[month]
        typed = (
            over(of["gmv"], whole),
            of["cvr"],
            of["aov"],
            over(of["pv"], of["uv"]),
            over(of["ad_spend"], of["gmv"]),
            *_visits_each(plan, of),
        )
        cells: tuple[Cell, ...] = (plan.label(month), *(Value(number, typed=True) for number in typed))
        rows.append(Row(month, cells))
    whole_share = Value(math.fsum(over(plan.amounts[month]["gmv"], whole) for month in plan.months),
                        formula=f"SUM([inputs.{plan.months[0]}:{plan.months[-1]}.share])")  # fmt: skip
    total = (period_name(plan.year, plan.sources), whole_share, *[None] * (len(columns) - 2))
    rows.append(Row(plan.year, total, "total"))
    return Table("inputs", say("sheet.inputs"), columns, tuple(rows))


def _months(plan: MonthPlan) -> Table:
    columns = (Column("period", plan.say("month")), *_goal_columns(plan))
    rows = [
        Row(month, (plan.label(month), *_month_cells(plan, month), *_outlook_cells(plan, "months", month)))
        for month in plan.months
    ]
    rows.append(_sum_row(plan, "months", plan.year, "total"))
    return Table("months", plan.say("sheet.months"), columns, tuple(rows))


def _quarters(plan: MonthPlan) -> Table:
    columns = (Column("period", plan.say("quarter")), *_goal_columns(plan))
    rows = [_sum_row(plan, "quarters", quarter, "body") for quarter in plan.quarters]
    rows.append(_sum_row(plan, "quarters", plan.year, "total"))
    return Table("quarters", plan.say("sheet.quarters"), columns, tuple(rows))


def _goal_columns(plan: MonthPlan) -> tuple[Column, ...]:
    say = plan.say
    goals = tuple(Column(name, say("kpi." + name), kind, say("goal")) for name, kind in plan.shown)
    forecast = tuple(Column(level, say(level), "money", f"{say('forecast')}: {say('kpi.gmv')}") for level in _LEVELS)
    share = Column("share", say("sheet.share"), "share", say("goal"))
    return (
        *goals,
        share,
        *forecast,
        Column("against", say("goals.against"), "change"),
        Column("chance", say("chance"), "chance"),
    )


def _month_cells(plan: MonthPlan, month: str) -> list[Value]:
    first, of = plan.months[0], plan.amounts[month]
    here, typed = f"months.{month}", f"inputs.{month}"
    whole = f"SUM([inputs.{first}:{plan.months[-1]}.share])"

    def running(to: str) -> str:
        return f"ROUND([annual.target.value]*SUM([inputs.{first}:{to}.share])/{whole},2)"

    place = plan.months.index(month)
    gmv = running(month) if place == 0 else f"ROUND({running(month)}-{running(plan.months[place - 1])},2)"
    formulas = {
        "gmv": gmv,
        "uv": f"IF([{typed}.cvr]*[{typed}.aov]>0,ROUND([{here}.gmv]/([{typed}.cvr]*[{typed}.aov]),0),0)",
        "visits": f"ROUND([{here}.uv]*[{typed}.visits_each],0)",
        "pv": f"ROUND([{here}.uv]*[{typed}.depth],0)",
        "buyers": f"ROUND([{here}.uv]*[{typed}.cvr],0)",
        "ad_spend": f"ROUND([{here}.gmv]*[{typed}.ad_share],2)",
    } | ratio_formulas(here)
    cells = [Value(of[name], formula=formulas[name]) for name, _ in plan.shown]
    return [*cells, _share_cell(plan, "months", month, of["gmv"])]


def _visits_column(plan: MonthPlan) -> tuple[Column, ...]:
    return (Column("visits_each", plan.say("kpi.visits_each"), "factor"),) if plan.visits else ()


def _visits_each(plan: MonthPlan, of: dict[str, float]) -> tuple[float, ...]:
    return (over(of["visits"], of["uv"]),) if plan.visits else ()


def _share_cell(plan: MonthPlan, table: str, period: str, gmv: float) -> Value:
    year = f"[{table}.{plan.year}.gmv]"
    return Value(over(gmv, plan.sums(plan.year)["gmv"]), formula=f"IF({year}>0,[{table}.{period}.gmv]/{year},0)")


def _sum_row(plan: MonthPlan, table: str, period: str, role: str) -> Row:
    sums, members = plan.sums(period), plan.members(period)
    here = f"{table}.{period}"
    formulas = {name: f"SUM([months.{members[0]}:{members[-1]}.{name}])" for name in SUMS} | ratio_formulas(here)
    cells = [Value(sums[name], formula=formulas[name]) for name, _ in plan.shown]
    share = _share_cell(plan, table, period, sums["gmv"])
    all_cells = (period_name(period, plan.sources), *cells, share, *_outlook_cells(plan, table, period))
    return Row(period, all_cells, "total" if role == "total" else "body")


def _outlook_cells(plan: MonthPlan, table: str, period: str) -> list[Cell]:
    """Forecast, distance and chance of a period's GMV; they were simulated and stay as they are."""
    named = plan.events.get(period, period)
    goal = plan.found.of_store(named).get("gmv")
    if goal is None or not math.isfinite(goal.p50):
        return [None] * 5
    against = f"IF([{table}.{period}.p50]>0,[{table}.{period}.gmv]/[{table}.{period}.p50]-1,0)"
    gmv = plan.amounts[period]["gmv"] if period in plan.amounts else plan.sums(period)["gmv"]
    distance = Value(gmv / goal.p50 - 1 if goal.p50 else 0.0, formula=against)
    return [Value(goal.p10), Value(goal.p50), Value(goal.p90), distance, Value(goal.chance)]


def _month_charts(sources: Sources) -> tuple[Chart, ...]:
    say = sources.say
    return (
        Chart(say("sheet.chart_gmv"), "months", "period", ("gmv", "p50")),
        Chart(say("sheet.chart_uv"), "months", "period", ("uv",)),
    )


def _channels(plan: MonthPlan) -> Table:
    say = plan.say
    columns = (
        Column("period", say("quarter")), Column("channel", say("channel"), "code"),
        Column("uv_share", say("sheet.uv_share"), "share"), Column("cvr", say("kpi.cvr"), "share"),
        Column("aov", say("kpi.aov"), "price"), Column("ad_share", say("sheet.ad_share"), "share"),
        *_visits_column(plan), Column("uv", say("kpi.uv"), "count"), Column("gmv", say("kpi.gmv"), "fen"),
        Column("ad_spend", say("kpi.ad_spend"), "fen"),
        *((Column("visits", say("kpi.visits"), "count"),) if plan.visits else ()),
    )  # fmt: skip
    rows: list[Row] = []
    for quarter in plan.quarters:
        rows += _quarter_channels(plan, quarter)
    return Table("channels", say("sheet.channels"), columns, tuple(rows))


def _quarter_channels(plan: MonthPlan, quarter: str) -> list[Row]:
    found = {name: amounts_of(goals_of) for name, goals_of in goal_tables.of_channels(plan.found, quarter).items()}
    if not found:
        return []
    keys = [f"{quarter}-c{i}" for i in range(len(found))]
    visitors = plan.sums(quarter)["uv"]
    rows = []
    for i, (name, of) in enumerate(found.items()):
        here = f"channels.{keys[i]}"

        def running(to: str) -> str:
            return f"ROUND([quarters.{quarter}.uv]*SUM([channels.{keys[0]}:{to}.uv_share]),0)"

        ad_share, each = over(of["ad_spend"], of["gmv"]), _visits_each(plan, of)
        typed = (over(of["uv"], visitors), of["cvr"], of["aov"], ad_share, *each)
        uv = running(keys[0]) if i == 0 else f"{running(keys[i])}-{running(keys[i - 1])}"
        gmv, spend = f"ROUND([{here}.uv]*[{here}.cvr]*[{here}.aov],2)", f"ROUND([{here}.gmv]*[{here}.ad_share],2)"
        live = [Value(of["uv"], formula=uv), Value(of["gmv"], formula=gmv), Value(of["ad_spend"], formula=spend)]
        if plan.visits:
            live.append(Value(of["visits"], formula=f"ROUND([{here}.uv]*[{here}.visits_each],0)"))
        label = (period_name(quarter, plan.sources), plan.sources.channel(name))
        rows.append(Row(keys[i], (*label, *(Value(number, typed=True) for number in typed), *live)))

    def summed(name: str, value: float) -> Value:
        return Value(value, formula=f"SUM([channels.{keys[0]}:{keys[-1]}.{name}])")

    names = ("uv", "gmv", "ad_spend", *(("visits",) if plan.visits else ()))
    sums = {name: math.fsum(of[name] for of in found.values()) for name in names}
    share = summed("uv_share", math.fsum(over(of["uv"], visitors) for of in found.values()))
    label = (period_name(quarter, plan.sources), plan.say("total"))
    totals = (summed(name, value) for name, value in sums.items())
    return [*rows, Row(f"{quarter}-total", (*label, share, *[None] * (4 if plan.visits else 3), *totals), "total")]


def _glance(plan: MonthPlan) -> Table:
    say = plan.say
    columns = (Column("period", say("quarter")), *(Column(name, say("kpi." + name), kind) for name, kind in plan.shown),
               Column("chance", say("chance"), "chance"))  # fmt: skip
    rows = []
    for row in _quarters(plan).rows:
        sums = plan.sums(row.key)
        cells = [Value(sums[name], formula=f"[quarters.{row.key}.{name}]") for name, _ in plan.shown]
        rows.append(Row(row.key, (row.cells[0], *cells, row.cells[-1]), row.role))
    return Table("glance", say("sheet.answer_quarters"), columns, tuple(rows))


def _summary(sources: Sources) -> Table:
    say = sources.say
    columns = (Column("kpi", say("kpi")), Column("target", say("goal"), "money"),
               *(Column(level, say(level), "count", say("forecast")) for level in _LEVELS),
               Column("chance", say("chance"), "chance"))  # fmt: skip
    rows = []
    for name in ("gmv", "uv", "pv", "cvr", "aov", "ad_spend"):
        levels = sources.quantiles(name, sources.year)
        rows.append(_summary_row(sources, name, levels))
    for name in ("roas", "profit"):
        values = sources.of_runs(name)
        known = values[np.isfinite(values)]
        rows.append(
            _summary_row(sources, name, np.quantile(known, measures.BAND_LEVELS) if known.size else np.full(3, np.nan))
        )
    lowest, _ = measures.lowest_cash(sources.ensemble)
    levels = np.quantile(lowest, measures.BAND_LEVELS)
    rows.append(
        Row("lowest_cash", (say("lowest_cash"), None, *(Value(float(level), "money") for level in levels), None))
    )
    title = say("year_name", year=sources.year.key)
    return Table("summary", title, columns, tuple(rows))


def _summary_row(sources: Sources, name: str, levels: measures.Array) -> Row:
    kind = palette.kind_of(name)
    target = Value(sources.target) if name == "gmv" and math.isfinite(sources.target) else None
    chance = Value(sources.chance) if target is not None and math.isfinite(sources.chance) else None
    return Row(name, (sources.say("kpi." + name), target, *(Value(float(level), kind) for level in levels), chance))


def _forecast(sources: Sources) -> Table:
    say = sources.say
    names = ("gmv", "uv", "pv", "cvr", "aov", "ad_spend")
    columns = [Column("period", say("month"))]
    columns += [Column(f"{name}-{level}", say(level), palette.kind_of(name), say("kpi." + name))
                for name in names for level in _LEVELS]  # fmt: skip
    rows = []
    for month in measures.periods(sources.span, "month"):
        values = [Value(float(level)) for name in names for level in sources.quantiles(name, month)]
        rows.append(Row(month.key, (period_name(month.key, sources), *values)))
    return Table("forecast", say("sheet.forecast"), tuple(columns), tuple(rows))
