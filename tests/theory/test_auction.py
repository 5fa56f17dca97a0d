"""The keyword auction and the daily budget against worked examples (CHECKS, "Auctions and budgets")."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.scenario.document import Scenario
from tests.theory.evidence import Evidence
from tests.theory.formulas import uniform_revenue
from tests.theory.stores import PLAIN_CHANNEL, luck_of, quiet_store, runs_of

BIDS = (10.0, 4.0, 2.0)
RUNS, DAYS = 16, 60
NO_RECORD = 1e-6
"""A quality record forgotten at once is 1: the auction ranks by bid alone, and prices do not waver."""

GROUPS = 240
SEARCHES = 2_000.0


def _auction_store(own: float, rivals: tuple[float, ...], searches: float, **settings: object) -> Scenario:
    channel = {
        **PLAIN_CHANNEL, "mechanism": "pay_per_click", "daily_budget": 9_999_999, "bid": own, "share": 1,
        "rivals": len(rivals), "reserve": 0, "step": 0, "slot_ctr": [1.0, 0.5], "quality_memory": NO_RECORD,
        "keywords": {"all": {"rival_scores": list(rivals), "rival_sd": 0}}, **settings,
    }  # fmt: skip
    return quiet_store(searches / 2, days=DAYS, channels={"express": channel})


@pytest.mark.parametrize(("own", "clicks", "payment"), [(10.0, 200.0, 800.0), (4.0, 100.0, 200.0), (2.0, 0.0, 0.0)])
def test_three_bidders_pay_what_edelman_ostrovsky_and_schwarz_say(
    own: float, clicks: float, payment: float, evidence: Evidence
) -> None:
    rivals = tuple(bid for bid in BIDS if bid != own)
    name = f"GSP, values 10, 4, 2: the bidder of {own:g}"

    runs = runs_of(_auction_store(own, rivals, 200.0), RUNS, luck_of(name))

    about = {
        "size": f"{RUNS} runs of {DAYS} days",
        "source": "Edelman, Ostrovsky and Schwarz 2007, American Economic Review 97(1)",
    }
    if clicks == 0.0:
        evidence.exact(f"{name}, clicks", expected=0, got=sum(run.total("clicks") for run in runs), **about)
        return
    evidence.mean(f"{name}, clicks", expected=clicks, values=[r.daily("clicks").mean() for r in runs], **about)
    evidence.mean(f"{name}, payment", expected=payment, values=[r.daily("ad_spend").mean() for r in runs], **about)


@pytest.mark.parametrize(
    ("n", "reserve", "revenue"),
    [
        (2, 0.0, 1 / 3),
        (3, 0.0, 2 / 4),
        (5, 0.0, 4 / 6),
        (10, 0.0, 9 / 11),
        (2, 0.5, 5 / 12),
        (3, 0.5, uniform_revenue(3, 0.5)),
        (4, 0.3, uniform_revenue(4, 0.3)),
    ],
)
def test_uniform_bidders_bring_the_revenue_of_a_second_price_auction(
    n: int, reserve: float, revenue: float, evidence: Evidence
) -> None:
    # Own bids are the middles of equal steps of (0, 1), a group of keywords each; by symmetry revenue is n times one
    # bidder's payment. The steps miss the integral by (n − 1) / (24 · 240²), far below the standard error.
    rival = {"rival_scores": [100.0] * (n - 1), "rival_law": "uniform"}
    keywords = {f"g{g}": {"searches": 1 / GROUPS, "bid": (g + 0.5) / GROUPS, **rival} for g in range(GROUPS)}
    scenario = _auction_store(
        100.0, (100.0,) * (n - 1), SEARCHES, slot_ctr=[1.0], reserve=100.0 * reserve, keywords=keywords
    )

    case = f"second price, {n} bidders uniform on (0, 1)" + (
        f", reserve {reserve:g}: revenue" if reserve else ": revenue"
    )

    runs = runs_of(scenario, RUNS, luck_of(case))

    evidence.mean(
        case, expected=round(revenue, 8), values=[n * r.daily("ad_spend").mean() / 100.0 / SEARCHES for r in runs],
        size=f"{RUNS} runs of {DAYS} days, {SEARCHES:,.0f} auctions a day",
        source="Krishna 2010, Auction Theory, chapter 2" if reserve else "(n − 1)/(n + 1); Vickrey 1961",
    )  # fmt: skip


def test_the_closed_revenue_is_the_published_one() -> None:
    assert [uniform_revenue(n) for n in (2, 3, 10)] == pytest.approx([1 / 3, 1 / 2, 9 / 11])
    assert uniform_revenue(2, 0.5) == pytest.approx(5 / 12)


@pytest.mark.parametrize(("price", "per_hour", "budget"), [(1.0, 10_000, 100_000.0), (2.5, 4_000, 60_000.0)])
def test_the_budget_runs_out_at_budget_over_price_times_rate(
    price: float, per_hour: int, budget: float, evidence: Evidence
) -> None:
    days = 12
    channel = {
        **PLAIN_CHANNEL, "mechanism": "placement", "daily_budget": budget, "billing": "click", "price": price,
        "audience": 2_400 * per_hour, "impressions_per_day": 1, "ctr": 0.01, "fatigue": 0,
    }  # fmt: skip

    name = f"¥{budget:,.0f}, ¥{price:g} a click, {per_hour:,} clicks an hour"

    runs = runs_of(quiet_store(1, days=days, channels={"direct_placement": channel}), RUNS, luck_of(name))

    about = {"size": f"{RUNS} runs of {days} days", "source": "budget / (price · rate)"}
    # The plan goes off the air at the first click it cannot pay, one gap of 1/rate hours after the purse is empty.
    hours = [24.0 - float(np.mean(run.daily("silent_hours"))) for run in runs]
    evidence.mean(f"{name}: hours on the air", expected=budget / (price * per_hour), values=hours, **about)
    above = max(float(run.daily("ad_spend").max()) for run in runs) - budget
    evidence.exact(f"{name}: most spent above budget, CNY", expected=0, got=above, **about)


def test_equal_quality_of_all_ranks_by_bid_bit_for_bit(evidence: Evidence) -> None:
    # A power of two on the quality of all bidders leaves every bit of every comparison and price as it was.
    words = {"rival_scores": [], "rival_sd": 0.5}
    one, four = (
        runs_of(
            _auction_store(
                1.5,
                (1.0,) * 3,
                400.0,
                keywords={"all": {**words, "relevance": q, "rival_score": q}},
                slot_ctr=[1.0, 0.5],
            ),
            4,
        )
        for q in (1.0, 4.0)
    )

    columns = ("impressions", "clicks", "ad_spend", "uv", "gmv")
    different = sum(
        a.daily(name).tobytes() != b.daily(name).tobytes() for a, b in zip(one, four, strict=True) for name in columns
    )

    assert min(run.total("clicks") for run in one) > 1_000
    evidence.exact(
        "quality of all bidders 1, or 4: daily columns whose bytes differ", expected=0, got=different,
        size=f"4 runs of {DAYS} days: {', '.join(columns)}", source="rank by bid",
    )  # fmt: skip


def test_an_hour_left_out_wins_nothing_even_where_there_is_no_reserve_and_a_slot_is_free() -> None:
    hours = [0.0] * 12 + [1.0] * 12
    (run,) = runs_of(_auction_store(5.0, (2.0,), 200.0, hours=hours, reserve=0), 1)

    # The best slot of two is won in every search of half the day: 100 impressions a day.
    assert abs(run.daily("impressions").mean() - 100.0) < 3.0 * np.sqrt(100.0 / DAYS)
    assert run.total("ad_spend") == 2.0 * run.total("clicks")
