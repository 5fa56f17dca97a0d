"""Members known one by one: who of them comes, and whether a purchase was the last (MODEL section 9).

Visits of all members together are one Poisson stream; whose visit it is, is drawn by weight when something is bought
(Kingman 1993, superposition and colouring). A member who has dropped out earlier that day buys nothing any more, so
each member's purchases are those of a Poisson process of his own that ends with his last purchase, to the second.

Weights stand in a Fenwick tree (Fenwick 1994, Software: Practice and Experience 24(3), 327-336): entry `j` of
`[2^n + 1]` holds the sum of as many weights as the lowest bit of `j` says, up to number `j`; entry 0 is not used.
A draw, and a change of one weight, cost `n` steps.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import inlined, typed
from storesim.engine.day import (
    DRAW_DROP_OUT,
    DRAW_MEMBER,
    MEMBER_DROP,
    MEMBER_GONE,
    MEMBER_TREE,
    N_SALES,
    SALE_AMOUNT,
    SALE_BACK,
    SALE_MEMBER,
    SALE_TIME,
    F,
    I,
)
from storesim.engine.draws import draw

STRANGER, NEWCOMER, GONE = typed(-1), typed(-2), typed(-3)


# Arrays are handed over one by one: a whole state takes the compiler longer than what is done with it.
@inlined
def recognise(members: F, seed: np.uint64) -> int:
    """Place of the member who stands at the till; GONE if he will buy no more, STRANGER where nobody is known."""
    step = members.shape[1] - 1
    if step < 0:
        return STRANGER
    # The one in whose part of all weights the draw falls; the last of all places by no more than rounding.
    left = draw(seed, DRAW_MEMBER) * members[MEMBER_TREE, step]
    member = 0
    step >>= 1
    while step > 0:
        if members[MEMBER_TREE, member + step] <= left:
            member += step
            left -= members[MEMBER_TREE, member]
        step >>= 1
    return GONE if members[MEMBER_GONE, member] > 0.0 else member


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
    counters[N_SALES] = n + 1
    if member >= 0 and draw(seed, DRAW_DROP_OUT) < members[MEMBER_DROP, member]:
        members[MEMBER_GONE, member] = 1.0


@inlined
def add_weight(tree: F, member: int, change: float) -> None:
    """Change the weight of one member."""
    j = member + 1
    while j < tree.shape[0]:
        tree[j] += change
        j += j & -j
