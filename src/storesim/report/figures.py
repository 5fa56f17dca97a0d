"""One plot a function: arrays in, SVG out. Quantities come measured; nothing here sums or divides."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storesim.report import palette
from storesim.report.document import Kind
from storesim.report.svg import drawing, to_svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
WIDTH = 7.4
LEFT, RIGHT = 0.085, 0.985
LEGEND_LINE = 0.17
"""Inches from one line of a legend to the next."""


@dataclass(frozen=True)
class Frame:
    """What every picture is told: who it is, what it shows in words, the reader's language."""

    key: str
    alternative: str
    lang: str


@dataclass(frozen=True)
class Band:
    """One KPI over the days: low, middle and high quantile."""

    title: str
    kind: Kind
    values: Array
    """[n_days, 3]."""

    limits: tuple[float, float] | None = None
    """Ends of the axis; None: from 0 to what there is."""


@dataclass(frozen=True)
class Series:
    """One named row of values by period."""

    name: str
    values: Array
    """[n_periods]."""

    place: int
    """Place in the order of channels: the same one has the same colour in every picture."""


@dataclass(frozen=True)
class Mark:
    """Something dated: an event, or a day by which something typically happens."""

    name: str
    first: int
    last: int
    """Days counted from the first day drawn."""

    colour: str = palette.MUTED


def path(frame: Frame, bands: Sequence[Band], start: dt.date, events: Sequence[Mark], turns: Sequence[Mark]) -> str:
    """Quantile bands over the days under a strip of events; `turns` are days marked across every panel."""
    n_days = bands[0].values.shape[0]
    rows = _rows(events, n_days)
    strip = 0.17 * (max(rows) + 1) + 0.08 if rows else 0.0
    height = 0.02 + strip + 1.86 * len(bands)
    with drawing(WIDTH, height) as figure:
        if rows:
            _event_strip(figure, (1 - (0.02 + strip) / height, (strip - 0.06) / height), events, rows, n_days)
        for i, band in enumerate(bands):
            bottom = height - strip - 1.86 * (i + 1) + 0.16
            axes = figure.add_axes((LEFT, bottom / height, RIGHT - LEFT, 1.36 / height))
            for event in events:
                axes.axvspan(event.first, event.last + 1, color=event.colour, alpha=0.12, linewidth=0)
            _band(axes, band, frame.lang)
            _turns(axes, turns if i == 0 else [Mark("", turn.first, turn.last) for turn in turns])
            date_axis(axes, start, n_days, frame.lang)
        return to_svg(figure, frame.key, frame.alternative)


def towards_target(frame: Frame, band: Band, start: dt.date, target: float, label: str) -> str:
    """A running total with its band, and the line of the target (NaN: none)."""
    with drawing(WIDTH, 2.3) as figure:
        axes = figure.add_axes((LEFT, 0.11, RIGHT - LEFT, 0.84))
        _band(axes, band, frame.lang)
        if np.isfinite(target):
            axes.axhline(target, color=palette.TARGET, linewidth=1.3, linestyle=(0, (5, 2)))
            axes.annotate(label, (0.01, target), (0, 3), xycoords=("axes fraction", "data"),
                          textcoords="offset points", color=palette.TARGET, weight="bold")  # fmt: skip
            axes.set_ylim(0, max(target, float(np.nanmax(band.values))) * 1.12 or 1.0)
        date_axis(axes, start, band.values.shape[0], frame.lang)
        return to_svg(figure, frame.key, frame.alternative)


def stages(frame: Frame, shares: Array, names: Sequence[str], start: dt.date) -> str:
    """Share of the runs in each stage, stacked; `shares` is [n_stages, n_days]."""
    n_days = shares.shape[1]
    with drawing(WIDTH, 1.95) as figure:
        axes = figure.add_axes((LEFT, 0.13, RIGHT - LEFT, 0.70))
        edges = np.arange(n_days + 1)
        floor = np.zeros(n_days + 1)
        for share, colour in zip(shares, palette.STAGES, strict=True):
            top = floor + np.append(share, share[-1])
            axes.fill_between(edges, floor, top, step="post", facecolor=colour, linewidth=0)
            axes.plot(edges, top, color="white", linewidth=0.8, drawstyle="steps-post")
            floor = top
        axes.set_ylim(0, 1)
        axis_kind(axes, "share", frame.lang)
        date_axis(axes, start, n_days, frame.lang)
        legend(figure, names, palette.STAGES, ("",), y=0.90)
        return to_svg(figure, frame.key, frame.alternative)


def by_month(frame: Frame, ticks: Sequence[str], stacked: tuple[str, Kind, Sequence[Series]],
             lines: Sequence[tuple[str, Kind, Sequence[Series]]] = ()) -> str:  # fmt: skip
    """Stacked columns by month, and under them one panel of lines for each of `lines`."""
    heights = [2.0] + [1.25] * len(lines)
    shown = stacked[2]
    names = [series.name for series in shown]
    above = 0.28 + LEGEND_LINE * (legend_lines(names) - 1)
    total = sum(heights) + above
    with drawing(WIDTH, total) as figure:
        looks = [(palette.colour(series.place), _hatch(series.place)) for series in shown]
        legend(figure, names, *zip(*looks, strict=True), y=1 - 0.16 / total)
        top = total - above
        for i, (title, kind, series) in enumerate([stacked, *lines]):
            axes = figure.add_axes((LEFT, (top - heights[i] + 0.28) / total, RIGHT - LEFT, (heights[i] - 0.52) / total))
            if lines:
                axes.set_title(title)
            if i == 0:
                _stack(axes, series)
            else:
                _lines(axes, series)
            axes.set_xlim(-0.6, len(ticks) - 0.4)
            axes.set_xticks(range(len(ticks)), list(ticks))
            axis_kind(axes, kind, frame.lang)
            top -= heights[i]
        return to_svg(figure, frame.key, frame.alternative)


def multiples(frame: Frame, bands: Sequence[Band], start: dt.date, columns: int = 3) -> str:
    """Small panels side by side, one KPI each, with bands."""
    n_rows = -(-len(bands) // columns)
    # Panels this narrow cannot keep more days apart.
    step = max(1, bands[0].values.shape[0] // 150)
    height = 1.62 * n_rows + 0.1
    with drawing(WIDTH, height) as figure:
        cell = 1 / columns
        for i, band in enumerate(bands):
            row, column = divmod(i, columns)
            axes = figure.add_axes(
                (column * cell + 0.055, 1 - (1.36 + 1.62 * row) / height, cell - 0.075, 1.06 / height)
            )
            _band(axes, replace(band, values=band.values[::step]), frame.lang, step)
            axes.tick_params(labelsize=6.8)
            axes.title.set_fontsize(7.4)
            date_axis(axes, start, band.values.shape[0], frame.lang, every=3)
        return to_svg(figure, frame.key, frame.alternative)


def goals(frame: Frame, ticks: Sequence[str], band: Band, wanted: Array, names: tuple[str, str]) -> str:
    """Forecast of each period as a bar from low to high with its middle, and the goal as a diamond.

    Parameters
    ----------
    band
        `values` is [n_periods, 3].
    wanted : [n_periods]
        Goals; NaN where there is none.
    names
        Of the forecast and of the goal.
    """
    with drawing(WIDTH, 2.3) as figure:
        axes = figure.add_axes((LEFT, 0.11, RIGHT - LEFT, 0.76))
        x = np.arange(len(ticks))
        low, middle, high = band.values.T
        axes.bar(x, high - low, 0.5, bottom=low, color=palette.BAND, alpha=0.28, linewidth=0)
        axes.hlines(middle, x - 0.25, x + 0.25, color=palette.BAND, linewidth=2)
        axes.plot(x, wanted, "D", color=palette.TARGET, markersize=6, markeredgecolor="white", markeredgewidth=0.8)
        axes.set_xticks(x, list(ticks))
        axes.set_xlim(-0.6, len(ticks) - 0.4)
        axes.set_ylim(0, float(np.nanmax([high, wanted])) * 1.1 or 1.0)
        axis_kind(axes, band.kind, frame.lang)
        legend(figure, names, (pale(palette.BAND, 0.35), palette.TARGET), ("",), y=0.92)
        return to_svg(figure, frame.key, frame.alternative)


def waterfall(frame: Frame, names: Sequence[str], amounts: Array) -> str:
    """From the first amount, through what is taken off or added, to the last; all in money.

    Parameters
    ----------
    names, amounts : [n_steps]
        The first is a total, the ones between are changes, the last is the total they lead to.
    """
    with drawing(WIDTH, 0.24 * len(names) + 0.3) as figure:
        left_edge = (max(text_width(name, 7.8) for name in names) + 8) / (WIDTH * 72)
        axes = figure.add_axes((left_edge, 0.02, 0.88 - left_edge, 0.96))
        floor = np.concatenate(([0.0], np.cumsum(amounts[:-1])[:-1], [0.0]))
        for y, (amount, left) in enumerate(zip(amounts, floor, strict=True)):
            total = y in (0, len(names) - 1)
            colour = palette.BAND if total else (palette.TARGET if amount < 0 else palette.SERIES[2])
            hatch = "" if total or amount >= 0 else "////"
            axes.barh(y, amount, 0.62, left=left, color=colour, hatch=hatch, edgecolor="white", linewidth=0)
            axes.annotate(palette.show(float(amount), "money", frame.lang), (max(left, left + amount), y), (4, 0),
                          textcoords="offset points", va="center", fontsize=8)  # fmt: skip
        axes.set_yticks(range(len(names)), list(names))
        axes.tick_params(axis="y", labelcolor=palette.INK)
        axes.invert_yaxis()
        axes.set_xticks([])
        axes.grid(visible=False)
        axes.spines["bottom"].set_visible(False)
        axes.axvline(0, color=palette.MUTED, linewidth=0.8)
        axes.margins(x=0.02)
        return to_svg(figure, frame.key, frame.alternative)


def _turns(axes: Axes, turns: Sequence[Mark]) -> None:
    for turn in turns:
        axes.axvline(turn.first, color=palette.INK, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.annotate(turn.name, (turn.first, 1), (3, -2), xycoords=("data", "axes fraction"),
                      textcoords="offset points", va="top", fontsize=7.5)  # fmt: skip


def _band(axes: Axes, band: Band, lang: str, step: int = 1) -> None:
    low, middle, high = band.values.T
    days = np.arange(len(middle)) * step + 0.5
    axes.fill_between(days, low, high, color=palette.BAND, alpha=0.22, linewidth=0)
    axes.plot(days, middle, color=palette.BAND)
    if band.limits is not None:
        axes.set_ylim(*band.limits)
    else:
        lowest, highest = _ends(band.values)
        axes.set_ylim(lowest * 1.08, highest * 1.08)
    if band.title:
        axes.set_title(band.title)
    axis_kind(axes, band.kind, lang)


def _ends(values: Array) -> tuple[float, float]:
    known = values[np.isfinite(values)]
    if known.size == 0 or not known.any():
        return 0.0, 1.0
    return min(0.0, float(known.min())), max(0.0, float(known.max()))


def axis_kind(axes: Axes, kind: Kind, lang: str) -> None:
    """Few ticks on the upright axis, in short words of that kind."""
    from matplotlib.ticker import MaxNLocator

    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(_tick_words(kind, lang))


def _tick_words(kind: Kind, lang: str) -> Callable[[float, float], str]:
    return lambda value, _position: palette.short(0.0 if abs(value) < 1e-12 else value, kind, lang)


def date_axis(axes: Axes, start: dt.date, n_days: int, lang: str, every: int = 1) -> None:
    """Dates under an axis of days: months where there are three or more."""
    days = [start + dt.timedelta(days=i) for i in range(n_days)]
    firsts = [i for i, day in enumerate(days) if day.day == 1 or i == 0]
    every = max(every, -(-len(firsts) // 14))
    axes.set_xlim(0, n_days)
    if len(firsts) < 3:
        step = max(1, n_days // 6)
        axes.set_xticks(range(0, n_days, step), [f"{days[i].month}-{days[i].day}" for i in range(0, n_days, step)])
        return
    shown = firsts[::every]
    axes.set_xticks(shown, [month_name(days[i], lang, with_year=days[i].month == 1 or i == 0) for i in shown])
    for label in axes.get_xticklabels():
        label.set_horizontalalignment("left")


_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def month_name(day: dt.date, lang: str, *, with_year: bool = False) -> str:
    """Month of a date as it stands under an axis: ``3月`` or ``Mar``, with the year where it is asked for."""
    if lang == "zh":
        return f"{day.year % 100}年{day.month}月" if with_year else f"{day.month}月"
    return f"{_MONTHS[day.month - 1]} {day.year % 100:02d}" if with_year else _MONTHS[day.month - 1]


def _rows(events: Sequence[Mark], n_days: int) -> list[int]:
    """Row of each event in the strip, so that no two labels meet."""
    ends: list[float] = []
    rows = []
    day = n_days / ((RIGHT - LEFT) * WIDTH * 72)
    for event in events:
        first = event.first
        row = next((i for i, end in enumerate(ends) if end <= first), len(ends))
        ends += [0.0] * (row == len(ends))
        ends[row] = max(event.last + 1, first + (text_width(event.name, 7.2) + 4) * day)
        rows.append(row)
    return rows


def _event_strip(figure: Figure, place: tuple[float, float], events: Sequence[Mark], rows: list[int], n: int) -> None:
    bottom, height = place
    axes = figure.add_axes((LEFT, bottom, RIGHT - LEFT, height))
    axes.set_axis_off()
    axes.set_xlim(0, n)
    axes.set_ylim(max(rows) + 1, 0)
    for event, row in zip(events, rows, strict=True):
        axes.plot([event.first, event.last + 1], [row + 0.88, row + 0.88], color=event.colour, linewidth=2.2,
                  solid_capstyle="butt")  # fmt: skip
        width = (text_width(event.name, 7.2) + 2) * n / ((RIGHT - LEFT) * WIDTH * 72)
        overhangs = event.first + width > n
        axes.text(n if overhangs else event.first, row + 0.72, event.name, fontsize=7.2, va="bottom",
                  ha="right" if overhangs else "left", color=palette.INK)  # fmt: skip


def _stack(axes: Axes, series: Sequence[Series]) -> None:
    floor = np.zeros(len(series[0].values)) if series else np.zeros(0)
    for one in series:
        values = np.nan_to_num(one.values)
        axes.bar(np.arange(len(values)), values, 0.66, bottom=floor, color=palette.colour(one.place),
                 hatch=_hatch(one.place), edgecolor="white", linewidth=0.4)  # fmt: skip
        floor = floor + values


def _lines(axes: Axes, series: Sequence[Series]) -> None:
    styles = ("-", (0, (4, 1.5)), (0, (1, 1)), (0, (5, 1, 1, 1)))
    for one in series:
        axes.plot(np.arange(len(one.values)), one.values, marker="o", markersize=3, color=palette.colour(one.place),
                  linestyle=styles[one.place % len(styles)])  # fmt: skip
    known = [one.values[np.isfinite(one.values)] for one in series]
    highest = max((float(values.max()) for values in known if values.size), default=1.0)
    axes.set_ylim(0, highest * 1.15 or 1.0)


def _hatch(place: int) -> str:
    return palette.HATCHES[place % len(palette.HATCHES)]


def legend(figure: Figure, names: Sequence[str], colours: Sequence[str], hatches: Sequence[str], *, y: float) -> None:
    """Swatches and names, in as many lines as they need; the first at `y`."""
    from matplotlib.patches import Rectangle

    width, height = figure.get_size_inches() * 72
    for i, (name, (line, x)) in enumerate(zip(names, _legend_places(names), strict=True)):
        down = y - line * LEGEND_LINE * 72 / height
        figure.add_artist(Rectangle((x / width, down), 10 / width, 7 / height, facecolor=colours[i % len(colours)],
                                    hatch=hatches[i % len(hatches)], edgecolor="white", linewidth=0))  # fmt: skip
        figure.text((x + 13) / width, down, name, fontsize=8, va="baseline")


def legend_lines(names: Sequence[str]) -> int:
    """Lines that a legend of these names takes."""
    return max((line for line, _ in _legend_places(names)), default=0) + 1


def _legend_places(names: Sequence[str]) -> list[tuple[int, float]]:
    """Line and place in it, in points, of each name; widths are estimated: the reader's font is not known here."""
    left, right = LEFT * WIDTH * 72, RIGHT * WIDTH * 72
    places: list[tuple[int, float]] = []
    line, x = 0, left
    for name in names:
        width = 13 + text_width(name, 8)
        if x > left and x + width > right:
            line, x = line + 1, left
        places.append((line, x))
        x += width + 12
    return places


def text_width(text: str, size: float) -> float:
    """Width of a text in points, near enough: a Chinese character is as wide as the size, a Latin one 0.53 of it."""
    return sum(size if ord(letter) > 0x2E7F else 0.53 * size for letter in text)


def pale(colour: str, strength: float) -> str:
    """A colour as it looks over white with that strength, 0 to 1."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * strength):02x}" for part in parts)
