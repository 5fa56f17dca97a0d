"""What balances in every run: stock to the piece, and ratios against counts at every grain (CHECKS, "Always")."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario
from tests.theory.evidence import Evidence

DAYS, OPENING = 60, 40.0
BUSY = {
    "market.searches_per_day": 40_000, "catalogue.skus.0.stock": 30, "catalogue.skus.1.stock": 10,
    "operations.stock.expected_units": 4, "operations.stock.safety": 0, "operations.stock.lot": 4,
}  # fmt: skip


def _busy(restock: float, policy: str = "sQ") -> Run:
    """A store with every mechanism on, returns of a third, and too little stock."""
    returns = {"operations.returns.rate": 0.33, "operations.returns.restock": restock}
    return simulate(scenario({**BUSY, **returns, "operations.stock.policy": policy}), seed=11)


@pytest.mark.parametrize("policy", ["sQ", "base"])
@pytest.mark.parametrize(("restock", "words"), [(0.0, "written off"), (1.0, "put back")])
def test_opening_and_received_less_sold_is_closing_stock_to_the_piece(
    restock: float, words: str, policy: str, evidence: Evidence
) -> None:
    run = _busy(restock, policy)

    back = restock * run.daily("returned_units")
    closing = OPENING + np.cumsum(run.daily("received_units") + back - run.daily("units"))
    wrong = int((closing != run.daily("stock_units")).sum())

    assert run.total("returned_units") > 20
    assert run.total("lost_units") > 20
    evidence.exact(
        f"opening + received + returned to the shelf − sold = closing, {policy}, returns {words}: days that differ",
        expected=0, got=wrong, size=f"{DAYS} days, everything on", source="counting",
    )  # fmt: skip


@pytest.mark.parametrize(("left", "factors"), [("gmv", ("uv", "cvr", "aov")), ("pv", ("uv", "depth"))])
def test_ratios_multiply_back_to_counts_at_every_grain(left: str, factors: tuple[str, ...], evidence: Evidence) -> None:
    run = _busy(0.5)

    spans = [(a, b) for a in range(0, DAYS, 5) for b in range(a, DAYS, 7)]
    wrong = 0
    for channel in (None, *run.channels):
        for a, b in spans:
            dates = [run.dates[0] + dt.timedelta(days=day) for day in (a, b)]
            product = np.prod([run.total(name, channel, *dates) for name in factors])
            count = run.total(left, channel, *dates)
            # A ratio of nothing is unknown; the count beside it is then nothing.
            wrong += not (abs(product - count) <= 1e-9 * count if np.isfinite(product) else count == 0.0)

    evidence.exact(
        f"{left.upper()} = {' · '.join(name.upper() for name in factors)} to 1e-9: spans and channels that differ",
        expected=0, got=wrong, source="definition",
        size=f"{len(spans)} spans of 1 to {DAYS} days, {len(run.channels)} channels and the store",
    )  # fmt: skip
