"""`optimise`: the best budgets within limits, under noise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.experiments.choice import Choice, select
from storesim.experiments.known import refuse_few_runs, refuse_kpis
from storesim.experiments.paired import Difference, paired
from storesim.runs.bench import Bench
from storesim.runs.budgets import budgets_of, with_budgets
from storesim.runs.intervals import interval_of
from storesim.scenario.document import Scenario
from storesim.shown import Shown

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

FINALISTS: Final = 4
CURVE: Final = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""Shares of the recommended budget, or of today's where that is more, at which a response curve is drawn."""


@dataclass(frozen=True)
class Curve:
    """What the KPI does as one channel's budget moves, the others staying as recommended; on luck of its own."""

    channel: str
    budgets: Array
    """[n_points], CNY/day."""

    figures: Array
    """[n_points, 3]: low end, mean, high end; ends are those of the difference from the recommended budget."""


@dataclass(frozen=True)
class Optimum(Shown):
    """Budgets to recommend, and what was found on the way."""

    name: str
    by: str
    total_budget: float
    budgets: Mapping[str, float]
    """CNY/day by channel."""

    before: Mapping[str, float]
    gain: Difference
    """The recommendation against the scenario as it is, on luck that neither the search nor the choice has seen."""

    regret: float
    """With 95 % confidence no other finalist is better by more; in the KPI's unit."""

    finalists: tuple[Mapping[str, float], ...]
    curves: tuple[Curve, ...]
    n_points: int
    """Sets of budgets tried."""

    scenario: Scenario
    """The scenario with the recommended budgets."""

    n_runs: int
    seed: int

    def frame(self) -> pd.DataFrame:
        """One row a channel."""
        import pandas as pd

        return pd.DataFrame(rows(self))


def rows(found: Optimum) -> list[dict[str, object]]:
    """One row a channel."""
    return [{"channel": name, "before": found.before[name], "budget": value} for name, value in found.budgets.items()]


def optimise(
    scenario: Scenario,
    total_budget: float,
    *,
    by: str = "profit",
    channels: Sequence[str] = (),
    limits: Mapping[str, tuple[float, float]] | None = None,
    n_runs: int = 40,
    seed: int = 0,
    n_points: int = 60,
    folder: str | Path | None = None,
    resume: bool = False,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
) -> Optimum:
    """Daily budgets that make the mean of a KPI as large as it can be, together not more than a total.

    The budgets as they are, the least ones and an even design over all splits, then COBYQA from the best of them, on
    common luck; then the finalists, the budgets as they are among them, play again on luck the search has not seen, and
    the best is chosen with a guarantee. It is compared with the scenario as it is on luck of its own again. A budget is
    that of the stage with the highest; those of the other stages move in proportion, so that the total holds in each.

    Parameters
    ----------
    total_budget
        Most that all channels may spend in a day, CNY.
    by
        KPI to make large.
    channels
        Channels whose budgets are free; all that have one if none are named. The others keep theirs, outside the total.
    limits
        Least and most of a channel's budget, CNY/day.
    n_runs, n_points
        Runs of each set of budgets, and sets to try, about.
    seed, folder, resume, jobs, executor, progress
        As in `sweep`.

    Raises
    ------
    UsageError
        If a channel has no budget, limits leave nothing, or a KPI cannot be.
    """
    before = budgets_of(scenario, channels)
    ends = _ends(before, total_budget, limits or {})
    refuse_kpis([by])
    refuse_few_runs(n_runs)
    names = tuple(before)
    place = None if folder is None else Path(folder)
    with Bench(seed, jobs=jobs, executor=executor, folder=place, resume=resume, progress=progress) as bench:
        search = _Search(bench, scenario, names, by, n_runs)
        now = _within(np.array(list(before.values())), ends, total_budget)
        search.values(
            list({tuple(one.tolist()): one for one in (now, _within(ends[:, 0], ends, total_budget))}.values())
        )
        search.spread(ends, total_budget, max(2, n_points // 2), seed)
        search.refine(ends, total_budget, n_points)
        search.save(ends)
        finalists = search.best(FINALISTS)
        if np.isfinite(search.seen[tuple(now.tolist())]) and not any(_alike(now, one) for one in finalists):
            # Few runs of a wide search flatter its best points: what is done today must be beaten on fresh luck.
            finalists.append(now)
    fresh = None if place is None else place / "confirmed"
    plans = [with_budgets(scenario, dict(zip(names, one.tolist(), strict=True))) for one in finalists]
    with Bench(seed + 1, jobs=jobs, executor=executor, folder=fresh, resume=resume, progress=progress) as bench:
        chosen = _chosen(bench, scenario, plans, by, n_runs)
    # On the luck it was chosen on the winner flatters itself: the gain is measured on more of its own.
    measured = None if place is None else place / "measured"
    with Bench(seed + 2, jobs=jobs, executor=executor, folder=measured, resume=resume, progress=progress) as bench:
        best, today = bench.play([plans[chosen.best], scenario], 2 * n_runs)
        both = (best.ratio_or_count(by), today.ratio_or_count(by))
        gain = paired("recommended", by, best.values(by), today.values(by), both)
        beside = _Search(bench, scenario, names, by, n_runs)
        reach = np.maximum(list(before.values()), 0.1 * total_budget)
        curves = tuple(beside.curve(finalists[chosen.best], i, reach[i]) for i in range(len(names)))
    won = dict(zip(names, (float(value) for value in finalists[chosen.best]), strict=True))
    return Optimum(
        scenario.store.name, by, total_budget, won, before, gain, chosen.behind,
        tuple(dict(zip(names, one.tolist(), strict=True)) for one in finalists), curves, len(search.seen),
        with_budgets(scenario, won), n_runs, seed,
    )  # fmt: skip


class _Search:
    """Means of the KPI at sets of budgets; each is played once."""

    def __init__(self, bench: Bench, scenario: Scenario, names: Sequence[str], by: str, n_runs: int) -> None:
        self._bench, self._scenario, self._names = bench, scenario, names
        self._by, self._n_runs = by, n_runs
        self.seen: dict[tuple[float, ...], float] = {}

    def values(self, sets: Sequence[Array]) -> list[Array]:
        """The KPI of each run at each set of budgets."""
        scenarios = [with_budgets(self._scenario, dict(zip(self._names, one.tolist(), strict=True))) for one in sets]
        found = [totals.values(self._by) for totals in self._bench.play(scenarios, self._n_runs)]
        for one, values in zip(sets, found, strict=True):
            # A ratio of nothing, such as what ads brought where none ran, is never the best.
            self.seen[tuple(one.tolist())] = -np.inf if np.isnan(values).any() else float(values.mean())
        return found

    def spread(self, ends: Array, total: float, n: int, seed: int) -> None:
        """Even points of the box, drawn in where they cost more than the total."""
        from scipy.stats import qmc

        unit = qmc.Sobol(len(ends), rng=seed).random_base2(int(np.ceil(np.log2(n))))[:n]
        sets = [_within(ends[:, 0] + one * (ends[:, 1] - ends[:, 0]), ends, total) for one in unit]
        self.values(list({tuple(one.tolist()): one for one in sets}.values()))

    def refine(self, ends: Array, total: float, most: int) -> None:
        """A local search from the best point so far."""
        from scipy.optimize import Bounds, LinearConstraint, minimize

        size = max(float(total), 1.0)

        def cost(shares: Array) -> float:
            one = _within(np.round(shares * size, 2), ends, total)
            key = tuple(one.tolist())
            if key not in self.seen:
                self.values([one])
            return -max(self.seen[key], worst)

        known = [value for value in self.seen.values() if np.isfinite(value)]
        worst, scale = min(known), max(map(abs, known)) or 1.0
        start = self.best(1)[0] / size
        minimize(
            lambda shares: cost(shares) / scale, start, method="COBYQA",
            bounds=Bounds(ends[:, 0] / size, ends[:, 1] / size),
            constraints=LinearConstraint(np.ones((1, len(ends))), -np.inf, total / size),
            options={"maxfev": max(5, most - len(self.seen)), "initial_tr_radius": 0.1, "final_tr_radius": 0.002},
        )  # fmt: skip

    def save(self, ends: Array) -> None:
        """Take from each channel what brings nothing there, such as a budget nobody spends."""
        one = self.best(1)[0]
        for place, least in enumerate(ends[:, 0]):
            without = np.where(np.arange(len(one)) == place, least, one)
            self.values([without])
            if self.seen[tuple(without.tolist())] >= self.seen[tuple(one.tolist())]:
                one = without

    def best(self, n: int) -> list[Array]:
        """The best sets so far, the best first, the cheaper first of equals, none nearly another."""
        chosen: list[Array] = []
        known = [item for item in self.seen.items() if np.isfinite(item[1])]
        if not known:
            raise UsageError(f"no budgets give a figure of {self._by}: it is a ratio of nothing in each")
        for key, _ in sorted(known, key=lambda item: (-item[1], sum(item[0]), item[0])):
            one = np.array(key)
            if not any(_alike(one, other) for other in chosen):
                chosen.append(one)
            if len(chosen) == n:
                break
        return chosen

    def curve(self, best: Array, place: int, reach: float) -> Curve:
        """The KPI along one channel's budget, from nothing to well beyond `reach` and what is best."""
        shares = np.array(CURVE) * max(best[place], reach)
        budgets = np.unique(np.append(np.round(shares, 2), best[place]))
        sets = [np.where(np.arange(len(best)) == place, budget, best) for budget in budgets]
        centre, *values = self.values([best, *sets])
        return Curve(self._names[place], budgets, np.array([_ordered(one, centre) for one in values]))


def _chosen(bench: Bench, scenario: Scenario, plans: Sequence[Scenario], by: str, n_runs: int) -> Choice:
    base = bench.play([scenario], n_runs)[0].values(by)
    # Half a percent of the KPI, or half of its noise where that is more: below it nobody need care.
    noise = 0.5 * float(base.std(ddof=1)) / np.sqrt(n_runs)
    worth = np.nanmax([0.005 * abs(float(base.mean())), noise, 1e-9])

    def play(places: Sequence[int], n: int) -> Array:
        return np.stack([totals.values(by) for totals in bench.play([plans[i] for i in places], n)])

    return select(play, len(plans), float(worth), first=max(n_runs, 10), most=10 * n_runs)


def _ends(before: Mapping[str, float], total: float, limits: Mapping[str, tuple[float, float]]) -> Array:
    """[n_channels, 2]: least and most of each budget."""
    if not total > 0:
        raise UsageError(f"the total budget is {total:g}; it must be above 0, CNY per day")
    for name in limits:
        if name not in before:
            raise UsageError(f"'{name}' is no channel whose budget is free; those are {', '.join(before)}")
    ends = np.array([limits.get(name, (0.0, total)) for name in before], dtype=np.float64)
    ends[:, 1] = np.minimum(ends[:, 1], total)
    if (ends[:, 0] > ends[:, 1]).any() or (ends < 0).any() or ends[:, 0].sum() > total:
        raise UsageError(f"the limits leave no budgets within a total of {total:g} CNY per day")
    return ends


def _alike(one: Array, other: Array) -> bool:
    return bool(np.abs(one - other).sum() <= 0.02 * max(other.sum(), 1.0))


def _within(budgets: Array, ends: Array, total: float) -> Array:
    """Budgets within their limits, what is above the least ones drawn in to the total; to the fen."""
    found = np.clip(budgets, ends[:, 0], ends[:, 1])
    above = found - ends[:, 0]
    room = total - ends[:, 0].sum()
    if above.sum() > room:
        above *= room / above.sum()
    return np.asarray(np.maximum(np.floor((ends[:, 0] + above) * 100 + 1e-6) / 100, ends[:, 0]))


def _ordered(values: Array, centre: Array) -> tuple[float, float, float]:
    low, high = interval_of(values - centre)
    level = float(centre.mean())
    return level + low, float(values.mean()), level + high
