"""Members as a pool: buyers who joined, all alike, and who stay until they lapse (MODEL section 9, simplest form)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.day import JOIN, F
from storesim.model.club_books import WINDOWS
from storesim.model.today import Today
from storesim.scenario.members import LEVELS, Members as MembersSpec

OF_MEMBERS = (
    "members", "members_joined", "members_left",
    "active_members", "new_buyers", "old_buyers", "told_buyers", "old_gmv",
    "member_coupons_sent", "member_coupons_used", "member_coupons",
    *(f"members_{level}" for level in LEVELS), *(f"gmv_{level}" for level in LEVELS),
    *(f"customers_{days}" for days in WINDOWS), *(f"repeaters_{days}" for days in WINDOWS),
)  # fmt: skip
"""Counts that members tell of, by the names of `kpi.STORE_COUNTS`."""

UNKNOWN = (0.0,) * (len(OF_MEMBERS) - 3)
"""What cannot be said of people who are all alike: all but how many there are, joined and left."""


class Crowd(NamedTuple):
    """Who bought today; money in fen."""

    day: int
    buyers: float
    joined: float
    returned: float
    """Buyers through the channel of members."""

    returned_gmv: float


class Account(NamedTuple):
    """The members' day."""

    counts: tuple[float, ...]
    """In the order of `OF_MEMBERS`; money in fen."""

    coupons: float
    """What coupons cost the store, fen."""

    fault: str
    """What does not balance; empty if all does."""


class Pool:
    """How many people come back by themselves.

    Each buyer who is not a member yet joins with the chance of the stage, drawn by the kernel; every day a fixed share
    of the members lapses. The number is an expectation where lapsing is concerned, so it is not whole.

    Parameters
    ----------
    joins
        Share of first-time buyers who join, in each stage.
    """

    def __init__(self, spec: MembersSpec, joins: tuple[float, ...]) -> None:
        self._joins = joins
        self._stay = 1.0 - spec.churn
        self.count = float(spec.opening)

    def open(self, today: Today) -> float:
        """Members this morning."""
        if today.fresh:
            today.plan.scalars[JOIN] = self._joins[today.stage]
        return self.count

    def cohorts(self) -> F:
        """Nothing: a pool does not know who joined when."""
        return np.zeros(0)

    def close(self, crowd: Crowd) -> Account:
        """Some lapse, then those who joined today are added."""
        stayed = self.count * self._stay
        left = self.count - stayed
        self.count = stayed + crowd.joined
        return Account((self.count, crowd.joined, left, *UNKNOWN), 0.0, "")
