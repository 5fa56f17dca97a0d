"""The buy for one season: quantities, deliveries, reorder, what is left (MODEL section 8)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from storesim.model.goods import read_goods
from storesim.model.season import Order, read_season, reordered
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from tests.model.small import scenario

SEASON = {"from": "2027-01-11", "to": "2027-01-30", "units": 80}


def _plan(item: dict[str, Any] | None = None, **season: object) -> Scenario:
    made = {"operations.stock": {"policy": "seasonal", "season": {**SEASON, **season}}}
    for name, value in (item or {}).items():
        made[f"catalogue.skus.0.{name}"] = value
    return scenario({**made, "operations.conversion.base": 0.1, "catalogue.skus.1.lead_time": 3.5})


def _season(plan: Scenario) -> Any:
    return read_season(plan, read_goods(plan.catalogue))


def test_each_sku_is_bought_by_its_popularity_and_ordered_its_lead_time_before() -> None:
    season = _season(_plan())

    # 80 pieces, three to one; due on day 10, lead times 7 and 3.5 days.
    assert season.orders == {3: [Order(0, 60, 10)], 6: [Order(1, 20, 10)]}
    assert season.opening.tolist() == [0, 0]


def test_what_an_item_says_counts_instead_of_what_is_computed() -> None:
    season = _season(_plan({"season_buy": 7}))

    assert season.orders[3] == [Order(0, 7, 10)]


def test_deliveries_make_the_whole_buy_and_early_ones_are_there_on_the_opening_day() -> None:
    deliveries = [
        {"on": "2027-01-20", "share": 1 / 3},
        {"on": "2026-12-30", "share": 1 / 3},
        {"on": "2027-01-03", "share": 1 / 3},
    ]

    season = _season(_plan({"season_buy": 100}, deliveries=deliveries))

    assert season.opening.tolist() == [33, 7]
    # Due on day 2 and ordered on the opening day, the earliest there is; the rest on day 19.
    assert season.orders == {0: [Order(0, 34, 2), Order(1, 6, 2)], 12: [Order(0, 33, 19)], 15: [Order(1, 7, 19)]}


def test_the_newsvendor_buys_more_of_what_earns_more_and_none_of_what_earns_nothing() -> None:
    def bought(cost: float) -> int:
        season = _season(_plan({"cost": cost}, quantity="newsvendor", spread=0.2))
        return sum(order.pieces for orders in season.orders.values() for order in orders if order.sku == 0)

    # Price 100 and mean 60: at cost 50 the median; at 10 the 90 % point, 1.2816 x sqrt(60 + 12²) above.
    assert [bought(50), bought(10), bought(100)] == [60, 79, 0]


def test_the_reorder_is_what_the_rate_sells_until_the_end_less_what_is_held() -> None:
    season = _season(_plan(reorder="2027-01-16"))

    # 15 days are left, the 16th and the 30th among them; lead times 7 and 4 whole days.
    assert reordered(season, 15, np.array([4.0, 0.5]), np.array([20, 3])) == [Order(0, 40, 22), Order(1, 5, 19)]
    assert reordered(season, 15, np.array([4.0, 0.5]), np.array([60, 8])) == []


@pytest.fixture(scope="module")
def kept() -> Run:
    return simulate(_plan(reorder="2027-01-16"), 3)


def test_nothing_sells_before_the_delivery_and_the_books_balance(kept: Run) -> None:
    units = kept.daily("units")

    assert units[:10].sum() == 0
    assert units[10:30].sum() > 0
    # The season's buy, and what the reorder added.
    assert kept.daily("purchased_units")[:10].sum() == 80
    assert kept.daily("received_units")[:11].sum() == 80


def test_what_is_left_is_cleared_for_its_salvage_and_the_rest_of_its_cost_is_lost() -> None:
    keeping, clearing = (simulate(_plan({"season_buy": 300}, left=left, salvage=0.25), 3) for left in ("keep", "clear"))

    left = keeping.daily("stock_units")[29]
    assert clearing.daily("stock_units")[29] == 0
    assert clearing.daily("cleared_units")[29] == left > 0
    assert keeping.total("cleared_units") == 0
    closing = clearing.of_skus("closing_stock")
    assert closing.tolist() == [0, 0]
    # Pieces of cost 40 and 90 bring a quarter of it.
    lost = clearing.daily("write_offs")[29]
    assert 0.75 * 40 * left <= lost <= 0.75 * 90 * left


def test_holding_is_paid_for_every_piece_on_the_shelf_every_evening() -> None:
    free = scenario({"horizon": 20, "operations.stock.holding": 0})
    held = scenario({"horizon": 20, "operations.stock.holding": 0.035})

    before, after = simulate(free, 2), simulate(held, 2)

    assert before.total("storage") == 0
    np.testing.assert_array_equal(before.daily("stock_units"), after.daily("stock_units"))
    assert after.total("storage") == pytest.approx(0.035 * after.daily("stock_units").sum(), abs=0.01)
    assert before.total("profit") - after.total("profit") == pytest.approx(after.total("storage"), abs=1e-6)


def test_money_in_stock_costs_its_share_of_the_purchase_price_over_a_year() -> None:
    search = {"search": {"mechanism": "organic"}}
    quiet = {"horizon": 365, "market.searches_per_day": 0, "channels": search, "operations.stock.holding_share": 0.1}

    run = simulate(scenario(quiet), 2)

    # Nobody comes, so nothing is sold and no supplier is called.
    goods = run.of_skus("closing_stock") @ np.array([40.0, 90.0])
    assert run.total("storage") == pytest.approx(0.1 * goods, abs=0.02)
