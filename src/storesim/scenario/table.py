"""The SKU table: a CSV file beside the scenario, with the place of every cell."""

from __future__ import annotations

import re
from collections.abc import Sequence

from storesim.errors import Fault
from storesim.scenario.catalogue import Sku
from storesim.scenario.fields import settings
from storesim.scenario.suggest import did_you_mean, likely
from storesim.scenario.tree import Entry, Group, Listing, Node, Place, Scalar
from storesim.units import tidy

MOST_BYTES = 10_000_000
_HEADINGS = {
    "商品编码": "sku", "编码": "sku", "货号": "sku", "商品sku": "sku", "商品名称": "name", "名称": "name", "品名": "name",
    "类目": "category", "品类": "category", "材质": "material", "面料": "material", "角色": "role", "款型": "role",
    "价格": "price", "售价": "price", "京东价": "price", "成本": "cost", "采购价": "cost", "热度": "popularity",
    "参考价": "reference_price", "库存": "stock", "期初库存": "stock", "备货周期": "lead_time", "交期": "lead_time",
}  # fmt: skip
_CELL = {
    mark: re.compile(rf'\s*"((?:[^"]|"")*)"[^\S\t]*(?={re.escape(mark)}|$)|([^{re.escape(mark)}]*)') for mark in ",;\t"
}


def sku_table(text: str, shown: str, faults: list[Fault]) -> Listing:
    """One group for each row of a CSV text, under the names of settings; empty cells are left out.

    The first row names the columns, by setting or in Chinese. Commas, semicolons or tabs part the cells.
    """
    lines = text.splitlines()
    number = next((index for index, line in enumerate(lines) if line.strip()), None)
    if number is None:
        faults.append(
            Fault(shown, 1, 1, f"the table is empty; its first row names the columns: {', '.join(settings(Sku))}")
        )
        return Listing((), Place(shown, 1, 1))
    mark = max(",;\t", key=lines[number].count)
    columns = _headings(_cells(lines[number], mark), shown, number + 1, faults)
    rows: list[Node] = []
    for index in range(number + 1, len(lines)):
        if lines[index].strip(f"{mark} \t"):
            row = _row(lines[index], mark, columns, Place(shown, index + 1, 1), faults)
            rows.append(row)
    if not rows:
        faults.append(Fault(shown, number + 1, 1, "the table has headings and no rows; write one SKU a row"))
    return Listing(tuple(rows), Place(shown, number + 1, 1))


def _headings(cells: Sequence[tuple[str, int]], shown: str, line: int, faults: list[Fault]) -> list[str | None]:
    """Setting of each column; None for one that has none. A misspelt heading stands for what it likely means."""
    known = settings(Sku)
    columns: list[str | None] = []
    for heading, column in cells:
        plain = tidy(heading)
        name: str | None = _HEADINGS.get(plain, plain.replace(" ", "_")) or None
        if name is not None and name not in known:
            comma = "; write ',' between columns, not the full-width '，'" if "，" in heading else ""
            message = f"there is no SKU setting '{heading.strip()}'{comma or did_you_mean(name, known)}"
            faults.append(Fault(shown, line, column, message))
            name = likely(name, known)
        if name is not None and name in columns:
            message = f"two columns are called '{heading.strip()}' ({name}); keep one"
            faults.append(Fault(shown, line, column, message))
            name = None
        columns.append(name)
    return columns


def _row(line: str, mark: str, columns: Sequence[str | None], place: Place, faults: list[Fault]) -> Group:
    entries: dict[str, Entry] = {}
    cells = _cells(line, mark)
    if line.count('"') % 2:
        faults.append(place.fault("a quotation mark is opened and not closed in this row; a cell lies within one line"))
    for index, (text, column) in enumerate(cells):
        at = Place(place.file, place.line, column)
        if index >= len(columns):
            if text.strip():
                faults.append(
                    at.fault(
                        f"this row has {len(cells)} cells, the heading {len(columns)}; quote a cell that holds '{mark}'"
                    )
                )
            break
        name = columns[index]
        if name and text.strip():
            entries[name] = Entry(at, Scalar(text.strip(), at))
    return Group(entries, place)


def _cells(line: str, mark: str) -> list[tuple[str, int]]:
    """Text and column, counted from 1, of each cell of a line."""
    cells: list[tuple[str, int]] = []
    at = 0
    while True:
        found = _CELL[mark].match(line, at)
        if found is None:
            return cells
        quoted = found[1] is not None
        text = found[1].replace('""', '"') if quoted else found[2]
        start = found.start(1) if quoted else found.start(2) + len(text) - len(text.lstrip())
        cells.append((text, start + 1))
        if found.end() >= len(line):
            return cells
        at = found.end() + 1
