"""An order at the till: pieces leave the shelf, suppliers are called, and the parcel's fate is drawn.

All luck is the visitor's own, so that an order which a change does not touch is packed, delivered, reviewed and
returned alike in both worlds.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.basket import FILL, PRICE, fill_basket, popular
from storesim.engine.codes import CHANNEL, DAY_AT
from storesim.engine.compiled import inlined, typed
from storesim.engine.customers import who_is
from storesim.engine.day import (
    AD_LINES,
    AS_A_WHOLE,
    BUYERS,
    CANCEL_HOURS,
    CANCELLED,
    CANCELLED_GMV,
    CANCELS,
    CROSS_UNITS,
    CUT,
    DEPOSITS_LAPSED,
    DEPOSITS_PAID,
    DISCOUNTS,
    DRAW_CANCEL,
    DRAW_CANCEL_HOURS,
    DRAW_JOIN,
    EXTRA_LINE,
    EXTRA_UNIT,
    GIFT_LINES,
    GMV,
    IN_CROSS_SALE,
    ITEM_LIMIT,
    JOIN,
    JOINED,
    LEAD_SD,
    LIMITED_UNITS,
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
    PRESALE,
    PRESALE_PRICE,
    PROMISED,
    REORDER,
    SKU_ELSEWHERE,
    SKU_GMV,
    SKU_IN_SLOT,
    SKU_LOST,
    SKU_ORDERED,
    SKU_UNITS,
    STARS_SHORT,
    SUPPLY_PIECES,
    SUPPLY_SKU,
    SUPPLY_TIME,
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
from storesim.engine.parcels import fulfil, leaves_at, next_wave

NO_PIECES = typed(0)


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
    plan: DayPlan, state: DayState, tally: DayTally, due: Due, basket: I, lead_key: np.uint64, time: float, first: int,
    member: int, code: int, held: int, seed: np.uint64, presale: bool, grudge: float, turned: bool,
) -> float:  # fmt: skip
    """Sell a basket whose first line is SKU `first` to a member or stranger; its amount in fen, 0 of an empty shelf.

    The buyer has the coupon of promotion `held - 1` in hand, if any. With `presale`, the first line is paid at the
    price of its presale. A review will have `grudge` fewer stars, and fewer still if the buyer `turned` to this item
    from one that was sold out, or does not get all that was wanted.
    """
    c, since, today = (code >> 4) & CHANNEL, code >> DAY_AT, int(time / 24.0)
    row, sc = tally.by_channel[c], plan.scalars
    lines = fill_basket(plan.alias_p, plan.alias_k, sc[EXTRA_LINE], sc[EXTRA_UNIT], basket, first, seed)
    trades, who = plan.deals.shape[0] + plan.cross.shape[0] > 0, who_is(plan.levels, code, seed)
    if trades:
        lines = plan.trade(
            FILL, plan.deals, plan.cross, plan.price, plan.alias_p, plan.alias_k, state.stock, tally.by_sku,
            tally.baskets, basket, lines, seed, who, held, since, today, plan.kept, due.coupons, 0.0, 0.0,
        )  # fmt: skip
    listed, units, bought = 0.0, NO_PIECES, lines
    for line in range(lines):
        k = basket[LINE_SKU, line]
        wanted = _within_limit(plan.of_sku[ITEM_LIMIT, k], tally.baskets, basket, line)
        in_slot = state.slot_left[k] > 0
        if in_slot:
            wanted = min(wanted, state.slot_left[k])  # nobody buys one more piece at a higher price
        sold = max(min(wanted, state.stock[k]), NO_PIECES)  # of what was taken off after its deposit, stock is below 0
        state.stock[k] -= sold
        _count_pieces(tally.by_sku, k, sold, plan.account[c])
        count_lost(row, tally.by_sku, plan.price[k], k, wanted - sold)
        turned = turned or sold < wanted
        row[LINES] += 1 if sold > 0 else 0
        ordered_before = presale and line == 0
        price = plan.presale[PRESALE_PRICE, k] if ordered_before else plan.price[k]
        paid, full = sold * price, sold * max(plan.list_price[k], price)  # a list price may have fallen below it
        tally.baskets[PRESALE if ordered_before else CUT] += full - paid
        tally.baskets[CROSS_UNITS] += sold * basket[IN_CROSS_SALE, line]
        listed += full
        units += sold
        basket[LINE_PIECES, line] = sold
        basket[LINE_PAID, line] = int(paid)
        if _position(state, k) <= plan.reorder_at[k] and plan.scalars[REORDER] != ORDER_AT_MIDNIGHT:
            _reorder(plan, state, tally, lead_key, time, k)
        if in_slot:
            _sell_slot(plan, state, tally, k, sold)
    if units == 0:
        tally.baskets[DEPOSITS_LAPSED] += presale  # given back, as there is nothing to pay the balance of
        return 0.0
    if trades:
        lines = plan.trade(
            PRICE, plan.deals, plan.cross, plan.price, plan.alias_p, plan.alias_k, state.stock, tally.by_sku,
            tally.baskets, basket, lines, seed, who, held, since, today, plan.kept, due.coupons, 0.0, 0.0,
        )  # fmt: skip
    row[AD_LINES] += _ad_lines(basket, bought, lines if sc[GIFT_LINES] > 0.0 else bought)
    amount, promised, pieces = _add_up(plan.commission[c], tally.by_sku, basket, lines)
    freight = basket[LINE_PAID, AS_A_WHOLE]
    _count_sale(row, units, amount, listed - (amount - freight), promised)
    tally.baskets[DEPOSITS_PAID] += presale
    if member < 0 and plan.returning[c] == 0 and draw(seed, DRAW_JOIN) < plan.scalars[JOIN]:
        row[JOINED] += 1
        member = NEWCOMER
    grudge += sc[STARS_SHORT] * turned
    back = fulfil(plan, state, due, basket, time, c, lines, pieces, amount, promised, seed, grudge, presale)
    if member != STRANGER:
        note_sale(state.seats, state.members, state.sales, state.counters, member, time, amount, back, freight, seed)
    return amount


@inlined
def _within_limit(limit: float, baskets: F, basket: I, line: int) -> int:
    """Pieces of a line that the purchase limit of its item leaves; the others are counted."""
    wanted = basket[LINE_PIECES, line]
    left = _left_of_limit(limit, basket, line)
    if wanted <= left:
        return wanted
    baskets[LIMITED_UNITS] += wanted - left
    return int(left)


@inlined
def _left_of_limit(limit: float, basket: I, line: int) -> float:
    """What a purchase limit leaves after the lines before, of the same item."""
    if limit < np.inf:
        for before in range(line):
            limit -= basket[LINE_PIECES, before] if basket[LINE_SKU, before] == basket[LINE_SKU, line] else 0
    return limit


@inlined
def is_cancelled(plan: DayPlan, state: DayState, row: F, basket: I, time: float, first: int, seed: np.uint64) -> bool:
    """Whether an order is cancelled on its own day, before its wave leaves; then its pieces wait for midnight.

    `row` is the channel's. Of what promotions would make of the basket nobody will know.
    """
    sc = plan.scalars
    if not sc[CANCELS] > 0.0 or draw(seed, DRAW_CANCEL) >= sc[CANCELS]:
        return False
    gone = time - sc[CANCEL_HOURS] * log(draw(seed, DRAW_CANCEL_HOURS))
    number, _ = next_wave(plan.waves, plan.off, sc[WAVE_CAPACITY], state.wave, time)
    if gone >= min(24.0 * (np.floor(time / 24.0) + 1.0), leaves_at(plan.waves, number)):
        return False
    lines = fill_basket(plan.alias_p, plan.alias_k, sc[EXTRA_LINE], sc[EXTRA_UNIT], basket, first, seed)
    for line in range(lines):
        k = basket[LINE_SKU, line]
        left = _left_of_limit(plan.of_sku[ITEM_LIMIT, k], basket, line)
        pieces = min(basket[LINE_PIECES, line], state.stock[k])
        pieces = int(left) if pieces > left else pieces
        basket[LINE_PIECES, line] = pieces
        state.stock[k] -= pieces
        state.held[k] += pieces
        row[CANCELLED_GMV] += pieces * plan.price[k]
    row[CANCELLED] += 1
    return True


@inlined
def give_back(stock: I, held: I) -> None:
    """Put the pieces of cancelled orders back on the shelf."""
    for k in range(stock.shape[0]):
        stock[k] += held[k]
        held[k] = 0


@inlined
def _count_sale(row: F, units: int, amount: float, discounts: float, promised: float) -> None:
    row[BUYERS] += 1
    row[ORDERS] += 1
    row[UNITS] += units
    row[GMV] += amount
    row[DISCOUNTS] += discounts
    row[PROMISED] += promised


@inlined
def _ad_lines(basket: I, bought: int, lines: int) -> int:
    """Lines of which there was a piece; of those from `bought` on, gifts, one an item, whatever promotions give it."""
    counted = NO_PIECES
    for line in range(lines):
        new = basket[LINE_PIECES, line] > 0
        for before in range(bought, line):
            new = new and basket[LINE_SKU, before] != basket[LINE_SKU, line]
        counted += 1 if new else 0
    return counted


@inlined
def _count_pieces(by_sku: F, k: int, sold: int, account: int) -> None:
    """Count what was sold of an item; beyond JD, where `account` is not negative, apart too."""
    by_sku[k, SKU_UNITS] += sold
    by_sku[k, SKU_ELSEWHERE] += sold if account >= 0 else 0


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
    """Amount of an order, the commission promised for it, and its pieces with gifts.

    Lines go to their SKUs' GMV; freight, which is in the amount, is no SKU's.
    """
    amount, promised = float(basket[LINE_PAID, AS_A_WHOLE]), 0.0
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
        if _position(state, k) <= plan.reorder_at[k]:
            _reorder(plan, state, tally, lead_key, time, k)


@inlined
def _position(state: DayState, k: int) -> int:
    """Pieces on the shelf and on order, and those of cancelled orders, which come back at midnight."""
    return state.stock[k] + state.on_order[k] + state.held[k]


@inlined
def count_lost(row: F, by_sku: F, price: float, k: int, pieces: int) -> None:
    """Count pieces that somebody wanted and the shelf did not hold; `row` is the channel's."""
    row[LOST_UNITS] += pieces
    row[LOST_GMV] += pieces * price
    by_sku[k, SKU_LOST] += pieces


@inlined
def _reorder(plan: DayPlan, state: DayState, tally: DayTally, lead_key: np.uint64, time: float, k: int) -> None:
    pieces = plan.lot[k] if plan.scalars[REORDER] == ORDER_LOT else plan.lot[k] - _position(state, k)
    if pieces <= 0:
        return
    n = state.counters[N_PURCHASES]
    if n >= state.purchases.shape[0]:
        return  # no line left on the order form today; the next sale asks again
    seed = seed_of(lead_key, (k << 32) | state.orders_made[k])
    lead = exp(plan.lead_mu[k] + plan.scalars[LEAD_SD] * normal(unit(seed)))
    state.orders_made[k] += 1
    state.on_order[k] += pieces
    tally.by_sku[k, SKU_ORDERED] += pieces
    made = state.purchases[n]
    made[SUPPLY_TIME] = max(time + 24.0 * lead, 24.0 * (np.floor(time / 24.0) + 1.0))
    made[SUPPLY_SKU] = k
    made[SUPPLY_PIECES] = pieces
    state.counters[N_PURCHASES] = n + 1
