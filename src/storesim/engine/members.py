"""Members known one by one: who of them comes, and whether a purchase was the last (MODEL section 9).

Visits of all members together are one Poisson stream; whose visit it is, is drawn by weight when something is bought
(Kingman 1993, superposition and colouring). A member who has dropped out earlier that day buys nothing any more, so
each member's purchases are those of a Poisson process of his own that ends with his last purchase, to the second.

A member's *name* is the state of the visitor he joined as. It gives him a seat among all that may be taken, and the
drop-out after each of his purchases. The seats are halved again and again, each time by a draw of its own against the
weights of the halves: so one member more changes hardly anybody else's visits, wherever he sits.

Sums of weights stand in a Fenwick tree (Fenwick 1994, Software: Practice and Experience 24(3), 327-336): of each half
that is halved again, the weights of its first part. A draw, and a change of one weight, cost a step each time the seats
are halved. The tree is cut into blocks of three halvings, whose seven sums lie side by side, block after block from the
root on (van Emde Boas, Kaas and Zijlstra 1977 for the idea): memory that is far away is read by the block, and in the
plain order of the seats each step but the last few would read another.

`seats` holds these blocks of `BLOCK` numbers: place 0 of the first is the sum of all weights, and the halves of half h
of a block are its places 2 h and 2 h + 1, half 1 being the whole. In the last row of blocks only two halvings are left,
so there places 4 to 7 are seats and say who sits there. What does not divide into threes the first block makes up for.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.compiled import compiled, fetch, inlined, typed
from storesim.engine.day import (
    DRAW_MEMBER,
    MEMBER_DROP,
    MEMBER_GONE,
    MEMBER_NAME,
    MEMBER_ORDERS,
    MEMBER_SEAT,
    N_SALES,
    SALE_AMOUNT,
    SALE_BACK,
    SALE_FREIGHT,
    SALE_MEMBER,
    SALE_NAME,
    SALE_TIME,
    F,
    I,
)
from storesim.engine.draws import STEP, seed_of, unit

STRANGER, NEWCOMER, GONE = typed(-1), typed(-2), typed(-3)
EMPTY, VACATED = -1.0, -2.0
"""On a seat: nobody ever, and one who left, whose seat nobody else takes until all are seated anew."""

BLOCK, SEATS = 8, 4
"""Numbers in a block, and seats in one of the last row."""

_12 = np.uint64(12)


@compiled
def seats_in(seats: F) -> int:
    """How many there are: the last row of blocks is twice that, and all before it less than half of that row."""
    n_seats = BLOCK
    while 4 * n_seats <= seats.shape[0]:
        n_seats *= 2
    return n_seats


@compiled
def first_fan(n_seats: int) -> int:
    """Into how many parts the first block divides `n_seats`, a power of two; all others but the last divide into
    `BLOCK`."""
    fan = n_seats // SEATS
    while fan > BLOCK:
        fan //= BLOCK
    return fan


def empty_seats(n_seats: int) -> F:
    """`seats` on which nobody sits; `n_seats` is a power of two, from 8 on."""
    blocks, parts = 1, first_fan(n_seats)
    while parts < n_seats // SEATS:
        blocks += parts
        parts *= BLOCK
    seats = on_lines((blocks + parts, BLOCK))
    seats[:] = 0.0
    seats[blocks:, SEATS:] = EMPTY
    return seats.ravel()


def on_lines(shape: tuple[int, int]) -> F:
    """Room of this shape that begins with a line of the processor's memory, as `BLOCK` numbers fill one.

    What stands in it is anything. NumPy asks for large pages of memory here, and not where it is to be all zeros.
    """
    size = shape[0] * shape[1]
    room = np.empty(size + BLOCK)
    first = -room.ctypes.data // room.itemsize % BLOCK
    return room[first : first + size].reshape(shape)


@compiled
def fill_sums(seats: F, upto: F) -> None:
    """Fill the tree anew; `upto` [n_seats + 1] are the weights before each seat and, last, of all."""
    seats[0] = upto[upto.shape[0] - 1]
    blocks, parts, fan = 0, 1, first_fan(upto.shape[0] - 1)
    width = upto.shape[0] - 1
    while width > 1:
        for part in range(parts):
            node, of_node = 1, width
            while node < fan:
                for j in range(node):
                    first = part * width + j * of_node
                    seats[BLOCK * (blocks + part) + node + j] = upto[first + of_node // 2] - upto[first]
                node, of_node = 2 * node, of_node // 2
        blocks, parts, width = blocks + parts, parts * fan, width // fan
        fan = BLOCK if width > SEATS else SEATS


@inlined
def _enter(part: int, node: int, fan: int, blocks: int, width: int) -> tuple[int, int, int]:
    """From a half of a block, the next row: which block of it, how many blocks are in the rows before, and in it."""
    return part * fan + node - fan, blocks + width, width * fan


# Arrays are handed over one by one: a whole state takes the compiler longer than what is done with it.
@compiled
def recognise(seats: F, members: F, seed: np.uint64) -> int:
    """Place of the member who stands at the till; GONE if he will buy no more, STRANGER where nobody is known."""
    if members.shape[0] == 0:
        return STRANGER
    n_seats = seats_in(seats)
    state = seed_of(seed, DRAW_MEMBER)
    total = seats[0]
    blocks, width, fan = 0, 1, first_fan(n_seats)
    part, node = 0, 1
    step = n_seats >> 1
    while step > 0:
        if node >= fan:
            part, blocks, width = _enter(part, node, fan, blocks, width)
            fan, node = BLOCK, 1
        left = seats[BLOCK * (blocks + part) + node]
        state += STEP
        right = unit(state) * total >= left
        total = total - left if right else left
        node = 2 * node + (1 if right else 0)
        step >>= 1
    member = int(seats[BLOCK * (blocks + part) + node])
    if member < 0:
        # He left today, and his weight goes tonight; else rounding led here, where nobody sits who still comes.
        return GONE
    fetch(members, member * members.shape[1])
    return member


@inlined
def note_sale(
    seats: F, members: F, sales: F, counters: I, member: int, time: float, amount: float, back: float, freight: float,
    seed: np.uint64,
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
    sales[SALE_FREIGHT, n] = freight
    counters[N_SALES] = n + 1
    if member >= 0:
        who = members[member]
        who[MEMBER_ORDERS] += 1.0
        if _last(who[MEMBER_NAME], who[MEMBER_ORDERS]) < who[MEMBER_DROP]:
            who[MEMBER_GONE] = 1.0
            vacate(seats, int(who[MEMBER_SEAT]))


@inlined
def _last(name: float, orders: float) -> float:
    """The member's own draw for dropping out after so many orders."""
    return unit(seed_of(np.uint64(name), int(orders)))


@compiled
def name_of(seed: np.uint64) -> float:
    """Name of the member whom the visitor with this state becomes: its upper 52 bits, a whole number."""
    return np.float64(seed >> _12)


@compiled
def take_seat(seats: F, n_seats: int, member: int, name: float) -> int:
    """Seat `member` where his name says, or on the next free seat."""
    seat = _wish(n_seats, name)
    while seats[_place(seats, n_seats, seat)] != EMPTY:
        seat = (seat + 1) % n_seats
    seats[_place(seats, n_seats, seat)] = member
    return seat


@inlined
def vacate(seats: F, seat: int) -> None:
    """Say on the seat that he left who sat there: his row is far away in memory, and most who are drawn still come."""
    seats[_place(seats, seats_in(seats), seat)] = VACATED


@inlined
def _wish(n_seats: int, name: float) -> int:
    """The seat that a name says."""
    return int(name * 2.0**-52 * n_seats)


@inlined
def place_by(seats: F, n_seats: int, name: float) -> int:
    """Where in `seats` it stands who sits on the seat that a name says."""
    return _place(seats, n_seats, _wish(n_seats, name))


@inlined
def _place(seats: F, n_seats: int, seat: int) -> int:
    """Where it stands who sits on a seat."""
    last = seats.shape[0] - n_seats // SEATS * BLOCK
    return last + seat // SEATS * BLOCK + SEATS + seat % SEATS


@inlined
def add_weight(seats: F, n_seats: int, seat: int, change: float) -> None:
    """Change the weight on one seat."""
    seats[0] += change
    blocks, width, fan = 0, 1, first_fan(n_seats)
    part, node = 0, 1
    step = n_seats >> 1
    while step > 0:
        if node >= fan:
            part, blocks, width = _enter(part, node, fan, blocks, width)
            fan, node = BLOCK, 1
        right = 1 if seat & step > 0 else 0
        if right == 0:
            seats[BLOCK * (blocks + part) + node] += change
        node = 2 * node + right
        step >>= 1
