"""Freight (运费): who pays it, what it does to buying, and where the money goes (DOMAIN 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import SKUS, scenario, store
from tests.model.test_baskets import A, B, C, Till
from tests.model.test_slots import ANYBODY, FLASH, PLENTY

BASE: Mapping[str, Any] = {
    "horizon": 30, "operations.stock": {"policy": "unlimited"}, "operations.conversion.base": 0.2,
}  # fmt: skip
BLIND: Mapping[str, Any] = {
    **BASE, "operations.conversion.price_elasticity": 0, "channels.search": {"mechanism": "organic", "price_effect": 0},
    "channels.express.daily_budget": 0,
}  # fmt: skip
"""Nobody minds prices: the same orders whatever freight they pay."""

FEE = {"operations.freight.fee": 10}
ONE_ITEM = {"catalogue.skus": [SKUS[0]], "catalogue.lines": 1}


def lived(*changes: Mapping[str, Any], run: int = 0) -> Run:
    return simulate(scenario({path: value for each in changes for path, value in each.items()}), 5, run)


class Counter(Till):
    """A till of a store with freight."""

    def __init__(self, freight: Mapping[str, Any], promotions: Mapping[str, Any] | None = None) -> None:
        super().__init__(promotions or {}, others={"operations.freight": dict(freight)})

    def freight(self, *lines: tuple[int, int]) -> int:
        """Fen of freight that these lines pay."""
        self.pay(*lines)
        return int(self.basket[d.LINE_PAID, d.AS_A_WHOLE])


def test_an_order_pays_freight_below_the_threshold_and_none_from_it_on() -> None:
    till = Counter({"fee": 8, "free_from": 120})

    assert [till.freight((A, 1)), till.freight((A, 1), (C, 2)), till.freight((B, 3))] == [800, 0, 0]
    assert till.freight((A, 1), (C, 1)) == 800
    assert till.tally.baskets[d.FREIGHT_PAID] == 1_600
    assert Counter({"fee": 8}).freight((A, 60)) == 800


def test_what_counts_is_what_promotions_and_coupons_leave_to_pay() -> None:
    save = {"save": {"kind": "spend_and_save", "spend": 120, "less": 1}}

    assert Counter({"fee": 8, "free_from": 120}, save).freight((A, 1), (C, 2)) == 800
    assert Counter({"fee": 8, "free_from": 119}, save).freight((A, 1), (C, 2)) == 0


def test_who_is_near_the_threshold_takes_one_more_item_that_leads_there() -> None:
    till = Counter({"fee": 8, "free_from": 105, "near": 0.5, "top_up": 1.0})

    # A alone is 5.00 short; of the three items each leads over, and one is taken by popularity.
    more = till.fill((A, 1))
    assert len(more) == 2
    assert more[0] == (A, 1)
    assert till.fill((C, 1)) == [(C, 1)]
    assert Counter({"fee": 8, "free_from": 105, "near": 0.5}).fill((A, 1)) == [(A, 1)]


def test_freight_moves_the_odds_as_the_same_rise_of_the_price_does() -> None:
    given = {**BASE, "catalogue.quantity": 1.5}
    plain, asked = store(given), store({**given, "operations.freight": {"fee": 10, "free_from": 150}})
    for shop in (plain, asked):
        shop._fill(6, 0.0)

    # Two thirds of orders have one piece: 10.00 on a mean of 150.00 for H; P costs 200.00 and pays none.
    less = np.array([1.0 + 10.0 * (2.0 / 3.0) / 150.0, 1.0]) ** -2.5
    np.testing.assert_allclose(asked.kernel.plan.sku_odds, less * plain.kernel.plan.sku_odds, rtol=1e-9)
    np.testing.assert_array_equal(asked.kernel.plan.price, plain.kernel.plan.price)


def test_visitors_know_that_an_order_of_just_the_amount_pays_none() -> None:
    plain, asked = store(BASE), store({**BASE, "operations.freight": {"fee": 10, "free_from": 100}})
    for shop in (plain, asked):
        shop._fill(6, 0.0)

    np.testing.assert_array_equal(asked.kernel.plan.sku_odds, plain.kernel.plan.sku_odds)


def test_the_share_of_orders_that_pay_is_that_of_the_law_of_pieces() -> None:
    run = lived(BLIND, FEE, ONE_ITEM, {"operations.freight.free_from": 250, "catalogue.quantity": 2})

    # One or two pieces of 100.00: 1/2 + 1/4; within four standard errors.
    orders = run.total("orders")
    paid = run.total("freight") / (10.0 * orders)
    assert orders > 500
    assert abs(paid - 0.75) < 4.0 * np.sqrt(0.75 * 0.25 / orders)


def test_freight_is_in_gmv_and_in_profit_less_what_jd_takes_and_in_no_items_gmv() -> None:
    plain, asked = lived(BLIND), lived(BLIND, FEE)

    freight = 10.0 * plain.daily("orders")
    assert freight.sum() > 5_000
    np.testing.assert_array_equal(asked.daily("orders"), plain.daily("orders"))
    np.testing.assert_array_equal(asked.daily("freight"), freight)
    np.testing.assert_allclose(asked.daily("gmv"), plain.daily("gmv") + freight, rtol=1e-12)
    np.testing.assert_array_equal(asked.of_skus("gmv"), plain.of_skus("gmv"))
    np.testing.assert_array_equal(asked.daily("discounts"), plain.daily("discounts"))
    # 6 % commission and 0.6 % fee, rounded on running totals.
    assert asked.total("profit") - plain.total("profit") == pytest.approx(0.934 * freight.sum(), abs=0.05)


def test_who_sends_an_order_back_is_not_paid_its_freight() -> None:
    returns = {"operations.returns.rate": 0.5}
    plain, asked = lived(BLIND, returns), lived(BLIND, FEE, returns)

    assert plain.total("refunds") > 10_000
    np.testing.assert_array_equal(asked.daily("refunds"), plain.daily("refunds"))


def test_an_order_called_off_before_it_leaves_gets_its_freight_back() -> None:
    waits = {"operations.dispatch.capacity": 5, "operations.cancellations.while_waiting": 0.5}
    plain, asked = lived(BLIND, waits), lived(BLIND, FEE, waits)

    gone = plain.daily("called_off")
    assert gone.sum() > 50
    np.testing.assert_allclose(asked.daily("called_off_gmv"), plain.daily("called_off_gmv") + 10.0 * gone, rtol=1e-12)


def test_platforms_beyond_jd_settle_freight_as_the_price() -> None:
    vipshop = {"channels.vipshop": {"mechanism": "offsite", "potential": 300, "half": 50}}
    plain, asked = lived(BLIND, vipshop), lived(BLIND, FEE, vipshop)

    orders = plain.daily("orders", "vipshop")
    assert orders.sum() > 50
    np.testing.assert_allclose(asked.daily("offsite_gmv"), plain.daily("offsite_gmv") + 10.0 * orders, rtol=1e-12)


def test_a_members_coupon_pays_no_freight() -> None:
    def used(**coupon: float) -> Run:
        sent = {"name": "Back", "from": "2027-01-05", "to": "2027-01-25", "lift": 3, **coupon}
        members = {"model": "bg_nbd", "opening": 500, "opening_days": 60, "r": 1.0, "alpha": 20, "coupons": [sent]}
        return lived(BLIND, FEE, ONE_ITEM, {"operations.members": members, "catalogue.quantity": 1})

    assert used(face=10, least=110).total("member_coupons_used") == 0.0
    whole = used(face=110, least=0)
    assert whole.total("member_coupons_used") > 10
    assert whole.total("member_coupons") == 100.0 * whole.total("member_coupons_used")


@pytest.mark.parametrize(("asks", "fee", "refused"), [(True, 5, 3), (False, 5, 1), (True, 0, 1)])
def test_a_slot_that_asks_for_free_shipping_refuses_a_store_with_freight(
    asks: bool, fee: float, refused: float
) -> None:  # fmt: skip
    entry = {**ANYBODY, "free_shipping": asks}

    run = lived(PLENTY, {"channels.flash": {**FLASH, "entry": entry}, "operations.freight.fee": fee})

    # One of the three slots is too soon after another.
    assert run.total("slots_refused") == refused


@pytest.mark.parametrize(("at_first", "later", "refused"), [(5, 0, 1), (0, 5, 3)])
def test_a_slot_is_given_by_the_freight_of_the_stage_in_which_sign_up_closes(
    at_first: float, later: float, refused: float
) -> None:  # fmt: skip
    growth = {"gate": {"on": "2027-01-03"}, "playbook": {"operations.freight.fee": later}}
    flash = {"channels.flash": {**FLASH, "entry": {**ANYBODY, "free_shipping": True}}}

    run = lived(PLENTY, flash, {"operations.freight.fee": at_first, "stages.growth": growth})

    # As above: one of the three is too soon after another.
    assert run.total("slots_refused") == refused


def test_a_playbook_sets_freight_by_stage_and_date() -> None:
    growth = {"stages.growth": {"gate": {"on": "2027-01-08"}, "playbook": {"operations.freight.fee": 10}}}
    change = {"from": "2027-01-15", "stage": "growth", "playbook": {"operations.freight.free_from": 150}}

    run = lived(BLIND, growth, {"changes": [change]})

    orders, freight = run.daily("orders"), run.daily("freight")
    np.testing.assert_array_equal(freight[:7], 0.0)
    np.testing.assert_array_equal(freight[7:14], 10.0 * orders[7:14])
    assert 0.0 < freight[14:].sum() < 10.0 * orders[14:].sum()


def test_without_a_fee_a_store_keeps_its_figures_and_its_name() -> None:
    flash = {"channels.flash": FLASH}
    plain = scenario({**BASE, **flash})
    said = scenario({
        **BASE, "operations.freight": {"fee": 0, "free_from": 99, "top_up": 0.5},
        "channels.flash": {**FLASH, "entry": {**ANYBODY, "free_shipping": True}},
    })  # fmt: skip
    later = scenario({**BASE, **flash, "stages.growth.playbook": {"operations.freight.fee": 5}})

    assert said.fingerprint == plain.fingerprint
    assert simulate(said, 1).of_store.tobytes() == simulate(plain, 1).of_store.tobytes()
    assert later.fingerprint != plain.fingerprint
