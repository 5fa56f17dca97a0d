"""Visitors, hours, pages, audiences, reviews and members against the laws they follow (MODEL section 14)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from storesim.engine import day as d
from tests.theory.evidence import Evidence
from tests.theory.formulas import saturating
from tests.theory.stores import FREE_CHANNEL, PLAIN_CHANNEL, log_of, luck_of, quiet_store, runs_of, z_over


def test_visitors_of_a_day_follow_the_poisson_law(evidence: Evidence) -> None:
    runs = runs_of(quiet_store(30, days=1_000), 4, luck_of("30 visitors a day"))
    counts = np.concatenate([run.daily("uv") for run in runs])

    seen = np.bincount(counts.astype(int), minlength=80)
    law = stats.poisson.pmf(np.arange(seen.size), 30) * counts.size
    common = law >= 5
    observed = np.append(seen[common], seen[~common].sum())
    expected = np.append(law[common], law[~common].sum())
    assert stats.chisquare(observed, expected * observed.sum() / expected.sum()).pvalue > 0.001
    about = {"size": f"{counts.size:,} days", "source": "Poisson law"}
    evidence.mean("30 visitors a day: mean", expected=30, values=counts, **about)
    evidence.mean("30 visitors a day: variance", expected=30, values=(counts - 30.0) ** 2, **about)
    # Days follow one another without memory; 4,000 days.
    assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 3.0 / np.sqrt(counts.size)


def test_buyers_are_a_thinned_poisson_stream_independent_of_those_who_leave(evidence: Evidence) -> None:
    # Conversion 0.2 of 50 visitors: 10 buyers a day, Poisson again, and uncorrelated with the other 40.
    runs = runs_of(quiet_store(50, days=1_000, conversion={"base": 0.2}), 4, luck_of("one in five buys"))
    buyers = np.concatenate([run.daily("buyers") for run in runs])
    others = np.concatenate([run.daily("uv") for run in runs]) - buyers

    about = {"size": f"{buyers.size:,} days", "source": "thinned Poisson process (Kingman 1993)"}
    evidence.mean("50 visitors a day, one in five buys: mean of buyers", expected=10, values=buyers, **about)
    evidence.mean(
        "50 visitors a day, one in five buys: variance of buyers", expected=10, values=(buyers - 10.0) ** 2, **about
    )
    products = (buyers - 10.0) * (others - 40.0)
    evidence.mean("covariance of buyers and of those who leave", expected=0, values=products, **about)


def test_visitors_come_in_each_hour_by_the_shares_of_the_market() -> None:
    # The log shows those who buy; everybody does, and at once.
    scenario = quiet_store(400, days=150, conversion={"base": 0.999999}).with_({"market.hours": list(range(1, 25))})
    log = log_of(scenario)

    seen = np.bincount((log[:, d.LOG_TIME] % 24.0).astype(int), minlength=24)

    expected = np.arange(1, 25) / 300 * seen.sum()
    assert seen.sum() > 50_000
    assert stats.chisquare(seen, expected).pvalue > 0.001


def test_weekdays_and_quarters_have_their_shares() -> None:
    scenario = quiet_store(2_000, days=364).with_({"market.weekend": 0.82, "market.season": [0.20, 0.26, 0.23, 0.31]})
    runs = runs_of(scenario, 8)

    # 2027-01-01 is a Friday: days 1, 2, 8, 9 … are a weekend. A season that is the same for both cancels within ±0.3 %,
    # so two weeks' worth of neighbours are compared: each weekend with the five working days around it.
    def weekend(run: Any) -> float:
        uv = run.daily("uv")[1:358].reshape(51, 7)
        return float((uv[:, :2].mean(axis=1) / uv[:, 2:].mean(axis=1)).mean())

    smooth = scenario.market.weekend
    season = runs_of(scenario.with_({"market.weekend": 1.0}), 8)
    drift = np.mean([weekend(run) for run in season])
    assert abs(z_over(runs, lambda run: weekend(run) / drift, smooth)) < 3.0
    quarters = [(0, 90, 0.20), (90, 181, 0.26), (181, 273, 0.23), (273, 364, 0.31)]
    means = np.array([[run.daily("uv")[a:b].mean() for a, b, _ in quarters] for run in season])
    for q, (_, _, share) in enumerate(quarters):
        shares = means[:, q] / means.sum(axis=1)
        # The last quarter lacks its last day, which moves its mean by less than 0.1 % of itself.
        assert abs(shares.mean() - share) < 3 * shares.std(ddof=1) / np.sqrt(8) + 0.001 * share


def test_bounces_and_pages_have_their_law(evidence: Evidence) -> None:
    channel = {**FREE_CHANNEL, "bounce": 0.4, "depth": 5}
    runs = runs_of(quiet_store(400, days=100, channels={"search": channel}), 16, luck_of("bounce"))

    bounced = [run.total("bounces") / run.total("uv") for run in runs]
    about = {"size": "16 runs of 100 days, 400 visitors a day", "source": "one page or two and a geometric number"}
    evidence.mean("bounce 40 %: share that sees one page", expected=0.4, values=bounced, **about)
    depths = [run.total("depth") for run in runs]
    evidence.mean("bounce 40 %, else 5 pages: pages a visitor", expected=0.4 + 0.6 * 5, values=depths, **about)


@pytest.mark.parametrize("fatigue", [0.0, 0.5, 2.0])
def test_clicks_on_an_audience_grow_as_the_logarithm_of_what_is_shown(fatigue: float, evidence: Evidence) -> None:
    # One day, x = 2 exposures a person: A·ctr·ln(1 + f·x)/f clicks.
    channel = {
        **PLAIN_CHANNEL, "mechanism": "placement", "daily_budget": 9_999_999, "audience": 50_000, "ctr": 0.01,
        "impressions_per_day": 2, "fatigue": fatigue, "price": 1,
    }  # fmt: skip
    runs = runs_of(quiet_store(1, days=1, channels={"direct_placement": channel}), 60, luck_of(f"{fatigue}"))

    evidence.mean(
        f"50,000 people, 2 exposures each, fatigue {fatigue:g}: clicks",
        expected=round(500 * saturating(fatigue, 2), 4), values=[run.total("clicks") for run in runs],
        size="60 runs of a day", source="A · ctr · ln(1 + fx)/f",
    )  # fmt: skip


def test_ten_reviews_lift_the_odds_of_buying_3_7_times(evidence: Evidence) -> None:
    # Every order is reviewed at once, so that a store of one item goes from no reviews to hundreds within the run.
    scenario = quiet_store(1_000, days=60, conversion={"base": 0.037, "review_lift": 3.7}).with_({
            "operations.reviews": {"chance": 1, "delay": 0, "stars_sd": 0}, "operations.dispatch.delivery": 0.01,
            "operations.dispatch.waves": ["23:00"],
        },
    )  # fmt: skip
    runs = runs_of(scenario, 30)

    # Odds × 3.7 from none to ten. Day 0 has no reviews; from day 20 on there are hundreds.
    odds = 0.037 / (1 - 0.037)
    assert all(run.daily("reviews")[:20].sum() > 100 for run in runs)
    about = {"size": "30 runs, 1,000 visitors a day", "source": "Askalidis and Malthouse 2016: +270 %"}
    without = [float(run.daily("cvr")[0]) for run in runs]
    evidence.mean(
        "conversion without reviews, 3.7 % with many", expected=round(odds / 3.7 / (1 + odds / 3.7), 8), values=without,
        **about,
    )  # fmt: skip
    evidence.mean(
        "conversion with hundreds of reviews", expected=0.037, values=[run.daily("cvr")[20:].mean() for run in runs],
        **about,
    )  # fmt: skip


def test_members_come_back_by_visits_per_member_for_as_long_as_they_stay(evidence: Evidence) -> None:
    channels = {
        "search": FREE_CHANNEL,
        "returning": {**PLAIN_CHANNEL, "mechanism": "returning", "visits_per_member": 0.05, "conversion": 1},
    }
    scenario = quiet_store(200, days=400, channels=channels, conversion={"base": 0.1}).with_(
        {"operations.members": {"join": 0.5, "churn": 0.02}},
    )
    runs = runs_of(scenario, 24)

    # 20 buyers a day, half of whom join; stay 1/0.02 = 50 days: 500 members of a morning after a while, less the day's
    # own lapse, who pay 25 visits a day. Members cannot join again.
    after = slice(250, None)
    about = {"size": "24 runs of 400 days, the first 250 left out", "source": "stationary mean"}
    joined = np.array([run.daily("members_joined")[after].mean() for run in runs])
    visits = [run.daily("uv", "returning")[after].mean() for run in runs]
    bought = np.array([run.daily("buyers", "returning")[after].mean() for run in runs])
    evidence.mean("20 buyers a day, half join: members joined a day", expected=10, values=joined, **about)
    evidence.mean("lapse 2 % a day, 0.05 visits a day: members' visits a day", expected=25, values=visits, **about)
    # Repeat purchases of a member in its life: 0.05 · 0.1 · 50 = 0.25.
    evidence.mean("one visit in ten buys: repeat purchases a member", expected=0.25, values=bought / joined, **about)
