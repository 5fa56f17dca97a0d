"""A report as a workbook that calculates: yellow cells to type in, live formulas with their values kept.

Text typed by the user never becomes a formula or a link, and the same report gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from storesim.report import palette
from storesim.report.document import Cell, Chart, Column, Kind, Report, Row, Table, Value
from storesim.report.figures import text_width
from storesim.report.kept import DAYS, SHEET, YellowCell
from storesim.report.parts.planning import CHANGES, SETTABLE
from storesim.report.words import Words
from storesim.report.writers.layout import Layout, Placed, Sheet, lay_out

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_A4 = 9
_WIDEST = {"text": 60.0, "code": 38.0}
# Written into the file in place of the hour it was made, so that the same report is the same file.
_CREATED = dt.datetime(2026, 1, 1)  # a mark, not a moment
_DAY_ZERO = dt.date(1899, 12, 30).toordinal()
"""The day a spreadsheet program calls 0."""

_CHART = (560, 300)
_UNIT = 2.1
"""Width of a Chinese character in the unit of column widths, a digit of the usual font."""

_RUNNING = 1.8
"""The same in running text, whose letters are narrower than capitals and digits."""

_POINTS, _PADDING, _PAGE = 5.25, 3.75, 784.0
"""Points of a unit of column width, of a column beside it, and of a page between its margins: A4 across."""

_SMALLEST = 0.6
"""Least scale of print."""

_SHORT = 40
"""Rows that fit on a page at that scale."""

_ROW, _LINE = 17.0, 13.5
"""Height of a row of one line, and of each further line; points."""

_WORDS = re.compile(r"[^\s\u2e80-\uffff]+\s*|[\u2e80-\uffff]\s*|\s+")


def write(report: Report) -> bytes:
    """The workbook: one sheet for each section of the report's workings."""
    import xlsxwriter

    held = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
               "nan_inf_to_errors": False}  # fmt: skip
    book = xlsxwriter.Workbook(held, options)
    book.set_properties({"title": report.title, "comments": report.subtitle, "created": _CREATED})
    book.set_calc_mode("auto")
    layout = lay_out(report)
    looks = _Looks(book, report.lang)
    for sheet in layout.sheets:
        page = book.add_worksheet(sheet.name)
        widths = _write_sheet(book, page, sheet, layout, looks)
        _print_setup(page, sheet, report, widths)
    _keep(book, report, layout)
    book.worksheets()[0].activate()
    book.close()
    return held.getvalue()


class _Looks:
    """Cell formats by what they are for, each made once."""

    def __init__(self, book: Workbook, lang: str) -> None:
        self._book, self.lang = book, lang
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def __call__(self, **properties: object) -> Format:
        wanted = {"font_name": palette.SHEET_FONT[self.lang], "font_size": 10, "valign": "vcenter"} | properties
        key = tuple(sorted(wanted.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(wanted)
        return self._made[key]

    def cell(self, kind: Kind, role: str, **more: object) -> Format:
        """Format of a number or text of that kind in a row of that role."""
        looks: dict[str, object] = {
            "num_format": palette.SHEET_FORMATS[kind],
            "bottom": 1,
            "bottom_color": palette.RULE,
        }
        if kind in ("text", "code"):
            looks |= {"text_wrap": True, "align": "left", "num_format": "@"}
        if role == "total":
            looks |= {"bold": True, "top": 1, "bottom": 6, "top_color": palette.INK, "bottom_color": palette.INK}
        return self(**looks | more)


def _write_sheet(book: Workbook, page: Worksheet, sheet: Sheet, layout: Layout, looks: _Looks) -> list[float]:
    """Fill a sheet; gives the widths of its columns."""
    page.hide_gridlines(2)
    page.set_default_row(_ROW)
    page.write_string(0, 0, sheet.section.title, looks(bold=True, font_size=15, font_color=palette.INK))
    page.set_row(0, 24)
    widths = _set_widths(page, sheet, looks.lang)
    for at, text in sheet.texts:
        _write_note(page, at, text.words, widths, looks(font_color=palette.MUTED, italic=True, text_wrap=True))
    for place in sheet.tables:
        _write_heads(page, place, sheet, looks)
        for i, row in enumerate(place.table.rows):
            _write_row(book, page, place, (place.first + i, row), layout=layout, looks=looks)
            _set_height(page, place.first + i, row, widths)
    for chart in sheet.charts:
        _add_chart(book, page, chart, layout, looks)
    if sheet.tables and sheet.tables[-1].first <= 12:
        last = sheet.tables[-1]
        page.freeze_panes(last.first, 2 if last.table.key == "channels" else 1)
        page.repeat_rows(last.head)
    return widths


def _write_heads(page: Worksheet, place: Placed, sheet: Sheet, looks: _Looks) -> None:
    table = place.table
    if table.title != sheet.section.title:
        page.write_string(place.top, 0, table.title, looks(bold=True, font_size=11, font_color=palette.INK))
    head = {"bold": True, "font_color": palette.PAPER, "bg_color": palette.BAND, "text_wrap": True}
    start = 0
    while start < len(table.columns):
        group = table.columns[start].group
        end = start
        while end + 1 < len(table.columns) and table.columns[end + 1].group == group:
            end += 1
        if group and end > start:
            page.merge_range(
                place.head - 1,
                start,
                place.head - 1,
                end,
                group,
                looks(**head, align="center", left=1, left_color=palette.PAPER),
            )
        elif any(column.group for column in table.columns):
            for column in range(start, end + 1):
                page.write_string(place.head - 1, column, group, looks(**head, align="center"))
        start = end + 1
    for column, described in enumerate(table.columns):
        align = "left" if described.kind in ("text", "code") else "right"
        page.write_string(place.head, column, described.title, looks(**head, align=align))
    page.set_row(place.head, 30)


def _write_row(
    book: Workbook, page: Worksheet, place: Placed, at: tuple[int, Row], *, layout: Layout, looks: _Looks
) -> None:
    number, row = at
    for column in range(len(place.table.columns)):
        cell = row.cells[column] if column < len(row.cells) else None
        kind = place.table.kind(column, cell)
        if isinstance(cell, Value):
            _write_value(page, (number, column), cell, (kind, row.role), (layout, looks))
            if cell.typed:
                _name_and_check(book, page, place, (number, column), row=row.key, kind=kind)
        else:
            _write_text(page, (number, column), cell, looks.cell("text" if kind == "date" else kind, row.role))


def _write_note(page: Worksheet, at: int, words: str, widths: list[float], look: Format) -> None:
    """A sentence over all columns of the tables, on as many lines as it takes."""
    if len(widths) > 1:
        page.merge_range(at, 0, at, len(widths) - 1, words, look)
    else:
        page.write_string(at, 0, words, look)
    page.set_row(at, _ROW + (_lines(words, sum(widths)) - 1) * _LINE)


def _set_height(page: Worksheet, at: int, row: Row, widths: list[float]) -> None:
    """Room for the text of a row that needs most lines; spreadsheet programs do not find it by themselves in print."""
    texts = [(cell, width) for cell, width in zip(row.cells, widths, strict=False) if isinstance(cell, str)]
    lines = max((_lines(text, width) for text, width in texts), default=1)
    if lines > 1 and row.role != "heading":
        page.set_row(at, _ROW + (lines - 1) * _LINE)


def _lines(text: str, width: float) -> int:
    """Lines on which a text is shown in a column of that width, broken between words and Chinese characters."""
    lines = 0
    for part in text.split("\n"):
        lines, left = lines + 1, width - 1.0
        for word in _WORDS.findall(part):
            size = text_width(word.rstrip(), _RUNNING)
            if size > left:
                # A word longer than the column is broken where it ends.
                more = max(1, math.ceil(size / (width - 1.0)))
                lines, left = lines + (more if left < width - 1.0 else more - 1), width - 1.0
                size -= (more - 1) * left
            left -= size + text_width(word[len(word.rstrip()) :], _RUNNING)
    return lines


def _write_text(page: Worksheet, at: tuple[int, int], cell: Cell, look: Format) -> None:
    if cell is None or cell == "":
        page.write_blank(*at, None, look)
    else:
        page.write_string(*at, cell if isinstance(cell, str) else str(cell), look)


def _write_value(
    page: Worksheet, at: tuple[int, int], cell: Value, form: tuple[Kind, str], tools: tuple[Layout, _Looks]
) -> None:
    (kind, role), (layout, looks) = form, tools
    more: dict[str, object] = {"bg_color": palette.INPUT_FILL, "locked": False} if cell.typed else {}
    if kind == "chance" and math.isfinite(cell.value):
        more["bg_color"] = palette.chance_band(cell.value)[0]
    look = looks.cell(kind, role, **more)
    if cell.formula:
        page.write_formula(*at, layout.formula(cell.formula), look, cell.value)
    elif math.isfinite(cell.value):
        page.write_number(*at, cell.value - (_DAY_ZERO if kind == "date" else 0), look)
    else:
        page.write_string(*at, "–", looks.cell(kind, role, align="right"))


def _name_and_check(
    book: Workbook, page: Worksheet, place: Placed, at: tuple[int, int], *, row: str, kind: Kind
) -> None:
    column = place.table.columns[at[1]].key
    book.define_name(_name_of(place.table.key, row, column), "=" + layout_address(place, at))
    # Ads may cost more than they sell; every other share ends at 1.
    limits: dict[str, object] = {"validate": "decimal", "criteria": ">=", "value": 0}
    if kind == "share" and column != "ad_share":
        limits = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
    if kind == "date":
        limits = {"validate": "date", "criteria": "between", "minimum": DAYS[0], "maximum": DAYS[1]}
    page.data_validation(*at, *at, limits)


def _name_of(table: str, row: str, column: str) -> str:
    return "annual_target" if table == "annual" else f"{table}_{column}_{re.sub(r'[^A-Za-z0-9]', '_', row)}"


def _keep(book: Workbook, report: Report, layout: Layout) -> None:
    """A sheet nobody sees: the scenario, and every yellow cell as it was, for `storesim import`."""
    page = book.add_worksheet(SHEET)
    for row, chunk in enumerate(report.kept):
        page.write_string(row, 0, chunk)
    for number, cell in enumerate(_yellow_cells(layout)):
        for column, value in enumerate((cell.name, cell.key, cell.label), 1):
            page.write_string(number, column, value)
        page.write_number(number, 4, cell.value)
    page.very_hidden()


def _yellow_cells(layout: Layout) -> Iterator[YellowCell]:
    for place in layout.placed.values():
        for row in place.table.rows:
            for column, cell in zip(place.table.columns, row.cells, strict=False):
                if isinstance(cell, Value) and cell.typed and math.isfinite(cell.value):
                    key = f"{place.table.key}.{row.key}.{column.key}"
                    yield YellowCell(
                        _name_of(place.table.key, row.key, column.key), key, _label(place, row, column), cell.value
                    )


def _label(place: Placed, row: Row, column: Column) -> str:
    """What a yellow cell is called: a setting by its path, any other cell by its row and its column."""
    if place.table.key in (SETTABLE, CHANGES):
        return str(row.cells[place.table.column("setting")])
    names = [str(cell) for cell in row.cells if isinstance(cell, str) and cell]
    return names[0] if place.table.key == "annual" else " ".join([*names, column.title])


def layout_address(place: Placed, at: tuple[int, int]) -> str:
    """Address of one cell with its sheet."""
    from storesim.report.writers.layout import column_letter

    return f"'{place.sheet}'!${column_letter(at[1])}${at[0] + 1}"


def _set_widths(page: Worksheet, sheet: Sheet, lang: str) -> list[float]:
    """The width of each column, in the sheet's unit."""
    found = []
    for column in range(sheet.n_columns):
        widths = [_width(place.table, column, lang) for place in sheet.tables if column < len(place.table.columns)]
        found.append(max([9.0, *widths]))
        page.set_column(column, column, found[-1])
    return found


def _width(table: Table, column: int, lang: str) -> float:
    """Width of a column in the sheet's unit, a digit of the usual font."""
    described = table.columns[column]
    # Titles are on two lines, so half of one is enough.
    needed = [text_width(described.title, _UNIT) / 1.7]
    for row in table.rows:
        cell = row.cells[column] if column < len(row.cells) else None
        if row.role == "heading" or cell is None:
            continue
        kind = table.kind(column, cell)
        shown = str(cell) if not isinstance(cell, Value) else _in_full(cell.value, kind, lang)
        needed.append(text_width(shown, _UNIT))
    return min(max(needed) + 2, _WIDEST.get(described.kind, 30.0))


def _in_full(value: float, kind: Kind, lang: str) -> str:
    if kind in ("count", "money"):
        return f"¥{value:,.0f}"
    return f"¥{value:,.2f}" if kind in ("fen", "price") else palette.show(value, kind, lang)


def _add_chart(book: Workbook, page: Worksheet, what: tuple[int, int, Chart], layout: Layout, looks: _Looks) -> None:
    row, beside, chart = what
    place = layout.placed[chart.table]
    first, last = layout.rows_of(chart.table)
    drawn = book.add_chart({"type": chart.shape})
    lines = book.add_chart({"type": "line"}) if len(chart.series) > 1 else None
    for i, key in enumerate(chart.series):
        column = place.table.column(key)
        series: dict[str, Any] = {
            "name": _series_name(place, column),
            "categories": [
                place.sheet,
                first,
                place.table.column(chart.category),
                last,
                place.table.column(chart.category),
            ],
            "values": [place.sheet, first, column, last, column],
        }
        if i == 0 or lines is None:
            drawn.add_series(series | {"fill": {"color": palette.colour(i)}, "gap": 60})
        else:
            style = {"line": {"color": palette.TARGET, "width": 2}, "marker": {"type": "diamond", "size": 6}}
            lines.add_series(series | style)
    if lines is not None:
        drawn.combine(lines)
    _style_chart(drawn, chart, palette.SHEET_FONT[looks.lang])
    page.insert_chart(row, 0, drawn, {"x_offset": beside * (_CHART[0] + 12), "y_offset": 4, "object_position": 2})


def _series_name(place: Placed, column: int) -> str:
    described = place.table.columns[column]
    return f"{described.group} {described.title}".strip()


def _style_chart(drawn: Any, chart: Chart, font: str) -> None:
    words = {"name": font, "size": 9, "color": palette.MUTED}
    drawn.set_title(
        {"name": chart.title, "name_font": {"name": font, "size": 11, "color": palette.INK}, "overlay": False}
    )
    drawn.set_legend({"position": "bottom", "font": words})
    drawn.set_x_axis({"num_font": words | {"rotation": -45}, "line": {"color": palette.RULE}})
    drawn.set_y_axis({"num_font": words, "major_gridlines": {"visible": True, "line": {"color": palette.RULE}},
                      "line": {"none": True}, "num_format": "#,##0"})  # fmt: skip
    drawn.set_size({"width": _CHART[0], "height": _CHART[1]})


def _print_setup(page: Worksheet, sheet: Sheet, report: Report, widths: list[float]) -> None:
    page.set_paper(_A4)
    page.set_landscape()
    across = _pages_across(widths)
    # A sheet with charts stays on one page, for a chart must not be cut, and so does a short one, for a line alone on
    # the next is lost; a long table runs on over its head.
    rows = max([*(place.end for place in sheet.tables), *(at + 1 for at, _ in sheet.texts)], default=0)
    page.fit_to_pages(across, 1 if sheet.charts or rows <= _SHORT else 0)
    if across > 1:
        page.repeat_columns(0)
    page.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    # In headers & begins a code; doubled it is itself.
    title = report.title.replace("&", "&&")[:180]
    page.set_header(f"&L&9 {title}&R&9 {sheet.section.title.replace('&', '&&')}")
    page.set_footer(f"&R&9 {Words(report.lang)('sheet.page')}")


def _pages_across(widths: list[float]) -> int:
    """Pages side by side on which no column is printed at less than six tenths of its size; the first is on each."""
    points = [_PADDING + _POINTS * width for width in widths]
    room = _PAGE / _SMALLEST - points[0]
    return max(1, math.ceil(sum(points[1:]) / room)) if room > 0.0 else 1
