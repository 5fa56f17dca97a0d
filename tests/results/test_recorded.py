"""`Run` and `Ensemble`: frozen, sliced and summed by one rule."""

from __future__ import annotations

import datetime as dt
import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest
from made_runs import CHANNELS, START, made_ensemble, made_run

from storesim import kpi
from storesim.errors import ShapeError, UsageError
from storesim.results.ensemble import join, quantiles_over_runs, side_by_side, standard_error
from storesim.results.run import Run
from storesim.scenario.store import STAGES

SCOPES = (None, *CHANNELS)


@pytest.mark.parametrize("channel", SCOPES)
def test_gmv_equals_uv_times_cvr_times_aov_at_every_grain(channel: str | None) -> None:
    run, ensemble = made_run(), made_ensemble()
    month = (START, dt.date(2027, 1, 31))

    for of in (
        lambda name: run.daily(name, channel),
        lambda name: run.total(name, channel),
        lambda name: run.total(name, channel, *month),
        lambda name: ensemble.daily(name, channel),
        lambda name: ensemble.total(name, channel, *month),
        lambda name: ensemble.mean(name, channel),
    ):
        gmv, product = np.asarray(of("gmv")), np.asarray(of("uv") * of("cvr") * of("aov"))
        known = np.isfinite(product)

        assert known.mean() > 0.8
        np.testing.assert_allclose(gmv[known], product[known], rtol=1e-9)
        pages, visited = np.asarray(of("pv")), np.asarray(of("uv")) > 0
        np.testing.assert_allclose(pages[visited], np.asarray(of("uv") * of("depth"))[visited], rtol=1e-9)


def test_channels_add_up_to_the_store_and_days_to_the_period() -> None:
    run = made_run()

    for count in kpi.CHANNEL_COUNTS:
        by_channel = sum(run.daily(count.name, channel) for channel in CHANNELS)
        np.testing.assert_array_equal(by_channel, run.daily(count.name))
        assert run.total(count.name) == run.daily(count.name).sum()


def test_a_period_takes_the_sum_the_last_or_the_mean_of_its_days_as_kpi_says() -> None:
    run = made_run()
    first, last = dt.date(2027, 1, 11), dt.date(2027, 1, 20)

    assert run.total("refunds", None, first, last) == run.daily("refunds")[10:20].sum()
    assert run.total("cash", None, first, last) == run.daily("cash")[19]
    assert run.total("score", None, first, last) == pytest.approx(run.daily("score")[10:20].mean(), rel=1e-15)


def test_a_ratio_of_a_period_is_divided_after_summing() -> None:
    run = made_run()

    cvr = run.total("cvr")

    assert cvr == run.daily("buyers").sum() / run.daily("uv").sum()
    assert cvr != np.nanmean(run.daily("cvr"))


def test_a_ratio_of_nothing_is_unknown() -> None:
    run = made_run(scale=0.0)

    assert np.isnan(run.daily("cvr")).all()
    assert np.isnan(run.total("cpc", "快车"))


@pytest.mark.parametrize(
    ("name", "channel", "message"),
    [
        ("gvm", None, "did you mean 'gmv'"),
        ("gmv", "serach", "did you mean 'search'"),
        ("refunds", "search", "whole store"),
        ("refund_rate", "search", "whole store"),
    ],
)
def test_a_name_that_is_not_there_is_refused_with_a_suggestion(name: str, channel: str | None, message: str) -> None:
    for asked in (made_run(), made_ensemble(2)):
        with pytest.raises(UsageError, match=message):
            asked.daily(name, channel)


def test_results_cannot_be_changed() -> None:
    run, ensemble = made_run(), made_ensemble(3)

    travelled = pickle.loads(pickle.dumps((run, ensemble)))  # noqa: S301  # our own bytes

    for result in (run, ensemble, ensemble.run(1), *travelled):
        for array in (result.by_channel, result.of_store, result.by_sku):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1.0
        with pytest.raises(FrozenInstanceError):
            result.start = START  # type: ignore[misc]  # that it is refused is what is tested


def test_a_result_keeps_its_figures_when_the_callers_array_changes() -> None:
    run = made_run()
    mine = run.by_channel.copy()

    made = replace(run, by_channel=mine)
    mine[:] = -1.0

    assert made == run


def test_results_survive_pickling() -> None:
    run, ensemble = made_run(), made_ensemble(3)

    assert pickle.loads(pickle.dumps(run)) == run  # noqa: S301  # our own bytes
    assert pickle.loads(pickle.dumps(ensemble)) == ensemble  # noqa: S301  # our own bytes
    assert run != made_run(1)
    assert len({run, made_run(), made_run(1)}) == 2


def test_arrays_that_do_not_agree_are_refused() -> None:
    run = made_run()

    with pytest.raises(ShapeError, match="by_channel"):
        replace(run, of_store=run.of_store[:-1])
    with pytest.raises(ShapeError, match="by_sku"):
        replace(run, skus=("A1",))
    with pytest.raises(ShapeError):
        replace(run, of_store=run.of_store[:0], by_channel=run.by_channel[:0])


def test_an_ensemble_holds_its_runs_in_order() -> None:
    runs = [made_run(run) for run in range(4)]

    ensemble = side_by_side(runs)

    assert (ensemble.n_runs, ensemble.n_days, ensemble.dates) == (4, 40, runs[0].dates)
    assert [ensemble.run(run) for run in range(4)] == runs
    np.testing.assert_array_equal(ensemble.daily("gmv", "search")[2], runs[2].daily("gmv", "search"))
    np.testing.assert_array_equal(ensemble.total("cvr"), [run.total("cvr") for run in runs])


def test_runs_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(UsageError, match="at least one"):
        side_by_side([])
    with pytest.raises(UsageError, match="does not belong"):
        side_by_side([made_run(0), made_run(1, seed=8)])
    with pytest.raises(UsageError, match="no run 3"):
        made_ensemble(3).run(3)


def test_parts_join_to_the_ensemble_they_came_from() -> None:
    runs = [made_run(run) for run in range(7)]
    parts = [side_by_side(runs[:3]), side_by_side(runs[3:6]), side_by_side(runs[6:])]

    assert join(iter(parts), 7) == side_by_side(runs)
    for n_runs in (6, 8):
        with pytest.raises(UsageError):
            join(iter(parts), n_runs)


def test_quantiles_are_those_of_numpy_where_all_runs_are_known() -> None:
    ensemble, levels = made_ensemble(), (0.0, 0.1, 0.5, 0.9, 1.0)

    found = ensemble.quantiles("gmv", levels)

    assert found.shape == (40, 5)
    np.testing.assert_allclose(found, np.quantile(ensemble.daily("gmv"), levels, axis=0).T, rtol=1e-12)


def test_runs_in_which_a_ratio_is_unknown_are_left_out_of_its_quantiles() -> None:
    values = np.array([[np.nan, np.nan, 1.0], [np.nan, 4.0, 2.0], [np.nan, 2.0, 3.0]])

    found = quantiles_over_runs(values, [0.5])

    np.testing.assert_array_equal(found, [[np.nan], [3.0], [2.0]])
    with pytest.raises(UsageError, match="between 0 and 1"):
        quantiles_over_runs(values, [50])


def test_the_standard_error_of_a_mean_is_the_textbooks() -> None:
    ensemble = made_ensemble()

    np.testing.assert_allclose(
        ensemble.standard_error("uv"), ensemble.daily("uv").std(axis=0, ddof=1) / np.sqrt(20), rtol=1e-12
    )
    assert np.isnan(standard_error(np.ones((1, 3)))).all()


def test_the_standard_error_of_a_ratio_matches_its_spread_over_many_ensembles() -> None:
    # 400 ensembles of 20 runs: their standard deviation has a relative error near 1/√(2·400) = 3.5 %.
    ensembles = [made_ensemble(20, n_days=2, seed=seed) for seed in range(400)]

    spread = np.std([ensemble.mean("cvr")[0] for ensemble in ensembles], ddof=1)
    told = np.mean([ensemble.standard_error("cvr")[0] for ensemble in ensembles])

    assert told == pytest.approx(spread, rel=4 * 0.035)


def test_a_runs_frame_has_a_row_for_the_store_and_each_channel_of_each_day() -> None:
    run = made_run(n_days=3)

    frame = run.frame()

    assert list(frame.columns) == ["date", "channel", *kpi.COUNT, *kpi.RATIO]
    assert frame["channel"].tolist() == ["", *CHANNELS] * 3
    store = frame[frame["channel"] == ""]
    np.testing.assert_array_equal(store["gmv"], run.daily("gmv"))
    np.testing.assert_array_equal(store["refund_rate"], run.daily("refund_rate"))
    search = frame[frame["channel"] == "search"]
    np.testing.assert_array_equal(search["cvr"], run.daily("cvr", "search"))
    assert search["refunds"].isna().all()


def test_a_run_counts_by_sku() -> None:
    run = made_run()

    np.testing.assert_array_equal(run.of_skus("closing_stock"), run.by_sku[:, 5])
    with pytest.raises(UsageError, match="did you mean 'units'"):
        run.of_skus("unit")


def test_a_run_tells_its_first_and_last_day() -> None:
    run: Run = made_run()

    assert (run.dates[0], run.dates[-1], run.last_day) == (START, dt.date(2027, 2, 9), dt.date(2027, 2, 9))


def test_a_stage_is_reached_by_the_day_it_was_first_entered_and_never_forgotten() -> None:
    runs = made_ensemble(4, n_days=6)
    of_store = runs.of_store.copy()
    stage = np.array([[0, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 1, 1, 2], [1, 1, 1, 1, 2, 2]], dtype=float)
    of_store[:, :, kpi.STORE_INDEX["stage"]] = stage
    of_store[:, :, kpi.STORE_INDEX["ruin"]] = [[0, 0, 1, 0, 0, 0], [0] * 6, [0] * 6, [0, 0, 0, 0, 0, 1]]
    runs = replace(runs, of_store=of_store)
    days = [runs.start + dt.timedelta(days=day) for day in range(6)]

    assert [runs.reached("growth", by) for by in days] == [0.25, 0.5, 0.5, 0.75, 0.75, 0.75]
    assert [runs.reached("stable", by) for by in days] == [0.0, 0.0, 0.0, 0.0, 0.25, 0.5]
    assert [runs.ruined(by) for by in days] == [0.0, 0.0, 0.25, 0.25, 0.25, 0.5]
    assert (runs.reached("launch"), runs.reached("growth"), runs.ruined()) == (1.0, 0.75, 0.5)
    with pytest.raises(UsageError, match="no stage 'settled'"):
        runs.reached("settled")


def test_the_stages_are_those_of_the_scenario() -> None:
    assert kpi.STAGES == STAGES
