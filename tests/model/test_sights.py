"""What is kept of days alike is what would be worked out anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine.day import (
    ACTIVE,
    ASKED,
    BALANCE_DUE,
    COUPONS_LEFT,
    ITEM_LIMIT,
    KEPT_REACH,
    KIND,
    NUMBER,
    PRESALE,
    VALID_HOURS,
)
from storesim.model import sights as module
from storesim.model.blueprint import blueprint
from storesim.model.conversion import Conversion
from storesim.model.deals import Deals
from storesim.model.sights import Sights
from storesim.model.store import Store
from storesim.model.today import Offer, Today
from storesim.runs.one import simulate
from tests.model.small import scenario

LIVELY: Mapping[str, Any] = {
    "horizon": 60,
    "operations.stock": {"policy": "unlimited"},
    "operations.conversion": {"base": 0.2, "later": 0.3},
    "market.devices": {"app": {"share": 0.7}, "pc": {"share": 0.3, "conversion": 0.8}},
    "events": [
        {"name": "sale", "from": "2027-02-10", "to": "2027-02-14", "opens": 20, "discount": 0.2, "conversion": 1.2}
    ],
    "promotions": {
        "cut": {"kind": "single", "less": 5, "skus": ["H"], "limit": 2, "beans": 50, "every": 9, "lasts": 4},
        "save": {"kind": "spend_and_save", "spend": 150, "less": 30, "from": "2027-01-06", "every": 11, "lasts": 5},
        "gift": {"kind": "gift", "skus": ["P"], "gift": "H", "from": "2027-01-12", "to": "2027-01-20"},
        "few": {"kind": "coupon", "face": 20, "spend": 100, "pieces": 40, "every": 10, "lasts": 6, "claim": 0.3},
        "kept": {"kind": "coupon", "face": 30, "pieces": 60, "valid": 5, "every": 14, "lasts": 7, "claim": 0.5},
        "app": {"kind": "coupon", "face": 10, "pieces": 1_000, "devices": ["app"], "from": "2027-01-04", "every": 12,
                "lasts": 6, "claim": 0.3},
        "pre": {"kind": "presale", "skus": ["P"], "from": "2027-01-22", "to": "2027-01-27", "balance": "2027-01-29",
                "balance_days": 2, "discount": 0.2},
    },
    "stages.growth": {
        "gate": {"on": "2027-01-25"},
        "playbook": {
            "promotions.save.less": 40, "promotions.app.active": False, "promotions.few.pieces": 400,
            "promotions.cut.limit": 1, "catalogue.discount": 0.05,
        },
    },
}  # fmt: skip


def test_a_run_is_the_same_whatever_runs_before_it_have_left_behind() -> None:
    made = scenario(LIVELY)
    module._drawn.cache_clear()

    alone = simulate(made, 3, 1)
    simulate(made, 4, 0)
    after = simulate(made, 3, 1)

    assert module._drawn.cache_info().hits >= 2
    assert after.by_channel.tobytes() == alone.by_channel.tobytes()
    assert after.of_store.tobytes() == alone.of_store.tobytes()


def test_every_opening_writes_what_would_be_written_without_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = blueprint(scenario(LIVELY))
    opening, openings = Deals.open, []

    def watched(deals: Deals, today: Today, offer: Offer) -> Offer:
        before = today.plan.price.copy()
        made = opening(deals, today, offer)
        promotions = plan.deals[today.stage]
        anew = Sights(plan.goods, plan.deals, 1.0 - 1.0 / plan.scenario.catalogue.quantity, (0.7, 0.3))
        stage = anew.stages[today.stage]
        some = tuple(deals.left[issue.place] >= 1.0 for issue in stage.issues)
        sight = anew.of(stage, bytes(deal.runs(today.day) for deal in promotions), some, before)
        rows = today.plan.deals.copy()
        left = dict(zip(rows[:, NUMBER].astype(int).tolist(), rows[:, COUPONS_LEFT].tolist(), strict=True))
        rows[:, COUPONS_LEFT] = rows[:, COUPONS_LEFT] >= 1.0
        assert [left[i] for i in range(len(promotions))] == deals.left
        assert (rows == sight.rows).all()
        assert (rows[:, ASKED] == 0.0).all()
        assert (today.plan.price == sight.price).all()
        assert (today.plan.of_sku[ITEM_LIMIT] == sight.limit).all()
        takes = [deal.runs(today.day) for deal in promotions if deal.terms[KIND] == PRESALE]
        assert today.plan.presale[BALANCE_DUE].any() == takes[0]
        for name, value in sight.offered._asdict().items():
            assert np.array_equal(getattr(made, name), value)
        openings.append((today.day, today.hour, tuple(some)))
        return made

    monkeypatch.setattr(Deals, "open", watched)

    Store(plan, 3, 1).live()

    assert len(openings) > 60
    # Batches ran out, and came again.
    assert len({some for _, _, some in openings}) > 3


def test_odds_on_devices_and_with_coupons_in_hand_are_those_of_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = blueprint(scenario(LIVELY))
    opening, told, reaches = Conversion.open, [], []

    def watched(conversion: Conversion, today: Today, offer: Offer, score: float) -> None:
        opening(conversion, today, offer, score)
        elasticity = plan.scenario.operations.conversion.price_elasticity
        dear = np.ones((2, 2)) if offer.by_device is None else offer.by_device
        np.testing.assert_allclose(today.plan.device_odds, dear**-elasticity, rtol=1e-12)
        assert offer.in_hand is not None
        np.testing.assert_allclose(today.plan.kept[:, 1:], offer.in_hand**-elasticity, rtol=1e-12)
        offered = (today.plan.deals[:, ACTIVE] * today.plan.deals[:, VALID_HOURS]).any()
        reach = today.plan.scalars[KEPT_REACH]
        assert reach == (today.plan.kept[:, 1:].max() if offered else 0.0)
        told.append(offer.by_device is not None)
        reaches.append(reach > 0.0)

    monkeypatch.setattr(Conversion, "open", watched)

    Store(plan, 3, 1).live()

    assert 0 < sum(told) < len(told)
    assert 0 < sum(reaches) < len(reaches)
