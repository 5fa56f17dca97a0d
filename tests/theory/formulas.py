"""Closed formulas of queues, lost sales and auctions, by which further cases than the published ones are tried."""

from __future__ import annotations

from itertools import pairwise
from math import exp, log


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


def pollaczek_khinchine(rate: float, service: float, sd: float) -> float:
    """Mean wait for one server, λE[S²]/(2(1−ρ)), of lognormal times with mean 1/service and `sd` of the logarithm."""
    square = exp(sd * sd) / (service * service)
    return rate * square / (2.0 * (1.0 - rate / service))


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
    return log(1.0 + fatigue * exposures) / fatigue if fatigue else exposures


def poisson_law(mean: float) -> list[float]:
    """Chances of 0, 1, 2, … of a Poisson number, as far as anything is left."""
    law = [exp(-mean)]
    while len(law) < mean + 12.0 * mean**0.5 + 20.0:
        law.append(law[-1] * mean / len(law))
    return law


def newsvendor_profit(bought: int, mean: float, gain: float, loss: float) -> float:
    """Expected profit of one season: `gain` a piece sold, `loss` a piece left, Poisson demand (Arrow et al. 1951)."""
    sold = sum(chance * min(bought, demand) for demand, chance in enumerate(poisson_law(mean)))
    return gain * sold - loss * (bought - sold)


def lot_size_losses(s: int, lot: int, lead_demand: float) -> float:
    """Share lost under (s, Q) with Poisson demand, a fixed lead time, lost sales and Q > s.

    At most one order is on its way, so each delivery renews the shelf: a cycle loses E(X − s)⁺ of Q + E(X − s)⁺ asked
    for, X being the demand of a lead time (Hadley and Whitin 1963, Analysis of Inventory Systems, ch. 4).
    """
    lost = sum(chance * max(0, demand - s) for demand, chance in enumerate(poisson_law(lead_demand)))
    return lost / (lot + lost)


def lot_size_stock(s: int, lot: int, rate: float, lead: float) -> float:
    """Mean stock in the same store: piece-days of a cycle over its length, given the demand of the lead time.

    While the order is on its way the stock is (s − N(t))⁺, N(t) Poisson; afterwards it falls one by one from Q + (s −
    X)⁺ to s, each level lasting 1/rate days on average.
    """
    steps = 400
    on_the_way = 0.0
    for step in range(steps):
        law = poisson_law(rate * lead * (step + 0.5) / steps)
        on_the_way += lead / steps * sum(chance * max(0, s - n) for n, chance in enumerate(law))
    after, length = 0.0, lead
    for demand, chance in enumerate(poisson_law(rate * lead)):
        top = lot + max(0, s - demand)
        after += chance * sum(range(s + 1, top + 1)) / rate
        length += chance * (top - s) / rate
    return (on_the_way + after) / length


def periodic_losses(level: int, rate: float, review: float, lead: float) -> float:
    """Share lost under (R, S) with Poisson demand, a fixed lead time below R and lost sales.

    Stationary law of the stock at a review, a Markov chain with S + 1 states: x falls by the demand of the lead time,
    S − x arrives, and it falls by the demand of the rest of the period; never below 0.
    """
    before, after = poisson_law(rate * lead), poisson_law(rate * (review - lead))

    def fall(stock: dict[int, float], law: list[float]) -> dict[int, float]:
        left: dict[int, float] = {}
        for x, p in stock.items():
            for demand, chance in enumerate(law):
                left[max(0, x - demand)] = left.get(max(0, x - demand), 0.0) + p * chance
        return left

    def period(x: int) -> dict[int, float]:
        waiting = fall({x: 1.0}, before)
        return fall({y + level - x: p for y, p in waiting.items()}, after)

    law = {level: 1.0}
    steps = {x: period(x) for x in range(level + 1)}
    for _ in range(200):
        new: dict[int, float] = {}
        for x, p in law.items():
            for y, chance in steps[x].items():
                new[y] = new.get(y, 0.0) + p * chance
        law = new
    # What is bought in a period, S − x, is what is sold in one.
    sold = sum(p * (level - x) for x, p in law.items())
    return 1.0 - sold / (rate * review)
