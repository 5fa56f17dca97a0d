"""Plans of days to come, read from files and from words."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from storesim.errors import HistoryError, UsageError
from storesim.results.planned_days import planned_value, read_plan

FIRST = dt.date(2027, 3, 1)


def plan_of(tmp_path: Path, text: str, horizon: int = 2) -> dict[str, list[float]]:
    path = tmp_path / "plan.csv"
    path.write_text(text, encoding="utf-8")
    return {name: values.tolist() for name, values in read_plan(str(path), FIRST, horizon).items()}


@pytest.mark.parametrize(
    ("header", "cells", "name", "values"),
    [
        ("花费", ("300", "1.2万"), "ad_spend", [300.0, 12_000.0]),
        ("推广花费(万元)", ("0.03", "0.04"), "ad_spend", [300.0, 400.0]),
        ("快车花费", ("300", "¥400"), "ad_spend@express", [300.0, 400.0]),
        ("ad_spend@express", ("300", "400"), "ad_spend@express", [300.0, 400.0]),
        ("折扣", ("8折", "10%"), "discount", [0.2, 0.1]),
        ("discount", ("0.2", "15"), "discount", [0.2, 0.15]),
        ("均价", ("59", "69"), "price", [59.0, 69.0]),
    ],
)
def test_a_column_plans_what_it_is_called(
    header: str, cells: tuple[str, str], name: str, values: list[float], tmp_path: Path
) -> None:
    found = plan_of(tmp_path, f"日期,{header},备注\n2027-03-01,{cells[0]},x\n2027-03-02,{cells[1]},\n2027-03-03,1,\n")

    assert found == {name: pytest.approx(values)}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("日期,访客数\n2027-03-01,5\n", ": no column is a plan of ad spend, a discount or a price"),
        ("日期,花费\n2027-03-01,5\n", ": '花费' is not planned on 1 of the 2 days to come, 2027-03-02 the first"),
        ("日期,花费\n2027-03-01,5\n2027-03-02,\n", ": '花费' is not planned on 1 of the 2 days to come"),
        ("日期,花费\n2027-03-01,5\n2027-03-01,6\n", ":3:1: 2027-03-01 is planned twice"),
        ("日期,花费\n2027-03-01,many\n2027-03-02,6\n", ":2:12: 花费: 'many' is not a number"),
        ("日期,花费\n2027-03-01,-4\n2027-03-02,6\n", ":2:12: 花费 is -4; a plan of ad_spend is 0 or more"),
        ("日期,花费\nMarch,4\n2027-03-02,6\n", ":2:1: 'March' is not a date"),
        ("日期,折扣\n2027-03-01,120%\n2027-03-02,5%\n", ":2:12: 折扣 is 120%; a plan of discount is 0 or more"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_in_words(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(HistoryError) as raised:
        plan_of(tmp_path, text)

    assert f"plan.csv{says}" in str(raised.value)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ad_spend=1.5万", ("ad_spend", 15_000.0)),
        ("ad_spend@express=¥450", ("ad_spend@express", 450.0)),
        ("快车花费=450", ("ad_spend@express", 450.0)),
        ("discount=8折", ("discount", 0.2)),
        ("discount=10%", ("discount", 0.1)),
        ("price=59", ("price", 59.0)),
    ],
)
def test_a_value_for_every_day_is_read_from_words(text: str, found: tuple[str, float]) -> None:
    name, value = planned_value(text)

    assert (name, value) == (found[0], pytest.approx(found[1]))


@pytest.mark.parametrize("text", ["uv=5", "ad_spend", "ad_spend=much", "discount@express=5%", "=4", "discount=300%"])
def test_words_that_plan_nothing_are_refused(text: str) -> None:
    with pytest.raises(UsageError):
        planned_value(text)
