"""What visitors expect to pay for a piece with the promotions of the day (MODEL section 7).

The price times the share that remains to pay of an order for this item alone, with the store's law of pieces, every
promotion applied in the kernel's order, coupons with the chance to hold one, gifts at what buyers think them worth, and
freight where what is left to pay is too little to be sent without.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.day import (
    BUNDLE,
    CHANCE,
    COUPON,
    COUPONS_LEFT,
    CUT,
    FREIGHT,
    GIFT,
    GIFT_PIECES,
    GIFT_SKU,
    KIND,
    LEAST,
    LESS,
    MEMBERS,
    MULTI_BUY,
    N_TERMS,
    REPEATED,
    SAVE,
    SET_PRICE,
    SHARE,
    THRESHOLD,
    F,
)

PIECES = np.arange(1.0, 41.0)
"""Pieces of one line that the expected price looks at; more are too rare to matter."""

LEAST_SEEN = 0.05
"""The expected price is never below this share of the price, however generous gifts are; *assumed*."""


def expected_prices(price: F, list_price: F, rows: F, worth: F, again: float) -> F:
    """[n_skus] what one piece is expected to cost who orders this item alone, gifts taken off at their worth; fen.

    Parameters
    ----------
    price, list_price
        [n_skus] after and before cuts, fen.
    rows
        [n, N_TERMS + n_skus] the promotions that run, in the order in which they are applied.
    worth
        [n] of their gifts, as a share of the gift's list price.
    again
        Chance that a line has one more piece: P(q) = (1 − again) · again^(q − 1).
    """
    chance, own = (1.0 - again) * again ** (PIECES - 1.0), price
    full = price[:, None] * PIECES
    paid, gifts = full.copy(), np.zeros_like(full)
    in_deal, no_voucher = np.zeros(full.shape, dtype=bool), np.ones_like(full)
    before_coupons = None
    for t, value in zip(rows, worth, strict=True):
        items = t[N_TERMS:, None] > 0.0
        if t[KIND] == CUT:
            # Of those it is for, no piece costs more than its price.
            paid = np.where(items, np.minimum(paid, PIECES * t[N_TERMS:, None]), paid)
            own = np.where(items[:, 0], np.minimum(own, t[N_TERMS:]), own)
            continue
        if t[KIND] == BUNDLE:
            together = own[items[:, 0]].sum()
            gain = max(0.0, together - t[SET_PRICE]) if items.sum() == t[MEMBERS] else 0.0
            paid -= items * t[CHANCE] * gain * own[:, None] / together
            continue
        if t[KIND] == FREIGHT:
            paid = paid + t[LESS] * (paid < t[THRESHOLD])
            continue
        base = paid
        if t[KIND] == COUPON:
            before_coupons = paid.copy() if before_coupons is None else before_coupons
            base = before_coupons
        met = items & (base >= t[THRESHOLD])
        if t[LEAST] > 1.0:
            met &= t[LEAST] <= PIECES
        if t[KIND] in (SAVE, MULTI_BUY):
            met &= ~in_deal
            in_deal |= met
        times = PIECES if t[KIND] == GIFT else np.floor(base / t[THRESHOLD]) if t[REPEATED] else 1.0
        if t[LESS] > 0.0 or t[SHARE] > 0.0:
            off = times * t[LESS] + np.floor(t[SHARE] * base + 0.5) if t[SHARE] > 0.0 else times * t[LESS]
            off = np.minimum(paid, off) * met
            if t[KIND] == COUPON:
                held = t[CHANCE] * (t[COUPONS_LEFT] >= 1.0) * met
                off *= held * (no_voucher if t[THRESHOLD] > 0.0 else 1.0)
                no_voucher = no_voucher * (1.0 - held) if t[THRESHOLD] > 0.0 else no_voucher
            paid = paid - off
        if t[GIFT_SKU] >= 0.0:
            gifts += met * times * t[GIFT_PIECES] * list_price[int(t[GIFT_SKU])] * value
    share = ((paid - gifts) @ chance) / (full @ chance)
    return price * np.maximum(LEAST_SEEN, share)
