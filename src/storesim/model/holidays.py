"""Days on which carriers do not work: what they do to waves, parcels and promises (MODEL section 8)."""

from __future__ import annotations

import numpy as np

from storesim.engine.day import F, I
from storesim.scenario.document import Scenario

BEYOND = 31
"""Days after the run of which holidays are still known: a parcel of the last days meets them."""


def days_off(scenario: Scenario) -> I:
    """[n_days + 31] days until carriers work again, 0 where they do; [0] if they always do."""
    holidays, opened = scenario.operations.dispatch.holidays, scenario.store.opened
    if not holidays:
        return np.zeros(0, dtype=np.int64)
    closed = np.zeros(scenario.n_days + BEYOND, dtype=np.bool_)
    for holiday in holidays:
        closed[max(0, (holiday.first - opened).days) : max(0, (holiday.last - opened).days + 1)] = True
    off = np.zeros(closed.size, dtype=np.int64)
    for day in reversed(range(closed.size)):
        after = off[day + 1] if day + 1 < closed.size else 0
        off[day] = after + 1 if closed[day] else 0
    return off


def promised_later(off: I, n_days: int, promised: float) -> F:
    """[n_days] how many days later than usual the parcel of an order of each day is promised; [0] if never.

    Parameters
    ----------
    off
        As `days_off` gives it.
    promised
        Days from payment to the buyer where carriers work through.
    """
    if not off.size:
        return np.zeros(0)
    later = np.zeros(n_days)
    for today in range(n_days):
        day, left = today, promised
        while day < off.size and left > 0.0:
            later[today] += off[day] > 0
            left -= off[day] == 0
            day += 1
    return later
