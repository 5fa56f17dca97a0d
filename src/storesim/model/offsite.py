"""Beyond JD: visitors of other marketplaces and an own site, by the strength of the brand (MODEL section 12).

`visitors = potential · M · S/(S + half)`: the strength S is buyers so far, wherever they bought, and `reach` times all
visitors so far, both forgotten with the half-life `memory`. A share of these visitors is taken from tomorrow's free
ones on JD (`traffic`). They land on the same items and buy from the same shelf; their platform keeps an account of its
own (`settlement`).
"""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.day import BUYERS, DELIVERED, GMV, REFUNDED, UV, F
from storesim.model.settlement import Terms, pay_days
from storesim.model.today import Today
from storesim.model.traffic import kept
from storesim.scenario.document import Scenario
from storesim.scenario.offsite import Offsite


class Brand(NamedTuple):
    """What one stage says of selling beyond JD; one entry for each platform."""

    channels: tuple[int, ...]
    """Places among the channels."""

    potential: tuple[float, ...]
    half: tuple[float, ...]
    reach: tuple[float, ...]
    keep: tuple[float, ...]


def read_brand(scenario: Scenario) -> Brand:
    """The platforms beyond JD in one stage."""
    found = {c: channel for c, channel in enumerate(scenario.channels.values()) if isinstance(channel, Offsite)}
    return Brand(
        channels=tuple(found),
        potential=tuple(channel.potential for channel in found.values()),
        half=tuple(channel.half for channel in found.values()),
        reach=tuple(channel.reach for channel in found.values()),
        keep=tuple(kept(channel.memory) for channel in found.values()),
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
        self.strength = [0.0] * len(stages[0].channels)
        """S of each platform, as its own memory has it."""

        self.gmv = 0.0
        """GMV of today beyond JD, fen."""

    def open(self, today: Today) -> None:
        """Write the rate of each platform, and which account its orders go to."""
        brand = self._stages[today.stage]
        if not brand.channels:
            return
        if today.fresh:
            for place, c in enumerate(brand.channels):
                today.plan.account[c] = place
        rate, market = today.plan.rate, today.market
        for c, strength, half, potential in zip(
            brand.channels, self.strength, brand.half, brand.potential, strict=True
        ):
            rate[c] = potential * market * (strength / (strength + half))

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
        if not brand.channels:
            return ()
        buyers, uv = sum(by_channel[:, BUYERS].tolist()), sum(by_channel[:, UV].tolist())
        self.strength = [
            keep * (strength + buyers + reach * uv)
            for keep, strength, reach in zip(brand.keep, self.strength, brand.reach, strict=True)
        ]
        gmv = by_channel[:, GMV].tolist()
        sold = [gmv[c] for c in brand.channels]
        self.gmv = sum(sold)
        brought = due.tolist()
        return tuple([(sold[i], row[REFUNDED], row[DELIVERED]) for i, row in enumerate(brought)])
