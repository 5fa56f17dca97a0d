"""What a change does not touch stays the same, visitor by visitor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.model.blueprint import blueprint
from storesim.model.store import Store
from tests.model.small import scenario

EVENT = {"name": "店庆", "from": "2027-01-05", "to": "2027-01-06"}
FIRST, AFTER = 4 * 24.0, 6 * 24.0
NO_FEEDBACK: dict[str, Any] = {
    "horizon": 10,
    "market.searches_per_day": 25_000,
    # Rank, score and members carry what a day brought into the next ones; without them a day is a day.
    "channels.search": {
        "mechanism": "organic", "weight": 0.1, "popularity": 0, "conversion_effect": 0, "score_effect": 0,
    },
    "channels.returning": {"mechanism": "returning", "visits_per_member": 0},
    "channels.express": {"mechanism": "pay_per_click", "daily_budget": 150, "bid": 1.5, "quality_memory": 1e6},
    "operations.conversion.base": 0.3,
    "operations.stock": {"policy": "unlimited"},
    "operations.service": {"agents": 0, "asks": 0},
    "operations.reviews": {"chance": 0},
}  # fmt: skip


def _log(changes: dict[str, Any]) -> np.ndarray:
    lived = Store(blueprint(scenario({**NO_FEEDBACK, **changes})), 5, 0, log_rows=60_000)
    lived.live()
    log = lived.kernel.log()
    assert len(log) < 60_000
    return log


@pytest.fixture(scope="module")
def usual() -> np.ndarray:
    return _log({})


def _rows(log: np.ndarray) -> set[bytes]:
    return {row.tobytes() for row in log}


def test_an_event_leaves_every_visitor_it_does_not_touch_identical(usual: np.ndarray) -> None:
    # More free visitors on two days, and nothing else.
    event = _log({"events": [EVENT | {"traffic": 2.0}]})

    def untouched(log: np.ndarray) -> np.ndarray:
        during = (log[:, d.LOG_TIME] >= FIRST) & (log[:, d.LOG_TIME] < AFTER)
        return log[~during | (log[:, d.LOG_CHANNEL] != 0.0)]

    assert len(untouched(usual)) > 500
    assert len(event) > len(usual) + 20
    assert untouched(event).tobytes() == untouched(usual).tobytes()


def test_visitors_an_event_adds_leave_the_earlier_ones_their_luck(usual: np.ndarray) -> None:
    event = _log({"events": [EVENT | {"traffic": 2.0}]})

    def wanted(log: np.ndarray) -> dict[tuple[int, int], int]:
        during = log[(log[:, d.LOG_TIME] >= FIRST) & (log[:, d.LOG_TIME] < AFTER) & (log[:, d.LOG_CHANNEL] == 0.0)]
        return {(int(row[d.LOG_TIME] // 24), int(row[d.LOG_INDEX])): int(row[d.LOG_SKU]) for row in during}

    before, now = wanted(usual), wanted(event)
    # Visitor number i of the day comes earlier in it, looks at the same item and decides the same.
    assert len(before) > 20
    assert before.items() <= now.items()


def test_in_a_store_with_all_its_feedback_everything_before_the_event_is_identical() -> None:
    changes = {"operations.stock": {}, "operations.service": {"agents": 1}, "operations.reviews": {}}
    restored: dict[str, Any] = {
        "channels.search": {"mechanism": "organic"},
        "channels.returning": {"mechanism": "returning"},
    }
    full = changes | restored

    with_event, without = _log(full | {"events": [EVENT | {"discount": 0.3, "market": 1.5}]}), _log(full)

    before = [log[log[:, d.LOG_TIME] < FIRST] for log in (with_event, without)]
    assert len(before[0]) > 100
    assert before[0].tobytes() == before[1].tobytes()
    assert _rows(with_event) != _rows(without)


def test_a_price_cut_brings_further_buyers_and_loses_none(usual: np.ndarray) -> None:
    cheaper = _log({"catalogue.discount": 0.1, "channels.search.price_effect": 0.0})

    def of(log: np.ndarray, what: float) -> set[tuple[int, int, int]]:
        # Of the free channel: cheaper goods are clicked more often, so that the budget of the paid one ends earlier.
        rows = log[(log[:, d.LOG_WHAT] == what) & (log[:, d.LOG_CHANNEL] == 0.0)]
        return {(int(t // 24), int(c), int(i)) for t, c, i in rows[:, [d.LOG_TIME, d.LOG_CHANNEL, d.LOG_INDEX]]}

    assert of(usual, d.LOG_BOUGHT) < of(cheaper, d.LOG_BOUGHT)


def test_an_agent_more_leaves_everybody_who_does_not_wait_identical() -> None:
    # Chats of half the visitors, so long that one agent is often busy.
    desk = {"minutes": 20, "asks": 0.5, "patience": 5, "answered": 2.0, "unanswered": 0.5}
    one, two = (_log({"operations.service": {"agents": agents, **desk}}) for agents in (1, 2))

    def visitors(log: np.ndarray) -> list[tuple[int, int, int]]:
        return [(int(t // 24), int(c), int(i)) for t, c, i in log[:, [d.LOG_TIME, d.LOG_CHANNEL, d.LOG_INDEX]]]

    # Whoever waits in either: with two agents some are served who went away before, and others wait for them instead.
    # A chat may end on the day after, under which its purchase is noted.
    waited = {
        (day + after, channel, number)
        for log in (one, two)
        for (day, channel, number), row in zip(visitors(log), log, strict=True)
        if row[d.LOG_WHAT] in (d.LOG_CHAT_SERVED, d.LOG_CHAT_LEFT) and row[d.LOG_WAIT] > 0.0
        for after in (0, 1)
    }

    def of_the_others(log: np.ndarray) -> list[bytes]:
        return [row.tobytes() for who, row in zip(visitors(log), log, strict=True) if who not in waited]

    assert len(waited) > 200
    assert len(of_the_others(one)) > 500
    assert of_the_others(one) == of_the_others(two)
