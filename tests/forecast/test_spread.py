"""The law of errors, learned from errors whose law is known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.forecast.methods.spread import learn

Array = NDArray[np.float64]


def errors_of(
    n_origins: int = 2000, n_ahead: int = 70, *, level: float = 0.05, noise: float = 0.2, n_series: int = 1
) -> Array:
    """Errors of separate origins: a random walk of the level from the origin on, and noise of days."""
    rng = np.random.default_rng(11)
    walk = np.cumsum(level * rng.standard_normal((n_origins, n_ahead, n_series)), axis=1)
    return walk + noise * rng.standard_normal((n_origins, n_ahead, n_series))


def test_days_and_totals_are_as_wide_as_those_learned_from() -> None:
    known = errors_of()

    drawn = learn(known, step=7).draw(70, 8000, seed=3)

    # A power of the horizon stands for a line with an offset, and two numbers for all correlations: within a tenth.
    assert drawn.std(axis=0)[3:, 0] == pytest.approx(known.std(axis=0)[3:, 0], rel=0.12)
    for last in (7, 28, 70):
        assert drawn[:, :last].mean(axis=1).std() == pytest.approx(known[:, :last].mean(axis=1).std(), rel=0.12)


def test_noise_alone_makes_totals_narrow() -> None:
    drawn = learn(errors_of(level=0.0), step=7).draw(70, 8000, seed=3)

    # The mean of 70 separate days: 0.2 / sqrt(70) = 0.0239.
    assert drawn.mean(axis=1).std() == pytest.approx(0.0239, rel=0.25)


def test_the_spread_never_shrinks_with_the_horizon() -> None:
    spread = learn(errors_of(12, 28), step=7)

    sizes = spread.draw(280, 4000, seed=0).std(axis=0)[:, 0]

    assert (spread.growth >= 0).all()
    # Standard error of a standard deviation of 4,000: 1.1 %; four weeks apart, five of them.
    assert (sizes[28:] > 0.945 * sizes[:-28]).all()


def test_series_that_erred_together_err_together() -> None:
    one = errors_of(600, 35)
    both = np.concatenate([one, -one], axis=2)

    drawn = learn(both, step=7).draw(28, 4000, seed=1).mean(axis=1)

    assert np.corrcoef(drawn.T)[0, 1] < -0.85


def test_unknown_and_closed_days_leave_the_scale_as_it_is() -> None:
    known = errors_of(800, 35)
    gaps = known.copy()
    gaps[:, 5::7] = np.nan
    gaps[:40, :9] = np.nan

    whole, holed = (learn(errors, step=7).draw(28, 4000, seed=1).std() for errors in (known, gaps))

    assert holed == pytest.approx(whole, rel=0.05)


def test_few_origins_still_give_a_spread_that_grows() -> None:
    spread = learn(errors_of(3, 7), step=1)

    assert np.isfinite(spread.draw(60, 50, seed=0)).all()
    # One week of errors tells nothing of growth: what is usual rules.
    assert 0.3 < spread.growth[0] < 1.0
    assert spread.first_week[0] > 0


def test_forecasts_without_error_have_no_spread() -> None:
    drawn = learn(np.zeros((10, 14, 2)), step=3).draw(20, 5, seed=0)

    assert drawn == pytest.approx(np.zeros((5, 20, 2)), abs=1e-12)


def test_one_wild_week_does_not_set_the_spread() -> None:
    known = errors_of(100, 35)
    wild = known.copy()
    wild[50, 7:14] += 30.0

    usual, after = (float(learn(errors, step=7).first_week[0]) for errors in (known, wild))

    assert after < 1.5 * usual
