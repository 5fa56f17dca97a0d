"""Sums that must agree, over all days so far: discounts, gifts, presales, carts, commission (see `conservation`)."""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.compiled import inlined
from storesim.engine.day import (
    CAME_BACK,
    CART_LOOKS,
    CART_ORDERS,
    CARTS,
    COUPON_LOOKS,
    COUPON_ORDERS,
    COUPONS_CLAIMED,
    CUT,
    DEPOSITS,
    DEPOSITS_LAPSED,
    DEPOSITS_PAID,
    DISCOUNTS,
    FORGIVEN,
    GIFT,
    GIFT_UNITS,
    HELD_OUT,
    LEFT_IN_CART,
    PAID,
    PROMISED,
    PUT_OFF,
    SECOND_LOOKS,
    F,
)
from storesim.model.inventory import GIFTS


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
def check_commission(so_far: F, commission: F) -> int:
    """0 if commission promised [n_channels, N_TALLY] falls due to the fen, else a place in `BROKEN`."""
    if commission.shape[0] == 0:
        return 0
    for c in range(so_far.shape[0]):
        if differs(commission[:, c, PAID], so_far[c, PROMISED] - commission[:, c, FORGIVEN].sum()):
            return 12
    return 0


@inlined
def differs(column: F, total: float) -> bool:
    """Whether a column adds up to anything but `total`."""
    for row in range(column.shape[0]):
        total -= column[row]
    return total != 0.0
