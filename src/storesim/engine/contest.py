"""Second pass: those that matter, in order of time, against stock and chat agents."""

from __future__ import annotations

import numpy as np

from storesim.engine.again import fill_cart, hours_put_off, keep_coupon, recall
from storesim.engine.attribution import credit
from storesim.engine.basket import popular
from storesim.engine.codes import (
    ANSWERED,
    ASKS,
    CHANNEL,
    COMES_BACK,
    DAY_AT,
    DECIDES,
    INDEX,
    INDEX_AT,
    LOOKS,
    PAYS,
    SILENT,
    UNANSWERED,
    WHO,
)
from storesim.engine.compiled import inlined, typed
from storesim.engine.customers import row_of
from storesim.engine.day import (
    AD_LINES,
    BALANCE_DUE,
    BALANCE_HOURS,
    BALANCE_PAID,
    CART_ORDERS,
    CART_REACH,
    CHAT_WAIT,
    CHATS,
    CHATS_IN_30S,
    CHATS_LEFT,
    COUPON_ORDERS,
    DEPOSITS,
    DEPOSITS_LAPSED,
    DRAW_BALANCE,
    DRAW_BALANCE_TIME,
    DRAW_LATER,
    DRAW_PATIENCE,
    DRAW_SERVICE,
    DRAW_SKU,
    DRAW_SUBSTITUTE,
    DRAW_SUBSTITUTE_SKU,
    HEAP_SIZE,
    KEPT_REACH,
    LATER,
    LOG_AMOUNT,
    LOG_BOUGHT,
    LOG_CHANNEL,
    LOG_CHAT_LEFT,
    LOG_CHAT_SERVED,
    LOG_ENDS,
    LOG_INDEX,
    LOG_LENGTH,
    LOG_LOST,
    LOG_SKU,
    LOG_TIME,
    LOG_WAIT,
    LOG_WHAT,
    ODDS_ANSWERED,
    ODDS_UNANSWERED,
    ON_DUTY,
    ORDERS,
    PATIENCE_HOURS,
    SERVICE_CLOSE,
    SERVICE_HOURS,
    SERVICE_OPEN,
    SERVICE_SD,
    SKU_RECEIVED,
    STARS_CHAT,
    SUBSTITUTION,
    SUPPLY_PIECES,
    SUPPLY_SKU,
    SUPPLY_TIME,
    UNITS,
    UNPAID,
    Arrivals,
    DayPlan,
    DayState,
    DayTally,
    Due,
    F,
    I,
)
from storesim.engine.devices import count_order
from storesim.engine.draws import draw, exp, log, normal
from storesim.engine.heaps import Heap, occupy, pop, push, relieve
from storesim.engine.members import GONE, STRANGER, recognise
from storesim.engine.moments import Moments, call_in, sort
from storesim.engine.orders import count_lost, is_cancelled, lands_on, place_order
from storesim.engine.parcels import goes_unpaid
from storesim.engine.visits import best_odds

HALF_MINUTE = 30.0 / 3600.0
NO_SKU, ONE_PIECE, NO_COUPON = typed(-1), typed(1), typed(0)


@inlined
def second_pass(
    plan: DayPlan,
    state: DayState,
    tally: DayTally,
    due: Due,
    moments: Moments,
    arrivals: Arrivals,
    basket: I,
    lead_key: np.uint64,
    n: int,
    midnight: float,
    hours: tuple[float, float],
) -> None:
    """Play the `n` moments left by the first pass, who waits for these hours, deliveries and shifts.

    `hours` are those of the day from when and up to when, `midnight` is the last one.
    """
    start, end = midnight + hours[0], midnight + hours[1]
    heap = Heap(state.heap_time, state.heap_code, state.heap_luck, state.heap_seed, state.counters, end)
    n = call_in(heap, moments, n, midnight + 24.0)
    sort(moments, n, start, end)
    ordered = moments.ordered
    top = best_odds(plan.sku_odds)
    i = 0
    a = 0
    while a < arrivals.shape[0] and arrivals[a, SUPPLY_TIME] < start:
        a += 1
    q = 0
    while q < plan.duty.shape[0] and midnight + plan.duty[q, 0] < start:
        q += 1
    if q > 0:
        _relieve(state, plan.duty[q - 1, 1], start)
    while True:
        sorted_time = ordered.time[i] if i < n else np.inf
        heap_time = heap.time[0] if heap.counters[HEAP_SIZE] > 0 else np.inf
        delivery = arrivals[a, SUPPLY_TIME] if a < arrivals.shape[0] else np.inf
        shift = midnight + plan.duty[q, 0] if q < plan.duty.shape[0] else np.inf
        if min(sorted_time, heap_time, delivery, shift) >= end:
            break
        if shift <= min(sorted_time, heap_time, delivery):
            _relieve(state, plan.duty[q, 1], shift)
            q += 1
            continue
        if delivery <= sorted_time and delivery <= heap_time:
            _receive(state.stock, state.on_order, tally.by_sku, arrivals, a)
            a += 1
            continue
        if heap_time <= sorted_time:
            time, code = heap_time, heap.code[0]
            luck, seed = heap.luck[0], heap.seed[0]
            pop(heap)
        else:
            time, code, luck, seed = sorted_time, ordered.code[i], ordered.luck[i], ordered.seed[i]
            i += 1
        if code & 3 == ASKS:
            _ask(plan, state, tally, heap, time, end, top, code, luck, seed)
        else:
            _decide(plan, state, tally, due, heap, basket, lead_key, time, code, luck, seed)
    while i < n:
        push(heap, ordered.time[i], ordered.code[i], ordered.luck[i], ordered.seed[i])
        i += 1


@inlined
def _relieve(state: DayState, agents: float, time: float) -> None:
    """Have so many agents on duty from `time` on."""
    relieve(state.agent_free, state.counters[ON_DUTY], int(agents), time)
    state.counters[ON_DUTY] = int(agents)


@inlined
def _receive(stock: I, on_order: I, by_sku: F, arrivals: Arrivals, a: int) -> None:
    k, pieces = int(arrivals[a, SUPPLY_SKU]), int(arrivals[a, SUPPLY_PIECES])
    stock[k] += pieces
    on_order[k] -= pieces
    by_sku[k, SKU_RECEIVED] += pieces


@inlined
def _ask(
    plan: DayPlan,
    state: DayState,
    tally: DayTally,
    heap: Heap,
    time: float,
    end: float,
    top: float,
    code: int,
    luck: float,
    seed: np.uint64,
) -> None:
    """A visitor wants to chat: first come, first served, until patience ends."""
    sc = plan.scalars
    hour = time - 24.0 * np.floor(time / 24.0)
    c = (code >> 4) & CHANNEL
    # Who would buy at the odds of the cart is kept for it.
    odds = plan.odds[c] * top * max(1.0, sc[CART_REACH], sc[KEPT_REACH])
    if hour < sc[SERVICE_OPEN] or hour >= sc[SERVICE_CLOSE]:
        _put_off(heap, time, end, odds, (code & ~15) | DECIDES, luck, seed)
        return
    row = tally.by_channel[c]
    row[CHATS] += 1
    patience = -sc[PATIENCE_HOURS] * log(draw(seed, DRAW_PATIENCE)) if sc[PATIENCE_HOURS] < np.inf else np.inf
    wait = max(0.0, state.agent_free[0] - time) if state.counters[ON_DUTY] > 0 else np.inf
    if wait > patience or wait == np.inf:
        waited = min(patience, 24.0)
        row[CHATS_LEFT] += 1
        row[CHAT_WAIT] += waited
        _put_off(
            heap, time + waited, end, odds * sc[ODDS_UNANSWERED], (code & ~15) | DECIDES | (UNANSWERED << 2), luck, seed
        )  # fmt: skip
        _log(state.log, state.counters, time, code, LOG_CHAT_LEFT, waited, NO_SKU, 0.0, time + waited)
        return
    ends = time + wait + sc[SERVICE_HOURS] * _length(sc[SERVICE_SD], draw(seed, DRAW_SERVICE))
    row[CHAT_WAIT] += wait
    row[CHATS_IN_30S] += 1 if wait <= HALF_MINUTE else 0
    occupy(state.agent_free, state.counters[ON_DUTY], ends)
    _put_off(heap, ends, end, odds * sc[ODDS_ANSWERED], (code & ~15) | DECIDES | (ANSWERED << 2), luck, seed)
    _log(state.log, state.counters, time, code, LOG_CHAT_SERVED, wait, NO_SKU, 0.0, ends)


@inlined
def _length(sd: float, u: float) -> float:
    """Length of a chat with mean 1: exponential, or lognormal with an `sd` of the logarithm above 0."""
    return exp(sd * normal(u) - 0.5 * sd * sd) if sd > 0.0 else -log(u)


@inlined
def _put_off(heap: Heap, time: float, end: float, odds: float, code: int, luck: float, seed: np.uint64) -> None:
    """Decide at `time`; not at all where the plan stands until then and no item could win this visitor.

    `odds` are those of the item that is bought most readily.
    """
    # A hair more than the odds themselves, whose factors `_decide` multiplies in another order.
    more = odds * (1.0 + 1e-12)
    if time >= end or luck * (1.0 + more) < more:
        push(heap, time, code, luck, seed)


@inlined
def _decide(
    plan: DayPlan, state: DayState, tally: DayTally, due: Due, heap: Heap, basket: I, lead_key: np.uint64, time: float,
    code: int, luck: float, seed: np.uint64,
) -> None:  # fmt: skip
    """Buy or leave: the visitor's luck against the chance for the item in view; another item if it is sold out.

    Who pays a deposit on an item in presale, or puts the order off, comes back with the item in place of the luck; who
    leaves it in the cart, with the item before the luck.
    """
    sc = plan.scalars
    c, chat = (code >> 4) & CHANNEL, (code >> 2) & 3
    pays, looks, back = code & 3 == PAYS, code & 3 == LOOKS, chat == COMES_BACK
    first = not (pays or looks or back)
    clicked = int(time / 24.0) if first else code >> DAY_AT
    odds = plan.odds[c]
    if SILENT < chat < COMES_BACK:
        odds *= sc[ODDS_ANSWERED if chat == ANSWERED else ODDS_UNANSWERED]
    wanted = k = _in_view(plan, c, first, luck, seed)
    held = NO_COUPON
    if back or looks:
        row, devices = tally.by_channel[c], tally.by_device[c]
        held, k, luck, odds = recall(plan, row, devices, tally.baskets, code, time, luck, odds)
        wanted = k
    if not pays:
        k = _turn(plan, state, tally, k, odds, luck, time, code, seed)
        if k < 0:
            return
    o = odds * _appeal(plan, k, code, seed)
    buys = pays or luck * (1.0 + o) < o
    if sc[CART_REACH] > 1.0 and first:
        buys = fill_cart(sc, tally.by_channel[c], tally.baskets, heap, time, code, k, luck, o, seed)
    if not buys:
        if first and sc[KEPT_REACH] > 0.0:
            keep_coupon(plan, state, tally, due, heap, basket, time, code, k, luck, o, seed)
        return
    who = (code & WHO) | (clicked << DAY_AT)
    if sc[LATER] > 0.0 and first and draw(seed, DRAW_LATER) < sc[LATER]:
        later = time + hours_put_off(sc, tally.baskets, seed)
        push(heap, later, who | DECIDES | (COMES_BACK << 2), float(k), seed)
        return
    if not pays and in_presale(plan.presale, k, time):
        push(heap, _pay_deposit(plan.presale, tally.baskets, k, seed), who | PAYS, float(k), seed)
        return
    if pays and draw(seed, DRAW_BALANCE) >= plan.presale[BALANCE_PAID, k]:
        tally.baskets[DEPOSITS_LAPSED] += 1
        return
    member = recognise(state.seats, state.members, seed) if plan.returning[c] > 0 else STRANGER
    if member == GONE:
        tally.baskets[DEPOSITS_LAPSED] += pays
        return
    if not pays and goes_unpaid(sc, plan.account[c], seed):
        tally.by_channel[c, UNPAID] += 1
        return
    if not pays and is_cancelled(plan, state, tally.by_channel[c], basket, time, k, seed):
        return
    row, devices = tally.by_channel[c], tally.by_device[c]
    orders, units, lines = row[ORDERS], row[UNITS], row[AD_LINES]
    amount = place_order(
        plan, state, tally, due, basket, lead_key, time, k, member, code, held, seed, pays,
        sc[STARS_CHAT] if chat == UNANSWERED else 0.0, k != wanted,
    )  # fmt: skip
    if row[ORDERS] > orders:
        tally.baskets[COUPON_ORDERS if held > 0 else CART_ORDERS] += looks
        _credit(due, devices, c, code, clicked, int(time / 24.0), row[AD_LINES] - lines, row[UNITS] - units, amount)
    _log(state.log, state.counters, time, code, LOG_BOUGHT, float(int(time / 24.0) - clicked), k, amount, time)


@inlined
def _appeal(plan: DayPlan, k: int, code: int, seed: np.uint64) -> float:
    """The factor of item `k` on the odds of buying, on the visitor's device and at his JD level."""
    factor = plan.sku_odds[k]
    if plan.device_odds.shape[0] > 0:
        factor *= plan.device_odds[row_of(plan.levels, code, seed), k]
    return factor


@inlined
def _in_view(plan: DayPlan, c: int, first: bool, luck: float, seed: np.uint64) -> int:
    """The item a visitor lands on at the first look, or the one remembered in the `luck`."""
    if not first:
        return int(luck)
    return lands_on(plan.alias_p, plan.alias_k, plan.landing_p, plan.landing_k, plan.landing[c], draw(seed, DRAW_SKU))


@inlined
def _pay_deposit(presale: F, baskets: F, k: int, seed: np.uint64) -> float:
    """Count a deposit on item `k`; when its balance is paid."""
    baskets[DEPOSITS] += 1
    return presale[BALANCE_DUE, k] + presale[BALANCE_HOURS, k] * draw(seed, DRAW_BALANCE_TIME)


@inlined
def _turn(
    plan: DayPlan, state: DayState, tally: DayTally, wanted: int, odds: float, luck: float, time: float, code: int,
    seed: np.uint64,
) -> int:  # fmt: skip
    """The item in view, or another where it is sold out; NO_SKU if there is none, which may be a piece lost."""
    if state.stock[wanted] > 0 or in_presale(plan.presale, wanted, time):
        return wanted
    if draw(seed, DRAW_SUBSTITUTE) < plan.scalars[SUBSTITUTION]:
        k = popular(plan.alias_p, plan.alias_k, draw(seed, DRAW_SUBSTITUTE_SKU))
        if state.stock[k] > 0 or in_presale(plan.presale, k, time):
            return k
    o = odds * _appeal(plan, wanted, code, seed)
    if luck * (1.0 + o) < o:
        count_lost(tally.by_channel[(code >> 4) & CHANNEL], tally.by_sku, plan.price[wanted], wanted, ONE_PIECE)
        _log(state.log, state.counters, time, code, LOG_LOST, 0.0, wanted, plan.price[wanted], time)
    return NO_SKU


@inlined
def _credit(
    due: Due, by_device: F, c: int, code: int, clicked: int, day: int, lines: float, pieces: float, amount: float
) -> None:  # fmt: skip
    """Credit an order to the day of its click and to its device, where anybody asks."""
    if due.attributed.shape[1] > 0:
        credit(due.attributed, c, clicked, day, lines, amount)
    count_order(by_device, code, pieces, amount)


@inlined
def in_presale(presale: F, k: int, time: float) -> bool:
    """Whether item `k` is sold against a deposit at this time."""
    return presale.shape[1] > 0 and presale[BALANCE_DUE, k] > time


@inlined
def _log(
    log: F, counters: I, time: float, code: int, what: float, wait: float, sku: int, amount: float, ends: float
) -> None:
    n = counters[LOG_LENGTH]
    if n >= log.shape[0]:
        return
    log[n, LOG_TIME] = time
    log[n, LOG_CHANNEL] = (code >> 4) & CHANNEL
    log[n, LOG_INDEX] = (code >> INDEX_AT) & INDEX
    log[n, LOG_WHAT] = what
    log[n, LOG_WAIT] = wait
    log[n, LOG_SKU] = sku
    log[n, LOG_AMOUNT] = amount
    log[n, LOG_ENDS] = ends
    counters[LOG_LENGTH] = n + 1
