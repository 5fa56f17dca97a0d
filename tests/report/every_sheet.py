"""A workbook with every sheet a plan can have, and words that mean harm wherever a user may write some."""

from __future__ import annotations

from functools import cache

from storesim.plan.break_down import break_down
from storesim.plan.goals import Goals
from storesim.plan.mix import shelf_of
from storesim.report.build import build_report
from storesim.report.writers import excel
from storesim.scenario.document import Scenario
from tests.report import made_up

PREFIXES = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1+1)", "\t=1+1", '=HYPERLINK("//evil")')
"""Ways in which a cell becomes a formula when it is typed."""


@cache
def hostile() -> Scenario:
    """The made-up store, its sales and its assortment named by those who mean harm."""
    written = made_up.scenario(PREFIXES[0]).model_dump(by_alias=True, mode="json")
    roles = ("hero", "profit", "traffic", "promo", "image")
    for place, (sku, role) in enumerate(zip(written["catalogue"]["skus"], roles, strict=True)):
        sku |= {"category": PREFIXES[place % 3], "material": PREFIXES[3 + place % 2], "role": role}
    written["events"] += [
        {"name": name, "from": f"2027-{month:02d}-10", "to": f"2027-{month:02d}-12", "traffic": 1.2}
        for month, name in enumerate(PREFIXES, 7)
    ]
    return Scenario.model_validate(written)


@cache
def its_goals() -> Goals:
    """Its target, broken down to days, sales and parts of the assortment."""
    scenario, runs = hostile(), made_up.ensemble()
    shelf = shelf_of(scenario.catalogue, runs)
    return break_down(made_up.outlook(runs), scenario.targets, shelf=shelf, events=scenario.events)


@cache
def with_every_sheet(lang: str = "en") -> bytes:
    """The workbook."""
    runs = made_up.ensemble()
    return excel.write(build_report(hostile(), runs, made_up.outlook(runs), its_goals(), lang=lang))
