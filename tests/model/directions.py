"""What each setting should do to the store: the count it moves, and the way it moves it.

A row names a setting, a low and a high value, a count or ratio (`channel.name` for that of one channel), and `+` where
the high value should bring more of it, `-` where less. `given` is changed in both stores first, so that what the
setting speaks of happens there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Row(NamedTuple):
    """One expectation."""

    path: str
    low: Any
    high: Any
    moves: str
    way: str
    given: Mapping[str, Any] = {}


SCARCE = {"operations.stock": {"policy": "sQ", "expected_units": 6, "opening": 6, "safety": 0, "lot": 5}}
"""Shelves that run empty."""

CROWDED = {"operations.service": {"agents": 1, "asks": 0.5, "minutes": 12}}
"""A chat desk with a queue."""

SLOW = {"operations.dispatch": {"capacity": 8, "limit": 24}}
"""A warehouse that is late."""

POOR = {"channels.express.daily_budget": 30}
RICH = {"channels.express.daily_budget": 5_000}
"""Ads that never run out of money."""

CHEAP = {"operations.conversion": {"base": 0.1}, "catalogue.discount": 0.2}
"""Cut prices, below what visitors expect."""

SALE = {"events": [{"name": "Sale", "from": "2027-01-20", "to": "2027-02-10", "discount": 0.2, "traffic": 1.3}]}
MATCHED = {
    **RICH,
    "channels.express.share": 0.5,
    "channels.express.keywords": {
        "core": {"searches": 0.6, "match": "phrase"},
        "tail": {"searches": 0.4, "match": "broad"},
    },
    "channels.express.crowds": {"loyal": {"share": 0.3, "premium": 0.5}},
    "channels.express.devices": {"mobile": {"share": 0.8}, "pc": {"share": 0.2}},
}
PATIENT = {"operations.conversion": {"base": 0.1, "later": 1.0}}
"""Nobody orders at the first look."""

SLOW_TO_ORDER = {
    "operations.conversion": {"base": 0.3, "later": 1.0, "later_median": 390, "later_sd": 0.1},
    "operations.attribution.window": 15,
}  # fmt: skip
"""Orders follow some sixteen days after the click."""

DEAR = {"catalogue.skus.0.reference_price": 70}
"""A store that converts worse than its category, being dearer than expected."""

NAMED = {"channels.direct_placement.carry_over": 0.5}
TIRED = {"channels.direct_placement.fatigue": 5}
CARRIED = {
    "operations.dispatch.carriers": [
        {"name": "slow", "price": 7, "delivery": 4}, {"name": "fast", "price": 15, "delivery": 1},
    ],
}  # fmt: skip
"""Two carriers, on average dearer than one alone."""

NIGHT = [{"hours": "18-23", "agents": 1}]
SEASONAL = {
    "operations.stock": {
        "policy": "seasonal", "season": {"from": "2027-01-05", "to": "2027-01-25", "units": 150},
    },
    "operations.conversion.base": 0.3,
}  # fmt: skip
"""A season in which more is asked for than was bought."""

OVERBOUGHT = {**SEASONAL, "operations.stock.season.units": 5_000}
"""A season of which much is left."""

HELD = {"operations.stock.holding": 0.1}

REVIEWED = {"operations.reviews": {"chance": 0.8, "rival_bad_rate": 0.3}}
GROWS = {"stages.growth": {"gate": {"age": 7}, "playbook": {"catalogue.discount": 0.2}}}
"""A stage that is entered early and can be told by its discounts."""

GROUPS = {
    "channels.express.keywords": {
        "core": {"searches": 0.6, "rival_scores": (1.0, 1.3)},
        "tail": {"searches": 0.4, "rival_law": "uniform", "rival_score": 2.0},
    },
    **RICH,
}
TWO_DAYS = {"events": [{"name": "Rush", "from": "2027-01-20", "to": "2027-01-21", "opens": 6, "traffic": 3.0}]}

DEVICES = {"market.devices": {"mobile": {"share": 0.8}, "pc": {"share": 0.2, "conversion": 3.0}}}
MARKET = (
    Row("market.searches_per_day", 2_000, 6_000, "uv", "+"),
    # The opening year's mean is what a planner gives, so a growing market begins below it.
    Row("market.growth", 0.0, 2.0, "search.uv", "-"),
    Row("market.season", (0.4, 0.2, 0.2, 0.2), (0.5, 0.1, 0.2, 0.2), "search.uv", "+"),
    # From a Friday to a Monday; a week's mean stays what it is.
    Row("market.weekend", 0.5, 1.0, "search.uv", "+", {"store.opened": "2027-01-02", "horizon": 2}),
    Row("market.hours", (1.0,) * 24, (0.0,) * 23 + (1.0,), "chats", "-"),
    Row("market.rivals.strength", 1.0, 3.0, "search.uv", "-"),
    Row("market.rivals.bid_effect", 0.0, 2.0, "express.clicks", "-", {**RICH, "market.rivals": {"strength": 3.0}}),
    # As the market's growth, from the middle of the opening year.
    Row("market.rivals.growth", 0.0, 2.0, "search.uv", "+"),
    Row("market.devices.mobile.conversion", 0.5, 2.0, "search.buyers", "+", DEVICES),
    Row("market.devices.mobile.bounce", 0.5, 1.5, "search.bounces", "+", DEVICES),
    Row("market.devices.mobile.depth", 0.5, 2.0, "search.pv", "+", DEVICES),
    Row("channels.search.device_shares", {"mobile": 1.0}, {"pc": 1.0}, "search.buyers", "+", DEVICES),
    Row("horizon", 30, 60, "uv", "+"),
)
SEARCH = (
    Row("channels.search.conversion", 0.5, 1.5, "search.buyers", "+"),
    Row("channels.search.bounce", 0.3, 0.7, "search.bounces", "+"),
    Row("channels.search.depth", 3, 8, "search.pv", "+"),
    Row("channels.search.share", 0.3, 1.0, "search.uv", "+"),
    Row("channels.search.weight", 0.1, 0.3, "search.uv", "+"),
    Row("channels.search.popularity", 0.2, 0.8, "search.uv", "+"),
    Row("channels.search.memory", 5, 50, "search.uv", "-"),
    # A store nobody has reviewed yet converts worse than its category.
    Row("channels.search.conversion_effect", 0.0, 1.0, "search.uv", "-"),
    Row("channels.search.score_effect", 0.0, 3.0, "search.uv", "+", REVIEWED),
    Row("channels.search.price_effect", 0.0, 2.0, "search.uv", "+", CHEAP),
    Row("channels.search.out_of_stock_effect", 0.0, 3.0, "search.uv", "-", SCARCE),
)
EXPRESS = (
    Row("channels.express.conversion", 0.5, 1.5, "express.buyers", "+", RICH),
    Row("channels.express.bounce", 0.3, 0.7, "express.bounces", "+", RICH),
    Row("channels.express.depth", 3, 8, "express.pv", "+", RICH),
    Row("channels.express.daily_budget", 30, 60, "express.clicks", "+"),
    Row("channels.express.bid", 1.0, 3.0, "express.clicks", "+", RICH),
    Row("channels.express.hours", (0.5,) * 24, (1.5,) * 24, "express.clicks", "+", RICH),
    Row("channels.express.share", 0.3, 0.9, "express.clicks", "+", RICH),
    Row("channels.express.rivals", 1, 8, "express.clicks", "-", RICH),
    Row("channels.express.reserve", 0.1, 1.4, "express.cpc", "+", RICH),
    Row("channels.express.step", 0.0, 0.3, "express.cpc", "+", RICH),
    Row("channels.express.slot_ctr", (0.02, 0.01), (0.06, 0.03), "express.clicks", "+", RICH),
    Row("channels.express.cannibalisation", 0.0, 1.0, "search.uv", "-", RICH),
    Row("channels.express.halo", 0.0, 2.0, "search.uv", "+", RICH),
    Row("channels.express.keywords.core.relevance", 0.5, 2.0, "express.clicks", "+", GROUPS),
    Row("channels.express.keywords.core.bid", 0.5, 2.0, "express.clicks", "+", GROUPS),
    Row("channels.express.keywords.core.rival_score", 0.5, 3.0, "express.clicks", "-", GROUPS),
    Row("channels.express.keywords.core.rival_scores", (0.5, 0.5), (5.0, 5.0), "express.clicks", "-", GROUPS),
    Row("channels.express.keywords.core.match", "exact", "broad", "express.clicks", "+", GROUPS),
    Row("channels.express.phrase.reach", 1.0, 1.5, "express.impressions", "+", MATCHED),
    Row("channels.express.phrase.relevance", 0.5, 1.0, "express.clicks", "+", MATCHED),
    Row("channels.express.phrase.clicks", 0.5, 1.0, "express.clicks", "+", MATCHED),
    Row("channels.express.phrase.conversion", 0.5, 1.0, "express.buyers", "+", MATCHED),
    Row("channels.express.broad.reach", 1.0, 1.5, "express.impressions", "+", MATCHED),
    Row("channels.express.broad.relevance", 0.5, 1.0, "express.clicks", "+", MATCHED),
    Row("channels.express.broad.clicks", 0.5, 1.0, "express.clicks", "+", MATCHED),
    Row("channels.express.broad.conversion", 0.3, 1.0, "express.buyers", "+", MATCHED),
    Row("channels.express.crowds.loyal.share", 0.2, 0.8, "express.clicks", "+", MATCHED),
    Row("channels.express.crowds.loyal.premium", 0.0, 1.0, "express.clicks", "+", MATCHED),
    Row("channels.express.crowds.loyal.clicks", 1.0, 2.0, "express.clicks", "+", MATCHED),
    Row("channels.express.crowds.loyal.conversion", 1.0, 3.0, "express.buyers", "+", MATCHED),
    Row("channels.express.devices.mobile.bid", 0.5, 1.5, "express.clicks", "+", MATCHED),
    Row("channels.express.pacing", "as_fast_as_possible", "smooth", "express.silent_hours", "-", POOR),
    Row("channels.express.rival_hours", (24.0,), (8.0,), "express.clicks", "+", RICH),
    Row("channels.express.quality_conversion", 0.0, 1.0, "express.clicks", "-", {**RICH, **DEAR}),
    Row("channels.express.keywords.core.brand", 0.0, 1.0, "express.impressions", "+", {**GROUPS, **NAMED}),
    Row("channels.direct_placement.carry_over", 0.0, 0.5, "search.uv", "+"),
    Row("channels.direct_placement.carry_half_life", 2, 60, "brand_searches", "-", NAMED),
    Row("channels.direct_placement.response", 0.3, 0.9, "direct_placement.clicks", "+", TIRED),
    Row("channels.express.keywords.tail.rival_score", 0.5, 9.0, "express.clicks", "-", GROUPS),
)
DISPLAYED = {"channels.direct_placement.daily_budget": 5_000}
PLACEMENT = (
    Row("channels.direct_placement.conversion", 0.5, 1.5, "direct_placement.buyers", "+"),
    Row("channels.direct_placement.bounce", 0.3, 0.7, "direct_placement.bounces", "+"),
    Row("channels.direct_placement.depth", 3, 8, "direct_placement.pv", "+"),
    Row("channels.direct_placement.daily_budget", 10, 60, "direct_placement.clicks", "+"),
    Row(
        "channels.direct_placement.price",
        1.0,
        3.0,
        "direct_placement.clicks",
        "-",
        {"channels.direct_placement.daily_budget": 20},
    ),
    Row("channels.direct_placement.audience", 5_000, 20_000, "direct_placement.clicks", "+", DISPLAYED),
    Row("channels.direct_placement.impressions_per_day", 0.1, 0.3, "direct_placement.clicks", "+", DISPLAYED),
    Row("channels.direct_placement.ctr", 0.005, 0.02, "direct_placement.clicks", "+", DISPLAYED),
    Row("channels.direct_placement.fatigue", 0.0, 1.0, "direct_placement.clicks", "-", DISPLAYED),
    Row("channels.direct_placement.recovery", 5, 60, "direct_placement.clicks", "-", DISPLAYED),
    Row(
        "channels.direct_placement.halo",
        0.0,
        2.0,
        "search.uv",
        "+",
        {**DISPLAYED, "channels.direct_placement.audience": 80_000},
    ),
    Row(
        "channels.returning.conversion",
        1.0,
        4.0,
        "returning.buyers",
        "+",
        {"channels.returning.visits_per_member": 0.2},
    ),
    Row("channels.returning.bounce", 0.1, 0.6, "returning.bounce", "+", {"channels.returning.visits_per_member": 0.2}),
    Row("channels.returning.depth", 3, 8, "returning.depth", "+", {"channels.returning.visits_per_member": 0.2}),
    Row("channels.returning.visits_per_member", 0.02, 0.1, "returning.uv", "+"),
)
CATALOGUE = (
    Row("catalogue.skus.0.price", 80, 120, "discounts", "+", {"catalogue.discount": 0.1}),
    Row("catalogue.skus.0.cost", 20, 60, "profit", "-"),
    Row("catalogue.skus.0.popularity", 1, 6, "aov", "-"),
    Row("catalogue.skus.1.from", "2027-01-05", "2027-02-15", "aov", "-"),
    Row("catalogue.skus.1.to", "2027-01-15", "2027-02-25", "aov", "+"),
    Row("operations.conversion.appeal", 0.6, 1.6, "buyers", "+"),
    Row("catalogue.skus.0.reference_price", 80, 130, "buyers", "+"),
    Row(
        "catalogue.skus.0.stock",
        5,
        200,
        "lost_units",
        "-",
        {"operations.stock": {"policy": "base", "expected_units": 1}},
    ),
    Row("catalogue.skus.0.lead_time", 2, 30, "lost_units", "+", SCARCE),
    Row("catalogue.roles.hero.landing", 0.5, 3.0, "aov", "-"),
    Row("catalogue.roles.hero.odds", 0.5, 2.0, "buyers", "+"),
    Row("catalogue.discount", 0.0, 0.3, "buyers", "+"),
    Row("catalogue.lines", 1.0, 2.0, "units_per_order", "+"),
    Row("catalogue.quantity", 1.0, 2.0, "units_per_order", "+"),
    Row("catalogue.substitution", 0.0, 1.0, "buyers", "+", {**SCARCE, "catalogue.skus.1.stock": 9_999}),
)
SELLING = (
    Row("operations.conversion.base", 0.02, 0.05, "buyers", "+"),
    Row("operations.conversion.price_elasticity", 0.5, 4.0, "buyers", "+", CHEAP),
    Row("operations.conversion.review_lift", 1.5, 6.0, "buyers", "-"),
    Row("operations.conversion.review_scale", 1.0, 20.0, "buyers", "-"),
    Row("operations.conversion.score_effect", 0.0, 3.0, "buyers", "-", {"operations.reviews.rival_bad_rate": 0.0}),
    Row("operations.conversion.breaks", 0.0, 0.3, "visits", "+"),
    Row("operations.conversion.later", 0.0, 0.9, "second_looks", "+"),
    Row("operations.conversion.later_median", 5, 500, "came_back", "-", PATIENT),
    Row("operations.conversion.later_sd", 0.1, 3.0, "came_back", "-", PATIENT),
    Row("operations.conversion.paid", 0.7, 1.0, "orders", "+"),
    Row("operations.attribution.window", 0, 7, "express.ad_orders", "+", PATIENT),
    # By order, a window of 15 days reaches back 16.
    Row("operations.attribution.by", "click", "order", "express.ad_orders", "+", SLOW_TO_ORDER),
    Row("operations.stock.safety", 0, 20, "lost_units", "-", SCARCE),
    Row("operations.stock.lot", 2, 30, "stock_units", "+", SCARCE),
    Row("operations.stock.lot", 2, 30, "stock_units", "+", {**SCARCE, "operations.stock.policy": "sS"}),
    Row("operations.stock.every", 2, 20, "storage", "+", {**SCARCE, "operations.stock.policy": "RS", **HELD}),
    Row("operations.stock.level", 5, 40, "stock_units", "+", {"operations.stock.policy": "base"}),
    Row("operations.stock.holding", 0.01, 0.1, "storage", "+", SCARCE),
    Row("operations.stock.holding_share", 0.05, 0.2, "profit", "-", SCARCE),
    Row("operations.stock.season.units", 50, 500, "units", "+", SEASONAL),
    Row("operations.stock.season.reorder", None, "2027-01-12", "purchased_units", "+", SEASONAL),
    Row("operations.stock.season.left", "keep", "clear", "write_offs", "+", OVERBOUGHT),
    Row(
        "operations.stock.season.salvage",
        0.0,
        0.5,
        "write_offs",
        "-",
        {**OVERBOUGHT, "operations.stock.season.left": "clear"},
    ),
    Row("store.terms.trust", 1.0, 1.3, "buyers", "+"),
    Row("store.terms.supply", 0.6, 0.8, "profit", "+", {"store.mode": "self_operated"}),
    Row("store.terms.storage", 0.01, 0.1, "storage", "+", {"store.mode": "FBP", **SCARCE}),
    Row("store.terms.parcel", 5, 12, "parcels", "+", {"store.mode": "LBP"}),
    Row("store.mode", "SOP", "FBP", "mean_dispatch_wait", "-", SLOW),
    Row("operations.stock.opening", 2, 60, "lost_units", "-", SCARCE),
    Row(
        "operations.stock.expected_units",
        1,
        20,
        "lost_units",
        "-",
        {"operations.stock": {"policy": "sQ", "opening": 10}},
    ),
    Row("operations.dispatch.capacity", 4, 400, "late", "-"),
    Row("operations.dispatch.promise", 4, 24, "on_promise", "+"),
    Row("operations.dispatch.within", 2, 5, "parcels", "-", CARRIED),
    Row("operations.dispatch.carriers", [], CARRIED["operations.dispatch.carriers"], "parcels", "+"),
    Row("operations.dispatch.limit", 12, 48, "late", "-", SLOW),
    Row("operations.dispatch.penalty", 0.1, 0.5, "penalties", "+", SLOW),
    Row("operations.dispatch.penalty_cap", 5, 500, "penalties", "+", SLOW),
    Row("operations.dispatch.delivery", 1, 9, "delivered", "-"),
    Row("operations.dispatch.waves", (11.0, 16.0), (23.0,), "mean_dispatch_wait", "+"),
)
SERVICE = (
    Row("operations.service.agents", 1, 5, "answer_rate", "+", {"operations.service": {"asks": 0.5, "minutes": 12}}),
    Row("operations.service.open", (9.0, 12.0), (9.0, 23.0), "chats", "+"),
    Row("operations.service.asks", 0.1, 0.5, "chats", "+"),
    Row("operations.service.minutes", 2, 20, "answer_rate", "-", CROWDED),
    Row("operations.service.minutes_sd", 0.1, 1.8, "answer_rate", "+", {**CROWDED, "operations.service.minutes": 6}),
    Row("operations.service.shifts", NIGHT, [*NIGHT, {"hours": "12-22", "agents": 2}], "chats_in_30s", "+", CROWDED),
    Row("operations.service.patience", 0.5, 10, "chats_left", "-", CROWDED),
    Row("operations.service.answered", 0.5, 4.0, "buyers", "+", {"operations.service.asks": 0.5}),
    Row("operations.service.unanswered", 0.1, 2.0, "buyers", "+", CROWDED),
    Row("operations.reviews.chance", 0.2, 0.8, "reviews", "+"),
    Row("operations.reviews.delay", 1, 20, "reviews", "-"),
    Row("operations.reviews.stars", 3.5, 4.9, "good_reviews", "+"),
    Row("operations.reviews.stars_sd", 0.2, 2.0, "good_reviews", "-"),
    Row("operations.reviews.per_day", 0.0, 1.0, "stars", "-"),
    Row("operations.reviews.late", 0.0, 4.0, "stars", "-", SLOW),
    Row("operations.reviews.rival_bad_rate", 0.0, 0.3, "score", "+"),
    Row("operations.reviews.opening", {}, {"total": 60, "good": 60}, "buyers", "+"),
    Row("operations.score.rival_promise", 0.5, 0.99, "score", "-", {"operations.score.promise": 1, **SLOW}),
    Row("operations.conversion.promise_effect", 0, 0.3, "buyers", "+", {"operations.dispatch.delivery": 1}),
)
MONEY = (
    Row("operations.returns.rate", 0.05, 0.4, "refunds", "+"),
    Row("operations.returns.delay", 1, 30, "refunds", "-", {"operations.returns.rate": 0.4}),
    Row("operations.returns.restock", 0.0, 1.0, "goods_cost", "-", {"operations.returns.rate": 0.4}),
    Row("operations.members.join", 0.1, 0.9, "members", "+"),
    Row("operations.members.churn", 0.0, 0.1, "members", "-"),
    Row("operations.money.commission", 0.03, 0.1, "commission", "+"),
    Row("operations.money.transaction_fee", 0.001, 0.01, "transaction_fee", "+"),
    Row("operations.money.parcel", 5, 15, "parcels", "+"),
    Row("operations.money.agent_wage", 100, 300, "wages", "+"),
    Row("operations.money.other_wages", 100, 900, "wages", "+"),
    Row("operations.money.overheads", 0, 500, "profit", "-"),
    Row("operations.money.deposit", 0, 20_000, "cash", "-"),
    Row("operations.money.opening_cash", 100_000, 300_000, "cash", "+"),
    Row("operations.money.settlement", 0, 30, "cash", "-"),
)
EVENTS = (
    Row("events.0.to", "2027-01-25", "2027-02-20", "discounts", "+", SALE),
    Row("events.0.from", "2027-01-05", "2027-01-25", "discounts", "-", SALE),
    Row("events.0.opens", 1, 23, "uv", "-", TWO_DAYS),
    Row("events.0.market", 1.0, 2.0, "uv", "+", SALE),
    Row("events.0.traffic", 1.0, 2.0, "search.uv", "+", SALE),
    Row("events.0.conversion", 1.0, 2.0, "buyers", "+", SALE),
    Row("events.0.discount", 0.05, 0.3, "discounts", "+", SALE),
    Row("events.0.roles", ("hero",), ("hero", "profit"), "discounts", "+", SALE),
    Row("events.0.rival_bids", 1.0, 4.0, "express.clicks", "-", {**SALE, **RICH}),
    Row("events.0.entry.age", 0, 90, "discounts", "-", SALE),
    Row("events.0.entry.good_reviews", 0, 10_000, "discounts", "-", SALE),
    Row("events.0.entry.good_rate", 0.0, 1.0, "discounts", "-", {**SALE, "operations.reviews": {"stars": 3.5}}),
    Row("events.0.entry.score", 0.0, 0.999, "discounts", "-", SALE),
    Row("events.0.entry.orders_a_day", 0.0, 999.0, "discounts", "-", SALE),
    Row("events.0.entry.free_shipping", False, True, "discounts", "-", {**SALE, "operations.freight.fee": 5}),
)
CUT_IN_SPRING = {
    "changes": [{"from": "2027-01-20", "to": "2027-02-10", "stage": "launch", "playbook": {"catalogue.discount": 0.2}}]
}
CHANGES = (
    Row(
        "changes.0.playbook", {"catalogue.discount": 0.1}, {"catalogue.discount": 0.3}, "discounts", "+", CUT_IN_SPRING
    ),
    Row("changes.0.from", "2027-01-05", "2027-01-25", "discounts", "-", CUT_IN_SPRING),
    Row("changes.0.to", "2027-01-25", "2027-02-20", "discounts", "+", CUT_IN_SPRING),
    Row("changes.0.stage", "growth", "launch", "discounts", "+", CUT_IN_SPRING),
)
STAGES = (
    Row("stages.growth.gate.age", 7, 40, "discounts", "-", GROWS),
    Row("stages.growth.gate.good_reviews", 0, 10_000, "discounts", "-", GROWS),
    Row("stages.growth.gate.good_rate", 0.0, 1.0, "discounts", "-", {**GROWS, "operations.reviews": {"stars": 3.5}}),
    Row("stages.growth.gate.gmv_28d", 0, 1e9, "discounts", "-", GROWS),
    Row("stages.growth.gate.returning_share", 0.0, 0.9, "discounts", "-", GROWS),
    Row("stages.growth.back_below", 0, 1e9, "discounts", "-", GROWS),
    Row("stages.growth.playbook", {"catalogue.discount": 0.1}, {"catalogue.discount": 0.3}, "discounts", "+", GROWS),
)
BANNER = {"channels.banner": {
    "mechanism": "display", "daily_budget": 40, "bookings": [{"from": "2027-01-05", "to": "2027-02-20"}],
}}  # fmt: skip
PUBLISHERS = {"channels.cps": {"mechanism": "pay_per_sale", "visitors": 60, "settlement": 5}}
FLASH = {"channels.flash": {
    "mechanism": "slots", "sign_up": 0, "entry": {"age": 0, "good_reviews": 0, "good_rate": 0, "score": 0},
    "dates": [{"from": "2027-01-20", "to": "2027-01-21", "visitors": 900, "pieces": 200}],
}}  # fmt: skip
POSTS = {"channels.posts": {"mechanism": "burst", "bursts": [{"on": "2027-01-10", "visitors": 900, "cost": 80}]}}

BOOKED = (
    Row("channels.banner.daily_budget", 20, 60, "banner.uv", "+", BANNER),
    Row("channels.banner.price", 20, 60, "banner.impressions", "-", BANNER),
    Row("channels.banner.ctr", 0.01, 0.03, "banner.clicks", "+", BANNER),
    Row("channels.cps.rate", 0.05, 0.20, "cps.uv", "+", PUBLISHERS),
    Row("channels.cps.settlement", 5, 30, "cps.ad_spend", "-", PUBLISHERS),
    Row("channels.flash.fee_share", 0.05, 0.10, "flash.ad_spend", "+", FLASH),
    Row("channels.flash.conversion", 1, 4, "slot_units", "+", FLASH),
    Row("channels.posts.size", 0.5, 2, "posts.uv", "+", POSTS),
)

ROWS = (
    *BOOKED, *MARKET, *SEARCH, *EXPRESS, *PLACEMENT, *CATALOGUE, *SELLING, *SERVICE, *MONEY, *EVENTS, *CHANGES, *STAGES,
)  # fmt: skip
