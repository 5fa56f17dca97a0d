"""Match types, crowds, devices, pacing and rivals' budgets of the express channel against closed formulas."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from storesim.model.blueprint import blueprint
from storesim.model.pacing import SearchCost
from storesim.model.store import Store
from storesim.scenario.document import Scenario
from tests.theory.evidence import Evidence
from tests.theory.stores import PLAIN_CHANNEL, luck_of, quiet_store, runs_of

RUNS, DAYS = 12, 40
SIZE = f"{RUNS} runs of {DAYS} days"


def _store(searches: float = 2_000.0, *, days: int = DAYS, base: float = 0.0, **settings: object) -> Scenario:
    """Express alone: every search is an auction without rivals, its one slot always clicked, unless `settings` say."""
    channel = {
        **PLAIN_CHANNEL, "mechanism": "pay_per_click", "daily_budget": 9_999_999, "bid": 1, "share": 0.5, "rivals": 0,
        "reserve": 1.0, "step": 0, "slot_ctr": [1.0], "quality_memory": 1e-6, "cannibalisation": 0, **settings,
    }  # fmt: skip
    return quiet_store(searches, days=days, channels={"express": channel}, conversion={"base": base})


def test_broad_match_thins_and_widens_the_stream_by_its_factors(evidence: Evidence) -> None:
    match = {"broad": {"reach": 1.6, "clicks": 0.75, "conversion": 0.5, "relevance": 1}}
    words = {"all": {"match": "broad"}}
    runs = runs_of(_store(base=0.4, keywords=words, **match), RUNS, luck_of("broad"))

    # 2,000 exact searches · 1.6 · 0.75 clicks; odds of 2/3 halved are 1/3, a chance of 1/4.
    about = {"size": SIZE, "source": "thinning of a Poisson process"}
    clicks = [run.daily("clicks").mean() for run in runs]
    evidence.mean("broad match: clicks a day", expected=2_400.0, values=clicks, **about)
    cvr = [run.total("buyers") / run.total("uv") for run in runs]
    evidence.mean("broad match: conversion", expected=0.25, values=cvr, **about)


def test_crowds_and_devices_buy_by_their_own_odds(evidence: Evidence) -> None:
    segments = {
        "crowds": {"loyal": {"share": 0.3, "premium": 0.5, "conversion": 3.0}},
        "devices": {"mobile": {"share": 0.9}, "pc": {"share": 0.1, "bid": 0, "conversion": 9.0}},
    }
    rivals = {"rivals": 1, "slot_ctr": [1.0], "reserve": 0.01, "bid": 2}
    words = {"all": {"rival_score": 2.0, "rival_sd": 0.5}}
    runs = runs_of(_store(base=0.2, keywords=words, **segments, **rivals), RUNS, luck_of("crowds"))

    # At ¥2 half of the auctions are won, at ¥3 those against a rival below 3; PC is left out.
    won = np.array([0.3 * stats.norm.cdf(np.log(1.5) / 0.5), 0.7 * 0.5]) * 0.9
    bought = won @ np.array([0.75 / 1.75, 0.2])
    about = {"size": SIZE, "source": "sum over cells"}
    clicks = [run.daily("clicks").mean() for run in runs]
    evidence.mean("a crowd at a premium, PC left out: clicks a day", expected=2_000 * won.sum(), values=clicks, **about)
    buyers = [run.daily("buyers").mean() for run in runs]
    evidence.mean("a crowd at a premium, PC left out: buyers a day", expected=2_000 * bought, values=buyers, **about)


def test_a_rival_whose_budget_is_spent_bids_no_more(evidence: Evidence) -> None:
    words = {"all": {"rival_scores": [10.0, 10.0], "rival_sd": 0}}
    scenario = _store(rivals=2, slot_ctr=[1.0, 0.5], keywords=words, rival_hours=[6, 18])
    runs = runs_of(scenario, RUNS, luck_of("leaving"))

    # No slot until six, the second until eighteen, then the first.
    clicks = [run.daily("clicks").mean() for run in runs]
    evidence.mean(
        "rivals leave at 6 and 18 o'clock: clicks a day", expected=2_000 * (0.5 * 12 + 1.0 * 6) / 24, values=clicks,
        size=SIZE, source="sum over hours",
    )  # fmt: skip


def _gsp_cost(bid: float, ctr: tuple[float, float], median: float, sd: float, reserve: float) -> float:
    """Cost of a search against two lognormal rivals, by adaptive quadrature over both scores."""

    def cost(a: float, b: float) -> float:
        high, low = max(a, b), min(a, b)
        if bid >= high:
            return ctr[0] * max(high, reserve)
        return ctr[1] * max(low, reserve) if bid >= low else 0.0

    law = stats.lognorm(sd, scale=median)
    grid = (np.arange(2_000) + 0.5) / 2_000
    scores = law.ppf(grid)
    return float(np.mean([cost(a, b) for a in scores[::10] for b in scores[::10]]))


def test_the_expected_cost_of_a_search_is_that_of_the_auction(evidence: Evidence) -> None:
    words = {"all": {"rival_score": 1.2, "rival_sd": 0.5}}
    scenario = _store(bid=1.6, rivals=2, slot_ctr=[0.6, 0.3], reserve=0.2, pacing="smooth", keywords=words)
    name = "expected cost of a search, two lognormal rivals, fen"

    runs = runs_of(scenario, RUNS, luck_of(name))

    store = Store(blueprint(scenario), 1, 0)
    store._fill(0, 0.0)
    expected = SearchCost(1, 2).rest_of_day(store.kernel.plan, 0, 0.0)
    appeal = float(store.kernel.plan.appeal[0, 0])
    assert expected == pytest.approx(100 * appeal * _gsp_cost(1.6, (0.6, 0.3), 1.2, 0.5, 0.2), rel=0.01)
    spends = [100 * run.daily("ad_spend").mean() / 2_000 for run in runs]
    evidence.mean(name, expected=round(expected, 3), values=spends, size=SIZE, source="layer-cake integral, docs/model")


@pytest.mark.parametrize("share", [0.3, 0.8])
def test_smooth_pacing_lasts_until_midnight_and_buys_what_the_budget_pays_for(
    share: float, evidence: Evidence
) -> None:  # fmt: skip
    budget = 2_000 * share
    fast, smooth = (
        runs_of(_store(daily_budget=budget, pacing=pacing, days=20), RUNS, luck_of(f"pace {share}"))
        for pacing in ("as_fast_as_possible", "smooth")
    )

    assert np.mean([run.daily("silent_hours") for run in fast]) == pytest.approx(24 * (1 - share), rel=0.1)
    # The money ends within the last few clicks of the day, each 24 h / clicks apart.
    assert np.mean([run.daily("silent_hours") for run in smooth]) < 3 * 24 / budget
    # All clicks cost ¥1: as fast as possible the whole budget is spent, smoothly all but one or two clicks of it.
    assert {float(clicks) for run in fast for clicks in run.daily("clicks")} == {budget}
    assert budget - 2.0 < np.mean([run.daily("clicks") for run in smooth]) <= budget
    evidence.exact(
        f"smooth pacing, budget for {share:.0%} of the clicks: most spent above budget, CNY", expected=0,
        got=max(0.0, max(float(run.daily("ad_spend").max()) for run in smooth) - budget),
        size=f"{RUNS} runs of 20 days", source="spend ≤ budget to the last click",
    )  # fmt: skip


def test_smooth_pacing_buys_more_clicks_where_the_late_ones_are_cheaper() -> None:
    words = {"all": {"rival_score": 0.8, "rival_sd": 0.3}}
    given = {"rivals": 2, "slot_ctr": [0.4, 0.2], "bid": 0.8, "reserve": 0.1, "keywords": words, "days": 20}
    fast, smooth = (
        runs_of(_store(daily_budget=100, pacing=pacing, hours=[2.0] * 12 + [1.0] * 12, **given), 4)
        for pacing in ("as_fast_as_possible", "smooth")
    )

    assert all(b.total("clicks") > a.total("clicks") for a, b in zip(fast, smooth, strict=True))


def test_smooth_pacing_takes_part_in_the_share_the_budget_pays_for(evidence: Evidence) -> None:
    name = "smooth pacing, budget for half the clicks: impressions a day"
    words = {"all": {"rival_score": 0.5, "rival_sd": 0}}
    scenario = _store(
        4_000.0, daily_budget=200, slot_ctr=[0.2, 0.1], rivals=1, keywords=words, reserve=0.1, pacing="smooth", bid=2
    )

    runs = runs_of(scenario, RUNS, luck_of(name))

    shown = [run.daily("impressions").mean() for run in runs]
    evidence.mean(name, expected=2_000.0, values=shown, size=SIZE, source="budget / (price · click-through)")
