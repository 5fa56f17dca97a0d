"""`Ensemble`: many runs of one scenario side by side; means, quantiles, standard errors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import UsageError
from storesim.results.periods import day_window
from storesim.results.recorded import Recorded
from storesim.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ensemble(Recorded):
    """Runs 0 to n_runs - 1 of one scenario and seed.

    While an ensemble is being made, its parts are ensembles too, of a few runs that need not begin at 0.

    `by_channel` is [n_runs, n_days, n_channels, n_counts], `of_store` [n_runs, n_days, n_store_counts], `by_sku`
    [n_runs, n_skus, 6]. `daily` gives [n_runs, n_days].
    """

    _leading: ClassVar[int] = 1

    @property
    def n_runs(self) -> int:
        """Runs in the ensemble."""
        return int(self.of_store.shape[0])

    @property
    def n_bytes(self) -> int:
        """Bytes of all its figures."""
        pieces = (self.by_channel, self.of_store, self.by_sku, self.cohorts, self.attributed, self.by_group)
        return sum(piece.nbytes for piece in (*pieces, self.by_device))

    def run(self, index: int) -> Run:
        """One of the runs, counted from 0.

        Raises
        ------
        UsageError
            If there is no such run.
        """
        if not 0 <= index < self.n_runs:
            raise UsageError(f"there is no run {index}; there are 0 to {self.n_runs - 1}")
        return Run(
            self.start,
            self.channels,
            self.skus,
            self.by_channel[index],
            self.of_store[index],
            self.by_sku[index],
            replace(self.provenance, run=index),
            self.cohorts[index],
            self.attributed[index],
            self.groups,
            self.by_group[index],
            self.devices,
            self.by_device[index],
        )

    def total(
        self,
        name: str,
        channel: str | None = None,
        first: dt.date | None = None,
        last: dt.date | None = None,
    ) -> Array:
        """Any count or ratio of each run over the days from `first` to `last`, both included: [n_runs].

        Ratios are divided after summing; NaN for a ratio of nothing. See `Recorded.sums`.
        """
        return self.sums(name, channel, first, last)

    def mean(self, name: str, channel: str | None = None) -> Array:
        """Mean over runs of each day: [n_days].

        The mean of a ratio is the ratio of the means, so GMV = UV · CVR · AOV holds for means too.
        """
        return mean_over_runs(name, lambda part: self.daily(part, channel))

    def standard_error(self, name: str, channel: str | None = None) -> Array:
        """Standard error of `mean`: [n_days]; NaN for a single run.

        For ratios that of the linearised estimator; see `linearised`.
        """
        return standard_error(values_over_runs(name, lambda part: self.daily(part, channel)))

    def quantiles(self, name: str, levels: Sequence[float], channel: str | None = None) -> Array:
        """Quantiles over runs of each day: [n_days, n_levels].

        Runs in which a ratio is unknown that day are left out; NaN where it is unknown in all.

        Raises
        ------
        UsageError
            If a level is not between 0 and 1.
        """
        return quantiles_over_runs(self.daily(name, channel), levels)

    def reached(self, stage: str, by: dt.date | None = None) -> float:
        """Share of the runs that were in a stage, or in a later one, on any day up to `by`; the last day if not given.

        Raises
        ------
        UsageError
            If there is no such stage, or `by` lies outside the days.
        """
        if stage not in kpi.STAGES:
            raise UsageError(f"there is no stage {stage!r}; there are {', '.join(kpi.STAGES)}")
        days = day_window(self.start, self.n_days, None, by)
        return float((self.daily("stage")[:, days] >= kpi.STAGES.index(stage)).any(axis=1).mean())

    def ruined(self, by: dt.date | None = None) -> float:
        """Share of the runs whose cash fell below 0 on any day up to `by`; the last day if not given.

        Raises
        ------
        UsageError
            If `by` lies outside the days.
        """
        return float(self.total("ruin", last=by).mean())

    def frame(self) -> pd.DataFrame:
        """Mean, standard error and quantiles over runs, tidy: the table that `daily.csv` holds."""
        from storesim.results.daily import daily_frame

        return daily_frame(self)


def side_by_side(runs: Sequence[Run]) -> Ensemble:
    """Some runs of one scenario, in the order given, whatever their numbers.

    Raises
    ------
    UsageError
        If there are none, or they are not of one scenario, seed and version.
    """
    if not runs:
        raise UsageError("an ensemble needs at least one run")
    head = replace(runs[0].provenance, run=-1)
    for run in runs:
        if replace(run.provenance, run=-1) != head:
            raise UsageError(f"{run.provenance} does not belong beside {runs[0].provenance}")
    return Ensemble(
        runs[0].start,
        runs[0].channels,
        runs[0].skus,
        _read_only(np.stack([run.by_channel for run in runs])),
        _read_only(np.stack([run.of_store for run in runs])),
        _read_only(np.stack([run.by_sku for run in runs])),
        head,
        _read_only(np.stack([run.cohorts for run in runs])),
        _read_only(np.stack([run.attributed for run in runs])),
        runs[0].groups,
        _read_only(np.stack([run.by_group for run in runs])),
        runs[0].devices,
        _read_only(np.stack([run.by_device for run in runs])),
    )


def join(parts: Iterable[Ensemble], n_runs: int, empty: Callable[[tuple[int, ...]], Array] = np.empty) -> Ensemble:
    """One ensemble of parts in the order given, with `n_runs` runs in all; each part is copied once and let go of.

    Parameters
    ----------
    empty
        Gives an array of a shape to put the figures in: in memory if not said, or on disk (`files.on_disk`).

    Raises
    ------
    UsageError
        If the parts are not of one scenario, seed and version, or have another number of runs.
    """
    head: Ensemble | None = None
    arrays: tuple[Array, ...] = ()
    done = 0
    for part in parts:
        pieces = (
            part.by_channel, part.of_store, part.by_sku, part.cohorts, part.attributed, part.by_group, part.by_device,
        )  # fmt: skip
        if head is None:
            head = part
            arrays = tuple(empty((n_runs, *piece.shape[1:])) for piece in pieces)
        if part.provenance != head.provenance or done + part.n_runs > n_runs:
            raise UsageError(f"{part.n_runs} runs of {part.provenance} do not belong beside {head.provenance}")
        for array, piece in zip(arrays, pieces, strict=True):
            array[done : done + part.n_runs] = piece
        done += part.n_runs
    if head is None or done != n_runs:
        raise UsageError(f"there are {done} runs where {n_runs} were to be joined")
    by_channel, of_store, by_sku, cohorts, attributed, by_group, by_device = (_read_only(array) for array in arrays)
    return Ensemble(
        head.start, head.channels, head.skus, by_channel, of_store, by_sku, head.provenance, cohorts, attributed,
        head.groups, by_group, head.devices, by_device,
    )  # fmt: skip


def mean_over_runs(name: str, count: Callable[[str], Array]) -> Array:
    """Mean of a count over runs, or the ratio of two means: [...].

    Parameters
    ----------
    name
        A name of `kpi.COUNT` or `kpi.RATIO`.
    count
        Gives [n_runs, ...] of a count.
    """
    if name in kpi.RATIO:
        return kpi.divide(name, lambda part: count(part).mean(axis=0))
    return np.asarray(count(name).mean(axis=0))


def values_over_runs(name: str, count: Callable[[str], Array]) -> Array:
    """Values [n_runs, ...] whose mean is that of `mean_over_runs`, and whose standard error is its: a count, or a
    linearised ratio. Parameters as there.
    """
    if name in kpi.RATIO:
        ratio = kpi.RATIO[name]
        return linearised(count(ratio.above) * ratio.scale, count(ratio.below))
    return count(name)


def linearised(above: Array, below: Array) -> Array:
    """Values [n_runs, ...] whose mean and standard error are those of the ratio of the means of two counts.

    NaN where the mean below is 0.

    References
    ----------
    Cochran (1977), Sampling Techniques, 3rd ed., section 2.11.
    """
    mean_below = below.mean(axis=0)
    known = mean_below != 0
    ratio = np.divide(above.mean(axis=0), mean_below, out=np.full(mean_below.shape, np.nan), where=known)
    return np.asarray(ratio + (above - ratio * below) / np.where(known, mean_below, np.nan))


def standard_error(values: Array) -> Array:
    """Standard error over runs of the mean of [n_runs, ...]: [...]; NaN for a single run."""
    n_runs = values.shape[0]
    if n_runs < 2:
        return np.full(values.shape[1:], np.nan)
    return np.asarray(values.std(axis=0, ddof=1) / np.sqrt(n_runs))


def quantiles_over_runs(values: Array, levels: Sequence[float]) -> Array:
    """Quantiles of [n_runs, n], each column for itself and without its NaN: [n, n_levels].

    Linear between order statistics, type 7 of Hyndman and Fan (1996), American Statistician 50(4), 361-365.
    """
    if any(not 0 <= level <= 1 for level in levels):
        raise UsageError(f"levels of quantiles are between 0 and 1, not {list(levels)}")
    # Sorting puts NaN last, so the first `known` of each row are the values there are.
    ordered = np.sort(np.ascontiguousarray(values.T), axis=1)
    known = ordered.shape[1] - np.isnan(ordered).sum(axis=1)
    place = np.maximum(known - 1, 0)[:, np.newaxis] * np.asarray(levels, dtype=np.float64)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, np.maximum(known - 1, 0)[:, np.newaxis])
    low = np.take_along_axis(ordered, below, axis=1)
    high = np.take_along_axis(ordered, above, axis=1)
    return np.asarray(low + (high - low) * (place - below))


def _read_only(array: Array) -> Array:
    array.setflags(write=False)
    return array
