"""Rivals of different laws: each one's score is drawn for each search.

Compiled when a store first asks for it (`by_address`): in most stores all rivals of a group follow one law.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import by_address, inlined
from storesim.engine.day import DRAW_RIVAL, F, I, U
from storesim.engine.draws import STEP, exp, fill_quantiles, unit

SIGNATURE = (
    "int64(float64[:,::1], float64[::1], float64[:,::1], float64[::1], float64[::1], float64[::1], float64, float64, "
    "int64, int64, uint64[::1], int64[::1], float64[:,::1], int64[::1], int64[::1], float64[::1])"
)


@by_address(SIGNATURE)
def meet(
    score: F, spread: F, own_bid: F, quality: F, slot_ctr: F, appeal: F, reserve: float, best: float, n_rivals: int,
    m: int, seed: U, hour: I, work: F, group: I, who: I, price: F,
) -> int:  # fmt: skip
    """Who of `m` searchers of one channel clicks, in `who`, and the score that follows, in `price`; how many click.

    `score` [G, R] and the others are those of the channel in `DayPlan`; the rest as in `auction.block`.
    """
    own, above = work[0], work[1]
    for b in range(m):
        own[b] = own_bid[hour[b], group[b]] * quality[group[b]]
        above[b] = 0.0
    _meet_others(score, spread, reserve, n_rivals, m, seed, work, group, price)
    clickers = _choose(slot_ctr, appeal, best, reserve, m, work, group, who)
    for j in range(clickers):
        price[j] = work[2][who[j]]
    return clickers


@by_address(SIGNATURE)
def meet_nobody(
    score: F, spread: F, own_bid: F, quality: F, slot_ctr: F, appeal: F, reserve: float, best: float,  # noqa: ARG001
    n_rivals: int, m: int, seed: U, hour: I, work: F, group: I, who: I, price: F,  # noqa: ARG001
) -> int:  # fmt: skip
    """Stand in for `meet` in a store whose rivals are all alike, which never gets here."""
    return 0


@inlined
def _meet_others(
    score: F, spread: F, reserve: float, n_rivals: int, m: int, seed: U, work: F, group: I, z: F
) -> None:  # fmt: skip
    """Rivals of different laws: every score is drawn; `work[2]` is the best of those below, at least the reserve.

    `z` [m] is overwritten.
    """
    own, above, below, u, median, sd = work[0], work[1], work[2], work[3], work[4], work[5]
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
            u[b] = unit(seed[b] + offset)
        fill_quantiles(u, m, z)
        for b in range(m):
            bid = score_at(u[b], z[b], median[b], sd[b])
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
def score_at(u: float, z: float, median: float, sd: float) -> float:
    """A rival's score at quantile `u`, of the normal law `z`: lognormal, or uniform on (0, median) where the spread is
    negative."""
    return median * (exp(max(sd, 0.0) * z) if sd >= 0.0 else u)
