"""Events on the right dates, prices, and who may take part (MODEL section 1, DOMAIN 5.4)."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pytest

from storesim.model.goods import read_goods
from storesim.model.promotions import Promotions, calendar_of, may_enter, read_promotions, running
from storesim.model.today import Offer, Standing
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario
from tests.model.small import morning, scenario

SALE = {
    "name": "Sale", "from": "2027-01-10", "to": "2027-01-12", "opens": 20, "market": 2.0, "traffic": 1.5,
    "conversion": 1.2, "discount": 0.3, "roles": ["hero"], "rival_bids": 1.4, "entry": {"good_reviews": 5},
}  # fmt: skip
NOBODY, FAMOUS = Standing(0, 0.0, 0.0, 0.5), Standing(400, 1_000.0, 0.99, 0.9)


def _promotions(standing: Standing, discount: float = 0.0) -> Promotions:
    plan = scenario({"events": [SALE]})
    goods = read_goods(plan.catalogue)
    made = Promotions((goods,) * 3, read_promotions(plan.events, plan.store.opened, goods), (discount,) * 3, standing)
    made.close(standing._replace(age=9))
    return made


@pytest.fixture(scope="module")
def jd(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    path = tmp_path_factory.mktemp("jd") / "jd.yaml"
    store = {
        "extends": "presets/jd_calendar.yaml", "store": {"name": "Test", "opened": "2026-01-01"},
        "horizon": 1_096, "market": {"searches_per_day": 1}, "channels": {"search": {"mechanism": "organic"}},
        "catalogue": {"skus": [{"sku": "A", "price": 1, "cost": 0}]},
    }  # fmt: skip
    path.write_text(json.dumps(store), encoding="utf-8")
    return read_scenario(path)


def _names_on(jd: Scenario, date: dt.date) -> list[str]:
    goods = read_goods(jd.catalogue)
    promotions = read_promotions(jd.events, jd.store.opened, goods)
    return [jd.events[i].name for i in running(promotions, (date - jd.store.opened).days, 23.0)]


@pytest.mark.parametrize("year", [2026, 2027, 2028])
def test_618_and_double_eleven_stand_on_their_days_of_every_year(jd: Scenario, year: int) -> None:
    assert _names_on(jd, dt.date(year, 6, 18)) == ["618 高潮"]
    assert _names_on(jd, dt.date(year, 5, 31)) == ["618 开门红"]
    assert _names_on(jd, dt.date(year, 11, 11)) == ["11.11 高潮"]
    assert _names_on(jd, dt.date(year, 10, 31)) == ["11.11 开门红"]
    assert _names_on(jd, dt.date(year, 3, 8)) == ["3.8"]
    assert _names_on(jd, dt.date(year, 12, 12)) == ["12.12"]
    assert _names_on(jd, dt.date(year, 6, 19)) == _names_on(jd, dt.date(year, 11, 12)) == []


# Lunar New Year by the Hong Kong Observatory's calendar.
@pytest.mark.parametrize("new_year", [dt.date(2026, 2, 17), dt.date(2027, 2, 6), dt.date(2028, 1, 26)])
def test_the_spring_festival_trough_lies_around_lunar_new_year(jd: Scenario, new_year: dt.date) -> None:
    eve, week_after = new_year - dt.timedelta(days=1), new_year + dt.timedelta(days=7)

    assert _names_on(jd, new_year) == _names_on(jd, eve) == ["春节"]
    assert _names_on(jd, week_after) == []
    assert next(event.market for event in jd.events if event.name == "春节") == 0.5


def test_618_opens_at_eight_in_the_evening(jd: Scenario) -> None:
    promotions = read_promotions(jd.events, jd.store.opened, read_goods(jd.catalogue))
    day = (dt.date(2027, 5, 31) - jd.store.opened).days

    assert running(promotions, day, 19.99) == ()
    assert len(running(promotions, day, 20.0)) == 1
    assert calendar_of(promotions, 1_096)[day] == ()
    assert len(calendar_of(promotions, 1_096)[day + 1]) == 1


def test_the_deepest_cut_holds_and_touches_only_the_roles_it_names() -> None:
    promotions, today = _promotions(FAMOUS, discount=0.10), morning(events=(0,), day=9)

    offer = promotions.open(today)

    # Hero 100 yuan less 30 %, the other 200 yuan less the daily 10 %; three visitors in four look at the hero.
    assert today.plan.price.tolist() == [7_000.0, 18_000.0]
    assert today.plan.list_price.tolist() == [10_000.0, 20_000.0]
    assert offer.log_price == pytest.approx(0.75 * np.log(0.7) + 0.25 * np.log(0.9), rel=1e-14)
    assert (offer.traffic, offer.conversion, offer.rival_bids) == (1.5, 1.2, 1.4)


def test_a_store_that_may_not_take_part_gets_the_rivals_bids_and_nothing_else() -> None:
    promotions, today = _promotions(NOBODY), morning(events=(0,), day=9)

    offer = promotions.open(today)

    assert promotions.taken == (False,)
    assert today.plan.price.tolist() == [10_000.0, 20_000.0]
    assert offer == Offer(traffic=1.0, conversion=1.0, rival_bids=1.4, log_price=0.0)


ENTRY = {"age": 30, "good_reviews": 10, "good_rate": 0.9, "score": 0.3, "orders_a_day": 1}


def test_every_entry_condition_must_be_met() -> None:
    event = scenario({"events": [{**SALE, "entry": ENTRY}]}).events[0]
    enough = Standing(age=30, good_reviews=10.0, good_rate=0.9, score=0.3, orders_a_day=1.0)

    assert may_enter(event.entry, enough)
    for short in ({"age": 29}, {"good_reviews": 9.0}, {"good_rate": 0.89}, {"score": 0.29}, {"orders_a_day": 0.9}):
        assert not may_enter(event.entry, enough._replace(**short))


def test_a_sale_sells_at_the_lower_price_from_its_hour_on() -> None:
    sale = {**SALE, "from": "2027-01-02", "to": "2027-01-02", "opens": 12, "entry": {}, "roles": []}
    plan = {"horizon": 3, "events": [sale], "channels": {"search": {"mechanism": "organic", "weight": 1}}}

    run = simulate(scenario(plan), 3)

    assert run.daily("discounts")[[0, 2]].tolist() == [0.0, 0.0]
    assert run.daily("discounts")[1] > 0.0
    # Half the day at full price: what was cut is less than 30 % of the day's list value.
    assert run.daily("discounts")[1] < 0.3 * (run.daily("gmv") + run.daily("discounts"))[1]
