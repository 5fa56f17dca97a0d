"""The same questions to every forecasting method in the table, through the panel and through `predict`."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.errors import ForecastError
from storesim.forecast.methods import METHODS, forecaster
from storesim.forecast.methods.base import WEEK, Panel
from storesim.forecast.predict import predict
from storesim.results.history import History

Array = NDArray[np.float64]

MONDAY = dt.date(2027, 1, 4)
EVERY = pytest.mark.parametrize("name", METHODS)


def history(n_days: int, *, closed: tuple[int, ...] = ()) -> History:
    """Visitors, buyers and GMV with a weekly pattern; nothing on the closed weekdays, Monday 0."""
    rng = np.random.default_rng(n_days)
    day = np.arange(n_days)
    is_open = ~np.isin(day % WEEK, closed)
    uv = np.round(np.where(is_open, (400 + 60 * (day % WEEK)) * np.exp(0.1 * rng.standard_normal(n_days)), 0.0))
    buyers = np.round(uv * 0.05 * np.exp(0.1 * rng.standard_normal(n_days)))
    return History(MONDAY, {"uv": uv, "pv": 4.0 * uv, "buyers": buyers, "gmv": 80.0 * buyers}, "made")


def panel(n_days: int) -> Panel:
    """Three series that go together, one of them with unknown days."""
    rng = np.random.default_rng(n_days)
    shared = rng.standard_normal(n_days)
    values = 5.0 + 0.1 * (shared + 0.5 * rng.standard_normal((3, n_days)))
    values[1, 3:6] = np.nan
    return Panel(MONDAY, ("uv", "cvr", "aov"), values, np.zeros((3, WEEK), dtype=np.bool_))


@EVERY
def test_a_method_is_found_under_the_name_it_bears(name: str) -> None:
    assert forecaster(name).name == name


@EVERY
@pytest.mark.parametrize("horizon", [1, 6, 7, 40])
def test_paths_have_the_shape_asked_for_and_are_finite(name: str, horizon: int) -> None:
    paths = forecaster(name).fit(panel(60)).predict(horizon, 9, seed=1)

    assert paths.shape == (9, horizon, 3)
    assert np.isfinite(paths).all()


@EVERY
def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(name: str) -> None:
    once = forecaster(name).fit(panel(60)).predict(30, 20, seed=5)
    again = forecaster(name).fit(panel(60)).predict(30, 20, seed=5)
    other = forecaster(name).fit(panel(60)).predict(30, 20, seed=6)

    assert once.tobytes() == again.tobytes()
    assert once.tobytes() != other.tobytes()


@EVERY
def test_one_fit_may_predict_again_and_again(name: str) -> None:
    fitted = forecaster(name).fit(panel(60))

    first = fitted.predict(10, 8, seed=2)
    fitted.predict(25, 3, seed=9)

    assert fitted.predict(10, 8, seed=2).tobytes() == first.tobytes()


@EVERY
def test_a_fit_leaves_its_panel_as_it_was(name: str) -> None:
    given = panel(60)
    before = given.values.copy()

    forecaster(name).fit(given).predict(10, 4, seed=0)

    assert np.array_equal(given.values, before, equal_nan=True)


@EVERY
def test_the_least_days_are_enough_and_one_less_is_refused(name: str) -> None:
    method = forecaster(name)

    paths = method.fit(panel(method.least_days)).predict(14, 5, seed=0)

    assert np.isfinite(paths).all()
    with pytest.raises(ForecastError, match=rf"needs at least {method.least_days} days .* got {method.least_days - 1}"):
        method.fit(panel(method.least_days - 1))


@EVERY
def test_a_fit_says_what_it_assumes(name: str) -> None:
    reasons = forecaster(name).fit(panel(60)).reasons

    assert reasons
    assert all(reason.endswith(".") for reason in reasons)


@EVERY
def test_a_series_that_never_moves_stays(name: str) -> None:
    values = np.vstack([panel(60).values[:1], np.full((1, 60), 3.25)])
    given = Panel(MONDAY, ("uv", "ad_spend"), values, np.zeros((2, WEEK), dtype=np.bool_))

    paths = forecaster(name).fit(given).predict(20, 6, seed=0)

    assert paths[..., 1] == pytest.approx(np.full((6, 20), 3.25), abs=1e-9)


@EVERY
def test_closed_weekdays_are_exactly_nothing_and_open_ones_something(name: str) -> None:
    outlook = predict(history(70, closed=(5,)), 21, name, n_paths=50)

    saturdays = np.array([date.weekday() == 5 for date in outlook.dates])
    assert (outlook.paths[:, saturdays] == 0.0).all()
    assert (outlook.paths[:, ~saturdays] > 0.0).all()


@EVERY
def test_gmv_is_uv_times_cvr_times_aov_in_every_path_of_every_day_and_of_the_month(name: str) -> None:
    outlook = predict(history(70), 28, name, n_paths=50)

    by_day = outlook.daily("uv") * outlook.daily("cvr") * outlook.daily("aov")
    in_all = outlook.total("uv") * outlook.total("cvr") * outlook.total("aov")
    assert by_day == pytest.approx(outlook.daily("gmv"), rel=1e-9)
    assert in_all == pytest.approx(outlook.total("gmv"), rel=1e-9)


@EVERY
def test_paths_are_never_negative_and_conversion_never_above_one(name: str) -> None:
    rng = np.random.default_rng(3)
    wild = np.round(np.exp(3.0 + 1.5 * rng.standard_normal(60)))
    odd = History(MONDAY, {"uv": wild, "buyers": np.minimum(np.round(wild * rng.random(60)), wild)}, "odd")

    outlook = predict(odd, 60, name, n_paths=100)

    assert float(outlook.paths.min()) >= 0.0
    assert (outlook.daily("buyers") <= outlook.daily("uv")).all()


@EVERY
def test_predict_is_the_same_bytes_for_the_same_seed(name: str) -> None:
    first, again = (predict(history(70, closed=(6,)), 30, name, n_paths=20, seed=4) for _ in range(2))

    assert first.paths.tobytes() == again.paths.tobytes()
    assert first.reasons == again.reasons
