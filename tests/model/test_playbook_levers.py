"""Levers of goods, pages and returns that a playbook or a dated change sets: from its day on, and on no day before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from storesim.model.blueprint import blueprint
from storesim.runs.one import simulate
from storesim.scenario.store import STAGES
from tests.model.small import scenario

BASE: dict[str, Any] = {
    "operations.conversion.base": 0.15,
    "operations.stock.policy": "unlimited",
    "operations.returns": {"rate": 0.05, "delay": 0.5},
    "operations.reviews": {"delay": 0.5, "chance": 0.5},
}
DAY = 30
LEVERS: list[tuple[str, Any, str, str]] = [
    ("operations.conversion.appeal", 3.0, "buyers", "+"),
    ("operations.conversion.appeal", 0.3, "buyers", "-"),
    ("operations.returns.rate", 0.6, "returned_units", "+"),
    ("operations.carts.reach", 5.0, "carts", "+"),
    ("catalogue.roles.hero.odds", 4.0, "buyers", "+"),
    ("catalogue.roles.profit.landing", 6.0, "gmv", "+"),
    ("catalogue.skus.P.popularity", 20.0, "gmv", "+"),
    ("catalogue.skus.0.price", 70.0, "buyers", "+"),
    ("catalogue.skus.H.stars", -2.0, "good_reviews", "-"),
]
"""Path, value, the count it moves and the way."""


@pytest.mark.parametrize(("path", "value", "count", "way"), LEVERS)
def test_a_lever_moves_its_count_from_its_day_on_and_nothing_before(
    path: str, value: Any, count: str, way: str
) -> None:
    change = {"from": "2027-01-31", "playbook": {path: value}}
    plain, moved = (simulate(scenario({**BASE, **one}), 5) for one in ({}, {"changes": [change]}))
    before, after = plain.daily(count)[DAY:].sum(), moved.daily(count)[DAY:].sum()

    assert plain.by_channel[:DAY].tobytes() == moved.by_channel[:DAY].tobytes()
    assert plain.of_store[:DAY].tobytes() == moved.of_store[:DAY].tobytes()
    assert after > 1.1 * before if way == "+" else after < 0.9 * before


@pytest.mark.parametrize(("path", "value"), [row[:2] for row in LEVERS if not row[0].endswith(".price")])
def test_a_lever_that_holds_from_the_first_day_is_the_setting_itself(path: str, value: Any) -> None:
    """But for the price, which the setting also makes what visitors expect."""
    by_setting = scenario(BASE).with_({path: value})
    by_playbook = scenario(BASE).with_({f"stages.{stage}.playbook": {path: value} for stage in STAGES})

    one, other = simulate(by_setting, 5), simulate(by_playbook, 5)

    assert one.by_channel.tobytes() == other.by_channel.tobytes()
    assert one.of_store.tobytes() == other.of_store.tobytes()


def test_the_appeal_of_a_store_leaves_its_category_and_the_pace_of_members_alone() -> None:
    plain, better = (blueprint(scenario({**BASE, **one})) for one in ({}, {"operations.conversion.appeal": 2.0}))

    np.testing.assert_array_equal(better.sources[0].category, plain.sources[0].category)
    np.testing.assert_array_equal(better.sources[0].visits, plain.sources[0].visits)
    np.testing.assert_allclose(better.visits[0].odds, 2.0 * plain.visits[0].odds)


def test_a_price_set_by_a_playbook_leaves_what_visitors_expect_as_it_was() -> None:
    plan = blueprint(scenario({"changes": [{"from": "2027-01-11", "playbook": {"catalogue.skus.H.price": 80}}]}))
    goods = plan.goods[plan.regime(10, 0)]

    assert goods.price.tolist() == [8_000.0, 20_000.0]
    assert goods.reference.tolist() == [10_000.0, 20_000.0]


@pytest.mark.parametrize(
    "lever", [{"catalogue.skus.H.price": 500}, {"catalogue.skus.H.price": 50}, {"promotions.early.discount": 0.5}]
)
def test_a_deposit_is_followed_by_a_balance_at_its_price_whatever_prices_become(lever: dict[str, Any]) -> None:
    presale = {
        "kind": "presale", "skus": ["H"], "discount": 0.1, "from": "2027-01-05", "to": "2027-01-10",
        "balance": "2027-01-15", "balance_days": 2, "pays": 1.0,
    }  # fmt: skip
    nobody_else = {"from": "2027-01-12", "playbook": {"operations.conversion.appeal": 1e-9, **lever}}
    run = simulate(scenario({**BASE, "promotions.early": presale, "changes": [nobody_else], "catalogue.lines": 1}), 5)
    days = slice(14, 16)

    assert run.daily("deposits_paid")[days].sum() > 10.0
    assert run.daily("gmv")[days].sum() == 90.0 * run.daily("units")[days].sum()
    list_price = lever.get("catalogue.skus.H.price", 100)
    assert run.daily("discounts")[days].sum() == max(0, list_price - 90) * run.daily("units")[days].sum()


def test_an_item_that_gives_its_stage_more_room_comes_with_dates_too() -> None:
    change = {"from": "2027-01-11", "to": "2027-01-30", "playbook": {"catalogue.skus.H.popularity": 9}}
    plan = blueprint(scenario({"changes": [change], "catalogue.skus.1.from": "2027-01-21"}))

    shares = [plan.goods[plan.regime(day, 0)].share.tolist() for day in (0, 10, 20, 30)]

    assert shares == [[1.0, 0.0], [1.0, 0.0], [0.9, 0.1], [0.75, 0.25]]


def test_settings_of_carts_count_where_a_playbook_alone_opens_them() -> None:
    books = {"stages.growth.playbook": {"operations.carts.reach": 3}}

    one, other = (scenario({**books, "operations.carts": {"waits": waits}}) for waits in (0.2, 0.8))

    assert one.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("operations.conversion.base", "cannot set 'operations.conversion.base'"),
        ("operations.carts.waits", "cannot set 'operations.carts.waits'"),
        ("operations.returns.delay", "cannot set 'operations.returns.delay'"),
        ("operations.members.coupons", "cannot set 'operations.members.coupons'"),
        ("catalogue.skus.H.cost", "cannot set 'catalogue.skus.H.cost'"),
        ("catalogue.skus.H.from", "cannot set 'catalogue.skus.H.from'"),
        ("catalogue.skus.Q.price", "catalogue.skus has no item 'Q'"),
        ("catalogue.skus.2.price", "catalogue.skus has no item '2'"),
        ("catalogue.roles.star.odds", "cannot set 'catalogue.roles.star.odds'"),
        ("catalogue.roles.hero.odd", "there is no setting 'odd' in catalogue.roles.hero"),
    ],
)
def test_what_cannot_change_truly_is_refused(path: str, message: str) -> None:
    with pytest.raises(ValidationError, match=message.replace(".", r"\.")):
        scenario({"stages.growth.playbook": {path: 2}})
