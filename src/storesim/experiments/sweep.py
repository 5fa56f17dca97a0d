"""`sweep`: how results move with one or two settings, or with several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.experiments.boxes import Box, find_box
from storesim.experiments.choice import Choice, choose
from storesim.experiments.design import Axis, Design, at_point, axis_of, changes, points
from storesim.experiments.known import refuse_few_runs, refuse_kpis
from storesim.runs.bench import Bench
from storesim.runs.intervals import interval_of
from storesim.runs.totals import Totals
from storesim.scenario.document import Scenario
from storesim.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
KPIS = ("gmv", "profit", "uv", "cvr", "ad_spend")
_COMPARISONS = {"<": np.less, ">": np.greater}


@dataclass(frozen=True)
class Sweep(Shown):
    """A scenario at many points, all on common luck."""

    name: str
    axes: tuple[Axis, ...]
    design: Design
    points: Array
    """[n_points, n_axes]."""

    kpis: tuple[str, ...]
    figures: Array
    """[n_points, n_kpis, 3]: low end of the interval of the mean, mean, high end."""

    by: str
    least: bool
    choice: Choice
    """Of the point with the best mean of `by`."""

    n_runs: int
    seed: int
    fails: str = ""
    """What counts as failing, such as "profit<0"; empty if nothing was asked."""

    chance: Array | None = None
    """[n_points]: share of the runs that fail."""

    box: Box | None = None
    """Where most of the points fail that do so in half of their runs or more."""

    @property
    def best(self) -> dict[str, object]:
        """Settings of the best point."""
        return dict(changes(self.axes, self.points[self.choice.best]))

    def mean(self, name: str) -> Array:
        """Mean of a KPI at each point: [n_points].

        Raises
        ------
        UsageError
            If it was not kept.
        """
        if name not in self.kpis:
            raise UsageError(f"the sweep kept {', '.join(self.kpis)}, not {name!r}")
        return self.figures[:, self.kpis.index(name), 1]

    def frame(self) -> pd.DataFrame:
        """One row a point."""
        import pandas as pd

        return pd.DataFrame(rows(self))


def rows(found: Sweep) -> list[dict[str, Any]]:
    """One row a point: its settings, and mean and interval of each KPI."""
    table = []
    for place, point in enumerate(found.points):
        row: dict[str, Any] = dict(changes(found.axes, point))
        for number, name in enumerate(found.kpis):
            low, mean, high = found.figures[place, number].tolist()
            row |= {name: mean, f"{name}_low": low, f"{name}_high": high}
        if found.chance is not None:
            row["fails"] = float(found.chance[place])
        table.append(row)
    return table


def sweep(
    scenario: Scenario,
    over: Sequence[str | Axis],
    n_runs: int = 50,
    seed: int = 0,
    *,
    design: Design = "grid",
    n_points: int = 64,
    kpis: Sequence[str] = KPIS,
    by: str = "gmv",
    least: bool = False,
    fails: str = "",
    folder: str | Path | None = None,
    resume: bool = False,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
) -> Sweep:
    """How results move with settings.

    Parameters
    ----------
    over
        Settings and their values, such as `channels.express.daily_budget=100:500:5` or `=100,200,400`. Where playbooks
        set one too, the value is that of the stage with the highest, and the other stages' move in proportion.
    n_runs, seed
        Runs of each point; run i of every point shares its luck.
    design, n_points
        "grid": every combination; "sobol" or "latin": so many points spread evenly between the ends.
    kpis, by, least
        What is kept, and by which KPI the best point is chosen.
    fails
        What counts as failing, such as "profit<0": then the box of settings is sought in which the plan fails.
    folder, resume
        Finished batches are kept in `folder`; with `resume` those that are there are not played again.
    jobs, executor, progress
        As in `replicate`; progress is told batches.

    Raises
    ------
    UsageError
        If a range or KPI cannot be, or there are fewer than three runs.
    ScenarioError
        If a value is not allowed.
    """
    plan = SweepPlan.of(
        scenario, over, n_runs, seed, design=design, n_points=n_points, kpis=kpis, by=by, least=least, fails=fails
    )
    with Bench(seed, jobs=jobs, executor=executor, folder=folder, resume=resume, progress=progress) as bench:
        return plan.judged(bench.play(plan.scenarios(), n_runs))


@dataclass(frozen=True)
class SweepPlan:
    """What a sweep plays and looks at."""

    scenario: Scenario
    axes: tuple[Axis, ...]
    n_runs: int
    seed: int
    design: Design
    n_points: int
    kpis: tuple[str, ...]
    by: str
    least: bool
    fails: str

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        over: Sequence[str | Axis],
        n_runs: int = 50,
        seed: int = 0,
        *,
        design: Design = "grid",
        n_points: int = 64,
        kpis: Sequence[str] = KPIS,
        by: str = "gmv",
        least: bool = False,
        fails: str = "",
    ) -> Self:
        """The plan of a sweep; arguments and errors as in `sweep`."""
        axes = tuple(one if isinstance(one, Axis) else axis_of(one, scenario) for one in over)
        names = tuple(dict.fromkeys((*kpis, by)))
        if fails:
            _condition(fails)
        refuse_kpis(names)
        if not axes:
            raise UsageError("a sweep needs a setting to vary; write --over PATH=LOW:HIGH:N")
        refuse_few_runs(n_runs)
        return cls(scenario, axes, n_runs, seed, design, n_points, names, by, least, fails)

    @cached_property
    def table(self) -> Array:
        """[n_points, n_axes]: the points."""
        return points(self.axes, self.design, self.n_points, self.seed)

    def scenarios(self, part: slice = slice(None)) -> list[Scenario]:
        """The scenario at each point, or at a part of them.

        Raises
        ------
        ScenarioError
            If a value is not allowed.
        """
        return [at_point(self.scenario, self.axes, point) for point in self.table[part]]

    def judged(self, totals: Sequence[Totals]) -> Sweep:
        """The sweep, from the runs of each point."""
        condition = _condition(self.fails) if self.fails else None
        chance = None if condition is None else np.array([condition(one).mean() for one in totals])
        figures = np.array([[_interval(one, name) for name in self.kpis] for one in totals])
        sign = -1.0 if self.least else 1.0
        chosen = choose(np.stack([sign * one.values(self.by) for one in totals]))
        box = None if chance is None else find_box(self.table, chance >= 0.5)
        return Sweep(
            self.scenario.store.name, self.axes, self.design, self.table, self.kpis, figures, self.by, self.least,
            chosen, self.n_runs, self.seed, self.fails, chance, box,
        )  # fmt: skip


def _interval(totals: Totals, name: str) -> tuple[float, float, float]:
    values = totals.values(name)
    low, high = interval_of(values)
    return low, float(values.mean()), high


def _condition(text: str) -> Callable[[Totals], NDArray[np.bool_]]:
    from storesim.units import read_money, read_share

    sign = next((sign for sign in _COMPARISONS if sign in text), "")
    name, _, limit = (part.strip() for part in text.partition(sign or "<"))
    try:
        if not sign:
            raise ValueError("no comparison")
        value = read_share(limit) if "%" in limit else read_money(limit)
    except ValueError as error:
        raise UsageError(f"'{text}' is no condition; write a KPI, < or >, and a number, such as profit<0") from error
    refuse_kpis([name])
    return lambda totals: np.asarray(_COMPARISONS[sign](totals.ratio_or_count(name), value))
