"""Events, stages, playbooks and targets, as a scenario says them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from storesim.scenario.document import Scenario
from storesim.scenario.playbook import levers
from tests.scenario.conftest import messages

Read = Callable[..., Scenario]


def test_an_event_of_one_day_lasts_that_day_and_has_no_effect_by_default(read: Read) -> None:
    (event,) = read("extends: good.yaml\nevents: [{name: 618, from: 2027-06-18, to: 2027-06-18}]\n").events

    assert (event.name, event.first, event.last) == ("618", dt.date(2027, 6, 18), dt.date(2027, 6, 18))
    assert (event.market, event.traffic, event.conversion, event.discount, event.roles) == (1.0, 1.0, 1.0, 0.0, ())


def test_conditions_of_entry_and_roles_are_read_in_both_languages(read: Read) -> None:
    (event,) = read(
        "extends: good.yaml\nevents:\n"
        "  - {name: a, from: 2027-06-01, to: 2027-06-18, opens: 20点, discount: 8折, roles: [主推款, promo],\n"
        "     entry: {age: 30d, good_reviews: 10, good_rate: 90%, score: 30%}}\n"
    ).events

    assert (event.opens, event.discount, event.roles) == (20.0, pytest.approx(0.2), ("hero", "promo"))
    assert (event.entry.age, event.entry.good_reviews, event.entry.good_rate, event.entry.score) == (30, 10, 0.9, 0.3)


def test_the_last_day_follows_from_opening_and_horizon(read: Read) -> None:
    made = read("extends: good.yaml\nhorizon: 365d\n")

    assert (made.n_days, made.last_day) == (365, dt.date(2027, 12, 31))


def test_stages_have_gates_by_default_and_the_first_has_none(good: Scenario) -> None:
    assert good.stages.launch.gate is None
    assert good.stages.growth.gate is not None
    assert good.stages.stable.gate is not None
    assert good.stages.growth.gate.age == 30.0


def test_a_gate_may_be_a_date(read: Read) -> None:
    made = read("extends: good.yaml\nstages: {growth: {gate: {on: 2027年3月1日}, back_below: 1万}}\n")

    assert made.stages.growth.gate is not None
    assert made.stages.growth.gate.on == dt.date(2027, 3, 1)
    assert made.stages.growth.back_below == 10_000.0


def test_every_lever_a_playbook_may_set_can_be_set_to_its_own_value(good: Scenario, read: Read) -> None:
    settings = good.model_dump(by_alias=True)
    changes = {}
    for path in levers({name: type(channel) for name, channel in good.channels.items()}):
        value: object = settings
        for step in path.split("."):
            value = value[step]  # type: ignore[index]
        changes[path] = value

    made = good.with_({f"stages.growth.playbook.{path}": value for path, value in changes.items() if value is not None})

    assert len(made.stages.growth.playbook) > 60


def test_spelling_in_a_playbook_does_not_reach_the_fingerprint(read: Read) -> None:
    text = "extends: good.yaml\nstages: {{growth: {{playbook: {{channels.express.daily_budget: {}}}}}}}\n"

    assert read(text.format("¥1500")).fingerprint == read(text.format("0.15万")).fingerprint


def test_a_playbook_may_set_a_keyword_group(read: Read) -> None:
    made = read(
        "extends: good.yaml\n"
        "channels: {express: {keywords: {brand: {searches: 10%}, core: {searches: 90%}}}}\n"
        "stages: {growth: {playbook: {channels.express.keywords.core.bid: 120%}}}\n"
    )

    assert dict(made.stages.growth.playbook) == {"channels.express.keywords.core.bid": 1.2}


def test_a_sheet_of_months_is_read_from_spans(read: Read) -> None:
    target = read(
        "extends: good.yaml\n"
        "targets: {2027: {gmv: 1000万, weights: {1: 60万, 2-12月: 80万}, cvr: 2%, aov: {1-3: 236, 4-12: 208}, "
        "ad_share: [5%, 5%, 5%, 5%, 5%, 5%, 5%, 5%, 5%, 5%, 15%, 5%]}}\n"
    ).targets["2027"]

    assert target.weights == (600_000.0, *(800_000.0,) * 11)
    assert target.cvr == (0.02,) * 12
    assert target.aov == (236.0,) * 3 + (208.0,) * 9
    assert target.ad_share is not None
    assert target.ad_share[10] == 0.15
    assert target.is_sheet


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("{gmv: 5, aov_min: 9, aov_max: 8}", "aov_min 9 is above aov_max 8"),
        ("{gmv: 5, cvr_max: 2%, cvr: 3%}", "cvr 0.03 of month 1 is above cvr_max 0.02"),
        ("{gmv: 5, cvr_max: 0}", "cvr_max is 0; without buyers there are no sales"),
        ("{gmv: 5, weights: {1: 0}}", "all weights are 0; at least one month must have sales"),
        ("{gmv: 5, sale_days: {双十一: {month: 11, weight: 5}}}", "need weights, one for each month"),
        ("{gmv: 5, weights: {1: 5}, lines: {搜索: {share: 5%}}}", "lines need cvr and aov as well"),
        ("{gmv: 5, ad_split: {快车: 80%, 直投: 30%}}", "shares of ad_split add up to 110 %, not 100 %"),
        (
            "{gmv: 5, weights: {1: 5}, cvr: {2: 3%}, aov: 5}",
            "cvr of month 1 is missing or 0; months with",
        ),
        ("{gmv: 5, weights: {1: 5}, cvr: 1%, aov: 5, lines: {a: {share: 1, cost: 1%, roi: 5}}}", "both cost and roi"),
        ("{gmv: 5, weights: {1: 5}, cvr: 1%, aov: 5, lines: {a: {share: 60%}, b: {share: 50%}}}", "more than 100 %"),
    ],
)
def test_a_target_that_contradicts_itself_is_refused(read: Read, target: str, says: str) -> None:
    (message,) = messages(lambda: read(f"extends: good.yaml\ntargets: {{2027: null, 2028: {target}}}\n"))

    assert says in message
    assert message.startswith("s.yaml:2:")
