"""What many series taught: how far a level drifts, and how wide doubt is, after a history has gone as it has.

One history tells little of itself: a store that opened two months ago has never shown how growth ends, and errors made
while it grew are no measure of those to come. `lessons.csv` holds regressions learned offline on simulated stores,
public and made series (`benchmarks/fit_lessons.py`): of the logarithm of the totals of 28, 90 and 365 days over those
foretold, and of the logarithm of its scale, below and above. They look only at how the level has moved, how many days
are known, what the history's own errors say, and whether the history begins with its store. Where the day on which it
opened is told, tables of their own go by the store's age; else its first weeks, and how far it rose since, say how sure
that is. A lone series that has stood still drifts nowhere.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.forecast.methods.base import WEEK, Panel

Array = NDArray[np.float64]

REACHES: Final = (28, 90, 365)
"""Days ahead whose totals were learned from."""

Taught = Mapping[tuple[str, str, int], Mapping[str, float]]
"""Coefficients by term, for each regression, table ("alone", or a kind of series of a store, the same with `TOLD`) and
days ahead."""

TOLD: Final = " told"
"""Behind the names of tables of stores of which it is told when they opened."""

SIDES: Final = ("below", "above")
"""Regressions of the scale of errors."""

ALWAYS: Final = "always"
_TABLE: Final = "lessons.csv"
MONTH: Final = 4 * WEEK
_YOUNG_DAYS: Final = 150.0
_FAR: Final = 0.4
_CHANCE: Final = 0.1
KNOTS: Final = (28, 60, 120, 240, 600)
_USUAL_LAW: Final = 0.08
_LEAST_SEEN: Final = 4
_MOST_GROWTH, _MOST_SINCE = 1.5, 3.0
_MOST_DRIFT: Final = 1.5
_STILL: Final = 1e-9
_YEAR: Final = 365.0
_RISEN: Final = 0.3
_USUAL_CONVERSION: Final = -4.0
"""Log-odds of 1.8 %."""

OPENING: Final = ("opening", "store", 28)
"""Where the coefficients are that tell a store's first days."""

_FIRST_DAYS: Final = 60.0
"""A history that begins so many days after its store, or later, does not show it open: as late as those that taught."""

_BELIEVED: Final = 0.5
"""Of what simulated stores rose by that had stood still: a real one may go on to stand still (*assumed*)."""

_LEAST_FACTOR, _MOST_FACTOR = 0.25, 5.0


@dataclass(frozen=True, eq=False)
class Growth:
    """How levels have moved, in logarithms: [n_series] each."""

    days: Array
    """Days since the first known one."""

    recent: Array
    """The last four weeks over the four before; the last two over the two before where fewer than eight are known."""

    earlier: Array
    """The four weeks before over those before them; 0 where unknown."""

    since: Array
    """The last four weeks over the first two."""

    onset: Array
    """Weeks three and four over the first week, or those of the ratio of the panel that rose most, if it rose more: in
    its first weeks a store that opens has no reviews, so that conversion rises even where visitors do not yet."""

    opening: Array
    """How sure it is, 0 to 1, that the first known days are the first of a store; 0 where no conversion is known."""

    age: Array
    """Days since the store opened; since the first known one where that is not told."""

    trading: Array | float = 0.0
    """1 for series of a store, whose conversion is known: simulated ones rose a little even if they had not yet."""

    told: bool = False
    """Whether it was told when the store opened."""


def growth(panel: Panel, taught: Taught | None = None) -> Growth:
    """How the levels of a panel have moved; medians of the known days of each window.

    Parameters
    ----------
    taught
        What tells the first days of a store, if not the shipped coefficients.
    """
    found = [_growth(row) for row in panel.values]
    days, recent, earlier, since = np.array(found).reshape(-1, 4).T
    onset = np.array([_onset(row) for row in panel.values])
    of_ratios = onset[np.array([kind != "count" for kind in panel.kinds], dtype=np.bool_)].max(initial=0.0)
    moved = (days, recent, earlier, since, np.maximum(onset, of_ratios))
    coefficients, early = (shipped() if taught is None else taught).get(OPENING), early_terms(panel)
    if not early or panel.opened is None:
        opening = opened(coefficients, early) if coefficients else 0.0
        return Growth(*moved, np.full(panel.n_series, opening), days, float(bool(early)))
    unseen = max((panel.start - panel.opened).days + panel.n_days - days.max(), 0.0)
    opening = max(1.0 - unseen / _FIRST_DAYS, 0.0)
    return Growth(*moved, np.full(panel.n_series, opening), days + unseen, 1.0, told=True)


def opened(coefficients: Mapping[str, float], early: Mapping[str, Array]) -> Array:
    """How sure it is that a history begins with its store, 0 where its first weeks say it no more than still ones do.

    Parameters
    ----------
    coefficients
        Of the log-odds.
    early
        What `early_terms` finds; nothing of them without a conversion.
    """
    if not early:
        return np.zeros(())
    chance, still = (1.0 / (1.0 + np.exp(-odds)) for odds in (_summed(coefficients, early), coefficients[ALWAYS]))
    return np.asarray(np.maximum(chance - still, 0.0) / (1.0 - still))


def early_terms(panel: Panel) -> Mapping[str, Array]:
    """What visitors and conversion tell of an opening; nothing if either is unknown.

    A store that opens has few visitors on its first days, and converts few of them until it has reviews: its first four
    weeks differ from those of other stores, and both have risen since.
    """
    found: list[Mapping[str, float]] = []
    visitors = None
    for kind, row in zip(panel.kinds, panel.values, strict=True):
        if kind == "count":
            visitors = row
        elif kind == "conversion" and visitors is not None:
            found.append(early_of(visitors, row))
    return {name: np.array(np.mean([one[name] for one in found])) for name in (found[0] if found else ())}


def early_of(visitors: Array, conversion: Array) -> Mapping[str, float]:
    """The same of one channel: [n_days] logarithms and log-odds."""
    terms, rises = {ALWAYS: 1.0}, [0.0]
    there = np.flatnonzero(np.isfinite(visitors))
    first = int(there[0]) if there.size else 0
    level = 0.0
    for name, values in (("visitors", visitors), ("conversion", conversion)):
        known = np.full(MONTH, np.nan)
        part = values[first : first + MONTH]
        known[: part.size] = part
        weeks = [_mean(week) for week in known.reshape(-1, WEEK)]
        moves = {"first days": _mean(known[3:WEEK]) - _mean(known[:2])}
        moves |= {f"week {number}": weeks[number - 1] - weeks[number - 2] for number in range(2, 5)}
        moves["since"] = _growth(values)[3]
        for when, moved in moves.items():
            most = _MOST_SINCE if when == "since" else _MOST_GROWTH
            size = float(np.clip(np.nan_to_num(moved), -most, most))
            terms |= {f"{name} up, {when}": max(size, 0.0), f"{name} down, {when}": max(-size, 0.0)}
        rises.append(float(np.nan_to_num(_mean(known[2 * WEEK :]) - weeks[0])))
        level = float(np.nan_to_num(weeks[-1] - _USUAL_CONVERSION))
    # A low conversion alone tells of a dear trade, not of an opening.
    return {**terms, "conversion, after a rise": level * min(max(rises) / _RISEN, 1.0)}


def drift_terms(known: Growth) -> Mapping[str, Array]:
    """Regressors of the total's logarithm, [n_series] each: all are 0 for a lone series that stands still."""
    up, far = _beyond(known.since), _beyond(known.since - _FAR)
    onset = _beyond(known.onset)
    settled = 1.0 - known.opening
    moved = {
        ALWAYS: known.trading * (settled if known.told else known.opening + _BELIEVED * settled),
        "recent": known.recent,
        "earlier": known.earlier,
        "up": up,
        "far up": far,
        "down": _beyond(-known.since),
        "onset": onset,
        "opening": known.opening,
        "opening recent": known.opening * known.recent,
        "opening up": known.opening * up,
        "opening far up": known.opening * far,
    }
    # Without the last tent: from so many days on no level drifts.
    tents = {name: near for name, near in near_to(known.age).items() if name != f"{KNOTS[-1]} days"}
    return MappingProxyType(
        {f"{name}, {near}": size * weight for name, size in moved.items() for near, weight in tents.items()}
    )


def width_terms(known: Growth, law: Array) -> Mapping[str, Array]:
    """Regressors of the logarithm of its scale, below or above, [n_series] each.

    Parameters
    ----------
    known
        How the levels have moved.
    law : [n_series]
        The scale that the history's own errors tell.
    """
    young = np.exp(-known.days / _YOUNG_DAYS)
    up, onset = _beyond(known.since), _beyond(known.onset)
    size = np.log(np.maximum(law, 1e-4) / _USUAL_LAW)
    return MappingProxyType(
        {
            **near_to(known.days),
            "law": size,
            "law by days": size * np.log(known.days / 100.0),
            "up young": up * young,
            "up old": up * (1.0 - young),
            "down": _beyond(-known.since),
            "recent": np.abs(known.recent),
            "earlier": np.abs(known.earlier),
            "onset young": onset * young,
            "opening young": known.opening * young,
            "opening old": known.opening * (1.0 - young),
            "opening up young": known.opening * up * young,
        }
    )


def lessons(panel: Panel, laws: Array, taught: Taught | None = None) -> tuple[Array, Array]:
    """Drift of levels over 28, 90 and 365 days, [3, n_series], and factors of their errors: [2, 3, n_series].

    Errors below the drift have the first factor, those above it the second.

    Parameters
    ----------
    panel
        The known days.
    laws : [3, n_series]
        Scale of the mean error over as many days that the history's own errors tell, in logarithms.
    taught
        Coefficients to go by instead of the shipped ones; what is in no table of theirs stays as it is.
    """
    taught = shipped() if taught is None else taught
    drift, factors = np.zeros_like(laws), np.ones((2, *laws.shape))
    if not panel.n_series:
        return drift, factors
    growing = growth(panel, taught)
    for table, share in _tables(panel, growing).items():
        known = replace(growing, age=growing.days) if table == "alone" else growing
        for place, (reach, law) in enumerate(zip(REACHES, laws, strict=True)):
            if ("drift", table, reach) not in taught:
                continue
            # What always was the same, such as a budget, does not take part in what the store around it does, and
            # errors that are nothing stay so: every day foretold exactly is no surprise to come.
            weight = np.where(law > _STILL, share, 0.0)
            drift[place] += weight * _summed(taught["drift", table, reach], drift_terms(known))
            widths = width_terms(known, law)
            for side, name in enumerate(SIDES):
                scale = _summed(taught[name, table, reach], widths) - np.log(np.maximum(law, 1e-300))
                factors[side, place] *= np.exp(weight * scale)
    return np.clip(drift, -_MOST_DRIFT, _MOST_DRIFT), np.clip(factors, _LEAST_FACTOR, _MOST_FACTOR)


@lru_cache(maxsize=1)
def shipped() -> Taught:
    """The coefficients of `lessons.csv`."""
    text = resources.files("storesim.forecast").joinpath(_TABLE).read_text(encoding="utf-8")
    found: dict[tuple[str, str, int], dict[str, float]] = {}
    for row in csv.DictReader(text.splitlines()):
        key = row["regression"], row["series"], int(row["days"])
        found.setdefault(key, {})[row["term"]] = float(row["coefficient"])
    return MappingProxyType(found)


def _tables(panel: Panel, known: Growth) -> Mapping[str, Array]:
    """How far each table is gone by, [n_series] each.

    A lone count, of which no ratio is known, may be anything but a store. No simulated store taught of more than a year
    behind it: from there on to two years a store's series are more and more taken for any series.
    """
    kinds = np.array(panel.kinds)
    long = np.clip((known.days - _YEAR) / _YEAR, 0.0, 1.0)
    alone = long if (kinds != "count").any() else np.ones(len(kinds))
    told = TOLD if known.told else ""
    of_stores = {f"{kind}{told}": np.where(kinds == kind, 1.0 - alone, 0.0) for kind in sorted(set(panel.kinds))}
    return {"alone": alone, **of_stores}


def _beyond(size: Array) -> Array:
    """What of a rise is more than chance makes: a store that settled long ago seems to rise a little as well."""
    return np.maximum(size - _CHANCE, 0.0)


def near_to(days: Array) -> Mapping[str, Array]:
    """How near so many days are to each of `KNOTS`, by their logarithm: tents, which add up to 1."""
    knots = np.log(np.array(KNOTS, dtype=np.float64))
    tents = np.eye(len(KNOTS))
    return {f"{knot} days": np.interp(np.log(days), knots, tent) for knot, tent in zip(KNOTS, tents, strict=True)}


def _growth(values: Array) -> tuple[float, float, float, float]:
    there = np.flatnonzero(np.isfinite(values))
    if not there.size:
        return 1.0, 0.0, 0.0, 0.0
    known = values[there[0] :]
    ends = known.size - MONTH * np.arange(4)
    now, before, earlier = (_middle(known, end - MONTH, end) for end in ends[:3])
    recent = now - before
    if np.isnan(recent):
        recent = _middle(known, known.size - MONTH // 2, known.size) - _middle(known, ends[1], ends[1] + MONTH // 2)
    first = _middle(known, 0, MONTH // 2)
    sizes = np.nan_to_num(np.array([recent, before - earlier, now - first]))
    limits = np.array([_MOST_GROWTH, _MOST_GROWTH, _MOST_SINCE])
    recent, before, since = np.clip(sizes, -limits, limits)
    return float(known.size), float(recent), float(before), float(since)


def _onset(values: Array) -> float:
    """The days of weeks three and four over those of the first week, 0 or more."""
    there = np.flatnonzero(np.isfinite(values))
    if not there.size:
        return 0.0
    known = values[there[0] :]
    risen = _middle(known, 2 * WEEK, MONTH) - _middle(known, 0, WEEK)
    return float(np.clip(np.nan_to_num(risen), 0.0, _MOST_GROWTH))


def _mean(values: Array) -> float:
    """Mean of the known; NaN without any."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if known.size else float("nan")


def _middle(values: Array, first: int, last: int) -> float:
    """Median of the known days of a window; NaN with fewer than four."""
    part = values[max(first, 0) : max(last, 0)]
    part = part[np.isfinite(part)]
    return float(np.median(part)) if part.size >= _LEAST_SEEN else float("nan")


def _summed(coefficients: Mapping[str, float], terms: Mapping[str, Array]) -> Array:
    return np.asarray(sum((coefficients[name] * values for name, values in terms.items()), np.float64(0.0)))
