"""When orders are placed and whether they are paid, against what JD measured (MODEL section 7)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import optimize, stats

from storesim.engine import day as d
from storesim.engine.attribution import N_CREDITED, N_DELAYS, credit
from storesim.results.attribution import within
from storesim.scenario.operations import Conversion
from tests.theory.evidence import Evidence
from tests.theory.stores import log_of, luck_of, quiet_store, runs_of

PLACED = ((12.5, 0.5, "half a day"), (24.0, 0.6, "a day"), (168.0, 0.89, "a week"))
"""Share of orders placed within some hours of the first look, on JD (MODEL 7, A)."""

LATER, PAID = 0.6803, 0.86
ONE_DAY = {"stages.growth": {"gate": {"on": "2027-01-02"}, "playbook": {"channels.search.share": 0}}}
"""Visitors come on the first day only, so that a place in that day's stream names each."""


def _placed(hours: float, later: float, median: float, sd: float) -> float:
    """Share of orders placed within `hours`: the rest at once, these after a lognormal time."""
    return float(1.0 - later + later * stats.norm.cdf(math.log(hours / median) / sd))


def test_three_published_points_leave_one_law_of_the_time_to_an_order() -> None:
    def gaps(law: Any) -> list[float]:
        return [_placed(hours, law[0], math.exp(law[1]), law[2]) - share for hours, share, _ in PLACED]

    later, log_median, sd = optimize.fsolve(gaps, [0.5, 3.0, 1.0], xtol=1e-13)

    defaults = Conversion()
    assert later == pytest.approx(LATER, abs=5e-5)
    assert math.exp(log_median) == pytest.approx(defaults.later_median, abs=5e-3)
    assert sd == pytest.approx(defaults.later_sd, abs=5e-5)


def test_orders_are_placed_within_half_a_day_a_day_and_a_week_as_on_jd(evidence: Evidence) -> None:
    seed = luck_of("orders placed later")
    scenario = quiet_store(40_000, days=60, conversion={"base": 0.5}).with_(ONE_DAY)
    decided = log_of(scenario, seed=seed)
    placed = log_of(scenario.with_({"operations.conversion.later": LATER}), seed=seed)

    at = dict(zip(placed[:, d.LOG_INDEX], placed[:, d.LOG_TIME], strict=True))
    waits = np.array([at.get(who, math.inf) for who in decided[:, d.LOG_INDEX]]) - decided[:, d.LOG_TIME]

    assert set(at) <= set(decided[:, d.LOG_INDEX])
    for hours, share, words in PLACED:
        evidence.mean(
            f"orders placed within {words} of the first look", expected=share, values=(waits <= hours).astype(float),
            size=f"{waits.size:,} decisions to buy", source="JD (MODEL 7, A)",
        )  # fmt: skip


def test_the_share_of_orders_paid_is_that_of_the_setting(evidence: Evidence) -> None:
    scenario = quiet_store(200, days=50, conversion={"base": 0.5, "paid": PAID})
    runs = runs_of(scenario, 12, luck_of("orders paid"))

    paid = [run.total("orders") / (run.total("orders") + run.total("unpaid_orders")) for run in runs]

    evidence.mean(
        "share of orders placed that are paid", expected=PAID, values=paid, size="12 runs of 50 days",
        source="MODEL 7 (B)",
    )  # fmt: skip


def _report(click: int, order: int, by: str, window: int) -> bool:
    """Whether a report of 1 to 10 August counts an order; days count from 1 July."""
    attributed = np.zeros((2, 80, 1, N_DELAYS, N_CREDITED))
    getattr(credit, "py_func", credit)(attributed, 0, click, order, 3.0, 100.0)
    orders, fen, lines = within(attributed, by, window)[31:41, 0].sum(axis=0)
    assert (fen, lines) == (100.0 * orders, 3.0 * orders)
    return bool(orders > 0.0)


def test_the_windows_reach_as_far_as_in_the_dated_example_of_jd(evidence: Evidence) -> None:
    about = {"size": "orders of each day, one by one", "source": "jzt.jd.com/study/kuaichemedia/941.jhtml (A)"}

    same_day = [(c, o) for c in range(60) for o in range(c, 62) if _report(c, o, "click", 0)]
    last = max(order for order in range(40, 80) if _report(40, order, "click", 15))
    earliest = min(click for click in range(32) if _report(click, 31, "order", 15))
    by_order = [(c, o) for c in range(60) for o in range(c, 62) if _report(c, o, "order", 15)]

    assert same_day == [(day, day) for day in range(31, 41)]
    assert {o for _, o in by_order} == set(range(31, 41))
    evidence.exact("1 to 10 August, same day: orders counted of one a day", expected=10, got=len(same_day), **about)
    evidence.exact("1 to 10 August, 15 days by click: last order, August", expected=25, got=last - 30, **about)
    evidence.exact("1 to 10 August, 15 days by order: first click, July", expected=16, got=earliest + 1, **about)
