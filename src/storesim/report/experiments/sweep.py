"""Sweeps, rankings and best budgets as pages."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import numpy as np

from storesim.experiments.optimise import Optimum
from storesim.experiments.sensitivity import Input, Ranking
from storesim.experiments.sweep import Sweep
from storesim.report import palette
from storesim.report.document import (
    Block,
    Cell,
    Column,
    Figure,
    Kind,
    Report,
    Row,
    Section,
    Table,
    Text,
    Value,
    printable,
)
from storesim.report.experiments.comparison import p_text
from storesim.report.experiments.curves import Curved, curves, heat, rounded, scatter, tornado
from storesim.report.figures import Frame
from storesim.report.words import Words

_LONGEST = 200
"""Rows of a page's table; the CSV has them all."""


def build_sweep(found: Sweep, lang: str = "zh") -> Report:
    """The page of a sweep: a response curve or a heat map, the best point, where the plan fails."""
    say = Words(lang)
    axes = say("and").join(printable(axis.path) for axis in found.axes)
    title = say("sweep.title", axes=axes, kpi=say(f"kpi.{found.by}"))
    subtitle = say(
        "sweep.subtitle", store=printable(found.name), points=len(found.points), runs=found.n_runs, seed=found.seed
    )
    blocks: list[Block] = [Text(words) for words in sweep_sentences(found, lang)]
    blocks += _sweep_pictures(found, say)
    blocks.append(_points(found, say))
    return Report(title, subtitle, lang, (Section("sweep", say("compare.answer"), tuple(blocks)),))


def sweep_sentences(found: Sweep, lang: str) -> list[str]:
    """The best point with its guarantee, and where the plan fails."""
    say, kind = Words(lang), palette.kind_of(found.by)
    point = say("and").join(f"{printable(path)} = {value:g}" for path, value in found.best.items())
    behind = palette.show(found.choice.behind, kind, lang)
    mean = palette.show(float(found.mean(found.by)[found.choice.best]), kind, lang)
    told = [say("sweep.best", kpi=say(f"kpi.{found.by}"), point=point, mean=mean, behind=behind)]
    if found.box is not None:
        ranges = say("and").join(
            f"{axis.path} {rounded(low)} … {rounded(high)}"
            for axis, low, high, narrow in zip(
                found.axes, found.box.low, found.box.high, found.box.restricted, strict=True
            )
            if narrow
        )
        box = {"ranges": printable(ranges) or say("sweep.everywhere"), "coverage": f"{found.box.coverage:.0%}",
               "density": f"{found.box.density:.0%}"}  # fmt: skip
        told.append(say("sweep.fails", fails=printable(found.fails), **box))
    elif found.fails:
        told.append(say("sweep.never", fails=printable(found.fails)))
    return told


def build_ranking(found: Ranking, lang: str = "zh") -> Report:
    """The page of a ranking: a tornado, or Sobol's indices."""
    say = Words(lang)
    title = say("rank.title", kpi=say(f"kpi.{found.by}"), store=printable(found.name))
    subtitle = say(f"rank.{found.method}", runs=found.n_runs, seed=found.seed)
    names = [printable(one.axis.path) for one in found.inputs]
    words = say(f"rank.{found.method}_alternative")
    frame = Frame("tornado", words, lang)
    low, high, ends, kind = _bars(found, say)
    draw = partial(tornado, frame, names, low, high, names=ends, kind=kind)
    figure = Figure("tornado", say("rank.figure", kpi=say(f"kpi.{found.by}")), words, draw, words)
    return Report(title, subtitle, lang, (Section("rank", say("compare.answer"), (figure, _inputs(found, say))),))


def build_optimum(found: Optimum, lang: str = "zh") -> Report:
    """The page of best budgets: response curves, the recommendation, what it brings and may lose."""
    say = Words(lang)
    title = say("optimise.title", store=printable(found.name), kpi=say(f"kpi.{found.by}"))
    subtitle = say("optimise.subtitle", total=palette.show(found.total_budget, "money", lang), points=found.n_points,
                   runs=found.n_runs, seed=found.seed)  # fmt: skip
    words = say("optimise.alternative")
    lines = [
        Curved(printable(one.channel), one.budgets, one.figures, found.budgets[one.channel]) for one in found.curves
    ]
    draw = partial(curves, Frame("curves", words, lang), palette.kind_of(found.by), lines)
    figure = Figure("curves", say("optimise.figure", kpi=say(f"kpi.{found.by}")), words, draw, words)
    columns = (
        Column("channel", say("channel")),
        Column("before", say("compare.base"), "money"),
        Column("budget", say("optimise.budget"), "money"),
    )
    rows = tuple(
        Row(name, (printable(name), Value(found.before[name]), Value(value))) for name, value in found.budgets.items()
    )
    table = Table("budgets", say("optimise.budgets"), columns, rows)
    texts = [Text(one) for one in optimum_sentences(found, lang)]
    return Report(title, subtitle, lang, (Section("optimise", say("compare.answer"), (*texts, figure, table)),))


def optimum_sentences(found: Optimum, lang: str) -> list[str]:
    """What the recommendation brings, simulated, and what it may lose."""
    say, kind = Words(lang), palette.kind_of(found.by)
    gain = found.gain
    amounts = {"gain": gain.difference, "low": gain.low, "high": gain.high, "now": gain.base}
    shown = {name: palette.show(value, kind, lang) for name, value in amounts.items()}
    told = [say("optimise.gain", kpi=say(f"kpi.{found.by}"), p=p_text(gain.p), **shown)]
    key = "optimise.regret" if math.isfinite(found.regret) else "optimise.undecided"
    return [*told, say(key, regret=palette.show(found.regret, kind, lang))]


def _sweep_pictures(found: Sweep, say: Words) -> list[Figure]:
    kind, label = palette.kind_of(found.by), say(f"kpi.{found.by}")
    if found.design == "grid" and len(found.axes) == 1:
        words = say("sweep.curve_alternative")
        place = found.kpis.index(found.by)
        line = Curved(printable(found.axes[0].path), found.points[:, 0], found.figures[:, place], math.nan)
        draw = partial(curves, Frame("curve", words, say.lang), kind, [line])
        return [Figure("curve", label, words, draw, words)]
    if found.design == "grid" and len(found.axes) == 2:
        words = say("sweep.heat_alternative")
        y, x = (np.array(axis.values) for axis in found.axes)
        names = (printable(found.axes[1].path), printable(found.axes[0].path))
        values = found.mean(found.by).reshape(len(y), len(x))
        draw = partial(heat, Frame("heat", words, say.lang), kind, x, y, values, names=names)
        return [Figure("heat", label, words, draw, words)]
    if len(found.axes) > 1:
        return [_scattered(found, say)]
    return []


def _scattered(found: Sweep, say: Words) -> Figure:
    """Points over two settings, those of the box of failures if there is one."""
    box = found.box
    order = sorted(range(len(found.axes)), key=lambda i: box is not None and not box.restricted[i])
    y, x = sorted(order[:2])
    fails = np.zeros(len(found.points), dtype=np.bool_) if found.chance is None else found.chance >= 0.5
    ends = None if box is None else np.array([_ends_of_box(found, i) for i in (x, y)])
    words = say("sweep.scatter_alternative")
    names = (printable(found.axes[x].path), printable(found.axes[y].path))
    frame = Frame("scatter", words, say.lang)
    draw = partial(scatter, frame, found.points[:, [x, y]], found.mean(found.by), fails, ends, names=names)
    return Figure("scatter", say(f"kpi.{found.by}"), words, draw, words)


def _ends_of_box(found: Sweep, place: int) -> tuple[float, float]:
    """Where the box of failures ends along a setting; where all was tried if that is no restriction."""
    axis, box = found.axes[place], found.box
    if box is None or not box.restricted[place]:
        return axis.low, axis.high
    return box.low[place], box.high[place]


def _points(found: Sweep, say: Words) -> Table:
    columns = [
        *(Column(f"axis-{i}", printable(axis.path), "factor") for i, axis in enumerate(found.axes)),
        *(Column(name, say(f"kpi.{name}"), palette.kind_of(name)) for name in found.kpis),
    ]
    if found.chance is not None:
        columns.append(Column("fails", printable(found.fails), "share"))
    rows = []
    for place, point in enumerate(found.points[:_LONGEST]):
        cells: list[Cell] = [*map(Value, point.tolist()), *map(Value, found.figures[place, :, 1].tolist())]
        if found.chance is not None:
            cells.append(Value(float(found.chance[place])))
        rows.append(Row(f"point-{place}", tuple(cells), "total" if place == found.choice.best else "body"))
    return Table("points", say("sweep.points"), tuple(columns), tuple(rows), folded=len(rows) > 30)


def _bars(found: Ranking, say: Words) -> tuple[np.ndarray, np.ndarray, Sequence[str], Kind]:
    """[n_inputs, 3] of the one end and of the other, what they are called, and their kind."""
    if found.method == "sobol":
        values = [np.array([getattr(one, key) for one in found.inputs]) for key in ("first", "total")]
        return values[0], values[1], (say("rank.first"), say("rank.total")), "share"
    low, high = (np.array([_ends(one, end) for one in found.inputs]) for end in ("low", "high"))
    return low, high, (say("rank.at_low"), say("rank.at_high")), palette.kind_of(found.by)


def _ends(one: Input, end: str) -> tuple[float, float, float]:
    found = one.low if end == "low" else one.high
    return (math.nan,) * 3 if found is None else (found.low, found.difference, found.high)


def _inputs(found: Ranking, say: Words) -> Table:
    low, high, ends, kind = _bars(found, say)
    parts = ((say("compare.difference"), 1), (say("compare.low"), 0), (say("compare.high"), 2))
    columns = (
        Column("setting", say("rank.setting"), "code"),
        Column("from", say("rank.from"), "factor"),
        Column("to", say("rank.to"), "factor"),
        *(
            Column(f"{end}-{place}", title, kind, group)
            for end, group in zip(("low", "high"), ends, strict=True)
            for title, place in parts
        ),
    )  # fmt: skip
    rows = tuple(
        Row(
            f"input-{i}",
            (printable(one.axis.path), Value(one.axis.low), Value(one.axis.high),
             *(Value(float(table[i, place])) for table in (low, high) for _, place in parts)),
        )
        for i, one in enumerate(found.inputs)
    )  # fmt: skip
    return Table("inputs", say("rank.inputs"), columns, rows)
