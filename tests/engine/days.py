"""A small store at the level of arrays, for tests of the kernel."""

from __future__ import annotations

import numpy as np

from storesim.engine import day as d
from storesim.engine.kernel import Kernel, alias_table

CHANNELS = ("search", "express", "direct_placement", "returning")


def small_kernel(
    visitors: float = 400.0, *, n_days: int = 30, n_agents: int = 2, seed: int = 1, run: int = 0, log_rows: int = 0
) -> Kernel:
    """Four channels, five SKUs, everything on; about `visitors` a day."""
    kernel = Kernel(
        CHANNELS, 5, n_days, n_groups=2, n_rivals=3, n_slots=4, n_waves=2, n_agents=n_agents, seed=seed, run=run,
        log_rows=log_rows,
    )  # fmt: skip
    plan = kernel.plan
    plan.kind[:] = [d.FREE, d.AUCTION, d.FIXED_PRICE, d.FREE]
    plan.returning[3] = 1
    profile = np.array([1.0] * 8 + [3.0] * 16)
    plan.hours[:] = profile / profile.sum()
    plan.rate[:] = np.array([0.5, 8.0, 0.2, 0.15]) * visitors
    plan.bounce[:] = [0.45, 0.55, 0.60, 0.25]
    plan.page_p[:] = 0.3
    plan.odds[:] = [0.03, 0.03, 0.02, 0.10]
    plan.budget[:] = [np.inf, 25.0 * visitors, 12.0 * visitors, np.inf]
    plan.click_price[2] = 100.0
    plan.group_share[1] = [0.7, 0.3]
    plan.own_bid[1] = [160.0, 130.0]
    plan.slot_ctr[1] = [0.06, 0.042, 0.028, 0.015]
    plan.n_rivals[1] = 3
    plan.rival_score[1] = 120.0
    plan.rival_sd[1] = 0.5
    plan.reserve[1] = 10.0
    plan.step[1] = 1.0
    plan.price[:] = [5_900.0, 12_900.0, 19_900.0, 29_900.0, 59_900.0]
    plan.list_price[:] = plan.price + 1_000.0
    plan.alias_p[:], plan.alias_k[:] = alias_table([5, 4, 3, 2, 1])
    plan.reorder_at[:] = int(0.02 * visitors)
    plan.lot[:] = int(0.05 * visitors) + 1
    plan.lead_mu[:] = np.log(3.0)
    _set_scalars(kernel)
    kernel.state.stock[:] = int(0.08 * visitors) + 2
    return kernel


def _set_scalars(kernel: Kernel) -> None:
    values = {
        d.ASK: 0.15, d.SERVICE_OPEN: 9.0, d.SERVICE_CLOSE: 23.0, d.SERVICE_HOURS: 5 / 60, d.PATIENCE_HOURS: 2 / 60,
        d.ODDS_ANSWERED: 1.8, d.ODDS_UNANSWERED: 0.5, d.PAGE_HOURS: 0.5 / 60, d.EXTRA_LINE: 0.2, d.EXTRA_UNIT: 0.2,
        d.SUBSTITUTION: 0.4, d.JOIN: 0.5, d.WAVE_CAPACITY: 1e9, d.LATE_LIMIT: 48.0, d.PENALTY_SHARE: 0.3,
        d.PENALTY_CAP: 50_000.0, d.DELIVERY_MU: 0.7, d.DELIVERY_SD: 0.35, d.REVIEW: 0.25, d.REVIEW_DELAY: 3.0,
        d.STARS_MEAN: 4.85, d.STARS_SD: 0.6, d.STARS_PER_DAY: 0.05, d.STARS_LATE: 1.0, d.RETURN: 0.1,
        d.RETURN_DELAY: 5.0, d.RESTOCK: 0.9, d.LEAD_SD: 0.3,
    }  # fmt: skip
    for index, value in values.items():
        kernel.plan.scalars[index] = value


def play_days(kernel: Kernel, n_days: int, cuts: tuple[float, ...] = (24.0,)) -> np.ndarray:
    """`[n_days, C, N_TALLY]`: play, handing each purchase order back on its day."""
    tallies = []
    waiting: list[list[float]] = []
    for day in range(n_days):
        kernel.open(day)
        today = sorted(po for po in waiting if po[0] < 24.0 * (day + 1))
        waiting = [po for po in waiting if po[0] >= 24.0 * (day + 1)]
        arrivals = np.array(today, dtype=np.float64).reshape(-1, d.N_SUPPLY)
        start = 0.0
        for end in cuts:
            kernel.play(start, end, arrivals)
            start = end
        waiting += kernel.take_purchases()
        tallies.append(kernel.tally.by_channel.copy())
    return np.array(tallies)
