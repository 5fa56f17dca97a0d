"""`advise`: which levers bring what is missing, at what cost, from the simulator's own response on common luck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import UsageError
from storesim.plan.as_it_is import AsItIs, Days, as_it_is
from storesim.plan.chance import chance
from storesim.plan.cheapest import Curve, curve_of
from storesim.plan.goals import Goals, LeverRow, Pulled, StageShare
from storesim.plan.levers import Lever, changes, levers_of, pulled
from storesim.plan.proved import KEPT, ROUNDS, Proof, proved_mix, sure_beyond, without_idle
from storesim.plan.replan import Begun
from storesim.results.ensemble import Ensemble
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


def advise(
    scenario: Scenario,
    ensemble: Ensemble,
    goals: Goals,
    *,
    most: float = np.inf,
    since: dt.date | None = None,
    begun: Begun | None = None,
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
    since
        Day on which levers begin, so that days before it are as they are; if not given, the first of the year, or the
        day after those that are over.
    begun
        Of a plan made again: the year in the light of the days that are over. What is missing and what levers sell are
        at the level those days have shown.
    tried, proved
        Runs for each step of a lever, and for the mix; at most those of the ensemble.
    jobs, executor, progress
        As in `replicate`.

    Raises
    ------
    PlanError
        If no day of the year is simulated.
    UsageError
        If there are fewer than two runs to compare, or levers were to begin on a day that is over.
    """
    now = as_it_is(ensemble, goals.year, since, begun)
    tried, proved = min(tried, ensemble.n_runs), min(proved, ensemble.n_runs)
    if tried < 2:
        raise UsageError(f"{tried} runs tell no lever from luck; simulate two or more")
    known = levers_of(scenario, (now.days.first, now.days.last), now.since)
    base, need = now.base, goals.target - float(np.median(now.year))
    trials = [(lever, step) for lever in known for step in lever.steps]
    told = _Told(progress, len(trials) * tried + (2 * ROUNDS * proved if need > 0 else 0))
    with _crew(executor, jobs or usable_cores(), partial(_play, ensemble.provenance.seed, now.days)) as crew:
        play = _Player(scenario, now, crew)
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
    added = proof.runs - base[:proved]
    return Pulled(
        rows=tuple(rows),
        changes=changes(scenario, proof.steps, now.since),
        need=max(0.0, need),
        added={name: float(added[:, KEPT.index(name)].mean()) for name in KEPT},
        error=float(added[:, 0].std(ddof=1) / np.sqrt(proved)),
        cost=proof.cost,
        n_runs=proved,
        chance=chance(now.lifted(proof.runs), goals.target).value,
        chance_before=chance(now.year, goals.target).value,
        stages=_stages(now.days, ensemble),
        binds=_binds(scenario, ensemble, now.days),
        since="" if now.since is None else now.since.isoformat(),
        dated={
            f"changes.{place}": (change.stage or "", str(change.first), str(change.last or ""))
            for place, change in enumerate(scenario.changes)
        },
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

    def __init__(self, scenario: Scenario, now: AsItIs, crew: Crew[_Task, Array]) -> None:
        self._scenario, self._now, self._crew = scenario, now, crew

    def __call__(self, mixes: Sequence[Mapping[Lever, float]], n_runs: int, told: Callable[[], None]) -> list[Array]:
        """[n_runs, n_kept] for each mix, at the level of the store as it is."""
        stores = [pulled(self._scenario, mix, self._now.since) for mix in mixes]
        tasks = [_Task(place, batch, store) for place, store in enumerate(stores) for batch in batches_of(n_runs)]
        found: dict[_Task, Array] = {}
        for task, totals in self._crew.finish(tasks):
            found[task] = totals
            for _ in range(task.batch.n_runs):
                told()
        totals_of = (
            np.concatenate([found[task] for task in tasks if task.place == place]) for place in range(len(stores))
        )
        return [self._now.at_level(totals) for totals in totals_of]


def _play(seed: int, days: Days, task: _Task) -> Array:
    return days.totals(play_batch(task.scenario, seed, task.batch))


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


def _stages(days: Days, ensemble: Ensemble) -> tuple[StageShare, ...]:
    """费比 by stage: what a run spends and sells in it, on average."""
    sums = days.stages(ensemble) / ensemble.n_runs
    return tuple(
        StageShare(name, float(spend), float(gmv)) for name, (spend, gmv) in zip(kpi.STAGES, sums, strict=True) if gmv
    )


def _binds(scenario: Scenario, ensemble: Ensemble, days: Days) -> tuple[tuple[str, str, float], ...]:
    """(what, channel, size) that holds the store back now, the heaviest first."""
    n_days = (days.last - days.first).days + 1

    def mean(name: str, channel: str | None = None) -> float:
        return float(np.mean(ensemble.sums(name, channel, days.first, days.last)))

    found = [("budget", channel, mean("silent_hours", channel) / n_days / 24.0) for channel in ensemble.channels]
    found.append(("stock", "", mean("lost_gmv") / max(1.0, mean("gmv") + mean("lost_gmv"))))
    taken, refused = mean("slots_taken"), mean("slots_refused")
    found.append(("gate", "", refused / (taken + refused) if taken + refused else 0.0))
    chats, left = mean("chats"), mean("chats_left")
    found.append(("chat", "", left / chats if chats else 0.0))
    audience = sum(channel.audience for channel in scenario.channels.values() if isinstance(channel, Placement))
    if audience and (reached := float(ensemble.daily("reached_30d")[..., days.span(ensemble)].mean()) / audience) > 0.5:
        found.append(("audience", "", min(1.0, reached)))
    return tuple(sorted((one for one in found if one[2] > 0.01), key=lambda one: -one[2]))
