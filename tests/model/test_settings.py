"""Every setting that a scenario has moves something, or stands here with the reason why it cannot."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import ValidationError

from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.fields import choices
from storesim.scenario.spec import Spec
from tests.model.first_difference import Played
from tests.model.small import EVERYTHING, SKUS, scenario

STILL: Mapping[str, str] = {
    r"store\.(name|category)": "labels on reports",
    r"store\.terms\.supply": "JD buys in one mode only: test_modes",
    r"operations\.dispatch\.carriers\.\d+\.name": "a label in the file",
    r"catalogue\.file": "says where the items come from; the items count",
    r"catalogue\.skus\.\d+\.(sku|name|category|material)": "labels on reports, and by which promotions name items",
    r"promotions\.\w+\.kind": "another kind is another promotion, with settings of its own",
    r"promotions\.(?!save\.)\w+\.(active|from|to|every|lasts|skus|roles|categories|without)": "as those of save",
    r"promotions\.gold\.(limit|beans|beans_worth)": "a cut for some levels has none; those of cut move",
    r"promotions\.cut\.levels": "it has a limit, which is for all; that of gold moves",
    r"catalogue\.roles\.(promo|traffic|image)\.": "no item here has that role; those of hero and profit move",
    r"events\.\d+\.name": "a label on charts",
    r"channels\.\w+\.mechanism": "another mechanism is another channel, with settings of its own",
    r"operations\.members\.coupons\.\d+\.name": "a label",
    r"operations\.score\.good_store\.": "a mark this store does not get: test_service, test_directions",
    r"operations\.members\.model": "another model has settings of its own: test_members",
    r"operations\.members\.churn|channels\.returning\.visits_per_member": "a pool's: test_members",
    r"channels\.\w+\.(dates|bookings|bursts)\.\d\.(from|to|on)": "moved one by one in test_slots and test_booked",
    r"uncertain": "stands for the settings it names: tests/scenario/test_uncertain.py",
    r"targets": "what the planner wants; the store does not know it",
    r"channels\.express\.keywords\.tail\.rival_sd": "a uniform law has no spread of its own",
    r"channels\.direct_placement\.carry_half_life": "nobody searches later there; that of channels.social moves",
    r"channels\.flash_sale\.protected": "no price there falls below that of a slot before: test_slots",
    r"channels\.express\.device_shares": "it bids by device, where the shares stand",
    r"operations\.stock\.level": "the level of base stock: test_inventory",
    r"operations\.stock\.season\.deliveries\.\d+\.share": "the shares add up to 1: test_season",
    r"stages\.launch\.(gate|back_below)": "there is no stage before the first",
    r"stages\.growth\.gate\.(growth_below|on)": "asked after two quarters, and instead of the others: test_stage",
    r"stages\.stable\.(gate\.(?!on)\w+|back_below)": "a stage with a date asks for nothing else: test_stage",
}
LIVELY: Mapping[str, Any] = {
    "horizon": 120,
    "market.growth": 0.05,
    "market.rivals.growth": 0.2,
    "market.devices": {"mobile": {"share": 0.8, "bounce": 0.9}, "pc": {"share": 0.2, "conversion": 1.3, "depth": 1.2}},
    "market.searches_per_day": 6000,
    "channels.search": {"mechanism": "organic", "weight": 0.3, "device_shares": {"mobile": 0.6, "pc": 0.4}},
    "channels.express": {
        "mechanism": "pay_per_click", "daily_budget": 60, "bid": 1.5, "rivals": 3, "reserve": 1.0, "step": 0.1,
        "rival_hours": [15.5], "pacing": "smooth", "quality_conversion": 0.5,
        "keywords": {
            "core": {"searches": 0.6, "rival_scores": [1.0, 1.3], "match": "phrase", "brand": 0.4},
            "tail": {"searches": 0.4, "rival_law": "uniform", "rival_score": 2.0, "match": "broad"},
        },
        "crowds": {"loyal": {"share": 0.2, "premium": 0.4, "clicks": 1.3, "conversion": 1.5}},
        "devices": {"mobile": {"share": 0.9}, "pc": {"share": 0.1, "bid": 0.7, "conversion": 1.2}},
    },
    "channels.social": {
        "mechanism": "placement", "daily_budget": 30, "audience": 20_000, "billing": "thousand", "price": 20,
        "response": 0.7, "carry_over": 0.2,
    },
    "channels.banner": {
        "mechanism": "display", "daily_budget": 40,
        "bookings": [{"from": "2027-01-20", "to": "2027-02-03", "impressions": 900}],
    },
    "channels.affiliate": {"mechanism": "pay_per_sale", "visitors": 8, "settlement": 20, "typical_rate": 0.12},
    "channels.flash_sale": {
        "mechanism": "slots", "hours": "10-22", "sign_up": 3, "rest": 15, "most": 2, "fee": 50, "lowest": 20,
        "dates": [
            {"from": "2027-02-10", "to": "2027-02-11", "visitors": 60, "pieces": 5, "discount": 0.12},
            {"from": "2027-03-05", "to": "2027-03-05", "visitors": 60, "pieces": 5},
        ],
        "entry": {"age": 30, "good_reviews": 10, "good_rate": 0.5, "orders_a_day": 5},
    },
    "channels.posts": {
        "mechanism": "burst", "conversion": 5,
        "bursts": [{"on": "2027-01-25", "opens": "20:00", "visitors": 600, "cost": 80}],
    },
    "channels.vipshop": {
        "mechanism": "offsite", "potential": 200, "half": 100, "settlement_dates": [10, 25], "upkeep": 5,
    },
    "catalogue.discount": 0.05,
    # Two heroes: what is booked for heroes needs one, whatever becomes of the other.
    "catalogue.skus": [*SKUS, {"sku": "T", "role": "hero", "price": 60, "cost": 30, "popularity": 0.2}],
    "catalogue.skus.0.stock": 40,
    "catalogue.skus.1.reference_price": 190,
    "catalogue.skus.1.category": "dress",
    "catalogue.cross_sales": [{"of": ["hero"], "sells": ["P"], "chance": 0.4}],
    "promotions": {
        "cut": {
            "kind": "single", "discount": 0.03, "less": 2, "limit": 1, "beans": 200, "from": "2027-02-10",
            "to": "2027-02-20",
        },
        "gold": {"kind": "single", "less": 30, "levels": ["gold", "silver"], "skus": ["P"], "from": "2027-02-15"},
        "set": {"kind": "bundle", "skus": ["H", "P"], "price": 240, "to": "2027-02-20"},
        "gift": {"kind": "gift", "gift": "H", "skus": ["P"], "from": "2027-01-05", "to": "2027-01-20"},
        "save": {
            "kind": "spend_and_save", "spend": 250, "less": 9, "repeated": True, "near": 0.6, "top_up": 0.3,
            "from": "2027-01-03", "to": "2027-03-30", "every": 20, "lasts": 9, "categories": ["dress"],
        },
        "get": {
            "kind": "spend_and_get", "spend": 150, "top_up": 0.3, "gift": "H", "from": "2027-02-01", "to": "2027-02-14",
        },
        "both": {
            "kind": "save_and_get", "spend": 150, "less": 15, "top_up": 0.3, "gift": "H", "from": "2027-03-02",
            "to": "2027-03-10",
        },
        "many": {"kind": "multi_buy", "pieces": 2, "discount": 0.1, "from": "2027-03-15"},
        "pre": {
            "kind": "presale", "skus": ["P"], "from": "2027-01-10", "to": "2027-01-20", "discount": 0.1,
            "balance": "2027-01-25", "pays": 0.5,
        },
        "coupon": {
            "kind": "coupon", "spend": 150, "face": 100, "pieces": 60, "claim": 0.05, "claim_days": 8, "every": 20,
            "lasts": 15, "valid": 10,
        },
    },
    "operations.conversion.base": 0.1,
    "operations.attribution": {"window": 7},
    "operations.conversion.breaks": 0.2,
    "operations.conversion.later": 0.5,
    "operations.conversion.paid": 0.9,
    "operations.carts": {"reach": 2.5, "holds_out": 0.3},
    "operations.cancellations": {"rate": 0.2, "while_waiting": 0.1},
    "operations.stock": {
        "expected_units": 4, "opening": 15, "safety": 1, "lot": 6, "every": 5, "level": 9, "holding": 0.05,
        "holding_share": 0.1,
        "season": {
            "from": "2027-04-08", "to": "2027-04-20", "units": 40, "reorder": "2027-04-11", "left": "clear",
            "salvage": 0.3, "quantity": "newsvendor",
            "deliveries": [{"on": "2027-04-08", "share": 0.7}, {"on": "2027-04-12", "share": 0.3}],
        },
    },
    "operations.dispatch": {
        "capacity": 45, "limit": 24, "holidays": [{"from": "2027-01-09", "to": "2027-01-10"}],
        "carriers": [
            {"name": "ZTO", "price": 6, "delivery": 3, "share": 2}, {"name": "SF", "price": 12, "delivery": 0.9},
        ],
    },
    "operations.cash_on_delivery": {"share": 0.3, "refused": 0.2},
    "operations.freight": {"fee": 6, "free_from": 120, "near": 0.5, "top_up": 0.4},
    "operations.score": {"promise": 0.2},
    "operations.reviews.opening": {"total": 200, "good": 100},
    "store.terms.trust": 1.1,
    "operations.reviews.chance": 0.5,
    "operations.reviews.chat": 0.3,
    "operations.reviews.short": 0.3,
    "operations.reviews.price": 0.1,
    "catalogue.skus.0.stars": -0.1,
    "operations.returns.rate": 0.2,
    "operations.service": {
        "agents": 1, "asks": 0.4, "shifts": [{"hours": "9-17", "agents": 1}, {"hours": "15-22", "agents": 1}],
    },
    "operations.money.settlement_dates": [1, 16],
    "operations.money.suppliers": {"deposit": 0.3, "terms": 20},
    "operations.money.loan": {"limit": 30_000, "floor": 5_000},
    "operations.money.opening_cash": 20_000,
    "operations.staff": {"promotion": {"number": 1, "wage": 30, "hiring": 100}},
    "operations.members": {
        "model": "bg_nbd", "opening": 60, "opening_days": 200, "alpha": 20,
        "levels": {"middle": 2, "senior": 3, "vip": 4},
        "coupons": [
            {
                "name": "Back again", "from": "2027-02-10", "to": "2027-02-25", "levels": ["basic", "middle"],
                "customers": "old", "lapsed": 20, "face": 20, "least": 90, "lift": 3,
            }
        ],
    },
    "events": [
        {
            "name": "Sale", "from": "2027-01-22", "to": "2027-02-02", "opens": 10, "market": 1.5, "traffic": 1.2,
            "conversion": 1.2, "discount": 0.15, "roles": ["hero"], "rival_bids": 1.3,
            "entry": {"age": 20, "good_reviews": 3, "good_rate": 0.5, "score": 0.05, "orders_a_day": 5},
        }
    ],
    "stages": {
        "growth": {
            "gate": {
                "age": 20, "good_reviews": 150, "good_rate": 0.5, "gmv_28d": 1_000, "returning_share": 0.001,
            },
            "playbook": {
                "catalogue.discount": 0.1, "operations.staff.promotion.number": 2, "operations.stock.policy": "RS",
                "operations.service.shifts": [], "operations.dispatch.carriers": [],
            },
        },
        "stable": {
            "gate": {"on": "2027-04-01", "age": 14},
            "playbook": {"channels.express.daily_budget": 10, "operations.stock.policy": "seasonal"},
        },
    },
    "changes": [
        {"from": "2027-03-05", "to": "2027-03-20", "stage": "growth", "playbook": {"channels.express.bid": 1.1}},
    ],
}  # fmt: skip


def _leaves(group: Spec, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(path, value, annotation) of every setting of a scenario and of the groups in it."""
    for name, info in type(group).model_fields.items():
        value, here = getattr(group, name), f"{path}{info.alias or name}"
        if isinstance(value, Spec):
            yield from _leaves(value, f"{here}.")
        elif isinstance(value, Mapping) and all(isinstance(v, Spec) for v in value.values()) and value:
            for key, inner in value.items():
                yield from _leaves(inner, f"{here}.{key}.")
        elif isinstance(value, tuple) and value and isinstance(value[0], Spec):
            for i, inner in enumerate(value):
                yield from _leaves(inner, f"{here}.{i}.")
        else:
            yield here, value, info.annotation


def _others(value: Any, kind: Any) -> Iterator[Any]:
    """Other values a setting might take, the nearer first."""
    match value:
        case str():
            yield from (word for word in choices(kind) if word != value)
            yield from ("H", "P")
        case float() | int():
            yield from (value * 1.5, value * 0.5, value + 1, value * 10, value * 100, 0, 1, value * 0.1, 0.99)
        case dt.date():
            yield from (value + dt.timedelta(days=9), value - dt.timedelta(days=3))
        case tuple() if value and isinstance(value[0], str):
            yield from (("profit",), ("H",), ("general",), ("silver",), value[:1])
        case ():
            yield from ((0.4,), ("pc",), ("gold",), ("H",), ("P",), ("hero",), ("profit",))
        case tuple():
            yield (*value[1:], value[0])
            yield tuple(0.6 * x for x in value)
            yield (value[0], value[-1] - 9.0)
            yield (0.9, 0.8)
        case None:
            yield from (1.0, 30.0, 250.0, 1e9, "2027-02-03")
        case Mapping():
            yield {"catalogue.discount": 0.3}
            yield {"mobile": 0.1, "pc": 0.9}


BASE = scenario(LIVELY)
SEED = 2
LEAVES = {path: (value, kind) for path, value, kind in _leaves(BASE)}
MOVING = [path for path in LEAVES if not any(re.match(pattern, path) for pattern in STILL)]


def _changed(path: str, value: Any) -> Scenario | None:
    """The base with one setting changed; None if the value is not allowed."""
    settings = BASE.model_dump(by_alias=True)
    *groups, last = path.split(".")
    place: Any = settings
    for group in groups:
        if isinstance(place, tuple | list):
            place = place[int(group)]
        else:
            place[group] = dict(place[group]) if isinstance(place[group], Mapping) else place[group]
            place = place[group]
    place[last] = value
    if path.startswith("market.levels."):
        # What one level has more, another has less.
        settings["market"]["levels"]["gold" if last == "diamond" else "diamond"] -= value - LEAVES[path][0]
    owner = settings["market"] if path.startswith("market.") else settings["channels"]["express"]
    for kind, setting, one, other in (
        ("keywords", "searches", "core", "tail"),
        ("keywords", "searches", "tail", "core"),
        ("devices", "share", "mobile", "pc"),
        ("devices", "share", "pc", "mobile"),
    ):
        if path.endswith(f"{kind}.{one}.{setting}"):
            owner[kind][other][setting] = 1.0 - value
    try:
        return Scenario.model_validate(settings)
    except ValidationError:
        return None


@pytest.fixture(scope="module")
def plain() -> Played:
    return Played(BASE, SEED)


@pytest.mark.parametrize("path", MOVING)
def test_each_setting_moves_some_count(path: str, plain: Played) -> None:
    value, kind = LEAVES[path]

    tried = [other for other in _others(value, kind) if other != value]
    scenarios = (changed for other in tried if (changed := _changed(path, other)) is not None)

    assert any(map(plain.differs, scenarios)), f"{path} = {value!r}: none of {tried} moved a count"


def test_what_is_compared_day_by_day_is_what_a_run_gives(plain: Played) -> None:
    assert plain.whole == _bytes(BASE)
    assert len(plain.days) == BASE.n_days
    assert not plain.differs(BASE)


def test_a_difference_is_seen_whether_it_comes_first_or_last(plain: Played) -> None:
    last = _changed("channels.posts.bursts", [{"on": "2027-04-30", "visitors": 600, "cost": 80}])
    credited = _changed("operations.attribution.window", 0)

    assert plain.differs(scenario({**LIVELY, "horizon": 121}))
    assert last is not None
    assert plain.differs(last)
    assert credited is not None
    assert plain.differs(credited)


def _bytes(changed: Scenario) -> tuple[bytes, bytes]:
    run = simulate(changed, SEED)
    return run.by_channel.tobytes(), run.of_store.tobytes()


def test_every_kind_of_channel_and_group_is_walked() -> None:
    mechanisms = {channel.mechanism for channel in BASE.channels.values()}

    assert mechanisms == {
        "organic", "pay_per_click", "placement", "display", "pay_per_sale", "slots", "burst", "returning",
        "offsite",
    }  # fmt: skip
    assert len(MOVING) > 120
    assert set(EVERYTHING["channels"]) < set(BASE.channels)
    for pattern in STILL:
        assert any(re.match(pattern, path) for path in LEAVES), f"{pattern} names no setting any more"


def test_what_does_not_move_the_store_moves_the_fingerprint_only() -> None:
    renamed = _changed("store.name", "Another")

    assert renamed is not None
    assert _bytes(renamed) == _bytes(BASE)
    assert renamed.fingerprint != BASE.fingerprint
