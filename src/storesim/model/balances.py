"""Sums that must agree, over all days so far: discounts, gifts, presales, carts, commission (see `conservation`)."""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.attribution import BY_CLICK, BY_ORDER
from storesim.engine.compiled import inlined
from storesim.engine.day import (
    AD_LINES,
    BOUNCES,
    BUYERS,
    CAME_BACK,
    CART_LOOKS,
    CART_ORDERS,
    CARTS,
    COUPON_LOOKS,
    COUPON_ORDERS,
    COUPONS_CLAIMED,
    CUT,
    DELIVERED,
    DEPOSITS,
    DEPOSITS_LAPSED,
    DEPOSITS_PAID,
    DISCOUNTS,
    DUE_CALLED_OFF,
    DUE_CALLED_OFF_GMV,
    DUE_DELIVERED,
    DUE_DELIVERED_GMV,
    DUE_DISPATCHED,
    DUE_REFUSED,
    DUE_REFUSED_GMV,
    FORGIVEN,
    GIFT,
    GIFT_UNITS,
    GMV,
    HELD_OUT,
    LEFT_IN_CART,
    LINES,
    ORDERS,
    PAID,
    PROMISED,
    PUT_OFF,
    PV,
    SECOND_LOOKS,
    UNITS,
    UV,
    F,
    I,
)
from storesim.model.shelf import GIFTS

NEAR = 64
"""Days ahead within which nearly all that orders bring falls due; later days are looked at where something is missing
by then, and on days on which all are."""

OF_DEVICES = (UV, PV, BOUNCES, BUYERS, UNITS, GMV)
"""Columns of a tally whose parts on each device are known, in the order of `DayTally.by_device`."""


class Accounts(NamedTuple):
    """Totals of the run so far."""

    visits: F
    """[n_channels, N_TALLY]"""

    opening: F
    """[n_skus] stock on the first morning."""

    restocked: F
    """[n_skus] returned pieces put back."""

    counts: F
    """[n_skus, N_COUNTS] the inventory's counts."""

    cost: F
    """[n_skus] purchase price, fen."""

    baskets: F
    """[N_BASKETS]"""

    past: F
    """[3] orders dispatched, orders delivered and fen delivered up to today; those called off among each of them, and
    those refused among the last two."""

    settled: F
    """[n_channels] commission paid and forgiven up to today, fen."""

    delivered: F
    """[n_platforms] delivered beyond JD up to today, fen."""


@inlined
def check_baskets(accounts: Accounts) -> int:
    """0 if discounts, gifts, presales, orders put off and carts balance, else a place in `BROKEN`."""
    baskets = accounts.baskets
    discounts, seen_again, carts, gifts, listed = 0.0, 0.0, 0.0, 0.0, True
    for c in range(accounts.visits.shape[0]):
        lines = accounts.visits[c, AD_LINES] - accounts.visits[c, LINES]
        gifts += lines
        listed = listed and lines >= 0.0
        discounts += accounts.visits[c, DISCOUNTS]
        seen_again += accounts.visits[c, SECOND_LOOKS]
        carts += accounts.visits[c, CARTS]
    if differs(baskets[CUT:GIFT], discounts):
        return 13
    come = baskets[DEPOSITS_PAID] + baskets[DEPOSITS_LAPSED]
    if differs(accounts.counts[:, GIFTS], baskets[GIFT_UNITS]) or come > baskets[DEPOSITS]:
        return 14
    if not listed or gifts > baskets[GIFT_UNITS]:
        return 14
    back = baskets[CAME_BACK] + baskets[CART_LOOKS] + baskets[COUPON_LOOKS]
    if seen_again > back or baskets[CAME_BACK] > baskets[PUT_OFF]:
        return 15
    if baskets[COUPON_ORDERS] > baskets[COUPON_LOOKS] or baskets[COUPON_LOOKS] > baskets[COUPONS_CLAIMED]:
        return 17
    left, looks = baskets[LEFT_IN_CART], baskets[CART_LOOKS]
    return 16 if left > carts or baskets[HELD_OUT] > left or looks > left or baskets[CART_ORDERS] > looks else 0


@inlined
def check_due(accounts: Accounts, due: F, day: int, whole: bool) -> int:
    """0 if all orders so far, and their value, are due once, today or on another day; else a place in `BROKEN`.

    `due` is [n_days + 1, N_DUE]. Only where `whole` are days before today looked at: they are many, and over; so are
    those a long time ahead, unless something is missing until then.
    """
    past = accounts.past
    if whole:
        past[:] = 0.0
    for row in range(0 if whole else day, day + 1):
        past[0] += due[row, DUE_DISPATCHED] + due[row, DUE_CALLED_OFF]
        past[1] += due[row, DUE_DELIVERED] + due[row, DUE_CALLED_OFF] + due[row, DUE_REFUSED]
        past[2] += due[row, DUE_DELIVERED_GMV] + due[row, DUE_CALLED_OFF_GMV] + due[row, DUE_REFUSED_GMV]
    waiting, on_the_way, gmv = -past[0], -past[1], -past[2]
    for c in range(accounts.visits.shape[0]):
        waiting += accounts.visits[c, ORDERS]
        on_the_way += accounts.visits[c, ORDERS]
        gmv += accounts.visits[c, GMV]
    for row in range(day + 1, due.shape[0]):
        if row == day + NEAR and waiting == on_the_way == gmv == 0.0 and not whole:
            break
        waiting -= due[row, DUE_DISPATCHED] + due[row, DUE_CALLED_OFF]
        on_the_way -= due[row, DUE_DELIVERED] + due[row, DUE_CALLED_OFF] + due[row, DUE_REFUSED]
        gmv -= due[row, DUE_DELIVERED_GMV] + due[row, DUE_CALLED_OFF_GMV] + due[row, DUE_REFUSED_GMV]
    if waiting != 0.0 or on_the_way != 0.0:
        return 10
    return 11 if gmv != 0.0 else 0


@inlined
def check_commission(accounts: Accounts, commission: F, day: int, whole: bool) -> int:
    """0 if commission promised so far falls due to the fen, else a place in `BROKEN`.

    `commission` is [n_days + 1, n_channels, 2]. Days before today, and channels that have promised nothing, are looked
    at only where `whole`.
    """
    if commission.shape[0] == 0:
        return 0
    settled = accounts.settled
    for c in range(settled.shape[0]):
        promised = accounts.visits[c, PROMISED]
        if not whole and promised == 0.0:
            continue
        settled[c] = 0.0 if whole else settled[c]
        for row in range(0 if whole else day, day + 1):
            settled[c] += commission[row, c, PAID] + commission[row, c, FORGIVEN]
        left = promised - settled[c]
        for row in range(day + 1, commission.shape[0]):
            if row == day + NEAR and left == 0.0 and not whole:
                break
            left -= commission[row, c, PAID] + commission[row, c, FORGIVEN]
        if left != 0.0:
            return 12
    return 0


@inlined
def check_devices(today: F, told: F) -> bool:
    """Whether every visitor, page, order and fen of a channel belongs to one device.

    `today` is [n_channels, N_TALLY], `told` [n_channels, n_devices, N_DEVICE_TALLY].
    """
    for c in range(told.shape[0]):
        for i in range(told.shape[2]):
            if differs(told[c, :, i], today[c, OF_DEVICES[i]]):
                return False
    return True


@inlined
def check_attributed(today: F, credited: F, so_far: F, day: int, whole: bool) -> bool:
    """Whether every order of today is credited once to today and, where `whole`, every order to the day of its click.

    `credited` is [2, n_days, n_channels, 7, 3] orders, fen and order lines, as `Due.attributed`.
    """
    for c in range(today.shape[0]):
        own = credited[BY_ORDER, day, c]
        if differs(own[:, 0], today[c, ORDERS]) or differs(own[:, 1], today[c, GMV]):
            return False
        if differs(own[:, 2], today[c, AD_LINES]):
            return False
        if whole:
            # Side by side, so that one sum need not wait for the other.
            orders, gmv, lines = so_far[c, ORDERS], so_far[c, GMV], so_far[c, AD_LINES]
            for click in range(day + 1):
                for delay in range(credited.shape[3]):
                    orders -= credited[BY_CLICK, click, c, delay, 0]
                    gmv -= credited[BY_CLICK, click, c, delay, 1]
                    lines -= credited[BY_CLICK, click, c, delay, 2]
            if orders != 0.0 or gmv != 0.0 or lines != 0.0:
                return False
    return True


@inlined
def false_platform(accounts: Accounts, account: I, due: F, day: int, whole: bool) -> int:
    """The first channel of a platform beyond JD that delivers, today or later, anything but what it sold; -1: none.

    `account` is [n_channels], -1 on JD; `due` [n_days + 1, n_platforms, 2] as `Due.accounts`, of which days before
    today are looked at only where `whole`.
    """
    for c in range(account.shape[0]):
        p = account[c]
        if p < 0:
            continue
        accounts.delivered[p] = 0.0 if whole else accounts.delivered[p]
        for row in range(0 if whole else day, day + 1):
            accounts.delivered[p] += due[row, p, DELIVERED]
        left = accounts.visits[c, GMV] - accounts.delivered[p]
        for row in range(day + 1, due.shape[0]):
            if row == day + NEAR and left == 0.0 and not whole:
                break
            left -= due[row, p, DELIVERED]
        if left != 0.0:
            return c
    return -1


@inlined
def differs(column: F, total: float) -> bool:
    """Whether a column adds up to anything but `total`."""
    for row in range(column.shape[0]):
        total -= column[row]
    return total != 0.0
