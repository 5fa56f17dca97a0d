"""What each simple method makes of days whose continuation is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from storesim.forecast.methods.base import carried_on, centred, known_rows
from storesim.forecast.methods.ets import Ets
from storesim.forecast.methods.naive import Naive
from storesim.forecast.methods.own import Own
from storesim.forecast.methods.seasonal_naive import SeasonalNaive
from tests.forecast.made_histories import panel_of, wandering

Array = NDArray[np.float64]


def test_naive_paths_begin_at_the_last_day_and_spread_with_the_root_of_the_horizon() -> None:
    steps = np.random.default_rng(0).standard_normal(400)
    values = np.cumsum(0.1 * steps)[np.newaxis]

    paths = Naive().fit(panel_of(values)).predict(16, 4000, seed=1)[..., 0]

    # A random walk: standard deviation 0.1 sqrt(h); that of 4,000 paths is known to 1.1 %, of 399 steps to 3.5 %.
    assert paths[:, 0].std() == pytest.approx(0.1, rel=0.12)
    assert paths[:, 15].std() == pytest.approx(0.4, rel=0.12)
    assert paths[:, 15].mean() == pytest.approx(values[0, -1], abs=5 * 0.4 / np.sqrt(4000))


def test_seasonal_naive_repeats_a_week_that_repeats() -> None:
    week = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0])

    paths = SeasonalNaive().fit(panel_of(np.tile(week, 4)[np.newaxis])).predict(10, 3, seed=0)[..., 0]

    assert paths == pytest.approx(np.tile(np.tile(week, 2)[:10], (3, 1)))


def test_seasonal_naive_begins_its_week_on_the_day_after_the_last() -> None:
    values = (np.arange(24) % 7).astype(np.float64)[np.newaxis]

    paths = SeasonalNaive().fit(panel_of(values)).predict(3, 2, seed=0)[..., 0]

    # Day 24 is the fourth of a week that began on day 21.
    assert paths[0].tolist() == [3.0, 4.0, 5.0]


def test_ets_follows_a_weekly_pattern() -> None:
    values = wandering(140, seed=5, step=0.0, noise=0.02)

    middle = np.median(Ets().fit(panel_of(values)).predict(14, 200, seed=0)[..., 0], axis=0)

    # Truth: 6 and the weekly pattern of `wandering`; noise of 0.02 in twenty weeks leaves 0.005.
    expected = 6.0 + np.tile([0.0, 0.05, 0.0, 0.1, 0.2, -0.2, -0.15], 2)
    assert middle == pytest.approx(expected, abs=0.03)


def test_ets_spreads_like_the_local_level_it_fits() -> None:
    values = wandering(400, seed=6, step=0.05, noise=0.05)

    paths = Ets().fit(panel_of(values)).predict(29, 2000, seed=0)[..., 0]

    # A random walk of 0.05 a day and its own noise: variance after 28 further days up by 28 * 0.0025 = 0.07, less
    # what damping takes; within a third.
    assert paths[:, 28].var() - paths[:, 0].var() == pytest.approx(0.07, rel=0.35)


def test_series_drawn_together_keep_together() -> None:
    shared = wandering(200, seed=7, step=0.0, noise=0.1)
    values = np.concatenate([shared, shared + 1.0])

    for method in (Naive(), SeasonalNaive(), Ets(), Own()):
        paths = method.fit(panel_of(values)).predict(7, 400, seed=0)
        apart = paths - np.median(paths, axis=0)

        assert np.corrcoef(apart[..., 0].ravel(), apart[..., 1].ravel())[0, 1] > 0.9


def test_the_own_method_learns_the_year_where_there_are_two() -> None:
    day = np.arange(364 * 2 + 90)
    rng = np.random.default_rng(8)
    values = (6.0 + 0.6 * np.sin(2 * np.pi * day / 365.25) + 0.05 * rng.standard_normal(day.size))[np.newaxis]
    fitted = Own().fit(panel_of(values[:, :-90]))

    middle = np.median(fitted.predict(90, 200, seed=0)[..., 0], axis=0)

    # The last level would miss by 0.6 sin(90 / 365 of a turn) = 0.6 at the end; the year brings it within a third.
    truth = 6.0 + 0.6 * np.sin(2 * np.pi * day[-90:] / 365.25)
    assert np.abs(middle - truth).mean() < 0.5 * np.abs(values[0, -91] - truth).mean()
    assert "yearly" in fitted.reasons[0]


def test_the_own_method_weighs_filters_that_erred_less_more() -> None:
    quick = np.cumsum(0.2 * np.random.default_rng(1).standard_normal(300))[np.newaxis]

    weights = Own().fit(panel_of(quick)).weights[0, :, 0]

    # Levels of weight 0.05, 0.12, 0.25: of a random walk the quickest is nearest.
    assert weights[0] < weights[1] < weights[2]
    assert weights.sum() == pytest.approx(1.0)


def test_only_the_last_three_years_are_looked_at() -> None:
    values = wandering(1300, seed=2)
    older = values.copy()
    older[:, :150] += 5.0

    one, other = (Own().fit(panel_of(given)).predict(5, 4, seed=0) for given in (values, older))

    assert one.tobytes() == other.tobytes()


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (2, 20), elements=st.one_of(st.floats(-9, 9), st.just(np.nan))), st.sampled_from([1, 7]))
def test_gaps_are_filled_and_known_days_kept(values: Array, lag: int) -> None:
    filled = carried_on(values, lag)

    known = np.isfinite(values)
    assert np.isfinite(filled).all()
    assert np.array_equal(filled[known], values[known])


def test_rows_without_any_error_are_left_out_and_gaps_take_the_next() -> None:
    errors = np.array([[1.0, np.nan], [np.nan, np.nan], [2.0, 5.0]])

    assert known_rows(errors).tolist() == [[1.0, 5.0], [2.0, 5.0]]
    assert centred(known_rows(errors)).mean(axis=0).tolist() == [0.0, 0.0]
