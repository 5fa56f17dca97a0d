"""`predict`: what comes next, for simulated days and a user's own alike."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.errors import ForecastError, UsageError
from storesim.forecast.days import KnownDays, days_of_history, days_of_run
from storesim.forecast.drivers import Driven, drive
from storesim.forecast.elasticity import Answer, answer, remarks_of
from storesim.forecast.levers import Plan, held, levers_of, remark_on_unplanned, remarks_on as remarks_on_levers
from storesim.forecast.methods import forecaster
from storesim.forecast.methods.own import Own
from storesim.forecast.opening import read_opening, remark_on_opening
from storesim.forecast.outlook import Outlook
from storesim.forecast.prior import mixed, moved_runs, response, weight_of_days
from storesim.forecast.sources import known_sources, remarks_on, split
from storesim.forecast.usual_answers import usual_answers
from storesim.results.ensemble import Ensemble
from storesim.results.history import History

if TYPE_CHECKING:
    from storesim.forecast.levers import Lever
    from storesim.forecast.methods.base import Fitted
    from storesim.results.run import Run

Array = NDArray[np.float64]

ENSEMBLE_PATH: Final = "ensemble_path"
"""The runs themselves are the paths."""

USUAL_HORIZON: Final = 90
MOST_DAYS: Final = 3660
_FEW_DAYS = 14
_MOST_RUNS = 20
"""Runs that are carried on; more cost time and hardly widen what differs among them."""


def predict(
    source: Ensemble | History | Run,
    horizon_days: int | None = None,
    method: str = "auto",
    *,
    n_paths: int = 1000,
    seed: int = 0,
    prior: Ensemble | None = None,
    planned: Ensemble | None = None,
    plan: Plan | None = None,
    opened: dt.date | str | None = None,
) -> Outlook:
    """Joint paths of the days to come: counts from their drivers, ratios divided last.

    Parameters
    ----------
    source
        An ensemble, a user's own days, or one run.
    horizon_days
        Days to foretell after the last day of the source. If not given: of an ensemble the simulated days themselves,
        whose paths are the runs; of anything else 90.
    method
        Name of a method (`methods.METHODS`), or "auto": "naive" under 14 known days, then "storesim", or
        "seasonal_naive" where that erred less from past days at every horizon.
    n_paths, seed
        Paths to draw and seed of all chance. Where the runs of an ensemble are the paths, nothing is drawn.
    prior
        Runs of the same store, by date, for a history of few days: 28 / (n + 28) of the paths are runs, moved to the
        level of the n days known. See `prior.py`.
    planned
        Runs of the same store and seed with what is planned; each path is moved by how they lie over those of `prior`.
    plan
        Of a user's own days: ad spend (`ad_spend`, `ad_spend@express`), `discount` or `price` on each day to come, or
        one number for all. Days answer by elasticities learned from the past (`elasticity.py`).
    opened
        Day on which the store of a user's own days opened: how far it grows on depends on its age, which days alone
        hardly show. `prior` does not tell it: its store may have traded before the first simulated day. Known of runs.

    Raises
    ------
    UsageError
        If there is no such method, or a number or date cannot be.
    ForecastError
        If the days do not bear a forecast: too few, none known, nothing happening, or every day the same.
    """
    if opened is not None and not isinstance(source, History):
        raise UsageError("the store of a run opens on its first day; `opened` is told of a user's own days")
    if isinstance(source, Ensemble) and horizon_days is None and method in ("auto", ENSEMBLE_PATH):
        return _of_runs(source)
    if method == ENSEMBLE_PATH:
        raise UsageError("'ensemble_path' foretells the simulated days of an ensemble; leave out horizon_days")
    horizon = USUAL_HORIZON if horizon_days is None else horizon_days
    if not 1 <= horizon <= MOST_DAYS:
        raise UsageError(f"horizon_days is {horizon}; 1 to {MOST_DAYS} days can be foretold")
    if n_paths < 1:
        raise UsageError(f"n_paths is {n_paths}; at least one path is drawn")
    if plan:
        _refuse_plan(source, prior)
    if isinstance(source, Ensemble):
        return _after_runs(source, horizon, method, n_paths, seed)
    days = _days(source, opened)
    driven = _driven(days)
    told, levers = _answered(source, days, driven, plan or {}, horizon)
    if prior is None:
        if planned is not None:
            raise UsageError("`planned` is held against `prior`, the same store without the plan; give both")
        name, paths, reasons = _paths(driven, method, horizon, n_paths, seed, told=told)
        paths, reasons = held(paths, driven, days, levers, seed), (*reasons, *remarks_on_levers(levers))
    else:
        name, made, reasons = _with_prior(driven, days, prior, method, horizon=horizon, n_paths=n_paths, seed=seed)
        if planned is not None:
            made = made + response(driven, days, prior, planned, horizon)
            reasons += ("What is planned moves each day by as much as it moves the mean of the simulated runs.",)
        paths = driven.counts(made, seed)
        paths.setflags(write=False)
    apart = known_sources(source, days) if isinstance(source, History) else None
    said = remarks_on(apart, days.counts["uv"][0]) if apart else ()
    if isinstance(source, History):
        said += (*remark_on_opening(days.opened, prior, driven, name), *remark_on_unplanned(source, plan or {}))
    return Outlook(
        start=days.next_day,
        channels=days.channels,
        counts=driven.names,
        paths=paths,
        method=name,
        reasons=(*reasons, *_remarks(days, driven), *said),
        past_start=days.start,
        past={count: values.sum(axis=0) for count, values in days.counts.items()},
        provenance={"source": source.name} if isinstance(source, History) else asdict(source.provenance),
        sources=split(apart, paths[..., 0, driven.names.index("uv")], seed, levers) if apart else {},
    )


def _days(source: Run | History, opened: dt.date | str | None) -> KnownDays:
    """The days, and when their store opened, if it is known or told."""
    if not isinstance(source, History):
        return days_of_run(source)
    days = days_of_history(source)
    return days if opened is None else replace(days, opened=read_opening(opened, days))


def _refuse_plan(source: Ensemble | History | Run, prior: Ensemble | None) -> None:
    if not isinstance(source, History):
        raise UsageError("a plan of spend or prices needs a user's own days; change the scenario of a run instead")
    if prior is not None:
        raise UsageError("a plan of spend or prices is answered by the days, another scenario by simulation; give one")


def _answered(
    source: Run | History, days: KnownDays, driven: Driven, plan: Plan, horizon: int
) -> tuple[Answer | None, tuple[Lever, ...]]:
    """How the days answer to a plan, and its levers; nothing without one."""
    if not plan or not isinstance(source, History):
        return None, ()
    levers = levers_of(source, days, plan, horizon)
    return answer(driven.panel, levers, usual_answers(driven.drivers, levers, source)), levers


def _of_runs(ensemble: Ensemble) -> Outlook:
    """The runs as they are; every count of the channels, all of which add up over days and channels."""
    return Outlook(
        start=ensemble.start,
        channels=ensemble.channels,
        counts=tuple(count.name for count in kpi.CHANNEL_COUNTS),
        paths=ensemble.by_channel,
        method=ENSEMBLE_PATH,
        reasons=(f"The {ensemble.n_runs} simulated runs are the paths: each is one way the store may go.",),
        provenance=asdict(ensemble.provenance),
    )


def _after_runs(ensemble: Ensemble, horizon: int, method: str, n_paths: int, seed: int) -> Outlook:
    """Days after the simulated ones: some runs, evenly chosen, each carried on as a history of its own."""
    n_chosen = min(ensemble.n_runs, _MOST_RUNS, n_paths)
    chosen = np.linspace(0, ensemble.n_runs - 1, n_chosen).astype(int)
    share = -(-n_paths // n_chosen)
    pieces: list[Array] = []
    for which, index in enumerate(chosen):
        days = days_of_run(ensemble.run(int(index)))
        driven = _driven(days)
        # Each run has luck of its own, else all would take the same turns.
        name, paths, reasons = _paths(driven, method, horizon, share, seed + 1_000_003 * (which + 1))
        pieces.append(paths)
    whole = np.concatenate(pieces).reshape(n_chosen, share, *pieces[0].shape[1:])
    # By turns, so that the first paths are of different runs and cutting to the number asked for favours none.
    paths = whole.swapaxes(0, 1).reshape(-1, *pieces[0].shape[1:])[:n_paths]
    said = f"{n_chosen} of {ensemble.n_runs} simulated runs are each carried on as a history of their own."
    return Outlook(
        start=days.next_day,
        channels=days.channels,
        counts=driven.names,
        paths=paths,
        method=name,
        reasons=(said, *reasons),
        past_start=ensemble.start,
        past={count: ensemble.mean(count) for count in driven.names},
        provenance=asdict(ensemble.provenance),
    )


def _driven(days: KnownDays) -> Driven:
    driven = drive(days)
    if driven.closed.ended.all():
        raise ForecastError(
            f"Nothing happens on any of the last known days before {days.next_day}: every figure is 0, so there is "
            "nothing to carry on. Leave out days after the store closed, or give days on which it sells."
        )
    values = driven.panel.values
    if not len(values):
        raise ForecastError(
            f"Something happened on so few of the days before {days.next_day} that no weekday is known to be open. "
            "Give more days."
        )
    known = np.isfinite(values).sum(axis=1)
    if known.max() > 2 and all(_still(row) for row in values):
        raise ForecastError(
            f"Every figure is the same on all {int(known.max())} known days, so how far days lie apart cannot be "
            "learned. Give figures as they were measured."
        )
    return driven


def _still(values: Array) -> bool:
    known = values[np.isfinite(values)]
    return known.size < 2 or float(np.ptp(known)) < 1e-9


def _with_prior(
    driven: Driven, days: KnownDays, prior: Ensemble, method: str, *, horizon: int, n_paths: int, seed: int
) -> tuple[str, Array, tuple[str, ...]]:
    """Paths on the working scale, of simulated runs and of the known days carried on alone."""
    runs = moved_runs(driven, days, prior, horizon, n_paths)
    known = int(np.isfinite(driven.panel.values).sum(axis=1).max(initial=0))
    if known < _FEW_DAYS:
        return (
            "simulator",
            runs,
            (f"{known} known days: all paths are simulated runs, moved to the level of these days.",),
        )
    name, why, fitted = _fitted(method, driven)
    own = fitted.predict(horizon, n_paths, seed)
    share = f"{100 * weight_of_days(known):.0f}"
    said = f"{known} known days: {share} % of the paths carry them on, the others are simulated runs at their level."
    return f"{name}+simulator", mixed(own, runs, known, seed), (said, *why, *fitted.reasons)


def _fitted(method: str, driven: Driven) -> tuple[str, tuple[str, ...], Fitted]:
    """The method's name, why "auto" chose it, and its fit."""
    if method != "auto":
        return method, (), forecaster(method).fit(driven.panel)
    known = int(np.isfinite(driven.panel.values).sum(axis=1).max(initial=0))
    if known < _FEW_DAYS:
        said = f"{known} known days do not show a weekly pattern; that takes {_FEW_DAYS}."
        return "naive", (said,), forecaster("naive").fit(driven.panel)
    own = Own().fit(driven.panel)
    if min(own.against) > 1.0:
        said = "From past days, the last week again erred less than 'storesim' at every horizon."
        return "seasonal_naive", (said,), forecaster("seasonal_naive").fit(driven.panel)
    said = f"{known} known days show a weekly pattern; in trials the bands of 'storesim' held best."
    return "storesim", (said,), own


def _paths(
    driven: Driven, method: str, horizon: int, n_paths: int, seed: int, *, told: Answer | None = None
) -> tuple[str, Array, tuple[str, ...]]:
    """The method's name, counts [n_paths, horizon, n_channels, n_counts], and the reasons for both.

    Where days answer to a plan, the method carries on what they would have been at the usual spend and price.
    """
    name, why, fitted = _fitted(method, replace(driven, panel=told.without(driven.panel)) if told else driven)
    made = fitted.predict(horizon, n_paths, seed)
    counts = driven.counts(made + told.added(n_paths, seed) if told else made, seed)
    counts.setflags(write=False)
    return name, counts, (*why, *fitted.reasons, *(remarks_of(told) if told else ()))


def _remarks(days: KnownDays, driven: Driven) -> tuple[str, ...]:
    """What a reader should know of the days behind the forecast."""
    said = []
    gone = int(np.isnan(driven.panel.values[:, driven.closed.was_open.any(axis=0)]).any(axis=0).sum())
    share = driven.closed.share_shut
    if share > 0:
        said.append(
            f"On {100 * share:.0f} % of its open weekdays the store was closed; the paths are as often, at random."
        )
    if gone > 0:
        said.append(f"On {gone} open days some figure is unknown; such days are left out of the fit.")
    if days.aside:
        said.append(f"Not forecast, because days do not add up or are kept elsewhere: {', '.join(days.aside)}.")
    return tuple(said)
