"""What a run and an ensemble have in common: counts by day, sliced and summed by one rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import ShapeError, UsageError, near_or_all
from storesim.results.dated import Dated
from storesim.results.periods import day_window
from storesim.shown import Explorable

Array = NDArray[np.float64]

SKU_COUNTS: tuple[str, ...] = ("units", "gmv", "lost_units", "ordered", "received", "closing_stock")
"""Columns of `by_sku`: pieces sold, CNY, pieces lost for stock, pieces ordered, received, and left at the end."""

COHORT_COUNTS: tuple[str, ...] = ("buyers", "gmv")
"""Columns of `cohorts`: orders of members, CNY."""

DEVICE_COUNTS: tuple[str, ...] = ("uv", "pv", "bounces", "buyers", "units", "gmv")
"""Last axis of `by_device`; a buyer has one order."""

GroupName = tuple[str, str, str, str]
"""Channel, group of keywords, crowd, device."""

SKU_INDEX: Mapping[str, int] = {name: i for i, name in enumerate(SKU_COUNTS)}


@dataclass(frozen=True)
class Provenance:
    """What is needed to make the same numbers again."""

    fingerprint: str
    """SHA-256 of the scenario after merging."""

    seed: int
    run: int
    """Number of the run, from 0; -1 for an ensemble, which holds runs 0 to n_runs - 1."""

    version: str
    """Version of storesim."""

    kernel: Literal["compiled", "plain"] = "compiled"


@dataclass(frozen=True, eq=False)
class Recorded(Explorable, Dated):
    """Counts by day of one run or of many side by side; frozen to the bottom.

    Raises
    ------
    ShapeError
        If the arrays do not agree with one another, with the channels and with the counts of `kpi`.
    """

    start: dt.date
    """First day, the day the store opened."""

    channels: tuple[str, ...]
    skus: tuple[str, ...]

    by_channel: Array
    """[..., n_days, n_channels, len(kpi.CHANNEL_COUNTS)]; CNY, hours, counts."""

    of_store: Array
    """[..., n_days, len(kpi.STORE_COUNTS)]; likewise."""

    by_sku: Array
    """[..., n_skus, len(SKU_COUNTS)]; sums over all days, and the closing stock."""

    provenance: Provenance

    cohorts: Array = field(default_factory=lambda: np.zeros(0))
    """[..., n_months + 1, n_months, len(COHORT_COUNTS)] by month of joining, the first before the opening day, and by
    month of the order; without entries where members are a pool."""

    attributed: Array = field(default_factory=lambda: np.zeros(0))
    """[..., 2, n_days, n_channels, 7, 3] orders, CNY and order lines by the day of the click, and of the order, by the
    days between (`results.attribution`); without entries where the scenario asks for no window."""

    groups: tuple[GroupName, ...] = ()
    """Groups of keywords of the channels that have several."""

    by_group: Array = field(default_factory=lambda: np.zeros(0))
    """[..., n_groups, 3] impressions, clicks and CNY of all days."""

    devices: tuple[str, ...] = ()
    """Devices on which visitors come; empty where they are not told apart."""

    by_device: Array = field(default_factory=lambda: np.zeros(0))
    """[..., n_channels, n_devices, len(DEVICE_COUNTS)] of all days."""

    _leading: ClassVar[int] = 0

    def __post_init__(self) -> None:
        if self.cohorts.size == 0:
            object.__setattr__(self, "cohorts", np.zeros((*self.of_store.shape[: self._leading], 0, 0, 2)))
        if self.attributed.size == 0:
            leading = self.of_store.shape[: self._leading]
            object.__setattr__(self, "attributed", np.zeros((*leading, 2, 0, len(self.channels), 7, 3)))
        if not self.groups:
            object.__setattr__(self, "by_group", np.zeros((*self.of_store.shape[: self._leading], 0, 3)))
        if not self.devices:
            leading = self.of_store.shape[: self._leading]
            object.__setattr__(self, "by_device", np.zeros((*leading, len(self.channels), 0, len(DEVICE_COUNTS))))
        for name in ("by_channel", "of_store", "by_sku", "cohorts", "attributed", "by_group", "by_device"):
            object.__setattr__(self, name, _frozen(getattr(self, name)))
        self._check_shapes()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(_same(getattr(self, part.name), getattr(other, part.name)) for part in fields(self))

    def __hash__(self) -> int:
        return hash((type(self), self.start, self.channels, self.skus, self.provenance))

    def __reduce__(self) -> tuple[type[Recorded], tuple[Any, ...]]:
        # Through the constructor: unpickled arrays are writable until it freezes them.
        return type(self), tuple(getattr(self, part.name) for part in fields(self))

    @property
    def n_days(self) -> int:
        """Days recorded."""
        return int(self.of_store.shape[-2])

    def daily(self, name: str, channel: str | None = None) -> Array:
        """Any count or ratio by day: [..., n_days].

        Parameters
        ----------
        name
            A name of `kpi.COUNT` or `kpi.RATIO`.
        channel
            One channel; the whole store if not given.

        Raises
        ------
        UsageError
            If there is no such count, ratio or channel, or the count is kept for the whole store only.
        """
        if name in kpi.RATIO:
            return kpi.divide(name, lambda part: self._daily_count(part, channel))
        return self._daily_count(name, channel)

    def sums(
        self,
        name: str,
        channel: str | None = None,
        first: dt.date | None = None,
        last: dt.date | None = None,
    ) -> Array:
        """Any count or ratio over the days from `first` to `last`, both included: [...].

        Counts are summed, or the last day's, or the mean of days, as `kpi` says of each; ratios are divided after
        summing, never averaged. Errors as for `daily`, and as for `periods.day_window`.
        """
        days = day_window(self.start, self.n_days, first, last)
        if name in kpi.RATIO:
            return kpi.divide(name, lambda part: self._sum_count(part, channel, days))
        return self._sum_count(name, channel, days)

    def of_skus(self, name: str) -> Array:
        """One column of `by_sku`: [..., n_skus].

        Raises
        ------
        UsageError
            If `SKU_COUNTS` has no such name.
        """
        if name not in SKU_INDEX:
            raise UsageError(f"{name!r} is not counted by SKU{near_or_all(name, SKU_COUNTS)}")
        return self.by_sku[..., SKU_INDEX[name]]

    def names_of(self, channel: str | None = None) -> tuple[str, ...]:
        """Every count and ratio there is for one channel, or for the whole store, in the order of `kpi`."""
        counts = kpi.CHANNEL_COUNTS if channel is not None else kpi.CHANNEL_COUNTS + kpi.STORE_COUNTS
        names = tuple(count.name for count in counts)
        return names + tuple(ratio.name for ratio in kpi.RATIOS if {ratio.above, ratio.below} <= set(names))

    def _daily_count(self, name: str, channel: str | None) -> Array:
        if channel is not None and channel not in self.channels:
            raise UsageError(f"there is no channel {channel!r}{near_or_all(channel, self.channels)}")
        if name in kpi.CHANNEL_INDEX:
            values = self.by_channel[..., kpi.CHANNEL_INDEX[name]]
            # The copy lets go of the large array and is fast to sum.
            return values.sum(axis=-1) if channel is None else values[..., self.channels.index(channel)].copy()
        if name not in kpi.STORE_INDEX:
            raise UsageError(f"there is no count or ratio {name!r}{near_or_all(name, (*kpi.COUNT, *kpi.RATIO))}")
        if channel is not None:
            raise UsageError(f"{name!r} is kept for the whole store, not by channel; ask without a channel")
        return self.of_store[..., kpi.STORE_INDEX[name]].copy()

    def _sum_count(self, name: str, channel: str | None, days: slice) -> Array:
        values = self._daily_count(name, channel)[..., days]
        match kpi.COUNT[name].adds:
            case "sum":
                return np.asarray(values.sum(axis=-1))
            case "last":
                return values[..., -1]
            case "mean":
                return np.asarray(values.mean(axis=-1))
            case _ as never:
                assert_never(never)

    def _check_shapes(self) -> None:
        n_days = self.of_store.shape[-2] if self.of_store.ndim >= 2 else 0
        leading = self.of_store.shape[: self._leading]
        wanted = {
            "by_channel": (*leading, n_days, len(self.channels), len(kpi.CHANNEL_COUNTS)),
            "of_store": (*leading, n_days, len(kpi.STORE_COUNTS)),
            "by_sku": (*leading, len(self.skus), len(SKU_COUNTS)),
            "cohorts": (*leading, *_cohort_months(self.cohorts.shape[-2]), len(COHORT_COUNTS)),
            "by_group": (*leading, len(self.groups), 3),
            "by_device": (*leading, len(self.channels), len(self.devices), len(DEVICE_COUNTS)),
            "attributed": (*leading, 2, n_days if self.attributed.size else 0, len(self.channels), 7, 3),
        }
        for name, shape in wanted.items():
            found = getattr(self, name).shape
            if found != shape or n_days == 0 or 0 in leading:
                raise ShapeError(**{name: found, "wanted": shape})


def _cohort_months(n_months: int) -> tuple[int, int]:
    return (n_months + 1 if n_months else 0, n_months)


def _frozen(array: Array) -> Array:
    """The array itself if nobody can write to it, else a copy nobody can."""
    found = np.asarray(array, dtype=np.float64)
    if found.flags.writeable or not found.flags.c_contiguous:
        found = np.array(found, order="C")
        found.setflags(write=False)
    return found


def _same(one: object, other: object) -> bool:
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        return np.array_equal(one, other, equal_nan=True)
    return one == other
