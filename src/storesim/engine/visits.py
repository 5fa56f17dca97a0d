"""First pass: what each arrival would do if nothing competed, in blocks; budgets are walked.

Arrivals of a channel are a Poisson process. In *operational time* its rate is one: visitor i comes at the sum of i
exponential gaps, and the day's profile of hours turns that into a time of day. Cutting the day anywhere leaves every
sum as it was, so results do not depend on how it is cut.
"""

from __future__ import annotations

import numpy as np

from storesim.engine import auction
from storesim.engine.budget import ARRIVAL, GROUP, HOUR, KEEP, WHO, Scratch, operational_rate, share_out, walk_budget
from storesim.engine.codes import ASKS, DECIDES, INDEX_AT
from storesim.engine.compiled import inlined, typed
from storesim.engine.day import (
    ASK,
    AUCTION,
    BOUNCES,
    CART_REACH,
    DRAW_BROWSE,
    DRAW_LUCK,
    DRAW_VISIT,
    EXPECTED_CLICKS,
    FREE,
    GROUP_DEVICE,
    GROUP_ODDS,
    IMPRESSIONS,
    KEPT_REACH,
    PAGE_HOURS,
    PV,
    SILENT_HOURS,
    SPEND,
    TURN_HOUR,
    UV,
    DayPlan,
    DayState,
    DayTally,
    F,
    I,
    U,
)
from storesim.engine.devices import BROWSE, COUNT
from storesim.engine.draws import STEP, halves, log, own_unit, poisson, seed_of, unit
from storesim.engine.moments import Moments

BLOCK = 256
NOBODY_YET = typed(0)
NOBODY = 2**62
"""Visitors of a day count up from 0; a draw that belongs to none of them takes this number."""


@inlined
def best_odds(sku_odds: F) -> float:
    """The factor on the odds of buying of the item that is bought most readily."""
    top = 0.0
    for k in range(sku_odds.shape[0]):
        top = max(top, sku_odds[k])
    return top


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
        state.group_shown[c] = 0.0
        state.took_part[c] = 0
        state.air[c, 0] = 0.0
        state.air[c, 1] = 24.0


@inlined
def settle(plan: DayPlan, state: DayState, scratch: Scratch, hour: float) -> None:
    """Close the books of the plan that held until `hour`, so that another may follow."""
    for c in range(plan.kind.shape[0]):
        settle_channel(plan, state, scratch, c, hour)


@inlined
def settle_channel(plan: DayPlan, state: DayState, scratch: Scratch, c: int, hour: float) -> None:
    """The same of one channel."""
    out = scratch.work[9]
    through = _profile(scratch.hours, plan.hours, hour)
    state.base[c] += operational_rate(plan, c) * (through - state.since[c])
    state.since[c] = through
    if plan.kind[c] == AUCTION and plan.budget[c] > 0.0:
        out[0] = 0.0
        out[1] = 0.0
        took, of = state.took_part[c, 0], state.took_part[c, 1]
        part = took / of if plan.pace[c] > 0.0 and of > 0 else 1.0
        auction.expect(
            plan, c, state.air[c, 0], min(hour, state.air[c, 1]), part, out, state.group_shown[c], scratch.work[8],
            scratch.rows[c], scratch.market[c],
        )  # fmt: skip
        state.shown[c] += out[0]
        state.clicks_expected[c] += out[1]
        state.air[c, 0] = hour
        state.took_part[c] = 0


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
            rest = poisson(state.shown[c], state_of_rest)
            row[IMPRESSIONS] += rest
            share_out(rest, state.shown[c], state.group_shown[c], tally.by_group[c])
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
    start: float,
    end: float,
) -> int:
    """Draw every arrival from hour `start` to `end` of the day; the number of moments left for the second pass."""
    n = NOBODY_YET
    top = best_odds(plan.sku_odds)
    for c in range(plan.kind.shape[0]):
        at = start
        q = 0
        while True:
            while q < plan.turns.shape[0] and not at <= plan.turns[q, c, TURN_HOUR] < end:
                q += 1
            until = plan.turns[q, c, TURN_HOUR] if q < plan.turns.shape[0] else end
            n = _stretch(plan, state, tally, scratch, moments, keys, c, day, at, until, top, n)
            if q == plan.turns.shape[0]:
                break
            settle_channel(plan, state, scratch, c, until)
            auction.let_leave(plan, c, q)
            at = until
            q += 1
    return n


@inlined
def _stretch(
    plan: DayPlan, state: DayState, tally: DayTally, scratch: Scratch, moments: Moments, keys: U, c: int, day: int,
    start: float, end: float, top: float, n: int,
) -> int:  # fmt: skip
    """The same of hours of one channel in which its rivals stay."""
    before = _profile(scratch.hours, plan.hours, start)
    through = _profile(scratch.hours, plan.hours, end)
    # Nobody has searched yet under a plan that began with these hours.
    new = plan.kind[c] == AUCTION and plan.budget[c] > 0.0 and state.since[c] == before
    if new and auction.alike(plan.rival_score[c], plan.n_rivals[c]):
        auction.fill_market(plan, c, int(start), scratch.work, scratch.number[WHO], scratch.rows[c], scratch.market[c])
    rate = operational_rate(plan, c)
    horizon = state.base[c] + rate * (through - state.since[c])
    if not state.drawn[c] < horizon:
        return n
    # Who would put something into the cart, or keep a coupon, matters too.
    odds = plan.odds[c] * top * max(1.0, plan.scalars[CART_REACH], plan.scalars[KEPT_REACH])
    quiet = odds / (1.0 + odds)
    key = seed_of(keys[c], day + 1)
    return _channel(plan, state, tally, scratch, moments, key, c, day, rate, horizon, quiet, n)


@inlined
def _channel(
    plan: DayPlan, state: DayState, tally: DayTally, scratch: Scratch, moments: Moments, key: np.uint64, c: int,
    day: int, rate: float, horizon: float, quiet: float, n: int,
) -> int:  # fmt: skip
    gap, who, hour = scratch.work[0], scratch.number[WHO], scratch.number[HOUR]
    edge, profile = scratch.edge, scratch.hours
    auctioned, tilted = plan.kind[c] == AUCTION, _tilts(plan.of_group[GROUP_ODDS, c])
    told = plan.devices.shape[1] > 0
    row = tally.by_channel[c]
    for h in range(25):
        edge[h] = state.base[c] + rate * (profile[h] - state.since[c])
    for b in range(BLOCK):
        scratch.number[ARRIVAL, b] = b
    x = state.drawn[c]
    i = state.number[c]
    on_air = True
    more = True
    while more and on_air:
        want = horizon - x
        m = min(BLOCK, int(want + 3.0 * np.sqrt(want)) + 8)
        _gaps(key, i, m, scratch.seed, gap)
        drawn = 0
        while drawn < m:
            y = x + gap[drawn]
            if y >= horizon:
                more = False
                break
            x = y
            gap[drawn] = y
            drawn += 1
        if plan.kind[c] == FREE:
            visitors = drawn
            for b in range(drawn):
                who[b] = b
        else:
            _hours(edge, gap, drawn, hour)
            visitors, came, asked = walk_budget(plan, state, tally, scratch, c, drawn)
            on_air = came == asked
            if not on_air:
                h = hour[came]
                state.air[c, 1] = _time(gap[came], h, rate, state.base[c], state.since[c], profile, scratch.per_hour)
            if auctioned:
                _close_ranks(scratch, visitors)
        if told:
            _tell(plan, tally, scratch, BROWSE, c, quiet, visitors)
        else:
            _browse(plan.bounce[c], plan.page_p[c], plan.scalars[ASK], quiet, scratch, visitors)
        if auctioned and tilted:
            _tilt(plan.of_group[GROUP_ODDS, c], quiet, scratch, visitors)
        if told:
            _tell(plan, tally, scratch, COUNT, c, quiet, visitors)
        n = _collect(
            moments, row, scratch, c, i, day, rate, state.base[c], state.since[c], plan.scalars[PAGE_HOURS], visitors, n
        )  # fmt: skip
        i += drawn
        state.number[c] = i
    state.drawn[c] = x if on_air else np.inf
    return n


@inlined
def _tell(plan: DayPlan, tally: DayTally, scratch: Scratch, step: int, c: int, quiet: float, m: int) -> None:
    """A step of `devices.tell` for `m` visitors of a channel."""
    plan.tell(
        step, plan.devices[c], plan.of_group[GROUP_DEVICE, c], int(plan.kind[c] == AUCTION), plan.scalars[ASK], quiet,
        scratch.work, scratch.number, scratch.seed, tally.by_device[c], m,
    )  # fmt: skip


@inlined
def _gaps(key: np.uint64, first: int, m: int, seed: U, gap: F) -> None:
    """State of `m` arrivals, and the gap before each.

    A logarithm has a loop of its own, here and below: it is a long chain, of which a processor works at several at once
    where nothing else stands between.
    """
    for b in range(m):
        s = seed_of(key, first + b)
        seed[b] = s
        gap[b] = own_unit(s)
    for b in range(m):
        gap[b] = -log(gap[b])


@inlined
def _close_ranks(scratch: Scratch, m: int) -> None:
    """Move the `m` who clicked to the front; most searchers do not, and nothing more is drawn for those."""
    gap, seed, who = scratch.work[0], scratch.seed, scratch.number[WHO]
    for j in range(m):
        b = who[j]
        gap[j] = gap[b]
        seed[j] = seed[b]


@inlined
def _browse(bounce: float, page_p: float, ask: float, quiet: float, scratch: Scratch, m: int) -> None:
    """Pages beyond the first, luck, and what the second pass must see of `m` visitors."""
    extra, luck, u, asks, seed = scratch.work[1], scratch.work[2], scratch.work[4], scratch.work[5], scratch.seed
    keep = scratch.number[KEEP]
    stay = 1.0 / (1.0 - bounce) if bounce < 1.0 else 0.0
    per_page = 1.0 / log(1.0 - page_p) if page_p < 1.0 else 0.0
    for b in range(m):
        u[b], asks[b] = halves(seed[b] + np.uint64(DRAW_VISIT) * STEP)
    for b in range(m):
        pages = 1.0 + np.floor(log(max((1.0 - u[b]) * stay, 1.0e-300)) * per_page)
        extra[b] = 0.0 if u[b] < bounce else pages
    for b in range(m):
        x = unit(seed[b] + np.uint64(DRAW_LUCK) * STEP)
        luck[b] = x
        what = DECIDES if x < quiet else 0
        what = ASKS if asks[b] < ask else what
        keep[b] = what if extra[b] > 0.0 else 0


@inlined
def _tilts(tilt: F) -> bool:
    """Whether any group of keywords brings other buyers than the rest."""
    others = 0
    for g in range(tilt.shape[0]):
        others += tilt[g] != 1.0
    return others > 0


@inlined
def _tilt(tilt: F, quiet: float, scratch: Scratch, m: int) -> None:
    """Let `m` visitors buy more or less readily, by the group each came through.

    A visitor of luck x buys at odds o where x < o / (1 + o), so at odds f·o just where x / (x + f·(1 − x)) is: the
    luck is moved, and nothing that follows needs to know the group.
    """
    luck, extra, odds, keep = scratch.work[2], scratch.work[1], scratch.work[4], scratch.number[KEEP]
    who, group = scratch.number[WHO], scratch.number[GROUP]
    for j in range(m):
        odds[j] = tilt[group[who[j]]]
    for j in range(m):
        moved = luck[j] / (luck[j] + odds[j] * (1.0 - luck[j]))
        x = luck[j] if odds[j] == 1.0 else moved
        luck[j] = x
        what = DECIDES if x < quiet else 0
        what = keep[j] if keep[j] == ASKS else what
        keep[j] = what if extra[j] > 0.0 else keep[j]


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
def _collect(
    moments: Moments, row: F, scratch: Scratch, c: int, first: int, day: int, rate: float, base: float, since: float,
    page_hours: float, m: int, n: int,
) -> int:  # fmt: skip
    """Count the visitors of a block and keep the moments of those who may matter."""
    operational, extra, luck = scratch.work[0], scratch.work[1], scratch.work[2]
    keep, chosen, who, seed = scratch.number[KEEP], scratch.number[GROUP], scratch.number[WHO], scratch.seed
    place = scratch.number[ARRIVAL]
    edge, profile, per_hour = scratch.edge, scratch.hours, scratch.per_hour
    time, lucks, seeds, code = moments.left
    browse = scratch.work[4]
    bounces = 0
    pages = 0.0
    kept = 0
    for b in range(m):
        bounces += extra[b] == 0.0
        pages += extra[b] + 1.0
        chosen[kept] = b
        kept += keep[b] > 0
    for j in range(kept):
        b = chosen[j]
        lucks[n + j] = luck[b]
        seeds[n + j] = seed[b]
        code[n + j] = keep[b] | (c << 4) | ((first + place[who[b]]) << INDEX_AT)
        browse[j] = unit(seed[b] + np.uint64(DRAW_BROWSE) * STEP)
    for j in range(kept):
        browse[j] = log(browse[j])
    h = 0
    for j in range(kept):
        y = operational[chosen[j]]
        while h < 23 and y >= edge[h + 1]:
            h += 1
        at = 24.0 * day + _time(y, h, rate, base, since, profile, per_hour)
        time[n + j] = at - page_hours * extra[chosen[j]] * browse[j]
    row[UV] += m
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
