"""Past forecasts held against what came, and forecasts kept earlier."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pytest

from storesim.cli.main import main
from storesim.errors import FileFaults, ForecastError
from storesim.forecast.backtest import backtest
from storesim.forecast.judged import score
from storesim.forecast.predict import predict
from storesim.forecast.scores import msis, rmsse
from storesim.results.history import History
from storesim.study.files import write_forecast
from tests.forecast.made_histories import MONDAY, made_counts, made_history


def test_rmsse_is_one_where_errors_are_as_large_as_steps_from_week_to_week() -> None:
    known = np.tile([0.0] * 7 + [2.0] * 7, 4)

    assert rmsse(np.array([5.0, 1.0]), np.array([3.0, 3.0]), known) == pytest.approx(1.0)


def test_msis_adds_forty_times_what_lies_outside_a_band_of_95() -> None:
    # Gneiting and Raftery (2007), equation 43: width 2, and 2 / 0.05 = 40 times the 0.5 outside, of the second day.
    found = msis(np.array([1.0, 2.5]), np.zeros(2), np.full(2, 2.0), scale=1.0)

    assert found == pytest.approx((2.0 + 2.0 + 40 * 0.5) / 2)


def test_a_backtest_scores_every_kpi_and_method_from_days_before_each_origin() -> None:
    history = made_history(120, only=("uv", "buyers", "gmv"))

    found = backtest(history, 14, "storesim", n_origins=3)

    assert found.origins[-1] == history.start + dt.timedelta(days=106)
    assert {(row.kpi, row.method) for row in found.rows} >= {
        (kpi, method) for kpi in ("uv", "gmv", "cvr", "aov") for method in ("storesim", "seasonal_naive", "ets")
    }
    last = found.forecasts["uv"][-1]
    assert last.came == pytest.approx(history.columns["uv"][106:120])
    known = history.until(history.start + dt.timedelta(days=105))
    middle = predict(known, 14, "storesim", n_paths=500).quantiles("uv", [0.5])[:, 0]
    assert last.quantiles[:, 5] == pytest.approx(middle)


def test_days_that_never_move_after_an_origin_lie_in_no_band_they_leave() -> None:
    counts = made_counts(100)
    counts["uv"][72:] *= 50.0

    found = backtest(History(MONDAY, {"uv": counts["uv"]}), 28, "seasonal_naive", n_origins=1)

    (row,) = [row for row in found.rows if row.method == "seasonal_naive"]
    assert row.totals_in_80 == 0.0
    assert row.total_error > 0.9


def test_too_short_a_history_is_refused_with_what_it_takes() -> None:
    with pytest.raises(ForecastError, match="at least 118 days of history; got 100"):
        backtest(made_history(100), 90)


def kept(folder: Path, n_known: int = 90, horizon: int = 45) -> History:
    """A forecast kept in a folder, and the days that came."""
    whole = made_history(n_known + horizon, only=("uv", "gmv"))
    known = whole.until(whole.start + dt.timedelta(days=n_known - 1))
    write_forecast(folder / "forecast.csv", predict(known, horizon, n_paths=200))
    return whole


def test_a_kept_forecast_is_scored_by_kpi_and_month(tmp_path: Path) -> None:
    verdict = score(tmp_path, kept(tmp_path))

    whole = {row.kpi: row for row in verdict.rows if row.period == "all"}
    months = [row for row in verdict.rows if row.period != "all" and row.kpi == "uv"]
    assert {"uv", "gmv"} <= set(whole)
    assert whole["uv"].days == 45 == sum(row.days for row in months)
    assert whole["uv"].days_in_80 == pytest.approx(sum(row.days * row.days_in_80 for row in months) / 45)
    assert (verdict.first, verdict.last) == (MONDAY + dt.timedelta(days=90), MONDAY + dt.timedelta(days=134))


def test_twice_as_much_as_foretold_is_a_bias_of_minus_a_half(tmp_path: Path) -> None:
    actuals = kept(tmp_path)
    usual = score(tmp_path, actuals).rows[0]
    doubled = score(tmp_path, History(actuals.start, {name: 2 * days for name, days in actuals.columns.items()})).rows[
        0
    ]

    assert doubled.kpi == usual.kpi
    assert doubled.bias == pytest.approx((1 + usual.bias) / 2 - 1)


def test_a_file_that_is_no_forecast_is_refused(tmp_path: Path) -> None:
    (tmp_path / "forecast.csv").write_text("date,uv\n2027-01-01,5\n", encoding="utf-8")

    with pytest.raises(FileFaults, match="columns are missing"):
        score(tmp_path, made_history(30))


def test_days_that_were_not_foretold_cannot_be_scored(tmp_path: Path) -> None:
    actuals = kept(tmp_path)

    with pytest.raises(ForecastError, match="No day and KPI"):
        score(tmp_path, actuals.until(actuals.start + dt.timedelta(days=80)))


def test_the_commands_write_tables_and_a_picture_and_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    actuals = kept(tmp_path)
    days = tmp_path / "days.csv"
    rows = [f"{date},{uv:g},{gmv:g}" for date, uv, gmv in zip(actuals.dates, *actuals.columns.values(), strict=True)]
    days.write_text("date,uv,gmv\n" + "\n".join(rows) + "\n", encoding="utf-8")

    assert main(["forecast", str(days), "--backtest", "--days", "14", "--json", "-o", str(tmp_path / "back")]) == 0
    back = json.loads(capsys.readouterr().out)
    assert main(["score", str(tmp_path), str(days), "--json", "-o", str(tmp_path / "scored")]) == 0
    good = json.loads(capsys.readouterr().out)
    assert main(["score", str(tmp_path), str(days), "--fail-under", "100%", "--lang", "en"]) == 1

    assert {row["method"] for row in back["rows"]} == {"auto", "seasonal_naive", "ets"}
    assert (tmp_path / "back" / "backtest.svg").read_text("utf-8").count("<svg") == 1
    assert (tmp_path / "back" / "backtest.csv").read_text("utf-8-sig").startswith("kpi,method,forecasts,mase")
    assert good["rows"][0]["period"] == "all"
    assert (tmp_path / "scored" / "score.csv").exists()
    assert "under 100.0%" in capsys.readouterr().err
