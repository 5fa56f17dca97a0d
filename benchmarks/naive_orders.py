"""Orders, parcels and suppliers of the naive store: SimPy processes over plain lists."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator
from math import exp, floor, log
from random import Random
from typing import Any, NamedTuple

import simpy

from benchmarks.naive_today import Today
from storesim.engine import day as d
from storesim.engine.kernel import Kernel

Steps = Generator[Any, Any, Any]


class Basket(NamedTuple):
    """What one buyer took."""

    lines: list[tuple[int, int]]
    """SKU and pieces."""

    units: int
    amount: float
    """Fen."""

    saved: float = 0.0
    """What a member's coupon took off it, fen."""

    platform: int = -1
    """Place of the platform beyond JD that sold it; -1 on JD."""


class Orders(Kernel):
    """What happens from the till on; `NaiveDay` sets the fields and brings the buyers."""

    _env: simpy.Environment
    _random: Random
    _today: Today
    _day: int
    _stock: list[int]
    _on_order: list[int]
    _rows: list[list[float]]
    _skus: list[list[float]]
    _unsent: deque[simpy.Event]
    _purchases: list[list[float]]
    _undelivered: int
    _undelivered_gmv: float

    def take_purchases(self) -> list[list[float]]:
        """Purchase orders made since the last call."""
        made, self._purchases = self._purchases, []
        return made

    def _sell(self, c: int, first: int) -> Basket | None:
        today, stock, row, random = self._today, self._stock, self._rows[c], self._random.random
        lines: list[tuple[int, int]] = []
        units, amount, k = 0, 0.0, first
        while True:
            wanted = 1
            while random() < today.extra_unit:
                wanted += 1
            sold = min(wanted, stock[k])
            if sold < wanted:
                self._lose(c, k, wanted - sold)
            stock[k] -= sold
            price, tally = today.price[k], self._skus[k]
            tally[d.SKU_UNITS] += sold
            tally[d.SKU_GMV] += sold * price
            row[d.DISCOUNTS] += sold * (today.list_price[k] - price)
            amount += sold * price
            units += sold
            lines.append((k, sold))
            if stock[k] + self._on_order[k] <= today.reorder_at[k]:
                self._reorder(k)
            if random() >= today.extra_line:
                break
            k = today.popular(random())
        if units == 0:
            return None
        row[d.BUYERS] += 1
        row[d.ORDERS] += 1
        row[d.LINES] += sum(pieces > 0 for _, pieces in lines)
        row[d.AD_LINES] += sum(pieces > 0 for _, pieces in lines)
        row[d.UNITS] += units
        row[d.GMV] += amount
        if not today.returning[c] and random() < today.join:
            row[d.JOINED] += 1
        return Basket(lines, units, amount, platform=int(self.plan.account[c]))

    def _lose(self, c: int, k: int, pieces: int) -> None:
        row = self._rows[c]
        row[d.LOST_UNITS] += pieces
        row[d.LOST_GMV] += pieces * self._today.price[k]
        self._skus[k][d.SKU_LOST] += pieces

    def _parcel(self, basket: Basket) -> Steps:
        """Dispatch by a wave, delivery, and perhaps a return and a review, each on its own day."""
        env, random = self._env, self._random
        paid = env.now
        self._undelivered += 1
        self._undelivered_gmv += basket.amount
        wave = env.event()
        self._unsent.append(wave)
        yield wave
        today, due = self._today, self._due
        late = env.now - paid > today.late_limit
        due[d.DUE_DISPATCHED] += 1
        due[d.DUE_WAIT] += env.now - paid
        if late:
            due[d.DUE_LATE] += 1
            due[d.DUE_PENALTY] += min(today.penalty_cap, floor(today.penalty_share * basket.amount + 0.5))
        yield env.timeout(24.0 * exp(random.gauss(today.delivery_mu, today.delivery_sd)))
        today, due = self._today, self._due
        self._undelivered -= 1
        self._undelivered_gmv -= basket.amount
        due[d.DUE_DELIVERED] += 1
        due[d.DUE_DELIVERED_GMV] += basket.amount
        self._account(basket, d.DELIVERED)
        if random.random() < today.returns:
            env.process(self._return(basket))
        if random.random() < today.review:
            took = env.now - paid
            yield env.timeout(-24.0 * today.review_delay * log(1.0 - random.random()))
            self._review(basket.lines[0][0], took, late)

    def _return(self, basket: Basket) -> Steps:
        random = self._random.random
        yield self._env.timeout(-24.0 * self._today.return_delay * log(1.0 - random()))
        due = self._due
        due[d.DUE_RETURNED_ORDERS] += 1
        due[d.DUE_RETURNED_UNITS] += basket.units
        due[d.DUE_REFUND] += basket.amount
        self._account(basket, d.REFUNDED)
        if random() < self._today.restock:
            due[d.DUE_RESTOCK_UNITS] += basket.units
            for k, pieces in basket.lines:
                self._back[k] += pieces

    def _account(self, basket: Basket, column: int) -> None:
        """Note what a platform beyond JD has delivered, or refunded, today."""
        if basket.platform >= 0:
            self.due.accounts[self._day, basket.platform, column] += basket.amount

    def _review(self, k: int, took: float, late: bool, grudge: float = 0.0) -> None:
        today, due = self._today, self._due
        mean = today.stars_mean - today.stars_per_day * took / 24.0 - (today.stars_late if late else 0.0) - grudge
        stars = min(5.0, max(1.0, floor(self._random.gauss(mean, today.stars_sd) + 0.5)))
        due[d.DUE_REVIEWS] += 1
        due[d.DUE_STARS] += stars
        due[d.DUE_GOOD] += stars >= 4.0
        due[d.DUE_BAD] += stars <= 1.0
        self._reviews[k] += 1

    def _waves(self, day: int) -> Steps:
        """The dispatch waves of one day, first come, first served."""
        env, unsent, today = self._env, self._unsent, self._today
        for hour in today.waves:
            yield env.timeout(max(0.0, 24.0 * day + hour - env.now))
            for _ in range(int(min(len(unsent), today.wave_capacity))):
                unsent.popleft().succeed()

    def _delivery(self, time: float, k: int, pieces: int) -> Steps:
        """A supplier's delivery that comes today."""
        yield self._env.timeout(max(0.0, time - self._env.now))
        self._stock[k] += pieces
        self._on_order[k] -= pieces
        self._skus[k][d.SKU_RECEIVED] += pieces

    def _position(self, k: int) -> int:
        """Pieces on the shelf and on order."""
        return int(self._stock[k] + self._on_order[k])

    def _reorder(self, k: int) -> None:
        today, now = self._today, self._env.now
        pieces = today.lot[k] - self._position(k) if today.reorder > 0.0 else today.lot[k]
        if pieces <= 0:
            return
        lead = exp(self._random.gauss(today.lead_mu[k], today.lead_sd))
        self._on_order[k] += pieces
        self._skus[k][d.SKU_ORDERED] += pieces
        self._purchases.append([max(now + 24.0 * lead, 24.0 * (self._day + 1)), k, pieces])

    def _clear_due(self) -> None:
        n_skus = len(self.plan.price)
        self._due, self._reviews, self._back = [0.0] * d.N_DUE, [0.0] * n_skus, [0.0] * n_skus

    def _post(self, day: int) -> None:
        """Write what came due on a day; the row after the last day holds what is still on its way."""
        due = self.due.days
        due[day] = self._due
        self.due.sku_reviews[day] = self._reviews
        self.due.sku_restock[day] = self._back
        due[-1, d.DUE_DISPATCHED] = len(self._unsent)
        due[-1, d.DUE_DELIVERED] = self._undelivered
        due[-1, d.DUE_DELIVERED_GMV] = self._undelivered_gmv
