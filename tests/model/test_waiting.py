"""Orders that wait for dispatch: carriers' holidays, and buyers who call off on a later day (MODEL section 8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.errors import ConservationError
from storesim.model.blueprint import blueprint
from storesim.model.fulfilment import hazard
from storesim.model.holidays import days_off, promised_later
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario, store

BUSY: Mapping[str, Any] = {
    "operations.conversion.base": 0.2,
    "operations.stock": {"policy": "unlimited"},
    "horizon": 40,
}
FEAST = {"operations.dispatch.holidays": [{"from": "2027-01-11", "to": "2027-01-15"}]}
CLOSED = slice(10, 15)
TIGHT = {"operations.dispatch": {"capacity": 1, "waves": [20]}}
"""A warehouse that takes one order a day, so that buyers wait for weeks."""


def lived(*changes: Mapping[str, Any]) -> Run:
    return simulate(scenario({name: value for each in (BUSY, *changes) for name, value in each.items()}), 3)


def test_nothing_leaves_and_nothing_arrives_while_carriers_rest() -> None:
    run = lived(FEAST)

    assert (run.daily("dispatched")[CLOSED] == 0).all()
    assert (run.daily("delivered")[CLOSED] == 0).all()
    assert (run.daily("orders")[CLOSED] > 0).all()
    assert run.daily("dispatched")[15] >= run.daily("orders")[11:15].sum()


def test_before_the_holidays_nothing_changes() -> None:
    plain, feast = lived(), lived(FEAST)

    np.testing.assert_array_equal(feast.daily("gmv")[:10], plain.daily("gmv")[:10])
    np.testing.assert_array_equal(feast.daily("delivered")[:10], plain.daily("delivered")[:10])
    assert feast.daily("delivered")[15:].sum() > plain.daily("delivered")[15:].sum()


def test_a_parcel_on_the_way_arrives_later_by_the_days_it_rested() -> None:
    steady = {
        "operations.dispatch.delivery": 3,
        "operations.dispatch.delivery_sd": 0,
        "operations.dispatch.waves": [10],
    }
    plain, feast = lived(steady), lived(steady, FEAST)

    # What left on days 8 and 9 was to come on days 11 and 12, and comes 5 days later.
    np.testing.assert_array_equal(plain.daily("dispatched")[7:10], feast.daily("dispatched")[7:10])
    np.testing.assert_array_equal(feast.daily("delivered")[16:18], plain.daily("dispatched")[8:10])
    assert feast.daily("delivered")[15] == plain.daily("dispatched")[7]


def test_buyers_mind_the_wait_and_the_platform_excuses_it() -> None:
    plain, feast = lived(), lived(FEAST)
    strict = lived(FEAST, {"operations.dispatch.excused": False})

    assert feast.total("dispatch_wait") > 2 * plain.total("dispatch_wait")
    assert feast.total("late") == plain.total("late") == 0
    assert strict.total("late") > 100
    assert strict.total("penalties") > feast.total("penalties") == 0
    assert feast.total("stars") / feast.total("reviews") < plain.total("stars") / plain.total("reviews")


def test_the_days_until_carriers_work_again_count_down() -> None:
    two = [{"from": "2027-01-03", "to": "2027-01-04"}, {"from": "2027-01-05", "to": "2027-01-05"}]
    off = days_off(scenario({"operations.dispatch.holidays": two, "horizon": 9}))

    assert off[:9].tolist() == [0, 0, 3, 2, 1, 0, 0, 0, 0]
    # Two days of work from day 1 on: day 1, and day 5 after three days off.
    assert promised_later(off, 6, 2.0).tolist() == [0, 3, 3, 2, 1, 0]


def test_a_later_promise_keeps_visitors_from_buying_only_where_they_mind() -> None:
    def odds(effect: float, day: int) -> float:
        settings = {**BUSY, **FEAST, "operations.conversion.promise_effect": effect}
        visits = blueprint(scenario(settings)).visits[0]
        return float(visits.hesitant[day])

    assert odds(0.0, 12) == 1.0
    assert odds(0.1, 0) == 1.0
    # On the third of five days off the promise is later by the three that are left.
    assert odds(0.1, 12) == pytest.approx(np.exp(-0.3))


def test_where_jd_carries_couriers_work_through() -> None:
    plain, feast = lived({"store.mode": "FBP"}), lived({"store.mode": "FBP"}, FEAST)

    assert plain.of_store.tobytes() == feast.of_store.tobytes()


def test_without_holidays_and_calls_off_the_name_is_that_of_before() -> None:
    plain = scenario()

    assert scenario({"operations.dispatch.excused": False}).fingerprint == plain.fingerprint
    assert scenario({"operations.dispatch.holidays": []}).fingerprint == plain.fingerprint
    assert scenario({"operations.cancellations.while_waiting": 0}).fingerprint == plain.fingerprint
    waiting = {"operations.cancellations.while_waiting": 0.1}
    idle = {**waiting, "operations.cancellations.delay": 9}
    assert scenario(idle).fingerprint == scenario(waiting).fingerprint != plain.fingerprint


def test_orders_that_wait_are_called_off_at_the_share_of_each_day() -> None:
    run = lived(TIGHT, {"operations.cancellations.while_waiting": 0.2})

    # Of those that wait in the morning of day 25, paid at whatever hour before, a fifth is called off that day.
    gone, orders = run.daily("called_off"), run.daily("orders")
    waits = (orders - run.daily("dispatched") - gone).cumsum()
    expected = 0.2 * waits[19:39].sum()
    assert gone[0] == 0
    assert gone[20:40].sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))


@pytest.mark.parametrize("share", [0.2, 1.0])
def test_orders_called_off_leave_their_place_in_the_wave_to_others(share: float) -> None:
    five = {"operations.dispatch": {"capacity": 5, "waves": [20]}, "operations.cancellations.while_waiting": share}
    run = lived(five)

    # After the first days some twenty orders a day come, most of them before the wave leaves at 20.
    assert run.total("called_off") > 200
    assert (run.daily("dispatched")[10:] == 5.0).all()


def test_an_order_called_off_is_gmv_refunded_and_gives_its_pieces_back() -> None:
    plain, some = lived(TIGHT), lived(TIGHT, {"operations.cancellations.while_waiting": 0.3})

    gone = some.total("called_off_gmv")
    assert gone > 0
    assert plain.total("called_off_gmv") == 0
    np.testing.assert_array_equal(some.daily("gmv")[:2], plain.daily("gmv")[:2])
    assert some.total("refunds") >= gone
    assert some.total("goods_cost") < plain.total("goods_cost")
    assert some.total("dispatched") <= plain.total("dispatched")


def test_what_jd_still_holds_is_given_back_without_passing_the_till() -> None:
    never = {"operations.dispatch.holidays": [{"from": "2027-01-01", "to": "2027-03-01"}], "operations.returns.rate": 0}
    run = lived(never, {"operations.cancellations.while_waiting": 1.0})

    # Whoever bought calls it off soon after midnight: no parcel leaves, nothing is refunded out of the till.
    assert run.total("dispatched") == 0
    assert run.total("refunds") == pytest.approx(run.total("gmv"), rel=0.1)
    costs = ("wages", "overheads", "parcels", "purchases", "hiring", "storage", "interest")
    paid = sum(run.total(name) for name in costs) + run.total("ad_spend")
    deposit = scenario().operations.money.deposit
    assert run.total("cash_out") == pytest.approx(paid + deposit, abs=0.01)


def test_a_whole_share_gives_up_at_once_and_no_share_never() -> None:
    assert hazard(0.0) == 0.0
    assert 1.0 - np.exp(-24.0 * hazard(0.25)) == pytest.approx(0.25)
    assert 1.0 / hazard(1.0) < 0.2


def test_an_order_that_is_neither_sent_nor_called_off_stops_the_run() -> None:
    broken = store({**BUSY, **TIGHT, "operations.cancellations.while_waiting": 0.5})
    play = broken.kernel.play

    def forgetful(start: float, end: float, arrivals: d.Arrivals) -> None:
        play(start, end, arrivals)
        broken.kernel.due.days[:, d.DUE_CALLED_OFF] = 0.0

    broken.kernel.play = forgetful  # type: ignore[method-assign]  # a kernel that loses what is called off

    with pytest.raises(ConservationError, match="called off, or dispatched and delivered"):
        broken.live()


def test_holidays_that_a_stage_brings_hold_from_then_on() -> None:
    growth = {"stages.growth": {"gate": {"on": "2027-01-08"}, "playbook": FEAST}}
    run, plain = lived(growth), lived()

    assert run.daily("dispatched")[9] == plain.daily("dispatched")[9] > 0
    assert (run.daily("dispatched")[CLOSED] == 0).all()
    assert dt.date(2027, 1, 1) + dt.timedelta(days=CLOSED.start) == dt.date(2027, 1, 11)


@pytest.mark.parametrize("capacity", [500, 9])
def test_holidays_that_end_early_let_parcels_leave_at_once(capacity: int) -> None:
    feast = {**FEAST, "operations.dispatch.capacity": capacity}
    early = {"changes": [{"from": "2027-01-13", "playbook": {"operations.dispatch.holidays": []}}]}
    run, long = lived(feast, early), lived(feast)

    sent, later = run.daily("dispatched"), long.daily("dispatched")
    np.testing.assert_array_equal(sent[:12], later[:12])
    assert (sent[12:15] > 10).all()
    assert (sent <= 2 * capacity).all()
    # What was ordered in the first two days off has its day already.
    assert sent[15] >= min(2 * capacity, run.daily("orders")[10:12].sum() - 10)
    assert run.total("dispatch_wait") < long.total("dispatch_wait")


def test_holidays_that_come_over_a_queue_hold_for_all_who_order_later() -> None:
    slow = {"operations.dispatch.capacity": 4, "operations.dispatch.waves": [20]}
    stage = {"stages.growth": {"gate": {"on": "2027-01-08"}, "playbook": FEAST}}
    run, plain = lived(slow, stage), lived(slow)

    waiting = plain.daily("orders")[:7].sum() - plain.daily("dispatched")[:7].sum()
    assert waiting > 3 * 4  # more than leave before the holidays
    np.testing.assert_array_equal(run.daily("dispatched")[:10], plain.daily("dispatched")[:10])
    assert run.daily("dispatched")[CLOSED].sum() == waiting - 3 * 4
    assert (run.daily("dispatched")[15:] == 4).all()
