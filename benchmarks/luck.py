"""How much luck two stores have in common: variance of paired differences against that of independent runs.

The shipped store with all its feedback, as it is and at the size of ENGINE's trials, with more budget, another price,
more staff. The paired difference comes from runs that share seed and run; that of independent runs is the sum of the
two variances, found from the same runs.

Whose warehouse holds hardly a day's parcels is shown apart: late parcels cost it stars, rank and so orders a month
later, which is a pendulum that makes much of any difference, and no luck.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

import numpy as np

from benchmarks.record import record, table
from benchmarks.whole_store import scaled, sized
from storesim.runs.bench import Bench
from storesim.runs.totals import Totals
from storesim.scenario.document import Scenario
from storesim.scenario.store import STAGES

KPIS = ("gmv", "profit", "uv", "buyers")
GOAL = 12.0
SIZES: Mapping[str, float] = {"0.2 million visitors": 2e5, "2 million visitors": 2e6}


def more_budget(store: Scenario) -> Scenario:
    """The store with a tenth more for every channel that is paid by the day."""
    changes: dict[str, object] = {
        f"channels.{name}.daily_budget": channel.daily_budget * 1.1
        for name, channel in store.channels.items()
        if hasattr(channel, "daily_budget")
    }
    return store.with_(changes | _in_playbooks(store, "daily_budget", lambda budget: budget * 1.1))


def lower_price(store: Scenario) -> Scenario:
    """The store with every price a twentieth lower."""
    cheaper = [sku.model_dump(by_alias=True) | {"price": round(sku.price * 0.95, 2)} for sku in store.catalogue.skus]
    return store.with_({"catalogue.skus": cheaper, "catalogue.file": None})


def more_hours(store: Scenario) -> Scenario:
    """The store with a quarter more hours of agents, whole days as far as they go and the rest in the evening."""
    opens, closes = store.operations.service.open
    day = closes - opens

    def shifts(agents: float) -> list[dict[str, object]]:
        whole, part = divmod(0.25 * agents, 1.0)
        evening = [{"hours": [closes - part * day, closes], "agents": 1}] if part > 0.0 else []
        return [{"hours": [opens, closes], "agents": int(agents + whole)}, *evening]

    books = _in_playbooks(store, "agents", shifts, as_="shifts")
    return store.with_(books | {"operations.service.shifts": shifts(store.operations.service.agents)})


def more_agents(store: Scenario) -> Scenario:
    """The store with one agent in four more, at least one; a desk of one doubles."""

    def more(agents: float) -> int:
        return max(int(agents) + 1, round(agents * 1.25)) if agents > 0 else int(agents)

    own = more(store.operations.service.agents)
    return store.with_(_in_playbooks(store, "agents", more) | {"operations.service.agents": own})


def quicker_chats(store: Scenario) -> Scenario:
    """The store whose agents need a tenth less time for a chat."""
    return store.with_({"operations.service.minutes": store.operations.service.minutes / 1.1})


CHANGES: Mapping[str, Callable[[Scenario], Scenario]] = {
    "ad budget +10 %": more_budget,
    "price −5 %": lower_price,
    "staff + 1 hour in 4": more_hours,
    "staff 10 % faster": quicker_chats,
    "staff + 1 in 4 or more": more_agents,
}


def dated(store: Scenario) -> Scenario:
    """The store whose stages begin on the same day in every run, whatever its record says."""
    asked_of_nobody = {
        "age": 0, "good_reviews": 0, "good_rate": 0, "gmv_28d": 0, "growth_below": None, "returning_share": 0,
    }  # fmt: skip
    return store.with_({
        "stages.growth.gate": {**asked_of_nobody, "on": "2027-05-20"},
        "stages.stable.gate": {**asked_of_nobody, "on": "2027-11-20"},
    })  # fmt: skip


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument(
        "--dated", action="store_true", help="Let stages begin on fixed dates, and only print: what is not the gates'."
    )
    given = parser.parse_args()
    rows, least, sure = [], np.inf, np.inf
    with Bench(7, jobs=given.jobs) as bench:
        for kind, make in (("", sized), (", full warehouse", scaled)):
            for size, visitors in SIZES.items():
                store = dated(make(visitors, given.days)) if given.dated else make(visitors, given.days)
                for name, change in CHANGES.items():
                    base, other = bench.play([store, change(store)], given.runs)
                    if make is sized and change is not more_agents:
                        ratio, low, _ = _interval(base.values("gmv"), other.values("gmv"))
                        least, sure = min(least, ratio), min(sure, low)
                    rows.append((size + kind, name, _effect(base, other), *(_shown(base, other, kpi) for kpi in KPIS)))
    shown = table(("store", "change", "moves GMV by", *KPIS), rows)
    if given.dated:
        print(shown)
        return
    # A desk of one that doubles is no small change, and the full warehouse is there to be looked at.
    met = least >= GOAL
    words = (
        f"The shipped store at two sizes, {given.days} days, {given.runs} pairs of runs: variance of the difference of "
        "independent runs over that of runs on common luck, with its 95 % interval by a jackknife. The effect on GMV "
        "stands with its standard deviation between pairs. *Full warehouse*: `benchmarks/whole_store.py::scaled`. "
        f"Goal: GMV at least {GOAL:g} × for budget, price, and staff by hours or speed in the shipped store: "
        f"{'met' if met else '**not met everywhere**'}; "
        f"the least is {least:.1f}, and the intervals begin at {sure:.1f} or above."
    )
    record("Common luck", f"python -m benchmarks.luck --runs {given.runs} --days {given.days}", words + "\n\n" + shown)


def _in_playbooks(
    store: Scenario, ending: str, change: Callable[[float], object], as_: str | None = None
) -> dict[str, object]:
    """Every stage's playbook with the numbers changed whose path ends so; `as_` is what the path then ends with."""
    changes: dict[str, object] = {}
    for stage in STAGES:
        book: dict[str, object] = {}
        for path, value in getattr(store.stages, stage).playbook.items():
            if path.endswith(ending):
                book[path.removesuffix(ending) + (as_ or ending)] = change(float(value))
            else:
                book[path] = value
        changes[f"stages.{stage}.playbook"] = book
    return changes


def _effect(base: Totals, other: Totals) -> str:
    a, b = base.values("gmv"), other.values("gmv")
    return f"{(b - a).mean() / a.mean():+.1%} ± {(b - a).std(ddof=1) / a.mean():.1%}"


def _shown(base: Totals, other: Totals, kpi: str) -> str:
    ratio, low, high = _interval(base.values(kpi), other.values(kpi))
    return f"{ratio:.1f} ({low:.1f} to {high:.1f})"


def _interval(a: np.ndarray, b: np.ndarray) -> tuple[float, float, float]:
    """The ratio and the ends of its 95 % interval: a jackknife of its logarithm (Efron and Tibshirani 1993, 11)."""
    ratio = _ratio(a, b)
    left_out = np.log([_ratio(np.delete(a, i), np.delete(b, i)) for i in range(len(a))])
    error = np.sqrt((len(a) - 1) * left_out.var())
    return ratio, float(ratio * np.exp(-1.96 * error)), float(ratio * np.exp(1.96 * error))


def _ratio(a: np.ndarray, b: np.ndarray) -> float:
    return float((a.var(ddof=1) + b.var(ddof=1)) / (a - b).var(ddof=1))


if __name__ == "__main__":
    main()
