"""Scores, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra.numpy import arrays

from storesim.errors import ShapeError, UsageError
from storesim.forecast.scores import DECILES, coverage, mase, pinball, scrps, season_scale

AMOUNTS = st.floats(-1e6, 1e6)


def test_the_scale_is_the_mean_step_from_week_to_week() -> None:
    known = np.array([1.0, 2, 3, 4, 5, 6, 7, 3, 2, 3, 4, 5, 6, 8])

    # Steps: 2, 0, 0, 0, 0, 0, 1, by hand.
    assert season_scale(known) == pytest.approx(3 / 7)


def test_unknown_days_are_left_out_of_the_scale() -> None:
    known = np.array([1.0, 2, math.nan, 5])

    # Steps of one day: 1 and two unknown ones.
    assert season_scale(known, period=1) == 1.0


@pytest.mark.parametrize("known", [np.full(20, 5.0), np.arange(7.0), np.full(20, math.nan)])
def test_days_without_a_step_have_no_scale(known: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    with pytest.raises(UsageError, match="no known days 7 days apart differ"):
        season_scale(known)


def test_mase_is_the_mean_absolute_error_over_the_scale() -> None:
    actual, point = np.array([10.0, 20.0, math.nan]), np.array([13.0, 15.0, 99.0])

    # (3 + 5) / 2 / 2, by hand; the day without an actual does not count.
    assert mase(actual, point, 2.0) == 2.0


def test_pinball_loss_punishes_the_rarer_side_more() -> None:
    losses = pinball(np.array([10.0, 10.0]), np.array([[12.0, 12.0], [8.0, 8.0]]), (0.1, 0.9))

    # Koenker and Bassett (1978): level times the error above, 1 less level times that below.
    assert losses == pytest.approx(np.array([[1.8, 0.2], [0.2, 1.8]]))


@given(arrays(np.float64, 200, elements=AMOUNTS), st.sampled_from(DECILES))
def test_the_empirical_quantile_has_the_least_pinball_loss(sample: np.ndarray, level: float) -> None:  # type: ignore[type-arg]  # any shape
    best = np.quantile(sample, level, method="inverted_cdf")

    def loss(at: float) -> float:
        return float(pinball(sample, np.full((sample.size, 1), at), (level,)).mean())

    assert all(loss(best) <= loss(best + away) + 1e-6 for away in (-10.0, -1.0, 1.0, 10.0))


def test_scrps_of_a_point_forecast_is_its_absolute_error() -> None:
    # With all nine quantiles at one point, twice the mean of level or 1 less level is 1 times the error.
    quantiles = np.full((1, 9), 7.0)

    assert scrps(np.array([10.0]), quantiles, 1.0) == pytest.approx(3.0)
    assert scrps(np.array([10.0]), quantiles, 2.0) == pytest.approx(1.5)


def test_scrps_of_a_normal_forecast_is_near_its_closed_form() -> None:
    from scipy.stats import norm

    actual = np.random.default_rng(1).standard_normal(20_000)
    quantiles = np.broadcast_to(norm.ppf(DECILES), (actual.size, 9))

    # The expected pinball loss of the true quantile at a level is the density there (by parts). The CRPS, over all
    # levels, is 1 / sqrt(pi) = 0.564 (Gneiting and Raftery 2007, section 4.2); the deciles leave out the tails,
    # where the loss is small, so their mean is larger: 0.617.
    expected = 2 * np.mean([norm.pdf(norm.ppf(level)) for level in DECILES])
    assert expected == pytest.approx(0.6173, abs=1e-4)
    assert scrps(actual, quantiles, 1.0) == pytest.approx(expected, rel=0.02)
    assert scrps(actual, quantiles, 1.0) > 1 / math.sqrt(math.pi)


def test_coverage_counts_both_ends_and_leaves_out_the_unknown() -> None:
    actual = np.array([1.0, 2.0, 3.0, 4.0, math.nan])

    assert coverage(actual, np.full(5, 2.0), np.full(5, 3.0)) == 0.5


def test_nothing_known_gives_no_score() -> None:
    unknown = np.full(2, math.nan)

    assert math.isnan(mase(unknown, np.zeros(2), 1.0))
    assert math.isnan(scrps(unknown, np.zeros((2, 9)), 1.0))
    assert math.isnan(coverage(unknown, np.zeros(2), np.ones(2)))


def test_scores_of_other_days_are_refused() -> None:
    with pytest.raises(ShapeError, match=r"actual is \(2,\)"):
        mase(np.zeros(2), np.zeros(3), 1.0)
    with pytest.raises(ShapeError, match="quantiles"):
        pinball(np.zeros(2), np.zeros((2, 3)), (0.1, 0.9))
    with pytest.raises(ShapeError, match="forecast"):
        coverage(np.zeros(2), np.zeros(2), np.zeros(1))
