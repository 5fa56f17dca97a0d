"""Reviews, chats and the score among rivals (MODEL section 10)."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from storesim.engine.day import ASK, DUE_BAD, DUE_GOOD, DUE_REVIEWS, DUE_STARS, N_DUE, PATIENCE_HOURS, SERVICE_HOURS
from storesim.model.fulfilment import Parcels
from storesim.model.service import Service, rank_rate, read_desk
from tests.model.small import morning, scenario

NO_PARCELS = Parcels(*[0.0] * 8)


def _service(**changes: object) -> Service:
    return Service((read_desk(scenario({"operations.service": changes or {"agents": 1}})),) * 3, 0.05)


def _due(reviews: float, good: float) -> np.ndarray:
    due = np.zeros(N_DUE)
    due[[DUE_REVIEWS, DUE_GOOD, DUE_BAD, DUE_STARS]] = reviews, good, 0.0, 5.0 * good
    return due


def test_a_store_like_the_median_rival_and_one_nobody_judged_stand_in_the_middle() -> None:
    median = np.array([1_000.0, 50.0, 1_000.0, 30.0, 1_000.0, 900.0])

    assert rank_rate(np.zeros(6), 0.05) == pytest.approx(0.5, abs=1e-12)
    assert rank_rate(median, 0.05) == pytest.approx(0.5, abs=1e-9)


def test_the_score_is_the_normal_law_of_weighted_spreads() -> None:
    # 80 reviews, 1 not good, with a prior of 20 at 5 %; parcels and chats as the median rival's.
    window = np.array([80.0, 1.0, 0.0, 0.0, 0.0, 0.0])

    spreads = (0.05 - (1.0 + 20 * 0.05) / 100.0) / 0.025

    assert rank_rate(window, 0.05) == pytest.approx(norm.cdf(0.5 * spreads / np.sqrt(0.5**2 + 2 * 0.25**2)), abs=1e-12)


@pytest.mark.parametrize(("place", "step"), [(1, 40.0), (3, 40.0), (5, -40.0)])
def test_bad_reviews_late_parcels_and_slow_answers_each_lower_the_score(place: int, step: float) -> None:
    before = np.array([1_000.0, 50.0, 1_000.0, 30.0, 1_000.0, 900.0])
    after = before.copy()
    after[place] += step

    assert rank_rate(after, 0.05) < rank_rate(before, 0.05) - 0.01


def test_one_disaster_counts_for_three_spreads_at_most() -> None:
    bad, worse = (np.array([1e6, share * 1e6, 0.0, 0.0, 0.0, 0.0]) for share in (0.2, 0.9))

    assert rank_rate(bad, 0.05) == rank_rate(worse, 0.05)


def test_the_score_looks_back_thirty_days_and_the_count_of_good_reviews_for_ever() -> None:
    service = _service()
    for day in range(31):
        service.close(day, _due(10.0, 0.0) if day == 0 else _due(1.0, 1.0), NO_PARCELS, 0.0, 0.0)
        if day == 29:
            remembered = service.score

    # Day 30 drops the ten bad reviews of day 0.
    assert remembered < 0.5 < service.score
    assert (service.reviews, service.good) == (40.0, 30.0)
    assert service.good_rate == 0.75


def test_the_desk_is_read_in_hours_and_nobody_gives_up_without_patience() -> None:
    service, today = _service(agents=3, minutes=6, patience=None, asks=0.2), morning()

    service.open(today)

    assert service.agents(0) == 3
    assert today.plan.scalars[[ASK, SERVICE_HOURS, PATIENCE_HOURS]].tolist() == [0.2, 0.1, np.inf]
