"""What every mechanism costs at once: the whole store of `whole_store` with all the rest of the model on.

`every` lays all parts (`mechanisms`) over the store of the first version, at their default sizes where they have any
and as in the shipped scenarios otherwise, or all but one. The stores of one table take turns, so that what others do on
the machine falls on all; so does the first version as it was, where a checkout of it is at hand.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import numpy as np

from benchmarks.lively_store import LivelyYear, lively
from benchmarks.mechanisms import parts
from benchmarks.record import record, table
from benchmarks.timing import cpu_of
from benchmarks.whole_store import VISITORS, scaled
from storesim.engine.day import UV
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

YEAR = 365
TRIES = 6
SMALLER = 0.53
"""What is on beyond the first version brings visitors too; a store so much smaller has about as many in all."""


def every(visitors_a_year: float, n_days: int, *, but: str = "", smaller: float = SMALLER) -> Scenario:
    """The store with all `parts` on, or all but one, at about `visitors_a_year`."""
    size = smaller * visitors_a_year / VISITORS
    changes: dict[str, Any] = {}
    for name, part in parts(size).items():
        changes |= part if name != but else {}
    return scaled(smaller * visitors_a_year, n_days).with_(changes)


def as_large(visitors: float, n_days: int) -> Scenario:
    """The store with all `parts` on, of a size at which a run has so many visitors, within a hundredth."""
    smaller = SMALLER
    for _ in range(TRIES):
        store = every(visitors * YEAR / n_days, n_days, smaller=smaller)
        came = simulate(store, 1, 0).total("uv")
        if abs(came / visitors - 1.0) < 0.01:
            break
        smaller *= visitors / came
    return store


def main() -> None:
    """Measure the stores, and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument(
        "--first", type=Path, help=f"a checkout of the first version, commit {FIRST}, which takes its turns too"
    )
    asked = parser.parse_args()
    turns, rows = asked.turns, list[tuple[str, ...]]()
    for visitors in (2e6, 2e7, 1e8):
        then = partial(as_it_was, asked.first, visitors) if asked.first else None
        # What a day costs whoever comes is shared by the visitors: as many, that their costs can be compared.
        came = (then() if then else measured({"now": scaled(visitors, YEAR)}, 1)[0]).visitors
        first, now, whole = measured({"now": scaled(visitors, YEAR), "every": as_large(came, YEAR)}, turns, then)
        rows += [
            *([_row(f"first version, as it was ({FIRST})", first, first, now)] if asked.first else []),
            _row("its mechanisms, today", now, first, now),
            _row("every mechanism, today", whole, first, now),
        ]
    stores = {
        "every mechanism": every(2e6, YEAR),
        **{f"without {name}": every(2e6, YEAR, but=name) for name in parts(1.0)},
    }
    _, *found = measured(stores, turns)
    record(
        "Every mechanism at once",
        f"python -m benchmarks.every_mechanism --turns {turns}" + " --first FOLDER" * bool(asked.first),
        "\n\n".join([
            (
                "The whole store of `benchmarks/whole_store.py`, which has the mechanisms of the first version, and "
                "one with all the others on and as many visitors as the first version has, within a hundredth "
                "(`benchmarks/every_mechanism.py`); a year, one run in one process, "
                "CPU time of a run that follows another of the same store, "
                f"medians of {turns} turns that the stores of a table take side by side. The first version, as it was: "
                f"commit {FIRST}, the last before any of the other mechanisms, in a checkout and a process of its own."
            ),
            table((*HEAD, "against the first version, as it was", "against its mechanisms, today"), rows),
            "One part left out at a time, at 2 million visitors:",
            table(
                (*HEAD, "against the first row"),
                [_row(name, cost, found[0]) for name, cost in zip(stores, found, strict=True)],
            ),
            against_naive(),
        ]),
    )  # fmt: skip


def against_naive(turns: int = 3) -> str:
    """What the newer mechanisms cost that the naive store plays too, there and here, in turns."""
    store, ratios, costs = lively(2e6, 90), [], []
    visitors = simulate(store, 1, 0).total("uv")
    for run in range(turns):
        plain = LivelyYear(store, 1, run)
        slow = cpu_of(plain.live) / np.array(plain.by_channel)[..., UV].sum()
        simulate(store, 1, 0)
        costs.append(cpu_of(partial(simulate, store, 1, 0)) / visitors)
        ratios.append(slow / costs[-1])
    return (
        "Of these, the naive SimPy store plays smooth pacing, a presale, orders later and never paid, members one by "
        "one with coupons, and attribution (`benchmarks/lively_store.py`, 90 busy days at 2 million visitors a year): "
        f"storesim takes {1e9 * median(costs):.0f} ns a visitor there, {median(ratios):.0f} times less "
        f"({min(ratios):.0f} to {max(ratios):.0f} in {turns} turns)."
    )


HEAD = ("store", "visitors", "orders", "ms a day", "ns a visitor")


class Cost(NamedTuple):
    """Of a run of a store."""

    visitors: float
    orders: float
    seconds: float
    """CPU time, median."""


def measured(
    stores: Mapping[str, Scenario], turns: int, other: Callable[[], Cost] | None = None
) -> list[Cost]:  # fmt: skip
    """The cost of each store, after that of `other` or, without one, of the first; they take turns."""
    runs = [simulate(store, 1, 0) for store in stores.values()]
    seconds: list[list[float]] = [[] for _ in runs]
    others: list[Cost] = []
    for _ in range(turns):
        others += [other()] if other else []
        for taken, store in zip(seconds, stores.values(), strict=True):
            # What a store keeps from run to run is that of a few stores: the run before makes it this one's.
            simulate(store, 1, 0)
            taken.append(cpu_of(partial(simulate, store, 1, 0)))
    costs = [
        Cost(run.total("uv"), run.total("orders"), median(taken)) for run, taken in zip(runs, seconds, strict=True)
    ]  # fmt: skip
    beside = others[0]._replace(seconds=median(cost.seconds for cost in others)) if others else costs[0]
    return [beside, *costs]


FIRST = "6ad9b2a"
THEN = f"""
import sys, time
from benchmarks.whole_store import scaled
from storesim.runs.one import simulate
store = scaled(float(sys.argv[1]), {YEAR})
run, _ = simulate(store, 1, 0), simulate(store, 1, 0)
start = time.process_time()
simulate(store, 1, 0)
print(run.total("uv"), run.total("orders"), time.process_time() - start)
"""


def as_it_was(folder: Path, visitors: float) -> Cost:
    """The cost of the whole store in a checkout of the first version."""
    sources = os.pathsep.join(map(str, (folder.resolve() / "src", folder.resolve())))
    said = subprocess.run(
        [sys.executable, "-c", THEN, str(visitors)], cwd=folder, env={**os.environ, "PYTHONPATH": sources},
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return Cost(*map(float, said.stdout.split()))


def _row(name: str, cost: Cost, *against: Cost) -> tuple[str, ...]:
    each = cost.seconds / cost.visitors
    return (
        name, f"{cost.visitors:,.0f}", f"{cost.orders:,.0f}", f"{1e3 * cost.seconds / YEAR:.2f}", f"{1e9 * each:,.1f}",
        *(f"{each / (other.seconds / other.visitors):.2f} ×" for other in against),
    )  # fmt: skip


if __name__ == "__main__":
    main()
