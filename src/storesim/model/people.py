"""People who are members one by one: their rates, their chance to drop out, and what they did before the opening day.

A member buys `rate` times a day while he comes at all, `rate` being gamma with shape r and rate α; after each purchase
but the first he drops out with a chance of his own, which is beta with parameters a and b (Fader, Hardie and Lee 2005,
Marketing Science 24(2), 275-284: BG/NBD). All this is drawn by his name (`engine.members`), so that whoever joins in
two scenarios is the same person in both, and leaves after as many purchases.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import (
    MEMBER_AT,
    MEMBER_DROP,
    MEMBER_GONE,
    MEMBER_NAME,
    MEMBER_ORDERS,
    MEMBER_TREE,
    N_MEMBER,
    F,
    I,
)
from storesim.engine.draws import STEP, gamma, log, own_unit, seed_of, stream_key, unit
from storesim.engine.members import EMPTY, name_of, take_seat
from storesim.scenario.members import Members as MembersSpec

ROOM = 1_024
NEVER = -1.0e9
EVE = -1.0e-9
"""Days: before any purchase, and the last moment before the opening day."""

DROPPED_OUT, LEFT_BEFORE = 1.0, 2.0


class People(NamedTuple):
    """Everybody who ever joined, in that order; arrays are [room], a power of two."""

    rate: F
    """Purchases a day at the reference, while the member comes."""

    drop: F
    """Chance that a purchase is his last."""

    gone: F
    """DROPPED_OUT after that, LEFT_BEFORE once it is in the books; 0 for who still comes."""

    weight: F
    """Rate times what a coupon in hand makes of it; 0 once gone."""

    tree: F
    """[2 room + 1] weights by seat, summed as `engine.members` says."""

    at: F
    """[2 room] who sits on each seat, EMPTY if nobody."""

    seat: I
    """Where he sits; -1 for whom there is none yet."""

    name: F
    """By which all his luck is keyed."""

    told: F
    """Orders so far, as the kernel counts them within the day."""

    first: F
    last: F
    before: F
    """Days since the opening: first purchase, last one, and the one before it; NEVER where there is none."""

    orders: I
    """Orders so far."""

    amount: F
    """Fen spent so far."""

    level: I
    """Place in `LEVELS`."""

    coupon: I
    """The coupon in hand, by its place in the scenario and counted from 1; 0: none."""

    shared: F
    """[N_MEMBER, 2 room + 1] what the kernel sees; `tree`, `at`, `name`, `drop`, `gone` and `told` are its rows."""


OF_SEATS = ("tree", "at", "seat", "shared")
"""Fields that are made anew when there are more seats."""


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

    def more(self, people: People | None, wanted: int) -> People:
        """The same people with room for at least `wanted`; in the rest of it nobody is yet."""
        held = 0 if people is None else people.rate.size
        room = max(ROOM, held)
        while room < wanted:
            room *= 2
        shared = np.zeros((N_MEMBER, 2 * room + 1))
        made = People(
            rate=np.zeros(room),
            drop=shared[MEMBER_DROP, :room],
            gone=shared[MEMBER_GONE, :room],
            weight=np.zeros(room),
            tree=shared[MEMBER_TREE],
            at=shared[MEMBER_AT, : 2 * room],
            seat=np.full(room, -1, dtype=np.int64),
            name=shared[MEMBER_NAME, :room],
            told=shared[MEMBER_ORDERS, :room],
            first=np.full(room, NEVER),
            last=np.full(room, NEVER),
            before=np.full(room, NEVER),
            orders=np.zeros(room, dtype=np.int64),
            amount=np.zeros(room),
            level=np.zeros(room, dtype=np.int64),
            coupon=np.zeros(room, dtype=np.int64),
            shared=shared,
        )
        made.at[:] = EMPTY
        if people is not None:
            for name in (name for name in People._fields if name not in OF_SEATS):
                getattr(made, name)[:held] = getattr(people, name)
            move(people, made)
            sum_weights(made)
        return made


def sum_weights(people: People) -> None:
    """Fill the tree anew from the weights."""
    tree = people.tree
    # The places before the last are taken, one after the other.
    n = np.count_nonzero(people.seat >= 0)
    sums = np.zeros(tree.size)
    sums[people.seat[:n] + 1] = people.weight[:n]
    np.cumsum(sums, out=sums)
    # Place j holds the weights of as many seats as the lowest bit of j says, up to its own.
    width = 1
    while width < tree.size:
        np.subtract(sums[width :: 2 * width], sums[: tree.size - width : 2 * width], out=tree[width :: 2 * width])
        width *= 2


@compiled
def move(before: People, after: People) -> None:
    """Give everybody who had a seat before one of those there are now."""
    for i in range(before.seat.shape[0]):
        if before.seat[i] >= 0:
            after.seat[i] = take_seat(after.at, i, after.name[i])


@compiled
def endow(people: People, law: Law, i: int, name: float) -> None:
    """Give place `i` to the person of this name: a rate and a chance to drop out of his own, and a seat."""
    rate, a, b = law.keys
    who = int(name)
    x, y = gamma(law.a, seed_of(a, who)), gamma(law.b, seed_of(b, who))
    people.name[i] = name
    people.rate[i] = gamma(law.r, seed_of(rate, who)) / law.alpha
    people.drop[i] = x / (x + y) if x + y > 0.0 else 0.5
    people.seat[i] = take_seat(people.at, i, name)


@compiled
def live_pasts(people: People, law: Law, past: Past, start: int, wanted: int) -> tuple[int, int]:
    """Give people from place `start` on a past, until `wanted` are found who still come on the opening day.

    Returns
    -------
    Where it ended, and how many were found.
    """
    found = 0
    i = start
    while i < people.rate.shape[0] and found < wanted:
        state = seed_of(past.key, i)
        endow(people, law, i, name_of(state))
        t = min(-past.days * own_unit(state), EVE)
        people.first[i] = t
        people.last[i] = t
        people.orders[i] = 1
        while True:
            state += STEP
            t -= log(unit(state)) / people.rate[i] if people.rate[i] > 0.0 else NEVER
            if t > EVE:
                found += 1
                break
            people.before[i] = people.last[i]
            people.last[i] = t
            people.orders[i] += 1
            state += STEP
            if unit(state) < people.drop[i]:
                people.gone[i] = LEFT_BEFORE
                break
        people.told[i] = people.orders[i]
        people.amount[i] = past.order_value * people.orders[i]
        people.weight[i] = 0.0 if people.gone[i] > 0 else people.rate[i]
        i += 1
    return i, found
