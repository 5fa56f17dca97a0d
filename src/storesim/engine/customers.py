"""Who a visitor is to the store's promotions: on which device, of which JD level (京东会员级别, MODEL section 7)."""

from __future__ import annotations

import numpy as np

from storesim.engine.codes import DEVICE_AT, DEVICE_BITS, LEVEL_AT
from storesim.engine.compiled import inlined
from storesim.engine.day import DRAW_LEVEL, FOR_LEVELS, ON_DEVICES, F
from storesim.engine.draws import draw


@inlined
def who_is(levels: F, code: int, seed: np.uint64) -> int:
    """Device of a visitor, and above its bits the level; 0 where no promotion tells levels apart."""
    device = (code >> DEVICE_AT) & DEVICE_BITS
    return device if levels.shape[0] == 0 else device | (_level_of(levels, seed) << LEVEL_AT)


@inlined
def row_of(levels: F, code: int, seed: np.uint64) -> int:
    """Row of `DayPlan.device_odds` for a visitor."""
    device = (code >> DEVICE_AT) & DEVICE_BITS
    return device if levels.shape[0] == 0 else device * levels.shape[0] + _level_of(levels, seed)


@inlined
def is_for(t: F, who: int) -> bool:
    """Whether a promotion of terms `t` is for a visitor, `who` as from `who_is`."""
    return (t[ON_DEVICES] == 0.0 or (int(t[ON_DEVICES]) >> (who & DEVICE_BITS)) & 1 > 0) and (
        t[FOR_LEVELS] == 0.0 or (int(t[FOR_LEVELS]) >> (who >> LEVEL_AT)) & 1 > 0
    )


@inlined
def _level_of(levels: F, seed: np.uint64) -> int:
    """The level by the visitor's own luck, which moves nothing else of him."""
    luck, level = draw(seed, DRAW_LEVEL), 0
    for up_to in range(levels.shape[0] - 1):
        level += 1 if luck >= levels[up_to] else 0
    return level
