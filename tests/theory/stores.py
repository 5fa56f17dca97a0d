"""The shipped store with everything off but the part under test, and z-tests over its runs."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

PLAIN_CHANNEL = {"bounce": 0, "depth": 2}
FREE_CHANNEL = {
    **PLAIN_CHANNEL, "mechanism": "organic", "share": 1, "weight": 1, "popularity": 0, "conversion_effect": 0,
    "score_effect": 0, "price_effect": 0, "out_of_stock_effect": 0,
}  # fmt: skip
ITEM = {"sku": "A", "price": 10, "cost": 4}


def quiet_store(
    visitors_a_day: float,
    *,
    days: int = 365,
    channels: Mapping[str, Any] | None = None,
    skus: list[dict[str, Any]] | None = None,
    conversion: Mapping[str, Any] | None = None,
    stock: Mapping[str, Any] | None = None,
    service: Mapping[str, Any] | None = None,
) -> Scenario:
    """A store without season, luck of the market, rivals' moods, members or feedback of any kind.

    With weight 1 against rivals of strength 1 the free channel brings half of the market's searches, so the market has
    twice `visitors_a_day`.
    """
    return Scenario.model_validate(
        {
            "store": {"name": "Test", "opened": "2027-01-01"},
            "horizon": days,
            "market": {
                "searches_per_day": 2 * visitors_a_day, "weekend": 1, "hours": [1] * 24,
                "season": [0.25] * 4,
                "noise": {"sd": 0}, "rivals": {"sd": 0},
            },
            "channels": dict(channels or {"search": FREE_CHANNEL}),
            "catalogue": {"skus": skus or [ITEM], "lines": 1, "quantity": 1, "substitution": 0},
            "operations": {
                "conversion": {"base": 0, "review_lift": 1, "score_effect": 0, "browse": 0, **(conversion or {})},
                "stock": {"policy": "unlimited", **(stock or {})},
                "returns": {"rate": 0}, "reviews": {"chance": 0},
                "service": {"agents": 0, "asks": 0, "open": "0-24", **(service or {})},
            },
        }
    )  # fmt: skip


def luck_of(case: str) -> int:
    """A seed of the case's own: cases that shared their visitors would err together, and look like one fault."""
    return zlib.crc32(case.encode())


def runs_of(scenario: Scenario, n_runs: int, seed: int = 20270101) -> list[Run]:
    """Independent runs of a scenario."""
    return [simulate(scenario, seed=seed, run=run) for run in range(n_runs)]


def log_of(scenario: Scenario, *, seed: int = 5, rows: int = 2_000_000) -> np.ndarray:
    """`[n, N_LOG]` visitor log of one run."""
    store = Store(blueprint(scenario), seed, 0, log_rows=rows)
    store.live()
    log = store.kernel.log()
    assert len(log) < rows, "the log is full"
    return log


def z_of(values: list[float], expected: float) -> float:
    """Standard errors between the mean of independent `values` and what theory expects."""
    sample = np.array(values)
    return float((sample.mean() - expected) / (sample.std(ddof=1) / math.sqrt(sample.size)))


def z_over(runs: list[Run], measure: Callable[[Run], float], expected: float) -> float:
    """`z_of` one figure a run."""
    return z_of([measure(run) for run in runs], expected)
