"""Would statsmodels' methods help the average of `storesim`? `python -m benchmarks.members [FILE…]`.

The same tasks as `forecasts.py`, up to two origins a series. Each method of statsmodels is held against `storesim`, by
itself and as a member: the quantiles of both, averaged by logarithms with equal weights and with a quarter of it. What
a member costs is the CPU time of its forecast beside that of `storesim`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.forecasts import DATA, HORIZONS, Task, own, tasks
from benchmarks.record import record, table
from storesim.errors import ForecastError
from storesim.forecast.scores import mase, scrps, season_scale

Array = NDArray[np.float64]

MEMBERS = ("ets", "mstl", "ucm", "sarimax")
SHARES = (1.0, 0.5, 0.25)
"""Weight of the member beside `storesim`; 1 is the member alone."""

_ORIGINS = 2
_LEAST = 1e-9


def scores(task: Task, quantiles: Array) -> tuple[float, float]:
    """MASE and sCRPS of [n_days, 11] quantiles."""
    scale, there = season_scale(task.known), np.isfinite(task.came)
    return mase(task.came[there], quantiles[there, 5], scale), scrps(task.came[there], quantiles[there, 1:-1], scale)


def foretold(name: str, task: Task) -> tuple[Array, float] | None:
    """Quantiles of the days and CPU seconds; None where the method needs more days."""
    began = time.process_time()
    try:
        quantiles, _ = own(name)(task)
    except ForecastError:
        return None
    return quantiles, time.process_time() - began


def measured(files: list[Path], horizon: int) -> tuple[list[list[str]], int]:
    """A row for `storesim` and for each member and share; and the number of forecasts."""
    chosen: dict[str, list[Task]] = {}
    for task in (task for path in files for task in tasks(path, horizon)):
        chosen.setdefault(task.name, []).append(task)
    kept = [task for each in chosen.values() for task in each[:: max(len(each) - 1, 1)][:_ORIGINS]]
    found: dict[tuple[str, float], list[tuple[float, float, float]]] = {}
    for task in kept:
        base = foretold("storesim", task)
        if base is None:
            continue
        found.setdefault(("storesim", 0.0), []).append((*scores(task, base[0]), base[1]))
        for name in MEMBERS:
            member = foretold(name, task)
            if member is None:
                continue
            for share in SHARES:
                logs = [np.log(np.maximum(quantiles, _LEAST)) for quantiles in (base[0], member[0])]
                mixed = np.exp((1.0 - share) * logs[0] + share * logs[1])
                found.setdefault((name, share), []).append((*scores(task, mixed), member[1]))
    rows = []
    for (name, share), values in found.items():
        mean = np.mean(values, axis=0)
        weight = "alone" if share in (0.0, 1.0) else f"{share:.0%} beside storesim"
        rows.append([name, weight, *(f"{value:.3f}" for value in mean), str(len(values))])
    return rows, len(kept)


def main(files: list[Path]) -> None:
    """Measure, and write the section."""
    said = []
    for horizon in HORIZONS:
        rows, number = measured(files, horizon)
        head = ("method", "weight", "MASE", "sCRPS", "CPU seconds", "forecasts")
        said.append(f"{horizon} days ahead, {number} forecasts:\n\n{table(head, rows)}")
    names = "the shop in `shared/data`" if files == [DATA] else f"{len(files)} files"
    text = f"Daily series of {names}; means over forecasts.\n\n" + "\n\n".join(said)
    command = "python -m benchmarks.members" + " FILE…" * (files != [DATA])
    record("Methods of statsmodels as members", command, text)


if __name__ == "__main__":
    main([Path(name) for name in sys.argv[1:]] or [DATA])
