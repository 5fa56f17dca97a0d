"""Small scenarios and pieces of them, for tests of the model's parts."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from storesim.engine.kernel import Kernel
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.model.today import Today
from storesim.scenario.document import Scenario

SKUS = (
    {"sku": "H", "role": "hero", "price": 100, "cost": 40, "popularity": 3},
    {"sku": "P", "role": "profit", "price": 200, "cost": 90, "popularity": 1},
)
EVERYTHING: Mapping[str, Any] = {
    "store": {"name": "Test", "opened": "2027-01-01"},
    "horizon": 60,
    "market": {"searches_per_day": 4000},
    "channels": {
        "search": {"mechanism": "organic"},
        "express": {"mechanism": "pay_per_click", "daily_budget": 150, "bid": 1.5},
        "direct_placement": {"mechanism": "placement", "daily_budget": 60, "audience": 20_000},
        "returning": {"mechanism": "returning"},
    },
    "catalogue": {"skus": list(SKUS)},
    "operations": {"service": {"agents": 1}},
}
"""Every mechanism of the first version on, a few hundred visitors a day."""


def scenario(changes: Mapping[str, Any] | None = None, base: Mapping[str, Any] = EVERYTHING) -> Scenario:
    """`base` with `changes` by dotted path; numbers in a path are places in a list."""
    settings = copy.deepcopy(dict(base))
    for path, value in copy.deepcopy(dict(changes or {})).items():
        *groups, last = path.split(".")
        place: Any = settings
        for group in groups:
            place = place[int(group)] if isinstance(place, list) else place.setdefault(group, {})
        if isinstance(place, list):
            place[int(last)] = value
        else:
            place[last] = value
    return Scenario.model_validate(settings)


def store(changes: Mapping[str, Any] | None = None, *, seed: int = 1, run: int = 0, log_rows: int = 0) -> Store:
    """The store of `scenario(changes)`, not yet alive."""
    return Store(blueprint(scenario(changes)), seed, run, log_rows=log_rows)


def morning(n_channels: int = 2, n_skus: int = 2, **known: Any) -> Today:
    """An opening with an empty plan; `known` replaces what stands in `Today`."""
    plan = Kernel([f"c{i}" for i in range(n_channels)], n_skus, 1, n_waves=2).plan
    facts = Today(day=0, stage=0, fresh=True, events=(), market=1.0, rivals=1.0, plan=plan)
    return facts._replace(**known)
