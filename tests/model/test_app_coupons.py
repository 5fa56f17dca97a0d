"""Coupons for some devices only (手机专享): who claims them, who uses them, and whom they bring to buy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine.day import DEVICE_BOUNCES, DEVICE_BUYERS, DEVICE_UV
from storesim.model.store import Store
from storesim.runs.one import simulate
from tests.model.small import scenario, store

APP, PC = 0, 1
ANYBODY = {"age": 0, "good_reviews": 0, "good_rate": 0, "score": 0}
BASE: Mapping[str, Any] = {
    "horizon": 15,
    "market.devices": {"app": {"share": 0.7}, "pc": {"share": 0.3}},
    "operations.stock": {"policy": "unlimited"},
}
COUPON = {"kind": "coupon", "face": 20, "pieces": 1000, "claim": 0.5, "every": 15, "lasts": 15, "devices": ["app"]}


def lived(changes: Mapping[str, Any] | None = None, **coupon: Any) -> Store:
    """A store with one coupon, after its last day."""
    shop = store({**BASE, **(changes or {}), "promotions": {"phone": {**COUPON, **coupon}}}, seed=4)
    shop.live()
    return shop


def counted(shop: Store, name: str) -> float:
    return float(shop.notebook.of_store()[name].sum())


def test_where_everybody_holds_one_the_buyers_on_the_phone_use_it_and_no_others() -> None:
    shop = lived({"operations.conversion.base": 1.0, "market.searches_per_day": 1500, "horizon": 3}, claim=1.0)

    buyers = shop.devices.totals()[:, :, DEVICE_BUYERS].sum(axis=0)
    assert buyers[PC] > 20
    assert counted(shop, "coupons_used") == buyers[APP] > 60
    assert counted(shop, "coupon_discounts") == 20 * buyers[APP]


def test_who_looks_on_another_device_claims_none() -> None:
    shop = lived({"operations.conversion.base": 1e-9, "market.searches_per_day": 300})

    seen = shop.devices.totals().sum(axis=0)
    stayed = seen[:, DEVICE_UV] - seen[:, DEVICE_BOUNCES]
    assert counted(shop, "coupons_claimed") == np.floor(0.5 * stayed[APP])


def test_only_on_the_phone_does_it_make_buyers_readier() -> None:
    plain, phone = store(BASE), store({**BASE, "promotions": {"phone": COUPON}})
    both = store({**BASE, "promotions": {"phone": {**COUPON, "devices": []}}})
    for shop in (plain, phone, both):
        shop._fill(0, 0.0)

    plan = phone.kernel.plan
    np.testing.assert_allclose(plan.sku_odds * plan.device_odds[APP], both.kernel.plan.sku_odds, rtol=1e-12)
    np.testing.assert_allclose(plan.sku_odds * plan.device_odds[PC], plain.kernel.plan.sku_odds, rtol=1e-12)
    assert (plan.device_odds[PC] < 0.9).all()
    assert (plan.device_odds[APP] == 1.0).all()


FLASH: Mapping[str, Any] = {
    "mechanism": "slots", "hours": "10-22", "fee_share": 0, "entry": ANYBODY,
    "dates": [{"from": "2027-01-08", "to": "2027-01-09", "visitors": 300, "pieces": 4}],
}  # fmt: skip
OF_A_SLOT = {"channels.flash": FLASH, "operations.conversion.base": 0.2}
AT_AN_HOUR = {"events": [{"name": "Night", "from": "2027-01-09", "to": "2027-01-10", "opens": 20, "discount": 0.2}]}


@pytest.mark.parametrize("more", [{}, OF_A_SLOT, {**OF_A_SLOT, **AT_AN_HOUR}], ids=["plain", "slot", "hour"])
def test_for_all_devices_is_for_everybody(more: Mapping[str, Any]) -> None:
    def played(devices: list[str]) -> bytes:
        coupon = {**COUPON, "devices": devices}
        run = simulate(scenario({**BASE, **more, "promotions": {"phone": coupon}}), 4)
        assert run.total("slots_taken") == ("channels.flash" in more)
        return run.of_store.tobytes()

    assert played(["pc", "app"]) == played([])
    assert played(["app"]) != played([])


def test_without_devices_a_coupon_keeps_its_name() -> None:
    said, unsaid = ({**COUPON, "devices": []}, {name: COUPON[name] for name in COUPON if name != "devices"})

    assert scenario({"promotions": {"c": said}}).fingerprint == scenario({"promotions": {"c": unsaid}}).fingerprint
    with pytest.raises(
        ValueError, match=r"promotions\.c\.devices\.0: market\.devices has no 'app'; write it there first"
    ):
        scenario({"promotions": {"c": COUPON}})
