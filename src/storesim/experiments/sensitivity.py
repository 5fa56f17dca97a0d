"""`rank_inputs`: which settings matter, by a tornado or by Sobol's indices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.experiments.design import Axis, at, at_point, axis, axis_of
from storesim.experiments.known import refuse_few_runs, refuse_kpis
from storesim.experiments.paired import Difference, paired
from storesim.runs.bench import Bench
from storesim.scenario.channels import PayPerClick, Placement
from storesim.scenario.document import Scenario
from storesim.scenario.vary import highest
from storesim.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
Method = Literal["tornado", "sobol"]
SWING = 0.1
"""Settings are varied by so much to either side where no range is given."""


@dataclass(frozen=True)
class Input:
    """One setting, and how much depends on it."""

    axis: Axis
    low: Difference | None = None
    """Tornado: the KPI with the setting at its low end, against the scenario as it is."""

    high: Difference | None = None
    first: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    """Sobol: low end, value and high end of the share of variance that the setting explains alone."""

    total: tuple[float, float, float] = (np.nan, np.nan, np.nan)
    """Sobol: the same with all its interactions."""

    @property
    def size(self) -> float:
        """By which settings are ranked: the swing of the KPI, or the total index."""
        if self.low is None or self.high is None:
            return self.total[1]
        return max(self.low.value, self.high.value, self.low.base) - min(self.low.value, self.high.value, self.low.base)


@dataclass(frozen=True)
class Ranking(Shown):
    """Settings, those that matter most first."""

    name: str
    inputs: tuple[Input, ...]
    by: str
    method: Method
    n_runs: int
    seed: int

    def frame(self) -> pd.DataFrame:
        """One row a setting."""
        import pandas as pd

        return pd.DataFrame(rows(self))


def rows(ranking: Ranking) -> list[dict[str, object]]:
    """One row a setting."""
    return [_row(one) for one in ranking.inputs]


def rank_inputs(
    scenario: Scenario,
    over: Sequence[str | Axis] = (),
    n_runs: int = 40,
    seed: int = 0,
    *,
    by: str = "gmv",
    method: Method = "tornado",
    n_points: int = 32,
    folder: str | Path | None = None,
    resume: bool = False,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
) -> Ranking:
    """Which settings matter.

    Parameters
    ----------
    over
        Settings and their ranges; budgets, bids, discount, conversion and the size of the market by a tenth to either
        side if none are given.
    by
        KPI whose mean is looked at.
    method
        "tornado": one setting at a time, at both ends; "sobol": all at once, and how the variance of the mean divides.
    n_points
        For "sobol": points of the design, a power of two; 2 (settings + 1) times as many stores are played.
    n_runs, seed, folder, resume, jobs, executor, progress
        As in `sweep`.

    Raises
    ------
    UsageError
        If a range or KPI cannot be, or there are fewer than three runs.
    """
    axes = tuple(one if isinstance(one, Axis) else axis_of(one, scenario) for one in over) or usual(scenario)
    refuse_kpis([by])
    refuse_few_runs(n_runs)
    with Bench(seed, jobs=jobs, executor=executor, folder=folder, resume=resume, progress=progress) as bench:
        match method:
            case "tornado":
                inputs = _tornado(bench, scenario, axes, by, n_runs)
            case "sobol":
                inputs = _sobol(bench, scenario, axes, by, n_runs=n_runs, n_points=n_points)
            case _:
                raise UsageError(f"there is no method {method!r}; there are tornado, sobol")
    order = sorted(inputs, key=lambda one: (-one.size, one.axis.path))
    return Ranking(scenario.store.name, tuple(order), by, method, n_runs, seed)


def usual(scenario: Scenario) -> tuple[Axis, ...]:
    """Levers of the store and the guesses that weigh most, a tenth to either side."""
    found = {"market.searches_per_day": scenario.market.searches_per_day,
             "operations.conversion.base": scenario.operations.conversion.base}  # fmt: skip
    for name, channel in scenario.channels.items():
        if isinstance(channel, PayPerClick | Placement):
            found[f"channels.{name}.daily_budget"] = channel.daily_budget
        if isinstance(channel, PayPerClick):
            found[f"channels.{name}.bid"] = channel.bid
    found = {path: top for path, own in found.items() if (top := highest(scenario, path, own)) > 0}
    axes = [axis(path, (value * (1 - SWING), value * (1 + SWING)), scenario) for path, value in found.items()]
    agents = int(highest(scenario, "operations.service.agents", scenario.operations.service.agents))
    if agents > 0:
        axes.append(axis("operations.service.agents", (max(agents - 1, 0), agents + 1), scenario))
    discount = highest(scenario, "catalogue.discount", scenario.catalogue.discount)
    axes.append(axis("catalogue.discount", (0.0, max(SWING, discount)), scenario))
    return tuple(axes)


def sobol_indices(
    function: Callable[[Array], Array], n_inputs: int, n_points: int, seed: int, *, n_resamples: int = 400
) -> tuple[Array, Array]:
    """First-order and total indices of a function of the unit cube, each [n_inputs, 3]: low end, value, high end.

    Parameters
    ----------
    function
        Gives [n] for points [n, n_inputs].
    n_points
        A power of two; the function is asked for 2 (n_inputs + 1) times as many.

    References
    ----------
    Azzini, Mara and Rosati (2020), arXiv:2006.08232, which uses both radial designs: each half of the points with a
    column of the other. Intervals at 95 % by the percentile bootstrap over the points.
    """
    from scipy.stats import qmc

    luck = np.random.default_rng(seed)
    halves = qmc.Sobol(2 * n_inputs, rng=luck).random_base2(n_points.bit_length() - 1)
    one, other = halves[:, :n_inputs], halves[:, n_inputs:]
    own = np.eye(n_inputs, dtype=bool)
    mixed = [np.where(column, *pair) for pair in ((other, one), (one, other)) for column in own]
    figures = function(np.concatenate([one, other, *mixed])).reshape(-1, n_points)
    drawn = [_indices(figures[:, luck.integers(0, n_points, n_points)]) for _ in range(n_resamples)]
    low, high = np.quantile(np.array(drawn), (0.025, 0.975), axis=0)
    found = _indices(figures)
    first, total = (np.column_stack([low[k], found[k], high[k]]) for k in (0, 1))
    return first, total


def _indices(figures: Array) -> Array:
    """[2, n_inputs] first and total.

    Parameters
    ----------
    figures
        [2 + 2 n_inputs, n_points] of A, B, A with each column of B, and B with each column of A.
    """
    one, other, one_mixed, other_mixed = figures[0], figures[1], *np.split(figures[2:], 2)
    alone, rest = one - one_mixed, other_mixed - other
    # Four times the variance for each point.
    spread = ((one - other) ** 2 + (other_mixed - one_mixed) ** 2).sum(axis=1)
    found = np.zeros((2, spread.size))
    np.divide(2.0 * (rest * alone).sum(axis=1), spread, out=found[0], where=spread > 0)
    np.divide((alone**2 + rest**2).sum(axis=1), spread, out=found[1], where=spread > 0)
    return found


def _tornado(bench: Bench, scenario: Scenario, axes: Sequence[Axis], by: str, n_runs: int) -> list[Input]:
    ends = [at_point(scenario, [one], np.array([end])) for one in axes for end in (one.low, one.high)]
    base, *played = bench.play([scenario, *ends], n_runs)
    values, singly = base.values(by), base.ratio_or_count(by)
    apart = [paired("", by, one.values(by), values, (one.ratio_or_count(by), singly)) for one in played]
    return [Input(one, apart[2 * i], apart[2 * i + 1]) for i, one in enumerate(axes)]


def _sobol(
    bench: Bench, scenario: Scenario, axes: Sequence[Axis], by: str, *, n_runs: int, n_points: int
) -> list[Input]:
    if n_points < 2 or n_points & (n_points - 1):
        raise UsageError(f"{n_points} points; Sobol's indices need a power of two, such as 32")

    def means(unit: Array) -> Array:
        scenarios = [at_point(scenario, axes, point) for point in at(axes, unit)]
        return np.array([one.values(by).mean() for one in bench.play(scenarios, n_runs)])

    first, total = sobol_indices(means, len(axes), n_points, bench.seed)
    return [Input(one, first=tuple(first[i].tolist()), total=tuple(total[i].tolist())) for i, one in enumerate(axes)]


def _row(one: Input) -> dict[str, object]:
    row: dict[str, object] = {"setting": one.axis.path, "low": one.axis.low, "high": one.axis.high}
    if one.low is None or one.high is None:
        names = ("low", "index", "high")
        for key, values in (("first", one.first), ("total", one.total)):
            row |= {f"{key}_{name}": value for name, value in zip(names, values, strict=True)}
        return row
    for end, found in (("at_low", one.low), ("at_high", one.high)):
        row |= {end: found.difference, f"{end}_from": found.low, f"{end}_to": found.high, f"{end}_p": found.p}
    return row | {"swing": one.size}
