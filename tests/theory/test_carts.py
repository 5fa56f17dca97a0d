"""What is bought of what was left in carts, and how many orders are cancelled in time, against exact results."""

from __future__ import annotations

import math

import pytest

from storesim.runs.one import simulate
from tests.theory.evidence import Evidence
from tests.theory.stores import luck_of, quiet_store, runs_of

BASE, REACH, ODDS, CUT, ELASTICITY = 0.1, 3.0, 1.4, 0.15, 2.5
SALE = [{"name": "Sale", "from": "2027-01-08", "to": "2027-01-10", "discount": CUT}]


def _chance(odds: float) -> float:
    return odds / (1.0 + odds)


def test_the_share_of_carts_that_a_second_look_sells_is_that_of_the_lucks_between_two_odds(evidence: Evidence) -> None:
    odds = BASE / (1.0 - BASE)
    left = _chance(REACH * odds) - _chance(odds)
    at_once = (_chance(ODDS * odds) - _chance(odds)) / left
    cheaper = (_chance(ODDS * odds * (1.0 - CUT) ** -ELASTICITY) - _chance(odds)) / left
    plan = quiet_store(1_500, days=10, conversion={"base": BASE, "price_elasticity": ELASTICITY})
    carts = {"reach": REACH, "odds": ODDS, "delay": 0.3, "waits": 0.0}
    every_day = plan.with_({f"operations.carts.{name}": value for name, value in carts.items()})
    waiting = {**carts, "waits": 1.0, "keeps": 8.0, "delay": 200.0}
    at_the_sale = plan.with_({"events": SALE, **{f"operations.carts.{name}": value for name, value in waiting.items()}})

    for name, expected, scenario in (
        ("carts bought at a second look, same price", at_once, every_day),
        ("carts bought at a second look, price cut by 15 %", cheaper, at_the_sale),
    ):
        runs = runs_of(scenario, 12, luck_of(name))
        # Few look before the sale who do not wait for it; those of its days pay its price.
        days = slice(7, 10) if scenario is at_the_sale else slice(0, 10)
        bought = [run.daily("cart_orders")[days].sum() / run.daily("cart_looks")[days].sum() for run in runs]
        evidence.mean(name, expected=expected, values=bought, size="12 runs of 10 days", source="docs/model/carts.md")


def test_the_share_of_visitors_who_fill_a_cart_is_the_chance_at_the_odds_of_the_cart(evidence: Evidence) -> None:
    expected = _chance(REACH * BASE / (1.0 - BASE))
    plan = quiet_store(800, days=10, conversion={"base": BASE})
    scenario = plan.with_({"operations.carts.reach": REACH, "operations.carts.delay": 100})

    runs = runs_of(scenario, 12, luck_of("carts filled"))

    filled = [run.total("carts") / (run.total("uv") - run.total("second_looks")) for run in runs]
    evidence.mean(
        "share of visitors who fill a cart", expected=expected, values=filled, size="12 runs of 10 days",
        source="docs/model/carts.md",
    )  # fmt: skip


def test_the_share_of_orders_cancelled_is_that_of_changes_of_mind_before_the_wave(evidence: Evidence) -> None:
    rate, mean, wave = 0.4, 3.0, 20.0
    # Orders come evenly over the day: before the wave they have until then, after it until midnight.
    late = sum(mean * (1.0 - math.exp(-hours / mean)) for hours in (wave, 24.0 - wave)) / 24.0
    plan = quiet_store(800, days=20, conversion={"base": 0.3})
    scenario = plan.with_({
        "operations.dispatch.waves": [wave], "operations.cancellations.rate": rate,
        "operations.cancellations.delay": mean,
    })  # fmt: skip

    runs = runs_of(scenario, 12, luck_of("orders cancelled"))

    gone = [run.total("cancelled_orders") / (run.total("cancelled_orders") + run.total("orders")) for run in runs]
    evidence.mean(
        "share of orders cancelled before their wave", expected=rate * (1.0 - late), values=gone,
        size="12 runs of 20 days", source="docs/model/orders.md",
    )  # fmt: skip


def test_a_larger_price_cut_never_leaves_more_in_carts_unsold() -> None:
    plan = quiet_store(600, days=10, conversion={"base": BASE}).with_({"operations.carts.reach": REACH})

    # The same visitors with the same luck, looking at the same hour.
    orders = [
        simulate(plan.with_({"events": [{**SALE[0], "discount": cut}]}), 5).daily("cart_orders")[7:].sum()
        for cut in (0.01, 0.05, 0.1, 0.2, 0.3)
    ]

    assert orders == sorted(orders)
    assert orders[-1] > 2 * orders[0] > 0


def test_the_formula_of_the_page_is_that_of_small_odds() -> None:
    o = 1e-6
    exact = (_chance(ODDS * o * (1.0 - CUT) ** -ELASTICITY) - _chance(o)) / (_chance(REACH * o) - _chance(o))

    assert exact == pytest.approx((ODDS * (1.0 - CUT) ** -ELASTICITY - 1.0) / (REACH - 1.0), rel=1e-4)
