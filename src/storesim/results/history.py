"""`History`: a user's own days, in the words of `kpi.py`; and `read_history`, which reads them from a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import ShapeError, UsageError, near
from storesim.results.dated import Dated
from storesim.results.periods import day_window

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

    def __post_init__(self) -> None:
        for name in ("columns", "others"):
            held = {key: _frozen(values) for key, values in getattr(self, name).items()}
            object.__setattr__(self, name, MappingProxyType(held))
        shapes = {key: values.shape for key, values in (*self.columns.items(), *self.others.items())}
        if not self.columns or len(set(shapes.values())) != 1 or len(next(iter(shapes.values()))) != 1:
            raise ShapeError(**{key.replace(" ", "_"): shape for key, shape in shapes.items()})
        for key in self.columns:
            if key not in kpi.COUNT:
                raise UsageError(f"a history holds counts, and {key!r} is none{near(key, kpi.COUNT)}")

    def __reduce__(self) -> tuple[Any, ...]:
        held = (self.start, dict(self.columns), self.name, self.currency, self.notes, dict(self.others))
        return type(self), held

    @property
    def n_days(self) -> int:
        """Days from the first to the last, unknown ones included."""
        return int(next(iter(self.columns.values())).size)

    @property
    def names(self) -> tuple[str, ...]:
        """Every count there is and every ratio they make, in the order of `kpi.py`."""
        counts = tuple(name for name in kpi.COUNT if name in self.columns)
        return counts + tuple(ratio.name for ratio in kpi.RATIOS if {ratio.above, ratio.below} <= set(counts))

    def daily(self, name: str) -> Array:
        """A count or ratio by day: [n_days]; NaN where unknown, or where a ratio is of nothing.

        Raises
        ------
        UsageError
            If the history does not hold it.
        """
        if name in kpi.RATIO and name in self.names:
            return kpi.divide(name, self._count)
        return self._count(name)

    def total(self, name: str, first: dt.date | None = None, last: dt.date | None = None) -> float:
        """A count or ratio over the days from `first` to `last`, both included; ratios are divided after summing.

        NaN where a day among them is unknown: a sum with a gap is no sum. See `missing_days`.

        Raises
        ------
        UsageError
            If the history does not hold it, or `last` lies after its last day.
        """
        days = day_window(self.start, self.n_days, first, last)
        if name in kpi.RATIO and name in self.names:
            return float(kpi.divide(name, lambda part: self._count(part)[days].sum()))
        values = self._count(name)[days]
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
        others = {name: values[:n_days] for name, values in self.others.items()}
        return History(self.start, kept, self.name, self.currency, self.notes, others)

    def frame(self) -> pd.DataFrame:
        """One row a day: every count and ratio, then the other columns; the index is the date."""
        import pandas as pd

        index = pd.DatetimeIndex(np.array(self.dates, dtype="datetime64[ns]"), name="date")
        return pd.DataFrame({name: self.daily(name) for name in self.names} | dict(self.others), index=index)

    def _count(self, name: str) -> Array:
        if name not in self.columns:
            raise UsageError(f"the history has no {name!r}; it holds {', '.join(self.names)}")
        return self.columns[name]


def read_history(path: str | PathLike[str], *, name: str = "", currency: str = "") -> History:
    """The daily figures in a CSV file, one row a day.

    Column names of JD 商智, 京准通, 生意参谋 and common English exports are understood, as are UTF-8 (with or without
    BOM), UTF-16 and GBK, commas, tabs and semicolons, lines above the header, and numbers such as `¥1,234`, `1.5万`,
    `3%`. What had to be assumed is in the notes of the result. Days that are missing become NaN and are noted.

    Parameters
    ----------
    path
        The file.
    name
        What to call it; the file's name if not given.
    currency
        Three letters such as "CNY"; told from the signs in the file if not given.

    Raises
    ------
    HistoryError
        With every fault of the file: what was found, where, and what is allowed.
    """
    from storesim.results.reading import read_file

    return read_file(path, name, currency)


def _frozen(values: object) -> Array:
    array = np.array(values, dtype=np.float64)
    array.setflags(write=False)
    return array
