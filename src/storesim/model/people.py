"""People who are members one by one: their rates, their chance to drop out, and what they did before the opening day.

A member buys `rate` times a day while he comes at all, `rate` being gamma with shape r and rate α; after each purchase
but the first he drops out with a chance of his own, which is beta with parameters a and b (Fader, Hardie and Lee 2005,
Marketing Science 24(2), 275-284: BG/NBD). Member i of a run is the same person in every scenario.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import MEMBER_DROP, MEMBER_GONE, MEMBER_TREE, F, I
from storesim.engine.draws import STEP, gammas, log, own_unit, seed_of, stream_key, unit
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
    """[room + 1] weights summed as `engine.members` says."""

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
    """[3, room + 1] what the kernel sees: `tree`, `drop` and `gone` are its rows."""


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
        self._rate, self._a, self._b = (
            stream_key(seed, run, f"members.{name}") for name in ("rate", "drop.a", "drop.b")
        )
        self._past = stream_key(seed, run, "members.past")

    def past(self, order_value: float) -> Past:
        """What happened before the opening day, each order being of one value in fen."""
        return Past(self._past, self._spec.opening_days, order_value)

    def more(self, people: People | None, wanted: int) -> People:
        """The same people with room for at least `wanted`; newcomers in it have no purchase yet."""
        held = 0 if people is None else people.rate.size
        room = max(ROOM, held)
        while room < wanted:
            room *= 2
        spec, n = self._spec, room - held
        a, b = gammas(self._a, held, n, spec.a), gammas(self._b, held, n, spec.b)
        shared = np.zeros((3, room + 1))
        made = People(
            rate=np.zeros(room),
            drop=shared[MEMBER_DROP, :room],
            gone=shared[MEMBER_GONE, :room],
            weight=np.zeros(room),
            tree=shared[MEMBER_TREE],
            first=np.full(room, NEVER),
            last=np.full(room, NEVER),
            before=np.full(room, NEVER),
            orders=np.zeros(room, dtype=np.int64),
            amount=np.zeros(room),
            level=np.zeros(room, dtype=np.int64),
            coupon=np.zeros(room, dtype=np.int64),
            shared=shared,
        )
        for name in People._fields[:-1] if people is not None else ():
            if name != "tree":
                getattr(made, name)[:held] = getattr(people, name)
        made.rate[held:] = gammas(self._rate, held, n, spec.r) / spec.alpha
        made.drop[held:] = np.divide(a, a + b, out=np.full(n, 0.5), where=a + b > 0.0)
        sum_weights(made)
        return made


def sum_weights(people: People) -> None:
    """Fill the tree anew from the weights."""
    place = np.arange(1, people.tree.size)
    sums = np.concatenate([[0.0], np.cumsum(people.weight)])
    people.tree[1:] = sums[place] - sums[place - (place & -place)]


@compiled
def live_pasts(people: People, past: Past, start: int, wanted: int) -> tuple[int, int]:
    """Give people from place `start` on a past, until `wanted` are found who still come on the opening day.

    Returns
    -------
    Where it ended, and how many were found.
    """
    found = 0
    i = start
    while i < people.rate.shape[0] and found < wanted:
        state = seed_of(past.key, i)
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
        people.amount[i] = past.order_value * people.orders[i]
        people.weight[i] = 0.0 if people.gone[i] > 0 else people.rate[i]
        i += 1
    return i, found
