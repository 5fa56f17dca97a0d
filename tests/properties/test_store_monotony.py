"""More never brings less: the same luck, one lever moved (MODEL section 14)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario

RUNS = range(6)
# Without the paths by which clicks of today change the rank, the record and the trust of tomorrow.
NO_MEMORY = {
    "channels.search": {"mechanism": "organic", "popularity": 0, "conversion_effect": 0, "score_effect": 0},
    "operations.conversion.review_lift": 1,
    "operations.stock.policy": "unlimited",
    "horizon": 30,
}


def _runs(changes: dict[str, Any]) -> list[Run]:
    plan = scenario({**NO_MEMORY, **changes})
    return [simulate(plan, 11, run) for run in RUNS]


def _express(**settings: Any) -> dict[str, Any]:
    channel = {"mechanism": "pay_per_click", "daily_budget": 100, "bid": 1.5, "quality_memory": 1e-9, **settings}
    return {"channels.express": channel}


@pytest.mark.parametrize("budgets", [(0.0, 5.0, 20.0, 60.0, 200.0, 1e6)])
def test_more_budget_never_brings_fewer_clicks_on_any_day_of_any_run(budgets: tuple[float, ...]) -> None:
    clicks = np.array([[run.daily("clicks", "express") for run in _runs(_express(daily_budget=b))] for b in budgets])

    assert (np.diff(clicks, axis=0) >= 0).all()
    assert (np.diff(clicks.sum(axis=(1, 2))) > 0)[:4].all()


def test_a_larger_budget_leaves_the_visitors_of_other_channels_alone() -> None:
    less, more = (_runs(_express(daily_budget=b, cannibalisation=0)) for b in (20.0, 60.0))

    for a, b in zip(less, more, strict=True):
        assert a.daily("uv", "search").tobytes() == b.daily("uv", "search").tobytes()
        assert a.daily("uv", "direct_placement").tobytes() == b.daily("uv", "direct_placement").tobytes()


def test_better_quality_never_costs_more_for_the_same_slot() -> None:
    # One slot, one rival: whoever wins pays the rival's score over the own quality.
    one_slot = {"rivals": 1, "slot_ctr": [0.1], "daily_budget": 9_999_999, "share": 1.0}
    costs, clicks = [], []
    for relevance in (0.8, 1.0, 1.5, 3.0):
        group = {"all": {"relevance": relevance, "rival_sd": 0.0, "rival_score": 1.0}}
        runs = _runs(_express(**one_slot, keywords=group))
        costs.append([run.total("cpc", "express") for run in runs])
        clicks.append([run.daily("clicks", "express") for run in runs])

    assert (np.diff(np.array(costs), axis=0) <= 0).all()
    assert (np.diff(np.array(clicks), axis=0) >= 0).all()
    assert np.mean(costs[0]) > 1.4 * np.mean(costs[2])


def test_better_quality_never_brings_fewer_clicks_against_many_rivals() -> None:
    clicks = []
    for relevance in (0.5, 1.0, 2.0, 4.0):
        group = {"all": {"relevance": relevance}}
        runs = _runs(_express(daily_budget=9_999_999, rivals=6, keywords=group))
        clicks.append([run.daily("clicks", "express") for run in runs])

    assert (np.diff(np.array(clicks), axis=0) >= 0).all()


def test_fewer_agents_never_answer_faster_in_the_mean() -> None:
    waits, answered = [], []
    for agents in (1, 2, 3, 5, 9):
        runs = _runs({"operations.service": {"agents": agents, "asks": 0.6, "minutes": 8, "patience": None}})
        waits.append(np.mean([run.total("chat_wait") / run.total("chats") for run in runs]))
        answered.append(np.mean([run.total("chats_in_30s") / run.total("chats") for run in runs]))

    assert waits == sorted(waits, reverse=True)
    assert answered == sorted(answered)
    assert waits[0] > waits[2] > 0.0


def test_a_lower_price_never_brings_fewer_buyers_and_more_stock_never_loses_more() -> None:
    buyers = [sum(r.total("buyers") for r in _runs({"catalogue.discount": cut})) for cut in (0.0, 0.1, 0.2, 0.4)]
    lost = [
        sum(r.total("lost_units") for r in _runs({"operations.stock": {"opening": days, "policy": "sQ"}}))
        for days in (1, 5, 30, 200)
    ]

    assert buyers == sorted(buyers)
    assert buyers[-1] > buyers[0]
    assert lost == sorted(lost, reverse=True)
    assert lost[0] > lost[-1]
