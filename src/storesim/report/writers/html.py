"""A report as one HTML file: no network, readable with scripts off, prints on A4."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from importlib.resources import files
from itertools import groupby
from typing import TYPE_CHECKING

import storesim
from storesim.report import palette
from storesim.report.document import Block, Cell, DayValues, Figure, Report, Table, Value
from storesim.report.figures import LEFT, RIGHT
from storesim.report.words import Words

_AMOUNT = re.compile(r"-?¥?\d[\d,.]*\d?[万亿%]+|-?¥\d[\d,.]*\d")

if TYPE_CHECKING:
    import jinja2
    from markupsafe import Markup


def write(report: Report) -> bytes:
    """The page, as UTF-8.

    Nothing in it is fetched, and a content policy lets nothing be: only its own style and script, known by their
    hashes. Names typed by the user are text wherever they stand.
    """
    from markupsafe import Markup

    style, script = _style(), _part("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    say = Words(report.lang)
    page = _environment(report.lang).get_template("page.html.jinja")
    text = page.render(
        report=report, say=say, policy=policy, version=storesim.__version__,
        style=Markup(style), script=Markup(script),  # noqa: S704  # the project's own files
    )  # fmt: skip
    return text.encode()


def _held(text: str) -> Markup:
    """The text, escaped, in which no line ends between an amount and its unit."""
    from markupsafe import Markup, escape

    return Markup(_AMOUNT.sub(r'<span class="held">\g<0></span>', str(escape(text))))  # noqa: S704  # escaped first


def _environment(lang: str) -> jinja2.Environment:
    import jinja2

    loader = jinja2.FunctionLoader(_part)
    page = jinja2.Environment(
        loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, keep_trailing_newline=True
    )
    page.globals |= {
        "kind_of_block": _kind_of_block, "tint": tint, "days": _days, "picture": _picture, "groups_of": groups_of,
        "sortable": _sortable, "wordy": _wordy, "held": _held,
        "print_cell": lambda table, column, cell: _cell(table, column, cell, lang),
    }  # fmt: skip
    return page


def _part(name: str) -> str:
    return files("storesim.report.writers").joinpath(name).read_text(encoding="utf-8")


def _style() -> str:
    names = {"ink": palette.INK, "muted": palette.MUTED, "rule": palette.RULE, "paper": palette.PAPER,
             "band": palette.BAND, "low": "#a63c00", "font": palette.FONT_STACK}  # fmt: skip
    root = ":root { " + " ".join(f"--{name}: {value};" for name, value in names.items()) + " }\n"
    tints = "".join(f".{tint(least)} {{ background: {colour}; }}\n" for least, colour, _ in palette.CHANCES)
    return root + _part("page.css") + tints


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def tint(chance: float) -> str:
    """Class of the tint of a chance; none where it is unknown."""
    return "tint-" + palette.chance_band(chance)[1].rpartition(".")[2] if math.isfinite(chance) else ""


def groups_of(table: Table) -> list[tuple[str, int]]:
    """Headings over columns and how many each spans; empty where no column is in a group."""
    if not any(column.group for column in table.columns):
        return []
    return [(title, len(list(members))) for title, members in groupby(column.group for column in table.columns)]


def _kind_of_block(block: Block) -> str:
    return type(block).__name__


def _sortable(table: Table) -> bool:
    # With headings between its rows a table has an order of its own, and a fixed sequence of money has a meaning.
    body = [row for row in table.rows if row.role != "total"]
    return table.key in ("funnel", "events", "items", "ads", "month_goals") and len(body) > 2


def _wordy(table: Table) -> bool:
    return all(column.kind in ("text", "code") for column in table.columns)


def _picture(figure: Figure) -> Markup:
    from markupsafe import Markup

    return Markup(figure.draw())  # noqa: S704  # made by figures.py, which escapes every name


def _days(days: DayValues) -> str:
    values = [[value if math.isfinite(value) else None for value in row] for row in days.values]
    held = {"start": days.start.isoformat(), "names": days.names, "sign": "¥" if days.kind == "money" else "",
            "left": LEFT, "right": RIGHT, "values": values}  # fmt: skip
    return json.dumps(held, ensure_ascii=False, separators=(",", ":"))


def _cell(table: Table, column: int, cell: Cell, lang: str) -> Markup:
    from markupsafe import Markup

    kind = table.kind(column, cell)
    if cell is None:
        return Markup('<td class="{}">–</td>').format(table.columns[column].kind)
    if not isinstance(cell, Value):
        shown = cell if isinstance(cell, str) else cell.isoformat()
        aligned = table.columns[column].kind if table.columns[column].kind == "date" else kind
        return Markup('<td class="{}">{}</td>').format(aligned, shown)
    if kind == "chance" and math.isfinite(cell.value):
        words = Words(lang)(palette.chance_band(cell.value)[1])
        shown = Markup("<b>{}</b> {}").format(palette.chance_text(cell.value), words)
        return Markup('<td class="chance {}" data-v="{}">{}</td>').format(tint(cell.value), f"{cell.value:.6g}", shown)
    number = f"{cell.value:.10g}" if math.isfinite(cell.value) else ""
    held = Markup(' data-v="{}"').format(number) if number else ""
    return Markup('<td class="{}"{}>{}</td>').format(kind, held, palette.show_aligned(cell.value, kind, lang))
