"""`advise`: which levers bring what is missing, at what cost, from the simulator's own response on common luck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import PlanError, UsageError
from storesim.plan.chance import chance
from storesim.plan.cheapest import Curve, curve_of
from storesim.plan.goals import Goals, LeverRow, Pulled, StageShare
from storesim.plan.levers import Lever, changes, levers_of, pulled
from storesim.plan.proved import KEPT, ROUNDS, Proof, proved_mix, sure_beyond, without_idle
from storesim.results.ensemble import Ensemble
from storesim.results.recorded import Recorded
from storesim.runs.batches import Batch, batches_of, play_batch
from storesim.runs.executors import Crew, usable_cores
from storesim.scenario.channels import Placement
from storesim.scenario.document import Scenario

Array = NDArray[np.float64]
Progress = Callable[[int, int], object]

TRIED, PROVED = 8, 12
"""Runs for each step of a lever, and for the mix; *assumed*: on common luck enough to tell what matters."""

_FALSE = 0.05
"""Chance that any lever which does nothing is called clear."""


@dataclass(frozen=True)
class _Year:
    """The days that count, and where a store's totals of them come from."""

    first: dt.date
    last: dt.date

    def totals(self, run: Recorded) -> Array:
        """[n_kept] or [n_runs, n_kept]."""
        found = [np.asarray(run.sums(name, None, self.first, self.last)) for name in KEPT]
        return np.stack(found, axis=-1)

    def span(self, runs: Recorded) -> slice:
        """The places of the days."""
        return slice((self.first - runs.start).days, (self.last - runs.start).days + 1)

    def stages(self, runs: Recorded) -> Array:
        """[3, 2] ad spend and GMV of the days spent in each stage, summed over runs."""
        span = self.span(runs)
        stage = runs.daily("stage")[..., span]
        spend, gmv = (runs.daily(name)[..., span] for name in ("ad_spend", "gmv"))
        return np.array([[spend[stage == s].sum(), gmv[stage == s].sum()] for s in range(3)])


def advise(
    scenario: Scenario,
    ensemble: Ensemble,
    goals: Goals,
    *,
    most: float = np.inf,
    tried: int = TRIED,
    proved: int = PROVED,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Progress | None = None,
) -> Pulled:
    """The cheapest mix of levers that lifts the middle of the forecast to the target, simulated before it is told.

    Every lever is simulated at each of its steps on the luck of the ensemble's own first runs, so that the difference
    is the lever's. The mix is simulated too, once more with a larger need if the levers help one another less than
    they do alone; then without each of its levers, so that none is in it whose gain there cannot be told from none. The
    chance of the year is stated from it: the forecast's outcomes times the ratios of the paired runs.

    Parameters
    ----------
    scenario, ensemble
        The store, and its runs as they were simulated.
    goals
        Its plan.
    most
        Most that the levers may cost in all, CNY in the year.
    tried, proved
        Runs for each step of a lever, and for the mix; at most those of the ensemble.
    jobs, executor, progress
        As in `replicate`.

    Raises
    ------
    PlanError
        If no day of the year is simulated.
    UsageError
        If there are fewer than two runs to compare.
    """
    year = _year_of(ensemble, goals.year)
    tried, proved = min(tried, ensemble.n_runs), min(proved, ensemble.n_runs)
    if tried < 2:
        raise UsageError(f"{tried} runs tell no lever from luck; simulate two or more")
    known = levers_of(scenario, (year.first, year.last))
    base = year.totals(ensemble)
    need = goals.target - float(np.median(base[:, 0]))
    trials = [(lever, step) for lever in known for step in lever.steps]
    told = _Told(progress, len(trials) * tried + (2 * ROUNDS * proved if need > 0 else 0))
    with _crew(executor, jobs or usable_cores(), partial(_play, ensemble.provenance.seed, year)) as crew:
        play = _Player(scenario, crew)
        found = play([{lever: step} for lever, step in trials], tried, told)
        sure = sure_beyond(tried, _FALSE / max(1, len(trials)))
        rows = [
            _judged(lever, step, runs - base[:tried], sure) for (lever, step), runs in zip(trials, found, strict=True)
        ]
        curves = {lever: curve for lever in known if (curve := _curve(lever, rows)) is not None}
        proof = Proof({}, base[:proved], 0.0, 0.0)
        if need > 0 and curves:
            play_mixes = partial(play, n_runs=proved, told=told)
            proof = proved_mix(curves, (need, most), base[:proved], play_mixes)
            proof = without_idle(proof, base[:proved], play_mixes)
    told.finish()
    steps, runs = proof.steps, proof.runs
    ratio = np.divide(runs[:, 0], base[:proved, 0], out=np.ones(proved), where=base[:proved, 0] > 0)
    lifted = base[:, 0] * ratio[np.arange(base.shape[0]) % proved]
    added = runs - base[:proved]
    costs = {name: float(added[:, KEPT.index(name)].mean()) for name in KEPT}
    return Pulled(
        rows=tuple(rows),
        changes=changes(scenario, steps),
        need=max(0.0, need),
        added=costs,
        error=float(added[:, 0].std(ddof=1) / np.sqrt(proved)),
        cost=proof.cost,
        n_runs=proved,
        chance=chance(lifted, goals.target).value,
        chance_before=chance(base[:, 0], goals.target).value,
        stages=_stages(year, ensemble),
        binds=_binds(scenario, ensemble, year),
    )


class _Told:
    """Progress over several rounds of runs."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self) -> None:
        self._done = min(self._done + 1, self._total)
        if self._progress is not None:
            self._progress(self._done, self._total)

    def finish(self) -> None:
        if self._progress is not None:
            self._progress(self._total, self._total)


@dataclass(frozen=True)
class _Task:
    """A batch of runs of a store; `place` is the store's among those asked for."""

    place: int
    batch: Batch
    scenario: Scenario = field(compare=False, repr=False)


def _crew(executor: str, jobs: int, play: Callable[[_Task], Array]) -> Crew[_Task, Array]:
    return Crew("serial" if jobs == 1 and executor == "processes" else executor, jobs, play)


class _Player:
    """Simulates the store with levers pulled, run by run, in workers that last from one mix to the next."""

    def __init__(self, scenario: Scenario, crew: Crew[_Task, Array]) -> None:
        self._scenario, self._crew = scenario, crew

    def __call__(self, mixes: Sequence[Mapping[Lever, float]], n_runs: int, told: Callable[[], None]) -> list[Array]:
        """[n_runs, n_kept] for each mix."""
        stores = [pulled(self._scenario, mix) for mix in mixes]
        tasks = [_Task(place, batch, store) for place, store in enumerate(stores) for batch in batches_of(n_runs)]
        found: dict[_Task, Array] = {}
        for task, totals in self._crew.finish(tasks):
            found[task] = totals
            for _ in range(task.batch.n_runs):
                told()
        return [np.concatenate([found[task] for task in tasks if task.place == place]) for place in range(len(stores))]


def _play(seed: int, year: _Year, task: _Task) -> Array:
    return year.totals(play_batch(task.scenario, seed, task.batch))


def _year_of(runs: Recorded, year: int) -> _Year:
    first, last = max(runs.start, dt.date(year, 1, 1)), min(runs.last_day, dt.date(year, 12, 31))
    if last < first:
        raise PlanError(f"no day of {year} is simulated, so that no lever can be tried on it")
    return _Year(first, last)


def _judged(lever: Lever, step: float, added: Array, sure: float) -> LeverRow:
    """A lever at a step, from paired differences [n_runs, n_kept]; clear beyond `sure` standard errors."""
    mean = added.mean(axis=0)
    cost = sum(float(mean[KEPT.index(name)]) for name in lever.costs)
    error = float(added[:, 0].std(ddof=1) / np.sqrt(added.shape[0]))
    gmv, profit = float(mean[0]), float(mean[KEPT.index("profit")])
    return LeverRow(lever.path, lever.how, step, gmv, error, cost, profit, gmv > sure * error, lever.about)


def _curve(lever: Lever, rows: Sequence[LeverRow]) -> Curve | None:
    """What a lever brings for its cost; None where no step brings more than luck would."""
    own = [row for row in rows if (row.path, row.about) == (lever.path, lever.about) and row.clear and row.gmv > 0.0]
    if not own:
        return None
    costs = [0.0, *(max(0.0, row.cost) for row in own)]
    return curve_of(costs, [0.0, *(row.gmv for row in own)], [lever.rest, *(row.step for row in own)])


def _stages(year: _Year, ensemble: Ensemble) -> tuple[StageShare, ...]:
    """费比 by stage."""
    sums = year.stages(ensemble)
    return tuple(
        StageShare(name, float(spend), float(gmv)) for name, (spend, gmv) in zip(kpi.STAGES, sums, strict=True) if gmv
    )


def _binds(scenario: Scenario, ensemble: Ensemble, year: _Year) -> tuple[tuple[str, str, float], ...]:
    """(what, channel, size) that holds the store back now, the heaviest first."""
    days = (year.last - year.first).days + 1

    def mean(name: str, channel: str | None = None) -> float:
        return float(np.mean(ensemble.sums(name, channel, year.first, year.last)))

    found = [("budget", channel, mean("silent_hours", channel) / days / 24.0) for channel in ensemble.channels]
    found.append(("stock", "", mean("lost_gmv") / max(1.0, mean("gmv") + mean("lost_gmv"))))
    taken, refused = mean("slots_taken"), mean("slots_refused")
    found.append(("gate", "", refused / (taken + refused) if taken + refused else 0.0))
    chats, left = mean("chats"), mean("chats_left")
    found.append(("chat", "", left / chats if chats else 0.0))
    audience = sum(channel.audience for channel in scenario.channels.values() if isinstance(channel, Placement))
    if audience and (reached := float(ensemble.daily("reached_30d")[..., year.span(ensemble)].mean()) / audience) > 0.5:
        found.append(("audience", "", min(1.0, reached)))
    return tuple(sorted((one for one in found if one[2] > 0.01), key=lambda one: -one[2]))
