"""The whole store with pacing, presales, members one by one, orders placed later and credited to clicks.

`hurried`, with a budget of ads that is to last the day, an opened presale of the heroes whose balances fall due while
shelves are short, a store that has traded before and knows its members, two coupons for groups of them, and orders that
count for ads within seven days of the click.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchmarks.naive_club import COUNTS
from benchmarks.naive_lively_year import KEPT, LivelyYear
from benchmarks.naive_shopping import Credit
from benchmarks.whole_store import figures_of_plain, figures_of_run, hurried, names_of, store_of_plain, store_of_run
from storesim import kpi
from storesim.engine import day as d
from storesim.engine.day import F
from storesim.results.attribution import within
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

WINDOWS = (0, 1, 3, 7, 15)
AD_CHANNELS = ("express", "direct_placement")
FROM, TO = 30, 59
"""First and last day of what a report is asked for."""

MORE = tuple(name for name in (*COUNTS, *KEPT) if name not in ("members",))


def lively(visitors_a_year: float, n_days: int = 90) -> Scenario:
    """The store of this comparison, opened in April 2027."""
    store = hurried(visitors_a_year, n_days)
    return store.with_({
        "channels.express.pacing": "smooth",
        "operations.conversion.later": 0.4,
        "operations.conversion.later_median": 30.0,
        "operations.conversion.paid": 0.9,
        "operations.attribution": {"window": 7, "by": "click"},
        "operations.members": {
            "model": "bg_nbd", "opening": 150, "opening_days": 200, "r": 0.5, "alpha": 15, "a": 0.8, "b": 2.4,
            "coupons": [
                {"name": "老客回馈", "from": "2027-04-21", "to": "2027-05-10", "customers": "old", "lapsed": 14,
                 "face": 20, "least": 150, "lift": 2},
                {"name": "升级礼", "from": "2027-05-12", "to": "2027-05-31", "levels": ["basic", "middle"], "face": 10},
            ],
        },
        "promotions": {
            "预售": {"kind": "presale", "from": "2027-05-03", "to": "2027-05-12", "roles": ["hero"], "discount": 0.2,
                     "balance": "2027-05-15", "balance_days": 2, "pays": 0.85},
        },
    })  # fmt: skip


def lively_names(scenario: Scenario) -> tuple[str, ...]:
    """Columns of `lively_runs`."""
    return (
        *names_of(scenario),
        *MORE,
        *(f"{channel}.{name}" for channel in scenario.channels for name in ("second_looks", "unpaid_orders")),
        *(f"{channel}.{name}" for channel in AD_CHANNELS for name in ("ad_orders", "ad_gmv", "ad_lines")),
        *(
            f"{channel}.{name} within {days} d by {by}"
            for by in ("click", "order")
            for days in WINDOWS
            for channel in AD_CHANNELS
            for name in ("orders", "gmv", "lines")
        ),
    )


def lively_runs(scenario: Scenario, runs: range) -> F:
    """[n_runs, n_kpis] of storesim; `lively_names` are the columns."""
    return np.array([_of_run(simulate(scenario, 1, run)) for run in runs])


def lively_plain_runs(scenario: Scenario, runs: range) -> F:
    """[n_runs, n_kpis] of the plain store."""
    return np.array([_of_plain(LivelyYear(scenario, 1, run)) for run in runs])


def _of_run(run: Run) -> F:
    days = slice(FROM, TO + 1)
    places = [list(run.channels).index(channel) for channel in AD_CHANNELS]
    whole = run.by_channel.sum(axis=0)
    return np.concatenate([
        figures_of_run(run), store_of_run(run, MORE),
        whole[:, [kpi.CHANNEL_INDEX[name] for name in ("second_looks", "unpaid_orders")]].ravel(),
        whole[places][:, [kpi.CHANNEL_INDEX[name] for name in ("ad_orders", "ad_gmv", "ad_lines")]].ravel(),
        *(
            within(run.attributed, by, window)[days].sum(axis=0)[places].ravel()
            for by in ("click", "order") for window in WINDOWS
        ),
    ])  # fmt: skip


def _of_plain(year: LivelyYear) -> F:
    figures, orders = figures_of_plain(year), year.credits
    places = [list(year.channels).index(channel) for channel in AD_CHANNELS]
    whole = np.sum(year.by_channel, axis=0)
    return np.concatenate([
        figures, store_of_plain(year, MORE), whole[:, [d.SECOND_LOOKS, d.UNPAID]].ravel(),
        *(_sum(one for one in orders if one.channel == c and one.ordered - one.clicked <= 7) for c in places),
        *(
            _sum(one for one in orders if one.channel == c and _counts(one, by, window))
            for by in ("click", "order") for window in WINDOWS for c in places
        ),
    ])  # fmt: skip


def _counts(one: Credit, by: str, window: int) -> bool:
    """Whether a report of the days from `FROM` to `TO` has this order, by 京准通's dated example (DOMAIN 1.3)."""
    if by == "click":
        return FROM <= one.clicked <= TO and one.ordered <= one.clicked + window
    # For orders of 1 to 10 August the example counts clicks from 16 July: sixteen days back, not fifteen.
    back = 16 if window == 15 else window
    return FROM <= one.ordered <= TO and one.clicked >= one.ordered - back


def _sum(orders: Iterable[Credit]) -> tuple[float, float, float]:
    """Orders, CNY and order lines."""
    counted = list(orders)
    return float(len(counted)), sum(one.amount for one in counted) / 100.0, float(sum(one.lines for one in counted))
