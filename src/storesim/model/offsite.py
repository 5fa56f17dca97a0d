"""Beyond JD: visitors of other marketplaces and an own site, by the strength of the brand (MODEL section 12).

`visitors = potential · M · S/(S + half)`: the strength S is buyers so far, wherever they bought, and `reach` times all
visitors so far, both forgotten with the half-life `memory`. A share of these visitors is taken from tomorrow's free
ones on JD (`traffic`). They land on the same items and buy from the same shelf; their platform keeps an account of its
own (`settlement`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import BUYERS, DELIVERED, GMV, REFUNDED, UV, F, I
from storesim.model.settlement import Terms, pay_days
from storesim.model.today import Today
from storesim.model.traffic import kept
from storesim.scenario.document import Scenario
from storesim.scenario.offsite import Offsite


class Brand(NamedTuple):
    """What one stage says of selling beyond JD; one entry for each platform."""

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
        """S of each platform, as its own memory has it."""

        self._flows = np.zeros((self.strength.size, 3))
        self.gmv = 0.0
        """GMV of today beyond JD, fen."""

    def open(self, today: Today) -> None:
        """Write the rate of each platform, and which account its orders go to."""
        if not self.strength.size:
            return
        brand = self._stages[today.stage]
        if today.fresh:
            today.plan.account[brand.channels] = np.arange(self.strength.size)
        _expect(brand, self.strength, today.market, today.plan.rate)

    def close(self, stage: int, by_channel: F, due: F) -> F:
        """Remember the day; [n_offsite, 3] GMV, refunds and deliveries of each platform, fen; overwritten tomorrow.

        Parameters
        ----------
        by_channel
            [n_channels, N_TALLY] of today.
        due
            [n_offsite, 2] delivered and refunded today.
        """
        if self.strength.size:
            self.gmv = _remember(self._stages[stage], by_channel, due, self.strength, self._flows)
        return self._flows


@compiled
def expect(brand: Brand, strength: F, market: float, rate: F) -> None:
    """Write the visitors to expect from each platform into `rate` [n_channels]; `strength` is [n_offsite]."""
    for i in range(strength.shape[0]):
        known = strength[i] / (strength[i] + brand.half[i])
        rate[brand.channels[i]] = brand.potential[i] * market * known


@compiled
def remember(brand: Brand, by_channel: F, due: F, strength: F, flows: F) -> float:
    """Move `strength` [n_offsite] on by a day, fill `flows` as `Distribution.close` says; GMV beyond JD, fen."""
    buyers, uv, gmv = 0.0, 0.0, 0.0
    for c in range(by_channel.shape[0]):
        buyers += by_channel[c, BUYERS]
        uv += by_channel[c, UV]
    for i in range(strength.shape[0]):
        strength[i] = brand.keep[i] * (strength[i] + buyers + brand.reach[i] * uv)
        sold = by_channel[brand.channels[i], GMV]
        flows[i, 0], flows[i, 1], flows[i, 2] = sold, due[i, REFUNDED], due[i, DELIVERED]
        gmv += sold
    return gmv


_expect, _remember = Settled(expect), Settled(remember)
