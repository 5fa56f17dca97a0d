"""Who waits for later hours or days, and agents whose shift ends, at the level of arrays."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.engine.compiled import compiled
from storesim.engine.day import NO_ARRIVALS, F
from storesim.engine.heaps import relieve
from storesim.engine.kernel import Kernel
from tests.engine.days import small_kernel


@compiled
def change(free: F, before: int, after: int, time: float) -> None:
    """`relieve`, which only compiled functions may call."""
    relieve(free, before, after, time)


@pytest.mark.parametrize(
    ("free", "after", "expected"),
    [
        ([5.0, 1.0, 3.0, 0.0, 0.0], 5, [1.0, 2.0, 2.0, 3.0, 5.0]),  # newcomers are free at once
        ([1.0, 4.0, 2.0, 9.0, 3.0], 2, [4.0, 9.0]),  # those free first leave first
        ([5.0, 1.0, 3.0, 0.0, 0.0], 3, [5.0, 1.0, 3.0]),
        ([5.0, 1.0, 3.0, 0.0, 0.0], 0, []),
    ],
)
def test_agents_free_first_leave_first_and_newcomers_are_free_at_once(
    free: list[float], after: int, expected: list[float]
) -> None:  # fmt: skip
    on_duty, before = np.array(free), 5 if free[-1] else 3

    change(on_duty, before, after, 2.0)

    assert on_duty[:after].tolist() == expected


def test_hardly_anybody_leaves_a_queue_while_the_large_shift_is_on_duty() -> None:
    kernel = small_kernel(6_000.0, log_rows=60_000)
    kernel.plan.scalars[[d.SERVICE_OPEN, d.SERVICE_CLOSE]] = 0.0, 24.0
    kernel.set_duty(np.array([[0.0, 1.0], [10.0, 40.0], [14.0, 1.0]]))
    kernel.open(0)

    kernel.play(0.0, 24.0, NO_ARRIVALS)

    log = kernel.log()
    chats = log[np.isin(log[:, d.LOG_WHAT], [d.LOG_CHAT_SERVED, d.LOG_CHAT_LEFT])]
    left = [
        (here[:, d.LOG_WHAT] == d.LOG_CHAT_LEFT).mean()
        for first, last in ((8.0, 10.0), (10.0, 14.0), (14.5, 24.0))
        for here in (chats[(chats[:, d.LOG_TIME] >= first) & (chats[:, d.LOG_TIME] < last)],)
    ]
    assert left[1] < 0.01
    assert min(left[0], left[2]) > 0.3


@pytest.mark.parametrize("cuts", [(24.0,), (7.3, 24.0), (0.5, 11.0, 11.01, 23.9, 24.0)])
def test_everybody_who_waits_keeps_time_luck_and_seed_however_a_day_is_cut(cuts: tuple[float, ...]) -> None:
    whole, cut = _put_off(), _put_off()

    for day in range(3):
        for kernel, hours in ((whole, (24.0,)), (cut, cuts)):
            kernel.open(day)
            for start, end in zip((0.0, *hours[:-1]), hours, strict=True):
                kernel.play(start, end, NO_ARRIVALS)

    assert _waiting(cut) == _waiting(whole)
    assert len(_waiting(whole)) > 100


def test_a_store_that_is_seen_from_noon_on_has_its_agents() -> None:
    kernel = small_kernel(4_000.0, n_agents=3)
    kernel.open(0)

    kernel.play(12.0, 24.0, NO_ARRIVALS)

    assert kernel.tally.by_channel[:, d.CHATS].sum() > kernel.tally.by_channel[:, d.CHATS_LEFT].sum()


def _put_off() -> Kernel:
    kernel = small_kernel(6_000.0)
    kernel.plan.scalars[[d.LATER, d.LATER_MU, d.LATER_SD]] = 0.8, np.log(20.0), 1.0
    kernel.state.stock[:] = 10**6
    return kernel


def _waiting(kernel: Kernel) -> list[tuple[float, ...]]:
    state = kernel.state
    n = int(state.counters[d.WAITING])
    rows = zip(*(part[part.size - n :].tolist() for part in (
        state.heap_time, state.heap_code, state.heap_luck, state.heap_seed,
    )), strict=True)  # fmt: skip
    return sorted(rows)
