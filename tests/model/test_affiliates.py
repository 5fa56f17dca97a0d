"""Commission on sales: promised, settled late, forgiven for what comes back (DOMAIN 2.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from storesim.engine.day import FORGIVEN, PAID, PROMISED
from storesim.model.affiliates import visitors
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.runs.one import simulate
from storesim.scenario.booked import PayPerSale
from tests.model.small import scenario, store

FREE = {"operations.stock.policy": "unlimited", "horizon": 90, "operations.conversion.base": 0.2}
PUBLISHERS: dict[str, Any] = {"mechanism": "pay_per_sale", "visitors": 120, "rate": 0.1, "roles": ["hero"]}
OTHERS = ("search", "express", "direct_placement", "returning")


def test_visitors_rise_with_the_rate_by_its_elasticity() -> None:
    channel = PayPerSale.model_validate({**PUBLISHERS, "rate": 0.2, "elasticity": 0.5})

    # √(0.2 / 0.1) = √2; as many as said at the typical rate; none for nothing.
    assert visitors(channel) == pytest.approx(120 * 2**0.5, rel=1e-14)
    assert visitors(channel.model_copy(update={"rate": 0.1})) == pytest.approx(120, rel=1e-14)
    assert visitors(channel.model_copy(update={"rate": 0.0})) == 0.0


def test_commission_is_a_share_of_promoted_lines_and_nothing_of_others() -> None:
    # One line an order: who comes through publishers buys the hero at 100 or, one in a hundred, another line.
    every = simulate(scenario({**FREE, "channels.affiliate": PUBLISHERS, "catalogue.lines": 1}), 4)
    some = simulate(scenario({**FREE, "channels.affiliate": PUBLISHERS, "catalogue.lines": 1.5}), 4)

    assert every.total("gmv", "affiliate") > 20_000
    assert every.total("commission_promised") == pytest.approx(0.1 * every.total("gmv", "affiliate"), abs=1e-6)
    # A quarter of the second lines falls on the other SKU, of twice the price.
    assert some.total("commission_promised") < 0.95 * 0.1 * some.total("gmv", "affiliate")


def test_commission_is_spent_only_after_the_settlement_and_cash_leaves_then() -> None:
    changes = {**FREE, "channels.affiliate": PUBLISHERS, "operations.returns.rate": 0}

    late = simulate(scenario(changes), 4)
    never = simulate(scenario({**changes, "channels.affiliate": {**PUBLISHERS, "settlement": 400}}), 4)

    spend = late.daily("ad_spend", "affiliate")
    assert spend[:27].sum() == 0 < spend[27:].sum()
    assert never.total("ad_spend", "affiliate") == 0
    # Commission is all that tells the two apart: on the day of the order, and on the day it is paid.
    for name in ("commission_promised", "gmv", "cash_in"):
        assert late.daily(name).tolist() == never.daily(name).tolist()
    np.testing.assert_allclose(late.daily("cash_out") - never.daily("cash_out"), spend, atol=1e-6)
    np.testing.assert_allclose(never.daily("profit") - late.daily("profit"), spend, atol=1e-6)


def test_an_order_that_comes_back_in_time_is_forgiven() -> None:
    changes = {**FREE, "channels.affiliate": PUBLISHERS, "operations.returns.delay": 1}

    none = simulate(scenario({**changes, "operations.returns.rate": 0}), 4)
    half = simulate(scenario({**changes, "operations.returns.rate": 0.5}), 4)
    at_once = scenario({**changes, "operations.returns.rate": 1, "channels.affiliate": {**PUBLISHERS, "settlement": 0}})

    ratio = half.total("ad_spend", "affiliate") / none.total("ad_spend", "affiliate")
    assert ratio == pytest.approx(0.5, abs=0.06)
    # Settled on delivery, before anything can have come back: paid all the same.
    assert simulate(at_once, 4).total("ad_spend", "affiliate") > 0


def test_what_is_promised_is_paid_forgiven_or_still_to_come_to_the_fen() -> None:
    living = store({**FREE, "channels.affiliate": PUBLISHERS, "operations.returns.rate": 0.3})
    living.live()
    due = living.kernel.due.commission[:, 4]
    run = living.ledger.close()

    assert due.shape == (91, 2)
    assert due[:90, PAID].sum() > 0
    assert due[:90, FORGIVEN].sum() > 0
    # The audit compares every day; here the end of the run, with what falls due after it.
    assert living.affiliates.open_commission == due[90].sum()
    assert run is not None


def test_publishers_change_nobody_elses_visitors() -> None:
    still = {"channels.search": {"mechanism": "organic", "popularity": 0, "conversion_effect": 0, "score_effect": 0},
             "operations.members.join": 0, "channels.express.daily_budget": 0}  # fmt: skip
    without = simulate(scenario({**FREE, **still}), 9)
    with_them = simulate(scenario({**FREE, **still, "channels.affiliate": PUBLISHERS}), 9)

    for name in ("uv", "orders", "gmv"):
        for channel in OTHERS:
            # Reviews by new buyers move conversion; the visitors stay the same ones.
            if name == "uv":
                assert with_them.daily(name, channel).tolist() == without.daily(name, channel).tolist()
    assert with_them.total("uv", "affiliate") > 5_000


def test_a_store_without_publishers_keeps_no_account_of_commission() -> None:
    plain = Store(blueprint(scenario()), 1, 0)

    assert plain.kernel.due.commission.size == 0
    assert (plain.kernel.plan.commission == 0).all()
    assert plain.kernel.tally.by_channel[:, PROMISED].sum() == 0
