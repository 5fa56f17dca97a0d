"""Coupons kept for later: who comes back with one, what becomes of the others, and that none is lost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.errors import ConservationError
from storesim.model.custody import Custody
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario, store

BASE: Mapping[str, Any] = {
    "horizon": 30, "operations.stock": {"policy": "unlimited"}, "operations.conversion.base": 0.3,
}  # fmt: skip
COUPON = {
    "kind": "coupon", "face": 40, "pieces": 1000, "claim": 0.3, "from": "2027-01-01", "to": "2027-01-10", "valid": 7,
}  # fmt: skip


def lived(changes: Mapping[str, Any] | None = None, **coupon: Any) -> Run:
    return simulate(scenario({**BASE, **(changes or {}), "promotions": {"later": {**COUPON, **coupon}}}), 4)


def test_claimed_is_used_expired_and_held_every_evening() -> None:
    run = lived()

    claimed, used, expired = (run.daily(f"coupons_{what}").cumsum() for what in ("claimed", "used", "expired"))
    np.testing.assert_array_equal(claimed, used + expired + run.daily("coupons_held"))
    assert used[-1] > 0
    assert expired[6] == 0 < expired[7]


def test_the_last_coupon_expires_when_the_last_claimed_is_no_longer_valid() -> None:
    run = lived()

    held = run.daily("coupons_held")
    # Claimed until day 9, valid for 7 days: until day 16.
    assert held[15] > 0
    assert (held[16:] == 0).all()
    assert (run.daily("coupon_orders")[17:] == 0).all()
    assert run.daily("coupon_orders")[10:17].sum() > 0


def test_without_validity_a_coupon_is_used_in_the_visit_or_has_expired_that_night() -> None:
    run = lived(valid=None)

    assert run.total("coupon_looks") == run.total("coupon_orders") == 0
    assert (run.daily("coupons_held") == 0).all()
    np.testing.assert_array_equal(
        run.daily("coupons_expired"), run.daily("coupons_claimed") - run.daily("coupons_used")
    )


def test_who_comes_back_with_a_coupon_buys_with_it_and_is_seen_again() -> None:
    plain, kept = lived(valid=None), lived()

    orders = kept.total("coupon_orders")
    assert orders > 20
    # On the same luck all others do as they did, but for what more orders do to the rank.
    assert kept.total("orders") > plain.total("orders") + 0.5 * orders
    assert kept.total("coupons_used") >= plain.total("coupons_used") + 0.9 * orders
    assert 0 < kept.total("second_looks") <= kept.total("coupon_looks")
    assert kept.total("coupon_looks") >= orders


def test_at_an_unchanged_price_everybody_buys_who_comes_back() -> None:
    # He keeps it only if he would buy with it in hand; neither price nor reviews change meanwhile.
    still = {
        "operations.reviews": {"chance": 0, "opening": {"total": 500, "good": 490}},
        "operations.conversion.score_effect": 0,
    }
    run = lived(still, to="2027-01-30")

    assert run.total("coupon_looks") == run.total("coupon_orders") > 20


def test_the_odds_with_a_coupon_in_hand_are_those_at_its_price() -> None:
    shop = store({**BASE, "catalogue.quantity": 1, "promotions": {"later": {**COUPON, "face": 20, "claim": 0.4}}})
    shop._fill(0, 0.0)

    # 100.00 − 0.4 · 20.00 are expected, 80.00 are paid with it; an elasticity of 2.5.
    np.testing.assert_allclose(shop.kernel.plan.kept[0, 1], (80 / 92) ** -2.5, rtol=1e-12)
    assert shop.kernel.plan.kept[0, 0] == 72.0
    assert shop.kernel.plan.scalars[d.KEPT_REACH] == shop.kernel.plan.kept[0, 1:].max()


def test_after_the_batch_is_out_nobody_keeps_one() -> None:
    run = lived(pieces=5)

    assert run.total("coupons_claimed") == 5
    assert run.total("coupons_used") + run.total("coupons_expired") == 5


def test_a_coupon_for_the_phone_is_kept_on_the_phone() -> None:
    devices = {"market.devices": {"app": {"share": 0.5}, "pc": {"share": 0.5}}}

    both, phone = lived(devices), lived(devices, devices=["app"])

    assert 0 < phone.total("coupon_looks") < 0.8 * both.total("coupon_looks")


def test_coupons_and_carts_live_together() -> None:
    regrets = {"operations.cancellations.rate": 0.3, "operations.conversion.paid": 0.9}
    run = lived({"operations.carts": {"reach": 1.2}, **regrets})

    assert run.total("cart_looks") > 0
    assert run.total("coupon_looks") > 0
    assert run.total("cart_orders") <= run.total("cart_looks") <= run.total("left_in_cart")


def test_an_unset_validity_keeps_the_name() -> None:
    unset = {name: COUPON[name] for name in COUPON if name != "valid"}

    plain = scenario({"promotions": {"c": unset}}).fingerprint
    assert scenario({"promotions": {"c": {**unset, "delay": 9}}}).fingerprint == plain
    assert scenario({"promotions": {"c": COUPON}}).fingerprint != plain


def test_custody_counts_by_promotion_and_day() -> None:
    custody, used = Custody(2), np.zeros((2, 9))

    custody.open([10.0, 10.0])
    used[0, 0] = 1
    custody.close(0, [7.0, 5.0], [48.0, 0.0], used)
    assert (custody.expired, custody.held) == (5.0, 2.0)
    used[0, 0] = 2
    custody.open([7.0, 5.0])
    custody.close(1, [6.0, 5.0], [48.0, 0.0], used)
    assert (custody.expired, custody.held) == (0.0, 2.0)
    custody.open([6.0, 5.0])
    custody.close(2, [6.0, 5.0], [48.0, 0.0], used)
    assert (custody.expired, custody.held, custody.expired_so_far) == (1.0, 1.0, 6.0)


def test_a_coupon_that_is_lost_stops_the_run() -> None:
    broken = store({**BASE, "promotions": {"later": COUPON}})
    play = broken.kernel.play

    def forgetful(start: float, end: float, arrivals: d.Arrivals) -> None:
        play(start, end, arrivals)
        broken.kernel.due.coupons[:] = 0.0

    broken.kernel.play = forgetful  # type: ignore[method-assign]  # a kernel that does not note what is used

    with pytest.raises(ConservationError, match="coupons were claimed"):
        broken.live()
