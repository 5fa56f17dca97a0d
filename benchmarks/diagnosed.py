"""Does `diagnose` name what was done to a simulated store? One setting is changed on a known day, and nothing is told.

`python -m benchmarks.diagnosed [N]` plays N stores of each case (10 if not said) and prints, for each, how often the
right factor, channel and day were named. The truth is the simulator's: the change is a stage that begins on a date.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np

from storesim.plan.diagnose import diagnose
from storesim.results.history import History
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

ROOT = Path(__file__).resolve().parents[1]
OPENED, CHANGED, N_DAYS = dt.date(2026, 7, 6), dt.date(2026, 9, 28), 119
NEAR = 3
"""Days within which a date is right."""

CASES: dict[str, tuple[dict[str, object], set[tuple[str, str]]]] = {
    # case: settings from the day on, and the causes that name it
    "budget cut by 70 %": ({"channels.express.daily_budget": 240}, {("express", "ad_spend")}),
    "bid halved": ({"channels.express.bid": 0.8}, {("express", "ad_spend"), ("express", "clicks_per_cny")}),
    "members no longer called": ({"operations.members.visits": 0.2}, {("returning", "uv")}),
    "prices cut by 30 %": (
        {"catalogue.discount": 0.3},
        {(c, f) for c in ("search", "express") for f in ("cvr", "aov")},
    ),
    "nothing": ({}, set()),
}


def store(settings: dict[str, object]) -> Scenario:
    """A settled store with little stock-out, whose `settings` hold from the day of change on."""
    small = read_scenario(ROOT / "scenarios" / "small_store.yaml")
    return small.with_(
        {
            "store.opened": OPENED.isoformat(),
            "horizon": f"{N_DAYS}d",
            "market.searches_per_day": 60_000,
            "channels.express.daily_budget": 800,
            "channels.express.bid": 1.6,
            "channels.search.weight": 0.04,
            "channels.search.popularity": 0.1,
            "operations.members.opening": 8000,
            "operations.service.agents": 8,
            "operations.stock": {"opening": "200d", "expected_units": 200, "safety": "30d"},
            "operations.conversion.review_lift": 1.0,
            "events": [],
            "stages": {"growth": {"gate": {"on": CHANGED.isoformat()}, "playbook": settings}},
            "targets": {},
        }
    )


def history_of(run: Run) -> History:
    """A run as a merchant would export it: the store, its sources, its ads, and the index of its category."""
    names = ("uv", "pv", "buyers", "orders", "units", "gmv")
    channels = {
        channel: {
            **{name: run.daily(name, channel) for name in names},
            **({name: run.daily(name, channel) for name in ("ad_spend", "clicks")} if channel == "express" else {}),
        }
        for channel in run.channels
    }
    store = {name: run.daily(name) for name in (*names, "market")}
    return History(run.start, store, "simulated", by_channel=channels)


def main(n_stores: int) -> None:
    """Play every case and print a row for each."""
    print(
        "| case | right cause first of the store's own | in the first three | dated within 3 days | more than usual |"
    )
    print("|---|---|---|---|---|")
    for case, (settings, right) in CASES.items():
        first, three, dated, odd = 0, 0, 0, []
        for seed in range(n_stores):
            found = diagnose(history_of(simulate(store(settings), seed=seed)), CHANGED)
            causes = [(one.channel, one.factor) for one in found.symptoms if one.owner == "own"]
            first += causes[:1] != [] and causes[0] in right
            three += bool(right & set(causes[:3]))
            named = [one for one in found.symptoms if (one.channel, one.factor) in right and one.since is not None]
            dated += any(abs((one.since - CHANGED).days) <= NEAR for one in named if one.since is not None)
            odd.append(np.mean([not one.usual for one in found.symptoms if one.owner == "own"]))
        print(f"| {case} | {first}/{n_stores} | {three}/{n_stores} | {dated}/{n_stores} | {np.mean(odd):.0%} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
