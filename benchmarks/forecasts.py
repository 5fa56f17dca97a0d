"""Forecasts of real daily series against peers, on the same tasks: `python -m benchmarks.forecasts [FILE…] [--peers]`.

Each column of each CSV file (a `date`, and numbers) is a series; `../shared/data/online_retail_daily.csv` if no file is
given. From up to four origins of each, 28 and 90 days are foretold from at most 1,100 days before. With `--peers`,
statsforecast's AutoETS, MSTL and DynamicOptimizedTheta and Prophet take part with their documented defaults; they are
in `forecasts-requirements.txt` and in nothing else of this project. Means are over the forecasts of a series, then over
series.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from storesim.errors import ForecastError
from storesim.forecast.backtest import LEVELS
from storesim.forecast.predict import predict
from storesim.forecast.scores import coverage, mase, msis, rmsse, scrps, season_scale
from storesim.results.history import History

Array = NDArray[np.float64]
Method = Callable[["Task"], tuple[Array, Array]]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "online_retail_daily.csv"
HORIZONS = (28, 90)
MOST_ORIGINS = 4
MOST_DAYS = 1100
COLUMNS = ("MASE", "RMSSE", "sCRPS", "MSIS95", "days 80", "days 95", "APE of total", "totals 80", "totals 95", "s")


@dataclass(frozen=True, eq=False)
class Task:
    """Days known of a series, and those that came."""

    name: str
    start: dt.date
    known: Array
    came: Array


def series_of(path: Path) -> Iterator[tuple[str, dt.date, Array]]:
    """Each column of numbers of a file with a `date`, by calendar day; NaN where a day or cell is missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    dates = [dt.date.fromisoformat(row["date"]) for row in rows]
    first = min(dates)
    for column in (name for name in rows[0] if name != "date"):
        values = np.full((max(dates) - first).days + 1, np.nan)
        for date, row in zip(dates, rows, strict=True):
            values[(date - first).days] = float(row[column] or "nan")
        yield f"{path.stem}.{column}", first, values


def tasks(path: Path, horizon: int) -> Iterator[Task]:
    """Up to four tasks a series, at least two weeks apart, the first after a third of it."""
    for name, start, values in series_of(path):
        first, last = max(98 if horizon == HORIZONS[0] else 120, min(values.size // 3, 400)), values.size - horizon
        if last < first:
            continue
        number = min(MOST_ORIGINS, 1 + (last - first) // 14)
        for origin in np.unique(np.linspace(last, first, number).astype(int)):
            begin = max(0, int(origin) - MOST_DAYS)
            known, came = values[begin:origin], values[origin : origin + horizon]
            yield Task(name, start + dt.timedelta(days=begin), known, came)


def own(method: str) -> Method:
    """One of this project's methods: quantiles of days [horizon, 11] and of the total [11]."""

    def foretell(task: Task) -> tuple[Array, Array]:
        history = History(task.start, {"gmv": np.maximum(task.known, 0.0)}, task.name)
        outlook = predict(history, task.came.size, method)
        return outlook.quantiles("gmv", LEVELS), np.quantile(outlook.total("gmv"), LEVELS)

    return foretell


def statsforecast(name: str, **settings: object) -> Method:
    """A model of statsforecast; its totals are the sums of its quantiles, since it has no joint paths."""
    from statsforecast import models  # type: ignore[import-not-found]

    def foretell(task: Task) -> tuple[Array, Array]:
        day = np.arange(task.known.size)
        there = np.isfinite(task.known)
        filled = np.interp(day, day[there], task.known[there])
        found = getattr(models, name)(**settings).forecast(y=filled, h=task.came.size, level=[20, 40, 60, 80, 95])
        low = [found[f"lo-{level}"] for level in (95, 80, 60, 40, 20)]
        high = [found[f"hi-{level}"] for level in (20, 40, 60, 80, 95)]
        quantiles = np.maximum(np.stack([*low, found["mean"], *high], axis=1), 0.0)
        return quantiles, quantiles.sum(axis=0)

    return foretell


def prophet(task: Task) -> tuple[Array, Array]:
    """Prophet as it comes; totals from its own sampled paths."""
    import pandas as pd
    from prophet import Prophet  # type: ignore[import-not-found]

    frame = pd.DataFrame({"ds": pd.date_range(task.start, periods=task.known.size), "y": task.known})
    model = Prophet()
    model.fit(frame)
    paths = model.predictive_samples(model.make_future_dataframe(task.came.size, include_history=False))["yhat"]
    return np.maximum(np.quantile(paths, LEVELS, axis=1).T, 0.0), np.quantile(paths.sum(axis=0), LEVELS)


def scored(task: Task, quantiles: Array, total: Array, seconds: float) -> tuple[float, ...]:
    """The figures of `COLUMNS` for one forecast."""
    scale = season_scale(task.known)
    there = np.isfinite(task.came)
    came, quantiles = task.came[there], quantiles[there]
    middle, actual = quantiles[:, 5], float(came.sum())
    return (
        mase(came, middle, scale),
        rmsse(came, middle, task.known),
        scrps(came, quantiles[:, 1:-1], scale),
        msis(came, quantiles[:, 0], quantiles[:, -1], scale),
        100 * coverage(came, quantiles[:, 1], quantiles[:, -2]),
        100 * coverage(came, quantiles[:, 0], quantiles[:, -1]),
        100 * abs(total[5] / actual - 1.0) if actual > 0 else float("nan"),
        100 * float(total[1] <= actual <= total[-2]),
        100 * float(total[0] <= actual <= total[-1]),
        seconds,
    )


def measured(method: Method, files: list[Path], horizon: int) -> tuple[list[float], int]:
    """Means over series, and the number of forecasts."""
    by_series: dict[str, list[tuple[float, ...]]] = {}
    for task in (task for path in files for task in tasks(path, horizon)):
        began = time.perf_counter()
        try:
            quantiles, total = method(task)
        except ForecastError:
            continue
        by_series.setdefault(task.name, []).append(scored(task, quantiles, total, time.perf_counter() - began))
    means = np.array([np.nanmean(rows, axis=0) for rows in by_series.values()])
    return [float(value) for value in np.nanmean(means, axis=0)], sum(map(len, by_series.values()))


def main(arguments: list[str]) -> None:
    """Print a table for each horizon."""
    files = [Path(name) for name in arguments if not name.startswith("-")] or [DATA]
    methods: dict[str, Method] = {name: own(name) for name in ("seasonal_naive", "storesim")}
    if "--peers" in arguments:
        methods["AutoETS"] = statsforecast("AutoETS", season_length=7)
        methods["MSTL"] = statsforecast("MSTL", season_length=[7])
        methods["DynamicOptimizedTheta"] = statsforecast("DynamicOptimizedTheta", season_length=7)
        methods["Prophet"] = prophet
    for horizon in HORIZONS:
        print(f"\n{horizon} days ahead\n\n| method | {' | '.join(COLUMNS)} | forecasts |")
        print("|---" * (len(COLUMNS) + 2) + "|")
        for name, method in methods.items():
            values, number = measured(method, files, horizon)
            print(f"| {name} | {' | '.join(f'{value:.3g}' for value in values)} | {number} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
