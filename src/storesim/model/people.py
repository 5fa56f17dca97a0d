"""People who are members one by one: their rates, their chance to drop out, and what they did before the opening day.

A member buys `rate` times a day while he comes at all, `rate` being gamma with shape r and rate α; after each purchase
but the first he drops out with a chance of his own, which is beta with parameters a and b (Fader, Hardie and Lee 2005,
Marketing Science 24(2), 275-284: BG/NBD). All this is drawn by his name (`engine.members`), so that whoever joins in
two scenarios is the same person in both, and leaves after as many purchases.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled, fetch
from storesim.engine.day import MEMBER_DROP, MEMBER_GONE, MEMBER_NAME, MEMBER_ORDERS, MEMBER_SEAT, N_MEMBER, F
from storesim.engine.draws import STEP, gamma, log, own_unit, seed_of, stream_key, unit
from storesim.engine.members import (
    VACATED,
    empty_seats,
    fill_sums,
    name_of,
    on_lines,
    place_by,
    seats_in,
    take_seat,
    vacate,
)
from storesim.scenario.members import Members as MembersSpec

ROOM = 1_024
ROWS = 4
"""Rows made for each of the first room: memory that nobody touches costs nothing, and to move rows costs much."""

AHEAD = 16
"""People ahead of the one who is seated whose seats are on their way."""

NEVER = -1.0e9
EVE = -1.0e-9
"""Days: before any purchase, and the last moment before the opening day."""

DROPPED_OUT, LEFT_BEFORE = 1.0, 2.0

NAME, DROP, SEAT, GONE, TOLD = MEMBER_NAME, MEMBER_DROP, MEMBER_SEAT, MEMBER_GONE, MEMBER_ORDERS
RATE, WEIGHT, COUPON, FIRST, LAST, BEFORE, ORDERS, AMOUNT, LEVEL = range(N_MEMBER, 14)
"""Columns of `People.card`.

NAME
    By which all his luck is keyed.
DROP
    Chance that a purchase is his last.
SEAT
    Where he sits.
GONE
    DROPPED_OUT after that, LEFT_BEFORE once it is in the books; 0 for who still comes.
TOLD
    Orders so far, as the kernel counts them within the day.
RATE
    Purchases a day at the reference, while the member comes.
WEIGHT
    Rate times what a coupon in hand makes of it; 0 once gone.
COUPON
    The coupon in hand, by its place in the scenario and counted from 1; 0: none.
FIRST, LAST, BEFORE
    Days since the opening: first purchase, last one, and the one before it; NEVER where there is none.
ORDERS, AMOUNT
    Orders so far, and fen spent.
LEVEL
    Place in `LEVELS`.
"""
N_CARD = 14


class People(NamedTuple):
    """Everybody who ever joined, in that order.

    What is known of one stands in one row: an order looks at most of it, and rows of hundreds of thousands are far
    from each other.
    """

    card: F
    """[≥ room, N_CARD]; anything where nobody is yet."""

    seats: F
    """Twice as many seats as there is room, which is a power of two, as `engine.members` says."""

    @property
    def room(self) -> int:
        """How many may be seated."""
        return seats_in(self.seats) // 2

    @property
    def weights(self) -> float:
        """Of all who still come."""
        return float(self.seats[0])


class Law(NamedTuple):
    """What people are like: the laws of their rates and chances, and the keys of their luck."""

    r: float
    alpha: float
    a: float
    b: float
    keys: tuple[np.uint64, np.uint64, np.uint64]
    """Of rates, and of the two gamma numbers that make a chance."""


class Past(NamedTuple):
    """What happened before the opening day."""

    key: np.uint64
    """Of its luck."""

    days: float
    """Days over which people joined, evenly."""

    order_value: float
    """Value of each order, fen."""


class Births:
    """Where people come from: the same in every scenario that has the same laws.

    Parameters
    ----------
    spec
        r, α, a and b.
    seed, run
        Key of all luck.
    """

    def __init__(self, spec: MembersSpec, seed: int, run: int) -> None:
        self._spec = spec
        rate, a, b = (stream_key(seed, run, f"members.{name}") for name in ("rate", "drop.a", "drop.b"))
        self.law = Law(spec.r, spec.alpha, spec.a, spec.b, (rate, a, b))
        self._past = stream_key(seed, run, "members.past")

    def past(self, order_value: float) -> Past:
        """What happened before the opening day, each order being of one value in fen."""
        return Past(self._past, self._spec.opening_days, order_value)

    def more(self, people: People | None, n: int, wanted: int) -> People:
        """The same `n` people with room for at least `wanted`; in the rest of it nobody is yet."""
        room = ROOM if people is None else people.room
        while room < wanted:
            room *= 2
        if people is not None and people.card.shape[0] >= room:
            card = people.card
        else:
            card = on_lines((ROWS * room, N_CARD))
            card[:n] = people.card[:n] if people is not None else 0.0
        made = People(card, empty_seats(2 * room))
        seat_all(made, n)
        sum_weights(made, n)
        return made


def sum_weights(people: People, n: int) -> None:
    """Sum the weights of `n` people anew."""
    upto = np.zeros(2 * people.room + 1)
    _fill_weights(people, n, upto)
    fill_sums(people.seats, upto)


@compiled
def _fill_weights(people: People, n: int, upto: F) -> None:
    """Fill `upto`, which is 0, with the weights of `n` people before each seat."""
    for i in range(n):
        if i + AHEAD < n:
            fetch(upto, int(people.card[i + AHEAD, SEAT]) + 1)
        upto[int(people.card[i, SEAT]) + 1] = people.card[i, WEIGHT]
    for j in range(1, upto.shape[0]):
        upto[j] += upto[j - 1]


@compiled
def seat_all(people: People, n: int) -> None:
    """Give each of `n` people a seat of those there are, which are empty."""
    card, n_seats = people.card, seats_in(people.seats)
    for i in range(n):
        if i + AHEAD < n:
            fetch(people.seats, place_by(people.seats, n_seats, card[i + AHEAD, NAME]))
        member = i if card[i, GONE] == 0.0 else int(VACATED)
        card[i, SEAT] = take_seat(people.seats, n_seats, member, card[i, NAME])


@compiled
def endow(people: People, law: Law, i: int, name: float) -> None:
    """Give place `i` to the person of this name: a rate and a chance to drop out of his own, and a seat."""
    rate, a, b = law.keys
    who = int(name)
    x, y = gamma(law.a, seed_of(a, who)), gamma(law.b, seed_of(b, who))
    card = people.card[i]
    card[:] = 0.0
    card[NAME] = name
    card[RATE] = gamma(law.r, seed_of(rate, who)) / law.alpha
    card[DROP] = x / (x + y) if x + y > 0.0 else 0.5
    card[SEAT] = take_seat(people.seats, seats_in(people.seats), i, name)
    card[FIRST] = card[LAST] = card[BEFORE] = NEVER


@compiled
def live_pasts(people: People, law: Law, past: Past, start: int, wanted: int) -> tuple[int, int]:
    """Give people from place `start` on a past, until `wanted` are found who still come on the opening day.

    Returns
    -------
    Where it ended, and how many were found.
    """
    found = 0
    i, room = start, seats_in(people.seats) // 2
    while i < room and found < wanted:
        state = seed_of(past.key, i)
        endow(people, law, i, name_of(state))
        card = people.card[i]
        t = min(-past.days * own_unit(state), EVE)
        card[FIRST] = t
        card[LAST] = t
        card[ORDERS] = 1.0
        while True:
            state += STEP
            t -= log(unit(state)) / card[RATE] if card[RATE] > 0.0 else NEVER
            if t > EVE:
                found += 1
                break
            card[BEFORE] = card[LAST]
            card[LAST] = t
            card[ORDERS] += 1.0
            state += STEP
            if unit(state) < card[DROP]:
                card[GONE] = LEFT_BEFORE
                vacate(people.seats, int(card[SEAT]))
                break
        card[TOLD] = card[ORDERS]
        card[AMOUNT] = past.order_value * card[ORDERS]
        card[WEIGHT] = 0.0 if card[GONE] > 0.0 else card[RATE]
        i += 1
    return i, found
