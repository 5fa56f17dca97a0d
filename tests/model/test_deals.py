"""Promotions by date and stage, coupons by the batch, presales, and the price that visitors see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine.day import COUPONS_LEFT
from storesim.model.blueprint import blueprint
from storesim.model.expected import expected_prices
from storesim.model.terms import Deal
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import EVERYTHING, scenario

AMPLE: Mapping[str, Any] = {
    "horizon": 30,
    "operations.stock": {"policy": "unlimited"},
    "operations.conversion.base": 0.1,
}
SAVE = {"kind": "spend_and_save", "spend": 150, "less": 30}
COUPON = {"kind": "coupon", "face": 20, "spend": 100, "pieces": 40, "every": 10, "lasts": 5, "claim_days": 4}

JANUARY = {"kind": "coupon", "face": 20, "pieces": 50, "claim": 0.9, "from": "2027-01-01", "to": "2027-01-25"}


def lived(changes: Mapping[str, Any] | None = None, **promotions: Mapping[str, Any]) -> Run:
    return simulate(scenario({**AMPLE, **(changes or {}), "promotions": promotions}), 11)


def deal(**promotion: Any) -> Deal:
    return blueprint(scenario({"promotions": {"it": promotion}})).deals[0][0]


def test_a_promotion_runs_from_its_first_to_its_last_day() -> None:
    it = deal(**SAVE, **{"from": "2027-01-05", "to": "2027-01-07"})

    assert [day for day in range(30) if it.runs(day)] == [4, 5, 6]


def test_a_promotion_comes_again_and_again() -> None:
    it = deal(**SAVE, **{"from": "2027-01-03", "to": "2027-01-24", "every": 10, "lasts": 3})

    assert [day for day in range(60) if it.runs(day)] == [2, 3, 4, 12, 13, 14, 22, 23]
    assert [it.turn(day) for day in (2, 4, 12, 14, 22)] == [0, 0, 1, 1, 2]


def test_a_cycle_that_began_before_the_opening_goes_on() -> None:
    it = deal(**SAVE, **{"from": "2026-12-30", "every": 7, "lasts": 4})

    assert [day for day in range(14) if it.runs(day)] == [0, 1, 5, 6, 7, 8, 12, 13]


def test_a_coupon_is_claimed_within_its_days_only() -> None:
    assert [day for day in range(20) if deal(**COUPON).runs(day)] == [0, 1, 2, 3, 10, 11, 12, 13]


def test_discounts_of_a_kind_fall_on_the_days_of_its_promotion() -> None:
    run = lived(
        save={**SAVE, "from": "2027-01-05", "to": "2027-01-14"}, cut={"kind": "single", "less": 5, "to": "2027-01-09"}
    )

    saved, cut = run.daily("threshold_discounts"), run.daily("cut_discounts")
    assert set(np.flatnonzero(saved)) <= set(range(4, 14))
    assert saved.sum() > 0.0
    assert set(np.flatnonzero(cut)) <= set(range(9))
    assert (cut + saved == run.daily("discounts")).all()


def test_a_playbook_switches_a_promotion_and_changes_its_terms() -> None:
    growth = {
        "stages.growth": {
            "gate": {"on": "2027-01-15"},
            "playbook": {"promotions.save.active": True, "promotions.save.less": 60},
        }
    }

    run = lived(growth, save={**SAVE, "active": False, "less": 30})

    saved = run.daily("threshold_discounts")
    assert saved[:14].sum() == 0.0
    assert saved[14:].sum() > 0.0
    assert (saved % 60 == 0.0).all()


def test_each_batch_of_coupons_runs_out_by_itself() -> None:
    run = lived(coupon={**COUPON, "claim": 0.5})

    claimed = run.daily("coupons_claimed").reshape(3, 10)
    assert (claimed.sum(axis=1) == 40).all()
    assert (claimed[:, 4:] == 0).all()
    assert 0 < run.total("coupons_used") < 120
    assert run.total("coupon_discounts") == 20 * run.total("coupons_used")


def test_without_strangers_buyers_alone_claim() -> None:
    # Everybody who stays buys: half of them hold a coupon, as long as there are any.
    run = lived({"operations.conversion.base": 1.0}, coupon={**COUPON, "pieces": 1000, "claim": 0.5})

    days = [0, 1, 2, 3]
    held, buyers = run.daily("coupons_claimed")[days].sum(), run.daily("buyers")[days].sum()
    assert abs(held - 0.5 * buyers) < 4.0 * np.sqrt(0.25 * buyers)


def test_a_presale_is_an_order_when_its_balance_is_paid() -> None:
    presale = {
        "kind": "presale",
        "skus": ["P"],
        "from": "2027-01-03",
        "to": "2027-01-10",
        "balance": "2027-01-15",
        "balance_days": 2,
        "discount": "20%",
    }

    run = lived({"catalogue.skus.0.popularity": 1e-9}, pre={**presale, "pays": 0.8})

    assert (run.daily("orders")[2:10] == 0).all()
    deposits = run.daily("deposits")
    assert set(np.flatnonzero(deposits)) <= set(range(2, 10))
    paid, lapsed = run.daily("deposits_paid"), run.daily("deposits_lapsed")
    assert set(np.flatnonzero(paid + lapsed)) <= {14, 15}
    assert paid.sum() + lapsed.sum() == deposits.sum() > 20
    # 200.00 a piece less 20 %.
    assert run.total("presale_discounts") == run.total("discounts")
    assert run.total("presale_discounts") % 40 == 0
    assert run.total("presale_discounts") >= 40 * paid.sum()


def test_an_item_in_presale_needs_no_stock_until_the_balance() -> None:
    presale = {"kind": "presale", "skus": ["P"], "from": "2027-01-01", "to": "2027-01-10", "balance": "2027-01-12"}
    empty = {
        "operations.stock": {"policy": "sQ", "expected_units": 0},
        "catalogue.skus.0.popularity": 1e-9,
        "catalogue.skus.1.stock": 0,
    }

    run = lived(empty, pre=presale)

    assert run.total("deposits") > 0
    assert run.daily("lost_units")[:10].sum() == 0
    # Where the shelf is still empty then, the deposit is given back.
    assert run.total("deposits_paid") + run.total("deposits_lapsed") == run.total("deposits")
    assert run.total("deposits_lapsed") > 0


def test_gifts_cost_goods_and_come_back_with_what_is_returned() -> None:
    gift = {"kind": "gift", "skus": ["H"], "gift": "P", "worth": 0}
    quiet = {"operations.returns.rate": 0.0, "operations.conversion.price_elasticity": 0.0}

    without, with_gifts = lived(quiet), lived(quiet, gift=gift)

    given = with_gifts.total("gift_units")
    assert given > 0
    assert with_gifts.total("gmv") == without.total("gmv")
    assert with_gifts.total("goods_cost") - without.total("goods_cost") == 90 * given


def test_what_is_refunded_is_what_was_paid() -> None:
    everything_back = {
        "operations.returns": {"rate": 1.0, "delay": 0.01},
        "operations.dispatch.delivery": 0.01,
        "horizon": 30,
    }

    run = lived({**everything_back, "market.searches_per_day": 2000}, save=SAVE, coupon=COUPON)

    # All but the orders of the last days came back, each for its amount.
    gmv = run.daily("gmv")
    assert gmv[:-4].sum() < run.total("refunds") <= gmv.sum()
    assert run.total("threshold_discounts") > 0


def test_visitors_expect_what_a_basket_of_one_item_costs_in_the_mean() -> None:
    # One piece with chance 3/4, two with 3/16, …; at 100.00, 150.00 less 30.00 helps from two pieces on.
    it = deal(**SAVE)
    price = np.array([10_000.0, 20_000.0])

    seen = expected_prices(price, price, it.terms[None, :], np.zeros(1), again=0.25)

    assert seen[0] == pytest.approx(10_000 * (1 - 3_000 * 0.25 / (10_000 / 0.75)))
    assert seen[1] == pytest.approx(20_000 * (1 - 3_000 / (20_000 / 0.75)))


def test_a_coupon_counts_by_the_chance_to_hold_one_and_a_gift_by_its_worth() -> None:
    coupon = deal(**{**COUPON, "spend": 0, "claim": 0.4})
    price = np.array([10_000.0, 20_000.0])
    rows = np.array([coupon.terms])
    gift = deal(kind="gift", skus=["P"], gift="H", worth=0.5)

    rows[0, COUPONS_LEFT] = 1.0
    assert expected_prices(price, price, rows, np.zeros(1), again=0.0) == pytest.approx([9_200.0, 19_200.0])
    rows[0, COUPONS_LEFT] = 0.0
    assert expected_prices(price, price, rows, np.zeros(1), again=0.0) == pytest.approx(price)
    gifts = expected_prices(price, price, gift.terms[None, :], np.array([0.5]), again=0.0)
    assert gifts == pytest.approx([10_000.0, 15_000.0])


def test_a_promotion_nobody_reaches_leaves_every_byte() -> None:
    plain = simulate(scenario(AMPLE), 11)
    far = lived(save={**SAVE, "spend": 1_000_000}, later={**SAVE, "from": "2028-01-01"}, off={**SAVE, "active": False})

    assert far.by_channel.tobytes() == plain.by_channel.tobytes()
    assert far.of_store.tobytes() == plain.of_store.tobytes()


def test_a_deeper_promotion_brings_more_buyers_on_the_same_luck() -> None:
    orders = [lived(save={**SAVE, "less": less}).total("orders") for less in (1, 30, 60, 90)]

    assert orders == sorted(orders)
    assert orders[0] < orders[-1]


def test_small_scenarios_have_no_promotions() -> None:
    assert "promotions" not in EVERYTHING


def test_a_coupon_that_a_playbook_switches_on_is_given_out_from_then_on() -> None:
    growth = {"stages.growth": {"gate": {"on": "2027-01-08"}, "playbook": {"promotions.coupon.active": True}}}

    run = lived(growth, coupon=JANUARY | {"active": False})

    claimed = run.daily("coupons_claimed")
    assert claimed[:7].sum() == 0
    assert claimed[7:].sum() == 50


def test_a_playbook_with_more_pieces_adds_what_is_more() -> None:
    growth = {"stages.growth": {"gate": {"on": "2027-01-15"}, "playbook": {"promotions.coupon.pieces": 80}}}

    run = lived(growth, coupon=JANUARY)

    claimed = run.daily("coupons_claimed")
    assert (claimed[:14].sum(), claimed.sum()) == (50, 80)


def test_what_a_gift_is_worth_may_change_with_the_stage() -> None:
    gift = {"kind": "gift", "gift": "P", "skus": ["H"], "worth": 0}
    odds = {}
    for worth in (0.0, 1.0):
        growth = {"stages.growth": {"gate": {"on": "2027-01-08"}, "playbook": {"promotions.gift.worth": worth}}}
        odds[worth] = lived(growth, gift=gift).daily("buyers")

    assert odds[0.0][:7].tolist() == odds[1.0][:7].tolist()
    assert odds[1.0][7:].sum() > odds[0.0][7:].sum()


def test_a_purchase_limit_counts_all_lines_of_an_order() -> None:
    plan = {
        "horizon": 12, "operations.conversion.base": 0.2, "operations.stock": {"policy": "unlimited"},
        "catalogue.lines": 1.5, "catalogue.quantity": 1.5, "operations.cancellations.rate": 0.3,
        "promotions": {"cut": {"kind": "single", "discount": 0.1, "limit": 1}},
    }  # fmt: skip
    store = scenario(plan)
    only = store.with_({"catalogue.skus": [store.catalogue.skus[0].model_dump(by_alias=True)]})

    run = simulate(only, 3)

    price = run.total("gmv") / run.total("orders")
    assert run.total("orders") == run.total("units") > 50
    assert run.total("cancelled_gmv") == pytest.approx(run.total("cancelled_orders") * price)
    assert run.total("cancelled_orders") > 10


def test_a_purchase_limit_holds_while_its_promotion_runs_and_for_its_items_only() -> None:
    plan = {
        "horizon": 40, "operations.conversion.base": 0.2, "operations.stock": {"policy": "unlimited"},
        "catalogue.lines": 1, "catalogue.quantity": 2.5,
        "promotions": {
            "cut": {"kind": "single", "discount": 0.1, "skus": ["H"], "from": "2027-01-11", "to": "2027-01-20"}
        },
    }  # fmt: skip
    free, held = (simulate(scenario({**plan, "promotions.cut.limit": most}), 3) for most in (None, 1))

    refused = held.daily("limited_units")
    assert refused[10:20].min() > 0
    assert refused[:10].sum() == refused[20:].sum() == free.total("limited_units") == 0
    # The same orders with fewer pieces, as long as sales have not moved ranks.
    np.testing.assert_array_equal(held.daily("orders")[:11], free.daily("orders")[:11])
    assert held.daily("units")[10] + refused[10] == free.daily("units")[10]
    assert held.total("lost_units") == 0
