"""Stages: the share of the runs in each over time, when each is reached, and what it is like."""

from __future__ import annotations

from functools import partial

import numpy as np

from storesim import kpi
from storesim.report import figures, measures
from storesim.report.document import Cell, Column, Figure, Row, Section, Table, Text, Value
from storesim.report.figures import Frame
from storesim.report.palette import chance_text
from storesim.report.parts.names import day
from storesim.report.sources import Sources
from storesim.scenario.store import STAGES

_LIKE = ("cvr", "aov", "ad_share", "roas")


def stages(sources: Sources) -> Section:
    """Shares over time, typical dates, and the store's figures in each stage."""
    say = sources.say
    stage = sources.ensemble.daily("stage")
    shares = measures.stage_shares(stage)
    names = [say("stage." + name) for name in STAGES]
    at_end = {name: sources.show(share, "share") for name, share in zip(STAGES, shares[:, -1], strict=True)}
    words = say("stages.alternative", last=sources.whole.last, **at_end)
    draw = partial(figures.stages, Frame("stages", words, sources.lang), shares, names, sources.whole.first)
    figure = Figure("stages", say("stages.figure"), words, draw, say("stages.caption"))
    runs = sources.ensemble
    never = say("stages.never", launch=chance_text(1.0 - runs.reached("growth")), ruin=chance_text(runs.ruined()))
    blocks = (figure, Text(never), _table(sources, stage), Text(say("stages.note"), "note"), _by_month(sources))
    return Section("stages", say("stages"), blocks)


def _by_month(sources: Sources) -> Table:
    """The chance of each stage, and of an empty till, by the end of each month."""
    say, runs = sources.say, sources.ensemble
    columns = (
        Column("month", say("stages.month")), Column("growth", say("stage.growth"), "share"),
        Column("stable", say("stage.stable"), "share"), Column("ruin", say("stages.ruin"), "share"),
    )  # fmt: skip
    rows = []
    for month in measures.periods(sources.whole, "month"):
        chances = (runs.reached("growth", month.last), runs.reached("stable", month.last), runs.ruined(month.last))
        rows.append(Row(month.key, (str(month.last), *map(Value, chances))))
    return Table("stages_by", say("stages.by"), columns, tuple(rows))


def _table(sources: Sources, stage: measures.Array) -> Table:
    say = sources.say
    columns = (
        Column("stage", say("stage")), Column("reached", say("stages.reached"), "share"),
        Column("day", say("stages.day"), "date"), Column("early", say("stages.early"), "date"),
        Column("late", say("stages.late"), "date"), Column("uv", say("stages.uv"), "count"),
        Column("gmv", say("stages.gmv"), "money"), Column("cvr", say("kpi.cvr"), "share"),
        Column("aov", say("kpi.aov"), "price"), Column("ad_share", say("kpi.ad_share"), "share"),
        Column("roas", say("kpi.roas"), "factor"),
    )  # fmt: skip
    counts = {name: sources.ensemble.daily(name) for name in ("uv", "buyers", "gmv", "ad_spend", "ad_gmv")}
    rows = tuple(_row(sources, stage, counts, index) for index in range(len(STAGES)))
    return Table("stages", say("stages.table"), columns, rows)


def _row(sources: Sources, stage: measures.Array, counts: dict[str, measures.Array], index: int) -> Row:
    days = measures.days_to_stage(stage, index)
    known = days[np.isfinite(days)]
    early, typical, late = np.quantile(known, measures.BAND_LEVELS) if known.size else (np.nan,) * 3
    inside = stage == index
    sums = {name: float(values.sum(where=inside)) for name, values in counts.items()}
    n_days = float(inside.sum())
    per_day = [sums[name] / n_days if n_days else float("nan") for name in ("uv", "gmv")]
    ratios = [float(kpi.divide(name, sums.__getitem__)) for name in _LIKE]
    name = STAGES[index]
    dates = (day(sources, when) for when in (typical, early, late))
    cells: tuple[Cell, ...] = (
        sources.say("stage." + name), Value(known.size / days.size), *dates,
        *(Value(number) for number in per_day + ratios),
    )  # fmt: skip
    return Row(name, cells)
