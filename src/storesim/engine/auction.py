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
from storesim.engine.day import DRAW_RIVAL, DRAW_SEARCH, DayPlan, F, I, U
from storesim.engine.draws import STEP, exp, halves, log, normal_cdf, normal_in_block, unit

MOST_SLOTS = 32


@inlined
def best_slot(slot_ctr: F, appeal: F, share: F) -> float:
    """Highest chance of a click of any slot of a channel, appeal included; at most 1."""
    best = 0.0
    for s in range(slot_ctr.shape[0]):
        best = max(best, slot_ctr[s])
    most = 0.0
    for g in range(share.shape[0]):
        most = max(most, appeal[g] if share[g] > 0.0 else 0.0)
    return min(1.0, best * most)


@inlined
def block(plan: DayPlan, c: int, m: int, seed: U, hour: I, work: F, group: I, who: I, price: F, odds: F) -> int:
    """Who of `m` searchers clicks, in `who`, and what each of them costs in fen, in `price`; how many clicked.

    Parameters
    ----------
    seed, hour : [m]
        State and hour of the day of each searcher.
    work, group : [≥ 7, m], [m]
        Overwritten; see `shown`.
    who, price : [m]
        Filled from the front.
    odds : [24, G]
        Chance that one rival scores below the own ad, from `fill_odds`.
    """
    own, above, z, click = work[0], work[1], work[3], work[6]
    own_bid, quality, share = plan.own_bid[c], plan.quality[c], plan.group_share[c]
    n_groups = share.shape[0]
    for b in range(m):
        group[b] = 0
        z[b], click[b] = halves(seed[b] + np.uint64(DRAW_SEARCH) * STEP)
    edge = 0.0
    for g in range(n_groups - 1):
        edge += share[g]
        for b in range(m):
            group[b] += z[b] >= edge
    for b in range(m):
        own[b] = own_bid[hour[b], group[b]] * quality[group[b]]
        above[b] = 0.0
    n_rivals = plan.n_rivals[c]
    alike = _alike(plan.rival_score[c], n_rivals)
    if alike:
        _meet_equals(n_rivals, m, seed, hour, work, group, odds)
    else:
        _meet_others(plan.rival_score[c], plan.rival_sd[c], plan.reserve[c], n_rivals, m, seed, work, group)
    best = best_slot(plan.slot_ctr[c], plan.appeal[c], share)
    clickers = _choose(plan.slot_ctr[c], plan.appeal[c], best, plan.reserve[c], m, work, group, who)
    _charge(plan, c, clickers, hour, work, group, who, price, alike)
    return clickers


@inlined
def shown(work: F, m: int) -> int:
    """How many of the first `m` searchers of the last `block` saw the ad."""
    seen = 0
    for b in range(m):
        seen += work[5][b] > 0.0
    return seen


@inlined
def fill_odds(plan: DayPlan, c: int, odds: F) -> None:
    """Fill `odds[hour, group]` with the chance that one rival scores below the own ad."""
    for h in range(24):
        for g in range(plan.group_share.shape[1]):
            own = plan.own_bid[c, h, g] * plan.quality[c, g]
            same = h > 0 and plan.own_bid[c, h, g] == plan.own_bid[c, h - 1, g]
            odds[h, g] = odds[h - 1, g] if same else 1.0 - beats(plan.rival_score[c, g, 0], plan.rival_sd[c, g], own)


@inlined
def _alike(score: F, n_rivals: int) -> bool:
    """Whether the rivals of every group follow one law."""
    for g in range(score.shape[0]):
        for r in range(1, n_rivals):
            if score[g, r] != score[g, 0]:
                return False
    return True


@inlined
def _meet_equals(n_rivals: int, m: int, seed: U, hour: I, work: F, group: I, odds: F) -> None:
    """Rivals of one law are compared by their uniforms; `work[2]` is the best uniform of those below, 0 if none is."""
    above, best, edge = work[1], work[2], work[3]
    for b in range(m):
        best[b] = 0.0
        edge[b] = odds[hour[b], group[b]]
    for r in range(n_rivals):
        offset = np.uint64(DRAW_RIVAL + r) * STEP
        for b in range(m):
            u = unit(seed[b] + offset)
            higher = u > edge[b]
            above[b] += 1.0 if higher else 0.0
            best[b] = best[b] if higher else max(best[b], u)


@inlined
def _meet_others(
    score: F, spread: F, reserve: float, n_rivals: int, m: int, seed: U, work: F, group: I
) -> None:  # fmt: skip
    """Rivals of different laws: every score is drawn; `work[2]` is the best of those below, at least the reserve."""
    own, above, below, z, median, sd = work[0], work[1], work[2], work[3], work[4], work[5]
    for b in range(m):
        below[b] = reserve
        sd[b] = spread[group[b]]
    for r in range(n_rivals):
        offset = np.uint64(DRAW_RIVAL + r) * STEP
        top = score[0, r]
        for b in range(m):
            median[b] = top
        if score.shape[0] > 1:
            for b in range(m):
                median[b] = score[group[b], r]
        for b in range(m):
            z[b] = unit(seed[b] + offset)
        for b in range(m):
            bid = _score(z[b], median[b], sd[b])
            higher = bid > own[b]
            above[b] += 1.0 if higher else 0.0
            below[b] = below[b] if higher else max(below[b], bid)


@inlined
def _choose(
    slot_ctr: F, likes: F, best: float, reserve: float, m: int, work: F, group: I, who: I
) -> int:  # fmt: skip
    """Who is shown, 1 in `work[5]`, and who of them clicks, in `who`; how many click."""
    own, above, appeal, chance, saw, click = work[0], work[1], work[3], work[4], work[5], work[6]
    n_slots = slot_ctr.shape[0]
    for b in range(m):
        appeal[b] = likes[0]
    if likes.shape[0] > 1:
        for b in range(m):
            appeal[b] = likes[group[b]]
    for b in range(m):
        slot = int(above[b])
        ctr = slot_ctr[min(slot, n_slots - 1)]
        on_page = slot < n_slots and own[b] >= reserve and ctr > 0.0
        saw[b] = 1.0 if on_page else 0.0
        chance[b] = min(1.0, ctr * appeal[b]) if on_page else 0.0
    clickers = 0
    for b in range(m):
        who[clickers] = b
        clickers += click[b] * best < chance[b]
    return clickers


@inlined
def _charge(
    plan: DayPlan, c: int, clickers: int, hour: I, work: F, group: I, who: I, price: F, alike: bool
) -> None:  # fmt: skip
    """The price of each click: what keeps the slot, plus a step, at most the bid."""
    below, quality, own_bid = work[2], plan.quality[c], plan.own_bid[c]
    z, median, sd = work[0], work[3], work[4]
    reserve, step = plan.reserve[c], plan.step[c]
    for j in range(clickers):
        price[j] = below[who[j]]
    if alike:
        for j in range(clickers):
            z[j] = price[j]
            median[j] = plan.rival_score[c, group[who[j]], 0]
            sd[j] = plan.rival_sd[c, group[who[j]]]
        for j in range(clickers):
            score = _score(max(z[j], 1.0e-300), median[j], sd[j])
            price[j] = max(reserve, score if z[j] > 0.0 else 0.0)
    for j in range(clickers):
        b = who[j]
        keeps = np.floor(price[j] / quality[group[b]] + 0.5) + step
        price[j] = min(own_bid[hour[b], group[b]], keeps)


@inlined
def _score(u: float, median: float, sd: float) -> float:
    """A rival's score at quantile `u`: lognormal, or where the spread is negative uniform on (0, median)."""
    lognormal = exp(max(sd, 0.0) * normal_in_block(u))
    return median * (lognormal if sd >= 0.0 else u)


@inlined
def expect(
    plan: DayPlan, c: int, start: float, end: float, joined: float, out: F, shown: F, chance: F, known: F
) -> None:  # fmt: skip
    """Add to `out` what hours `start` to `end` of the day should bring channel `c`, which joins a share
    `joined` of its auctions.

    `out[0]` gains the impressions by searchers who would click on no slot, `shown` [G] the same by group, and `out[1]`
    the clicks of a campaign whose appeal is 1. `chance` and `known` [≥ 3, G] are overwritten: of each group the last
    own score, and with it the chance to be shown and the clicks of a search.
    """
    n_slots = min(plan.slot_ctr.shape[1], MOST_SLOTS)
    n_groups = plan.group_share.shape[1]
    searches = plan.rate[c] * joined
    rest = searches * (1.0 - best_slot(plan.slot_ctr[c], plan.appeal[c], plan.group_share[c]))
    for g in range(n_groups):
        known[0, g] = -1.0
    for h in range(int(start), 24):
        part = min(end, h + 1.0) - max(start, float(h))
        if part <= 0.0:
            break
        weight = plan.hours[h] * part
        for g in range(n_groups):
            share = plan.group_share[c, g] * weight
            own = plan.own_bid[c, h, g] * plan.quality[c, g]
            if share <= 0.0 or own < plan.reserve[c]:
                continue
            if own != known[0, g]:
                _slot_chances(plan.rival_score[c, g], plan.rival_sd[c, g], plan.n_rivals[c], own, chance, n_slots)
                known[0, g] = own
                known[1, g] = 0.0
                known[2, g] = 0.0
                for s in range(n_slots):
                    known[1, g] += chance[s] if plan.slot_ctr[c, s] > 0.0 else 0.0
                    known[2, g] += chance[s] * plan.slot_ctr[c, s]
            out[0] += rest * share * known[1, g]
            out[1] += searches * share * known[2, g]
            shown[g] += rest * share * known[1, g]


@inlined
def _slot_chances(score: F, sd: float, n_rivals: int, own: float, chance: F, n_slots: int) -> None:
    """Fill `chance[s]` with the probability that exactly s rivals score above `own` (a Poisson-binomial law)."""
    for s in range(n_slots + 1):
        chance[s] = 0.0
    chance[0] = 1.0
    higher = 0.0
    for r in range(n_rivals):
        if r == 0 or score[r] != score[r - 1]:
            higher = beats(score[r], sd, own)
        for s in range(n_slots, 0, -1):
            chance[s] = chance[s] * (1.0 - higher) + chance[s - 1] * higher
        chance[0] *= 1.0 - higher


@inlined
def beats(top: float, sd: float, own: float) -> float:
    """Chance that a rival of this law scores above `own`; a negative spread marks the uniform law on (0, top)."""
    if sd < 0.0:
        return max(0.0, 1.0 - own / top)
    if sd == 0.0 or own <= 0.0:
        return 1.0 if top > own else 0.0
    return normal_cdf(log(top / own) / sd)
