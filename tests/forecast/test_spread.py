"""The law of errors, learned from errors whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.forecast.methods.spread import Spread, learn

Array = NDArray[np.float64]


def errors_of(
    n_origins: int = 2000, n_ahead: int = 70, *, level: float = 0.05, noise: float = 0.2, n_series: int = 1
) -> Array:
    """Errors of separate origins: a random walk of the level from the origin on, and noise of days."""
    rng = np.random.default_rng(11)
    walk = np.cumsum(level * rng.standard_normal((n_origins, n_ahead, n_series)), axis=1)
    return walk + noise * rng.standard_normal((n_origins, n_ahead, n_series))


def flat(horizon: int, n_series: int = 1) -> Array:
    """The same level foretold on every day, so that paths are errors."""
    return np.zeros((horizon, n_series))


def law(errors: Array, step: int) -> Spread:
    """What is learned from errors whose first origin is a Monday."""
    return learn(errors, step, step * np.arange(len(errors)) % 7, 1000)


def test_days_and_totals_are_as_wide_as_those_learned_from() -> None:
    known = errors_of()

    drawn = law(known, step=7).draw(flat(70), 8000, 3, 0)

    # A power of the horizon stands for a line with an offset, two numbers for all correlations, and days are drawn in
    # by 8 %: within a sixth.
    assert drawn.std(axis=0)[3:, 0] == pytest.approx(known.std(axis=0)[3:, 0], rel=0.16)
    for last in (7, 28, 70):
        assert drawn[:, :last].mean(axis=1).std() == pytest.approx(known[:, :last].mean(axis=1).std(), rel=0.16)


def test_noise_alone_makes_totals_narrow() -> None:
    drawn = law(errors_of(level=0.0), step=7).draw(flat(70), 8000, 3, 0)

    # The mean of 70 separate days: 0.2 / sqrt(70) = 0.0239.
    assert drawn.mean(axis=1).std() == pytest.approx(0.0239, rel=0.25)


def test_the_spread_never_shrinks_with_the_horizon() -> None:
    spread = law(errors_of(12, 28), step=7)

    sizes = spread.draw(flat(280), 4000, 0, 0).std(axis=0)[:, 0]

    # Standard error of a standard deviation of 4,000: 1.1 %; four weeks apart, five of them.
    assert (sizes[28:] > 0.945 * sizes[:-28]).all()


def test_series_that_erred_together_err_together() -> None:
    one = errors_of(600, 35)
    both = np.concatenate([one, -one], axis=2)

    drawn = law(both, step=7).draw(flat(28), 4000, 1, 0).mean(axis=1)

    assert np.corrcoef(drawn.T)[0, 1] < -0.85


def test_unknown_and_closed_days_leave_the_scale_as_it_is() -> None:
    known = errors_of(800, 35)
    gaps = known.copy()
    gaps[:, 5::7] = np.nan
    gaps[:40, :9] = np.nan

    whole, holed = (law(errors, step=7).draw(flat(28), 4000, 1, 0).std() for errors in (known, gaps))

    assert holed == pytest.approx(whole, rel=0.05)


def test_few_origins_still_give_a_spread_that_grows() -> None:
    spread = law(errors_of(3, 7), step=1)

    assert np.isfinite(spread.draw(flat(60), 50, 0, 0)).all()
    # One week of errors tells nothing of growth: what is usual, a power of 0.6 of the level's part, rules.
    first, tenth = spread.variance(np.array([1.0, 10.0]))[:, 0]
    assert 0 < first < tenth < 10 * first


def test_forecasts_without_error_have_no_spread() -> None:
    drawn = law(np.zeros((10, 14, 2)), step=3).draw(flat(20), 5, 0, 0)

    assert drawn == pytest.approx(np.zeros((5, 20, 2)), abs=1e-12)


def test_one_wild_week_does_not_set_the_spread() -> None:
    known = errors_of(100, 35)
    wild = known.copy()
    wild[50, 7:14] += 30.0

    usual, after = (float(law(errors, step=7).variance(np.ones(1))[0, 0]) for errors in (known, wild))

    assert after < 1.5 * usual


def test_a_weekday_that_errs_more_has_wider_days_to_come() -> None:
    known = errors_of(400, 28, level=0.0)
    saturday = (7 * np.arange(400)[:, np.newaxis] + np.arange(28)) % 7 == 5
    known[saturday] *= 3.0

    sizes = law(known, step=7).draw(flat(28), 4000, 0, 0).std(axis=0)[:, 0]

    # Day errors are learned about their week's mean, so that a wild Saturday lends a seventh to its neighbours.
    assert (sizes[5::7] > 2.0 * sizes[0::7]).all()
    assert sizes[5::7] == pytest.approx(np.full(4, 0.6 * 6 / 7), rel=0.2)
