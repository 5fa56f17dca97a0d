"""`compare`: which plan is better, and is it luck."""

from __future__ import annotations

import datetime as dt
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from storesim import kpi as kpis_known
from storesim.errors import UsageError
from storesim.experiments.choice import Choice, choose
from storesim.experiments.known import refuse_few_runs, refuse_kpis
from storesim.experiments.moved import Moved, first_moved
from storesim.experiments.paired import Difference, holm, paired
from storesim.results.periods import period_bounds
from storesim.runs.bench import Bench
from storesim.runs.stopping import StoppingRule, checkpoints, precision_of
from storesim.runs.totals import Kept, Totals
from storesim.scenario.document import Scenario
from storesim.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

_LOG = logging.getLogger(__name__)

FEW_APART: Final = 10
"""Where fewer runs than these differ at all, intervals are said to be too narrow."""

KPIS: Final = ("gmv", "profit", "uv", "buyers", "orders", "cvr", "aov", "ad_spend", "roas")
"""What is compared if nothing else is asked for."""


@dataclass(frozen=True)
class Plan:
    """One of the scenarios compared."""

    name: str
    fingerprint: str
    moved: Moved | None
    """Where it first does otherwise than the first plan; None for that itself, or if it never does."""


@dataclass(frozen=True)
class Comparison(Shown):
    """Plans on common luck: differences from the first, and which to take."""

    plans: tuple[Plan, ...]
    differences: tuple[Difference, ...]
    """Of each further plan in each KPI from the first plan; by plan, then KPI."""

    by: str
    """KPI by which plans are ranked."""

    least: bool
    """True if less of it is better."""

    choice: Choice
    paths: Array
    """[n_plans - 1, n_days, 3]: what the plan has more of `by` than the first plan since the first day; quantiles 10,
    50 and 90 % over runs. Of its counts for a ratio: NaN."""

    start: dt.date
    n_runs: int
    seed: int
    confidence: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the plans."""
        return tuple(plan.name for plan in self.plans)

    @property
    def best(self) -> str:
        """Name of the plan to take."""
        return self.names[self.choice.best]

    @property
    def sparse(self) -> tuple[Difference, ...]:
        """Differences in `by` that rest on so few runs that their intervals promise too much."""
        few = range(1, min(FEW_APART, self.n_runs))
        return tuple(one for one in self.differences if one.kpi == self.by and one.n_apart in few)

    @property
    def dearer(self) -> Difference | None:
        """The change of profit that speaks against `best`, if more than luck does.

        That of the plan to take where it earns less than the first plan; that of the plan which earns most more where
        the first is the one to take.
        """
        profits = [one for one in self.differences if one.kpi == "profit" and one.p_holm < 1.0 - self.confidence]
        if self.best == self.names[0]:
            more = [one for one in profits if one.difference > 0]
            return max(more, key=lambda one: one.difference, default=None)
        return next((one for one in profits if one.plan == self.best and one.difference < 0), None)

    def difference(self, kpi: str, plan: str | None = None) -> Difference:
        """That of a plan in a KPI from the first plan; of the second plan if none is named.

        Raises
        ------
        UsageError
            If there is none.
        """
        wanted = self.names[1] if plan is None else plan
        for found in self.differences:
            if (found.plan, found.kpi) == (wanted, kpi):
                return found
        raise UsageError(f"plan {wanted!r} was not compared in {kpi!r}")

    def frame(self) -> pd.DataFrame:
        """One row a plan and KPI."""
        import pandas as pd

        return pd.DataFrame(rows(self))


def rows(comparison: Comparison) -> list[dict[str, Any]]:
    """One row a plan and KPI: what the table, the CSV and the JSON hold."""
    found = (vars(one) | {"difference": one.difference, "relative": one.relative} for one in comparison.differences)
    order = (
        "plan",
        "kpi",
        "base",
        "value",
        "difference",
        "low",
        "high",
        "relative",
        "p",
        "p_holm",
        "higher",
        "reduction",
    )
    return [{name: row[name] for name in order} for row in found]


def compare(
    scenarios: Sequence[Scenario] | Mapping[str, Scenario],
    n_runs: int | Literal["auto"] = 200,
    seed: int = 0,
    *,
    kpis: Sequence[str] = KPIS,
    by: str = "gmv",
    least: bool = False,
    period: str | None = None,
    relative: float = 0.005,
    confidence: float = 0.95,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
) -> Comparison:
    """Which of several plans is better, and whether that is more than luck.

    Run i of each plan has the same seed and run, and so the same weather, rivals and visitors: what a change does not
    touch stays the same, visitor by visitor, and the difference shows in far fewer runs.

    Parameters
    ----------
    scenarios
        Two or more plans; the first is what the others are compared with. With names, or named by their stores.
    n_runs
        How many runs of each, or "auto": until the interval of every difference in `by` is narrow enough.
    seed
        Seed of all chance.
    kpis
        Counts and ratios to compare, over all days or those of `period`.
    by, least
        KPI by which plans are ranked, and whether less of it is better.
    period
        A year, quarter, month, week or day, such as "2027Q4"; all days if not given.
    relative
        With "auto": half-width to reach, as a share of the first plan's mean of `by`.
    confidence
        Of intervals and of the choice.
    jobs, executor, progress
        As in `replicate`; progress is told batches.

    Raises
    ------
    UsageError
        If there are fewer than two plans, their days differ, there is no such KPI, or fewer than three runs.
    RunError
        If a run fails.
    """
    plans = named(scenarios)
    names = tuple(dict.fromkeys((*kpis, by)))
    _refuse(plans, names, n_runs, confidence)
    first, last = (None, None) if period is None else period_bounds(period)
    count = by if by in kpis_known.COUNT else ""
    kept = Kept(first, last, (count,) if count else (), moves=True)
    with Bench(seed, kept=kept, jobs=jobs, executor=executor, progress=progress) as bench:
        if n_runs == "auto":
            totals = _until_narrow(bench, list(plans.values()), by, relative=relative, confidence=confidence)
        else:
            totals = bench.play(list(plans.values()), n_runs)
    return _compared(plans, totals, names, by, least=least, seed=seed, confidence=confidence)


def named(scenarios: Sequence[Scenario] | Mapping[str, Scenario]) -> dict[str, Scenario]:
    """Plans by name; those without one are called by their store, told apart by numbers."""
    if isinstance(scenarios, Mapping):
        return dict(scenarios)
    found: dict[str, Scenario] = {}
    for scenario in scenarios:
        name, number = scenario.store.name, 1
        while name in found:
            number += 1
            name = f"{scenario.store.name} ({number})"
        found[name] = scenario
    return found


def _refuse(
    plans: Mapping[str, Scenario], names: Sequence[str], n_runs: int | Literal["auto"], confidence: float
) -> None:
    if len(plans) < 2:
        raise UsageError("comparing needs two or more plans; give another scenario, or a change with --with")
    spans = {(plan.store.opened, plan.n_days) for plan in plans.values()}
    if len(spans) > 1:
        told = "; ".join(f"{name} from {plan.store.opened} to {plan.last_day}" for name, plan in plans.items())
        raise UsageError(f"plans are compared day by day, so they must simulate the same days; there are {told}")
    refuse_kpis(names)
    if n_runs != "auto":
        refuse_few_runs(n_runs)
    if not 0.5 <= confidence < 1:
        raise UsageError(f"confidence is {confidence:g}; it is a share from 0.5 to below 1")


def _until_narrow(
    bench: Bench, plans: Sequence[Scenario], by: str, *, relative: float, confidence: float
) -> list[Totals]:
    # The chance to miss is shared among the differences, so that all hold together.
    shared = 1 - (1 - confidence) / (len(plans) - 1)
    rule = StoppingRule(kpi=by, relative=relative, confidence=shared)
    totals: list[Totals] = []
    for n_runs in checkpoints(rule):
        totals = bench.play(plans, n_runs)
        base = totals[0].values(by)
        wanted = relative * abs(float(base.mean()))
        found = [precision_of(plan.values(by) - base, replace(rule, absolute=wanted)) for plan in totals[1:]]
        if all(one.reached for one in found):
            return totals
    widest = max(one.half_width for one in found)
    _LOG.warning(
        "stopped at %d runs, the most allowed: the difference in %s is known to ±%.4g, not to the ±%.4g asked for",
        len(totals[0].values(by)), by, widest, wanted,
    )  # fmt: skip
    return totals


def _compared(
    plans: Mapping[str, Scenario],
    totals: Sequence[Totals],
    names: Sequence[str],
    by: str,
    *,
    least: bool,
    seed: int,
    confidence: float,
) -> Comparison:
    base = totals[0]
    differences = [
        paired(
            plan, name, one.values(name), base.values(name),
            (one.ratio_or_count(name), base.ratio_or_count(name)), confidence=confidence,
        )
        for plan, one in zip(list(plans)[1:], totals[1:], strict=True)
        for name in names
    ]  # fmt: skip
    corrected = holm([one.p for one in differences])
    sign = -1.0 if least else 1.0
    moved = [None, *(first_moved(base, one) for one in totals[1:])]
    return Comparison(
        tuple(Plan(name, plan.fingerprint, m) for (name, plan), m in zip(plans.items(), moved, strict=True)),
        tuple(replace(one, p_holm=p) for one, p in zip(differences, corrected, strict=True)),
        by,
        least,
        choose(np.stack([sign * one.values(by) for one in totals]), confidence),
        np.stack([_path(one, base) for one in totals[1:]]),
        base.start,
        base.n_runs,
        seed,
        confidence,
    )


def _path(plan: Totals, base: Totals) -> Array:
    apart = plan.daily - base.daily
    if apart.shape[-1] == 0:
        return np.full((apart.shape[1], 3), math.nan)
    return np.asarray(np.quantile(apart[:, :, 0].cumsum(axis=1), (0.1, 0.5, 0.9), axis=0).T)
