"""Random stores of every mechanism, small enough to be played by the hundred."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from storesim.scenario.customers import CUSTOMER_LEVELS
from storesim.scenario.document import Scenario
from storesim.scenario.modes import MODES
from tests.properties.random_channels import CHANNELS, ENTRY
from tests.properties.random_operations import MEMBERS_ONE_BY_ONE, OPERATIONS, POOL_OF_MEMBERS
from tests.properties.random_promotions import promotions

SHARES = st.floats(0.0, 1.0)
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
        "role": st.sampled_from(["hero", "promo", "traffic", "profit", "image"]), "stars": st.floats(-4.0, 4.0),
        "reference_price": st.floats(0.01, 900.0), "season_buy": st.integers(0, 60),
    },
)  # fmt: skip
DATES = st.just({}) | st.tuples(st.integers(-5, 30), st.integers(0, 20)).map(
    lambda span: {
        "from": str(dt.date(2027, 1, 1) + dt.timedelta(days=span[0])),
        "to": str(dt.date(2027, 1, 1) + dt.timedelta(days=sum(span))),
    }
)
"""Of an item that comes and goes."""

ROLE = st.fixed_dictionaries({}, optional={"landing": st.floats(0.01, 50.0), "odds": st.floats(0.01, 10.0)})
ROLES = st.dictionaries(st.sampled_from(["hero", "promo", "traffic", "profit", "image"]), ROLE, max_size=3)
EVENT = st.fixed_dictionaries(
    {
        "name": st.just("E"),
        "from": st.just("2027-01-05"),
        "to": st.just("2027-01-09"),
        "opens": st.integers(0, 95).map(lambda q: q / 4),
    },
    optional={
        **dict.fromkeys(("market", "traffic", "conversion", "rival_bids"), st.floats(0.1, 5.0)),
        "discount": st.floats(0.0, 0.9), "roles": st.just(["hero", "profit"]), "entry": ENTRY,
    },
)  # fmt: skip
MARKET = st.fixed_dictionaries(
    {"searches_per_day": st.sampled_from([1_500, 60, 1_500, 300, 1, 0])},
    optional={
        "noise": st.fixed_dictionaries({"sd": SHARES, "lag1": st.floats(0.0, 0.95)}),
        "rivals": st.fixed_dictionaries(
            {"strength": st.floats(0.01, 5.0)},
            optional={"sd": SHARES, "half_life": st.floats(1.0, 60.0), "growth": st.floats(-0.5, 1.0),
                      "bid_effect": st.floats(0.0, 2.0)},
        ),
        "levels": st.permutations([0.05, 0.15, 0.2, 0.25, 0.35]).map(
            lambda shares: dict(zip(CUSTOMER_LEVELS, shares, strict=True))
        ),
        "growth": st.floats(-0.5, 2.0), "weekend": st.floats(0.1, 3.0), "season": st.permutations([0.1, 0.2, 0.3, 0.4]),
        "hours": st.lists(st.floats(0.0, 9.0), min_size=24, max_size=24).filter(any),
    },
)  # fmt: skip
TERMS = st.fixed_dictionaries(
    {},
    optional={"commission": SHARES, "supply": SHARES, "parcel": st.floats(0.0, 20.0), "storage": SHARES,
              "deposit": st.floats(0.0, 900.0), "settlement": st.integers(0, 40), "delivery": st.floats(0.1, 9.0),
              "trust": st.floats(0.5, 2.0)},
)  # fmt: skip
CHANGE = st.fixed_dictionaries(
    {
        "from": st.dates(dt.date(2027, 1, 1), dt.date(2027, 1, 9)).map(str),
        "playbook": st.fixed_dictionaries(
            {},
            optional={
                "catalogue.discount": st.floats(0.0, 0.7), "operations.service.agents": st.integers(0, 3),
                "operations.dispatch.waves": st.just([8]), "operations.money.other_wages": st.floats(0.0, 300.0),
                "operations.conversion.appeal": st.floats(0.1, 9.0), "operations.returns.rate": SHARES,
                "operations.carts.reach": st.floats(1.0, 9.0), "catalogue.roles.hero.landing": st.floats(0.01, 9.0),
                "catalogue.skus.S0.popularity": st.floats(0.01, 50.0), "catalogue.skus.0.stars": st.floats(-4.0, 4.0),
                "catalogue.skus.S0.price": st.floats(0.01, 900.0), "catalogue.roles.profit.odds": st.floats(0.01, 9.0),
                "operations.freight.fee": st.floats(0.0, 30.0), "operations.cash_on_delivery.share": SHARES,
            },
        ),
    },
    optional={"to": st.just("2027-01-12"), "stage": st.sampled_from(["launch", "growth"])},
)  # fmt: skip
STAGES = st.fixed_dictionaries(
    {},
    optional={
        "growth": st.just(
            {
                "gate": {"gmv_28d": 50}, "back_below": 4_000,
                "playbook": {"operations.dispatch.waves": [9, 13, 20], "operations.service.agents": 2,
                             "operations.stock.policy": "unlimited"},
            }
        ),
        "stable": st.just(
            {"gate": {"on": "2027-01-16"}, "playbook": {"catalogue.discount": 0.2, "operations.members.visits": 2.0}}
        ),
    },
)  # fmt: skip


@st.composite
def stores(draw: st.DrawFn) -> Scenario:
    """Any store that a file could ask for."""
    at_least = draw(st.sampled_from([1, 4, 7]))
    names = sorted(draw(st.sets(st.sampled_from(sorted(CHANNELS)), min_size=at_least)))
    skus = [{"sku": f"S{i}", **sku} for i, sku in enumerate(draw(st.lists(SKU, min_size=1, max_size=4)))]
    # Something is on sale on every day.
    skus = [skus[0], *(sku | draw(DATES) for sku in skus[1:])]
    devices = draw(DEVICES)
    document: dict[str, Any] = {
        "store": {"name": "Any", "opened": "2027-01-01", "mode": draw(st.sampled_from(MODES)), "terms": draw(TERMS)},
        "horizon": draw(st.just(45) | st.integers(1, 45)),
        "market": {**draw(MARKET), "devices": devices},
        "channels": {name: draw(CHANNELS[name]) for name in names},
        "catalogue": {
            "skus": skus, "roles": draw(ROLES), "lines": draw(st.floats(1.0, 4.0)),
            "quantity": draw(st.floats(1.0, 4.0)), "discount": draw(st.sampled_from([0.0, 0.0, 0.3])),
            "substitution": draw(SHARES), "cross_sales": draw(_cross_sales(len(skus))),
        },
        "promotions": draw(promotions([sku["price"] for sku in skus], sorted(devices))),
        "operations": draw(_operations(names)), "events": draw(st.lists(EVENT, max_size=2)),
        "stages": draw(STAGES), "changes": draw(st.lists(CHANGE, max_size=2)),
    }  # fmt: skip
    if "copy" in document["operations"].get("staff", {}) and draw(st.booleans()):
        document["changes"].append({"from": "2027-01-03", "playbook": {"operations.staff.copy.number": 9}})
    if devices:
        _on_devices(draw, document["channels"], devices)
    return Scenario.model_validate(document)


def _on_devices(draw: st.DrawFn, channels: dict[str, Any], devices: dict[str, Any]) -> None:
    """Give channels devices of their own: shares of their visitors, or bids for them."""
    bids = st.fixed_dictionaries({name: st.floats(0.1, 3.0) for name in ("bid", "clicks", "conversion")})
    for name in sorted(draw(st.sets(st.sampled_from(sorted(channels))))):
        if name == "express" and draw(st.booleans()):
            channels[name]["devices"] = {
                device: {"share": use["share"], **draw(bids)} for device, use in devices.items()
            }
        else:
            channels[name]["device_shares"] = dict(zip(devices, draw(st.permutations([0.5, 0.3, 0.2])), strict=True))


def _cross_sales(n_skus: int) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rules by which the first item sells others; none in a store of one item."""
    rule = st.fixed_dictionaries({"of": st.just(["S0"]), "sells": st.just(["S1"]), "chance": st.floats(0.0, 0.5)})
    return st.lists(rule, max_size=2 if n_skus > 1 else 0)


@st.composite
def _operations(draw: st.DrawFn, names: list[str]) -> dict[str, Any]:
    """Ways to run a store that go together, and with its channels."""
    operations = draw(OPERATIONS)
    dispatch = operations.get("dispatch", {})
    if "within" in dispatch:
        # Some carrier must be in time.
        carriers = dispatch.get("carriers") or [{"delivery": dispatch.get("delivery", 2.0)}]
        dispatch["within"] = max(dispatch["within"], min(carrier["delivery"] for carrier in carriers))
    members = MEMBERS_ONE_BY_ONE | POOL_OF_MEMBERS if "returning" in names else POOL_OF_MEMBERS
    return {**operations, "members": draw(members)}
