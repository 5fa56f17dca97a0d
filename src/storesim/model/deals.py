"""The store's own promotions: which run today, and what visitors expect to pay because of them (MODEL section 7).

The kernel applies them to each basket (`engine.basket`). Here they are dated, their coupons are issued by the batch,
and the price that visitors see is worked out, so that a promotion lifts conversion as a lower price does: the price
times the share that remains to pay of an order for this item alone, with the store's law of pieces, every promotion of
the day applied in the kernel's order, coupons with the chance to hold one, and gifts at what buyers think them worth.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from storesim.engine.basket import trade
from storesim.engine.day import (
    ACTIVE,
    ASKED,
    BALANCE_DUE,
    BALANCE_HOURS,
    BALANCE_PAID,
    BUNDLE,
    CHANCE,
    COUPON,
    COUPONS_LEFT,
    CUT,
    DEVICE_BOUNCES,
    DEVICE_BUYERS,
    DEVICE_UV,
    GIFT,
    ITEM_LIMIT,
    KIND,
    LEAST,
    LESS,
    MULTI_BUY,
    N_TERMS,
    NUMBER,
    ON_DEVICES,
    PRESALE,
    PRESALE_PRICE,
    SAVE,
    SKU_ELSEWHERE,
    SKU_UNITS,
    THRESHOLD,
    VALID_HOURS,
    DayPlan,
    F,
)
from storesim.model.custody import Custody
from storesim.model.expected import LEAST_SEEN, expected_prices
from storesim.model.goods import Goods
from storesim.model.terms import Deal
from storesim.model.today import Offer, Today

_MOST_KEPT = 500
"""Views of prices kept for days like them."""

ORDER = (CUT, PRESALE, BUNDLE, GIFT, SAVE, MULTI_BUY, COUPON)
"""Kinds as JD applies them; within a kind the highest threshold, most pieces and greatest face come first."""


def fitted(plan: DayPlan, deals: tuple[Deal, ...], cross: F) -> DayPlan:
    """The plan with room for promotions and cross-selling; the same plan if there is none."""
    if not deals and not cross.size:
        return plan
    n_skus = plan.price.size
    presales = any(deal.terms[KIND] == PRESALE for deal in deals)
    coupons = any(deal.terms[KIND] == COUPON for deal in deals)
    return plan._replace(
        deals=np.zeros((len(deals), N_TERMS + n_skus)),
        presale=np.zeros((4, n_skus if presales else 0)),
        cross=cross,
        trade=trade(),
        device_odds=np.ones((plan.devices.shape[1] if coupons else 0, n_skus)),
        kept=np.ones((len(deals) if coupons else 0, 1 + n_skus)),
    )


class Deals:
    """The promotions of each day and the coupons left of each batch.

    Parameters
    ----------
    stages
        The promotions of each stage.
    again
        Chance that a line has one more piece.
    uses
        [n_devices] share of visitors on each device; empty where devices are not told apart.
    """

    def __init__(
        self, goods: Goods, stages: tuple[tuple[Deal, ...], ...], again: float, uses: Sequence[float] = ()
    ) -> None:
        self._goods = goods
        self._stages = stages
        self._again = again
        self._uses = np.array(uses)
        self._day = -1
        n = len(stages[0])
        self.left = np.zeros(n)
        """Coupons left of each promotion's batch, by its place in the scenario."""
        self._claims = np.zeros(n)
        self._issued: dict[int, tuple[int, float]] = {}
        """Of each promotion whose coupons are out: the turn they belong to, and how many there are."""
        self._asked = np.zeros(n)
        """Of each promotion: who left today and might have kept a coupon, asked by the kernel."""
        self._beans = np.zeros((2, goods.price.size))
        """[2, n_skus] fen of 京豆 given today for each piece, and what buyers think they are worth."""
        self._keeps = any(deal.terms[VALID_HOURS] for deals in stages for deal in deals)
        self._gives = any(deal.beans[0] for deals in stages for deal in deals)
        self.custody = Custody(n)
        self._seen: dict[bytes, F] = {}
        self._views: dict[bytes, Mapping[str, Any]] = {}

    def open(self, today: Today, offer: Offer) -> Offer:
        """Cut prices, write the promotions of the day; the offer as visitors see it."""
        if not self._stages[0]:
            return offer
        plan, deals = today.plan, self._stages[today.stage]
        if today.day == self._day:
            self._count(plan)
        for i, deal in enumerate(deals):
            if today.day != self._day and deal.batch and deal.runs(today.day):
                self._issue(i, deal, today.day)
        if today.day != self._day:
            self.custody.open(self.left)
        self._day = today.day
        self._cut(plan, deals)
        ranked = sorted(range(len(deals)), key=lambda i: _rank(deals[i].terms))
        for row, i in zip(plan.deals, ranked, strict=True):
            row[:] = deals[i].terms
            row[ACTIVE] = deals[i].runs(today.day) and ORDER.index(int(row[KIND])) > ORDER.index(PRESALE)
            row[COUPONS_LEFT] = self.left[i]
        worth = np.array([deals[i].worth for i in ranked])
        if self._keeps:
            plan.kept[:, 0] = [deal.delay for deal in deals]
        return offer._replace(**self._view(plan, worth))

    def _view(self, plan: DayPlan, worth: F) -> Mapping[str, Any]:
        """What visitors see of prices and promotions, as fields of an `Offer`; the same on most days, and kept."""
        rows = plan.deals.copy()
        rows[:, COUPONS_LEFT] = rows[:, COUPONS_LEFT] >= 1.0
        key = b"".join(part.tobytes() for part in (plan.price, rows, worth, self._beans))
        found = self._views.get(key)
        if found is None:
            if len(self._views) > _MOST_KEPT:
                self._views.clear()
            found = self._views[key] = self._seen_by(plan, worth)
        return found

    def _seen_by(self, plan: DayPlan, worth: F) -> Mapping[str, Any]:
        seen = self._expected(plan, worth)
        found: dict[str, Any] = {"in_hand": self._in_hand(plan, worth) / seen} if self._keeps else {}
        if not (plan.deals[:, ON_DEVICES] * plan.deals[:, ACTIVE]).any():
            return found | {"log_price": self._index(seen), "seen": seen}
        by_device = np.array([self._expected(plan, worth, device) for device in range(self._uses.size)])
        index = sum(share * self._index(seen) for share, seen in zip(self._uses, by_device, strict=True))
        least = by_device.min(axis=0)
        return found | {"log_price": float(index), "seen": least, "by_device": by_device / least}

    def _in_hand(self, plan: DayPlan, worth: F) -> F:
        """[n_deals, n_skus] what visitors expect to pay for a piece with a coupon of each promotion in hand."""
        seen = np.empty((len(plan.deals), plan.price.size))
        for place, row in enumerate(plan.deals):
            seen[int(row[NUMBER])] = self._expected(plan, worth, held=place if row[VALID_HOURS] else None)
        return seen

    def _index(self, seen: F) -> float:
        return float((self._goods.share * np.log(seen / self._goods.reference)).sum())

    def close(self, plan: DayPlan, stage: int, strangers: float, by_device: F, used: F) -> float:
        """Coupons claimed by those who stayed and did not buy; a part of one is left for the next day.

        Parameters
        ----------
        strangers
            How many they are.
        by_device
            [n_channels, n_devices, N_DEVICE_TALLY] who came today on each device.
        used
            `Due.coupons`.
        """
        if not self._stages[0]:
            return 0.0
        self._count(plan)
        told = by_device.sum(axis=0)
        on_each = np.maximum(0.0, told[:, DEVICE_UV] - told[:, DEVICE_BOUNCES] - told[:, DEVICE_BUYERS])
        claimed = 0.0
        for i, deal in enumerate(self._stages[stage]):
            if deal.batch and deal.runs(self._day):
                mask = int(deal.terms[ON_DEVICES])
                asked = sum(n for device, n in enumerate(on_each) if mask >> device & 1) if mask else strangers
                self._claims[i] += deal.terms[CHANCE] * max(0.0, asked - self._asked[i])
                taken = min(float(np.floor(self._claims[i])), self.left[i])
                self._claims[i] %= 1.0
                self.left[i] -= taken
                claimed += taken
        self._asked[:] = 0.0
        self.custody.close(self._day, self.left, [deal.terms[VALID_HOURS] for deal in self._stages[stage]], used)
        return claimed

    def bean_cost(self, by_sku: F) -> float:
        """What the store pays for 京豆 given with what was sold today on JD, [n_skus, N_SKU_TALLY]; fen."""
        if not self._gives:
            return 0.0
        return float((by_sku[:, SKU_UNITS] - by_sku[:, SKU_ELSEWHERE]) @ self._beans[0])

    def _issue(self, i: int, deal: Deal, day: int) -> None:
        """A batch of coupons on the first day of each turn on which it runs; a larger one later adds what is more."""
        turn, issued = self._issued.get(i, (-1, 0.0))
        if turn != deal.turn(day):
            self.left[i] = issued = deal.batch
        more = max(0.0, deal.batch - issued)
        self.left[i] += more
        self._issued[i] = (deal.turn(day), issued + more)

    def _count(self, plan: DayPlan) -> None:
        """Read how many coupons the kernel has left."""
        for row in plan.deals:
            self.left[int(row[NUMBER])] = row[COUPONS_LEFT]
            self._asked[int(row[NUMBER])] += row[ASKED]
            row[ASKED] = 0.0

    def _cut(self, plan: DayPlan, deals: tuple[Deal, ...]) -> None:
        """Lower the prices of single promotions and of presales, and say when balances are due."""
        day, list_price = self._day, self._goods.price
        if plan.presale.size:
            plan.presale[BALANCE_DUE] = 0.0
        plan.of_sku[ITEM_LIMIT] = np.inf
        self._beans[:] = 0.0
        for deal in deals:
            kind, items = deal.terms[KIND], deal.terms[N_TERMS:] > 0.0
            price = np.maximum(1.0, np.floor(list_price * (1.0 - deal.cut) + 0.5) - deal.less)
            balance, days, paid = deal.balance
            if kind == PRESALE and deal.terms[ACTIVE] and deal.first <= day <= balance + days:
                plan.presale[PRESALE_PRICE, items] = price[items]
                plan.presale[BALANCE_PAID, items] = paid
                if deal.runs(day):
                    plan.presale[BALANCE_DUE, items] = 24.0 * balance
                    plan.presale[BALANCE_HOURS, items] = 24.0 * days
            if kind in (CUT, PRESALE) and deal.runs(day):
                plan.price[items] = np.minimum(plan.price, price)[items]
                plan.of_sku[ITEM_LIMIT, items] = np.minimum(plan.of_sku[ITEM_LIMIT, items], deal.limit)
                self._beans[:, items] = np.maximum(self._beans[:, items], np.array(deal.beans)[:, np.newaxis])

    def _expected(self, plan: DayPlan, worth: F, device: int | None = None, held: int | None = None) -> F:
        """[n_skus] what visitors expect to pay for a piece: on one device, or with the coupon of a row in hand."""
        running = plan.deals[:, ACTIVE] > 0.0
        if device is not None:
            masks = plan.deals[:, ON_DEVICES].astype(np.int64)
            running &= (masks == 0) | (masks >> device & 1 > 0)
        rows = plan.deals.copy()
        rows[:, COUPONS_LEFT] = rows[:, COUPONS_LEFT] >= 1.0
        if held is not None:
            running[held], rows[held, CHANCE], rows[held, COUPONS_LEFT] = True, 1.0, 1.0
        key = plan.price.tobytes() + rows[running].tobytes() + worth[running].tobytes()
        if key not in self._seen:
            if len(self._seen) > _MOST_KEPT:
                self._seen.clear()
            self._seen[key] = expected_prices(plan.price, self._goods.price, rows[running], worth[running], self._again)
        return np.asarray(np.maximum(LEAST_SEEN * plan.price, self._seen[key] - self._beans[1]))


def _rank(terms: F) -> tuple[int, float, float, float, float]:
    return ORDER.index(int(terms[KIND])), -terms[THRESHOLD], -terms[LEAST], -terms[LESS], terms[NUMBER]
