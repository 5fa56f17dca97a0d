"""The market's profile of the day reaches the visitors."""

from __future__ import annotations

import numpy as np

from storesim.engine import day as d
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from storesim.scenario.document import Scenario


def test_nobody_comes_in_an_hour_without_visits() -> None:
    hours = [1.0 if 9 <= hour < 17 else 0.0 for hour in range(24)]
    store = Store(blueprint(_scenario(hours)), 1, 0, log_rows=20_000)

    store.live()

    rows = store.kernel.log()
    chats = rows[(rows[:, d.LOG_WHAT] == d.LOG_CHAT_SERVED) | (rows[:, d.LOG_WHAT] == d.LOG_CHAT_LEFT)]
    hour = chats[:, d.LOG_TIME] % 24.0
    assert len(chats) > 1_000  # 20 days of about 120 visitors who ask
    assert hour.min() >= 9.0
    assert hour.max() < 17.5  # those of the last minute browse half a minute a page first


def test_the_kernel_plays_the_hours_the_scenario_gives() -> None:
    hours = [float(hour + 1) for hour in range(24)]
    store = Store(blueprint(_scenario(hours)), 1, 0)

    store.live()

    np.testing.assert_allclose(store.kernel.plan.hours, np.array(hours) / 300.0)  # 1 + … + 24 = 300


def _scenario(hours: list[float]) -> Scenario:
    return Scenario.model_validate(
        {
            "store": {"name": "Test", "opened": "2027-01-01"},
            "horizon": 20,
            "market": {"searches_per_day": 500, "hours": hours},
            "channels": {"search": {"mechanism": "organic", "weight": 1}},
            "catalogue": {"skus": [{"sku": "A", "price": 10, "cost": 4}]},
            "operations": {"service": {"open": "0-24", "asks": 1}},
        }
    )
