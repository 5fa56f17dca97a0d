"""What must balance every day of every run: visitors, orders, stock and money. It cannot be switched off.

All counts are whole numbers and all money whole fen held in float64, so sums are exact and compared with `==`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, compiled, inlined
from storesim.engine.day import (
    BOUNCES,
    BUYERS,
    CANCELLED,
    CARTS,
    CHATS,
    CHATS_IN_30S,
    CHATS_LEFT,
    CLICKS,
    COUPONS_CLAIMED,
    COUPONS_USED,
    DUE_CALLED_OFF,
    DUE_CALLED_OFF_GMV,
    DUE_DELIVERED,
    DUE_DELIVERED_GMV,
    DUE_DISPATCHED,
    FREE,
    GMV,
    LOST_UNITS,
    N_BASKETS,
    N_TALLY,
    ORDERS,
    PV,
    SECOND_LOOKS,
    SPEND,
    UNITS,
    UV,
    F,
    I,
)
from storesim.engine.kernel import Kernel
from storesim.errors import ConservationError
from storesim.model.affiliates import Affiliates
from storesim.model.balances import (
    Accounts,
    check_attributed,
    check_baskets,
    check_commission,
    check_devices,
    differs,
    false_platform,
)
from storesim.model.custody import Custody
from storesim.model.finance import Day, Finance
from storesim.model.inventory import (
    CLEARED,
    CLOSING,
    GIFTS,
    GMV as SOLD_GMV,
    LOST,
    ORDERED,
    RECEIVED,
    UNITS as SOLD,
    Inventory,
)
from storesim.model.slots import Slots

BROKEN = (
    "",
    "a count of a channel is negative",
    "visitors do not divide into those who left at once and those who stayed",
    "a channel spent more than its daily budget",
    "a channel that pays for each click has visitors without a click",
    "more visitors bought, asked to chat or filled a cart than stayed",
    "orders, buyers and pieces of a channel contradict one another",
    "pieces, GMV or pieces lost differ between channels and SKUs",
    "opening stock + received + returned - sold - given - cleared is not the closing stock",
    "pieces ordered - pieces received are not the pieces on order",
    "orders are not all called off, or dispatched and delivered, today or later",
    "the value of orders is not that of deliveries and of what is called off, today or later",
    "commission promised with orders is not commission paid and forgiven, today or later",
    "the discounts of the channels are not those of the kinds of promotion",
    "pieces given away, or balances of presales, contradict one another",
    "more visitors came back to order than had put it off, or were seen again than came back",
    "carts that were left, looked at again and bought contradict one another",
    "coupons claimed, later looks with them and orders contradict one another",
    "what visitors did on each device is not what they did in their channels",
    "orders credited to clicks are not the orders of the channels",
)
PLATFORM = len(BROKEN)
"""And on from here the number of a channel: its platform does not deliver what it sold."""


WHOLE_EVERY = 28
"""Days from one count of all that orders bring on any day to the next; the last day has one too."""


class Evening(NamedTuple):
    """What the kernel shows at the end of a day."""

    today: F
    """[n_channels, N_TALLY]"""

    baskets: F
    """[N_BASKETS]"""

    kind: I
    """[n_channels] FREE, AUCTION or FIXED_PRICE."""

    limit: F
    """[n_channels] most that may be spent in a day, fen."""

    due: F
    """[n_days + 1, N_DUE] what orders bring on any day."""

    restock: F
    """[n_skus] returned pieces put back today."""

    commission: F
    """[n_days + 1, n_channels, 2] commission on sales paid or forgiven on any day, fen; no row without any."""

    stock: I
    on_order: I
    by_device: F
    """[n_channels, n_devices, N_DEVICE_TALLY]; no device where they are not told apart."""

    attributed: F
    """[2, n_days, n_channels, 7, 2] as `Due.attributed`; no day where nobody asks."""

    account: I
    """[n_channels] place of a platform beyond JD among the accounts; -1 on JD."""

    platforms: F
    """[n_days + 1, n_platforms, 2] as `Due.accounts`."""

    day: int
    whole: bool
    """Whether all days are counted where a day is enough on others."""

    endless: int
    """Pieces of each SKU in the kernel's stock that are not on the shelf."""


class Audit:
    """The balance of everything so far.

    Parameters
    ----------
    opening
        [n_skus] stock on the first morning.
    cost
        [n_skus] purchase price, fen.
    promises
        Who keeps what is promised for later days.
    whose
        Fingerprint and run, for the error.
    """

    def __init__(
        self,
        opening: I,
        cost: F,
        inventory: Inventory,
        finance: Finance,
        *,
        promises: tuple[Affiliates, Slots, Custody],
        n_days: int,
        n_channels: int,
        whose: tuple[str, int],
    ) -> None:
        self._accounts = Accounts(
            np.zeros((n_channels, N_TALLY)),
            opening.astype(np.float64),
            np.zeros(cost.size),
            inventory.counts,
            cost,
            np.zeros(N_BASKETS),
        )
        self._finance = finance
        self._promises = promises
        self._last = n_days - 1
        self._cash = self._opening_cash = finance.cash
        self._loan = 0.0
        self._whose = whose

    def close(self, day: int, kernel: Kernel, limit: F, endless: int, books: Day, *, members: str) -> None:
        """Check the day.

        Parameters
        ----------
        limit
            [n_channels] most that may be spent in a day, fen.
        endless
            Pieces of each SKU in the kernel's stock that are not on the shelf.
        members
            What the members' own account found out of balance; empty if nothing.

        Raises
        ------
        ConservationError
            If anything does not balance.
        """
        state, tally, due, plan = kernel.state, kernel.tally, kernel.due, kernel.plan
        # An order may be credited to any day before it; adding all of them up every day would take most of a long run.
        whole = day % WHOLE_EVERY == 0 or day == self._last
        broken, goods = _check(
            self._accounts,
            Evening(
                tally.by_channel, tally.baskets, plan.kind, limit, due.days, due.sku_restock[day], due.commission,
                state.stock, state.on_order, tally.by_device, due.attributed, plan.account, due.accounts, day, whole,
                endless,
            ),
        )  # fmt: skip
        if broken >= PLATFORM:
            c = broken - PLATFORM
            sold = self._accounts.visits[c, GMV]
            self._fail(day, f"the platform of channel {c} does not deliver the {sold} fen it sold")
        if broken:
            self._fail(day, BROKEN[broken])
        if members:
            self._fail(day, members)
        self._check_books(day, books, goods)
        self._check_promises(day)

    def _check_promises(self, day: int) -> None:
        """What is promised for later: commission to affiliates, pieces in slots, and coupons."""
        affiliates, slots, coupons = self._promises
        if affiliates.open_commission < 0.0:
            self._fail(day, f"commission paid and forgiven exceeds what was promised: {affiliates.open_commission} fen")
        if slots.left != slots.to_be_had:
            self._fail(day, f"slots hold {slots.left} pieces; given, less sold and withdrawn, are {slots.to_be_had}")
        claimed, used = self._accounts.baskets[COUPONS_CLAIMED], self._accounts.baskets[COUPONS_USED]
        if claimed != used + coupons.expired_so_far + coupons.held or min(coupons.expired, coupons.held) < 0.0:
            known = f"{used} used, {coupons.expired_so_far} expired, {coupons.held} held"
            self._fail(day, f"{claimed} coupons were claimed, and {known}")

    def _check_books(self, day: int, books: Day, goods: float) -> None:
        finance = self._finance
        self._cash += books.cash_in - books.cash_out + books.borrowed
        self._loan += books.borrowed
        if self._cash != finance.cash:
            self._fail(
                day,
                f"cash in - cash out + borrowed is not the change of the balance: {self._cash} and {finance.cash} fen",
            )
        if self._loan != finance.loan or finance.loan < 0.0 or finance.payables < 0.0:
            self._fail(
                day,
                f"the loan is {finance.loan} fen after {self._loan} were drawn and not repaid; suppliers are owed "
                f"{finance.payables}",
            )
        if finance.worth + goods != self._opening_cash:
            self._fail(
                day,
                f"cash, deposit, what JD owes and goods, less debts and profit, are {finance.worth + goods} fen; "
                f"the store opened with {self._opening_cash}",
            )

    def _fail(self, day: int, message: str) -> None:
        fingerprint, run = self._whose
        raise ConservationError(message, fingerprint=fingerprint, run=run, day=day)


@compiled
def check(accounts: Accounts, evening: Evening) -> tuple[int, float]:
    """Add the day to the accounts; 0 if all balances, else a place in `BROKEN` or beyond, and the goods at cost."""
    for c in range(evening.today.shape[0]):
        for i in range(evening.today.shape[1]):
            accounts.visits[c, i] += evening.today[c, i]
    for i in range(accounts.baskets.shape[0]):
        accounts.baskets[i] += evening.baskets[i]
    goods = 0.0
    for k in range(accounts.cost.shape[0]):
        accounts.restocked[k] += evening.restock[k]
        goods += accounts.cost[k] * (accounts.counts[k, CLOSING] + evening.on_order[k])
    broken = check_visits(evening.today, accounts.visits, evening.kind, evening.limit)
    if broken == 0:
        broken = check_goods(accounts, evening)
    if broken == 0:
        broken = check_commission(accounts.visits, evening.commission, evening.whole)
    if broken == 0:
        broken = check_told(accounts, evening)
    return broken, goods


@inlined
def check_visits(today: F, so_far: F, kind: I, limit: F) -> int:
    """0 if the visitors of the day balance, else a place in `BROKEN`.

    `today` and `so_far` [n_channels, N_TALLY] are the day's tally and that of all days.
    """
    for c in range(today.shape[0]):
        row = today[c]
        for i in range(row.shape[0]):
            if not row[i] >= 0.0:
                return 1
        stayed = row[UV] - row[BOUNCES]
        if stayed < 0.0 or row[PV] < row[BOUNCES] + 2.0 * stayed:
            return 2
        if row[SPEND] > limit[c]:
            return 3
        if kind[c] != FREE and row[UV] != row[CLICKS] + row[SECOND_LOOKS]:
            return 4
        # A visitor of the last minutes may chat and buy after midnight, so only the totals are bounded.
        stayed = so_far[c, UV] - so_far[c, BOUNCES]
        left = so_far[c, CANCELLED]
        if so_far[c, BUYERS] + left > stayed or so_far[c, CHATS] > stayed or so_far[c, CARTS] > stayed:
            return 5
        if row[BUYERS] > row[ORDERS] or row[ORDERS] > row[UNITS] or row[CHATS_LEFT] + row[CHATS_IN_30S] > row[CHATS]:
            return 6
    return 0


@inlined
def check_goods(accounts: Accounts, evening: Evening) -> int:
    """0 if orders and pieces balance, else a place in `BROKEN`."""
    counts, visits = accounts.counts, accounts.visits
    pieces, gmv, lost, orders = 0.0, 0.0, 0.0, 0.0
    for c in range(visits.shape[0]):
        pieces += visits[c, UNITS]
        gmv += visits[c, GMV]
        lost += visits[c, LOST_UNITS]
        orders += visits[c, ORDERS]
    if differs(counts[:, SOLD], pieces) or differs(counts[:, SOLD_GMV], gmv) or differs(counts[:, LOST], lost):
        return 7
    for k in range(counts.shape[0]):
        closing = (
            accounts.opening[k] + counts[k, RECEIVED] + accounts.restocked[k]
            - counts[k, SOLD] - counts[k, GIFTS] - counts[k, CLEARED]
        )  # fmt: skip
        if closing != counts[k, CLOSING] or evening.stock[k] - evening.endless != closing or closing < 0.0:
            return 8
        if evening.on_order[k] != counts[k, ORDERED] - counts[k, RECEIVED] or evening.on_order[k] < 0:
            return 9
    due = evening.due
    # All in one way through the days: they are many, and looked through every evening.
    waiting, on_the_way = orders, orders
    for row in range(due.shape[0]):
        waiting -= due[row, DUE_DISPATCHED] + due[row, DUE_CALLED_OFF]
        on_the_way -= due[row, DUE_DELIVERED] + due[row, DUE_CALLED_OFF]
        gmv -= due[row, DUE_DELIVERED_GMV] + due[row, DUE_CALLED_OFF_GMV]
    if waiting != 0.0 or on_the_way != 0.0:
        return 10
    if gmv != 0.0:
        return 11
    return check_baskets(accounts)


@inlined
def check_told(accounts: Accounts, evening: Evening) -> int:
    """0 if devices, clicks and platforms balance, where there are any, else a place in `BROKEN` or beyond."""
    if evening.by_device.shape[1] > 0 and not check_devices(evening.today, evening.by_device):
        return 18
    credited = evening.attributed
    if credited.shape[1] > 0 and not check_attributed(
        evening.today, credited, accounts.visits, evening.day, evening.whole
    ):
        return 19
    channel = false_platform(accounts.visits, evening.account, evening.platforms)
    return PLATFORM + channel if channel >= 0 else 0


_check = Settled(check)
