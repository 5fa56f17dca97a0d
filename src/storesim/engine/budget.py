"""The walk of a budget: clicks are charged in order of arrival until the money is spent, at once or spread out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine import auction
from storesim.engine.compiled import inlined
from storesim.engine.day import (
    AUCTION,
    CLICKS,
    DRAW_PACE,
    FREE,
    GROUP_CLICKS,
    GROUP_IMPRESSIONS,
    GROUP_SPEND,
    IMPRESSIONS,
    DayPlan,
    DayState,
    DayTally,
    F,
    I,
    U,
)
from storesim.engine.draws import STEP, unit

KEEP, HOUR, GROUP, WHO, DEVICE, ARRIVAL = range(6)
"""Rows of `Scratch.number`: what the second pass must see; hour, keyword group and place among them of searchers;
device; place among all arrivals of those who may search."""


FEW = 8
"""Groups up to which it is quicker to look at every search once for each than to find each search's own."""


class Scratch(NamedTuple):
    """Room the first pass works in."""

    work: F  # [11, BLOCK]
    number: I  # [6, BLOCK]
    seed: U  # [BLOCK]
    chosen: U  # [BLOCK] those of searchers who click
    hours: F  # [25] cumulative profile of the day
    per_hour: F  # [24] 1 / share of the day's arrivals in each hour
    edge: F  # [25] operational time of a channel at each hour
    rows: I  # [C, 24 G] where in `market` a searcher of each hour and group finds it
    market: F  # [C, 24 G, CLICKED + S] what is met where rivals are alike, as `auction.fill_market` says


@inlined
def operational_rate(plan: DayPlan, c: int) -> float:
    """Arrivals drawn one by one on a whole day: visitors, or searchers who would click on the best slot."""
    if plan.kind[c] != FREE and plan.budget[c] <= 0.0:
        return 0.0
    if plan.kind[c] == AUCTION:
        return plan.rate[c] * auction.best_slot(plan.slot_ctr[c], plan.appeal[c], plan.group_share[c])
    return plan.rate[c]


@inlined
def walk_budget(
    plan: DayPlan, state: DayState, tally: DayTally, scratch: Scratch, c: int, m: int
) -> tuple[int, int, int]:  # fmt: skip
    """Charge the clicks in order of arrival; who clicked goes to `WHO`.

    Returns
    -------
    How many clicked, and how many came, before the budget ran out; and of how many: of all `m` arrivals, or where the
    budget is spread over the day of those who may take part, who are moved to the front.
    """
    price, who, row = scratch.work[3], scratch.number[WHO], tally.by_channel[c]
    auctioned = plan.kind[c] == AUCTION
    paced = plan.pace[c] > 0.0
    n = m
    if paced:
        n = _may_join(plan, state, scratch, c, m)
    if auctioned:
        clickers = auction.block(
            plan, c, n, scratch.seed, scratch.number[HOUR], scratch.work[4:], scratch.number[GROUP], who, price,
            scratch.rows[c], scratch.market[c], scratch.chosen,
        )  # fmt: skip
    else:
        clickers = m
        for b in range(m):
            who[b] = b
            price[b] = plan.click_price[c]
    spent = state.spent[c]
    limit = plan.budget[c]
    clicks = clickers
    came = n
    if paced:
        clicks, came, spent = _spread(plan, state, scratch, c, n, clickers)
        state.took_part[c, 1] += m if came == n else scratch.number[ARRIVAL, came]
    else:
        for j in range(clickers):
            if spent + price[j] > limit:
                clicks = j
                came = who[j]
                break
            spent += price[j]
    state.spent[c] = spent
    row[CLICKS] += clicks
    if auctioned:
        row[IMPRESSIONS] += auction.shown(scratch.work[4:], came)
        if plan.group_share.shape[1] > 1:
            _tell_groups(tally.by_group[c], scratch, clicks, came)
    return clicks, came, n


@inlined
def _may_join(plan: DayPlan, state: DayState, scratch: Scratch, c: int, m: int) -> int:
    """Move those of `m` arrivals to the front whom a budget that is spread over the day may meet; how many they are.

    The share of auctions a channel takes part in is money left over what the arrivals still to come would cost. What is
    left at the first arrival of a block bounds it for all: who is passed over even so meets nobody. `work[1]` is filled
    with what must be left for each.
    """
    arrival, asked, hour, seed = scratch.work[0], scratch.work[1], scratch.number[HOUR], scratch.seed
    place = scratch.number[ARRIVAL]
    rate = operational_rate(plan, c)
    midnight = state.base[c] + rate * (scratch.hours[24] - state.since[c])
    cost = plan.pace[c] * plan.rate[c] / rate
    left = plan.budget[c] - state.spent[c]
    for b in range(m):
        asked[b] = unit(seed[b] + np.uint64(DRAW_PACE) * STEP) * cost * (midnight - arrival[b])
    n = 0
    for b in range(m):
        place[n] = b
        n += asked[b] < left
    for j in range(n):
        b = place[j]
        arrival[j] = arrival[b]
        asked[j] = asked[b]
        hour[j] = hour[b]
        seed[j] = seed[b]
    return n


@inlined
def _spread(plan: DayPlan, state: DayState, scratch: Scratch, c: int, n: int, clickers: int) -> tuple[int, int, float]:
    """Take part in such a share of auctions that what is left of the budget would last until midnight.

    The share is looked up anew at each of the `n` arrivals who may join. Whoever is passed over sees no ad; who clicks
    nevertheless closes ranks.

    Returns
    -------
    How many clicked, how many came before the budget ran out, and fen spent today.
    """
    asked, price, saw, who = scratch.work[1], scratch.work[3], scratch.work[9], scratch.number[WHO]
    spent, limit = state.spent[c], plan.budget[c]
    took = 0
    clicks = 0
    j = 0
    came = n
    for b in range(n):
        clicker = j < clickers and who[j] == b
        j += clicker
        if asked[b] >= limit - spent:
            saw[b] = 0.0
            continue
        if clicker:
            cost = price[j - 1]
            if spent + cost > limit:
                came = b
                break
            spent += cost
            who[clicks] = b
            price[clicks] = cost
            clicks += 1
        took += 1
    state.took_part[c, 0] += took
    return clicks, came, spent


@inlined
def _tell_groups(by_group: F, scratch: Scratch, clicks: int, came: int) -> None:
    """Impressions, clicks and spend of a block, by group of keywords."""
    saw, price, who, group = scratch.work[9], scratch.work[3], scratch.number[WHO], scratch.number[GROUP]
    for g in range(by_group.shape[0] if by_group.shape[0] <= FEW else 0):
        seen = 0
        for b in range(came):
            seen += saw[b] > 0.0 if group[b] == g else 0
        by_group[g, GROUP_IMPRESSIONS] += seen
    for b in range(came if by_group.shape[0] > FEW else 0):
        by_group[group[b], GROUP_IMPRESSIONS] += saw[b]
    for j in range(clicks):
        by_group[group[who[j]], GROUP_CLICKS] += 1.0
        by_group[group[who[j]], GROUP_SPEND] += price[j]


@inlined
def share_out(total: float, of: float, expected: F, by_group: F) -> None:
    """Divide a whole number among groups in proportion to what was expected, so that the parts add up to it."""
    given = 0.0
    running = 0.0
    last = expected.shape[0] - 1
    for g in range(expected.shape[0]):
        running += expected[g]
        through = total if g == last or of <= 0.0 else np.floor(total * min(1.0, running / of) + 0.5)
        by_group[g, GROUP_IMPRESSIONS] += through - given
        given = through
