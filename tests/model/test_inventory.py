"""The shelf: reorder points, endless suppliers, what the day cost in goods (MODEL section 8)."""

from __future__ import annotations

import numpy as np

from storesim.engine.day import LEAD_SD, N_SKU_TALLY, REORDER_BASE, SKU_LOST, SKU_ORDERED, SKU_RECEIVED, SKU_UNITS
from storesim.engine.kernel import Kernel
from storesim.model.goods import read_goods
from storesim.model.inventory import CLOSING, ENDLESS, ORDERED, RECEIVED, Inventory, read_policy
from tests.model.small import morning, scenario


def _shelf(**stock: object) -> tuple[Inventory, Kernel]:
    plan = scenario(
        {
            "operations.stock": {"expected_units": 8, "opening": 10, "safety": 3, "lot": 5, "memory": 4, **stock},
            "catalogue.skus.0.lead_time": 6, "catalogue.skus.1.lead_time": 9,
        }
    )  # fmt: skip
    goods = read_goods(plan.catalogue)
    kernel = Kernel(["search"], 2, 5)
    return Inventory(goods, (read_policy(plan, goods),) * 3, 0, kernel.state), kernel


def _sold(*pieces: float, lost: tuple[float, ...] = (0.0, 0.0), received: tuple[float, ...] = (0.0, 0.0)) -> np.ndarray:
    by_sku = np.zeros((2, N_SKU_TALLY))
    by_sku[:, SKU_UNITS], by_sku[:, SKU_LOST] = pieces, lost
    by_sku[:, SKU_RECEIVED] = by_sku[:, SKU_ORDERED] = received
    return by_sku


def test_the_opening_stock_is_days_of_expected_sales_by_popularity() -> None:
    _, kernel = _shelf()

    # 8 pieces a day x 10 days, three quarters of them of the hero.
    assert kernel.state.stock.tolist() == [60, 20]


def test_reorder_points_cover_lead_time_and_safety_and_lots_their_days() -> None:
    shelf, _ = _shelf()
    today = morning()

    shelf.open(today)

    # s = rate x (lead + safety): 6 x (6 + 3), 2 x (9 + 3); Q = rate x lot: 6 x 5, 2 x 5.
    assert today.plan.reorder_at.tolist() == [54, 24]
    assert today.plan.lot.tolist() == [30, 10]
    assert today.plan.scalars[REORDER_BASE] == 0.0
    assert today.plan.scalars[LEAD_SD] == 0.3


def test_the_policy_learns_from_what_was_asked_for_sold_or_not() -> None:
    shelf, kernel = _shelf()
    kernel.state.stock[:] -= [10, 2]
    shelf.close(0, _sold(10, 2, lost=(4, 0)), np.zeros(2))
    today = morning()

    shelf.open(today)

    # Hero: 6 + (14 - 6) / 4 = 8 a day; the other stays at 2.
    assert today.plan.reorder_at.tolist() == [72, 24]
    assert today.plan.lot.tolist() == [40, 10]


def test_base_stock_reorders_one_below_the_opening_stock() -> None:
    shelf, _ = _shelf(policy="base")
    today = morning()

    shelf.open(today)

    assert today.plan.reorder_at.tolist() == [59, 19]
    assert today.plan.scalars[REORDER_BASE] == 1.0


def test_an_endless_supplier_replaces_each_piece_sold_at_its_price() -> None:
    shelf, kernel = _shelf(policy="unlimited")
    assert kernel.state.stock.tolist() == [ENDLESS, ENDLESS]
    kernel.state.stock[:] -= [5, 1]

    bought = shelf.close(0, _sold(5, 1), np.zeros(2))

    assert kernel.state.stock.tolist() == [ENDLESS, ENDLESS]
    assert bought == (5 * 4_000.0 + 9_000.0, 5 * 4_000.0 + 9_000.0, 6.0, 6.0, 5 * 4_000.0 + 9_000.0)
    assert shelf.counts[:, [ORDERED, RECEIVED, CLOSING]].tolist() == [[5, 5, 0], [1, 1, 0]]


def test_goods_that_come_back_to_the_shelf_lower_the_cost_of_goods_sold() -> None:
    shelf, kernel = _shelf()
    kernel.state.stock[:] -= [5, 1]

    bought = shelf.close(0, _sold(5, 1), np.array([2.0, 0.0]))

    assert bought.sold == 3 * 4_000.0 + 9_000.0
    assert kernel.state.stock.tolist() == [57, 19]
    assert shelf.pieces == 76


def test_an_empty_hero_is_seen_on_the_shelf() -> None:
    shelf, kernel = _shelf()
    kernel.state.stock[0] = 0

    shelf.close(0, _sold(60, 0), np.zeros(2))

    assert shelf.shelf == (0.25, 1.0)


def test_a_shelf_may_become_endless_and_finite_again_without_losing_a_piece() -> None:
    plan = scenario({"operations.stock": {"expected_units": 8, "opening": 10}})
    goods = read_goods(plan.catalogue)
    finite = read_policy(plan, goods)
    endless = read_policy(plan.with_({"operations.stock.policy": "unlimited"}), goods)
    kernel = Kernel(["search"], 2, 5)
    shelf = Inventory(goods, (finite, endless, finite), 0, kernel.state)
    before = kernel.state.stock.copy()

    shelf.change_policy(0, 1)
    held = kernel.state.stock - ENDLESS
    shelf.change_policy(1, 2)

    assert held.tolist() == kernel.state.stock.tolist() == before.tolist()
