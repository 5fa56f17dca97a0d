"""First pass: what each arrival would do if nothing competed, in blocks; budgets are walked.

Arrivals of a channel are a Poisson process. In *operational time* its rate is one: visitor i comes at the sum of i
exponential gaps, and the day's profile of hours turns that into a time of day. Cutting the day anywhere leaves every
sum as it was, so results do not depend on how it is cut.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine import auction
from storesim.engine.compiled import inlined, typed
from storesim.engine.day import (
    ASK,
    AUCTION,
    BOUNCES,
    CLICKS,
    DRAW_ASK,
    DRAW_BROWSE,
    DRAW_GAP,
    DRAW_LUCK,
    DRAW_PAGES,
    EXPECTED_CLICKS,
    FREE,
    IMPRESSIONS,
    PAGE_HOURS,
    PV,
    SILENT_HOURS,
    SPEND,
    UV,
    DayPlan,
    DayState,
    DayTally,
    F,
    I,
    U,
)
from storesim.engine.draws import STEP, log, poisson, seed_of, unit

BLOCK = 256
ASKS, DECIDES = 1, 2
NOBODY_YET = typed(0)
NOBODY = 2**62
"""Visitors of a day count up from 0; a draw that belongs to none of them takes this number."""


class Scratch(NamedTuple):
    """Room the first pass works in."""

    work: F  # [10, BLOCK]
    number: I  # [3, BLOCK]
    seed: U  # [BLOCK]
    hours: F  # [25] cumulative profile of the day
    per_hour: F  # [24] 1 / share of the day's arrivals in each hour
    edge: F  # [25] operational time of a channel at each hour
    odds: F  # [24, G] chance that one rival scores below the own ad


class Moments(NamedTuple):
    """What the first pass leaves to the second, unsorted, and room to sort it."""

    time: F  # [n]
    luck: F  # [n]
    seed: U  # [n]
    code: I  # [n] what | chat outcome << 2 | channel << 4 | index << 20
    order: I  # [n]
    bucket: I  # [n]
    starts: I  # [n + 1]


@inlined
def operational_rate(plan: DayPlan, c: int) -> float:
    """Arrivals drawn one by one on a whole day: visitors, or searchers who would click on the best slot."""
    if plan.kind[c] != FREE and plan.budget[c] <= 0.0:
        return 0.0
    if plan.kind[c] == AUCTION:
        return plan.rate[c] * auction.best_slot(plan, c)
    return plan.rate[c]


@inlined
def start_day(plan: DayPlan, state: DayState, scratch: Scratch) -> None:
    """Set every stream to midnight."""
    total = 0.0
    for h in range(24):
        scratch.hours[h] = total
        scratch.per_hour[h] = 1.0 / plan.hours[h] if plan.hours[h] > 0.0 else 0.0
        total += plan.hours[h]
    scratch.hours[24] = max(total, scratch.hours[23])
    for c in range(plan.kind.shape[0]):
        state.number[c] = 0
        state.drawn[c] = 0.0
        state.base[c] = 0.0
        state.since[c] = 0.0
        state.spent[c] = 0.0
        state.shown[c] = 0.0
        state.clicks_expected[c] = 0.0
        state.air[c, 0] = 0.0
        state.air[c, 1] = 24.0


@inlined
def settle(plan: DayPlan, state: DayState, scratch: Scratch, hour: float) -> None:
    """Close the books of the plan that held until `hour`, so that another may follow."""
    out = scratch.work[9]
    through = _profile(scratch.hours, plan.hours, hour)
    for c in range(plan.kind.shape[0]):
        state.base[c] += operational_rate(plan, c) * (through - state.since[c])
        state.since[c] = through
        if plan.kind[c] == AUCTION and plan.budget[c] > 0.0:
            out[0] = 0.0
            out[1] = 0.0
            auction.expect(plan, c, state.air[c, 0], min(hour, state.air[c, 1]), out, scratch.work[8])
            state.shown[c] += out[0]
            state.clicks_expected[c] += out[1]
            state.air[c, 0] = hour


@inlined
def end_day(plan: DayPlan, state: DayState, scratch: Scratch, tally: DayTally, keys: U, day: int) -> None:
    """Count what only the whole day tells: spend, hours off the air, impressions without a click."""
    settle(plan, state, scratch, 24.0)
    for c in range(plan.kind.shape[0]):
        row = tally.by_channel[c]
        row[SPEND] += state.spent[c]
        if plan.kind[c] != FREE:
            row[SILENT_HOURS] += 24.0 - state.air[c, 1]
        if plan.kind[c] == AUCTION:
            state_of_rest = seed_of(seed_of(keys[c], day + 1), NOBODY)
            row[IMPRESSIONS] += poisson(state.shown[c], state_of_rest)
            row[EXPECTED_CLICKS] += state.clicks_expected[c]


@inlined
def first_pass(
    plan: DayPlan,
    state: DayState,
    tally: DayTally,
    scratch: Scratch,
    moments: Moments,
    keys: U,
    day: int,
    end: float,
) -> int:
    """Draw every arrival up to hour `end` of the day; the number of moments left for the second pass."""
    n = NOBODY_YET
    through = _profile(scratch.hours, plan.hours, end)
    top = 0.0
    for k in range(plan.sku_odds.shape[0]):
        top = max(top, plan.sku_odds[k])
    for c in range(plan.kind.shape[0]):
        rate = operational_rate(plan, c)
        horizon = state.base[c] + rate * (through - state.since[c])
        if not state.drawn[c] < horizon:
            continue
        odds = plan.odds[c] * top
        quiet = odds / (1.0 + odds)
        key = seed_of(keys[c], day + 1)
        n = _channel(plan, state, tally, scratch, moments, key, c, day, rate, horizon, quiet, n)
    return n


@inlined
def _channel(
    plan: DayPlan,
    state: DayState,
    tally: DayTally,
    scratch: Scratch,
    moments: Moments,
    key: np.uint64,
    c: int,
    day: int,
    rate: float,
    horizon: float,
    quiet: float,
    n: int,
) -> int:
    gap, extra, luck = scratch.work[0], scratch.work[1], scratch.work[2]
    keep, hour, seed = scratch.number[0], scratch.number[1], scratch.seed
    edge, profile = scratch.edge, scratch.hours
    row = tally.by_channel[c]
    for h in range(25):
        edge[h] = state.base[c] + rate * (profile[h] - state.since[c])
    if plan.kind[c] == AUCTION:
        auction.fill_odds(plan, c, scratch.odds)
    x = state.drawn[c]
    i = state.number[c]
    on_air = True
    more = True
    while more and on_air:
        want = horizon - x
        m = min(BLOCK, int(want + 3.0 * np.sqrt(want)) + 8)
        _block(plan.bounce[c], plan.page_p[c], plan.scalars[ASK], quiet, key, i, m, seed, gap, extra, luck, keep)
        drawn = 0
        while drawn < m:
            y = x + gap[drawn]
            if y >= horizon:
                more = False
                break
            x = y
            gap[drawn] = y
            drawn += 1
        came = drawn
        if plan.kind[c] != FREE:
            _hours(edge, gap, drawn, hour)
            came = _walk_budget(plan, state, scratch, row, c, drawn)
            on_air = came == drawn
            if not on_air:
                h = hour[came]
                state.air[c, 1] = _time(gap[came], h, rate, state.base[c], state.since[c], profile, scratch.per_hour)
        n = _collect(plan, state, moments, row, scratch, c, day, rate, came, n)
        i += drawn
        state.number[c] = i
    state.drawn[c] = x if on_air else np.inf
    return n


@inlined
def _block(
    bounce: float, page_p: float, ask: float, quiet: float, key: np.uint64, first: int, m: int,
    seed: U, gap: F, extra: F, luck: F, keep: I,
) -> None:  # fmt: skip
    """Gaps, pages beyond the first, luck, and what the second pass must see of `m` visitors."""
    stay = 1.0 / (1.0 - bounce) if bounce < 1.0 else 0.0
    per_page = 1.0 / log(1.0 - page_p) if page_p < 1.0 else 0.0
    for b in range(m):
        s = seed_of(key, first + b)
        seed[b] = s
        gap[b] = -log(unit(s + np.uint64(DRAW_GAP) * STEP))
        u = unit(s + np.uint64(DRAW_PAGES) * STEP)
        v = max((1.0 - u) * stay, 1.0e-300)
        pages = 1.0 + np.floor(log(v) * per_page)
        pages = 0.0 if u < bounce else pages
        extra[b] = pages
        asks = unit(s + np.uint64(DRAW_ASK) * STEP) < ask
        x = unit(s + np.uint64(DRAW_LUCK) * STEP)
        luck[b] = x
        what = DECIDES if x < quiet else 0
        what = ASKS if asks else what
        keep[b] = what if pages > 0.0 else 0


@inlined
def _hours(edge: F, operational: F, m: int, hour: I) -> None:
    """Hour of the day of each operational time, which rise."""
    h = 0
    for b in range(m):
        y = operational[b]
        while h < 23 and y >= edge[h + 1]:
            h += 1
        hour[b] = h


@inlined
def _time(y: float, h: int, rate: float, base: float, since: float, profile: F, per_hour: F) -> float:
    """Hour and fraction of the day at operational time `y`, which lies in hour `h`."""
    return h + ((y - base) / rate + since - profile[h]) * per_hour[h]


@inlined
def _walk_budget(plan: DayPlan, state: DayState, scratch: Scratch, row: F, c: int, m: int) -> int:
    """Charge the clicks in order of arrival; the number of arrivals before the budget ran out.

    Who did not click is no visitor: −1 pages beyond the first, and nothing for the second pass.
    """
    cost, extra, keep = scratch.work[3], scratch.work[1], scratch.number[0]
    auctioned = plan.kind[c] == AUCTION
    if auctioned:
        auction.block(
            plan, c, m, scratch.seed, scratch.number[1], scratch.work[4:], scratch.number[2], cost, scratch.odds
        )
    else:
        price = plan.click_price[c]
        for b in range(m):
            cost[b] = price
    spent = state.spent[c]
    limit = plan.budget[c]
    clicks = 0
    shown = 0
    came = m
    for b in range(m):
        price = cost[b]
        clicked = price >= 0.0
        if clicked and spent + price > limit:
            came = b
            break
        shown += price > -1.5
        clicks += clicked
        spent += price if clicked else 0.0
        extra[b] = extra[b] if clicked else -1.0
        keep[b] = keep[b] if clicked else 0
    state.spent[c] = spent
    row[CLICKS] += clicks
    row[IMPRESSIONS] += shown if auctioned else 0
    return came


@inlined
def _collect(
    plan: DayPlan,
    state: DayState,
    moments: Moments,
    row: F,
    scratch: Scratch,
    c: int,
    day: int,
    rate: float,
    m: int,
    n: int,
) -> int:
    """Count the visitors of a block and keep the moments of those who may matter."""
    operational, extra, luck = scratch.work[0], scratch.work[1], scratch.work[2]
    keep, chosen, seed = scratch.number[0], scratch.number[2], scratch.seed
    edge, profile, per_hour = scratch.edge, scratch.hours, scratch.per_hour
    time, lucks, seeds, code = moments.time, moments.luck, moments.seed, moments.code
    base, since, page_hours, first = state.base[c], state.since[c], plan.scalars[PAGE_HOURS], state.number[c]
    visitors = 0
    bounces = 0
    pages = 0.0
    kept = 0
    for b in range(m):
        visitors += extra[b] >= 0.0
        bounces += extra[b] == 0.0
        pages += extra[b] + 1.0
        chosen[kept] = b
        kept += keep[b] > 0
    h = 0
    for j in range(kept):
        b = chosen[j]
        y = operational[b]
        while h < 23 and y >= edge[h + 1]:
            h += 1
        at = _time(y, h, rate, base, since, profile, per_hour)
        browse = -page_hours * extra[b] * log(unit(seed[b] + np.uint64(DRAW_BROWSE) * STEP))
        time[n + j] = 24.0 * day + at + browse
        lucks[n + j] = luck[b]
        seeds[n + j] = seed[b]
        code[n + j] = keep[b] | (c << 4) | ((first + b) << 20)
    row[UV] += visitors
    row[BOUNCES] += bounces
    row[PV] += pages
    return n + kept


@inlined
def _profile(cumulative: F, hours: F, hour: float) -> float:
    """Share of the day's arrivals before `hour`."""
    if hour >= 24.0:
        return cumulative[24]
    h = int(hour)
    return cumulative[h] + (hour - h) * hours[h]
