"""Forecasts of simulated stores whose future is known: are bands, and chances of reaching a total, what they say?

`python -m benchmarks.calibration [STORES] [FOLDER]` simulates stores (`simulated_stores.py`; kept in FOLDER if given),
forecasts each from several days of its life knowing only days before, and holds the paths against what came: days,
totals of 28 and 90 days and of a year, and chances that a total reaches thresholds. Each store is two years long; none
of these stores was learned from, and half their kinds were not either.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.record import record
from benchmarks.simulated_stores import COUNTS, FIRST_STORE, KINDS, LEARNT, Lived, stores
from storesim.errors import ForecastError
from storesim.forecast.predict import predict

Array = NDArray[np.float64]
Place = tuple[str, int]

SHOWN = ("uv", "buyers", "gmv")
HORIZONS = (28, 90, 365)
GROWING = ((0, 60), (0, 120))
SETTLED = ((0, 200), (0, 365), (275, 365))
"""First known day and origin; the last is an export that begins late in the store's life."""

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


def judged(store: Lived, tallies: dict[Place, Tally], cases: tuple[tuple[int, int], ...]) -> None:
    """Add the forecasts of one store to the tallies."""
    for first, origin in cases:
        try:
            outlook = predict(store.days(first, origin), HORIZONS[-1], n_paths=400, seed=origin)
        except ForecastError:
            continue
        for name in SHOWN:
            paths, came = outlook.daily(name), store.counts[COUNTS.index(name), origin:]
            for horizon in HORIZONS:
                tallies.setdefault((name, horizon), Tally()).add(paths[:, :horizon], came[:horizon])


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


def main(n_stores: int, folder: Path | None) -> None:
    """Measure, and write the section."""
    found: dict[tuple[str, bool], dict[Place, Tally]] = {}
    for store in stores(range(FIRST_STORE, FIRST_STORE + n_stores), folder):
        for life, cases in (("growing", GROWING), ("settled", SETTLED)):
            judged(store, found.setdefault((life, store.kind in LEARNT), {}), cases)
    head = (
        f"{n_stores} simulated stores of two years ({2 * n_stores} store-years) of {len(KINDS)} kinds; markets, luck, "
        "budgets and stages drawn anew; each forecast from its own days alone. Corrections were learned from other "
        f"stores, of the kinds {', '.join(LEARNT)}."
    )
    said = [head]
    lives = {
        "settled": f"From days {SETTLED[0][1]} and {SETTLED[1][1]} of the store's life, and from its last 90 days then",
        "growing": f"From days {GROWING[0][1]} and {GROWING[1][1]}, while the store launches and grows",
    }
    for life, when in lives.items():
        for learnt, kinds in ((True, "new stores of these kinds"), (False, "kinds never learned from")):
            said.append(f"{when}; {kinds}:\n\n{table(found[life, learnt])}")
    command = f"python -m benchmarks.calibration {n_stores}"
    record("Calibration on simulated stores", command, "\n\n".join(said))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
