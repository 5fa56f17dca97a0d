"""The mechanisms beyond the first version, part by part, as changes of a store: for `every_mechanism`."""

from __future__ import annotations

import datetime as dt
from typing import Any


def parts(size: float) -> dict[str, dict[str, Any]]:
    """The mechanisms beyond the first version, as changes of a store `size` times the shipped one."""
    return _of_bids() | _of_traffic(size) | _of_buyers(size) | _of_house(size)


def _of_bids() -> dict[str, dict[str, Any]]:
    return {
        "devices": {
            "market.devices": {
                "app": {"share": 0.796},
                "web": {"share": 0.153, "conversion": 0.8, "depth": 0.9},
                "pc": {"share": 0.051, "conversion": 0.7, "bounce": 1.1},
            },
            "channels.express.devices": {
                "app": {"share": 0.8},
                "web": {"share": 0.15},
                "pc": {"share": 0.05, "bid": 0.7},
            },
            "channels.direct_placement.device_shares": {"app": 0.9, "web": 0.1},
            "promotions.手机专享": {
                "kind": "coupon",
                "spend": 200,
                "face": 10,
                "pieces": 1000,
                "claim": 0.05,
                "valid": 7,
                "devices": ["app"],
                "from": "2027-03-01",
                "every": 30,
                "lasts": 15,
            },
        },
        "keywords, crowds, dayparting, smooth pacing": {
            "channels.express.keywords": {
                "core": {"match": "phrase"},
                "long_tail": {"match": "broad"},
            },
            "channels.express.crowds": {"loyal": {"share": 0.1, "premium": 0.3, "clicks": 1.2, "conversion": 1.4}},
            "channels.express.hours": [0.6] * 8 + [1.0] * 10 + [1.2] * 5 + [0.9],
            "channels.express.rival_hours": [20.0],
            "channels.express.pacing": "smooth",
            "channels.express.quality_conversion": 0.3,
        },
        "placement that carries over": {
            "channels.direct_placement.carry_over": 0.003,
            "channels.direct_placement.response": 0.74,
        },
    }


def _of_traffic(size: float) -> dict[str, dict[str, Any]]:
    return {
        "display": {
            "channels.display": {
                "mechanism": "display",
                "daily_budget": 150 * size,
                "bookings": [{"from": "2027-04-01", "to": "2027-12-31"}],
            }
        },
        "affiliates": {"channels.affiliate": {"mechanism": "pay_per_sale", "rate": 0.1, "visitors": 150 * size}},
        "slots": {
            "channels.flash_sale": {
                "mechanism": "slots",
                "roles": ["hero"],
                "hours": [10, 22],
                "entry": {"age": 30},
                "dates": [_slot(month, 10, 1, 3000 * size, 40 * size) for month in (4, 7, 8, 9, 10, 12)],
            },
            "channels.group_buy": {
                "mechanism": "slots",
                "roles": ["promo", "hero"],
                "sign_up": 7,
                "rest": 14,
                "entry": {"age": 30},
                "dates": [_slot(month, 18, 3, 5000 * size, 30 * size) for month in (4, 7, 9)],
            },
        },
        "bursts": {
            "channels.social": {
                "mechanism": "burst",
                "bursts": [
                    {"on": f"2027-{month:02}-25", "opens": 20, "visitors": 2000 * size, "cost": 1600 * size}
                    for month in range(4, 13)
                ],
            },
        },
        "platforms beyond JD": {
            "channels.vipshop": {
                "mechanism": "offsite",
                "potential": 1200 * size,
                "conversion": 0.8,
                "commission": 0.15,
                "settlement_dates": [15],
            },
            "channels.taobao": {"mechanism": "offsite", "potential": 800 * size, "conversion": 0.9, "commission": 0.05},
            "channels.own_site": {
                "mechanism": "offsite",
                "potential": 200 * size,
                "conversion": 1.2,
                "commission": 0.01,
                "settlement": 1,
                "upkeep": 100,
                "cannibalisation": 0.3,
            },
        },
    }


def _of_buyers(size: float) -> dict[str, dict[str, Any]]:
    return {
        "promotions": {
            **_promotions(),
            "catalogue.cross_sales": [{"of": ["EM-S02"], "sells": ["EM-P01"], "chance": 0.12}],
        },
        "carts, orders later, never paid, called off": {
            "operations.carts": {"reach": 2.5, "waits": 0.5, "holds_out": 0.2},
            "operations.conversion.later": 0.4,
            "operations.conversion.paid": 0.86,
            "operations.conversion.breaks": 0.08,
            "operations.cancellations": {"rate": 0.03, "while_waiting": 0.02},
        },
        "freight, payment at the door": {
            "operations.freight": {"fee": 8, "free_from": 299, "top_up": 0.2},
            "operations.cash_on_delivery": {"share": 0.1, "refused": 0.08},
        },
        "attribution": {"operations.attribution": {"window": 15}},
        "members one by one": {
            "operations.members": {
                "model": "bg_nbd",
                "opening": round(500 * size),
                "levels": {"by": "amount", "middle": 400, "senior": 1000, "vip": 2500},
                "coupons": [
                    {
                        "name": "老客回馈",
                        "from": "2027-05-01",
                        "to": "2027-05-20",
                        "customers": "old",
                        "lapsed": 60,
                        "face": 20,
                        "least": 150,
                    },
                    {
                        "name": "升级礼",
                        "from": "2027-09-01",
                        "to": "2027-09-30",
                        "levels": ["middle", "senior"],
                        "face": 10,
                    },
                ],
            },
        },
    }


def _of_house(size: float) -> dict[str, dict[str, Any]]:
    desk = max(1, round(3 * size))
    return {
        "carriers, holidays, shifts": {
            "operations.dispatch.carriers": [
                {"name": "中通", "price": 6.5, "delivery": 2.4, "share": 7},
                {"name": "京东物流", "price": 11, "delivery": 1.4, "share": 3},
            ],
            "operations.dispatch.holidays": [{"from": "2027-02-04", "to": "2027-02-09"}],
            "operations.service.shifts": [{"hours": "9-16", "agents": desk}, {"hours": "16-23", "agents": desk}],
            "operations.service.minutes_sd": 0.8,
        },
        "items that come and go": {
            "catalogue.skus.EM-H04.from": "2027-05-01",
            "catalogue.skus.EM-H03.to": "2027-08-31",
            "operations.conversion.appeal": 1.02,
        },
        "stars by item, chat and price; good store": {
            "operations.reviews.chat": 0.3,
            "operations.reviews.short": 0.3,
            "operations.reviews.price": 0.5,
            "operations.score.promise": 0.1,
            "operations.conversion.promise_effect": 0.2,
            "operations.score.good_store": {"weight": 0.02, "odds": 1.03},
        },
        "stock up to a level, credit, loan, staff": {
            "operations.stock.policy": "sS",
            "operations.stock.holding": 0.05,
            "operations.stock.holding_share": 0.02,
            "operations.money.suppliers": {"deposit": 0.3, "terms": 30},
            "operations.money.loan": {"limit": 500_000 * size, "floor": 50_000 * size},
            "operations.staff": {
                "promotion": {"number": 1, "wage": 260, "hiring": 1000},
                "warehouse": {"number": 2, "wage": 160, "hiring": 800},
            },
        },
    }


def _slot(month: int, day: int, days: int, visitors: float, pieces: float) -> dict[str, Any]:
    first = dt.date(2027, month, day)
    last = first + dt.timedelta(days=days - 1)
    return {"from": str(first), "to": str(last), "visitors": visitors, "pieces": max(1, round(pieces))}


def _promotions() -> dict[str, Any]:
    every = {"every": 30, "lasts": 10}
    written = {
        "单品": {
            "kind": "single",
            "less": 10,
            "roles": ["traffic"],
            "limit": 3,
            "beans": 100,
            "from": "2027-01-10",
            **every,
        },
        "会员价": {
            "kind": "single",
            "less": 8,
            "roles": ["hero"],
            "levels": ["gold", "diamond"],
            "from": "2027-03-20",
            **every,
        },
        "赠品": {"kind": "gift", "skus": ["EM-S02"], "gift": "EM-T01", "from": "2027-01-15", **every},
        "满减": {"kind": "spend_and_save", "spend": 499, "less": 30, "top_up": 0.2, "from": "2027-01-26", **every},
        "满赠": {"kind": "spend_and_get", "spend": 699, "gift": "EM-T01", "top_up": 0.2, "from": "2027-02-05", **every},
        "满减送": {"kind": "save_and_get", "spend": 899, "less": 50, "gift": "EM-T01", "from": "2027-02-15", **every},
        "多买优惠": {
            "kind": "multi_buy",
            "pieces": 3,
            "discount": 0.05,
            "roles": ["traffic"],
            "from": "2027-03-05",
            **every,
        },
        "套装": {"kind": "bundle", "skus": ["EM-S02", "EM-P01"], "price": 329, "takes": 0.06},
        "预售": {
            "kind": "presale",
            "roles": ["hero"],
            "from": "2027-05-24",
            "to": "2027-05-31",
            "balance": "2027-06-01",
            "discount": 0.1,
        },
        "东券": {
            "kind": "coupon",
            "spend": 300,
            "face": 20,
            "pieces": 1000,
            "claim": 0.03,
            "from": "2027-02-05",
            "every": 30,
            "lasts": 15,
        },
    }
    return {f"promotions.{name}": promotion for name, promotion in written.items()}
