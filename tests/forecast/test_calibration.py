"""Bands are honest: on made shops whose truth is known, of days and of totals alike."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.forecast.methods import forecaster
from storesim.forecast.predict import predict
from storesim.results.history import History
from tests.forecast.made_histories import MONDAY, made_counts, panel_of, wandering

Array = NDArray[np.float64]

KINDS = ((0.9, 0.05), (0.97, 0.03), (1.0, 0.015), (1.0, 0.03))
"""What is left of the level a day later, and the standard deviation of its step: levels that return, and do not."""

N_SHOPS = 100


@pytest.mark.parametrize(("n_days", "horizon"), [(42, 28), (180, 28), (180, 90)])
def test_four_in_five_days_and_totals_fall_in_their_band(n_days: int, horizon: int) -> None:
    hits_of_days, hits_of_totals = [], []
    for kind in KINDS:
        values = levels(kind, n_days + horizon)
        paths = forecaster("storesim").fit(panel_of(values[:, :n_days])).predict(horizon, 400, seed=1)
        came = values[:, n_days:].T
        hits_of_days.append(_within(paths, came).mean(axis=0))
        hits_of_totals.append(_within(np.exp(paths).sum(axis=1), np.exp(came).sum(axis=0)))

    # Shops are separate, so the standard error over 400 of them is at most 0.4 / 20 = 0.02. METHODS asks for 80 +- 5 %
    # over all kinds, to which two standard errors are added.
    assert np.mean(hits_of_days) == pytest.approx(0.8, abs=0.05 + 0.04)
    assert np.mean(hits_of_totals) == pytest.approx(0.8, abs=0.05 + 0.04)
    # No kind by itself is far out; a level that never returns is the hardest to know from few days.
    assert min(np.mean(hits) for hits in hits_of_totals) > 0.6


def test_bands_of_a_month_grow_slower_than_those_of_its_days_added_up() -> None:
    outlook = predict(History(MONDAY, made_counts(150)), 28)

    low, high = (np.quantile(outlook.daily("gmv"), level, axis=0).sum() for level in (0.1, 0.9))
    total_low, total_high = np.quantile(outlook.total("gmv"), [0.1, 0.9])

    assert total_high - total_low < 0.9 * (high - low)


def test_the_own_method_is_better_than_the_last_week_again() -> None:
    losses: dict[str, list[float]] = {"storesim": [], "seasonal_naive": []}
    for shop in range(20):
        values = wandering(148, seed=2000 + shop)
        for name, lost in losses.items():
            paths = forecaster(name).fit(panel_of(values[:, :120])).predict(28, 200, seed=shop)[..., 0]
            lost.append(float(np.abs(np.median(paths, axis=0) - values[0, 120:]).mean()))

    apart = np.array(losses["seasonal_naive"]) - np.array(losses["storesim"])

    # Paired over shops: better by more than two standard errors.
    assert apart.mean() > 2 * apart.std() / np.sqrt(len(apart))


def levels(kind: tuple[float, float], n_days: int) -> Array:
    """[N_SHOPS, n_days] logarithms: a level of this kind, a weekly pattern, and noise of days."""
    kept, step = kind
    rng = np.random.default_rng([int(1000 * kept), int(1000 * step), n_days])
    level = np.zeros((N_SHOPS, n_days))
    for day in range(1, n_days):
        level[:, day] = kept * level[:, day - 1] + step * rng.standard_normal(N_SHOPS)
    weekly = rng.normal(0.0, 0.2, (N_SHOPS, 7))[:, np.arange(n_days) % 7]
    return 6.0 + level + weekly + 0.1 * rng.standard_normal((N_SHOPS, n_days))


def _within(paths: Array, came: Array) -> NDArray[np.bool_]:
    low, high = np.quantile(paths, [0.1, 0.9], axis=0)
    return np.asarray((came >= low) & (came <= high))
