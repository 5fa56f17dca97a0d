"""Advertising: bids, quality, what an audience yields, budgets (MODEL sections 5 and 6).

`quality = relevance · record`, where record is clicks won over the clicks the slots would bring anybody, remembered
over `quality_memory` days and drawn to 1 by PRIOR_CLICKS, and to a power of choice the same of buyers against the
category's. What wins clicks is `appeal`: a store without reviews, or
dearer than expected, is clicked less in the same slot. Rivals' scores rise with `C^bid_effect` and with events.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import (
    ANY_DEVICE,
    BUYERS,
    CLICKS,
    EXPECTED_CLICKS,
    GROUP_DEVICE,
    GROUP_ODDS,
    IMPRESSIONS,
    N_TALLY,
    SECOND_LOOKS,
    SPEND,
    UV,
    DayPlan,
    F,
    I,
)
from storesim.engine.draws import exp, log
from storesim.model.audience import Audience, exposures, read_audience, show
from storesim.model.cells import cells_of, names_of
from storesim.model.goods import FEN, fen
from storesim.model.pacing import SearchCost
from storesim.model.reach import Names, Reach
from storesim.model.today import NO_ADS, SHUT, Offer, Today
from storesim.model.traffic import PRIOR_BUYERS, category_cvr
from storesim.scenario.booked import Display
from storesim.scenario.channels import PayPerClick, Placement
from storesim.scenario.document import Scenario

PRIOR_CLICKS = 50.0
"""Clicks' worth of belief that own click-through is the slot's, before there is a record; *assumed*."""

TRUST_EFFECT = 0.2
"""Power of reviewed trust on the chance of a click: a store nobody reviewed yet (trust 1/3.7) has 0.77; *assumed*."""

PRICE_EFFECT = 0.5
"""Power of a low price index on the chance of a click; *assumed*."""


LEAST_BID = 10.0
"""Least bid JD takes, fen (DOMAIN 2.2); an hour or group with factor 0 is left out instead."""

LEAST_SCORE = 1e-6
"""Least score that is shown, fen: without a reserve an hour left out would win the slots nobody wants, for nothing."""


GONE = 1e-9
"""Score of a rival whose budget is spent, beside others of another law; fen: below the least that is shown."""


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


def _leaving(bids: Bids) -> tuple[tuple[int, list[float], bool], ...]:
    """Channels with rivals whose budgets end, at which hours they do, and whether all these rivals follow one law."""
    alike = _alike(bids).tolist()
    return tuple((int(c), bids.leaves[c].tolist(), alike[c]) for c in np.flatnonzero((bids.leaves < 24.0).any(axis=1)))


def _alike(bids: Bids) -> NDArray[np.bool_]:
    """[C] whether the rivals of every group of a channel follow one law."""
    return np.asarray((bids.score == bids.score[..., :1]).all(axis=(1, 2)))


class Ads:
    """Bids and audiences; it remembers clicks, and what the audiences have seen."""

    def __init__(self, scenario: Scenario, stages: tuple[Bids, ...]) -> None:
        n = stages[0].budget.size
        self._bid_effect = scenario.market.rivals.bid_effect
        self._stages = stages
        # Clicks won, clicks the slots would bring anybody, the record they make; buyers, and what the category has.
        self._record = np.zeros((n, 5))
        self._auctions = bool((stages[0].keep > 0.0).any())
        self._leaving = tuple(map(_leaving, stages))
        self.mean_record = self._remember(0, np.zeros((n, N_TALLY)))
        """Record of the mean auction channel; 1 where there is none."""

        self._seen = dict.fromkeys(stages[0].audiences, 0.0)
        self._showing = {c: show(audience, 0.0) for c, audience in stages[0].audiences.items()}
        self.reach = Reach(stages[0].audiences)
        self._cost = SearchCost()
        self._silent = False

    def limit(self, stage: int) -> F:
        """[n_channels] most that may be spent in a day, fen."""
        return self._stages[stage].limit

    @property
    def record(self) -> F:
        """[n_channels] own click-through relative to the slots'; 1 where there is no auction."""
        return self._record[:, 2]

    def seen(self, channel: int) -> float:
        """Exposures a person of this placement channel's audience remembers."""
        return self._seen[channel]

    def open(self, today: Today, offer: Offer, trust: float) -> None:
        """Write bids, quality, rivals' scores, and the rate of channels that show to an audience."""
        plan, bids = today.plan, self._stages[today.stage]
        if today.fresh:
            _copy_fixed(plan, bids)
        if self._auctions:
            rivals = exp(self._bid_effect * log(today.rivals)) * offer.rival_bids
            appeal = exp(TRUST_EFFECT * log(trust) - PRICE_EFFECT * offer.log_price)
            market = (plan.quality, plan.appeal, plan.rival_score)
            _scale((bids.relevance, bids.clicks, bids.score), self._record, (appeal, rivals), market)
        if self.reach.searches > 0.0:
            plan.group_share[:] = bids.share
            bids.names.open(plan, self.reach.searches)
        self.change(plan, today.stage, today.hour)
        for c, audience in bids.audiences.items():
            showing = self._showing[c] = show(audience, self._seen[c])
            plan.rate[c] = showing.offered
            if not audience.by_thousand:
                plan.click_price[c] = showing.price
        self._silent = today.halt in (NO_ADS, SHUT)
        if self._silent:
            plan.rate[np.isfinite(bids.limit)] = 0.0

    def change(self, plan: DayPlan, stage: int, hour: float) -> None:
        """Let rivals leave whose budgets are spent by an hour of the day, and spread what is left of the own."""
        for c, leaves, alike in self._leaving[stage]:
            gone = [r for r, at in enumerate(leaves) if at <= hour]
            # Of rivals of one law it does not matter who leaves.
            plan.n_rivals[c] = self._stages[stage].rivals[c] - (len(gone) if alike else 0)
            if gone and not alike:
                plan.rival_score[c][:, gone] = GONE
        for c in self._stages[stage].smooth:
            plan.pace[c] = self._cost.rest_of_day(plan, c, hour)

    def close(self, stage: int, by_channel: F) -> None:
        """Remember the day, and write what only its end tells of placements: impressions, clicks, spend."""
        bids = self._stages[stage]
        self.mean_record = self._remember(stage, by_channel)
        shown = {
            c: self._close_audience(c, audience, by_channel[c]) for c, audience in bids.audiences.items()
        }  # fmt: skip
        self.reach.close(bids.audiences, shown, by_channel)

    def _remember(self, stage: int, by_channel: F) -> float:
        bids = self._stages[stage]
        return _remember(by_channel, bids.keep, self._record, bids.conversion_power, bids.category)

    def _close_audience(self, c: int, audience: Audience, row: F) -> float:
        """Impressions of the day; they are written to `row`, and remembered."""
        seen = self._seen[c]
        if self._silent:
            self._seen[c] = audience.keep * seen
            return 0.0
        bought, expected, _, _ = self._showing[c]
        if audience.by_thousand:
            shown = float(floor(bought * audience.people))
            row[CLICKS] = row[UV] - row[SECOND_LOOKS]
            row[SPEND] = floor(shown * audience.price / 1000.0)
        else:
            # The impressions behind the clicks that the budget allowed; more than was planned only by luck.
            won = float(row[CLICKS])
            behind = exposures(audience, seen, min(won, expected)) * max(1.0, won / expected) if expected > 0.0 else 0.0
            shown = float(round(behind * audience.people))
        # Of few impressions chance lets more click than there are: a click is an impression at least.
        shown = max(shown, float(row[CLICKS]))
        row[IMPRESSIONS] = shown
        self._seen[c] = audience.keep * (seen + shown / audience.people)
        return shown


@compiled
def scale(terms: tuple[F, F, F], record: F, factors: tuple[float, float], out: tuple[F, F, F]) -> None:
    """Fill `out`, quality and appeal [n_channels, G] and rivals' scores [n_channels, G, R], from the `terms` alike.

    Quality is scaled by the third column of `record` [n_channels, 5], appeal and scores by the two `factors`.
    """
    relevance, clicks, score = terms
    quality, appeal, scores = out
    for c in range(relevance.shape[0]):
        for g in range(relevance.shape[1]):
            quality[c, g] = relevance[c, g] * record[c, 2]
            appeal[c, g] = clicks[c, g] * factors[0]
            for r in range(score.shape[2]):
                scores[c, g, r] = score[c, g, r] * factors[1]


_scale = Settled(scale)


@compiled
def remember(by_channel: F, keep: F, record: F, power: F, category: F) -> float:
    """Move `record` [n_channels, 5] on by a day; the mean of its third column over the auctions, 1 without any.

    `power` [n_channels] is that of own conversion against the `category`'s [n_channels].
    """
    total, n = 0.0, 0
    for c in range(record.shape[0]):
        record[c, 0] = keep[c] * (record[c, 0] + by_channel[c, CLICKS])
        record[c, 1] = keep[c] * (record[c, 1] + by_channel[c, EXPECTED_CLICKS])
        record[c, 2] = (record[c, 0] + PRIOR_CLICKS) / (record[c, 1] + PRIOR_CLICKS)
        if power[c] > 0.0:
            record[c, 3] = keep[c] * (record[c, 3] + by_channel[c, BUYERS])
            record[c, 4] = keep[c] * (record[c, 4] + category[c] * (by_channel[c, UV] - by_channel[c, SECOND_LOOKS]))
            record[c, 2] *= exp(power[c] * log((record[c, 3] + PRIOR_BUYERS) / (record[c, 4] + PRIOR_BUYERS)))
        if keep[c] > 0.0:
            total += record[c, 2]
            n += 1
    return total / n if n > 0 else 1.0


_remember = Settled(remember)


def _copy_fixed(plan: DayPlan, bids: Bids) -> None:
    plan.budget[:] = bids.budget
    plan.click_price[:] = bids.click_price
    plan.group_share[:] = bids.share
    plan.own_bid[:] = bids.own
    plan.of_group[GROUP_ODDS] = bids.tilt
    plan.of_group[GROUP_DEVICE] = bids.device
    plan.pace[:] = 0.0
    plan.slot_ctr[:] = bids.slot_ctr
    plan.n_rivals[:] = bids.rivals
    plan.rival_sd[:] = bids.score_sd
    plan.reserve[:] = bids.reserve
    plan.step[:] = bids.step
