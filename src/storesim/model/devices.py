"""Visitors by device: what each device does to their visit, and what was counted of them (MODEL section 3).

A visitor uses one device: of a channel that bids by device that of the search which was won, elsewhere by the shares of
the channel or of the market. On it

`bounce = min(1, channel's · factor)`, `pages of those who stay = 2 + (depth − 2) · factor + luck`, `odds · factor`,

and what the visitor orders later is ordered on the same device (*assumed*). The visitor's other luck is what it would
be without devices: factors of 1 change no count of the store.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.day import (
    DEVICE_BOUNCE,
    DEVICE_GMV,
    DEVICE_ODDS,
    DEVICE_PER_PAGE,
    DEVICE_STAY,
    DEVICE_UP_TO,
    N_DEVICE,
    N_DEVICE_TALLY,
    F,
)
from storesim.engine.draws import log
from storesim.model.goods import FEN
from storesim.scenario.devices import shares_of
from storesim.scenario.document import Scenario


def read_devices(scenario: Scenario) -> F:
    """[n_channels, n_devices, N_DEVICE] of one stage, as `DayPlan.devices` holds them."""
    uses = scenario.market.devices
    devices = np.zeros((len(scenario.channels), len(uses), N_DEVICE))
    for c, channel in enumerate(scenario.channels.values()):
        shares = shares_of(channel, uses)
        devices[c, :, DEVICE_UP_TO] = np.cumsum(list(shares.values()))
        for v, use in enumerate(uses.values()):
            devices[c, v, DEVICE_BOUNCE] = bounce = min(1.0, channel.bounce * use.bounce)
            devices[c, v, DEVICE_STAY] = 1.0 / (1.0 - bounce) if bounce < 1.0 else 0.0
            # In this order a factor of 1 leaves the last bit as it is.
            pages = channel.depth - 1.0 + (channel.depth - 2.0) * (use.depth - 1.0)
            devices[c, v, DEVICE_PER_PAGE] = 1.0 / log(1.0 - 1.0 / pages) if pages > 1.0 else 0.0
            devices[c, v, DEVICE_ODDS] = use.conversion
    return devices


class Devices:
    """What visitors did on each device so far."""

    def __init__(self, n_channels: int, n_devices: int) -> None:
        self.so_far = np.zeros((n_channels, n_devices, N_DEVICE_TALLY))
        """Money in fen; days are added to it."""

    def totals(self) -> F:
        """[n_channels, n_devices, N_DEVICE_TALLY], money in CNY."""
        counts = self.so_far.copy()
        counts[..., DEVICE_GMV] /= FEN
        return counts
