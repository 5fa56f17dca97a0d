"""The gain of the loop ads → orders → rank → free visitors, on the opening day (MODEL section 4)."""

from __future__ import annotations

import math

import pytest

from storesim.scenario.advice import loop_gain
from tests.model.small import scenario

PLAIN = {
    "channels.search": {"mechanism": "organic", "weight": 0.25, "popularity": 0.5, "bounce": 0.2, "conversion": 2},
    "market.searches_per_day": 1_000, "operations.conversion.base": 0.1, "operations.conversion.review_lift": 2,
}  # fmt: skip


def test_the_gain_is_worked_out_by_hand() -> None:
    # W/(W + C) = 0.2, so F = 200 and F · C/(W + C) = 160; odds 0.1/0.9 · 2 / 2 give 0.1, of 80 % who stay: 0.08.
    assert loop_gain(scenario(PLAIN)) == pytest.approx(0.5 * 160 * 0.08, rel=1e-12)


def test_search_and_category_pages_share_the_market_and_add_their_gains() -> None:
    half = {**PLAIN["channels.search"], "share": 0.5}  # type: ignore[dict-item]

    split = scenario({**PLAIN, "channels.search": half, "channels.category": half})

    assert loop_gain(split) == pytest.approx(loop_gain(scenario(PLAIN)), rel=1e-12)


def test_the_launch_discount_raises_the_gain_by_its_elasticity() -> None:
    launch = {"stages": {"launch": {"playbook": {"catalogue.discount": 0.2}}}}

    odds = 0.1 / 0.9 * math.exp(-2.5 * math.log(0.8))

    assert loop_gain(scenario({**PLAIN, **launch})) == pytest.approx(80 * 0.8 * odds / (1 + odds), rel=1e-12)


def test_a_store_without_free_visitors_has_no_loop() -> None:
    assert loop_gain(scenario({"channels": {"returning": {"mechanism": "returning"}}})) == 0.0
