"""`Outlook`: what comes next, as joint paths of every count by day and channel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import ShapeError, UsageError, near_or_all
from storesim.results.dated import Dated
from storesim.results.ensemble import quantiles_over_runs
from storesim.results.periods import day_window, period_bounds

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

FRAME_LEVELS: tuple[float, ...] = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)


@dataclass(frozen=True, eq=False)
class Outlook(Dated):
    """Paths of the days to come; each path is one way the whole store may go.

    Quantiles of a day, of a month and of a year come from the same paths, so they agree with one another, and
    `GMV = UV · CVR · AOV` holds in each path, channel and period, because GMV is a count and ratios are divided last.

    Raises
    ------
    ShapeError
        If `paths` does not fit `channels` and `counts`.
    ValueError
        If a path is negative or not a number: a defect of the method that made it.
    """

    start: dt.date
    """First day foretold."""

    channels: tuple[str, ...]
    """("store",) where the source does not tell channels apart."""

    counts: tuple[str, ...]
    paths: Array
    """[n_paths, n_days, n_channels, n_counts]; counts and CNY, 0 or more. Read-only. The store sums its channels."""

    method: str
    reasons: tuple[str, ...] = ()
    """Why this method, and what it assumes, a sentence each."""

    past_start: dt.date | None = None
    past: Mapping[str, Array] = field(default_factory=dict)
    """[n_past] for each count of the whole store before `start`, NaN where unknown; for pictures and totals."""

    provenance: Mapping[str, object] = field(default_factory=dict)

    sources: Mapping[str, Array] = field(default_factory=dict)
    """[n_paths, n_days] visitors of each channel of which a history tells nothing else; they add up to the store's."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", _frozen(self.paths))
        object.__setattr__(self, "past", MappingProxyType({name: _frozen(days) for name, days in self.past.items()}))
        object.__setattr__(self, "provenance", MappingProxyType(dict(self.provenance)))
        object.__setattr__(
            self, "sources", MappingProxyType({name: _frozen(paths) for name, paths in self.sources.items()})
        )
        for paths in self.sources.values():
            if paths.shape != self.paths.shape[:2]:
                raise ShapeError(sources=paths.shape, wanted=self.paths.shape[:2])
        if self.paths.ndim != 4 or self.paths.shape[2:] != (len(self.channels), len(self.counts)):
            wanted = ("n_paths", "n_days", len(self.channels), len(self.counts))
            raise ShapeError(paths=self.paths.shape, wanted=wanted)
        if self.paths.size and not float(self.paths.min()) >= 0:
            raise ValueError(f"paths of method {self.method!r} are negative or not numbers")

    def __reduce__(self) -> tuple[Any, ...]:
        held = (self.start, self.channels, self.counts, self.paths, self.method, self.reasons, self.past_start)
        return type(self), (*held, dict(self.past), dict(self.provenance), dict(self.sources))

    @property
    def n_paths(self) -> int:
        """Paths held."""
        return int(self.paths.shape[0])

    @property
    def n_days(self) -> int:
        """Days foretold."""
        return int(self.paths.shape[1])

    @property
    def names(self) -> tuple[str, ...]:
        """Every count there is and every ratio they make, in the order of `kpi.py`."""
        counts = tuple(name for name in kpi.COUNT if name in self.counts)
        return counts + tuple(ratio.name for ratio in kpi.RATIOS if {ratio.above, ratio.below} <= set(counts))

    @property
    def scopes(self) -> tuple[tuple[str | None, str], ...]:
        """Every channel and figure foretold, the store (no channel) first."""
        channels: tuple[str | None, ...] = (None, *self.channels) if len(self.channels) > 1 else (None,)
        return (
            *((channel, name) for channel in channels for name in self.names),
            *((one, "uv") for one in self.sources),
        )

    def daily(self, name: str, channel: str | None = None) -> Array:
        """A count or ratio by path and day: [n_paths, n_days].

        Parameters
        ----------
        name
            One of `names`.
        channel
            One channel; the whole store if not given.

        Raises
        ------
        UsageError
            If the outlook has no such count, ratio or channel.
        """
        if name in kpi.RATIO and name in self.names:
            return kpi.divide(name, lambda part: self._count(part, channel))
        return self._count(name, channel)

    def total(
        self,
        name: str,
        first: dt.date | None = None,
        last: dt.date | None = None,
        channel: str | None = None,
    ) -> Array:
        """A count or ratio of each path over the days from `first` to `last`, both included: [n_paths].

        Ratios are divided after summing, never averaged; NaN for a ratio of nothing. A window may begin before the
        first day, and holds nothing there; `chance` adds what is known of the past.

        Raises
        ------
        UsageError
            As `daily`; and if `last` lies after the last day.
        """
        days = day_window(self.start, self.n_days, first, last)
        if name in kpi.RATIO and name in self.names:
            return kpi.divide(name, lambda part: self._count(part, channel)[:, days].sum(axis=1))
        return np.asarray(self._count(name, channel)[:, days].sum(axis=1))

    def mean(self, name: str, channel: str | None = None) -> Array:
        """Mean over paths of each day: [n_days]; of a ratio, the ratio of the means."""
        if name in kpi.RATIO and name in self.names:
            return kpi.divide(name, lambda part: self._count(part, channel).mean(axis=0))
        return np.asarray(self._count(name, channel).mean(axis=0))

    def quantiles(self, name: str, levels: Sequence[float], channel: str | None = None) -> Array:
        """Quantiles over paths of each day: [n_days, n_levels]. Paths in which a ratio is unknown are left out.

        Raises
        ------
        UsageError
            As `daily`; and if a level is not between 0 and 1.
        """
        return quantiles_over_runs(self.daily(name, channel), levels)

    def chance(
        self, name: str, period: str | tuple[dt.date, dt.date], at_least: float, channel: str | None = None
    ) -> float:
        """Share of paths in which the total of a period is `at_least` or more, 0 to 1.

        Days of the period before the outlook are those of `past` where it knows them; days before all of these are
        before the store opened.

        Parameters
        ----------
        name
            One of `names`.
        period
            "2027", "2027Q3", "2027-06", "2027-W31", "2027-06-18", or first and last date.
        at_least
            In the unit of the count or ratio.
        channel
            One channel, whose past is not known; the whole store if not given.

        Raises
        ------
        UsageError
            As `daily`; and if the period ends after the last day or before the first.
        """
        first, last = period_bounds(period) if isinstance(period, str) else period
        if name in kpi.RATIO and name in self.names:
            totals = kpi.divide(name, lambda part: self._with_past(part, first, last, channel))
        else:
            totals = self._with_past(name, first, last, channel)
        return float((totals >= at_least).mean())

    def frame(self, levels: Sequence[float] = FRAME_LEVELS) -> pd.DataFrame:
        """Mean and quantiles by day, tidy: date, channel ("" for the store), kpi, mean, p2.5, p10 … p97.5."""
        import pandas as pd

        parts = []
        for scope, name in self.scopes:
            columns: dict[str, object] = {
                "date": np.array(self.dates, dtype="datetime64[ns]"),
                "channel": scope or "",
                "kpi": name,
                "mean": self.mean(name, scope),
            }
            quantiles = self.quantiles(name, levels, scope)
            columns |= {f"p{100 * level:g}": quantiles[:, i] for i, level in enumerate(levels)}
            parts.append(pd.DataFrame(columns))
        return pd.concat(parts, ignore_index=True).sort_values("date", kind="stable", ignore_index=True)

    def _with_past(self, name: str, first: dt.date, last: dt.date, channel: str | None) -> Array:
        totals = self.total(name, first, last, channel)
        if first >= self.start or self.past_start is None or name not in self.past:
            return totals
        if channel is not None:
            raise UsageError(f"the past of channel {channel!r} is not known; ask for a period from {self.start} on")
        known = self.past[name]
        before = known[max((first - self.past_start).days, 0) : (self.start - self.past_start).days]
        if np.isnan(before).any():
            raise UsageError(f"{name!r} is unknown on {int(np.isnan(before).sum())} past days of {first} to {last}")
        return np.asarray(totals + before.sum())

    def _count(self, name: str, channel: str | None) -> Array:
        if name not in self.counts:
            raise UsageError(f"the outlook has no {name!r}{near_or_all(name, self.names)}")
        if channel is not None and channel in self.sources:
            if name != "uv":
                raise UsageError(f"of channel {channel!r} the history tells visitors only, so 'uv' alone is foretold")
            return self.sources[channel]
        values = self.paths[..., self.counts.index(name)]
        if channel is None:
            return np.asarray(values.sum(axis=-1))
        if channel not in self.channels:
            raise UsageError(f"there is no channel {channel!r}{near_or_all(channel, (*self.channels, *self.sources))}")
        return np.ascontiguousarray(values[..., self.channels.index(channel)])


def _frozen(values: object) -> Array:
    array = np.asarray(values, dtype=np.float64)
    if array.flags.writeable:
        # A view of a caller's array would still change under us through its base; a read-only one is taken as it is.
        array = array.copy()
        array.setflags(write=False)
    return array
