"""A calibration as a page."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from numpy.typing import NDArray

from storesim.experiments.calibrated import Calibration, Fitted, Reproduced
from storesim.experiments.moments import Moment
from storesim.report import palette
from storesim.report.document import Block, Column, Figure, Kind, Report, Row, Section, Table, Text, Value, printable
from storesim.report.experiments.comparison import p_text
from storesim.report.figures import WIDTH, Frame, text_width
from storesim.report.svg import drawing, to_svg
from storesim.report.words import Words
from storesim.results.part import said

Array = NDArray[np.float64]


def build_calibration(found: Calibration, lang: str = "zh") -> Report:
    """The page of a calibration: the ranges, what is reproduced, and what was foretold of the days held back."""
    say = Words(lang)
    first, fitted, later, _ = found.days
    title = say("calibrate.title", store=printable(found.name), history=printable(found.history))
    subtitle = say("calibrate.subtitle", first=first, fitted=fitted, later=later, seed=found.seed)
    words = say("calibrate.ranges_alternative")
    draw = partial(_ranges, Frame("ranges", words, lang), found.settings)
    blocks: list[Block] = [Text(one) for one in calibration_sentences(found, lang)]
    blocks += [Figure("ranges", say("calibrate.ranges"), words, draw, words), _settings(found, say)]
    blocks += [_moments(found, say), Text(say("calibrate.luck_note"), "note")]
    if found.held:
        blocks.append(_held(found, say))
    return Report(title, subtitle, lang, (Section("calibrate", say("compare.answer"), tuple(blocks)),))


def calibration_sentences(found: Calibration, lang: str) -> list[str]:
    """Whether the store reproduces the history, what the history cannot tell, and how the days held back came out."""
    say = Words(lang)
    chance = p_text(found.chance)
    told = [say("calibrate.fits", chance=chance)] if found.fits else []
    if found.wider > 1:
        worst = sorted(found.moments, key=lambda one: -abs(one.off))[:3]
        names = say("and").join(f"{_name(one.moment, say)} ({one.off:+.1f} σ)" for one in worst)
        told = [say("calibrate.unfit", chance=chance, moments=names, wider=f"{found.wider:.1f}")]
    if found.out_of_reach:
        names = say("and").join(_name(one, say) for one in found.out_of_reach)
        told.append(say("calibrate.beyond", moments=names))
    told.append(say("calibrate.holds", holds=f"{found.holds:.0%}"))
    if found.untold:
        told.append(say("calibrate.untold", paths=_listed(found.untold, say)))
    pairs = {tuple(sorted((one.path, twin))) for one in found.settings for twin in one.twins}
    told += [say("calibrate.twins", paths=_listed(pair, say)) for pair in sorted(pairs)]
    if found.still:
        told.append(say("calibrate.still", paths=_listed(found.still, say)))
    if closed := found.days[3]:
        told.append(say("calibrate.closed", closed=closed))
    if found.held:
        share = sum(one.share * one.n_days for one in found.held) / sum(one.n_days for one in found.held)
        inside = sum(one.low <= one.total <= one.high for one in found.held)
        told.append(say("calibrate.held", share=f"{share:.0%}", totals=len(found.held), inside=inside))
    return told


def _listed(paths: tuple[str, ...], say: Words) -> str:
    return say("and").join(map(printable, paths))


def _name(moment: Moment, say: Words) -> str:
    """The KPI a moment is of, and what of it."""
    count, _, channel = moment.above.partition("@")
    name = say(f"kpi.{moment.ratio or count}")
    if moment.below and not moment.ratio:
        below = moment.below.partition("@")[0]
        name = f"{name} / {say(f'kpi.{below}')}"
    of = say(f"calibrate.kind.{moment.kind}", third=moment.third)
    where = f" {say.known(f'channel.{channel}', printable(channel))}" if channel else ""
    return f"{name}{where}, {of}" if say.lang == "en" else f"{name}{where}（{of}）"


def _settings(found: Calibration, say: Words) -> Table:
    columns = (
        Column("setting", say("rank.setting"), "code"),
        *(Column(key, say(f"calibrate.{key}"), "number") for key in ("before", "value", "low", "high", "from", "to")),
        Column("told", say("calibrate.told"), "share"),
    )
    rows = tuple(
        Row(
            f"setting-{i}",
            (printable(one.path), *(said(value, 4) for value in (one.before, one.value, one.low, one.high, *one.tried)),
             Value(one.told)),
        )
        for i, one in enumerate(found.settings)
    )  # fmt: skip
    return Table("settings", say("calibrate.settings"), columns, rows)


def _moments(found: Calibration, say: Words) -> Table:
    columns = (
        Column("what", say("calibrate.what")),
        *(Column(key, say(f"calibrate.{key}"), "factor") for key in ("seen", "played")),
        Column("luck", say("calibrate.luck"), "share"),
        Column("off", say("calibrate.off"), "factor"),
    )
    rows = tuple(
        Row(f"moment-{i}", (_name(one.moment, say), *_shown(one), Value(one.off)))
        for i, one in enumerate(found.moments)
    )
    return Table("moments", say("calibrate.moments"), columns, rows)


def _shown(one: Reproduced) -> tuple[Value, Value, Value]:
    """What the history and the store have, and the luck; as figures, though all but a correlation are logarithms."""
    moment = one.moment
    if moment.kind == "memory":
        return Value(one.seen), Value(one.played), Value(one.luck, "factor")
    kind: Kind = "share"
    if moment.kind == "level":
        kind = palette.kind_of(moment.ratio) if moment.ratio else "factor"
    return Value(math.exp(one.seen), kind), Value(math.exp(one.played), kind), Value(one.luck)


def _held(found: Calibration, say: Words) -> Table:
    columns = (
        Column("kpi", say("kpi")),
        Column("share", say("calibrate.days_held"), "share"),
        *(Column(key, say(f"calibrate.{key}"), "count") for key in ("total", "total_low", "total_high")),
    )
    rows = tuple(
        Row(
            one.kpi,
            (say(f"kpi.{one.kpi}"), Value(one.share),
             *(Value(value, palette.kind_of(one.kpi)) for value in (one.total, one.low, one.high))),
        )
        for one in found.held
    )  # fmt: skip
    return Table("held", say("calibrate.later"), columns, rows)


def _ranges(frame: Frame, settings: tuple[Fitted, ...]) -> str:
    """A bar a setting, each on a scale of its own."""
    step = 0.42
    height = step * len(settings) + 0.12
    names = [printable(one.path) for one in settings]
    with drawing(WIDTH, height) as figure:
        left = min(0.45, (max(text_width(name, 7.8) for name in names) + 10) / (WIDTH * 72))
        axes = figure.add_axes((left, 0.02, 0.97 - left, 0.96))
        for place, one in enumerate(settings):
            low, value, high, before = (_along(one, x) for x in (one.low, one.value, one.high, one.before))
            axes.barh(place, 1.0, 0.3, color=palette.RULE, linewidth=0)
            axes.barh(place, high - low, 0.3, low, color=palette.BAND, linewidth=0)
            axes.plot([value], [place], "o", color=palette.PAPER, markersize=4)
            axes.vlines(before, place - 0.24, place + 0.24, color=palette.TARGET, linewidth=1.6)
            for x, text, side in ((0.0, one.tried[0], "left"), (1.0, one.tried[1], "right")):
                axes.annotate(said(text, 3), (x, place - 0.15), (0, 1), textcoords="offset points",
                              ha=side, va="bottom", fontsize=6.5, color=palette.MUTED)  # fmt: skip
        axes.set_xlim(-0.01, 1.01)
        axes.set_ylim(len(settings) - 0.5, -0.6)
        axes.set_yticks(range(len(names)), names)
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.set_xticks([])
        axes.grid(visible=False)
        return to_svg(figure, frame.key, frame.alternative)


def _along(one: Fitted, value: float) -> float:
    """Where a value lies between the ends that were tried: 0 to 1, by logarithm where both are positive."""
    low, high = one.tried
    if low > 0:
        low, high, value = np.log(low), np.log(high), np.log(max(value, 1e-300))
    return float(np.clip((value - low) / (high - low), 0, 1))
