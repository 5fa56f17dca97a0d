"""Results made up for the tests of reports: the right shapes, sums that agree, and names that mean harm."""

from __future__ import annotations

import datetime as dt
import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.forecast.outlook import Outlook
from storesim.plan.goals import Goal, Goals
from storesim.results.ensemble import Ensemble
from storesim.results.recorded import SKU_COUNTS, Provenance
from storesim.scenario.document import Scenario

START = dt.date(2027, 1, 1)
CHANNELS = ("search", "express", "direct_placement", "returning")
SHARES = {"search": 0.5, "express": 0.25, "direct_placement": 0.15, "returning": 0.10}
PAID = {"express": 1.6, "direct_placement": 1.1}
"""CNY a click."""


@cache
def scenario(name: str = "ELENA MILEVA", opened: dt.date = START, n_days: int = 365, target: str = "500万") -> Scenario:
    """A small store with a target, two events and, where the caller wants them, hostile names."""
    written = {
        "store": {"name": name, "opened": opened.isoformat(), "category": "女装"},
        "horizon": f"{n_days}d",
        "market": {"searches_per_day": "4万"},
        "channels": {
            "search": {"mechanism": "organic"},
            "express": {"mechanism": "pay_per_click", "daily_budget": "¥300", "bid": 1.6},
            "direct_placement": {"mechanism": "placement", "daily_budget": 200, "audience": "80万"},
            "returning": {"mechanism": "returning"},
        },
        "catalogue": {"skus": [{"sku": f"D{i}", "name": f"连衣裙 {i}", "price": 239, "cost": 90} for i in range(5)]},
        "events": [
            {"name": "618", "from": "2027-06-15", "to": "2027-06-18", "market": 2.0, "discount": "12%"},
            {"name": "春节", "from": "2027-02-04", "to": "2027-02-11", "market": 0.5},
            {"name": name, "from": "2027-05-20", "to": "2027-05-22", "discount": "15%"},
        ],
        "targets": {"2027": {"gmv": target}} if target else {},
    }
    return Scenario.model_validate(written)


@cache
def ensemble(n_runs: int = 40, n_days: int = 365, start: dt.date = START, seed: int = 7) -> Ensemble:
    """Runs that grow and settle; counts agree with one another, money adds up to the profit."""
    random = np.random.default_rng(seed)
    days = np.arange(n_days)
    course = 400 + 1500 / (1 + np.exp(-(days - 120) / 30)) * (1 + 0.25 * np.sin(days / 58))
    luck = np.exp(random.normal(0, 0.22, (n_runs, 1)) + random.normal(0, 0.12, (n_runs, n_days)))
    by_channel = np.zeros((n_runs, n_days, len(CHANNELS), len(kpi.CHANNEL_COUNTS)))
    for place, name in enumerate(CHANNELS):
        _fill_channel(by_channel[:, :, place], name, np.round(course * luck * SHARES[name]), random)
    of_store = _store(by_channel, days, random)
    by_sku = np.zeros((n_runs, 5, len(SKU_COUNTS)))
    by_sku[..., 0] = np.array([900, 700, 500, 300, 100])
    by_sku[..., 1] = by_sku[..., 0] * 230
    by_sku[..., 2] = np.array([60, 20, 5, 0, 0])
    return Ensemble(start, CHANNELS, tuple(f"D{i}" for i in range(5)), by_channel, of_store, by_sku,
                    Provenance("f" * 64, seed, -1, "0.1.0"))  # fmt: skip


def outlook(source: Ensemble) -> Outlook:
    """The runs themselves as paths."""
    counts = ("uv", "pv", "buyers", "orders", "units", "gmv", "ad_spend", "ad_gmv", "clicks", "impressions")
    paths = source.by_channel[..., [kpi.CHANNEL_INDEX[name] for name in counts]]
    return Outlook(source.start, source.channels, counts, paths, "ensemble_path", ("The runs are the paths.",))


def goals(source: Ensemble, target: float = 5_000_000.0) -> Goals:
    """The year's target over quarters, months and channels in the shares of the mean run; exact to the fen."""
    weights = {f"2027-{month:02d}": _window(source, month, month).sum() for month in range(1, 13)}
    whole = sum(weights.values())
    fen = [round(target * 100 * weight / whole) for weight in weights.values()]
    fen[-1] += round(target * 100) - sum(fen)
    rows: list[Goal] = []
    sums: dict[str, dict[str, float]] = {}
    for month, amount in enumerate(fen, start=1):
        gmv = amount / 100
        uv = round(gmv / (0.025 * 260)) if gmv else 0
        buyers = round(uv * 0.025)
        parts = {"gmv": gmv, "uv": uv, "pv": round(uv * 3.2), "buyers": buyers, "ad_spend": round(gmv * 0.12, 2)}
        for period in (f"2027-{month:02d}", f"2027Q{(month + 2) // 3}", "2027"):
            held = sums.setdefault(period, dict.fromkeys(parts, 0.0))
            for name, value in parts.items():
                held[name] = round(held[name] + value, 2)
    for period, held in sorted(sums.items(), key=lambda item: (len(item[0]), item[0])):
        rows += _rows(source, period, held)
    return Goals(2027, target, tuple(rows), ("Made up for a test.",))


def _rows(source: Ensemble, period: str, held: dict[str, float]) -> list[Goal]:
    low, high = (1, 12) if len(period) == 4 else (int(period[5:]),) * 2 if period[4] == "-" else (
        int(period[5:]) * 3 - 2, int(period[5:]) * 3)  # fmt: skip
    level = {4: "year", 6: "quarter", 7: "month"}[len(period)]
    ratios = {"cvr": held["buyers"] / held["uv"], "aov": held["gmv"] / held["buyers"]} if held["buyers"] else {}
    first, last = dt.date(2027, low, 1), dt.date(2027, high, 28)
    rows = []
    for name, value in (held | ratios).items():
        totals = source.total(name, first=first, last=last)
        p10, p50, p90 = (float(level_) for level_ in np.quantile(totals, (0.1, 0.5, 0.9)))
        chance = math.nan if name == "ad_spend" else float((totals >= value).mean())
        whole = int(value) if name in ("uv", "pv", "buyers") else value
        rows.append(Goal(period, level, "", name, whole, p10, p50, p90, chance))  # type: ignore[arg-type]
    if level != "month":
        for name, share in SHARES.items():
            rows += [
                Goal(period, level, name, "uv", round(held["uv"] * share)),  # type: ignore[arg-type]
                Goal(period, level, name, "gmv", round(held["gmv"] * share, 2)),  # type: ignore[arg-type]
                Goal(period, level, name, "buyers", round(held["buyers"] * share)),  # type: ignore[arg-type]
                Goal(period, level, name, "ad_spend", round(held["ad_spend"] * share, 2)),
            ]  # type: ignore[arg-type]
    return rows


def _window(source: Ensemble, low: int, high: int) -> NDArray[np.float64]:
    months = np.array([day.month for day in source.dates])
    return source.daily("gmv").mean(axis=0)[(months >= low) & (months <= high)]


def _fill_channel(into: NDArray[np.float64], name: str, uv: NDArray[np.float64], random: np.random.Generator) -> None:
    at = kpi.CHANNEL_INDEX
    buyers = random.binomial(uv.astype(int), 0.05 if name == "returning" else 0.02).astype(float)
    into[..., at["uv"]], into[..., at["pv"]], into[..., at["bounces"]] = uv, np.round(uv * 3.1), np.round(uv * 0.48)
    into[..., at["visits"]] = np.round(uv * 1.4)
    into[..., at["buyers"]], into[..., at["orders"]], into[..., at["units"]] = buyers, buyers, np.round(buyers * 1.3)
    into[..., at["gmv"]] = np.round(buyers * 255.35, 2)
    into[..., at["chats"]], into[..., at["chats_in_30s"]] = np.round(uv * 0.05), np.round(uv * 0.04)
    into[..., at["lost_units"]] = np.round(buyers * 0.04)
    into[..., at["lost_gmv"]] = into[..., at["lost_units"]] * 230
    if name in PAID:
        into[..., at["clicks"]], into[..., at["impressions"]] = uv, uv * 45
        into[..., at["ad_spend"]], into[..., at["ad_gmv"]] = uv * PAID[name], into[..., at["gmv"]]
        into[..., at["silent_hours"]] = 3.5


def _store(
    by_channel: NDArray[np.float64], days: NDArray[np.int64], random: np.random.Generator
) -> NDArray[np.float64]:
    at = kpi.STORE_INDEX
    n_runs, n_days = by_channel.shape[:2]
    gmv = by_channel[..., kpi.CHANNEL_INDEX["gmv"]].sum(axis=-1)
    orders = by_channel[..., kpi.CHANNEL_INDEX["orders"]].sum(axis=-1)
    spend = by_channel[..., kpi.CHANNEL_INDEX["ad_spend"]].sum(axis=-1)
    store = np.zeros((n_runs, n_days, len(kpi.STORE_COUNTS)))
    costs = {"refunds": gmv * 0.05, "goods_cost": gmv * 0.38, "commission": gmv * 0.057,
             "transaction_fee": gmv * 0.006,
             "parcels": orders * 8, "wages": gmv * 0 + 1600, "overheads": gmv * 0 + 100,
             "penalties": orders * 0.05}  # fmt: skip
    for name, amount in costs.items():
        store[..., at[name]] = amount
    store[..., at["profit"]] = gmv - spend - sum(costs.values())
    store[..., at["cash"]] = 300_000 + np.cumsum(store[..., at["profit"]], axis=1)
    store[..., at["dispatched"]], store[..., at["late"]] = orders, np.round(orders * 0.02)
    store[..., at["dispatch_wait"]], store[..., at["reviews"]] = orders * 9, np.round(orders * 0.2)
    store[..., at["good_reviews"]] = np.round(orders * 0.19)
    store[..., at["in_stock_share"]] = np.clip(0.96 + random.normal(0, 0.02, gmv.shape), 0, 1)
    store[..., at["score"]] = 0.35 + 0.4 * days / max(days[-1], 1) + random.normal(0, 0.02, gmv.shape)
    grown, stable = random.integers(40, 90, (n_runs, 1)), random.integers(230, 460, (n_runs, 1))
    store[..., at["stage"]] = (days >= grown).astype(float) + (days >= stable)
    return store
