"""What a visitor costs: storesim against the same store in plain SimPy, turn by turn in one process.

Everything a run does is counted on both sides: calendar, midnight, visitors, books; on storesim's also the ledger and
the checks of conservation. Others on the machine slow both sides alike when they take turns, so the ratio of a
turn is steadier than either time; the median turn is reported.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median

from benchmarks.busy_day import busy_kernel, play_busy
from benchmarks.naive_store import FewerProcesses, NaiveDay
from benchmarks.naive_year import NaiveYear
from benchmarks.record import record, table
from benchmarks.timing import cpu_of
from benchmarks.whole_store import scaled
from storesim.engine import day as d
from storesim.engine.kernel import Kernel
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

VISITORS = 2_000_000.0
"""A year."""

GOAL, GOAL_NS = 200.0, 40.0


def main() -> None:
    """Measure the whole store and the day alone, and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--days", type=int, default=365, help="days of the naive stores and of storesim")
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    scenario = scaled(VISITORS, options.days)
    # Several runs of storesim a turn: one is over too soon to be compared with half a minute.
    ours = [_ns_of_storesim(scenario, run) for run in range(2)][-1:]
    naive, fewer, ratios, best = [], [], [], []
    for turn in range(options.turns):
        before = _several(lambda run: _ns_of_storesim(scenario, run), 10 * turn)
        naive.append(_ns_of_plain(scenario, turn, NaiveDay))
        between = _several(lambda run: _ns_of_storesim(scenario, run), 10 * turn + 5)
        fewer.append(_ns_of_plain(scenario, turn, FewerProcesses))
        after = _several(lambda run: _ns_of_storesim(scenario, run), 10 * turn)
        ours += [before, between, after]
        ratios.append(2.0 * naive[-1] / (before + between))
        best.append(2.0 * fewer[-1] / (between + after))
    day = [_ns_of_day(5) for _ in range(4 * options.turns)][1:]
    record(
        "Cost of a visitor",
        f"python -m benchmarks.speed --days {options.days} --turns {options.turns}",
        "\n\n".join([
            (
                f"The whole store of `benchmarks/whole_store.py`, {VISITORS:,.0f} visitors a year, {options.days} "
                f"days, first-version mechanisms on; CPU time, medians of {options.turns} turns (least to most)."
            ),
            table(
                ("way", "ns a visitor", "storesim is faster by"),
                [
                    ("naive SimPy, a process per visitor", _span(naive), f"**{_span(ratios)} ×**"),
                    ("SimPy, a process only for who chats or may buy", _span(fewer), f"{_span(best)} ×"),
                    ("**storesim**, all of a run", f"**{_span(ours)}**", "1 ×"),
                    ("storesim, the kernel's day alone (`busy_day.py`)", _span(day), ""),
                ],
            ),
            (
                f"Goals: at least {GOAL:.0f} × the naive store: {_met(median(ratios) >= GOAL)}; at most {GOAL_NS:.0f} "
                f"ns a visitor: {_met(median(ours) <= GOAL_NS)}."
            ),
        ]),
    )  # fmt: skip


def _several(measure: Callable[[int], float], first: int) -> float:
    return median(measure(first + i) for i in range(5))


def _ns_of_storesim(scenario: Scenario, run: int) -> float:
    """CPU time of a visitor in a run, ns."""
    visitors: list[float] = []
    seconds = cpu_of(lambda: visitors.append(simulate(scenario, 1, run).total("uv")))
    return 1e9 * seconds / visitors[0]


def _ns_of_plain(scenario: Scenario, run: int, make: type[Kernel]) -> float:
    year = NaiveYear(scenario, 1, run, make)
    seconds = cpu_of(year.live)
    return 1e9 * seconds / sum(float(rows[:, d.UV].sum()) for rows in year.by_channel)


def _ns_of_day(n_days: int) -> float:
    """A visitor of the busy store's days, the kernel ready made."""
    a_day = VISITORS / 365.0
    kernel, visitors = busy_kernel(Kernel, a_day, n_days), [0.0]
    seconds = cpu_of(lambda: visitors.append(float(play_busy(kernel, a_day, n_days).by_channel[:, d.UV].sum())))
    return 1e9 * seconds / sum(visitors)


def _span(values: list[float]) -> str:
    return f"{_number(median(values))} ({_number(min(values))} to {_number(max(values))})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100.0 else f"{value:.1f}"


def _met(good: bool) -> str:  # a word, not a choice between two functions
    return "met" if good else "**not met**"


if __name__ == "__main__":
    main()
