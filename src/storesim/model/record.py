"""From the day's tally to the counts of `kpi`: names, and fen to CNY."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from storesim import kpi
from storesim.engine import day as d
from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import F, I

FEN = 100.0

_COLUMNS: Mapping[str, int] = {
    "impressions": d.IMPRESSIONS,
    "clicks": d.CLICKS,
    "uv": d.UV,
    "pv": d.PV,
    "visits": d.UV,  # until `breaks` says who came more than once
    "bounces": d.BOUNCES,
    "chats": d.CHATS,
    "chats_left": d.CHATS_LEFT,
    "chats_in_30s": d.CHATS_IN_30S,
    "chat_wait": d.CHAT_WAIT,
    "buyers": d.BUYERS,
    "orders": d.ORDERS,
    "units": d.UNITS,
    "gmv": d.GMV,
    "discounts": d.DISCOUNTS,
    "lines": d.LINES,
    "lost_units": d.LOST_UNITS,
    "lost_gmv": d.LOST_GMV,
    "ad_spend": d.SPEND,
    "ad_gmv": d.GMV,
    "ad_orders": d.ORDERS,
    "silent_hours": d.SILENT_HOURS,
    "second_looks": d.SECOND_LOOKS,
    "unpaid_orders": d.UNPAID,
}

_OF_BASKETS: Mapping[str, int] = {
    "cut_discounts": d.CUT,
    "presale_discounts": d.PRESALE,
    "bundle_discounts": d.BUNDLE,
    "threshold_discounts": d.SAVE,
    "multi_buy_discounts": d.MULTI_BUY,
    "coupon_discounts": d.COUPON,
    "gift_units": d.GIFT_UNITS,
    "cross_sold_units": d.CROSS_UNITS,
    "bundles": d.BUNDLES_SOLD,
    "coupons_claimed": d.COUPONS_CLAIMED,
    "coupons_used": d.COUPONS_USED,
    "deposits": d.DEPOSITS,
    "deposits_paid": d.DEPOSITS_PAID,
    "deposits_lapsed": d.DEPOSITS_LAPSED,
    "put_off": d.PUT_OFF,
    "came_back": d.CAME_BACK,
}

_PLACES = np.array([*_OF_BASKETS.values()])
_UNITS = np.array([FEN if name in kpi.MONEY else 1.0 for name in _OF_BASKETS])


def of_baskets(baskets: F) -> dict[str, float]:
    """The counts of `DayTally.baskets` by name, money in CNY."""
    return dict(zip(_OF_BASKETS, (baskets[_PLACES] / _UNITS).tolist(), strict=True))


class Translation:
    """Turns tallies into counts.

    Parameters
    ----------
    paid
        [n_channels] whether each channel is paid for.
    """

    def __init__(self, paid: Sequence[bool]) -> None:
        names = [count.name for count in kpi.CHANNEL_COUNTS]
        self._columns = np.array([_COLUMNS[name] for name in names], dtype=np.int64)
        unit = np.array([FEN if name in kpi.MONEY else 1.0 for name in names])
        ads = np.array([name.startswith("ad_") for name in names])
        # What an unpaid channel sold is no sale through ads.
        self._unit = np.where(ads & ~np.array(paid, dtype=np.bool_)[:, None], np.inf, unit)

    def counts(self, by_channel: F) -> F:
        """[n_channels, n_counts] in the order of `kpi.CHANNEL_COUNTS`, money in CNY."""
        counts = np.empty(self._unit.shape)
        _translate(by_channel, self._columns, self._unit, counts)
        return counts


@compiled
def translate(by_channel: F, columns: I, unit: F, out: F) -> None:
    """Fill `out` with the columns of a tally in another order, each divided by its unit [n_channels, n_counts]."""
    for c in range(out.shape[0]):
        for i in range(out.shape[1]):
            out[c, i] = by_channel[c, columns[i]] / unit[c, i]


@compiled
def add_up(by_channel: F, returning: I, out: F) -> None:
    """Fill `out` [N_TALLY + 2] with the sums over channels, then buyers and GMV of those `returning`."""
    out[:] = 0.0
    for c in range(by_channel.shape[0]):
        for i in range(by_channel.shape[1]):
            out[i] += by_channel[c, i]
        out[by_channel.shape[1]] += by_channel[c, d.BUYERS] * returning[c]
        out[by_channel.shape[1] + 1] += by_channel[c, d.GMV] * returning[c]


_translate = Settled(translate)
