"""`Goals`: looked up by name, told as a frame and as `goals.csv`."""

from __future__ import annotations

import csv
import io
import math

import pytest

from storesim.errors import UsageError
from storesim.plan.break_down import break_down
from storesim.plan.goals import COLUMNS, Goal, Goals, goals_csv
from storesim.scenario.targets import Target
from tests.plan.made_outlooks import made_outlook

# INTERFACE, "Outputs of a run".
PROMISED = (
    "period, level, channel, category, material, role, kpi, goal, forecast_p10, forecast_p50, forecast_p90, chance"
)


@pytest.fixture(scope="module")
def goals() -> Goals:
    return break_down(made_outlook(), {"2027": Target.model_validate({"gmv": "158万"})})


def test_the_columns_are_those_that_were_promised(goals: Goals) -> None:
    assert ", ".join(COLUMNS) == PROMISED
    assert list(goals.frame().columns) == PROMISED.split(", ")
    assert goals_csv(goals).splitlines()[0] == PROMISED.replace(" ", "")


def test_the_frame_holds_every_row_once(goals: Goals) -> None:
    frame = goals.frame()

    assert len(frame) == len(goals.rows)
    assert not frame.duplicated(["period", "level", "channel", "category", "material", "role", "kpi"]).any()
    assert set(frame["level"]) == {"year", "quarter", "month", "week", "day"}


def test_the_csv_says_money_with_two_decimals_and_counts_whole(goals: Goals) -> None:
    rows = list(csv.DictReader(io.StringIO(goals_csv(goals))))

    for row in rows:
        if row["kpi"] in ("gmv", "ad_spend"):
            assert row["goal"].partition(".")[2].isdigit()
            assert len(row["goal"].partition(".")[2]) == 2
        elif row["kpi"] in ("uv", "pv", "buyers", "orders", "clicks"):
            assert row["goal"].isdigit()


def test_gmv_can_be_checked_from_the_file_alone(goals: Goals) -> None:
    rows = {(r["period"], r["kpi"]): r for r in csv.DictReader(io.StringIO(goals_csv(goals))) if not r["channel"]}

    for period in ("2027", "2027Q3", "2027-11"):
        uv, cvr, aov, gmv = (float(rows[period, name]["goal"]) for name in ("uv", "cvr", "aov", "gmv"))
        assert uv * cvr * aov == pytest.approx(gmv, rel=1e-12)


def test_an_unknown_number_is_an_empty_cell_and_never_nan() -> None:
    goals = Goals(2027, 5.0, (Goal("2027", "year", "", "gmv", 5.0), Goal("2027", "year", "", "cvr", math.nan)))

    assert goals_csv(goals).splitlines()[1:] == ["2027,year,,,,,gmv,5.00,,,,", "2027,year,,,,,cvr,,,,,"]


def test_names_with_commas_and_quotes_stay_one_cell() -> None:
    goals = Goals(2027, 5.0, (Goal("2027", "year", 'a,"b"\nc', "uv", 5),))

    assert list(csv.reader(io.StringIO(goals_csv(goals))))[1][2] == 'a,"b"\nc'


def test_a_name_that_looks_like_a_formula_is_text_to_a_spreadsheet_and_itself_to_python() -> None:
    goals = Goals(2027, 5.0, (Goal("2027", "year", "=1+1", "ad_spend", 5.0, category="@x", role="hero"),))

    assert goals_csv(goals).splitlines()[1] == "2027,year,'=1+1,'@x,,hero,ad_spend,5.00,,,,"
    assert goals.frame()["channel"].tolist() == ["=1+1"]


def test_rows_are_looked_up_by_period_kpi_and_channel(goals: Goals) -> None:
    assert goals.value("2027", "gmv") == 1_580_000.0
    assert goals.row("2027Q2", "uv", "express").channel == "express"
    assert goals.chance("2027") == goals.row("2027", "gmv").chance


@pytest.mark.parametrize(
    ("period", "kpi", "channel", "words"),
    [
        ("2028", "gmv", "", "there is no goal for gmv of 'the store' in 2028; periods are 2027, 2027Q1"),
        ("2027", "roas", "", "KPIs are pv, uv, depth, cvr, aov"),
        ("2027", "uv", "nobody", "no goal for uv of 'nobody' in 2027; it is planned for the store, search, express"),
    ],
)
def test_a_goal_that_is_not_there_is_answered_with_those_that_are(
    goals: Goals, period: str, kpi: str, channel: str, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        goals.value(period, kpi, channel)


def test_notes_are_told_in_both_languages(goals: Goals) -> None:
    assert len(goals.notes) == len(goals.notes_zh) > 2
    assert not any(any(ord(letter) > 0x2E7F for letter in note) for note in goals.notes)
    assert all(any(ord(letter) > 0x2E7F for letter in note) for note in goals.notes_zh)


def test_chinese_notes_are_punctuated_as_chinese(goals: Goals) -> None:
    for note in goals.notes_zh:
        assert not set(note) & set("();"), note
        assert note.endswith("。")
