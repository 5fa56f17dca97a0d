"""Thousands of wild questions: every one is answered exactly, or refused because it truly has no answer."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.plan.likely_path import Unreachable
from tests.plan.kkt import Question, kkt_residuals, sound_covariance

CASES = 2_500


def hard_case(seed: int) -> Question:
    """A random question: 1 to 12 periods, 1 to 4 drivers, correlated or not, near or far, with caps and floors."""
    rng = np.random.default_rng([seed, 2027])
    n_periods, n_drivers = int(rng.integers(1, 13)), int(rng.integers(1, 5))
    identity = int(rng.integers(1, n_drivers + 1))
    spread = rng.choice([0.05, 0.2, 0.6]) * np.exp(rng.normal(0.0, 0.7, n_periods * n_drivers))
    common = float(rng.choice([0.0, 1.0, 4.0]))
    covariance = sound_covariance(rng, n_periods * n_drivers, spread, common=common)
    if rng.random() < 0.25:
        covariance = np.diag(spread**2)
    mean = rng.normal(0.0, rng.choice([0.2, 1.5]), (n_periods, n_drivers))
    if n_periods > 2 and rng.random() < 0.3:
        mean[: int(rng.integers(1, n_periods - 1))] = -np.inf
    own = np.sqrt(np.diag(covariance)).reshape(mean.shape)
    lower = mean - own * rng.exponential(3.0, mean.shape) if rng.random() < 0.4 else None
    upper = mean + own * rng.exponential(3.0, mean.shape) if rng.random() < 0.6 else None
    forecast = float(np.exp(mean[:, :identity].sum(axis=1)).sum())
    target = forecast * float(np.exp(rng.normal(0.2, rng.choice([0.1, 0.8, 2.0]))))
    return Question(mean, covariance, target, lower, upper, identity)


def test_every_hard_target_is_met_exactly_or_out_of_reach_of_the_caps() -> None:
    reserve, refused = [], 0
    for seed in range(CASES):
        question = hard_case(seed)
        if not question.least * (1 + 1e-6) < question.target < question.most * (1 - 1e-6):
            with pytest.raises(Unreachable):
                question.solve()
            refused += 1
            continue

        found = question.solve()

        assert found.totals.sum() == pytest.approx(question.target, rel=1e-8), seed
        alive = ~np.isneginf(question.mean).any(axis=1)
        for bound, side in ((question.upper, 1.0), (question.lower, -1.0)):
            assert bound is None or (side * (found.logs[alive] - bound[alive]) < 1e-8).all(), seed
        if found.found != "path":
            reserve.append(seed)
            continue
        free, caps, floors = kkt_residuals(question, found)
        assert free.size == 0 or np.abs(free).max() < 1e-6, seed
        assert (caps > -1e-6).all() and (floors < 1e-6).all(), seed  # noqa: PT018

    assert reserve == []
    assert 100 < refused < CASES / 2
