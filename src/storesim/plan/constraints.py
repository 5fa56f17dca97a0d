"""What a target sets beside its sum: months and quarters that are settled, visitors and ad spend of the year."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from storesim.errors import PlanError
from storesim.plan.channels import steepness
from storesim.plan.drivers import Drivers
from storesim.plan.limits import Limit
from storesim.plan.periods import QUARTERS, YearOutlook
from storesim.scenario.targets import Target

Array = NDArray[np.float64]


def limits_of(drivers: Drivers, target: Target) -> list[Limit]:
    """The limit on visitors, and quarters whose GMV is settled.

    Raises
    ------
    PlanError
        If visitors are limited and not forecast, or a quarter without sales is settled.
    """
    found: list[Limit] = []
    if target.uv_limit is not None:
        if "uv" not in drivers.names:
            raise PlanError("uv_limit limits visitors, and the forecast knows none")
        weights = np.array([float(name == "uv") for name in drivers.names])
        found.append(Limit("uv_limit", np.zeros(12), weights, target.uv_limit))
    product = (np.arange(len(drivers.names)) < drivers.identity).astype(np.float64)
    for name, amount in target.fixed.items():
        if name.startswith("Q"):
            months = QUARTERS[int(name[1:]) - 1]
            _check_alive(drivers, name, months, amount)
            offset = np.full(12, -np.inf)
            offset[months] = 0.0
            found.append(Limit(name, offset, product, amount, exact=True))
    return found


def months_set(drivers: Drivers, target: Target) -> Array | None:
    """[12] GMV of months that are settled, NaN elsewhere; None if none is. PlanError for a month without sales."""
    fixed = np.full(12, np.nan)
    for name, amount in target.fixed.items():
        if not name.startswith("Q"):
            month = int(name) - 1
            _check_alive(drivers, f"month {name}", slice(month, month + 1), amount)
            fixed[month] = amount
    return None if np.isnan(fixed).all() else fixed


def ad_limit(forecast: YearOutlook, n_drivers: int, most: float) -> Limit:
    """Ad spend of the year as a limit: the forecast's spend, rising with visitors as its paths show."""
    spend, uv = (forecast.monthly(name) for name in ("ad_spend", "uv"))
    steep = steepness(spend, uv)
    means = spend.mean(axis=0)
    logs = np.log(np.maximum(uv, 0.5)).mean(axis=0)
    weights = np.zeros(n_drivers)
    weights[0] = steep
    offset = np.where(means > 0, np.log(np.maximum(means, 1e-300)) - steep * logs, -np.inf)
    return Limit("ad_budget", offset, weights, most)


def _check_alive(drivers: Drivers, name: str, months: slice, amount: float) -> None:
    if amount > 0 and not drivers.alive[months].any():
        raise PlanError(f"fixed gives {name} an amount, but the forecast has no GMV in it; leave it out")
