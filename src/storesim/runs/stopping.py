"""When there are enough runs: the interval of a mean, ratio or quantile is narrow enough, and holds what it promises.

Stopping as soon as the usual t interval is narrow stops when luck made it look narrow: in trials nominal 95 %
intervals then held the mean 92 to 95 % of the time, and 84 to 91 % for lognormal figures. Four things mend it: a least
number of runs that grows with the skewness found, an interval corrected for skewness, a factor for having looked, and
looking seldom. `benchmarks/stopping.py` measures what came of it, `tests/runs/test_stopping.py` a part of that.
Figures more skewed than a lognormal with σ = 1 are beyond it: with σ = 1.5 intervals held 89 to 92 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import UsageError
from storesim.results.ensemble import Ensemble, values_over_runs
from storesim.runs.batches import BATCH_RUNS
from storesim.runs.intervals import hall_arms, skewness_of
from storesim.units import read_share

Array = NDArray[np.float64]

_GROWTH = 1.25
"""Runs at one look, as a multiple of those at the look before."""

_LOOKING = 0.6
"""The interval is wider by this over the root of n, for having looked before; found by trial."""

_IN_TAIL = 5.0
"""Runs needed beyond a quantile, on its thinner side, before its interval is believed."""

_SKEWNESS = 10.0
"""Runs needed per squared skewness; Cochran (1977), p. 42, asks 25 of an interval that is not corrected."""


@dataclass(frozen=True)
class StoppingRule:
    """How narrow is narrow enough."""

    kpi: str = "gmv"
    """Count or ratio over all days of a run."""

    level: float | None = None
    """Which quantile over the runs is wanted, such as 0.1; the mean if None."""

    relative: float = 0.01
    """Half-width of its interval, as a share of the mean or quantile."""

    confidence: float = 0.95
    """Share of such intervals that hold the true value."""

    absolute: float | None = None
    """Half-width in the unit of the figure, in place of `relative`: a difference may be next to nothing."""

    min_runs: int = 40
    max_runs: int = 1000
    """Stop here even if the interval is still too wide."""

    def __post_init__(self) -> None:
        if self.kpi not in kpi.COUNT and self.kpi not in kpi.RATIO:
            raise UsageError(f"there is no count or ratio {self.kpi!r} to stop by")
        if not self.relative > 0 or not 0 < self.confidence < 1:
            raise UsageError("a stopping rule needs a relative half-width above 0 and a confidence between 0 and 1")
        if self.level is not None and not 0 < self.level < 1:
            raise UsageError(f"a quantile has a level between 0 and 1, not {self.level:g}")
        if not 3 <= self.min_runs <= self.max_runs:
            raise UsageError(f"runs from {self.min_runs} to {self.max_runs}: at least 3, and not more than the most")

    def allowed(self, mean: float) -> float:
        """Half-width that is narrow enough around such a mean."""
        return self.relative * abs(mean) if self.absolute is None else self.absolute


@dataclass(frozen=True)
class Precision:
    """How well a mean or quantile is known."""

    mean: float
    """The mean, or the quantile where the rule asks for one."""

    half_width: float
    """Of an interval of the rule's confidence around it; infinite where it cannot be told."""

    n_runs: int
    reached: bool
    """Whether the rule would stop here."""


def rule_of(text: str) -> StoppingRule:
    """The rule a user typed: a KPI, and in any order `p10` for a quantile and `2%` for the half-width.

    Raises
    ------
    UsageError
        If it is none.

    Examples
    --------
    >>> rule_of("cvr:p10:2%")
    StoppingRule(kpi='cvr', level=0.1, relative=0.02, confidence=0.95, absolute=None, min_runs=40, max_runs=1000)
    """
    name, *parts = text.split(":")
    level, relative = None, StoppingRule.relative
    for part in parts:
        try:
            if part[:1] == "p":
                level = float(part[1:]) / 100
            else:
                relative = read_share(part)
        except ValueError as error:
            raise UsageError(f"'{text}' is no stopping rule; write a KPI, such as gmv, gmv:1% or cvr:p10:2%") from error
    return StoppingRule(name, level, relative)


def checkpoints(rule: StoppingRule) -> tuple[int, ...]:
    """Numbers of runs at which to look: whole batches, each 1.25 times the one before, the last `max_runs`.

    They depend on the rule alone, so the number of workers cannot change where it stops.
    """
    looks = [_whole_batches(rule.min_runs)]
    while looks[-1] < rule.max_runs:
        looks.append(_whole_batches(looks[-1] * _GROWTH))
    return (*(look for look in looks if look < rule.max_runs), rule.max_runs)


def precision(parts: Sequence[Ensemble], rule: StoppingRule) -> Precision:
    """How well the mean or quantile of the rule's KPI is known after the runs of these ensembles together."""
    if rule.level is not None:
        return precision_of(np.concatenate([part.total(rule.kpi) for part in parts]), rule)
    values = values_over_runs(rule.kpi, lambda count: np.concatenate([part.total(count) for part in parts]))
    return precision_of(values, rule)


def precision_of(values: Array, rule: StoppingRule) -> Precision:
    """How well the mean of values [n_runs] is known, or the quantile the rule asks for.

    References
    ----------
    Hall (1992), On the removal of skewness by transformation, J. R. Statist. Soc. B 54(1), 221-228, eq. 2.3. The
    longer of the interval's two arms is taken for both.
    """
    if rule.level is not None:
        return _of_quantile(values[~np.isnan(values)], rule.level, rule)
    n, mean = len(values), float(values.mean())
    spread = float(values.std(ddof=1)) if n > 1 else math.nan
    if n < 3 or not math.isfinite(spread):
        return Precision(mean, math.inf, n, reached=False)
    if spread == 0:
        return Precision(mean, 0.0, n, reached=n >= rule.min_runs)
    skewness = skewness_of(values)
    longer_arm = max(hall_arms(rule.confidence, n, skewness))
    half_width = longer_arm * (1 + _LOOKING / math.sqrt(n)) * spread / math.sqrt(n)
    enough = n >= max(rule.min_runs, _SKEWNESS * skewness**2)
    return Precision(mean, half_width, n, reached=enough and half_width <= rule.allowed(mean))


def _of_quantile(values: Array, level: float, rule: StoppingRule) -> Precision:
    """By order statistics, whose ranks are so many standard errors of the binomial law away; Conover (1999), 3.2."""
    from scipy.special import ndtri

    n = len(values)
    if n == 0:
        return Precision(math.nan, math.inf, n, reached=False)
    ordered = np.sort(values)
    found = float(np.quantile(ordered, level))
    errors = float(ndtri(0.5 + rule.confidence / 2)) * (1 + _LOOKING / math.sqrt(n))
    apart = errors * math.sqrt(n * level * (1 - level))
    low, high = math.floor(n * level - apart), math.ceil(n * level + apart) + 1
    if low < 1 or high > n:
        return Precision(found, math.inf, n, reached=False)
    half_width = float(max(found - ordered[low - 1], ordered[high - 1] - found))
    enough = n >= rule.min_runs and n * min(level, 1 - level) >= _IN_TAIL
    return Precision(found, half_width, n, reached=enough and half_width <= rule.allowed(found))


def _whole_batches(n_runs: float) -> int:
    return math.ceil(n_runs / BATCH_RUNS) * BATCH_RUNS
