"""京豆 that a single promotion gives: what they cost, and whom they bring to buy (MODEL section 7)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine.day import N_SKU_TALLY, SKU_UNITS
from storesim.model.blueprint import blueprint
from storesim.model.carts import openings
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario, store

BASE: Mapping[str, Any] = {
    "horizon": 20, "operations.stock": {"policy": "unlimited"}, "operations.conversion.base": 0.2,
}  # fmt: skip
BEANS = {"kind": "single", "beans": 1_500, "from": "2027-01-06", "to": "2027-01-12"}


def lived(**promotions: Mapping[str, Any]) -> Run:
    return simulate(scenario({**BASE, "promotions": promotions}), 5)


def test_each_piece_costs_its_beans_on_the_days_on_which_they_are_given() -> None:
    run = lived(beans=BEANS)

    given = np.zeros(20)
    given[5:12] = 15.0 * run.daily("units")[5:12]
    assert given.sum() > 1_000
    np.testing.assert_allclose(run.daily("bean_cost"), given, rtol=1e-12)
    assert run.total("discounts") == 0.0


def test_pieces_sold_beyond_jd_earn_no_beans() -> None:
    site = {"mechanism": "offsite", "potential": 2_000, "half": 1, "reach": 0.5, "memory": 30}
    run = simulate(scenario({**BASE, "channels.vipshop": site, "promotions": {"beans": BEANS}}), 5)

    given, elsewhere = run.daily("units")[5:12], run.daily("units", "vipshop")[5:12]
    assert elsewhere.sum() > 100
    np.testing.assert_allclose(run.daily("bean_cost")[5:12], 15.0 * (given - elsewhere), rtol=1e-12)


def test_nobody_waits_with_a_cart_for_beans() -> None:
    def opened(**single: Any) -> list[float]:
        plan = blueprint(scenario({**BASE, "promotions": {"beans": {**BEANS, **single}}}))
        return openings(plan.promotions, plan.deals[0], plan.n_days)

    assert opened() == []
    assert opened(less=5) == opened(discount=0.1) == [24.0 * 5]


def test_only_the_items_that_take_part_give_beans_and_the_most_hold() -> None:
    two = {"few": {**BEANS, "beans": 100}, "many": {**BEANS, "skus": ["P"]}}
    shop = store({**BASE, "promotions": two}, seed=5)
    shop._fill(6, 0.0)

    sold = np.zeros((2, N_SKU_TALLY))
    sold[:, SKU_UNITS] = 10, 3
    assert shop.deals.bean_cost(sold) == 10 * 100 + 3 * 1_500


def test_visitors_see_the_price_less_what_they_think_beans_are_worth() -> None:
    plain, beans = store(BASE), store({**BASE, "promotions": {"beans": {**BEANS, "beans_worth": 0.4}}})
    for shop in (plain, beans):
        shop._fill(6, 0.0)

    # 100.00 and 200.00 less 0.4 · 15.00; an elasticity of 2.5.
    more = (1.0 - 6.0 / np.array([100.0, 200.0])) ** -2.5
    np.testing.assert_allclose(beans.kernel.plan.sku_odds, more * plain.kernel.plan.sku_odds, rtol=1e-12)
    np.testing.assert_array_equal(beans.kernel.plan.price, plain.kernel.plan.price)


def test_beans_that_nobody_values_cost_and_bring_nothing() -> None:
    cut = {"kind": "single", "less": 1}
    plain, vain = lived(cut=cut), lived(cut={**cut, "beans": 500, "beans_worth": 0})

    np.testing.assert_array_equal(plain.daily("orders"), vain.daily("orders"))
    assert plain.total("profit") - vain.total("profit") == pytest.approx(vain.total("bean_cost"))
    assert plain.total("cash_out") + vain.total("bean_cost") == pytest.approx(vain.total("cash_out"))


def test_without_beans_a_promotion_keeps_its_name() -> None:
    plain = scenario({"promotions": {"cut": {"kind": "single", "less": 5}}})
    said = scenario({"promotions": {"cut": {"kind": "single", "less": 5, "beans": 0, "beans_worth": 0.9}}})

    assert plain.fingerprint == said.fingerprint
    with pytest.raises(ValueError, match="or beans"):
        scenario({"promotions": {"cut": {"kind": "single"}}})
