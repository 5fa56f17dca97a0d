"""A picture of forecasts, past ones or one to come: the days known, and the band and middle of each."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.report.figures import axis_kind, legend, pale
from storesim.report.palette import BAND, INK, TARGET, kind_of
from storesim.report.svg import drawing
from storesim.report.words import Words

if TYPE_CHECKING:
    from storesim.results.history import History

Array = NDArray[np.float64]


def past_forecasts(
    history: History,
    names: Sequence[str],
    forecasts: Sequence[Sequence[tuple[dt.date, Array]]],
    lang: str,
    *,
    before: int = 28,
) -> bytes:
    """An SVG, one panel a KPI with a legend: days that came as a line, forecasts as 80 % bands around their middles.

    Parameters
    ----------
    names
        KPIs of the panels.
    forecasts
        For each KPI and origin, the first day and [n_days, 3] low, middle and high.
    lang
        "zh" or "en".
    before
        Days shown before the first forecast.
    """
    first = min(start for made in forecasts for start, _ in made) - dt.timedelta(days=before)
    begin = max((first - history.start).days, 0)
    height = 1.7 * len(names) + 0.5
    with drawing(7.2, height) as figure:
        for place, (name, made) in enumerate(zip(names, forecasts, strict=True)):
            axes = figure.add_subplot(len(names), 1, place + 1)
            daily = history.daily(name)[begin:]
            dates = _number(history.start) + begin + np.arange(daily.size)
            for start, bands in made:
                days = _number(start) + np.arange(len(bands))
                low, middle, high = bands.T
                axes.fill_between(days, low, high, color=BAND, alpha=0.25, linewidth=0)
                axes.plot(days, middle, color=BAND, linewidth=0.9)
                axes.axvline(float(days[0]), color=TARGET, linewidth=0.6, linestyle=":")
            axes.plot(dates, daily, color=INK, linewidth=0.8)
            axes.set_title(kpi.label(name, lang))
            axis_kind(axes, kind_of(name), lang)
            axes.xaxis_date()
            axes.margins(x=0.01)
        figure.tight_layout(rect=(0, 0, 1, 1 - 0.25 / height))
        say = Words(lang)
        shown = [say(key) for key in ("past.known", "past.band", "past.made")]
        legend(figure, shown, (INK, pale(BAND, 0.25), TARGET), ("",), y=1 - 0.2 / height)
        stream = io.BytesIO()
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    return stream.getvalue()


def _number(date: dt.date) -> int:
    """The date as matplotlib counts: days since 1970."""
    return (date - dt.date(1970, 1, 1)).days
