"""An order at the till: pieces leave the shelf, suppliers are called, and the parcel's fate is drawn.

All luck is the visitor's own, so that an order which a change does not touch is packed, delivered, reviewed and
returned alike in both worlds.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.basket import FILL, PRICE, fill_basket, popular
from storesim.engine.compiled import inlined, typed
from storesim.engine.day import (
    BUYERS,
    CARRIER_MU,
    CARRIER_PRICE,
    CARRIER_SD,
    CARRIER_UP_TO,
    CROSS_UNITS,
    CUT,
    DELIVERED,
    DELIVERY_MU,
    DELIVERY_SD,
    DEPOSITS_LAPSED,
    DEPOSITS_PAID,
    DISCOUNTS,
    DRAW_CARRIER,
    DRAW_DELIVERY,
    DRAW_JOIN,
    DRAW_RESTOCK,
    DRAW_RETURN,
    DRAW_RETURN_DAYS,
    DRAW_REVIEW,
    DRAW_REVIEW_DAYS,
    DRAW_STARS,
    DUE_BAD,
    DUE_DELIVERED,
    DUE_DELIVERED_GMV,
    DUE_DISPATCHED,
    DUE_GOOD,
    DUE_LATE,
    DUE_ON_PROMISE,
    DUE_PENALTY,
    DUE_POSTAGE,
    DUE_REFUND,
    DUE_RESTOCK_UNITS,
    DUE_RETURNED_ORDERS,
    DUE_RETURNED_UNITS,
    DUE_REVIEWS,
    DUE_STARS,
    DUE_WAIT,
    EXTRA_LINE,
    EXTRA_UNIT,
    FORGIVEN,
    GMV,
    IN_CROSS_SALE,
    JOIN,
    JOINED,
    LATE_LIMIT,
    LEAD_SD,
    LINE_PAID,
    LINE_PIECES,
    LINE_SKU,
    LINES,
    LOST_GMV,
    LOST_UNITS,
    N_PURCHASES,
    ORDER_AT_MIDNIGHT,
    ORDER_LOT,
    ORDERS,
    PAID,
    PARCEL,
    PENALTY_CAP,
    PENALTY_SHARE,
    PRESALE,
    PRESALE_PRICE,
    PROMISE,
    PROMISED,
    REFUNDED,
    REORDER,
    RESTOCK,
    RETURN,
    RETURN_DELAY,
    REVIEW,
    REVIEW_DELAY,
    SKU_GMV,
    SKU_IN_SLOT,
    SKU_LOST,
    SKU_ORDERED,
    SKU_UNITS,
    STARS_LATE,
    STARS_MEAN,
    STARS_PER_DAY,
    STARS_SD,
    UNITS,
    WAVE_CAPACITY,
    DayPlan,
    DayState,
    DayTally,
    Due,
    F,
    I,
)
from storesim.engine.draws import draw, exp, log, normal, seed_of, unit
from storesim.engine.members import NEWCOMER, STRANGER, note_sale

NO_PIECES, FIRST = typed(0), typed(0)


@inlined
def lands_on(alias_p: F, alias_k: I, landing_p: F, landing_k: I, row: int, u: float) -> int:
    """The SKU a visitor sees first: by popularity, of all items (row -1) or of those a channel leads to."""
    if row < 0:
        return popular(alias_p, alias_k, u)
    x = u * alias_p.shape[0]
    k = int(x)
    return k if x - k < landing_p[row, k] else landing_k[row, k]


@inlined
def place_order(
    plan: DayPlan, state: DayState, tally: DayTally, due: Due, basket: I, lead_key: np.uint64, time: float, c: int,
    first: int, member: int, seed: np.uint64, presale: bool,
) -> float:  # fmt: skip
    """Sell a basket whose first line is SKU `first` to a member or stranger; its amount in fen, 0 of an empty shelf.

    With `presale`, the first line is paid at the price of its presale.
    """
    row = tally.by_channel[c]
    sc = plan.scalars
    lines = fill_basket(plan.alias_p, plan.alias_k, sc[EXTRA_LINE], sc[EXTRA_UNIT], basket, first, seed)
    trades = plan.deals.shape[0] + plan.cross.shape[0] > 0
    if trades:
        lines = plan.trade(
            FILL, plan.deals, plan.cross, plan.price, plan.alias_p, plan.alias_k, state.stock, tally.by_sku,
            tally.baskets, basket, lines, seed,
        )  # fmt: skip
    listed = 0.0
    units = NO_PIECES
    for line in range(lines):
        k, wanted = basket[LINE_SKU, line], basket[LINE_PIECES, line]
        in_slot = state.slot_left[k] > 0
        if in_slot:
            wanted = min(wanted, state.slot_left[k])  # nobody buys one more piece at a higher price
        sold = min(wanted, state.stock[k])
        state.stock[k] -= sold
        tally.by_sku[k, SKU_UNITS] += sold
        count_lost(row, tally.by_sku, plan.price[k], k, wanted - sold)
        row[LINES] += 1 if sold > 0 else 0
        ordered_before = presale and line == 0
        paid = sold * (plan.presale[PRESALE_PRICE, k] if ordered_before else plan.price[k])
        tally.baskets[PRESALE if ordered_before else CUT] += sold * plan.list_price[k] - paid
        tally.baskets[CROSS_UNITS] += sold * basket[IN_CROSS_SALE, line]
        listed += sold * plan.list_price[k]
        units += sold
        basket[LINE_PIECES, line] = sold
        basket[LINE_PAID, line] = int(paid)
        if state.stock[k] + state.on_order[k] <= plan.reorder_at[k] and plan.scalars[REORDER] != ORDER_AT_MIDNIGHT:
            _reorder(plan, state, tally, lead_key, time, k)
        if in_slot:
            _sell_slot(plan, state, tally, k, sold)
    if units == 0:
        tally.baskets[DEPOSITS_LAPSED] += presale  # given back, as there is nothing to pay the balance of
        return 0.0
    if trades:
        lines = plan.trade(
            PRICE, plan.deals, plan.cross, plan.price, plan.alias_p, plan.alias_k, state.stock, tally.by_sku,
            tally.baskets, basket, lines, seed,
        )  # fmt: skip
    amount, promised, pieces = _add_up(plan.commission[c], tally.by_sku, basket, lines)
    row[BUYERS] += 1
    row[ORDERS] += 1
    row[UNITS] += units
    row[GMV] += amount
    row[DISCOUNTS] += listed - amount
    row[PROMISED] += promised
    tally.baskets[DEPOSITS_PAID] += presale
    if member < 0 and plan.returning[c] == 0 and draw(seed, DRAW_JOIN) < plan.scalars[JOIN]:
        row[JOINED] += 1
        member = NEWCOMER
    back = _fulfil(plan, state, due, basket, time, c, lines, pieces, amount, promised, seed)
    if member != STRANGER:
        note_sale(state.members, state.sales, state.counters, member, time, amount, back, seed)
    return amount


@inlined
def _sell_slot(plan: DayPlan, state: DayState, tally: DayTally, k: int, sold: int) -> None:
    """Take pieces out of a slot; with the last one the regular price holds again."""
    state.slot_left[k] -= sold
    tally.by_sku[k, SKU_IN_SLOT] += sold
    if state.slot_left[k] == 0:
        plan.price[k] = plan.regular_price[k]
        plan.sku_odds[k] = plan.regular_odds[k]


@inlined
def _add_up(commission: F, by_sku: F, basket: I, lines: int) -> tuple[float, float, int]:
    """Amount of an order, the commission promised for it, and its pieces with gifts; lines go to their SKUs' GMV."""
    amount, promised = 0.0, 0.0
    pieces = NO_PIECES
    for line in range(lines):
        k, paid = basket[LINE_SKU, line], basket[LINE_PAID, line]
        by_sku[k, SKU_GMV] += paid
        amount += paid
        promised += np.floor(commission[k] * paid + 0.5)
        pieces += basket[LINE_PIECES, line]
    return amount, promised, pieces


@inlined
def review_shelf(plan: DayPlan, state: DayState, tally: DayTally, lead_key: np.uint64, time: float) -> None:
    """Call the suppliers of every SKU at or below its reorder point, as at each midnight."""
    for k in range(state.stock.shape[0]):
        if state.stock[k] + state.on_order[k] <= plan.reorder_at[k]:
            _reorder(plan, state, tally, lead_key, time, k)


@inlined
def count_lost(row: F, by_sku: F, price: float, k: int, pieces: int) -> None:
    """Count pieces that somebody wanted and the shelf did not hold; `row` is the channel's."""
    row[LOST_UNITS] += pieces
    row[LOST_GMV] += pieces * price
    by_sku[k, SKU_LOST] += pieces


@inlined
def _reorder(plan: DayPlan, state: DayState, tally: DayTally, lead_key: np.uint64, time: float, k: int) -> None:
    held = state.stock[k] + state.on_order[k]
    pieces = plan.lot[k] if plan.scalars[REORDER] == ORDER_LOT else plan.lot[k] - held
    if pieces <= 0:
        return
    n = state.counters[N_PURCHASES]
    if n >= state.po_time.shape[0]:
        return  # no line left on the order form today; the next sale asks again
    seed = seed_of(lead_key, (k << 32) | state.orders_made[k])
    lead = exp(plan.lead_mu[k] + plan.scalars[LEAD_SD] * normal(unit(seed)))
    state.orders_made[k] += 1
    state.on_order[k] += pieces
    tally.by_sku[k, SKU_ORDERED] += pieces
    state.po_time[n] = time
    state.po_sku[n] = k
    state.po_pieces[n] = pieces
    state.po_arrives[n] = max(time + 24.0 * lead, 24.0 * (np.floor(time / 24.0) + 1.0))
    state.counters[N_PURCHASES] = n + 1


@inlined
def _wave(waves: F, capacity: float, filling: F, time: float) -> float:
    """Time of the dispatch wave that takes an order paid at `time`: first come, first served."""
    n_waves = waves.shape[0]
    day = np.floor(time / 24.0)
    w = 0
    while w < n_waves and 24.0 * day + waves[w] < time:
        w += 1
    number = day * n_waves + w
    if number > filling[0]:
        filling[0] = number
        filling[1] = 0.0
    if filling[1] >= capacity:
        filling[0] += 1.0
        filling[1] = 0.0
    filling[1] += 1.0
    day = np.floor(filling[0] / n_waves)
    return 24.0 * day + waves[int(filling[0] - day * n_waves)]


@inlined
def _carrier(carriers: F, seed: np.uint64) -> int:
    """Who takes the parcel, by the carriers' shares."""
    u = draw(seed, DRAW_CARRIER)
    y = FIRST
    while y < carriers.shape[0] - 1 and u >= carriers[y, CARRIER_UP_TO]:
        y += 1
    return y


@inlined
def _row(n_rows: int, time: float) -> int:
    return min(int(time / 24.0), n_rows - 1)


@inlined
def _fulfil(
    plan: DayPlan,
    state: DayState,
    due: Due,
    basket: I,
    time: float,
    c: int,
    lines: int,
    units: int,
    amount: float,
    promised: float,
    seed: np.uint64,
) -> float:
    """Post what this order brings: dispatch, delivery, review, return, commission, each on its own day.

    Returns
    -------
    When it comes back, hours; inf if it is kept.
    """
    sc = plan.scalars
    leaves = _wave(plan.waves, sc[WAVE_CAPACITY], state.wave, time)
    late = leaves - time > sc[LATE_LIMIT]
    on = due.days[_row(due.days.shape[0], leaves)]
    on[DUE_DISPATCHED] += 1
    on[DUE_WAIT] += leaves - time
    on[DUE_ON_PROMISE] += 1 if leaves - time <= sc[PROMISE] else 0
    if late:
        on[DUE_LATE] += 1
        on[DUE_PENALTY] += min(sc[PENALTY_CAP], np.floor(sc[PENALTY_SHARE] * amount + 0.5))
    mu, sd, price = sc[DELIVERY_MU], sc[DELIVERY_SD], sc[PARCEL]
    if plan.carriers.shape[0] > 0:
        carrier = plan.carriers[_carrier(plan.carriers, seed)]
        mu, sd, price = carrier[CARRIER_MU], carrier[CARRIER_SD], carrier[CARRIER_PRICE]
    on[DUE_POSTAGE] += price
    arrives = leaves + 24.0 * exp(mu + sd * normal(draw(seed, DRAW_DELIVERY)))
    on = due.days[_row(due.days.shape[0], arrives)]
    on[DUE_DELIVERED] += 1
    on[DUE_DELIVERED_GMV] += amount
    settled = arrives + plan.settlement[c]
    returned = np.inf
    account = plan.account[c]
    if account >= 0:
        due.accounts[_row(due.days.shape[0], arrives), account, DELIVERED] += amount
    if draw(seed, DRAW_RETURN) < sc[RETURN]:
        returned = arrives - 24.0 * sc[RETURN_DELAY] * log(draw(seed, DRAW_RETURN_DAYS))
        back = _row(due.days.shape[0], returned)
        due.days[back, DUE_RETURNED_ORDERS] += 1
        due.days[back, DUE_RETURNED_UNITS] += units
        due.days[back, DUE_REFUND] += amount
        if account >= 0:
            due.accounts[back, account, REFUNDED] += amount
        if draw(seed, DRAW_RESTOCK) < sc[RESTOCK]:
            due.days[back, DUE_RESTOCK_UNITS] += units
            for line in range(lines):
                due.sku_restock[back, basket[LINE_SKU, line]] += basket[LINE_PIECES, line]
    if promised > 0.0:
        came_back = returned <= settled
        due.commission[_row(due.days.shape[0], min(returned, settled)), c, FORGIVEN if came_back else PAID] += promised
    if draw(seed, DRAW_REVIEW) < sc[REVIEW]:
        _review(sc, due, basket[LINE_SKU, 0], time, arrives, late, seed)
    return returned


@inlined
def _review(sc: F, due: Due, k: int, time: float, arrives: float, late: bool, seed: np.uint64) -> None:
    told = _row(due.days.shape[0], arrives - 24.0 * sc[REVIEW_DELAY] * log(draw(seed, DRAW_REVIEW_DAYS)))
    mean = sc[STARS_MEAN] - sc[STARS_PER_DAY] * (arrives - time) / 24.0 - (sc[STARS_LATE] if late else 0.0)
    stars = min(5.0, max(1.0, np.floor(mean + sc[STARS_SD] * normal(draw(seed, DRAW_STARS)) + 0.5)))
    on = due.days[told]
    on[DUE_REVIEWS] += 1
    on[DUE_STARS] += stars
    on[DUE_GOOD] += 1 if stars >= 4.0 else 0
    on[DUE_BAD] += 1 if stars <= 1.0 else 0
    due.sku_reviews[told, k] += 1
