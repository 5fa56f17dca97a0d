"""Every number a scenario takes for granted says where it comes from, or that it is a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel

from storesim.scenario.document import Scenario
from storesim.scenario.fields import Setting, every_setting

SOURCE = re.compile(r"\*assumed\*|\((?:[^()]*[ ;])?(?:DOMAIN|MODEL|CHECKS) \d[^()]*, [AB][);]|seed 00\d|CDNOW")
"""A section of the research notes with a grade of A or B, a seed, a study, or the word for all that is less."""

NEUTRAL = {
    ("Scenario", "horizon"): "how long to look, not how the world is",
    ("Slots", "hours"): "the whole day",
}
"""Defaults that change nothing, though they are neither 0 nor 1."""


def test_every_number_a_scenario_takes_for_granted_has_a_source_or_is_called_a_guess() -> None:
    found = {(setting.owner.__name__, setting.name): setting for _, setting in every_setting(Scenario)}

    claims = {key: setting for key, setting in found.items() if says_something(setting) and key not in NEUTRAL}

    assert len(claims) > 150
    assert [".".join(key) for key, setting in claims.items() if not SOURCE.search(setting.explanation)] == []


def test_a_source_that_is_not_enough_is_found() -> None:
    enough = (
        "x (DOMAIN 5.2: 5–8 %, B).",
        "x (seed 002; DOMAIN 10: 24 h, B).",
        "x (DOMAIN 4.2, C); *assumed*.",
        "x (T+1: seed 001)",
    )
    lacking = ("Cost of one parcel.", "x (B).", "x (DOMAIN 4.2, C).", "x (DOMAIN 4.2).", "x (MODEL 4, G).")

    assert all(SOURCE.search(text) for text in enough)
    assert not any(SOURCE.search(text) for text in lacking)


def says_something(setting: Setting) -> bool:
    """Whether a default holds a number other than 0, which switches off, and 1, which changes nothing."""
    default = setting.info.default
    if isinstance(default, BaseModel):
        return bool(default.model_fields_set)
    return any(number not in (0, 1) for number in numbers(default))


def numbers(value: object) -> Iterator[float]:
    """The numbers in a value, those of a list one by one."""
    match value:
        case bool():
            return
        case int() | float():
            yield value
        case tuple():
            for item in value:
                yield from numbers(item)
