"""A store at the level of the kernel in which every mechanism binds, at any number of visitors a day.

Four channels (free, auction, fixed price, returning), two keyword groups with hour factors and two laws of rivals,
budgets that run out, stock that runs out, a chat desk with a queue, waves that fill, late parcels. Every fifth day
the plan changes at half past three in the afternoon. All thresholds grow with the visitors: it is the same store at
every size.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from storesim.engine import day as d
from storesim.engine.day import Arrivals, DayPlan, F
from storesim.engine.kernel import Kernel, alias_table

CHANNELS = ("search", "express", "direct_placement", "returning")
HOURS = np.array([
    2.5, 1.55, 0.70, 0.50, 0.35, 0.45, 1.05, 2.30, 3.66, 5.76, 7.21, 6.16,
    5.96, 6.46, 6.61, 6.01, 5.31, 4.16, 3.71, 4.16, 5.21, 6.26, 7.26, 5.61,
])  # fmt: skip
SKUS = 20


class Totals(NamedTuple):
    """A run of the busy store, summed over its days."""

    by_channel: F
    """[n_channels, N_TALLY]"""

    by_sku: F
    """[n_skus, N_SKU_TALLY]"""

    due: F
    """[N_DUE] what came due within the run."""

    sku_reviews: F
    """[n_skus]"""


def busy_kernel(
    make: type[Kernel], visitors: float, n_days: int, *, seed: int = 1, run: int = 0, **further: Any
) -> Kernel:
    """The store on a `Kernel` or a drop-in for it; about `visitors` a day. `further` are sizes of other mechanisms."""
    kernel = make(
        CHANNELS, SKUS, n_days, n_groups=2, n_rivals=3, n_slots=4, n_waves=2,
        n_agents=max(1, round(0.0011 * visitors)), seed=seed, run=run, **further,
    )  # fmt: skip
    plan, popularity = kernel.plan, 1.0 / np.arange(1, SKUS + 1) ** 0.8
    plan.kind[:] = [d.FREE, d.AUCTION, d.FIXED_PRICE, d.FREE]
    plan.returning[3] = 1
    plan.hours[:] = HOURS / HOURS.sum()
    plan.bounce[:] = [0.45, 0.55, 0.60, 0.25]
    plan.page_p[:] = 0.3
    plan.group_share[1] = [0.7, 0.3]
    plan.own_bid[1] = 160.0 * np.where((np.arange(24) >= 9)[:, None], [1.0, 0.9], [0.6, 0.5])
    plan.own_bid[1] = np.rint(plan.own_bid[1])
    plan.quality[1] = [1.0, 1.15]
    plan.appeal[1] = 0.9
    plan.slot_ctr[1] = [0.06, 0.042, 0.028, 0.015]
    plan.n_rivals[1] = 3
    plan.rival_sd[1] = [0.5, -1.0]
    plan.reserve[1] = 10.0
    plan.step[1] = 1.0
    plan.click_price[2] = 100.0
    plan.budget[:] = [np.inf, 22.0 * visitors, 16.0 * visitors, np.inf]
    plan.list_price[:] = np.rint(np.linspace(3_900.0, 25_900.0, SKUS))
    plan.price[:] = plan.list_price - 500.0
    plan.sku_odds[:] = np.linspace(0.7, 1.3, SKUS)
    plan.alias_p[:], plan.alias_k[:] = alias_table(popularity.tolist())
    # About 0.03 pieces a visitor: a reorder point short of the demand of a lead time, so that shelves run empty.
    pieces = 0.03 * visitors * popularity / popularity.sum()
    plan.reorder_at[:] = np.ceil(2.5 * pieces)
    plan.lot[:] = np.ceil(8.0 * pieces) + 1.0
    plan.lead_mu[:] = np.log(3.0)
    plan.waves[:] = [11.0, 16.0]
    for place, value in _scalars(visitors).items():
        plan.scalars[place] = value
    set_weather(plan, visitors, strong=False)
    kernel.state.stock[:] = plan.reorder_at + plan.lot
    return kernel


def set_weather(plan: DayPlan, visitors: float, *, strong: bool) -> None:
    """What changes within a day: visitors, their wish to buy, and rivals."""
    plan.rate[:] = np.array([0.5, 10.0, 0.22, 0.15]) * visitors * (1.5 if strong else 1.0)
    chance = np.array([0.045, 0.05, 0.03, 0.12]) * (1.3 if strong else 1.0)
    plan.odds[:] = chance / (1.0 - chance)
    plan.rival_score[1, 0] = [130.0, 110.0, 90.0]
    plan.rival_score[1, 1] = 300.0
    plan.rival_score[1] *= 1.2 if strong else 1.0


def play_busy(kernel: Kernel, visitors: float, n_days: int) -> Totals:
    """Play every day and hand each purchase order back on the day it arrives."""
    by_channel, by_sku = np.zeros_like(kernel.tally.by_channel), np.zeros_like(kernel.tally.by_sku)
    coming: list[list[float]] = []
    for day in range(n_days):
        set_weather(kernel.plan, visitors, strong=False)
        kernel.open(day)
        arrivals, coming = deliveries_of(coming, day)
        if day % 5 == 4:
            kernel.play(0.0, 15.5, arrivals)
            kernel.change(15.5)
            set_weather(kernel.plan, visitors, strong=True)
            kernel.play(15.5, 24.0, arrivals)
        else:
            kernel.play(0.0, 24.0, arrivals)
        coming += kernel.take_purchases()
        by_channel += kernel.tally.by_channel
        by_sku += kernel.tally.by_sku
        kernel.state.stock[:] += kernel.due.sku_restock[day].astype(np.int64)
    return Totals(by_channel, by_sku, kernel.due.days[:n_days].sum(axis=0), kernel.due.sku_reviews[:n_days].sum(axis=0))


def deliveries_of(coming: list[list[float]], day: int) -> tuple[Arrivals, list[list[float]]]:
    """Deliveries of a day in order of time, and those that come later."""
    midnight = 24.0 * (day + 1)
    today = sorted(one for one in coming if one[0] < midnight)
    return np.array(today, dtype=np.float64).reshape(-1, d.N_SUPPLY), [one for one in coming if one[0] >= midnight]


def _scalars(visitors: float) -> dict[int, float]:
    return {
        d.ASK: 0.15, d.SERVICE_OPEN: 9.0, d.SERVICE_CLOSE: 23.0, d.SERVICE_HOURS: 5 / 60, d.PATIENCE_HOURS: 2 / 60,
        d.ODDS_ANSWERED: 1.8, d.ODDS_UNANSWERED: 0.5, d.PAGE_HOURS: 0.5 / 60, d.EXTRA_LINE: 0.3, d.EXTRA_UNIT: 0.25,
        d.SUBSTITUTION: 0.4, d.JOIN: 0.5, d.WAVE_CAPACITY: max(1.0, round(0.013 * visitors)), d.LATE_LIMIT: 20.0,
        d.PENALTY_SHARE: 0.3, d.PENALTY_CAP: 5_000.0, d.DELIVERY_MU: 0.5, d.DELIVERY_SD: 0.4, d.REVIEW: 0.25,
        d.REVIEW_DELAY: 2.0, d.STARS_MEAN: 4.85, d.STARS_SD: 1.2, d.STARS_PER_DAY: 0.1, d.STARS_LATE: 1.0,
        d.RETURN: 0.15, d.RETURN_DELAY: 3.0, d.RESTOCK: 0.9, d.LEAD_SD: 0.3,
    }  # fmt: skip
