"""What of a history a simulated store is held against: levels, ratios, trends, the week and the daily noise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import UsageError
from storesim.results.history import History
from storesim.runs.totals import Totals
from storesim.scenario.document import Scenario

Array = NDArray[np.float64]
Days = NDArray[np.int64]
Kind = Literal["level", "trend", "weekend", "spread", "memory"]

COUNTS: Final = ("uv", "pv", "buyers", "orders", "units", "gmv", "ad_spend", "clicks", "impressions")
"""Counts that are looked at where the history has them."""

LEAST_DAYS: Final = 14
DRAWN: Final = 5.0
"""Events by which small numbers are drawn towards what the history shows."""

MOST_UNKNOWN: Final = 0.2
"""Counts with a larger share of unknown days are left out."""

# What each count is divided by: the first of these that the history has too. Ratios vary less with the weather than
# totals, so that the level of each count tells something of its own.
_BELOW: Final[Mapping[str, tuple[str, ...]]] = {
    "pv": ("uv",),
    "buyers": ("uv",),
    "orders": ("buyers", "uv"),
    "units": ("orders", "buyers"),
    "gmv": ("buyers", "orders", "units", "uv"),
    "clicks": ("ad_spend",),
    "impressions": ("clicks", "ad_spend"),
}
_OF_CHANNELS: Final = ("uv", "buyers", "gmv", "ad_spend", "clicks")


@dataclass(frozen=True)
class Moment:
    """One figure of a span of days."""

    kind: Kind
    above: str
    """Series it is of: a count, or one of a channel, such as "uv@express"."""

    below: str = ""
    """Series it is divided by; "" for none."""

    third: int = 0
    """Of a trend: which third of the days, from 1."""

    @property
    def ratio(self) -> str:
        """Name of the KPI, where it is one of `kpi.py`; "" if not."""
        if not self.below:
            return self.above.partition("@")[0]
        names = (self.above.partition("@")[0], self.below.partition("@")[0])
        return next((ratio.name for ratio in kpi.RATIOS if (ratio.above, ratio.below) == names), "")


@dataclass(frozen=True, eq=False)
class Moments:
    """What is compared, on which days, and what the history says."""

    first: dt.date
    """Opening day of the store: day 0."""

    series: tuple[str, ...]
    days: Days
    """Days that are fitted, counted from the opening, without those that are unknown or on which nobody traded."""

    later: Days
    """Days held back, likewise."""

    seen: Mapping[str, Array]
    """[n_days] of each series from the opening on; NaN where unknown."""

    moments: tuple[Moment, ...]
    closed: int
    """Days left out because nobody traded."""

    usual: Mapping[str, float] = field(default_factory=dict)
    """Total of each series in the store before it is calibrated; of the history where it is not known."""

    def beside(self, totals: Totals) -> Moments:
        """The same, with small numbers drawn towards what the store shows that was played.

        Not towards the history: a store that sells nothing would then be more like it than one that sells otherwise.
        """
        sums = totals.daily[:, self.days].sum(axis=1).mean(axis=0).tolist()
        return replace(self, usual={name: value for name, value in zip(self.series, sums, strict=True) if value > 0})

    def without(self, left_out: NDArray[np.bool_]) -> Moments:
        """The same without some of the moments: [n_moments]."""
        return replace(self, moments=tuple(np.array(self.moments, dtype=object)[~left_out]))

    @property
    def n_fitted(self) -> int:
        """Days to simulate for the fit."""
        return int(self.days[-1]) + 1

    @property
    def n_days(self) -> int:
        """Days to simulate for the fit and the days held back."""
        return int(max([self.days[-1], *self.later[-1:]])) + 1

    @property
    def observed(self) -> Array:
        """[n_moments] of the history."""
        return np.asarray(self.values({name: values[np.newaxis] for name, values in self.seen.items()})[0])

    def of(self, totals: Totals) -> Array:
        """[n_runs, n_moments] of simulated days, kept as `series`."""
        return self.values({name: totals.daily[:, :, i] for i, name in enumerate(self.series)})

    def after(self, totals: Totals) -> Array:
        """[n_runs, n_series]: logarithms of the totals of the days held back."""
        return _log(totals.daily[:, self.later].sum(axis=1))

    def values(self, daily: Mapping[str, Array]) -> Array:
        """[n_runs, n_moments] of daily figures [n_runs, n_days] of each series."""
        fitted = {name: values[:, self.days] for name, values in daily.items()}
        return np.stack([self._value(one, fitted) for one in self.moments], axis=1)

    def _value(self, moment: Moment, fitted: Mapping[str, Array]) -> Array:
        values = fitted[moment.above]
        match moment.kind:
            case "level":
                return self._log_ratio(moment, fitted, slice(None))
            case "trend":
                third = np.array_split(np.arange(len(self.days)), 3)[moment.third - 1]
                return self._log_ratio(moment, fitted, third) - self._log_ratio(moment, fitted, slice(None))
            case "weekend":
                weekend = self._weekend()
                return _log(values[:, weekend].mean(axis=1)) - _log(values[:, ~weekend].mean(axis=1))
            case "spread":
                return _log(self._shaken(values).std(axis=1), least=1e-4)
            case "memory":
                return self._memory(self._shaken(values))

    def _log_ratio(self, moment: Moment, fitted: Mapping[str, Array], days: slice | Days) -> Array:
        """Logarithm of a sum, or of a ratio of sums, drawn towards the usual as by `DRAWN` more events.

        A handful of events then has a logarithm that varies like a normal one, and none has one at all; history and
        stores are drawn alike.
        """
        above = fitted[moment.above][:, days].sum(axis=1)
        if not moment.below:
            return _log(above + (0.01 * self._usual(moment.above) if _is_money(moment.above) else DRAWN))
        below = fitted[moment.below][:, days].sum(axis=1)
        ratio = self._usual(moment.above) / self._usual(moment.below)
        # Five of the rarer ones: buyers and not visitors, clicks and not yuan.
        events = DRAWN / ratio if _is_money(moment.below) else DRAWN / min(ratio, 1.0)
        return _log(above + events * ratio) - _log(below + events)

    def _usual(self, series: str) -> float:
        known = self.usual.get(series)
        return float(self.seen[series][self.days].sum()) if known is None else known

    def _weekend(self) -> NDArray[np.bool_]:
        return np.array([(self.first + dt.timedelta(days=int(day))).weekday() >= 5 for day in self.days])

    def _shaken(self, values: Array) -> Array:
        """Logarithms of daily figures [n_runs, n_days] without their trend and week."""
        t = (self.days - self.days.mean()) / (np.ptp(self.days) / 2)
        known = np.column_stack([np.ones_like(t), t, t**2, self._weekend()])
        found, *_ = np.linalg.lstsq(known, _log(values).T, rcond=None)
        return np.asarray(_log(values) - (known @ found).T)

    def _memory(self, shaken: Array) -> Array:
        """Correlation of one day with the next."""
        follows = np.flatnonzero(np.diff(self.days) == 1)
        together = (shaken[:, follows] * shaken[:, follows + 1]).mean(axis=1)
        return np.asarray(together / np.maximum((shaken**2).mean(axis=1), 1e-8))


def moments_of(scenario: Scenario, history: History, hold_back: float) -> Moments:
    """What of a history a store is held against.

    Parameters
    ----------
    hold_back
        Share of the days, at the end, that is not fitted.

    Raises
    ------
    UsageError
        If the history is in another currency, or has too few days while the store is open.
    """
    if history.currency != "CNY":
        raise UsageError(f"{history.name} is in {history.currency} and the scenario in CNY; convert the history first")
    opened = scenario.store.opened
    lead = max((opened - history.start).days, 0)
    begin = max((history.start - opened).days, 0)
    n_days = history.n_days - lead
    if n_days < LEAST_DAYS:
        raise UsageError(
            f"the history from {history.start} to {history.last_day} has {max(n_days, 0)} days on which the store, "
            f"opened on {opened}, trades; {LEAST_DAYS} or more are needed: see store.opened"
        )
    if begin + n_days > 3660:
        raise UsageError(f"the history ends {begin + n_days} days after the store opened; at most 3660 are simulated")
    seen = _series(scenario, history, lead, begin)
    together = np.stack(list(seen.values()))
    known = np.asarray(np.isfinite(together).all(axis=0))
    base = next(iter(seen))
    traded = known & (np.nan_to_num(seen[base]) > 0) if _is_busy(base, seen[base][known]) else known
    cut = begin + n_days - round(hold_back * n_days)
    days, later = np.flatnonzero(traded[:cut]), np.flatnonzero(traded[cut:]) + cut
    if len(days) < LEAST_DAYS:
        raise UsageError(
            f"only {len(days)} days to fit are known and with trade; {LEAST_DAYS} or more are needed; hold back less"
        )
    closed = int((known & ~traded).sum())
    chosen = tuple(_chosen(tuple(seen), days, opened))
    return Moments(opened, tuple(seen), days, later, seen, chosen, closed)


def _series(scenario: Scenario, history: History, lead: int, begin: int) -> dict[str, Array]:
    """Days of each count from the opening on, of the store and of the channels both know."""
    found: dict[str, Array] = {}
    own: list[tuple[str, str | None]] = [(name, None) for name in COUNTS if name in history.columns]
    own += [
        (name, channel)
        for channel in scenario.channels
        if channel in history.channels
        for name in _OF_CHANNELS
        if name in history.by_channel[channel]
    ]
    for name, channel in own:
        values = history.daily(name, channel)[lead:]
        if np.isnan(values).mean() <= MOST_UNKNOWN and np.nansum(values) > 0:
            found[name if channel is None else f"{name}@{channel}"] = np.concatenate([np.full(begin, np.nan), values])
    if not any("@" not in name for name in found):
        raise UsageError(f"the history has none of {', '.join(COUNTS)} on enough days to calibrate by")
    return found


def _is_busy(base: str, values: Array) -> bool:
    """Whether a day of nothing must be a closed one; in a small store it may be bad luck."""
    if not _is_money(base):
        return float(values.mean()) >= 10
    sold = values[values > 0]
    # Of n orders a day, sums vary by 1 / √n or more.
    return bool(sold.mean() >= 3 * sold.std())


def _chosen(series: tuple[str, ...], days: Days, opened: dt.date) -> list[Moment]:
    base = series[0]
    found = [_level(name, series) for name in series]
    trended = [found[0], *(one for one in found if one.ratio == "cvr" and "@" not in one.above)]
    for one in trended:
        found += [Moment("trend", one.above, one.below, third) for third in (1, 3)]
    weekend = [(opened + dt.timedelta(days=int(day))).weekday() >= 5 for day in days]
    if 4 <= sum(weekend) <= len(days) - 4:
        found.append(Moment("weekend", base))
    found.append(Moment("spread", base))
    if (np.diff(days) == 1).sum() >= LEAST_DAYS:
        found.append(Moment("memory", base))
    return found


def _level(name: str, series: tuple[str, ...]) -> Moment:
    count, mark, channel = name.partition("@")
    below = (f"{other}{mark}{channel}" for other in _BELOW.get(count, ()))
    return Moment("level", name, next((other for other in below if other in series), ""))


def _is_money(series: str) -> bool:
    return series.partition("@")[0] in kpi.MONEY


def _log(values: Array, *, least: float = 0.5) -> Array:
    # Half a count where there is none: a day without a buyer is known, and its logarithm must be a number.
    return np.asarray(np.log(np.maximum(values, least)))
