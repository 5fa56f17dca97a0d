"""The market's calendar and its luck (MODEL section 1)."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from storesim.model.demand import draw_weather, read_market, season_of_year
from tests.model.small import scenario

YEAR = {"horizon": 365}


@pytest.mark.parametrize("weights", [(0.2, 0.26, 0.23, 0.31), (0.05, 0.15, 0.2, 0.6), (0.25, 0.25, 0.25, 0.25)])
@pytest.mark.parametrize("year", [2027, 2028])
def test_mean_days_of_the_quarters_stand_to_one_another_as_the_shares(
    weights: tuple[float, float, float, float], year: int
) -> None:
    season = season_of_year(weights, year)

    quarter = np.array([(dt.date(year, 1, 1) + dt.timedelta(days=d)).month - 1 for d in range(season.size)]) // 3
    means = np.array([season[quarter == q].mean() for q in range(4)])
    assert season.size == (366 if year == 2028 else 365)
    assert season.mean() == pytest.approx(1.0, rel=1e-12)
    np.testing.assert_allclose(means / means.sum(), weights, rtol=1e-10)


def test_a_weekend_day_is_0_82_of_a_working_day_and_the_week_means_one() -> None:
    market = read_market(scenario({"market.season": [0.25] * 4, "market.weekend": 0.82, **YEAR}))

    # 2027-01-01 is a Friday.
    assert market.calm[1] / market.calm[0] == pytest.approx(0.82, rel=1e-11)
    assert market.calm[3] / market.calm[0] == pytest.approx(1.0, rel=1e-11)
    assert market.calm[:364].mean() == pytest.approx(1.0, rel=1e-10)


def test_growth_is_so_much_more_a_year_later() -> None:
    market = read_market(
        scenario({"market.growth": 0.08, "market.season": [0.25] * 4, "market.weekend": 1, "horizon": 731})
    )

    assert market.calm[365 + 10] / market.calm[10] == pytest.approx(1.08, rel=1e-11)


def test_an_event_of_the_evening_lifts_its_first_day_by_the_hours_it_runs() -> None:
    event = {"name": "E", "from": "2027-01-04", "to": "2027-01-05", "opens": 18, "market": 3.0}
    market = read_market(
        scenario({"market.hours": [1] * 24, "market.season": [0.25] * 4, "market.weekend": 1, "events": [event]})
    )

    assert market.known[2:6] == pytest.approx([1.0, 1.0 + 2.0 * 0.25, 3.0, 1.0])
    assert market.calm[2:6] == pytest.approx([1.0] * 4)


def test_the_markets_noise_is_a_stationary_ar_1_whose_exponential_means_one() -> None:
    n, sd, lag = 3_660, 0.13, 0.65
    market = read_market(scenario({"horizon": n, "market.noise": {"sd": sd, "lag1": lag}}))

    factors = np.array([draw_weather(market, 7, run).calm / market.calm for run in range(20)])
    x = np.log(factors) + sd**2 / 2

    # Means of 73,200 days; the sample of an AR(1) is worth (1 - lag)/(1 + lag) as many independent ones.
    worth = x.size * (1 - lag) / (1 + lag)
    assert abs(x.mean()) < 3 * sd / np.sqrt(worth)
    assert abs(factors.mean() - 1.0) < 3 * sd / np.sqrt(worth)
    squares = x.size * (1 - lag**2) / (1 + lag**2)
    assert abs(x.var() - sd**2) < 3 * sd**2 * np.sqrt(2 / squares)
    correlation = (x[:, 1:] * x[:, :-1]).mean() / x.var()
    assert abs(correlation - lag) < 3 * np.sqrt((1 - lag**2) / x.size)
    first_days = x[:, 0]
    assert abs(first_days.mean()) < 3 * sd / np.sqrt(20)


def test_rivals_wander_around_their_strength_and_halve_their_way_in_the_half_life() -> None:
    market = read_market(scenario({"horizon": 3_660, "market.rivals": {"strength": 2.0, "sd": 0.2, "half_life": 10}}))

    c = np.log(np.array([draw_weather(market, 3, run).rivals for run in range(20)]) / 2.0)

    lag = 0.5 ** (1 / 10)
    assert abs(c.mean()) < 3 * 0.2 / np.sqrt(c.size * (1 - lag) / (1 + lag))
    after_ten_days = (c[:, 10:] * c[:, :-10]).mean() / c.var()
    # Bartlett's variance of an autocorrelation at lag k of an AR(1), bounded by (1 + ρ²)/(1 - ρ²)/n.
    assert abs(after_ten_days - 0.5) < 3 * np.sqrt((1 + lag**2) / (1 - lag**2) / c.size)


def test_the_weather_is_the_same_whatever_the_store_does() -> None:
    plain, loud = read_market(scenario()), read_market(scenario({"channels.express.daily_budget": 9_000}))

    assert draw_weather(plain, 1, 2).calm.tobytes() == draw_weather(loud, 1, 2).calm.tobytes()
    assert draw_weather(plain, 1, 2).calm.tobytes() != draw_weather(plain, 1, 3).calm.tobytes()
