"""Weeks and days: they add up to months and to the store, and follow the forecast's own profile."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from storesim.forecast.outlook import Outlook
from storesim.plan.break_down import break_down
from storesim.plan.days import likely_days
from storesim.plan.goals import Goals
from storesim.plan.periods import sale_periods
from storesim.plan.rows import _sums
from storesim.scenario.events import Event
from storesim.scenario.targets import Target
from tests.plan.made_outlooks import made_outlook

COUNTS = ("uv", "pv", "buyers", "orders", "units", "gmv", "ad_spend")


def units_of(goals: Goals, level: str) -> Mapping[tuple[str, str, str], int]:
    """Whole units, money in fen, by period, channel and count."""
    return {
        (row.period, row.channel, row.kpi): round(100 * row.goal) if row.kpi in ("gmv", "ad_spend") else int(row.goal)
        for row in goals.rows
        if row.level == level and row.kpi in COUNTS and not row.is_part
    }


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    return made_outlook(n_paths=40)


@pytest.fixture(scope="module")
def goals(outlook: Outlook) -> Goals:
    target = 1.4 * float(np.median(outlook.total("gmv")))
    events = (Event.model_validate({"name": "618", "from": "2027-06-01", "to": "2027-06-18"}),)
    return break_down(outlook, Target(gmv=round(target, 2)), events=events)


def test_days_add_up_to_months_and_weeks_to_the_year_to_the_fen_and_the_visitor(goals: Goals) -> None:
    days, months, weeks, year = (units_of(goals, level) for level in ("day", "month", "week", "year"))

    for (month, channel, name), number in months.items():
        assert number == sum(n for (day, c, k), n in days.items() if day[:7] == month and (c, k) == (channel, name))
    for (_, channel, name), number in year.items():
        assert number == sum(n for (_, c, k), n in weeks.items() if (c, k) == (channel, name))


def test_sales_of_one_name_each_have_their_own_rows() -> None:
    spans = [("2026-12-20", "2027-01-03"), ("2026-12-28", "2027-01-05"), ("2026-12-30", "2027-01-01"),
             ("2026-12-30", "2027-01-09"), ("2027-01-20", "2027-01-22"), ("2027-02-01", "2027-02-02")]  # fmt: skip
    events = [Event.model_validate({"name": "会员日", "from": first, "to": last}) for first, last in spans]

    named = sale_periods(events, dt.date(2027, 1, 1), dt.date(2027, 12, 31))

    assert list(named) == [
        "2027-01/会员日", "2027-01-01/会员日", "2026-12-30/会员日", "2026-12-30/会员日 2",
        "2027-01-20/会员日", "2027-02/会员日",
    ]  # fmt: skip
    assert list(named.values()) == events


def test_channels_add_up_to_the_store_on_every_day(goals: Goals) -> None:
    days = units_of(goals, "day")

    for (day, channel, name), number in days.items():
        if not channel and name in ("uv", "buyers", "gmv", "ad_spend"):
            assert number == sum(n for (d, c, k), n in days.items() if d == day and c and k == name)


def test_no_day_has_more_buyers_than_visitors_or_fewer_orders_than_buyers(goals: Goals) -> None:
    days = units_of(goals, "day")

    for day in dict.fromkeys(period for period, _, _ in days):
        uv, pv, buyers, orders, units = (days[day, "", k] for k in ("uv", "pv", "buyers", "orders", "units"))
        assert buyers <= orders <= units
        assert buyers <= uv <= pv


def test_visits_lie_between_visitors_and_pages_and_add_up_as_visitors_do(outlook: Outlook) -> None:
    each = 1.0 + 0.1 * np.arange(1, len(outlook.channels) + 1)
    visits = outlook.paths[..., outlook.counts.index("uv")] * each
    paths = np.concatenate([outlook.paths, visits[..., np.newaxis]], axis=-1)
    twice = dataclasses.replace(outlook, counts=(*outlook.counts, "visits"), paths=paths)

    found = break_down(twice, Target(gmv=round(1.4 * float(np.median(outlook.total("gmv"))), 2)))

    levels = {level: _whole(found, level) for level in ("year", "quarter", "month", "week", "day")}
    total = levels["year"]["2027", "", "visits"]
    for level, numbers in levels.items():
        assert total == sum(n for (_, channel, k), n in numbers.items() if k == "visits" and not channel), level
        for (period, channel, name), number in numbers.items():
            if name != "visits":
                continue
            assert numbers[period, channel, "uv"] <= number
            if not channel:
                assert number <= numbers[period, "", "pv"]
                assert number == sum(n for (p, c, k), n in numbers.items() if (p, k) == (period, name) and c)
    year = levels["year"]
    for channel, ratio in zip(outlook.channels, each, strict=True):
        assert year["2027", channel, "visits"] / year["2027", channel, "uv"] == pytest.approx(ratio, rel=2e-3)


def _whole(goals: Goals, level: str) -> Mapping[tuple[str, str, str], int]:
    """Visitors, visits and pages by period, channel and count."""
    return {
        (row.period, row.channel, row.kpi): int(row.goal)
        for row in goals.rows
        if row.level == level and row.kpi in ("uv", "visits", "pv") and not row.is_part
    }


def test_visitors_who_come_once_a_day_have_no_goal_of_visits(outlook: Outlook) -> None:
    once = outlook.paths[..., outlook.counts.index("uv")]
    paths = np.concatenate([outlook.paths, once[..., np.newaxis]], axis=-1)

    found = break_down(
        dataclasses.replace(outlook, counts=(*outlook.counts, "visits"), paths=paths), Target(gmv=2_000_000)
    )

    assert not any(row.kpi == "visits" for row in found.rows)


@pytest.mark.parametrize("counts", [("gmv",), ("orders", "gmv"), ("uv", "gmv")])
def test_a_sheet_has_days_where_the_forecast_knows_little_beside_sales(counts: tuple[str, ...]) -> None:
    outlook = made_outlook(n_paths=20, counts=counts)
    sheet = Target(gmv=1_200_000, weights=(1.0,) * 12, cvr=(0.03,) * 12, aov=(170.0,) * 12)

    days, months = (units_of(break_down(outlook, sheet), level) for level in ("day", "month"))

    for (month, channel, name), number in months.items():
        assert number == sum(n for (day, c, k), n in days.items() if day[:7] == month and (c, k) == (channel, name))


def test_a_sale_on_the_calendar_has_the_sum_of_its_days(goals: Goals) -> None:
    days = units_of(goals, "day")
    sale = [(dt.date(2027, 6, 1) + dt.timedelta(days=d)).isoformat() for d in range(18)]

    for name in COUNTS:
        assert round(goals.value("2027-06/618", name) * (100 if name in ("gmv", "ad_spend") else 1)) == sum(
            days[day, "", name] for day in sale
        )


def test_two_sales_of_one_name_in_a_month_are_told_by_their_days(outlook: Outlook) -> None:
    dates = ("2027-03-05", "2027-03-12")
    events = tuple(Event.model_validate({"name": "会员日", "from": date, "to": date}) for date in dates)
    target = Target(gmv=round(1.2 * float(np.median(outlook.total("gmv"))), 2))

    goals = break_down(outlook, target, events=events)

    assert goals.value("2027-03/会员日", "gmv") == goals.value("2027-03-05", "gmv")
    assert goals.value("2027-03-12/会员日", "gmv") == goals.value("2027-03-12", "gmv")


def test_as_many_sales_as_days_are_not_taken_for_the_days() -> None:
    numbers = np.array([3, 5, 7])

    assert _sums(numbers, (slice(0, 3), slice(2, 3), slice(0, 1))).tolist() == [15, 7, 3]
    assert _sums(numbers, (slice(0, 1), slice(1, 2), slice(2, 3))).tolist() == [3, 5, 7]


def test_a_day_that_varies_with_the_month_is_asked_for_more() -> None:
    rng = np.random.default_rng(5)
    level = rng.standard_normal((500, 1))
    paths = np.exp(5 + 0.2 * level * np.array([[0.5, 1.0, 1.5]]))

    likely = likely_days(paths.T, 1.3 * float(paths.sum(axis=1).mean()))

    lifts = likely / paths.mean(axis=0)
    assert lifts[0] < lifts[1] < lifts[2]
    assert likely.sum() == pytest.approx(1.3 * paths.sum(axis=1).mean())


@settings(max_examples=100, deadline=None)
@given(
    n_paths=st.integers(1, 5),
    n_days=st.integers(1, 31),
    goal=st.floats(1.0, 1e9),
    spread=st.floats(0.0, 3.0),
    seed=st.integers(0, 10_000),
)
def test_any_month_comes_to_its_goal_and_closed_days_stay_closed(
    n_paths: int, n_days: int, goal: float, spread: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    paths = np.floor(np.exp(3 + spread * rng.standard_normal((n_paths, n_days)))) * (rng.random(n_days) < 0.7)

    likely = likely_days(paths.T, goal)

    assert likely.sum() == pytest.approx(goal, rel=1e-9) or not paths.any()
    assert (likely[~(paths > 0).any(axis=0)] == 0).all() or not paths.any()
    assert (likely >= 0).all()
