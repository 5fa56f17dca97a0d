"""Real days: a British shop's nine months, and 31 days of a category on JD."""

from __future__ import annotations

import csv
import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from storesim.forecast.predict import predict
from storesim.results.history import read_history

ROOT = Path(__file__).resolve().parents[2]
JD = ROOT / "scenarios" / "jd_march_2018.csv"
RETAIL = ROOT.parent / "shared" / "data" / "online_retail_daily.csv"

needs_retail = pytest.mark.skipif(not RETAIL.exists(), reason="the Online Retail data (UCI, CC BY 4.0) are not here")


def typed(folder: Path, *words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "storesim", *map(str, words)]
    return subprocess.run(command, cwd=folder, text=True, encoding="utf-8", capture_output=True, check=False)


def rows_of(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def test_the_jd_days_add_up_to_what_was_published() -> None:
    history = read_history(JD)

    # Published sum of the 31 days: 45.57 million; nine days are known as a range only, read as its middle.
    assert (history.start, history.n_days) == (dt.date(2018, 3, 1), 31)
    assert history.total("gmv") == pytest.approx(45.57e6, rel=0.01)
    assert any("9 ranges" in note for note in history.notes)


def test_the_jd_index_and_amounts_are_one() -> None:
    history = read_history(JD)

    index = history.others["index of normal weekdays"]

    # A normal weekday is 1.144 million; two decimals of the index were published.
    assert history.columns["gmv"] == pytest.approx(index * 1.144e6)
    normal = [*range(11, 16), *range(18, 22)]
    assert index[normal].mean() == pytest.approx(1.0, abs=0.02)
    # Weekend over weekday in GMV outside the festivals, published as 0.82.
    assert index[[16, 17]].mean() / index[normal].mean() == pytest.approx(0.82, abs=0.03)


def test_the_jd_days_can_be_carried_on() -> None:
    outlook = predict(read_history(JD), 28)

    low, middle, high = outlook.quantiles("gmv", [0.1, 0.5, 0.9]).mean(axis=0)
    assert outlook.method == "storesim"
    # All 31 days lie between 0.76 and 2.45 of 1.144 million.
    assert 0.76 * 1.144e6 < middle < 2.45 * 1.144e6
    assert low < middle < high


@needs_retail
def test_the_shop_closes_on_saturdays_in_every_path() -> None:
    outlook = predict(read_history(RETAIL), 28, n_paths=200)

    saturdays = np.array([date.weekday() == 5 for date in outlook.dates])
    assert (outlook.paths[:, saturdays] == 0).all()
    assert (np.median(outlook.daily("orders")[:, ~saturdays], axis=0) > 0).all()
    # Sixteen of 235 days on which it is usually open were holidays: 7 %.
    closed = (outlook.daily("orders")[:, ~saturdays] == 0).mean()
    assert closed == pytest.approx(0.07, abs=0.04)


@needs_retail
def test_gmv_of_the_shop_is_buyers_times_value_per_buyer_in_every_path() -> None:
    outlook = predict(read_history(RETAIL), 60, n_paths=200)

    product = outlook.daily("buyers") * np.nan_to_num(outlook.daily("aov"))

    assert product == pytest.approx(outlook.daily("gmv"), rel=1e-9)


@needs_retail
def test_what_came_lies_in_the_band_that_was_foretold_about_as_often_as_it_says() -> None:
    history = read_history(RETAIL)
    inside = []
    for origin in range(130, 247, 29):
        known = history.until(history.start + dt.timedelta(days=origin - 1))
        low, high = predict(known, 28).quantiles("gmv", [0.1, 0.9]).T
        came = history.columns["gmv"][origin : origin + 28]
        inside.extend((came >= low) & (came <= high))

    # Days of a month keep together: some five separate ones in each of five months; three standard errors of 25.
    assert np.mean(inside) == pytest.approx(0.8, abs=3 * 0.4 / np.sqrt(25))


@needs_retail
def test_the_command_writes_a_tidy_table_of_the_shop(tmp_path: Path) -> None:
    ran = typed(tmp_path, "forecast", RETAIL, "--days", "28", "--paths", "300", "--lang", "en")

    rows = rows_of(tmp_path / "outputs" / "online_retail_daily" / "forecast.csv")
    gmv = [row for row in rows if row["kpi"] == "gmv"]
    assert ran.returncode == 0
    assert "28 days from 2011-09-01 (method storesim)" in ran.stdout
    assert [row["date"] for row in gmv] == [str(dt.date(2011, 9, 1) + dt.timedelta(days=day)) for day in range(28)]
    assert {row["kpi"] for row in rows} == {"buyers", "orders", "units", "gmv", "aov", "units_per_order", "order_value"}
    assert all(float(row["p10"]) <= float(row["p50"]) <= float(row["p90"]) for row in gmv)
    assert gmv[2]["p97.5"] == "0"


def test_the_command_tells_the_same_as_python(tmp_path: Path) -> None:
    ran = typed(tmp_path, "forecast", JD, "--days", "7", "--paths", "50", "--seed", "3", "--json")

    document = json.loads(ran.stdout)
    outlook = predict(read_history(JD), 7, n_paths=50, seed=3)
    means = [row["mean"] for row in document["daily"] if row["kpi"] == "gmv"]
    assert document["method"] == "storesim"
    assert means == pytest.approx(outlook.mean("gmv").tolist())


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        typed(tmp_path, "forecast", JD, "--days", "14", "--seed", "9", "-o", name, "-q")

    first, second = ((tmp_path / name / "forecast.csv").read_bytes() for name in ("one", "two"))
    assert first == second


@pytest.mark.parametrize(
    ("text", "status", "said"),
    [
        ("date,gmv\n2027-01-01,5\n2027-01-02,6\n", 3, "needs at least 3 days"),
        ("date,gmv\n" + "".join(f"2027-01-{day:02d},0\n" for day in range(1, 31)), 3, "Nothing happens"),
        ("date,gmv\n" + "".join(f"2027-01-{day:02d},7\n" for day in range(1, 31)), 3, "the same on all 30"),
    ],
)
def test_days_that_bear_no_forecast_end_with_the_status_of_a_wrong_file(
    tmp_path: Path, text: str, status: int, said: str
) -> None:
    (tmp_path / "days.csv").write_text(text, encoding="utf-8")

    ran = typed(tmp_path, "forecast", "days.csv", "--lang", "en")

    assert ran.returncode == status
    assert said in ran.stderr
    assert not (tmp_path / "outputs").exists()


def test_an_unknown_method_is_wrong_usage_and_names_those_there_are(tmp_path: Path) -> None:
    ran = typed(tmp_path, "forecast", JD, "--method", "prophet", "--lang", "en")

    assert ran.returncode == 2
    assert "auto, naive, seasonal_naive, ets, mstl, sarimax, ucm, storesim" in ran.stderr
