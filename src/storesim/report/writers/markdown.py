"""A report as Markdown: headings, words and tables; a picture is told in words."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator

from storesim.report import palette
from storesim.report.document import Block, Cell, Facts, Figure, Report, Row, Table, Text, Value
from storesim.report.words import Words
from storesim.report.writers.html import groups_of

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~!$&])")


def write(report: Report) -> bytes:
    """The report as UTF-8, in the Markdown of GitHub; every name typed by the user stands as text."""
    lines = [f"# {_text(report.title)}", "", _text(report.subtitle), ""]
    for section in report.sections:
        lines += [f"## {_text(section.title)}", ""]
        for block in section.blocks:
            lines += [*_block(block, report.lang), ""]
    return ("\n".join(lines).rstrip() + "\n").encode()


def _block(block: Block, lang: str) -> Iterator[str]:
    match block:
        case Text():
            yield _text(block.words)
        case Facts():
            for fact in block.items:
                note = f" ({_text(fact.note)})" if fact.note else ""
                yield f"- {_text(fact.label)}: **{_text(fact.value)}**{note}"
        case Figure():
            yield f"*{_text(block.title)}.* {_text(block.alternative)}"
        case Table():
            yield from _table(block, lang)
        case _:
            # Charts are for formats that draw from their own cells.
            return


def _table(table: Table, lang: str) -> Iterator[str]:
    grouped = bool(groups_of(table))
    titles = [f"{column.group} {column.title}".strip() if grouped else column.title for column in table.columns]
    yield f"**{_text(table.title)}**"
    yield ""
    yield _line([_text(title) for title in titles])
    yield _line([":--" if column.kind in ("text", "code", "chance") else "--:" for column in table.columns])
    for row in table.rows:
        yield _line(_cells(table, row, lang))


def _cells(table: Table, row: Row, lang: str) -> list[str]:
    shown = [_cell(table, column, cell, lang) for column, cell in enumerate(row.cells)]
    shown += [""] * (len(table.columns) - len(shown))
    return [f"**{text}**" if text and row.role != "body" else text for text in shown]


def _cell(table: Table, column: int, cell: Cell, lang: str) -> str:
    match cell:
        case None:
            return "–"
        case str():
            return _text(cell)
        case dt.date():
            return cell.isoformat()
        case Value():
            kind = table.kind(column, cell)
            words = (
                f" {Words(lang)(palette.chance_band(cell.value)[1])}"
                if kind == "chance" and math.isfinite(cell.value)
                else ""
            )
            return _text(palette.show(cell.value, kind, lang) + words)


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """The text with everything escaped that Markdown or HTML would read; on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
