"""Coming back: orders put off, and what is left in the cart (加购) until a sale or another look (MODEL sections 7, 13).

All luck is the visitor's own, and it stays: who left an item at today's price buys it at a later look if the odds have
risen above his luck by then.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.basket import KEEP
from storesim.engine.codes import DAY_AT, HELD_AT, ITEM, LOOKS, SEEN
from storesim.engine.compiled import inlined
from storesim.engine.customers import who_is
from storesim.engine.day import (
    CAME_BACK,
    CART_DELAY,
    CART_HOLDS,
    CART_KEEPS,
    CART_LOOKS,
    CART_ODDS,
    CART_REACH,
    CART_WAITS,
    CARTS,
    COUPON_LOOKS,
    DRAW_CART,
    DRAW_CART_TIME,
    DRAW_HOLD,
    DRAW_KEPT,
    DRAW_LATER_HOURS,
    HELD_OUT,
    LATER_MU,
    LATER_SD,
    LEFT_IN_CART,
    NEXT_SALE,
    PUT_OFF,
    PV,
    SECOND_LOOKS,
    UV,
    DayPlan,
    DayState,
    DayTally,
    Due,
    F,
    I,
)
from storesim.engine.devices import count_second_look
from storesim.engine.draws import draw, exp, log, normal
from storesim.engine.heaps import Heap, push

RUSH = 6.0
"""Mean hours after the opening of a sale at which those who waited for it look at their carts; *assumed*."""


@inlined
def fill_cart(
    sc: F, row: F, baskets: F, heap: Heap, time: float, code: int, k: int, luck: float, odds: float, seed: np.uint64
) -> bool:  # fmt: skip
    """Put item `k` into the cart of a visitor who would buy it at better odds; whether it is ordered at once.

    An order goes through the cart too. What is left in it is looked at once more: when the next sale opens, or after
    some days.
    """
    buys = luck * (1.0 + odds) < odds
    odds *= sc[CART_REACH]
    if not (buys or luck * (1.0 + odds) < odds):
        return False
    row[CARTS] += 1
    sale = time < sc[NEXT_SALE] <= time + sc[CART_KEEPS]
    if buys:
        if not sale or draw(seed, DRAW_HOLD) >= sc[CART_HOLDS]:
            return True
        baskets[HELD_OUT] += 1
    hours = -log(draw(seed, DRAW_CART_TIME))
    if sale and (buys or draw(seed, DRAW_CART) < sc[CART_WAITS]):
        at = sc[NEXT_SALE] + RUSH * hours
    else:
        at = time + sc[CART_DELAY] * hours
    baskets[LEFT_IN_CART] += 1
    push(heap, at, (code & SEEN) | LOOKS | (int(time / 24.0) << DAY_AT), k + luck, seed)
    return False


@inlined
def keep_coupon(
    plan: DayPlan, state: DayState, tally: DayTally, due: Due, heap: Heap, basket: I, time: float, code: int, k: int,
    luck: float, odds: float, seed: np.uint64,
) -> None:  # fmt: skip
    """Let one who leaves item `k` claim a coupon that is valid for some days, and look again with it in time.

    Who has the item in the cart remembers that, and no coupon.
    """
    in_cart = odds * plan.scalars[CART_REACH]
    if luck * (1.0 + in_cart) < in_cart:
        return
    day = int(time / 24.0)
    held = plan.trade(
        KEEP, plan.deals, plan.cross, plan.price, plan.alias_p, plan.alias_k, state.stock, tally.by_sku, tally.baskets,
        basket, k, seed, who_is(plan.levels, code, seed), 0, day, day, plan.kept, due.coupons, luck, odds,
    )  # fmt: skip
    if held > 0:
        at = time - plan.kept[held - 1, 0] * log(draw(seed, DRAW_KEPT))
        push(heap, at, (code & SEEN) | LOOKS | (day << DAY_AT), ((held << HELD_AT) | k) + luck, seed)


@inlined
def hours_put_off(sc: F, baskets: F, seed: np.uint64) -> float:
    """Hours from a decision to an order that is placed later; it is counted."""
    baskets[PUT_OFF] += 1
    return exp(sc[LATER_MU] + sc[LATER_SD] * normal(draw(seed, DRAW_LATER_HOURS)))


@inlined
def recall(
    plan: DayPlan, row: F, by_device: F, baskets: F, code: int, time: float, at: float, odds: float
) -> tuple[int, int, float, float]:  # fmt: skip
    """Of one who comes back, to order or to look again: whose coupon is held, item, luck and odds; he is counted.

    `at` stands in the place of luck; `row` and `by_device` are the channel's.
    """
    whole = int(at)
    held, k = whole >> HELD_AT, whole & ITEM
    counted, luck = CAME_BACK, 0.0  # who has decided buys, whatever it costs by now
    if code & 3 == LOOKS:
        luck = at - whole
        counted = COUPON_LOOKS if held > 0 else CART_LOOKS
        odds *= plan.kept[held - 1, 1 + k] if held > 0 else plan.scalars[CART_ODDS]
    _look_again(row, by_device, baskets, code, time, counted)
    return held, k, luck, odds


@inlined
def _look_again(row: F, by_device: F, baskets: F, code: int, time: float, counted: int) -> None:
    """Count one who comes back, to order or to the cart: on another day than the first, as a visitor of two pages."""
    baskets[counted] += 1
    if int(time / 24.0) != code >> DAY_AT:
        row[UV] += 1
        row[PV] += 2
        row[SECOND_LOOKS] += 1
        count_second_look(by_device, code)
