"""What a search costs on average, by which a smooth budget is spread over the day (MODEL section 5).

With K rivals above, slot K is clicked with chance `ctr[K]`, and the price is above p just when the next score is above
`p · quality`. So over the rivals' laws

`cost = Σ_k ctr[k] · (P(K = k) · p₀ + ∫ P(K = k, next score > t) dt / quality)`, t from the reserve to the own score,

where p₀, the price of a slot nobody else wants, is the reserve's; both laws of (K, next score) are products over the
rivals. Of n rivals of one law F, of whom one scores above the own ad with chance a, the integral is that of
`C(n, k) · aᵏ · ((1 − a)ⁿ⁻ᵏ − F(t)ⁿ⁻ᵏ)`: the powers of F are summed once for all bids against that law.

The channel then takes part in the share `money left / (cost · searches still to come)` of the auctions, at most
all, looked up anew at every arrival (`engine.visits`): an error in the cost corrects itself.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.auction import MOST_SLOTS, alike, beats
from storesim.engine.compiled import Settled, compiled, inlined
from storesim.engine.day import DayPlan, F

NODES = 24
"""Midpoints of the integral over the next score."""

STEPS = 64
"""Steps of the integrals that all bids against one law share; closer where scores are low."""


class SearchCost:
    """Mean cost in fen of a search, were the budget without limit, by the plans of one store."""

    def __init__(self) -> None:
        self._mean_cost = Settled(mean_cost)
        self._room = np.zeros((MOST_SLOTS + 3, STEPS + 1))

    def rest_of_day(self, plan: DayPlan, channel: int, hour: float) -> float:
        """That of a search between `hour` and midnight."""
        return self._mean_cost(plan, channel, float(hour), self._room)


@compiled
def mean_cost(plan: DayPlan, c: int, start: float, room: F) -> float:
    """The mean over hours and groups, weighted by searches; `room` [MOST_SLOTS + 3, STEPS + 1] is overwritten."""
    equals = alike(plan.rival_score[c], plan.n_rivals[c])
    most = _highest(plan, c) if equals else 0.0
    searches, cost = 0.0, 0.0
    law = -1
    for g in range(plan.group_share.shape[1]):
        if plan.group_share[c, g] <= 0.0:
            continue
        if equals and (law < 0 or not _one_law(plan, c, g, law)):
            fill_powers(plan, c, g, most, room)
            law = g
        bid, each = -1.0, 0.0
        for h in range(int(start), 24):
            weight = plan.group_share[c, g] * plan.hours[h] * min(1.0, h + 1.0 - start)
            if weight <= 0.0:
                continue
            if plan.own_bid[c, h, g] != bid:
                bid = plan.own_bid[c, h, g]
                each = cost_among_equals(plan, c, g, bid, room) if equals else click_cost(plan, c, g, bid, room)
            searches += weight
            cost += weight * each
    return cost / searches if searches > 0.0 else 0.0


@inlined
def _highest(plan: DayPlan, c: int) -> float:
    """The highest own score of a channel at any hour."""
    most = float(plan.reserve[c])
    for g in range(plan.group_share.shape[1]):
        for h in range(24):
            most = max(most, plan.own_bid[c, h, g] * plan.quality[c, g])
    return most


@inlined
def _one_law(plan: DayPlan, c: int, g: int, other: int) -> bool:
    """Whether the rivals of a group follow the law of those of another."""
    score, spread = plan.rival_score[c], plan.rival_sd[c]
    return bool(score[g, 0] == score[other, 0] and spread[g] == spread[other])


@compiled
def fill_powers(plan: DayPlan, c: int, g: int, most: float, room: F) -> None:
    """Fill `room[0]` with scores from the reserve to `most`, and `room[1 + k]` with `∫ F(t)ⁿ⁻ᵏ dt` up to each of them.

    F is the law of the `n` rivals of group `g`, and k the slot; by trapezes.
    """
    n, reserve = plan.n_rivals[c], plan.reserve[c]
    n_slots = min(plan.slot_ctr.shape[1], MOST_SLOTS, n + 1)
    before = room[MOST_SLOTS + 1]
    for i in range(STEPS + 1):
        x = i / STEPS
        room[0, i] = reserve + (most - reserve) * x * x
        lower = 1.0 - beats(plan.rival_score[c, g, 0], plan.rival_sd[c, g], room[0, i]) if n > 0 else 1.0
        power = 1.0
        for _ in range(n - n_slots + 1):
            power *= lower
        for s in range(n_slots - 1, -1, -1):
            grown = 0.5 * (power + before[s]) * (room[0, i] - room[0, i - 1]) if i > 0 else 0.0
            room[1 + s, i] = (room[1 + s, i - 1] if i > 0 else 0.0) + grown
            before[s] = power
            power *= lower


@compiled
def cost_among_equals(plan: DayPlan, c: int, g: int, bid: float, room: F) -> float:
    """`click_cost` where all rivals follow one law, whose powers `fill_powers` has put into `room`."""
    quality, reserve, n = plan.quality[c, g], plan.reserve[c], plan.n_rivals[c]
    own = bid * quality
    if own < reserve:
        return 0.0
    n_slots = min(plan.slot_ctr.shape[1], MOST_SLOTS, n + 1)
    higher = beats(plan.rival_score[c, g, 0], plan.rival_sd[c, g], own) if n > 0 else 0.0
    least = min(bid, reserve / quality + plan.step[c])
    # Above this score the price is the bid: the step is cut off.
    width = max(0.0, own - plan.step[c] * quality - reserve)
    span = room[0, STEPS] - reserve
    at = np.sqrt(width / span) * STEPS if span > 0.0 else 0.0
    i = min(int(at), STEPS - 1)
    step = room[0, i + 1] - room[0, i]
    part = (reserve + width - room[0, i]) / step if step > 0.0 else 0.0
    below = room[MOST_SLOTS + 1]
    power = 1.0
    for _ in range(n - n_slots + 1):
        power *= 1.0 - higher
    for s in range(n_slots - 1, -1, -1):
        below[s] = power
        power *= 1.0 - higher
    cost, ways = 0.0, 1.0
    for s in range(n_slots):
        integral = room[1 + s, i] + part * (room[1 + s, i + 1] - room[1 + s, i])
        dearer = max(0.0, below[s] * width - integral)
        ctr = min(1.0, plan.slot_ctr[c, s] * plan.appeal[c, g])
        cost += ctr * ways * (below[s] * least + dearer / quality)
        ways *= higher * (n - s) / (s + 1.0)
    return cost


@compiled
def click_cost(plan: DayPlan, c: int, g: int, bid: float, room: F) -> float:
    """Chance of a click times its price, fen, of one search of group `g` at a bid; `room` is overwritten."""
    quality, reserve = plan.quality[c, g], plan.reserve[c]
    own = bid * quality
    n_slots = min(plan.slot_ctr.shape[1], MOST_SLOTS)
    if own < reserve:
        return 0.0
    fill_above(plan, c, g, own, room[2])
    fill_slots(plan, c, g, own, (room[2], room[0]))
    least = min(bid, reserve / quality + plan.step[c])
    # Above this score the price is the bid: the step is cut off.
    top = max(reserve, own - plan.step[c] * quality)
    width = (top - reserve) / NODES
    cost = 0.0
    for s in range(n_slots):
        cost += min(1.0, plan.slot_ctr[c, s] * plan.appeal[c, g]) * room[0, s] * least
    for i in range(NODES):
        fill_slots(plan, c, g, reserve + (i + 0.5) * width, (room[2], room[1]))
        for s in range(n_slots):
            dearer = room[0, s] - room[1, s]
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
