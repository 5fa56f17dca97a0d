"""What is shipped, and what a finished `Scenario` can do."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from storesim.scenario import load
from storesim.scenario.change import quickly_changed
from storesim.scenario.channels import Organic, PayPerClick
from storesim.scenario.document import Scenario
from storesim.scenario.explained import explained
from storesim.scenario.fields import every_setting, group_class
from storesim.scenario.load import read_scenario
from storesim.scenario.schema import scenario_schema
from storesim.scenario.spec import Named
from storesim.scenario.store import STAGES
from tests.scenario.conftest import GOOD, Write, messages

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
PRESETS = Path(load.__file__).parent / "presets"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_shipped_scenario_is_good(path: Path) -> None:
    made = read_scenario(path)

    assert made.catalogue.skus
    assert made.targets


def test_the_plan_of_elena_mileva_has_a_year_three_stages_and_the_calendar() -> None:
    made = read_scenario(ROOT / "scenarios" / "elena_mileva.yaml")

    names = {event.name for event in made.events}
    assert made.n_days == 365
    assert all(getattr(made.stages, stage).playbook for stage in ("launch", "growth", "stable"))
    assert {"618 高潮", "11.11 高潮", "春节", "店庆"} <= names
    assert made.targets["2027"].gmv == 5e6
    assert made.targets["2027"].cvr_max == 0.04


def test_changed_settings_make_a_new_scenario_and_leave_the_old_one(good: Scenario) -> None:
    made = good.with_({"channels.express.daily_budget": "¥450", "catalogue.skus.A1.price": 99, "horizon": "2周"})

    assert made.channels["express"].daily_budget == 450.0  # type: ignore[union-attr]
    assert (made.catalogue.skus[0].price, made.n_days) == (99.0, 14)
    assert good.channels["express"].daily_budget == 300.0  # type: ignore[union-attr]
    assert made.fingerprint != good.fingerprint


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_playbook_taken_the_short_way_is_the_same_scenario(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = read_scenario(path)
    books = [dict(getattr(shipped.stages, stage).playbook) for stage in STAGES]
    short = [quickly_changed(shipped, book) for book in books]

    monkeypatch.setattr("storesim.scenario.change.quickly_changed", lambda *_: None)

    # Playbooks with words or lists go the long way anyhow.
    assert path.stem != "elena_mileva" or None not in short
    for made, book in zip(short, books, strict=True):
        assert made is None or made == shipped.with_(book)


def test_a_change_back_gives_the_same_fingerprint(good: Scenario) -> None:
    there = good.with_({"channels.express.bid": 2})

    assert there.with_({"channels.express.bid": "1.5元"}).fingerprint == good.fingerprint
    assert good.with_({}).fingerprint == good.fingerprint


def test_every_fault_of_a_change_is_said(good: Scenario) -> None:
    found = messages(lambda: good.with_({"channels.expres.bid": 1, "horizon": -1, "a b": 2, "": 3}))

    assert found == [
        "with_: '' is not a path; write names joined by dots, such as channels.express.daily_budget",
        "with_: horizon is -1; it must be 1 to 3,660 days.",
        "with_: there is no channel 'expres'; did you mean 'express'?",
        f"with_: there is no setting 'a b'; allowed: {', '.join(Scenario.model_fields)}, extends",
    ]


def test_a_scenario_cannot_be_written_to(good: Scenario) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        good.horizon = 3.0  # type: ignore[misc]  # the act under test
    with pytest.raises(TypeError):
        good.channels["x"] = Organic()  # type: ignore[index]


def test_a_scenario_is_the_same_after_pickling(good: Scenario) -> None:
    again = pickle.loads(pickle.dumps(good))  # noqa: S301  # our own bytes

    assert again == good
    assert again.fingerprint == good.fingerprint
    assert isinstance(again.channels, Named)


def test_a_scenario_read_from_its_own_json_is_the_same(good: Scenario, write: Write) -> None:
    settings = good.model_dump(mode="json", by_alias=True)
    del settings["catalogue"]["file"]

    again = read_scenario(write("s.yaml", json.dumps(settings, ensure_ascii=False)))

    assert again.fingerprint == good.fingerprint


def test_named_settings_keep_the_order_of_the_file_and_compare_by_content() -> None:
    named = Named({"b": 1, "a": 2})

    assert list(named) == ["b", "a"]
    assert named == {"b": 1, "a": 2}
    assert (len(named), named["a"], "c" in named) == (2, 2, False)
    assert hash(named) == hash(Named({"b": 1, "a": 2}))
    assert repr(named) == "Named({'b': 1, 'a': 2})"


def test_every_setting_is_explained_under_itself() -> None:
    silent = {
        f"{setting.owner.__name__}.{setting.name}"
        for _, setting in every_setting(Scenario)
        if not setting.explanation
        and setting.name not in ("mechanism", "kind")
        # A group is explained by the words of its class.
        and group_class(setting.info.annotation) is None
    }

    assert silent == set()


def test_an_overridden_setting_is_explained_by_its_base() -> None:
    from storesim.scenario.channels import Broad, Channel, Phrase, Returning

    assert explained(Broad)["reach"] == explained(Phrase)["reach"] != ""
    assert explained(Returning)["bounce"] != explained(Channel)["bounce"]
    assert "daily_budget" in explained(PayPerClick)


def test_the_schema_names_every_setting_with_its_explanation() -> None:
    schema = scenario_schema()

    explained_settings = [setting for _, setting in every_setting(Scenario) if setting.name != "mechanism"]

    for setting in explained_settings:
        holder = schema if setting.owner is Scenario else schema["$defs"][setting.owner.__name__]
        # That of a playbook goes on with the levers it may set.
        assert holder["properties"][setting.name].get("description", "").startswith(setting.explanation)


def test_every_reference_of_the_schema_leads_to_a_definition() -> None:
    schema = scenario_schema()

    names = {match.removeprefix("#/$defs/") for match in re.findall(r"#/\$defs/\w+", json.dumps(schema))}

    assert names == set(schema["$defs"]) - {"Scenario"}


@pytest.mark.parametrize("path", [*SHIPPED, GOOD, *sorted(PRESETS.glob("*.yaml"))], ids=lambda path: path.name)
def test_the_schema_accepts_what_storesim_accepts(path: Path) -> None:
    assert _violations(_yaml(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("chanels: {}", "chanels"),
        ("channels: {express: {daily_buget: 3}}", "channels.express"),
        ("channels: {express: {daily_budget: -3}}", "channels.express"),
        ("channels: {weibo: {daily_budget: 3}}", "channels.weibo"),
        ("store: {mode: POP}", "store.mode"),
        ("store: []", "store"),
        ("catalogue: {skus: [{sku: A}]}", "catalogue.skus.0"),
        ("catalogue: {skus: [{sku: A, price: 1, cost: 0, role: star}]}", "catalogue.skus.0.role"),
        ("market: {season: [0.5, 0.5]}", "market.season"),
        ("events: {name: x}", "events"),
        ("horizon: [3]", "horizon"),
        ("horizon: 5000", "horizon"),
    ],
)
def test_the_schema_refuses_what_an_editor_can_see(text: str, where: str) -> None:
    found = _violations(_yaml(text))

    assert any(place.startswith(where) for place in found)


def _yaml(text: str) -> Any:
    from ruamel.yaml import YAML

    return YAML(typ="safe", pure=True).load(text)


def _violations(value: Any) -> list[str]:
    """Places that break the shipped schema, by the few words of JSON Schema it uses."""
    schema = json.loads((ROOT / "storesim.schema.json").read_text(encoding="utf-8"))
    return _broken(value, schema, schema, "")


def _broken(value: Any, rule: dict[str, Any], root: dict[str, Any], at: str) -> list[str]:
    found: list[str] = []
    if "$ref" in rule:
        found += _broken(value, root["$defs"][rule["$ref"].rpartition("/")[2]], root, at)
    if "anyOf" in rule:
        tried = [_broken(value, option, root, at) for option in rule["anyOf"]]
        found += [] if [] in tried else [at, *max(tried, key=lambda places: max(map(len, places)))]
    for option in rule.get("allOf", ()):
        found += _broken(value, option, root, at)
    kinds = rule.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(value, kind) for kind in kinds):
        return [*found, at]
    if "const" in rule and value != rule["const"]:
        found.append(at)
    if "enum" in rule and value not in rule["enum"]:
        found.append(at)
    if isinstance(value, int | float) and not isinstance(value, bool):
        low, high = rule.get("minimum", -1e300), rule.get("maximum", 1e300)
        above, below = rule.get("exclusiveMinimum", -1e301), rule.get("exclusiveMaximum", 1e301)
        found += [] if low <= value <= high and above < value < below else [at]
    if isinstance(value, list):
        size_fits = rule.get("minItems", 0) <= len(value) <= rule.get("maxItems", 10**9)
        found += [] if size_fits else [at]
        for index, item in enumerate(value):
            rules = rule.get("prefixItems", [])
            inner = rules[index] if index < len(rules) else rule.get("items", {})
            found += _broken(item, inner, root, f"{at}.{index}".lstrip("."))
    if isinstance(value, dict):
        found += [at for name in rule.get("required", ()) if name not in value]
        for key, item in value.items():
            way = f"{at}.{key}".lstrip(".")
            inner = rule.get("properties", {}).get(str(key), rule.get("additionalProperties", {}))
            found += [way] if inner is False else _broken(item, inner if isinstance(inner, dict) else {}, root, way)
    return found


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool) or value is None:
        return kind == {True: "boolean", False: "boolean", None: "null"}[value]
    # Dates are text in the YAML 1.2 of storesim; ruamel makes dates of them.
    kinds = {"string": (str,), "integer": (int,), "number": (int, float), "array": (list,), "object": (dict,)}
    return isinstance(value, kinds.get(kind, ())) or (kind == "string" and hasattr(value, "isoformat"))
