"""Sums that must agree, over all days so far: discounts, gifts, presales, carts, commission (see `conservation`)."""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.attribution import BY_CLICK, BY_ORDER
from storesim.engine.compiled import inlined
from storesim.engine.day import (
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
    FORGIVEN,
    GIFT,
    GIFT_UNITS,
    GMV,
    HELD_OUT,
    LEFT_IN_CART,
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
from storesim.model.inventory import GIFTS

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


@inlined
def check_baskets(accounts: Accounts) -> int:
    """0 if discounts, gifts, presales, orders put off and carts balance, else a place in `BROKEN`."""
    baskets = accounts.baskets
    discounts, seen_again, carts = 0.0, 0.0, 0.0
    for c in range(accounts.visits.shape[0]):
        discounts += accounts.visits[c, DISCOUNTS]
        seen_again += accounts.visits[c, SECOND_LOOKS]
        carts += accounts.visits[c, CARTS]
    if differs(baskets[CUT:GIFT], discounts):
        return 13
    come = baskets[DEPOSITS_PAID] + baskets[DEPOSITS_LAPSED]
    if differs(accounts.counts[:, GIFTS], baskets[GIFT_UNITS]) or come > baskets[DEPOSITS]:
        return 14
    back = baskets[CAME_BACK] + baskets[CART_LOOKS] + baskets[COUPON_LOOKS]
    if seen_again > back or baskets[CAME_BACK] > baskets[PUT_OFF]:
        return 15
    if baskets[COUPON_ORDERS] > baskets[COUPON_LOOKS] or baskets[COUPON_LOOKS] > baskets[COUPONS_CLAIMED]:
        return 17
    left, looks = baskets[LEFT_IN_CART], baskets[CART_LOOKS]
    return 16 if left > carts or baskets[HELD_OUT] > left or looks > left or baskets[CART_ORDERS] > looks else 0


@inlined
def check_commission(so_far: F, commission: F, whole: bool) -> int:
    """0 if commission promised [n_channels, N_TALLY] falls due to the fen, else a place in `BROKEN`.

    Channels that have promised nothing are looked at only where `whole`.
    """
    if commission.shape[0] == 0:
        return 0
    for c in range(so_far.shape[0]):
        if not whole and so_far[c, PROMISED] == 0.0:
            continue
        left = so_far[c, PROMISED]
        for row in range(commission.shape[0]):
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

    `credited` is [2, n_days, n_channels, 7, 2] orders and fen, as `Due.attributed`.
    """
    for c in range(today.shape[0]):
        own = credited[BY_ORDER, day, c]
        if differs(own[:, 0], today[c, ORDERS]) or differs(own[:, 1], today[c, GMV]):
            return False
        if whole:
            # Side by side, so that one sum need not wait for the other.
            orders, gmv = so_far[c, ORDERS], so_far[c, GMV]
            for click in range(day + 1):
                for delay in range(credited.shape[3]):
                    orders -= credited[BY_CLICK, click, c, delay, 0]
                    gmv -= credited[BY_CLICK, click, c, delay, 1]
            if orders != 0.0 or gmv != 0.0:
                return False
    return True


@inlined
def false_platform(so_far: F, account: I, due: F) -> int:
    """The first channel of a platform beyond JD that delivers, today or later, anything but what it sold; -1: none.

    `account` is [n_channels], -1 on JD; `due` [n_days + 1, n_platforms, 2] as `Due.accounts`.
    """
    for c in range(account.shape[0]):
        if account[c] >= 0 and differs(due[:, account[c], DELIVERED], so_far[c, GMV]):
            return c
    return -1


@inlined
def differs(column: F, total: float) -> bool:
    """Whether a column adds up to anything but `total`."""
    for row in range(column.shape[0]):
        total -= column[row]
    return total != 0.0
