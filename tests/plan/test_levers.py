"""Levers: they move settings and playbooks, are tried on common luck, and the mix is simulated before it is shown."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from storesim.cli.main import main
from storesim.cli.session import Session
from storesim.cli.tables import show_levers
from storesim.plan.advise import TRIED, _binds, _judged, advise
from storesim.plan.as_it_is import as_it_is
from storesim.plan.cheapest import curve_of
from storesim.plan.goals import Goals, Pulled
from storesim.plan.levers import Lever, changes, levers_of, pulled
from storesim.plan.proved import KEPT, Proof, proved_mix, sure_beyond, without_idle
from storesim.results.ensemble import Ensemble
from storesim.runs.many import replicate
from storesim.runs.one import simulate
from storesim.scenario.booked import Slots
from storesim.scenario.document import Scenario
from storesim.scenario.events import Entry, Event
from storesim.scenario.load import read_scenario

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_a_lever_moves_its_setting_and_every_playbook_that_sets_it() -> None:
    store = read_scenario(SCENARIOS / "elena_mileva.yaml")
    lever = next(lever for lever in levers_of(store) if lever.path == "channels.express.daily_budget")

    found = pulled(store, {lever: 1.5})

    assert found.channels["express"].daily_budget == 450.0
    playbooks = (found.stages.launch.playbook, found.stages.growth.playbook, found.stages.stable.playbook)
    assert [book["channels.express.daily_budget"] for book in playbooks] == [600.0, 2250.0, 1950.0]
    assert found.stages.growth.playbook["channels.express.bid"] == store.stages.growth.playbook["channels.express.bid"]


def test_every_lever_of_every_shipped_store_gives_a_scenario_that_holds() -> None:
    for name in ("mature_store", "small_store", "failing_launch"):
        store = read_scenario(SCENARIOS / f"{name}.yaml")
        for lever in levers_of(store):
            for step in lever.steps:
                assert pulled(store, {lever: step}).fingerprint != store.fingerprint, (name, lever.path)


def test_the_largest_sales_of_the_year_are_levers_and_only_of_that_year() -> None:
    store = read_scenario(SCENARIOS / "elena_mileva.yaml")

    found = [lever for lever in levers_of(store, (dt.date(2027, 1, 1), dt.date(2027, 12, 31))) if lever.about]

    assert [lever.about for lever in found] == ["618 高潮", "11.11 开门红", "11.11 高潮"]
    assert all(store.events[int(lever.path.split(".")[1])].first.year == 2027 for lever in found)
    cut = pulled(store, {found[0]: 0.1}).events[20]
    assert (cut.name, cut.discount) == ("618 高潮", pytest.approx(0.22))
    assert pulled(store, {found[0]: 0.9}).events[20].discount == 0.9


def test_slots_are_a_lever_where_the_store_wants_more_than_it_signs_up_for() -> None:
    dates = [{"from": f"2027-03-{day}", "to": f"2027-03-{day}", "visitors": 500, "pieces": 20} for day in ("05", "15")]
    slots = {"mechanism": "slots", "dates": dates, "most": 1, "roles": [], "entry": {}}
    paths = []
    for most in (1, 2):
        store = read_scenario(SCENARIOS / "small_store.yaml").with_({"channels.seckill": slots | {"most": most}})
        paths.append({lever.path for lever in levers_of(store)})

    assert paths[0] - paths[1] == {"channels.seckill.most"}


def test_an_audience_that_has_seen_the_ads_is_said_to_bind() -> None:
    placed = {"mechanism": "placement", "daily_budget": 300, "audience": 3000}
    store = read_scenario(SCENARIOS / "small_store.yaml", ("horizon=50d", "targets.2027.gmv=4500"))
    bound = {}
    for audience in (3000, 30_000_000):
        known = store.with_({"channels.direct_placement": placed | {"audience": audience}})
        runs = replicate(known, 2, 1, executor="serial")
        bound[audience] = {what: size for what, _, size in _binds(known, runs, as_it_is(runs, 2027).days)}

    assert 0.5 < bound[3000]["audience"] <= 1.0
    assert "audience" not in bound[30_000_000]


AGENTS = Lever("operations.service.agents", "plus", (1.0, 2.0), ("wages",), whole=True)
BUDGET = Lever("channels.express.daily_budget", "times", (1.4, 2.2), ("ad_spend",))


def _said(gained: float, wages: float = 0.0, ads: float = 0.0) -> np.ndarray:
    runs = np.zeros((5, len(KEPT)))
    runs[:, KEPT.index("gmv")], runs[:, KEPT.index("wages")], runs[:, KEPT.index("ad_spend")] = gained, wages, ads
    return runs


def test_a_whole_lever_that_costs_more_than_allowed_is_not_pulled() -> None:
    curves = {AGENTS: curve_of([0.0, 100_000.0], [0.0, 200_000.0], [0.0, 1.0])}

    found = proved_mix(curves, (50_000.0, 5_000.0), _said(0.0), lambda _: pytest.fail("played"))

    assert (found.steps, found.cost, found.gained) == ({}, 0.0, 0.0)


def test_what_a_whole_lever_that_does_not_fit_leaves_is_spent_on_others() -> None:
    curves = {
        AGENTS: curve_of([0.0, 100_000.0, 200_000.0], [0.0, 500_000.0, 800_000.0], [0.0, 1.0, 2.0]),
        BUDGET: curve_of([0.0, 100_000.0], [0.0, 200_000.0], [1.0, 1.4]),
    }

    def play(mixes: Sequence[Mapping[Lever, float]]) -> list[np.ndarray]:
        return [
            _said(500_000.0 * mix.get(AGENTS, 0.0) + 500_000.0 * (mix.get(BUDGET, 1.0) - 1.0),
                  wages=100_000.0 * mix.get(AGENTS, 0.0), ads=250_000.0 * (mix.get(BUDGET, 1.0) - 1.0))
            for mix in mixes
        ]  # fmt: skip

    little = proved_mix(curves, (900_000.0, 80_000.0), _said(0.0), play)
    more = proved_mix(curves, (900_000.0, 150_000.0), _said(0.0), play)

    assert little.steps == {BUDGET: pytest.approx(1.32, abs=0.002)}
    assert more.steps == {AGENTS: 1.0, BUDGET: pytest.approx(1.2, abs=0.002)}


def test_a_whole_lever_at_the_limit_of_cost_stays_on_its_step() -> None:
    # One ulp of rounding above the limit, and no step left to take back.
    curves = {
        AGENTS: curve_of([0.0, 72333.41, 144666.82], [0.0, 624477.0, 685718.0], [0.0, 1.0, 2.0]),
        BUDGET: curve_of([0.0, 96250.52, 162467.58], [0.0, 322504.0, 463702.0], [1.0, 1.4, 2.0]),
    }

    found = proved_mix(curves, (2_021_864.0, 215_645.69), _said(0.0), lambda mixes: [_said(1.0) for _ in mixes])

    assert found.steps.keys() == {AGENTS, BUDGET}
    assert found.steps[AGENTS] == 1.0


def test_a_mix_that_costs_twice_its_levers_still_uses_what_it_may_cost() -> None:
    curves = {BUDGET: curve_of([0.0, 100_000.0], [0.0, 200_000.0], [1.0, 2.0])}

    found = proved_mix(
        curves,
        (900_000.0, 80_000.0),
        _said(0.0),
        # The first thousandth of the lever costs 30,000 that nobody expected.
        lambda mixes: [
            _said(200_000.0 * (m[BUDGET] - 1.0), ads=30_000.0 + 130_000.0 * (m[BUDGET] - 1.0)) for m in mixes
        ],
    )

    assert 0.9 * 80_000.0 < found.cost <= 80_000.0


def test_a_mix_that_proves_harmful_or_too_dear_is_not_recommended() -> None:
    curves = {BUDGET: curve_of([0.0, 1_000.0], [0.0, 30_000.0], [1.0, 1.4])}

    harmful = proved_mix(curves, (20_000.0, np.inf), _said(0.0), lambda _: [_said(-30_000.0, ads=700.0)])
    dear = proved_mix(
        curves,
        (20_000.0, 800.0),
        _said(0.0),
        lambda mixes: [_said(20_000.0, ads=5_000.0 * (mix[BUDGET] - 1)) for mix in mixes],
    )

    assert harmful.steps == {}
    assert 0.0 < dear.cost <= 800.0


def test_the_better_of_two_mixes_is_recommended() -> None:
    curves = {BUDGET: curve_of([0.0, 1_000.0, 3_000.0], [0.0, 60_000.0, 120_000.0], [1.0, 1.4, 2.2])}
    gains = iter([30_000.0, 10_000.0, 5_000.0])

    found = proved_mix(curves, (50_000.0, np.inf), _said(0.0), lambda _: [_said(next(gains), ads=900.0)])

    assert found.gained == 30_000.0


def _added(*mixes: Mapping[Lever, float]) -> list[np.ndarray]:
    """Runs of mixes: a budget brings 1,000 and costs 300, an agent brings luck alone and costs 200."""
    luck = np.random.default_rng(3).normal(0.0, 40.0, 5)
    return [
        _said(0.0)
        + _said(1_000.0 * (BUDGET in mix), 200.0 * (AGENTS in mix), 300.0 * (BUDGET in mix))
        + np.outer(luck * (AGENTS in mix), np.eye(len(KEPT))[KEPT.index("gmv")])
        for mix in mixes
    ]


def test_a_lever_that_brings_nothing_in_the_mix_is_left_out_of_it() -> None:
    steps = {BUDGET: 1.4, AGENTS: 1.0}
    full = Proof(steps, _added(steps)[0], 1_000.0, 500.0)

    found = without_idle(full, _said(0.0), lambda mixes: _added(*mixes))

    assert found.steps == {BUDGET: 1.4}
    assert (found.gained, found.cost) == (1_000.0, 300.0)


def test_of_two_levers_that_stand_in_for_one_another_one_stays() -> None:
    # Either brings 1,000, and both together no more: alone neither is missed, together they are.
    def play(mixes: Sequence[Mapping[Lever, float]]) -> list[np.ndarray]:
        return [_said(1_000.0 * bool(mix), 200.0 * (AGENTS in mix), 300.0 * (BUDGET in mix)) for mix in mixes]

    steps = {BUDGET: 1.4, AGENTS: 1.0}
    full = Proof(steps, play([steps])[0], 1_000.0, 500.0)

    found = without_idle(full, _said(0.0), play)

    assert len(found.steps) == 1
    assert found.gained == 1_000.0


def test_a_sale_of_the_calendar_that_the_store_lacks_can_be_joined() -> None:
    store = read_scenario(SCENARIOS / "elena_mileva.yaml")
    without = store.with_({"events": [e.model_dump(by_alias=True) for e in store.events if e.name != "618 高潮"]})
    year = (dt.date(2027, 1, 1), dt.date(2027, 12, 31))

    assert not [lever for lever in levers_of(store, year) if lever.path == "events"]
    (join,) = (lever for lever in levers_of(without, year) if lever.path == "events")
    (sale,) = changes(without, {join: 1.0})["events+"]

    assert (join.about, sale["from"], sale["discount"]) == ("618 高潮", "2027-06-15", 0.12)
    # What it does to everybody is no doing of the store's.
    assert "market" not in sale
    assert "rival_bids" not in sale
    with_both = pulled(without, {join: 1.0, _price_of(without, "618 专场"): 0.1})
    assert [e.name for e in with_both.events[len(without.events) :]] == ["618 高潮"]


def _price_of(store: Scenario, name: str) -> Lever:
    place = next(i for i, event in enumerate(store.events) if event.name == name and event.first.year == 2027)
    return Lever(f"events.{place}.discount", "plus", (0.1,), ("discounts",), about=name)


def test_a_sale_is_joined_by_a_store_that_may_and_by_no_other() -> None:
    opened = {"store.opened": "2027-05-01", "horizon": "50d", "targets": {}, "events": []}
    store = read_scenario(SCENARIOS / "small_store.yaml").with_(opened)
    join = next(lever for lever in levers_of(store, (dt.date(2027, 5, 1), dt.date(2027, 6, 19))) if lever.adds)
    (sale,) = join.adds
    assert isinstance(sale, Event)
    assert sale.name == "618 开门红"
    strict = replace(join, adds=(sale.model_copy(update={"entry": Entry(good_reviews=100_000)}),))
    free = replace(join, adds=(sale.model_copy(update={"entry": Entry()}),))

    base, refused, joined = (simulate(pulled(store, steps), seed=3) for steps in ({}, {strict: 1.0}, {free: 1.0}))

    assert refused.total("gmv") == base.total("gmv")
    first = (sale.first - store.store.opened).days
    assert (joined.daily("gmv")[:first] == base.daily("gmv")[:first]).all()
    assert joined.total("buyers") > base.total("buyers")
    assert joined.total("discounts") > base.total("discounts")


def test_further_slots_keep_the_rest_and_the_most_of_a_month() -> None:
    dates = [{"from": f"2027-{month:02d}-05", "to": f"2027-{month:02d}-06", "visitors": 500, "pieces": 20}
             for month in (2, 5, 6, 7)]  # fmt: skip
    slots = {"mechanism": "slots", "dates": dates, "most": 1, "roles": [], "rest": "9d"}
    opened = {"store.opened": "2027-01-01", "horizon": "365d", "targets": {}, "events": []}
    store = read_scenario(SCENARIOS / "small_store.yaml").with_({**opened, "channels.seckill": slots})

    found = [lever for lever in levers_of(store, (dt.date(2027, 1, 1), dt.date(2027, 12, 31)))
             if lever.path == "channels.seckill.dates"]  # fmt: skip

    (lever,) = found
    channel = pulled(store, {lever: 4.0}).channels["seckill"]
    assert isinstance(channel, Slots)
    days = sorted(slot.first for slot in channel.dates)
    assert len(days) == 8
    assert lever.steps == (1.0, 2.0, 4.0)
    assert all((after - before).days >= 30 for before, after in pairwise(days) if not {before, after} <= _OWN)
    assert min(days) > dt.date(2027, 1, 31)
    none = store.with_({"channels.seckill.most": 0})
    assert not [one for one in levers_of(none, (days[0], days[-1])) if one.path == "channels.seckill.dates"]


_OWN = {dt.date(2027, month, 5) for month in (2, 5, 6, 7)}


def test_levers_that_do_nothing_are_hardly_ever_called_clear() -> None:
    luck = np.random.default_rng(5)
    sure, mixes = sure_beyond(TRIED, 0.05 / 16), 0
    for _ in range(400):
        added = luck.normal(size=(16, TRIED, len(KEPT)))
        mixes += any(_judged(BUDGET, 1.4, one, sure).clear for one in added)

    # 5 % are allowed; two standard errors of 68 %, as with 2 errors of 4 runs, would be 272.
    assert mixes < 0.05 * 400 + 3 * np.sqrt(400 * 0.05 * 0.95)


def test_chat_agents_stay_whole() -> None:
    lever = Lever("operations.service.agents", "plus", (1.0, 2.0), ("wages",), whole=True)

    assert changes(read_scenario(SCENARIOS / "small_store.yaml"), {lever: 1.0})["operations.service.agents"] in range(
        1, 99
    )
    assert lever.changed(2.0, 1.4) == 3.0


def test_a_plan_with_levers_is_simulated_and_its_chance_stated_again(
    scenario: Scenario, ensemble: Ensemble, goals: Goals
) -> None:
    calls: list[tuple[int, int]] = []

    found = advise(
        scenario, ensemble, goals, tried=3, proved=6, executor="serial", progress=lambda d, n: calls.append((d, n))
    )

    assert found.need == pytest.approx(4500 - float(np.median(ensemble.total("gmv"))))
    assert found.changes
    again = replicate(scenario.with_(found.changes), 6, 3, executor="serial")
    added = (again.total("gmv") - ensemble.total("gmv")[:6]).mean()
    assert found.added["gmv"] == pytest.approx(float(added))
    assert found.chance > found.chance_before
    assert sum(share.gmv for share in found.stages) == pytest.approx(float(ensemble.total("gmv").mean()))
    assert calls[-1][0] == calls[-1][1]


@pytest.fixture(scope="module")
def free(scenario: Scenario, ensemble: Ensemble, goals: Goals) -> Pulled:
    """The mix without a limit on its cost."""
    return advise(scenario, ensemble, goals, tried=3, proved=3, executor="serial")


def test_a_limit_on_the_cost_holds_the_mix_back(
    scenario: Scenario, ensemble: Ensemble, goals: Goals, free: Pulled
) -> None:
    tight = advise(scenario, ensemble, goals, tried=3, proved=3, executor="serial", most=0.2 * free.cost)

    assert tight.cost < free.cost
    assert tight.added["gmv"] < free.added["gmv"]


def test_a_mix_that_clearly_brings_too_little_falls_short(free: Pulled, capsys: pytest.CaptureFixture[str]) -> None:
    added, session = free.added["gmv"], Session()
    session.lang = "en"

    for need, short in ((added + free.error, False), (10.0 * added + 20.0 * free.error, True)):
        pulled_so = replace(free, need=need)
        assert pulled_so.falls_short is short
        show_levers(session, pulled_so)
        assert ("No mix brings" in capsys.readouterr().out) is short


def test_the_command_writes_a_scenario_with_the_mix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], without_pictures: None
) -> None:
    few = ("--runs", "8", "--executor", "serial", "--lang", "en", "-q", "-o", str(tmp_path), "--set", "horizon=40d")

    assert main(["plan", str(SCENARIOS / "small_store.yaml"), "--target", "4500", "--levers", *few]) == 0

    shown, folder = capsys.readouterr().out, tmp_path / "latest"
    assert "The cheapest mix that brings" in shown
    assert "Express (京东快车): daily budget" in shown
    assert "the store has no channel of slots" in shown
    with (folder / "levers.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["setting"] for row in csv.DictReader(file)} >= {
            "channels.express.daily_budget",
            "catalogue.discount",
        }
    assert read_scenario(folder / "with_levers.yaml").targets["2027"].gmv == 4500
    assert main(["report", str(folder), "--lang", "en", "-q"]) == 0
    assert "Levers: what brings what is missing" in (folder / "report.html").read_text("utf-8")
