"""Cooperation modes: each moves what it should, and nothing it should not (DOMAIN 5.1, 5.2)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from storesim.model.blueprint import blueprint
from storesim.model.modes import TABLE, promised_days, under_mode
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.modes import MODES
from tests.model.small import scenario

BUSY = {
    "horizon": 40, "operations.conversion.base": 0.08, "operations.dispatch": {"waves": ["16:00"], "capacity": 5},
    "operations.stock": {"expected_units": 60},
}  # fmt: skip


def _run(mode: str, **changes: Any) -> Run:
    return simulate(scenario({**BUSY, "store.mode": mode, **changes}), 5)


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return {mode: _run(mode) for mode in MODES}


def test_sop_is_the_store_as_its_scenario_says() -> None:
    plan = scenario(BUSY)

    assert under_mode(plan) is plan
    assert set(TABLE) == set(MODES)


def test_the_chinese_name_of_self_operated_is_read() -> None:
    assert scenario({"store.mode": "自营"}).store.mode == "self_operated"


def test_from_jds_warehouse_no_parcel_is_late_and_none_waits_for_room(runs: dict[str, Run]) -> None:
    assert runs["SOP"].total("late") > 0
    assert runs["LBP"].total("late") > 0
    for mode in ("FBP", "FCS", "self_operated"):
        assert runs[mode].total("late") == runs[mode].total("penalties") == 0
        # Two waves twelve hours apart.
        assert runs[mode].total("dispatch_wait") / runs[mode].total("dispatched") < 12


def test_parcels_storage_and_commission_are_the_modes(runs: dict[str, Run]) -> None:
    def parcel(mode: str) -> float:
        return float(runs[mode].total("parcels") / runs[mode].total("dispatched"))

    def kept(mode: str) -> float:
        run = runs[mode]
        return float(run.total("commission") / (run.total("gmv") - run.total("refunds")))

    assert [parcel(mode) for mode in MODES] == pytest.approx([8, 9, 8, 8, 0])
    assert [kept(mode) for mode in MODES] == pytest.approx([0.06, 0.05, 0.05, 0.05, 0.25], abs=1e-5)
    for mode in MODES:
        stored = TABLE[mode].storage or 0.0
        assert runs[mode].total("storage") == pytest.approx(stored * runs[mode].daily("stock_units").sum(), abs=0.01)


def test_self_operated_the_revenue_is_the_supply_price_and_comes_after_thirty_days(runs: dict[str, Run]) -> None:
    run = _run("self_operated", **{"store.terms.supply": 0.6, "operations.returns.rate": 0})

    assert run.total("transaction_fee") == 0
    assert run.total("commission") == pytest.approx(0.4 * run.total("gmv"), abs=0.01)
    assert run.daily("cash_in")[:30].sum() == 0
    assert run.daily("cash_in")[30:].sum() > 0


def test_trust_and_speed_bring_buyers_from_the_same_visitors() -> None:
    search = {
        "mechanism": "organic", "popularity": 0, "conversion_effect": 0, "score_effect": 0, "out_of_stock_effect": 0,
    }  # fmt: skip
    quiet = {"channels.search": search, "operations.conversion.review_lift": 1, "operations.conversion.score_effect": 0}
    sop, trusted = (_run("SOP", **quiet, **{"store.terms.trust": trust}) for trust in (1.0, 1.3))
    minded = _run("SOP", **quiet, **{"operations.conversion.promise_effect": 0.3, "operations.dispatch.delivery": 1})

    np.testing.assert_array_equal(sop.daily("uv", "search"), trusted.daily("uv", "search"))
    assert 1.1 < trusted.total("buyers") / sop.total("buyers") < 1.35
    assert minded.total("buyers") > 1.1 * sop.total("buyers")


def test_every_mode_promises_what_its_carriers_take() -> None:
    promised = {mode: promised_days(under_mode(scenario({"store.mode": mode}))) for mode in MODES}

    assert list(promised.values()) == [3.0, 2.5, 2.0, 2.0, 2.0]


def test_a_term_of_the_scenario_stands_above_the_modes() -> None:
    terms = {"commission": 0.03, "parcel": 5, "storage": 0.1, "deposit": 1, "settlement": 2, "delivery": 0.5}
    made = under_mode(scenario({"store.mode": "FBP", "store.terms": terms})).operations

    assert (made.money.commission, made.money.parcel, made.money.deposit, made.money.settlement) == (0.03, 5, 1, 2)
    assert (made.stock.holding, made.dispatch.delivery) == (0.1, 0.5)


def test_the_terms_hold_in_every_stage() -> None:
    plan = blueprint(
        scenario(
            {
                "store.mode": "FBP",
                "stages.growth.playbook": {"operations.dispatch.waves": ["9:00"], "operations.stock.lot": 5},
            }
        )
    )

    assert [dispatch.waves.tolist() for dispatch in plan.dispatch] == [[11.0, 23.0]] * 3
    assert all(policy.holding.all() for policy in plan.policies)
