"""Forecasts of simulated stores whose future is known: are bands, and chances of reaching a total, what they say?

`python -m benchmarks.calibration [STORES]` simulates stores of the shipped scenarios with markets drawn anew, forecasts
each from several days of its life knowing only the days before, and holds the paths against what came: days, totals of
28 and 90 days and of a year, and chances that a total reaches thresholds. Each store is two years long.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.record import record
from storesim.errors import ForecastError
from storesim.forecast.predict import predict
from storesim.results.history import History
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario

Array = NDArray[np.float64]

SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
KINDS = ("small_store", "mature_store", "pet_care_four_steps", "elena_mileva", "down_jacket_men")
COUNTS = ("uv", "pv", "buyers", "gmv")
SHOWN = ("uv", "buyers", "gmv")
HORIZONS = (28, 90, 365)
ORIGINS = (60, 120, 200, 270, 365)
N_DAYS = 730
THRESHOLDS = (0.8, 0.9, 1.0, 1.1, 1.25)
"""Of the median total: totals whose chance is told."""


@dataclass
class Tally:
    """What fell in bands, and what was said and came of chances."""

    days: list[float] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)
    said: list[float] = field(default_factory=list)
    came: list[float] = field(default_factory=list)

    def add(self, paths: Array, actual: Array) -> None:
        """Paths [n_paths, horizon] of one KPI, and what came."""
        low, high = np.quantile(paths, [0.1, 0.9], axis=0)
        self.days.append(float(((actual >= low) & (actual <= high)).mean()))
        totals, total = paths.sum(axis=1), actual.sum()
        low, high = np.quantile(totals, [0.1, 0.9])
        self.totals.append(float(low <= total <= high))
        for share in THRESHOLDS:
            wanted = share * float(np.median(totals))
            self.said.append(float((totals >= wanted).mean()))
            self.came.append(float(total >= wanted))

    def calibration_error(self) -> float:
        """Expected calibration error over ten bins of what was said, each weighted by its size.

        References
        ----------
        Naeini, Cooper and Hauskrecht (2015), AAAI, 2901-2907.
        """
        said, came = np.array(self.said), np.array(self.came)
        place = np.minimum((said * 10).astype(int), 9)
        parts = [(place == one) for one in range(10)]
        apart = [abs(said[part].mean() - came[part].mean()) * part.sum() for part in parts if part.any()]
        return float(sum(apart) / said.size)


def store(number: int) -> Scenario:
    """A store of one of the shipped scenarios, each on another preset, with a market of another size."""
    rng = np.random.default_rng([number, 2027])
    base = read_scenario(SCENARIOS / f"{KINDS[number % len(KINDS)]}.yaml")
    searches = float(base.market.searches_per_day * np.exp(rng.uniform(-1.5, 0.0)))
    return base.with_({"horizon": N_DAYS, "targets": {}, "market.searches_per_day": searches})


def judged(run: Run, tallies: dict[tuple[str, int], Tally], origins: tuple[int, ...]) -> None:
    """Add the forecasts of one run to the tallies."""
    series = {name: run.daily(name) for name in COUNTS}
    for origin in origins:
        known = History(run.start, {name: values[:origin] for name, values in series.items()})
        reach = max(horizon for horizon in HORIZONS if origin + horizon <= run.n_days)
        try:
            outlook = predict(known, reach, n_paths=500, seed=origin)
        except ForecastError:
            continue
        for name in SHOWN:
            paths = outlook.daily(name)
            for horizon in (one for one in HORIZONS if one <= reach):
                actual = series[name][origin : origin + horizon]
                tallies.setdefault((name, horizon), Tally()).add(paths[:, :horizon], actual)


def table(tallies: dict[tuple[str, int], Tally]) -> str:
    """A row for each KPI and horizon."""
    lines = [
        "| KPI | days ahead | days in 80 % | totals in 80 % | error of chances (ECE) | forecasts |",
        "|---|---|---|---|---|---|",
    ]
    for (name, horizon), tally in sorted(tallies.items()):
        cells = f"{100 * np.mean(tally.days):.0f} | {100 * np.mean(tally.totals):.0f} | {tally.calibration_error():.3f}"
        lines.append(f"| {name} | {horizon} | {cells} | {len(tally.days)} |")
    return "\n".join(lines)


def main(n_stores: int) -> None:
    """Measure, and write the section."""
    began = time.perf_counter()
    launching: dict[tuple[str, int], Tally] = {}
    later: dict[tuple[str, int], Tally] = {}
    for number in range(n_stores):
        run = simulate(store(number), seed=number)
        judged(run, launching, ORIGINS[:2])
        judged(run, later, ORIGINS[2:])
    said = (
        f"{n_stores} simulated stores of two years ({2 * n_stores} store-years) from {len(KINDS)} scenarios, markets "
        f"drawn anew; each forecast from its own days alone. {time.perf_counter() - began:.0f} s.\n\n"
        f"From days {ORIGINS[2]}, {ORIGINS[3]} and {ORIGINS[4]} of the store's life:\n\n{table(later)}\n\n"
        f"From days {ORIGINS[0]} and {ORIGINS[1]}, while it still launches and grows:\n\n{table(launching)}"
    )
    record("Calibration on simulated stores", f"python -m benchmarks.calibration {n_stores}", said)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
