"""The plain stores of `benchmarks/` and storesim give the same answers; a short form of `benchmarks.agreement`.

Seeds are fixed, so a test that passed goes on passing until somebody changes the answers of one side. Every figure
is a z-test of means, Holm-corrected over all figures of its store, at the level 1 %.
"""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.agreement import BUSY_NAMES, LEVEL, MARKET_NAMES, Difference, busy_runs, differences, market_runs
from benchmarks.lively_store import lively, lively_names, lively_plain_runs, lively_runs
from benchmarks.naive_market import MarketDay
from benchmarks.naive_store import FewerProcesses, NaiveDay
from benchmarks.whole_store import compiled_runs, hurried, naive_runs, names_of
from benchmarks.wide_store import wide, wide_names, wide_plain_runs, wide_runs

from storesim.engine.day import CART_ODDS, LESS, F
from storesim.engine.kernel import Kernel
from storesim.scenario.channels import Organic
from storesim.scenario.document import Scenario


@pytest.fixture(scope="module")
def hurry() -> tuple[Scenario, F]:
    """The hurried store and 60 runs of storesim, [60, n_kpis]."""
    scenario = hurried(150_000.0)
    return scenario, compiled_runs(scenario, range(60))


@pytest.mark.parametrize("make", [NaiveDay, FewerProcesses])
def test_plain_days_and_the_kernel_answer_alike(make: type[Kernel]) -> None:
    ours = busy_runs(Kernel, 300, 20, range(120))

    theirs = busy_runs(make, 300, 20, range(24))

    assert _different(differences(BUSY_NAMES, ours, theirs)) == []


def test_the_plain_year_and_storesim_answer_alike() -> None:
    scenario = hurried(80_000.0, n_days=70)
    ours = compiled_runs(scenario, range(60))

    theirs = naive_runs(scenario, range(16), NaiveDay)

    assert _different(differences(names_of(scenario), ours, theirs)) == []


def test_the_plain_midnight_and_storesims_answer_alike(hurry: tuple[Scenario, F]) -> None:
    scenario, ours = hurry

    theirs = naive_runs(scenario, range(50), Kernel)

    assert _different(differences(names_of(scenario), ours, theirs)) == []


def test_the_plain_market_and_the_kernel_answer_alike() -> None:
    ours = market_runs(Kernel, 300, 20, range(80))

    theirs = market_runs(MarketDay, 300, 20, range(16))

    assert _different(differences(MARKET_NAMES, ours, theirs)) == []
    mean = dict(zip(MARKET_NAMES, ours.mean(axis=0).tolist(), strict=True))
    for kpi in (
        "baskets.bundle", "baskets.save", "baskets.multi_buy", "baskets.coupon", "baskets.gift_units",
        "baskets.cross_units", "baskets.came_back", "search.second_looks", "search.unpaid", "sku 2.in_slot", "postage",
        "baskets.left_in_cart", "baskets.held_out", "baskets.cart_looks", "baskets.cart_orders",
        "baskets.limited_units", "search.carts", "search.cancelled", "group 1.clicks", "express.desk.buyers",
        "search.phone.buyers", "commission.paid", "commission.forgiven",
    ):  # fmt: skip
        assert mean[kpi] > 3.0, kpi


def test_the_plain_lively_store_and_storesim_answer_alike() -> None:
    scenario = lively(60_000.0, n_days=62)
    names, ours = lively_names(scenario), lively_runs(scenario, range(32))

    theirs = lively_plain_runs(scenario, range(8))

    assert _different(differences(names, ours, theirs)) == []
    mean = dict(zip(names, ours.mean(axis=0).tolist(), strict=True))
    for kpi in (
        "deposits_paid", "deposits_lapsed", "presale_discounts", "came_back", "search.unpaid_orders",
        "member_coupons_used", "old_buyers", "members_left", "members_middle", "members_vip", "gmv_senior",
        "repeaters_30", "express.orders within 0 d by click", "express.ad_orders", "search.second_looks",
    ):  # fmt: skip
        assert mean[kpi] > 3.0, kpi
    # Windows differ, and so do the dates by which orders are counted.
    day, fortnight = (mean[f"express.orders within {window} d by click"] for window in (0, 15))
    assert 1.2 * day < fortnight < 0.99 * mean["express.orders"]


def test_the_plain_store_with_banners_posts_and_a_platform_and_storesim_answer_alike() -> None:
    scenario = wide(60_000.0, n_days=62)
    names, ours = wide_names(scenario), wide_runs(scenario, range(40))

    theirs = wide_plain_runs(scenario, range(10))

    assert _different(differences(names, ours, theirs)) == []
    mean = dict(zip(names, ours.mean(axis=0).tolist(), strict=True))
    for kpi in ("banner.clicks", "banner.buyers", "posts.uv", "posts.ad_spend", "vipshop.buyers", "offsite_gmv"):
        assert mean[kpi] > 3.0, kpi


def test_a_platform_that_keeps_more_and_a_banner_that_is_clicked_less_are_told_apart() -> None:
    scenario = wide(60_000.0, n_days=62)
    ours = wide_runs(scenario, range(24))

    theirs = wide_plain_runs(
        scenario.with_({"channels.vipshop.commission": 0.2, "channels.banner.ctr": 0.025}), range(6)
    )

    assert {"commission", "banner.clicks"} <= set(_different(differences(wide_names(scenario), ours, theirs)))


def test_a_market_with_another_promotion_is_told_apart() -> None:
    ours = market_runs(Kernel, 300, 20, range(24))

    class Generous(MarketDay):
        def open(self, day: int) -> None:
            self.plan.deals[2, LESS] = 5_000.0
            super().open(day)

    theirs = market_runs(Generous, 300, 20, range(8))

    assert "baskets.save" in _different(differences(MARKET_NAMES, ours, theirs))


def test_a_market_whose_carts_are_bought_less_readily_is_told_apart() -> None:
    ours = market_runs(Kernel, 300, 20, range(24))

    class Fickle(MarketDay):
        def open(self, day: int) -> None:
            self.plan.scalars[CART_ODDS] = 1.0
            super().open(day)

    theirs = market_runs(Fickle, 300, 20, range(6))

    assert "baskets.cart_orders" in _different(differences(MARKET_NAMES, ours, theirs))


def test_every_mechanism_of_the_compared_store_is_at_work(hurry: tuple[Scenario, F]) -> None:
    scenario, ours = hurry

    mean = dict(zip(names_of(scenario), ours.mean(axis=0).tolist(), strict=True))

    for kpi in (
        "express.silent_hours", "direct_placement.silent_hours", "direct_placement.uv", "returning.buyers",
        "search.lost_units", "received_units", "search.chats_left", "late", "penalties", "reviews", "bad_reviews",
        "returned_units", "members_joined",
    ):  # fmt: skip
        assert mean[kpi] > 3.0, kpi
    # Stages are 0, 1 and 2; a store that stayed in one would have a whole number.
    assert 0.3 < mean["stage"] < 1.7
    search = scenario.channels["search"]
    assert isinstance(search, Organic)
    assert mean["organic_weight"] > 1.2 * search.weight  # that of a store nobody knows


def test_a_store_with_another_conversion_is_told_apart(hurry: tuple[Scenario, F]) -> None:
    scenario, ours = hurry

    theirs = naive_runs(scenario.with_({"operations.conversion.base": 0.14}), range(10), Kernel)

    assert "search.buyers" in _different(differences(names_of(scenario), ours, theirs))


def test_adjusted_p_values_are_holms() -> None:
    generator = np.random.default_rng(7)
    ours, theirs = generator.normal(size=(30, 4)), generator.normal([0.0, 0.3, 0.6, 1.2], size=(20, 4))

    rows = differences("abcd", ours, theirs)

    # Holm (1979): p₍ᵢ₎ · (m − i + 1), never below the one before.
    p = [row.p for row in rows]
    assert p == sorted(p)
    expected = np.minimum(1.0, np.maximum.accumulate([4.0 * p[0], 3.0 * p[1], 2.0 * p[2], p[3]]))
    np.testing.assert_allclose([row.adjusted for row in rows], expected)


def test_a_figure_without_luck_must_be_equal() -> None:
    rows = differences("ab", np.array([[1.0, 2.0]] * 3), np.array([[1.0, 2.5]] * 3))

    assert [(row.kpi, row.p) for row in rows] == [("b", 0.0), ("a", 1.0)]


def _different(rows: list[Difference]) -> list[str]:
    return [row.kpi for row in rows if row.adjusted < LEVEL]
