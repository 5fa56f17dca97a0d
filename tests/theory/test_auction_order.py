"""Rank and price in the keyword auction against a brute-force second-price auction (CHECKS, "Auctions and budgets")."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.engine.draws import STEP, exp, halves, normal, seed_of, stream_key, unit
from storesim.engine.kernel import Kernel
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from tests.theory.stores import PLAIN_CHANNEL, quiet_store

SEARCHES = 3_000


def _plan(quality: float, *, rivals: int, alike: bool, reserve: float = 10.0) -> Kernel:
    kernel = Kernel(["express"], 1, 1, n_rivals=rivals, n_slots=3)
    plan = kernel.plan
    plan.kind[:], plan.rate[:], plan.budget[:] = d.AUCTION, SEARCHES, np.inf
    plan.group_share[:], plan.own_bid[:], plan.quality[:] = 1.0, 150.0, quality
    plan.slot_ctr[:] = [1.0, 0.6, 0.3]
    plan.n_rivals[:], plan.rival_sd[:], plan.reserve[:], plan.step[:] = rivals, 0.6, reserve, 1.0
    plan.rival_score[:] = 120.0 if alike else np.linspace(80.0, 160.0, rivals)
    kernel.open(0)
    kernel.play(0.0, 24.0, d.NO_ARRIVALS)
    return kernel


def _brute_force(kernel: Kernel, n: int) -> tuple[float, float]:
    """Clicks and spend of the first `n` searchers, each auction held by sorting the scores of all bidders."""
    plan, clicks, spend = kernel.plan, 0, 0.0
    with np.errstate(over="ignore"):
        key = seed_of(stream_key(0, 0, "visits.express"), 1)
        for i in range(n):
            seed = seed_of(key, i)
            own = 150.0 * plan.quality[0, 0]
            scores = [
                plan.rival_score[0, 0, r] * exp(0.6 * normal(unit(seed + np.uint64(d.DRAW_RIVAL + r) * STEP)))
                for r in range(plan.n_rivals[0])
            ]
            order = sorted([(own, -1), *((score, r) for r, score in enumerate(scores))], reverse=True)
            slot = [bidder for _, bidder in order].index(-1)
            if slot >= 3 or own < plan.reserve[0]:
                continue
            if halves(seed + np.uint64(d.DRAW_SEARCH) * STEP)[1] < plan.slot_ctr[0, slot]:
                following = order[slot + 1][0] if slot + 1 < len(order) else 0.0
                keeps = max(following, plan.reserve[0]) / plan.quality[0, 0]
                clicks += 1
                spend += min(150.0, np.floor(keeps + 0.5) + 1.0)
    return clicks, spend


@pytest.mark.parametrize("quality", [0.7, 1.0, 1.8])
@pytest.mark.parametrize("rivals", [2, 5])
def test_rivals_of_different_laws_give_the_brute_force_auction_to_the_fen(quality: float, rivals: int) -> None:
    kernel = _plan(quality, rivals=rivals, alike=False)
    row = kernel.tally.by_channel[0]

    # The kernel plays the searchers of the day; the number it drew, less the one beyond midnight.
    drawn = int(kernel.state.number[0])
    clicks, spend = _brute_force(kernel, drawn)

    assert (row[d.CLICKS], row[d.SPEND]) == (clicks, spend)
    assert clicks > 100


@pytest.mark.parametrize("quality", [0.7, 1.0, 1.8])
def test_rivals_of_one_law_give_the_brute_force_auction_within_its_luck(quality: float) -> None:
    # Equal rivals are compared by their uniforms, and only the best below becomes a score: the same law.
    kernel = _plan(quality, rivals=4, alike=True)
    row = kernel.tally.by_channel[0]

    clicks, spend = _brute_force(kernel, 2 * SEARCHES)

    n = kernel.state.number[0]
    rate = clicks / (2 * SEARCHES)
    assert abs(row[d.CLICKS] / n - rate) < 3 * np.sqrt(rate * (1 - rate) * (1 / n + 1 / (2 * SEARCHES)))
    # A price spreads by less than 50 fen between 10 and 150.
    assert abs(row[d.SPEND] / row[d.CLICKS] - spend / clicks) < 3 * 50 * np.sqrt(1 / row[d.CLICKS] + 1 / clicks)


def _store(bid: float, relevance: float) -> Scenario:
    channel = {
        **PLAIN_CHANNEL, "mechanism": "pay_per_click", "daily_budget": 9_999_999, "bid": bid, "share": 1, "rivals": 3,
        "reserve": 0, "step": 0, "slot_ctr": [1.0, 0.5], "quality_memory": 1e-6,
        "keywords": {"all": {"relevance": relevance, "rival_score": relevance, "rival_scores": [], "rival_sd": 0.5}},
    }  # fmt: skip
    return quiet_store(200, days=20, channels={"express": channel})


def test_equal_quality_is_rank_by_bid_bit_for_bit() -> None:
    # A power of two on the quality of all leaves every bit of every comparison and price as it was.
    one, four = simulate(_store(1.5, 1.0), 3), simulate(_store(1.5, 4.0), 3)

    for name in ("impressions", "clicks", "ad_spend", "uv"):
        assert one.daily(name).tobytes() == four.daily(name).tobytes()
    assert one.total("clicks") > 1_000


def test_clicks_to_expect_rise_with_quality() -> None:
    kernel = _plan(1.0, rivals=4, alike=False)
    shares = []
    for quality in (0.5, 1.0, 2.0):
        kernel.plan.quality[:] = quality
        kernel.open(0)
        kernel.play(0.0, 24.0, d.NO_ARRIVALS)
        shares.append(kernel.tally.by_channel[0, d.EXPECTED_CLICKS])

    assert shares == sorted(shares)
    assert shares[-1] < SEARCHES


def test_each_of_more_bids_than_are_worked_out_at_once_is_met_as_if_it_were_alone() -> None:
    # Twelve groups of keywords with a bid of their own in each hour are 288 bids; a block has 256 places.
    bids = 40.0 + np.arange(288.0).reshape(24, 12)
    together, alone = _met(bids), [_met(bids[:, g : g + 1]) for g in range(12)]

    clicks = [kernel.tally.by_channel[0, d.EXPECTED_CLICKS] for kernel in alone]
    shown = [kernel.state.group_shown[0, 0] for kernel in alone]
    np.testing.assert_allclose(together.tally.by_channel[0, d.EXPECTED_CLICKS], np.mean(clicks), rtol=1e-12)
    np.testing.assert_allclose(together.state.group_shown[0], np.array(shown) / 12.0, rtol=1e-12)
    assert len(set(shown)) == 12


def _met(bids: np.ndarray) -> Kernel:
    """A day of groups of keywords as large as one another, among rivals of one law; `bids` [24, n_groups] are fen."""
    n_groups = bids.shape[1]
    kernel = Kernel(["express"], 1, 1, n_groups=n_groups, n_rivals=4, n_slots=3, rivals_alike=True)
    plan = kernel.plan
    plan.kind[:], plan.rate[:], plan.budget[:] = d.AUCTION, SEARCHES, np.inf
    plan.group_share[:], plan.own_bid[:], plan.slot_ctr[:] = 1.0 / n_groups, bids, [0.5, 0.3, 0.1]
    plan.n_rivals[:], plan.rival_score[:], plan.rival_sd[:], plan.reserve[:] = 4, 120.0, 0.6, 10.0
    kernel.open(0)
    kernel.play(0.0, 24.0, d.NO_ARRIVALS)
    return kernel
