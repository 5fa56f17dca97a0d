"""Orders credited to the clicks that led to them: windows of 京准通, and `attribution.csv` (DOMAIN 1.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.results.periods import day_window
from storesim.results.recorded import Recorded
from storesim.results.tables import csv_bytes, number_texts, plain_text

Array = NDArray[np.float64]

BASES: Final = ("click", "order")
"""First axis of `Recorded.attributed`."""

DELAYS: Final = ("0", "1", "2-3", "4-7", "8-15", "16", "17+")
"""Its fourth: days from the click to the order."""

COUNTS: Final = ("orders", "gmv", "lines")
"""Its last; money in CNY. Lines are 京准通's 订单行: one for each item of an order, gifts as the scenario asks."""

_PLACES: Final = {0: 1, 1: 2, 3: 3, 7: 4, 15: 5}
"""How many of the delays lie within a window of so many days."""


class Credit(NamedTuple):
    """Orders and their lines of one month, channel and delay, by one date."""

    month: str
    channel: str
    by: str
    delay: str
    orders: float
    gmv: float
    lines: float


def within(credited: Array, by: str, window: int) -> Array:
    """Orders, amounts and order lines that 京准通 counts: [..., n_days, n_channels, 3].

    Parameters
    ----------
    credited
        [..., 2, n_days, n_channels, 7, 3] as `Recorded.attributed`.
    by
        `click` or `order`: on the day of the click, or of the order.
    window
        0, 1, 3, 7 or 15 days. By order, 15 days reach back 16: JD's own example counts clicks from 16 July for orders
        from 1 August.

    Raises
    ------
    UsageError
        If there is no such basis or window.

    References
    ----------
    jzt.jd.com/study/kuaichemedia/941.jhtml, the dated example (DOMAIN 1.3, A).
    """
    if by not in BASES or window not in _PLACES:
        raise UsageError(
            f"orders are not credited by {by!r} within {window} days; by click or order, in 0, 1, 3, 7, 15"
        )
    places = _PLACES[window] + (by == "order" and window == 15)
    days = credited[..., BASES.index(by), :, :, :, :]
    # In this order NumPy adds them too, and takes eight times as long.
    total = days[..., 0, :].copy()
    for place in range(1, places):
        total += days[..., place, :]
    return np.asarray(total)


def credits_of(recorded: Recorded) -> Iterator[Credit]:
    """Every month, channel, date and delay as a mean over runs; none where orders are not credited to clicks."""
    means = mean_credits(recorded)
    if means.size == 0:
        return
    months = [f"{date:%Y-%m}" for date in recorded.dates]
    for month in dict.fromkeys(months):
        days = [day for day, other in enumerate(months) if other == month]
        total = means[:, days].sum(axis=1)
        for (c, channel), (b, by), (i, delay) in (
            (one, two, three)
            for one in enumerate(recorded.channels)
            for two in enumerate(BASES)
            for three in enumerate(DELAYS)
        ):
            yield Credit(month, channel, by, delay, *total[b, c, i].tolist())


def mean_credits(recorded: Recorded, first: dt.date | None = None, last: dt.date | None = None) -> Array:
    """[2, n_days, n_channels, 7, 3] as a mean over runs, of the days from `first` to `last`, both included."""
    means = recorded.attributed
    while means.ndim > 5:
        means = means.mean(axis=0)
    return means[:, day_window(recorded.start, recorded.n_days, first, last)] if means.size else means


def attribution_csv(recorded: Recorded) -> bytes:
    """The credits as a CSV file."""
    rows = list(credits_of(recorded))
    texts = [number_texts(np.array([getattr(row, name) for row in rows]), name) for name in COUNTS]
    return csv_bytes(
        Credit._fields,
        (
            (row.month, plain_text(row.channel), row.by, row.delay, *figures)
            for row, *figures in zip(rows, *texts, strict=True)
        ),
    )
