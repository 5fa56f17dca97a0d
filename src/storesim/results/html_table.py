"""The largest table of an HTML page: many shop systems write one and call the file `.xls`."""

from __future__ import annotations

from html.parser import HTMLParser

from storesim.results.csv_table import decoded
from storesim.results.grid import Recognised, Row, Table, below_header, no_header, refuse

_WIDEST_SPAN = 400


def page_table(file: str, raw: bytes, recognised: Recognised) -> Table:
    """The table of a page that has a header of dates and figures.

    Raises
    ------
    HistoryError
        If the page has no table, or none with such a header.
    """
    found = decoded(raw)
    if found is None:
        raise refuse(file, "the file is neither UTF-8 nor GBK text; save it as CSV UTF-8")
    text, encoding = found
    page = _Page()
    page.feed(text)
    page.close()
    if not any(page.tables):
        raise refuse(file, "this is a web page without a table; a login page, perhaps? Export the report again")
    for rows in sorted(page.tables, key=len, reverse=True):
        table = below_header(file, rows, encoding, recognised)
        if table is not None:
            return table
    raise no_header(file, max(page.tables, key=len))


class _Page(HTMLParser):
    """Gathers the rows of every table; a table within a cell stands for itself."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[Row]] = []
        self._open: list[list[Row]] = []
        self._cells: list[str] = []
        self._text: list[str] | None = None
        self._span = 1
        self._line = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._open.append([])
            self.tables.append(self._open[-1])
            self._cells, self._text, self._line = [], None, 0
        elif tag == "tr":
            self._end_row()
        elif tag in ("td", "th"):
            self._end_cell()
            self._text = []
            span = dict(attrs).get("colspan") or "1"
            self._span = min(int(span), _WIDEST_SPAN) if span.isascii() and span.isdigit() else 1

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._end_cell()
        elif tag == "tr":
            self._end_row()
        elif tag == "table" and self._open:
            self._end_row()
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def close(self) -> None:
        """A page that was cut off keeps the row it was in."""
        super().close()
        if self._open:
            self._end_row()

    def _end_cell(self) -> None:
        if self._text is not None:
            self._cells += [" ".join("".join(self._text).split())] + [""] * (self._span - 1)
        self._text, self._span = None, 1

    def _end_row(self) -> None:
        self._end_cell()
        if self._cells:
            self._line += 1
            if self._open and any(self._cells):
                self._open[-1].append(Row(self._line, tuple(self._cells)))
        self._cells = []
