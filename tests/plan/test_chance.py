"""Chances are shares of paths; beyond the paths a log-normal tail speaks, and never louder than they do."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, strategies as st

from storesim.plan.chance import Chance, chance, in_words, reached_with


def test_a_chance_is_the_share_of_the_paths_that_reach_the_goal() -> None:
    outcomes = np.array([90.0, 100.0, 110.0, 120.0])

    assert chance(outcomes, 100.0) == Chance(0.75, 4, 3, True)
    assert chance(outcomes, 100.01).value == 0.5


def test_a_path_that_meets_the_goal_but_for_the_last_bit_has_met_it() -> None:
    assert chance(np.array([0.1 + 0.2, 0.2]), 0.3).value == 0.5
    assert chance(np.array([0.3, 0.2]), 0.1 + 0.2).value == 0.5


def test_a_goal_beyond_every_path_has_the_log_normal_tail() -> None:
    outcomes = np.exp(np.random.default_rng(5).normal(0.0, 0.1, 400))
    logs = np.log(outcomes)
    goal = float(np.exp(logs.mean() + 4.0 * logs.std(ddof=1)))

    found = chance(outcomes, goal)

    assert not found.counted
    # P(Z ≥ 4) = 3.167e-5, the upper tail of the standard normal.
    assert found.value == pytest.approx(3.167e-5, rel=1e-3)
    assert found.one_in == pytest.approx(31_574, rel=1e-3)
    assert in_words(found, "en") == "about 1 in 32,000"
    assert in_words(found, "zh") == "约 32,000 分之一"


def test_a_tail_never_says_more_than_half_a_path() -> None:
    # Heavier than log-normal: the fitted tail alone would give this goal far more than 1 in 100.
    outcomes = np.append(np.full(50, 50.0), np.full(50, 100.0))

    assert chance(outcomes, 100.1).value <= 0.5 / 100
    assert chance(outcomes, 49.9).value >= 1.0 - 0.5 / 100


@given(
    outcomes=st.lists(st.floats(0.0, 1e9), min_size=2, max_size=40),
    goals=st.lists(st.floats(0.01, 1e9), min_size=2, max_size=10),
)
def test_a_chance_never_rises_with_the_goal(outcomes: list[float], goals: list[float]) -> None:
    found = [chance(np.array(outcomes), goal).value for goal in sorted(goals)]

    assert all(0.0 <= value <= 1.0 for value in found)
    assert all(later <= earlier + 1e-12 for earlier, later in pairwise(found))


def test_a_ratio_of_nothing_does_not_reach_its_goal() -> None:
    assert chance(np.array([math.nan, 0.03, 0.01, 0.03]), 0.02).value == 0.5


def test_one_path_or_no_goal_knows_no_chance() -> None:
    assert math.isnan(chance(np.array([5.0]), 1.0).value)
    assert math.isnan(chance(np.array([5.0, 6.0]), math.nan).value)
    assert in_words(chance(np.array([5.0]), 1.0), "en") == "–"


def test_paths_that_all_agree_leave_no_doubt_beyond_their_number() -> None:
    assert chance(np.full(200, 7.0), 8.0).value == 0.0
    assert chance(np.full(200, 7.0), 7.0).value >= 1.0 - 0.5 / 200
    assert chance(np.zeros(10), 1.0).value == 0.0


@pytest.mark.parametrize(
    ("value", "counted", "en", "zh"),
    [
        (0.62, True, "62%", "62%"),
        (0.625, True, "63%", "63%"),
        (0.995, True, "over 99%", "99% 以上"),
        (0.999, False, "over 99%", "99% 以上"),
        (0.0025, False, "about 1 in 400", "约 400 分之一"),
        (3.2e-5, False, "about 1 in 31,000", "约 31,000 分之一"),
        (1e-9, False, "less than 1 in a million", "不到百万分之一"),
    ],
)
def test_a_chance_is_told_in_words(value: float, counted: bool, en: str, zh: str) -> None:
    found = Chance(value, 200, 0, counted)

    assert in_words(found, "en") == en
    assert in_words(found, "zh") == zh


def test_what_is_reached_with_a_chance_is_reached_by_that_share_of_the_paths() -> None:
    outcomes = np.random.default_rng(3).lognormal(10.0, 0.3, 1000)

    for probability in (0.5, 0.8, 0.9):
        assert np.mean(outcomes >= reached_with(outcomes, probability)) == pytest.approx(probability, abs=0.001)
