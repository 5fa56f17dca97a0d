"""The busy store with what the market brings beside the first version, every mechanism of it at work.

Crowds that click and buy otherwise, a budget spread over the day, devices, a channel that leads to some items only,
promotions of every kind but presales, a purchase limit, cross-selling, slots with few pieces every other day, carts
kept for a sale every fourth day, orders placed later, never paid or cancelled, stars that depend on item, chat and
shelf, two carriers, commission on sales of one channel.
"""

from __future__ import annotations

import numpy as np

from benchmarks.busy_day import CHANNELS, SKUS, busy_kernel, deliveries_of, set_weather
from storesim.engine import day as d
from storesim.engine.basket import trade
from storesim.engine.day import DayPlan, F
from storesim.engine.kernel import Kernel, alias_table

DEVICES = ("phone", "desk")
BASKETS = (
    "cut", "presale", "bundle", "save", "multi_buy", "coupon", "gift_units", "cross_units", "bundles_sold",
    "coupons_claimed", "coupons_used", "deposits", "deposits_paid", "deposits_lapsed", "put_off", "came_back",
    "left_in_cart", "held_out", "cart_looks", "cart_orders", "limited_units", "coupon_looks", "coupon_orders",
    "freight",
)  # fmt: skip
LATER = ("second_looks", "unpaid", "carts", "cancelled", "cancelled_gmv", "ad_lines")
IN_SLOT = slice(2, 4)
COST_OF_A_SEARCH = 3.9
"""Fen: the mean of 40,000 auctions of `naive_today.Auction.search` before rivals change; it spreads the budget."""


def market_names(tally: tuple[str, ...], sku_tally: tuple[str, ...], due: tuple[str, ...]) -> tuple[str, ...]:
    """Names of the figures of `play_market`."""
    return (
        *(f"{channel}.{name}" for channel in CHANNELS for name in (*tally, *LATER)),
        *(f"sku {k}.{name}" for k in range(SKUS) for name in (*sku_tally, "gifts")),
        *due, "on_promise", "postage", "called_off", "called_off_gmv", "at_the_door", "refused", "refused_gmv",
        *(f"baskets.{name}" for name in BASKETS),
        *(f"group {g}.{name}" for g in range(2) for name in ("impressions", "clicks", "spend")),
        *(f"{channel}.{device}.{name}" for channel in CHANNELS for device in DEVICES
          for name in ("uv", "pv", "bounces", "buyers", "units", "gmv")),
        "commission.paid", "commission.forgiven",
    )  # fmt: skip


def market_kernel(make: type[Kernel], visitors: float, n_days: int, *, run: int = 0) -> Kernel:
    """The store on a `Kernel` or a drop-in for it; about `visitors` a day."""
    kernel = busy_kernel(make, visitors, n_days, run=run, n_landings=1, n_devices=2, commissioned=True)
    plan = kernel.plan
    plan.appeal[1] = [0.9, 0.6]
    plan.pace[1] = COST_OF_A_SEARCH
    plan.of_group[d.GROUP_ODDS, 1] = [1.2, 0.7]
    plan.of_group[d.GROUP_DEVICE, 1] = [d.ANY_DEVICE, 1.0]
    for v, (up_to, bounce, page_p, odds) in enumerate([(0.75, 0.5, 0.25, 1.1), (1.0, 0.3, 0.4, 0.7)]):
        plan.devices[:, v] = [up_to, bounce, 1.0 / (1.0 - bounce), 1.0 / np.log(1.0 - page_p), odds]
    plan.landing[2] = 0
    plan.landing_p[0], plan.landing_k[0] = alias_table([3.0, 2.0, 1.0, *[0.0] * (SKUS - 3)])
    plan.commission[3] = 0.08
    plan.settlement[3] = 60.0
    later = {
        d.LATER: 0.25, d.LATER_MU: np.log(9.0), d.LATER_SD: 0.9, d.NEVER_PAID: 0.1, d.PROMISE: 12.0,
        d.CART_REACH: 2.5, d.CART_ODDS: 1.6, d.CART_WAITS: 0.6, d.CART_HOLDS: 0.3, d.CART_DELAY: 20.0,
        d.CART_KEEPS: 40.0, d.CANCELS: 0.3, d.CANCEL_HOURS: 3.0, d.STARS_CHAT: 1.5, d.STARS_SHORT: 2.0,
        d.GIFT_LINES: 1.0,
    }  # fmt: skip
    plan.of_sku[d.ITEM_STARS] = np.linspace(-1.0, 0.6, SKUS)
    plan.of_sku[d.ITEM_LIMIT, 4:9] = 1.0
    for place, value in later.items():
        plan.scalars[place] = value
    kernel.plan = plan._replace(deals=_deals(plan), cross=_rules(), trade=trade(), carriers=np.array([
        [0.6, 0.3, 0.3, 320.0], [1.0, 0.9, 0.5, 510.0],
    ]))  # fmt: skip
    kernel.due = kernel.due._replace(coupons=np.zeros((len(kernel.plan.deals), n_days + 1)))
    return kernel


def play_market(kernel: Kernel, visitors: float, n_days: int) -> F:
    """[n] every figure of `market_names`, summed over the days."""
    plan, state, due = kernel.plan, kernel.state, kernel.due
    coupons = plan.deals[:, d.COUPONS_LEFT].copy()
    price, odds = plan.price.copy(), plan.sku_odds.copy()
    coming: list[list[float]] = []
    days: list[F] = []
    for day in range(n_days):
        set_weather(plan, visitors, strong=False)
        plan.deals[:, d.COUPONS_LEFT] = coupons
        plan.price[:], plan.sku_odds[:], state.slot_left[:] = price, odds, 0
        plan.regular_price[:], plan.regular_odds[:] = price, odds
        plan.scalars[d.NEXT_SALE] = 24.0 * (day // 4 * 4 + 4)
        if day % 2 == 1:
            plan.price[IN_SLOT], plan.sku_odds[IN_SLOT] = 0.7 * price[IN_SLOT], 1.8 * odds[IN_SLOT]
            state.slot_left[IN_SLOT] = max(1, round(0.0008 * visitors))
        kernel.open(day)
        today, coming = deliveries_of(coming, day)
        if day % 5 == 4:
            kernel.play(0.0, 15.5, today)
            kernel.change(15.5)
            set_weather(plan, visitors, strong=True)
            kernel.play(15.5, 24.0, today)
        else:
            kernel.play(0.0, 24.0, today)
        coming += kernel.take_purchases()
        tally = kernel.tally
        # Nothing is sold on other platforms here.
        of_skus, of_affiliates = tally.by_sku[:, : d.SKU_ELSEWHERE], due.commission[day].sum(axis=0)
        groups, devices = tally.by_group[1], tally.by_device
        parts = (tally.by_channel, of_skus, due.days[day], tally.baskets, groups, devices, of_affiliates)
        days.append(np.concatenate([np.array(part).ravel() for part in parts]))
        state.stock[:] += due.sku_restock[day].astype(np.int64)
    return np.asarray(np.sum(days, axis=0))


def _deals(plan: DayPlan) -> F:
    """Promotions in the order in which they apply."""
    price = plan.price
    rows = [
        _deal(d.BUNDLE, range(2), set_price=float(price[:2].sum()) - 2_000.0, chance=0.4),
        _deal(d.GIFT, [5, 6], gift=19, pieces=1),
        _deal(d.SAVE, range(10), threshold=20_000.0, less=2_000.0, repeated=True, near=0.4, top_up=0.6),
        _deal(d.MULTI_BUY, range(8, 14), least=2, share=0.1),
        _deal(d.COUPON, range(SKUS), threshold=15_000.0, less=1_000.0, chance=0.5, left=6.0),
        _deal(d.COUPON, range(4), less=300.0, chance=0.3, left=1e9),
    ]
    for number, row in enumerate(rows):
        row[d.NUMBER] = number
    return np.array(rows)


def _deal(
    kind: int, skus: range | list[int], *, threshold: float = 0.0, least: int = 0, less: float = 0.0,
    share: float = 0.0, repeated: bool = False, set_price: float = 0.0, chance: float = 0.0, gift: int = -1,
    pieces: int = 0, near: float = 0.0, top_up: float = 0.0, left: float = 0.0,
) -> F:  # fmt: skip
    row = np.zeros(d.N_TERMS + SKUS)
    row[[d.KIND, d.ACTIVE, d.THRESHOLD, d.LEAST, d.LESS, d.SHARE, d.REPEATED, d.SET_PRICE, d.MEMBERS, d.CHANCE,
         d.GIFT_SKU, d.GIFT_PIECES, d.NEAR, d.TOP_UP, d.COUPONS_LEFT]] = [
        kind, 1.0, threshold, least, less, share, repeated, set_price, len(skus), chance, gift, pieces, near, top_up,
        left,
    ]  # fmt: skip
    row[d.N_TERMS + np.array(list(skus))] = 1.0
    return row


def _rules() -> F:
    """Two rules of cross-selling: from the cheapest items to the middle ones, and from item 0 to the last."""
    rows = np.zeros((2, 1 + 2 * SKUS))
    for row, (chance, first, to) in zip(rows, [(0.5, range(4), range(10, 13)), (0.2, [0], [18])], strict=True):
        row[0] = chance
        row[1 + np.array(list(first))] = 1.0
        row[1 + SKUS + np.array(list(to))] = 1.0 / len(to)
        row[1 + SKUS :] = np.minimum(1.0, np.round(np.cumsum(row[1 + SKUS :]), 12))
    return rows
