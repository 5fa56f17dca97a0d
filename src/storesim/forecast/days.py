"""The days a forecast starts from: counts by channel and day, whatever they came from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import ForecastError

if TYPE_CHECKING:
    from storesim.results.history import History
    from storesim.results.run import Run

Array = NDArray[np.float64]

STORE: Final = "store"
"""Name of the only channel where the source tells none apart."""

FORETOLD: Final[tuple[str, ...]] = (
    "impressions", "clicks", "uv", "pv", "visits", "bounces", "chats", "buyers", "orders", "units", "gmv", "discounts",
    "ad_spend", "ad_gmv", "ad_orders", "ad_lines", "refunds",
)  # fmt: skip
"""Counts that are foretold: they add up over days and channels and are never negative. Each after all it hangs on."""

_OF_REPORTS: Final = frozenset({"ad_lines"})
"""Those of them that a report of ads has in place of orders; of a run, which has orders, they are not foretold."""


@dataclass(frozen=True, eq=False)
class KnownDays:
    """Counts before the days to come."""

    start: dt.date
    channels: tuple[str, ...]
    counts: Mapping[str, Array]
    """[n_channels, n_days] by name, in the order of `kpi`; NaN where unknown."""

    aside: tuple[str, ...] = ()
    """Counts of the source that are not foretold."""

    opened: dt.date | None = None
    """Day on which the store opened, if that is known."""

    @property
    def n_days(self) -> int:
        """Days, unknown ones included."""
        return int(next(iter(self.counts.values())).shape[1])

    @property
    def next_day(self) -> dt.date:
        """The first day to come."""
        return self.start + dt.timedelta(days=self.n_days)


def days_of_history(history: History) -> KnownDays:
    """A user's days, from the first on which anything is known.

    Raises
    ------
    ForecastError
        If there is no count to foretell, nothing is known, or a count is negative.
    """
    kept = {name: history.columns[name] for name in kpi.COUNT if name in history.columns and name in FORETOLD}
    aside = tuple(name for name in history.columns if name not in kept)
    where = f" of '{history.name}'" if history.name else ""
    if not kept:
        raise ForecastError(
            f"The history{where} holds {', '.join(aside)}, and none of them can be forecast by day. "
            f"Give at least one of {', '.join(FORETOLD)}."
        )
    for name, values in kept.items():
        refuse_negative(name, values, history)
    known = np.flatnonzero(np.any([np.isfinite(values) for values in kept.values()], axis=0))
    if known.size == 0:
        raise ForecastError(f"No day{where} has a figure in {', '.join(kept)}. Give days on which something is known.")
    first, last = int(known[0]), int(known[-1]) + 1
    start = history.start + dt.timedelta(days=first)
    return KnownDays(start, (STORE,), {name: values[np.newaxis, first:last] for name, values in kept.items()}, aside)


def refuse_negative(name: str, values: Array, history: History) -> None:
    """Nothing, for [n_days] counts or amounts of 0 or more.

    Raises
    ------
    ForecastError
        With the first day on which one is negative.
    """
    below = np.flatnonzero(values < 0)
    if below.size:
        where = f" of '{history.name}'" if history.name else ""
        raise ForecastError(
            f"'{name}'{where} is {values[below[0]]:g} on {history.dates[below[0]]}; "
            "a count or amount is 0 or more. Give refunds a column of their own, or leave an unknown cell empty."
        )


def days_of_run(run: Run) -> KnownDays:
    """The days of one simulated run, by channel; counts kept for the whole store only are not foretold."""
    names = [count.name for count in kpi.CHANNEL_COUNTS if count.name in FORETOLD and count.name not in _OF_REPORTS]
    counts = {name: np.stack([run.daily(name, channel) for channel in run.channels]) for name in names}
    return KnownDays(run.start, run.channels, counts, opened=run.start)
