"""Cells of a pay-per-click channel: each group of keywords, crowd and device apart (MODEL section 5).

A cell has a share of the searches, its own bid and its own searchers: `bid · group · (1 + premium) · device`, relevance
by match type, and factors on the chance of a click and on the odds of buying. The kernel plays cells as it plays groups
of keywords; a channel without crowds and devices has a cell a group.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from storesim.scenario.channels import PayPerClick
from storesim.scenario.keywords import Crowd, Device, Keywords

WHOLE = 1e-9
"""Shares of crowds this close to 1 leave nobody over."""


class Cell(NamedTuple):
    """Searchers of one kind, to whom the channel bids alike."""

    group: int
    """Place of its group of keywords in the channel."""

    keywords: Keywords
    searches: float
    """Searches, relative to exact match of all groups."""

    bid: float
    """Factor on the channel's bid."""

    relevance: float
    clicks: float
    """Factor on the chance of a click."""

    conversion: float
    """Factor on the odds of buying."""


def cells_of(channel: PayPerClick) -> list[Cell]:
    """The cells in the order of the groups, in each those of its crowds, in each those of the devices."""
    return [
        Cell(
            place,
            group,
            group.searches * match.reach * crowd.share * device.share,
            group.bid * (1.0 + crowd.premium) * device.bid,
            group.relevance * match.relevance,
            match.clicks * crowd.clicks * device.clicks,
            match.conversion * crowd.conversion * device.conversion,
        )
        for place, group in enumerate(channel.keywords.values())
        for match in (channel.matched(group),)
        for crowd in _crowds(channel)
        for device in channel.devices.values() or (Device(share=1.0),)
    ]


def names_of(channel: PayPerClick) -> list[tuple[str, str, str]]:
    """Group, crowd and device of each of `cells_of`, in that order; `other` for the crowd of those in none."""
    crowds = list(channel.crowds)
    if len(list(_crowds(channel))) > len(crowds):
        crowds.append("other" if crowds else "")
    return [
        (group, crowd, device) for group in channel.keywords for crowd in crowds for device in channel.devices or ("",)
    ]


def _crowds(channel: PayPerClick) -> Iterator[Crowd]:
    """The crowds, and last those who belong to none."""
    yield from channel.crowds.values()
    others = 1.0 - sum(crowd.share for crowd in channel.crowds.values())
    if others > WHOLE:
        yield Crowd(share=others)
