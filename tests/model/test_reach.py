"""Whom display reaches, what more of it brings, and who searches later (MODEL section 6)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from storesim.engine.day import N_TALLY, SPEND, UV
from storesim.model.audience import affordable, clicks, exposures, read_audience, show
from storesim.model.reach import Reach, people_reached
from storesim.runs.one import simulate
from storesim.scenario.channels import Placement
from tests.model.small import scenario

MANY = {
    "mechanism": "placement", "daily_budget": 100, "price": 1.8, "audience": 500_000, "ctr": 0.01, "fatigue": 5,
    "response": 0.74,
}  # fmt: skip


def test_reach_is_what_random_impressions_leave_nobody_without() -> None:
    luck = np.random.default_rng(5)
    thrown = [np.unique(luck.integers(0, 400, 300)).size for _ in range(2_000)]

    error = np.std(thrown, ddof=1) / np.sqrt(len(thrown))
    assert abs(np.mean(thrown) - people_reached(400.0, 300.0)) < 3 * error
    # A(1 − e^{−x}) for a large audience.
    assert people_reached(1e6, 2e6) == pytest.approx(1e6 * (1 - np.exp(-2)), rel=1e-6)


@pytest.mark.parametrize("billing", ["click", "thousand"])
def test_ten_times_the_budget_brings_clicks_by_the_measured_elasticity(billing: str) -> None:
    # 100 impressions at 1 % and ¥1.8 a click are ¥1.80 the hundred, ¥18 the thousand.
    price = 1.8 if billing == "click" else 18
    visits = []
    for budget in (100, 1_000):
        channel = {**MANY, "daily_budget": budget, "billing": billing, "price": price}
        run = simulate(scenario({"channels": {"social": channel}, "horizon": 150}), 3)
        visits.append(run.daily("uv")[90:].sum())
        assert run.daily("ad_spend")[90:].mean() == pytest.approx(budget, rel=0.05)

    assert np.log10(visits[1] / visits[0]) == pytest.approx(0.78, abs=0.04)


def test_a_tired_audiences_clicks_are_dearer_and_impressions_keep_their_price() -> None:
    audience = read_audience(Placement.model_validate(MANY))

    fresh, tired, worn = (show(audience, seen) for seen in (0.0, 2.0, 8.0))
    assert fresh.price < tired.price < worn.price
    depth = affordable(audience)
    assert depth == pytest.approx(100 / (1.8 * 0.01 * 500_000))
    assert worn.clicks * worn.price == pytest.approx(10_000, rel=0.01)


def test_first_visits_are_of_people_who_have_not_been_there_before() -> None:
    audience = read_audience(Placement.model_validate({**MANY, "audience": 1_000}))
    reach = Reach({0: audience})
    day = np.zeros((1, N_TALLY))
    day[0, [UV, SPEND]] = 200.0, 36_000.0

    for _ in range(40):
        reach.close({0: audience}, {0: 1_000.0})
    found = reach.counts(np.tile(day, (40, 1, 1)))

    # 200, then 200 · 0.8, then 200 · 0.64.
    assert found["first_visits"][:3].tolist() == [200.0, 160.0, 128.0]
    assert found["audience_spend"][2] == 360.0
    assert found["reached_7d"][2] == pytest.approx(people_reached(1_000.0, 3_000.0), rel=1e-13)
    assert found["reached_7d"][39] == pytest.approx(people_reached(1_000.0, 7_000.0), rel=1e-13)
    assert found["reached_30d"][39] == pytest.approx(people_reached(1_000.0, 30_000.0), rel=1e-13)


def test_of_those_reached_the_said_share_searches_later_half_within_the_half_life() -> None:
    audience = read_audience(Placement.model_validate({**MANY, "carry_over": 0.1, "carry_half_life": 4}))
    reach = Reach({0: audience})

    reach.close({0: audience}, {0: 50_000.0})
    searches = []
    for _ in range(200):
        searches.append(reach.searches)
        reach.close({0: audience}, {0: 0.0})

    # The adstock begins a day after: what is left of the first day's tenth is spread by 2^{−t/4}.
    total = 0.1 * people_reached(500_000.0, 50_000.0)
    assert sum(searches) == pytest.approx(total, rel=1e-9)
    assert sum(searches[:4]) == pytest.approx(total / 2, rel=1e-9)


def test_searches_by_name_visit_free_and_meet_the_groups_that_bid_on_it() -> None:
    base = {
        "channels.search": {"mechanism": "organic", "weight": 0.01},
        "channels.express.daily_budget": 5_000,
        "channels.express.keywords": {"own": {"searches": 0.1, "brand": 0.5}, "other": {"searches": 0.9}},
        "channels.direct_placement.carry_half_life": 2, "horizon": 20,
    }  # fmt: skip
    off, on = (
        [simulate(scenario({**base, "channels.direct_placement.carry_over": share}), 1, run) for run in range(3)]
        for share in (0.0, 0.5)
    )

    assert all(run.total("brand_searches") == 0.0 for run in off)
    named = sum(run.total("brand_searches") for run in on)
    more = sum(a.total("uv", "search") - b.total("uv", "search") for a, b in zip(on, off, strict=True))
    assert named > 1_000
    # All of them come through the one organic channel, and orders lift its rank a little.
    assert 0.9 * named < more < 1.3 * named
    shown = [sum(run.total("impressions", "express") for run in runs) for runs in (off, on)]
    assert shown[1] > shown[0]


AUDIENCES = st.fixed_dictionaries({
    "mechanism": st.just("placement"), "audience": st.floats(100.0, 1e6), "ctr": st.floats(1e-4, 0.2),
    "fatigue": st.floats(0.0, 5.0), "recovery": st.floats(0.5, 200.0), "impressions_per_day": st.floats(0.01, 20.0),
    "billing": st.sampled_from(["click", "thousand"]), "price": st.floats(0.2, 60.0),
    "response": st.none() | st.floats(0.1, 1.0),
})  # fmt: skip


def _clicks_of(channel: dict[str, object], budgets: list[float]) -> float:
    """Clicks to expect over days with these budgets, as `Ads` plays them without luck."""
    seen, total = 0.0, 0.0
    anybody = read_audience(Placement.model_validate({**channel, "daily_budget": 100}))
    for budget in budgets:
        audience = anybody._replace(budget=100.0 * budget)
        showing = show(audience, seen)
        came, shown = showing.clicks, showing.bought
        if not audience.by_thousand and showing.price > 0.0:
            came = min(showing.offered, audience.budget / showing.price)
            shown = exposures(audience, seen, min(came, showing.clicks))
        total += came
        seen = (seen + shown) * audience.keep
    return total


@given(channel=AUDIENCES, days=st.lists(st.tuples(st.floats(20.0, 3e4), st.floats(1.0, 20.0)), min_size=2, max_size=40))
@settings(max_examples=200, deadline=None)
def test_more_budget_never_brings_fewer_clicks_over_any_days(
    channel: dict[str, object], days: list[tuple[float, float]]
) -> None:
    less, more = (_clicks_of(channel, budgets) for budgets in ([b for b, _ in days], [b * up for b, up in days]))

    assert more >= less * (1.0 - 1e-6)


@pytest.mark.parametrize("billing", ["click", "thousand"])
def test_a_small_audience_brings_more_for_more_over_half_a_year(billing: str) -> None:
    channel = {
        "mechanism": "placement", "audience": 60_000, "impressions_per_day": 20, "billing": billing,
        "price": 1.5 if billing == "click" else 15,
    }  # fmt: skip
    came = [
        simulate(scenario({"channels": {"social": {**channel, "daily_budget": budget}}, "horizon": 180}), 3).total("uv")
        for budget in (50, 100, 150, 300, 600)
    ]

    assert came == sorted(came)
    assert came[-1] > 1.5 * came[0]


@pytest.mark.parametrize("response", [None, 0.4, 1.0])
@pytest.mark.parametrize("fatigue", [0.0, 0.25, 5.0])
def test_the_exposures_behind_clicks_bring_those_clicks(response: float | None, fatigue: float) -> None:
    audience = read_audience(Placement.model_validate({**MANY, "response": response, "fatigue": fatigue}))

    behind = exposures(audience, 1.5, clicks(audience, 1.5, 0.7))

    assert behind == pytest.approx(0.7, rel=1e-9)
