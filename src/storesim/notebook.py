"""How values show themselves in a notebook: a picture first, then a table, in the reader's language."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from html import escape
from importlib import import_module
from typing import TYPE_CHECKING, Any, assert_never

from storesim.errors import MissingExtra
from storesim.language import language_of_the_machine
from storesim.report import palette
from storesim.report.document import Block, Cell, Chart, Facts, Figure, Report, Table, Text, Value
from storesim.report.words import Words
from storesim.shown import Shown

if TYPE_CHECKING:
    from storesim.results.ensemble import Ensemble
    from storesim.results.run import Run

_TABLE = "border-collapse:collapse;font-variant-numeric:tabular-nums"


def html(value: Shown, lang: str | None = None) -> str:
    """The value as a piece of HTML that stands by itself.

    Parameters
    ----------
    lang
        "zh" or "en"; that of the machine if not given.
    """
    return fragment(_report(value, lang or language_of_the_machine()))


def fragment(report: Report) -> str:
    """Title, pictures and tables of a report; every name typed by the user is text."""
    inside = "".join(_block(block, report.lang) for section in report.sections for block in section.blocks)
    return (
        f'<div class="storesim" lang="{report.lang}" style="max-width:62rem"><h4>{escape(report.title)}</h4>'
        f"<p>{escape(report.subtitle)}</p>{inside}</div>"
    )


def explore(value: Run | Ensemble, lang: str | None = None) -> Any:
    """A picture of one KPI with choices above it: which KPI, which channel, which days; see `Explorable.explore`."""
    try:
        import ipywidgets
    except ImportError as error:
        raise MissingExtra("ipywidgets", "notebook") from error
    from storesim.report.shown import build_view

    say = Words(lang or language_of_the_machine())
    channels = [(say("total"), ""), *((say.known(f"channel.{name}", name), name) for name in value.channels)]
    channel = ipywidgets.Dropdown(options=channels, value="", description=say("channel"))
    kpi = ipywidgets.Dropdown(options=_kpis(value, "", say), value="gmv", description=say("kpi"))
    days = ipywidgets.SelectionRangeSlider(
        options=value.dates, index=(0, value.n_days - 1), description=say("shown.days"), continuous_update=False
    )
    shown = ipywidgets.HTML()

    def draw(_: object = None) -> None:
        shown.value = fragment(build_view(value, kpi.value, channel.value or None, days.value, say.lang))

    def offer(_: object) -> None:
        # Some figures are kept for the whole store only.
        options = _kpis(value, channel.value, say)
        kept = kpi.value if kpi.value in dict(options).values() else "gmv"
        kpi.options, kpi.value = options, kept
        draw()

    channel.observe(offer, names="value")
    kpi.observe(draw, names="value")
    days.observe(draw, names="value")
    draw()
    return ipywidgets.VBox([ipywidgets.HBox([kpi, channel]), days, shown])


def _kpis(value: Run | Ensemble, channel: str, say: Words) -> list[tuple[str, str]]:
    return [(say(f"kpi.{name}"), name) for name in value.names_of(channel or None)]


_BUILDERS: Mapping[str, str] = {
    "Scenario": "storesim.report.shown:build_scenario",
    "Run": "storesim.report.shown:build_run",
    "Ensemble": "storesim.report.shown:build_ensemble",
    "Comparison": "storesim.report.experiments.comparison:build_comparison",
    "Sweep": "storesim.report.experiments.sweep:build_sweep",
    "Ranking": "storesim.report.experiments.sweep:build_ranking",
    "Calibration": "storesim.report.experiments.calibration:build_calibration",
    "Optimum": "storesim.report.experiments.sweep:build_optimum",
}
"""Where the report of each kind of value is made: a function from the value and a language."""


def _report(value: Shown, lang: str) -> Report:
    kind = next((one.__name__ for one in type(value).__mro__ if one.__name__ in _BUILDERS), None)
    if kind is None:
        raise TypeError(f"{type(value).__name__} has no picture of its own")
    module, _, name = _BUILDERS[kind].partition(":")
    report: Report = getattr(import_module(module), name)(value, lang)
    return report


def _block(block: Block, lang: str) -> str:
    match block:
        case Text():
            return f"<p>{escape(block.words)}</p>"
        case Facts():
            items = "".join(f"<li>{escape(fact.label)}: <b>{escape(fact.value)}</b></li>" for fact in block.items)
            return f"<ul>{items}</ul>"
        case Figure():
            return f"<figure><figcaption>{escape(block.title)}</figcaption>{_picture(block)}</figure>"
        case Table():
            return _table(block, lang)
        case Chart():
            # For formats that draw from their own cells.
            return ""
        case _ as never:
            assert_never(never)


def _picture(figure: Figure) -> str:
    # As an image of its own: identifiers inside meet no others, however often a cell is run.
    encoded = base64.b64encode(figure.draw().encode()).decode()
    return f'<img style="width:100%" alt="{escape(figure.alternative)}" src="data:image/svg+xml;base64,{encoded}">'


def _table(table: Table, lang: str) -> str:
    head = "".join(f"<th>{escape(column.title)}</th>" for column in table.columns)
    rows = "".join(
        "<tr>" + "".join(_cell(table, place, cell, lang) for place, cell in enumerate(row.cells)) + "</tr>"
        for row in table.rows
    )
    return (
        f'<table style="{_TABLE}"><caption>{escape(table.title)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _cell(table: Table, place: int, cell: Cell, lang: str) -> str:
    if isinstance(cell, Value):
        shown = palette.show_aligned(cell.value, table.kind(place, cell), lang)
        return f'<td style="text-align:right">{escape(shown)}</td>'
    text = "–" if cell is None else str(cell)
    return f'<td style="text-align:{"left" if place == 0 else "right"}">{escape(text)}</td>'
