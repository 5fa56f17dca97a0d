"""What a search costs on average, by which a smooth budget is spread over the day (MODEL section 5).

With K rivals above, slot K is clicked with chance `ctr[K]`, and the price is above p just when the next score is above
`p · quality`. So over the rivals' laws

`cost = Σ_k ctr[k] · (P(K = k) · p₀ + ∫ P(K = k, next score > t) dt / quality)`, t from the reserve to the own score,

where p₀, the price of a slot nobody else wants, is the reserve's; both laws of (K, next score) are products over the
rivals. The channel then takes part in the share `money left / (cost · searches still to come)` of the auctions, at most
all, looked up anew at every arrival (`engine.visits`): an error in the cost corrects itself.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.auction import MOST_SLOTS, beats
from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import DayPlan, F

NODES = 24
"""Midpoints of the integral over the next score."""


class SearchCost:
    """Mean cost in fen of a search, were the budget without limit, by the plans of one store."""

    def __init__(self) -> None:
        self._mean_cost = Settled(mean_cost)
        self._chance = np.zeros((3, MOST_SLOTS + 1))

    def rest_of_day(self, plan: DayPlan, channel: int, hour: float) -> float:
        """That of a search between `hour` and midnight."""
        return self._mean_cost(plan, channel, float(hour), self._chance)


@compiled
def mean_cost(plan: DayPlan, c: int, start: float, chance: F) -> float:
    """The mean over hours and groups, weighted by searches; `chance` [3, MOST_SLOTS + 1] is overwritten."""
    searches, cost = 0.0, 0.0
    for g in range(plan.group_share.shape[1]):
        bid, each = -1.0, 0.0
        for h in range(int(start), 24):
            weight = plan.group_share[c, g] * plan.hours[h] * min(1.0, h + 1.0 - start)
            if weight <= 0.0:
                continue
            if plan.own_bid[c, h, g] != bid:
                bid = plan.own_bid[c, h, g]
                each = click_cost(plan, c, g, bid, chance)
            searches += weight
            cost += weight * each
    return cost / searches if searches > 0.0 else 0.0


@compiled
def click_cost(plan: DayPlan, c: int, g: int, bid: float, chance: F) -> float:
    """Chance of a click times its price, fen, of one search of group `g` at a bid."""
    quality, reserve = plan.quality[c, g], plan.reserve[c]
    own = bid * quality
    n_slots = min(plan.slot_ctr.shape[1], MOST_SLOTS)
    if own < reserve:
        return 0.0
    fill_above(plan, c, g, own, chance[2])
    fill_slots(plan, c, g, own, (chance[2], chance[0]))
    least = min(bid, reserve / quality + plan.step[c])
    # Above this score the price is the bid: the step is cut off.
    top = max(reserve, own - plan.step[c] * quality)
    width = (top - reserve) / NODES
    cost = 0.0
    for s in range(n_slots):
        cost += min(1.0, plan.slot_ctr[c, s] * plan.appeal[c, g]) * chance[0, s] * least
    for i in range(NODES):
        fill_slots(plan, c, g, reserve + (i + 0.5) * width, (chance[2], chance[1]))
        for s in range(n_slots):
            dearer = chance[0, s] - chance[1, s]
            cost += min(1.0, plan.slot_ctr[c, s] * plan.appeal[c, g]) * dearer * width / quality
    return cost


@compiled
def fill_above(plan: DayPlan, c: int, g: int, own: float, above: F) -> None:
    """Fill `above[r]` with the chance that rival r scores above the own score."""
    for r in range(plan.n_rivals[c]):
        if r > 0 and plan.rival_score[c, g, r] == plan.rival_score[c, g, r - 1]:
            above[r] = above[r - 1]
        else:
            above[r] = beats(plan.rival_score[c, g, r], plan.rival_sd[c, g], own)


@compiled
def fill_slots(plan: DayPlan, c: int, g: int, below: float, chances: tuple[F, F]) -> None:
    """Fill the second of `chances` [s] with the chance that s rivals score above the own score, all others `below`.

    The first is that of each rival to score above.
    """
    above, chance = chances
    n_slots = chance.shape[0]
    for s in range(n_slots):
        chance[s] = 0.0
    chance[0] = 1.0
    lower = 0.0
    for r in range(plan.n_rivals[c]):
        # Rivals of one law are asked once.
        if r == 0 or plan.rival_score[c, g, r] != plan.rival_score[c, g, r - 1]:
            lower = 1.0 - beats(plan.rival_score[c, g, r], plan.rival_sd[c, g], below)
        for s in range(min(n_slots - 1, r + 1), 0, -1):
            chance[s] = chance[s] * lower + chance[s - 1] * above[r]
        chance[0] *= lower
