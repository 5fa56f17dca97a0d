"""The arrays a kernel works in, before the first day."""

from __future__ import annotations

import numpy as np

from storesim.engine import day as d
from storesim.engine.basket import no_trade
from storesim.engine.day import DayPlan, DayState
from storesim.engine.devices import tell, tell_nothing
from storesim.engine.moments import Moments, Rows
from storesim.engine.rivals import meet, meet_nobody

ROOM = 32_768
PURCHASES = 4_096


def empty_plan(
    c: int, k: int, g: int, r: int, s: int, w: int, n_landings: int, n_devices: int = 0, *, n_turns: int = 0,
    rivals_alike: bool = False,
) -> DayPlan:  # fmt: skip
    """The plan of a day on which nobody comes: C channels, K SKUs, G groups, R rivals, S slots, W waves."""
    return DayPlan(
        kind=np.zeros(c, dtype=np.int64),
        returning=np.zeros(c, dtype=np.int64),
        rate=np.zeros(c),
        hours=np.full(24, 1.0 / 24.0),
        bounce=np.zeros(c),
        page_p=np.full(c, 0.5),
        odds=np.zeros(c),
        budget=np.full(c, np.inf),
        click_price=np.zeros(c),
        group_share=np.zeros((c, g)),
        own_bid=np.zeros((c, 24, g)),
        quality=np.ones((c, g)),
        appeal=np.ones((c, g)),
        of_group=np.array([np.ones((c, g)), np.full((c, g), d.ANY_DEVICE)]),
        pace=np.zeros(c),
        slot_ctr=np.zeros((c, s)),
        n_rivals=np.zeros(c, dtype=np.int64),
        rival_score=np.ones((c, g, r)),
        rival_sd=np.zeros((c, g)),
        turns=np.full((n_turns, c, d.N_TURN), np.inf),
        reserve=np.zeros(c),
        step=np.zeros(c),
        commission=np.zeros((c, k)),
        settlement=np.full(c, -1.0),
        account=np.full(c, -1, dtype=np.int64),
        devices=np.zeros((c, n_devices, d.N_DEVICE)),
        landing=np.full(c, -1, dtype=np.int64),
        landing_p=np.ones((n_landings, k)),
        landing_k=np.zeros((n_landings, k), dtype=np.int64),
        price=np.zeros(k),
        regular_price=np.zeros(k),
        regular_odds=np.ones(k),
        list_price=np.zeros(k),
        sku_odds=np.ones(k),
        device_odds=np.zeros((0, k)),
        levels=np.zeros(0),
        of_sku=np.array([np.zeros(k), np.full(k, np.inf)]),
        alias_p=np.ones(k),
        alias_k=np.arange(k, dtype=np.int64),
        reorder_at=np.full(k, -1, dtype=np.int64),
        lot=np.zeros(k, dtype=np.int64),
        lead_mu=np.zeros(k),
        duty=np.zeros((1, 2)),
        waves=np.linspace(12.0, 18.0, w),
        off=np.zeros(0, dtype=np.int64),
        carriers=np.zeros((0, d.N_CARRIER)),
        scalars=np.zeros(d.N_SCALARS),
        deals=np.zeros((0, d.N_TERMS + k)),
        kept=np.zeros((0, 1 + k)),
        presale=np.zeros((4, 0)),
        cross=np.zeros((0, 1 + 2 * k)),
        trade=no_trade(),
        meet=meet_nobody() if rivals_alike else meet(),
        tell=tell() if n_devices > 0 else tell_nothing(),
    )


def empty_state(c: int, k: int, g: int, n_agents: int, log_rows: int) -> DayState:
    """The state before the first day."""
    return DayState(
        stock=np.zeros(k, dtype=np.int64),
        on_order=np.zeros(k, dtype=np.int64),
        agent_free=np.zeros(n_agents),
        wave=np.zeros(d.N_WAVE),
        purchases=np.zeros((PURCHASES, d.N_SUPPLY)),
        number=np.zeros(c, dtype=np.int64),
        drawn=np.zeros(c),
        base=np.zeros(c),
        since=np.zeros(c),
        spent=np.zeros(c),
        shown=np.zeros(c),
        group_shown=np.zeros((c, g)),
        took_part=np.zeros((c, 2), dtype=np.int64),
        clicks_expected=np.zeros(c),
        air=np.zeros((c, 2)),
        orders_made=np.zeros(k, dtype=np.int64),
        slot_left=np.zeros(k, dtype=np.int64),
        held=np.zeros(k, dtype=np.int64),
        heap_time=np.zeros(ROOM // 8),
        heap_code=np.zeros(ROOM // 8, dtype=np.int64),
        heap_luck=np.zeros(ROOM // 8),
        heap_seed=np.zeros(ROOM // 8, dtype=np.uint64),
        seats=np.zeros(0),
        members=np.zeros((0, d.N_MEMBER)),
        sales=np.zeros((d.N_SALE, 0)),
        counters=np.zeros(8, dtype=np.int64),
        log=np.zeros((log_rows, d.N_LOG)),
    )


def empty_moments(room: int) -> Moments:
    """Room for as many moments."""
    return Moments(
        left=_rows(room),
        ordered=_rows(room),
        bucket=np.zeros(room, dtype=np.int64),
        starts=np.zeros(room + 1, dtype=np.int64),
    )


def _rows(room: int) -> Rows:
    return Rows(np.zeros(room), np.zeros(room), np.zeros(room, dtype=np.uint64), np.zeros(room, dtype=np.int64))
