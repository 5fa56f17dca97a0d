"""The whole store with banners, posts and a platform beyond JD: `hurried`, and what it does not have of MODEL 3 and 12.

Two bookings overlap, so that the second finds what the first has left of the day's budget; a broadcast begins in the
evening; a marketplace takes visitors from JD, has a commission and a settlement of its own, and buys from the same
shelf.
"""

from __future__ import annotations

import numpy as np

from benchmarks.naive_wide_year import WideYear
from benchmarks.whole_store import (
    VISITORS,
    figures_of_plain,
    figures_of_run,
    hurried,
    names_of,
    store_of_plain,
    store_of_run,
)
from storesim.engine.day import F
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

MORE = ("offsite_gmv",)
DIGITS = 6
"""Behind the point of a figure: what banners cost is the same in every run, but for how its fen are added up."""


def wide(visitors_a_year: float, n_days: int = 90) -> Scenario:
    """The store of this comparison, opened in April 2027."""
    size = visitors_a_year / VISITORS
    return hurried(visitors_a_year, n_days).with_({
        "channels.banner": {
            "mechanism": "display", "daily_budget": 600.0 * size, "price": 40, "ctr": 0.03, "conversion": 1.2,
            "bookings": [
                {"from": "2027-04-06", "to": "2027-04-25", "impressions": round(12_000 * size)},
                {"from": "2027-04-20", "to": "2027-06-10"},
            ],
        },
        "channels.posts": {
            "mechanism": "burst", "half_life": 2, "spread": 0.4,
            "bursts": [
                {"on": "2027-04-12", "opens": "20:00", "visitors": 12_000.0 * size, "cost": 300},
                {"on": "2027-05-03", "visitors": 9_000.0 * size, "cost": 120},
            ],
        },
        "channels.vipshop": {
            "mechanism": "offsite", "potential": 2_500.0 * size, "half": 2_000.0 * size, "memory": 60, "settlement": 5,
            "commission": 0.08, "cannibalisation": 0.3, "upkeep": 30,
        },
    })  # fmt: skip


def wide_names(scenario: Scenario) -> tuple[str, ...]:
    """Columns of `wide_runs`."""
    return (*names_of(scenario), *MORE)


def wide_runs(scenario: Scenario, runs: range) -> F:
    """[n_runs, n_kpis] of storesim; `wide_names` are the columns."""
    played = (simulate(scenario, 1, run) for run in runs)
    return np.round([np.concatenate([figures_of_run(run), store_of_run(run, MORE)]) for run in played], DIGITS)


def wide_plain_runs(scenario: Scenario, runs: range) -> F:
    """[n_runs, n_kpis] of the plain store."""
    years = (WideYear(scenario, 1, run) for run in runs)
    return np.round([np.concatenate([figures_of_plain(year), store_of_plain(year, MORE)]) for year in years], DIGITS)
