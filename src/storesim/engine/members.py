"""Members known one by one: who of them comes, and whether a purchase was the last (MODEL section 9).

Visits of all members together are one Poisson stream; whose visit it is, is drawn by weight when something is bought
(Kingman 1993, superposition and colouring). A member who has dropped out earlier that day buys nothing any more, so
each member's purchases are those of a Poisson process of his own that ends with his last purchase, to the second.

A member's *name* is the state of the visitor he joined as. It gives him a seat among all that may be taken, and the
drop-out after each of his purchases. The seats are halved again and again, each time by a draw of its own against the
weights of the halves: so one member more changes hardly anybody else's visits, wherever he sits.

Weights stand in a Fenwick tree (Fenwick 1994, Software: Practice and Experience 24(3), 327-336): entry `j` of
`[2^n + 1]` holds the sum of as many weights as the lowest bit of `j` says, up to seat `j` counted from 1; entry 0 is
not used. A draw, and a change of one weight, cost `n` steps.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import compiled, inlined, typed
from storesim.engine.day import (
    DRAW_MEMBER,
    MEMBER_AT,
    MEMBER_DROP,
    MEMBER_GONE,
    MEMBER_NAME,
    MEMBER_ORDERS,
    MEMBER_TREE,
    N_SALES,
    SALE_AMOUNT,
    SALE_BACK,
    SALE_MEMBER,
    SALE_NAME,
    SALE_TIME,
    F,
    I,
)
from storesim.engine.draws import STEP, seed_of, unit

STRANGER, NEWCOMER, GONE = typed(-1), typed(-2), typed(-3)
EMPTY = -1.0
_12 = np.uint64(12)


# Arrays are handed over one by one: a whole state takes the compiler longer than what is done with it.
@compiled
def recognise(members: F, seed: np.uint64) -> int:
    """Place of the member who stands at the till; GONE if he will buy no more, STRANGER where nobody is known."""
    step = members.shape[1] - 1
    if step < 0:
        return STRANGER
    state = seed_of(seed, DRAW_MEMBER)
    total = members[MEMBER_TREE, step]
    seat = 0
    step >>= 1
    while step > 0:
        left = members[MEMBER_TREE, seat + step]
        state += STEP
        if unit(state) * total >= left:
            seat += step
            total -= left
        else:
            total = left
        step >>= 1
    member = int(members[MEMBER_AT, seat])
    # An empty seat has no weight; no more than rounding leads to it.
    return GONE if member < 0 or members[MEMBER_GONE, member] > 0.0 else member


@inlined
def note_sale(
    members: F, sales: F, counters: I, member: int, time: float, amount: float, back: float, seed: np.uint64
) -> None:  # fmt: skip
    """Note an order of a member or NEWCOMER, and when it comes `back`; a member may have been here for the last time.

    Nothing is noted where members are not known one by one.
    """
    n = counters[N_SALES]
    if sales.shape[1] == 0:
        return
    sales[SALE_TIME, n] = time
    sales[SALE_MEMBER, n] = member
    sales[SALE_AMOUNT, n] = amount
    sales[SALE_BACK, n] = back
    sales[SALE_NAME, n] = name_of(seed)
    counters[N_SALES] = n + 1
    if member >= 0:
        members[MEMBER_ORDERS, member] += 1.0
        if _last(members[MEMBER_NAME, member], members[MEMBER_ORDERS, member]) < members[MEMBER_DROP, member]:
            members[MEMBER_GONE, member] = 1.0


@inlined
def _last(name: float, orders: float) -> float:
    """The member's own draw for dropping out after so many orders."""
    return unit(seed_of(np.uint64(name), int(orders)))


@compiled
def name_of(seed: np.uint64) -> float:
    """Name of the member whom the visitor with this state becomes: its upper 52 bits, a whole number."""
    return np.float64(seed >> _12)


@compiled
def take_seat(at: F, member: int, name: float) -> int:
    """Seat `member` where his name says, or on the next free seat; `at` [2^n] holds who sits where, EMPTY if nobody."""
    n = at.shape[0]
    seat = int(name * 2.0**-52 * n)
    while at[seat] >= 0.0:
        seat = (seat + 1) % n
    at[seat] = member
    return seat


@inlined
def add_weight(tree: F, seat: int, change: float) -> None:
    """Change the weight on one seat."""
    j = seat + 1
    while j < tree.shape[0]:
        tree[j] += change
        j += j & -j
