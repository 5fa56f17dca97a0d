"""Closed formulas of queues, lost sales and auctions, by which further cases than the published ones are tried."""

from __future__ import annotations

from itertools import pairwise
from math import exp


def erlang_b(servers: int, load: float) -> float:
    """Share lost by `servers` under an offered load, by the usual recursion (Erlang 1917)."""
    lost = 1.0
    for n in range(1, servers + 1):
        lost = load * lost / (n + load * lost)
    return lost


def erlang_c(servers: int, load: float) -> float:
    """Chance to wait for one of `servers` where nobody leaves (Erlang 1917)."""
    lost = erlang_b(servers, load)
    return lost / (1.0 - load / servers * (1.0 - lost))


def erlang_a(rate: float, service: float, leave: float, servers: int) -> tuple[float, float, float]:
    """Chance to wait, chance to leave, and mean number waiting, where the patience of those who wait is exponential.

    Stationary law of the birth-death process with births `rate` and deaths `service · min(n, servers) + leave · (n −
    servers)⁺` (Palm 1957; Garnett, Mandelbaum and Reiman 2002, Manufacturing & Service Operations Management 4(3)).
    """
    weights = [1.0]
    while len(weights) < 4 * servers + 200 or weights[-1] > 1e-18 * max(weights):
        n = len(weights)
        weights.append(weights[-1] * rate / (service * min(n, servers) + leave * max(0, n - servers)))
    total = sum(weights)
    wait = sum(weights[servers:]) / total
    waiting = sum((n - servers) * w for n, w in enumerate(weights) if n > servers) / total
    return wait, leave * waiting / rate, waiting


def uniform_revenue(bidders: int, reserve: float = 0.0) -> float:
    """Expected revenue of a second-price auction with values uniform on (0, 1) (Krishna 2010, Auction Theory, ch. 2).

    A bidder of value x > r pays r against rivals below r, else the best of them: revenue is n times the mean of
    `r^n + ∫ y d(y^{n−1})`, y from r to x.
    """
    n, r = bidders, reserve
    return (n - 1) / (n + 1) + r**n - 2 * n / (n + 1) * r ** (n + 1)


def mean_wait(gaps: list[float]) -> float:
    """Mean wait of those who come evenly until the next of events at these `gaps`: Σ g² / (2 Σ g)."""
    return sum(gap * gap for gap in gaps) / (2.0 * sum(gaps))


def gaps_of(hours: list[float]) -> list[float]:
    """Gaps between events at these hours of every day."""
    return [b - a for a, b in pairwise([*hours, hours[0] + 24.0])]


def saturating(fatigue: float, exposures: float) -> float:
    """`(1 − e^{−f x}) / f`: clicks of an audience in units of its first exposure's."""
    return (1.0 - exp(-fatigue * exposures)) / fatigue if fatigue else exposures
