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
    DRAW_JOIN,
    DRAW_MEMBER,
    JOIN,
    JOINED,
    N_SALES,
    DayPlan,
    DayState,
    DayTally,
    F,
)
from storesim.engine.draws import draw

STRANGER, NEWCOMER, GONE = typed(-1), typed(-2), typed(-3)


@inlined
def recognise(plan: DayPlan, state: DayState, c: int, seed: np.uint64) -> int:
    """Place of the member who stands at the till; STRANGER where nobody is known, GONE if he will buy no more."""
    if plan.returning[c] == 0 or state.member_tree.shape[0] == 0:
        return STRANGER
    member = _drawn(state.member_tree, draw(seed, DRAW_MEMBER))
    if member >= state.member_gone.shape[0] or state.member_gone[member] > 0:
        return GONE
    return member


@inlined
def sign_up(
    plan: DayPlan, state: DayState, tally: DayTally, c: int, member: int, time: float, amount: float, seed: np.uint64
) -> None:
    """After a purchase: a stranger may join, a member may have been here for the last time."""
    if member >= 0:
        _note(state, time, member, amount)
        if draw(seed, DRAW_DROP_OUT) < state.member_drop[member]:
            state.member_gone[member] = 1
    elif plan.returning[c] == 0 and draw(seed, DRAW_JOIN) < plan.scalars[JOIN]:
        tally.by_channel[c, JOINED] += 1
        _note(state, time, NEWCOMER, amount)


@inlined
def add_weight(tree: F, member: int, change: float) -> None:
    """Change the weight of one member."""
    j = member + 1
    while j < tree.shape[0]:
        tree[j] += change
        j += j & -j


@inlined
def _drawn(tree: F, u: float) -> int:
    """The member in whose part of all weights the share `u` falls; beyond the last by no more than rounding."""
    step = tree.shape[0] - 1
    left = u * tree[step]
    member = 0
    step >>= 1
    while step > 0:
        if tree[member + step] <= left:
            member += step
            left -= tree[member]
        step >>= 1
    return member


@inlined
def _note(state: DayState, time: float, member: int, amount: float) -> None:
    if state.sale_time.shape[0] == 0:
        return
    n = state.counters[N_SALES]
    state.sale_time[n] = time
    state.sale_member[n] = member
    state.sale_amount[n] = amount
    state.counters[N_SALES] = n + 1
