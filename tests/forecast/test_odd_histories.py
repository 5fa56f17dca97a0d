"""Histories nobody would make on purpose: whatever comes in, paths or a sentence come out."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from storesim.errors import ForecastError
from storesim.forecast.days import FORETOLD
from storesim.forecast.predict import predict
from storesim.results.history import History
from tests.forecast.made_histories import MONDAY

Array = NDArray[np.float64]

ODD = ("as it is", "constant", "half unknown", "late", "closed on Wednesdays", "ended", "wild", "hardly known", "tiny")


def odd_column(kind: str, n_days: int, rng: np.random.Generator) -> Array:
    """Counts of some size, with one thing wrong with them."""
    values = rng.poisson(10.0 ** rng.uniform(-2.0, 5.0), n_days).astype(np.float64)
    match kind:
        case "constant":
            values[:] = 5.0
        case "half unknown":
            values[rng.random(n_days) < 0.5] = np.nan
        case "late":
            values[: n_days // 2] = 0.0
        case "closed on Wednesdays":
            values[np.arange(n_days) % 7 == 2] = 0.0
        case "ended":
            values[-n_days // 4 :] = 0.0
        case "wild":
            values *= np.exp(2.0 * rng.standard_normal(n_days))
        case "hardly known":
            values[rng.random(n_days) < 0.97] = np.nan
        case "tiny":
            values *= 1e-6
    return values


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(FORETOLD), st.sampled_from(ODD)), min_size=1, max_size=5, unique_by=lambda c: c[0]
    ),
    st.sampled_from([1, 2, 3, 13, 14, 15, 21, 30, 60, 140, 560]),
    st.sampled_from([1, 6, 28, 200]),
    st.integers(0, 10_000),
)
def test_any_history_gives_finite_paths_or_a_sentence(
    columns: list[tuple[str, str]], n_days: int, horizon: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    history = History(
        MONDAY + dt.timedelta(days=seed % 7), {name: odd_column(kind, n_days, rng) for name, kind in columns}, "odd"
    )

    found = outcome(history, horizon, seed)

    if isinstance(found, str):
        assert found.endswith(".")
        assert any(word in found for word in ("Give", "give", "Leave"))
    else:
        assert found.shape == (7, horizon, 1, len(columns))
        assert np.isfinite(found).all()


def outcome(history: History, horizon: int, seed: int) -> Array | str:
    """Seven paths, or why there are none."""
    try:
        return predict(history, horizon, n_paths=7, seed=seed).paths
    except ForecastError as refused:
        return str(refused)


def test_a_day_a_week_is_enough_for_a_spread() -> None:
    # One Monday figure a week for a year: the spread is that of Mondays, not none.
    values = np.full(364, np.nan)
    values[::7] = 1000.0 * np.exp(0.2 * np.random.default_rng(3).standard_normal(52))

    outlook = predict(History(MONDAY, {"gmv": values}), 28)

    spread = np.log(outlook.daily("gmv")).std(axis=0)
    assert spread.mean() == pytest.approx(0.2, rel=0.6)


def test_too_few_days_on_which_something_happens_are_refused() -> None:
    values = np.zeros(60)
    values[40] = 3000.0

    with pytest.raises(ForecastError, match=r"(no weekday is known to be open|needs at least 3 days)"):
        predict(History(MONDAY, {"gmv": values}), 7)
