"""Forecasts of simulated stores before anything taught: what the lessons are learned from, and calibration judged by.

Each store (`simulated_stores.py`) is fitted from several days of its life, knowing only days before; what its filters
foretold and the law of their errors are kept, with what came.
"""

from __future__ import annotations

import datetime as dt
import pickle
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.simulated_stores import COUNTS, Lived, stores
from storesim.errors import ForecastError
from storesim.forecast.days import days_of_history
from storesim.forecast.drivers import Driven, drive, forward
from storesim.forecast.methods.lessons import REACHES, Taught
from storesim.forecast.methods.own import Own, as_taught
from storesim.forecast.methods.spread import Spread

Array = NDArray[np.float64]

CASES = (
    (0, 28), (0, 60), (0, 90), (0, 120), (0, 200), (0, 270), (0, 365),
    (337, 365), (275, 365), (165, 365), (100, 220), (60, 150),
)  # fmt: skip
"""First known day and origin of the forecasts of a store: from its opening, and of exports that begin later."""

_PIECE = 50


@dataclass(frozen=True, eq=False)
class Case:
    """One forecast of a store, before anything taught."""

    number: int
    kind: str
    first: int
    origin: int
    driven: Driven
    spread: Spread
    middle: Array
    """[365, n_series] what the filters foretold."""

    came: Array
    """[365, n_series] likewise, what came."""

    counts: Array
    """[n_counts, 365] what came, as counted (`COUNTS`)."""

    def paths(self, n_paths: int, taught: Taught | None, *, told: bool = False) -> Array:
        """[n_paths, 365, n_counts] of the counts in `driven.names`, by these lessons; told its opening or not."""
        panel = self.driven.panel
        if told:
            panel = replace(panel, opened=panel.start - dt.timedelta(days=self.first))
        weekday = int(panel.weekdays(panel.n_days, panel.n_days + 1)[0])
        drawn = as_taught(self.spread, panel, taught).draw(self.middle, n_paths, self.origin, weekday)
        return self.driven.counts(drawn, self.origin)[:, :, 0]


def cases(numbers: Sequence[int], folder: Path) -> Iterator[Case]:
    """The forecasts of stores by their numbers; kept in a folder, as the stores are."""
    for piece in pieces_of(numbers):
        path = folder / f"cases-{piece[0]}-{piece[-1]}.pkl"
        if not path.exists():
            found = [case for store in stores(piece, folder) for case in cases_of(store)]
            path.write_bytes(pickle.dumps(found))
        yield from pickle.loads(path.read_bytes())  # noqa: S301 - written by this benchmark in a folder of its user


def pieces_of(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    """The numbers in the pieces in which forecasts are kept."""
    return (numbers[begin : begin + _PIECE] for begin in range(0, len(numbers), _PIECE))


def cases_of(store: Lived) -> Iterator[Case]:
    """The forecasts of one store."""
    for first, origin in CASES:
        driven = drive(days_of_history(store.days(first, origin)))
        try:
            fitted = Own(taught={}).fit(driven.panel)
        except ForecastError:
            continue
        counts = store.counts[:, origin : origin + REACHES[-1]]
        ahead = dict(zip(COUNTS, counts, strict=True))
        came = [forward(one, ahead[one.count], ahead[one.parent] if one.parent else None) for one in driven.drivers]
        if came:
            middle = fitted.middle(REACHES[-1])
            at = (store.number, store.kind, first, origin)
            yield Case(*at, driven, fitted.spread, middle, np.stack(came, axis=1), counts)
