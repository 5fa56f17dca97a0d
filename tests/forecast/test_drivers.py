"""Counts to the working scale and back."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from storesim import kpi
from storesim.forecast.days import FORETOLD, KnownDays, days_of_history
from storesim.forecast.drivers import HANGS_ON, Driven, backward, drive, forward
from storesim.forecast.predict import predict
from storesim.results.history import History
from tests.forecast.made_histories import MONDAY, made_history

Array = NDArray[np.float64]

COUNTED = st.integers(0, 3000).map(float)


def known(**counts: Array) -> KnownDays:
    return KnownDays(MONDAY, ("store",), {name: np.asarray(values)[np.newaxis] for name, values in counts.items()})


def kept(driven: Driven) -> dict[str, str]:
    """What each count hangs on."""
    return {driver.count: driver.parent for driver in driven.drivers}


def test_every_count_hangs_on_one_foretold_before_it() -> None:
    for name, parents in HANGS_ON.items():
        assert all(FORETOLD.index(parent) < FORETOLD.index(name) for parent in parents)
    assert set(FORETOLD) <= set(kpi.COUNT)
    assert all(kpi.COUNT[name].adds == "sum" for name in FORETOLD)


def test_gmv_is_made_from_visitors_conversion_and_value_per_buyer() -> None:
    driven = drive(days_of_history(made_history(only=("uv", "buyers", "gmv"))))

    assert driven.panel.names == ("uv", "cvr", "aov")
    assert [driver.scale for driver in driven.drivers] == ["log", "log-odds", "log"]


def test_the_working_scale_is_the_logarithm_and_the_log_odds() -> None:
    driven = drive(known(uv=np.array([400.0, 500.0]), buyers=np.array([8.0, 20.0]), gmv=np.array([800.0, 1500.0])))

    # By hand: ln 400; ln(8 / 392); ln(800 / 8).
    assert driven.panel.values[:, 0] == pytest.approx([np.log(400), np.log(8 / 392), np.log(100)], abs=1e-12)


@pytest.mark.parametrize(
    ("columns", "parents"),
    [
        (("gmv",), {"gmv": ""}),
        (("orders", "gmv"), {"orders": "", "gmv": "orders"}),
        (("uv", "orders", "gmv"), {"uv": "", "orders": "uv", "gmv": "orders"}),
        (("uv", "gmv"), {"uv": "", "gmv": "uv"}),
        (("buyers", "units"), {"buyers": "", "units": "buyers"}),
        (("pv", "ad_spend"), {"pv": "", "ad_spend": ""}),
    ],
)
def test_any_columns_make_a_chain(columns: tuple[str, ...], parents: dict[str, str]) -> None:
    assert kept(drive(days_of_history(made_history(only=columns)))) == parents


@settings(max_examples=150, deadline=None)
@given(arrays(np.float64, (3, 20), elements=COUNTED))
def test_counts_come_back_from_the_working_scale(drawn: Array) -> None:
    uv = drawn.max(axis=0) + 1.0
    days = known(uv=uv, buyers=np.minimum(drawn[1], uv), gmv=drawn[2] * (drawn[1] > 0))
    driven = drive(days)

    back = {"uv": uv}
    for driver, values in zip(driven.drivers, driven.panel.values, strict=True):
        below = days.counts[driver.parent][0] if driver.parent else None
        there = np.isfinite(values)
        found = backward(driver, values, below)
        back[driver.count] = found

        assert found[there] == pytest.approx(days.counts[driver.count][0][there], rel=1e-7, abs=1e-5)


@settings(max_examples=60, deadline=None)
@given(arrays(np.float64, (4, 12, 3), elements=st.floats(-800.0, 800.0)))
def test_no_path_however_wild_makes_negative_endless_or_contradictory_counts(wild: Array) -> None:
    driven = drive(days_of_history(made_history(only=("uv", "buyers", "gmv"))))

    made = driven.counts(wild, seed=0)

    uv, buyers, gmv = (made[:, :, 0, driven.names.index(name)] for name in ("uv", "buyers", "gmv"))
    assert np.isfinite(made).all()
    assert (made >= 0).all()
    assert (buyers <= uv).all()
    assert (gmv[buyers == 0] == 0).all()


def test_a_path_stays_within_55_times_what_was_seen() -> None:
    history = made_history(only=("uv",))
    driven = drive(days_of_history(history))

    made = driven.counts(np.full((1, 5, 1), 1e6), seed=0)

    # exp(4) = 54.6.
    assert made.max() == pytest.approx(np.exp(4.0) * history.columns["uv"].max())


def test_days_without_a_buyer_say_something_about_conversion_where_buyers_are_few() -> None:
    uv = np.full(40, 30.0)
    buyers = np.tile([0.0, 1.0], 20)
    driven = drive(known(uv=uv + np.arange(40) % 3, buyers=buyers))

    cvr = driven.panel.values[driven.panel.names.index("cvr")]

    assert np.isfinite(cvr).all()
    assert cvr[0] < cvr[1]


def test_smoothing_keeps_the_usual_rate() -> None:
    uv, buyers = np.full(40, 50.0), np.tile([0.0, 2.0], 20)
    driver = drive(known(uv=uv, buyers=buyers)).drivers[1]

    # A day exactly at the usual rate, one buyer in fifty visitors, is left as it is.
    odds = np.exp(forward(driver, np.array([1.0]), np.array([50.0])))

    assert odds / (1 + odds) == pytest.approx(0.02)


def test_conversion_above_one_is_carried_as_a_plain_ratio() -> None:
    # Buyers of a shop whose visitors were counted on some pages only.
    driven = drive(known(uv=np.full(30, 10.0), buyers=np.tile([12.0, 15.0, 9.0], 10)))

    assert driven.drivers[1].scale == "log"


def test_an_unknown_count_is_unknown_in_its_driver_alone() -> None:
    history = made_history(only=("uv", "buyers", "gmv"))
    columns = {name: values.copy() for name, values in history.columns.items()}
    columns["gmv"][10] = np.nan
    driven = drive(days_of_history(History(history.start, columns)))

    unknown = np.isnan(driven.panel.values[:, 10])

    assert unknown.tolist() == [False, False, True]


def test_a_count_that_is_nothing_on_every_day_stays_nothing() -> None:
    history = made_history(only=("uv", "gmv"))
    columns = dict(history.columns) | {"ad_spend": np.zeros(history.n_days)}
    driven = drive(days_of_history(History(history.start, columns)))

    made = driven.counts(np.ones((2, 5, len(driven.drivers))), seed=0)

    assert "ad_spend" in driven.names
    assert (made[..., driven.names.index("ad_spend")] == 0).all()


def test_channels_have_drivers_of_their_own() -> None:
    one = np.array([[50.0, 60.0, 55.0], [0.0, 0.0, 0.0], [30.0, 31.0, 29.0]])
    days = KnownDays(dt.date(2027, 1, 4), ("search", "express", "returning"), {"uv": one})

    driven = drive(days)

    assert driven.panel.names == ("uv of search", "uv of returning")
    assert driven.counts(np.zeros((1, 2, 2)), seed=0).shape == (1, 2, 3, 1)


def test_the_logarithm_of_few_orders_is_steadied_and_of_many_left_alone() -> None:
    rng = np.random.default_rng(0)
    few, many = (rng.poisson(mean, 400).astype(np.float64) for mean in (3.0, 200.0))

    steadied, left = (drive(known(orders=values)) for values in (few, many))

    # By the delta method 3 orders and 2 more vary by 3 / 25 = 0.12 in logarithm; 200 by 1 / 200, with nothing added.
    assert steadied.drivers[0].added == pytest.approx(2.0, abs=0.1)
    assert steadied.panel.values.var() == pytest.approx(0.12, rel=0.3)
    assert left.drivers[0].added == 0.0


def test_few_orders_are_foretold_to_their_mean() -> None:
    orders = np.random.default_rng(1).poisson(2.0, 200).astype(np.float64)

    outlook = predict(History(MONDAY, {"orders": orders}), 28, n_paths=500)

    # The mean of 200 days is known to sqrt(2 / 200) = 0.1; three of it, and what 28 days of doubt about the level add.
    assert outlook.mean("orders").mean() == pytest.approx(orders.mean(), abs=0.45)
