"""The keyword auction and the daily budget against worked examples (CHECKS, "Auctions and budgets")."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.scenario.document import Scenario
from tests.theory.stores import PLAIN_CHANNEL, quiet_store, runs_of, z_over

BIDS = (10.0, 4.0, 2.0)


def _auction_store(own: float, rivals: tuple[float, ...], searches: float, **settings: object) -> Scenario:
    channel = {
        **PLAIN_CHANNEL, "mechanism": "pay_per_click", "daily_budget": 9_999_999, "bid": own, "share": 1,
        "rivals": len(rivals), "reserve": 0, "step": 0, "slot_ctr": [1.0, 0.5],
        "keywords": {"all": {"rival_scores": list(rivals), "rival_sd": 0}}, **settings,
    }  # fmt: skip
    return quiet_store(searches / 2, days=120, channels={"express": channel})


@pytest.mark.parametrize(("own", "clicks", "payment"), [(10.0, 200.0, 800.0), (4.0, 100.0, 200.0), (2.0, 0.0, 0.0)])
def test_three_bidders_pay_what_edelman_ostrovsky_and_schwarz_say(own: float, clicks: float, payment: float) -> None:
    rivals = tuple(bid for bid in BIDS if bid != own)
    runs = runs_of(_auction_store(own, rivals, 200.0), 12)

    if clicks == 0.0:
        assert sum(run.total("clicks") for run in runs) == 0
        return
    assert abs(z_over(runs, lambda run: run.daily("clicks").mean(), clicks)) < 3.0
    # The quality record wavers about 1 with the luck of the clicks; the price wavers with it.
    assert abs(z_over(runs, lambda run: run.daily("ad_spend").mean(), payment)) < 3.0


@pytest.mark.parametrize("n", [2, 3, 10])
def test_uniform_bidders_bring_a_second_price_revenue_of_n_less_one_over_n_plus_one(n: int) -> None:
    # Own bid runs over 24 equal steps of (0, 1), one an hour; by symmetry revenue is n times one bidder's payment.
    bids = (np.arange(24) + 0.5) / 24
    channel = {
        "hours": [float(b) for b in bids], "slot_ctr": [1.0],
        "keywords": {"all": {"rival_scores": [100.0] * (n - 1), "rival_law": "uniform"}},
    }  # fmt: skip
    runs = runs_of(_auction_store(100.0, (100.0,) * (n - 1), 2_000.0, **channel), 8)

    # E[payment; win | own bid b] = b^n (n - 1) / n, times n bidders.
    exact_on_the_steps = float((n - 1) * (bids**n).mean())
    assert abs(exact_on_the_steps - (n - 1) / (n + 1)) < 0.0007 * n
    assert abs(z_over(runs, lambda r: n * r.daily("ad_spend").mean() / 100.0 / 2_000.0, exact_on_the_steps)) < 3.0


def test_a_reserve_of_half_brings_five_twelfths() -> None:
    bids = (np.arange(24) + 0.5) / 24
    channel = {
        "hours": [float(b) for b in bids], "slot_ctr": [1.0], "reserve": 50.0,
        "keywords": {"all": {"rival_scores": [100.0], "rival_law": "uniform"}},
    }  # fmt: skip
    runs = runs_of(_auction_store(100.0, (100.0,), 2_000.0, **channel), 8)

    above = bids[bids > 0.5]
    # Own bid b > 1/2 pays 1/2 against rivals below it, else the rival's bid: E = 1/4 + (b² - 1/4) / 2.
    exact_on_the_steps = 2 * float((0.25 + (above**2 - 0.25) / 2).sum() / 24)
    assert abs(exact_on_the_steps - 5 / 12) < 0.001
    assert abs(z_over(runs, lambda r: 2 * r.daily("ad_spend").mean() / 100.0 / 2_000.0, exact_on_the_steps)) < 3.0


def test_the_budget_runs_out_at_budget_over_price_times_rate() -> None:
    price, per_hour, budget = 1.0, 100.0, 1_000.0
    channel = {
        **PLAIN_CHANNEL, "mechanism": "placement", "daily_budget": budget, "billing": "click", "price": price,
        "audience": 2_400_000, "impressions_per_day": 0.1, "ctr": 0.01, "fatigue": 0,
    }  # fmt: skip
    runs = runs_of(quiet_store(100, days=60, channels={"direct_placement": channel}), 12)

    # The 1,001st click finds the purse empty: the plan is off 1,001 gaps after midnight.
    expected = (budget / price + 1) / per_hour
    assert abs(z_over(runs, lambda run: 24.0 - run.daily("silent_hours").mean(), expected)) < 3.0
    assert all((run.daily("ad_spend") == budget).all() for run in runs)
