"""Display booked by the day, and bursts that decay (MODEL section 3)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from storesim.model.booked import expected, moments, read_bookings, share_between
from storesim.runs.one import simulate
from tests.model.small import scenario

BANNER: dict[str, Any] = {"mechanism": "display", "daily_budget": 100, "price": 40, "bookings": [
    {"from": "2026-12-25", "to": "2027-01-02", "impressions": 1_001},
    {"from": "2027-01-02", "to": "2027-01-03"},
]}  # fmt: skip
POSTS: dict[str, Any] = {"mechanism": "burst", "half_life": 2, "spread": 0, "bursts": [
    {"on": "2027-01-03", "opens": "18:00", "visitors": 800, "cost": 120.5},
    {"on": "2027-01-20", "visitors": 400, "cost": 60},
]}  # fmt: skip


def test_bookings_are_served_in_order_while_the_budget_lasts() -> None:
    shows = read_bookings(scenario({"channels.banner": BANNER, "horizon": 5})).shows[4]

    # 1,001 at 40 a thousand are 40.04; on 2 January 59.96 are left for the second, which buy 1,499; on the 3rd 2,500.
    assert shows.impressions.tolist() == [1_001, 1_001 + 1_499, 2_500, 0, 0]
    assert shows.spend.tolist() == [4_004, 4_004 + 5_996, 10_000, 0, 0]


def test_a_day_is_booked_whole_or_not_at_all() -> None:
    days = [{"from": "2027-01-01", "to": "2027-01-02", "impressions": n} for n in (5_000, 3_000, 2_000)]
    banner = {**BANNER, "billing": "day", "bookings": days}

    shows = read_bookings(scenario({"channels.banner": banner, "horizon": 3})).shows[4]

    # 100 a day hold two positions of 40 and not three.
    assert (shows.impressions.tolist(), shows.spend.tolist()) == ([8_000, 8_000, 0], [8_000, 8_000, 0])


def test_display_records_what_was_booked_and_the_clicks_it_brought() -> None:
    run = simulate(scenario({"channels.banner": BANNER, "horizon": 5}), 3)

    assert run.daily("impressions", "banner").tolist() == [1_001, 2_500, 2_500, 0, 0]
    assert run.daily("ad_spend", "banner").tolist() == [40.04, 100.0, 100.0, 0, 0]
    assert run.daily("clicks", "banner").tolist() == run.daily("uv", "banner").tolist()
    assert run.total("uv", "banner") > 60


def test_a_banner_everybody_clicks_is_clicked_as_often_as_it_is_shown() -> None:
    run = simulate(scenario({"channels.banner": {**BANNER, "ctr": 1}, "horizon": 5}), 3)

    shown, clicks = run.daily("impressions", "banner"), run.daily("clicks", "banner")
    # A Poisson number with mean N and at most N: N - sqrt(N / 2π) in the mean, N on about half of the days.
    assert (clicks <= shown).all()
    assert (clicks[:3] == shown[:3]).any()
    assert (clicks[:3] > shown[:3] - 4 * np.sqrt(shown[:3])).all()
    assert run.total("silent_hours", "banner") == 0.0
    assert run.daily("ad_spend", "banner").tolist() == [40.04, 100.0, 100.0, 0, 0]


def test_display_without_a_budget_is_off() -> None:
    run = simulate(scenario({"channels.banner": {**BANNER, "daily_budget": 0}, "horizon": 5}), 3)

    assert [run.total(name, "banner") for name in ("impressions", "uv", "ad_spend")] == [0, 0, 0]


def test_what_a_burst_brings_adds_up_to_its_visitors() -> None:
    bursts = read_bookings(scenario({"channels.posts": POSTS})).bursts[4]
    hours = np.full(24, 1 / 24)
    strength = np.array([1.0, 0.0])

    days = [expected(bursts, strength, day, hours) for day in range(2, 60)]

    # On the first day six hours are left, in which the pace holds that would bring 4 times as many in a whole day.
    assert days[0] / 4 + sum(days[1:]) == pytest.approx(800, rel=1e-6)
    assert days[0] / 4 == pytest.approx(800 * (1 - 2 ** (-0.25 / 2)), rel=1e-12)
    assert days[3] / days[1] == pytest.approx(0.5, rel=1e-12)
    assert moments(read_bookings(scenario({"channels.posts": POSTS}))) == {(2, 18.0)}


def test_a_burst_is_paid_and_comes_when_it_begins() -> None:
    run = simulate(scenario({"channels.posts": POSTS, "horizon": 30}), 3)

    spend, uv = run.daily("ad_spend", "posts"), run.daily("uv", "posts")
    assert {int(day): spend[day] for day in np.flatnonzero(spend)} == {2: 120.5, 19: 60.0}
    assert uv[:2].sum() == 0
    assert uv[3] > uv[5] > uv[8]


def test_bursts_of_size_none_are_not_held() -> None:
    run = simulate(scenario({"channels.posts": {**POSTS, "size": 0}, "horizon": 30}), 3)

    assert (run.total("uv", "posts"), run.total("ad_spend", "posts")) == (0, 0)


def test_another_date_moves_display_and_bursts() -> None:
    later = [{**POSTS["bursts"][0], "on": "2027-01-05"}]
    booked = [{"from": "2027-01-04", "to": "2027-01-06"}]

    run = simulate(scenario({
        "channels.posts": {**POSTS, "bursts": later}, "channels.banner": {**BANNER, "bookings": booked}, "horizon": 9,
    }), 3)  # fmt: skip

    assert np.flatnonzero(run.daily("ad_spend", "posts")).tolist() == [4]
    assert np.flatnonzero(run.daily("ad_spend", "banner")).tolist() == [3, 4, 5]
    assert run.dates[4] == dt.date(2027, 1, 5)


def test_the_share_of_visitors_between_two_hours_takes_parts_of_hours() -> None:
    hours = np.full(24, 0.5 / 23)
    hours[10] = 0.5

    assert share_between(hours, 10.0, 11.0) == pytest.approx(0.5)
    assert share_between(hours, 9.5, 10.5) == pytest.approx(0.25 + 0.25 / 23)
    assert share_between(hours, 0.0, 24.0) == pytest.approx(1.0)
