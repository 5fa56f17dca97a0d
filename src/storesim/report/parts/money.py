"""Money: from GMV to profit, and cash with its low point."""

from __future__ import annotations

from functools import partial

import numpy as np

from storesim.report import figures, measures, palette
from storesim.report.document import Cell, Column, Figure, Row, Section, Table, Text, Value
from storesim.report.figures import Band, Frame
from storesim.report.parts.names import day
from storesim.report.sources import Sources
from storesim.results.ensemble import quantiles_over_runs

COSTS = (
    "refunds", "goods_cost", "commission", "transaction_fee", "ad_spend", "parcels", "wages", "overheads", "penalties",
)  # fmt: skip
RARE_COSTS = ("hiring", "interest", "bean_cost")
"""Named where there are any."""


def money(sources: Sources) -> Section:
    """Waterfall and table from GMV to profit; the course of cash and its low point."""
    say = sources.say
    steps = _steps(sources)
    blocks = (_waterfall(sources, steps), _table(sources, steps), Text(say("money.note"), "note"), _cash(sources),
              Text(_low_point(sources)))  # fmt: skip
    return Section("money", say("money"), blocks)


def _steps(sources: Sources) -> list[tuple[str, str, measures.Array]]:
    """Key, name and amount of each line, one amount a run; they add up to the last."""
    say = sources.say
    steps = [("gmv", say("kpi.gmv"), sources.of_runs("gmv"))]
    steps += [(name, say("kpi." + name), -sources.of_runs(name)) for name in COSTS]
    rare = {name: -sources.of_runs(name) for name in RARE_COSTS}
    steps += [(name, say("kpi." + name), amount) for name, amount in rare.items() if amount.any()]
    profit = sources.of_runs("profit")
    rest = profit - np.sum([amount for _, _, amount in steps], axis=0)
    if np.abs(rest).max() >= 0.01 * max(1, sources.simulated.n_days):
        steps.append(("other", say("money.other"), rest))
    steps.append(("profit", say("kpi.profit"), profit))
    return steps


def _waterfall(sources: Sources, steps: list[tuple[str, str, measures.Array]]) -> Figure:
    means = np.array([amount.mean() for _, _, amount in steps])
    words = sources.say(
        "money.alternative", gmv=sources.show(means[0], "money"), profit=sources.show(means[-1], "money")
    )
    draw = partial(figures.waterfall, Frame("money", words, sources.lang), [name for _, name, _ in steps], means)
    return Figure("money", sources.say("money.figure"), words, draw)


def _table(sources: Sources, steps: list[tuple[str, str, measures.Array]]) -> Table:
    say = sources.say
    columns = (
        Column("item", say("money.item")), Column("mean", say("mean"), "money"),
        Column("of_gmv", say("money.of_gmv"), "share"),
        *(Column(level, say(level), "money") for level in ("p10", "p50", "p90")),
    )  # fmt: skip
    gmv = float(steps[0][2].mean())
    rows = []
    for key, name, amount in steps:
        mean = float(amount.mean())
        levels = np.quantile(amount, measures.BAND_LEVELS)
        cells: tuple[Cell, ...] = (
            name,
            Value(mean),
            Value(mean / gmv if gmv else float("nan")),
            *(Value(float(level)) for level in levels),
        )
        rows.append(Row(key, cells, "total" if key in ("gmv", "profit") else "body"))
    return Table("money", say("money.table"), columns, tuple(rows))


def _cash(sources: Sources) -> Figure:
    values = quantiles_over_runs(sources.ensemble.daily("cash"), measures.BAND_LEVELS)
    lowest = int(values[:, 1].argmin())
    words = sources.say(
        "money.cash_alternative", day=day(sources, lowest), low=sources.show(values[lowest, 1], "money"),
        end=sources.show(values[-1, 1], "money"),
    )  # fmt: skip
    band = Band("", palette.kind_of("cash"), values)
    draw = partial(
        figures.towards_target, Frame("cash", words, sources.lang), band, sources.whole.first, float("nan"), ""
    )
    return Figure("cash", sources.say("money.cash"), words, draw)


def _low_point(sources: Sources) -> str:
    lowest, days = measures.lowest_cash(sources.ensemble)
    low, middle, high = (sources.show(value, "money") for value in np.quantile(lowest, measures.BAND_LEVELS))
    chance = palette.chance_text(float(np.mean(lowest < 0)))
    when = day(sources, float(np.median(days)))
    return sources.say("money.low", p10=low, p50=middle, p90=high, day=when, chance=chance)
