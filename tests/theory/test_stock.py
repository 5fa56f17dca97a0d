"""Base stock with lost sales is Erlang's loss system, whatever the law of the lead time (CHECKS, "Stock")."""

from __future__ import annotations

import pytest

from storesim.results.run import Run
from tests.theory.stores import quiet_store, runs_of, z_over

ALWAYS = 0.999999


@pytest.mark.parametrize(
    ("stock", "lead_demand", "lead_days", "loss", "spread"),
    [
        (5, 3, 6, 0.11005435, 0.0),
        (5, 3, 6, 0.11005435, 0.3),
        (10, 8, 6, 0.12166106, 0.3),
        (100, 90, 10, 0.02695738, 0.3),
    ],
)
def test_the_share_of_lost_sales_is_erlang_b(
    stock: int, lead_demand: float, lead_days: float, loss: float, spread: float
) -> None:
    n_skus = max(2, 120 // lead_demand)
    skus = [{"sku": f"S{i}", "price": 10, "cost": 4, "stock": stock, "lead_time": lead_days} for i in range(n_skus)]
    scenario = quiet_store(
        n_skus * lead_demand / lead_days, days=700, skus=skus, conversion={"base": ALWAYS},
        stock={"policy": "base", "lead_sd": spread},
    )  # fmt: skip

    runs = runs_of(scenario, 12)

    def lost_after_start(run: Run) -> float:
        lost = run.daily("lost_units")[100:].sum()
        return float(lost / (lost + run.daily("units")[100:].sum()))

    assert abs(z_over(runs, lost_after_start, loss)) < 3.0
