"""Many months' visitors shared among channels at once: the same plans as one by one, or none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from storesim.plan.drivers import moments
from storesim.plan.likely_path import likely_path
from storesim.plan.side_by_side import likely_splits

Array = NDArray[np.float64]


def alone(paths: Array, goal: float) -> Array:
    """[n_parts] one month's split by the walk along the path."""
    alive = (paths > 0).any(axis=0)
    logs = np.log(paths, out=np.full(paths.shape, np.nan), where=paths > 0)[:, :, None]
    mean, covariance = moments(logs, alive, ["uv"])
    forecast = np.where(alive[:, None], mean, 0.0)
    more = goal >= float(np.exp(mean).sum())
    bounds = {"lower": forecast} if more else {"upper": forecast}
    return likely_path(mean, covariance, goal, identity=1, **bounds).totals


def made_paths(seed: int, n_paths: int, n_parts: int, spread: float) -> Array:
    """[n_paths, 6, n_parts] channels with a level in common, some of them closed in some months."""
    rng = np.random.default_rng(seed)
    sizes = np.exp(rng.normal(6.0, 1.0, (6, n_parts)))
    level = spread * rng.standard_normal((n_paths, 6, 1)) * rng.uniform(-0.2, 1.0, n_parts)
    paths = np.floor(sizes * np.exp(level + spread * rng.standard_normal((n_paths, 6, n_parts))))
    return np.asarray(paths * (rng.random((6, n_parts)) < 0.85))


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    n_paths=st.integers(2, 60),
    n_parts=st.integers(1, 6),
    spread=st.floats(0.0, 0.8),
    reach=st.floats(0.0, 3.0),
)
def test_splits_found_at_once_are_those_of_the_walk(
    seed: int, n_paths: int, n_parts: int, spread: float, reach: float
) -> None:
    paths = made_paths(seed, n_paths, n_parts, spread)
    rng = np.random.default_rng(seed)
    goals = np.floor(paths.sum(axis=2).mean(axis=0) * np.exp(rng.uniform(-reach, reach, 6)))

    parts, found = likely_splits(paths, goals)

    assert not found[goals == 0].any()
    for month in np.flatnonzero(found):
        assert parts[month] == pytest.approx(alone(paths[:, month], float(goals[month])), rel=1e-9)
        assert parts[month].sum() == pytest.approx(goals[month], rel=1e-11)
        assert not parts[month, ~paths[:, month].any(axis=0)].any()


def test_ordinary_months_are_all_found() -> None:
    paths = made_paths(3, 200, 3, 0.2)
    paths = paths[:, paths.any(axis=0).all(axis=1)]

    _, found = likely_splits(paths, 1.3 * paths.sum(axis=2).mean(axis=0))

    assert paths.shape[1] > 2
    assert found.all()


def test_a_channel_that_would_be_asked_for_less_is_left_to_the_walk() -> None:
    rng = np.random.default_rng(1)
    swing = 0.4 * rng.standard_normal((200, 1))
    # The second falls where the first, by far the larger, rises.
    paths = np.exp(np.concatenate([9.0 + swing, 5.0 - swing + 0.01 * rng.standard_normal((200, 1))], axis=1))[:, None]

    _, found = likely_splits(paths, np.array([1.3 * paths.sum(axis=2).mean()]))

    assert not found.any()
