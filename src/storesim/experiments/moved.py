"""Where two stores on common luck first do otherwise: the day, the count, the channel and the mechanism."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from storesim import kpi
from storesim.runs.totals import Totals, columns_of_moves

# In the order of the day: what stands earlier can move what stands later on the same day, and not the other way round.
MECHANISMS: Final[Mapping[str, tuple[str, ...]]] = {
    "demand": ("market", "stage"),
    "traffic": ("organic_weight", "brand_searches"),
    "ads": ("impressions", "audience_impressions", "reached", "reached_7d", "reached_30d", "clicks",
            "first_visits", "ad_spend", "silent_hours", "audience_spend", "commission_promised", "commission_open",
            "slots_taken", "slots_refused", "ad_quality"),
    "visits": ("uv", "pv", "visits", "bounces", "second_looks", "coupon_looks", "cart_looks"),
    "service": ("people", "chats", "chats_left", "chats_in_30s", "chat_wait"),
    "promotions": ("discounts", "cut_discounts", "presale_discounts", "bundle_discounts", "threshold_discounts",
                   "multi_buy_discounts", "coupon_discounts", "coupons_claimed", "coupons_used", "gift_units",
                   "cross_sold_units", "bundles", "deposits", "deposits_paid", "deposits_lapsed", "slot_units",
                   "coupons_expired", "coupons_held", "bean_cost", "freight"),
    "conversion": ("buyers", "orders", "lines", "units", "gmv", "ad_gmv", "ad_orders", "offsite_gmv", "carts",
                   "left_in_cart", "held_out", "put_off", "came_back", "cart_orders", "coupon_orders", "unpaid_orders",
                   "cancelled_orders", "cancelled_gmv", "limited_units", "ad_lines"),
    "inventory": ("lost_units", "lost_gmv", "stock_units", "in_stock_share", "purchased_units", "received_units",
                  "cleared_units", "purchases", "write_offs", "storage", "owed_to_suppliers"),
    "fulfilment": ("dispatched", "on_promise", "late", "dispatch_wait", "delivered", "parcels", "penalties",
                   "called_off", "called_off_gmv", "paid_at_door", "refused", "refused_gmv"),
    "reviews": ("reviews", "good_reviews", "bad_reviews", "stars", "score", "good_store"),
    "returns": ("returned_units", "refunds"),
    "members": ("members_joined", "members_left", "members", "members_basic", "members_middle", "members_senior",
                "members_vip", "active_members", "new_buyers", "old_buyers", "told_buyers", "old_gmv", "gmv_basic",
                "gmv_middle", "gmv_senior", "gmv_vip", "member_coupons_sent", "member_coupons_used", "member_coupons",
                *(f"{who}_{days}" for who in ("customers", "repeaters") for days in (30, 60, 90, 180))),
    "finance": (),
}  # fmt: skip
"""Mechanism and the counts it is the first to move; the last holds whatever no other names."""

Array = NDArray[np.float64]
Columns = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Moved:
    """The first place where two stores differ."""

    date: dt.date
    mechanism: str
    """A name of `MECHANISMS`."""

    count: str
    """The first count of the mechanism that differs on that day."""

    channel: str
    """Channel; "" where the count is kept for the whole store."""


def first_moved(base: Totals, other: Totals) -> Moved | None:
    """Where runs of two scenarios first differ, counts being summed over the runs; None if nowhere."""
    one, two = ((columns_of_moves(each.channels), each.moves) for each in (base, other))
    return first_unlike(base.start, one, two)


def first_unlike(start: dt.date, one: tuple[Columns, np.ndarray], other: tuple[Columns, np.ndarray]) -> Moved | None:
    """Where two tables of days and counts first differ.

    Parameters
    ----------
    start
        First day of both.
    one, other
        Channel and count of each column, and [n_days, n_columns]. A channel that only one has differs on the first day
        on which it counts anything; a count that only one knows, such as of a later storesim, tells nothing.
    """
    (a, b), n_days = (_by_column(*table) for table in (one, other)), min(len(one[1]), len(other[1]))
    nothing = np.zeros(n_days)
    both = {count for _, count in a} & {count for _, count in b}
    firsts: list[tuple[int, int, int, tuple[str, str]]] = []
    for place, column in enumerate(column for column in dict.fromkeys((*a, *b)) if column[1] in both):
        differs = a.get(column, nothing)[:n_days] != b.get(column, nothing)[:n_days]
        if differs.any():
            firsts.append((int(differs.argmax()), *_rank(column[1]), place, column))  # type: ignore[arg-type]  # a rank is two numbers
    if not firsts:
        return None
    day, *_, (channel, count) = min(firsts)
    return Moved(start + dt.timedelta(days=day), mechanism_of(count), count, channel)


def mechanism_of(count: str) -> str:
    """The mechanism that moves a count first."""
    return next((name for name, counts in MECHANISMS.items() if count in counts), "finance")


def _rank(count: str) -> tuple[int, int]:
    mechanism = mechanism_of(count)
    counts = MECHANISMS[mechanism] or tuple(kpi.COUNT)
    return list(MECHANISMS).index(mechanism), counts.index(count)


def _by_column(columns: Columns, table: np.ndarray) -> dict[tuple[str, str], np.ndarray]:
    return {column: table[:, i] for i, column in enumerate(columns)}
