"""Free visitors, and what moves their number (MODEL sections 3, 4, 9)."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from storesim.engine.day import BUYERS, CLICKS, N_TALLY, ORDERS, UV
from storesim.model.today import Offer, Shelf
from storesim.model.traffic import PRIOR_BUYERS, Traffic, kept, read_sources
from tests.model.small import morning, scenario

PLAIN = Offer(1.0, 1.0, 1.0, 0.0)
FULL = Shelf(1.0, 0.0)
CHANNELS = {
    "search": {
        "mechanism": "organic", "weight": 0.5, "popularity": 0.5, "memory": 2, "conversion_effect": 0.3,
        "score_effect": 0.6, "price_effect": 0.5, "out_of_stock_effect": 0.4,
    },
    "express": {
        "mechanism": "pay_per_click", "daily_budget": 100, "bid": 1, "share": 0.5, "cannibalisation": 0.25, "halo": 0.5,
    },
    "returning": {"mechanism": "returning", "visits_per_member": 0.02},
}  # fmt: skip


def _traffic() -> Traffic:
    return Traffic((read_sources(scenario({"channels": CHANNELS, "market.searches_per_day": 3000})),) * 3)


def _rates(
    traffic: Traffic,
    offer: Offer = PLAIN,
    shelf: Shelf = FULL,
    *,
    members: float = 0.0,
    score: float = 0.5,
    **known: Any,
) -> list[float]:
    today = morning(3, **known)
    traffic.open(today, offer, shelf, members, score)
    return today.plan.rate.tolist()


def _day(**rows: dict[int, float]) -> np.ndarray:
    by_channel = np.zeros((3, N_TALLY))
    for c, name in enumerate(CHANNELS):
        for place, value in rows.get(name, {}).items():
            by_channel[c, place] = value
    return by_channel


def test_an_unknown_store_gets_w_over_w_and_c_of_the_searches() -> None:
    assert _rates(_traffic(), rivals=1.5) == pytest.approx([3000 * 0.5 / 2.0, 1500.0, 0.0], rel=1e-14)


def test_market_events_and_members_move_each_channel_as_they_should() -> None:
    rates = _rates(_traffic(), PLAIN._replace(traffic=1.2), market=4.0, rivals=1.5, members=200.0)

    assert rates == pytest.approx([4.0 * 1.2 * 750.0, 4.0 * 1500.0, 200 * 0.02 * 2.0], rel=1e-14)


def test_score_price_and_empty_heroes_enter_the_weight_by_their_powers() -> None:
    traffic = _traffic()

    _rates(traffic, PLAIN._replace(log_price=-0.2), Shelf(0.5, 0.75), score=0.8)

    expected = np.log(0.5) + 0.6 * 0.3 + 0.5 * 0.2 - 0.4 * 0.75
    assert np.log(traffic.weight[0]) == pytest.approx(expected, rel=1e-13)
    assert traffic.weight[1:].tolist() == [0.0, 0.0]


def test_orders_are_remembered_and_those_through_ads_weigh_their_halo() -> None:
    traffic = _traffic()

    traffic.close(0, _day(search={ORDERS: 6.0}, express={ORDERS: 8.0}))
    _rates(traffic)

    orders = (1.0 - kept(2.0)) * (6.0 + 0.5 * 8.0)
    assert kept(2.0) == pytest.approx(np.sqrt(0.5), rel=1e-15)
    assert np.log(traffic.weight[0]) == pytest.approx(np.log(0.5) + 0.5 * np.log1p(orders), rel=1e-13)


def test_a_store_that_converts_better_than_its_category_ranks_higher() -> None:
    traffic = _traffic()

    traffic.close(0, _day(search={UV: 1_000.0, BUYERS: 30.0}))
    _rates(traffic)

    # The category: half bounce, 3 % of the others buy; 15 expected where 30 bought.
    ratio = (30.0 + PRIOR_BUYERS) / (15.0 + PRIOR_BUYERS)
    assert np.log(traffic.weight[0] / 0.5) == pytest.approx(0.3 * np.log(ratio), rel=1e-13)


def test_a_share_of_yesterdays_ad_clicks_is_missing_among_todays_free_visitors() -> None:
    traffic = _traffic()
    before = _rates(traffic)[0]

    traffic.close(0, _day(express={CLICKS: 400.0, UV: 400.0}))
    after = _rates(traffic)[0]

    # No buyers yet: the clicks also lower the record of conversion, so the rank is taken as it stands.
    rank = 3000 * traffic.weight[0] / (traffic.weight[0] + 1.0)
    assert before == pytest.approx(1000.0, rel=1e-14)
    assert after == pytest.approx(rank - 0.25 * 400.0, rel=1e-13)


def test_no_channel_is_ever_asked_for_less_than_nobody() -> None:
    traffic = _traffic()

    traffic.close(0, _day(express={CLICKS: 1e6}))

    assert _rates(traffic)[0] == 0.0
