"""Keyword auctions: a generalised second-price auction for each search.

A search shows the bidders by `bid · quality`, best first; the one at slot s is clicked with chance
`slot_ctr[s] · appeal` and then pays what was just enough to keep the slot: the score of the next below, divided by its
own quality, plus one step, at most its own bid (DOMAIN 2.2; Edelman, Ostrovsky and Schwarz 2007 for the mechanism).

Only searchers who would click on the best slot are drawn one by one (`block`). All others can only ever be an
impression; by the thinning of a Poisson process they are independent of the first, and their number is drawn as one
Poisson count a day from its exact mean (`expect`).

Rivals of one law need not be drawn one by one either: how many are above the own ad is a binomial number, so what a
searcher meets is known as a table (`fill_market`), and only a click needs a price, the greatest of the scores below.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import inlined
from storesim.engine.day import DRAW_RIVAL, DRAW_SEARCH, TURN_OUT, TURN_PACE, TURN_RIVALS, DayPlan, F, I, U
from storesim.engine.draws import STEP, fill_chances, fill_quantiles, halves, log, normal_cdf
from storesim.engine.rivals import score_at

MOST_SLOTS = 32

OUT = 1e-9
"""Score of a rival whose budget is spent, beside others of another law; fen: below the least that is shown."""

BELOW, SEEN, EXPECTED, CLICKED = range(4)
"""Last axis of the market a channel meets; as many more as there are slots less one."""


@inlined
def let_leave(plan: DayPlan, c: int, q: int) -> None:
    """Go on without the rivals of channel `c` whose budgets are spent by turn `q` of the day."""
    turn, score = plan.turns[q, c], plan.rival_score[c]
    plan.n_rivals[c] = int(turn[TURN_RIVALS])
    plan.pace[c] = turn[TURN_PACE]
    out = int(turn[TURN_OUT])
    for r in range(score.shape[1]):
        if (out >> r) & 1 > 0:
            for g in range(score.shape[0]):
                score[g, r] = OUT


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
def block(
    plan: DayPlan, c: int, m: int, seed: U, hour: I, work: F, group: I, who: I, price: F, rows: I, market: F,
    chosen: U,
) -> int:  # fmt: skip
    """Who of `m` searchers clicks, in `who`, and what each of them costs in fen, in `price`; how many clicked.

    Parameters
    ----------
    seed, hour : [m]
        State and hour of the day of each searcher.
    work, group : [≥ 7, m], [m]
        Overwritten; see `shown`.
    who, price : [m]
        Filled from the front.
    rows, market : [24 G], [24 G, CLICKED + S]
        Of a channel whose rivals are alike; from `fill_market`.
    chosen : [m]
        Overwritten.
    """
    z, click, share = work[3], work[6], plan.group_share[c]
    for b in range(m):
        z[b], click[b] = halves(seed[b] + np.uint64(DRAW_SEARCH) * STEP)
    _pick_group(share, m, z, group)
    n_rivals = plan.n_rivals[c]
    if alike(plan.rival_score[c], n_rivals):
        clickers = _choose_among_equals(rows, market, share.shape[0], m, hour, work, group, who, chosen)
        _meet_equals(plan, c, clickers, seed, work, group, who, price, market, chosen)
    else:
        clickers = plan.meet(
            plan.rival_score[c], plan.rival_sd[c], plan.own_bid[c], plan.quality[c], plan.slot_ctr[c], plan.appeal[c],
            plan.reserve[c], best_slot(plan.slot_ctr[c], plan.appeal[c], share), n_rivals, m, seed, hour, work, group,
            who, price,
        )  # fmt: skip
    _charge(plan, c, clickers, hour, group, who, price)
    return clickers


@inlined
def _pick_group(share: F, m: int, z: F, group: I) -> None:
    """The group of each of `m` searchers, of whom group g has a `share`; four edges are looked at in one pass."""
    for b in range(m):
        group[b] = 0
    edge = 0.0
    g, last = 0, share.shape[0] - 1
    while g + 4 <= last:
        first = edge + share[g]
        second = first + share[g + 1]
        third = second + share[g + 2]
        edge = third + share[g + 3]
        for b in range(m):
            x = z[b]
            before = (1 if x >= first else 0) + (1 if x >= second else 0)
            group[b] += before + (1 if x >= third else 0) + (1 if x >= edge else 0)
        g += 4
    while g < last:
        edge += share[g]
        for b in range(m):
            group[b] += z[b] >= edge
        g += 1


@inlined
def shown(work: F, m: int) -> int:
    """How many of the first `m` searchers of the last `block` saw the ad."""
    seen = 0
    for b in range(m):
        seen += work[5][b] > 0.0
    return seen


@inlined
def alike(score: F, n_rivals: int) -> bool:
    """Whether the rivals of every group follow one law."""
    for g in range(score.shape[0]):
        for r in range(1, n_rivals):
            if score[g, r] != score[g, 0]:
                return False
    return True


@inlined
def fill_market(plan: DayPlan, c: int, first: int, work: F, apart: I, rows: I, market: F) -> None:
    """Fill `market`, a row for each bid of the hours from the `first`, with what a searcher who would click on the best
    slot meets where rivals are alike.

    `rows` becomes the row of each hour and group; those of the same bid share one. There `BELOW` is the chance that
    one rival scores below the own ad, `SEEN` that the ad is shown, `EXPECTED` that who searches clicks on an ad whose
    appeal is 1; from `CLICKED` on come, slot by slot, the cumulated chances that it is clicked there. `work` and
    `apart`, those of `Scratch`, are overwritten.
    """
    best = best_slot(plan.slot_ctr[c], plan.appeal[c], plan.group_share[c])
    n_groups = plan.group_share.shape[1]
    n, filled = 0, 0
    for g in range(n_groups):
        twin = g > 0 and twins(plan, c, g)
        for h in range(first, 24):
            at = h * n_groups + g
            if h > first and plan.own_bid[c, h, g] == plan.own_bid[c, h - 1, g]:
                rows[at] = rows[at - n_groups]
                continue
            if twin and plan.own_bid[c, h, g] == plan.own_bid[c, h, g - 1]:
                rows[at] = rows[at - 1]
                continue
            rows[at] = n
            apart[n - filled] = at
            n += 1
            if n - filled == apart.shape[0]:
                _fill_rows(plan, c, apart, n - filled, best, work, market[filled:n])
                filled = n
    _fill_rows(plan, c, apart, n - filled, best, work, market[filled:n])


@inlined
def _fill_rows(plan: DayPlan, c: int, apart: I, n: int, best: float, work: F, market: F) -> None:
    """Fill `n` rows of `market`, of the hours and groups `apart`; side by side, so that none waits for another."""
    owns, scale, ratio, higher, chance = work[0], work[1], work[2], work[3], work[8]
    n_groups, n_rivals, n_slots = plan.group_share.shape[1], plan.n_rivals[c], min(plan.slot_ctr.shape[1], MOST_SLOTS)
    for i in range(n):
        g = apart[i] % n_groups
        own, sd = plan.own_bid[c, apart[i] // n_groups, g] * plan.quality[c, g], plan.rival_sd[c, g]
        by_law = sd > 0.0 and own > 0.0
        owns[i], scale[i] = own, sd if by_law else 1.0
        ratio[i] = plan.rival_score[c, g, 0] / own if by_law else 1.0
    for i in range(n):
        ratio[i] = log(ratio[i]) / scale[i]
    fill_chances(ratio, n, higher)
    for i in range(n):
        row, own = market[i], owns[i]
        g = apart[i] % n_groups
        sd = plan.rival_sd[c, g]
        above = higher[i] if sd > 0.0 and own > 0.0 else beats(plan.rival_score[c, g, 0], sd, own)
        _nobody_above(chance, n_slots)
        for _ in range(n_rivals):
            _one_more(chance, n_slots, above)
        row[BELOW] = 1.0 - above if n_rivals > 0 else 1.0
        seen = 0.0
        clicked = 0.0
        expected = 0.0
        for s in range(n_slots):
            ctr = plan.slot_ctr[c, s] if own >= plan.reserve[c] else 0.0
            seen += chance[s] if ctr > 0.0 else 0.0
            expected += chance[s] * ctr
            clicked += chance[s] * min(1.0, ctr * plan.appeal[c, g]) / best if ctr > 0.0 and best > 0.0 else 0.0
            row[CLICKED + s] = clicked
        row[SEEN] = seen
        row[EXPECTED] = expected


@inlined
def twins(plan: DayPlan, c: int, g: int) -> bool:
    """Whether a group differs from the one before in nothing but its bids; the rivals of each being alike."""
    quality, appeal = plan.quality[c], plan.appeal[c]
    score, spread = plan.rival_score[c], plan.rival_sd[c]
    alike_here = quality[g] == quality[g - 1] and appeal[g] == appeal[g - 1]
    return bool(alike_here and score[g, 0] == score[g - 1, 0] and spread[g] == spread[g - 1])


@inlined
def _choose_among_equals(
    rows: I, market: F, n_groups: int, m: int, hour: I, work: F, group: I, who: I, row: U
) -> int:  # fmt: skip
    """Who is shown, 1 in `work[5]`, under how many rivals, in `work[1]`, and who of them clicks, in `who`; how many do.

    A searcher's one number says all, for each chance is part of the one before: to be shown, to click on any slot, on
    one of the better ones. `row` [m] is filled with what row of `market` each meets.
    """
    above, clicked, saw, click = work[1], work[2], work[5], work[6]
    last = market.shape[1] - 1
    for b in range(m):
        row[b] = np.uint64(rows[hour[b] * n_groups + group[b]])
    for b in range(m):
        saw[b] = 1.0 if click[b] < market[row[b], SEEN] else 0.0
        clicked[b] = 1.0 if click[b] < market[row[b], last] else 0.0
        above[b] = 0.0
    for k in range(CLICKED, last):
        for b in range(m):
            above[b] += 1.0 if click[b] >= market[row[b], k] else 0.0
    clickers = 0
    for b in range(m):
        who[clickers] = b
        clickers += clicked[b] > 0.0
    return clickers


@inlined
def _meet_equals(
    plan: DayPlan, c: int, clickers: int, seed: U, work: F, group: I, who: I, price: F, market: F, chosen: U
) -> None:  # fmt: skip
    """The best score below the own ad of those who click, at least the reserve, in `price`.

    Of n rivals of one law, k of them above, n − k have quantiles that are uniform on (0, `BELOW`); the greatest counts.
    `chosen` has the row of `market` each searcher meets, and is overwritten by the states of those who click.
    """
    top, above, below, median, sd = work[0], work[1], work[2], work[3], work[4]
    n_rivals = plan.n_rivals[c]
    for j in range(clickers):
        b = who[j]
        g = group[b]
        top[j] = market[chosen[b], BELOW]
        chosen[j] = seed[b]
        below[j] = n_rivals - above[b]
        median[j] = plan.rival_score[c, g, 0]
        sd[j] = plan.rival_sd[c, g]
    for j in range(clickers):
        price[j] = 0.0
    for r in range(0, n_rivals, 2):
        offset = np.uint64(DRAW_RIVAL + r) * STEP
        for j in range(clickers):
            one, other = halves(chosen[j] + offset)
            price[j] = max(price[j], one if r < below[j] else 0.0, other if r + 1.0 < below[j] else 0.0)
    for j in range(clickers):
        price[j] = max(price[j] * top[j], 1.0e-300)
    z = above
    fill_quantiles(price, clickers, z)
    reserve = plan.reserve[c]
    for j in range(clickers):
        score = score_at(price[j], z[j], median[j], sd[j])
        price[j] = max(reserve, score if below[j] > 0.0 else 0.0)


@inlined
def _charge(plan: DayPlan, c: int, clickers: int, hour: I, group: I, who: I, price: F) -> None:
    """The price of each click, from the score that follows: what keeps the slot, plus a step, at most the bid."""
    quality, own_bid, step = plan.quality[c], plan.own_bid[c], plan.step[c]
    for j in range(clickers):
        b = who[j]
        keeps = np.floor(price[j] / quality[group[b]] + 0.5) + step
        price[j] = min(own_bid[hour[b], group[b]], keeps)


@inlined
def expect(
    plan: DayPlan, c: int, start: float, end: float, joined: float, out: F, shown: F, chance: F, rows: I, market: F
) -> None:  # fmt: skip
    """Add to `out` what hours `start` to `end` of the day should bring channel `c`, which joins a share
    `joined` of its auctions.

    `out[0]` gains the impressions by searchers who would click on no slot, `shown` [G] the same by group, and `out[1]`
    the clicks of a campaign whose appeal is 1. `rows` and `market` are the channel's, where rivals are alike;
    `chance` [> S] is overwritten.
    """
    equals = alike(plan.rival_score[c], plan.n_rivals[c])
    n_slots = min(plan.slot_ctr.shape[1], MOST_SLOTS)
    searches = plan.rate[c] * joined
    rest = searches * (1.0 - best_slot(plan.slot_ctr[c], plan.appeal[c], plan.group_share[c]))
    # Sums in hand: what is written is read anew for every number, as it may be any of what is read.
    impressions, clicks = out[0], out[1]
    for g in range(plan.group_share.shape[1]):
        last = -1.0
        seen = 0.0
        clicked = 0.0
        of_group = shown[g]
        for h in range(int(start), 24):
            part = min(end, h + 1.0) - max(start, float(h))
            if part <= 0.0:
                break
            share = plan.group_share[c, g] * plan.hours[h] * part
            own = plan.own_bid[c, h, g] * plan.quality[c, g]
            if share <= 0.0 or own < plan.reserve[c]:
                continue
            if equals:
                row = market[rows[h * plan.group_share.shape[1] + g]]
                seen = row[SEEN]
                clicked = row[EXPECTED]
            elif own != last:
                _slot_chances(plan.rival_score[c, g], plan.rival_sd[c, g], plan.n_rivals[c], own, chance, n_slots)
                last = own
                seen = 0.0
                clicked = 0.0
                for s in range(n_slots):
                    seen += chance[s] if plan.slot_ctr[c, s] > 0.0 else 0.0
                    clicked += chance[s] * plan.slot_ctr[c, s]
            impressions += rest * share * seen
            clicks += searches * share * clicked
            of_group += rest * share * seen
        shown[g] = of_group
    out[0], out[1] = impressions, clicks


@inlined
def _slot_chances(score: F, sd: float, n_rivals: int, own: float, chance: F, n_slots: int) -> None:
    """Fill `chance[s]` with the probability that exactly s rivals score above `own` (a Poisson-binomial law)."""
    _nobody_above(chance, n_slots)
    higher = 0.0
    for r in range(n_rivals):
        if r == 0 or score[r] != score[r - 1]:
            higher = beats(score[r], sd, own)
        _one_more(chance, n_slots, higher)


@inlined
def _nobody_above(chance: F, n_slots: int) -> None:
    """Without rivals the first slot is certain."""
    for s in range(n_slots + 1):
        chance[s] = 0.0
    chance[0] = 1.0


@inlined
def _one_more(chance: F, n_slots: int, higher: float) -> None:
    """The same with one more rival, who scores above with chance `higher`."""
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
