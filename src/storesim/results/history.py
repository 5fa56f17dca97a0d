"""`History`: a user's own days, in the words of `kpi.py`; and `read_history`, which reads them from a file."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import ShapeError, UsageError, near, near_or_all
from storesim.results.dated import Dated
from storesim.results.findings import Finding
from storesim.results.periods import day_window
from storesim.results.place import Place

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class History(Dated):
    """Measured days of one store, without gaps in the calendar: a day nobody recorded is NaN.

    Raises
    ------
    ShapeError
        If the columns differ in length, or there is none.
    UsageError
        If a column of `columns` is no count of `kpi.py`.
    """

    start: dt.date
    """First day."""

    columns: Mapping[str, Array]
    """[n_days] for each count, by its name in `kpi.py`; counts and amounts, NaN where unknown. Read-only."""

    name: str = ""
    currency: str = "CNY"
    notes: tuple[str, ...] = ()
    """What was assumed in reading, a sentence each."""

    others: Mapping[str, Array] = field(default_factory=dict)
    """[n_days] for each column of numbers that is no count of `kpi.py`, by its own name; kept and not used."""

    by_channel: Mapping[str, Mapping[str, Array]] = field(default_factory=dict)
    """[n_days] for each count of each channel that was told apart. They need not add up to the store's: whoever comes
    by two channels is counted in both."""

    findings: tuple[Finding, ...] = ()
    """What is odd about the days: each names file, row, column and value, and what was done with it."""

    places: Mapping[str, Place] = field(default_factory=dict)
    """Where the days of each count of `columns` stand; empty for a history made in Python."""

    def __post_init__(self) -> None:
        for name in ("columns", "others"):
            held = {key: _frozen(values) for key, values in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(held))
        channels = {
            channel: MappingProxyType({key: _frozen(values) for key, values in own.items()})
            for channel, own in self.by_channel.items()
        }
        object.__setattr__(self, "by_channel", MappingProxyType(channels))
        object.__setattr__(self, "places", MappingProxyType(dict(self.places)))
        every = [*self.columns.items(), *self.others.items()]
        every += [(f"{key}@{channel}", values) for channel, own in channels.items() for key, values in own.items()]
        shapes = {key: values.shape for key, values in every}
        if not self.columns or len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
            raise ShapeError(**{key.replace(" ", "_"): shape for key, shape in shapes.items()})
        for key in (*self.columns, *(key for own in channels.values() for key in own)):
            if key not in kpi.COUNT:
                raise UsageError(f"a history holds counts, and {key!r} is none{near(key, kpi.COUNT)}")

    def __reduce__(self) -> tuple[Any, ...]:
        channels = {channel: dict(own) for channel, own in self.by_channel.items()}
        columns, others, places = dict(self.columns), dict(self.others), dict(self.places)
        named = (self.name, self.currency, self.notes)
        return type(self), (self.start, columns, *named, others, channels, self.findings, places)

    @property
    def n_days(self) -> int:
        """Days from the first to the last, unknown ones included."""
        return int(next(iter(self.columns.values())).size)

    @property
    def names(self) -> tuple[str, ...]:
        """Every count there is and every ratio they make, in the order of `kpi.py`."""
        return _names_of(self.columns)

    @property
    def channels(self) -> tuple[str, ...]:
        """Channels that were told apart."""
        return tuple(self.by_channel)

    def names_of(self, channel: str) -> tuple[str, ...]:
        """Every count of a channel and every ratio they make.

        Raises
        ------
        UsageError
            If the history does not tell this channel apart.
        """
        return _names_of(self._own(channel))

    def daily(self, name: str, channel: str | None = None) -> Array:
        """A count or ratio by day: [n_days]; NaN where unknown, or where a ratio is of nothing.

        Parameters
        ----------
        channel
            The store if not given.

        Raises
        ------
        UsageError
            If the history does not hold it.
        """
        if name in kpi.RATIO and name in _names_of(self._own(channel)):
            return kpi.divide(name, lambda part: self._count(part, channel))
        return self._count(name, channel)

    def total(
        self, name: str, first: dt.date | None = None, last: dt.date | None = None, *, channel: str | None = None
    ) -> float:
        """A count or ratio over the days from `first` to `last`, both included; ratios are divided after summing.

        NaN where a day among them is unknown: a sum with a gap is no sum. See `missing_days`.

        Raises
        ------
        UsageError
            If the history does not hold it, or `last` lies after its last day.
        """
        days = day_window(self.start, self.n_days, first, last)
        if name in kpi.RATIO and name in _names_of(self._own(channel)):
            return float(kpi.divide(name, lambda part: self._count(part, channel)[days].sum()))
        values = self._count(name, channel)[days]
        return float({"sum": values.sum(), "last": values[-1], "mean": values.mean()}[kpi.COUNT[name].adds])

    def missing_days(self, name: str) -> int:
        """Days on which a count or ratio is unknown."""
        return int(np.isnan(self.daily(name)).sum())

    def until(self, last: dt.date) -> History:
        """The days up to `last`, included: what was known then.

        Raises
        ------
        UsageError
            If `last` is none of the days.
        """
        n_days = day_window(self.start, self.n_days, None, last).stop
        kept = {name: values[:n_days] for name, values in self.columns.items()}
        return replace(
            self,
            columns=kept,
            others={name: values[:n_days] for name, values in self.others.items()},
            by_channel={
                channel: {name: values[:n_days] for name, values in own.items()}
                for channel, own in self.by_channel.items()
            },
            findings=tuple(finding for finding in self.findings if finding.day is None or finding.day <= last),
            places={name: place.until(n_days) for name, place in self.places.items()},
        )

    def frame(self) -> pd.DataFrame:
        """One row a day: every count and ratio, then the other columns; the index is the date."""
        import pandas as pd

        index = pd.DatetimeIndex(np.array(self.dates, dtype="datetime64[ns]"), name="date")
        return pd.DataFrame({name: self.daily(name) for name in self.names} | dict(self.others), index=index)

    def _own(self, channel: str | None) -> Mapping[str, Array]:
        if channel is None:
            return self.columns
        if channel not in self.by_channel:
            raise UsageError(f"the history has no channel {channel!r}{near_or_all(channel, self.channels)}")
        return self.by_channel[channel]

    def _count(self, name: str, channel: str | None = None) -> Array:
        own = self._own(channel)
        if name not in own:
            raise UsageError(f"the history has no {name!r}; it holds {', '.join(_names_of(own))}")
        return own[name]


def read_history(
    path: str | PathLike[str],
    *more: str | PathLike[str],
    name: str = "",
    currency: str = "",
    columns: Mapping[str, str] | None = None,
    today: dt.date | None = None,
    strict: bool = True,
) -> History:
    """The daily figures in one or several files: CSV, .xlsx, or the table of a web page that is called .xls.

    Reports of JD 商智 (store, sources, SKUs), 京准通 (daily, hourly), 京挑客, 生意参谋 and common English exports are
    understood, as are UTF-8 (with or without BOM), UTF-16 and GBK, commas, tabs and semicolons, lines above the header,
    rows of totals, and numbers such as `¥1,234`, `1.5万`, `3%`, `100~200`. Rows by channel, SKU, campaign or hour are
    added up to days. Several files become one history: the store's figures from the report of the store, those of
    channels and ads from theirs. What had to be assumed is in `notes`, what is odd in `findings`; nothing is repaired.

    Parameters
    ----------
    path, more
        The files.
    name
        What to call it; the first file's name if not given.
    currency
        Three letters such as "CNY"; told from the signs in the files if not given.
    columns
        What columns mean whose names are not understood, such as `{"支付金额": "gmv", "转化率": "cvr%"}`.
    today
        Days after it are refused beside days before it, for they cannot have been measured. If not given, the date in
        the environment's `STORESIM_TODAY`, else today.
    strict
        If not, a row or cell that is wrong is read as missing, and told among `findings` as an error.

    Raises
    ------
    HistoryError
        With every fault of every file: what was found, where, and what is allowed.
    UsageError
        If `columns` names no figure, or `STORESIM_TODAY` is no date.
    """
    from storesim.results.merging import read_files

    return read_files((path, *more), name, currency, columns=columns or {}, today=today or today_said(), strict=strict)


def today_said() -> dt.date:
    """The date in the environment's `STORESIM_TODAY`, else today.

    Raises
    ------
    UsageError
        If what is said is no date.
    """
    said = os.environ.get("STORESIM_TODAY")
    if not said:
        return dt.date.today()
    try:
        return dt.date.fromisoformat(said)
    except ValueError:
        raise UsageError(f"STORESIM_TODAY is {said!r}; write a date such as 2027-12-31") from None


def _names_of(columns: Mapping[str, Array]) -> tuple[str, ...]:
    counts = tuple(name for name in kpi.COUNT if name in columns)
    return counts + tuple(ratio.name for ratio in kpi.RATIOS if {ratio.above, ratio.below} <= set(counts))


def _frozen(values: object) -> Array:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
