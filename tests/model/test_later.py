"""Orders placed later than the first look, and orders that are never paid (MODEL section 7)."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.errors import ConservationError
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario, store

PLENTY = {"operations.stock": {"policy": "unlimited"}, "operations.conversion.base": 0.1, "horizon": 40}
STILL = {
    **PLENTY,
    "channels": {
        "search": {
            "mechanism": "organic", "popularity": 0, "conversion_effect": 0, "score_effect": 0, "price_effect": 0,
        },
        "express": {"mechanism": "pay_per_click", "daily_budget": 150, "bid": 1.5, "halo": 0, "cannibalisation": 0},
    },
    "operations.conversion": {"base": 0.1, "review_lift": 1, "score_effect": 0},
}  # fmt: skip
"""Who comes and what is bought does not hang on what was sold before."""


def _run(settings: dict[str, Any], **conversion: float) -> Run:
    more = {f"operations.conversion.{name}": value for name, value in conversion.items()}
    return simulate(scenario(copy.deepcopy({**settings, **more})), 3)


def test_a_decision_on_another_day_adds_a_visitor_of_two_pages_to_that_day() -> None:
    at_once, later = _run(STILL), _run(STILL, later=0.8)

    for channel in ("search", "express"):
        again = later.daily("second_looks", channel)
        assert again.sum() > 20
        np.testing.assert_array_equal(later.daily("uv", channel), at_once.daily("uv", channel) + again)
        np.testing.assert_array_equal(later.daily("pv", channel), at_once.daily("pv", channel) + 2 * again)
        np.testing.assert_array_equal(later.daily("bounces", channel), at_once.daily("bounces", channel))
        np.testing.assert_array_equal(later.daily("clicks", channel), at_once.daily("clicks", channel))
        np.testing.assert_array_equal(later.daily("ad_spend", channel), at_once.daily("ad_spend", channel))


def test_those_who_put_an_order_off_are_those_who_would_have_bought_at_once() -> None:
    at_once, later = _run(STILL), _run(STILL, later=1.0, later_median=0.01, later_sd=0.1)

    # A minute after the decision; only orders of the last minute before midnight are on another day.
    assert later.total("put_off") == at_once.total("orders")
    assert later.total("came_back") == pytest.approx(at_once.total("orders"), abs=1)
    assert later.total("orders") == later.total("came_back")
    assert later.total("second_looks") <= 2
    assert later.total("gmv") == pytest.approx(at_once.total("gmv"), rel=0.01)


def test_orders_put_off_beyond_the_horizon_still_wait_at_its_end() -> None:
    waiting = store({**PLENTY, "operations.conversion.later": 0.7}, seed=4)
    waiting.live()

    codes = waiting.kernel.waiting()
    run = simulate(waiting.blueprint.scenario, 4)
    assert ((codes >> 2) & 3 == 3).sum() == run.total("put_off") - run.total("came_back") > 0


def test_a_sold_out_item_is_lost_to_who_comes_back_for_it() -> None:
    scarce = {"operations.stock": {"policy": "base", "expected_units": 1}, "operations.conversion.base": 0.5}
    run = _run({**scarce, "catalogue.substitution": 0.0, "horizon": 30}, later=1.0)

    assert run.total("lost_units") > 0
    assert run.total("came_back") > run.total("orders") > 0


def test_an_order_that_is_not_paid_sells_nothing() -> None:
    all_paid, some = _run(STILL), _run(STILL, paid=0.86)

    np.testing.assert_array_equal(some.daily("orders") + some.daily("unpaid_orders"), all_paid.daily("orders"))
    np.testing.assert_array_equal(some.daily("uv"), all_paid.daily("uv"))
    assert (some.daily("gmv") <= all_paid.daily("gmv")).all()
    assert _run(STILL, paid=0.0).total("gmv") == 0.0


def test_the_balance_of_a_presale_is_paid_by_its_own_chance() -> None:
    presale = {
        "pre": {
            "kind": "presale", "skus": ["H", "P"], "from": "2027-01-01", "to": "2027-01-20", "discount": 0.1,
            "balance": "2027-01-25", "pays": 1.0,
        }
    }  # fmt: skip
    run = simulate(scenario({**PLENTY, "horizon": 30, "promotions": presale, "operations.conversion.paid": 0.5}), 3)

    assert run.total("deposits_paid") == run.total("deposits") > 0
    assert run.total("unpaid_orders") > 0


def test_a_store_that_puts_nothing_off_keeps_its_name() -> None:
    plain = scenario()

    assert scenario({"operations.conversion.later_sd": 2.0}).fingerprint == plain.fingerprint
    assert scenario({"operations.conversion.later": 0.1}).fingerprint != plain.fingerprint
    assert scenario({"operations.conversion.paid": 0.9}).fingerprint != plain.fingerprint


@pytest.mark.parametrize("place", [d.PUT_OFF, d.CAME_BACK])
def test_more_who_come_back_than_had_put_off_stop_the_run(place: int) -> None:
    broken = store({**PLENTY, "operations.conversion.later": 0.5, "horizon": 12})
    played = broken._send_purchases

    def play_and_damage() -> None:
        played()
        broken.kernel.tally.baskets[place] += -1_000 if place == d.PUT_OFF else 1_000

    broken._send_purchases = play_and_damage  # type: ignore[method-assign]  # the moment after the kernel has played

    with pytest.raises(ConservationError, match="came back to order than had put it off"):
        broken.live()
