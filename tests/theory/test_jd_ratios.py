"""The ratios that JD published of one category in March 2018, by the preset built on them (DOMAIN 3.3, 3.4 and 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from storesim.engine import day as d
from storesim.forecast.repeat import Law, expected_repeats
from storesim.results.run import Run
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario
from tests.theory.evidence import Evidence
from tests.theory.stores import log_of, luck_of, runs_of

SOURCE = "JD, March 2018 (Shen et al. 2020)"
CLOSE = 0.01
"""The most by which a ratio may differ (CHECKS)."""

MONTHS, DAYS = 24, 31
USERS, CLICKS, BUYERS, ORDERS, LINES, PIECES, GMV = 2.5e6, 20_214_515, 457_298, 486_928, 549_989, 669_000, 45.57e6
SELLING_SHARE = 9_159 / 31_868
TENTH = 0.82
"""Share of the views that the first tenth of the items takes (MODEL 7)."""

CLICKS_BY_HOUR = (
    3.61, 1.55, 0.70, 0.50, 0.35, 0.45, 1.05, 2.30, 3.66, 5.76, 7.21, 6.16,
    5.96, 6.46, 6.61, 6.01, 5.31, 4.16, 3.71, 4.16, 5.21, 6.26, 7.26, 5.61,
)  # fmt: skip
"""Per cent of the clicks of a day (A)."""

CLICKS_BY_DEVICE = {"app": 0.744, "wechat": 0.128, "pc": 0.051, "mobile_web": 0.051, "other": 0.026}
"""Figure 10, digitised; A."""


def _buyers(run: Run) -> float:
    return float(run.daily("customers_90")[-1])


def _weekend(run: Run) -> float:
    weekend = np.array([date.weekday() > 4 for date in run.dates])
    uv = run.daily("uv", "search")
    return float(uv[weekend].mean() / uv[~weekend].mean())


RATIOS: dict[str, tuple[float, Callable[[Run], float]]] = {
    "orders of a buyer in a month": (ORDERS / BUYERS, lambda run: run.total("orders") / _buyers(run)),
    "share of items that sell in a month": (SELLING_SHARE, lambda run: float((run.of_skus("units") > 0).mean())),
    "share of a month's visitors who buy": (BUYERS / USERS, lambda run: _buyers(run) / run.total("uv", "search")),
    "clicks of a visitor in a month": (CLICKS / USERS, lambda run: run.total("pv") / run.total("uv", "search")),
    "lines of an order": (LINES / ORDERS, lambda run: run.total("lines") / run.total("orders")),
    "pieces of an order": (PIECES / ORDERS, lambda run: run.total("units") / run.total("orders")),
    "CNY an order": (GMV / ORDERS, lambda run: run.total("gmv") / run.total("orders")),
    "CNY a buyer in a month": (GMV / BUYERS, lambda run: run.total("gmv") / _buyers(run)),
    "visitors of a weekend day for one of a working day": (0.82, _weekend),
}


@pytest.fixture(scope="module")
def preset(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    """The shipped file, with nothing but a name and the first day."""
    path: Path = tmp_path_factory.mktemp("jd") / "month.yaml"
    path.write_text("extends: presets/jd_march_2018.yaml\nstore: {name: JD, opened: 2018-03-01}\n", encoding="utf-8")
    return read_scenario(path)


@pytest.fixture(scope="module")
def months(preset: Scenario) -> list[Run]:
    return runs_of(preset, MONTHS, luck_of("JD's month"))


@pytest.mark.parametrize("name", RATIOS)
def test_the_preset_of_jds_month_has_its_ratios(name: str, months: list[Run], evidence: Evidence) -> None:
    expected, measure = RATIOS[name]

    values = [measure(run) for run in months]

    evidence.mean(
        name, expected=round(expected, 6), values=values, size=f"{MONTHS} months of the preset", source=SOURCE
    )  # fmt: skip
    assert np.mean(values) == pytest.approx(expected, rel=CLOSE)


def test_the_preset_has_jds_devices(preset: Scenario, months: list[Run], evidence: Evidence) -> None:
    visitors = np.array([run.by_device[0, :, 0] for run in months])

    seen = visitors / visitors.sum(axis=1, keepdims=True)

    assert list(preset.market.devices) == list(CLICKS_BY_DEVICE)
    for (device, share), shares in zip(CLICKS_BY_DEVICE.items(), seen.T, strict=True):
        evidence.mean(
            f"share of visitors on {device}", expected=share, values=shares.tolist(),
            size=f"{MONTHS} months of the preset", source=SOURCE,
        )  # fmt: skip
        assert shares.mean() == pytest.approx(share, rel=CLOSE)


def test_the_preset_has_jds_hours_those_of_the_night_too(preset: Scenario, evidence: Evidence) -> None:
    # Six months of 2 million visitors each, all of whom buy at once: the log shows the hour of buyers only.
    crowd = preset.with_(
        {
            "market.searches_per_day": 8 * preset.market.searches_per_day, "operations.conversion.base": 0.999999,
            "operations.conversion.browse": 0, "operations.members.join": 0, "catalogue.lines": 1,
            "catalogue.quantity": 1, "catalogue.skus": [{"sku": "A", "price": 10, "cost": 4}],
        }
    )  # fmt: skip
    shares = []
    for run in range(6):
        log = log_of(crowd, seed=luck_of(f"hours of JD, {run}"), rows=2_200_000)
        counts = np.bincount(log[:, d.LOG_TIME].astype(int), minlength=24 * DAYS)[: 24 * DAYS].reshape(DAYS, 24)
        shares += list(counts / counts.sum(axis=1, keepdims=True))

    seen, expected = np.array(shares), np.array(CLICKS_BY_HOUR) / sum(CLICKS_BY_HOUR)
    for hour, share in enumerate(expected):
        evidence.mean(
            f"share of visitors in hour {hour}", expected=round(share, 6), values=seen[:, hour].tolist(),
            size=f"{len(seen)} days of about 64,000 visitors", source=SOURCE,
        )  # fmt: skip
    np.testing.assert_allclose(seen.mean(axis=0), expected, rtol=CLOSE)


def test_popularity_in_the_file_follows_the_two_published_shares(preset: Scenario, evidence: Evidence) -> None:
    popularity = np.array([sku.popularity for sku in preset.catalogue.skus])
    n = popularity.size
    place = (np.arange(n) + 0.5) / n
    np.testing.assert_allclose(popularity, np.exp(-40.27 * place**1.543), rtol=1e-3)

    first = np.sort(popularity)[::-1][: round(0.1 * n)].sum() / popularity.sum()

    evidence.near(
        "share of views that the first tenth of the items takes", expected=TENTH, got=round(float(first), 6),
        tolerance=CLOSE * TENTH, size=f"popularity of the preset's {n:,} items", source="JD (MODEL 7)",
    )  # fmt: skip
    assert n == round(31_868 / 10)


def test_alpha_in_the_file_is_the_one_with_which_buyers_order_as_often_as_on_jd(preset: Scenario) -> None:
    # The drop-out of CDNOW's buyers, who return as often as JD's month says; a buyer may come back from the next day.
    members = preset.operations.members

    def repeats(alpha: float) -> float:
        law = Law(members.r, alpha, members.a, members.b)
        return float(np.mean([expected_repeats(law, DAYS - day) for day in range(1, DAYS + 1)]))

    alpha = optimize.brentq(lambda a: 1.0 + repeats(a) - ORDERS / BUYERS, 1.0, 1_000.0)

    assert (members.r, members.a, members.b) == (0.2426, 0.7929, 2.4258)
    assert members.alpha == pytest.approx(alpha, abs=0.01)


def test_the_preset_of_devices_has_the_same_shares(preset: Scenario, tmp_path: Path) -> None:
    path = tmp_path / "devices.yaml"
    path.write_text(
        "extends: [presets/jd_march_2018.yaml, presets/jd_devices.yaml]\nstore: {name: JD, opened: 2018-03-01}\n",
        encoding="utf-8",
    )

    assert read_scenario(path).market.devices == preset.market.devices
