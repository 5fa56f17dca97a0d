"""Random stores of every mechanism, small enough to be played by the hundred."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from storesim.scenario.document import Scenario
from storesim.scenario.modes import MODES

SHARES = st.floats(0.0, 1.0)
BEHAVIOUR = {"bounce": SHARES, "depth": st.floats(2.0, 12.0), "conversion": st.floats(0.0, 5.0)}
BILLING = st.sampled_from(["thousand", "day"])
ALL_ROLES = ["hero", "promo", "traffic", "profit", "image"]
SLOT = st.fixed_dictionaries(
    {"from": st.just("2027-01-04"), "to": st.just("2027-01-06"), "visitors": st.floats(0.5, 300.0),
     "pieces": st.integers(1, 60)},
    optional={"discount": st.floats(0.05, 0.7), "skus": st.just(["S0"])},
)  # fmt: skip
CAMPAIGN = st.fixed_dictionaries(
    {"on": st.dates(dt.date(2026, 12, 30), dt.date(2027, 1, 20)).map(str), "visitors": st.floats(0.5, 900.0)},
    optional={"opens": st.integers(0, 23).map(lambda hour: f"{hour:02}:30"), "cost": st.floats(0.0, 200.0)},
)
CHANNELS = {
    "search": st.fixed_dictionaries(
        {"mechanism": st.just("organic"), "weight": st.floats(0.01, 2.0), "memory": st.floats(0.5, 40.0)},
        optional=BEHAVIOUR,
    ),
    "express": st.fixed_dictionaries(
        {
            "mechanism": st.just("pay_per_click"), "daily_budget": st.sampled_from([0, 0.5, 20, 300]),
            "bid": st.floats(0.1, 5.0), "rivals": st.integers(0, 20), "share": SHARES, "step": st.floats(0.0, 0.5),
            "slot_ctr": st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5),
        },
        optional={**BEHAVIOUR, "cannibalisation": SHARES, "halo": st.floats(0.0, 2.0), "reserve": st.floats(0.0, 2.0)},
    ),
    "social": st.fixed_dictionaries(
        {
            "mechanism": st.just("placement"), "daily_budget": st.sampled_from([0, 3, 100]),
            "audience": st.floats(1.0, 50_000.0), "billing": st.sampled_from(["click", "thousand"]),
        },
        optional={
            **BEHAVIOUR, "ctr": st.floats(0.0, 1.0), "fatigue": st.floats(0.0, 3.0), "recovery": st.floats(0.5, 60.0)
        },
    ),
    "returning": st.fixed_dictionaries({"mechanism": st.just("returning")}, optional=BEHAVIOUR),
    "banner": st.fixed_dictionaries(
        {
            "mechanism": st.just("display"), "daily_budget": st.sampled_from([0, 3, 100]), "billing": BILLING,
            "bookings": st.just([{"from": "2027-01-02", "to": "2027-01-09", "impressions": 900}]),
        },
        optional={**BEHAVIOUR, "ctr": st.floats(0.0, 1.0), "price": st.floats(0.01, 200.0)},
    ),
    "affiliate": st.fixed_dictionaries(
        {
            "mechanism": st.just("pay_per_sale"), "visitors": st.floats(0.0, 200.0), "roles": st.just(ALL_ROLES),
        },
        optional={**BEHAVIOUR, "rate": st.floats(0.0, 0.8), "settlement": st.floats(0.0, 40.0)},
    ),
    "flash_sale": st.fixed_dictionaries(
        {
            "mechanism": st.just("slots"), "dates": st.lists(SLOT, min_size=1, max_size=1), "entry": st.just({}),
            "roles": st.just(ALL_ROLES),
        },
        optional={**BEHAVIOUR, "fee": st.floats(0.0, 90.0), "fee_share": SHARES, "sign_up": st.floats(0.0, 5.0)},
    ),
    "posts": st.fixed_dictionaries(
        {"mechanism": st.just("burst"), "bursts": st.lists(CAMPAIGN, min_size=1, max_size=2)},
        optional={**BEHAVIOUR, "half_life": st.floats(0.05, 9.0), "spread": st.floats(0.0, 2.0)},
    ),
    "vipshop": st.fixed_dictionaries(
        {"mechanism": st.just("offsite"), "potential": st.floats(0.0, 900.0)},
        optional={"half": st.floats(1.0, 900.0), "commission": SHARES, "settlement": st.integers(0, 40),
                  "upkeep": st.floats(0.0, 9.0), "cannibalisation": SHARES},
    ),
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
        "role": st.sampled_from(["hero", "promo", "traffic", "profit", "image"]), "stars": st.floats(-4.0, 4.0),
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
MEMBERS = st.fixed_dictionaries(
    {"model": st.sampled_from(["pool", "bg_nbd"])}, optional={"join": SHARES, "opening": st.integers(0, 300)}
)
LOAN = st.fixed_dictionaries({"limit": st.floats(0.0, 20_000.0), "floor": st.floats(0.0, 900.0)})
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "conversion": st.fixed_dictionaries(
            {},
            optional={
                "base": SHARES, "price_elasticity": st.floats(0.0, 6.0), "later": SHARES,
                "later_median": st.floats(0.1, 200.0), "paid": SHARES, "breaks": SHARES,
            },
        ),
        "carts": st.fixed_dictionaries(
            {"reach": st.floats(1.0, 9.0), "waits": SHARES, "holds_out": SHARES, "keeps": st.floats(0.0, 9.0)},
            optional={"delay": st.floats(0.01, 9.0), "odds": st.floats(0.0, 4.0)},
        ),
        "cancellations": st.fixed_dictionaries(
            {"rate": SHARES, "delay": st.floats(0.01, 40.0)}, optional={"while_waiting": SHARES}
        ),
        "reviews": st.fixed_dictionaries(
            {}, optional={"chance": SHARES, **dict.fromkeys(("chat", "short", "price"), st.floats(0.0, 4.0))}
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
                "carriers": st.lists(CARRIER, max_size=3), "excused": st.booleans(),
                "holidays": st.lists(
                    st.sampled_from([
                        {"from": "2026-12-30", "to": "2027-01-02"}, {"from": "2027-01-06", "to": "2027-01-12"},
                        {"from": "2027-01-10", "to": "2027-03-30"},
                    ]),
                    max_size=2,
                ),
            },
        ),
        "freight": st.fixed_dictionaries(
            {"fee": st.floats(0.0, 30.0)},
            optional={"free_from": st.none() | st.floats(0.01, 900.0), "near": SHARES, "top_up": SHARES},
        ),
        "service": st.fixed_dictionaries(
            {"agents": st.integers(0, 4)},
            optional={"asks": SHARES, "minutes": st.floats(0.1, 60.0), "patience": st.none() | st.floats(0.1, 90.0),
                      "minutes_sd": st.floats(0.0, 2.0), "shifts": st.lists(SHIFT, max_size=3)},
        ),
        "returns": st.fixed_dictionaries({}, optional={"rate": SHARES, "restock": SHARES, "delay": st.floats(0, 20)}),
        "money": st.fixed_dictionaries(
            {}, optional={"settlement": st.integers(0, 40), "commission": SHARES, "loan": LOAN,
                          "opening_cash": st.integers(0, 9_000)}
        ),
        "members": MEMBERS,
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
SPENDING = {"spend": st.floats(25.0, 400.0), "repeated": st.booleans(), "near": SHARES, "top_up": SHARES}
LESS = {"less": st.floats(0.01, 20.0)}
GIFT = {"gift": st.just("S0"), "gift_pieces": st.integers(1, 3)}
DEALS = {
    "single": {"discount": st.floats(0.01, 0.9), "limit": st.none() | st.integers(1, 3),
               "beans": st.sampled_from([0, 0, 150, 9_000]), "beans_worth": SHARES},
    "gift": GIFT,
    "spend_and_save": SPENDING | LESS,
    "spend_and_get": SPENDING | GIFT,
    "save_and_get": SPENDING | LESS | GIFT,
    "multi_buy": {"pieces": st.integers(2, 5), "discount": st.floats(0.01, 0.9)},
    "presale": {"from": st.just("2027-01-02"), "to": st.just("2027-01-05"), "balance": st.just("2027-01-08"),
                "discount": st.floats(0.0, 0.9), "pays": SHARES},
    "coupon": {"spend": st.sampled_from([0, 50, 200]), "face": st.sampled_from([10, 40]), "claim": SHARES,
               "from": st.just("2027-01-01"), "to": st.just("2027-01-20"), "pieces": st.integers(1, 90)},
}  # fmt: skip
PROMOTIONS = st.fixed_dictionaries(
    {}, optional={kind: st.fixed_dictionaries({"kind": st.just(kind), **deal}) for kind, deal in DEALS.items()}
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
    """Any store that a file could ask for."""
    names = draw(st.sets(st.sampled_from(sorted(CHANNELS)), min_size=1))
    skus = draw(st.lists(SKU, min_size=1, max_size=4))
    operations = draw(OPERATIONS)
    if "returning" not in names and "members" in operations:
        # Members who come back each by themselves need a channel to come by.
        operations["members"]["model"] = "pool"
    devices, promotions = draw(DEVICES), draw(PROMOTIONS)
    if "coupon" in promotions and devices:
        promotions["coupon"]["devices"] = draw(st.lists(st.sampled_from(sorted(devices)), max_size=2))
    if "coupon" in promotions:
        promotions["coupon"] |= {"valid": draw(st.none() | st.floats(0.5, 30.0)), "delay": draw(st.floats(0.01, 20.0))}
    document: dict[str, Any] = {
        "store": {"name": "Any", "opened": "2027-01-01", "mode": draw(st.sampled_from(MODES))},
        "horizon": draw(st.integers(1, 45)),
        "market": {"searches_per_day": draw(st.sampled_from([60, 1_500, 1, 0])), "devices": devices},
        "channels": {name: draw(CHANNELS[name]) for name in sorted(names)},
        "catalogue": {
            "skus": [{"sku": f"S{i}", **sku} for i, sku in enumerate(skus)],
            "roles": draw(ROLES),
            "lines": draw(st.floats(1.0, 4.0)), "quantity": draw(st.floats(1.0, 4.0)),
        },
        "promotions": promotions,
        "operations": operations, "events": draw(st.lists(EVENT, max_size=2)), "stages": draw(STAGES),
    }  # fmt: skip
    return Scenario.model_validate(document)
