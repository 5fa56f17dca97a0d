"""What a search costs on average, by which a smooth budget is spread over the day (MODEL section 5).

With K rivals above, slot K is clicked with chance `ctr[K]`, and the price is above p just when the next score is above
`p · quality`. So over the rivals' laws

`cost = Σ_k ctr[k] · (P(K = k) · p₀ + ∫ P(K = k, next score > t) dt / quality)`, t from the reserve to the own score,

where p₀, the price of a slot nobody else wants, is the reserve's; both laws of (K, next score) are products over the
rivals. Of n rivals of one law F, of whom one scores above the own ad with chance a, the integral is that of
`C(n, k) · aᵏ · ((1 − a)ⁿ⁻ᵏ − F(t)ⁿ⁻ᵏ)`. Laws of one spread differ by their median alone, so that the integrals of the
powers of F are the same for all of them, on every day, and kept.

The channel then takes part in the share `money left / (cost · searches still to come)` of the auctions, at most
all, looked up anew at every arrival (`engine.visits`): an error in the cost corrects itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.auction import MOST_SLOTS, alike, beats
from storesim.engine.compiled import Settled, compiled, inlined
from storesim.engine.day import DayPlan, F, I
from storesim.engine.draws import exp, fill_chances, log, normal_cdf

NODES = 24
"""Midpoints of the integral over the next score."""

REACH, STEPS = 8.0, 1024
"""Standard deviations of the logarithm on both sides of the median that the kept integrals span, and their steps."""

SCORE = 0
"""Column of the kept integrals that holds the scores, as a multiple of the median; column m holds the m-th power's.

What is looked up together lies together: one step of the few powers that there are rivals.
"""


class Auctions(NamedTuple):
    """What of a `DayPlan` the cost of a search depends on, under its names: few arrays are handed over sooner."""

    group_share: F
    hours: F
    own_bid: F
    quality: F
    appeal: F
    slot_ctr: F
    n_rivals: I
    rival_score: F
    rival_sd: F
    reserve: F
    step: F


class Bids(NamedTuple):
    """Different bids of one channel, listed to be worked out side by side; arrays are [24 n_groups]."""

    place: I
    """By hour within group: where its bid stands in this list."""

    group: I
    bid: F
    ratio: F
    """[2, …] median of the rivals over the own score; the score at which the price is the bid, over the median."""

    log: F
    """[2, …] logarithms of these."""

    sd: F
    """Spread of the rivals' law; 1 where it has none."""

    higher: F
    """Chance that a rival whose law has a spread scores above."""

    cost: F


class SearchCost:
    """Mean cost in fen of a search, were the budget without limit, by the plans of one store.

    Parameters
    ----------
    n_groups, n_rivals
        Most of each in an auction.
    """

    def __init__(self, n_groups: int, n_rivals: int) -> None:
        self._of: DayPlan | None = None
        self._powers = np.zeros((STEPS + 2, 1 + n_rivals))
        self._chance = np.zeros((3, MOST_SLOTS + 1))
        n = 24 * n_groups
        whole = np.zeros((2, n), dtype=np.int64)
        self._bids = Bids(whole[0], whole[1], np.zeros(n), np.zeros((2, n)), np.zeros((2, n)), *np.zeros((3, n)))

    def rest_of_day(self, plan: DayPlan, channel: int, hour: float) -> float:
        """That of a search between `hour` and midnight."""
        if self._of is not plan:
            self._of = plan
            self._auctions = Auctions(*(getattr(plan, name) for name in Auctions._fields))
        return _mean_cost(self._auctions, channel, float(hour), self._bids, (self._powers, self._chance))


@compiled
def mean_cost(plan: Auctions, c: int, start: float, bids: Bids, kept: tuple[F, F]) -> float:
    """The mean over hours and groups, weighted by searches.

    Of `kept` the first, [STEPS + 2, 1 + most rivals], are powers kept from one call to the next; `bids` and the second,
    [3, MOST_SLOTS + 1], are overwritten.
    """
    n = list_bids(plan, c, start, bids)
    if alike(plan.rival_score[c], plan.n_rivals[c]):
        costs_among_equals(plan, c, n, bids, kept)
    else:
        for i in range(n):
            bids.cost[i] = click_cost(plan, c, bids.group[i], bids.bid[i], kept[1])
    searches, cost = 0.0, 0.0
    for g in range(plan.group_share.shape[1]):
        for h in range(int(start), 24):
            weight = plan.group_share[c, g] * plan.hours[h] * min(1.0, h + 1.0 - start)
            if weight > 0.0:
                searches += weight
                cost += weight * bids.cost[bids.place[24 * g + h]]
    return cost / searches if searches > 0.0 else 0.0


_mean_cost = Settled(mean_cost)


@inlined
def list_bids(plan: Auctions, c: int, start: float, bids: Bids) -> int:
    """List the bids made from an hour on, once where hours or groups alike make the same; how many there are."""
    equals = alike(plan.rival_score[c], plan.n_rivals[c])
    n = 0
    for g in range(plan.group_share.shape[1]):
        if plan.group_share[c, g] <= 0.0:
            continue
        twin = equals and g > 0 and plan.group_share[c, g - 1] > 0.0 and twins(plan, c, g)
        last = -1
        for h in range(int(start), 24):
            bid = plan.own_bid[c, h, g]
            if last >= 0 and bid == bids.bid[last]:
                bids.place[24 * g + h] = last
                continue
            last = n
            if twin and bid == plan.own_bid[c, h, g - 1]:
                last = bids.place[24 * (g - 1) + h]
            bids.place[24 * g + h] = last
            if last == n:
                bids.group[n], bids.bid[n] = g, bid
                n += 1
    return n


@inlined
def costs_among_equals(plan: Auctions, c: int, n: int, bids: Bids, kept: tuple[F, F]) -> None:
    """`click_cost` of the first `n` bids, where all rivals of a group follow one law."""
    powers, chance = kept
    for i in range(n):
        g = bids.group[i]
        own, median = bids.bid[i] * plan.quality[c, g], plan.rival_score[c, g, 0]
        shown = own >= plan.reserve[c]
        bids.sd[i] = plan.rival_sd[c, g] if plan.rival_sd[c, g] > 0.0 else 1.0
        bids.ratio[0, i] = median / own if shown else 1.0
        # Above this score the price is the bid: the step is cut off.
        bids.ratio[1, i] = max(plan.reserve[c], own - plan.step[c] * plan.quality[c, g]) / median if shown else 1.0
    # One after the other each would wait for the one before it; side by side they take a third of that.
    for i in range(n):
        bids.log[0, i] = log(bids.ratio[0, i])
        bids.log[1, i] = log(bids.ratio[1, i])
    for i in range(n):
        bids.ratio[0, i] = bids.log[0, i] / bids.sd[i]
    fill_chances(bids.ratio[0], n, bids.higher)
    law = -1
    for i in range(n):
        g = bids.group[i]
        if law < 0 or not one_law(plan, c, g, law):
            fill_below_reserve(plan, c, g, powers, chance[1])
            law = g
        bids.cost[i] = cost_among_equals(plan, c, i, bids, kept)


@inlined
def twins(plan: Auctions, c: int, g: int) -> bool:
    """Whether a group differs from the one before in nothing but its bids; the rivals of each being alike."""
    same = plan.quality[c, g] == plan.quality[c, g - 1] and plan.appeal[c, g] == plan.appeal[c, g - 1]
    return bool(same and one_law(plan, c, g, g - 1))


@inlined
def one_law(plan: Auctions, c: int, g: int, other: int) -> bool:
    """Whether the rivals of two groups of a channel follow one law."""
    same = plan.rival_score[c, g, 0] == plan.rival_score[c, other, 0]
    return bool(same and plan.rival_sd[c, g] == plan.rival_sd[c, other])


@inlined
def fill_below_reserve(plan: Auctions, c: int, g: int, powers: F, below: F) -> None:
    """Fill `below[s]` with the integral up to the reserve, over the median, of the law's power for s rivals above."""
    n, median, sd = plan.n_rivals[c], plan.rival_score[c, g, 0], plan.rival_sd[c, g]
    if sd > 0.0 and powers[STEPS + 1, SCORE] != sd:
        fill_powers(sd, powers)
    low = plan.reserve[c] / median
    at_low = place(powers, low, log(low), sd)
    for s in range(min(plan.slot_ctr.shape[1], n + 1)):
        below[s] = summed(powers, n - s, at_low, low, sd)


@inlined
def cost_among_equals(plan: Auctions, c: int, i: int, bids: Bids, kept: tuple[F, F]) -> float:
    """`click_cost` of the i-th bid, where all rivals of a group follow one law.

    Of `kept` the first are the powers of this law, and row 1 of the second is what `fill_below_reserve` fills; its
    row 0 is overwritten.
    """
    powers, chance = kept
    g, bid = bids.group[i], bids.bid[i]
    quality, reserve, n = plan.quality[c, g], plan.reserve[c], plan.n_rivals[c]
    median, sd = plan.rival_score[c, g, 0], plan.rival_sd[c, g]
    own = bid * quality
    if own < reserve:
        return 0.0
    n_slots = min(plan.slot_ctr.shape[1], n + 1)
    higher = 0.0
    if n > 0:
        # As `beats` has it, worked out before.
        higher = bids.higher[i] if sd > 0.0 and own > 0.0 else beats(median, sd, own)
    # By number of rivals: the chance that all of them are below.
    all_below = chance[0]
    all_below[0] = 1.0
    for m in range(n):
        all_below[m + 1] = all_below[m] * (1.0 - higher)
    least = min(bid, reserve / quality + plan.step[c])
    high = bids.ratio[1, i]
    at_high = place(powers, high, bids.log[1, i], sd)
    top = max(reserve, own - plan.step[c] * quality)
    cost, ways = 0.0, 1.0
    for s in range(n_slots):
        below = all_below[n - s]
        lower = median * (summed(powers, n - s, at_high, high, sd) - chance[1, s])
        dearer = max(0.0, below * (top - reserve) - lower)
        ctr = min(1.0, plan.slot_ctr[c, s] * plan.appeal[c, g])
        cost += ctr * ways * (below * least + dearer / quality)
        ways *= higher * (n - s) / (s + 1.0)
    return cost


@compiled
def fill_powers(sd: float, powers: F) -> None:
    """Fill `powers` with the integrals of the powers of the lognormal law of median 1 and this spread.

    Step by step in the logarithm, each by the two points of Gauss and Legendre.
    """
    step = 2.0 * REACH / STEPS
    for i in range(STEPS + 1):
        z = REACH * (2.0 * i / STEPS - 1.0)
        powers[i, SCORE] = exp(sd * z)
        for m in range(1, powers.shape[1]):
            powers[i, m] = powers[i - 1, m] if i > 0 else 0.0
        for side in range(2 if i > 0 else 0):
            at = z - step * (0.5 + (side - 0.5) / 1.7320508075688772)
            chance, part = normal_cdf(at), 0.5 * step * sd * exp(sd * at)
            for m in range(1, powers.shape[1]):
                part *= chance
                powers[i, m] += part
    powers[STEPS + 1, SCORE] = sd


@inlined
def place(powers: F, score: float, log_score: float, sd: float) -> float:
    """Where a score stands among those of `powers`: the step it lies in and the part of it; STEPS beyond the last."""
    if sd <= 0.0 or score <= powers[0, SCORE]:
        return 0.0
    at = min(float(STEPS), (log_score / sd / REACH + 1.0) * (0.5 * STEPS))
    i = max(0, min(int(at), STEPS - 1))
    part = (score - powers[i, SCORE]) / (powers[i + 1, SCORE] - powers[i, SCORE])
    return i + min(1.0, max(0.0, part)) if at < STEPS else at


@inlined
def summed(powers: F, m: int, at: float, score: float, sd: float) -> float:
    """The integral from 0 to a `score` at a `place` of the m-th power of the law with median 1, or uniform up to 1."""
    if m == 0:
        return score
    if sd <= 0.0:
        part = min(score, 1.0) if sd < 0.0 else 0.0
        power = part
        for _ in range(m):
            power *= part
        return power / (m + 1.0) + max(0.0, score - 1.0)
    i = min(int(at), STEPS - 1)
    beyond = max(0.0, score - powers[STEPS, SCORE])
    return float(powers[i, m] + (at - i) * (powers[i + 1, m] - powers[i, m]) + beyond)


@compiled
def click_cost(plan: Auctions, c: int, g: int, bid: float, chance: F) -> float:
    """Chance of a click times its price, fen, of one search of group `g` at a bid; `chance` is overwritten."""
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
def fill_above(plan: Auctions, c: int, g: int, own: float, above: F) -> None:
    """Fill `above[r]` with the chance that rival r scores above the own score."""
    for r in range(plan.n_rivals[c]):
        if r > 0 and plan.rival_score[c, g, r] == plan.rival_score[c, g, r - 1]:
            above[r] = above[r - 1]
        else:
            above[r] = beats(plan.rival_score[c, g, r], plan.rival_sd[c, g], own)


@compiled
def fill_slots(plan: Auctions, c: int, g: int, below: float, chances: tuple[F, F]) -> None:
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
