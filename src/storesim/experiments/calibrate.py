"""`calibrate`: the settings that reproduce a history, their ranges, and what the history cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim.errors import UsageError
from storesim.experiments.answer import Answer, answer_of, carried, n_cloud, tried_out
from storesim.experiments.calibrated import BAND, RANGE, Calibration, Fitted, Held, Reproduced
from storesim.experiments.design import Axis, setting
from storesim.experiments.moments import Moments, moments_of
from storesim.experiments.response import WIDER, Misfit, sampled
from storesim.experiments.to_fit import axes_to_fit
from storesim.experiments.waves import (
    LUCK_RUNS,
    WAVES,
    Stand,
    changes_at,
    drawn_from,
    points_of_wave,
    screened,
    searched,
)
from storesim.results.history import History
from storesim.runs.batches import BATCH_RUNS, batches_of
from storesim.runs.bench import Bench
from storesim.runs.totals import Kept, Totals
from storesim.scenario.document import Scenario

Array = NDArray[np.float64]

POINT_RUNS: Final = 3
"""Runs of a point: on common luck few are enough to see where the best settings are, about."""

OTHERS: Final = 1500
"""Points beside those that are played, from which it is known what could be before a history is seen."""

ROUNDS: Final = 3
"""Most clouds of points that are played; one is enough unless the ranges lie at its edge."""

MOST_LUCK: Final = 3.0
"""What lies further from a run than this many standard deviations is no luck that would go on."""

STILL: Final = 0.1
"""A setting stays as it is if all its range moves no moment by more than this share of its luck."""

UNFIT: Final = 0.01
"""Chance of so large a misfit below which the store does not reproduce the history."""

TWINS: Final = 0.9
"""Correlation of draws above which two settings are known together only."""


def calibrate(
    scenario: Scenario,
    history: History,
    fit: Sequence[str | Axis] = (),
    *,
    n_runs: int = POINT_RUNS,
    seed: int = 0,
    n_points: int | None = None,
    n_draws: int = 200,
    hold_back: float = 0.2,
    folder: str | Path | None = None,
    resume: bool = False,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
) -> Calibration:
    """The settings that reproduce a history, with ranges that hold the true ones nine times in ten.

    Moments of the history's days (levels, ratios, trend, week, daily noise) are compared with those of simulated stores
    on common luck. Settings that move none of them are left as they are. The others are tried at points that gather
    where the misfit is small. Around the best point single runs are played, each at settings and with luck of its own;
    what a regression through them says of a history is sampled within the ranges that were asked for. The draws become
    `uncertain` settings of the calibrated scenario: each of its runs takes one.

    Parameters
    ----------
    fit
        Settings and the ranges in which they may be, such as `market.searches_per_day=5000..20000`, or a path alone;
        the market, conversion and what else the history tells of, if none are given.
    n_runs
        Runs of each point.
    n_points
        Points of each of three waves; enough for the surface if not given.
    n_draws
        Sets of settings drawn from the ranges.
    hold_back
        Share of the days, at the end, that are not fitted and then foretold; 0 to fit them all.
    seed, folder, resume, jobs, executor, progress
        As in `sweep`.

    Raises
    ------
    UsageError
        If the history has too few days or another currency, or a range cannot be.
    RunError
        If a run fails.

    References
    ----------
    McFadden (1989), Econometrica 57(5), 995-1026 (simulated moments); Box and Tiao (1973), Bayesian Inference in
    Statistical Analysis, 8.4 (the law of a history); Goodman and Weare (2010), CAMCoS 5(1), 65-80 (sampling).
    """
    _refuse(n_runs, n_points, n_draws, hold_back)
    moments = moments_of(scenario, history, hold_back)
    axes = axes_to_fit(scenario, moments, fit)
    with Bench(
        seed, kept=Kept(daily=moments.series), jobs=jobs, executor=executor, folder=folder, resume=resume,
        progress=progress and _Steps(progress, len(axes), n_runs, n_points, n_draws),
    ) as bench:  # fmt: skip
        stand = Stand(bench, scenario, moments, axes)
        start = stand.space.unit(np.array([[setting(scenario, axis.path) for axis in axes]]))[0]
        stand = stand.beside(start)
        screening = screened(stand, start, n_runs)
        beyond, moves = screening.beyond, screening.moves[:, ~screening.beyond].max(axis=1, initial=0.0)
        alive = tuple(axis for axis, size in zip(axes, moves, strict=True) if size > STILL)
        if not alive:
            raise UsageError(
                f"none of {', '.join(axis.path for axis in axes)} moves anything in which the store can come near the "
                "history; give other settings or wider ranges"
            )
        out_of_reach = tuple(one for one, far in zip(stand.moments.moments, beyond, strict=True) if far)
        stand = stand.narrowed(alive, stand.moments.without(beyond))
        found = _drawn(stand, searched(stand, n_runs, n_points), n_draws)
        fitted = _scenario(scenario, alive, found.draws)
        played = bench.play([fitted.with_({"horizon": moments.n_days})], n_draws)[0]
    settings = tuple(_setting(scenario, stand, found, i) for i in range(len(alive)))
    still = tuple(axis.path for axis in axes if axis not in alive)
    days = (str(history.start), len(moments.days), len(moments.later), moments.closed)
    return Calibration(
        scenario.store.name, history.name, settings, still, found.moments, out_of_reach, found.chance, found.wider,
        found.holds, _held(stand.moments, played, found), days, found.draws, fitted, seed,
    )  # fmt: skip


class _Steps:
    """Progress over all that is played, of which a bench tells one part after the other."""

    def __init__(
        self, progress: Callable[[int, int], object], k: int, n_runs: int, n_points: int | None, n_draws: int
    ) -> None:
        points = 2 * k + WAVES * points_of_wave(k, n_points)
        single = (WAVES + 1) * LUCK_RUNS + n_cloud(k, 15) + n_draws
        batches = single / BATCH_RUNS + points * len(batches_of(n_runs))
        self._progress, self._expected = progress, int(batches)
        self._before = self._done = self._wanted = 0

    def __call__(self, done: int, wanted: int) -> None:
        if wanted != self._wanted or done < self._done:
            self._before += self._wanted
        self._done, self._wanted = done, wanted
        self._progress(self._before + done, max(self._expected, self._before + wanted))


def _refuse(n_runs: int, n_points: int | None, n_draws: int, hold_back: float) -> None:
    if n_runs < 3 or n_draws < 20 or (n_points is not None and n_points < 16):
        raise UsageError(
            f"{n_runs} runs a point, {n_points or 'enough'} points, {n_draws} draws; "
            "with less than 3, 16 and 20 nothing can be told"
        )
    if not 0 <= hold_back <= 0.5:
        raise UsageError(f"{hold_back:g} of the days shall be held back; it is a share from 0 to 0.5")


@dataclass(frozen=True, eq=False)
class _Drawn:
    """What came of a search."""

    unit: Array
    """[n_draws, k] draws in the cube."""

    draws: Array
    """[n_draws, k] the same as settings."""

    answer: Answer
    carried: Array
    """[n_moments, n_series]: how the luck of the fitted days goes on in those held back."""

    moments: tuple[Reproduced, ...]
    chance: float
    wider: float
    holds: float


def _drawn(stand: Stand, rough: Misfit, n_draws: int) -> _Drawn:
    """Draws from the ranges, from a cloud of runs around the best point; from another where they lie at its edge."""
    luck, observed = np.random.default_rng([stand.seed, 73]), rough.observed
    near = rough.nearest(rough.centre[np.newaxis])
    n = n_cloud(len(near), len(observed))
    cooled, spread = rough.cooled, rough.spread(near)
    for _ in range(ROUNDS):
        cloud = sampled(cooled, near, spread, n + OTHERS, luck)
        totals = stand.play_each(cloud[:n])
        played = stand.moments.of(totals)
        answer = answer_of(cloud[:n], played, rough.surface.growth)
        near = answer.nearest(near, observed)
        chance, wider = _misfit(answer, near, observed)
        likely = replace(answer, whitened=answer.whitened / wider)
        spread = np.cov(cloud.T).reshape(len(near), -1) / WIDER
        unit = sampled(partial(likely.log_likelihood_at, observed=observed), near, spread, n_draws, luck)
        if not _at_edge(unit, cloud):
            break
        cooled = partial(likely.cooled, observed=observed)
    stretch, holds = tried_out(cloud[:n], played, rough.surface.growth, cloud[n:], RANGE)
    middle = np.median(unit, axis=0)
    unit = np.clip(middle + stretch * (unit - middle), 0, 1)
    told = answer.told(near[np.newaxis])
    size = answer.luck * np.exp(told.grown[0])
    each = zip(stand.moments.moments, observed.tolist(), told.means[0].tolist(), size.tolist(), strict=True)
    moments = tuple(Reproduced(*one) for one in each)
    goes_on = carried(answer, cloud[:n], played, stand.moments.after(totals))
    return _Drawn(unit, stand.space.settings(unit), answer, goes_on, moments, chance, wider, holds)


def _misfit(answer: Answer, near: Array, observed: Array) -> tuple[float, float]:
    """Chance of so large a misfit, and the factor by which luck is taken as larger where that is too small."""
    from scipy.stats import f

    squared = float((answer.residuals(answer.told(near[np.newaxis]), observed) ** 2).sum())
    free = max(len(observed) - len(near), 1)
    # Hotelling's T², luck being known from the runs.
    chance = float(f.sf(squared * (answer.free - free + 1) / (free * answer.free), free, answer.free - free + 1))
    return chance, float(np.sqrt(squared / free)) if chance < UNFIT else 1.0


def _at_edge(unit: Array, cloud: Array) -> bool:
    """Whether draws lie so far out in the cloud of points that the answer is hardly known there."""
    away = np.abs(unit.mean(axis=0) - cloud.mean(axis=0)) > cloud.std(axis=0)
    # A setting that is looked for everywhere has a cloud as wide as can be.
    as_wide = (unit.std(axis=0) > 0.9 * cloud.std(axis=0)) & (cloud.std(axis=0) < 0.2)
    return bool((away | as_wide).any())


def _scenario(scenario: Scenario, axes: tuple[Axis, ...], draws: Array) -> Scenario:
    return scenario.with_({**changes_at(axes, _middle(axes, draws)), "uncertain": drawn_from(axes, draws)})


def _middle(axes: tuple[Axis, ...], draws: Array) -> Array:
    whole = np.array([axis.whole for axis in axes])
    middle = np.median(draws, axis=0)
    return np.asarray(np.where(whole, np.round(middle), middle))


def _setting(scenario: Scenario, stand: Stand, found: _Drawn, place: int) -> Fitted:
    axis, values = stand.axes[place], found.draws[:, place]
    # By the method of Weibull: of few draws the usual one leaves out more at either end than was asked.
    low, high = np.quantile(values, ((1 - RANGE) / 2, (1 + RANGE) / 2), method="weibull")
    # The spread of what was looked through evenly is 1 / √12.
    told = 1 - min(1.0, float(found.unit[:, place].std() * np.sqrt(12)))
    twins = tuple(
        other.path
        for i, other in enumerate(stand.axes)
        if i != place and abs(np.corrcoef(found.unit[:, place], found.unit[:, i])[0, 1]) > TWINS
    )
    return Fitted(
        axis.path, float(setting(scenario, axis.path)), (axis.low, axis.high),
        float(_middle((axis,), values[:, np.newaxis])[0]), float(low), float(high), told, twins,
    )  # fmt: skip


def _held(moments: Moments, totals: Totals, found: _Drawn) -> tuple[Held, ...]:
    """What the calibrated store foretells of the days held back, given what luck the fitted ones have shown.

    Each run is moved by what the luck of the history was beyond its own, as far as luck goes on. Else luck that lasts
    would be counted twice: it makes the ranges wide, and every run has its own.

    References
    ----------
    Journel and Huijbregts (1978), Mining Geostatistics, chapter VII: simulations made to agree with what is known.
    """
    if not len(moments.later):
        return ()
    told = found.answer.told(found.unit)
    beyond = found.answer.in_luck(told, moments.observed - moments.of(totals))
    moved = np.exp(np.clip(beyond, -MOST_LUCK, MOST_LUCK) @ found.carried)
    ends = ((1 - BAND) / 2, (1 + BAND) / 2)
    held = []
    for i, name in enumerate(moments.series):
        if "@" in name:
            continue
        played = totals.daily[:, moments.later, i] * moved[:, [i]]
        seen = moments.seen[name][moments.later]
        low, high = np.quantile(played, ends, axis=0, method="weibull")
        total = np.quantile(played.sum(axis=1), ends, method="weibull")
        share = float(((seen >= low) & (seen <= high)).mean())
        held.append(Held(name, len(seen), share, float(seen.sum()), float(total[0]), float(total[1])))
    return tuple(held)
