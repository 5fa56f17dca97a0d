"""Files laid over one another: `extends`, `key+:`, `--set`, and where each setting came from."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from storesim.errors import UsageError
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario, read_scenario_with_origins
from tests.scenario.conftest import GOOD, Write, messages

Read = Callable[..., Scenario]


def test_groups_merge_and_lists_are_replaced(read: Read) -> None:
    made = read(
        "extends: good.yaml\n"
        "channels: {express: {bid: 2}}\n"
        "events: [{name: 春节, from: 2027-02-04, to: 2027-02-11}]\n"
    )  # fmt: skip

    assert (made.channels["express"].bid, made.channels["express"].daily_budget) == (2.0, 300.0)  # type: ignore[union-attr]
    assert list(made.channels) == ["search", "express", "direct_placement", "returning"]
    assert [event.name for event in made.events] == ["春节"]


def test_a_key_with_plus_adds_to_the_list_of_the_parent(read: Read) -> None:
    made = read("extends: good.yaml\nevents+: [{name: 春节, from: 2027-02-04, to: 2027-02-11}]\n")

    assert [event.name for event in made.events] == ["店庆", "春节"]


def test_plus_adds_up_over_generations(write: Write, read: Read) -> None:
    write("a.yaml", "extends: good.yaml\nevents+: [{name: A, from: 2027-03-01, to: 2027-03-01}]\n")

    made = read("extends: a.yaml\nevents+: [{name: B, from: 2027-03-02, to: 2027-03-02}]\n")

    assert [event.name for event in made.events] == ["店庆", "A", "B"]


def test_plus_without_a_list_in_any_parent_adds_to_the_default(read: Read) -> None:
    made = read('extends: good.yaml\noperations: {dispatch: {waves+: ["20:00"]}}\n')

    assert made.operations.dispatch.waves == (11.0, 16.0, 20.0)


def test_a_list_written_after_a_plus_replaces_it(write: Write, read: Read) -> None:
    write("a.yaml", "extends: good.yaml\nevents+: [{name: A, from: 2027-03-01, to: 2027-03-01}]\n")

    made = read("extends: a.yaml\nevents: []\n")

    assert made.events == ()


def test_later_parents_lie_over_earlier_ones_and_the_file_over_all(write: Write, read: Read) -> None:
    write("a.yaml", "horizon: 10d\nmarket: {growth: 1%}\n")
    write("b.yaml", "horizon: 20d\nmarket: {growth: 2%, weekend: 0.9}\n")

    made = read("extends: [good.yaml, a.yaml, b.yaml]\nmarket: {weekend: 0.7}\n")

    assert (made.n_days, made.market.growth, made.market.weekend) == (20, 0.02, 0.7)


def test_a_parent_is_sought_beside_the_file_that_names_it(write: Write, read: Read) -> None:
    write("deep/base.yaml", "extends: ../good.yaml\nhorizon: 7d\n")

    assert read("extends: deep/base.yaml\n").n_days == 7


def test_a_file_of_the_users_own_hides_a_preset_of_that_name(write: Write, read: Read) -> None:
    write("presets/apparel.yaml", "extends: ../good.yaml\nhorizon: 9d\n")

    assert read("extends: presets/apparel.yaml\n").n_days == 9


def test_two_children_of_one_parent_are_no_circle(write: Write, read: Read) -> None:
    write("a.yaml", "extends: good.yaml\nhorizon: 10d\n")
    write("b.yaml", "extends: good.yaml\n")

    assert read("extends: [a.yaml, b.yaml]\n").n_days == 90


def test_a_channel_set_to_null_is_left_out(read: Read) -> None:
    made = read("extends: good.yaml\nchannels: {express: null, direct_placement: ~}\n")

    assert list(made.channels) == ["search", "returning"]


def test_a_stage_the_parent_sets_can_be_set_again(write: Write, read: Read) -> None:
    write("a.yaml", "extends: good.yaml\nstages: {growth: {playbook: {channels.express.bid: 2}}}\n")

    made = read("extends: a.yaml\nstages: {growth: {playbook: {channels.express.bid: ¥3, catalogue.discount: 9折}}}\n")

    assert dict(made.stages.growth.playbook) == {"channels.express.bid": 3.0, "catalogue.discount": pytest.approx(0.1)}


def test_an_alias_repeats_what_its_anchor_holds(read: Read) -> None:
    made = read("extends: good.yaml\nstages: {growth: {gate: &g {age: 31d}}, stable: {gate: *g}}\n")

    assert made.stages.growth.gate == made.stages.stable.gate
    assert made.stages.stable.gate.age == 31


def test_words_of_older_yaml_stay_the_text_they_are(read: Read) -> None:
    made = read("extends: good.yaml\nstore: {name: NO, category: 0123}\n")

    assert (made.store.name, made.store.category) == ("NO", "0123")


@pytest.mark.parametrize(
    ("override", "path"),
    [
        ("channels.express.daily_budget=450", "channels.express.daily_budget=450"),
        ("channels.express.daily_budget = ¥450", "channels.express.daily_budget=450"),
        ("channels.express={daily_budget: 450}", "channels.express.daily_budget=450"),
        ("catalogue.skus.0.price=99", "catalogue.skus.0.price=99"),
        ("catalogue.skus.A1.price=99", "catalogue.skus.0.price=99"),
        ("events.店庆.discount=8折", "events.0.discount=0.2"),
        ("horizon=2周", "horizon=14"),
        ("targets.2027.gmv=100万", "targets.2027.gmv=1000000"),
        ("stages.growth.playbook.channels.express.bid=3", "stages.growth.playbook.channels.express.bid=3"),
    ],
)
def test_one_setting_is_laid_over_from_the_command_line(read: Read, override: str, path: str) -> None:
    plain, value = path.split("=")

    made = read("extends: good.yaml\n", override).model_dump(by_alias=True)

    at: object = made
    for step in plain.split(".", 3) if "playbook" in plain else plain.split("."):
        at = at[int(step)] if isinstance(at, tuple | list) else at[step]  # type: ignore[index]
    assert at == pytest.approx(float(value))


def test_an_override_may_add_to_a_list_and_the_last_one_wins(read: Read) -> None:
    event = "events+={name: 春节, from: 2027-02-04, to: 2027-02-11}"

    made = read("extends: good.yaml\n", event, "horizon=10d", "horizon=20d")

    assert [event.name for event in made.events] == ["店庆", "春节"]
    assert made.n_days == 20


@pytest.mark.parametrize(
    ("override", "says"),
    [
        ("channels.express.daily_buget=450", "there is no channel setting 'daily_buget'; did you mean 'daily_budget'?"),
        ("channels.expres.bid=2", "there is no channel 'expres'; did you mean 'express'?"),
        ("horizon.days=3", "horizon is one value and has no settings below it"),
        ("horizon=-3", "horizon is -3; it must be 1 to 3,660 days."),
        ("catalogue.skus.A9.price=1", "catalogue.skus has no item 'A9'; allowed: A1, 连衣裙, A2, 衬衫"),
        ("horizon=!a 3", "the YAML tag '!a' is not allowed; a scenario holds plain text, numbers, lists and groups"),
    ],
)  # fmt: skip
def test_a_mistake_after_set_names_the_override(read: Read, override: str, says: str) -> None:
    (message,) = messages(lambda: read("extends: good.yaml\nhorizon: 30d\n", override))

    assert message.endswith(f"{override}: {says}") or message == f"--set {override}: {says}"


@pytest.mark.parametrize("override", ["horizon", "=3", "a..b=3"])
def test_what_is_no_path_and_value_is_wrong_usage(read: Read, override: str) -> None:
    with pytest.raises(UsageError, match=f"--set {override}: write a path, '=' and a value"):
        read("extends: good.yaml\n", override)


def test_origins_name_the_file_of_each_setting(write: Write, tmp_path: Path) -> None:
    path = write("s.yaml", "extends: good.yaml\nchannels:\n  express:\n    bid: 2\n")

    made, origins = read_scenario_with_origins(path, ["horizon=30d"])

    assert made.n_days == 30
    assert origins["channels.express.bid"] == f"{path}:4:10"
    # `express: {daily_budget: 300, …}` in line 7 of the parent.
    assert origins["channels.express.daily_budget"] == f"{tmp_path / 'good.yaml'}:7:27"
    assert origins["horizon"] == "--set horizon=30d"
    assert origins["operations.service.agents"] == "default"
    assert origins["catalogue.skus.1.price"] == f"{tmp_path / 'good.yaml'}:13:48"
    assert origins["channels.search.mechanism"] == f"{tmp_path / 'good.yaml'}:6:3"


def test_origins_speak_of_every_single_setting(good: Scenario) -> None:
    _, origins = read_scenario_with_origins(GOOD)

    assert set(good.model_dump(by_alias=True)) == {path.partition(".")[0] for path in origins} | {
        "events",
        "promotions",
        "uncertain",
    }
    assert all(where == "default" or where.count(":") >= 2 for where in origins.values())


def test_spelling_and_files_do_not_reach_the_fingerprint(write: Write, good: Scenario) -> None:
    text = (write("x.yaml", "").parent / "good.yaml").read_text(encoding="utf-8")
    other = text.replace("300", "¥300").replace("80万", "800000").replace("90d", "2160h").replace("15%", "85折")

    again = read_scenario(write("other.yaml", "# a comment\n" + other))
    child = read_scenario(write("child.yaml", "extends: other.yaml\n"))

    assert other != text
    assert good.fingerprint == again.fingerprint == child.fingerprint


@pytest.mark.parametrize(
    "override", ["horizon=91d", "store.name=x", "catalogue.skus.A1.name=y", "channels.express.bid=1.51"]
)
def test_every_setting_reaches_the_fingerprint(read: Read, good: Scenario, override: str) -> None:
    assert read("extends: good.yaml\n", override).fingerprint != good.fingerprint


@pytest.mark.parametrize("seed", ["1", "2"])
def test_the_fingerprint_does_not_change_between_processes(seed: str, good: Scenario) -> None:
    script = f"import storesim; print(storesim.read_scenario({str(GOOD)!r}).fingerprint)"

    ran = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True
    )

    assert ran.stdout.decode().strip() == good.fingerprint
