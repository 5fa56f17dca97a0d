"""The platform's sales on the shipped calendar, whether a scenario has them or not."""

from __future__ import annotations

from functools import cache
from typing import Final

from storesim.scenario.events import Event
from storesim.scenario.gather import Gathering
from storesim.scenario.kept import PRESETS
from storesim.scenario.tree import plain, walk

_CALENDAR: Final = "jd_calendar.yaml"


@cache
def sale_calendar() -> tuple[Event, ...]:
    """The sales of `presets/jd_calendar.yaml`, by their first day."""
    root = Gathering().file(PRESETS / _CALENDAR, f"presets/{_CALENDAR}")
    found = plain(walk(root, ("events",)).node)  # type: ignore[arg-type]  # a shipped file has its events
    events = (Event.model_validate(one) for one in found)  # type: ignore[attr-defined]  # and they are a list
    return tuple(sorted(events, key=lambda event: event.first))
