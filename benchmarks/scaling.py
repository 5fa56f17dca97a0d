"""Does cost grow in step with visitors and with days, and does memory stay flat?

The cost of a run should be `a · days + b · visitors`: what midnight costs, and what a visitor costs. Both are fitted
by least squares over all sizes, weighted so that each size counts alike; for the same reason R² is that of logarithms.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from math import log
from statistics import median
from typing import NamedTuple

import numpy as np

from benchmarks.record import record, table
from benchmarks.timing import cpu_of
from benchmarks.whole_store import scaled
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

SIZES = ((2e5, 365), (2e6, 365), (2e7, 365), (2e6, 90), (2e6, 730))
"""Visitors a year, and days."""

ONE_RUN = """
from benchmarks.whole_store import scaled
from storesim.runs.one import simulate
simulate(scaled({visitors!r}, {days}), 1, 0)
with open("/proc/self/status") as status:
    print(*[line.split()[1] for line in status if line.startswith("VmHWM")])
"""
"""Prints the most memory it held, kB. Not `ru_maxrss`: that of a child never falls below its parent's. Linux only."""


class Size(NamedTuple):
    """One size of the store, measured."""

    visitors: float
    """In the run."""

    days: int
    seconds: float
    """CPU time of a run, median."""

    memory: float
    """Most a process held that did one run and nothing else, MB."""


def main() -> None:
    """Measure every size in turn, several times, and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--turns", type=int, default=7)
    turns = parser.parse_args().turns
    found = _measured([scaled(*size) for size in SIZES], turns)
    midnight, visitor, explained = fit(found)
    upper = exponent(found[1], found[2])
    record(
        "Linear in visitors and in days",
        f"python -m benchmarks.scaling --turns {turns}",
        "\n\n".join([
            (
                "The whole store of `benchmarks/whole_store.py`, one run at a time in one process, CPU time, medians "
                f"of {turns} turns; memory of a fresh process that does one run."
            ),
            table(
                ("days", "visitors in the run", "s a run", "ns a visitor", "fitted, s", "most memory, MB"),
                [
                    (
                        f"{one.days}", f"{one.visitors:,.0f}", f"{one.seconds:.3f}",
                        f"{1e9 * one.seconds / one.visitors:.1f}",
                        f"{midnight * one.days + visitor * one.visitors:.3f}", f"{one.memory:.0f}",
                    )
                    for one in found
                ],
            ),
            (
                f"Fit: {1e6 * midnight:.0f} µs a day + {1e9 * visitor:.1f} ns a visitor, R² = {explained:.4f}. "
                f"Between the two largest sizes cost grows as visitors to the power {upper:.3f}, and as days to the "
                f"power {exponent(found[3], found[4], by_days=True):.3f} from 90 to 730 days, in which the store grows "
                f"too. One visitor more costs {_one_more(found[0], found[1]):.1f} ns between the two smaller sizes and "
                f"{_one_more(found[1], found[2]):.1f} ns between the two larger. Memory changes by "
                f"{found[2].memory - found[0].memory:+.0f} MB from the smallest to the largest."
            ),
        ]),
    )  # fmt: skip


def fit(found: list[Size]) -> tuple[float, float, float]:
    """Seconds of a day, seconds of a visitor, and R², each size weighing alike."""
    weight = 1.0 / np.array([one.seconds for one in found])
    rows = np.array([[one.days, one.visitors] for one in found]) * weight[:, None]
    solved, *_ = np.linalg.lstsq(rows, np.ones(len(found)), rcond=None)
    seconds = np.array([one.seconds for one in found])
    fitted = rows @ solved * seconds
    spread = float(((np.log(seconds) - np.log(seconds).mean()) ** 2).sum())
    left = float(((np.log(seconds) - np.log(fitted)) ** 2).sum())
    return float(solved[0]), float(solved[1]), 1.0 - left / spread


def exponent(small: Size, large: Size, *, by_days: bool = False) -> float:
    """Power with which cost grows from one size to another, with visitors or with days."""
    growth = large.days / small.days if by_days else large.visitors / small.visitors
    return log(large.seconds / small.seconds) / log(growth)


def _one_more(small: Size, large: Size) -> float:
    return 1e9 * (large.seconds - small.seconds) / (large.visitors - small.visitors)


def _measured(scenarios: list[Scenario], turns: int) -> list[Size]:
    seconds: list[list[float]] = [[] for _ in scenarios]
    visitors = [simulate(scenario, 1, 0).total("uv") for scenario in scenarios]
    for _ in range(turns):
        for i, scenario in enumerate(scenarios):
            seconds[i].append(cpu_of(lambda scenario=scenario: simulate(scenario, 1, 0)))  # type: ignore[misc]  # a default binds the loop's value
    return [
        Size(visitors[i], days, median(seconds[i]), _memory_of(a_year, days)) for i, (a_year, days) in enumerate(SIZES)
    ]


def _memory_of(visitors: float, days: int) -> float:
    code = ONE_RUN.format(visitors=visitors, days=days)
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024.0


if __name__ == "__main__":
    main()
