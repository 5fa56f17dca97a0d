"""The day's orders in the books of the club: who bought, at which level, by which coupon, and how often lately.

Windows of 30, 60, 90 and 180 days are kept as numbers of people by the day of their last order and of the order before
it: a customer has two orders in a window if the second last lies in it. One order costs the same whatever the number of
members.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled, fetch, inlined
from storesim.engine.day import SALE_AMOUNT, SALE_BACK, SALE_FREIGHT, SALE_MEMBER, SALE_NAME, SALE_TIME, F, I, Sales
from storesim.engine.members import BLOCK, add_weight, place_by, seats_in
from storesim.model.people import (
    AMOUNT,
    BEFORE,
    COUPON,
    DROPPED_OUT,
    FIRST,
    GONE,
    LAST,
    LEFT_BEFORE,
    LEVEL,
    N_CARD,
    ORDERS,
    RATE,
    SEAT,
    TOLD,
    WEIGHT,
    Law,
    People,
    endow,
)

WINDOWS = (30, 60, 90, 180)
"""Days of the member windows (seed 001, section 3.5)."""

LONGEST = WINDOWS[-1]
AHEAD = 8
"""Orders ahead of the one that is booked whose rows are on their way."""

OLD_DAYS = 90
"""Old customers bought for the first time more days ago; active ones bought within as many (DOMAIN 1.1)."""

FACE, LEAST, LIFT = range(3)
LAST_ON, BEFORE_ON, STRANGERS_ON = range(3)
COHORT_BUYERS, COHORT_GMV = range(2)
(
    NEW_BUYERS, OLD_BUYERS, OLD_GMV, RETURNED_GMV, RETURNED, JOINED_NOW, LEFT, COUPONS_USED, COUPONS_VALUE, ACTIVE,
    LEVEL_GMV, CUSTOMERS, REPEATERS,
) = (*range(11), 14, 18)  # fmt: skip
N_BOOKED = 22
"""What `book_day` fills: one entry each, but four from LEVEL_GMV, CUSTOMERS and REPEATERS on."""


class Rules(NamedTuple):
    """What the merchant laid down."""

    by_amount: int
    """1 where levels go by the amount spent, 0 by orders."""

    levels: F
    """[3] orders, or fen, from which a member is of level 1, 2, 3."""

    coupons: F
    """[n_coupons, 3] FACE and LEAST in fen, LIFT."""


class Books(NamedTuple):
    """What the club remembers."""

    people: People
    law: Law
    rules: Rules

    levels: F
    """[4] members of each level who still come."""

    on: F
    """[3, LONGEST + n_days] people by the day of their last order, of the one before, and buyers who did not join.

    Column 0 holds all that is older than any window, or never was.
    """

    cohorts: F
    """[n_months + 1, n_months, 2] buyers and fen by month of joining (0: before the opening day) and of the order."""

    month: I
    """[n_days] month of the run, from 0."""

    refunds: F
    """[n_days + 1] fen that come due, as `Due.days` has them."""

    out: F
    """[N_BOOKED] what came of the last day booked."""


@compiled
def book_day(books: Books, sales: Sales, n: int, buyers: float, day: int) -> int:
    """Book a day's orders.

    Parameters
    ----------
    n
        People so far; there is room for all who joined.
    buyers
        All who bought today, members or not.

    Returns
    -------
    People now.
    """
    people, out, n_seats = books.people, books.out, seats_in(books.people.seats)
    out[:] = 0.0
    for s in range(sales.n):
        _bring(people, n_seats, sales, s + AHEAD)
        time, amount, i = sales.rows[SALE_TIME, s] / 24.0, sales.rows[SALE_AMOUNT, s], int(sales.rows[SALE_MEMBER, s])
        before = out[COUPONS_VALUE]
        if i < 0:
            i = n
            n += 1
            _join(books, i, time, amount, sales.rows[SALE_NAME, s])
        else:
            _buy_again(books, i, time, (amount, sales.rows[SALE_FREIGHT, s]), day)
        saved = out[COUPONS_VALUE] - before
        if saved > 0.0 and sales.rows[SALE_BACK, s] < np.inf:
            # What comes back is what was paid, not what a coupon took off. Today's refunds are in the books already.
            due = max(int(sales.rows[SALE_BACK, s] / 24.0), day + 1)
            books.refunds[min(due, books.refunds.shape[0] - 1)] -= saved
        first = people.card[i, FIRST]
        joined = books.month[int(first)] + 1 if first >= 0.0 else 0
        books.cohorts[joined, books.month[day], COHORT_BUYERS] += 1.0
        books.cohorts[joined, books.month[day], COHORT_GMV] += amount
    for s in range(sales.n):
        # Not while orders are booked: who dropped out today may have bought twice before.
        i = int(sales.rows[SALE_MEMBER, s])
        if i >= 0 and people.card[i, GONE] == DROPPED_OUT:
            _leave(books, i)
    strangers = buyers - out[JOINED_NOW] - out[RETURNED]
    books.on[STRANGERS_ON, LONGEST + day] += strangers
    out[NEW_BUYERS] += strangers
    _count_windows(books.on, day, out)
    return n


@inlined
def _bring(people: People, n_seats: int, sales: Sales, s: int) -> None:
    """Have the row of who buys at place `s` brought near, or the seat of who joins."""
    if s < sales.n:
        i = int(sales.rows[SALE_MEMBER, s])
        if i >= 0:
            fetch(people.card, i * N_CARD)
            fetch(people.card, i * N_CARD + BLOCK)
        else:
            fetch(people.seats, place_by(people.seats, n_seats, sales.rows[SALE_NAME, s]))


@inlined
def _join(books: Books, i: int, time: float, amount: float, name: float) -> None:
    out = books.out
    endow(books.people, books.law, i, name)
    card = books.people.card[i]
    level = level_of(1.0, amount, books.rules)
    card[FIRST] = time
    card[LAST] = time
    card[ORDERS] = 1.0
    card[TOLD] = 1.0
    card[AMOUNT] = amount
    card[LEVEL] = level
    _weigh(books.people, i, card[RATE])
    books.levels[level] += 1.0
    books.on[LAST_ON, column(time)] += 1.0
    books.on[BEFORE_ON, 0] += 1.0
    out[JOINED_NOW] += 1.0
    out[NEW_BUYERS] += 1.0
    out[LEVEL_GMV + level] += amount


@inlined
def _buy_again(books: Books, i: int, time: float, paid: tuple[float, float], day: int) -> None:
    """Book an order of `paid` fen, and of these in freight, which no coupon pays."""
    amount, freight = paid
    card, out, coupons = books.people.card[i], books.out, books.rules.coupons
    if day - np.floor(card[FIRST]) > OLD_DAYS:
        out[OLD_BUYERS] += 1.0
        out[OLD_GMV] += amount
    else:
        out[NEW_BUYERS] += 1.0
    out[RETURNED] += 1.0
    out[RETURNED_GMV] += amount
    out[LEVEL_GMV + int(card[LEVEL])] += amount
    books.on[BEFORE_ON, column(card[BEFORE])] -= 1.0
    books.on[BEFORE_ON, column(card[LAST])] += 1.0
    books.on[LAST_ON, column(card[LAST])] -= 1.0
    books.on[LAST_ON, column(time)] += 1.0
    card[BEFORE] = card[LAST]
    card[LAST] = time
    card[ORDERS] += 1.0
    card[AMOUNT] += amount
    held = int(card[COUPON]) - 1
    if held >= 0 and amount - freight >= coupons[held, LEAST]:
        out[COUPONS_USED] += 1.0
        out[COUPONS_VALUE] += min(coupons[held, FACE], amount - freight)
        card[COUPON] = 0.0
        _weigh(books.people, i, card[RATE])
    level = level_of(card[ORDERS], card[AMOUNT], books.rules)
    books.levels[int(card[LEVEL])] -= 1.0
    books.levels[level] += 1.0
    card[LEVEL] = level


@inlined
def _leave(books: Books, i: int) -> None:
    card = books.people.card[i]
    card[GONE] = LEFT_BEFORE
    _weigh(books.people, i, 0.0)
    books.levels[int(card[LEVEL])] -= 1.0
    books.out[LEFT] += 1.0


@inlined
def _weigh(people: People, i: int, weight: float) -> None:
    card = people.card[i]
    add_weight(people.seats, seats_in(people.seats), int(card[SEAT]), weight - card[WEIGHT])
    card[WEIGHT] = weight


class Group(NamedTuple):
    """To whom a coupon is sent, and what it does."""

    number: int
    """Its place in the scenario, counted from 1."""

    levels: F
    """[4] 1 for each level that gets it."""

    lapsed: float
    """Least days since the last order."""

    old: int
    """1 for old customers only, -1 for new ones only, 0 for both."""

    lift: float
    most: float
    """Coupons that are sent at most."""


@compiled
def send(people: People, n: int, group: Group, day: int) -> float:
    """Hand a coupon to those of `n` people who are in its group and hold none; how many are sent."""
    sent = 0.0
    for i in range(n):
        if sent == group.most:
            break
        card = people.card[i]
        if card[GONE] > 0.0 or card[COUPON] > 0.0 or group.levels[int(card[LEVEL])] == 0.0:
            continue
        old = 1 if day - np.floor(card[FIRST]) > OLD_DAYS else -1
        if day - card[LAST] >= group.lapsed and group.old * old >= 0:
            card[COUPON] = group.number
            card[WEIGHT] = card[RATE] * group.lift
            sent += 1.0
    return sent


@compiled
def let_lapse(people: People, n: int, number: int) -> None:
    """Let the coupon of this number run out in the hands of those of `n` people who hold it."""
    for i in range(n):
        card = people.card[i]
        if card[COUPON] == number:
            card[COUPON] = 0.0
            card[WEIGHT] = card[RATE] if card[GONE] == 0.0 else card[WEIGHT]


@inlined
def level_of(orders: float, amount: float, rules: Rules) -> int:
    """The level of so many orders, or so much money."""
    reached = amount if rules.by_amount > 0 else orders
    level = 0
    for k in range(rules.levels.shape[0]):
        level += 1 if reached >= rules.levels[k] else 0
    return level


@inlined
def column(time: float) -> int:
    """Column of a day in `Books.on`; 0 for what is older than any window on the opening day."""
    return max(0, LONGEST + int(np.floor(time)))


@inlined
def _count_windows(on: F, day: int, out: F) -> None:
    customers, repeaters = 0.0, 0.0
    w = 0
    for back in range(LONGEST):
        at = LONGEST + day - back
        customers += on[LAST_ON, at] + on[STRANGERS_ON, at]
        repeaters += on[BEFORE_ON, at]
        if back < OLD_DAYS:
            out[ACTIVE] += on[LAST_ON, at]
        if back + 1 == WINDOWS[w]:
            out[CUSTOMERS + w] = customers
            out[REPEATERS + w] = repeaters
            w += 1
