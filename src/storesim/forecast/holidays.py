"""Which public holidays move a shop's days, told from the days themselves, and where they fall in the days to come."""

from __future__ import annotations

import csv
import datetime as dt
from functools import cache, lru_cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

Array = NDArray[np.float64]

_TABLE: Final = "holidays.csv"
_NEED = 12.0
"""Twice the gain in log-likelihood from which on a country is believed."""

_WILD = 8.0
_WEEKEND = 0.5


@lru_cache(maxsize=1)
def calendars() -> Mapping[str, Mapping[str, tuple[int, ...]]]:
    """Ordinals of the days of each holiday, by country and name; see `tools/make_holidays.py`."""
    text = resources.files("storesim.forecast").joinpath(_TABLE).read_text(encoding="utf-8")
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for row in csv.DictReader(text.splitlines()):
        days = tuple(dt.date.fromisoformat(day).toordinal() for day in row["dates"].split())
        found.setdefault(row["country"], {})[row["holiday"]] = days
    return MappingProxyType({country: MappingProxyType(names) for country, names in found.items()})


def marked(country: str, start: dt.date, n_days: int) -> Array:
    """[n_days, n_holidays]: 1 on the days of each holiday of a country."""
    dates, which = _listed(country)
    first, last = np.searchsorted(dates, [start.toordinal(), start.toordinal() + n_days])
    days = np.zeros((n_days, len(calendars()[country])))
    days[dates[first:last] - start.toordinal(), which[first:last]] = 1.0
    return days


@cache
def _listed(country: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Ordinals of a country's holidays, early to late, and the number of each among its names."""
    names = calendars()[country].values()
    dates, which = (
        np.concatenate([np.array(dates) for dates in names]),
        np.repeat(np.arange(len(names)), [*map(len, names)]),
    )
    order = np.argsort(dates, kind="stable")
    return dates[order], which[order]


def country_of(unusual: Array, start: dt.date) -> str:
    """The country whose holidays explain best what was unusual; "" if none does.

    Parameters
    ----------
    unusual : [n_series, n_days]
        Days less what the weeks around let expect, in robust standard deviations; NaN where unknown.
    start
        Date of the first.
    """
    drawn = np.clip(unusual, -_WILD, _WILD)
    known = np.isfinite(drawn)
    values = np.where(known, drawn, 0.0)
    variance = np.maximum((values**2).sum(axis=1) / np.maximum(known.sum(axis=1), 1), 1e-12)[:, np.newaxis]
    best, gained = "", _NEED
    for country in calendars():
        days = marked(country, start, drawn.shape[1])
        number = known @ days
        sums = values @ days
        # Twice the gain in log-likelihood from an effect with a prior as wide as the noise, less what chance gains.
        gain = (sums**2 / variance - 2.0 * number) / (number + 1.0)
        total = float(gain.sum(axis=1).mean())
        if total > gained:
            best, gained = country, total
    return best


def events_of(country: str, start: dt.date, n_days: int, n_ahead: int = 0) -> Array:
    """[n_days + n_ahead, n_events]: each holiday, the days around it, and all holidays, eves, days after as one.

    Only what touches one of the first `n_days` stands alone: what is shared by all foretells a holiday that the history
    has not seen yet. On a weekend a holiday counts by half.
    """
    n_seen, n_days = n_days, n_days + n_ahead
    if not country:
        return np.zeros((n_days, 0))
    # From one day earlier on, so that the day after yesterday's holiday is known.
    days = marked(country, start - dt.timedelta(days=1), n_days + 2)
    weekday = (start.weekday() - 1 + np.arange(n_days + 2)) % 7
    free = 1.0 - days.max(axis=1, keepdims=True)
    days = np.where((weekday >= 5)[:, np.newaxis], _WEEKEND * days, days)
    parts = (days[1:-1], days[2:] * free[1:-1], days[:-2] * free[1:-1])
    shared = [part.max(axis=1, keepdims=True) for part in parts]
    events = np.concatenate([*parts, *shared], axis=1)
    return np.asarray(events[:, events[:n_seen].any(axis=0)])
