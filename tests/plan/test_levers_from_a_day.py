"""Levers that begin on a day: nothing changes before it, and a plan made again asks them for what the rest lacks."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from storesim.cli.main import main
from storesim.errors import UsageError
from storesim.forecast.predict import predict
from storesim.plan.advise import advise
from storesim.plan.as_it_is import as_it_is
from storesim.plan.goals import Goals, Pull, Pulled
from storesim.plan.levers import Lever, changes, levers_of, pulled
from storesim.plan.replan import Replan, replan
from storesim.results.ensemble import Ensemble
from storesim.results.history import History
from storesim.runs.many import replicate
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"
BUDGET = Lever("channels.express.daily_budget", "times", (1.4, 2.2), ("ad_spend",))
SINCE = dt.date(2027, 3, 21)
"""Day 20 of the small store."""


@pytest.fixture(scope="module")
def again(scenario: Scenario, ensemble: Ensemble) -> Replan:
    """The first twenty days sold half of what the first run did."""
    run = ensemble.run(0)
    columns = {name: np.floor(run.daily(name)[:20] * 0.5) for name in ("uv", "buyers", "gmv")}
    history = History(start=ensemble.start, columns=columns, name="mine.csv")
    return replan(predict(ensemble), scenario.targets, history)


def test_a_lever_from_a_day_on_is_a_dated_change_of_every_stage_at_its_own_value() -> None:
    store = read_scenario(SCENARIOS / "elena_mileva.yaml")

    found = changes(store, {BUDGET: 1.5}, dt.date(2027, 9, 1))

    path = BUDGET.path
    assert found == {
        "changes+": [
            {"from": "2027-09-01", "stage": stage, "playbook": {path: value}}
            for stage, value in (("launch", 600.0), ("growth", 2250.0), ("stable", 1950.0))
        ]
    }
    assert pulled(store, {BUDGET: 1.5}, dt.date(2027, 9, 1)).channels["express"] == store.channels["express"]


def test_what_is_planned_to_change_later_is_changed_from_what_it_would_then_be(scenario: Scenario) -> None:
    planned = {"from": "2027-03-25", "to": "2027-03-28", "playbook": {BUDGET.path: 500}}
    store = scenario.with_({"changes": [planned]})

    found = changes(store, {BUDGET: 2.0}, SINCE)["changes+"]

    assert found == [
        {"from": "2027-03-21", "to": "2027-03-24", "playbook": {BUDGET.path: 400.0}},
        {"from": "2027-03-25", "to": "2027-03-28", "playbook": {BUDGET.path: 1000.0}},
        {"from": "2027-03-29", "playbook": {BUDGET.path: 400.0}},
    ]
    assert changes(store, {BUDGET: 2.0}) == {BUDGET.path: 400.0, f"changes.0.playbook.{BUDGET.path}": 1000.0}


def test_a_lever_of_a_change_that_is_dated_is_shown_with_its_days() -> None:
    when = {"changes.0": ("growth", "2027-03-25", "2027-03-28")}
    mix = {f"changes.0.playbook.{BUDGET.path}": 1000.0, f"stages.launch.playbook.{BUDGET.path}": 300.0}

    pulls = Pulled((), mix, 0.0, {}, 0.0, 0.0, 1, 0.5, 0.5, (), (), dated=when).lines

    assert pulls == (
        Pull(BUDGET.path, 1000.0, "growth", "2027-03-25", "2027-03-28"), Pull(BUDGET.path, 300.0, "launch"),
    )  # fmt: skip


def test_no_day_before_is_changed(scenario: Scenario) -> None:
    discount = Lever("catalogue.discount", "plus", (0.08,), ("discounts",))

    base, later = simulate(scenario, 1), simulate(pulled(scenario, {BUDGET: 2.2, discount: 0.08}, SINCE), 1)

    assert base.by_channel[:20].tobytes() == later.by_channel[:20].tobytes()
    assert base.daily("discounts")[20:].sum() < later.daily("discounts")[20:].sum()


def test_a_sale_that_runs_already_and_a_slot_whose_sign_up_is_over_are_no_levers() -> None:
    store = read_scenario(SCENARIOS / "elena_mileva.yaml")
    rest = (dt.date(2027, 1, 1), dt.date(2027, 12, 31))
    begun = next(event for event in store.events if event.name == "618 高潮" and event.first.year == 2027)

    before, running = (
        [lever.about for lever in levers_of(store, rest, since)]
        for since in (begun.first, begun.first + dt.timedelta(days=1))
    )

    assert "618 高潮" in before
    assert "618 高潮" not in running
    dates = [{"from": f"2027-{month:02d}-05", "to": f"2027-{month:02d}-06", "visitors": 500, "pieces": 20}
             for month in (2, 12)]  # fmt: skip
    slots = {"mechanism": "slots", "dates": dates, "most": 3, "roles": [], "rest": "3d", "sign_up": "20d"}
    known = read_scenario(SCENARIOS / "small_store.yaml").with_(
        {"store.opened": "2027-01-01", "horizon": "365d", "targets": {}, "events": [], "channels.seckill": slots}
    )
    (lever,) = (one for one in levers_of(known, rest, dt.date(2027, 11, 1)) if one.path == "channels.seckill.dates")
    assert all(slot.first >= dt.date(2027, 11, 21) for slot in lever.adds)


def test_the_mix_begins_on_the_day_asked_for_and_adds_what_paired_runs_say(scenario: Scenario, goals: Goals) -> None:
    # In twenty days of a small store only many runs tell a lever from luck.
    ensemble = replicate(scenario, 32, 3, executor="serial")

    found = advise(scenario, ensemble, goals, since=SINCE, tried=32, proved=4, executor="serial")

    assert found.since == "2027-03-21"
    assert found.changes
    mixed = replicate(scenario.with_(found.changes), 4, 3, executor="serial")
    assert np.array_equal(mixed.daily("gmv")[:, :20], ensemble.daily("gmv")[:4, :20])
    added = (mixed.total("gmv") - ensemble.total("gmv")[:4]).mean()
    assert found.added["gmv"] == pytest.approx(float(added))
    assert {pull.first for pull in found.lines} == {"2027-03-21"}


def test_what_a_plan_made_again_lacks_is_asked_of_the_days_to_come_at_the_level_of_those_that_are_over(
    scenario: Scenario, ensemble: Ensemble, again: Replan
) -> None:
    found = advise(scenario, ensemble, again.goals, begun=again.begun, tried=3, proved=4, executor="serial")

    assert found.since == "2027-03-21"
    assert found.need == pytest.approx(4500 - float(np.median(again.begun.year)))
    assert found.chance_before == pytest.approx(again.goals.chance("2027"))
    now = as_it_is(ensemble, 2027, None, again.begun)
    rest = again.begun.year - again.begun.sold
    assert now.base[:, 0] == pytest.approx(rest)
    assert now.level.mean() < 1.0
    mixed = replicate(scenario.with_(found.changes), 4, 3, executor="serial")
    more = mixed.sums("gmv", None, SINCE, None) - ensemble.sums("gmv", None, SINCE, None)[:4]
    assert found.added["gmv"] == pytest.approx(float((now.level[:4] * more).mean()))
    assert now.lifted(now.base[:2]) == pytest.approx(now.year)


def test_at_the_level_sales_and_their_shares_move_and_what_is_bought_does_not(
    ensemble: Ensemble, again: Replan
) -> None:
    now = as_it_is(ensemble, 2027, None, again.begun)
    half = replace(now, level=np.full(8, 0.5))
    runs = now.days.totals(ensemble)

    found = half.at_level(runs)

    gmv, profit, uv, spend = (list(np.asarray(runs)[:, place]) for place in (0, 1, 2, 3))
    assert found[:, 0] == pytest.approx(np.array(gmv) / 2)
    assert found[:, 2] == pytest.approx(uv)
    assert found[:, 3] == pytest.approx(spend)
    bought = runs[:, [3, 6, 7, 8, 9]].sum(axis=1)
    assert found[:, 1] + bought == pytest.approx((np.array(profit) + bought) / 2)


@pytest.mark.parametrize("day", [dt.date(2027, 3, 20), dt.date(2027, 12, 1)])
def test_levers_cannot_begin_on_a_day_that_is_over_nor_after_the_year(
    day: dt.date, ensemble: Ensemble, again: Replan
) -> None:
    with pytest.raises(UsageError, match="can begin from 2027-03-21 to 2027-04-09"):
        as_it_is(ensemble, 2027, day, again.begun)


def test_the_command_plans_the_rest_of_a_year_with_levers_that_begin_after_the_actuals(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], ensemble: Ensemble, without_pictures: None
) -> None:
    frame = ensemble.run(1).frame()
    days = frame[(frame["channel"] == "") & (frame["date"] < "2027-03-21")]
    days[["date", "uv", "buyers", "gmv"]].to_csv(tmp_path / "to_date.csv", index=False)
    asked = ["plan", str(SCENARIOS / "small_store.yaml"), "--target", "4500", "--levers", "--set", "horizon=40d",
             "--actuals", str(tmp_path / "to_date.csv"), "-q", "-o", str(tmp_path / "out")]  # fmt: skip

    assert main([*asked, "--lang", "zh", "--levers-from", "2027-03-20"]) == 2
    assert "措施只能从 2027-03-21 到 2027-04-09 之间开始" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert main([*asked, "--lang", "en", "--runs", "8", "--executor", "serial"]) == 0

    shown, folder = capsys.readouterr().out, tmp_path / "out" / "latest"
    assert "Levers begin on 2027-03-21" in shown
    mixed = read_scenario(folder / "with_levers.yaml")
    assert {change.first for change in mixed.changes} == {SINCE}
    assert main(["report", str(folder), "--lang", "en", "-q"]) == 0
    assert "Levers begin on 2027-03-21" in (folder / "report.html").read_text("utf-8")
