"""What a simulated time looks like in a few lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from storesim.results.ensemble import Ensemble, quantiles_over_runs
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


def as_json(ensemble: Ensemble) -> dict[str, object]:
    """The same for a program to read: dates as text."""
    reached: list[Mapping[str, object]] = [
        vars(entered) | {"median": entered.median and entered.median.isoformat()} for entered in stages(ensemble)
    ]
    return {"figures": [vars(figure) for figure in figures(ensemble)], "stages": reached}


def _figure(ensemble: Ensemble, name: str) -> Figure:
    p10, p50, p90 = quantiles_over_runs(ensemble.total(name)[:, np.newaxis], LEVELS)[0]
    return Figure(name, float(p10), float(p50), float(p90))


def _entered(start: dt.date, reached: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], name: str) -> Entered:
    ever = reached.any(axis=1)
    if not ever.any():
        return Entered(name, 0.0, None)
    days = np.sort(reached[ever].argmax(axis=1))
    return Entered(name, float(ever.mean()), start + dt.timedelta(days=int(days[(len(days) - 1) // 2])))
