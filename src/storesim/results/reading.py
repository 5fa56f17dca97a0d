"""From a table to the days it tells of: columns recognised, rows told apart, cells read, every fault collected."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from storesim import kpi
from storesim.results.cells import DateOrder, currency_of, date_order, is_span, read_hour, read_moment
from storesim.results.column_names import LOOSE, OF_ADS, PARTS, Meaning, is_all, is_total
from storesim.results.grid import Recognised, Row, Table, no_header
from storesim.results.part import OPEN_QUOTE, Column, Part, Reading, ReportKind, listed
from storesim.results.row_figures import row_figures
from storesim.results.rows_to_days import Records, placed

_LONGEST_DAYS = 36_600

_TOO_LONG = "the row has {} cells and the header {}; quote a number that holds ','"
_DATE_INSIDE = re.compile(r"(?<!\d)(20\d{2})[-/.年]?(\d{2}|\d(?!\d))[-/.月]?(\d{2}|\d(?!\d))(?!\d)")


def read_part(table: Table, recognised: Recognised, today: dt.date) -> Part:
    """What a table says of the days.

    Raises
    ------
    HistoryError
        If the table is wrong as a whole. Faults of its rows and cells are in the result, to be raised with those of
        other files.
    """
    reading = Reading(table)
    means = _sessions_apart(
        [Column(index, cell.strip(), recognised(cell)) for index, cell in enumerate(table.header.cells)]
    )
    kind = _kind(means)
    parts = _part_columns(means)
    columns = _columns(reading, means, kind)
    if not columns:
        raise table.refuse(
            "no column is a KPI; name one of them as in '访客数' or 'uv', '成交客户数' or 'buyers', '成交金额' or 'gmv'"
        )
    dates = sorted((column for column in means if column.means.kind == "date"), key=lambda column: column.means.rank)
    date_column = dates[0].index if dates else None
    hour_column = next((column.index for column in means if column.means.kind == "hour"), None)
    rows = _rows_of_days(reading, date_column)
    if not rows and not reading.faults:
        raise table.refuse("there is a header and no row below it; one row a day is wanted")
    _refuse_periods(reading, rows, date_column, means)
    rows, moments = _dated(reading, rows, _moments(reading, rows, date_column, hour_column), today, date_column or 0)
    _refuse_other_steps(reading, sorted({day for day, _ in moments}), hourly=any(h is not None for _, h in moments))
    _refuse_many_shops(reading, rows, means)
    records = Records(tuple(rows), tuple(moments), tuple(parts))
    figures, others = row_figures(reading, records, columns, kind)
    part = placed(reading, records, figures, others, kind)
    currency, money = _currency(reading, columns, rows)
    _say_what_was_left_out(reading, means)
    return Part(
        table.file, kind, part.start, part.n_days, part.store, part.channels, part.others, currency, money,
        tuple(column.header for column in means), _table_notes(table) + tuple(reading.notes), tuple(reading.findings),
        tuple(reading.faults),
    )  # fmt: skip


def _sessions_apart(means: list[Column]) -> list[Column]:
    """The columns, sessions read as visits where visitors stand beside them; alone they stand for visitors."""
    loose = LOOSE["sessions"]
    told = {(column.means.channel, column.means.name) for column in means if column.means.remark != loose}
    return [
        replace(column, means=replace(column.means, name="visits", rank=1, remark=""))
        if column.means.remark == loose
        and (column.means.channel, "uv") in told
        and (column.means.channel, "visits") not in told
        else column
        for column in means
    ]


def _kind(means: Sequence[Column]) -> ReportKind:
    """Which report it is, told by its columns."""
    names = {
        column.means.name for column in means if column.means.kind in ("count", "ratio") and not column.means.channel
    }
    parts = {column.means.name for column in means if column.means.kind == "part"}
    bought = names & {"ad_spend", "commission_promised"}
    of_ads = {"clicks", "impressions", "ad_gmv", "ad_orders", "ad_lines"}
    if bought and not names & {"uv", "pv", "buyers"} and names & of_ads:
        return "affiliate" if "commission_promised" in names else "ads"
    if parts & {"product", "product name"}:
        return "sku"
    return "source" if any("channel" in part or part in ("merged source", "node") for part in parts) else "store"


def _part_columns(means: Sequence[Column]) -> list[Column]:
    """Columns that split days, from the coarsest; of the names of a product its number is enough."""
    found = {column.means.name: column for column in reversed(means) if column.means.kind == "part"}
    if "product" in found:
        found.pop("product name", None)
    return [found[name] for name in PARTS if name in found and name != "shop"]


def _columns(reading: Reading, means: Sequence[Column], kind: ReportKind) -> list[Column]:
    """The columns of figures, each count and ratio by its nearest name only; then the others that may hold numbers."""
    nearest: dict[tuple[str, str], Column] = {}
    others = []
    for column in means:
        if column.means.kind == "other" and column.header:
            others.append(column)
        if column.means.kind not in ("count", "ratio"):
            continue
        if kind in ("ads", "affiliate") and column.means.name in OF_ADS:
            name = OF_ADS[column.means.name]
            column = Column(column.index, column.header, Meaning(column.means.kind, name, 9, column.means.factor))  # noqa: PLW2901
        rival = nearest.setdefault((column.means.channel, column.means.name), column)
        if rival is column:
            continue
        if rival.means.rank != column.means.rank:
            used, unused = sorted((rival, column), key=lambda one: one.means.rank)
            message = f"'{unused.header}' is left out; '{used.header}' is nearer to {unused.means.name}."
            reading.note(message)
        if rival.means.rank == column.means.rank:
            message = f"'{column.header}' means {column.means.name}, as '{rival.header}' does; keep one of them"
            reading.fault(reading.table.header, column.index, message, done="left out")
        elif column.means.rank < rival.means.rank:
            nearest[column.means.channel, column.means.name] = column
    return [*nearest.values(), *others] if nearest else []


def _rows_of_days(reading: Reading, date_column: int | None) -> list[Row]:
    """Rows of days: without rows of totals, and of the right length."""
    table = reading.table
    width = len(table.header.cells)
    rows, totals = [], 0
    for row in table.rows:
        first = (row.cell(0), *([row.cell(date_column)] if date_column is not None else []))
        if any(is_total(cell) for cell in first):
            totals += 1
            continue
        if len(row.cells) > width and any(cell.strip() for cell in row.cells[width:]):
            reading.fault(row, width, _TOO_LONG.format(len(row.cells), width), done="left out")
        elif date_column is not None and len(row.cells) <= date_column:
            message = f"the row has {len(row.cells)} cells and the header {width}; there is no date"
            reading.fault(row, 0, message, done="left out")
        else:
            rows.append(row)
    if totals:
        reading.note(f"{totals} row{'s' if totals > 1 else ''} of totals left out.")
    return rows


def _moments(
    reading: Reading, rows: list[Row], date_column: int | None, hour_column: int | None
) -> list[tuple[dt.date, int | None] | None]:
    """Day and hour of each row; None where it cannot be read."""
    if date_column is None:
        day = _only_day(reading)
        moments: list[tuple[dt.date, int | None] | None] = [(day, None) for _ in rows]
    else:
        order = date_order([row.cell(date_column) for row in rows])
        moments = [_moment(reading, row, date_column, order) for row in rows]
    if hour_column is not None:
        moments = [
            moment and _with_hour(reading, row, hour_column, moment) for row, moment in zip(rows, moments, strict=True)
        ]
    if any(moment is not None and moment[1] is not None for moment in moments):
        # Among hours, midnight is one.
        moments = [moment and (moment[0], moment[1] or 0) for moment in moments]
        reading.note("Hours are added up to days.")
    return moments


def _moment(reading: Reading, row: Row, index: int, order: DateOrder | None) -> tuple[dt.date, int | None] | None:
    try:
        return read_moment(row.cell(index), order)
    except ValueError as error:
        reading.fault(row, index, OPEN_QUOTE if "\n" in row.cell(index) else f"{error}.", done="left out")
        return None


def _with_hour(
    reading: Reading, row: Row, index: int, moment: tuple[dt.date, int | None]
) -> tuple[dt.date, int | None] | None:
    if is_all(row.cell(index)):
        return moment
    try:
        return moment[0], read_hour(row.cell(index))
    except ValueError as error:
        reading.fault(row, index, f"{error}.", done="left out")
        return None


def _only_day(reading: Reading) -> dt.date:
    """The one day of a table without a column of dates, told above the header or in the name of the file."""
    table = reading.table
    for where, texts in (
        ("the lines above the header", [cell for row in table.above for cell in row.cells]),
        ("the name of the file", [Path(table.file).name]),
    ):
        days = sorted({day for text in texts for day in _days_inside(text)})
        if len(days) == 1:
            reading.note(f"There is no column of dates; every row is of {days[0]}, told by {where}.")
            return days[0]
        if days:
            raise table.refuse(
                f"no column holds dates, and the rows add up the days {days[0]} to {days[-1]}; export one row a day"
            )
    raise no_header(table.file, (table.header,))


def _days_inside(text: str) -> list[dt.date]:
    found = []
    for year, month, day in _DATE_INSIDE.findall(text):
        try:
            found.append(dt.date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def _dated(
    reading: Reading,
    rows: list[Row],
    moments: list[tuple[dt.date, int | None] | None],
    today: dt.date,
    date_column: int,
) -> tuple[list[Row], list[tuple[dt.date, int | None]]]:
    """Rows with a day; those of days that have not come are faults, unless all are, as simulated ones may be."""
    kept = [(row, moment) for row, moment in zip(rows, moments, strict=True) if moment is not None]
    # China is up to a day ahead of the clock here.
    latest = today + dt.timedelta(days=1)
    late = [(row, moment) for row, moment in kept if moment[0] > latest]
    far = latest + dt.timedelta(days=5 * 366)
    if late and (len(late) < len(kept) or any(moment[0] > far for _, moment in late)):
        row, moment = late[0]
        last = max(day for _, (day, _) in late)
        more = f", nor have {len(late) - 1} more rows up to {last}" if len(late) > 1 else ""
        message = (
            f"{moment[0]} has not come yet (today is {today}){more}; measured days are wanted. "
            "If they are simulated, set STORESIM_TODAY to a later date."
        )
        reading.fault(row, date_column, message, "future", done="left out")
        kept = [(row, moment) for row, moment in kept if moment[0] <= latest]
    elif late:
        row, moment = late[0]
        message = f"every day lies after today ({today}), from {moment[0]} on; are they simulated?"
        reading.found(row, date_column, "warning", "future", message, done="kept", day=moment[0])
    return [row for row, _ in kept], [moment for _, moment in kept]


def _refuse_periods(reading: Reading, rows: list[Row], date_column: int | None, means: Sequence[Column]) -> None:
    """Nothing, unless most rows cover several days each: figures of a month cannot be parted into days.

    Raises
    ------
    HistoryError
        Naming the first of the periods.
    """
    if date_column is None:
        return
    last_column = next((column.index for column in means if column.means.kind == "last day"), date_column)
    spans = [
        row
        for row in rows
        if is_span(row.cell(date_column)) or is_span(f"{row.cell(date_column)}~{row.cell(last_column)}")
    ]
    if len(spans) * 2 > len(rows):
        first, last = spans[0].cell(date_column), spans[0].cell(last_column)
        period = f"{first}~{last}" if last != first else first
        raise reading.table.refuse(
            f"the rows cover periods ('{period}' on line {spans[0].line}), not days, and cannot be parted into days; "
            "export the report by day, one row a day (and SKU)"
        )


def _refuse_other_steps(reading: Reading, days: list[dt.date], *, hourly: bool) -> None:
    """A fault of the whole file where its rows are weeks or months, or lie far apart."""
    if len(days) < 3 or hourly:
        return
    steps = Counter((later - earlier).days for earlier, later in itertools.pairwise(days))
    step, times = steps.most_common(1)[0]
    span = (days[-1] - days[0]).days + 1
    if step > 1 and times * 2 > len(days) - 1:
        kind = {7: "weeks", 14: "fortnights"}.get(step, "months" if 28 <= step <= 31 else f"steps of {step} days")
        message = f"the rows are {kind}, {days[0]} to {days[-1]}; daily figures are wanted, one row a day"
        reading.fault_of_file(message, "missing")
    elif span > _LONGEST_DAYS or (span > 60 and len(days) * 2 < span):
        gap = max(itertools.pairwise(days), key=lambda two: two[1] - two[0])
        message = (
            f"{len(days)} rows are spread over {span:,} days, {days[0]} to {days[-1]}, with nothing between "
            f"{gap[0]} and {gap[1]}; is a year mistyped?"
        )
        reading.fault_of_file(message, "missing")


def _refuse_many_shops(reading: Reading, rows: list[Row], means: Sequence[Column]) -> None:
    for column in (column for column in means if column.means.kind == "part" and column.means.name == "shop"):
        first = next((row.cell(column.index) for row in rows if row.cell(column.index)), "")
        for row in rows:
            if row.cell(column.index) not in ("", first):
                message = f"the row is of '{row.cell(column.index)}', and those above are of '{first}'; give one store"
                reading.fault(row, column.index, message, done="kept")
                return


def _currency(reading: Reading, columns: list[Column], rows: list[Row]) -> tuple[str, bool]:
    """The one currency the table names, empty if none, and whether it has amounts; a second currency is a fault."""
    money = [column for column in columns if is_money(column.means.name)]
    found, where = "", ""
    bare = 0
    for row in (reading.table.header, *rows):
        for column in money:
            text = row.cell(column.index)
            bare += _is_bare(text)
            sign = currency_of(text)
            if sign and found and sign != found:
                message = f"'{text}' is in {sign}, and '{where}' is in {found}; amounts of one file are in one currency"
                reading.fault(row, column.index, message, "currency", done="kept")
                return found, True
            if sign and not found:
                found, where = sign, text
                if bare:
                    message = (
                        f"'{text}' is in {sign}, and {bare} amounts before it name no currency; all are taken as {sign}"
                    )
                    reading.found(row, column.index, "warning", "currency", message, done="kept")
    return found, bool(money)


def _is_bare(text: str) -> bool:
    """Whether a cell is an amount other than 0 that names no currency."""
    return any(digit in text for digit in "123456789１２３４５６７８９") and not currency_of(text)


def is_money(name: str) -> bool:
    """Whether a count or ratio is an amount of money."""
    ratio = kpi.RATIO.get(name)
    return name in kpi.MONEY or (ratio is not None and ratio.unit.startswith("CNY"))


def _say_what_was_left_out(reading: Reading, means: Sequence[Column]) -> None:
    left_out = [column.header for column in means if column.means.kind == "compared"]
    if left_out:
        reading.note(f"Columns that compare with another period are left out: {listed(left_out)}.")


def _table_notes(table: Table) -> tuple[str, ...]:
    notes = []
    names = {"gb18030": "GBK", "utf-8-sig": "", "": ""}
    if name := names.get(table.encoding, "UTF-16"):
        notes.append(f"The file is read as {name}.")
    if table.above:
        notes.append(f"{len(table.above)} line{'s' if len(table.above) > 1 else ''} above the header left out.")
    return tuple(notes)
