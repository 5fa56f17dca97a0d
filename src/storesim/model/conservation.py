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
    FREE,
    FREIGHT_PAID,
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
    check_due,
    differs,
    false_platform,
)
from storesim.model.custody import Custody
from storesim.model.finance import Day, Finance
from storesim.model.inventory import Inventory
from storesim.model.shelf import (
    CLEARED,
    CLOSING,
    GIFTS,
    GMV as SOLD_GMV,
    LOST,
    ORDERED,
    RECEIVED,
    UNITS as SOLD,
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
    "pieces, GMV less freight or pieces lost differ between channels and SKUs",
    "opening stock + received + returned - sold - given - cleared is not the closing stock",
    "pieces ordered - pieces received are not the pieces on order",
    "orders are not all called off, or dispatched and delivered or refused, today or later",
    "the value of orders is not that of deliveries and of what is called off or refused, today or later",
    "commission promised with orders is not commission paid and forgiven, today or later",
    "the discounts of the channels are not those of the kinds of promotion",
    "pieces given away, their lines in reports of ads, or balances of presales contradict one another",
    "more visitors came back to order than had put it off, or were seen again than came back",
    "carts that were left, looked at again and bought contradict one another",
    "coupons claimed, later looks with them and orders contradict one another",
    "what visitors did on each device is not what they did in their channels",
    "orders or lines credited to clicks are not those of the channels",
    "what is promised for later is not what was promised",
)
PLATFORM = len(BROKEN)
"""And on from here the number of a channel: its platform does not deliver what it sold."""

PROMISES = PLATFORM - 1
"""What promises are not kept `Audit` says in numbers."""

WHOLE_EVERY = 28
"""Days from one count of all that orders bring on any day to the next; the last day has one too.

On all others, what parcels, commission, platforms and clicks had on days that are over is taken as it was counted last.
"""


class Promised(NamedTuple):
    """What is promised for later days, as who keeps it has it."""

    commission: float
    """To affiliates, fen."""

    pieces: float
    """In open slots."""

    expired: float
    """Coupons that expired today."""

    expired_so_far: float
    held: float
    """Coupons that may still be used."""


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
    """[2, n_days, n_channels, 7, 3] as `Due.attributed`; no day where nobody asks."""

    account: I
    """[n_channels] place of a platform beyond JD among the accounts; -1 on JD."""

    platforms: F
    """[n_days + 1, n_platforms, 2] as `Due.accounts`."""

    day: int
    whole: bool
    """Whether all days are counted where a day is enough on others."""

    apart: I
    """[n_skus] pieces in the kernel's stock that are not on the shelf."""

    slot_left: I
    """[n_skus] pieces that open slots have in the kernel."""

    promised: Promised


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
        n_platforms: int,
        whose: tuple[str, int],
    ) -> None:
        self._accounts = Accounts(
            np.zeros((n_channels, N_TALLY)),
            opening.astype(np.float64),
            np.zeros(cost.size),
            inventory.counts,
            cost,
            np.zeros(N_BASKETS),
            np.zeros(3),
            np.zeros(n_channels),
            np.zeros(n_platforms),
        )
        self._finance = finance
        self._promises = promises
        self._last = n_days - 1
        self._cash = self._opening_cash = finance.cash
        self._loan = 0.0
        self._whose = whose

    def close(self, day: int, kernel: Kernel, limit: F, apart: I, books: Day, *, members: str) -> None:
        """Check the day.

        Parameters
        ----------
        limit
            [n_channels] most that may be spent in a day, fen.
        apart
            [n_skus] pieces in the kernel's stock that are not on the shelf.
        members
            What the members' own account found out of balance; empty if nothing.

        Raises
        ------
        ConservationError
            If anything does not balance.
        """
        state, tally, due, plan = kernel.state, kernel.tally, kernel.due, kernel.plan
        affiliates, slots, coupons = self._promises
        # An order may be credited to any day before it; adding all of them up every day would take most of a long run.
        whole = day % WHOLE_EVERY == 0 or day == self._last
        broken, goods = _check(
            self._accounts,
            Evening(
                tally.by_channel, tally.baskets, plan.kind, limit, due.days, due.sku_restock[day], due.commission,
                state.stock, state.on_order, tally.by_device, due.attributed, plan.account, due.accounts, day, whole,
                apart, state.slot_left,
                Promised(
                    affiliates.open_commission, slots.to_be_had, coupons.expired, coupons.expired_so_far, coupons.held
                ),
            ),
        )  # fmt: skip
        if broken:
            self._fail(day, self._words(broken))
        if members:
            self._fail(day, members)
        self._check_books(day, books, goods)

    def _words(self, broken: int) -> str:
        """What is broken, by its place in `BROKEN` or beyond."""
        if broken >= PLATFORM:
            c = broken - PLATFORM
            return f"the platform of channel {c} does not deliver the {self._accounts.visits[c, GMV]} fen it sold"
        if broken != PROMISES:
            return BROKEN[broken]
        affiliates, slots, coupons = self._promises
        if affiliates.open_commission < 0.0:
            return f"commission paid and forgiven exceeds what was promised: {affiliates.open_commission} fen"
        if slots.left != slots.to_be_had:
            return f"slots hold {slots.left} pieces; given, less sold and withdrawn, are {slots.to_be_had}"
        claimed, used = self._accounts.baskets[COUPONS_CLAIMED], self._accounts.baskets[COUPONS_USED]
        known = f"{used} used, {coupons.expired_so_far} expired, {coupons.held} held"
        return f"{claimed} coupons were claimed, and {known}"

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
        broken = check_commission(accounts, evening.commission, evening.day, evening.whole)
    if broken == 0:
        broken = check_told(accounts, evening)
    if broken == 0:
        broken = check_promises(accounts.baskets, evening)
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
    pieces, gmv, lost = 0.0, -accounts.baskets[FREIGHT_PAID], 0.0
    for c in range(visits.shape[0]):
        pieces += visits[c, UNITS]
        gmv += visits[c, GMV]
        lost += visits[c, LOST_UNITS]
    if differs(counts[:, SOLD], pieces) or differs(counts[:, SOLD_GMV], gmv) or differs(counts[:, LOST], lost):
        return 7
    for k in range(counts.shape[0]):
        closing = (
            accounts.opening[k] + counts[k, RECEIVED] + accounts.restocked[k]
            - counts[k, SOLD] - counts[k, GIFTS] - counts[k, CLEARED]
        )  # fmt: skip
        if closing != counts[k, CLOSING] or evening.stock[k] - evening.apart[k] != closing or closing < 0.0:
            return 8
        if evening.on_order[k] != counts[k, ORDERED] - counts[k, RECEIVED] or evening.on_order[k] < 0:
            return 9
    broken = check_due(accounts, evening.due, evening.day, evening.whole)
    return broken if broken != 0 else check_baskets(accounts)


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
    channel = false_platform(accounts, evening.account, evening.platforms, evening.day, evening.whole)
    return PLATFORM + channel if channel >= 0 else 0


@inlined
def check_promises(baskets: F, evening: Evening) -> int:
    """0 if commission, pieces in slots and coupons are what was promised, else the place in `BROKEN`."""
    promised = evening.promised
    left = 0
    for k in range(evening.slot_left.shape[0]):
        left += evening.slot_left[k]
    kept = baskets[COUPONS_CLAIMED] == baskets[COUPONS_USED] + promised.expired_so_far + promised.held
    kept = kept and promised.expired >= 0.0 and promised.held >= 0.0
    return 0 if kept and left == promised.pieces and promised.commission >= 0.0 else PROMISES


_check = Settled(check)
