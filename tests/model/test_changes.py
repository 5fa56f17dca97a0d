"""Levers that change on a date: nothing before it, the new setting from it on, the old one after it is over."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.vary import highest, varied
from tests.model.small import scenario

BUDGET = "channels.express.daily_budget"
POOR = {BUDGET: 20.0, "horizon": 60}
"""A budget that is spent before noon, so that every yuan more shows."""


def _with(changes: list[dict[str, object]]) -> Scenario:
    return scenario({**POOR, "changes": changes})


def _same(one: Run, other: Run, days: slice) -> bool:
    return one.by_channel[days].tobytes() == other.by_channel[days].tobytes()


def test_a_budget_raised_on_a_date_changes_no_day_before_and_is_spent_from_that_day_to_its_last() -> None:
    plain, raised = (
        simulate(one, 5)
        for one in (scenario(POOR), _with([{"from": "2027-01-19", "to": "2027-02-03", "playbook": {BUDGET: "¥60"}}]))
    )
    spent = raised.daily("ad_spend", "express")

    assert raised.start.isoformat() == "2027-01-01"
    assert _same(plain, raised, slice(0, 18))
    assert np.all(spent[:18] <= 20.0)
    assert np.all(spent[18:34] > 20.0)
    assert np.all(spent[18:34] <= 60.0)
    assert np.all(spent[34:] <= 20.0)


def test_a_lever_set_to_what_it_was_changes_nothing() -> None:
    plain, again = (
        simulate(one, 5) for one in (scenario(POOR), _with([{"from": "2027-01-20", "playbook": {BUDGET: 20}}]))
    )

    assert _same(plain, again, slice(None))
    assert plain.of_store.tobytes() == again.of_store.tobytes()


def test_a_change_of_one_stage_leaves_the_others_alone() -> None:
    growing = {"stages.growth": {"gate": {"on": "2027-02-01"}, "playbook": {BUDGET: 30}}}
    change = {"from": "2027-01-10", "stage": "growth", "playbook": {BUDGET: 60}}
    run = simulate(scenario({**POOR, **growing, "changes": [change]}), 5)
    spent = run.daily("ad_spend", "express")

    assert np.all(spent[:31] <= 20.0)
    assert np.all(spent[31:] > 30.0)
    assert set(run.daily("stage").tolist()) == {0.0, 1.0}


def test_of_two_changes_the_last_counts_and_a_playbook_s_other_levers_stay() -> None:
    changes = [
        {"from": "2027-01-10", "playbook": {BUDGET: 60, "catalogue.discount": "9折"}},
        {"from": "2027-01-20", "to": "2027-01-29", "playbook": {BUDGET: 40}},
    ]
    run = simulate(_with(changes), 5)
    spent, cut = run.daily("ad_spend", "express"), run.daily("discounts")

    assert np.all((spent[9:19] > 40.0) & (spent[9:19] <= 60.0))
    assert np.all((spent[19:29] > 20.0) & (spent[19:29] <= 40.0))
    assert np.all(spent[29:] > 40.0)
    assert cut[:9].sum() == 0.0
    assert cut[9:].sum() == pytest.approx(run.daily("gmv")[9:].sum() / 9.0)


def test_staff_stock_and_dispatch_may_change_on_a_date_and_everything_still_balances() -> None:
    """The audit of every run raises where visitors, orders, stock or money do not balance."""
    levers = {
        "operations.service.agents": 3,
        "operations.stock.policy": "unlimited",
        "operations.dispatch.waves": ["9:00", "20:00"],
    }
    run = simulate(
        _with(
            [{"from": "2027-01-06", "to": "2027-01-20", "playbook": levers}, {"from": "2027-02-01", "playbook": levers}]
        ),
        5,
    )

    wages = run.daily("wages")
    assert wages[6] > wages[2]
    assert wages[25] == wages[2]
    assert wages[40] == wages[6]


def test_a_sweep_moves_what_is_set_from_a_date_on_too() -> None:
    store = _with([{"from": "2027-01-10", "playbook": {BUDGET: 60}}])

    found = store.with_(varied(store, {BUDGET: (20.0, 90.0)}))

    assert highest(store, BUDGET, 20.0) == 60.0
    assert found.channels["express"].daily_budget == pytest.approx(30.0)  # type: ignore[union-attr]  # pay per click
    assert dict(found.changes[0].playbook) == {BUDGET: 90.0}


def test_a_scenario_without_changes_keeps_its_fingerprint_and_one_with_them_has_another() -> None:
    plain = scenario(POOR)

    assert plain.with_({"changes": []}).fingerprint == plain.fingerprint
    assert _with([{"from": "2027-01-10", "playbook": {BUDGET: 60}}]).fingerprint != plain.fingerprint
    assert (
        _with([{"from": "2027-01-10", "playbook": {BUDGET: "¥60"}}]).fingerprint
        == _with([{"from": "2027-01-10", "playbook": {BUDGET: 60}}]).fingerprint
    )
