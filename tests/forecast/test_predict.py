"""`predict`: which method, what goes in, what comes out, what is refused."""

from __future__ import annotations

import datetime as dt
import math
import subprocess
import sys
from dataclasses import replace
from importlib import metadata

import numpy as np
import pytest

from storesim import kpi
from storesim.errors import ForecastError, UsageError
from storesim.forecast.methods import GROUP, METHODS, forecaster
from storesim.forecast.methods.naive import Naive
from storesim.forecast.predict import ENSEMBLE_PATH, predict
from storesim.results.ensemble import side_by_side
from storesim.results.history import History
from tests.forecast.made_histories import MONDAY, changed, made_counts, made_history
from tests.results.made_runs import CHANNELS, START, made_ensemble, made_run


def test_the_runs_of_an_ensemble_are_the_paths_of_its_own_days() -> None:
    ensemble = made_ensemble(6)

    outlook = predict(ensemble)

    assert outlook.method == ENSEMBLE_PATH
    assert (outlook.start, outlook.last_day) == (ensemble.start, ensemble.last_day)
    assert outlook.counts == tuple(count.name for count in kpi.CHANNEL_COUNTS)
    assert np.array_equal(outlook.paths, ensemble.by_channel)
    assert np.array_equal(outlook.total("aov"), ensemble.total("aov"))
    assert outlook.provenance["seed"] == 7


def test_the_runs_are_not_copied() -> None:
    ensemble = made_ensemble(3)

    assert np.shares_memory(predict(ensemble).paths, ensemble.by_channel)


def test_days_after_an_ensemble_follow_its_last() -> None:
    ensemble = made_ensemble(6, n_days=60)

    outlook = predict(ensemble, 14, n_paths=40)

    assert outlook.start == ensemble.last_day + dt.timedelta(days=1)
    assert outlook.paths.shape[:3] == (40, 14, 2)
    assert outlook.channels == CHANNELS
    assert outlook.reasons[0] == "6 of 6 simulated runs are each carried on as a history of their own."
    # Poisson counts around 100 in two channels, one day in twenty none; what follows is as what was: within 15 %.
    assert outlook.mean("uv").mean() == pytest.approx(2 * 95, rel=0.15)


def test_paths_of_an_ensemble_come_from_its_runs_by_turns() -> None:
    small, large = made_run(0, n_days=60), made_run(1, n_days=60, scale=10_000.0)

    outlook = predict(side_by_side([small, large]), 7, n_paths=5)

    visitors = outlook.daily("uv").mean(axis=1)
    assert (visitors[[0, 2, 4]] < 1000.0).all()
    assert (visitors[[1, 3]] > 5000.0).all()


def test_runs_that_went_alike_still_have_luck_of_their_own() -> None:
    run = made_run(0, n_days=60)
    twin = replace(run, provenance=replace(run.provenance, run=1))

    outlook = predict(side_by_side([run, twin]), 7, n_paths=2)

    assert not np.array_equal(outlook.paths[0], outlook.paths[1])


def test_an_ensemble_keeps_its_past_for_periods_that_began_before() -> None:
    ensemble = made_ensemble(6, n_days=60)

    outlook = predict(ensemble, 30, n_paths=40)

    known = ensemble.mean("uv").sum()
    assert outlook.past_start == START
    assert outlook.chance("uv", (START, outlook.last_day), known) == 1.0


def test_one_run_is_carried_on_by_channel() -> None:
    run = made_run(n_days=60)

    outlook = predict(run, n_paths=20)

    assert (outlook.n_days, outlook.channels) == (90, CHANNELS)
    assert outlook.provenance["run"] == 0


def test_a_history_is_foretold_from_the_day_after_its_last_known_one() -> None:
    history = changed(made_history(), **{name: {118: math.nan, 119: math.nan} for name in made_counts()})

    outlook = predict(history, 7, n_paths=20)

    assert outlook.start == MONDAY + dt.timedelta(days=118)
    assert outlook.channels == ("store",)
    assert set(outlook.counts) == set(history.columns)
    assert np.array_equal(outlook.past["gmv"], history.columns["gmv"][:118])


@pytest.mark.parametrize(("n_days", "method"), [(5, "naive"), (13, "naive"), (14, "storesim"), (90, "storesim")])
def test_the_number_of_known_days_chooses_the_method_and_it_says_so(n_days: int, method: str) -> None:
    outlook = predict(made_history(n_days), 7, n_paths=10)

    assert outlook.method == method
    assert outlook.reasons[0].startswith(f"{n_days} known days")


@pytest.mark.parametrize("only", [("orders", "gmv"), ("gmv",), ("uv",), ("uv", "gmv"), ("pv", "units")])
@pytest.mark.parametrize("n_days", [9, 40])
def test_any_columns_will_do(only: tuple[str, ...], n_days: int) -> None:
    outlook = predict(made_history(n_days, only=only), 10, n_paths=10)

    assert set(outlook.counts) == set(only)
    assert (outlook.paths > 0).all()


def test_figures_foretold_are_near_those_that_were() -> None:
    history = made_history(120)

    outlook = predict(history, 28)

    for name in ("uv", "cvr", "aov", "depth"):
        before = history.total(name, history.dates[-28]) if name in kpi.RATIO else history.daily(name)[-28:].mean()
        after = float(np.median(outlook.daily(name)))
        # A level that wanders by 3 % a day comes 16 % far in 28 days; the rates hardly move.
        assert after == pytest.approx(before, rel=0.2)


def test_totals_and_days_are_of_the_same_paths() -> None:
    outlook = predict(made_history(), 28, n_paths=50)

    assert outlook.total("gmv") == pytest.approx(outlook.daily("gmv").sum(axis=1))


def test_gaps_are_told_and_left_out() -> None:
    history = changed(made_history(), uv=dict.fromkeys(range(60, 64), math.nan))

    outlook = predict(history, 7, n_paths=10)

    assert "On 4 open days some figure is unknown; such days are left out of the fit." in outlook.reasons


def test_a_constant_budget_stays_among_moving_figures() -> None:
    history = made_history(only=("uv", "gmv"))
    given = History(history.start, dict(history.columns) | {"ad_spend": np.full(history.n_days, 300.0)})

    outlook = predict(given, 14, n_paths=20)

    assert outlook.daily("ad_spend") == pytest.approx(np.full((20, 14), 300.0))


def test_an_unknown_method_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(UsageError, match=r"no forecasting method 'naiv' among .*; did you mean 'naive'") as caught:
        predict(made_history(), 7, "naiv")

    assert all(name in str(caught.value) for name in ("auto", *METHODS))


def test_the_ensemble_path_cannot_go_beyond_the_runs() -> None:
    with pytest.raises(UsageError, match="leave out horizon_days"):
        predict(made_ensemble(2), 7, ENSEMBLE_PATH)


@pytest.mark.parametrize("horizon", [0, -3, 4000])
def test_a_horizon_that_cannot_be_is_refused(horizon: int) -> None:
    with pytest.raises(UsageError, match=f"horizon_days is {horizon}; 1 to 3660"):
        predict(made_history(), horizon)


def test_no_paths_are_refused() -> None:
    with pytest.raises(UsageError, match="at least one path"):
        predict(made_history(), 7, n_paths=0)


def test_too_few_days_are_refused_with_what_to_do() -> None:
    with pytest.raises(ForecastError, match=r"'uv' needs at least 3 days .* got 2\. .* give more days") as caught:
        predict(made_history(2), 7)

    assert caught.value.exit_status == 3


def test_a_history_of_nothing_is_refused() -> None:
    with pytest.raises(ForecastError, match=r"Nothing happens .* every figure is 0"):
        predict(History(MONDAY, {"uv": np.zeros(60), "gmv": np.zeros(60)}), 7)


def test_a_history_whose_every_day_is_the_same_is_refused() -> None:
    with pytest.raises(ForecastError, match="the same on all 60 known days"):
        predict(History(MONDAY, {"uv": np.full(60, 500.0), "gmv": np.full(60, 800.0)}), 7)


def test_an_opening_that_is_told_changes_what_is_foretold_and_is_said() -> None:
    history = made_history(70, only=("uv", "buyers", "gmv"))

    untold, told = (predict(history, 90, n_paths=200, opened=opened) for opened in (None, MONDAY))

    assert not np.array_equal(untold.paths, told.paths)
    assert any("opened on 2027-01-04, as told" in reason for reason in told.reasons)
    assert not any("opened" in reason for reason in untold.reasons)


def test_simulated_days_alone_do_not_tell_when_a_store_opened_and_that_is_said() -> None:
    prior = made_ensemble(n_runs=4, n_days=200)
    counts = {name: np.nan_to_num(prior.run(0).daily(name)[:60]) + 1.0 for name in ("uv", "buyers", "gmv")}
    history = History(prior.start, counts)

    untold, told = (predict(history, 28, n_paths=60, prior=prior, opened=opened) for opened in (None, prior.start))

    assert not np.array_equal(untold.paths, told.paths)
    assert any("its simulation begins on 2027-01-01 does not say it" in reason for reason in untold.reasons)
    assert any("opened on 2027-01-01, the first day of its scenario" in reason for reason in told.reasons)


def test_an_opening_told_of_days_without_buyers_is_not_used_and_that_is_said() -> None:
    history = made_history(70, only=("gmv",))

    untold, told = (predict(history, 28, n_paths=50, opened=opened) for opened in (None, MONDAY))

    assert np.array_equal(untold.paths, told.paths)
    assert any("is not used" in reason for reason in told.reasons)


@pytest.mark.parametrize("opened", [MONDAY + dt.timedelta(1), MONDAY + dt.timedelta(40), dt.date(2027, 3, 15)])
def test_a_store_told_to_open_after_it_traded_is_refused(opened: dt.date) -> None:
    history = changed(made_history(70, only=("uv", "buyers", "gmv", "ad_spend")), uv={0: 1.0})

    with pytest.raises(UsageError, match=f"open on {opened}, after it traded on 2027-01-04"):
        predict(history, 28, opened=opened)


@pytest.mark.parametrize("only", [("uv", "buyers", "gmv", "ad_spend"), ("gmv", "ad_spend")])
def test_a_store_may_pay_for_ads_before_it_opens(only: tuple[str, ...]) -> None:
    history = changed(made_history(70, only=only), **{name: dict.fromkeys(range(5), 0.0) for name in only[:-1]})

    outlook = predict(history, 28, n_paths=50, opened=MONDAY + dt.timedelta(5))

    assert any("opened on 2027-01-09" in reason for reason in outlook.reasons)
    with pytest.raises(UsageError, match="after it traded on 2027-01-09"):
        predict(history, 28, opened=MONDAY + dt.timedelta(6))


def test_no_store_opened_before_2000_and_runs_know_when_they_did() -> None:
    with pytest.raises(UsageError, match="open on 1999-12-31; give the day it did, 2000-01-01 or later"):
        predict(made_history(70), 28, opened=dt.date(1999, 12, 31))
    with pytest.raises(UsageError, match="opens on its first day"):
        predict(made_run(), 28, opened=START)


def test_an_opening_is_read_as_dates_are_elsewhere() -> None:
    history = made_history(70, only=("uv", "buyers", "gmv"))

    paths = [
        predict(history, 7, n_paths=20, opened=opened).paths
        for opened in (dt.date(2026, 11, 1), dt.datetime(2026, 11, 1, 9), "2026-11-01", "2026年11月1日")
    ]

    assert all(np.array_equal(paths[0], others) for others in paths[1:])


@pytest.mark.parametrize("opened", ["soon", 20261101, "2026-11-31"])
def test_an_opening_that_is_no_date_is_refused(opened: str) -> None:
    with pytest.raises(UsageError, match=f"^opened: '?{opened}'? (is not a date|does not exist)"):
        predict(made_history(70), 7, opened=opened)


def test_a_method_of_another_package_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    point = metadata.EntryPoint("theirs", "storesim.forecast.methods.naive:Naive", GROUP)
    monkeypatch.setattr(metadata, "entry_points", lambda group: [point] if group == GROUP else [])

    assert isinstance(forecaster("theirs"), Naive)


def test_only_ets_loads_statsmodels() -> None:
    script = """
import sys, json
from storesim.forecast.predict import predict
from storesim.results.ensemble import side_by_side
from storesim.results.history import History
import datetime, math
days = [400 + 50 * math.sin(day) for day in range(60)]
history = History(datetime.date(2027, 1, 4), {"uv": days})
loaded = []
for method in ("auto", "naive", "seasonal_naive", "ets"):
    predict(history, 7, method, n_paths=5)
    loaded.append(any(name in sys.modules for name in ("statsmodels", "scipy")))
print(json.dumps(loaded))
"""

    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert ran.stdout.strip() == "[false, false, false, true]"


def test_another_library_of_random_numbers_is_not_touched() -> None:
    state = str(np.random.get_state())  # noqa: NPY002  # what must not move

    predict(made_history(), 14, n_paths=10)

    assert str(np.random.get_state()) == state  # noqa: NPY002  # likewise
