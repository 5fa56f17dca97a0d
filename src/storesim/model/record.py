"""From the day's tally to the counts of `kpi`: names, and fen to CNY."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from struct import Struct
from typing import NamedTuple

import numpy as np

from storesim import kpi
from storesim.engine import day as d
from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import F, I
from storesim.model.finance import Day
from storesim.model.fulfilment import OF_PARCELS, Parcels
from storesim.model.goods import FEN
from storesim.model.inventory import OF_GOODS, Bought
from storesim.model.members import OF_MEMBERS
from storesim.model.service import OF_OPINIONS, Opinions

COLUMNS: Mapping[str, int] = {
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
    "carts": d.CARTS,
    "cancelled_orders": d.CANCELLED,
    "cancelled_gmv": d.CANCELLED_GMV,
    "ad_lines": d.AD_LINES,
}
"""Counts of channels, and the columns of a tally they stand in."""

OF_BASKETS: Mapping[str, int] = {
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
    "left_in_cart": d.LEFT_IN_CART,
    "held_out": d.HELD_OUT,
    "cart_looks": d.CART_LOOKS,
    "cart_orders": d.CART_ORDERS,
    "limited_units": d.LIMITED_UNITS,
    "coupon_looks": d.COUPON_LOOKS,
    "coupon_orders": d.COUPON_ORDERS,
    "freight": d.FREIGHT_PAID,
}
"""Counts of the store that stand in `DayTally.baskets`, and where."""

OF_STORE = (
    "offsite_gmv", "commission_promised", "commission_open", "slots_taken", "slots_refused", "slot_units", "cash",
    "loan", "owed_by_jd", "owed_to_suppliers", "stock_units", "in_stock_share", "score", "good_store", "organic_weight",
    "ad_quality", "stage", "coupons_expired", "coupons_held",
)  # fmt: skip
"""Figures of the store as a whole on an evening; money in fen."""


_FIELDS = (
    (Parcels._fields, OF_PARCELS),
    (Bought._fields, OF_GOODS),
    (Opinions._fields, OF_OPINIONS),
    *((fields, {name: name for name in fields}) for fields in (Day._fields, OF_STORE, OF_MEMBERS)),
)
"""What the parts of a `Note` say, in their order, and which counts the ledger takes from it."""

_ROW = Struct(f"{sum(len(fields) for fields, _ in _FIELDS)}d")


class Note(NamedTuple):
    """What the parts of a store said on one evening; money in fen."""

    parcels: Parcels
    bought: Bought
    opinions: Opinions
    books: Day
    figures: tuple[float, ...]
    """In the order of `OF_STORE`."""

    members: tuple[float, ...]
    """In the order of `OF_MEMBERS`."""


class Notebook:
    """The notes of a run. They become counts, all days at once, when it is over: a day has no time for names.

    Parameters
    ----------
    paid
        [n_channels] whether each channel is paid for.
    """

    def __init__(self, n_days: int, paid: Sequence[bool]) -> None:
        self._by_channel = np.full((n_days, len(paid), d.N_TALLY), np.nan)
        self._baskets = np.full((n_days, d.N_BASKETS), np.nan)
        self._totals = np.zeros(d.N_TALLY + 2)
        # The numbers of the notes, one after the other; objects would be thousands to look after.
        self._noted = bytearray(n_days * _ROW.size)
        self._day = 0
        names = [count.name for count in kpi.CHANNEL_COUNTS]
        unit = np.array([FEN if name in kpi.MONEY else 1.0 for name in names])
        ads = np.array([name.startswith("ad_") for name in names])
        # What an unpaid channel sold is no sale through ads.
        self._unit = np.where(ads & ~np.array(paid, dtype=np.bool_)[:, np.newaxis], np.inf, unit)

    def sum_up(self, tally: d.DayTally, returning: I, by_group: F, by_device: F) -> list[float]:
        """Note what the channels did on the next day, and add their groups and devices to what they did so far.

        Parameters
        ----------
        returning
            [n_channels] 1 for channels of members.
        by_group
            [n_channels, n_groups, N_GROUP_TALLY] so far; [0, 0, N_GROUP_TALLY] where nobody asks.
        by_device
            [n_channels, n_devices, N_DEVICE_TALLY] so far.

        Returns
        -------
        [N_TALLY + 2] sums over the channels, then buyers and GMV of those of members.
        """
        _sum_day(tally, returning, Sums(self._totals, self._by_channel, by_group, by_device), self._day)
        return self._totals.tolist()

    def add(self, tally: d.DayTally, note: Note) -> None:
        """Note the rest of a day that was summed up."""
        self._baskets[self._day] = tally.baskets
        parcels, bought, opinions, books, figures, members = note
        _ROW.pack_into(
            self._noted, self._day * _ROW.size, *parcels, *bought, *opinions, *books, *figures, *members
        )  # fmt: skip
        self._day += 1

    @property
    def tallies(self) -> F:
        """[n_days, n_channels, N_TALLY] as the kernel counts, money in fen."""
        return self._by_channel

    def by_channel(self) -> F:
        """[n_days, n_channels, n_counts] in the order of `kpi.CHANNEL_COUNTS`, money in CNY."""
        columns = [COLUMNS[count.name] for count in kpi.CHANNEL_COUNTS]
        counts = self._by_channel.take(columns, axis=2)
        counts /= self._unit
        return counts

    def of_store(self) -> dict[str, F]:
        """Each count of `kpi.STORE_COUNTS` that was noted, [n_days], money in CNY."""
        columns = np.frombuffer(self._noted).reshape(-1, _ROW.size // 8)[: self._day].T
        found = {name: self._baskets[:, place] for name, place in OF_BASKETS.items()}
        first = 0
        for fields, names in _FIELDS:
            found |= {name: columns[first + fields.index(field)] for name, field in names.items()}
            first += len(fields)
        moved = found["borrowed"]
        found["borrowed"], found["repaid"] = np.where(moved > 0.0, moved, 0.0), np.where(moved < 0.0, -moved, 0.0)
        return {name: days / FEN if name in kpi.MONEY else days for name, days in found.items()}


class Sums(NamedTuple):
    """What is filled every evening, as `Notebook.sum_up` says."""

    totals: F
    days: F
    """[n_days, n_channels, N_TALLY]"""

    by_group: F
    by_device: F


@compiled
def sum_day(tally: d.DayTally, returning: I, sums: Sums, day: int) -> None:
    """Fill the totals and the row of the day, and add the day to the other sums."""
    by_channel, out = tally.by_channel, sums.totals
    out[:] = 0.0
    for c in range(by_channel.shape[0]):
        for i in range(by_channel.shape[1]):
            sums.days[day, c, i] = by_channel[c, i]
            out[i] += by_channel[c, i]
        out[by_channel.shape[1]] += by_channel[c, d.BUYERS] * returning[c]
        out[by_channel.shape[1] + 1] += by_channel[c, d.GMV] * returning[c]
    for so_far, today in ((sums.by_group, tally.by_group), (sums.by_device, tally.by_device)):
        for c in range(so_far.shape[0]):
            for g in range(so_far.shape[1]):
                for i in range(so_far.shape[2]):
                    so_far[c, g, i] += today[c, g, i]


_sum_day = Settled(sum_day)
