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
from storesim.report.experiments.comparison import channel_label, p_text
from storesim.report.experiments.curves import MOST_NUMBERED, Curved, Field, curves, heat, rounded, scatter, tornado
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
    blocks += [_points(found, say), Text(say("sweep.bold"), "note")]
    return Report(title, subtitle, lang, (Section("sweep", say("compare.answer"), tuple(blocks)),))


def sweep_sentences(found: Sweep, lang: str) -> list[str]:
    """The best point with its guarantee, and where the plan fails."""
    say, kind = Words(lang), palette.kind_of(found.by)
    point = say("and").join(
        f"{printable(axis.path)} = {rounded(value)}"
        for axis, value in zip(found.axes, found.points[found.choice.best].tolist(), strict=True)
    )
    behind = palette.show(found.choice.behind, kind, lang)
    mean = palette.show(float(found.mean(found.by)[found.choice.best]), kind, lang)
    told = [say("sweep.best", kpi=say(f"kpi.{found.by}"), point=point, mean=mean, behind=behind)]
    if len(found.choice.alike) > 1:
        told.append(say("sweep.alike", n=len(found.choice.alike)))
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
    heading = say("rank.shares" if found.method == "sobol" else "rank.figure", kpi=say(f"kpi.{found.by}"))
    figure = Figure("tornado", heading, words, draw, words)
    texts = [Text(one) for one in ranking_sentences(found, lang)]
    return Report(
        title, subtitle, lang, (Section("rank", say("compare.answer"), (*texts, figure, _inputs(found, say))),)
    )


def ranking_sentences(found: Ranking, lang: str) -> list[str]:
    """Which setting matters most, which may not, and which does not."""
    say, most = Words(lang), found.inputs[0]
    named = {"kpi": say(f"kpi.{found.by}"), "path": printable(most.axis.path)}
    if most.low is None or most.high is None:
        if not any(one.total[1] > 0 for one in found.inputs):
            return [say("rank.still", paths=say("and").join(printable(one.axis.path) for one in found.inputs))]
        first, total = (f"{max(0.0, one[1]):.0%}" for one in (most.first, most.total))
        return [say("rank.explains", **named, first=first, total=total)]
    ends = {"start": rounded(most.axis.low), "end": rounded(most.axis.high)}
    moves = {name: _change(one.difference, palette.kind_of(found.by), lang)
             for name, one in (("low", most.low), ("high", most.high))}  # fmt: skip
    told = [say("rank.most", **named, **ends, **moves)] if most.size > 0 else []
    still = [one for one in found.inputs if not _apart(one)]
    luck = [one for one in found.inputs if one not in still and not _beyond_luck(one)]
    for key, which in (("rank.luck", luck), ("rank.still", still)):
        if which:
            told.append(say(key, paths=say("and").join(printable(one.axis.path) for one in which)))
    return told


def _apart(one: Input) -> bool:
    return any(end is not None and end.n_apart > 0 for end in (one.low, one.high))


def _beyond_luck(one: Input) -> bool:
    return any(end is not None and (end.low > 0 or end.high < 0) for end in (one.low, one.high))


def _change(value: float, kind: Kind, lang: str) -> str:
    """A difference with its sign."""
    return ("+" if value > 0 else "") + palette.show(value, kind, lang)


def build_optimum(found: Optimum, lang: str = "zh") -> Report:
    """The page of best budgets: response curves, the recommendation, what it brings and may lose."""
    say = Words(lang)
    title = say("optimise.title", store=printable(found.name), kpi=say(f"kpi.{found.by}"))
    subtitle = say("optimise.subtitle", total=palette.show(found.total_budget, "money", lang), points=found.n_points,
                   runs=found.n_runs, seed=found.seed)  # fmt: skip
    words = say("optimise.alternative")
    lines = [
        Curved(
            channel_label(one.channel, say),
            say("optimise.along"),
            one.budgets,
            one.figures,
            found.budgets[one.channel],
            money=True,
        )
        for one in found.curves
    ]
    draw = partial(curves, Frame("curves", words, lang), palette.kind_of(found.by), lines)
    figure = Figure("curves", say("optimise.figure", kpi=say(f"kpi.{found.by}")), words, draw, words)
    columns = (
        Column("channel", say("channel")),
        Column("before", say("compare.base"), "money"),
        Column("budget", say("optimise.budget"), "money"),
    )
    rows = tuple(
        Row(name, (channel_label(name, say), Value(found.before[name]), Value(value)))
        for name, value in found.budgets.items()
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
    shown["gain"] = _change(gain.difference, kind, lang)
    told = [say("optimise.gain", kpi=say(f"kpi.{found.by}"), p=p_text(gain.p), **shown)]
    key = "optimise.regret" if math.isfinite(found.regret) else "optimise.undecided"
    return [*told, say(key, regret=palette.show(found.regret, kind, lang))]


def _sweep_pictures(found: Sweep, say: Words) -> list[Figure]:
    kind, label = palette.kind_of(found.by), say(f"kpi.{found.by}")
    if len(found.axes) == 1:
        words = say("sweep.curve_alternative")
        place, order = found.kpis.index(found.by), np.argsort(found.points[:, 0])
        line = Curved("", printable(found.axes[0].path), found.points[order, 0], found.figures[order, place], math.nan)
        draw = partial(curves, Frame("curve", words, say.lang), kind, [line])
        return [Figure("curve", label, words, draw, words)]
    if found.design == "grid" and len(found.axes) == 2:
        words = say("sweep.heat_alternative")
        y, x = (np.array(axis.values) for axis in found.axes)
        names = (printable(found.axes[1].path), printable(found.axes[0].path))
        # In the order typed, cells that do not fail could lie within the box.
        rows, columns = np.argsort(y), np.argsort(x)
        y, x, cells = y[rows], x[columns], np.ix_(rows, columns)
        values = found.mean(found.by).reshape(len(y), len(x))[cells]
        fails = None if found.chance is None else (found.chance >= 0.5).reshape(values.shape)[cells]
        box = None if found.box is None else np.array([_ends_of_box(found, i) for i in (1, 0)])
        if box is not None:
            words += say("sweep.heat_fails" if len(x) <= MOST_NUMBERED else "sweep.heat_box")
        draw = partial(heat, Frame("heat", words, say.lang), kind, Field(x, y, values, fails, box), names=names)
        return [Figure("heat", label, words, draw, words)]
    return [_scattered(found, say)]


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
        *(Column(f"axis-{i}", printable(axis.path), "number") for i, axis in enumerate(found.axes)),
        *(Column(name, say(f"kpi.{name}"), palette.kind_of(name)) for name in found.kpis),
    ]
    if found.chance is not None:
        columns.append(Column("fails", printable(found.fails), "share"))
    rows = []
    for place, point in enumerate(found.points[:_LONGEST]):
        cells: list[Cell] = [*map(rounded, point.tolist()), *map(Value, found.figures[place, :, 1].tolist())]
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
    what = say("rank.share" if found.method == "sobol" else "compare.difference")
    parts = ((what, 1), (say("compare.low"), 0), (say("compare.high"), 2))
    columns = (
        Column("setting", say("rank.setting"), "code"),
        Column("from", say("rank.from"), "number"),
        Column("to", say("rank.to"), "number"),
        *(
            Column(f"{end}-{place}", title, kind, group)
            for end, group in zip(("low", "high"), ends, strict=True)
            for title, place in parts
        ),
    )  # fmt: skip
    rows = tuple(
        Row(
            f"input-{i}",
            (printable(one.axis.path), rounded(one.axis.low), rounded(one.axis.high),
             *(Value(float(table[i, place])) for table in (low, high) for _, place in parts)),
        )
        for i, one in enumerate(found.inputs)
    )  # fmt: skip
    return Table("inputs", say("rank.inputs"), columns, rows)
