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


def test_a_year_that_has_begun_is_not_planned_as_if_nothing_were_sold(
    typed: Type, scenario: Path, tmp_path: Path
) -> None:
    _history(tmp_path, first=dt.date(2026, 9, 1))

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", "--year", 2027)

    assert done.returncode == 3
    assert "own reaches into 2027, up to 2027-07-03" in done.stderr


def test_a_history_in_another_currency_is_not_planned_in_yuan(typed: Type, scenario: Path, tmp_path: Path) -> None:
    _history(tmp_path, head="日期,浏览量,访客数,成交客户数,GMV ($)")

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", "--year", 2027)

    assert done.returncode == 3
    assert "in USD and the target in CNY" in done.stderr


@pytest.mark.parametrize("option", [["--runs", "5"], ["--jobs", "1"], ["--executor", "serial"], ["--resume"]])
def test_an_option_of_simulation_is_refused_where_nothing_is_simulated(
    typed: Type, scenario: Path, tmp_path: Path, option: list[str]
) -> None:
    _history(tmp_path)

    done = typed("plan", scenario, "--history", "own.csv", "--target", "150万", *option, "--lang", "en")

    assert done.returncode == 2
    assert f"{option[0]}: no effect with --history, by which nothing is simulated; leave it out" in done.stderr
