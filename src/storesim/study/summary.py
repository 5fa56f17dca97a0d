"""What a simulated time looks like in a few lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from storesim.results.ensemble import Ensemble, quantiles_over_runs
from storesim.results.periods import period_bounds, periods_between
from storesim.scenario.store import STAGES

KPIS: Final = (
    "gmv", "uv", "pv", "buyers", "cvr", "aov", "ad_spend", "cpc", "roas", "ad_share", "refunds", "profit",
)  # fmt: skip
LEVELS: Final = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Figure:
    """A count or ratio over the whole time: quantiles over the runs."""

    kpi: str
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True)
class Entered:
    """When a stage was first reached."""

    stage: str
    chance: float
    """Share of runs that reached it."""

    median: dt.date | None
    """First date by which half of the runs that ever reached it had; none if no run did."""


def figures(ensemble: Ensemble) -> tuple[Figure, ...]:
    """P10, P50 and P90 of each of `KPIS` over all days."""
    return tuple(_figure(ensemble, name) for name in KPIS)


def stages(ensemble: Ensemble) -> tuple[Entered, ...]:
    """When growth and stable were reached."""
    stage = ensemble.daily("stage")
    return tuple(_entered(ensemble.start, stage >= index, name) for index, name in enumerate(STAGES) if index > 0)


@dataclass(frozen=True)
class Milestones:
    """Shares of the runs by the end of a date."""

    by: dt.date
    growth: float
    stable: float
    ruin: float
    """Cash was below 0 on some day so far."""


def milestones(ensemble: Ensemble, level: Literal["month", "quarter"] = "month") -> tuple[Milestones, ...]:
    """The chance of each stage, and of ruin, by the last day of each period."""
    ends = (period_bounds(key)[1] for key in periods_between(ensemble.start, ensemble.last_day, level))
    dates = [min(end, ensemble.last_day) for end in ends]
    return tuple(
        Milestones(by, ensemble.reached("growth", by), ensemble.reached("stable", by), ensemble.ruined(by))
        for by in dates
    )


def as_json(ensemble: Ensemble) -> dict[str, object]:
    """The same for a program to read: dates as text."""
    reached: list[Mapping[str, object]] = [
        vars(entered) | {"median": entered.median and entered.median.isoformat()} for entered in stages(ensemble)
    ]
    by_month = [vars(month) | {"by": month.by.isoformat()} for month in milestones(ensemble)]
    return {
        "figures": [vars(figure) for figure in figures(ensemble)],
        "stages": reached,
        "never_left_launch": 1.0 - ensemble.reached("growth"),
        "ruin": ensemble.ruined(),
        "by_month": by_month,
    }


def _figure(ensemble: Ensemble, name: str) -> Figure:
    p10, p50, p90 = quantiles_over_runs(ensemble.total(name)[:, np.newaxis], LEVELS)[0]
    return Figure(name, float(p10), float(p50), float(p90))


def _entered(start: dt.date, reached: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], name: str) -> Entered:
    ever = reached.any(axis=1)
    if not ever.any():
        return Entered(name, 0.0, None)
    days = np.sort(reached[ever].argmax(axis=1))
    return Entered(name, float(ever.mean()), start + dt.timedelta(days=int(days[(len(days) - 1) // 2])))
