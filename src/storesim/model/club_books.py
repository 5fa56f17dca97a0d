"""The day's orders in the books of the club: who bought, at which level, by which coupon, and how often lately.

Windows of 30, 60, 90 and 180 days are kept as numbers of people by the day of their last order and of the order before
it: a customer has two orders in a window if the second last lies in it. One order costs the same whatever the number of
members.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled, inlined
from storesim.engine.day import F, I, Sales
from storesim.engine.members import add_weight
from storesim.model.people import DROPPED_OUT, LEFT_BEFORE, Law, People, endow

WINDOWS = (30, 60, 90, 180)
"""Days of the member windows (seed 001, section 3.5)."""

LONGEST = WINDOWS[-1]
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
    people, out = books.people, books.out
    out[:] = 0.0
    for s in range(sales.time.shape[0]):
        time, amount, i = sales.time[s] / 24.0, sales.amount[s], int(sales.member[s])
        before = out[COUPONS_VALUE]
        if i < 0:
            i = n
            n += 1
            _join(books, i, time, amount, sales.name[s])
        else:
            _buy_again(books, i, time, amount, day)
        saved = out[COUPONS_VALUE] - before
        if saved > 0.0 and sales.back[s] < np.inf:
            # What comes back is what was paid, not what a coupon took off. Today's refunds are in the books already.
            due = max(int(sales.back[s] / 24.0), day + 1)
            books.refunds[min(due, books.refunds.shape[0] - 1)] -= saved
        joined = books.month[int(people.first[i])] + 1 if people.first[i] >= 0.0 else 0
        books.cohorts[joined, books.month[day], COHORT_BUYERS] += 1.0
        books.cohorts[joined, books.month[day], COHORT_GMV] += amount
    for s in range(sales.time.shape[0]):
        # Not while orders are booked: who dropped out today may have bought twice before.
        i = int(sales.member[s])
        if i >= 0 and people.gone[i] == DROPPED_OUT:
            _leave(books, i)
    strangers = buyers - out[JOINED_NOW] - out[RETURNED]
    books.on[STRANGERS_ON, LONGEST + day] += strangers
    out[NEW_BUYERS] += strangers
    _count_windows(books.on, day, out)
    return n


@inlined
def _join(books: Books, i: int, time: float, amount: float, name: float) -> None:
    people, out = books.people, books.out
    endow(people, books.law, i, name)
    people.first[i] = time
    people.last[i] = time
    people.orders[i] = 1
    people.told[i] = 1.0
    people.amount[i] = amount
    people.level[i] = level_of(1.0, amount, books.rules)
    _weigh(people, i, people.rate[i])
    books.levels[people.level[i]] += 1.0
    books.on[LAST_ON, column(time)] += 1.0
    books.on[BEFORE_ON, 0] += 1.0
    out[JOINED_NOW] += 1.0
    out[NEW_BUYERS] += 1.0
    out[LEVEL_GMV + people.level[i]] += amount


@inlined
def _buy_again(books: Books, i: int, time: float, amount: float, day: int) -> None:
    people, out, coupons = books.people, books.out, books.rules.coupons
    if day - np.floor(people.first[i]) > OLD_DAYS:
        out[OLD_BUYERS] += 1.0
        out[OLD_GMV] += amount
    else:
        out[NEW_BUYERS] += 1.0
    out[RETURNED] += 1.0
    out[RETURNED_GMV] += amount
    out[LEVEL_GMV + people.level[i]] += amount
    books.on[BEFORE_ON, column(people.before[i])] -= 1.0
    books.on[BEFORE_ON, column(people.last[i])] += 1.0
    books.on[LAST_ON, column(people.last[i])] -= 1.0
    books.on[LAST_ON, column(time)] += 1.0
    people.before[i] = people.last[i]
    people.last[i] = time
    people.orders[i] += 1
    people.amount[i] += amount
    held = people.coupon[i] - 1
    if held >= 0 and amount >= coupons[held, LEAST]:
        out[COUPONS_USED] += 1.0
        out[COUPONS_VALUE] += min(coupons[held, FACE], amount)
        people.coupon[i] = 0
        _weigh(people, i, people.rate[i])
    _rank(books, i)


@inlined
def _rank(books: Books, i: int) -> None:
    people = books.people
    level = level_of(float(people.orders[i]), people.amount[i], books.rules)
    books.levels[people.level[i]] -= 1.0
    books.levels[level] += 1.0
    people.level[i] = level


@inlined
def _leave(books: Books, i: int) -> None:
    people = books.people
    people.gone[i] = LEFT_BEFORE
    _weigh(people, i, 0.0)
    books.levels[people.level[i]] -= 1.0
    books.out[LEFT] += 1.0


@inlined
def _weigh(people: People, i: int, weight: float) -> None:
    add_weight(people.tree, int(people.seat[i]), weight - people.weight[i])
    people.weight[i] = weight


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
