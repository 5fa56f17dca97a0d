"""How soon storesim answers: help, validate, the first compile, and the demo year of 200 runs from start to report.

CPU time is that of the command and all its children. Short commands take turns with bare Python, so that what others
do on the machine falls on both; medians. Only the demo year has its goal on the wall clock.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.record import record, table
from benchmarks.timing import STORESIM, Cost, cost_of
from benchmarks.whole_store import SHIPPED

BARE = (sys.executable, "-c", "pass")
ONE_RUN = f"""
from storesim.scenario.load import read_scenario
from storesim.runs.one import simulate
simulate(read_scenario({str(SHIPPED)!r}), 1, 0)
"""


def main() -> None:
    """Measure all, and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--turns", type=int, default=9)
    parser.add_argument("--runs", type=int, default=200, help="runs of the demo year")
    options = parser.parse_args()
    bare, help_, validate = _small_commands(options.turns)
    with tempfile.TemporaryDirectory() as folder:
        cache = {"NUMBA_CACHE_DIR": str(Path(folder, "cache"))}
        first = cost_of([sys.executable, "-c", ONE_RUN], cache)
        second = cost_of([sys.executable, "-c", ONE_RUN], cache)
        demo = _demo(options.runs, Path(folder, "demo"), cache)
    rows = [
        ("`python -c pass`", f"{bare:.3f}", "", "", ""),
        ("`storesim --help`, beyond bare Python", f"{help_ - bare:.3f}", "", "0.15 s CPU", _met(help_ - bare, 0.15)),
        ("`storesim validate` of the shipped scenario", f"{validate:.3f}", "", "0.5 s CPU", _met(validate, 0.5)),
        _row("one run of the demo year, first compile, nothing cached", first, 30.0, "30 s"),
        _row("the same, compiled before", second, None, ""),
        _row(f"`storesim run`, {options.runs} runs of the demo year, all files written", demo, 60.0, "60 s"),
    ]
    record(
        "Start",
        f"python -m benchmarks.start --turns {options.turns} --runs {options.runs}",
        "\n\n".join([
            f"Medians of {options.turns} turns for the short commands; {os.cpu_count()} cores.",
            table(("what", "CPU, s", "wall, s", "goal", ""), rows),
        ]),
    )  # fmt: skip


def _small_commands(turns: int) -> tuple[float, float, float]:
    commands = (BARE, (STORESIM, "--help"), (STORESIM, "validate", str(SHIPPED)))
    taken: list[list[float]] = [[] for _ in commands]
    for turn in range(turns + 1):
        for i, command in enumerate(commands):
            cpu = cost_of(command).cpu
            # The first turn reads files from the disk and may write byte code.
            if turn > 0:
                taken[i].append(cpu)
    bare, help_, validate = (median(times) for times in taken)
    return bare, help_, validate


def _demo(runs: int, folder: Path, cache: dict[str, str]) -> Cost:
    return cost_of([STORESIM, "run", str(SHIPPED), "--runs", str(runs), "--jobs", "2", "--output", str(folder)], cache)


def _row(what: str, cost: Cost, goal: float | None, words: str) -> tuple[str, ...]:
    met = "" if goal is None else _met(cost.wall, goal)
    return what, f"{cost.cpu:.1f}", f"{cost.wall:.1f}", words, met


def _met(value: float, goal: float) -> str:
    return "met" if value < goal else "**not met**"


if __name__ == "__main__":
    main()
