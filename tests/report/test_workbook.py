"""The workbook: inputs that may be typed, formulas that follow from them, cached values that are theirs."""

from __future__ import annotations

import io
import math
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell

from storesim.plan.break_down import break_down
from storesim.report.build import build_report
from storesim.report.writers import excel
from storesim.scenario.document import Scenario
from tests.report import made_up
from tests.report.every_sheet import with_every_sheet
from tests.report.pages import HOSTILE, planned, report

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SHEETS = {
    "en": ["Summary", "Goals by quarter", "Goals by month", "Channels", "Goals by week", "Goals by day", "Assumptions",
           "Budgets", "Settings to try", "Forecast", "Settings", "Provenance"],
    "zh": ["概要", "季度目标", "月度目标", "渠道", "周目标", "日目标", "假设", "预算", "可改设置", "预测", "设置",
           "来历"],
}  # fmt: skip
YELLOW = "FFFFF2B3"


@cache
def written(lang: str = "en", name: str = "ELENA MILEVA") -> bytes:
    return excel.write(report(lang, name))


def opened(content: bytes, *, values: bool) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=values)


def cells(book: Workbook) -> Iterator[tuple[str, Cell]]:
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{page.title}!{cell.coordinate}", cell  # type: ignore[misc]  # no merged cells


def rows(book: Workbook, sheet: str) -> list[list[object]]:
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def found(table: list[list[object]], first: str) -> list[object]:
    return next(row for row in table if row[0] == first)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_there_is_a_sheet_for_each_part_in_the_readers_language(lang: str) -> None:
    book = opened(written(lang), values=True)

    assert [page.title for page in book.worksheets if page.sheet_state == "visible"] == SHEETS[lang]
    assert book["storesim"].sheet_state == "veryHidden"


def test_cached_goals_are_those_of_the_plan_to_the_fen() -> None:
    goals = planned()
    book = opened(written(), values=True)

    months = rows(book, "Goals by month")
    for number, name in enumerate(("Jan", "Feb", "Mar"), 1):
        row = found(months, f"{name} 2027")
        assert row[1:5] == [goals.value(f"2027-{number:02d}", kpi) for kpi in ("gmv", "uv", "pv", "buyers")]
        assert row[7] == goals.value(f"2027-{number:02d}", "ad_spend")
    quarters = rows(book, "Goals by quarter")
    for q in range(1, 5):
        row = found(quarters, f"Q{q} 2027")
        assert row[1:5] == pytest.approx([goals.value(f"2027Q{q}", kpi) for kpi in ("gmv", "uv", "pv", "buyers")])
        assert row[-1] == pytest.approx(goals.chance(f"2027Q{q}"))
    assert found(months, "2027")[1] == found(quarters, "2027")[1] == 5_000_000


def test_goals_are_formulas_of_yellow_cells() -> None:
    book = opened(written(), values=False)

    january = found(rows(book, "Goals by month"), "Jan 2027")
    assert all(str(value).startswith("=") for value in january[1:9])
    yellow = [at for at, cell in cells(book) if cell.fill.fgColor.rgb == YELLOW]
    assert {at.partition("!")[0] for at in yellow} == {"Channels", "Assumptions", "Settings to try"}
    # A target, and five inputs for each of twelve months.
    assert len([at for at in yellow if at.startswith("Assumptions")]) == 1 + 5 * 12
    assert all(not cell.protection.locked for _, cell in cells(book) if cell.fill.fgColor.rgb == YELLOW)


def test_every_formula_has_a_cached_value() -> None:
    formulas = {at: cell.value for at, cell in cells(opened(written(), values=False)) if cell.data_type == "f"}
    values = dict(cells(opened(written(), values=True)))

    assert len(formulas) > 200
    assert [at for at in formulas if not isinstance(values[at].value, int | float)] == []


def test_names_that_mean_harm_stay_text() -> None:
    texts = [cell for _, cell in cells(opened(written("en", HOSTILE), values=False)) if isinstance(cell.value, str)]

    hostile = [cell for cell in texts if "HYPERLINK" in str(cell.value)]
    assert hostile
    assert all(cell.data_type == "s" for cell in hostile)
    assert all(cell.hyperlink is None for cell in texts)


def test_the_same_results_give_the_same_bytes() -> None:
    runs = made_up.ensemble()

    again = build_report(made_up.scenario(), runs, made_up.outlook(runs), planned(), lang="en")

    assert excel.write(again) == written()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_rows_are_as_high_as_their_longest_text(lang: str) -> None:
    page = opened(written(lang), values=True)[SHEETS[lang][10]]
    widths = {
        column: held.width for held in page.column_dimensions.values() for column in range(held.min, held.max + 1)
    }
    long = 0
    for row in page.iter_rows(min_row=4):
        for cell in row:
            # A Latin letter of running text takes 0.7 of the unit at least, a Chinese one 1.4.
            size = sum(1.4 if ord(letter) > 0x2E7F else 0.7 for letter in str(cell.value or ""))
            if cell.font.i or cell.font.b or size <= widths[cell.column]:
                continue
            long += 1
            lines = math.ceil(size / widths[cell.column])
            assert page.row_dimensions[cell.row].height >= 12.0 * lines, cell.value
    assert long > 3


def test_every_sheet_is_set_to_print_on_a4() -> None:
    for page in (page for page in opened(written(), values=True).worksheets if page.sheet_state == "visible"):
        assert page.page_setup.paperSize == 9
        assert page.sheet_properties.pageSetUpPr.fitToPage
        assert page.page_setup.orientation == "landscape"


def test_a_sheet_with_sale_days_beside_its_months_adds_up_to_its_target() -> None:
    scenario = _sheet_scenario()
    runs = made_up.ensemble()
    goals = break_down(made_up.outlook(runs), scenario.targets)

    book = opened(excel.write(build_report(scenario, runs, made_up.outlook(runs), goals, lang="en")), values=True)

    months = rows(book, "Goals by month")
    assert found(months, "2027")[1] == 15_000_000
    assert found(months, "11.11")[1:3] == [1_605_000, 540_404]
    assert found(rows(book, "Goals by quarter"), "Q4 2027")[1] == 7_305_000
    assert "Page views (PV)" not in [value for row in months for value in row]


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice on the path: no workbook was calculated anew")
def test_libreoffice_calculates_the_cached_values(tmp_path: Path) -> None:
    """Of a workbook with every sheet, and words that mean harm wherever a user may write some."""
    content = with_every_sheet()
    calculated = recalculated(content, tmp_path)

    cached = dict(cells(opened(content, values=True)))
    formulas = [at for at, cell in cells(opened(content, values=False)) if cell.data_type == "f"]
    assert {at.partition("!")[0] for at in formulas} >= {"Goals by day", "Goals by week", "Assortment"}
    apart = {
        at: (cached[at].value, calculated[at].value)
        for at in formulas
        if calculated[at].value != pytest.approx(cached[at].value, rel=1e-9, abs=1e-6)
    }
    assert apart == {}


@pytest.mark.skipif(SOFFICE is None, reason="no LibreOffice on the path: no workbook was calculated anew")
def test_another_target_typed_in_a_spreadsheet_program_adds_up_to_itself(tmp_path: Path) -> None:
    book = opened(written(), values=False)
    target = next(cell for at, cell in cells(book) if at.startswith("Assumptions!B") and cell.value == 5_000_000)
    target.value = 7_654_321.09
    changed = io.BytesIO()
    book.save(changed)

    calculated = recalculated(changed.getvalue(), tmp_path)

    months = [c.value for at, c in calculated.items() if re.fullmatch(r"Goals by month!B\d+", at) and _is_number(c)]
    assert len(months) == 13
    assert sum(months[:12]) == pytest.approx(7_654_321.09, abs=1e-6)
    assert months[12] == pytest.approx(7_654_321.09, abs=1e-6)
    days = [c.value for at, c in calculated.items() if re.fullmatch(r"Goals by day!B\d+", at) and _is_number(c)]
    assert len(days) == 366
    assert sum(days[:31]) == pytest.approx(months[0], abs=1e-6)
    assert days[365] == pytest.approx(7_654_321.09, abs=1e-6)


def _is_number(cell: Cell) -> bool:
    return isinstance(cell.value, int | float)


def recalculated(content: bytes, folder: Path) -> dict[str, Cell]:
    """Cells after a spreadsheet program has opened the workbook, calculated it anew and saved it."""
    # Without cached values there is nothing a program could keep.
    book = opened(content, values=False)
    book.save(folder / "asked.xlsx")
    subprocess.run(
        [str(SOFFICE), "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "out"), str(folder / "asked.xlsx")],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return dict(cells(load_workbook(folder / "out" / "asked.xlsx", data_only=True)))


def _sheet_scenario() -> Scenario:
    """DOMAIN 9.1-B as the target of the made-up store: 11.11 and 12.12 beside their months."""
    weights = [645, 500, 550, 750, 800, 850, 1000, 1200, 1400, 1500, 1700, 1700]
    target = {
        "gmv": "1500万", "weights": [1000 * weight for weight in weights], "cvr": "1.5%", "aov": 198, "ad_share": "8%",
        "sale_days": {"11.11": {"month": 11, "weight": 1_605_000}, "12.12": {"month": 12, "weight": 800_000}},
    }  # fmt: skip
    written = made_up.scenario().model_dump(by_alias=True, mode="json") | {"targets": {"2027": target}}
    return Scenario.model_validate(written)
