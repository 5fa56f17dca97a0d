"""Waves, late parcels, returns, members (MODEL sections 8 and 9)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine.day import JOIN, WAVE_CAPACITY
from storesim.model.fulfilment import Fulfilment, filling_wave, read_dispatch
from storesim.model.members import OF_MEMBERS, Crowd, Pool
from storesim.runs.one import simulate
from storesim.scenario.members import Members as MembersSpec
from tests.model.small import morning, scenario

FREE = {"mechanism": "organic", "weight": 1, "popularity": 0}
BUSY = {"channels": {"search": FREE}, "operations.conversion.base": 0.3, "operations.stock.policy": "unlimited"}


def test_a_new_timetable_goes_on_with_the_first_wave_that_leaves_no_earlier() -> None:
    old, new = np.array([11.0, 16.0]), np.array([9.0, 12.0, 18.0])

    # Day 4: wave 8 leaves at 11, wave 9 at 16. Under the new timetable day 4 has waves 12, 13 and 14.
    assert filling_wave(8.0, old, new) == 13.0
    assert filling_wave(9.0, old, new) == 14.0
    assert filling_wave(9.0, old, np.array([10.0])) == 5.0  # tomorrow's only wave


def test_waves_leave_in_order_of_time_however_they_are_written() -> None:
    plan = scenario({"operations.dispatch": {"waves": ["16:00", "11:00"], "capacity": 7}})
    dispatch, today = Fulfilment((read_dispatch(plan),) * 3), morning()

    dispatch.open(today)

    assert today.plan.waves.tolist() == [11.0, 16.0]
    assert today.plan.scalars[WAVE_CAPACITY] == 7.0


def test_no_wave_takes_more_than_its_capacity_and_what_waits_too_long_is_late_and_costs() -> None:
    roomy = simulate(scenario({**BUSY, "operations.dispatch": {"capacity": 500}}), 4)
    tight = simulate(scenario({**BUSY, "operations.dispatch": {"capacity": 60, "penalty": 0.3, "penalty_cap": 20}}), 4)

    assert tight.daily("dispatched").max() == 120.0
    assert roomy.total("late") == 0.0
    assert tight.total("late") > 500.0
    # 30 % of an order is more than 20 yuan, the cap, unless it is of hardly anything: no price is below 100 yuan.
    assert tight.total("penalties") == 20.0 * tight.total("late")


def test_orders_paid_before_the_only_wave_leave_the_same_day() -> None:
    # Visits only before noon: every order has been paid by the wave at 23:00.
    morning_only = {
        "market.hours": [1] * 12 + [0] * 12,
        "operations.dispatch": {"waves": ["23:00"], "capacity": 100_000},
    }
    run = simulate(scenario({**BUSY, **morning_only}), 4)

    assert run.daily("dispatched").tolist() == run.daily("orders").tolist()
    assert run.total("orders") > 10_000


def test_returned_orders_are_refunded_and_their_pieces_come_back_or_are_written_off() -> None:
    plan = {**BUSY, "operations.returns": {"rate": 1.0, "delay": 0.001, "restock": 0.0}}
    run = simulate(scenario({**plan, "operations.dispatch": {"delivery": 0.01}, "horizon": 20}), 4)

    # Everything delivered within the first days is refunded: at most what was sold in the last days is open.
    assert run.total("refunds") > 0.8 * run.total("gmv")
    assert run.total("returned_units") == pytest.approx(run.total("units"), rel=0.2)
    # A write-off stays a cost: with an endless supplier goods cost is what was bought, nothing taken back.
    assert run.total("goods_cost") == run.total("purchases")


def test_members_lapse_by_their_share_and_newcomers_join_whole() -> None:
    pool, today = Pool(MembersSpec(churn=0.1), (0.7, 0.7, 0.7)), morning()

    pool.open(today)
    for joined in (50.0, 10.0):
        account = pool.close(Crowd(0, 100.0, joined, 0.0, 0.0))

    assert today.plan.scalars[JOIN] == 0.7
    assert pool.count == 50.0 * 0.9 + 10.0
    assert account.counts[OF_MEMBERS.index("members_left")] == pytest.approx(5.0)


CARRIERS = [
    {"name": "slow", "price": 5, "delivery": 4, "delivery_sd": 0, "share": 3},
    {"name": "fast", "price": 12.5, "delivery": 1, "delivery_sd": 0},
]


def test_each_carrier_takes_its_share_at_its_price() -> None:
    run = simulate(scenario({**BUSY, "operations.dispatch": {"carriers": CARRIERS}}), 4)

    sent = run.total("dispatched")
    fast = (run.total("parcels") - 5 * sent) / 7.5
    # A quarter of the parcels, within four standard errors of a binomial number.
    assert fast == pytest.approx(round(fast), abs=1e-6)
    assert abs(fast - 0.25 * sent) < 4 * np.sqrt(sent * 0.25 * 0.75)


def test_one_carrier_with_the_usual_days_and_price_changes_nothing() -> None:
    one = {"name": "only", "price": 8, "delivery": 2, "delivery_sd": 0.35}

    plain = simulate(scenario(BUSY), 4)
    carried = simulate(scenario({**BUSY, "operations.dispatch": {"carriers": [one]}}), 4)

    assert plain.of_store.tobytes() == carried.of_store.tobytes()


def test_within_some_days_the_cheapest_that_is_fast_enough_takes_all() -> None:
    def price(within: float) -> float:
        run = simulate(scenario({**BUSY, "operations.dispatch": {"carriers": CARRIERS, "within": within}}), 4)
        return float(run.total("parcels") / run.total("dispatched"))

    assert (price(2), price(5)) == (12.5, 5.0)


def test_a_later_stage_may_send_with_other_carriers() -> None:
    stages = {
        "growth": {
            "gate": {"on": "2027-01-11"}, "playbook": {"operations.dispatch.carriers": CARRIERS[:1]},
        },
    }  # fmt: skip
    run = simulate(scenario({**BUSY, "stages": stages, "horizon": 30}), 4)

    price = run.daily("parcels") / run.daily("dispatched")
    assert price[1] == 8.0
    assert price[20:] == pytest.approx(5.0)


def test_orders_sent_within_the_promise_are_counted_and_never_late() -> None:
    plan = {**BUSY, "operations.dispatch": {"waves": ["9:00"], "capacity": 20, "promise": 12, "limit": 12}}

    run = simulate(scenario(plan), 4)

    assert run.total("on_promise") > 0
    assert run.total("late") > 0
    np.testing.assert_array_equal(run.daily("on_promise") + run.daily("late"), run.daily("dispatched"))
