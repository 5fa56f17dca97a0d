"""Where visitors land who come for some items only: promoted by an affiliate, or in a slot of an event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.engine.day import F, I
from storesim.engine.kernel import alias_table
from storesim.model.goods import Goods, with_codes, with_roles
from storesim.model.today import Today
from storesim.scenario.booked import PayPerSale, Slots
from storesim.scenario.document import Scenario


class Landings(NamedTuple):
    """Where the visitors of each channel land in one stage."""

    row: I
    """[n_channels] row of the tables; -1: on any item, by popularity alone."""

    alias_p: F
    """[n_landings, n_skus] Walker's alias tables."""

    alias_k: I

    of_slots: Mapping[int, tuple[int, ...]]
    """By place of a channel of slots: the row of each of its slots, the channel's own where a slot names no items."""


def read_landings(scenario: Scenario, goods: Goods, *, unlike: bool) -> Landings:
    """The landings of one stage: by popularity and role, of the SKUs of the channel's roles or of a slot.

    `unlike` says whether `roles_differ` in any regime, for all have as many tables.
    """
    row = np.full(len(scenario.channels), -1, dtype=np.int64)
    drawn = goods.share * goods.landing
    tables: list[tuple[F, I]] = []
    of_slots: dict[int, tuple[int, ...]] = {}
    if unlike:
        row[:] = 0
        tables.append(alias_table(drawn.tolist()))
    for c, channel in enumerate(scenario.channels.values()):
        if isinstance(channel, PayPerSale | Slots):
            row[c] = len(tables)
            tables.append(_table(drawn, with_roles(goods, channel.roles)))
        if isinstance(channel, Slots):
            rows: list[int] = []
            for slot in channel.dates:
                rows.append(len(tables) if slot.skus else int(row[c]))
                if slot.skus:
                    tables.append(_table(drawn, with_codes(goods, slot.skus)))
            of_slots[c] = tuple(rows)
    shape = (len(tables), goods.share.size)
    return Landings(
        row=row,
        alias_p=np.array([p for p, _ in tables]).reshape(shape),
        alias_k=np.array([k for _, k in tables], dtype=np.int64).reshape(shape),
        of_slots=of_slots,
    )


def roles_differ(goods: Goods) -> bool:
    """Whether items of some role draw visitors beyond their popularity."""
    return bool((goods.share * goods.landing != goods.share).any())


def land(today: Today, stages: tuple[Landings, ...]) -> None:
    """Write where visitors land, when a stage begins."""
    if today.fresh:
        landings = stages[today.stage]
        today.plan.landing[:] = landings.row
        today.plan.landing_p[:] = landings.alias_p
        today.plan.landing_k[:] = landings.alias_k


def _table(drawn: F, named: NDArray[np.bool_]) -> tuple[F, I]:
    """Walker's table of the items named; of all where none of these is on sale, as then nobody is sent to them."""
    weights = np.where(named, drawn, 0.0)
    return alias_table((weights if weights.any() else drawn).tolist())
