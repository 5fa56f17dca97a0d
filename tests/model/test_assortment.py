"""The assortment: an item before its first day and after its last is in nobody's way (上架, 下架)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from storesim.model.assortment import mean_share, moving_days, on_sale, read_dates
from storesim.model.blueprint import blueprint
from storesim.model.goods import read_goods
from storesim.model.season import read_season
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.catalogue import Sku
from storesim.scenario.document import Scenario
from tests.model.small import SKUS, scenario
from tests.model.test_settings import LIVELY

UNITS, GMV, LOST, ORDERED, RECEIVED, CLOSING = range(6)
H, P = 0, 1
BUSY: dict[str, Any] = {"operations.conversion.base": 0.15, "catalogue.lines": 1.8}
"""Many orders of several lines."""

FROM, TO = {"catalogue.skus.1.from": "2027-01-21"}, {"catalogue.skus.1.to": "2027-02-09"}
"""P is on sale from day 20 on, and until day 39."""


def _sold(settings: dict[str, Any], days: int) -> list[list[float]]:
    """Of each item: units, GMV, lost, ordered, received and closing stock after so many days."""
    return simulate(scenario({**BUSY, **settings, "horizon": days}), 5).by_sku.tolist()


def _same(one: Run, other: Run, days: slice) -> bool:
    return one.by_channel[days].tobytes() == other.by_channel[days].tobytes()


def test_an_item_sells_from_its_first_day_to_its_last_and_on_no_other() -> None:
    before, within, at_end, after = (_sold({**FROM, **TO}, days) for days in (20, 30, 40, 60))

    assert before[P][UNITS] == before[P][LOST] == before[P][RECEIVED] == before[P][CLOSING] == 0.0
    assert 0.0 < within[P][UNITS] < at_end[P][UNITS] == after[P][UNITS]
    assert before[H][UNITS] < within[H][UNITS] < at_end[H][UNITS] < after[H][UNITS]


def test_what_is_left_of_an_item_that_is_taken_off_stays_on_the_shelf_and_is_not_reordered() -> None:
    at_end, after = (_sold({**TO, "catalogue.skus.1.stock": 900}, days) for days in (40, 60))

    assert after[P][ORDERED] == at_end[P][ORDERED]
    assert after[P][CLOSING] >= at_end[P][CLOSING] > 0.0


@pytest.mark.parametrize("policy", ["sQ", "sS", "RS", "base", "unlimited"])
def test_every_policy_stocks_an_item_within_its_dates_only(policy: str) -> None:
    """The audit of every run raises where pieces do not balance."""
    at_end, after = (_sold({**FROM, **TO, "operations.stock.policy": policy}, days) for days in (40, 60))

    assert at_end[P][UNITS] > 0.0
    assert after[P][UNITS] == at_end[P][UNITS]
    assert after[P][ORDERED] == at_end[P][ORDERED]


def test_visitors_land_on_what_is_on_sale_by_popularity() -> None:
    plan = blueprint(scenario({**FROM, "catalogue.skus.0.to": "2027-02-09"}))

    shares = [plan.goods[plan.regime(day, 0)].share.tolist() for day in (0, 19, 20, 39, 40, 59)]

    assert shares == [[1.0, 0.0], [1.0, 0.0], [0.75, 0.25], [0.75, 0.25], [0.0, 1.0], [0.0, 1.0]]


def test_days_before_an_item_is_put_on_sale_are_those_of_a_store_without_it() -> None:
    alone, later = (simulate(scenario({**BUSY, **one}), 5) for one in ({"catalogue.skus": [SKUS[0]]}, FROM))

    # 7 days of lead time before the first, the pieces are ordered.
    assert _same(alone, later, slice(0, 20))
    assert alone.of_store[:13].tobytes() == later.of_store[:13].tobytes()
    assert not _same(alone, later, slice(20, 60))


def test_an_item_taken_off_changes_no_day_before() -> None:
    always, ends = (simulate(scenario({**BUSY, "operations.stock.policy": "unlimited", **one}), 5) for one in ({}, TO))

    assert _same(always, ends, slice(0, 40))
    assert not _same(always, ends, slice(40, 60))


def test_dates_that_hold_all_the_run_change_nothing_and_an_item_without_keeps_its_fingerprint() -> None:
    plain = scenario(BUSY)
    dated = scenario({**BUSY, "catalogue.skus.1.from": "2026-06-01", "catalogue.skus.0.to": "2027-12-31"})

    one, other = simulate(plain, 5), simulate(dated, 5)

    assert _same(one, other, slice(None))
    assert one.of_store.tobytes() == other.of_store.tobytes()
    assert one.by_sku.tobytes() == other.by_sku.tobytes()
    assert plain.with_({"catalogue.skus.1.from": None}).fingerprint == plain.fingerprint != dated.fingerprint


def test_the_pieces_an_item_says_are_ordered_a_lead_time_before_and_there_on_its_first_day() -> None:
    run = simulate(scenario({**BUSY, **FROM, "catalogue.skus.1.stock": 500, "catalogue.skus.0.stock": 9_000}), 5)

    ordered, received = run.daily("purchased_units"), run.daily("received_units")

    assert np.flatnonzero(ordered[:20]).tolist() == [13]
    assert np.flatnonzero(received[:21]).tolist() == [20]
    assert ordered[13] == received[20] == 500.0


def test_an_item_that_says_nothing_is_ordered_by_its_share_of_what_is_asked_for() -> None:
    made = scenario({**BUSY, **FROM, "catalogue.skus.0.stock": 9_000, "operations.stock.opening": 10})
    run = simulate(made, 5)
    asked = run.daily("units")[:13]

    # The planner's five a day at first, remembered over 28 days; a quarter of it for ten days.
    rate = 5.0
    for units in asked:
        rate += (units - rate) / 28.0

    assert run.daily("received_units")[20] == np.ceil(rate * 0.25 * 10.0)


def test_an_order_is_not_made_that_would_come_after_the_last_day() -> None:
    dates = read_dates(scenario({**TO, "catalogue.skus.1.lead_time": 5}))
    late, ends = (_sold({**TO, "operations.stock.policy": "base"}, days) for days in (34, 60))

    assert dates.ordered_until.tolist() == [np.inf, 34.0]
    assert ends[P][ORDERED] == late[P][ORDERED] > 0.0


def test_a_seasonal_buy_is_spread_over_the_days_on_which_items_are_on_sale() -> None:
    season = {"from": "2027-01-01", "to": "2027-02-09", "units": 400}
    made = scenario({"operations.stock": {"policy": "seasonal", "season": season}, **FROM})

    found = read_season(made, read_goods(made.catalogue, on_sale(made.catalogue.skus, made.store.opened)))

    # H alone for 20 days, then three to one for 20: 200 + 150 and 50.
    assert found is not None
    assert found.opening.tolist() == [350, 50]
    assert (found.sold_for(0, 30).tolist(), found.sells_for(30).tolist()) == ([30.0, 10.0], [10, 10])
    assert simulate(made, 5).by_sku[P, UNITS] > 0.0
    assert mean_share(scenario().catalogue.skus, made.store.opened, 0, 39) is None


PROMOTED = {
    "pair": {"kind": "bundle", "skus": ["H", "P"], "price": 250, "takes": 0.5},
    "present": {"kind": "gift", "skus": ["H"], "gift": "P"},
}


def test_bundles_gifts_and_cross_sales_that_need_an_item_happen_within_its_dates_only() -> None:
    settings = {
        **BUSY, **FROM, **TO, "promotions": PROMOTED, "operations.stock.policy": "unlimited",
        "catalogue.cross_sales": [{"of": ["H"], "sells": ["P"], "chance": 1.0}],
    }  # fmt: skip
    run = simulate(scenario(settings), 5)

    for count in ("bundles", "gift_units", "cross_sold_units"):
        happened = run.daily(count)
        assert happened[:20].sum() == happened[40:].sum() == 0.0, count
        assert happened[20:40].sum() > 0.0, count


def test_affiliates_and_slots_of_items_that_are_not_on_sale_bring_nobody_and_cost_nothing() -> None:
    slots = {
        "mechanism": "slots", "roles": ["profit"], "fee": 50, "entry": {}, "sign_up": 1, "rest": 1, "most": 9,
        "dates": [
            {"from": date, "to": date, "visitors": 60, "pieces": 5}
            for date in ("2027-01-10", "2027-01-25", "2027-02-20")
        ],
    }  # fmt: skip
    affiliate = {"mechanism": "pay_per_sale", "visitors": 30, "roles": ["profit"]}
    run = simulate(scenario({**FROM, **TO, "channels.flash": slots, "channels.affiliate": affiliate}), 5)

    assert np.flatnonzero(run.daily("uv", "flash")).tolist() == [24]
    assert run.daily("ad_spend", "flash")[[9, 50]].tolist() == [0.0, 0.0]
    sent = run.daily("uv", "affiliate")
    assert sent[:20].sum() == sent[40:].sum() == 0.0
    assert sent[20:40].min() > 0.0


def test_the_hero_that_is_not_on_sale_is_not_out_of_stock() -> None:
    """Where no hero is on sale the rank is not marked down, as in a store that has none."""
    plan = blueprint(scenario({"catalogue.skus.0.to": "2027-01-20"}))

    assert plan.goods[plan.regime(0, 0)].hero.tolist() == [1.0, 0.0]
    assert plan.goods[plan.regime(20, 0)].hero.tolist() == [0.0, 0.0]


def test_who_comes_back_for_an_item_taken_off_turns_to_another_or_is_a_piece_lost() -> None:
    patient = {"operations.conversion": {"base": 0.3, "later": 1.0}, "catalogue.substitution": 0.0, **TO}
    at_end, after = (_sold({**patient, "operations.stock.policy": "unlimited"}, days) for days in (40, 60))

    assert after[P][UNITS] == at_end[P][UNITS]
    assert after[P][LOST] > at_end[P][LOST]


def test_a_deposit_on_an_item_that_is_taken_off_before_its_balance_lapses() -> None:
    presale = {
        "kind": "presale", "skus": ["P"], "discount": 0.1, "from": "2027-01-20", "to": "2027-02-05",
        "balance": "2027-02-12", "balance_days": 2, "pays": 1.0,
    }  # fmt: skip
    settings = {**BUSY, **TO, "promotions.early": presale, "catalogue.lines": 1.0}
    run = simulate(scenario(settings), 5)

    assert run.daily("deposits").sum() > 0.0
    assert run.daily("deposits_lapsed")[42:44].sum() == run.daily("deposits").sum()
    assert _sold(settings, 60)[P][UNITS] == _sold(settings, 40)[P][UNITS]


def test_a_store_with_every_mechanism_balances_while_items_come_and_go() -> None:
    """The audit of every run raises where visitors, orders, stock or money do not balance."""
    last = len(scenario(LIVELY).catalogue.skus) - 1
    dates = {f"catalogue.skus.{last}.from": "2027-01-18", f"catalogue.skus.{last}.to": "2027-02-20"}
    plain, dated = (simulate(scenario({**LIVELY, **one, "horizon": 80}), 5) for one in ({}, dates))

    assert dated.by_sku[last, UNITS] < plain.by_sku[last, UNITS]


def _codes(made: Scenario) -> list[str]:
    return [sku.sku for sku in made.catalogue.skus if sku.is_on_sale(made.store.opened)]


def test_dates_are_read_and_days_without_a_change_have_none() -> None:
    made = scenario({**FROM, "catalogue.skus.0.to": "2027-02-09"})

    assert moving_days(made.catalogue.skus, made.store.opened, made.n_days) == {20, 40}
    assert moving_days(made.catalogue.skus, made.store.opened, 20) == set()
    assert _codes(made) == ["H"]


@pytest.mark.parametrize("ends", ["2027-01-19", "2026-12-31"])
def test_a_day_on_which_nothing_is_on_sale_is_refused(ends: str) -> None:
    with pytest.raises(ValidationError, match="nothing is on sale on 2027-01-"):
        scenario({**FROM, "catalogue.skus.0.to": ends})


def test_regimes_are_drawn_once_for_each_assortment_and_share_what_is_alike() -> None:
    plan = blueprint(scenario({**FROM, **TO}))

    assert [day for day, _ in plan.turns] == [0, 20, 40]
    assert len(plan.goods) == 6
    assert plan.goods[0] is plan.goods[1] is plan.goods[2]
    assert plan.visits[0] is plan.visits[3]
    assert plan.turns[0][1] == plan.turns[2][1]


def test_many_dates_cost_no_more_comparisons_of_items_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with each, hundreds of items that come and go would take minutes before the first day."""
    days = [scenario().store.opened + dt.timedelta(days=day) for day in range(1, 41)]
    weekly = [{"sku": f"W{day}", "price": 50, "cost": 20, "from": str(day)} for day in days]
    made = scenario({"catalogue.skus": [*SKUS, *weekly], "stages.growth.playbook": {"catalogue.discount": 0.1}})
    compared = 0

    def counted(one: Sku, other: Sku) -> bool:
        nonlocal compared
        compared += 1
        return one.sku == other.sku

    monkeypatch.setattr(Sku, "__eq__", counted)

    assert len(set(map(id, blueprint(made).goods))) == 41
    assert compared <= 10 * len(made.catalogue.skus)


def test_a_slot_that_names_an_item_is_held_while_the_item_is_on_sale() -> None:
    slots = {
        "mechanism": "slots", "fee": 50, "entry": {}, "sign_up": 5, "rest": 1, "most": 9,
        "dates": [
            {"from": date, "to": date, "visitors": 900, "pieces": 900, "skus": ["P"]}
            for date in ("2027-01-10", "2027-01-23", "2027-02-20")
        ],
    }  # fmt: skip
    run = simulate(scenario({**FROM, **TO, "channels.flash": slots, "catalogue.lines": 1}), 5)

    # Signed up for on the 18th, three days before the item is put on sale.
    assert np.flatnonzero(run.daily("uv", "flash")).tolist() == [22]
    assert np.flatnonzero(run.daily("slot_units")).tolist() == [22]
    assert run.total("ad_spend", "flash") >= 50.0
