"""Gates, dates and falling back (MODEL section 2)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine.day import ON_DUTY
from storesim.model.stage import Career, Rule
from storesim.model.today import Standing
from storesim.runs.one import simulate
from storesim.scenario.store import Gate
from tests.model.small import scenario, store

GOOD = Standing(age=30, good_reviews=10, good_rate=0.90, score=0.5)
LAUNCH = Rule(None, None, None)


def _gate(**settings: object) -> Gate:
    return Gate.model_validate(settings)


def _career(growth: Rule, stable: Rule | None = None, *, gmv: float = 100.0, days: int = 200) -> Career:
    career = Career((LAUNCH, growth, stable or Rule(None, None, None)), np.ones(400))
    for day in range(days):
        career.close(day, gmv, 10.0, 2.0)
    return career


def test_the_first_gate_opens_at_exactly_its_figures() -> None:
    rule = Rule(_gate(age=30, good_reviews=10, good_rate=0.9, gmv_28d=2_800), None, None)

    assert _career(rule).review(35, GOOD)


@pytest.mark.parametrize(
    "short",
    [{"age": 29}, {"good_reviews": 9.0}, {"good_rate": 0.899}],
    ids=lambda change: next(iter(change)),
)
def test_the_gate_stays_shut_if_one_figure_falls_short(short: dict[str, float]) -> None:
    rule = Rule(_gate(age=30, good_reviews=10, good_rate=0.9, gmv_28d=2_800), None, None)

    assert not _career(rule).review(35, GOOD._replace(**short))


def test_one_step_a_morning_also_where_a_date_falls_on_the_weekly_review() -> None:
    stages = {}
    for date in ("2027-01-08", "2027-01-09"):
        gates = {"stages.growth.gate": {"on": date}, "stages.stable.gate": {"age": 0}}
        stages[date] = simulate(scenario(gates | {"horizon": 20}), 1).daily("stage").astype(int).tolist()

    assert stages["2027-01-08"] == [0] * 7 + [1] * 7 + [2] * 6
    assert stages["2027-01-09"] == [0] * 8 + [1] * 6 + [2] * 6


def test_on_the_day_of_a_date_the_record_is_not_asked() -> None:
    rule = Rule(_gate(age=0), None, None)

    assert not _career(rule).review(36, GOOD)
    assert _career(rule).review(42, GOOD)


def test_the_trade_of_the_last_28_days_counts_and_no_other() -> None:
    rule = Rule(_gate(age=0, good_reviews=0, good_rate=0, gmv_28d=2_800), None, None)
    career = _career(rule, days=28)

    assert not career.review(35, GOOD)  # only 21 of the last 28 days had trade
    assert career.review(28, GOOD)


def test_growth_is_freed_from_the_calendar() -> None:
    stable = Rule(_gate(age=0, good_reviews=0, good_rate=0, growth_below=0.10, returning_share=0.15), None, None)
    known = np.ones(400)
    known[84:168] = 1.5  # the season, not the store
    career = Career((LAUNCH, LAUNCH, stable), known)
    career.stage = 1
    for day in range(168):
        career.close(day, 100.0 * known[day], 10.0, 2.0)

    assert career.review(168, GOOD)


def test_a_store_that_grows_by_a_tenth_or_has_few_old_buyers_is_not_stable() -> None:
    stable = Rule(_gate(age=0, good_reviews=0, good_rate=0, growth_below=0.10, returning_share=0.15), None, None)
    growing, anonymous = (Career((LAUNCH, LAUNCH, stable), np.ones(400)) for _ in range(2))
    growing.stage = anonymous.stage = 1
    for day in range(168):
        growing.close(day, 100.0 if day < 84 else 110.0, 10.0, 2.0)
        anonymous.close(day, 100.0, 10.0, 1.0)

    assert not growing.review(168, GOOD)
    assert not anonymous.review(168, GOOD)


def test_a_date_opens_a_stage_whatever_the_record_says() -> None:
    career = _career(Rule(_gate(), 50, None), days=0)

    assert career.dates == (50,)
    assert not career.review(49, Standing(49, 0.0, 0.0, 0.0))
    assert career.review(50, Standing(50, 0.0, 0.0, 0.0))


def test_a_stage_is_kept_four_weeks_and_then_lost_below_the_lower_threshold_only() -> None:
    rule = Rule(_gate(age=0, good_reviews=0, good_rate=0, gmv_28d=2_800), None, 2_000)
    thin, middling = (_career(rule, days=28) for _ in range(2))
    for career, gmv in ((thin, 50.0), (middling, 80.0)):
        career.review(28, GOOD)
        for day in range(28, 70):
            career.close(day, gmv, 10.0, 2.0)

    # 28 x 50 is below 2,000; 28 x 80 lies between both thresholds: too little to rise, enough to stay (hysteresis).
    assert not thin.review(55, GOOD)
    assert thin.review(56, GOOD)
    assert thin.stage == 0
    assert not middling.review(63, GOOD)
    assert middling.stage == 1


def test_a_stage_without_a_gate_is_never_entered() -> None:
    assert not _career(Rule(None, None, None)).review(196, GOOD)


def test_a_review_moves_by_one_stage_at_most() -> None:
    easy = Rule(_gate(age=0, good_reviews=0, good_rate=0), None, None)
    career = _career(easy, easy)

    career.review(7, GOOD)

    assert career.stage == 1


def test_a_new_stage_brings_its_levers_on_the_morning_it_is_entered() -> None:
    playbook = {
        "stages.growth": {
            "gate": {"on": "2027-01-20"},
            "playbook": {
                "operations.service.agents": 3, "catalogue.discount": 0.2, "operations.dispatch.waves": ["9:00"],
                "channels.express.daily_budget": 0,
            },
        }
    }  # fmt: skip
    grown, run = store(playbook), simulate(scenario(playbook), 1)

    grown.live()

    spend = run.daily("ad_spend", "express")
    assert run.daily("stage").tolist() == [0.0] * 19 + [1.0] * 41
    assert grown.kernel.state.counters[ON_DUTY] == 3
    assert grown.kernel.plan.waves.tolist() == [9.0]
    assert grown.kernel.plan.price.tolist() == [8_000.0, 16_000.0]
    assert spend[:19].min() > 0.0
    assert spend[19:].max() == 0.0


def test_orders_a_day_are_those_of_thirty_days_and_of_none_before_the_opening() -> None:
    career = Career((LAUNCH, LAUNCH, LAUNCH), np.ones(400))
    found = []

    for day in range(70):
        career.close(day, 0.0, 0.0, 0.0, orders=float(day))
        found.append(career.orders_a_day)

    assert found == [sum(range(max(0, day - 29), day + 1)) / 30 for day in range(70)]
