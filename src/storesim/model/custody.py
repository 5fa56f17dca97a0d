"""Coupons that were claimed: used, still held, or expired, by promotion and by the day of the claim (MODEL section 7).

A coupon without a validity is used in the visit in which it is claimed, and has expired that midnight; another has at
the midnight after its last day. Every evening: claimed = used + expired + held.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import F


class Batches(NamedTuple):
    """Coupons by promotion and by the day of their claim; arrays are [n, n_days + 1]."""

    claimed: F
    last: F
    """Day after which they have expired."""


class Custody:
    """What becomes of the coupons of `n` promotions."""

    def __init__(self, n: int) -> None:
        self._morning = [0.0] * n
        self._batches: Batches | None = None
        self._oldest = 0
        """First day of whose coupons some may still be held."""

        self.expired = 0.0
        """Coupons that expired unused today."""

        self.expired_so_far = 0.0
        self.held = 0.0
        """Coupons that may still be used."""

    def open(self, left: Sequence[float]) -> None:
        """Note how many coupons of each promotion [n] may be claimed today."""
        self._morning = list(left)

    def close(self, day: int, left: list[float], hours: Sequence[float], used: F) -> None:
        """Take in what was claimed today, and let expire what was not used in time.

        Parameters
        ----------
        left
            [n] coupons that nobody has claimed.
        hours
            For how long a coupon of each promotion that is claimed today is valid; 0: for the visit.
        used
            [n, n_days + 1] coupons used so far, by the day of their claim.
        """
        if self._morning != left:
            if self._batches is None:
                self._batches = Batches(np.zeros(used.shape), np.zeros(used.shape))
            for i, (before, now) in enumerate(zip(self._morning, left, strict=True)):
                if before != now:
                    self._batches.claimed[i, day] = before - now
                    self._batches.last[i, day] = day + math.ceil(hours[i] / 24.0)
        if self._batches is not None:
            self.expired, self.held, self._oldest = _look_through(self._batches, used, self._oldest, day)
            self.expired_so_far += self.expired


@compiled
def look_through(batches: Batches, used: F, oldest: int, day: int) -> tuple[float, float, int]:
    """Coupons that expire on the evening of a day, those still held, and the first day of whose coupons some are.

    `oldest` is that day as it was in the morning, `used` as `Custody.close` has it.
    """
    expired, held, first = 0.0, 0.0, day + 1
    for claimed_on in range(oldest, day + 1):
        for i in range(used.shape[0]):
            if batches.claimed[i, claimed_on] == 0.0 or batches.last[i, claimed_on] < day:
                continue
            unused = batches.claimed[i, claimed_on] - used[i, claimed_on]
            if batches.last[i, claimed_on] > day:
                held += unused
                first = min(first, claimed_on)
            else:
                expired += unused
    return expired, held, first


_look_through = Settled(look_through)
