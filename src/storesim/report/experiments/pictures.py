"""Pictures of experiments: changes with their intervals, running differences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.report import palette
from storesim.report.document import Kind
from storesim.report.figures import LEFT, RIGHT, WIDTH, Frame, axis_kind, date_axis, legend, text_width
from storesim.report.svg import drawing, to_svg

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Changes:
    """Changes of one plan, one a row."""

    name: str
    values: Array
    """[n_rows, 3]: low end, middle, high end; shares of the base. NaN where unknown."""


def forest(frame: Frame, rows: Sequence[str], plans: Sequence[Changes]) -> str:
    """Dots with intervals, a row a KPI, the plans of a row under one another."""
    step = 0.17 * len(plans) + 0.13
    height = step * len(rows) + 0.62
    with drawing(WIDTH, height) as figure:
        left = (max(text_width(row, 7.8) for row in rows) + 10) / (WIDTH * 72)
        axes = figure.add_axes((left, 0.27 / height, 0.93 - left, step * len(rows) / height))
        for place, plan in enumerate(plans):
            y = np.arange(len(rows)) + (place + 1) / (len(plans) + 1) - 0.5
            low, middle, high = plan.values.T
            axes.hlines(y, low, high, color=palette.colour(place), linewidth=2.2)
            axes.plot(middle, y, "os^Dv"[place % 5], color=palette.colour(place), markersize=4.2)
            for at, (start, value, end) in zip(y, plan.values, strict=True):
                if np.isfinite(value):
                    # Away from the zero line, which would strike it through.
                    outer, beside, side = (start, -4, "right") if end < 0.0 else (end, 4, "left")
                    axes.annotate(palette.show(float(value), "change", frame.lang), (outer, at), (beside, 0),
                                  textcoords="offset points", va="center", ha=side, fontsize=7)  # fmt: skip
        axes.axvline(0, color=palette.INK, linewidth=0.9)
        axes.set_yticks(range(len(rows)), list(rows))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.grid(axis="y", visible=False)
        axes.grid(axis="x", visible=True)
        axes.margins(x=0.1)
        axes.xaxis.set_major_formatter(lambda value, _: palette.short(value, "share", frame.lang))
        looks = [palette.colour(place) for place in range(len(plans))]
        legend(figure, [plan.name for plan in plans], looks, ("",), y=1 - 0.2 / height)
        return to_svg(figure, frame.key, frame.alternative)


def running(frame: Frame, kind: Kind, start: dt.date, plans: Sequence[Changes]) -> str:
    """Running differences by day, [n_days, 3] of each plan, around the zero line of the first."""
    with drawing(WIDTH, 2.5) as figure:
        axes = figure.add_axes((LEFT, 0.1, RIGHT - LEFT, 0.76))
        for place, plan in enumerate(plans):
            low, middle, high = plan.values.T
            days = np.arange(len(middle)) + 0.5
            axes.fill_between(days, low, high, color=palette.colour(place), alpha=0.2, linewidth=0)
            axes.plot(days, middle, color=palette.colour(place), linestyle=("-", "--", ":", "-.")[place % 4])
        axes.axhline(0, color=palette.INK, linewidth=0.9)
        axis_kind(axes, kind, frame.lang)
        date_axis(axes, start, len(plans[0].values), frame.lang)
        looks = [palette.colour(place) for place in range(len(plans))]
        legend(figure, [plan.name for plan in plans], looks, ("",), y=0.91)
        return to_svg(figure, frame.key, frame.alternative)
