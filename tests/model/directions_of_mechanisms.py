"""What the settings of mechanisms that are off unless asked for should do, and which settings have no direction."""

from __future__ import annotations

from collections.abc import Mapping

from tests.model.directions import (
    BANNER,
    CARRIED,
    CHEAP,
    CROWDED,
    FLASH,
    GROUPS,
    MATCHED,
    NIGHT,
    OVERBOUGHT,
    POSTS,
    PUBLISHERS,
    RICH,
    SCARCE,
    SEASONAL,
    Row,
)

BUSY = {"operations.conversion.base": 0.2}
"""A store in which every figure has orders enough."""

VIPSHOP = {"channels.vipshop": {"mechanism": "offsite", "potential": 500, "half": 50}}
CLUB = {
    **BUSY,
    "operations.members": {"model": "bg_nbd", "opening": 3_000, "opening_days": 60, "r": 1.0, "alpha": 20},
}
"""Some thousand members known one by one."""

TOLD = {
    **CLUB,
    "operations.members.coupons": [
        {"name": "Thanks", "from": "2027-01-10", "to": "2027-02-05", "face": 10, "least": 0, "lift": 2.0},
    ],
}  # fmt: skip
LEVELLED = {**CLUB, "operations.members.levels": {"middle": 2, "senior": 3, "vip": 4}}
SOLD_TWICE = {
    **BUSY,
    "catalogue.lines": 2.5,
    "catalogue.cross_sales": [{"of": ["H"], "sells": ["P"], "chance": 0.5}],
}
BORROWS = {
    "operations.money.opening_cash": 5_000,
    "operations.money.loan": {"limit": 50_000, "floor": 3_000},
}
"""A store that lives on its loan."""

TERMS = {**SCARCE, "operations.money.suppliers": {"deposit": 0.5, "terms": 20}}
TEAM = {
    "operations.staff": {"promotion": {"number": 1, "wage": 100, "hiring": 50}},
    "stages.growth": {"gate": {"age": 7}, "playbook": {"operations.staff.promotion.number": 4}},
}
KNOWN = {
    "operations.reviews.opening": {"total": 100, "good": 50},
    "stages.growth": {"gate": {"age": 7, "good_reviews": 95}, "playbook": {"catalogue.discount": 0.2}},
}
"""A store that needs good reviews to grow."""

SLOWEST = {**BUSY, "operations.dispatch": {"capacity": 2, "limit": 24}}
OVERNIGHT = {**BUSY, "operations.dispatch.waves": [12]}
EARLY = {**SEASONAL, "horizon": 25}
"""A season's first weeks: empty shelves cost rank, and the rank visitors."""

FEAST = {"operations.dispatch": {"holidays": [{"from": "2027-01-20", "to": "2027-01-29"}]}}
"""Ten days without couriers."""

EVENING = {**CROWDED, "operations.service.shifts": NIGHT}
GOOD = {"operations.score.good_store": {"least": 0.05, "weight": 0.5, "odds": 1.5}}
"""A store that is certified as a good one from the first week on."""

BAD = {"operations.reviews": {"chance": 0.8, "stars": 3.0, "rival_bad_rate": 0.02}}


def _one(name: str, **promotion: object) -> dict[str, object]:
    """A store with one promotion and buyers enough to use it."""
    return {**BUSY, "catalogue.lines": 1.6, "promotions": {name: promotion}}


CUT = _one("cut", kind="single", discount=0.1, **{"from": "2027-01-05", "to": "2027-02-05"})
LESS = _one("cut", kind="single", less=10, **{"from": "2027-01-05", "to": "2027-02-05"})
SET = _one("set", kind="bundle", skus=["H", "P"], price=240)
GIFT = _one("gift", kind="gift", gift="H", skus=["P"])
SAVE = _one(
    "save", kind="spend_and_save", spend=250, less=20, near=0.5, top_up=0.5,
    **{"from": "2027-01-05", "to": "2027-02-25"},
)  # fmt: skip
AGAIN = _one(
    "save", kind="spend_and_save", spend=250, less=20,
    **{"from": "2027-01-05", "to": "2027-02-25", "every": 15, "lasts": 5},
)  # fmt: skip
GET = _one("get", kind="spend_and_get", spend=150, gift="H", near=0.5, top_up=0.5)
BOTH = _one("both", kind="save_and_get", spend=150, less=15, gift="H", near=0.5, top_up=0.5)
MANY = _one("many", kind="multi_buy", pieces=2, discount=0.1)
PRESALE = _one(
    "pre", kind="presale", skus=["P"], discount=0.1, balance="2027-02-05", pays=0.5,
    **{"from": "2027-01-05", "to": "2027-02-01"},
)  # fmt: skip
COUPON = _one(
    "coupon", kind="coupon", spend=100, face=10, pieces=300, claim=0.2, claim_days=8, every=20, lasts=15,
)  # fmt: skip

KEPT = {**COUPON, "promotions.coupon.pieces": 1000, "promotions.coupon.valid": 10}
TWO_DEVICES = {"market.devices": {"mobile": {"share": 0.7}, "pc": {"share": 0.3}}, "promotions.coupon.pieces": 1000}
DOOR = {**BUSY, "operations.cash_on_delivery": {"share": 0.5}}
FEE = {**BUSY, "operations.freight": {"fee": 10, "free_from": 190, "near": 0.5}}
HALF = _one("cut", kind="single", discount=0.2)
LOOKERS = {**BUSY, "operations.carts": {"reach": 3}}
"""A store whose visitors keep carts."""

EXPECTED = {
    **LOOKERS, "operations.carts": {"reach": 3, "waits": 0.5, "holds_out": 0.5},
    "events": [{"name": "Sale", "from": "2027-01-20", "to": "2027-01-22", "discount": 0.2}], "horizon": 25,
}  # fmt: skip
"""A sale that visitors wait for."""

REGRETS = {**BUSY, "operations.cancellations": {"rate": 0.3}}
UPSET = {**CROWDED, **BUSY}

BOOKINGS = (
    Row("channels.banner.bookings.0.impressions", 300, 1_500, "banner.impressions", "+", BANNER),
    Row("channels.cps.typical_rate", 0.05, 0.20, "cps.uv", "-", PUBLISHERS),
    Row("channels.cps.visitors", 20, 80, "cps.uv", "+", PUBLISHERS),
    # Above the typical rate a larger elasticity brings more visitors.
    Row("channels.cps.elasticity", 0.2, 2.0, "cps.uv", "+", {**PUBLISHERS, "channels.cps.rate": 0.2}),
    Row("channels.cps.roles", ("hero",), (), "commission_promised", "+", {**PUBLISHERS, **BUSY}),
    Row("channels.flash.dates.0.visitors", 300, 1_500, "flash.uv", "+", FLASH),
    Row("channels.flash.dates.0.pieces", 3, 200, "slot_units", "+", {**FLASH, **BUSY}),
    Row("channels.flash.dates.0.discount", 0.1, 0.6, "slot_units", "+", FLASH),
    Row("channels.flash.roles", ("hero",), (), "slot_units", "+", FLASH),
    Row("channels.flash.dates.0.skus", ("P",), ("H", "P"), "slot_units", "+", FLASH),
    # The days before were a tenth cheaper, and the slot must not be dearer than they were.
    Row(
        "channels.flash.lowest", 0, 30, "flash.aov", "-",
        {
            **FLASH, **BUSY, "channels.flash.dates.0.discount": 0.05,
            "events": [{"name": "Sale", "from": "2027-01-10", "to": "2027-01-15", "discount": 0.6}],
        },
    ),
    Row(
        "channels.flash.protected", 0, 20, "discounts", "-",
        {
            **FLASH, **BUSY, "channels.flash.dates.0.discount": 0.05,
            "events": [{"name": "Sale", "from": "2027-01-21", "to": "2027-02-10", "discount": 0.5}],
        },
    ),
    Row("channels.flash.sign_up", 0, 30, "slots_taken", "-", {**FLASH, "channels.flash.entry.age": 10}),
    Row(
        "channels.flash.rest", 1, 20, "slots_taken", "-",
        {**FLASH, "channels.flash.dates": [
            {"from": f"2027-01-{day}", "to": f"2027-01-{day}", "visitors": 300, "pieces": 50} for day in (10, 15, 20)
        ]},
    ),
    Row("channels.flash.most", 0, 3, "slots_taken", "+", FLASH),
    Row("channels.flash.fee", 0, 500, "flash.ad_spend", "+", FLASH),
    Row("channels.flash.entry.age", 0, 60, "slots_taken", "-", FLASH),
    Row("channels.flash.entry.good_reviews", 0, 10_000, "slots_taken", "-", FLASH),
    Row("channels.flash.entry.good_rate", 0.0, 1.0, "slots_taken", "-", {**FLASH, **BAD}),
    Row("channels.flash.entry.score", 0.0, 0.999, "slots_refused", "+", FLASH),
    Row("channels.flash.entry.orders_a_day", 0.0, 999.0, "slots_refused", "+", FLASH),
    Row("channels.flash.entry.free_shipping", False, True, "slots_taken", "-", {**FLASH, "operations.freight.fee": 5}),
    Row("channels.posts.bursts.0.visitors", 300, 1_500, "posts.uv", "+", POSTS),
    Row("channels.posts.bursts.0.cost", 10, 900, "posts.ad_spend", "+", POSTS),
    Row("channels.posts.bursts.0.opens", 0, 23, "posts.uv", "-", {**POSTS, "horizon": 10}),
    Row("channels.posts.half_life", 0.5, 9, "posts.uv", "-", {**POSTS, "horizon": 14}),
    Row("channels.vipshop.potential", 200, 800, "vipshop.uv", "+", VIPSHOP),
    Row("channels.vipshop.half", 50, 5_000, "vipshop.uv", "-", VIPSHOP),
    Row("channels.vipshop.reach", 0.0, 0.5, "vipshop.uv", "+", VIPSHOP),
    Row("channels.vipshop.memory", 2, 180, "vipshop.uv", "+", VIPSHOP),
    Row("channels.vipshop.cannibalisation", 0.0, 1.0, "search.uv", "-", VIPSHOP),
    Row("channels.vipshop.commission", 0.05, 0.3, "commission", "+", {**VIPSHOP, **BUSY}),
    Row("channels.vipshop.settlement", 1, 45, "cash", "-", {**VIPSHOP, **BUSY}),
    Row("channels.vipshop.settlement_dates", (), (28,), "cash", "-", {**VIPSHOP, **BUSY, "horizon": 55}),
    Row("channels.vipshop.upkeep", 0, 100, "profit", "-", VIPSHOP),
)  # fmt: skip
BIDS = (
    Row("channels.express.devices.mobile.clicks", 0.5, 2.0, "express.clicks", "+", MATCHED),
    Row("channels.express.devices.mobile.conversion", 0.5, 3.0, "express.buyers", "+", MATCHED),
    # Bids that jump between rising and falling hours win less than the mean bid does in a steep market.
    Row("channels.express.keywords.tail.rival_law", "lognormal", "uniform", "express.clicks", "+", GROUPS),
    # More rivals far below and far above: a middling bid meets fewer of the weak ones above it.
    Row("channels.express.keywords.core.rival_sd", 0.1, 2.0, "express.cpc", "-", {**RICH, "channels.express.keywords": {
        "core": {"searches": 1.0, "rival_scores": (0.9, 1.1)},
    }}),
)  # fmt: skip
BASKETS = (
    Row("catalogue.cross_sales.0.chance", 0.0, 0.9, "cross_sold_units", "+", SOLD_TWICE),
    Row("catalogue.cross_sales.0.of", ("P",), ("H",), "cross_sold_units", "+", SOLD_TWICE),
    Row("catalogue.cross_sales.0.sells", ("H",), ("P",), "aov", "+", SOLD_TWICE),
    Row("promotions.cut.discount", 0.1, 0.3, "cut_discounts", "+", CUT),
    Row("promotions.cut.less", 10, 30, "cut_discounts", "+", LESS),
    Row("promotions.cut.limit", 1, 3, "units", "+", {**HALF, "catalogue.quantity": 2}),
    Row("promotions.set.price", 200, 280, "bundle_discounts", "-", SET),
    Row("promotions.set.takes", 0.1, 0.8, "bundles", "+", SET),
    Row("promotions.gift.gift", "H", "P", "goods_cost", "+", GIFT),
    Row("promotions.gift.gift_pieces", 1, 3, "gift_units", "+", GIFT),
    Row("promotions.gift.worth", 0.0, 1.0, "buyers", "+", GIFT),
    Row("operations.attribution.gifts", False, True, "express.ad_lines", "+", GIFT),
    Row("promotions.save.active", False, True, "threshold_discounts", "+", SAVE),
    Row("promotions.save.from", "2027-01-05", "2027-02-05", "threshold_discounts", "-", SAVE),
    Row("promotions.save.to", "2027-01-25", "2027-02-25", "threshold_discounts", "+", SAVE),
    Row("promotions.save.every", 10, 30, "threshold_discounts", "-", AGAIN),
    Row("promotions.save.lasts", 2, 12, "threshold_discounts", "+", AGAIN),
    Row("promotions.save.skus", ("H",), ("H", "P"), "threshold_discounts", "+", SAVE),
    Row("promotions.save.roles", ("hero",), (), "threshold_discounts", "+", SAVE),
    Row("promotions.save.without", (), ("H",), "threshold_discounts", "-", SAVE),
    Row("promotions.save.spend", 150, 450, "threshold_discounts", "-", SAVE),
    Row("promotions.save.less", 5, 50, "threshold_discounts", "+", SAVE),
    Row("promotions.save.repeated", False, True, "threshold_discounts", "+", {**SAVE, "promotions.save.spend": 100}),
    Row("promotions.save.near", 0.1, 0.9, "units", "+", SAVE),
    Row("promotions.save.top_up", 0.0, 0.9, "units", "+", SAVE),
    Row("promotions.get.spend", 150, 450, "gift_units", "-", GET),
    Row("promotions.get.repeated", False, True, "gift_units", "+", {**GET, "promotions.get.spend": 100}),
    Row("promotions.get.near", 0.1, 0.9, "units", "+", GET),
    Row("promotions.get.gift_pieces", 1, 3, "gift_units", "+", GET),
    Row("promotions.get.worth", 0.0, 1.0, "buyers", "+", GET),
    Row("promotions.get.gift", "H", "P", "goods_cost", "+", GET),
    Row("promotions.both.spend", 150, 450, "gift_units", "-", BOTH),
    Row("promotions.both.near", 0.1, 0.9, "units", "+", BOTH),
    Row("promotions.both.less", 5, 50, "threshold_discounts", "+", BOTH),
    Row("promotions.both.gift", "H", "P", "goods_cost", "+", BOTH),
    Row("promotions.both.gift_pieces", 1, 3, "gift_units", "+", BOTH),
    Row("promotions.both.worth", 0.0, 1.0, "buyers", "+", BOTH),
    Row("promotions.many.pieces", 2, 3, "multi_buy_discounts", "-", MANY),
    Row("promotions.many.discount", 0.05, 0.3, "multi_buy_discounts", "+", MANY),
    Row("promotions.pre.discount", 0.05, 0.3, "presale_discounts", "+", PRESALE),
    Row("promotions.pre.balance", "2027-02-05", "2027-03-20", "deposits_paid", "-", PRESALE),
    Row("promotions.pre.balance_days", 1, 30, "delivered", "-", {**PRESALE, "horizon": 40}),
    Row("promotions.pre.pays", 0.2, 0.9, "deposits_paid", "+", PRESALE),
    Row("promotions.cut.beans", 100, 2_000, "bean_cost", "+", LESS),
    Row("promotions.cut.beans_worth", 0.1, 1.0, "orders", "+", {**LESS, "promotions.cut.beans": 2_500}),
    Row("operations.cash_on_delivery.share", 0.1, 0.6, "paid_at_door", "+", BUSY),
    Row("operations.cash_on_delivery.refused", 0.1, 0.6, "refused", "+", DOOR),
    Row("operations.freight.fee", 0, 20, "orders", "-", BUSY),
    Row("operations.freight.free_from", 90, 250, "freight", "+", FEE),
    Row("operations.freight.near", 0.1, 0.6, "units", "+", {**FEE, "operations.freight.top_up": 0.5}),
    Row("operations.freight.top_up", 0.0, 0.9, "freight", "-", FEE),
    Row("promotions.coupon.spend", 50, 200, "coupons_used", "-", COUPON),
    Row("promotions.cut.levels", ("gold",), ("gold", "silver"), "discounts", "+", HALF),
    Row("promotions.coupon.levels", ("diamond",), (), "coupons_claimed", "+", COUPON),
    Row("promotions.coupon.face", 10, 30, "coupon_discounts", "+", COUPON),
    Row("promotions.coupon.pieces", 5, 500, "coupons_claimed", "+", COUPON),
    Row("promotions.coupon.claim", 0.05, 0.5, "coupons_claimed", "+", {**COUPON, "promotions.coupon.pieces": 1000}),
    Row("promotions.coupon.valid", 2, 20, "coupon_orders", "+", {**COUPON, "promotions.coupon.pieces": 1000}),
    Row("promotions.coupon.delay", 1, 15, "coupon_orders", "-", KEPT),
    Row("promotions.coupon.devices", ("mobile",), (), "coupons_used", "+", {**COUPON, **TWO_DEVICES}),
    Row("promotions.coupon.claim_days", 2, 14, "coupons_claimed", "+", {**COUPON, "promotions.coupon.pieces": 1000}),
)
CARTS = (
    Row("operations.carts.reach", 1.5, 4.0, "carts", "+", BUSY),
    Row("operations.carts.odds", 1.0, 2.0, "cart_orders", "+", LOOKERS),
    Row("operations.carts.delay", 1, 30, "cart_looks", "-", LOOKERS),
    Row("operations.carts.waits", 0.0, 1.0, "cart_orders", "+", EXPECTED),
    Row("operations.carts.holds_out", 0.0, 0.8, "held_out", "+", EXPECTED),
    Row("operations.carts.keeps", 1, 15, "held_out", "+", EXPECTED),
    Row("operations.cancellations.rate", 0.05, 0.4, "cancelled_orders", "+", BUSY),
    # Who takes long to change his mind finds the order gone, or the day over.
    Row("operations.cancellations.while_waiting", 0.05, 0.5, "called_off", "+", OVERNIGHT),
    Row("operations.cancellations.delay", 0.5, 20, "cancelled_gmv", "-", REGRETS),
)
PEOPLE = (
    Row("operations.members.visits", 0.5, 2.0, "returning.uv", "+", CLUB),
    Row("operations.members.opening", 500, 5_000, "old_buyers", "+", CLUB),
    # Of those who joined long ago more have dropped out.
    Row("operations.members.opening_days", 0, 1_000, "returning.uv", "-", CLUB),
    Row("operations.members.r", 0.3, 2.0, "returning.uv", "+", CLUB),
    Row("operations.members.alpha", 10, 60, "returning.uv", "-", CLUB),
    Row("operations.members.a", 0.2, 4.0, "members_left", "+", CLUB),
    Row("operations.members.b", 0.5, 9.0, "members_left", "-", CLUB),
    # So much money is spent sooner than so many orders are made.
    Row("operations.members.levels.by", "count", "amount", "members_vip", "+", LEVELLED),
    Row("operations.members.levels.middle", 1, 3, "members_basic", "+", LEVELLED),
    Row("operations.members.levels.senior", 2, 4, "members_middle", "+", LEVELLED),
    Row("operations.members.levels.vip", 3, 9, "members_vip", "-", LEVELLED),
    Row("operations.members.coupons.0.from", "2027-01-10", "2027-01-30", "member_coupons_used", "-", TOLD),
    Row("operations.members.coupons.0.to", "2027-01-15", "2027-02-05", "member_coupons_used", "+", TOLD),
    Row("operations.members.coupons.0.levels", ("vip",), (), "member_coupons_sent", "+", TOLD),
    Row("operations.members.coupons.0.customers", "old", "all", "member_coupons_sent", "+", TOLD),
    Row("operations.members.coupons.0.lapsed", 0, 60, "member_coupons_sent", "-", TOLD),
    Row("operations.members.coupons.0.pieces", 100, 100_000, "member_coupons_sent", "+", TOLD),
    Row("operations.members.coupons.0.face", 10, 40, "member_coupons", "+", TOLD),
    Row("operations.members.coupons.0.least", 0, 150, "member_coupons_used", "-", TOLD),
    Row("operations.members.coupons.0.lift", 1.0, 5.0, "returning.uv", "+", TOLD),
)
BOOKS = (
    Row("store.terms.commission", 0.02, 0.12, "commission", "+"),
    Row("store.terms.deposit", 0, 20_000, "cash", "-"),
    Row("store.terms.settlement", 1, 45, "cash", "-"),
    Row("store.terms.delivery", 1, 9, "delivered", "-", {"store.mode": "FBP"}),
    # The first of a month after the last whole one: what came since is still owed.
    Row("operations.money.settlement_dates", (), (1,), "owed_by_jd", "+", {"horizon": 55}),
    Row("operations.money.suppliers.deposit", 0.2, 1.0, "owed_to_suppliers", "-", TERMS),
    Row("operations.money.suppliers.terms", 2, 60, "owed_to_suppliers", "+", TERMS),
    Row("operations.money.loan.limit", 1_000, 50_000, "borrowed", "+", BORROWS),
    Row("operations.money.loan.floor", 0, 20_000, "loan", "+", BORROWS),
    Row("operations.money.loan.rate", 0.15, 0.5, "interest", "+", BORROWS),
    Row("operations.money.loan.best_rate", 0.02, 0.2, "interest", "+", BORROWS),
    Row("operations.money.when_broke", "go_on", "close", "uv", "-", {"operations.money.opening_cash": 15_000}),
    Row("operations.staff.promotion.number", 1, 4, "wages", "+", TEAM),
    Row("operations.staff.promotion.wage", 50, 200, "wages", "+", TEAM),
    Row("operations.staff.promotion.hiring", 10, 500, "hiring", "+", TEAM),
)
SHELVES = (
    Row("operations.stock.policy", "sQ", "unlimited", "lost_units", "-", SCARCE),
    # After an empty shelf the look-back holds days without sales: a long one orders less.
    Row("operations.stock.memory", 5, 90, "stock_units", "-", {**BUSY, "operations.stock": {"expected_units": 1}}),
    Row("operations.stock.season.from", "2027-01-05", "2027-01-20", "search.uv", "-", EARLY),
    Row(
        "operations.stock.season.to", "2027-01-15", "2027-02-15", "cleared_units", "-",
        {**OVERBOUGHT, "operations.stock.season.left": "clear"},
    ),
    # Goods that cost little beside their price are worth buying above the mean.
    Row("operations.stock.season.quantity", "expected", "newsvendor", "purchased_units", "+", {
        **SEASONAL, "catalogue.skus.0.cost": 10, "catalogue.skus.1.cost": 10,
    }),
    Row("operations.stock.season.spread", 0.05, 1.0, "purchased_units", "+", {
        **SEASONAL, "catalogue.skus.0.cost": 10, "catalogue.skus.1.cost": 10,
        "operations.stock.season.quantity": "newsvendor",
    }),
    Row("operations.stock.season.deliveries", [{"on": "2027-01-05", "share": 1}], [{"on": "2027-01-20", "share": 1}],
        "search.uv", "-", EARLY),
    Row("catalogue.skus.0.season_buy", 20, 400, "purchased_units", "+", SEASONAL),
    Row("operations.dispatch.delivery_sd", 0.05, 1.5, "stars", "-"),
    Row("operations.dispatch.holidays", [], FEAST["operations.dispatch"]["holidays"], "stars", "-", BUSY),
    Row("operations.dispatch.holidays.0.from", "2027-01-20", "2027-01-28", "dispatch_wait", "-", {**FEAST, **BUSY}),
    Row("operations.dispatch.holidays.0.to", "2027-01-21", "2027-01-29", "dispatch_wait", "+", {**FEAST, **BUSY}),
    Row("operations.dispatch.excused", False, True, "late", "-", {**FEAST, **BUSY}),
    Row("operations.dispatch.carriers.0.price", 3, 12, "parcels", "+", CARRIED),
    Row("operations.dispatch.carriers.0.delivery", 2, 12, "delivered", "-", CARRIED),
    Row("operations.dispatch.carriers.0.share", 0.2, 9.0, "parcels", "-", CARRIED),
    Row("operations.dispatch.carriers.1.delivery_sd", 0.05, 2.0, "stars", "-", {**CARRIED, **BUSY}),
)  # fmt: skip
DESK = (
    Row("operations.conversion.browse", 0.5, 60, "buyers", "-", {"horizon": 1, **BUSY}),
    Row("operations.service.shifts.0.agents", 1, 4, "chats_in_30s", "+", EVENING),
    Row("operations.service.shifts.0.hours", "20-23", "10-23", "chats", "+", EVENING),
    Row("operations.reviews.chat", 0.0, 3.0, "stars", "-", UPSET),
    Row("operations.reviews.short", 0.0, 3.0, "stars", "-", {**BUSY, **SCARCE}),
    # Cheaper than expected, which is worth stars.
    Row("operations.reviews.price", 0.0, 3.0, "bad_reviews", "-", {**CHEAP, "operations.reviews.stars": 2.0}),
    Row("catalogue.skus.0.stars", -2.0, 0.5, "good_reviews", "+", BUSY),
    Row("operations.reviews.opening.total", 0, 2_000, "buyers", "+", BUSY),
    Row("operations.reviews.opening.good", 10, 100, "discounts", "+", KNOWN),
    # What is worse than with rivals pulls the rank down the more, the more it weighs.
    Row("operations.score.reviews", 0.0, 1.0, "score", "-", BAD),
    Row("operations.score.late", 0.0, 1.0, "score", "-", SLOWEST),
    Row("operations.score.answers", 0.0, 1.0, "score", "-", CROWDED),
    Row("operations.score.promise", 0.0, 1.0, "score", "-", SLOWEST),
    Row("operations.score.good_store.least", 0.0, 1.0, "good_store", "-"),
    Row("operations.score.good_store.every", 1, 30, "good_store", "-", GOOD),
    Row("operations.score.good_store.weight", 0.0, 2.0, "search.uv", "+", GOOD),
    Row("operations.score.good_store.odds", 1.0, 3.0, "buyers", "+", GOOD),
    Row("stages.stable.gate.on", "2027-01-10", "2027-02-20", "discounts", "-", {
        "stages.growth": {"gate": {"age": 7}},
        "stages.stable": {"gate": {"on": "2027-02-01"}, "playbook": {"catalogue.discount": 0.2}},
    }),
    Row("stages.stable.playbook", {"catalogue.discount": 0.1}, {"catalogue.discount": 0.3}, "discounts", "+", {
        "stages.growth": {"gate": {"age": 7}}, "stages.stable": {"gate": {"on": "2027-01-10"}},
    }),
    Row("stages.launch.playbook", {"catalogue.discount": 0.1}, {"catalogue.discount": 0.3}, "discounts", "+"),
    Row("catalogue.skus.0.role", "profit", "hero", "discounts", "+", {
        **CHEAP, "catalogue.discount": 0,
        "events": [{"name": "S", "from": "2027-01-05", "to": "2027-02-10", "discount": 0.2, "roles": ["hero"]}],
        "catalogue.skus": [
            {"sku": "H", "role": "hero", "price": 100, "cost": 40, "popularity": 3},
            {"sku": "P", "role": "hero", "price": 200, "cost": 90, "popularity": 1},
        ],
    }),
    Row("stages.growth.gate.on", "2027-01-08", "2027-02-20", "discounts", "-", {
        "stages.growth": {"gate": {"on": "2027-02-01"}, "playbook": {"catalogue.discount": 0.2}},
    }),
)  # fmt: skip

NONE: Mapping[str, str] = {
    r"store\.opened": "another date is another season, better or worse",
    r"market\.(noise|rivals)\.(sd|lag1|half_life)": "luck without a side: tests/theory and test_demand know its law",
    r"channels\.\w+\.(daily_budget|halo|conversion|bounce|depth)": "as those of the other channels",
    r"channels\.express\.(bid_step|quality_memory)": "finer or slower, neither more nor less: test_ads",
    r"(channels\.express|market)\.devices\.\w+\.share": "one device's gain is the other's loss",
    r"(channels\.express|market)\.devices\.pc\..*": "as those of mobile",
    r"market\.levels\.\w+": "one level's gain is another's loss: test_customer_levels",
    r"channels\.express\.keywords\.\w+\.searches": "one group's gain is the other's loss",
    r"channels\.express\.keywords\.core\.rival_law": "as that of tail",
    r"channels\.flash_sale\.hours": "the same visitors at other hours: test_slots",
    r"operations\.stock\.lead_sd": "more deliveries come early, and more late: test_inventory",
    r"channels\.\w+\.billing": "a way to pay; which is dearer depends on the price",
    r"channels\.\w+\.spread": "luck without a side: test_booked knows its law",
    r"promotions\.save\.categories": "the small store's items have one category: test_deals",
    r"promotions\.both\.repeated": "as that of save",
    r"operations\.stock\.season\.deliveries\.\d\.on": "moved with the whole list",
    r"operations\.dispatch\.carriers\.\d\.\w+": "as that of the other carrier",
    r"operations\.service\.shifts\.\d\.\w+": "as that of the first shift",
}
"""Settings that move counts without a side to move them to, and where else they are tested."""

ROWS = (*BOOKINGS, *BIDS, *BASKETS, *CARTS, *PEOPLE, *BOOKS, *SHELVES, *DESK)
