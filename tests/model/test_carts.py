"""Carts: what is left in them, and when it is looked at again (MODEL section 13)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.errors import ConservationError
from storesim.model.blueprint import blueprint
from storesim.model.carts import openings
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario, store
from tests.model.test_later import STILL

SALE = {"events": [{"name": "Sale", "from": "2027-01-20", "to": "2027-01-21", "opens": 10, "discount": 0.3}]}
ONE_PRICE = {**STILL, "operations.conversion.price_elasticity": 0.0}
"""A sale changes nothing but when carts are looked at."""


def _run(settings: dict[str, object] | None = None, **carts: float) -> Run:
    more = {f"operations.carts.{name}": value for name, value in carts.items()}
    return simulate(scenario({**STILL, **(settings or {}), **more}), 3)


def test_a_store_whose_visitors_keep_no_cart_keeps_its_name_and_its_bytes() -> None:
    plain, idle = scenario(STILL), scenario({**STILL, "operations.carts": {"waits": 0.1, "odds": 9}})

    assert plain.fingerprint == idle.fingerprint
    assert scenario({**STILL, "operations.carts.reach": 1.01}).fingerprint != plain.fingerprint
    a, b = (simulate(one, 3) for one in (plain, idle))
    assert a.by_channel.tobytes() == b.by_channel.tobytes()
    assert a.total("carts") == a.total("left_in_cart") == 0.0


def test_carts_leave_first_orders_as_they_are_and_add_those_of_later_looks() -> None:
    plain, kept = _run(), _run(reach=3.0, odds=1.5)

    np.testing.assert_array_equal(kept.daily("orders") - kept.daily("cart_orders"), plain.daily("orders"))
    assert kept.total("cart_orders") > 50
    # Every order goes through the cart; what is not ordered at once is left in it.
    assert kept.total("carts") == plain.total("orders") + kept.total("left_in_cart")
    for channel in ("search", "express"):
        again = kept.daily("second_looks", channel)
        np.testing.assert_array_equal(kept.daily("uv", channel), plain.daily("uv", channel) + again)
        np.testing.assert_array_equal(kept.daily("clicks", channel), plain.daily("clicks", channel))


def test_at_the_same_price_and_odds_nobody_buys_at_the_second_look_who_did_not_at_the_first() -> None:
    kept = _run(reach=4.0, odds=1.0, delay=0.5)

    assert kept.total("cart_looks") > 200
    assert kept.total("cart_orders") == 0.0


def test_a_lower_price_turns_carts_into_orders_and_a_deeper_one_more_of_them() -> None:
    at = [_run({**SALE, "events.0.discount": cut}, reach=4.0, odds=1.0).total("cart_orders") for cut in (0.0, 0.1, 0.3)]

    assert at[0] == 0.0
    assert 5 < at[1] < at[2]


def test_who_waits_for_a_sale_looks_after_it_opens() -> None:
    kept = _run({**ONE_PRICE, **SALE}, reach=4.0, waits=1.0, keeps=15.0, delay=100.0)

    looks = kept.daily("cart_looks")
    # Carts of the last fifteen days before: all are looked at within some hours of the opening.
    assert looks[19:21].sum() > 0.9 * kept.daily("left_in_cart")[5:19].sum()
    assert looks[:19].sum() < 0.1 * looks[19]


def test_buyers_who_hold_out_are_missed_before_the_sale_and_come_with_it() -> None:
    plain, held = _run({**ONE_PRICE, **SALE}, reach=1.5), _run({**ONE_PRICE, **SALE}, reach=1.5, holds_out=0.5)

    before, sale = slice(5, 19), slice(19, 21)
    assert held.daily("orders")[before].sum() < 0.7 * plain.daily("orders")[before].sum()
    assert held.daily("orders")[sale].sum() > 1.5 * plain.daily("orders")[sale].sum()
    np.testing.assert_array_equal(held.daily("held_out")[21:], 0.0)
    # They buy at the odds at which they would have bought.
    assert held.total("orders") == pytest.approx(plain.total("orders"), abs=3)


def test_sales_open_with_events_that_sell_and_with_each_turn_of_a_promotion() -> None:
    events = [
        {"name": "Sale", "from": "2027-01-05", "to": "2027-01-06", "opens": 20, "discount": 0.2},
        {"name": "Spring Festival", "from": "2027-01-12", "to": "2027-01-20", "market": 0.5},
    ]
    promotions = {
        "before": {"kind": "single", "discount": 0.1, "from": "2026-12-22"},
        "after": {"kind": "single", "discount": 0.1, "from": "2027-02-05"},
        "again": {"kind": "single", "discount": 0.1, "from": "2027-01-03", "to": "2027-01-25", "every": 10, "lasts": 2},
        "never": {"kind": "multi_buy", "pieces": 2, "discount": 0.1, "from": "2027-01-08", "active": False},
        "gift": {"kind": "gift", "gift": "H", "from": "2027-01-09"},
    }  # fmt: skip
    plan = blueprint(scenario({"horizon": 30, "events": events, "promotions": promotions}))

    days = [-10, 2, 4 + 20 / 24, 12, 22, 35]
    assert openings(plan.promotions, plan.deals[0], plan.n_days) == pytest.approx([24.0 * day for day in days])


@pytest.mark.parametrize("place", [d.LEFT_IN_CART, d.CART_LOOKS, d.CART_ORDERS, d.HELD_OUT])
def test_carts_that_contradict_one_another_stop_the_run(place: int) -> None:
    broken = store({**STILL, "operations.carts": {"reach": 3, "odds": 2}, "horizon": 12})
    played = broken._send_purchases

    def play_and_damage() -> None:
        played()
        broken.kernel.tally.baskets[place] += 1e6

    broken._send_purchases = play_and_damage  # type: ignore[method-assign]  # the moment after the kernel has played

    with pytest.raises(ConservationError, match="carts that were left"):
        broken.live()
