"""Random ways to run a store: conversion, stock, dispatch, service, members, money, team."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

SHARES = st.floats(0.0, 1.0)
CARRIER = st.fixed_dictionaries(
    {"name": st.just("C"), "price": st.floats(0, 30), "delivery": st.floats(0.1, 9.0)},
    optional={"delivery_sd": st.floats(0.0, 1.5), "share": st.floats(0.1, 5.0)},
)
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
    },
    optional={
        "spread": st.floats(0.0, 1.0),
        "deliveries": st.just([{"on": "2027-01-02", "share": 0.6}, {"on": "2027-01-21", "share": 0.4}]),
    },
)  # fmt: skip
MEMBER_COUPON = st.fixed_dictionaries(
    {"name": st.just("回馈"), "from": st.dates(dt.date(2027, 1, 1), dt.date(2027, 1, 9)).map(str),
     "to": st.just("2027-01-25"), "face": st.sampled_from([10, 30])},
    optional={
        "levels": st.lists(st.sampled_from(["basic", "middle", "senior", "vip"]), max_size=2, unique=True),
        "customers": st.sampled_from(["all", "old", "new"]), "lapsed": st.floats(0.0, 20.0),
        "pieces": st.integers(1, 50),
        "least": st.sampled_from([0, 50, 500]), "lift": st.floats(1.0, 5.0),
    },
)  # fmt: skip
LEVELS = st.fixed_dictionaries(
    {"by": st.sampled_from(["count", "amount"])},
    optional={"middle": st.floats(1.0, 2.0), "senior": st.floats(2.0, 4.0), "vip": st.floats(4.0, 900.0)},
)
POOL = {
    "join": SHARES, "opening": st.integers(0, 300), "visits": st.floats(0.0, 3.0), "churn": SHARES
}  # fmt: skip
POOL_OF_MEMBERS = st.fixed_dictionaries({"model": st.just("pool")}, optional=POOL)
MEMBERS_ONE_BY_ONE = st.fixed_dictionaries(
    {
        "model": st.just("bg_nbd"), "r": st.floats(0.1, 3.0), "alpha": st.floats(0.5, 60.0), "a": st.floats(0.05, 4.0),
        "b": st.floats(0.1, 6.0), "coupons": st.lists(MEMBER_COUPON, max_size=2),
    },
    optional={**POOL, "levels": LEVELS, "opening_days": st.floats(0.0, 400.0)},
)  # fmt: skip
"""Need a channel `returning` to come by."""

LOAN = st.fixed_dictionaries(
    {"limit": st.floats(0.0, 20_000.0), "floor": st.floats(0.0, 900.0)},
    optional={"rate": SHARES, "best_rate": SHARES},
)
MONEY = st.fixed_dictionaries(
    {},
    optional={
        "settlement": st.integers(0, 40), "commission": SHARES, "transaction_fee": SHARES, "loan": LOAN,
        "opening_cash": st.integers(0, 9_000), "deposit": st.floats(0.0, 2_000.0),
        **dict.fromkeys(("parcel", "agent_wage", "other_wages", "overheads"), st.floats(0.0, 300.0)),
        "suppliers": st.fixed_dictionaries({"deposit": SHARES, "terms": st.integers(0, 40)}),
        "settlement_dates": st.lists(st.integers(1, 31), max_size=3, unique=True).map(sorted),
        "when_broke": st.sampled_from(["go_on", "stop_buying", "stop_ads", "close"]),
    },
)  # fmt: skip
STAFF = st.dictionaries(
    st.sampled_from(["copy", "warehouse"]),
    st.fixed_dictionaries(
        {"wage": st.floats(0.0, 300.0)}, optional={"number": st.integers(0, 3), "hiring": st.floats(0.0, 900.0)}
    ),
    max_size=2,
)
GOOD_STORE = st.fixed_dictionaries(
    {"least": SHARES},
    optional={"every": st.floats(1.0, 9.0), "weight": st.floats(0.0, 2.0), "odds": st.floats(0.5, 2.0)},
)
SCORE = st.fixed_dictionaries(
    {},
    optional={**dict.fromkeys(("reviews", "late", "answers", "promise"), st.floats(0.1, 1.0)),
              "rival_promise": st.floats(0.05, 0.95), "good_store": GOOD_STORE},
)  # fmt: skip
OPERATIONS = st.fixed_dictionaries(
    {},
    optional={
        "conversion": st.fixed_dictionaries(
            {},
            optional={
                "base": SHARES | st.floats(0.02, 0.5), "appeal": st.floats(0.1, 9.0),
                **dict.fromkeys(("later", "paid", "breaks", "promise_effect"), SHARES),
                "price_elasticity": st.floats(0.0, 6.0), "score_effect": st.floats(0.0, 2.0),
                "later_median": st.floats(0.1, 200.0), "later_sd": st.floats(0.1, 3.0),
                "review_lift": st.floats(1.0, 9.0), "review_scale": st.floats(0.5, 30.0), "browse": st.floats(0.0, 5.0),
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
            {},
            optional={"chance": SHARES, **dict.fromkeys(("chat", "short", "price", "late"), st.floats(0.0, 4.0)),
                      "delay": st.floats(0.0, 30.0), "stars": st.floats(1.0, 5.0), "stars_sd": st.floats(0.0, 2.0),
                      "per_day": st.floats(0.0, 2.0), "rival_bad_rate": st.floats(0.01, 0.5),
                      "opening": st.just({"total": 40, "good": 33})},
        ),
        "attribution": st.fixed_dictionaries(
            {
                "window": st.sampled_from([None, 0, 1, 3, 7, 15]), "by": st.sampled_from(["click", "order"]),
                "gifts": st.booleans(),
            }
        ),
        "stock": st.fixed_dictionaries(
            {"policy": st.sampled_from(["seasonal", "sQ", "sS", "RS", "base", "unlimited"]), "season": SEASON},
            optional={
                "opening": st.floats(0, 60), "lead_sd": st.floats(0, 2), "safety": st.floats(0, 20),
                "every": st.floats(1, 20), "holding": st.floats(0, 0.5), "holding_share": SHARES,
                "lot": st.floats(1, 60), "expected_units": st.floats(0, 60), "memory": st.floats(1, 60),
                "level": st.none() | st.floats(1, 60),
            },
        ),
        "dispatch": st.fixed_dictionaries(
            {},
            optional={
                "capacity": st.integers(1, 60), "limit": st.floats(1.0, 72.0), "penalty": SHARES,
                "carriers": st.lists(CARRIER, max_size=3), "excused": st.booleans(),
                "within": st.floats(0.5, 9.0), "promise": st.floats(1.0, 72.0), "penalty_cap": st.floats(0.0, 900.0),
                "waves": st.sampled_from([[11, 16], [9], [0, 6, 12, 18]]), "delivery": st.floats(0.1, 9.0),
                "delivery_sd": st.floats(0.0, 1.5),
                "holidays": st.lists(
                    st.sampled_from([
                        {"from": "2026-12-30", "to": "2027-01-02"}, {"from": "2027-01-06", "to": "2027-01-12"},
                        {"from": "2027-01-10", "to": "2027-03-30"},
                    ]),
                    min_size=1, max_size=2,
                ),
            },
        ),
        "cash_on_delivery": st.fixed_dictionaries({"share": SHARES}, optional={"refused": SHARES}),
        "freight": st.fixed_dictionaries(
            {"fee": st.floats(0.0, 30.0)},
            optional={"free_from": st.none() | st.floats(0.01, 900.0), "near": SHARES, "top_up": SHARES},
        ),
        "service": st.fixed_dictionaries(
            {"agents": st.integers(0, 4)},
            optional={"asks": SHARES, "minutes": st.floats(0.1, 60.0), "patience": st.none() | st.floats(0.1, 90.0),
                      "minutes_sd": st.floats(0.0, 2.0), "shifts": st.lists(SHIFT, max_size=3),
                      "open": st.sampled_from(["9-23", "0-24", "10-11"]),
                      **dict.fromkeys(("answered", "unanswered"), st.floats(0.0, 5.0))},
        ),
        "returns": st.fixed_dictionaries({}, optional={"rate": SHARES, "restock": SHARES, "delay": st.floats(0, 20)}),
        "score": SCORE,
        "money": MONEY,
        "staff": STAFF,
    },
)  # fmt: skip
