"""The day a store opened: told, by its user or by a scenario, and held against the days that are known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

import numpy as np

from storesim.errors import UsageError
from storesim.units import read_date

if TYPE_CHECKING:
    from storesim.forecast.days import KnownDays
    from storesim.forecast.drivers import Driven
    from storesim.results.ensemble import Ensemble

_EARLIEST: Final = dt.date(2000, 1, 1)
"""No store opened online before; who writes an earlier day has slipped."""

_BEFORE_SALES: Final = ("ad_spend", "clicks", "impressions")
"""What a store may have before anybody can visit it."""


def first_trading_day(days: KnownDays) -> dt.date | None:
    """The first day with visitors; where they are unknown, with anything else but ads. None if there is no such day."""
    counts = days.counts
    names = ["uv"] if "uv" in counts else [name for name in counts if name not in _BEFORE_SALES]
    traded = np.zeros(days.n_days, dtype=np.bool_)
    for name in names:
        traded |= (counts[name] > 0).any(axis=0)
    return days.start + dt.timedelta(days=int(traded.argmax())) if traded.any() else None


def read_opening(opened: object, days: KnownDays) -> dt.date:
    """The day on which a store is told to have opened.

    Raises
    ------
    UsageError
        If it is no date, earlier than any store online, or later than the first day on which the store traded.
    """
    try:
        day = read_date(opened)
    except ValueError as error:
        raise UsageError(f"opened: {error}") from None
    if day < _EARLIEST:
        raise UsageError(f"the store is told to open on {day}; give the day it did, {_EARLIEST} or later")
    first = first_trading_day(days)
    if first is not None and day > first:
        raise UsageError(f"the store is told to open on {day}, after it traded on {first}; give the day it did")
    return day


def remark_on_opening(day: dt.date | None, prior: Ensemble | None, driven: Driven, method: str) -> tuple[str, ...]:
    """What was made of the day of opening, and who told it; where no one did, that the simulated days do not."""
    used = method.startswith("storesim") and {"count", "conversion"} <= set(driven.panel.kinds)
    if day is None:
        if prior is None or not used:
            return ()
        said = (
            f"When the store opened is not told, and that its simulation begins on {prior.start} does not say it: its "
            "first weeks alone tell how young it is. Give the day (--opened), if you know it."
        )
        return (said,)
    if not used:
        return (f"That the store opened on {day} is not used: it takes visitors, buyers and the method 'storesim'.",)
    who = "the first day of its scenario" if prior is not None and prior.start == day else "as told"
    return (f"The store opened on {day}, {who}: growth and bands are those of stores of its age.",)
