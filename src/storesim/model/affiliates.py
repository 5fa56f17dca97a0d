"""Affiliates: commission on sales, promised with an order and settled long after it (京挑客; DOMAIN 2.3).

`visitors = v0 · (rate / typical rate)^ε · M`, and each promoted item of an order promises `rate · paid`, to the fen.
The commission falls due `settlement` days after delivery, which stands for the completion of the order. An order that
has come back by then forgives it; one that comes back later has paid it already and gets nothing back.

Commission is ad spend of its channel on the day it is settled, and cash leaves on that day: neither the order's day
nor the day of delivery knows of it. What is promised and neither paid nor forgiven is a debt nobody has booked yet:
the count `commission_open`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.day import FORGIVEN, PAID, PROMISED, SPEND, F
from storesim.engine.draws import exp, log
from storesim.model.goods import Goods, with_roles
from storesim.model.today import NO_ADS, SHUT, Today
from storesim.scenario.booked import PayPerSale
from storesim.scenario.document import Scenario


class Terms(NamedTuple):
    """What affiliates are promised in one stage."""

    commission: F
    """[n_channels, n_skus] share of what is paid."""

    settlement: F
    """[n_channels] hours from delivery to settlement; -1 for channels without commission."""


def read_terms(scenario: Scenario, goods: Goods) -> Terms:
    """The terms of one stage."""
    n = len(scenario.channels)
    terms = Terms(np.zeros((n, goods.share.size)), np.full(n, -1.0))
    for c, channel in enumerate(scenario.channels.values()):
        if isinstance(channel, PayPerSale):
            terms.commission[c] = np.where(with_roles(goods, channel.roles), channel.rate, 0.0)
            terms.settlement[c] = 24.0 * channel.settlement
    return terms


def visitors(channel: PayPerSale) -> float:
    """Visitors publishers send on a mean day for this commission; none for none."""
    if channel.rate <= 0.0:
        return 0.0
    return channel.visitors * exp(channel.elasticity * log(channel.rate / channel.typical_rate))


class Affiliates:
    """Commission promised and paid."""

    def __init__(self, stages: tuple[Terms, ...]) -> None:
        self._stages = stages
        self._channels = tuple(np.flatnonzero(stages[0].settlement >= 0.0).tolist())
        self.promised = 0.0
        """Of today's orders, fen."""

        self.open_commission = 0.0
        """Promised so far and neither paid nor forgiven, fen."""

    def open(self, today: Today) -> None:
        """Write the commission of every channel; nobody is sent where ads are off."""
        if self._channels and today.halt in (NO_ADS, SHUT):
            today.plan.rate[list(self._channels)] = 0.0
        if today.fresh and self._channels:
            terms = self._stages[today.stage]
            today.plan.commission[:] = terms.commission
            today.plan.settlement[:] = terms.settlement

    def close(self, day: int, by_channel: F, commission: F) -> None:
        """Charge what is settled today; `commission` [n_days + 1, n_channels, 2] is that of `Due`."""
        self.promised = 0.0
        for c in self._channels:
            promised = by_channel.item(c, PROMISED)
            paid, forgiven = commission.item(day, c, PAID), commission.item(day, c, FORGIVEN)
            by_channel[c, SPEND] += paid
            self.promised += promised
            self.open_commission += promised - paid - forgiven
