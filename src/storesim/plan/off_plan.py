"""Days that are over against the plan: what went otherwise, since when, ranked by its effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan.actuals import Actuals, actuals_of
from storesim.plan.diagnosis import Diagnosis, Symptom, ranked
from storesim.plan.exact import Whole
from storesim.plan.gap import planned_days
from storesim.plan.goals import PAID, Goals
from storesim.plan.lmdi import Cause, causes
from storesim.plan.remedies import levers
from storesim.plan.windows import Windows, ratio_of, shifted_since
from storesim.results.history import History

Array = NDArray[np.float64]

_CHAINS = {"gmv": (("uv", "uv"), ("buyers", "cvr"), ("gmv", "aov")), "pv": (("uv", "uv"), ("pv", "depth"))}
_SURE = 2.0


def diagnose_against(history: History, goals: Goals) -> Diagnosis:
    """What of the days that are over went otherwise than planned, ranked by its effect on GMV.

    Parameters
    ----------
    history
        Every day of the plan up to the last that is over, with visitors, buyers and GMV.
    goals
        The plan, day by day.

    Raises
    ------
    PlanError
        If the history does not hold the days of the plan, or the plan has no days.
    """
    days = [dt.date.fromisoformat(row.period) for row in goals.rows if row.level == "day"]
    if not days:
        raise PlanError("the plan has no goals by day, so days that are over cannot be held against it")
    actuals = actuals_of(history, goals.year, min(days))
    planned = planned_days(goals, actuals)
    at = (actuals.first - history.start).days
    elapsed = slice(at, at + actuals.counts["gmv"].size)
    chosen = Windows(history.start, elapsed, elapsed, "plan")
    symptoms: dict[str, list[Symptom]] = {}
    for kpi, chain in _CHAINS.items():
        if any(name not in planned or name not in actuals.counts for name, _ in chain):
            symptoms[kpi] = []
            continue
        totals = [[int(of[name].sum()) for name, _ in chain] for of in (planned, actuals.counts)]
        split = causes({"": totals[0]}, {"": totals[1]}, [factor for _, factor in chain])
        symptoms[kpi] = [_off_plan(cause, planned, actuals, chain) for cause in split]
    gmv = (int(planned["gmv"].sum()) / 100, int(actuals.counts["gmv"].sum()) / 100)
    return Diagnosis(history.name, chosen, *gmv, ranked(symptoms["gmv"]), ranked(symptoms["pv"]), ())


def _off_plan(
    cause: Cause, planned: Mapping[str, Whole], actuals: Actuals, chain: Sequence[tuple[str, str]]
) -> Symptom:
    """One cause of a gap between plan and actuals."""
    at = next(place for place, (_, factor) in enumerate(chain) if factor == cause.factor)
    sides = []
    for of in (planned, actuals.counts):
        above = of[chain[at][0]].astype(np.float64) / (100.0 if chain[at][0] in PAID else 1.0)
        below = of[chain[at - 1][0]].astype(np.float64) if at else np.ones_like(above)
        sides.append((above, below))
    plan, real = (ratio_of(above, below) for above, below in sides)
    with np.errstate(divide="ignore", invalid="ignore"):
        off = (sides[1][0] / sides[1][1]) / (sides[0][0] / sides[0][1])
    off = np.where(np.isfinite(off), off, np.nan)
    usual = bool(_lasting(off) < _SURE)
    since = None if usual else shifted_since(off, actuals.first, slice(0, off.size))
    views = chain[-1][0] == "pv"
    amount = cause.amount / (1.0 if views else 100.0)
    return Symptom("", cause.factor, amount, plan, real, since, usual, levers("", cause.factor, paid=False), views)


def _lasting(off: Array) -> float:
    """How many standard errors the mean logarithm of actual over planned is from 0, neighbouring days being alike."""
    logs = np.log(off[np.isfinite(off) & (off > 0)])
    if logs.size < 3:
        return 0.0
    centred = logs - logs.mean()
    spread = float(centred.std())
    if spread == 0.0:
        return float("inf") if logs.mean() else 0.0
    alike = float(np.clip((centred[1:] * centred[:-1]).mean() / spread**2, 0.0, 0.9))
    return float(abs(logs.mean()) / (spread * np.sqrt((1 + alike) / (1 - alike) / logs.size)))
