"""Beyond JD: visitors of other marketplaces and an own site, by the strength of the brand (MODEL section 12).

`visitors = potential · M · S/(S + half)`: the strength S is buyers so far, wherever they bought, and `reach` times all
visitors so far, both forgotten with the half-life `memory`. A share of these visitors is taken from tomorrow's free
ones on JD (`traffic`). They land on the same items and buy from the same shelf; their platform keeps an account of its
own (`settlement`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.day import BUYERS, DELIVERED, GMV, REFUNDED, UV, F, I
from storesim.model.settlement import Terms, pay_days
from storesim.model.today import Today
from storesim.model.traffic import kept
from storesim.scenario.document import Scenario
from storesim.scenario.offsite import Offsite


class Brand(NamedTuple):
    """What one stage says of selling beyond JD; arrays are [n_offsite]."""

    channels: I
    """Places among the channels."""

    potential: F
    half: F
    reach: F
    keep: F


def read_brand(scenario: Scenario) -> Brand:
    """The platforms beyond JD in one stage."""
    found = {c: channel for c, channel in enumerate(scenario.channels.values()) if isinstance(channel, Offsite)}
    return Brand(
        channels=np.array(list(found), dtype=np.int64),
        potential=np.array([channel.potential for channel in found.values()]),
        half=np.array([channel.half for channel in found.values()]),
        reach=np.array([channel.reach for channel in found.values()]),
        keep=np.array([kept(channel.memory) for channel in found.values()]),
    )


def read_accounts(scenario: Scenario) -> tuple[Terms, ...]:
    """The terms of each platform beyond JD, in the order of the channels; they do not change with the stage."""
    opened, n_days = scenario.store.opened, scenario.n_days
    return tuple(
        Terms(channel.commission, 0.0, channel.settlement, pay_days(channel.settlement_dates, opened, n_days))
        for channel in scenario.channels.values()
        if isinstance(channel, Offsite)
    )


class Distribution:
    """Visitors from beyond JD; it remembers how well the brand is known."""

    def __init__(self, stages: tuple[Brand, ...]) -> None:
        self._stages = stages
        self.strength = np.zeros(stages[0].channels.size)
        """[n_offsite] S of each platform, as its own memory has it."""

        self.gmv = 0.0
        """GMV of today beyond JD, fen."""

    def open(self, today: Today) -> None:
        """Write the rate of each platform, and which account its orders go to."""
        brand = self._stages[today.stage]
        if brand.channels.size == 0:
            return
        plan = today.plan
        plan.account[brand.channels] = np.arange(brand.channels.size)
        known = self.strength / (self.strength + brand.half)
        plan.rate[brand.channels] = brand.potential * today.market * known

    def close(self, stage: int, by_channel: F, due: F) -> tuple[tuple[float, float, float], ...]:
        """Remember the day; GMV, refunds and deliveries of each platform, fen.

        Parameters
        ----------
        by_channel
            [n_channels, N_TALLY] of today.
        due
            [n_offsite, 2] delivered and refunded today.
        """
        brand = self._stages[stage]
        if brand.channels.size == 0:
            return ()
        total = by_channel.sum(axis=0)
        self.strength = brand.keep * (self.strength + total[BUYERS] + brand.reach * total[UV])
        sold = by_channel[brand.channels, GMV]
        self.gmv = float(sold.sum())
        return tuple(zip(sold.tolist(), due[:, REFUNDED].tolist(), due[:, DELIVERED].tolist(), strict=True))
