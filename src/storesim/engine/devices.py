"""Visitors by device: which one each uses, how long it keeps them, and what is counted of them (MODEL section 3)."""

from __future__ import annotations

import numpy as np

from storesim.engine.budget import DEVICE, GROUP, KEEP, WHO
from storesim.engine.codes import ASKS, DECIDES, DEVICE_AT, DEVICE_BITS
from storesim.engine.compiled import by_address, inlined, typed
from storesim.engine.day import (
    DEVICE_BOUNCE,
    DEVICE_BOUNCES,
    DEVICE_BUYERS,
    DEVICE_GMV,
    DEVICE_ODDS,
    DEVICE_PER_PAGE,
    DEVICE_PV,
    DEVICE_STAY,
    DEVICE_UNITS,
    DEVICE_UP_TO,
    DEVICE_UV,
    DRAW_DEVICE,
    DRAW_LUCK,
    DRAW_VISIT,
    F,
    I,
    U,
)
from storesim.engine.draws import STEP, halves, log, unit, whole

SIGNATURE = (
    "int64(int64, float64[:,::1], float64[::1], int64, float64, float64, float64[:,::1], int64[:,::1], uint64[::1], "
    "float64[:,::1], int64)"
)
BROWSE, COUNT = typed(0), typed(1)
"""What of a block's visitors: find their device and what they see on it, or count them once their luck is settled."""


@by_address(SIGNATURE)
def tell(
    step: int, devices: F, of_group: F, auctioned: int, ask: float, quiet: float, work: F, number: I, seed: U,
    by_device: F, m: int,
) -> int:  # fmt: skip
    """Play a step of `m` visitors of one channel where devices are told apart; the number of visitors.

    `devices` [V, N_DEVICE], `of_group` [G] and `by_device` [V, N_DEVICE_TALLY] are the channel's; `work`, `number` and
    `seed` are those of `Scratch`.
    """
    if step == COUNT:
        _count(by_device, work[1], number, m)
    else:
        _pick_up(devices, of_group, auctioned, work[3], number, seed, m)
        _browse_on(devices, ask, quiet, work, number, seed, m)
    return m


@by_address(SIGNATURE)
def tell_nothing(
    step: int, devices: F, of_group: F, auctioned: int, ask: float, quiet: float, work: F, number: I,  # noqa: ARG001
    seed: U, by_device: F, m: int,  # noqa: ARG001
) -> int:  # fmt: skip
    """Stand in for `tell` in a store that tells no devices apart."""
    return m


@inlined
def _pick_up(devices: F, of_group: F, auctioned: int, luck: F, number: I, seed: U, m: int) -> None:
    """The device of each visitor: that of their group of keywords if it has one, or by luck."""
    device = number[DEVICE]
    for b in range(m):
        luck[b] = unit(seed[b] + np.uint64(DRAW_DEVICE) * STEP)
        device[b] = 0
    for v in range(devices.shape[0] - 1):
        up_to = devices[v, DEVICE_UP_TO]
        for b in range(m):
            device[b] += luck[b] >= up_to
    if auctioned:
        who, group = number[WHO], number[GROUP]
        for b in range(m):
            of = of_group[group[who[b]]]
            device[b] = int(of) if of >= 0.0 else device[b]


@inlined
def _browse_on(devices: F, ask: float, quiet: float, work: F, number: I, seed: U, m: int) -> None:
    """`visits._browse` where each device has its own bounce, pages and odds; the luck is moved as by `visits._tilt`."""
    extra, luck, keep, device = work[1], work[2], number[KEEP], number[DEVICE]
    bounce, stay, per_page, odds = work[3], work[4], work[5], work[6]
    u, asks = work[7], work[8]
    for b in range(m):
        row = devices[device[b]]
        bounce[b], stay[b], per_page[b], odds[b] = (
            row[DEVICE_BOUNCE], row[DEVICE_STAY], row[DEVICE_PER_PAGE], row[DEVICE_ODDS],
        )  # fmt: skip
    for b in range(m):
        u[b], asks[b] = halves(seed[b] + np.uint64(DRAW_VISIT) * STEP)
    for b in range(m):
        pages = 1.0 + np.floor(log(max((1.0 - u[b]) * stay[b], 1.0e-300)) * per_page[b])
        extra[b] = 0.0 if u[b] < bounce[b] else pages
    for b in range(m):
        x = unit(seed[b] + np.uint64(DRAW_LUCK) * STEP)
        moved = x / (x + odds[b] * (1.0 - x))
        x = x if odds[b] == 1.0 else moved
        luck[b] = x
        what = DECIDES if x < quiet else 0
        what = ASKS if asks[b] < ask else what
        keep[b] = what if extra[b] > 0.0 else 0


@inlined
def _count(by_device: F, extra: F, number: I, m: int) -> None:
    """Count the visitors by device, and mark what the second pass must see of them with it."""
    keep, device = number[KEEP], number[DEVICE]
    for v in range(by_device.shape[0]):
        came, bounces, pages = 0, 0, 0
        for b in range(m):
            came += 1 if device[b] == v else 0
        for b in range(m):
            bounces += 1 if (device[b] == v) & (extra[b] == 0.0) else 0
        for b in range(m):
            pages += whole(extra[b]) if device[b] == v else 0
        row = by_device[v]
        row[DEVICE_UV] += came
        row[DEVICE_PV] += pages + came
        row[DEVICE_BOUNCES] += bounces
    for b in range(m):
        keep[b] |= device[b] << DEVICE_AT if keep[b] > 0 else 0


@inlined
def count_second_look(by_device: F, code: int) -> None:
    """One who comes back on another day to order, on the device of the first look; `by_device` is the channel's."""
    if by_device.shape[0] > 0:
        row = by_device[(code >> DEVICE_AT) & DEVICE_BITS]
        row[DEVICE_UV] += 1
        row[DEVICE_PV] += 2


@inlined
def count_order(by_device: F, code: int, pieces: float, amount: float) -> None:
    """An order of `pieces` for `amount` fen."""
    if by_device.shape[0] > 0:
        row = by_device[(code >> DEVICE_AT) & DEVICE_BITS]
        row[DEVICE_BUYERS] += 1
        row[DEVICE_UNITS] += pieces
        row[DEVICE_GMV] += amount
