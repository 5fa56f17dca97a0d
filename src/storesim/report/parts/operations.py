"""Behind the shop window: stock-outs, service, dispatch, reviews, score."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from storesim import kpi
from storesim.report import figures, measures, palette
from storesim.report.document import Block, Column, Figure, Row, Section, Table, Value, printable
from storesim.report.figures import Band, Frame
from storesim.report.sources import Sources
from storesim.results.ensemble import quantiles_over_runs
from storesim.scenario.members import LEVELS

_YEAR = (
    "lost_units", "lost_gmv", "in_stock_share", "chats", "answer_rate", "late_rate", "mean_dispatch_wait", "reviews",
    "good_rate", "refund_rate", "members_joined",
)  # fmt: skip
_MEMBERS = (
    "members", "members_left", "active_members", "old_share", "old_gmv",
    *(f"repeat_{days}" for days in (30, 60, 90, 180)),
    *(f"members_{level}" for level in LEVELS), *(f"gmv_{level}" for level in LEVELS),
    "member_coupons_sent", "member_coupons_used", "member_coupons",
)  # fmt: skip
_N_SKUS = 8


def operations(sources: Sources) -> Section:
    """Six figures to watch, their totals, members known one by one, and the items that lose most for want of stock."""
    say = sources.say
    words = say("operations.alternative")
    draw = partial(figures.multiples, Frame("operations", words, sources.lang), _bands(sources), sources.whole.first)
    figure = Figure("operations", say("operations.figure"), words, draw, say("operations.caption"))
    blocks: list[Block] = [figure, _totals(sources, "operations", say("operations.table"), _YEAR)]
    if sources.ensemble.cohorts.size:
        blocks.append(_totals(sources, "members", say("operations.members"), _MEMBERS))
    items = _items(sources)
    if items.rows:
        blocks.append(items)
    return Section("operations", say("operations"), tuple(blocks))


def _bands(sources: Sources) -> list[Band]:
    runs, say = sources.ensemble, sources.say
    lost, sold = (measures.smooth_week(runs.daily(name)) for name in ("lost_gmv", "gmv"))
    lost_share = np.divide(lost, lost + sold, out=np.full(lost.shape, np.nan), where=lost + sold > 0)
    shares = [
        (say("kpi.in_stock_share"), measures.smooth_week(runs.daily("in_stock_share")), True),
        (say("operations.lost"), lost_share, False),
        (say("kpi.answer_rate"), _weekly(sources, "answer_rate"), True),
        (say("kpi.late_rate"), _weekly(sources, "late_rate"), False),
        (say("kpi.score"), runs.daily("score"), True),
        (say("kpi.good_rate"), _weekly(sources, "good_rate"), True),
    ]
    return [Band(title, "share", quantiles_over_runs(values, measures.BAND_LEVELS), (0.0, 1.02) if good else None)
            for title, values, good in shares]  # fmt: skip


def _weekly(sources: Sources, name: str) -> measures.Array:
    """A ratio over seven days at a time, divided after summing; [n_runs, n_days]."""
    return kpi.divide(name, lambda part: measures.smooth_week(sources.ensemble.daily(part)))


def _totals(sources: Sources, key: str, title: str, names: Sequence[str]) -> Table:
    say = sources.say
    columns = (Column("kpi", say("kpi")), *(Column(level, say(level), "count") for level in ("p10", "p50", "p90")))
    rows = []
    for name in names:
        values = sources.of_runs(name)
        known = values[np.isfinite(values)]
        levels = np.quantile(known, measures.BAND_LEVELS) if known.size else np.full(3, np.nan)
        kind = palette.kind_of(name)
        rows.append(Row(name, (say("kpi." + name), *(Value(float(level), kind) for level in levels))))
    return Table(key, title, columns, tuple(rows))


def _items(sources: Sources) -> Table:
    say, mean = sources.say, sources.mean
    lost = mean.of_skus("lost_units")
    names = {sku.sku: sku.name for sku in sources.scenario.catalogue.skus}
    columns = (
        Column("sku", say("operations.sku"), "code"), Column("lost", say("kpi.lost_units"), "count"),
        Column("units", say("kpi.units"), "count"), Column("gmv", say("kpi.gmv"), "money"),
        Column("stock", say("operations.closing"), "count"),
    )  # fmt: skip
    rows = []
    for i in np.argsort(-lost, kind="stable")[:_N_SKUS]:
        if lost[i] < 0.5:
            break
        code = mean.skus[i]
        called = printable(f"{code} {names.get(code, '')}".strip())
        figures_of = (float(mean.of_skus(name)[i]) for name in ("lost_units", "units", "gmv", "closing_stock"))
        rows.append(Row(f"s{i}", (called, *(Value(number) for number in figures_of))))
    return Table("items", say("operations.skus"), columns, tuple(rows))
