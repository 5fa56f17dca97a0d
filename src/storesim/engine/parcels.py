"""What an order brings on later days: its wave, its parcel, its return, commission and review.

All luck is the visitor's own, so that an order which a change does not touch is packed, delivered, reviewed and
returned alike in both worlds.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import inlined, typed
from storesim.engine.day import (
    AS_A_WHOLE,
    AT_THE_DOOR,
    CALLS_OFF,
    CARRIER_MU,
    CARRIER_PRICE,
    CARRIER_SD,
    CARRIER_UP_TO,
    DELIVERED,
    DELIVERY_MU,
    DELIVERY_SD,
    DRAW_CALL_OFF,
    DRAW_CARRIER,
    DRAW_DELIVERY,
    DRAW_DOOR,
    DRAW_PAID,
    DRAW_REFUSE,
    DRAW_RESTOCK,
    DRAW_RETURN,
    DRAW_RETURN_DAYS,
    DRAW_REVIEW,
    DRAW_REVIEW_DAYS,
    DRAW_STARS,
    DUE_AT_THE_DOOR,
    DUE_BAD,
    DUE_CALLED_OFF,
    DUE_CALLED_OFF_GMV,
    DUE_DELIVERED,
    DUE_DELIVERED_GMV,
    DUE_DISPATCHED,
    DUE_GOOD,
    DUE_LATE,
    DUE_ON_PROMISE,
    DUE_PENALTY,
    DUE_POSTAGE,
    DUE_REFUND,
    DUE_REFUSED,
    DUE_REFUSED_GMV,
    DUE_RESTOCK_UNITS,
    DUE_RETURNED_ORDERS,
    DUE_RETURNED_UNITS,
    DUE_REVIEWS,
    DUE_STARS,
    DUE_WAIT,
    FILLING,
    FORGIVEN,
    IN_IT,
    IN_LAST,
    ITEM_STARS,
    LATE_LIMIT,
    LINE_PAID,
    LINE_PIECES,
    LINE_SKU,
    NEVER_PAID,
    OFF_EXCUSED,
    PAID,
    PARCEL,
    PENALTY_CAP,
    PENALTY_SHARE,
    PROMISE,
    REFUNDED,
    REFUSES,
    RESTOCK,
    RETURN,
    RETURN_DELAY,
    REVIEW,
    REVIEW_DELAY,
    STARS_LATE,
    STARS_MEAN,
    STARS_PER_DAY,
    STARS_SD,
    TAKEN_FROM,
    TAKEN_TO,
    WAVE_CAPACITY,
    DayPlan,
    DayState,
    Due,
    F,
    I,
)
from storesim.engine.draws import draw, exp, log, normal

FIRST = typed(0)


@inlined
def next_wave(waves: F, off: I, capacity: float, filling: F, time: float) -> tuple[float, float]:
    """Number of the wave that takes an order paid at `time`, first come first served, and the orders it has."""
    n_waves = waves.shape[0]
    day = np.floor(time / 24.0)
    w = 0
    while w < n_waves and 24.0 * day + waves[w] < time:
        w += 1
    number = _working(off, n_waves, day * n_waves + w)
    orders = 0.0
    if number <= filling[FILLING]:
        number, orders = filling[FILLING], filling[IN_IT]
    if orders >= capacity:
        number, orders = _working(off, n_waves, number + 1.0), 0.0
    if filling[FILLING] < filling[TAKEN_FROM] <= number <= filling[TAKEN_TO]:
        number, orders = filling[TAKEN_TO], filling[IN_LAST]
        if orders >= capacity:
            number, orders = _working(off, n_waves, number + 1.0), 0.0
    return number, orders


@inlined
def _working(off: I, n_waves: int, number: float) -> float:
    """A wave, or the first after the holidays if carriers do not work on its day."""
    day = int(number) // n_waves
    if day < off.shape[0] and off[day] > 0:
        return float((day + off[day]) * n_waves)
    return number


@inlined
def _hours_off(off: I, start: float, end: float) -> float:
    """Hours between two times on days on which carriers do not work."""
    hours = 0.0
    for day in range(int(start / 24.0), min(int(end / 24.0) + 1, off.shape[0])):
        hours += min(end, 24.0 * (day + 1)) - max(start, 24.0 * day) if off[day] > 0 else 0.0
    return hours


@inlined
def _on_the_way(off: I, leaves: float, hours: float) -> float:
    """When a parcel arrives that travels so many hours, none of them on days on which carriers do not work."""
    arrives = leaves + hours
    day = int(leaves / 24.0) + 1
    while day < off.shape[0] and 24.0 * day <= arrives:
        arrives += 24.0 if off[day] > 0 else 0.0
        day += 1
    return arrives


@inlined
def leaves_at(waves: F, number: float) -> float:
    """Time at which a wave leaves."""
    day = np.floor(number / waves.shape[0])
    return 24.0 * day + waves[int(number - day * waves.shape[0])]


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
def fulfil(
    plan: DayPlan, state: DayState, due: Due, basket: I, time: float, c: int, lines: int, units: int, amount: float,
    promised: float, seed: np.uint64, grudge: float, prepaid: bool,
) -> float:  # fmt: skip
    """Post what this order brings: dispatch, delivery, review, return, commission, each on its own day.

    One of which a part is `prepaid` is not paid at the door.

    Returns
    -------
    When it comes back or is called off, hours; inf if it is kept.
    """
    sc = plan.scalars
    number, orders = next_wave(plan.waves, plan.off, sc[WAVE_CAPACITY], state.wave, time)
    leaves = leaves_at(plan.waves, number)
    if sc[CALLS_OFF] > 0.0 and plan.account[c] < 0:
        gone = _gives_up(sc[CALLS_OFF], time, seed)
        if gone < leaves:
            _call_off(due, basket, gone, c, lines, amount, promised)
            return gone  # whoever comes next takes its place in the wave
    state.wave[FILLING], state.wave[IN_IT] = number, orders + 1.0
    waited = leaves - time - sc[OFF_EXCUSED] * _hours_off(plan.off, time, leaves)
    late = waited > sc[LATE_LIMIT]
    on = due.days[_row(due.days.shape[0], leaves)]
    on[DUE_DISPATCHED] += 1
    on[DUE_WAIT] += leaves - time
    on[DUE_ON_PROMISE] += 1 if waited <= sc[PROMISE] else 0
    if late:
        on[DUE_LATE] += 1
        on[DUE_PENALTY] += min(sc[PENALTY_CAP], np.floor(sc[PENALTY_SHARE] * amount + 0.5))
    mu, sd, price = sc[DELIVERY_MU], sc[DELIVERY_SD], sc[PARCEL]
    if plan.carriers.shape[0] > 0:
        carrier = plan.carriers[_carrier(plan.carriers, seed)]
        mu, sd, price = carrier[CARRIER_MU], carrier[CARRIER_SD], carrier[CARRIER_PRICE]
    on[DUE_POSTAGE] += price
    arrives = _on_the_way(plan.off, leaves, 24.0 * exp(mu + sd * normal(draw(seed, DRAW_DELIVERY))))
    on = due.days[_row(due.days.shape[0], arrives)]
    if not prepaid and pays_at_the_door(sc, plan.account[c], seed):
        if draw(seed, DRAW_REFUSE) < sc[REFUSES]:
            _take_back(due, basket, (leaves, arrives), price, c, lines, amount, promised)
            return arrives
        on[DUE_AT_THE_DOOR] += 1
    on[DUE_DELIVERED] += 1
    on[DUE_DELIVERED_GMV] += amount
    settled, returned = arrives + plan.settlement[c], np.inf
    account = plan.account[c]
    if account >= 0:
        due.accounts[_row(due.days.shape[0], arrives), account, DELIVERED] += amount
    if draw(seed, DRAW_RETURN) < sc[RETURN]:
        returned = arrives - 24.0 * sc[RETURN_DELAY] * log(draw(seed, DRAW_RETURN_DAYS))
        back = _row(due.days.shape[0], returned)
        due.days[back, DUE_RETURNED_ORDERS] += 1
        due.days[back, DUE_RETURNED_UNITS] += units
        # The parcel has travelled: its freight is not paid back.
        refund = amount - basket[LINE_PAID, AS_A_WHOLE]
        due.days[back, DUE_REFUND] += refund
        if account >= 0:
            due.accounts[back, account, REFUNDED] += refund
        if draw(seed, DRAW_RESTOCK) < sc[RESTOCK]:
            due.days[back, DUE_RESTOCK_UNITS] += units
            _put_back(due, basket, back, lines)
    if promised > 0.0:
        came_back = returned <= settled
        due.commission[_row(due.days.shape[0], min(returned, settled)), c, FORGIVEN if came_back else PAID] += promised
    if draw(seed, DRAW_REVIEW) < sc[REVIEW]:
        grudge -= plan.of_sku[ITEM_STARS, basket[LINE_SKU, 0]]
        _review(sc, due, basket[LINE_SKU, 0], time, arrives, late, seed, grudge)
    return returned


@inlined
def goes_unpaid(sc: F, account: int, seed: np.uint64) -> bool:
    """Whether nobody ever pays for an order that is placed; who pays at the door has nothing to pay before."""
    unpaid = sc[NEVER_PAID] > 0.0 and draw(seed, DRAW_PAID) < sc[NEVER_PAID]
    return unpaid and not pays_at_the_door(sc, account, seed)


@inlined
def pays_at_the_door(sc: F, account: int, seed: np.uint64) -> bool:
    """Whether an order is paid when it comes; on JD only, where `account` is negative."""
    return sc[AT_THE_DOOR] > 0.0 and account < 0 and draw(seed, DRAW_DOOR) < sc[AT_THE_DOOR]


@inlined
def _take_back(
    due: Due, basket: I, way: tuple[float, float], price: float, c: int, lines: int, amount: float, promised: float
) -> None:  # fmt: skip
    """Post a parcel that is refused at the door: nothing is paid, and it travels back as long as it came."""
    leaves, arrives = way
    on = due.days[_row(due.days.shape[0], arrives)]
    on[DUE_REFUSED] += 1
    on[DUE_REFUSED_GMV] += amount
    row = _row(due.days.shape[0], arrives + (arrives - leaves))
    due.days[row, DUE_POSTAGE] += price
    _put_back(due, basket, row, lines)
    if promised > 0.0:
        due.commission[_row(due.days.shape[0], arrives), c, FORGIVEN] += promised


@inlined
def _put_back(due: Due, basket: I, row: int, lines: int) -> None:
    """Post the pieces of an order that are on the shelf again on a day."""
    for line in range(lines):
        due.sku_restock[row, basket[LINE_SKU, line]] += basket[LINE_PIECES, line]


@inlined
def _gives_up(rate: float, time: float, seed: np.uint64) -> float:
    """When a buyer who still waits for dispatch gives up, at `rate` an hour from the midnight after payment on."""
    return 24.0 * (np.floor(time / 24.0) + 1.0) - log(draw(seed, DRAW_CALL_OFF)) / rate


@inlined
def _call_off(due: Due, basket: I, gone: float, c: int, lines: int, amount: float, promised: float) -> None:
    """Post an order that is called off before it leaves: its pieces come back, its amount is refunded."""
    row = _row(due.days.shape[0], gone)
    due.days[row, DUE_CALLED_OFF] += 1
    due.days[row, DUE_CALLED_OFF_GMV] += amount
    _put_back(due, basket, row, lines)
    if promised > 0.0:
        due.commission[row, c, FORGIVEN] += promised


@inlined
def _review(
    sc: F, due: Due, k: int, time: float, arrives: float, late: bool, seed: np.uint64, grudge: float
) -> None:  # fmt: skip
    """Post the stars that a buyer gives some days after the parcel came."""
    told = _row(due.days.shape[0], arrives - 24.0 * sc[REVIEW_DELAY] * log(draw(seed, DRAW_REVIEW_DAYS)))
    mean = sc[STARS_MEAN] - sc[STARS_PER_DAY] * (arrives - time) / 24.0 - (sc[STARS_LATE] if late else 0.0) - grudge
    stars = min(5.0, max(1.0, np.floor(mean + sc[STARS_SD] * normal(draw(seed, DRAW_STARS)) + 0.5)))
    on = due.days[told]
    on[DUE_REVIEWS] += 1
    on[DUE_STARS] += stars
    on[DUE_GOOD] += 1 if stars >= 4.0 else 0
    on[DUE_BAD] += 1 if stars <= 1.0 else 0
    due.sku_reviews[told, k] += 1
