"""Whose order it is: each order by the day of the click that led to it, and by its own (DOMAIN 1.3)."""

from __future__ import annotations

from storesim.engine.compiled import inlined
from storesim.engine.day import F

BY_CLICK, BY_ORDER = range(2)
"""First axis of `Due.attributed`: an order is credited to the day of the click, or to its own."""

DELAYS = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 15), (16, 16), (17, None))
"""Days from the click to the order of each place of its fourth axis; the last has no end."""

N_DELAYS = 7
N_CREDITED = 3


@inlined
def credit(attributed: F, c: int, clicked: int, day: int, lines: float, amount: float) -> None:
    """Credit an order of `day` that a click of day `clicked` led to, once by each date.

    `attributed` is [2, n_days, n_channels, N_DELAYS, N_CREDITED]: orders, fen and order lines.
    """
    waited = day - clicked
    place = waited if waited < 2 else 2 if waited < 4 else 3 if waited < 8 else 4 if waited < 16 else 5
    if waited > 16:
        place = 6
    attributed[BY_CLICK, clicked, c, place, 0] += 1.0
    attributed[BY_CLICK, clicked, c, place, 1] += amount
    attributed[BY_CLICK, clicked, c, place, 2] += lines
    attributed[BY_ORDER, day, c, place, 0] += 1.0
    attributed[BY_ORDER, day, c, place, 1] += amount
    attributed[BY_ORDER, day, c, place, 2] += lines
