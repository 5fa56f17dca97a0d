"""Chat agents against Erlang's formulas (CHECKS, "Queues"); z-tests over batches long against the queue's memory."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine import day as d
from tests.theory.stores import log_of, quiet_store, waits_by_batch, z_of

BATCHES = 40


def _chat_store(per_hour: float, minutes: float, agents: int, patience: float | None, chats: int) -> object:
    days = max(20, round(chats / (24 * per_hour)))
    return quiet_store(
        24 * per_hour, days=min(days, 3_660),
        service={"agents": agents, "asks": 1, "minutes": minutes, "patience": patience},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("per_hour", "minutes", "agents", "p_wait", "mean_wait"),
    [
        (5.0, 7.5, 1, 0.625, 0.208333),  # M/M/1, λ 5, μ 8
        (10.0, 12.0, 3, 0.444444, 4.444444 / 50.0),  # M/M/3, λ 0.2, μ 0.1, time in units of 1.2 minutes
        (54.0, 10.0, 10, 0.668732, 6.018584 / 54.0),  # M/M/10, λ 9, μ 1; Lq = λ Wq
    ],
)
def test_waits_match_erlang_c(per_hour: float, minutes: float, agents: int, p_wait: float, mean_wait: float) -> None:
    log = log_of(_chat_store(per_hour, minutes, agents, None, 250_000))

    waits, leaves, mean = waits_by_batch(log, BATCHES)

    assert max(leaves) == 0.0
    assert abs(z_of(waits, p_wait)) < 3.0
    assert abs(z_of(mean, mean_wait)) < 3.0


@pytest.mark.parametrize(
    ("per_hour", "minutes", "agents", "p_wait", "p_leave", "lq"),
    [
        (60.0, 10.0, 10, 0.619655, 0.103913, 2.078264),  # λ 10, μ 1, θ 0.5 in units of ten minutes
        (600.0, 10.0, 100, 0.596703, 0.033030, 6.606031),
    ],
)
def test_waits_and_leaving_match_erlang_a(
    per_hour: float, minutes: float, agents: int, p_wait: float, p_leave: float, lq: float
) -> None:
    patience = 20.0
    log = log_of(_chat_store(per_hour, minutes, agents, patience, 250_000))

    waits, leaves, mean = waits_by_batch(log, BATCHES)

    assert abs(z_of(waits, p_wait)) < 3.0
    assert abs(z_of(leaves, p_leave)) < 3.0
    assert abs(z_of(mean, lq / per_hour)) < 3.0
    # Those who leave are θ · Lq / λ of all, in every batch within its own luck; pooled, within three errors.
    differences = [leave - wait / (patience / 60.0) for leave, wait in zip(leaves, mean, strict=True)]
    assert abs(z_of(differences, 0.0)) < 3.0


def test_the_number_in_an_m_m_1_queue_is_geometric() -> None:
    log = log_of(_chat_store(6.0, 3.3333333333333335, 1, None, 120_000))  # λ 1, μ 3 in units of ten minutes

    arrived, left = log[:, d.LOG_TIME], np.sort(log[:, d.LOG_ENDS])
    found = np.arange(len(arrived)) - np.searchsorted(left, arrived)

    # Arrivals of a Poisson stream see time averages.
    for n in range(5):
        seen = [float((part == n).mean()) for part in np.array_split(found, BATCHES)]
        assert abs(z_of(seen, (2 / 3) * (1 / 3) ** n)) < 3.5, n
