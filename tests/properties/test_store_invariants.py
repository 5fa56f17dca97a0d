"""What holds in any store: random small scenarios live without a crash, and their figures agree with one another."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings, strategies as st

from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.modes import MODES

SHARES = st.floats(0.0, 1.0)
BEHAVIOUR = {"bounce": SHARES, "depth": st.floats(2.0, 12.0), "conversion": st.floats(0.0, 5.0)}
CHANNELS = {
    "search": st.fixed_dictionaries(
        {"mechanism": st.just("organic"), "weight": st.floats(0.01, 2.0), "memory": st.floats(0.5, 40.0)},
        optional=BEHAVIOUR,
    ),
    "express": st.fixed_dictionaries(
        {
            "mechanism": st.just("pay_per_click"), "daily_budget": st.sampled_from([0, 0.5, 20, 300]),
            "bid": st.floats(0.1, 5.0), "rivals": st.integers(0, 20), "share": SHARES, "step": st.floats(0.0, 0.5),
            "slot_ctr": st.lists(st.floats(0.0, 0.3), min_size=1, max_size=5),
        },
        optional={**BEHAVIOUR, "cannibalisation": SHARES, "halo": st.floats(0.0, 2.0), "reserve": st.floats(0.0, 2.0)},
    ),
    "social": st.fixed_dictionaries(
        {
            "mechanism": st.just("placement"), "daily_budget": st.sampled_from([0, 3, 100]),
            "audience": st.floats(1.0, 50_000.0), "billing": st.sampled_from(["click", "thousand"]),
        },
        optional={**BEHAVIOUR, "fatigue": st.floats(0.0, 3.0), "recovery": st.floats(0.5, 60.0)},
    ),
    "returning": st.fixed_dictionaries({"mechanism": st.just("returning")}, optional=BEHAVIOUR),
}  # fmt: skip
DEVICE = {"conversion": st.floats(0.0, 5.0), "bounce": st.floats(0.0, 5.0), "depth": st.floats(0.0, 5.0)}
DEVICES = st.just({}) | st.fixed_dictionaries(
    {
        name: st.fixed_dictionaries({"share": st.just(share)}, optional=DEVICE)
        for name, share in {"app": 0.7, "pc": 0.2, "web": 0.1}.items()
    }
)
SKU = st.fixed_dictionaries(
    {"price": st.floats(0.01, 900.0), "cost": st.floats(0.0, 500.0)},
    optional={
        "popularity": st.floats(0.01, 50.0), "stock": st.integers(0, 60), "lead_time": st.floats(1.0, 30.0),
        "role": st.sampled_from(["hero", "promo", "traffic", "profit", "image"]),
    },
)  # fmt: skip
ROLE = st.fixed_dictionaries({}, optional={"landing": st.floats(0.01, 50.0), "odds": st.floats(0.01, 10.0)})
ROLES = st.dictionaries(st.sampled_from(["hero", "promo", "traffic", "profit", "image"]), ROLE, max_size=3)
CARRIER = st.fixed_dictionaries({"name": st.just("C"), "price": st.floats(0, 30), "delivery": st.floats(0.1, 9.0)})
SHIFT = st.fixed_dictionaries(
    {
        "hours": st.tuples(st.integers(0, 11), st.integers(12, 24)).map(lambda ends: f"{ends[0]}-{ends[1]}"),
        "agents": st.integers(0, 3),
    }
)
SEASON = st.fixed_dictionaries(
    {
        "from": st.dates(dt.date(2026, 12, 20), dt.date(2027, 1, 20)).map(str), "to": st.just("2027-01-25"),
        "units": st.floats(0, 200), "left": st.sampled_from(["keep", "clear"]), "salvage": SHARES,
        "quantity": st.sampled_from(["expected", "newsvendor"]), "reorder": st.none() | st.just("2027-01-23"),
    }
)  # fmt: skip
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "conversion": st.fixed_dictionaries(
            {},
            optional={
                "base": SHARES, "price_elasticity": st.floats(0.0, 6.0), "later": SHARES,
                "later_median": st.floats(0.1, 200.0), "paid": SHARES,
            },
        ),
        "attribution": st.fixed_dictionaries(
            {"window": st.sampled_from([None, 0, 1, 3, 7, 15]), "by": st.sampled_from(["click", "order"])}
        ),
        "stock": st.fixed_dictionaries(
            {"policy": st.sampled_from(["sQ", "sS", "RS", "base", "seasonal", "unlimited"]), "season": SEASON},
            optional={
                "opening": st.floats(0, 60), "lead_sd": st.floats(0, 2), "safety": st.floats(0, 20),
                "every": st.floats(1, 20), "holding": st.floats(0, 0.5), "holding_share": SHARES,
            },
        ),
        "dispatch": st.fixed_dictionaries(
            {},
            optional={
                "capacity": st.integers(1, 60), "limit": st.floats(1.0, 72.0), "penalty": SHARES,
                "carriers": st.lists(CARRIER, max_size=3),
            },
        ),
        "service": st.fixed_dictionaries(
            {"agents": st.integers(0, 4)},
            optional={"asks": SHARES, "minutes": st.floats(0.1, 60.0), "patience": st.none() | st.floats(0.1, 90.0),
                      "minutes_sd": st.floats(0.0, 2.0), "shifts": st.lists(SHIFT, max_size=3)},
        ),
        "returns": st.fixed_dictionaries({}, optional={"rate": SHARES, "restock": SHARES, "delay": st.floats(0, 20)}),
        "money": st.fixed_dictionaries({}, optional={"settlement": st.integers(0, 40), "commission": SHARES}),
    },
)  # fmt: skip
EVENT = st.fixed_dictionaries(
    {
        "name": st.just("E"),
        "from": st.just("2027-01-05"),
        "to": st.just("2027-01-09"),
        "opens": st.integers(0, 95).map(lambda q: q / 4),
    },
    optional={"market": st.floats(0.1, 5.0), "discount": st.floats(0.0, 0.9), "conversion": st.floats(0.1, 4.0)},
)
STAGES = st.fixed_dictionaries(
    {},
    optional={
        "growth": st.just(
            {
                "gate": {"gmv_28d": 50}, "back_below": 4_000,
                "playbook": {"operations.dispatch.waves": [9, 13, 20], "operations.service.agents": 2,
                             "operations.stock.policy": "unlimited"},
            }
        )
    },
)  # fmt: skip


@st.composite
def stores(draw: st.DrawFn) -> Scenario:
    names = draw(st.sets(st.sampled_from(sorted(CHANNELS)), min_size=1))
    skus = draw(st.lists(SKU, min_size=1, max_size=4))
    document: dict[str, Any] = {
        "store": {"name": "Any", "opened": "2027-01-01", "mode": draw(st.sampled_from(MODES))},
        "horizon": draw(st.integers(1, 45)),
        "market": {"searches_per_day": draw(st.sampled_from([0, 1, 60, 1_500])), "devices": draw(DEVICES)},
        "channels": {name: draw(CHANNELS[name]) for name in sorted(names)},
        "catalogue": {
            "skus": [{"sku": f"S{i}", **sku} for i, sku in enumerate(skus)],
            "roles": draw(ROLES), "lines": draw(st.floats(1.0, 4.0)), "quantity": draw(st.floats(1.0, 4.0)),
        },
        "operations": draw(OPERATIONS), "events": draw(st.lists(EVENT, max_size=2)), "stages": draw(STAGES),
    }  # fmt: skip
    return Scenario.model_validate(document)


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(stores(), st.integers(0, 2**32))
def test_any_store_lives_through_its_days_and_its_figures_agree(store: Scenario, seed: int) -> None:
    run = simulate(store, seed)

    assert np.isfinite(run.by_channel).all()
    assert np.isfinite(run.of_store).all()
    for scope in (None, *run.channels):
        _identities(run, scope)
    _spend(run, store)
    _stock(run)
    _money(run, store)


def _identities(run: Run, scope: str | None) -> None:
    uv, pv, buyers, gmv = (run.daily(name, scope) for name in ("uv", "pv", "buyers", "gmv"))
    sold = buyers > 0
    assert (pv >= uv).all()
    # Buyers of the last minutes of a day may have come the day before, so a day's CVR may have no visitors below it.
    grain = sold & (uv > 0)
    cvr, aov = run.daily("cvr", scope), run.daily("aov", scope)
    np.testing.assert_allclose((uv * cvr * aov)[grain], gmv[grain], rtol=1e-9)
    np.testing.assert_allclose((uv * run.daily("depth", scope))[uv > 0], pv[uv > 0], rtol=1e-9)
    assert (gmv[~sold] == 0.0).all()
    assert run.total("buyers", scope) <= run.total("uv", scope)


def _spend(run: Run, store: Scenario) -> None:
    for name, channel in store.channels.items():
        budget = getattr(channel, "daily_budget", 0.0)
        # Never above the budget at all, not even by the last click.
        assert (run.daily("ad_spend", name) <= round(100 * budget) / 100).all()
        assert run.total("clicks", name) <= run.total("impressions", name) or budget == 0.0


def _stock(run: Run) -> None:
    assert (run.daily("stock_units") >= 0).all()
    assert (run.of_skus("closing_stock") >= 0).all()
    share = run.daily("in_stock_share")
    assert ((share >= 0) & (share <= 1 + 1e-12)).all()


def _money(run: Run, store: Scenario) -> None:
    moved = run.daily("cash_in") - run.daily("cash_out") + run.daily("borrowed") - run.daily("repaid")
    cash = np.cumsum(moved) + store.operations.money.opening_cash
    np.testing.assert_allclose(cash, run.daily("cash"), rtol=1e-9, atol=1e-6)
    costs = ("refunds", "goods_cost", "commission", "transaction_fee", "ad_spend", "parcels", "wages", "penalties")
    late = ("overheads", "hiring", "interest", "storage", "write_offs")
    earned = run.daily("gmv") - sum(run.daily(name) for name in (*costs, *late))
    np.testing.assert_allclose(earned, run.daily("profit"), rtol=1e-9, atol=1e-6)
    score = run.daily("score")
    assert ((score >= 0) & (score <= 1)).all()
