"""Base stock with lost sales is Erlang's loss system, whatever the law of the lead time (CHECKS, "Stock")."""

from __future__ import annotations

import pytest

from storesim.results.run import Run
from tests.theory.evidence import Evidence
from tests.theory.formulas import erlang_b
from tests.theory.stores import luck_of, quiet_store, runs_of

ALWAYS = 0.999999
RUNS = 16
DAYS, WARM = 500, 100


@pytest.mark.parametrize(
    ("stock", "lead_demand", "lead_days", "loss", "spread"),
    [
        (5, 3, 6, 0.11005435, 0.0),
        (5, 3, 6, 0.11005435, 0.3),
        (10, 8, 6, 0.12166106, 0.3),
        (100, 90, 10, 0.02695738, 0.3),
        (20, 15, 5, round(erlang_b(20, 15), 8), 0.6),
    ],
)
def test_the_share_of_lost_sales_is_erlang_b(
    stock: int, lead_demand: float, lead_days: float, loss: float, spread: float, evidence: Evidence
) -> None:
    n_skus = max(2, 120 // lead_demand)
    skus = [{"sku": f"S{i}", "price": 10, "cost": 4, "stock": stock, "lead_time": lead_days} for i in range(n_skus)]
    scenario = quiet_store(
        n_skus * lead_demand / lead_days, days=DAYS, skus=skus, conversion={"base": ALWAYS},
        stock={"policy": "base", "lead_sd": spread},
    )  # fmt: skip

    def lost_after_start(run: Run) -> float:
        lost = run.daily("lost_units")[WARM:].sum()
        return float(lost / (lost + run.daily("units")[WARM:].sum()))

    law = f"lognormal lead time, σ {spread:g}" if spread else "fixed lead time"
    case = f"stock {stock}, lead-time demand {lead_demand:g}, {law}: share lost"
    evidence.mean(
        case, expected=loss, values=[lost_after_start(run) for run in runs_of(scenario, RUNS, luck_of(case))],
        size=f"{RUNS} runs of {DAYS} days, {n_skus} SKUs, first {WARM} days left out",
        source="Erlang B; any lead time of that mean (Karush 1957)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("stock", "load", "loss"), [(5, 3, 0.11005435), (10, 8, 0.12166106), (100, 90, 0.02695738)]
)  # fmt: skip
def test_published_losses_are_those_of_the_formula(stock: int, load: float, loss: float) -> None:
    assert erlang_b(stock, load) == pytest.approx(loss, abs=6e-9)
