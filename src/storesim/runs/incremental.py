"""What a paid channel truly adds: the same store on the same luck without it, and with a tenth more budget."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from storesim.errors import UsageError
from storesim.runs.budgets import budgets_of, with_budgets
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

KPIS = ("gmv", "profit", "uv", "ad_spend")
RAISE = 1.1


@dataclass(frozen=True)
class Incremental:
    """What a channel adds to the totals of a run: (mean, standard error) of paired runs, in the unit of each KPI."""

    added: dict[str, tuple[float, float]]
    """The store as it is, less the store without the channel."""

    marginal: dict[str, tuple[float, float]]
    """The store with a tenth more budget, less the store as it is."""

    @property
    def roi(self) -> float:
        """GMV added per CNY spent; NaN where nothing was spent."""
        return _ratio(self.added)

    @property
    def marginal_roi(self) -> float:
        """GMV added per CNY of the last tenth of the budget; NaN where none of it was spent."""
        return _ratio(self.marginal)


def incremental(scenario: Scenario, channel: str, *, n_runs: int = 20, seed: int = 0) -> Incremental:
    """What a channel with a daily budget adds to GMV, profit, visitors and spend of the whole store.

    Budgets that a playbook sets are switched off and raised with the channel's own.

    Raises
    ------
    UsageError
        If the channel has no daily budget, or there are fewer than two runs.
    """
    budget = budgets_of(scenario, [channel])[channel]
    if n_runs < 2:
        raise UsageError(f"{n_runs} runs have no standard error; ask for two or more")
    stores = (scenario, *(with_budgets(scenario, {channel: factor * budget}) for factor in (0.0, RAISE)))
    totals = np.array(
        [[[simulate(store, seed, run).total(kpi) for kpi in KPIS] for store in stores] for run in range(n_runs)]
    )
    return Incremental(_paired(totals[:, 0] - totals[:, 1]), _paired(totals[:, 2] - totals[:, 0]))


def _paired(more: np.ndarray) -> dict[str, tuple[float, float]]:
    errors = more.std(axis=0, ddof=1) / np.sqrt(len(more))
    return {kpi: (float(more[:, i].mean()), float(errors[i])) for i, kpi in enumerate(KPIS)}


def _ratio(added: dict[str, tuple[float, float]]) -> float:
    spend = added["ad_spend"][0]
    return added["gmv"][0] / spend if spend != 0.0 else float("nan")
