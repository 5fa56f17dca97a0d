"""What each channel must bring, and what that costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from storesim.errors import PlanError
from storesim.forecast.outlook import Outlook
from storesim.plan.break_down import break_down
from storesim.plan.channels import channel_plan
from storesim.plan.goals import Goals
from storesim.plan.periods import year_outlook
from storesim.scenario.targets import Target
from tests.plan.made_outlooks import CHANNELS, COUNTS, made_outlook

MONTHS = [f"2027-{month:02d}" for month in range(1, 13)]


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    return made_outlook()


def planned(outlook: Outlook, factor: float, **settings: object) -> Goals:
    gmv = round(factor * float(np.median(outlook.total("gmv"))), 2)
    return break_down(outlook, Target.model_validate({"gmv": gmv, **settings}))


def test_every_channel_is_told_its_visitors_conversion_and_sales(outlook: Outlook) -> None:
    goals = planned(outlook, 1.2)

    for period in ("2027", "2027Q1", "2027Q4", "2027-06"):
        for channel in CHANNELS:
            for name in ("uv", "buyers", "gmv", "cvr", "aov"):
                assert goals.value(period, name, channel) > 0


def test_only_channels_that_cost_money_have_a_budget(outlook: Outlook) -> None:
    goals = planned(outlook, 1.2)

    assert {row.channel for row in goals.rows if row.kpi == "ad_spend"} == {"", "express"}
    assert {row.channel for row in goals.rows if row.kpi == "clicks"} == {"express"}
    assert goals.value("2027", "ad_spend", "express") == goals.value("2027", "ad_spend")


def test_a_budget_is_spent_and_has_no_chance(outlook: Outlook) -> None:
    goals = planned(outlook, 1.2)

    assert all(np.isnan(row.chance) for row in goals.rows if row.kpi in ("ad_spend", "clicks"))


def test_no_channel_is_asked_for_less_than_forecast_while_the_store_needs_more(outlook: Outlook) -> None:
    goals = planned(outlook, 1.4)

    for month in MONTHS:
        for channel in CHANNELS:
            row = goals.row(month, "uv", channel)
            assert row.goal >= 0.985 * row.p50


def test_the_wildest_channel_is_asked_for_the_largest_share_of_what_is_missing(outlook: Outlook) -> None:
    # Of the three only express varies much by itself (0.25 in logs against 0.08 and 0.05).
    goals = planned(outlook, 1.3)

    lift = {c: goals.value("2027", "uv", c) / goals.row("2027", "uv", c).p50 for c in CHANNELS}
    assert lift["express"] > lift["search"]
    assert lift["express"] > lift["returning"]


def test_extra_visitors_cost_more_than_the_first_ones(outlook: Outlook) -> None:
    # The made outlook spends 1.6 · visitors · (visitors / usual)^0.4: for 1 % more visitors 1.4 % more money.
    usual, more = planned(outlook, 1.0), planned(outlook, 1.5)

    each = [g.value("2027", "ad_spend", "express") / g.value("2027", "uv", "express") for g in (usual, more)]
    assert each[1] > 1.05 * each[0]
    assert any("Express 1.40%" in note for note in more.notes)
    assert any("not a simulated response" in note for note in more.notes)


def test_a_budget_that_did_not_move_the_visitors_offers_nobody_cheap_ones() -> None:
    made = made_outlook()
    paths = made.paths.copy()
    paths[..., COUNTS.index("ad_spend")] = np.array([0.0, 300.0, 0.0])
    goals = planned(replace(made, paths=paths), 1.5)

    visitors = goals.row("2027", "uv", "express")
    assert goals.value("2027", "ad_spend", "express") >= 0.98 * 300.0 * 365 * visitors.goal / visitors.p50


def test_a_response_curve_of_the_callers_own_sets_the_costs(outlook: Outlook) -> None:
    asked: list[tuple[str, str]] = []

    def response(channel: str, month: str, visitors: float) -> float:
        asked.append((channel, month))
        return 100.0 + 2.0 * visitors

    goals = break_down(outlook, Target.model_validate({"gmv": "180万"}), response=response)

    visitors = [goals.value(month, "uv", "express") for month in MONTHS]
    assert [goals.value(month, "ad_spend", "express") for month in MONTHS] == [100.0 + 2.0 * n for n in visitors]
    assert set(asked) == {("express", month) for month in MONTHS}
    assert any("response curves handed in" in note for note in goals.notes)


@pytest.mark.parametrize("answer", [-1.0, float("nan"), float("inf")])
def test_a_response_curve_that_gives_no_amount_is_refused(outlook: Outlook, answer: float) -> None:
    with pytest.raises(PlanError, match=r"response curve of express gives .* in 2027-01"):
        break_down(outlook, Target.model_validate({"gmv": "180万"}), response=lambda *_: answer)


def test_an_ad_share_of_the_targets_own_sets_the_budget_and_its_split(outlook: Outlook) -> None:
    goals = planned(outlook, 1.1, ad_share={1: "5%", "2-12": "8%"}, ad_split={"快车": "75%", "直投": "25%"})

    for month in MONTHS:
        share = 0.05 if month == "2027-01" else 0.08
        assert goals.value(month, "ad_spend") == pytest.approx(share * goals.value(month, "gmv"), abs=0.005001)
        assert goals.value(month, "ad_spend", "快车") == pytest.approx(0.75 * goals.value(month, "ad_spend"), abs=0.01)
        parts = [goals.value(month, "ad_spend", tool) for tool in ("快车", "直投")]
        assert round(100 * sum(parts)) == round(100 * goals.value(month, "ad_spend"))


def test_an_ad_share_without_a_split_follows_the_channels_own_costs(outlook: Outlook) -> None:
    goals = planned(outlook, 1.1, ad_share="10%")

    assert goals.value("2027", "ad_spend", "express") == goals.value("2027", "ad_spend")
    assert goals.value("2027", "ad_spend") == pytest.approx(0.1 * goals.value("2027", "gmv"), abs=0.06)


def test_visitors_nobody_can_buy_are_counted_against_the_years_median(outlook: Outlook) -> None:
    goals = planned(outlook, 1.2)

    year = year_outlook(outlook, 2027)
    assert year is not None
    plan = channel_plan(year, {"uv": np.array([goals.value(month, "uv") for month in MONTHS], dtype=np.int64)}, None)
    unpaid = [number for number, name in enumerate(CHANNELS) if name not in plan.steepness]
    asked = plan.counts["uv"].sum(axis=0)
    medians = [float(np.median(outlook.total("uv", channel=CHANNELS[number]))) for number in unpaid]
    beyond = sum(max(0.0, asked[number] - median) for number, median in zip(unpaid, medians, strict=True))
    assert beyond > 0
    assert plan.unpaid_extra == pytest.approx(beyond, rel=1e-12)


def test_visitors_nobody_can_buy_are_named(outlook: Outlook) -> None:
    far, near = planned(outlook, 1.6), planned(outlook, 0.9)

    assert any("cannot be bought and must come from rank" in note for note in far.notes)
    assert not any("cannot be bought" in note for note in near.notes)


def test_a_channel_that_opens_in_summer_brings_nothing_before() -> None:
    made = made_outlook()
    paths = made.paths.copy()
    paths[:, :181, 1] = 0.0
    goals = planned(replace(made, paths=paths), 1.2)

    for month in MONTHS[:6]:
        assert goals.value(month, "uv", "express") == 0
        assert goals.value(month, "gmv", "express") == 0
    assert goals.value("2027-07", "uv", "express") > 0
