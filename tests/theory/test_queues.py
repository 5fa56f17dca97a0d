"""Chat agents against Erlang's formulas (CHECKS, "Queues"); z-tests over batches long against the queue's memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.scenario.document import Scenario
from tests.theory.evidence import Evidence
from tests.theory.formulas import erlang_a, erlang_c, pollaczek_khinchine
from tests.theory.stores import log_of, luck_of, quiet_store

BATCHES = 40
CHATS = 400_000
POLLACZEK = "Pollaczek 1930, Khinchine 1932"
SHARES = "(2/3)(1/3)ⁿ"
ERLANG_C = "Erlang C (Erlang 1917)"
ERLANG_A = "Erlang A (Palm 1957; Garnett, Mandelbaum and Reiman 2002)"


@dataclass(frozen=True)
class Queue:
    """A queue in the units it is published in, and what is expected of it there.

    `unit` is the hours that one unit of time lasts in the store: waits of seconds are too short for a queue of days.
    """

    name: str
    rate: float
    service: float
    servers: int
    unit: float
    p_wait: float
    lq: float
    leave: float = 0.0
    p_leave: float = 0.0
    sd: float = 0.0
    """Of the logarithm of the time served, which is then lognormal."""

    @property
    def per_day(self) -> float:
        """Chats of a day of the store."""
        return 24 * self.rate / self.unit

    @property
    def days(self) -> int:
        """Days of the run."""
        return min(max(20, round(CHATS / self.per_day)), 3_660)

    @property
    def size(self) -> str:
        """What is played; the number of chats to expect, because the luck of a run does not belong into its name."""
        return f"{BATCHES} batches of about {self.per_day * self.days / BATCHES:,.0f} chats"

    @property
    def scenario(self) -> Scenario:
        """A store in which every visitor asks the chat."""
        return quiet_store(
            self.per_day, days=self.days,
            service={
                "agents": self.servers, "asks": 1, "minutes": 60 * self.unit / self.service, "minutes_sd": self.sd,
                "patience": 60 * self.unit / self.leave if self.leave else None,
            },
        )  # fmt: skip

    def played(self) -> Waits:
        """The store's chats in batches."""
        log = log_of(self.scenario, seed=luck_of(self.name))
        chats = log[(log[:, d.LOG_WHAT] == d.LOG_CHAT_SERVED) | (log[:, d.LOG_WHAT] == d.LOG_CHAT_LEFT)]
        parts = np.array_split(chats, BATCHES)
        spans = np.diff([0.0, *(part[-1, d.LOG_TIME] for part in parts)])
        return Waits(
            waiting=[float((part[:, d.LOG_WAIT] > 0).mean()) for part in parts],
            leaving=[float((part[:, d.LOG_WHAT] == d.LOG_CHAT_LEFT).mean()) for part in parts],
            mean=[float(part[:, d.LOG_WAIT].mean()) / self.unit for part in parts],
            # Hours waited in an hour: the mean number that wait, by its definition and not by Little's law.
            queue=[float(part[:, d.LOG_WAIT].sum() / span) for part, span in zip(parts, spans, strict=True)],
        )


@dataclass(frozen=True)
class Waits:
    """Chats in batches: share that waits, share that leaves, mean wait in the queue's units, mean number waiting."""

    waiting: list[float]
    leaving: list[float]
    mean: list[float]
    queue: list[float]


def _of_formula(rate: float, service: float, servers: int, unit: float) -> Queue:
    p = erlang_c(servers, rate / service)
    lq = p * rate / (servers * service - rate)
    return Queue(f"M/M/{servers}, λ {rate:g}, μ {service:g}", rate, service, servers, unit, p, lq)


def _impatient(rate: float, leave: float, servers: int, unit: float) -> Queue:
    p, left, lq = erlang_a(rate, 1.0, leave, servers)
    name = f"M/M/{servers}+M, λ {rate:g}, μ 1, θ {leave:g}"
    return Queue(name, rate, 1.0, servers, unit, p, lq, leave, left)


def _lognormal(rate: float, service: float, sd: float, unit: float) -> Queue:
    wait = pollaczek_khinchine(rate, service, sd)
    name = f"M/G/1, λ {rate:g}, μ {service:g}, lognormal σ {sd:g}"
    return Queue(name, rate, service, 1, unit, rate / service, rate * wait, sd=sd)


M_M_1 = Queue("M/M/1, λ 5, μ 8", 5, 8, 1, 0.5, 0.625, 1.041667)
M_M_3 = Queue("M/M/3, λ 0.2, μ 0.1", 0.2, 0.1, 3, 0.02, 0.444444, 4.444444 * 0.2)
M_M_10 = Queue("M/M/10, λ 9, μ 1", 9, 1, 10, 1 / 6, 0.668732, 6.018584)
PATIENT = [M_M_1, M_M_3, M_M_10, _of_formula(9, 5, 2, 0.5), _of_formula(20, 5, 5, 1.0), _of_formula(34, 2, 20, 1.0)]

GEOMETRIC = Queue("M/M/1, λ 1, μ 3", 1, 3, 1, 1 / 12, 1 / 3, 1 / 6)

ERLANG_A_10 = Queue("M/M/10+M, λ 10, μ 1, θ 0.5", 10, 1, 10, 1 / 6, 0.619655, 2.078264, 0.5, 0.103913)
ERLANG_A_100 = Queue("M/M/100+M, λ 100, μ 1, θ 0.5", 100, 1, 100, 1 / 6, 0.596703, 6.606031, 0.5, 0.033030)
LEAVING = [ERLANG_A_10, ERLANG_A_100, _impatient(12, 2, 8, 1 / 6), _impatient(3, 0.2, 4, 1 / 6)]


@pytest.mark.parametrize("queue", PATIENT, ids=lambda queue: queue.name)
def test_waits_match_erlang_c(queue: Queue, evidence: Evidence) -> None:
    waits = queue.played()

    about = {"size": queue.size, "source": ERLANG_C}
    assert max(waits.leaving) == 0.0
    evidence.mean(f"{queue.name}: P(wait)", expected=round(queue.p_wait, 6), values=waits.waiting, **about)
    evidence.mean(f"{queue.name}: Wq", expected=round(queue.lq / queue.rate, 6), values=waits.mean, **about)
    evidence.mean(f"{queue.name}: Lq", expected=round(queue.lq, 6), values=waits.queue, **about)


@pytest.mark.parametrize(
    "queue", [_lognormal(5, 8, 0.6, 0.5), _lognormal(5, 8, 1.0, 0.5)], ids=lambda queue: queue.name
)
def test_waits_for_lognormal_chats_match_pollaczek_and_khinchine(queue: Queue, evidence: Evidence) -> None:
    waits = queue.played()

    about = {"size": queue.size, "source": POLLACZEK}
    evidence.mean(f"{queue.name}: P(wait)", expected=round(queue.p_wait, 6), values=waits.waiting, **about)
    evidence.mean(f"{queue.name}: Wq", expected=round(queue.lq / queue.rate, 6), values=waits.mean, **about)


@pytest.mark.parametrize("queue", LEAVING, ids=lambda queue: queue.name)
def test_waits_and_leaving_match_erlang_a(queue: Queue, evidence: Evidence) -> None:
    waits = queue.played()

    about = {"size": queue.size, "source": ERLANG_A}
    evidence.mean(f"{queue.name}: P(wait)", expected=round(queue.p_wait, 6), values=waits.waiting, **about)
    evidence.mean(f"{queue.name}: P(leave)", expected=round(queue.p_leave, 6), values=waits.leaving, **about)
    evidence.mean(f"{queue.name}: Lq", expected=round(queue.lq, 6), values=waits.queue, **about)
    gaps = [left - queue.leave * wait for left, wait in zip(waits.leaving, waits.mean, strict=True)]
    evidence.mean(f"{queue.name}: P(leave) − θ·Lq/λ", expected=0.0, values=gaps, **about)


def test_the_number_in_an_m_m_1_queue_is_geometric(evidence: Evidence) -> None:
    log = log_of(GEOMETRIC.scenario, seed=luck_of(GEOMETRIC.name))

    arrived, left = log[:, d.LOG_TIME], np.sort(log[:, d.LOG_ENDS])
    found = np.arange(len(arrived)) - np.searchsorted(left, arrived)

    # Arrivals of a Poisson stream see time averages.
    for n in range(5):
        seen = [float((part == n).mean()) for part in np.array_split(found, BATCHES)]
        expected = round((2 / 3) * (1 / 3) ** n, 6)
        evidence.mean(f"{GEOMETRIC.name}: P({n})", expected=expected, values=seen, size=GEOMETRIC.size, source=SHARES)


@pytest.mark.parametrize("queue", PATIENT[:3], ids=lambda queue: queue.name)
def test_published_waits_are_those_of_the_formula(queue: Queue) -> None:
    formula = _of_formula(queue.rate, queue.service, queue.servers, queue.unit)

    assert (queue.p_wait, queue.lq) == pytest.approx((formula.p_wait, formula.lq), abs=6e-7)


@pytest.mark.parametrize("queue", LEAVING[:2], ids=lambda queue: queue.name)
def test_published_leaving_is_that_of_the_formula(queue: Queue) -> None:
    formula = _impatient(queue.rate, queue.leave, queue.servers, queue.unit)

    published = queue.p_wait, queue.p_leave, queue.lq
    assert published == pytest.approx((formula.p_wait, formula.p_leave, formula.lq), abs=6e-7)
