"""The advertising of one stage as a scenario writes it: auctions by hour and cell of searchers, audiences, budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.engine.day import ANY_DEVICE, N_TURN, TURN_HOUR, TURN_OUT, TURN_RIVALS, F, I
from storesim.engine.draws import exp
from storesim.model.audience import Audience, read_audience
from storesim.model.cells import cells_of, names_of
from storesim.model.goods import FEN, fen
from storesim.model.reach import Names
from storesim.model.traffic import category_cvr
from storesim.scenario.booked import Display
from storesim.scenario.channels import PayPerClick, Placement
from storesim.scenario.document import Scenario

LEAST_BID = 10.0
"""Least bid JD takes, fen (DOMAIN 2.2); an hour or group with factor 0 is left out instead."""

LEAST_SCORE = 1e-6
"""Least score that is shown, fen: without a reserve an hour left out would win the slots nobody wants, for nothing."""


class Bids(NamedTuple):
    """The advertising of one stage; C channels, G cells of searchers (`cells`), R rivals, S slots."""

    budget: F
    """[C] fen a day that the kernel watches; inf where it has nothing to watch."""

    limit: F
    """[C] fen a day that may be spent in all; inf where nothing is paid."""

    click_price: F
    """[C] fen."""

    share: F
    """[C, G] share of searches."""

    own: F
    """[C, 24, G] own bid, whole fen."""

    relevance: F
    """[C, G]"""

    clicks: F
    """[C, G] factor on the chance of a click."""

    tilt: F
    """[C, G] factor on the odds of buying."""

    device: F
    """[C, G] place of its device in the market, ANY_DEVICE where the channel does not bid by device."""

    slot_ctr: F
    """[C, S]"""

    rivals: I
    """[C]"""

    score: F
    """[C, G, R] median score of each rival at strength 1, fen."""

    score_sd: F
    """[C, G]"""

    reserve: F
    """[C] fen."""

    step: F
    """[C] fen above the price that keeps the slot."""

    keep: F
    """[C] share of the click record left after a day; 0 where there is no auction."""

    conversion_power: F
    """[C] power of own conversion in the quality score."""

    category: F
    """[C] buyers a visitor would bring to a store that converts like its category."""

    leaves: F
    """[C, R] hour of the day at which each rival's budget is spent; inf: never."""

    smooth: tuple[int, ...]
    """Channels whose budget is spread over the day."""

    names: Names
    """Where those go who search for the store by its name."""

    audiences: Mapping[int, Audience]


Leaving = tuple[int, list[float], bool]
"""A channel whose rivals leave, the hours at which they do, and whether they follow one law."""

Gone = tuple[int, int, list[int]]
"""A channel, how many rivals it has left, and those of them that score nothing."""


class Sizes(NamedTuple):
    """Most of each that any channel has in any stage."""

    groups: int
    rivals: int
    slots: int


def sizes_of(scenario: Scenario) -> Sizes:
    """Room the auctions of one stage need."""
    found = [channel for channel in scenario.channels.values() if isinstance(channel, PayPerClick)]
    return Sizes(
        groups=max([1, *(len(cells_of(channel)) for channel in found)]),
        rivals=max([1, *(channel.rivals for channel in found)]),
        slots=max([1, *(len(channel.slot_ctr) for channel in found)]),
    )


def read_bids(scenario: Scenario, sizes: Sizes) -> Bids:
    """The advertising of one stage."""
    n, (g, r, s) = len(scenario.channels), sizes
    paced = [isinstance(channel, PayPerClick) and channel.pacing == "smooth" for channel in scenario.channels.values()]
    audiences: dict[int, Audience] = {}
    bids = Bids(
        budget=np.full(n, np.inf), limit=np.full(n, np.inf), click_price=np.zeros(n),
        share=np.zeros((n, g)), own=np.zeros((n, 24, g)), relevance=np.ones((n, g)),
        clicks=np.ones((n, g)), tilt=np.ones((n, g)), device=np.full((n, g), ANY_DEVICE), slot_ctr=np.zeros((n, s)),
        rivals=np.zeros(n, dtype=np.int64), score=np.ones((n, g, r)), score_sd=np.zeros((n, g)),
        reserve=np.zeros(n), step=np.zeros(n), keep=np.zeros(n), conversion_power=np.zeros(n),
        category=np.array([category_cvr(scenario, channel) for channel in scenario.channels.values()]),
        leaves=np.full((n, r), np.inf), smooth=tuple(c for c, on in enumerate(paced) if on), names=Names(scenario, g),
        audiences=audiences,
    )  # fmt: skip
    for c, channel in enumerate(scenario.channels.values()):
        if isinstance(channel, PayPerClick):
            _read_auction(bids, c, channel, list(scenario.market.devices))
        if isinstance(channel, Placement):
            audiences[c] = read_audience(channel)
            bids.limit[c] = audiences[c].budget
            if not audiences[c].by_thousand:
                bids.budget[c], bids.click_price[c] = audiences[c].budget, audiences[c].price
        if isinstance(channel, Display):
            bids.limit[c] = fen(channel.daily_budget)
    return bids


def _read_auction(bids: Bids, c: int, channel: PayPerClick, devices: Sequence[str]) -> None:
    bids.budget[c] = fen(channel.daily_budget)
    bids.slot_ctr[c, : len(channel.slot_ctr)] = channel.slot_ctr
    bids.rivals[c] = channel.rivals
    bids.limit[c] = bids.budget[c]
    bids.reserve[c] = max(LEAST_SCORE, fen(channel.reserve))
    bids.step[c] = fen(channel.step)
    # A memory of minutes is still one: 0 means that there is no auction.
    bids.keep[c] = max(exp(-1.0 / channel.quality_memory), 1e-300)
    bids.conversion_power[c] = channel.quality_conversion
    leaves = channel.rival_hours[: channel.rivals]
    bids.leaves[c, : len(leaves)] = leaves
    hours = np.array(channel.hours)
    cells, step = cells_of(channel), fen(channel.bid_step)
    total = sum(cell.searches for cell in cells)
    for g, (cell, (_, _, device)) in enumerate(zip(cells, names_of(channel), strict=True)):
        group = cell.keywords
        if devices and device:
            bids.device[c, g] = devices.index(device)
        bids.share[c, g] = cell.searches / total
        own = channel.bid * hours * cell.bid * FEN
        bids.own[c, :, g] = np.where(own > 0.0, np.maximum(LEAST_BID, step * np.rint(own / step)), 0.0)
        bids.relevance[c, g] = cell.relevance
        bids.clicks[c, g] = cell.clicks
        bids.tilt[c, g] = cell.conversion
        bids.score[c, g, :] = group.rival_score * FEN
        named = np.array(group.rival_scores[: channel.rivals]) * FEN
        bids.score[c, g, : named.size] = named
        # A negative spread marks the uniform law (engine/day.py).
        bids.score_sd[c, g] = group.rival_sd if group.rival_law == "lognormal" else -1.0


def all_alike(regimes: Sequence[Bids]) -> bool:
    """Whether the rivals of every group follow one law in any regime."""
    return all(bool(_alike(bids).all()) for bids in regimes)


def leaving_of(bids: Bids) -> tuple[Leaving, ...]:
    """Channels with rivals whose budgets end, at which hours they do, and whether all these rivals follow one law."""
    alike = _alike(bids).tolist()
    return tuple((int(c), bids.leaves[c].tolist(), alike[c]) for c in np.flatnonzero((bids.leaves < 24.0).any(axis=1)))


class Turns(NamedTuple):
    """Who is out of the auctions at an hour of the day, and who leaves them later."""

    gone: tuple[Gone, ...]
    rows: F
    """`DayPlan.turns`, but for what is spread of a budget."""

    smooth: tuple[tuple[int, list[tuple[int, float, tuple[Gone, ...]]]], ...]
    """Each channel that spreads its budget and that rivals leave later: the turn, its hour, and who is gone by then."""

    differ: bool
    """Whether any of these channels has rivals of several laws."""


def turns_of(bids: Bids, leaving: tuple[Leaving, ...], hours: Sequence[float], hour: float) -> Turns:
    """Those from an hour on; `hours` are those of all turns."""
    rows = np.zeros((len(hours), bids.rivals.size, N_TURN))
    rows[..., TURN_HOUR] = np.inf
    smooth: dict[int, list[tuple[int, float, tuple[Gone, ...]]]] = {}
    for q, at in enumerate(hours):
        for c, leaves, alike in leaving:
            if at > hour and at in leaves:
                gone = _gone_by(bids.rivals, ((c, leaves, alike),), at)
                _, n_rivals, out = gone[0]
                rows[q, c, [TURN_HOUR, TURN_RIVALS, TURN_OUT]] = at, n_rivals, sum(2**r for r in out)
                if c in bids.smooth:
                    smooth.setdefault(c, []).append((q, at, gone))
    differ = any(not alike for c, _, alike in leaving if c in smooth)
    return Turns(_gone_by(bids.rivals, leaving, hour), rows, tuple(smooth.items()), differ)


def _gone_by(rivals: I, leaving: tuple[Leaving, ...], hour: float) -> tuple[Gone, ...]:
    """Of each channel `leaving` by an hour: how many rivals it has left, and which to let score nothing.

    Of rivals of one law it does not matter who leaves.
    """
    found = []
    for c, leaves, alike in leaving:
        gone = [r for r, at in enumerate(leaves) if at <= hour]
        found.append((c, int(rivals[c]) - len(gone), []) if alike else (c, int(rivals[c]), gone))
    return tuple(found)


def _alike(bids: Bids) -> NDArray[np.bool_]:
    """[C] whether the rivals of every group of a channel follow one law."""
    return np.asarray((bids.score == bids.score[..., :1]).all(axis=(1, 2)))
