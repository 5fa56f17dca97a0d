"""`read_workbook`: an edited `plan.xlsx` as a scenario that simulates what was typed."""

from __future__ import annotations

import datetime as dt
import json
import math
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from storesim.errors import Fault, FileFaults, ScenarioError
from storesim.report.kept import DAYS, SHEET, YellowCell
from storesim.report.parts.planning import CALENDAR, CHANGES, SETTABLE
from storesim.scenario.document import Scenario
from storesim.study.moved_sales import ENDS, faults_of_sales
from storesim.units import read_date, read_discount, read_money, read_share

if TYPE_CHECKING:
    from openpyxl import Workbook

_MONTHLY = {"share": "weights", "cvr": "cvr", "aov": "aov", "ad_share": "ad_share"}
"""Columns of the monthly assumptions, and the setting of the target each becomes."""

_SHARES = frozenset({"share", "cvr", "ad_share", "uv_share", "rate", "discount"})


@dataclass(frozen=True)
class Change:
    """One yellow cell that was typed in."""

    cell: str
    """Sheet and address."""

    key: str
    label: str
    before: float
    after: float
    """Days as their ordinal numbers."""

    def shown(self, value: float) -> str:
        """A value as it stands in the cell: a share in per cent, large amounts with commas, a day as 2027-06-18."""
        if self._is_day:
            return _day(value)
        if _what(self.key, self.label) in _SHARES:
            return f"{100.0 * value:.6g}%"
        return _plain(value)

    def plain(self, value: float) -> float | str:
        """A value as a number, or a day as 2027-06-18."""
        return _day(value) if self._is_day else value

    @property
    def _is_day(self) -> bool:
        return _what(self.key, self.label) in ENDS


@dataclass(frozen=True)
class Imported:
    """A scenario read from a workbook, and what was typed."""

    scenario: Scenario
    changes: tuple[Change, ...]


def read_workbook(path: str | Path) -> Imported:
    """The scenario a workbook was made from, with every yellow cell that was changed.

    Cells are numbers, or words for them such as `500万` and `3%`; a formula counts as the value the spreadsheet program
    kept of it. The annual target, the months' shares, CVR, AOV and 费比, every setting of the sheet of settings, and
    the days and price cuts of the calendar's sales can be changed; days may be texts such as `2027-06-18` too. Months
    whose share, CVR and AOV are set make a planner's sheet of the target.

    Raises
    ------
    ScenarioError
        With every fault: no workbook of storesim, a cell that is not a number or out of its range, or one whose change
        cannot be simulated.
    """
    file = Path(path)
    book = _opened(file)
    kept, cells = _kept(file, book)
    scenario = Scenario.model_validate(kept["scenario"])
    found, faults = _typed(file, book, cells)
    edits, wrong = _edits(file, scenario, kept["year"], found, cells)
    if faults or wrong:
        raise ScenarioError([*faults, *wrong])
    try:
        return Imported(scenario.with_(edits) if edits else scenario, tuple(found))
    except FileFaults as error:
        raise ScenarioError(Fault(str(file), 0, 0, fault.message) for fault in error.faults) from error


def _opened(file: Path) -> Workbook:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # It warns of parts it leaves out, and of a number that is no day, which then reads as #VALUE!.
            warnings.simplefilter("ignore", UserWarning)
            return openpyxl.load_workbook(file, data_only=True)
    except FileNotFoundError as error:
        raise ScenarioError([Fault(str(file), 0, 0, "there is no such file")]) from error
    except Exception as error:  # a damaged package trips over anything
        message = "is not an Excel workbook (.xlsx); give the plan.xlsx that storesim wrote"
        raise ScenarioError([Fault(str(file), 0, 0, message)]) from error


def _kept(file: Path, book: Workbook) -> tuple[dict[str, Any], list[YellowCell]]:
    lost = Fault(
        str(file), 0, 0,
        f"has no hidden sheet '{SHEET}': it was not written by storesim, or was saved without it; edit the plan.xlsx "
        "of a run",
    )  # fmt: skip
    if SHEET not in book.sheetnames:
        raise ScenarioError([lost])
    chunks: list[str] = []
    cells: list[YellowCell] = []
    for chunk, name, key, label, value in book[SHEET].iter_rows(min_col=1, max_col=5, values_only=True):
        if chunk is not None:
            chunks.append(str(chunk))
        if name is not None and isinstance(value, int | float):
            cells.append(YellowCell(str(name), str(key), str(label), float(value)))
    try:
        kept = json.loads("".join(chunks))
        newer = kept["format"] != 1
    except (ValueError, KeyError, TypeError) as error:
        raise ScenarioError([lost]) from error
    if newer:
        raise ScenarioError([Fault(str(file), 0, 0, "was written by a newer storesim")])
    return kept, cells


def _typed(file: Path, book: Workbook, cells: list[YellowCell]) -> tuple[list[Change], list[Fault]]:
    """What differs from what was written, and what cannot be read."""
    changes: list[Change] = []
    faults: list[Fault] = []
    for cell in cells:
        try:
            sheet, address = next(iter(book.defined_names[cell.name].destinations))
            value = book[sheet][address.replace("$", "")].value
        except (KeyError, StopIteration):
            faults.append(Fault(str(file), 0, 0, f"the yellow cell '{cell.name}' is gone; undo what removed it"))
            continue
        where = f"{sheet}!{address.replace('$', '')}"
        what = _what(cell.key, cell.label)
        number = _day_number(value) if what in ENDS else _number(value, what)
        if number is None:
            refused = _not_a_day if what in ENDS else _not_a_number
            faults.append(Fault(str(file), 0, 0, refused(f"{where} ({cell.label})", value, cell.value)))
        elif not math.isclose(number, cell.value, rel_tol=1e-9, abs_tol=1e-12):
            changes.append(Change(where, cell.key, cell.label, cell.value, number))
    return changes, faults


def _not_a_number(where: str, value: object, example: float) -> str:
    if value is None:
        return (
            f"{where} is empty, or a formula whose value was not kept; "
            f"a number of 0 or more is wanted, such as {_plain(example)}"
        )
    return f"{where} is '{value}'; a number of 0 or more is wanted, such as {_plain(example)}"


def _not_a_day(where: str, value: object, example: float) -> str:
    if value is None:
        return (
            f"{where} is empty, or a formula whose value was not kept; "
            f"a day from {DAYS[0]} to {DAYS[1]} is wanted, such as {_day(example)}"
        )
    return f"{where} is '{value}'; a day from {DAYS[0]} to {DAYS[1]} is wanted, such as {_day(example)}"


def _what(key: str, label: str) -> str:
    """What a cell holds: the last word of the setting it is about, or the column it stands in."""
    return (label if key.startswith((SETTABLE, CHANGES)) else key).rsplit(".", maxsplit=1)[-1]


def _plain(value: float) -> str:
    return f"{value:,.2f}".removesuffix(".00") if abs(value) >= 100.0 else f"{value:.6g}"


def _day(ordinal: float) -> str:
    return dt.date.fromordinal(int(ordinal)).isoformat()


def _day_number(value: object) -> float | None:
    """A cell as the ordinal number of a day; None if it is none. A number counts days as spreadsheet programs do."""
    from openpyxl.utils.datetime import from_excel

    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            value = from_excel(value)
        except (ValueError, OverflowError, TypeError):
            return None
    try:
        day = read_date(value)
    except ValueError:
        return None
    return float(day.toordinal()) if DAYS[0] <= day <= DAYS[1] else None


def _number(value: object, what: str) -> float | None:
    """A cell as a number of 0 or more; None if it is none."""
    if isinstance(value, str):
        try:
            if what == "discount" and value.strip().endswith("折"):
                value = read_discount(value)
            else:
                value = read_share(value) if what in _SHARES else read_money(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        return None
    return float(value)


def _edits(
    file: Path, scenario: Scenario, year: int | None, found: list[Change], cells: list[YellowCell]
) -> tuple[dict[str, object], list[Fault]]:
    """Settings by dotted path, and changes that mean nothing to a simulation."""
    edits: dict[str, object] = {}
    faults: list[Fault] = []
    monthly: dict[str, dict[str, float]] = {}
    books: dict[str, dict[str, object]] = {}
    for change in found:
        table, row, column = change.key.split(".")
        if table == "annual":
            edits[f"targets.{year}.gmv"] = change.after
        elif table == "inputs" and column in _MONTHLY and len(row) == 7:
            monthly.setdefault(column, {})[row] = change.after
        elif table == SETTABLE and column == "store":
            edits[change.label] = _whole(change.label, change.after)
        elif table == CHANGES:
            place = row[1:].partition("_")[0]
            edits[f"changes.{place}.playbook.{change.label}"] = _whole(change.label, change.after)
        elif table == CALENDAR:
            name = {"first": "from", "last": "to"}.get(column, column)
            edits[f"events.{row[1:]}.{name}"] = change.plain(change.after)
        elif table == SETTABLE:
            book = books.setdefault(column, dict(getattr(scenario.stages, column).playbook))
            book[change.label] = _whole(change.label, change.after)
        else:
            before, after = change.shown(change.before), change.shown(change.after)
            message = (
                f"{change.cell} ({change.label}) was changed from {before} to {after}; this cell is for calculating "
                "in the workbook and cannot be simulated. Put it back, or change a setting on the sheet of settings"
            )
            faults.append(Fault(str(file), 0, 0, message))
    faults += [Fault(str(file), 0, 0, message) for message in faults_of_sales(scenario, found)]
    # UV = GMV / (CVR × AOV) in the workbook: who sets one of share, CVR and AOV has set the sheet they make together.
    sheet = ("share", "cvr", "aov") if monthly.keys() & {"share", "cvr", "aov"} else ()
    for column in dict.fromkeys([*sheet, *monthly]):
        edits[f"targets.{year}.{_MONTHLY[column]}"] = _year_of(column, monthly.get(column, {}), cells)
    return edits | {f"stages.{stage}.playbook": book for stage, book in books.items()}, faults


def _year_of(column: str, months: Mapping[str, float], cells: list[YellowCell]) -> list[float]:
    """[12] a monthly assumption: what was typed, else what was written; 0 in months without one."""
    written = dict(_column_of(column, cells))
    return [months.get(month, written.get(month, 0.0)) for month in _months_like(next(iter(written)))]


def _column_of(column: str, cells: list[YellowCell]) -> Iterator[tuple[str, float]]:
    for cell in cells:
        table, row, name = cell.key.split(".")
        if (table, name) == ("inputs", column) and len(row) == 7:
            yield row, cell.value


def _months_like(month: str) -> list[str]:
    return [f"{month[:4]}-{number:02d}" for number in range(1, 13)]


def _whole(path: str, value: float) -> float | int:
    return int(value) if path.endswith(".agents") and value == int(value) else value
