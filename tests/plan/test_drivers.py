"""Mean and covariance of the drivers, taken from paths with care."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from storesim.plan.drivers import drivers_of, moments
from storesim.plan.periods import year_outlook
from tests.plan.made_outlooks import COUNTS, made_outlook


def test_drivers_multiply_to_the_gmv_of_each_month() -> None:
    outlook = made_outlook(n_paths=400)
    year = year_outlook(outlook, 2027)
    assert year is not None

    drivers = drivers_of(year)

    assert drivers.names == ("uv", "cvr", "aov", "depth")
    assert drivers.chain == ("uv", "buyers", "gmv")
    product = drivers.mean[:, :3].sum(axis=1)
    assert product == pytest.approx(np.log(year.monthly("gmv")).mean(axis=0), abs=0.02)


def test_moments_find_the_correlation_that_was_drawn() -> None:
    rng = np.random.default_rng(2)
    true = np.array([[0.04, 0.012], [0.012, 0.01]])
    logs = rng.multivariate_normal([1.0, 2.0], true, 5000)[:, :, None]

    mean, covariance = moments(logs, np.array([True, True]), ["uv"])

    # Standard errors: spread / √5000; of a covariance about √(s11 s22 + s12²) / √5000.
    assert np.abs(mean[:, 0] - [1.0, 2.0]).max() < 4 * 0.2 / np.sqrt(5000)
    assert abs(covariance[0, 1] - 0.012) < 4 * np.sqrt(0.0004 + 0.000144) / np.sqrt(5000)
    assert covariance.diagonal() == pytest.approx(true.diagonal(), rel=4 * np.sqrt(2 / 5000))


def test_correlations_seen_in_few_paths_by_luck_alone_are_mostly_set_aside() -> None:
    logs = np.random.default_rng(8).standard_normal((20, 36, 1))

    _, covariance = moments(logs, np.full(36, True), ["uv"])

    spread = np.sqrt(covariance.diagonal())
    correlation = covariance / np.outer(spread, spread)
    luck = np.corrcoef(logs[:, :, 0].T)
    off = ~np.eye(36, dtype=bool)
    assert np.abs(correlation[off]).mean() < 0.25 * np.abs(luck[off]).mean()
    assert np.linalg.eigvalsh(covariance).min() > 0


def test_one_wild_path_does_not_move_the_forecast() -> None:
    logs = np.random.default_rng(8).normal(0.0, 0.1, (200, 3, 1))
    wild = logs.copy()
    wild[0] = 9.0

    calm, moved = (moments(values, np.full(3, True), ["uv"])[0] for values in (logs, wild))

    assert np.abs(calm - moved).max() < 0.005


def test_a_path_without_a_buyer_counts_as_half_a_buyer() -> None:
    outlook = made_outlook(n_paths=50)
    paths = outlook.paths.copy()
    for name in ("buyers", "orders", "gmv"):
        paths[0, :31, :, COUNTS.index(name)] = 0.0
    year = year_outlook(replace(outlook, paths=paths), 2027)
    assert year is not None

    drivers = drivers_of(year)

    assert np.isfinite(drivers.mean).all()
    assert np.isfinite(drivers.covariance).all()
