"""Keyword auctions: a generalised second-price auction for each search.

A search shows the bidders by `bid · quality`, best first; the one at slot s is clicked with chance
`slot_ctr[s] · appeal` and then pays what was just enough to keep the slot: the score of the next below, divided by its
own quality, plus one step, at most its own bid (DOMAIN 2.2; Edelman, Ostrovsky and Schwarz 2007 for the mechanism).

Only searchers who would click on the best slot are drawn one by one (`block`). All others can only ever be an
impression; by the thinning of a Poisson process they are independent of the first, and their number is drawn as one
Poisson count a day from its exact mean (`expect`).
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import inlined
from storesim.engine.day import DRAW_CLICK, DRAW_GROUP, DRAW_RIVAL, DayPlan, F, I, U
from storesim.engine.draws import STEP, exp, log, normal, normal_cdf, unit

MOST_SLOTS = 32


@inlined
def best_slot(plan: DayPlan, c: int) -> float:
    """Highest chance of a click of any slot of channel `c`, appeal included; at most 1."""
    best = 0.0
    for s in range(plan.slot_ctr.shape[1]):
        best = max(best, plan.slot_ctr[c, s])
    return min(1.0, best * plan.appeal[c])


@inlined
def block(plan: DayPlan, c: int, m: int, seed: U, hour: I, work: F, group: I, cost: F, odds: F) -> None:
    """What each of `m` searchers brings: `cost` in fen of a click, −1 for an impression, −2 for nothing.

    Parameters
    ----------
    seed, hour : [m]
        State and hour of the day of each searcher.
    work, group : [≥ 6, m], [m]
        Overwritten.
    odds : [24, G]
        Chance that one rival scores below the own ad, from `fill_odds`.
    """
    own, above, below = work[0], work[1], work[2]
    own_bid, quality, share = plan.own_bid[c], plan.quality[c], plan.group_share[c]
    n_groups = share.shape[0]
    for b in range(m):
        group[b] = 0
    edge = 0.0
    for g in range(n_groups - 1):
        edge += share[g]
        for b in range(m):
            group[b] += unit(seed[b] + np.uint64(DRAW_GROUP) * STEP) >= edge
    for b in range(m):
        own[b] = own_bid[hour[b], group[b]] * quality[group[b]]
        above[b] = 0.0
        below[b] = plan.reserve[c]
    if _alike(plan, c):
        _meet_equals(plan, c, m, seed, hour, work, group, odds)
    else:
        _meet_others(plan, c, m, seed, work, group)
    _click(plan, c, m, seed, hour, own, above, below, group, cost)


@inlined
def fill_odds(plan: DayPlan, c: int, odds: F) -> None:
    """Fill `odds[hour, group]` with the chance that one rival scores below the own ad."""
    for h in range(24):
        for g in range(plan.group_share.shape[1]):
            own = plan.own_bid[c, h, g] * plan.quality[c, g]
            same = h > 0 and plan.own_bid[c, h, g] == plan.own_bid[c, h - 1, g]
            odds[h, g] = odds[h - 1, g] if same else 1.0 - _higher(plan.rival_score[c, g, 0], plan.rival_sd[c, g], own)


@inlined
def _alike(plan: DayPlan, c: int) -> bool:
    """Whether the rivals of every group follow one law."""
    for g in range(plan.group_share.shape[1]):
        for r in range(1, plan.n_rivals[c]):
            if plan.rival_score[c, g, r] != plan.rival_score[c, g, 0]:
                return False
    return True


@inlined
def _meet_equals(plan: DayPlan, c: int, m: int, seed: U, hour: I, work: F, group: I, odds: F) -> None:
    """Rivals of one law are compared by their uniforms; only the best of those below becomes a score."""
    above, below, best, edge, median = work[1], work[2], work[3], work[4], work[5]
    for b in range(m):
        best[b] = 0.0
        edge[b] = odds[hour[b], group[b]]
    for r in range(plan.n_rivals[c]):
        offset = np.uint64(DRAW_RIVAL + r) * STEP
        for b in range(m):
            u = unit(seed[b] + offset)
            higher = u > edge[b]
            above[b] += 1.0 if higher else 0.0
            best[b] = best[b] if higher else max(best[b], u)
    for b in range(m):
        median[b] = plan.rival_score[c, group[b], 0]
        edge[b] = plan.rival_sd[c, group[b]]
    for b in range(m):
        u = max(best[b], 1.0e-300)
        score = median[b] * (exp(edge[b] * normal(u)) if edge[b] >= 0.0 else u)
        below[b] = max(below[b], score if best[b] > 0.0 else 0.0)


@inlined
def _meet_others(plan: DayPlan, c: int, m: int, seed: U, work: F, group: I) -> None:
    """Rivals of different laws: every score is drawn."""
    own, above, below, z, median, sd = work[0], work[1], work[2], work[3], work[4], work[5]
    n_groups = plan.group_share.shape[1]
    for b in range(m):
        sd[b] = plan.rival_sd[c, group[b]]
    for r in range(plan.n_rivals[c]):
        offset = np.uint64(DRAW_RIVAL + r) * STEP
        top = plan.rival_score[c, 0, r]
        for b in range(m):
            median[b] = top
        if n_groups > 1:
            for b in range(m):
                median[b] = plan.rival_score[c, group[b], r]
        for b in range(m):
            z[b] = unit(seed[b] + offset)
        for b in range(m):
            # A negative spread marks the uniform law on (0, median).
            score = median[b] * (exp(sd[b] * normal(z[b])) if sd[b] >= 0.0 else z[b])
            higher = score > own[b]
            above[b] += 1.0 if higher else 0.0
            below[b] = below[b] if higher else max(below[b], score)


@inlined
def _click(plan: DayPlan, c: int, m: int, seed: U, hour: I, own: F, above: F, below: F, group: I, cost: F) -> None:
    """Who is shown, who clicks, and the price: what keeps the slot, plus a step, at most the bid."""
    slot_ctr, quality, own_bid = plan.slot_ctr[c], plan.quality[c], plan.own_bid[c]
    n_slots = slot_ctr.shape[0]
    appeal, best = plan.appeal[c], best_slot(plan, c)
    reserve, step = plan.reserve[c], plan.step[c]
    for b in range(m):
        slot = int(above[b])
        price = -2.0
        if slot < n_slots and own[b] >= reserve and slot_ctr[slot] > 0.0:
            price = -1.0
            if unit(seed[b] + np.uint64(DRAW_CLICK) * STEP) * best < min(1.0, slot_ctr[slot] * appeal):
                price = np.floor(below[b] / quality[group[b]] + 0.5) + step
                price = min(own_bid[hour[b], group[b]], price)
        cost[b] = price


@inlined
def expect(plan: DayPlan, c: int, start: float, end: float, out: F, chance: F) -> None:
    """Add to `out` what hours `start` to `end` of the day should bring channel `c`.

    `out[0]` gains the impressions by searchers who would click on no slot, `out[1]` the clicks of a campaign whose
    appeal is 1.
    """
    n_slots = min(plan.slot_ctr.shape[1], MOST_SLOTS)
    rest = plan.rate[c] * (1.0 - best_slot(plan, c))
    last_own = -1.0
    for h in range(int(start), 24):
        part = min(end, h + 1.0) - max(start, float(h))
        if part <= 0.0:
            break
        weight = plan.hours[h] * part
        for g in range(plan.group_share.shape[1]):
            share = plan.group_share[c, g] * weight
            own = plan.own_bid[c, h, g] * plan.quality[c, g]
            if share <= 0.0 or own < plan.reserve[c]:
                continue
            if own != last_own or g > 0:
                _slot_chances(plan, c, g, own, chance, n_slots)
                last_own = own
            seen = 0.0
            clicks = 0.0
            for s in range(n_slots):
                seen += chance[s] if plan.slot_ctr[c, s] > 0.0 else 0.0
                clicks += chance[s] * plan.slot_ctr[c, s]
            out[0] += rest * share * seen
            out[1] += plan.rate[c] * share * clicks


@inlined
def _slot_chances(plan: DayPlan, c: int, g: int, own: float, chance: F, n_slots: int) -> None:
    """Fill `chance[s]` with the probability that exactly s rivals score above `own` (a Poisson-binomial law)."""
    for s in range(n_slots + 1):
        chance[s] = 0.0
    chance[0] = 1.0
    for r in range(plan.n_rivals[c]):
        higher = _higher(plan.rival_score[c, g, r], plan.rival_sd[c, g], own)
        for s in range(n_slots, 0, -1):
            chance[s] = chance[s] * (1.0 - higher) + chance[s - 1] * higher
        chance[0] *= 1.0 - higher


@inlined
def _higher(top: float, sd: float, own: float) -> float:
    """Chance that a rival of this law scores above `own`; a negative spread marks the uniform law on (0, top)."""
    if sd < 0.0:
        return max(0.0, 1.0 - own / top)
    if sd == 0.0 or own <= 0.0:
        return 1.0 if top > own else 0.0
    return normal_cdf(log(top / own) / sd)
