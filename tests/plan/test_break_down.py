"""The break-down of a forecast year: everything adds up, caps hold, and hard years have answers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from storesim.errors import PlanError, UsageError
from storesim.forecast.outlook import Outlook
from storesim.plan import notes
from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.plan.likely_path import Unreachable
from storesim.scenario.targets import Target
from storesim.units import show_share
from tests.plan.made_outlooks import CHANNELS, COUNTS, made_outlook

COUNTED = ("uv", "pv", "buyers", "orders", "gmv", "ad_spend")
QUARTERS = {f"2027Q{q}": [f"2027-{3 * q - i:02d}" for i in (2, 1, 0)] for q in (1, 2, 3, 4)}


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    return made_outlook()


@pytest.fixture(scope="module")
def forecast(outlook: Outlook) -> float:
    return float(np.median(outlook.total("gmv")))


def target_of(gmv: float, **limits: object) -> Target:
    return Target.model_validate({"gmv": round(gmv, 2), **limits})


def whole(goals: Goals, period: str, kpi: str, channel: str = "") -> int:
    """The goal in its smallest unit."""
    value = goals.value(period, kpi, channel)
    number = round(100 * value) if kpi in ("gmv", "ad_spend") else value
    assert isinstance(number, int)
    return number


def assert_adds_up(goals: Goals, target: float) -> None:
    """Months to quarters to the year, channels to the store, and the year to the target, in whole units."""
    kpis = [name for name in COUNTED if any(r.kpi == name and r.channel == "" for r in goals.rows)]
    channels = list(dict.fromkeys(r.channel for r in goals.rows if r.channel))
    year = str(goals.year)
    assert whole(goals, year, "gmv") == round(100 * target)
    for name in kpis:
        for q in range(1, 5):
            months = [f"{year}-{month:02d}" for month in range(3 * q - 2, 3 * q + 1)]
            assert whole(goals, f"{year}Q{q}", name) == sum(whole(goals, month, name) for month in months), name
        assert whole(goals, year, name) == sum(whole(goals, f"{year}Q{q}", name) for q in range(1, 5)), name
    for period in dict.fromkeys(r.period for r in goals.rows if r.level in ("year", "quarter", "month")):
        for name in ("uv", "buyers", "gmv", "ad_spend"):
            parts = [whole(goals, period, name, c) for c in channels if has(goals, period, name, c)]
            if parts:
                assert sum(parts) == whole(goals, period, name), (period, name)


def has(goals: Goals, period: str, kpi: str, channel: str) -> bool:
    return any((r.period, r.kpi, r.channel) == (period, kpi, channel) for r in goals.rows)


@pytest.mark.parametrize("factor", [0.5, 0.97, 1.0, 1.2, 3.0])
def test_months_quarters_channels_and_the_year_add_up_to_the_fen_and_the_visitor(
    outlook: Outlook, forecast: float, factor: float
) -> None:
    target = round(factor * forecast, 2)

    goals = break_down(outlook, target_of(target))

    assert_adds_up(goals, target)


def test_gmv_is_uv_times_cvr_times_aov_in_every_period_and_channel(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(1.2 * forecast))

    periods = dict.fromkeys(row.period for row in goals.rows)
    for channel in ("", *CHANNELS):
        for period in periods:
            uv, cvr, aov, gmv = (goals.value(period, name, channel) for name in ("uv", "cvr", "aov", "gmv"))
            buyers = goals.value(period, "buyers", channel)
            assert (uv * cvr * aov if buyers else 0.0) == pytest.approx(gmv, rel=1e-12)
            assert not uv or cvr == buyers / uv


def test_every_quarter_and_month_has_pv_uv_cvr_and_aov_with_their_chances(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(1.1 * forecast))

    for period in ("2027", *QUARTERS, *(month for months in QUARTERS.values() for month in months)):
        for name in ("pv", "uv", "cvr", "aov", "gmv"):
            row = goals.row(period, name)
            assert row.p10 <= row.p50 <= row.p90
            assert 0.0 <= row.chance <= 1.0
            assert row.goal > 0


def test_the_chances_are_shares_of_the_forecast_and_not_of_the_plan(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(1.1 * forecast))

    for period in ("2027", *QUARTERS):
        goal = goals.value(period, "gmv")
        assert goals.chance(period) == pytest.approx(outlook.chance("gmv", period, goal))
    totals = outlook.total("gmv")
    assert [amount for _, amount in goals.reachable] == pytest.approx(np.quantile(totals, [0.5, 0.2, 0.1]), abs=0.01)


def test_a_goal_no_path_reaches_is_one_in_many(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(2.5 * forecast))

    assert 0.0 < goals.chance("2027") < 0.5 / outlook.n_paths
    assert "none of the 200 paths reached it" in goals.notes[0]
    assert "没有一条达成" in goals.notes_zh[0]


def test_more_is_asked_of_visitors_than_of_value_per_buyer(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(1.25 * forecast))

    lift = {name: goals.value("2027", name) / goals.row("2027", name).p50 for name in ("uv", "aov")}
    assert lift["uv"] > lift["aov"] > 1.0


def test_the_note_on_what_is_asked_agrees_with_the_rows(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(1.25 * forecast))

    note = next(note for note in goals.notes if note.startswith("The target is"))
    rows = {name: goals.row("2027", name) for name in ("uv", "cvr", "aov")}
    parts = [f"{100 * (row.goal / row.p50 - 1):+.1f}%" for row in rows.values()]
    assert note.startswith("The target is 1.25 × the middle of the forecast.")
    assert all(part in note for part in parts), (parts, note)


def test_a_store_in_which_most_paths_sell_nothing_is_still_planned(outlook: Outlook) -> None:
    paths = outlook.paths.copy()
    for name in ("buyers", "orders", "gmv"):
        paths[:150, ..., COUNTS.index(name)] = 0.0

    goals = break_down(replace(outlook, paths=paths), target_of(1_000_000))

    assert_adds_up(goals, 1_000_000.0)


def test_a_target_below_the_forecast_asks_no_month_for_more_visitors(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(0.8 * forecast))

    assert all(goals.value(m, "uv") < 1.01 * goals.row(m, "uv").p50 for ms in QUARTERS.values() for m in ms)
    assert goals.chance("2027") > 0.8


def test_caps_and_floors_hold_for_the_rounded_months(outlook: Outlook, forecast: float) -> None:
    free = break_down(outlook, target_of(1.5 * forecast))
    caps = {"cvr_max": 0.021, "aov_max": 172.0, "uv_max": float(round(0.95 * free.value("2027-11", "uv")))}

    goals = break_down(outlook, target_of(1.5 * forecast, **caps))

    for months in QUARTERS.values():
        for month in months:
            assert goals.value(month, "cvr") <= caps["cvr_max"] * (1 + 1e-12)
            assert goals.value(month, "aov") <= caps["aov_max"] + 1e-9
            assert goals.value(month, "uv") <= caps["uv_max"]
    assert_adds_up(goals, round(1.5 * forecast, 2))
    assert any("(CVR) stands at its cap of 2.10% in month" in note for note in goals.notes)
    assert any("月的成交转化率已到上限 2.10%" in note for note in goals.notes_zh)


def test_caps_that_leave_no_way_say_what_is_missing_and_what_binds(outlook: Outlook, forecast: float) -> None:
    caps = {"cvr_max": "2%", "aov_max": 150, "uv_max": 30_000}

    with pytest.raises(Unreachable) as raised:
        break_down(outlook, target_of(forecast, **caps))

    # 12 months × 30,000 visitors × 2 % × ¥150 = ¥1,080,000.
    assert raised.value.nearest == pytest.approx(1_080_000.0)
    assert raised.value.shortfall == pytest.approx(forecast - 1_080_000.0, abs=0.02)
    for words in ("cvr_max 2", "aov_max", "uv_max 30,000", "¥1,080,000", "too little", "Raise one of these limits"):
        assert words in str(raised.value)


def test_cvr_and_aov_that_are_set_are_kept_in_every_month(outlook: Outlook, forecast: float) -> None:
    goals = break_down(outlook, target_of(1.2 * forecast, aov=180))

    for months in QUARTERS.values():
        for month in months:
            # Whole buyers: the AOV of a month is within one buyer of what was set.
            assert goals.value(month, "aov") == pytest.approx(180.0, abs=180.0 / goals.value(month, "buyers"))


def test_weights_set_the_months_and_the_forecast_says_how_they_are_met(outlook: Outlook, forecast: float) -> None:
    weights = [4.0, 3.0, 5.0, 5.0, 6.0, 12.0, 6.0, 6.0, 8.0, 10.0, 22.0, 13.0]

    goals = break_down(outlook, target_of(1e6, weights=weights))

    assert [goals.value(f"2027-{m:02d}", "gmv") for m in range(1, 13)] == [10_000.0 * w for w in weights]
    assert goals.value("2027-11", "uv") > goals.value("2027-10", "uv")
    assert forecast > 1e6


def test_months_before_the_opening_are_zero_and_the_rest_carries_the_year() -> None:
    outlook = made_outlook(dt.date(2027, 5, 10), 236)

    goals = break_down(outlook, target_of(600_000))

    assert all(goals.value(f"2027-{m:02d}", name) == 0 for m in range(1, 5) for name in ("gmv", "uv", "pv", "buyers"))
    assert goals.value("2027Q1", "gmv") == 0
    assert np.isnan(goals.value("2027Q1", "cvr"))
    assert_adds_up(goals, 600_000.0)
    assert any("The forecast begins on 2027-05-10" in note for note in goals.notes)


def test_a_horizon_of_one_quarter_carries_the_whole_target_and_says_so() -> None:
    outlook = made_outlook(dt.date(2027, 4, 1), 91)

    goals = break_down(outlook, target_of(500_000))

    assert goals.value("2027Q2", "gmv") == 500_000
    assert_adds_up(goals, 500_000.0)
    assert any("The forecast ends on 2027-06-30" in note for note in goals.notes)


def test_a_leap_year_keeps_the_29th_of_february() -> None:
    outlook = made_outlook(dt.date(2028, 1, 1), 366)

    goals = break_down(outlook, target_of(1_000_000))

    assert goals.year == 2028
    assert_adds_up(goals, 1_000_000.0)
    february = outlook.total("uv", dt.date(2028, 2, 1), dt.date(2028, 2, 29))
    assert goals.row("2028-02", "uv").p50 == pytest.approx(float(np.median(february)))


def test_a_year_in_which_nothing_is_sold_names_the_count_that_is_zero(outlook: Outlook) -> None:
    empty = replace(outlook, paths=np.zeros(outlook.paths.shape))

    with pytest.raises(PlanError, match=r"0 uv in every month of 2027.*Is the store closed"):
        break_down(empty, target_of(1_000_000))


def test_a_year_with_visitors_but_no_buyers_names_the_buyers(outlook: Outlook) -> None:
    paths = outlook.paths.copy()
    for name in ("buyers", "orders", "gmv"):
        paths[..., COUNTS.index(name)] = 0.0

    with pytest.raises(PlanError, match="every path has 0 buyers in every month"):
        break_down(replace(outlook, paths=paths), target_of(1_000_000))


def test_an_outlook_across_two_years_plans_the_year_that_is_asked_for() -> None:
    outlook = made_outlook(dt.date(2027, 7, 1), 365)
    targets = {"2027": target_of(500_000), "2028": target_of(450_000)}

    first, second = break_down(outlook, targets), break_down(outlook, targets, year=2028)

    assert (first.year, second.year) == (2027, 2028)
    assert second.value("2028", "gmv") == 450_000
    assert second.value("2028Q4", "gmv") == 0
    assert any("Targets are also set for 2028" in note for note in first.notes)


@pytest.mark.parametrize(
    "counts",
    [
        ("uv", "buyers", "gmv"),
        ("uv", "orders", "gmv"),
        ("gmv",),
        ("uv", "gmv"),
        ("gmv", "ad_spend"),
        ("uv", "pv", "buyers", "gmv", "ad_spend"),
    ],
)
def test_a_source_that_knows_less_is_planned_as_far_as_it_goes(counts: tuple[str, ...]) -> None:
    outlook = made_outlook(counts=counts)

    goals = break_down(outlook, target_of(1_500_000))

    assert_adds_up(goals, 1_500_000.0)
    assert {r.kpi for r in goals.rows if r.level == "month" and not r.channel} >= set(counts) - {"pv"}


def test_a_single_path_has_goals_but_no_chances() -> None:
    goals = break_down(made_outlook(n_paths=1), target_of(1_500_000))

    assert_adds_up(goals, 1_500_000.0)
    assert np.isnan(goals.chance("2027"))
    assert goals.reachable == ()
    assert any("single path" in note for note in goals.notes)


def test_a_store_too_small_for_every_month_to_sell_still_adds_up() -> None:
    outlook = made_outlook(daily_visitors=3.0, n_paths=40)

    goals = break_down(outlook, target_of(3_333.33))

    assert_adds_up(goals, 3_333.33)


def test_the_same_outlook_gives_the_same_goals(outlook: Outlook, forecast: float) -> None:
    assert break_down(outlook, target_of(forecast)).rows == break_down(outlook, target_of(forecast)).rows


@pytest.mark.parametrize(
    ("targets", "year", "words"),
    [
        ({}, None, "no target is set; write one in the scenario"),
        ({"2027": {"gmv": "1万"}}, 2029, "there is no target for 2029; targets are set for 2027"),
    ],
)
def test_a_missing_target_is_refused_in_words(
    outlook: Outlook, targets: dict[str, dict[str, str]], year: int | None, words: str
) -> None:
    made = {name: Target.model_validate(given) for name, given in targets.items()}

    with pytest.raises(UsageError, match=words):
        break_down(outlook, made, year=year)


def test_a_year_outside_the_forecast_is_refused_with_its_dates(outlook: Outlook) -> None:
    with pytest.raises(PlanError, match="no day of 2031 is in the forecast, which runs from 2027-01-01 to 2027-12-31"):
        break_down(outlook, {"2031": target_of(1e6)})


def test_a_target_that_is_no_sheet_needs_a_forecast() -> None:
    with pytest.raises(PlanError, match="needs a forecast, or months of its own"):
        break_down(None, {"2027": target_of(1e6)})
    with pytest.raises(UsageError, match="give year, such as year=2027"):
        break_down(None, target_of(1e6))


def test_an_outlook_without_money_cannot_carry_a_target_for_money() -> None:
    with pytest.raises(PlanError, match="needs a forecast of gmv; the outlook has uv, buyers"):
        break_down(made_outlook(counts=("uv", "buyers")), target_of(1e6))


def test_a_plan_that_only_arithmetic_allows_is_called_one() -> None:
    outlook = made_outlook(n_paths=40)
    middle = float(np.median(outlook.total("gmv")))
    few = float(np.median(outlook.total("uv"))) / 60

    sound = break_down(outlook, Target(gmv=round(1.1 * middle, 2)), year=2027)
    mad = break_down(outlook, Target(gmv=round(1.1 * middle, 2), uv_max=few), year=2027)

    assert not [note for note in sound.notes if "unheard of" in note]
    (cvr,) = (note for note in mad.notes if note.startswith("Conversion (CVR) of") and "unheard of" in note)
    assert show_share(mad.value("2027", "cvr"))[:2] in cvr
    assert len([note for note in mad.notes_zh if "前所未有" in note]) == 2


def test_half_a_per_cent_beside_the_middle_is_told_as_forecast_and_more_is_not() -> None:
    level = notes.lifts(500.0, 498.0, {"uv": 0.996, "cvr": 0.9958, "aov": 1.0})
    more = notes.lifts(500.0, 498.0, {"uv": 0.996, "cvr": 1.012})

    assert level.en.endswith("Most likely way there: as forecast.")
    assert level.zh.endswith("最可能的实现方式：与预测持平。")
    assert more.en.endswith("Most likely way there: Conversion (CVR) +1.2%.")
