"""How good the forecasts are: rolling origins on real daily series, and coverage on made ones whose truth is known.

`python -m benchmarks.forecast_real` writes the tables of `RESULTS.md`; `forecast_notes.md` says what they mean. Each
forecast knows only the days before its origin. The made series were not used to choose any setting.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import io
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.record import record
from storesim.errors import ForecastError
from storesim.forecast.methods import forecaster
from storesim.forecast.methods.base import WEEK, Panel
from storesim.forecast.outlook import Outlook
from storesim.forecast.predict import predict
from storesim.forecast.scores import DECILES, coverage, mase, scrps, season_scale
from storesim.results.history import History, read_history

Array = NDArray[np.float64]

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
METHODS = ("naive", "seasonal_naive", "ets", "storesim")
KINDS = ((0.0, 0.0), (0.9, 0.05), (0.97, 0.03), (0.99, 0.03), (1.0, 0.015), (1.0, 0.03), (1.0, 0.06))
MADE = range(100)
"""Seeds of the made shops; each is forecast once."""


@dataclass
class Scores:
    """Scores of one method, by forecast."""

    mase: list[float] = field(default_factory=list)
    scrps: list[float] = field(default_factory=list)
    days: list[float] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)

    def add(self, outlook: Outlook, name: str, known: Array, actual: Array) -> None:
        """One forecast of one count, held against what came."""
        scale = season_scale(known)
        deciles = outlook.quantiles(name, DECILES)
        total = outlook.daily(name).sum(axis=1)
        low, high = np.quantile(total, [0.1, 0.9])
        self.mase.append(mase(actual, deciles[:, 4], scale))
        self.scrps.append(scrps(actual, deciles, scale))
        self.days.append(coverage(actual, deciles[:, 0], deciles[:, 8]))
        self.totals.append(coverage(np.array([actual.sum()]), np.array([low]), np.array([high])))

    def row(self) -> str:
        """Means, as cells of a table; shares in percent."""
        return (
            f"{np.mean(self.mase):.3f} | {np.mean(self.scrps):.3f} | {100 * np.mean(self.days):.0f} | "
            f"{100 * np.mean(self.totals):.0f} | {len(self.mase)}"
        )


def orders_by_country() -> History:
    """Orders and amounts by day of the same shop's customers abroad: small counts with closed Saturdays."""
    start, n_days = dt.date(2010, 12, 1), 274
    orders, gmv = np.zeros(n_days), np.zeros(n_days)
    with (DATA / "online_retail_orders.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["country"] == "United Kingdom" or row["cancel"] == "1" or row["write_off"] == "1":
                continue
            day = (dt.date.fromisoformat(row["created_at"][:10]) - start).days
            orders[day] += 1
            gmv[day] += float(row["goods_amount"])
    return History(start, {"orders": orders, "gmv": np.maximum(gmv, 0.0)}, "abroad")


def made_series(seed: int, n_days: int) -> History:
    """A made shop: weekly pattern, a level that wanders and returns (AR(1)), days with noise of their own."""
    rng = np.random.default_rng(seed)
    kept, step = rng.choice([0.9, 0.97, 0.99, 1.0]), rng.uniform(0.01, 0.06)
    level = np.zeros(n_days)
    for day in range(1, n_days):
        level[day] = kept * level[day - 1] + step * rng.standard_normal()
    weekly = rng.normal(0.0, 0.2, 7)[np.arange(n_days) % 7]
    noise = rng.uniform(0.05, 0.2) * rng.standard_normal(n_days)
    uv = np.exp(rng.uniform(5.0, 8.0) + level + weekly + noise)
    buyers = uv * np.exp(-3.9 - 0.2 * level + rng.uniform(0.05, 0.15) * rng.standard_normal(n_days))
    gmv = buyers * np.exp(4.6 + 0.08 * rng.standard_normal(n_days))
    return History(dt.date(2025, 1, 6), {"uv": uv, "buyers": buyers, "gmv": gmv}, f"made {seed}")


def held_by_kind(kind: tuple[float, float], n_days: int, horizon: int) -> tuple[float, float]:
    """Shares of days and of totals in their 80 % bands, over 100 separate shops of one kind of level.

    Parameters
    ----------
    kind
        What is left of the level a day later, and the standard deviation of its step; days have noise of 0.1 besides.
    """
    kept, step = kind
    rng = np.random.default_rng([int(1000 * kept), int(1000 * step), n_days])
    level = np.zeros((100, n_days + horizon))
    for day in range(1, n_days + horizon):
        level[:, day] = kept * level[:, day - 1] + step * rng.standard_normal(100)
    weekly = rng.normal(0.0, 0.2, (100, WEEK))[:, np.arange(n_days + horizon) % WEEK]
    values = 6.0 + level + weekly + 0.1 * rng.standard_normal(level.shape)
    names = tuple(f"shop {number}" for number in range(100))
    closed = np.zeros((100, WEEK), dtype=np.bool_)
    panel = Panel(dt.date(2025, 1, 6), names, values[:, :n_days], closed)
    paths = forecaster("storesim").fit(panel).predict(horizon, 400, seed=1)
    came = values[:, n_days:].T
    return _held(paths, came), _held(np.exp(paths).sum(axis=1), np.exp(came).sum(axis=0))


def show_kinds() -> None:
    """A table of what was held by kind of level."""
    columns = [(n_days, horizon) for n_days in (28, 90, 365) for horizon in (28, 90)]
    print("\nDays and totals held by the 80 % bands of `storesim`, by kind of level, 100 made shops each\n")
    print("| kept a day | step | " + " | ".join(f"{n} known, {h} ahead" for n, h in columns) + " |")
    print("|---|---|" + "---|" * len(columns))
    for kind in KINDS:
        held = [held_by_kind(kind, *column) for column in columns]
        cells = " | ".join(f"{100 * days:.0f}, {100 * totals:.0f}" for days, totals in held)
        print(f"| {kind[0]} | {kind[1]} | {cells} |")
    sys.stdout.flush()


def _held(paths: Array, came: Array) -> float:
    low, high = np.quantile(paths, [0.1, 0.9], axis=0)
    return float(((came >= low) & (came <= high)).mean())


def rolled(
    history: History, names: tuple[str, ...], methods: tuple[str, ...], plan: tuple[int, ...]
) -> dict[str, Scores]:
    """Scores by method, over origins.

    Parameters
    ----------
    plan
        First origin, days between origins, horizon.
    """
    first, step, horizon = plan
    found = {method: Scores() for method in methods}
    for origin in range(first, history.n_days - horizon + 1, step):
        known = history.until(history.start + dt.timedelta(days=origin - 1))
        for method in methods:
            try:
                outlook = predict(known, horizon, method, seed=origin)
            except ForecastError:
                continue
            for name in names:
                actual = history.columns[name][origin : origin + horizon]
                found[method].add(outlook, name, known.columns[name], actual)
    return found


def joined(parts: list[dict[str, Scores]]) -> dict[str, Scores]:
    """Scores of several histories together."""
    whole = {method: Scores() for method in parts[0]}
    for part in parts:
        for method, scores in part.items():
            for name in ("mase", "scrps", "days", "totals"):
                getattr(whole[method], name).extend(getattr(scores, name))
    return whole


def show(title: str, scores: dict[str, Scores]) -> None:
    """A table of scores on standard output."""
    print(
        f"\n{title}\n\n| method | MASE | sCRPS | days in 80 % | totals in 80 % | forecasts |\n|---|---|---|---|---|---|"
    )
    for method, found in scores.items():
        if found.mase:
            print(f"| {method} | {found.row()} |")
    sys.stdout.flush()


def main() -> None:
    """Measure every table, and write the section."""
    tables = io.StringIO()
    with contextlib.redirect_stdout(tables):
        show_all()
    said = "What these tables say, and what they do not, is in [forecast_notes.md](forecast_notes.md)."
    record("Forecasts", "python -m benchmarks.forecast_real", said + "\n" + tables.getvalue())


def show_all() -> None:
    """Every table on standard output."""
    shop = read_history(DATA / "online_retail_daily.csv")
    for name in ("orders", "units", "gmv"):
        alone = History(shop.start, {name: shop.columns[name]}, name)
        show(f"Online Retail, {name} alone, 28 days ahead", rolled(alone, (name,), METHODS, (98, 7, 28)))
    for horizon in (28, 90):
        title = f"Online Retail, GMV from its drivers, {horizon} days ahead"
        show(title, rolled(shop, ("gmv",), METHODS, (98, 7, horizon)))
    abroad = orders_by_country()
    show("Online Retail abroad, orders and GMV, 28 days ahead", rolled(abroad, ("orders", "gmv"), METHODS, (98, 7, 28)))
    for n_days in (28, 90, 365, 730):
        for horizon in (28, 90):
            shops = [made_series(seed, n_days + horizon) for seed in MADE]
            parts = [
                rolled(shop, ("uv", "gmv"), ("seasonal_naive", "storesim"), (n_days, 1, horizon)) for shop in shops
            ]
            show(f"{len(shops)} made shops, {n_days} days known, {horizon} days ahead: UV and GMV", joined(parts))
    show_kinds()


if __name__ == "__main__":
    main()
