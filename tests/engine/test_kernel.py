from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.engine.kernel import ROOM, alias_table
from tests.engine.days import play_days, small_kernel


def _digest(kernel_days: int = 4) -> str:
    kernel = small_kernel(300.0, n_days=kernel_days)
    tallies = play_days(kernel, kernel_days, (7.3, 20.0, 24.0))
    parts = [tallies, kernel.tally.by_sku, kernel.due.days, kernel.due.sku_reviews, kernel.state.stock]
    return hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()


@pytest.mark.parametrize("cuts", [(12.0, 24.0), (0.5, 3.3, 7.0, 12.123, 19.999, 20.0, 24.0)])
def test_a_day_cut_anywhere_gives_the_same_bytes(cuts: tuple[float, ...]) -> None:
    whole, cut = small_kernel(800.0), small_kernel(800.0)

    a, b = play_days(whole, 10), play_days(cut, 10, cuts)

    assert a.tobytes() == b.tobytes()
    assert whole.due.days.tobytes() == cut.due.days.tobytes()
    assert whole.state.stock.tobytes() == cut.state.stock.tobytes()


def test_the_compiled_and_the_plain_kernel_give_the_same_bytes() -> None:
    code = "from tests.engine.test_kernel import _digest; print(_digest())"
    root = Path(__file__).parents[2]

    plain = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, cwd=root,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
    )  # fmt: skip

    assert plain.stdout.strip() == _digest()


def test_a_larger_budget_adds_clicks_at_the_end_and_leaves_earlier_visitors_alone() -> None:
    less, more = small_kernel(2_000.0, log_rows=5_000), small_kernel(2_000.0, log_rows=5_000)
    less.plan.budget[1], more.plan.budget[1] = 10_000.0, 20_000.0
    for kernel in (less, more):
        kernel.state.stock[:] = 1_000_000
        kernel.state.agent_free[:] = 0.0
        kernel.plan.scalars[d.ASK] = 0.0

    play_days(less, 1)
    play_days(more, 1)

    a = [row.tobytes() for row in less.log()]
    b = [row.tobytes() for row in more.log()]
    assert less.tally.by_channel[1, d.CLICKS] < more.tally.by_channel[1, d.CLICKS]
    assert set(a) < set(b)
    assert less.tally.by_channel[0].tobytes() == more.tally.by_channel[0].tobytes()


def test_spend_never_exceeds_the_budget_and_visitors_are_the_clicks() -> None:
    kernel = small_kernel(3_000.0)

    tallies = play_days(kernel, 10)

    assert (tallies[:, :, d.SPEND] <= kernel.plan.budget).all()
    np.testing.assert_array_equal(tallies[:, 1:3, d.UV], tallies[:, 1:3, d.CLICKS])
    assert (tallies[:, 1, d.SILENT_HOURS] > 0).any()
    assert (tallies[:, 1, d.SPEND] > kernel.plan.budget[1] - 161.0)[tallies[:, 1, d.SILENT_HOURS] > 0].all()


def test_pieces_and_money_balance_by_sku_and_by_channel() -> None:
    kernel = small_kernel(1_500.0)
    opening = kernel.state.stock.copy()
    sold = np.zeros(5)
    received = np.zeros(5)

    for day in range(5):
        kernel.open(day)
        kernel.play(0.0, 24.0, d.NO_ARRIVALS)
        kernel.take_purchases()
        sold += kernel.tally.by_sku[:, d.SKU_UNITS]
        received += kernel.tally.by_sku[:, d.SKU_RECEIVED]
        by_channel, by_sku = kernel.tally.by_channel.sum(axis=0), kernel.tally.by_sku.sum(axis=0)
        assert by_channel[d.UNITS] == by_sku[d.SKU_UNITS]
        assert by_channel[d.GMV] == by_sku[d.SKU_GMV]
        assert by_channel[d.LOST_UNITS] == by_sku[d.SKU_LOST]

    np.testing.assert_array_equal(opening + received - sold, kernel.state.stock)


def test_every_order_is_dispatched_delivered_and_at_most_once_reviewed() -> None:
    kernel = small_kernel(1_000.0)

    tallies = play_days(kernel, 20)

    orders, due = tallies[:, :, d.ORDERS].sum(), kernel.due.days.sum(axis=0)
    assert orders > 200
    assert due[d.DUE_DISPATCHED] == due[d.DUE_DELIVERED] == orders
    assert due[d.DUE_DELIVERED_GMV] == tallies[:, :, d.GMV].sum()
    assert due[d.DUE_REVIEWS] == kernel.due.sku_reviews.sum() <= orders
    assert due[d.DUE_RESTOCK_UNITS] == kernel.due.sku_restock.sum() <= due[d.DUE_RETURNED_UNITS]


def test_a_full_wave_passes_its_orders_to_the_next_and_lateness_follows() -> None:
    roomy, tight = small_kernel(1_000.0, n_days=20), small_kernel(1_000.0, n_days=20)
    tight.plan.scalars[d.WAVE_CAPACITY] = 5.0

    play_days(roomy, 10)
    play_days(tight, 10)

    assert roomy.due.days[:, d.DUE_LATE].sum() == 0
    assert tight.due.days[:10, d.DUE_DISPATCHED].max() == 10.0  # two waves of five
    assert tight.due.days[:, d.DUE_LATE].sum() > 0
    assert tight.due.days[:, d.DUE_PENALTY].sum() > 0


def test_a_queue_without_patience_outgrows_its_first_room_and_loses_nobody() -> None:
    kernel = small_kernel(40_000.0, n_agents=1)
    kernel.plan.scalars[d.PATIENCE_HOURS] = np.inf
    room = kernel.state.heap_time.size

    tallies = play_days(kernel, 2)

    assert kernel.state.heap_time.size > room
    assert tallies[:, :, d.CHATS_LEFT].sum() == 0
    assert tallies[:, :, d.CHATS].sum() > room


def test_chat_is_asked_for_in_service_hours_only_and_nobody_answers_without_agents() -> None:
    kernel = small_kernel(3_000.0, n_agents=0, log_rows=20_000)

    tallies = play_days(kernel, 2)

    log = kernel.log()
    chats = log[log[:, d.LOG_WHAT] == d.LOG_CHAT_LEFT]
    hours = chats[:, d.LOG_TIME] % 24.0
    assert tallies[:, :, d.CHATS].sum() == tallies[:, :, d.CHATS_LEFT].sum() == len(chats) > 100
    assert hours.min() >= 9.0
    assert hours.max() < 23.0


def test_more_agents_never_answer_later() -> None:
    left = []
    for n_agents in (1, 2, 4, 8):
        tallies = play_days(small_kernel(6_000.0, n_agents=n_agents), 3)
        left.append(tallies[:, :, d.CHATS_LEFT].sum() / tallies[:, :, d.CHATS].sum())

    assert left == sorted(left, reverse=True)


def test_changing_the_plan_at_twenty_hours_touches_nothing_before() -> None:
    calm, sale = small_kernel(2_000.0, log_rows=9_000), small_kernel(2_000.0, log_rows=9_000)

    play_days(calm, 1)
    sale.open(0)
    sale.play(0.0, 20.0, d.NO_ARRIVALS)
    sale.change(20.0)
    sale.plan.rate[:] *= 3.0
    sale.play(20.0, 24.0, d.NO_ARRIVALS)

    before = [row[row[:, d.LOG_TIME] < 20.0] for row in (calm.log(), sale.log())]
    assert before[0].tobytes() == before[1].tobytes()
    # Four of the day's evening hours hold 3/56 of it each, three times as busy; five standard deviations.
    expected = calm.plan.rate[0] * (1.0 + 2.0 * 4 * 3 / 56)
    assert abs(sale.tally.by_channel[0, d.UV] - expected) < 5.0 * np.sqrt(expected)


def test_large_days_are_played_in_pieces_of_bounded_memory() -> None:
    kernel = small_kernel(300_000.0)

    tallies = play_days(kernel, 1)

    assert abs(tallies[0, 0, d.UV] - 150_000) < 5 * np.sqrt(150_000)
    assert kernel._moments.left.time.size == ROOM < 50_000


def test_alias_table_gives_back_its_weights() -> None:
    weights = np.array([5.0, 1.0, 0.25, 3.0, 0.75])

    p, k = alias_table(list(weights))

    shares = np.array([p[i] + sum(1 - p[j] for j in range(5) if k[j] == i and j != i) for i in range(5)]) / 5
    np.testing.assert_allclose(shares, weights / weights.sum(), rtol=1e-12)
