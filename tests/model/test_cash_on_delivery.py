"""Cash on delivery (货到付款): paid at the door, or refused there (DOMAIN 1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from storesim.engine import day as d
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import SKUS, scenario, store

BASE: Mapping[str, Any] = {
    "horizon": 60, "operations.stock": {"policy": "unlimited"}, "operations.conversion.base": 0.2,
    "operations.returns.rate": 0,
}  # fmt: skip
DOOR = "operations.cash_on_delivery"


def lived(*changes: Mapping[str, Any], run: int = 0) -> Run:
    return simulate(scenario({path: value for each in (BASE, *changes) for path, value in each.items()}), 5, run)


def door(share: float = 0.5, refused: float = 0.0) -> dict[str, Any]:
    return {DOOR: {"share": share, "refused": refused}}


def test_the_shares_of_orders_at_the_door_and_refused_are_those_asked_for() -> None:
    run = lived(door(0.4, 0.25))

    at_door, refused = run.total("paid_at_door"), run.total("refused")
    came = run.total("delivered") + refused
    assert came > 2_000
    # Within four standard errors of a binomial share each.
    assert abs((at_door + refused) / came - 0.4) < 4.0 * np.sqrt(0.24 / came)
    assert abs(refused / (at_door + refused) - 0.25) < 4.0 * np.sqrt(0.1875 / (at_door + refused))


def test_who_pays_at_the_door_and_takes_the_parcel_changes_nothing_else() -> None:
    plain, at_door = lived(), lived(door(1.0))

    assert at_door.total("paid_at_door") == at_door.total("delivered") > 2_000
    for name in ("gmv", "profit", "cash", "reviews", "delivered", "refunds"):
        np.testing.assert_array_equal(at_door.daily(name), plain.daily(name))


def test_an_order_at_the_door_is_never_left_unpaid() -> None:
    unpaid = {"operations.conversion.paid": 0.5}
    run, none = lived(unpaid, door(0.5)), lived(unpaid, door(1.0))

    # A quarter of those placed: half of the half that is paid before; within four standard errors.
    placed = run.total("orders") + run.total("unpaid_orders")
    assert placed > 1_000
    assert abs(run.total("unpaid_orders") / placed - 0.25) < 4.0 * np.sqrt(0.1875 / placed)
    assert none.total("unpaid_orders") == 0.0


def test_a_refused_order_brings_no_money_no_review_and_costs_the_way_back() -> None:
    run = lived(door(1.0, 1.0), {"operations.money.parcel": 8, "catalogue.lines": 1, "catalogue.skus": [SKUS[0]]})

    assert run.total("refused") > 300
    assert run.total("delivered") == run.total("reviews") == 0.0
    assert run.total("refunds") == run.total("refused_gmv")
    # Nothing is paid for, so JD pays nothing but takes its fee of what was ordered, all of it still to be settled.
    assert run.total("cash_in") <= 0.0
    there = run.total("dispatched")
    assert 8.0 * there < run.total("parcels") < 16.0 * there


def test_pieces_that_are_refused_are_on_the_shelf_again() -> None:
    shelf = {"operations.stock": {"policy": "sQ", "opening": 4, "expected_units": 5}, "horizon": 60}
    kept, back = lived(shelf, door(1.0, 0.0)), lived(shelf, door(1.0, 0.6))

    assert back.total("refused") > 50
    assert back.total("purchased_units") < kept.total("purchased_units")
    assert back.total("goods_cost") < kept.total("goods_cost")


def test_a_refused_parcel_travels_back_as_long_as_it_came_and_brings_its_gift_along() -> None:
    gift = {"kind": "gift", "gift": "P", "from": "2027-01-01", "to": "2027-03-31"}
    shop = store({
        **BASE, **door(1.0, 1.0), "promotions.thanks": gift, "catalogue.lines": 1, "catalogue.quantity": 1,
        "operations.dispatch": {"delivery": 2, "delivery_sd": 0}, "operations.money.parcel": 8,
    })  # fmt: skip

    shop.live()

    # Two days there and two days back; each order is one piece and one that was given with it.
    left, refused, postage = (
        shop.kernel.due.days[:-1, count] for count in (d.DUE_DISPATCHED, d.DUE_REFUSED, d.DUE_POSTAGE)
    )
    assert refused.sum() > 1_000
    np.testing.assert_array_equal(refused[2:], left[:-2])
    np.testing.assert_array_equal(shop.kernel.due.sku_restock[2:-1].sum(axis=1), 2.0 * refused[:-2])
    np.testing.assert_array_equal(postage[2:], 800.0 * (left[2:] + refused[:-2]))


def test_balances_of_presales_and_platforms_beyond_jd_are_paid_before() -> None:
    presale = {
        "kind": "presale", "from": "2027-01-02", "to": "2027-01-10", "balance": "2027-01-12", "discount": 0.1,
    }  # fmt: skip
    vipshop = {"mechanism": "offsite", "potential": 900, "half": 1}

    run = lived(door(1.0, 1.0), {"promotions.pre": presale, "channels.vipshop": vipshop})

    paid = run.total("deposits_paid")
    assert paid > 50
    assert run.total("orders", "vipshop") > 50
    # What comes late falls after the last day.
    assert run.total("delivered") > 0.8 * (paid + run.total("orders", "vipshop"))
    assert run.total("delivered") <= paid + run.total("orders", "vipshop")
    assert run.total("paid_at_door") == 0.0


def test_commission_of_publishers_on_a_refused_order_is_forgiven() -> None:
    publishers = {"channels.cps": {"mechanism": "pay_per_sale", "visitors": 60, "settlement": 2}}

    taken, refused = lived(publishers, door(1.0, 0.0)), lived(publishers, door(1.0, 1.0))

    assert taken.total("ad_spend", "cps") > 100
    assert refused.total("ad_spend", "cps") == 0.0


def test_a_member_who_refuses_is_given_back_nothing_for_a_coupon() -> None:
    coupon = {"name": "Back", "from": "2027-01-05", "to": "2027-01-25", "lift": 3, "face": 10, "least": 50}
    members = {"model": "bg_nbd", "opening": 500, "opening_days": 60, "r": 1.0, "alpha": 20, "coupons": [coupon]}

    run = lived(door(1.0, 1.0), {"operations.members": members})

    # All orders of the first month have been refused by now: what they were worth, less what the coupons took off.
    assert run.total("member_coupons") > 100
    assert run.total("refunds") == run.total("refused_gmv") - run.total("member_coupons")


def test_a_playbook_switches_cash_on_delivery_and_without_any_the_name_stays() -> None:
    growth = {"stages.growth": {"gate": {"on": "2027-01-15"}, "playbook": {f"{DOOR}.share": 1.0}}}

    run = lived(growth)

    assert run.daily("paid_at_door")[:14].sum() == 0.0
    assert run.daily("paid_at_door")[30:].sum() == run.daily("delivered")[30:].sum() > 0.0
    assert scenario({DOOR: {"share": 0, "refused": 0.9}}).fingerprint == scenario().fingerprint
    assert scenario(growth).fingerprint != scenario({"stages.growth": {"gate": {"on": "2027-01-15"}}}).fingerprint
