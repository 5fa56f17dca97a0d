"""`daily.csv`: mean, standard error and quantiles over runs, by day and channel, of every count and ratio.

The table is tidy, a row for each day, channel and KPI: a planner filters it in a spreadsheet, an analyst pivots it. A
year of a store with five channels is 86,000 rows and some 5 MB; a spreadsheet holds 1,048,576 rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.results.ensemble import Ensemble, mean_over_runs, quantiles_over_runs, standard_error, values_over_runs
from storesim.results.tables import csv_bytes, number_texts, plain_text

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

LEVELS: tuple[float, ...] = (0.1, 0.5, 0.9)
COLUMNS: tuple[str, ...] = ("date", "channel", "kpi", "mean", "se", "p10", "p50", "p90")


class Series(NamedTuple):
    """One KPI of one channel over all days."""

    channel: str
    """"" for the whole store."""

    name: str
    figures: Array
    """[n_days, 5]: mean, standard error, and the quantiles of `LEVELS`."""


def daily_series(ensemble: Ensemble) -> Iterator[Series]:
    """Every KPI of the whole store, then of each channel."""
    for channel in (None, *ensemble.channels):
        names = ensemble.names_of(channel)
        # Taken out of the large arrays once, since several ratios rest on the same counts.
        counts = {name: ensemble.daily(name, channel) for name in names if name in kpi.COUNT}
        for name in names:
            yield Series(channel or "", name, _figures(name, counts.__getitem__))


def daily_csv(ensemble: Ensemble) -> bytes:
    """The whole file; rows by date, then channel (the whole store first), then KPI as `kpi` orders them."""
    # One list of ready rows a series, then a row of each in turn: formatting by column is what makes this fast.
    blocks = [_rows(series) for series in daily_series(ensemble)]
    dates = [date.isoformat() for date in ensemble.dates]
    rows = ((date, *row) for date, day in zip(dates, zip(*blocks, strict=True), strict=True) for row in day)
    return csv_bytes(COLUMNS, rows)


def daily_frame(ensemble: Ensemble) -> pd.DataFrame:
    """The same table as a frame, with numbers as they are, not rounded."""
    import pandas as pd

    every = list(daily_series(ensemble))
    figures = np.stack([series.figures for series in every], axis=1).reshape(-1, len(COLUMNS) - 3)
    columns: dict[str, object] = {
        "date": np.repeat(np.array(ensemble.dates, dtype="datetime64[ns]"), len(every)),
        "channel": np.tile(np.array([series.channel for series in every], dtype=object), ensemble.n_days),
        "kpi": np.tile(np.array([series.name for series in every], dtype=object), ensemble.n_days),
    }
    return pd.DataFrame(columns | {name: figures[:, i] for i, name in enumerate(COLUMNS[3:])})


def _figures(name: str, count: Callable[[str], Array]) -> Array:
    by_run = kpi.divide(name, count) if name in kpi.RATIO else count(name)
    error = standard_error(values_over_runs(name, count))
    return np.column_stack([mean_over_runs(name, count), error, quantiles_over_runs(by_run, LEVELS)])


def _rows(series: Series) -> list[tuple[str, ...]]:
    channel = plain_text(series.channel)
    columns = [number_texts(series.figures[:, i], series.name) for i in range(series.figures.shape[1])]
    return [(channel, series.name, *row) for row in zip(*columns, strict=True)]
