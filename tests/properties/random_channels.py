"""Random channels of every mechanism: auctions and what bidders can ask for, audiences, bookings, slots, platforms."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

SHARES = st.floats(0.0, 1.0)
BEHAVIOUR = {
    "bounce": SHARES | st.floats(0.1, 0.8), "depth": st.floats(2.0, 12.0),
    "conversion": st.floats(0.0, 5.0) | st.floats(0.5, 3.0),
}  # fmt: skip
BILLING = st.sampled_from(["thousand", "day"])
ALL_ROLES = ["hero", "promo", "traffic", "profit", "image"]
SLOT = st.fixed_dictionaries(
    {"from": st.just("2027-01-04"), "to": st.just("2027-01-06"), "visitors": st.floats(0.5, 300.0),
     "pieces": st.integers(1, 60)},
    optional={"discount": st.floats(0.05, 0.7), "skus": st.just(["S0"])},
)  # fmt: skip
LATER = {"from": "2027-01-15", "to": "2027-01-15", "visitors": 90.0, "pieces": 9}
SLOTS = st.lists(SLOT, min_size=1, max_size=1) | st.lists(SLOT, min_size=1, max_size=1).map(lambda one: [*one, LATER])
ENTRY = st.just({}) | st.fixed_dictionaries(
    {},
    optional={"age": st.floats(0.0, 9.0), "good_reviews": st.integers(0, 5), "good_rate": SHARES, "score": SHARES,
              "orders_a_day": st.floats(0.0, 5.0), "free_shipping": st.booleans()},
)  # fmt: skip
CAMPAIGN = st.fixed_dictionaries(
    {"on": st.dates(dt.date(2026, 12, 30), dt.date(2027, 1, 20)).map(str), "visitors": st.floats(0.5, 900.0)},
    optional={"opens": st.integers(0, 23).map(lambda hour: f"{hour:02}:30"), "cost": st.floats(0.0, 200.0)},
)
HOURS = st.lists(st.floats(0.0, 3.0), min_size=24, max_size=24)
SOME = st.floats(0.1, 1.0)
GROUP = {
    "relevance": st.floats(0.1, 3.0), "bid": st.floats(0.01, 3.0), "brand": st.floats(0.0, 0.5),
    "match": st.sampled_from(["exact", "phrase", "broad"]), "rival_score": st.floats(0.1, 3.0),
    "rival_sd": st.floats(0.0, 2.0), "rival_scores": st.lists(st.floats(0.1, 3.0), max_size=2),
    "rival_law": st.sampled_from(["lognormal", "uniform"]),
}  # fmt: skip
KEYWORDS = st.fixed_dictionaries(
    {
        name: st.fixed_dictionaries({"searches": st.just(share)}, optional=GROUP)
        for name, share in {"core": 0.6, "tail": 0.4}.items()
    }
)
MATCH = st.fixed_dictionaries(
    {},
    optional={"reach": st.floats(1.0, 1.8), **dict.fromkeys(("relevance", "clicks", "conversion"), SOME)},
)  # fmt: skip
CROWD = st.fixed_dictionaries(
    {"share": st.floats(0.01, 0.5)},
    optional={"premium": st.floats(0.0, 3.0), "clicks": st.floats(0.1, 3.0), "conversion": st.floats(0.1, 3.0)},
)
BIDDING = {
    "phrase": MATCH, "broad": MATCH, "hours": HOURS, "bid_step": st.sampled_from([0.01, 0.1]),
    "crowds": st.dictionaries(st.sampled_from(["loyal", "young"]), CROWD, max_size=2),
    "pacing": st.sampled_from(["smooth", "as_fast_as_possible"]), "quality_conversion": SHARES,
    "quality_memory": st.floats(0.5, 40.0), "rival_hours": st.lists(st.floats(0.1, 24.0), max_size=3),
}  # fmt: skip
"""What makes one auction differ from another."""


def _within_the_market(express: dict[str, Any]) -> dict[str, Any]:
    """Words that meet more searches than their own leave room for them."""
    return {**express, "share": 0.5 * express["share"]} if "keywords" in express else express


DATES = st.lists(st.integers(1, 31), max_size=3, unique=True).map(sorted)
CHANNELS = {
    "search": st.fixed_dictionaries(
        {"mechanism": st.just("organic"), "weight": st.floats(0.01, 2.0), "memory": st.floats(0.5, 40.0)},
        optional={
            **BEHAVIOUR, "share": SHARES,
            **dict.fromkeys(
                ("popularity", "conversion_effect", "score_effect", "price_effect", "out_of_stock_effect"),
                st.floats(0.0, 1.5),
            ),
        },
    ),
    "express": st.fixed_dictionaries(
        {
            "mechanism": st.just("pay_per_click"), "daily_budget": st.sampled_from([0, 0.5, 20, 300]),
            "bid": st.floats(0.1, 5.0), "rivals": st.integers(0, 20), "share": SHARES, "step": st.floats(0.0, 0.5),
            "slot_ctr": st.lists(st.floats(0.0, 1.0), min_size=1, max_size=5),
        },
        optional={
            **BEHAVIOUR, **BIDDING, "keywords": KEYWORDS, "cannibalisation": SHARES, "halo": st.floats(0.0, 2.0),
            "reserve": st.floats(0.0, 2.0),
        },
    ).map(_within_the_market),
    "social": st.fixed_dictionaries(
        {
            "mechanism": st.just("placement"), "daily_budget": st.sampled_from([0, 3, 100]),
            "audience": st.floats(1.0, 50_000.0), "billing": st.sampled_from(["click", "thousand"]),
        },
        optional={
            **BEHAVIOUR, "ctr": st.floats(0.0, 1.0), "fatigue": st.floats(0.0, 3.0), "recovery": st.floats(0.5, 60.0),
            "price": st.floats(0.01, 60.0), "impressions_per_day": st.floats(0.01, 2.0), "halo": st.floats(0.0, 2.0),
            "response": st.none() | st.floats(0.3, 0.95), "carry_over": SHARES, "carry_half_life": st.floats(0.5, 20.0),
        },
    ),
    "returning": st.fixed_dictionaries(
        {"mechanism": st.just("returning")}, optional={**BEHAVIOUR, "visits_per_member": st.floats(0.0, 1.0)}
    ),
    "banner": st.fixed_dictionaries(
        {
            "mechanism": st.just("display"), "daily_budget": st.sampled_from([0, 3, 100]), "billing": BILLING,
            "bookings": st.just([{"from": "2027-01-02", "to": "2027-01-09", "impressions": 900}]),
        },
        optional={**BEHAVIOUR, "ctr": SHARES, "price": st.floats(0.01, 200.0), "halo": st.floats(0.0, 2.0)},
    ),
    "affiliate": st.fixed_dictionaries(
        {
            "mechanism": st.just("pay_per_sale"), "visitors": st.floats(0.0, 200.0), "roles": st.just(ALL_ROLES),
        },
        optional={**BEHAVIOUR, "rate": st.floats(0.0, 0.8), "settlement": st.floats(0.0, 40.0),
                  "typical_rate": st.floats(0.01, 0.5), "elasticity": st.floats(0.0, 2.0), "halo": st.floats(0.0, 2.0)},
    ),
    "flash_sale": st.fixed_dictionaries(
        {
            "mechanism": st.just("slots"), "dates": SLOTS, "entry": ENTRY,
            "roles": st.just(ALL_ROLES),
        },
        optional={**BEHAVIOUR, "fee": st.floats(0.0, 90.0), "fee_share": SHARES, "sign_up": st.floats(0.0, 5.0),
                  "protected": st.floats(0.0, 9.0), "lowest": st.floats(0.0, 30.0), "rest": st.floats(0.0, 9.0),
                  "most": st.integers(0, 4), "hours": st.sampled_from(["0-24", "10-22"]), "halo": st.floats(0.0, 2.0)},
    ),
    "posts": st.fixed_dictionaries(
        {"mechanism": st.just("burst"), "bursts": st.lists(CAMPAIGN, min_size=1, max_size=2)},
        optional={**BEHAVIOUR, "half_life": st.floats(0.05, 9.0), "spread": st.floats(0.0, 2.0),
                  "size": st.floats(0.0, 2.0), "halo": st.floats(0.0, 2.0)},
    ),
    "vipshop": st.fixed_dictionaries(
        {"mechanism": st.just("offsite"), "potential": st.floats(0.0, 900.0)},
        optional={**BEHAVIOUR, "half": st.floats(1.0, 900.0), "commission": SHARES, "settlement": st.integers(0, 40),
                  "settlement_dates": DATES, "reach": SHARES, "memory": st.floats(1.0, 200.0),
                  "upkeep": st.floats(0.0, 9.0), "cannibalisation": SHARES},
    ),
}  # fmt: skip
