"""Promotions for some JD levels (京东会员级别): who pays less, who claims the coupon, whom they bring to buy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.engine.basket import PRICE
from storesim.engine.codes import LEVEL_AT
from storesim.engine.compiled import compiled
from storesim.engine.day import DEVICE_BOUNCES, DEVICE_UV, F, I
from storesim.model.store import Store
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.customers import CUSTOMER_LEVELS
from tests.model.small import SKUS, scenario, store

BRONZE, SILVER, GOLD = 1, 2, 3
ONE_PIECE = {"catalogue.lines": 1, "catalogue.quantity": 1}
BASE: Mapping[str, Any] = {"horizon": 20, "operations.stock": {"policy": "unlimited"}}
EVERYBODY_BUYS: Mapping[str, Any] = {
    **BASE, **ONE_PIECE, "operations.conversion.base": 1.0, "market.searches_per_day": 1_500,
}  # fmt: skip
CUT = {"kind": "single", "less": 20, "levels": ["gold", "diamond"]}
COUPON = {"kind": "coupon", "face": 20, "pieces": 1_000, "claim": 1.0, "every": 20, "lasts": 15, "levels": ["金牌"]}


def _run(changes: Mapping[str, Any], **promotions: Any) -> Run:
    return simulate(scenario({**BASE, **changes, "promotions": promotions}), 4)


def _opened(changes: Mapping[str, Any], **promotions: Any) -> Store:
    shop = store({**BASE, **changes, "promotions": promotions}, seed=4)
    shop._fill(0, 0.0)
    return shop


def test_buyers_of_these_levels_pay_the_lower_price_and_no_others() -> None:
    run = _run(EVERYBODY_BUYS, gold=CUT)

    orders, lower = run.total("orders"), run.total("discounts") / 20
    assert lower == int(lower) > 500
    assert run.total("cut_discounts") == run.total("discounts")
    # 21.1 % are gold and 19.1 % diamond; within four standard errors.
    assert lower / orders == pytest.approx(0.402, abs=4 * np.sqrt(0.402 * 0.598 / orders))


def test_the_shares_of_the_market_say_how_many_they_are() -> None:
    shares = dict.fromkeys(CUSTOMER_LEVELS, 0.0) | {"silver": 0.75, "gold": 0.25}

    run = _run({**EVERYBODY_BUYS, "market.levels": shares}, gold=CUT)
    nobody = _run({**EVERYBODY_BUYS, "market.levels": {**shares, "silver": 1.0, "gold": 0.0}}, gold=CUT)

    orders = run.total("orders")
    assert run.total("discounts") / 20 / orders == pytest.approx(0.25, abs=4 * np.sqrt(0.25 * 0.75 / orders))
    assert nobody.total("discounts") == 0.0


def test_where_all_are_of_a_level_a_cut_for_it_is_a_cut_for_everybody() -> None:
    shares = dict.fromkeys(CUSTOMER_LEVELS, 0.0) | {"gold": 1.0}
    for_all = {name: value for name, value in CUT.items() if name != "levels"}

    gold, everybody = (
        _run({"market.levels": shares, "operations.conversion.base": 0.2}, gold=cut) for cut in (CUT, for_all)
    )

    assert gold.total("orders") == everybody.total("orders") > 100
    assert gold.total("gmv") == everybody.total("gmv")


@pytest.mark.parametrize("promotion", [CUT, {**COUPON, "claim": 0.5}], ids=["single", "coupon"])
def test_for_all_levels_is_for_everybody(promotion: Mapping[str, Any]) -> None:
    every, none, some = (
        _run({}, it={**promotion, "levels": levels}) for levels in (CUSTOMER_LEVELS[::-1], [], ["silver"])
    )

    assert every.of_store.tobytes() == none.of_store.tobytes() != some.of_store.tobytes()
    assert every.by_channel.tobytes() == none.by_channel.tobytes()


def test_buyers_of_its_levels_claim_and_use_a_coupon_and_no_others() -> None:
    few = {"market.searches_per_day": 300, "horizon": 15, "channels.direct_placement.daily_budget": 0}
    run = _run({**EVERYBODY_BUYS, **few}, gold=COUPON)

    orders, used = run.total("orders"), run.total("coupons_used")
    assert used < 1_000
    assert run.total("coupon_discounts") == 20 * used
    assert used / orders == pytest.approx(0.211, abs=4 * np.sqrt(0.211 * 0.789 / orders))


@pytest.mark.parametrize("devices", [[], ["app"]])
def test_of_those_who_do_not_buy_the_ones_of_its_levels_claim(devices: list[str]) -> None:
    uses = {"market.devices": {"app": {"share": 0.7}, "pc": {"share": 0.3}}}
    nobody = {"operations.conversion.base": 1e-9, "market.searches_per_day": 300}
    shop = store({
        **BASE, **uses, **nobody, "promotions": {"gold": {**COUPON, "claim": 0.5, "devices": devices}},
        "horizon": 15,
    })  # fmt: skip
    shop.live()

    seen = shop.devices.totals().sum(axis=0)
    stayed = (seen[:, DEVICE_UV] - seen[:, DEVICE_BOUNCES])[: 1 if devices else 2].sum()
    assert shop.notebook.of_store()["coupons_claimed"].sum() == np.floor(0.5 * 0.211 * stayed) > 10


@pytest.mark.parametrize("promotion", [CUT, COUPON], ids=["single", "coupon"])
def test_only_those_of_its_levels_are_readier_to_buy(promotion: Mapping[str, Any]) -> None:
    plain, some, everybody = _opened({}), _opened({}, it=promotion), _opened({}, it={**promotion, "levels": []})

    plan = some.kernel.plan
    assert plan.device_odds.shape == (5, 2)
    for level, name in enumerate(CUSTOMER_LEVELS):
        as_those = everybody if name in ("gold", "diamond")[: 2 if promotion is CUT else 1] else plain
        np.testing.assert_allclose(plan.sku_odds * plan.device_odds[level], as_those.kernel.plan.sku_odds, rtol=1e-12)
    # The shelf's own price stays, and the rank follows the mean over levels.
    assert plan.price.tolist() == plain.kernel.plan.price.tolist()
    weights = [shop.traffic.mean_weight for shop in (plain, some, everybody)]
    assert weights == sorted(weights)


def test_a_coupon_for_a_level_on_the_phone_is_for_those_who_are_both() -> None:
    uses = {"market.devices": {"app": {"share": 0.7}, "pc": {"share": 0.3}}}
    plan = _opened(uses, it={**COUPON, "devices": ["app"]}).kernel.plan
    plain, everybody = (_opened(uses, **it).kernel.plan for it in ({}, {"it": {**COUPON, "levels": []}}))

    both = plan.device_odds.reshape(2, 5, 2)
    assert (both[0, GOLD] == 1.0).all()
    np.testing.assert_allclose(plan.sku_odds, everybody.sku_odds, rtol=1e-12)
    others = np.delete(both.reshape(10, 2), GOLD, axis=0)
    np.testing.assert_allclose(plan.sku_odds * others, np.tile(plain.sku_odds, (9, 1)), rtol=1e-12)


@compiled
def _trade(plan: d.DayPlan, stock: I, tally: d.DayTally, used: F, basket: I, lines: int, who: int) -> int:
    return plan.trade(
        PRICE, plan.deals, plan.cross, plan.price, plan.alias_p, plan.alias_k, stock, tally.by_sku, tally.baskets,
        basket, lines, np.uint64(7), who, 0, 0, 0, plan.kept, used, 0.0, 0.0,
    )  # fmt: skip


def _pay(shop: Store, level: int, *lines: tuple[int, int], at: tuple[float, float] = (10_000.0, 20_000.0)) -> list[int]:
    """Fen to pay for lines of SKU and pieces by a buyer of a level, where items cost these fen on the shelf."""
    kernel = shop.kernel
    kernel.plan.price[:] = at
    basket = np.zeros((d.N_BASKET, d.MOST_LINES + d.MOST_GIFTS), dtype=np.int64)
    for i, (k, pieces) in enumerate(lines):
        basket[[d.LINE_SKU, d.LINE_PIECES, d.LINE_PAID], i] = k, pieces, pieces * at[k]
    with np.errstate(over="ignore"):
        n = _trade(
            kernel.plan, kernel.state.stock, kernel.tally, kernel.due.coupons, basket, len(lines), level << LEVEL_AT
        )
    return [int(paid) for paid in basket[d.LINE_PAID, :n]]


def test_the_deepest_cut_holds_whomever_it_is_for() -> None:
    deep = {"kind": "single", "discount": 0.3, "levels": ["银牌"], "skus": ["H"]}
    shop = _opened({}, less=CUT, deep=deep, silver={"kind": "single", "less": 25, "levels": ["silver"]})

    assert _pay(shop, BRONZE, (0, 2), (1, 1)) == [20_000, 20_000]
    assert _pay(shop, GOLD, (0, 2), (1, 1)) == [16_000, 18_000]
    assert _pay(shop, SILVER, (0, 2), (1, 1)) == [14_000, 17_500]
    # A slot or a sale for everybody at 75 yuan: 70 is still less, and 80 no longer.
    assert _pay(shop, SILVER, (0, 2), at=(7_500.0, 20_000.0)) == [14_000]
    assert _pay(shop, GOLD, (0, 2), at=(7_500.0, 20_000.0)) == [15_000]


def test_later_promotions_work_on_what_a_level_has_left_to_pay() -> None:
    save = {"kind": "spend_and_save", "spend": 190, "less": 30}
    shop = _opened({}, gold=CUT, save=save)

    # Two of 100 make 200 and save 30; for gold they are 160, below the threshold.
    assert _pay(shop, BRONZE, (0, 2)) == [17_000]
    assert _pay(shop, GOLD, (0, 2)) == [16_000]


def test_a_set_costs_its_price_whoever_buys_it() -> None:
    bundle = {"kind": "bundle", "skus": ["H", "P"], "price": 250}
    dear = {**bundle, "price": 270}

    assert sum(_pay(_opened({}, gold=CUT, set=bundle), BRONZE, (0, 1), (1, 1))) == 25_000
    assert sum(_pay(_opened({}, gold=CUT, set=bundle), GOLD, (0, 1), (1, 1))) == 25_000
    # By themselves they are 260 for gold: a set of 270 is no gain.
    assert sum(_pay(_opened({}, gold=CUT, set=dear), GOLD, (0, 1), (1, 1))) == 26_000


@pytest.mark.parametrize("price", [250, 270])
def test_visitors_expect_of_a_set_what_it_saves_at_their_level(price: int) -> None:
    """Gold pays 80 and 180 for what is in it: a set of 250 saves 10, and one of 270 nothing."""
    bundle = {"kind": "bundle", "skus": ["H", "P"], "price": price, "takes": 0.5}
    plan, alone = (
        _opened({**ONE_PIECE, "operations.conversion.price_elasticity": 1.0}, gold=CUT, **it).kernel.plan
        for it in ({"set": bundle}, {})
    )

    saved = 0.5 * max(0, 260 - price) / 260
    odds, by_themselves = (it.sku_odds * it.device_odds[GOLD] for it in (plan, alone))
    np.testing.assert_allclose(by_themselves / odds, 1.0 - saved, rtol=1e-12)


def test_who_is_near_a_threshold_at_the_price_of_his_level_adds_to_reach_it() -> None:
    """Gold pays 80: two are near 190, and a third reaches it. Others are beyond it with two."""
    near = {"kind": "spend_and_save", "spend": 190, "less": 30, "near": 0.2, "top_up": 1.0}
    shares = dict.fromkeys(CUSTOMER_LEVELS, 0.0)
    settings = {**EVERYBODY_BUYS, "catalogue.skus": [SKUS[0]], "catalogue.quantity": 1.5, "horizon": 5}

    gold, bronze = (
        _run({**settings, "market.levels": {**shares, level: 1.0}}, gold=CUT, near=near) for level in ("gold", "bronze")
    )

    # Of one line each: a line more where two pieces are bought.
    assert bronze.total("lines") == bronze.total("orders")
    two = 1.0 / 1.5 * (1.0 - 1.0 / 1.5)
    share = gold.total("lines") / gold.total("orders") - 1.0
    assert share == pytest.approx(two, abs=4 * np.sqrt(two * (1.0 - two) / gold.total("orders")))


def test_a_level_is_the_visitors_own_and_moves_nothing_else_of_him() -> None:
    # A cut that begins later: until then the same visitors, decisions and baskets as without.
    plain, cut = _run({}), _run({}, gold={"kind": "single", "less": 20, "levels": ["gold"], "from": "2027-01-15"})

    for name in ("uv", "pv", "buyers", "units", "gmv"):
        assert plain.daily(name)[:14].tolist() == cut.daily(name)[:14].tolist()
    assert cut.daily("discounts")[14:].sum() > 0.0 == cut.daily("discounts")[:14].sum()


def test_nobody_waits_with_a_cart_for_a_cut_that_is_not_for_all() -> None:
    looks = {"operations.carts": {"reach": 3, "waits": 1.0, "keeps": 10}, "operations.conversion.base": 0.2}
    later = {"kind": "single", "less": 20, "from": "2027-01-10"}

    waited, unasked = (_run(looks, it={**later, "levels": levels}) for levels in ([], ["gold"]))

    assert waited.daily("cart_looks")[9] > 2 * unasked.daily("cart_looks")[9]


def test_without_levels_a_scenario_keeps_its_name() -> None:
    said, unsaid = ({**CUT, "levels": []}, {name: CUT[name] for name in CUT if name != "levels"})

    plain = scenario({"promotions": {"it": unsaid}})
    assert scenario({"promotions": {"it": said}}).fingerprint == plain.fingerprint
    assert scenario({"promotions": {"it": CUT}}).fingerprint != plain.fingerprint
    assert scenario({"promotions": {"it": {**CUT, "levels": ["钻石会员", "金牌"]}}}).fingerprint != plain.fingerprint


def test_a_stage_may_begin_to_ask_for_a_level() -> None:
    growth = {"gate": {"on": "2027-01-08"}, "playbook": {"promotions.it.levels": ["gold"]}}
    everybody = {name: value for name, value in CUT.items() if name != "levels"}

    run = _run({**EVERYBODY_BUYS, "stages.growth": growth}, it=everybody)

    share = run.daily("discounts") / 20 / run.daily("orders")
    assert (share[:7] == 1.0).all()
    assert 0.1 < share[8:].mean() < 0.35
