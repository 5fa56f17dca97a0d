"""Bids, quality and audiences (MODEL sections 5 and 6)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine.auction import OUT
from storesim.engine.day import (
    CLICKS,
    EXPECTED_CLICKS,
    FIXED_PRICE,
    FREE,
    IMPRESSIONS,
    N_TALLY,
    NO_ARRIVALS,
    SPEND,
    TURN_HOUR,
    TURN_PACE,
    TURN_RIVALS,
    UV,
)
from storesim.model.ads import PRICE_EFFECT, PRIOR_CLICKS, TRUST_EFFECT, Ads
from storesim.model.audience import affordable, clicks, read_audience
from storesim.model.bids import all_alike, read_bids, sizes_of
from storesim.model.blueprint import blueprint
from storesim.model.pacing import SearchCost
from storesim.model.store import Store
from storesim.model.today import Offer
from storesim.model.traffic import read_sources
from storesim.runs.one import simulate
from storesim.scenario.channels import Placement
from storesim.scenario.document import Scenario
from tests.model.small import morning, scenario, store

PLAIN = Offer(1.0, 1.0, 1.0, 0.0)
EXPRESS = {
    "mechanism": "pay_per_click", "daily_budget": 123.45, "bid": 1.6, "hours": [1.0] * 23 + [0.0], "rivals": 2,
    "slot_ctr": [0.05, 0.02], "reserve": 0.2, "step": 0.01, "quality_memory": 10,
    "keywords": {
        "brand": {"searches": 0.25, "relevance": 2.0, "bid": 0.05, "rival_score": 0.5, "rival_sd": 0.1},
        "core": {"searches": 0.75, "bid": 1.5, "rival_scores": [3.0], "rival_score": 2.0, "rival_law": "uniform"},
    },
}  # fmt: skip
PLACEMENT = {
    "mechanism": "placement", "daily_budget": 40, "price": 8, "audience": 10_000, "impressions_per_day": 0.5,
    "ctr": 0.02, "fatigue": 0.3, "recovery": 5,
}  # fmt: skip


def _ads(channel: dict[str, object]) -> tuple[Ads, Scenario]:
    plan = scenario({"channels": {"ads": channel}, "market.rivals.bid_effect": 0.5})
    return Ads(plan, (read_bids(plan, sizes_of(plan)),) * 3), plan


def test_bids_are_whole_fen_by_hour_and_group_and_never_below_jds_least() -> None:
    bids = read_bids(plan := _ads(EXPRESS)[1], sizes_of(plan))

    assert sizes_of(plan) == (2, 2, 2)
    # 1.6 x 0.05 yuan is 8 fen, below the least bid of 10; 1.6 x 1.5 is 240; hour factor 0 switches the hour off.
    assert bids.own[0, 0].tolist() == [10.0, 240.0]
    assert bids.own[0, 23].tolist() == [0.0, 0.0]
    assert bids.budget.tolist() == bids.limit.tolist() == [12_345.0]
    assert bids.score[0].tolist() == [[50.0, 50.0], [300.0, 200.0]]
    assert bids.score_sd[0].tolist() == [0.1, -1.0]
    assert bids.share[0].tolist() == [0.25, 0.75]
    assert (bids.reserve[0], bids.step[0]) == (20.0, 1.0)


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ({}, True),
        ({"channels.ads.rival_hours": [24.0, 24.0]}, True),
        ({"channels.ads.rival_hours": [15.0]}, True),
        ({"channels.ads.keywords.brand.rival_scores": [0.4]}, False),
        ({"stages.growth": {"playbook": {"channels.ads.keywords.core.rival_scores": [0.4]}}}, False),
        ({"changes": [{"from": "2027-01-09", "playbook": {"channels.ads.keywords.core.rival_scores": [0.4]}}]}, False),
    ],
)
def test_rivals_are_alike_only_if_they_are_in_every_group_stage_and_dated_change(
    change: dict[str, object], alike: bool
) -> None:
    same = EXPRESS | {"keywords": {"brand": {"searches": 0.25, "rival_score": 0.5}, "core": {"searches": 0.75}}}
    plan = blueprint(scenario({"channels": {"ads": same}, **change}))

    assert all_alike(plan.bids) == alike


@pytest.mark.parametrize("scores", [[], [0.4, 0.6]])
def test_rivals_whose_budgets_are_spent_are_fewer_or_bid_nothing_from_their_hour_on(scores: list[float]) -> None:
    opened = _opened({"rival_hours": [9.0], "keywords": {"all": {"rival_scores": scores}}})
    auctions = opened.kernel.plan

    opened.kernel.play(0.0, 8.5, NO_ARRIVALS)
    assert auctions.n_rivals[0] == 2
    assert auctions.rival_score.min() > OUT
    opened.kernel.play(8.5, 24.0, NO_ARRIVALS)

    assert auctions.n_rivals[0] == (2 if scores else 1)
    assert (auctions.rival_score[0, 0, 0] == OUT) == bool(scores)
    assert auctions.rival_score[0, 0, 1] > OUT
    opened._fill(1, 0.0)
    assert auctions.n_rivals[0] == 2
    assert auctions.rival_score.min() > OUT


@pytest.mark.parametrize("hour", [9.0, 11.0])
def test_a_plan_that_is_filled_later_in_the_day_has_only_the_rivals_who_are_still_there(hour: float) -> None:
    opened = _opened({"rival_hours": [9.0, 15.0], "keywords": {"all": {}}})
    auctions = opened.kernel.plan
    first, second = auctions.turns[:, 0, TURN_HOUR], auctions.turns[:, 0, TURN_RIVALS]
    assert (first.tolist(), second.tolist()) == ([9.0, 15.0], [1.0, 0.0])

    opened._fill(0, hour)

    assert auctions.n_rivals[0] == 1
    assert auctions.turns[:, 0, TURN_HOUR].tolist() == [np.inf, 15.0]


@pytest.mark.parametrize("scores", [[], [0.4, 0.6]])
def test_a_budget_is_spread_anew_when_rivals_leave_until_the_next_morning(scores: list[float]) -> None:
    opened = _opened({
        "rival_hours": [9.0, 12.0], "keywords": {"all": {"rival_scores": scores}}, "pacing": "smooth",
        "hours": [1.0] * 24,
    })  # fmt: skip
    auctions, cost = opened.kernel.plan, SearchCost(1, 2)
    morning, of_two = float(auctions.pace[0]), auctions.rival_score.copy()
    assert morning == cost.rest_of_day(auctions, 0, 0.0)

    opened.kernel.play(0.0, 10.0, NO_ARRIVALS)

    # With one rival less, and with none.
    for spread in (float(auctions.pace[0]), float(auctions.turns[1, 0, TURN_PACE])):
        assert 0.0 < spread != morning
        assert spread == pytest.approx(cost.rest_of_day(auctions, 0, 9.0), rel=1e-12)
        opened.kernel.play(10.0, 24.0, NO_ARRIVALS)
    opened._fill(1, 0.0)
    assert auctions.pace[0] == pytest.approx(morning, rel=0.2)
    assert auctions.n_rivals[0] == 2
    assert np.array_equal(auctions.rival_score > OUT, of_two > OUT)


def test_what_a_search_costs_among_equals_is_what_the_integral_says_whatever_groups_have_in_common() -> None:
    words = {
        "one": {"searches": 0.3, "rival_score": 1.5}, "dearer": {"searches": 0.2, "rival_score": 3.0},
        "sure": {"searches": 0.5, "rival_score": 1.5, "rival_sd": 0.2},
    }  # fmt: skip
    opened = _opened({
        "keywords": words, "crowds": {"loyal": {"share": 0.3, "clicks": 1.8}}, "slot_ctr": [0.5, 0.2],
        "hours": [0.0] * 6 + [0.6] * 9 + [1.4] * 9,
    })  # fmt: skip
    auctions, cost = opened.kernel.plan, SearchCost(6, 2)

    for hour in (0.0, 7.0, 15.5):
        equal = cost.rest_of_day(auctions, 0, hour)
        auctions.rival_score[0, :, 1] *= 1.0 + 1e-9
        assert equal == pytest.approx(cost.rest_of_day(auctions, 0, hour), rel=0.01)
        auctions.rival_score[0, :, 1] = auctions.rival_score[0, :, 0]


def _opened(ads: dict[str, object]) -> Store:
    """A store of one auction with two rivals, on its first morning."""
    opened = store({"channels": {"ads": EXPRESS | ads}})
    opened._fill(0, 0.0)
    opened.kernel.open(0)
    return opened


def test_where_rivals_leave_nothing_but_the_auctions_changes() -> None:
    plan = scenario({"channels": {
        "search": {"mechanism": "organic", "weight": 1}, "ads": EXPRESS | {"daily_budget": 0},
    }})  # fmt: skip

    stay, leave = (simulate(plan.with_({"channels.ads.rival_hours": hours}), 1, 0) for hours in ([], [9.0, 18.5]))

    assert stay.total("orders") > 0.0
    # Times of the day are rounded anew where the plan changes.
    np.testing.assert_allclose(leave.by_channel, stay.by_channel, rtol=1e-12)
    np.testing.assert_allclose(leave.of_store, stay.of_store, rtol=1e-12)


def test_quality_is_relevance_times_a_record_of_clicks_drawn_to_one() -> None:
    ads, _ = _ads(EXPRESS)
    day = np.zeros((1, N_TALLY))
    day[0, [CLICKS, EXPECTED_CLICKS]] = 30.0, 20.0
    today = morning(1)
    plan = today.plan._replace(
        quality=np.zeros((1, 2)), rival_score=np.zeros((1, 2, 2)), group_share=np.zeros((1, 2)),
        own_bid=np.zeros((1, 24, 2)), appeal=np.zeros((1, 2)), of_group=np.zeros((2, 1, 2)),
        slot_ctr=np.zeros((1, 2)), rival_sd=np.zeros((1, 2)),
    )  # fmt: skip

    ads.close(0, day)
    ads.open(today._replace(plan=plan, rivals=1.44), PLAIN._replace(rival_bids=1.5, log_price=-0.1), trust=0.5)

    left = np.exp(-1 / 10)
    record = (left * 30.0 + PRIOR_CLICKS) / (left * 20.0 + PRIOR_CLICKS)
    np.testing.assert_allclose(plan.quality, [[2.0 * record, record]], rtol=1e-14)
    # C^0.5 = 1.2, and an event in which rivals bid half as much again.
    np.testing.assert_allclose(plan.rival_score[0, 0], 50.0 * 1.2 * 1.5, rtol=1e-14)
    assert plan.appeal[0, 0] == pytest.approx(0.5**TRUST_EFFECT * np.exp(0.1 * PRICE_EFFECT), rel=1e-14)


def test_an_audience_clicks_by_the_integral_of_its_tiring_interest() -> None:
    audience = read_audience(Placement.model_validate(PLACEMENT))

    # A·ctr·ln((1 + 0.3·0.7)/(1 + 0.3·0.2))/0.3, and without fatigue A·ctr·Δ.
    assert clicks(audience, 0.2, 0.5) == pytest.approx(200 * np.log(1.21 / 1.06) / 0.3, rel=1e-13)
    assert clicks(audience._replace(fatigue=0.0), 0.2, 0.5) == 100.0


def test_each_further_exposure_brings_fewer_clicks() -> None:
    audience = read_audience(Placement.model_validate(PLACEMENT))

    steps = np.diff([clicks(audience, 0.0, x) for x in np.linspace(0.0, 40.0, 41)])

    assert (np.diff(steps) < 0.0).all()


def test_people_who_tire_at_different_speeds_tire_as_one_mean_person() -> None:
    # E[e^{-φx}] over φ exponential with mean f is 1/(1 + f·x), which is what clicks at x exposures are.
    audience, f, x = read_audience(Placement.model_validate(PLACEMENT)), 0.3, 4.0
    speeds = np.random.default_rng(3).exponential(f, 200_000)

    at = clicks(audience, x - 5e-5, 1e-4) / 1e-4 / 200
    assert at == pytest.approx(1.0 / (1.0 + f * x), rel=1e-6)
    each = np.exp(-speeds * x)
    assert abs(each.mean() - at) < 4 * each.std() / np.sqrt(each.size)


def test_a_budget_by_the_thousand_buys_so_many_exposures_and_no_more() -> None:
    paid = {**PLACEMENT, "billing": "thousand", "price": 16}
    poor, rich = (read_audience(Placement.model_validate({**paid, "daily_budget": b})) for b in (40, 4_000))
    off = read_audience(Placement.model_validate({**paid, "daily_budget": 0}))

    # 40 yuan at 16 a thousand are 2,500 impressions on 10,000 people.
    assert (affordable(poor), affordable(rich), affordable(off)) == (0.25, 0.5, 0.0)


def test_placements_are_paid_by_click_at_once_or_by_the_thousand_at_the_end_of_the_day() -> None:
    _, by_click = _ads(PLACEMENT)
    ads, by_thousand = _ads({**PLACEMENT, "billing": "thousand", "price": 16})
    day = np.zeros((1, N_TALLY))
    day[0, UV] = 21.0

    ads.close(0, day)

    assert read_sources(by_click).kind.tolist() == [FIXED_PRICE]
    assert read_sources(by_thousand).kind.tolist() == [FREE]
    assert day[0, [CLICKS, IMPRESSIONS, SPEND]].tolist() == [21.0, 2_500.0, 4_000.0]
    assert ads.seen(0) == pytest.approx(2 ** (-1 / 5) * 0.25, rel=1e-13)


def test_a_smaller_share_of_clicks_than_budgeted_shows_the_audience_less() -> None:
    ads, plan = _ads(PLACEMENT)
    expected = clicks(read_audience(plan.channels["ads"]), 0.0, 0.5)  # type: ignore[arg-type]  # a placement, as said
    day = np.zeros((1, N_TALLY))
    day[0, [UV, CLICKS, SPEND]] = 5.0, 5.0, 4_000.0

    ads.close(0, day)

    # The freshest ones: ln(1 + 0.3·x)/0.3 · 200 clicks of x exposures are 5.
    assert expected > 5.0
    assert day[0, IMPRESSIONS] == np.rint(10_000 * (np.exp(0.3 * 5 / 200) - 1) / 0.3)


def test_no_budget_means_no_visitor_through_the_channel() -> None:
    for channel in (EXPRESS, PLACEMENT, {**PLACEMENT, "billing": "thousand"}):
        run = simulate(scenario({"channels.ads": {**channel, "daily_budget": 0}, "horizon": 5}))

        assert run.total("uv", "ads") == run.total("impressions", "ads") == run.total("ad_spend", "ads") == 0.0


def test_what_the_groups_brought_adds_up_to_the_channel() -> None:
    made = store({"channels.express": {**EXPRESS, "hours": [1.0] * 24}, "horizon": 1})
    made.live()

    c = made.blueprint.channels.index("express")
    groups, channel = made.kernel.tally.by_group[c], made.kernel.tally.by_channel[c]

    assert groups.sum(axis=0).tolist() == channel[[IMPRESSIONS, CLICKS, SPEND]].tolist()


def test_rivals_bid_however_short_the_memory_of_quality_is() -> None:
    short, long = (
        simulate(scenario({"channels.express": {**EXPRESS, "quality_memory": days}, "horizon": 10}))
        for days in (1e-6, 15)
    )

    assert short.total("cpc", "express") > 0.8 * long.total("cpc", "express") > 0.1


@pytest.mark.parametrize(
    ("core", "tail"), [((1.0, 1.0), (1.0, 9.0)), ((1.0, 0.5), (1.0, 2.0)), ((0.7, 1.0), (1.5, 3.0))]
)
def test_a_store_that_is_clicked_like_any_other_keeps_a_record_of_1(
    core: tuple[float, float], tail: tuple[float, float]
) -> None:
    keywords = {
        name: {"searches": share, "relevance": relevance, "rival_score": rivals}
        for name, share, (relevance, rivals) in (("core", 0.6, core), ("tail", 0.4, tail))
    }
    same = {
        "channels.express": {
            "mechanism": "pay_per_click", "daily_budget": 90_000, "bid": 1.5, "quality_memory": 100,
            "keywords": keywords,
        },
        "operations.conversion.review_lift": 1, "market.searches_per_day": 20_000, "horizon": 30,
    }  # fmt: skip

    runs = [simulate(scenario(same), 1, run) for run in range(4)]

    records = np.array([run.daily("ad_quality")[-1] for run in runs])
    clicks = np.mean([run.total("clicks", "express") for run in runs])
    assert abs(records.mean() - 1.0) < 3.0 / np.sqrt(len(runs) * clicks)
