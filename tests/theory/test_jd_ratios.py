"""The ratios that JD published of one category in March 2018, by stores built on them (DOMAIN 3.3 and 4.1)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML
from scipy import optimize, stats

from storesim.engine import day as d
from storesim.forecast.repeat import Law, expected_repeats
from storesim.runs.one import simulate
from storesim.scenario import load
from tests.theory.evidence import Evidence
from tests.theory.stores import FREE_CHANNEL, PLAIN_CHANNEL, log_of, luck_of, quiet_store, runs_of

SOURCE = "JD, March 2018 (Shen et al. 2020)"
ORDERS_PER_BUYER = 486_928 / 457_298
SELLING_SHARE = 9_159 / 31_868
SKUS, LINES = 3_187, 54_999
"""A tenth of the category's items, and of its order lines of a month."""

LINES_PER_ORDER = 549_989 / 486_928
CLICKS_BY_HOUR = (
    3.61, 1.55, 0.70, 0.50, 0.35, 0.45, 1.05, 2.30, 3.66, 5.76, 7.21, 6.16,
    5.96, 6.46, 6.61, 6.01, 5.31, 4.16, 3.71, 4.16, 5.21, 6.26, 7.26, 5.61,
)  # fmt: skip
"""Per cent of the clicks of a day (A)."""

CLICKS_BY_DEVICE = (0.744, 0.128, 0.051, 0.051, 0.026)
"""App, WeChat, PC, mobile web, other (Figure 10, digitised; A)."""

SURE = {"base": 0.999999}
"""Whoever comes buys, as long as the log shows buyers only."""


def _popularity(spread: float) -> np.ndarray:
    """[SKUS] shares of a lognormal popularity with a `spread` of the logarithm."""
    weights = np.exp(spread * stats.norm.ppf((np.arange(SKUS) + 0.5) / SKUS))
    return np.asarray(weights / weights.sum())


def _sells(spread: float) -> float:
    """Share of items with a line or more among LINES, each by popularity (a Poisson number an item)."""
    return float((1.0 - np.exp(-LINES * _popularity(spread))).mean())


def test_as_few_items_sell_in_a_month_as_on_jd(evidence: Evidence) -> None:
    spread = optimize.brentq(lambda s: _sells(s) - SELLING_SHARE, 1.0, 9.0)
    skus = [
        {"sku": f"S{i}", "price": 10, "cost": 4, "popularity": share}
        for i, share in enumerate(_popularity(spread).tolist())
    ]
    scenario = quiet_store(LINES / LINES_PER_ORDER / 31, days=31, skus=skus, conversion=SURE)
    runs = runs_of(scenario.with_({"catalogue.lines": LINES_PER_ORDER}), 6, luck_of("items that sell"))

    selling = [float((run.of_skus("units") > 0).mean()) for run in runs]

    evidence.mean(
        "share of items that sell in a month", expected=SELLING_SHARE, values=selling,
        size=f"6 months of {SKUS:,} items", source=SOURCE,
    )  # fmt: skip
    assert np.mean(selling) == pytest.approx(SELLING_SHARE, rel=0.01)


def test_visitors_spread_over_the_hours_as_on_jd(evidence: Evidence) -> None:
    scenario = quiet_store(8_000, days=30, conversion=SURE).with_({"market.hours": list(CLICKS_BY_HOUR)})
    hours = (log_of(scenario, seed=luck_of("hours of JD"))[:, d.LOG_TIME] % 24.0).astype(int)

    total = sum(CLICKS_BY_HOUR)
    for hour, share in enumerate(CLICKS_BY_HOUR):
        evidence.mean(
            f"share of visitors in hour {hour}", expected=round(share / total, 6),
            values=(hours == hour).astype(float), size=f"{hours.size:,} visitors", source=SOURCE,
        )  # fmt: skip
    seen = np.bincount(hours, minlength=24) / hours.size
    busy = np.array(CLICKS_BY_HOUR) > 3.0
    np.testing.assert_allclose(seen[busy], np.array(CLICKS_BY_HOUR)[busy] / total, rtol=0.03)


def test_visitors_come_on_devices_as_on_jd(evidence: Evidence) -> None:
    uses = _preset("jd_devices")["market"]["devices"]
    runs = runs_of(quiet_store(8_000, days=30).with_({"market.devices": uses}), 6, luck_of("devices of JD"))

    visitors = np.array([run.by_device[0, :, 0] for run in runs])
    seen = visitors / visitors.sum(axis=1, keepdims=True)
    for device, share, shares in zip(uses, CLICKS_BY_DEVICE, seen.T, strict=True):
        evidence.mean(
            f"share of visitors on {device}", expected=share, values=shares.tolist(),
            size=f"6 months of {visitors.mean(axis=0).sum():,.0f} visitors", source=SOURCE,
        )  # fmt: skip
    np.testing.assert_allclose(seen.mean(axis=0), CLICKS_BY_DEVICE, rtol=0.01)


def _preset(name: str) -> Any:
    """What the file of a preset says."""
    text = (Path(load.__file__).parent / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


def test_buyers_of_a_month_order_as_often_as_on_jd(evidence: Evidence) -> None:
    # The drop-out of CDNOW's buyers, who return as often as JD's month says; a buyer may come back from the next day.
    def repeats(alpha: float) -> float:
        law = Law(0.2426, alpha, 0.7929, 2.4258)
        return float(np.mean([expected_repeats(law, 30.0 - day) for day in range(1, 31)]))

    alpha = optimize.brentq(lambda a: 1.0 + repeats(a) - ORDERS_PER_BUYER, 1.0, 1_000.0)
    channels = {"search": FREE_CHANNEL, "returning": {**PLAIN_CHANNEL, "mechanism": "returning", "conversion": 1}}
    scenario = quiet_store(400, days=30, channels=channels, conversion={"base": 0.5}).with_(
        {
            "operations.members.model": "bg_nbd", "operations.members.opening": 0, "operations.members.join": 1,
            "operations.members.r": 0.2426, "operations.members.alpha": alpha, "operations.members.a": 0.7929,
            "operations.members.b": 2.4258,
        }
    )  # fmt: skip

    runs = [simulate(scenario, luck_of("orders a buyer"), run) for run in range(16)]
    ratios = [run.total("orders") / run.daily("customers_30")[-1] for run in runs]

    evidence.mean(
        "orders of a buyer in a month", expected=round(ORDERS_PER_BUYER, 6), values=ratios,
        size="16 months of about 6,000 buyers", source=SOURCE,
    )  # fmt: skip
    assert np.mean(ratios) == pytest.approx(ORDERS_PER_BUYER, rel=0.01)
