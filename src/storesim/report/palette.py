"""Colours, fonts and number formats: how a number looks, whatever the page.

Colours are Okabe and Ito's set, told apart by readers with any of the common colour-blindnesses and in grey print
(Okabe & Ito 2008, "Color Universal Design"), so a line style or a label always goes with them.
"""

from __future__ import annotations

import datetime as dt
import math

from storesim import kpi
from storesim.report.document import Kind
from storesim.units import show_count

INK = "#1d2733"
MUTED = "#5a6675"
RULE = "#d5dbe1"
PAPER = "#ffffff"
BAND = "#0072b2"
TARGET = "#d55e00"
SERIES: tuple[str, ...] = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8c6d1f", "#5a6675")
HATCHES: tuple[str, ...] = ("", "////", "\\\\", "----", "||||", "++++", "xxxx", "")
STAGES: tuple[str, ...] = ("#f6dca6", "#8cc3e6", "#2b7f67")
"""From light to dark, so that they stay apart in grey print."""

INPUT_FILL = "#fff2b3"

FONT_STACK = (
    '-apple-system, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", '
    '"Source Han Sans SC", "WenQuanYi Micro Hei", "Helvetica Neue", Arial, sans-serif'
)
SHEET_FONT = {"zh": "Microsoft YaHei", "en": "Calibri"}

# From a chance of at least this much: tint, and the key of its words.
CHANCES: tuple[tuple[float, str, str], ...] = (
    (0.95, "#a9d3ec", "chance.certain"),
    (0.80, "#c3e0f1", "chance.very_likely"),
    (0.60, "#dfeef7", "chance.likely"),
    (0.40, "#f3f3f0", "chance.even"),
    (0.20, "#fdebd3", "chance.unlikely"),
    (0.05, "#fcdcb5", "chance.very_unlikely"),
    (0.00, "#fbcb96", "chance.hardly"),
)

SHEET_FORMATS: dict[Kind, str] = {
    "text": "@",
    "code": "@",
    "number": "@",
    "count": "#,##0",
    "money": '"¥"#,##0',
    "fen": '"¥"#,##0.00',
    "price": '"¥"#,##0.00',
    "share": "0.00%",
    "change": "+0.0%;-0.0%;0.0%",
    "chance": "0%",
    "factor": "0.00",
    "hours": "0.0",
    "date": "yyyy-mm-dd",
}

_KINDS: dict[str, Kind] = {"CNY": "money", "share": "share", "1": "factor", "hours": "hours"}


def kind_of(name: str) -> Kind:
    """Kind in which the count or ratio of this name is printed; from its unit in `kpi`."""
    unit = kpi.COUNT[name].unit if name in kpi.COUNT else kpi.RATIO[name].unit
    if unit in _KINDS:
        return _KINDS[unit]
    if unit.startswith("CNY/"):
        return "price"
    return "factor" if name in kpi.RATIO else "count"


def show_aligned(value: float, kind: Kind, lang: str) -> str:
    """Like `show`, for columns of a table: large Chinese amounts keep their decimals, so that digits stand in line."""
    if lang != "zh" or kind not in ("money", "fen", "count") or not 9_999.5 <= abs(value) < 99_995_000:
        return show(value, kind, lang)
    size = abs(value) / 1e4
    sign = "" if kind == "count" else "¥"
    return _signed(value, sign, f"{size:,.2f}万" if size < 100 else f"{size:,.1f}万")


def colour(index: int) -> str:
    """Colour of the series at that place; the set repeats after its end."""
    return SERIES[index % len(SERIES)]


def chance_band(chance: float) -> tuple[str, str]:
    """Tint and key of words of a chance from 0 to 1."""
    return next((tint, words) for least, tint, words in CHANCES if chance >= least or least == 0.0)


def show(value: float, kind: Kind, lang: str) -> str:
    """`value` as a reader of `lang` expects it; a dash where it is unknown.

    Large amounts are in 万 and 亿 in Chinese and with separated thousands in English.
    """
    if not math.isfinite(value):
        return "–"
    match kind:
        case "money" | "fen":
            return _signed(value, "¥", show_count(abs(value), lang))
        case "price":
            return _signed(value, "¥", f"{abs(value):,.2f}")
        case "share":
            return percent(value)
        case "change":
            return "0.0%" if abs(value) < 0.0005 else f"{value * 100:+.1f}%"
        case "chance":
            return chance_text(value)
        case "factor":
            return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"
        case "hours":
            return f"{value:,.1f}"
        case "date":
            return dt.date.fromordinal(int(value)).isoformat()
        case _:
            return _signed(value, "", show_count(abs(value), lang))


def percent(share: float) -> str:
    """A share from 0 to 1 as a percentage, with the decimals that matter."""
    size = abs(share) * 100
    if size == 0 or size >= 99.95:
        return f"{share * 100:.0f}%"
    return f"{share * 100:.2f}%" if size < 10 else f"{share * 100:.1f}%"


def chance_text(chance: float) -> str:
    """A chance in whole percent; never 0 % or 100 %, which no number of runs can show."""
    if chance < 0.01:
        return "<1%"
    # Halves up, as spreadsheets print them: 25 of 40 is 63 % on the page and in the workbook.
    return ">99%" if chance > 0.99 else f"{math.floor(chance * 100 + 0.5):.0f}%"


def short(value: float, kind: Kind, lang: str) -> str:
    """`value` as short as an axis needs it: ``¥1.5m`` or ``¥150万``."""
    if kind in ("share", "chance", "change"):
        return f"{value * 100:.3g}%"
    sign = "¥" if kind in ("money", "fen", "price") else ""
    steps = ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, "bn"), (1e6, "m"), (1e3, "k"))
    for step, unit in steps:
        # 0.9995 and not 1: what rounds up to the step takes its unit.
        if abs(value) >= step * 0.9995:
            return _signed(value, sign, f"{abs(value) / step:.3g}{unit}")
    return _signed(value, sign, f"{abs(value):,.0f}" if abs(value) >= 100 else f"{abs(value):.3g}")


def _signed(value: float, sign: str, digits: str) -> str:
    minus = "-" if value < 0 and any(digit in "123456789" for digit in digits) else ""
    return f"{minus}{sign}{digits}"
