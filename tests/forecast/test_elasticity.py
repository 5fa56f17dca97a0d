"""Ad spend and prices that are planned: known elasticities found again, what is said of them, and wrong plans."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.errors import ForecastError, UsageError
from storesim.forecast.days import days_of_history
from storesim.forecast.drivers import drive
from storesim.forecast.elasticity import Answer, answer
from storesim.forecast.levers import levers_of
from storesim.forecast.outlook import Outlook
from storesim.forecast.predict import predict
from storesim.forecast.usual_answers import usual_answers
from storesim.results.history import History

Array = NDArray[np.float64]

DAYS, AHEAD = 364, 56
START = dt.date(2025, 1, 6)


def made(seed: int, *, elasticity: float = 0.3, paid: float = 0.0, price: float = 0.0) -> dict[str, Array]:
    """A shop whose visitors answer to spend by an elasticity, or come to so many per CNY; buyers to its discount."""
    rng = np.random.default_rng(seed)
    n_days = DAYS + AHEAD
    spend = np.repeat(np.exp(rng.normal(6.0, 0.5, n_days // 14)), 14) * np.exp(0.1 * rng.standard_normal(n_days))
    discount = np.repeat(rng.choice([0.0, 0.1, 0.2], n_days // 28), 28)
    level = np.cumsum(0.01 * rng.standard_normal(n_days)) + np.tile([0, 0.05, 0, 0.1, 0.2, -0.2, -0.15], n_days // 7)
    uv = 500 * np.exp(level + 0.1 * rng.standard_normal(n_days)) * (spend / 400) ** elasticity + paid * spend
    odds = 0.02 * np.exp(0.05 * rng.standard_normal(n_days)) * (1 - discount) ** price
    buyers = np.round(uv * odds / (1 + odds), 3)
    gmv = buyers * 100.0 * (1 - discount) * np.exp(0.05 * rng.standard_normal(n_days))
    return {"uv": uv, "buyers": buyers, "gmv": gmv, "ad_spend": spend, "discount": discount}


def known(columns: Mapping[str, Array], **by_channel: Mapping[str, Array]) -> History:
    """The days before those to come."""
    own = {name: values[:DAYS] for name, values in columns.items() if name != "discount"}
    others = {"discount": columns["discount"][:DAYS]} if "discount" in columns else {}
    channels = {channel: {name: values[:DAYS] for name, values in of.items()} for channel, of in by_channel.items()}
    return History(START, own, "made", others=others, by_channel=channels)


def told(history: History, plan: Mapping[str, float]) -> tuple[Answer, list[str]]:
    """What is learned of a plan's levers, and the counts whose drivers answer."""
    days = days_of_history(history)
    driven = drive(days)
    levers = levers_of(history, days, plan, AHEAD)
    found = answer(driven.panel, levers, usual_answers(driven.drivers, levers, history))
    return found, [driver.count for driver in driven.drivers]


def error(outlook: Outlook, columns: Mapping[str, Array], name: str = "uv") -> float:
    came = columns[name][DAYS:]
    return float(np.abs(np.median(outlook.daily(name), axis=0) - came).sum() / came.sum())


@pytest.mark.parametrize("elasticity", [0.0, 0.15, 0.3, 0.6])
def test_the_elasticity_of_visitors_to_spend_is_found_within_its_doubt(elasticity: float) -> None:
    z = []
    for seed in range(4):
        found, counts = told(known(made(seed, elasticity=elasticity)), {"ad_spend": 400.0})
        which = counts.index("uv")
        z.append((found.elasticities[0, which] - elasticity) / found.doubts[0, which])

    # Four of a standard normal: the mean square is under 3.3 in 99 of 100 cases; the doubt is that of noise alone.
    assert np.mean(np.square(z)) < 3.3


def test_conversion_and_value_answer_to_the_discount_as_they_were_made_to() -> None:
    found, counts = told(known(made(1, price=-3.0)), {"discount": 0.1})

    assert found.elasticities[0, counts.index("buyers")] == pytest.approx(-3.0, abs=0.4)
    assert found.elasticities[0, counts.index("gmv")] == pytest.approx(1.0, abs=0.2)


@pytest.mark.parametrize("shape", [{"elasticity": 0.3}, {"elasticity": 0.0, "paid": 0.8}])
def test_a_forecast_told_the_spend_errs_less_than_one_that_is_not(shape: dict[str, float]) -> None:
    errors = []
    for seed in range(3):
        columns = made(seed, **shape)
        history = known(columns)
        plan = {"ad_spend": columns["ad_spend"][DAYS:]}
        ways = (predict(history, AHEAD, n_paths=200, plan=plan), predict(history, AHEAD, n_paths=200))
        errors.append([error(way, columns) for way in ways])
    with_plan, without = np.mean(errors, axis=0)

    assert with_plan < 0.8 * without


def test_spend_that_goes_on_as_it_was_changes_little() -> None:
    columns = made(3)
    history = known(columns)
    late = float(np.mean(columns["ad_spend"][DAYS - 14 : DAYS]))
    same = predict(history, 28, n_paths=400, plan={"ad_spend": late})
    unplanned = predict(history, 28, n_paths=400)

    assert np.median(same.total("uv")) == pytest.approx(np.median(unplanned.total("uv")), rel=0.1)


def test_planned_spend_stands_in_every_path_and_on_no_closed_day() -> None:
    columns = made(4)
    columns["uv"][5::7] = 0.0
    columns["buyers"][5::7] = columns["gmv"][5::7] = columns["ad_spend"][5::7] = 0.0
    outlook = predict(known(columns), 14, n_paths=20, plan={"ad_spend": 250.0})

    spent = outlook.daily("ad_spend")
    assert (np.sort(np.unique(spent)) == [0.0, 250.0]).all()
    assert (spent[:, 5::7] == 0.0).all()
    assert outlook.daily("gmv") == pytest.approx(
        outlook.daily("uv") * np.nan_to_num(outlook.daily("cvr")) * np.nan_to_num(outlook.daily("aov"))
    )


def test_more_spend_on_a_channel_brings_visitors_to_it_and_channels_still_add_up() -> None:
    columns = made(5, elasticity=0.0, paid=0.8)
    express = {"uv": 0.8 * columns["ad_spend"], "ad_spend": columns["ad_spend"]}
    history = known(columns, express=express, search={"uv": columns["uv"] - express["uv"]})
    few, many = (predict(history, 28, n_paths=100, plan={"ad_spend@express": spend}) for spend in (200.0, 900.0))

    for outlook in (few, many):
        assert outlook.daily("uv", "express") + outlook.daily("uv", "search") == pytest.approx(outlook.daily("uv"))
    gained = many.total("uv", channel="express").mean() - few.total("uv", channel="express").mean()
    assert gained == pytest.approx(0.8 * 700 * 28, rel=0.25)
    assert many.total("uv").mean() - few.total("uv").mean() == pytest.approx(gained, rel=0.25)


def test_where_spend_follows_demand_within_the_week_the_usual_elasticity_stands() -> None:
    columns = made(6, elasticity=0.0)
    rng = np.random.default_rng(1)
    # A budget that is never used up: each visitor costs the same.
    columns["ad_spend"] = columns["uv"] * np.exp(0.02 * rng.standard_normal(DAYS + AHEAD))
    columns["ad_spend"] *= np.repeat(np.exp(rng.normal(0.0, 0.5, (DAYS + AHEAD) // 14)), 14)
    found, counts = told(known(columns), {"ad_spend": 400.0})

    assert found.elasticities[0, counts.index("uv")] == pytest.approx(0.2)
    assert found.doubts[0, counts.index("uv")] == pytest.approx(0.2)


def test_what_is_not_planned_is_said_to_be_left_out() -> None:
    outlook = predict(known(made(7)), 7, n_paths=10)

    for name in ("ad_spend", "discount"):
        assert any(f"What {name} will be is not given" in reason for reason in outlook.reasons)


def test_a_plan_beyond_the_past_is_said_to_be_a_guess() -> None:
    outlook = predict(known(made(7)), 7, n_paths=10, plan={"ad_spend": 1e5})

    assert any("ad_spend is planned beyond anything in its past" in reason for reason in outlook.reasons)


@pytest.mark.parametrize(
    ("plan", "says"),
    [
        ({"ad_spend": -1.0}, "'ad_spend' is planned to be -1; 0 or more is allowed"),
        ({"discount": 0.95}, "'discount' is planned to be 0.95; 0 to 0.9 is allowed"),
        ({"ad_spend": np.ones(5)}, "'ad_spend' is planned on 5 of the 56 days to come; plan every day"),
        ({"ad_spend@expres": 5.0}, "no past of 'ad_spend@expres' to learn from; did you mean 'ad_spend@express'?"),
        ({"price": 5.0}, "no past of 'price' to learn from"),
        ({"ad_spend": 5.0, "ad_spend@express": 5.0}, "plan one of them"),
        ({"discount": 0.1, "price": 5.0}, "plan one of them"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_words(plan: dict[str, float], says: str) -> None:
    columns = made(8)
    history = known(columns, express={"ad_spend": columns["ad_spend"]})

    with pytest.raises(UsageError) as raised:
        predict(history, AHEAD, n_paths=10, plan=plan)
    assert says in str(raised.value)


def test_a_lever_known_on_few_days_is_refused() -> None:
    columns = made(8)
    columns["ad_spend"][:340] = np.nan

    with pytest.raises(ForecastError, match="learned from at least 28 days on which it is known; got 24"):
        predict(known(columns), 28, n_paths=10, plan={"ad_spend": 300.0})
