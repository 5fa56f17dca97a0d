"""How long a forecast takes, and a thousand of them: `python -m benchmarks.many_series [SERIES]`.

One daily series (`made_series.py`), fitted, with 1,000 paths and 11 quantiles of every day: CPU seconds, median of
nine after the first. Then so many series of 200 to 1,100 days, 28 days ahead, shared by two processes.
"""

from __future__ import annotations

import datetime as dt
import statistics
import sys
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from benchmarks.made_series import made
from benchmarks.record import record, table
from storesim.forecast.backtest import LEVELS
from storesim.forecast.predict import predict
from storesim.results.history import History

KNOWN = (60, 200, 365, 730, 1100)
HORIZONS = (28, 90)
PROCESSES = 2
_TIMES = 9


def history(number: int, n_days: int) -> History:
    """One made series, as amounts."""
    return History(dt.date(2024, 1, 1), {"gmv": np.exp(7.0 + made(1, n_days, seed=number)[0])})


def foretell(days: History, horizon: int) -> float:
    """CPU seconds of a forecast with 1,000 paths and its quantiles."""
    began = time.process_time()
    predict(days, horizon, n_paths=1000).quantiles("gmv", LEVELS)
    return time.process_time() - began


def one_of_many(number: int) -> float:
    """The same of a series of its own length, 28 days ahead."""
    return foretell(history(number, KNOWN[1 + number % 4]), HORIZONS[0])


def main(n_series: int) -> None:
    """Measure, and write the section."""
    rows = []
    for n_days in KNOWN:
        days = history(1, n_days)
        cells = []
        for horizon in HORIZONS:
            foretell(days, horizon)
            cells.append(f"{statistics.median(foretell(days, horizon) for _ in range(_TIMES)):.3f}")
        rows.append([str(n_days), *cells])
    began = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        spent = sum(pool.map(one_of_many, range(n_series), chunksize=25))
    took = time.perf_counter() - began
    head = ("known days", *(f"{horizon} days ahead, s of CPU" for horizon in HORIZONS))
    many = f"{n_series:,} series, {PROCESSES} processes: {took:.0f} s to the end, {spent:.0f} s of CPU in forecasts."
    record("Speed of forecasts", f"python -m benchmarks.many_series {n_series}", f"{table(head, rows)}\n\n{many}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
