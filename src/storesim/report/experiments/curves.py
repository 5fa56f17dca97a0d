"""Pictures of sweeps: response curves, heat maps, tornados."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.report import palette
from storesim.report.document import Kind
from storesim.report.figures import LEFT, RIGHT, WIDTH, Frame, axis_kind, legend, text_width
from storesim.report.svg import drawing, to_svg

Array = NDArray[np.float64]

MOST_NUMBERED: Final = 12
"""Columns of a heat map whose cells have room for a number and a cross."""


@dataclass(frozen=True)
class Curved:
    """A figure along one setting."""

    name: str
    """Heading of its panel; empty for none."""

    along: str
    """What the setting is, below its axis."""

    settings: Array
    """[n_points]."""

    figures: Array
    """[n_points, 3]: low end, middle, high end."""

    chosen: float
    """Setting to mark; NaN for none."""

    money: bool = False
    """True if the setting is an amount of money."""


def curves(frame: Frame, kind: Kind, lines: Sequence[Curved]) -> str:
    """Response curves with their intervals, a panel a setting, on one upright scale."""
    n = len(lines)
    height = 2.5
    with drawing(WIDTH, height) as figure:
        span = (RIGHT - LEFT) / n
        known = np.concatenate([line.figures[np.isfinite(line.figures)] for line in lines])
        lowest, highest = float(known.min()), float(known.max())
        room = 0.05 * (highest - lowest) or abs(highest) * 0.1 or 1.0
        for place, line in enumerate(lines):
            axes = figure.add_axes((LEFT + place * span, 0.21, span - 0.03, 0.66 if line.name else 0.74))
            low, middle, high = line.figures.T
            axes.fill_between(line.settings, low, high, color=palette.BAND, alpha=0.2, linewidth=0)
            axes.plot(line.settings, middle, marker="o", markersize=3.2, color=palette.BAND)
            if not math.isnan(line.chosen):
                axes.axvline(line.chosen, color=palette.TARGET, linewidth=1.2, linestyle="--")
            axes.set_ylim(lowest - room, highest + room)
            axes.set_title(line.name)
            axes.set_xlabel(line.along)
            if line.money:
                axes.xaxis.set_major_formatter(lambda value, _: palette.short(value, "money", frame.lang))
            axis_kind(axes, kind, frame.lang)
            if place > 0:
                axes.set_yticklabels([])
        return to_svg(figure, frame.key, frame.alternative)


@dataclass(frozen=True)
class Field:
    """A figure at every pair of two settings."""

    x: Array
    """[n_x], rising."""

    y: Array
    """[n_y], rising."""

    values: Array
    """[n_y, n_x]."""

    fails: NDArray[np.bool_] | None
    """[n_y, n_x]; None if it was not asked where the plan fails."""

    box: Array | None
    """[2, 2]: low and high end along x, and along y, of where it fails most; None for nowhere."""


def heat(frame: Frame, kind: Kind, field: Field, *, names: tuple[str, str]) -> str:
    """A field of values, the darker the larger, each with its number where there is room; failing ones are crossed."""
    from matplotlib.patches import Rectangle

    x, y, values = field.x, field.y, field.values
    with drawing(WIDTH, 0.9 + 0.42 * max(len(y), 3)) as figure:
        axes = figure.add_axes((0.12, 0.2, 0.84, 0.72))
        axes.grid(visible=False)
        least, most = float(np.nanmin(values)), float(np.nanmax(values))
        for i, j in np.ndindex(values.shape):
            share = float((values[i, j] - least) / (most - least)) if most > least else 0.0
            axes.add_patch(
                Rectangle((j - 0.5, i - 0.5), 1, 1, facecolor=_shade(share), edgecolor="white", linewidth=0.5)
            )
        axes.set_xlim(-0.5, len(x) - 0.5)
        axes.set_ylim(-0.5, len(y) - 0.5)
        axes.set_xticks(range(len(x)), [rounded(value) for value in x])
        axes.set_yticks(range(len(y)), [rounded(value) for value in y])
        axes.set_xlabel(names[0])
        axes.set_title(names[1])
        middle = (least + most) / 2
        if len(x) <= MOST_NUMBERED:
            for i, row in enumerate(values):
                for j, value in enumerate(row):
                    crossed = field.fails is not None and field.fails[i, j]
                    shown = ("× " if crossed else "") + palette.short(float(value), kind, frame.lang)
                    colour = palette.PAPER if value > middle else palette.INK
                    axes.text(j, i, shown, ha="center", va="center", fontsize=7, color=colour)
        if field.box is not None:
            (left, right), (bottom, top) = (_cells(*ends) for ends in zip((x, y), field.box, strict=True))
            axes.add_patch(
                Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=palette.TARGET,
                          linestyle="--", linewidth=1.6, clip_on=False, zorder=3)
            )  # fmt: skip
        return to_svg(figure, frame.key, frame.alternative)


def scatter(
    frame: Frame, points: Array, values: Array, fails: NDArray[np.bool_], box: Array | None, *, names: tuple[str, str]
) -> str:
    """Points of two settings, the darker the larger; failing ones are crosses, most of them in a box.

    Parameters
    ----------
    points : [n_points, 2]
    values, fails : [n_points]
    box : [2, 2]
        Low and high end of either setting; None for none.
    """
    from matplotlib.patches import Rectangle

    with drawing(WIDTH, 3.0) as figure:
        axes = figure.add_axes((0.12, 0.17, 0.84, 0.72))
        axes.grid(axis="x", visible=True)
        least, most = float(np.nanmin(values)), float(np.nanmax(values))
        shares = np.nan_to_num((values - least) / (most - least)) if most > least else np.zeros(len(values))
        colours = [_shade(0.25 + 0.75 * share) for share in shares.tolist()]
        for marker, chosen in (("o", ~fails), ("X", fails)):
            shown = [colour for colour, one in zip(colours, chosen.tolist(), strict=True) if one]
            axes.scatter(points[chosen, 0], points[chosen, 1], c=shown, marker=marker, s=34, linewidths=0)
        if box is not None:
            (left, bottom), (right, top) = box.T
            axes.add_patch(
                Rectangle((left, bottom), right - left, top - bottom, fill=False, edgecolor=palette.TARGET,
                          linestyle="--", linewidth=1.2)
            )  # fmt: skip
        axes.set_xlabel(names[0])
        axes.set_title(names[1])
        return to_svg(figure, frame.key, frame.alternative)


def rounded(value: float) -> str:
    """A setting to four digits."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def tornado(frame: Frame, rows: Sequence[str], low: Array, high: Array, *, names: Sequence[str], kind: Kind) -> str:
    """Two bars a row, each with its interval.

    Parameters
    ----------
    low, high : [n_rows, 3]
        Low end, value and high end of either bar.
    names
        What the two bars are.
    """
    height = 0.34 * len(rows) + 0.62
    with drawing(WIDTH, height) as figure:
        left = min(0.45, (max(text_width(row, 7.8) for row in rows) + 10) / (WIDTH * 72))
        axes = figure.add_axes((left, 0.27 / height, 0.96 - left, 0.34 * len(rows) / height))
        y = np.arange(len(rows))
        for values, shift, colour, hatch in ((low, -0.18, palette.SERIES[1], "////"), (high, 0.18, palette.BAND, "")):
            axes.barh(y + shift, values[:, 1], 0.32, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
            axes.hlines(y + shift, values[:, 0], values[:, 2], color=palette.INK, linewidth=1.0)
        axes.axvline(0, color=palette.INK, linewidth=0.9)
        axes.set_yticks(y, list(rows))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.xaxis.set_major_formatter(lambda value, _: palette.short(value, kind, frame.lang))
        looks = (palette.SERIES[1], palette.BAND)
        legend(figure, names, looks, ("////", ""), y=1 - 0.2 / height)
        return to_svg(figure, frame.key, frame.alternative)


def _cells(values: Array, ends: Array) -> tuple[float, float]:
    """Edges of the first and the last cell whose setting lies between the ends."""
    inside = np.flatnonzero((values >= ends[0]) & (values <= ends[1]))
    return float(inside[0]) - 0.5, float(inside[-1]) + 0.5


def _shade(share: float) -> str:
    """From nearly white to the blue of bands."""
    pale, deep = (239, 246, 251), (0, 84, 132)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in zip(pale, deep, strict=True))
