"""The store's own promotions: which run today, and how many coupons are left of each batch (MODEL section 7).

The kernel applies them to each basket (`engine.basket`). Here they are dated, and their coupons are issued by the
batch. What visitors then expect to pay (`sights`) lifts conversion as a lower price does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from storesim.engine.basket import trade
from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import (
    ASKED,
    BALANCE_DUE,
    BALANCE_HOURS,
    BALANCE_PAID,
    COUPON,
    COUPONS_LEFT,
    DEVICE_BOUNCES,
    DEVICE_BUYERS,
    DEVICE_UV,
    ITEM_LIMIT,
    KIND,
    N_TERMS,
    PRESALE,
    PRESALE_PRICE,
    SKU_ELSEWHERE,
    SKU_UNITS,
    DayPlan,
    F,
)
from storesim.model.custody import Custody
from storesim.model.goods import Goods
from storesim.model.ranked import Ranked
from storesim.model.sights import Seen, Sight, sights
from storesim.model.terms import Deal
from storesim.model.today import Offer, Today


def fitted(plan: DayPlan, deals: tuple[Deal, ...], cross: F, levels: Sequence[float] = ()) -> DayPlan:
    """The plan with room for promotions and cross-selling; the same plan if there is none.

    `levels` are the shares of visitors by JD level, empty where no promotion tells them apart.
    """
    if not deals and not cross.size:
        return plan
    n_skus = plan.price.size
    presales = any(deal.terms[KIND] == PRESALE for deal in deals)
    coupons = any(deal.terms[KIND] == COUPON for deal in deals)
    n_devices = plan.devices.shape[1] if coupons or levels else 0
    return plan._replace(
        deals=np.zeros((len(deals), N_TERMS + n_skus)),
        presale=np.zeros((4, n_skus if presales else 0)),
        cross=cross,
        trade=trade(),
        device_odds=np.ones((max(1, n_devices) * len(levels) if levels else n_devices, n_skus)),
        levels=np.cumsum(levels, dtype=np.float64),
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
    levels
        [n_levels] share of visitors of each JD level; empty where they are not told apart.
    """

    def __init__(
        self,
        goods: tuple[Goods, ...],
        stages: tuple[tuple[Deal, ...], ...],
        again: float,
        uses: Sequence[float] = (),
        levels: tuple[float, ...] = (),
    ) -> None:
        n = len(stages[0])
        self._sights = sights(goods, stages, again, tuple(uses), levels) if n else None
        self._day = -1
        self._running = b""
        """Which promotions run today, as `Ranked.running`."""

        self.left = [0.0] * n
        """Coupons left of each promotion's batch, by its place in the scenario."""
        self._claims = [0.0] * n
        self._issued: dict[int, tuple[int, float]] = {}
        """Of each promotion whose coupons are out: the turn they belong to, and how many there are."""
        self._asked = [0.0] * n
        """Of each promotion: who left today and might have kept a coupon, asked by the kernel."""
        self._deposits = False
        """Whether the plan may say of an item that deposits are taken on it."""
        self._sight: Sight | None = None
        """What stands in the plan: of the last opening."""
        self._offer: Offer | None = None
        self._asked_for: tuple[Ranked, bytes, tuple[bool, ...]] | None = None
        """What that sight is of, with the prices of the offer handed in."""

        self._made: tuple[Offer, Offer] | None = None
        """The offer handed in at the last opening, and what became of it in that sight."""
        self.custody = Custody(n)

    def open(self, today: Today, offer: Offer) -> Offer:
        """Cut prices, write the promotions of the day; the offer as visitors see it."""
        if self._sights is None:
            return offer
        plan, stage = today.plan, self._sights.stages[today.stage]
        if today.day == self._day:
            self._count(plan, stage)
        else:
            self._begin(stage, today.day)
        if self._deposits or stage.deposits[0] <= today.day <= stage.deposits[1]:
            self._take_deposits(plan, stage)
        left = tuple([self.left[issue.place] >= 1.0 for issue in stage.issues])
        # An offer is that of one set of prices: where nothing else has moved, neither has what is seen.
        asked, known = (stage, self._running, left), self._sight
        if known is None or offer is not self._offer or asked != self._asked_for:
            self._offer, self._asked_for = offer, asked
            sight = self._sights.of(*asked, plan.price)
        else:
            sight = known
        if sight is not self._sight or today.fresh:
            self._sight, self._made = sight, None
            plan.of_sku[ITEM_LIMIT] = sight.limit
            plan.deals[:] = sight.rows
            if self._sights.keeps:
                plan.kept[:, 0] = stage.delays
        plan.price[:] = sight.price
        for issue in stage.issues:
            plan.deals[issue.row, COUPONS_LEFT] = self.left[issue.place]
        if self._made is None or self._made[0] is not offer:
            self._made = offer, _as_seen(offer, sight.offered)
        return self._made[1]

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
        if self._sights is None:
            return 0.0
        promotions = self._sights.stages[stage]
        self._count(plan, promotions)
        claimed = 0.0
        for place, _, deal, chance, devices in promotions.issues:
            if self._running[place] and deal.batch:
                asked = (_strangers_on(devices, by_device) if devices else strangers) * deal.reach
                self._claims[place] += chance * max(0.0, asked - self._asked[place])
                taken = min(float(math.floor(self._claims[place])), self.left[place])
                self._claims[place] %= 1.0
                self.left[place] -= taken
                claimed += taken
            self._asked[place] = 0.0
        self.custody.close(self._day, self.left, promotions.hours, used)
        return claimed

    def bean_cost(self, by_sku: F) -> float:
        """What the store pays for 京豆 given with what was sold today on JD, [n_skus, N_SKU_TALLY]; fen."""
        if self._sight is None or not self._sight.gives:
            return 0.0
        return _bean_cost(by_sku, self._sight.beans)

    def _begin(self, stage: Ranked, day: int) -> None:
        """A new day: coupons are issued."""
        self._day, self._running = day, stage.running(day)
        for issue in stage.issues:
            if self._running[issue.place] and issue.deal.batch:
                self._issue(issue.place, issue.deal, day)
        self.custody.open(self.left)

    def _issue(self, i: int, deal: Deal, day: int) -> None:
        """A batch of coupons on the first day of each turn on which it runs; a larger one later adds what is more."""
        known, issued = self._issued.get(i, (-1, 0.0))
        turn = deal.turn(day)
        if turn != known:
            self.left[i] = issued = deal.batch
            self._issued[i] = turn, issued
        if deal.batch > issued:
            self.left[i] += deal.batch - issued
            self._issued[i] = turn, issued + (deal.batch - issued)

    def _count(self, plan: DayPlan, stage: Ranked) -> None:
        """Read how many coupons the kernel has left; it claims those of promotions that run."""
        for issue in stage.issues:
            if self._running[issue.place]:
                self.left[issue.place] = plan.deals.item(issue.row, COUPONS_LEFT)
                self._asked[issue.place] += plan.deals.item(issue.row, ASKED)
                plan.deals[issue.row, ASKED] = 0.0

    def _take_deposits(self, plan: DayPlan, stage: Ranked) -> None:
        """Say on which items deposits are taken, at which price, and when balances are due."""
        day = self._day
        if self._deposits:
            plan.presale[BALANCE_DUE] = 0.0
            self._deposits = False
        for place, deal, items, price in stage.presales:
            balance, days, paid = deal.balance
            if deal.first <= day <= balance + days:
                plan.presale[BALANCE_PAID, items] = paid
                if self._running[place]:
                    # The price at which deposits are taken is that of the balance, whatever prices become.
                    plan.presale[PRESALE_PRICE, items] = price
                    plan.presale[BALANCE_DUE, items] = 24.0 * balance
                    plan.presale[BALANCE_HOURS, items] = 24.0 * days
                    self._deposits = True


def _as_seen(offer: Offer, by: Seen) -> Offer:
    """The offer with the prices that visitors see."""
    return Offer(
        offer.traffic, offer.conversion, offer.rival_bids, by.log_price, offer.weight, by.seen, by.by_device, by.in_hand
    )  # fmt: skip


def _strangers_on(devices: tuple[int, ...], by_device: F) -> float:
    """Who stayed and did not buy on some devices; `by_device` is [n_channels, n_devices, N_DEVICE_TALLY]."""
    return sum([max(0.0, _strangers(by_device, device)) for device in devices])


@compiled
def strangers(by_device: F, device: int) -> float:
    """Visitors on a device who stayed, less its buyers; arguments as in `_strangers_on`."""
    total = 0.0
    for c in range(by_device.shape[0]):
        row = by_device[c, device]
        total += row[DEVICE_UV] - row[DEVICE_BOUNCES] - row[DEVICE_BUYERS]
    return total


@compiled
def bean_cost(by_sku: F, beans: F) -> float:
    """What is paid for 京豆 of the pieces sold on JD, fen; as `Deals.bean_cost` and `Sight.beans` say."""
    total = 0.0
    for k in range(by_sku.shape[0]):
        total += (by_sku[k, SKU_UNITS] - by_sku[k, SKU_ELSEWHERE]) * beans[0, k]
    return total


_strangers, _bean_cost = Settled(strangers), Settled(bean_cost)
