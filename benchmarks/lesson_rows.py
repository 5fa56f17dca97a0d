"""Series and what came of them: the rows that `fit_lessons.py` learns from.

Simulated stores, public series and made ones. For each forecast of a series: how it had moved, what its own errors
told, and the totals of 28, 90 and 365 days over those foretold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecasts import series_of
from benchmarks.foretold import Case
from benchmarks.made_series import made, panel_of
from storesim.errors import ForecastError
from storesim.forecast.methods.base import WEEK, Panel
from storesim.forecast.methods.lessons import MONTH, REACHES, Growth, early_of, early_terms, growth, opened
from storesim.forecast.methods.own import Own
from storesim.forecast.methods.spread import Spread

Array = NDArray[np.float64]

EARLY = tuple(early_of(np.zeros(MONTH), np.zeros(MONTH)))
MOVED = ("days", "recent", "earlier", "since", "onset")
"""Figures of `Growth` that a series alone tells."""

OLD = 600.0
"""Days from a store's opening to the first known one of series that are no simulated store's."""

MADE_DAYS = (28, 42, 70, 120, 240, 450, 800)
SHORTENED = (1100, 220, 90, 28)


class Row(NamedTuple):
    """One series and what came of it."""

    source: str
    """"store", "made" or "public": what its weight hangs on."""

    kind: str
    """Kind of the store; else the source again."""

    number: int
    """The store's; 0 of others."""

    table: str
    """What it is: "count", "conversion" or "ratio"."""

    moved: tuple[float, ...]
    """The figures in `MOVED`."""

    unseen: float
    """Days from the store's opening to the first known one."""

    early: tuple[float, ...]
    """What `early_terms` finds; 0 if nothing."""

    laws: tuple[float, ...]
    errors: tuple[float, ...]
    """Logarithm of each reach's total over that foretold, less what errors of days add; NaN where too few days are
    known."""


@dataclass(frozen=True, eq=False)
class Rows:
    """Many of them: arrays by row."""

    source: NDArray[np.str_]
    kind: NDArray[np.str_]
    number: NDArray[np.int64]
    table: NDArray[np.str_]
    moved: Array
    unseen: Array
    early: Array
    laws: Array
    errors: Array

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Rows:
        """The rows, a column each."""
        return cls(*map(np.array, zip(*rows, strict=True)))

    def only(self, chosen: NDArray[np.bool_]) -> Rows:
        """Some of the rows."""
        return Rows(*(getattr(self, field.name)[chosen] for field in fields(self)))

    @property
    def begins(self) -> NDArray[np.bool_]:
        """Whether a history begins with its store."""
        return np.asarray(self.unseen == 0.0)

    @property
    def of_store(self) -> NDArray[np.bool_]:
        """Series of stores, whose conversion is known."""
        return np.asarray(self.early.any(axis=1))

    def growth(self, opening: Mapping[str, float], *, told: bool = False) -> Growth:
        """How their levels had moved; by these coefficients of an opening, or told when it was."""
        days, recent, earlier, since, onset = self.moved.T
        moved = (days, recent, earlier, since, onset)
        if told:
            begun = self.begins.astype(np.float64)
            return Growth(*moved, begun, days + self.unseen, told=True)
        sure = opened(opening, dict(zip(EARLY, self.early.T, strict=True))) if opening else np.zeros(days.size)
        return Growth(*moved, np.where(self.of_store, sure, 0.0), days)


def of_cases(cases: Iterable[Case]) -> Iterator[Row]:
    """Of forecasts of simulated stores."""
    for case in cases:
        about = ("store", case.kind, case.number, float(case.first))
        yield from _rows(case.driven.panel, case.spread, (case.came, case.middle), about)


def of_made() -> Iterator[Row]:
    """Of made series."""
    for n_days in MADE_DAYS:
        values = made(80, n_days + REACHES[-1], seed=77)
        yield from _foretold(panel_of(values[:, :n_days]), values[:, n_days:], "made")


def of_public(files: list[Path]) -> Iterator[Row]:
    """Of public series, from eight origins each and with long and short histories."""
    for name, start, counts in (found for path in files for found in series_of(path)):
        values = np.log(np.where(counts > 0, counts, np.nan))[np.newaxis]
        for origin in np.unique(np.linspace(98, values.shape[1] - REACHES[0], 8).astype(int)):
            for n_days in SHORTENED:
                begin = max(int(origin) - n_days, 0)
                known = Panel(
                    start + dt.timedelta(days=begin), (name,), values[:, begin:origin], np.zeros((1, WEEK), np.bool_)
                )
                if origin >= 98:
                    yield from _foretold(known, values[:, origin : origin + REACHES[-1]], "public")


def _foretold(panel: Panel, came: Array, source: str) -> Iterator[Row]:
    """What came, [n_series, horizon], held against what was foretold."""
    try:
        fitted = Own(taught={}).fit(panel)
    except ForecastError:
        return
    yield from _rows(panel, fitted.spread, (came.T, fitted.middle(came.shape[1])), (source, source, 0, OLD))


def _rows(
    panel: Panel, spread: Spread, ahead: tuple[Array, Array], about: tuple[str, str, int, float]
) -> Iterator[Row]:
    """Of each series; `ahead` is what came, and what was foretold: [horizon, n_series] each."""
    moved = growth(panel, {})
    figures = np.stack([getattr(moved, name) for name in MOVED], axis=1)
    found = early_terms(panel)
    early = tuple(float(found[name]) if found else 0.0 for name in EARLY)
    source, kind, number, unseen = about
    laws, gain = spread.doubts(), spread.gain()
    for which, table in enumerate(panel.kinds):
        came, foretold = (part[:, which] for part in ahead)
        errors = tuple(_of_total(came[:reach], foretold[:reach]) - float(gain[which]) for reach in REACHES)
        known = (tuple(figures[which]), unseen, early, tuple(laws[:, which]))
        yield Row(source, kind, number, table, *known, errors)


def _of_total(came: Array, foretold: Array) -> float:
    """Logarithm of the total that came over that foretold, of logarithms by day; NaN where too few days are known."""
    there = np.isfinite(came)
    if there.sum() < 0.6 * came.size:
        return float("nan")
    return float(np.log(np.exp(came[there]).sum() / np.exp(foretold[there]).sum()))
