"""The presets that are shipped: every number has its source, and each lies where DOMAIN says its category lies."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from storesim.scenario import load
from storesim.scenario.channels import Channel, Organic, PayPerClick, Placement, Returning
from storesim.scenario.document import Scenario
from storesim.scenario.load import preset_names, read_scenario
from tests.scenario.conftest import Write, messages

PRESETS = Path(load.__file__).parent / "presets"
CATEGORIES = ("apparel", "pet_care", "cosmetics", "small_appliances", "packaged_food")
SOURCE = re.compile(r"\*assumed\*|\((?:DOMAIN )?(?:\d+(?:\.\d+)?|MODEL \d+)[^)]*\)|off until")
"""A row of DOMAIN.md or MODEL.md in brackets, the word that there is none, or why a channel is off."""

FIGURES = ("cvr", "repeat", "returns", "depth", "bounce")
RANGES = {
    "apparel": ((0.008, 0.025), (0.06, 0.20), (0.25, 0.55), (3, 6), (0.45, 0.60)),
    "pet_care": ((0.02, 0.06), (0.20, 0.40), (0.02, 0.06), (2, 4), (0.40, 0.55)),
    "cosmetics": ((0.015, 0.04), (0.12, 0.30), (0.05, 0.12), (2.5, 5), (0.45, 0.60)),
    "small_appliances": ((0.008, 0.025), (0.02, 0.08), (0.04, 0.09), (2.5, 5), (0.45, 0.60)),
    "packaged_food": ((0.03, 0.08), (0.20, 0.40), (0.01, 0.04), (2, 4), (0.40, 0.55)),
}
"""DOMAIN 4.2, second table (G). Repeat of apparel may begin at 6 %: the preset says 7 % of itself; the row has 8 %."""


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_needs_only_a_store_to_be_a_scenario(name: str, write: Write) -> None:
    path = write("s.yaml", f"extends: [good.yaml, {name}]\n")

    assert read_scenario(path).store.name == "Good Store"


def test_every_category_of_the_domain_has_a_preset() -> None:
    names = {name.removeprefix("presets/").removesuffix(".yaml") for name in preset_names()}

    assert names == {*CATEGORIES, "jd_calendar", "jd_calendar_2026_2028", "jd_devices", "jd_march_2018"}


@pytest.mark.parametrize(("name", "least"), [*((category, 40) for category in CATEGORIES), ("jd_march_2018", 30)])
def test_every_number_of_a_preset_has_its_source_beside_or_above_it(name: str, least: int) -> None:
    numbers, bare = _numbers((PRESETS / f"{name}.yaml").read_text(encoding="utf-8"))

    assert numbers > least
    assert bare == []


def test_a_number_without_a_source_is_found() -> None:
    text = (
        "channels:\n  search:\n    bounce: 52%\n    depth: 6.0    # (4.2, G)\n  # *assumed*\n  other:\n    weight: 1\n"
    )

    assert _numbers(text) == (3, ["    bounce: 52%"])


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_lies_where_the_domain_says(category: str, write: Write) -> None:
    made = _of(category, write)
    search = made.channels["search"]
    ranges = dict(zip(FIGURES, RANGES[category], strict=True))

    found = {
        "cvr": (1.0 - search.bounce) * made.operations.conversion.base,
        "repeat": _bought_again_in_90_days(made),
        "returns": made.operations.returns.rate,
        "depth": search.bounce + (1.0 - search.bounce) * search.depth,
        "bounce": search.bounce,
    }

    outside = {name: value for name, value in found.items() if not ranges[name][0] <= value <= ranges[name][1]}
    assert outside == {}


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_has_the_four_kinds_of_channel_and_fees_of_jd(category: str, write: Write) -> None:
    made = _of(category, write)

    kinds = [type(channel) for channel in made.channels.values()]
    assert kinds == [Organic, PayPerClick, Placement, Returning]
    assert 0.02 <= made.operations.money.commission <= 0.10  # DOMAIN 5.2 (B)
    assert made.operations.money.transaction_fee == 0.006  # DOMAIN 5.2 (B)


def test_categories_differ_in_what_moves_a_plan(write: Write) -> None:
    made = [_of(category, write) for category in CATEGORIES]

    for figures in (
        {scenario.operations.conversion.base for scenario in made},
        {scenario.operations.returns.rate for scenario in made},
        {_bought_again_in_90_days(scenario) for scenario in made},
    ):
        assert len(figures) == len(CATEGORIES)


def test_a_mistake_in_a_parent_that_two_files_share_is_told_once(write: Write) -> None:
    write("shared.yaml", "market: {grwth: 1}\n")
    for name in ("a.yaml", "b.yaml"):
        write(name, "extends: shared.yaml\n")

    found = messages(lambda: read_scenario(write("s.yaml", "extends: [good.yaml, a.yaml, b.yaml]\n")))

    assert len(found) == 1
    assert found[0].startswith("shared.yaml:1:10: ")


def _of(category: str, write: Write) -> Scenario:
    return read_scenario(write(f"{category}_store.yaml", f"extends: [good.yaml, presets/{category}.yaml]\n"))


def _bought_again_in_90_days(made: Scenario) -> float:
    """Share of buyers who buy again within 90 days: they join, stay for a while and come back to buy.

    Purchases of a member who lapses at rate c and buys at rate b number b(1 − e^{−90c})/c in the mean; no purchase has
    chance e^{−that}, a little too small a chance since members differ in how long they stay.
    """
    (members,) = [channel for channel in made.channels.values() if isinstance(channel, Returning)]
    joins, lapse = made.operations.members.join, made.operations.members.churn
    bought = members.visits_per_member * _cvr(members, made.operations.conversion.base)
    return joins * (1.0 - math.exp(-bought * (1.0 - math.exp(-90.0 * lapse)) / lapse))


def _cvr(channel: Channel, base: float) -> float:
    odds = channel.conversion * base / (1.0 - base)
    return (1.0 - channel.bounce) * odds / (1.0 + odds)


def _numbers(text: str) -> tuple[int, list[str]]:
    """Lines with a number, and those of them without a source beside, above or around them."""
    numbers, bare = 0, []
    sourced = [-1]  # indents of the groups around a line whose own comment is a source
    above = False
    for line in text.splitlines():
        said, _, comment = line.partition("#")
        if not said.strip():
            above = bool(SOURCE.search(comment)) or (above and bool(comment))
            continue
        indent = len(line) - len(line.lstrip())
        sourced = [-1, *(outer for outer in sourced[1:] if outer < indent)]
        has_source = bool(SOURCE.search(comment)) or above or len(sourced) > 1
        if has_source and said.rstrip().endswith(":"):
            sourced.append(indent)
        above = False
        if re.search(r"\d", said):
            numbers += 1
            bare += [] if has_source else [line]
    return numbers, bare
