"""The protocol: a `Forecaster` fits a `Panel`, a `Fitted` predicts joint paths.

A panel is on the working scale (logarithms of counts, log-odds of conversion), where every method adds and nothing
can become negative. `drivers.py` goes there and back; a method sees neither channels nor zeros.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from storesim.errors import ForecastError

Array = NDArray[np.float64]

WEEK = 7

_LEAST_OF_ALL = 3
"""Days that the method needs which needs fewest."""

SeriesKind = Literal["count", "conversion", "ratio"]
"""A count, such as visitors; what part of visitors buys; any other ratio of two counts."""


@dataclass(frozen=True, eq=False)
class Panel:
    """Series that are forecast together."""

    start: dt.date
    """Date of the first column."""

    names: tuple[str, ...]
    """What each series is, for messages: "uv", "cvr of search"."""

    values: Array
    """[n_series, n_days] on the working scale; NaN on days that are unknown or closed."""

    closed_weekdays: NDArray[np.bool_]
    """[n_series, 7], Monday first: weekdays on which nothing ever happens; their values are NaN."""

    kinds: tuple[SeriesKind, ...] = ()
    """What each series counts; all are counts if not said."""

    opened: dt.date | None = None
    """Day on which the store opened, if that is told."""

    def __post_init__(self) -> None:
        if not self.kinds:
            object.__setattr__(self, "kinds", ("count",) * self.n_series)

    @property
    def n_series(self) -> int:
        """Series in the panel."""
        return int(self.values.shape[0])

    @property
    def n_days(self) -> int:
        """Days of history."""
        return int(self.values.shape[1])

    def weekdays(self, first: int, last: int) -> NDArray[np.int64]:
        """Weekday of the days from `first` up to `last`, not included, 0 the panel's first day; Monday is 0."""
        return (self.start.weekday() + np.arange(first, last)) % WEEK

    def until(self, n_days: int) -> Panel:
        """The first `n_days` days: what was known then."""
        return replace(self, values=self.values[:, :n_days])


class Fitted(Protocol):
    """What a fit has learned."""

    @property
    def reasons(self) -> tuple[str, ...]:
        """What the user should know of the fit, a sentence each."""

    def predict(self, horizon: int, n_paths: int, seed: int) -> Array:
        """Joint paths of the days after the panel: [n_paths, horizon, n_series] on the working scale, all finite.

        The same seed gives the same bytes. Values of closed days are made up and not used.
        """


class Forecaster(Protocol):
    """A frozen description of a method; one may be fitted to any number of panels."""

    @property
    def name(self) -> str:
        """Its name in the table of methods."""

    @property
    def least_days(self) -> int:
        """Known days the method needs of at least one series."""

    def fit(self, panel: Panel) -> Fitted:
        """What can be learned from a panel.

        Raises
        ------
        ForecastError
            If the panel is too short.
        """


def require_days(panel: Panel, least: int, what_for: str) -> None:
    """Refuse a panel whose best-known series has fewer than `least` known days.

    Raises
    ------
    ForecastError
        Saying what is needed, what there is and what to do.
    """
    known = np.isfinite(panel.values).sum(axis=1)
    if panel.n_series and int(known.max()) < least:
        name, got = panel.names[int(known.argmax())], int(known.max())
        if least > _LEAST_OF_ALL:
            raise ForecastError(
                f"Forecast of '{name}' needs at least {least} days of history to learn {what_for}; got {got}. "
                'Use method "naive", or give more days.'
            )
        raise ForecastError(
            f"Forecast of '{name}' needs at least {least} days of history to learn {what_for}; got {got}. "
            "No method needs fewer: give more days, or a scenario of the store, whose simulation stands in for them."
        )


def carried_on(values: Array, lag: int = 1) -> Array:
    """[n_series, n_days] with unknown days taken from `lag` days before, or after where nothing is known before.

    A series that is never known becomes 0.
    """
    result = values.copy()
    n_days = values.shape[1]
    if np.isnan(result).any():
        for day in range(lag, n_days):
            gap = np.isnan(result[:, day])
            result[gap, day] = result[gap, day - lag]
        for day in range(n_days - lag - 1, -1, -1):
            gap = np.isnan(result[:, day])
            result[gap, day] = result[gap, day + lag]
    centre = np.array([np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else 0.0 for row in values])
    return np.where(np.isnan(result), centre[:, np.newaxis], result)


def known_rows(errors: Array) -> Array:
    """[n_rows, ..., n_series] errors without NaN, of rows in which some series is known.

    A series unknown in a row takes its own error of the next row in which it is known, so that its scale stays. One row
    of zeros if nothing is known at all.
    """
    kept = errors[np.isfinite(errors).any(axis=tuple(range(1, errors.ndim)))]
    if len(kept) == 0:
        return np.zeros((1, *errors.shape[1:]))
    flat = kept.reshape(len(kept), -1).copy()
    for column in flat.T:
        known = np.flatnonzero(np.isfinite(column))
        if known.size == 0:
            column[:] = 0.0
        elif known.size < column.size:
            column[:] = column[known[np.searchsorted(known, np.arange(column.size)) % known.size]]
    return flat.reshape(kept.shape)


def centred(errors: Array) -> Array:
    """Errors [n_rows, ...] less their mean, so that a path is not pushed one way."""
    return np.asarray(errors - errors.mean(axis=0))
