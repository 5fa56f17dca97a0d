"""Random numbers for paths."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.forecast.luck import below, normal_quantile, normals, uniforms

GOLDEN = [0.27421514115723616, 0.6975455309984961, 0.3441070051457424]


def test_uniform_numbers_are_the_same_everywhere() -> None:
    # Golden: seed 7, purpose "test", as first made; Philox bits keyed by SHA-256, which no library may move.
    made = uniforms(7, "test", (3,))

    assert made.tolist() == GOLDEN


def test_seed_and_purpose_each_make_other_numbers() -> None:
    made = {uniforms(seed, purpose, (4,)).tobytes() for seed in (1, 2) for purpose in ("level", "noise")}

    assert len(made) == 4


def test_uniform_numbers_are_even_and_reach_no_end() -> None:
    made = uniforms(0, "even", (40_000,))

    # Standard error of a mean of 40,000 is 1 / sqrt(12 * 40,000) = 0.00144; four of them.
    assert abs(made.mean() - 0.5) < 4 * 0.00144
    assert 0.0 < made.min() < made.max() < 1.0


def test_whole_numbers_are_all_drawn_and_none_beyond() -> None:
    drawn = below(3, "whole", 5, (2000,))

    counted = np.bincount(drawn, minlength=5)
    assert len(counted) == 5
    # Binomial(2000, 0.2): standard deviation 17.9; five of them.
    assert np.abs(counted - 400).max() < 90


def test_the_normal_quantile_is_that_of_scipy() -> None:
    from scipy.stats import norm

    share = np.concatenate([np.geomspace(1e-300, 0.5, 500), 1 - np.geomspace(1e-15, 0.5, 500)])

    assert normal_quantile(share) == pytest.approx(norm.ppf(share), rel=1e-12, abs=1e-13)


def test_normal_numbers_come_in_pairs_of_opposite_sign() -> None:
    drawn = normals(1, "pairs", (1000, 3))

    assert np.array_equal(drawn[:500], -drawn[500:])
    assert drawn.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * 1500))
