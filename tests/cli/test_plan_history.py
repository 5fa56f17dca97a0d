"""`storesim plan --history`: a target broken down on a store's own days."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Type = Callable[..., "subprocess.CompletedProcess[str]"]

FIRST, N_DAYS = dt.date(2026, 3, 1), 306


def _history(folder: Path, head: str = "日期,浏览量,访客数,成交客户数,成交金额", first: dt.date = FIRST) -> Path:
    rows = [head]
    for day in range(N_DAYS):
        date = first + dt.timedelta(days=day)
        weekend = 0.82 if date.weekday() >= 5 else 1.0
        uv = round(1000 * weekend * (1 + 0.1 * math.sin(day * 0.7) + 0.05 * math.cos(day * 1.9)))
        buyers = round(uv * (0.02 + 0.002 * math.sin(day * 1.3)))
        rows.append(f"{date},{uv * 4},{uv},{buyers},{buyers * 180 + day % 7}")
    path = folder / "own.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8-sig")
    return path


def test_goals_rest_on_the_stores_own_days(typed: Type, scenario: Path, tmp_path: Path) -> None:
    _history(tmp_path)

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", "--year", 2027, "-o", "out", "--json")

    assert done.returncode == 0, done.stderr
    goals = json.loads(done.stdout)["goals"]
    parts = ("channel", "category", "material", "role")
    rows = {(row["period"], row["kpi"]): row for row in goals if not any(row[part] for part in parts)}
    year = rows["2027", "gmv"]
    # 1000 visitors, 948 with weekends, 2 % of whom buy for 180: 1.25 million; a fifth more is asked.
    assert year["goal"] == 1_500_000
    assert 1_000_000 < year["forecast_p10"] < 1_245_000 < year["forecast_p90"] < 1_500_000
    assert sum(rows[f"2027-{month:02d}", "uv"]["goal"] for month in range(1, 13)) == rows["2027", "uv"]["goal"]
    written = list(csv.DictReader((tmp_path / "out" / "goals.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert float(written[0]["goal"]) == rows["2027", written[0]["kpi"]]["goal"]
    assert (tmp_path / "out" / "forecast.csv").exists()


def test_a_year_that_is_over_cannot_be_planned(typed: Type, scenario: Path, tmp_path: Path) -> None:
    _history(tmp_path, first=dt.date(2027, 3, 1))

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", "--year", 2027)

    assert done.returncode == 3
    assert "own ends on 2027-12-31, so nothing of 2027 is left to plan" in done.stderr


def test_the_rest_of_a_year_that_has_begun_is_planned_and_its_gap_explained(
    typed: Type, scenario: Path, tmp_path: Path
) -> None:
    own = _history(tmp_path, first=dt.date(2026, 6, 1))
    rows = list(csv.DictReader(own.read_text(encoding="utf-8-sig").splitlines()))
    sold = sum(float(row["成交金额"]) for row in rows if row["日期"] >= "2027")

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", "--year", 2027, "-o", "out", "--json")

    assert done.returncode == 0, done.stderr
    parts = ("channel", "category", "material", "role")
    goals = {
        (row["period"], row["kpi"]): row["goal"]
        for row in json.loads(done.stdout)["goals"]
        if not any(row[part] for part in parts)
    }
    assert goals["2027", "gmv"] == 1_500_000
    assert sum(goals[f"2027-{month:02d}", "gmv"] for month in (1, 2, 3)) == pytest.approx(
        sum(float(row["成交金额"]) for row in rows if "2027" <= row["日期"] < "2027-04")
    )
    # 1.04 million a year without the plan: each day that is left is asked for more.
    assert goals["2027-05", "gmv"] > 1.05 * 31 * sold / 92
    gap = list(csv.DictReader((tmp_path / "out" / "gap.csv").read_text(encoding="utf-8-sig").splitlines()))
    to_date = [row for row in gap if row["period"] == "2027-01-01/2027-04-02" and row["kpi"] == "gmv"]
    assert {float(row["actual"]) for row in to_date} == {sold}
    assert sum(float(row["amount"]) for row in to_date) == pytest.approx(float(to_date[0]["gap"]))


def test_a_year_of_which_nothing_was_planned_before_is_refused(typed: Type, scenario: Path, tmp_path: Path) -> None:
    _history(tmp_path, first=dt.date(2027, 1, 5))

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", "--year", 2027)

    assert done.returncode == 3
    assert "own begins on 2027-01-05, in the year of the target" in done.stderr


def test_several_files_become_one_history_and_headers_can_be_named(typed: Type, scenario: Path, tmp_path: Path) -> None:
    own = _history(tmp_path)
    lines = [line.split(",") for line in own.read_text(encoding="utf-8-sig").splitlines()]
    for name, kept in (("traffic.csv", (0, 1, 2)), ("sales.csv", (0, 3, 4))):
        head, *rows = ([line[place] for place in kept] for line in lines)
        named = [word.replace("访客数", "进店人数") for word in head]
        (tmp_path / name).write_text("\n".join(map(",".join, [named, *rows])) + "\n", encoding="utf-8")
    given = ("--target", "150万", "--year", 2027, "--json")

    whole = typed("plan", scenario, "--history", "own.csv", *given)
    parts = typed(
        "plan", scenario, "--history", "traffic.csv", "--history", "sales.csv", "--column", "进店人数=uv", *given
    )

    assert parts.returncode == 0, parts.stderr
    assert json.loads(parts.stdout)["goals"] == json.loads(whole.stdout)["goals"]
    alone = typed("plan", scenario, "--column", "进店人数=uv", *given)
    assert alone.returncode == 2
    assert "there is no --history" in alone.stderr


def test_a_history_in_another_currency_is_not_planned_in_yuan(typed: Type, scenario: Path, tmp_path: Path) -> None:
    _history(tmp_path, head="日期,浏览量,访客数,成交客户数,GMV ($)")

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", "--year", 2027)

    assert done.returncode == 3
    assert "in USD and the target in CNY" in done.stderr


@pytest.mark.parametrize(
    "option",
    [["--runs", "5"], ["--jobs", "1"], ["--executor", "serial"], ["--resume"], ["--lever-budget", "5万"]],
)
def test_an_option_of_simulation_is_refused_where_nothing_is_simulated(
    typed: Type, scenario: Path, tmp_path: Path, option: list[str]
) -> None:
    _history(tmp_path)

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", *option, "--lang", "en")

    assert done.returncode == 2
    assert f"{option[0]}: no effect with --history; leave it out" in done.stderr
