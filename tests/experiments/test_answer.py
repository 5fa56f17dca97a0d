"""What runs around the best settings say of a history."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import multivariate_t

from storesim.experiments.answer import Answer, answer_of, carried, n_cloud, tried_out

Array = NDArray[np.float64]

SLOPES = np.array([[1.0, 0.2, 0.0], [-0.5, 0.8, 0.3]])
GROWTH = np.array([[0.8, 0.0, 0.0], [0.0, 0.0, -0.5]])


def runs(n: int, luck: np.random.Generator, growth: Array = GROWTH) -> tuple[Array, Array]:
    """Points [n, 2], and one run [n, 3] at each: a quadratic answer with luck that grows."""
    unit = luck.random((n, 2))
    together = np.array([[1.0, 0.6, 0.0], [0.6, 1.0, 0.0], [0.0, 0.0, 1.0]])
    shaken = luck.multivariate_normal(np.zeros(3), 0.2**2 * together, n) * np.exp((unit - 0.5) @ growth)
    return unit, unit @ SLOPES + 0.3 * unit[:, :1] ** 2 + shaken


def test_an_answer_finds_the_function_and_the_luck() -> None:
    unit, values = runs(20_000, np.random.default_rng(1))

    found = answer_of(unit, values, GROWTH)

    told = found.told(np.array([[0.2, 0.9], [0.5, 0.5]]))
    # Standard errors are some 0.2 · √(6 / 20,000) = 0.003 in the middle; the luck's is 0.5 %.
    assert told.means[0] == pytest.approx(np.array([0.2, 0.9]) @ SLOPES + 0.3 * 0.04, abs=0.015)
    assert found.luck == pytest.approx(0.2 * np.exp((found.centre - 0.5) @ GROWTH), rel=0.03)
    assert np.exp(told.grown[0]) == pytest.approx(np.exp(([0.2, 0.9] - found.centre) @ GROWTH))
    assert told.wider == pytest.approx([1.0, 1.0], abs=0.005)


def test_the_law_of_a_history_is_students() -> None:
    unit, values = runs(40, np.random.default_rng(2))
    found = answer_of(unit, values, np.zeros((2, 3)))
    points, seen = np.array([[0.3, 0.3], [0.7, 0.1]]), np.array([0.2, 0.3, 0.1])

    told = found.told(points)
    heights = found.log_likelihood(told, seen)

    # 40 runs less 6 terms; of 3 figures the law has 34 - 3 + 1 degrees of freedom (Box and Tiao, 8.4.30).
    luck = np.linalg.inv(found.whitened.T @ found.whitened) * 34 / 32
    laws = [multivariate_t(mean, luck * wider, df=32) for mean, wider in zip(told.means, told.wider, strict=True)]
    assert heights[0] - heights[1] == pytest.approx(laws[0].logpdf(seen) - laws[1].logpdf(seen))


def test_far_from_the_runs_the_law_is_wide() -> None:
    luck = np.random.default_rng(3)
    unit = 0.4 + 0.2 * luck.random((60, 2))

    found = answer_of(unit, unit @ SLOPES + luck.normal(0, 0.1, (60, 3)), np.zeros((2, 3)))

    assert (np.diff(found.told(np.array([[0.5, 0.5], [0.2, 0.5], [0.0, 1.0]])).wider) > 0.5).all()


def test_ranges_of_a_right_law_hold_as_they_are() -> None:
    luck = np.random.default_rng(4)
    unit, values = runs(600, luck)

    stretch, holds = tried_out(unit, values, GROWTH, luck.random((1500, 2)), 0.9)

    # Three standard errors of 1,200 trials, of which the two of a run hang together.
    assert holds == pytest.approx(0.9, abs=0.035)
    assert (stretch < 1.12).all()


def test_ranges_of_a_law_that_is_wrong_are_stretched() -> None:
    luck = np.random.default_rng(5)
    unit, values = runs(600, luck, 5 * GROWTH)

    stretch, holds = tried_out(unit, values, -5 * GROWTH, luck.random((1500, 2)), 0.9)

    assert holds < 0.8
    assert (stretch > 1.15).all()


def test_luck_that_lasts_is_carried_on() -> None:
    luck = np.random.default_rng(7)
    unit, values = runs(4000, luck, 0 * GROWTH)
    shaken = values - unit @ SLOPES - 0.3 * unit[:, :1] ** 2
    # Half of the luck of the first moment lasts, that of the others does not; settings move later days as well.
    later = (unit @ SLOPES[:, 0] + 0.5 * shaken[:, 0] + luck.normal(0, 0.1, 4000))[:, np.newaxis]
    found = answer_of(unit, values, 0 * GROWTH)

    goes_on = carried(found, unit, values, later)

    told = found.told(np.array([[0.3, 0.6]]))
    moved = found.in_luck(told, np.array([[0.2, 0.0, 0.1]])) @ goes_on
    # Its standard error is 0.1 / (0.2 √4,000) a unit of luck.
    assert moved[0, 0] == pytest.approx(0.5 * 0.2, abs=0.02)


def test_the_nearest_point_is_the_true_one_where_there_is_no_luck() -> None:
    unit = np.random.default_rng(6).random((n_cloud(2, 3), 2))
    found: Answer = answer_of(unit, unit @ SLOPES, np.zeros((2, 3)))

    assert found.nearest(np.array([0.5, 0.5]), np.array([0.3, 0.8]) @ SLOPES) == pytest.approx([0.3, 0.8], abs=1e-4)
