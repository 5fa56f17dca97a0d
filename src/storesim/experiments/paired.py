"""Paired differences: what changed between two scenarios that share their luck, and whether it is more than luck."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim.runs.intervals import interval_of, p_value

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Difference:
    """One KPI of one plan against another, from paired runs."""

    plan: str
    kpi: str
    base: float
    """Mean of the plan it is compared with."""

    value: float
    """Mean of the plan."""

    low: float
    high: float
    """Ends of the interval of the difference of the means."""

    p: float
    """Chance of such a difference if there were none."""

    p_holm: float
    """The same, corrected for the number of comparisons made."""

    higher: float
    """Share of runs in which the plan's figure is the higher one; ties count half. NaN where no run
    differs or it is unknown."""

    reduction: float
    """Variance of the difference of independent runs over that of these; infinite where nothing differs by chance."""

    n_apart: int
    """Runs in which the two differ at all."""

    @property
    def difference(self) -> float:
        """Plan less base."""
        return self.value - self.base

    @property
    def relative(self) -> float:
        """Difference as a share of the base; NaN where the base is 0."""
        return self.difference / abs(self.base) if self.base else float("nan")


def paired(
    plan: str, kpi: str, values: Array, base: Array, singly: tuple[Array, Array], *, confidence: float = 0.95
) -> Difference:
    """The difference of two plans in one KPI; `p_holm` is `p` until `holm` has seen all comparisons.

    Parameters
    ----------
    values, base : [n_runs]
        Of the plan and of what it is compared with, run by run on the same luck; linearised where it is a ratio.
    singly
        The figure of each run by itself, of both: by these it is told in how many runs the plan is the higher one.
    """
    apart = values - base
    low, high = interval_of(apart, confidence)
    p = p_value(apart)
    mean = float(base.mean())
    return Difference(
        plan, kpi, mean, mean + float(apart.mean()), low, high, p, p, _higher(*singly), _reduced(values, base),
        int(np.count_nonzero(apart)),
    )  # fmt: skip


def holm(p: Sequence[float]) -> list[float]:
    """p values corrected for their number; a NaN stays NaN and is not counted.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65-70.
    """
    corrected = [float("nan")] * len(p)
    known = sorted((value, i) for i, value in enumerate(p) if not math.isnan(value))
    largest = 0.0
    for rank, (value, i) in enumerate(known):
        largest = max(largest, min(1.0, value * (len(known) - rank)))
        corrected[i] = largest
    return corrected


def _higher(values: Array, base: Array) -> float:
    known = ~(np.isnan(values) | np.isnan(base))
    if not known.any():
        return float("nan")
    apart = values[known] - base[known]
    if not apart.any():
        return float("nan")
    return float(((apart > 0) + 0.5 * (apart == 0)).mean())


def _reduced(values: Array, base: Array) -> float:
    if len(values) < 2:
        return float("nan")
    together = float((values - base).var(ddof=1))
    return float("inf") if together == 0 else float(values.var(ddof=1) + base.var(ddof=1)) / together
