"""Visitors by device: which one each uses, how long it keeps them, and what is counted of them (MODEL section 3)."""

from __future__ import annotations

import numpy as np

from storesim.engine.budget import DEVICE, GROUP, KEEP, WHO, Scratch
from storesim.engine.codes import ASKS, DECIDES, DEVICE_AT, DEVICE_BITS
from storesim.engine.compiled import inlined
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
)
from storesim.engine.draws import STEP, halves, log, unit


@inlined
def pick_up(devices: F, of_group: F, auctioned: bool, scratch: Scratch, m: int) -> None:
    """The device of each of `m` visitors: that of their group of keywords if it has one, or by luck."""
    device, seed, luck = scratch.number[DEVICE], scratch.seed, scratch.work[3]
    for b in range(m):
        luck[b] = unit(seed[b] + np.uint64(DRAW_DEVICE) * STEP)
        device[b] = 0
    for v in range(devices.shape[0] - 1):
        up_to = devices[v, DEVICE_UP_TO]
        for b in range(m):
            device[b] += luck[b] >= up_to
    if auctioned:
        who, group = scratch.number[WHO], scratch.number[GROUP]
        for b in range(m):
            of = of_group[group[who[b]]]
            device[b] = int(of) if of >= 0.0 else device[b]


@inlined
def browse_on(devices: F, ask: float, quiet: float, scratch: Scratch, m: int) -> None:
    """`visits._browse` where each device has its own bounce, pages and odds; the luck is moved as by `visits._tilt`."""
    extra, luck, keep, seed = scratch.work[1], scratch.work[2], scratch.number[KEEP], scratch.seed
    device, bounce, stay, per_page, odds = (
        scratch.number[DEVICE], scratch.work[3], scratch.work[4], scratch.work[5], scratch.work[6],
    )  # fmt: skip
    for b in range(m):
        row = devices[device[b]]
        bounce[b], stay[b], per_page[b], odds[b] = (
            row[DEVICE_BOUNCE], row[DEVICE_STAY], row[DEVICE_PER_PAGE], row[DEVICE_ODDS],
        )  # fmt: skip
    for b in range(m):
        s = seed[b]
        u, a = halves(s + np.uint64(DRAW_VISIT) * STEP)
        v = max((1.0 - u) * stay[b], 1.0e-300)
        pages = 1.0 + np.floor(log(v) * per_page[b])
        pages = 0.0 if u < bounce[b] else pages
        extra[b] = pages
        x = unit(s + np.uint64(DRAW_LUCK) * STEP)
        moved = x / (x + odds[b] * (1.0 - x))
        x = x if odds[b] == 1.0 else moved
        luck[b] = x
        what = DECIDES if x < quiet else 0
        what = ASKS if a < ask else what
        keep[b] = what if pages > 0.0 else 0


@inlined
def count_devices(by_device: F, scratch: Scratch, m: int) -> None:
    """Count `m` visitors by device, and mark what the second pass must see of them with it."""
    extra, keep, device = scratch.work[1], scratch.number[KEEP], scratch.number[DEVICE]
    for b in range(m):
        row = by_device[device[b]]
        row[DEVICE_UV] += 1
        row[DEVICE_PV] += extra[b] + 1.0
        row[DEVICE_BOUNCES] += 1 if extra[b] == 0.0 else 0
        if keep[b] > 0:
            keep[b] |= device[b] << DEVICE_AT


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
