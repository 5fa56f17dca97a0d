"""What each group of keywords brought and cost, each crowd and device apart."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.day import N_GROUP_TALLY, F, I
from storesim.model.cells import names_of
from storesim.model.goods import FEN
from storesim.results.recorded import GroupName
from storesim.scenario.channels import PayPerClick
from storesim.scenario.document import Scenario


class Places(NamedTuple):
    """Where the kernel counts the groups of one stage."""

    names: tuple[GroupName, ...]
    channel: I
    group: I


def read_groups(scenario: Scenario) -> Places:
    """The groups of every channel that has several; one that is alone has the channel's own counts."""
    found = [
        ((name, *names), c, g)
        for c, (name, channel) in enumerate(scenario.channels.items())
        if isinstance(channel, PayPerClick)
        for several in (names_of(channel),)
        if len(several) > 1
        for g, names in enumerate(several)
    ]
    at = np.array([place[1:] for place in found], dtype=np.int64).reshape(len(found), 2)
    return Places(tuple(place[0] for place in found), at[:, 0], at[:, 1])


class Groups:
    """Impressions, clicks and fen of each group so far; stages may have other groups."""

    def __init__(self, stages: tuple[Places, ...], n_channels: int, n_groups: int) -> None:
        self.names = tuple(dict.fromkeys(name for stage in stages for name in stage.names))
        place = {name: i for i, name in enumerate(self.names)}
        self._stages = stages
        self._rows = [np.array([place[name] for name in stage.names], dtype=np.int64) for stage in stages]
        n = (n_channels, n_groups, N_GROUP_TALLY) if self.names else (0, 0, N_GROUP_TALLY)
        self._days = [np.zeros(n) for _ in stages]

    def so_far(self, stage: int) -> F:
        """[n_channels, n_groups, 3] of all days of a stage, to which days are added; [0, 0, 3] without groups."""
        return self._days[stage]

    def totals(self) -> F:
        """[n_groups, 3] impressions, clicks and CNY."""
        counts = np.zeros((len(self.names), N_GROUP_TALLY))
        for places, rows, days in zip(self._stages, self._rows, self._days, strict=True):
            counts[rows] += days[places.channel, places.group]
        return np.asarray(counts / np.array([1.0, 1.0, FEN]))
