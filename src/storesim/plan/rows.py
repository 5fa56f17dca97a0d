"""From whole numbers to the rows of `Goals`: periods, ratios, forecast quantiles, chances; a column at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.plan.chance import chances, quantiles_of_sorted
from storesim.plan.columns import Block, Column
from storesim.plan.days import DayPlan
from storesim.plan.exact import Whole
from storesim.plan.goals import BUDGETS, PAID, Level
from storesim.plan.periods import QUARTERS, YearOutlook
from storesim.results.periods import period_of

Array = NDArray[np.float64]

STORE_KPIS = ("pv", "uv", "visits", "depth", "cvr", "aov", "buyers", "orders", "units", "gmv", "ad_spend")
CHANNEL_KPIS = ("uv", "visits", "cvr", "aov", "buyers", "gmv", "ad_spend", "clicks", "impressions", "costs")
_SHEET_KPIS = ("impressions", "clicks", "commission", "parcels", "costs")
_DAY_KPIS = {False: STORE_KPIS, True: ("uv", "visits", "cvr", "aov", "buyers", "gmv", "ad_spend")}
_QUANTILES = (0.1, 0.5, 0.9)
_YEAR_LEVELS: tuple[tuple[Level, tuple[slice, ...]], ...] = (
    ("year", (slice(0, 12),)), ("quarter", QUARTERS), ("month", tuple(slice(m, m + 1) for m in range(12))),
)  # fmt: skip


_BLOCK = 800
"""Rows of outcomes that are sorted together: few large sorts, and none beyond the processor's cache."""

_DAY_LEVELS: tuple[Level, ...] = ("week", "day")
_Outcomes = Callable[[str, str], Array]


@dataclass(frozen=True)
class Book:
    """Whole numbers by month: of the store, and of channels (or ad tools)."""

    store: Mapping[str, Whole]
    """[12] of each count; money in fen."""

    channels: Mapping[str, Mapping[str, Whole]] = field(default_factory=dict)
    """Of each channel, [12] of each count."""

    beside: Mapping[str, Mapping[str, Whole]] = field(default_factory=dict)
    """Of the store ("") and each channel, [12]: lines beside the months, counted in quarters and the year only."""

    def numbers(self, name: str, channel: str, level: Level, spans: tuple[slice, ...]) -> Whole | None:
        """[n_periods] a count of the periods of a level; None if it is not planned."""
        counts = self.channels[channel] if channel else self.store
        if name not in counts:
            return None
        found = _sums(counts[name], spans)
        aside = self.beside.get(channel, {}).get(name)
        return found if level == "month" or aside is None else found + _sums(aside, spans)


@dataclass(frozen=True)
class _Grid:
    """The periods of one level, and where their numbers come from."""

    level: Level
    names: tuple[str, ...]
    channels: tuple[str, ...]
    kpis: Mapping[bool, tuple[str, ...]]
    """KPIs of channels (True) and of the store (False)."""

    count: Callable[[str, str], Whole | None]
    """(count, channel) → [n_periods] whole numbers."""

    outcomes: _Outcomes
    """(count, channel) → [n_periods, n_paths] of the forecast."""


class _Asked(NamedTuple):
    """A column: a KPI of a channel or ("") the store, with its goals [n_periods]."""

    name: str
    channel: str
    goals: Array | Whole


def rows_of(year: int, book: Book, forecast: YearOutlook | None, days: DayPlan | None = None) -> list[Block]:
    """Rows for the year, its quarters, months, and with `days` its weeks and days: the store's KPIs, each channel's."""
    grids = [_grid_of_months(year, book, forecast, level, spans) for level, spans in _YEAR_LEVELS]
    if days is not None and forecast is not None:
        grids += [_grid_of_days(days, forecast, level) for level in _DAY_LEVELS]
    return [_rows(grid, forecast) for grid in grids]


def window_rows(named: Mapping[str, tuple[dt.date, dt.date]], days: DayPlan, forecast: YearOutlook) -> list[Block]:
    """Rows of windows of days, such as sales on the calendar: the sums of their days, with the chance of each."""
    if not named:
        return []
    n_days = forecast.n_days
    spans: list[slice] = []
    for first, last in named.values():
        begin, end = (first - days.first).days, (last - days.first).days + 1
        spans.append(slice(min(max(begin, 0), n_days), max(min(end, n_days), 0)))
    grid = _grid_of_spans(days, forecast, "event", tuple(named), tuple(spans))
    return [_rows(grid, forecast)]


def _grid_of_months(
    year: int, book: Book, forecast: YearOutlook | None, level: Level, spans: tuple[slice, ...]
) -> _Grid:
    names = {
        "year": (f"{year}",),
        "quarter": tuple(f"{year}Q{quarter}" for quarter in range(1, 5)),
        "month": tuple(f"{year}-{month:02d}" for month in range(1, 13)),
    }[level]
    channels = ("", *book.channels)
    kpis = {False: (*STORE_KPIS, *_SHEET_KPIS), True: CHANNEL_KPIS}

    @cache
    def count(name: str, channel: str) -> Whole | None:
        return book.numbers(name, channel, level, spans)

    if forecast is None:
        return _Grid(level, names, channels, kpis, count, _nothing)
    monthly = forecast.monthly

    @cache
    def outcomes(name: str, channel: str) -> Array:
        return _path_sums(monthly(name, channel).T, spans)

    return _Grid(level, names, channels, kpis, count, outcomes)


def _grid_of_days(days: DayPlan, forecast: YearOutlook, level: Level) -> _Grid:
    dates = [days.first + dt.timedelta(days=day) for day in range(forecast.n_days)]
    if level == "day":
        names = tuple(date.isoformat() for date in dates)
        return _Grid(level, names, ("", *days.channels), _DAY_KPIS, partial(_planned_days, days), forecast.by_day)
    weeks: dict[str, list[int]] = {}
    for day, date in enumerate(dates):
        weeks.setdefault(period_of(date, "week"), []).append(day)
    return _grid_of_spans(days, forecast, level, tuple(weeks), tuple(slice(w[0], w[-1] + 1) for w in weeks.values()))


def _grid_of_spans(
    days: DayPlan, forecast: YearOutlook, level: Level, names: tuple[str, ...], spans: tuple[slice, ...]
) -> _Grid:
    @cache
    def count(name: str, channel: str) -> Whole | None:
        numbers = _planned_days(days, name, channel)
        return None if numbers is None else _sums(numbers, spans)

    @cache
    def outcomes(name: str, channel: str) -> Array:
        return _path_sums(forecast.by_day(name, channel), spans)

    return _Grid(level, names, ("", *days.channels), _DAY_KPIS, count, outcomes)


def _planned_days(days: DayPlan, name: str, channel: str) -> Whole | None:
    return (days.channels[channel] if channel else days.store).get(name)


def _nothing(name: str, channel: str) -> Array:
    """Outcomes without a forecast: none is asked for."""
    raise KeyError(name, channel)


def _sums(numbers: Whole, spans: tuple[slice, ...]) -> Whole:
    to_date = [0, *accumulate(numbers.tolist())]
    return np.array([to_date[span.stop] - to_date[span.start] for span in spans], dtype=np.int64)


def _path_sums(values: Array, spans: tuple[slice, ...]) -> Array:
    """[n_spans, n_paths] sums over the rows of each span, added up path by path."""
    whole = spans[-1].start < spans[-1].stop == values.shape[0]
    if not (whole and all(span.start < span.stop == after.start for span, after in pairwise(spans))):
        return np.stack([np.ascontiguousarray(values[span].T).sum(axis=1) for span in spans])
    if all(span.stop - span.start < 8 for span in spans):
        return _few_rows(values, spans)
    starts = [span.start for span in spans]
    return np.ascontiguousarray(np.add.reduceat(np.ascontiguousarray(values.T), starts, axis=1).T)


def _few_rows(values: Array, spans: tuple[slice, ...]) -> Array:
    """[n_spans, n_paths] sums of fewer than eight rows, spans of one length together; the same bits as `reduceat`."""
    sums = []
    for length, run in groupby(spans, key=lambda span: span.stop - span.start):
        same = list(run)
        rows = values[same[0].start : same[-1].stop].reshape(len(same), length, -1)
        sums.append(rows[:, 0] + rows[:, 1:].sum(axis=1))
    return np.concatenate(sums)


def _rows(grid: _Grid, forecast: YearOutlook | None) -> Block:
    """A column a KPI and channel, the store's first; several columns at a time are held against the forecast."""
    asked: list[_Asked] = []
    for channel in grid.channels:
        for name in grid.kpis[bool(channel)]:
            goals = _goals(grid, name, channel)
            if goals is not None:
                asked.append(_Asked(name, channel, goals))
    known = [one for one in asked if _is_forecast(one, forecast)]
    block = max(1, _BLOCK // max(1, len(grid.names)))
    told: dict[tuple[str, str], Array] = {}
    for begin in range(0, len(known), block):
        some = known[begin : begin + block]
        figures = _figures(grid.outcomes, some, len(grid.names))
        for one, its_own in zip(some, np.split(figures, len(some), axis=1), strict=True):
            told[one.name, one.channel] = its_own
    columns = (Column(*one, told.get((one.name, one.channel))) for one in asked)
    return Block(grid.level, grid.names, tuple(columns))


def _goals(grid: _Grid, name: str, channel: str) -> Array | Whole | None:
    """[n_periods] a count, or a ratio divided from the whole numbers above and below; NaN over nothing."""
    if name not in kpi.RATIO:
        number = grid.count(name, channel)
        return number if number is None or name not in PAID else np.asarray(number / 100.0)
    ratio = kpi.RATIO[name]
    # Orders stand in for buyers where only orders are known.
    stand_in = {} if grid.count("buyers", "") is not None else {"buyers": "orders"}
    above, below = (_goals(grid, stand_in.get(part, part), channel) for part in (ratio.above, ratio.below))
    if above is None or below is None:
        return None
    return np.asarray(np.divide(above, below, out=np.full(above.size, np.nan), where=below != 0))


def _is_forecast(asked: _Asked, forecast: YearOutlook | None) -> bool:
    """Whether the forecast has that KPI of that channel."""
    return forecast is not None and asked.channel in ("", *forecast.channels) and forecast.has(asked.name)


def _figures(source: _Outcomes, asked: Sequence[_Asked], n_periods: int) -> Array:
    """[4, n_columns * n_periods] low, middle and high of the forecast, and the chance of the goal; NaN if not asked."""
    outcomes = _outcomes(source, asked, n_periods)
    wanted = np.concatenate([one.goals for one in asked]).astype(np.float64)
    reached = (wanted > 0) & np.repeat([one.name not in BUDGETS for one in asked], n_periods)
    figures = np.full((4, wanted.size), np.nan)
    if reached.all():
        figures[3] = chances(outcomes, wanted)
    elif reached.any():
        figures[3, reached] = chances(outcomes[reached], wanted[reached])
    # Nobody needs them in their order any more.
    outcomes.sort(axis=1)
    figures[:3] = quantiles_of_sorted(outcomes, _QUANTILES)
    figures[3, np.isnan(figures[1])] = np.nan
    return figures


def _outcomes(source: _Outcomes, asked: Sequence[_Asked], n_periods: int) -> Array:
    """[n_columns * n_periods, n_paths] of the forecast."""
    part = kpi.RATIO[asked[0].name].below if asked[0].name in kpi.RATIO else asked[0].name
    found = np.empty((len(asked), n_periods, source(part, asked[0].channel).shape[1]))
    for place, one in zip(found, asked, strict=True):
        if one.name in kpi.RATIO:
            kpi.divide(one.name, partial(_of_channel, source, one.channel), out=place)
        else:
            place[:] = source(one.name, one.channel)
    return found.reshape(len(asked) * n_periods, -1)


def _of_channel(source: _Outcomes, channel: str, count: str) -> Array:
    return source(count, channel)
