"""What a workbook carries for `storesim import`: the scenario it was made from, and each yellow cell as it was."""

from __future__ import annotations

import datetime as dt
import json
from typing import NamedTuple

from storesim.scenario.document import Scenario

SHEET = "storesim"
"""Name of the sheet nobody sees."""

DAYS = (dt.date(2000, 1, 1), dt.date(2199, 12, 31))
"""First and last day a yellow cell may hold: a number typed for a day, such as 618, is a day of 1901 to a sheet."""

COLUMNS = 5
_CHUNK = 30_000


class YellowCell(NamedTuple):
    """A cell that may be typed in."""

    name: str
    """Its defined name."""

    key: str
    """``table.row.column`` as the report names it."""

    label: str
    """What stands in the first cell of its row."""

    value: float
    """As it was written; a day as its ordinal number."""


def scenario_chunks(scenario: Scenario, year: int | None) -> list[str]:
    """The scenario as JSON, in texts short enough for a cell; the first names the format."""
    settings = scenario.model_dump(mode="json", by_alias=True)
    settings["catalogue"].pop("file", None)
    text = json.dumps({"format": 1, "year": year, "scenario": settings}, ensure_ascii=True, sort_keys=True)
    return [text[at : at + _CHUNK] for at in range(0, len(text), _CHUNK)]
