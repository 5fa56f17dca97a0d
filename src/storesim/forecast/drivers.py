"""Counts to the working scale and back: logarithms of what comes, logarithms and log-odds of what becomes of it.

A shop's figures hang on one another: visitors see pages and become buyers, who spend. Each count is therefore forecast
as its driver: the count itself where it stands first, else its ratio to the count it hangs on. Counts are computed from
the drivers in each path, so `GMV = UV · CVR · AOV` holds there by construction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.forecast.closed import Closed, closed_days
from storesim.forecast.days import FORETOLD, KnownDays
from storesim.forecast.methods.base import Panel, SeriesKind

Array = NDArray[np.float64]
Scale = Literal["log", "log-odds"]

HANGS_ON: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "clicks": ("impressions",),
        "pv": ("uv",),
        "visits": ("uv",),
        "bounces": ("uv",),
        "chats": ("uv",),
        "buyers": ("uv",),
        "orders": ("buyers", "uv"),
        "units": ("orders", "buyers", "uv"),
        "gmv": ("buyers", "orders", "units", "uv"),
        "discounts": ("gmv",),
        "ad_spend": ("clicks", "impressions"),
        "ad_orders": ("orders",),
        "ad_lines": ("orders",),
        "ad_gmv": ("gmv",),
        "refunds": ("gmv",),
    }
)
"""What each count is divided by, the first that is there; counts without are forecast as they are."""

_SHARES: Final = frozenset({"clicks", "bounces", "chats", "buyers", "ad_orders", "ad_gmv"})
"""Counts that are part of what they hang on."""

_BOUGHT: Final = frozenset({"buyers", "orders"})
_MANY = 20.0
"""From so many a day on, a day of nothing is a day closed, not a day of bad luck."""

_MOST_CHANCE = 0.12
"""Most variance of a logarithm that is the chance of small counts; 0.35 squared."""

_EDGE = 1e-9
_MOST_GROWTH = 4.0
"""Furthest, in logarithm or log-odds, a path may leave what was ever seen: 55 times the largest day."""


@dataclass(frozen=True, eq=False)
class Driver:
    """One series of the panel: how a count of a channel is made from it."""

    count: str
    channel: int
    parent: str
    """Count it is a ratio to; "" for one that stands first."""

    scale: Scale
    added: float
    """Added to the count (of a ratio, to what it is divided by) before the logarithm, where days of nothing occur."""

    usual: float
    """Ratio over all known days; 1 for a count that stands first."""

    least: float
    most: float
    """What was seen on the working scale."""

    @property
    def kind(self) -> SeriesKind:
        """A count, a conversion of visitors, or another ratio."""
        if not self.parent:
            return "count"
        return "conversion" if self.parent == "uv" and self.count in _BOUGHT else "ratio"

    @property
    def name(self) -> str:
        """Its name for messages: the ratio's, or the count's."""
        named = (ratio.name for ratio in kpi.RATIOS if (ratio.above, ratio.below) == (self.count, self.parent))
        return self.count if not self.parent else next(named, f"{self.count} per {self.parent}")


@dataclass(frozen=True, eq=False)
class Driven:
    """A panel, and what turns its paths into counts again."""

    panel: Panel
    drivers: tuple[Driver, ...]
    closed: Closed
    n_channels: int
    names: tuple[str, ...]
    """Counts, in the order of the outlook."""

    def counts(self, paths: Array, seed: int) -> Array:
        """Counts of paths on the working scale: [n_paths, horizon, n_channels, n_counts].

        Parameters
        ----------
        paths : [n_paths, horizon, n_series]
            Of the days after the panel.
        seed
            Of the days on which a path is closed by chance.
        """
        n_paths, horizon, _ = paths.shape
        made = np.zeros((n_paths, horizon, self.n_channels, len(self.names)))
        place = {name: which for which, name in enumerate(self.names)}
        for which, driver in enumerate(self.drivers):
            below = made[:, :, driver.channel, place[driver.parent]] if driver.parent else None
            made[:, :, driver.channel, place[driver.count]] = backward(driver, paths[..., which], below)
        made[~self.closed.open_ahead(horizon, n_paths, seed)] = 0.0
        return made


def drive(days: KnownDays) -> Driven:
    """The drivers of known days. Channels on which nothing happens any more have none, and stay at 0."""
    closed = closed_days(days)
    names = tuple(name for name in FORETOLD if name in days.counts)
    drivers, series, shut = [], [], []
    for channel in range(len(days.channels)):
        if closed.ended[channel]:
            continue
        for name in names:
            found = _driver(days, closed, name, channel)
            if found is not None:
                drivers.append(found[0])
                series.append(found[1])
                shut.append(closed.weekdays[channel])
    labels = tuple(_label(driver, days.channels) for driver in drivers)
    values = np.stack(series) if series else np.zeros((0, days.n_days))
    weekdays = np.stack(shut) if shut else np.zeros((0, 7), dtype=np.bool_)
    panel = Panel(days.start, labels, values, weekdays, tuple(driver.kind for driver in drivers), days.opened)
    return Driven(panel, tuple(drivers), closed, len(days.channels), names)


def forward(driver: Driver, above: Array, below: Array | None) -> Array:
    """A count on the working scale, same shape; NaN where there is nothing to take the logarithm of."""
    if below is None:
        value = above + driver.added
    else:
        there = below > 0
        value = np.full(above.shape, np.nan)
        np.divide(above + driver.added * driver.usual, below + driver.added, out=value, where=there)
    if driver.scale == "log-odds":
        share = np.clip(value, _EDGE, 1.0 - _EDGE)
        value = share / (1.0 - share)
    return np.log(np.where(value > 0, value, np.nan))


def backward(driver: Driver, values: Array, below: Array | None) -> Array:
    """The count of which `forward` makes `values`: 0 or more, and finite; same shape."""
    odds = np.exp(np.clip(values, driver.least - _MOST_GROWTH, driver.most + _MOST_GROWTH))
    ratio = odds / (1.0 + odds) if driver.scale == "log-odds" else odds
    if below is None:
        return np.asarray(np.maximum(ratio - driver.added, 0.0))
    found = np.maximum(ratio * (below + driver.added) - driver.added * driver.usual, 0.0)
    found = np.where(below > 0, found, 0.0)
    return np.minimum(found, below) if driver.scale == "log-odds" else found


def _driver(days: KnownDays, closed: Closed, name: str, channel: int) -> tuple[Driver, Array] | None:
    """A count's driver and its values; None for a count that is nothing on every day."""
    is_open = closed.was_open[channel]
    above = np.where(is_open, days.counts[name][channel], np.nan)
    if not np.nansum(above) > 0:
        return None
    parent = next((other for other in HANGS_ON.get(name, ()) if _there(days, other, channel)), "")
    below = np.where(is_open, days.counts[parent][channel], np.nan) if parent else None
    driver = _described(name, channel, parent, above, below)
    values = forward(driver, above, below)
    if not np.isfinite(values).any():
        return None
    return replace(driver, least=float(np.nanmin(values)), most=float(np.nanmax(values))), values


def _described(name: str, channel: int, parent: str, above: Array, below: Array | None) -> Driver:
    if below is None:
        return Driver(name, channel, "", "log", _added(name, above), 1.0, 0.0, 0.0)
    both = np.isfinite(above) & np.isfinite(below) & (below > 0)
    sums = above[both].sum(), below[both].sum()
    usual = float(sums[0] / sums[1]) if sums[0] > 0 else 1.0
    # At the usual rate, so that the mean stays: so many pieces more, of so much more to divide by.
    added = _added(name, above[both]) / usual if both.any() else 0.0
    part = name in _SHARES and bool((above[both] <= below[both]).all())
    return Driver(name, channel, parent, "log-odds" if part else "log", added, usual, 0.0, 0.0)


def _added(name: str, values: Array) -> float:
    """What is added before the logarithm: enough that chance alone moves a small count's logarithm by a third.

    The logarithm of few orders is mostly chance, lopsided, and of none it is endless. A count of mean m varies by m, so
    the logarithm of it and a more varies by m / (m + a)^2. Amounts get half the smallest of a day if some have none.
    """
    positive = values[values > 0]
    if positive.size == 0:
        return 0.0
    none = bool((values == 0).any())
    if name in kpi.MONEY:
        least = float(positive.min())
        return 0.5 * least if none and float(np.median(positive)) < _MANY * least else 0.0
    mean = float(np.nanmean(values))
    chance = np.sqrt(mean / _MOST_CHANCE) - mean
    return float(max(chance, 0.5 if none and mean < _MANY else 0.0))


def _there(days: KnownDays, name: str, channel: int) -> bool:
    return name in days.counts and bool(np.nansum(days.counts[name][channel]) > 0)


def _label(driver: Driver, channels: tuple[str, ...]) -> str:
    return driver.name if len(channels) == 1 else f"{driver.name} of {channels[driver.channel]}"
