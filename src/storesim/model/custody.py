"""Coupons that were claimed: used, still held, or expired, by promotion and by the day of the claim (MODEL section 7).

A coupon without a validity is used in the visit in which it is claimed, and has expired that midnight; another has at
the midnight after its last day. Every evening: claimed = used + expired + held.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from storesim.engine.day import F


class Batch(NamedTuple):
    """Coupons of one promotion, claimed on one day."""

    promotion: int
    day: int
    claimed: float
    last: int
    """Day after which they have expired."""


class Custody:
    """What becomes of the coupons of `n` promotions."""

    def __init__(self, n: int) -> None:
        self._morning = [0.0] * n
        self._batches: list[Batch] = []
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
            for i, (before, now) in enumerate(zip(self._morning, left, strict=True)):
                if before != now:
                    self._batches.append(Batch(i, day, before - now, day + math.ceil(hours[i] / 24.0)))
        self.expired = self.held = 0.0
        if not self._batches:
            return
        over = False
        for promotion, claimed_on, claimed, last in self._batches:
            unused = claimed - used.item(promotion, claimed_on)
            if last > day:
                self.held += unused
            else:
                self.expired += unused
                over = True
        if over:
            self.expired_so_far += self.expired
            self._batches = [batch for batch in self._batches if batch.last > day]
