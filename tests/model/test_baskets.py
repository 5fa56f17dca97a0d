"""Baskets computed on paper to the fen: every kind of promotion, their order, and what runs out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.engine.basket import FILL, PRICE
from storesim.engine.compiled import compiled
from storesim.engine.day import F, I
from storesim.engine.kernel import Kernel
from storesim.model.blueprint import blueprint
from storesim.model.deals import fitted
from storesim.model.ranked import ORDER
from tests.model.small import scenario

SHELF = (
    {"sku": "A", "role": "hero", "category": "dress", "price": 100, "cost": 40, "popularity": 6},
    {"sku": "B", "role": "profit", "category": "scarf", "price": 59.9, "cost": 20, "popularity": 3},
    {"sku": "C", "role": "traffic", "category": "scarf", "price": 10, "cost": 4, "popularity": 1},
)
A, B, C = range(3)
LUCK = np.uint64(20_270_101)
SAVE_20 = {"kind": "spend_and_save", "spend": 150, "less": 20}
COUPON = {"kind": "coupon", "spend": 100, "face": 10, "pieces": 5, "every": 15, "lasts": 15, "claim": 1.0}


@compiled
def _trade(
    step: int, plan: d.DayPlan, stock: I, tally: d.DayTally, used: F, basket: I, lines: int, luck: np.uint64
) -> int:  # fmt: skip
    return plan.trade(
        step, plan.deals, plan.cross, plan.price, plan.alias_p, plan.alias_k, stock, tally.by_sku, tally.baskets,
        basket, lines, luck, 0, 0, 0, 0, plan.kept, used, 0.0, 0.0,
    )  # fmt: skip


class Till:
    """A till at which every promotion of a scenario runs; baskets are pairs of SKU and pieces."""

    def __init__(
        self,
        promotions: Mapping[str, Any],
        cross: Sequence[Mapping[str, Any]] = (),
        stock: int = 50,
        others: Mapping[str, Any] | None = None,
    ) -> None:
        shop = {"catalogue.skus": list(SHELF), "promotions": promotions, "catalogue.cross_sales": list(cross)}
        plan = blueprint(scenario({**shop, **(others or {})}))
        kernel = Kernel(["c"], 3, 1)
        self.plan = fitted(kernel.plan, plan.deals[0], plan.cross[0])
        self.plan.price[:] = plan.goods[0].price
        self.plan.alias_p[:], self.plan.alias_k[:] = plan.goods[0].alias_p, plan.goods[0].alias_k
        self.tally = kernel.tally
        self.used = np.zeros((len(self.plan.kept), 2))
        self.stock = np.full(3, stock, dtype=np.int64)
        for row, deal in zip(self.plan.deals, sorted(plan.deals[0], key=_place), strict=True):
            row[:] = deal.terms
            row[d.COUPONS_LEFT] = deal.batch
        self.basket = np.zeros((d.N_BASKET, d.AS_A_WHOLE + 1), dtype=np.int64)

    def pay(self, *lines: tuple[int, int], luck: np.uint64 = LUCK) -> list[int]:
        """Fen to pay for each line, those of gifts last."""
        for i, (k, pieces) in enumerate(lines):
            self.basket[[d.LINE_SKU, d.LINE_PIECES, d.LINE_PAID], i] = k, pieces, pieces * self.plan.price[k]
        with np.errstate(over="ignore"):
            n = _trade(PRICE, self.plan, self.stock, self.tally, self.used, self.basket, len(lines), luck)
        return [int(paid) for paid in self.basket[d.LINE_PAID, :n]]

    def fill(self, *lines: tuple[int, int], luck: np.uint64 = LUCK) -> list[tuple[int, int]]:
        """SKU and pieces of each line after promotions have led to more."""
        for i, (k, pieces) in enumerate(lines):
            self.basket[[d.LINE_SKU, d.LINE_PIECES], i] = k, pieces
        with np.errstate(over="ignore"):
            n = _trade(FILL, self.plan, self.stock, self.tally, self.used, self.basket, len(lines), luck)
        return [(int(k), int(pieces)) for k, pieces in self.basket[:2, :n].T]

    def saved(self, kind: int) -> float:
        return float(self.tally.baskets[kind])


def _place(deal: Any) -> tuple[Any, ...]:
    terms: F = deal.terms
    return ORDER.index(int(terms[d.KIND])), -terms[d.THRESHOLD], -terms[d.LEAST], -terms[d.LESS]


def test_an_amount_off_is_spread_over_the_lines_by_their_amounts_to_the_fen() -> None:
    till = Till({"save": SAVE_20})

    # 100.00 + 59.90 = 159.90 ≥ 150: 20.00 off, of which 2000 · 10000 / 15990 = 1250.78 fen fall on the first line.
    assert till.pay((A, 1), (B, 1)) == [10_000 - 1_251, 5_990 - 749]
    assert till.saved(d.SAVE) == 2_000


def test_below_the_threshold_nothing_is_off() -> None:
    assert Till({"save": SAVE_20}).pay((A, 1), (C, 4)) == [10_000, 4_000]


def test_each_further_threshold_counts_again_if_it_says_so() -> None:
    # 2 · 100.00 + 2 · 59.90 = 319.80: twice 150.
    assert sum(Till({"save": {**SAVE_20, "repeated": True}}).pay((A, 2), (B, 2))) == 31_980 - 4_000
    assert sum(Till({"save": SAVE_20}).pay((A, 2), (B, 2))) == 31_980 - 2_000


def test_of_a_ladder_the_highest_step_holds_and_no_other() -> None:
    ladder = {"low": SAVE_20, "high": {**SAVE_20, "spend": 300, "less": 50}}

    assert sum(Till(ladder).pay((A, 3))) == 30_000 - 5_000
    assert sum(Till(ladder).pay((A, 2))) == 20_000 - 2_000


def test_items_that_do_not_take_part_do_not_count() -> None:
    only = Till({"save": {**SAVE_20, "categories": ["scarf"]}})
    without = Till({"save": {**SAVE_20, "without": ["A"]}})

    for till in (only, without):
        assert till.pay((A, 3), (B, 2)) == [30_000, 11_980]
        assert till.pay((A, 1), (B, 3)) == [10_000, 17_970 - 2_000]


def test_a_bundle_costs_its_price_as_often_as_all_of_it_is_in_the_basket() -> None:
    till = Till({"set": {"kind": "bundle", "skus": ["A", "B"], "price": 140}})

    # A set costs 159.90 by itself and 140.00 as a set: 19.90 off each of two sets, by amounts 30000 : 11980.
    assert till.pay((A, 3), (B, 2)) == [30_000 - 2_844, 11_980 - 1_136]
    assert till.saved(d.BUNDLE) == 2 * 1_990
    assert till.saved(d.BUNDLES_SOLD) == 2
    assert till.pay((A, 3)) == [30_000]


def test_so_many_pieces_cost_so_much_less_whichever_they_are() -> None:
    till = Till({"multi": {"kind": "multi_buy", "pieces": 3, "discount": "10%", "categories": ["scarf"]}})

    # 2 · 59.90 + 10.00 = 129.80, a tenth is 12.98: 1298 · 11980 / 12980 = 1198.
    assert till.pay((A, 1), (B, 2), (C, 1)) == [10_000, 11_980 - 1_198, 1_000 - 100]
    assert till.pay((B, 1), (C, 1)) == [5_990, 1_000]


def test_gifts_leave_the_shelf_at_no_price_until_there_are_none() -> None:
    till = Till({"gift": {"kind": "gift", "skus": ["A"], "gift": "C", "gift_pieces": 2}}, stock=7)

    assert till.pay((A, 3)) == [30_000, 0]
    assert till.basket[[d.LINE_SKU, d.LINE_PIECES], 1].tolist() == [C, 6]
    assert till.pay((A, 3)) == [30_000, 0]
    assert till.stock[C] == 0
    assert till.saved(d.GIFT_UNITS) == till.tally.by_sku[C, d.SKU_GIFTS] == 7


def test_a_gift_from_a_threshold_comes_once_an_order() -> None:
    till = Till({"get": {"kind": "spend_and_get", "spend": 100, "gift": "C"}})

    assert till.pay((A, 3)) == [30_000, 0]
    assert till.pay((B, 1)) == [5_990]
    assert till.saved(d.GIFT_UNITS) == 1


def test_an_amount_off_and_a_gift_may_come_together() -> None:
    till = Till({"both": {"kind": "save_and_get", "spend": 100, "less": 15, "gift": "C"}})

    assert till.pay((A, 1)) == [8_500, 0]
    assert till.saved(d.SAVE) == 1_500


def test_promotions_follow_one_another_as_jd_applies_them() -> None:
    till = Till(
        {
            "coupon": COUPON,
            "multi": {"kind": "multi_buy", "pieces": 2, "discount": "10%"},
            "save": {**SAVE_20, "skus": ["A", "B"]},
            "set": {"kind": "bundle", "skus": ["A", "B"], "price": 155},
        }
    )

    # The set of A and B costs 155.00 instead of 159.90. That is 150 or more: 20.00 off. Of C twice at 10.00, which took
    # no part in it, a tenth is off: 2.00. 135.00 + 18.00 are 100 or more: the coupon takes 10.00.
    assert sum(till.pay((A, 1), (B, 1), (C, 2))) == 15_990 + 2_000 - 490 - 2_000 - 200 - 1_000
    assert [till.saved(kind) for kind in (d.BUNDLE, d.SAVE, d.MULTI_BUY, d.COUPON)] == [490, 2_000, 200, 1_000]


def test_an_item_is_in_one_promotion_with_a_threshold_only() -> None:
    till = Till({"multi": {"kind": "multi_buy", "pieces": 2, "discount": "10%"}, "save": SAVE_20})

    assert sum(till.pay((A, 2))) == 20_000 - 2_000
    assert sum(till.pay((B, 2))) == 11_980 - 1_198


def test_a_coupon_is_judged_on_what_the_other_promotions_leave() -> None:
    till = Till({"coupon": COUPON, "save": {**SAVE_20, "spend": 100, "less": 1}})

    assert till.pay((A, 1)) == [9_900]
    assert (till.saved(d.COUPONS_CLAIMED), till.saved(d.COUPONS_USED)) == (1, 0)


def test_an_order_takes_one_coupon_with_a_threshold_and_any_without() -> None:
    till = Till({"east": COUPON, "more": {**COUPON, "face": 20}, "jd": {**COUPON, "spend": 0, "face": 30}})

    assert till.pay((A, 2)) == [20_000 - 2_000 - 3_000]


def test_coupons_run_out() -> None:
    till = Till({"coupon": {**COUPON, "pieces": 2}})

    assert [till.pay((A, 1))[0] for _ in range(4)] == [9_000, 9_000, 10_000, 10_000]
    assert till.saved(d.COUPONS_CLAIMED) == till.saved(d.COUPONS_USED) == 2


def test_nobody_is_paid_for_buying() -> None:
    till = Till({"jd": {**COUPON, "spend": 0, "face": 30}})

    assert till.pay((C, 1), (C, 1)) == [0, 0]
    assert till.saved(d.COUPON) == 2_000


def test_who_buys_one_item_of_a_set_may_take_the_rest() -> None:
    sets = {"kind": "bundle", "skus": ["A", "B"], "price": 140}

    assert Till({"set": {**sets, "takes": 1.0}}).fill((B, 2)) == [(B, 2), (A, 1)]
    assert Till({"set": {**sets, "takes": 0.0}}).fill((B, 2)) == [(B, 2)]
    assert Till({"set": {**sets, "takes": 1.0}}).fill((C, 1)) == [(C, 1)]
    assert Till({"set": {**sets, "takes": 1.0}}, stock=0).fill((B, 2)) == [(B, 2)]


def test_near_a_threshold_a_buyer_takes_an_item_that_leads_over_it() -> None:
    tempting = {**SAVE_20, "top_up": 1.0, "near": 0.4}
    lucks = [np.uint64(n) for n in range(1, 200)]

    ends = [Till({"save": tempting}).fill((A, 1), luck=luck)[1:] for luck in lucks[:60]]
    far = [Till({"save": {**tempting, "near": 0.3}}).fill((A, 1), luck=luck) for luck in lucks[:5]]
    over = [Till({"save": tempting}).fill((A, 2), luck=luck) for luck in lucks[:5]]

    # 100.00 of 150.00: A and B lead over it, C does not. Items are looked at by popularity, 6 : 3 : 1.
    assert {tuple(line) for line in ends} == {((A, 1),), ((B, 1),), ()}
    assert all(lines == [(A, 1)] for lines in far)
    assert all(lines == [(A, 2)] for lines in over)


@pytest.mark.parametrize("chance", [1.0, 0.0])
def test_a_further_line_follows_the_rule_of_the_first_item(chance: float) -> None:
    till = Till({}, [{"of": ["hero"], "sells": ["traffic"], "chance": chance}])

    lines = till.fill((A, 1), (B, 1), (B, 2))

    assert lines == ([(A, 1), (C, 1), (C, 2)] if chance else [(A, 1), (B, 1), (B, 2)])
    assert till.basket[d.IN_CROSS_SALE, :3].tolist() == [0, chance, chance]


def test_whatever_the_basket_lines_stay_between_nothing_and_their_list_price() -> None:
    till = Till(
        {
            "set": {"kind": "bundle", "skus": ["A", "C"], "price": 1},
            "save": {**SAVE_20, "less": 150, "repeated": True},
            "multi": {"kind": "multi_buy", "pieces": 2, "discount": "90%"},
            "jd": {**COUPON, "spend": 0, "face": 50, "pieces": 1_000},
        },
        stock=10_000,
    )
    luck = np.random.default_rng(7)

    for _ in range(300):
        lines = [(int(luck.integers(3)), int(luck.integers(1, 5))) for _ in range(luck.integers(1, 6))]
        before = till.tally.baskets.copy()
        listed = [pieces * int(till.plan.price[k]) for k, pieces in lines]

        paid = till.pay(*lines, luck=np.uint64(luck.integers(2**62)))

        assert all(0 <= now <= full for now, full in zip(paid, listed, strict=True))
        assert sum(listed) - sum(paid) == (till.tally.baskets - before)[d.CUT : d.GIFT].sum()
