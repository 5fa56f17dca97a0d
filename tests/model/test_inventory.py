"""The shelf: reorder points, endless suppliers, what the day cost in goods (MODEL section 8)."""

from __future__ import annotations

import numpy as np

from storesim.engine.day import (
    LEAD_SD,
    N_SKU_TALLY,
    ORDER_AT_MIDNIGHT,
    ORDER_UP_TO,
    REORDER,
    SKU_LOST,
    SKU_ORDERED,
    SKU_RECEIVED,
    SKU_UNITS,
)
from storesim.engine.kernel import Kernel
from storesim.model.assortment import read_dates
from storesim.model.goods import read_goods
from storesim.model.inventory import ENDLESS, Bought, Inventory, read_policy
from storesim.model.shelf import CLOSING, ORDERED, RECEIVED
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
    return Inventory((goods,) * 3, (read_policy(plan, goods),) * 3, 0, kernel.state, read_dates(plan)), kernel


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
    assert today.plan.scalars[REORDER] == 0.0
    assert today.plan.scalars[LEAD_SD] == 0.3


def test_the_policy_learns_from_what_was_asked_for_sold_or_not() -> None:
    shelf, kernel = _shelf()
    kernel.state.stock[:] -= [10, 2]
    shelf.close(0, 0, _sold(10, 2, lost=(4, 0)), np.zeros(2))
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
    assert today.plan.scalars[REORDER] == 1.0


def test_an_endless_supplier_replaces_each_piece_sold_at_its_price() -> None:
    shelf, kernel = _shelf(policy="unlimited")
    assert kernel.state.stock.tolist() == [ENDLESS, ENDLESS]
    kernel.state.stock[:] -= [5, 1]

    bought = shelf.close(0, 0, _sold(5, 1), np.zeros(2))

    assert kernel.state.stock.tolist() == [ENDLESS, ENDLESS]
    assert bought == Bought(29_000.0, 5 * 4_000.0 + 9_000.0, 6.0, 6.0, 5 * 4_000.0 + 9_000.0)
    assert shelf.counts[:, [ORDERED, RECEIVED, CLOSING]].tolist() == [[5, 5, 0], [1, 1, 0]]


def test_goods_that_come_back_to_the_shelf_lower_the_cost_of_goods_sold() -> None:
    shelf, kernel = _shelf()
    kernel.state.stock[:] -= [5, 1]

    bought = shelf.close(0, 0, _sold(5, 1), np.array([2.0, 0.0]))

    assert bought.sold == 3 * 4_000.0 + 9_000.0
    assert kernel.state.stock.tolist() == [57, 19]
    assert shelf.pieces == 76


def test_an_empty_hero_is_seen_on_the_shelf() -> None:
    shelf, kernel = _shelf()
    kernel.state.stock[0] = 0

    shelf.close(0, 0, _sold(60, 0), np.zeros(2))

    assert shelf.shelf == (0.25, 1.0)


def test_a_shelf_may_become_endless_and_finite_again_without_losing_a_piece() -> None:
    plan = scenario({"operations.stock": {"expected_units": 8, "opening": 10}})
    goods = read_goods(plan.catalogue)
    finite = read_policy(plan, goods)
    endless = read_policy(plan.with_({"operations.stock.policy": "unlimited"}), goods)
    kernel = Kernel(["search"], 2, 5)
    shelf = Inventory((goods,) * 3, (finite, endless, finite), 0, kernel.state, read_dates(plan))
    before = kernel.state.stock.copy()

    shelf.change(0, 1)
    held = kernel.state.stock - ENDLESS
    shelf.change(1, 2)

    assert held.tolist() == kernel.state.stock.tolist() == before.tolist()


def test_up_to_s_lays_the_lot_on_top_of_the_reorder_point() -> None:
    shelf, _ = _shelf(policy="sS")
    today = morning()

    shelf.open(today)

    # s as under sQ, 54 and 24; S = s + Q.
    assert today.plan.reorder_at.tolist() == [54, 24]
    assert today.plan.lot.tolist() == [84, 34]
    assert today.plan.scalars[REORDER] == ORDER_UP_TO


def test_periodic_review_orders_at_midnight_of_its_days_and_on_no_other() -> None:
    shelf, _ = _shelf(policy="RS", every=3)
    points = []

    for day in range(4):
        today = morning(day=day)
        shelf.open(today)
        points.append((today.plan.reorder_at.tolist(), today.plan.scalars[REORDER]))

    # S = rate x (3 + lead + 3): 6 x 12, 2 x 15; ordered up to from one piece below.
    assert points[0] == points[3] == ([71, 29], ORDER_AT_MIDNIGHT)
    assert points[1] == points[2] == ([-1, -1], ORDER_AT_MIDNIGHT)


def test_base_stock_has_its_own_level_and_never_tops_up_to_nothing() -> None:
    levels = {}
    for name, stock in {"level": {"level": 2}, "empty": {"opening": 0}}.items():
        shelf, kernel = _shelf(policy="base", **stock)
        today = morning()
        shelf.open(today)
        levels[name] = (today.plan.lot.tolist(), kernel.state.stock.tolist())

    assert levels["level"] == ([12, 4], [60, 20])
    assert levels["empty"] == ([1, 1], [0, 0])
