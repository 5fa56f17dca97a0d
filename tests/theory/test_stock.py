"""Lost sales and stock under each policy, and the seasonal buy, against exact results (CHECKS, "Stock")."""

from __future__ import annotations

import pytest

from storesim.model.blueprint import blueprint
from storesim.results.run import Run
from storesim.scenario.document import Scenario
from tests.theory.evidence import Evidence
from tests.theory.formulas import erlang_b, lot_size_losses, lot_size_stock, newsvendor_profit, periodic_losses
from tests.theory.stores import luck_of, quiet_store, runs_of

ALWAYS = 0.999999
RUNS = 16
DAYS, WARM = 200, 60
"""The days counted are whole weeks and whole fives: the reviews of stock."""

SKUS, LOTS = 20, 60


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
    n_skus = max(6, 360 // lead_demand)
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


def _lost_share(run: Run) -> float:
    """Share of the pieces asked for that were lost, after the start."""
    lost = run.daily("lost_units")[WARM:].sum()
    return float(lost / (lost + run.daily("units")[WARM:].sum()))


def _lot_store(policy: str, stock: dict[str, float], *, rate: float, lead: float, first: int) -> Scenario:
    """60 SKUs with `rate` pieces a day each, whose remembered rate does not move (the memory outlasts the run)."""
    skus = [{"sku": f"S{i}", "price": 10, "cost": 4, "stock": first, "lead_time": lead} for i in range(LOTS)]
    return quiet_store(
        LOTS * rate, days=DAYS, skus=skus, conversion={"base": ALWAYS},
        stock={"policy": policy, "lead_sd": 0, "expected_units": LOTS * rate, "memory": 1e12, **stock},
    )  # fmt: skip


@pytest.mark.parametrize(("policy", "s", "lot"), [("sQ", 3, 8), ("sS", 5, 7)])
def test_a_lot_size_policy_loses_and_holds_what_its_renewal_cycle_says(
    policy: str, s: int, lot: int, evidence: Evidence
) -> None:
    rate, lead = 1.0, 4.0
    # Half a piece below the whole number that the policy rounds up to, so that the last bit decides nothing.
    stock = {"safety": s - 0.5 - lead if s > lead else 0.0, "lot": lot - 0.5}
    lead_used = lead if s > lead else s - 0.5
    scenario = _lot_store(policy, stock, rate=rate, lead=lead_used, first=s + lot)
    case = f"({'s, Q' if policy == 'sQ' else 's, S'}), s = {s}, Q = {lot}, lead-time demand {lead_used:g}"
    runs = runs_of(scenario, RUNS, luck_of(case))
    size = f"{RUNS} runs of {DAYS} days, {LOTS} SKUs, first {WARM} days left out"

    evidence.mean(
        f"{case}: share lost", expected=round(lot_size_losses(s, lot, rate * lead_used), 8),
        values=[_lost_share(run) for run in runs], size=size,
        source="Hadley and Whitin 1963, lost sales, one order out",
    )  # fmt: skip
    evidence.mean(
        f"{case}: mean stock of an SKU", expected=round(lot_size_stock(s, lot, rate, lead_used), 8),
        values=[float(run.daily("stock_units")[WARM:].mean()) / LOTS for run in runs], size=size,
        source="renewal reward over one cycle",
    )  # fmt: skip


@pytest.mark.parametrize(("level", "review", "lead"), [(9, 7, 2), (6, 5, 1)])
def test_periodic_review_loses_what_its_markov_chain_says(
    level: int, review: int, lead: int, evidence: Evidence
) -> None:
    scenario = _lot_store(
        "RS", {"every": review, "safety": level - 0.5 - review - lead if level > review + lead else 0.0},
        rate=1.0 if level > review + lead else (level - 0.5) / (review + lead), lead=lead, first=level,
    )  # fmt: skip
    rate = scenario.operations.stock.expected_units / LOTS
    case = f"(R, S), R = {review} days, S = {level}, rate {rate:.3f}, lead time {lead} days: share lost"

    evidence.mean(
        case, expected=round(periodic_losses(level, rate, review, lead), 8),
        values=[_lost_share(run) for run in runs_of(scenario, RUNS, luck_of(case))],
        size=f"{RUNS} runs of {DAYS} days, {LOTS} SKUs, first {WARM} days left out",
        source="stationary law of the stock at a review",
    )  # fmt: skip


PRICE, COST, SALVAGE, MEAN, SEASON_DAYS, SEASONS = 10.0, 4.0, 0.25, 60.0, 30, 30


def _season(bought: int | None, **season: object) -> Scenario:
    """SKUs that each sell a Poisson number with mean `MEAN` in a season, and no cost but that of the goods."""
    items = [{"sku": f"S{i}", "price": PRICE, "cost": COST, "season_buy": bought} for i in range(SKUS)]
    quiet = quiet_store(
        SKUS * MEAN / SEASON_DAYS, days=SEASON_DAYS, skus=items, conversion={"base": ALWAYS},
        stock={
            "policy": "seasonal",
            "season": {
                "from": "2027-01-01", "to": "2027-01-30", "units": SKUS * MEAN, "left": "clear",
                "salvage": SALVAGE, **season,
            },
        },
    )  # fmt: skip
    free = ("commission", "transaction_fee", "parcel", "other_wages", "overheads", "agent_wage")
    return quiet.with_({f"operations.money.{name}": 0 for name in free} | {"operations.dispatch.penalty": 0})


@pytest.mark.parametrize("bought", [48, 60, 66, 78])
def test_a_seasonal_buy_earns_what_the_newsvendor_formula_says(bought: int, evidence: Evidence) -> None:
    case = f"bought {bought} for a season that asks for {MEAN:g} on average: profit, CNY"

    evidence.mean(
        case, expected=round(newsvendor_profit(bought, MEAN, PRICE - COST, COST * (1.0 - SALVAGE)), 8),
        values=[run.total("profit") / SKUS for run in runs_of(_season(bought), SEASONS, luck_of(case))],
        size=f"{SEASONS} seasons of {SEASON_DAYS} days, {SKUS} SKUs, price {PRICE:g}, cost {COST:g}, salvage "
        f"{SALVAGE * COST:g}",
        source="newsvendor, Poisson demand (Arrow, Harris and Marschak 1951)",
    )  # fmt: skip


def test_the_newsvendor_buys_where_the_profit_curve_is_highest() -> None:
    scenario = _season(None, quantity="newsvendor", spread=0)
    curve = {q: newsvendor_profit(q, MEAN, PRICE - COST, COST * (1.0 - SALVAGE)) for q in range(40, 90)}
    best = max(curve, key=lambda q: curve[q])

    bought, *_ = blueprint(scenario).policies[0].opening.tolist()

    # The normal law in place of Poisson's is right to a piece.
    assert abs(bought - best) <= 1
    assert curve[best] - curve[bought] < 0.001 * curve[best]
