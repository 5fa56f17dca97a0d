"""Sheets of weeks, days, the assortment and the calendar: the plan's own numbers, and sums that agree."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import pytest
from openpyxl import Workbook, load_workbook

from storesim.report.build import build_report
from storesim.report.document import printable
from storesim.report.palette import show
from storesim.report.writers import excel, html
from storesim.report.writers.excel import _pages_across
from storesim.results.periods import period_of
from tests.report import made_up
from tests.report.every_sheet import PREFIXES, hostile, its_goals, with_every_sheet
from tests.report.pages import take

KPIS = ("gmv", "uv", "pv", "buyers", "cvr", "aov", "ad_spend")
"""As columns stand behind the first."""


@cache
def book(lang: str = "en") -> Workbook:
    return load_workbook(io.BytesIO(with_every_sheet(lang)), data_only=True)


def body(sheet: str, lang: str = "en") -> Iterator[tuple[object, ...]]:
    """Rows below the heads."""
    for row in book(lang)[sheet].iter_rows(values_only=True):
        if isinstance(row[1], int | float):
            yield row


def test_every_day_has_its_goals_and_the_days_of_a_month_add_up_to_it() -> None:
    goals, rows = its_goals(), list(body("Goals by day"))

    assert len(rows) == 366
    for row in rows[:-1]:
        day, weekday = str(row[0]).split()
        assert weekday == dt.date.fromisoformat(day).strftime("%a")
        assert list(row[1:8]) == pytest.approx([goals.value(day, name) for name in KPIS], nan_ok=True)
        assert row[8] == pytest.approx(goals.chance(day))
    for month in range(1, 13):
        inside = [row for row in rows[:-1] if str(row[0]).startswith(f"2027-{month:02d}")]
        for column, name in ((1, "gmv"), (2, "uv"), (3, "pv"), (7, "ad_spend")):
            total = math.fsum(float(str(row[column])) for row in inside)
            assert total == pytest.approx(goals.value(f"2027-{month:02d}", name), abs=1e-6)
        assert [inside[-1][place] for place in range(9, 14)] == pytest.approx([1.0] * 5)
    assert rows[-1][:2] == ("2027", 5_000_000)


def test_every_week_has_its_goals_and_says_its_days() -> None:
    goals, rows = its_goals(), list(body("Goals by week"))

    assert len(rows) == 54
    for row in rows[:-1]:
        week, first, _, last = str(row[0]).replace("(", "").replace(")", "").split()
        assert period_of(dt.date.fromisoformat(f"2027-{first}"), "week") == week
        assert period_of(dt.date.fromisoformat(f"2027-{last}"), "week") == week
        assert list(row[1:8]) == pytest.approx([goals.value(week, name) for name in KPIS])
    assert math.fsum(float(str(row[1])) for row in rows[:-1]) == pytest.approx(5_000_000, abs=1e-6)


def test_the_assortment_is_that_of_the_plan_in_pieces_and_amount() -> None:
    goals = its_goals()
    wanted = {
        (row.period, row.category, row.material, row.role, row.kpi): row.goal
        for row in goals.rows
        if row.level == "quarter" and row.category and row.material and row.role
    }
    quarter, found = "", {}
    for row in book()["Assortment"].iter_rows(values_only=True):
        if re.match(r"Q\d ", str(row[0])) and row[3]:
            quarter = f"2027{str(row[0])[:2]}"
            for name, place in (("gmv", 4), ("units", 5), ("skus", 7)):
                found[quarter, row[1], row[2], row[3], name] = row[place]

    printed = {(period, printable(c), printable(m), *rest): v for (period, c, m, *rest), v in wanted.items()}
    assert found == pytest.approx(printed)
    assert len(found) == 4 * 5 * 3


def test_a_plan_that_does_not_count_pieces_shows_none() -> None:
    # Actuals without a column of pieces leave the year without a goal for them.
    uncounted = replace(its_goals(), rows=tuple(row for row in its_goals().rows if row.kpi != "units"))
    runs = made_up.ensemble()
    report = build_report(hostile(), runs, made_up.outlook(runs), uncounted, lang="en")

    sheet = load_workbook(io.BytesIO(excel.write(report)), data_only=True)["Assortment"]
    rows = [row for row in sheet.iter_rows(values_only=True) if re.match(r"Q\d ", str(row[0]))]
    page = take(html.write(report).decode())

    assert len(rows) == 4 * 6
    assert all(row[4] > 0 and row[5] is None and row[6] is None for row in rows)
    assert page.row("assortment", "hero")[-2:] == ["–", "1"]


def test_sums_by_category_material_and_role_are_those_of_the_plan() -> None:
    goals = its_goals()
    roles = {
        row[0]: row for row in body("Assortment sums") if row[0] in ("hero", "profit", "traffic", "promo", "image")
    }

    assert len(roles) == 5
    for row in goals.rows:
        if row.kpi == "gmv" and row.role and not row.category and row.level == "quarter":
            assert roles[row.role][int(row.period[-1])] == pytest.approx(row.goal)
    assert sum(float(str(row[5])) for row in roles.values()) == pytest.approx(5_000_000)
    assert sum(float(str(row[6])) for row in roles.values()) == pytest.approx(1.0)
    zh = {row[0] for row in body("商品结构", "zh")}
    assert {"主推款", "促销款", "引流款", "利润款", "形象款"} <= zh


def test_the_calendar_has_each_sale_with_its_days_its_price_cut_and_its_goals() -> None:
    goals, scenario = its_goals(), hostile()
    sales = sorted(scenario.events, key=lambda event: event.first)
    shown = [row for row in book()["Calendar"].iter_rows(min_row=6, values_only=True) if row[0]]

    assert [row[0] for row in shown] == [printable(event.name) for event in sales]
    for row, event in zip(shown, sales, strict=True):
        period = f"{event.first:%Y-%m}/{event.name}"
        assert [cell.date() for cell in row[1:3]] == [event.first, event.last]
        assert row[3] == event.discount
        assert list(row[4:8]) == [goals.value(period, name) for name in ("gmv", "uv", "buyers", "ad_spend")]
        assert row[8] == pytest.approx(goals.chance(period))


def test_what_a_user_typed_is_text_on_every_sheet() -> None:
    formulas = load_workbook(io.BytesIO(with_every_sheet()))
    texts = [cell for page in formulas.worksheets for row in page.iter_rows() for cell in row
             if isinstance(cell.value, str) and cell.data_type == "s"]  # fmt: skip
    live = [str(cell.value) for page in formulas.worksheets for row in page.iter_rows() for cell in row
            if cell.data_type == "f"]  # fmt: skip

    for word in PREFIXES:
        assert sum(printable(word) in str(cell.value) for cell in texts) > 0, word
    assert not [formula for formula in live if "cmd" in formula or "HYPERLINK" in formula or "1+1" in formula]


def test_wide_sheets_are_printed_on_pages_side_by_side_and_never_too_small() -> None:
    assert _pages_across([12.0] * 10) == 1
    assert _pages_across([20.0] * 11) == 1
    assert _pages_across([20.0] * 13) == 2
    assert _pages_across([20.0] * 40) == 4


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_goals_shows_the_assortment_in_pieces_and_amount(lang: str) -> None:
    runs, goals = made_up.ensemble(), its_goals()
    page = take(html.write(build_report(hostile(), runs, made_up.outlook(runs), goals, lang=lang)).decode())

    hero = page.row("assortment", {"zh": "主推款", "en": "hero"}[lang])
    year = {row.kpi: row.goal for row in goals.rows if row.role == "hero" and not row.category and row.period == "2027"}
    assert hero[-1] == str(year["skus"])
    assert hero[-2] == show(float(year["units"]), "count", lang)
    assert hero[-4].replace(".0", "") == show(float(year["gmv"]), "money", lang)
    names = [row[0] for row in page.tables["assortment"]]
    assert {printable(word) for word in PREFIXES[:3]} <= set(names)
