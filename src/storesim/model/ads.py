"""Advertising: bids, quality, what an audience yields, budgets (MODEL sections 5 and 6).

`quality = relevance · record`, where record is clicks won over the clicks the slots would bring anybody, remembered
over `quality_memory` days and drawn to 1 by PRIOR_CLICKS, and to a power of choice the same of buyers against the
category's. What wins clicks is `appeal`: a store without reviews, or
dearer than expected, is clicked less in the same slot. Rivals' scores rise with `C^bid_effect` and with events.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.auction import OUT
from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import (
    BUYERS,
    CLICKS,
    EXPECTED_CLICKS,
    GROUP_DEVICE,
    GROUP_ODDS,
    N_TALLY,
    SECOND_LOOKS,
    TURN_PACE,
    UV,
    DayPlan,
    F,
)
from storesim.engine.draws import exp, log
from storesim.model.audience import end_show, plan_show
from storesim.model.bids import Bids, Gone, Turns, leaving_of, turns_of
from storesim.model.pacing import SearchCost
from storesim.model.reach import Reach
from storesim.model.today import NO_ADS, SHUT, Offer, Today
from storesim.model.traffic import PRIOR_BUYERS
from storesim.scenario.document import Scenario

PRIOR_CLICKS = 50.0
"""Clicks' worth of belief that own click-through is the slot's, before there is a record; *assumed*."""

TRUST_EFFECT = 0.2
"""Power of reviewed trust on the chance of a click: a store nobody reviewed yet (trust 1/3.7) has 0.77; *assumed*."""

PRICE_EFFECT = 0.5
"""Power of a low price index on the chance of a click; *assumed*."""


class Ads:
    """Bids and audiences; it remembers clicks, and what the audiences have seen.

    Parameters
    ----------
    hours
        Hours of the day at which rivals leave the auctions, in any stage, rising.
    """

    def __init__(self, scenario: Scenario, stages: tuple[Bids, ...], hours: tuple[float, ...] = ()) -> None:
        n = stages[0].budget.size
        self._bid_effect = scenario.market.rivals.bid_effect
        self._stages = stages
        # Clicks won, clicks the slots would bring anybody, the record they make; buyers, and what the category has.
        self._record = np.zeros((n, 5))
        self._auctions = bool((stages[0].keep > 0.0).any())
        self._leaving = tuple(map(leaving_of, stages))
        self._hours = hours
        self._turns: dict[tuple[int, float], Turns] = {}
        self._turning: Turns | None = None
        """What stands in the plan, but for the money that is left to spread."""
        self.mean_record = self._remember(0, np.zeros((n, N_TALLY)))
        """Record of the mean auction channel; 1 where there is none."""

        self._seen = dict.fromkeys(stages[0].audiences, 0.0)
        self._planned = {c: _plan_show(audience, 0.0) for c, audience in stages[0].audiences.items()}
        self.reach = Reach(stages[0].audiences)
        self._cost = SearchCost(*stages[0].score.shape[1:])
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
            morning = (trust, offer.log_price, self._bid_effect, today.rivals, offer.rival_bids)
            market = (plan.quality, plan.appeal, plan.rival_score)
            _scale((bids.relevance, bids.clicks, bids.score), self._record, morning, market)
        if self.reach.searches > 0.0:
            bids.names.open(plan, bids.share, self.reach.searches)
        self._meet_rivals(plan, today.stage, today.hour)
        for c, audience in bids.audiences.items():
            self._planned[c] = _, _, plan.rate[c], price = _plan_show(audience, self._seen[c])
            if not audience.by_thousand:
                plan.click_price[c] = price
        self._silent = today.halt in (NO_ADS, SHUT)
        if self._silent:
            plan.rate[np.isfinite(bids.limit)] = 0.0

    def _meet_rivals(self, plan: DayPlan, stage: int, hour: float) -> None:
        """Go on without rivals whose budgets are spent by an hour of the day, and say who leaves later.

        What is left of a smooth budget is spread over what searches will cost, here and where rivals leave.
        """
        if (stage, hour) not in self._turns:
            self._turns[stage, hour] = turns_of(self._stages[stage], self._leaving[stage], self._hours, hour)
        here = self._turns[stage, hour]
        _let_leave(plan, here.gone)
        for c in self._stages[stage].smooth:
            plan.pace[c] = self._cost.rest_of_day(plan, c, hour)
        if here is not self._turning:
            self._turning = here
            plan.turns[:] = here.rows
        for c, later in here.smooth:
            n_rivals, score = int(plan.n_rivals[c]), plan.rival_score[c].copy() if here.differ else None
            for q, at, gone in later:
                _let_leave(plan, gone)
                plan.turns[q, c, TURN_PACE] = self._cost.rest_of_day(plan, c, at)
            plan.n_rivals[c] = n_rivals
            if score is not None:
                plan.rival_score[c] = score

    def close(self, stage: int, by_channel: F) -> None:
        """Remember the day, and write what only its end tells of placements: impressions, clicks, spend."""
        bids = self._stages[stage]
        self.mean_record = self._remember(stage, by_channel)
        shown: dict[int, float] = {}
        for c, audience in bids.audiences.items():
            seen = self._seen[c]
            shown[c] = 0.0 if self._silent else _end_show(audience, seen, self._planned[c], by_channel[c])
            self._seen[c] = audience.keep * (seen + shown[c] / audience.people)
        self.reach.close(bids.audiences, shown)

    def _remember(self, stage: int, by_channel: F) -> float:
        bids = self._stages[stage]
        return _remember(by_channel, bids.keep, self._record, bids.conversion_power, bids.category)


@compiled
def scale(
    terms: tuple[F, F, F], record: F, morning: tuple[float, float, float, float, float], out: tuple[F, F, F]
) -> None:  # fmt: skip
    """Fill `out`, quality and appeal [n_channels, G] and rivals' scores [n_channels, G, R], from the `terms` alike.

    Quality is scaled by the third column of `record` [n_channels, 5]; appeal by the trust in the store and the
    logarithm of its price index, scores by the strength of rivals, to a power, and the factor of events: what `morning`
    has is trust, index, power, strength, factor.
    """
    relevance, clicks, score = terms
    quality, appeal, scores = out
    trust, log_price, bid_effect, strength, event = morning
    attractive = exp(TRUST_EFFECT * log(trust) - PRICE_EFFECT * log_price)
    rivals = exp(bid_effect * log(strength)) * event
    for c in range(relevance.shape[0]):
        for g in range(relevance.shape[1]):
            quality[c, g] = relevance[c, g] * record[c, 2]
            appeal[c, g] = clicks[c, g] * attractive
            for r in range(score.shape[2]):
                scores[c, g, r] = score[c, g, r] * rivals


_scale = Settled(scale)
_plan_show, _end_show = Settled(plan_show), Settled(end_show)


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


def _let_leave(plan: DayPlan, gone: tuple[Gone, ...]) -> None:
    """Go on without some rivals, until the scores of all are written again."""
    for c, n_rivals, out in gone:
        plan.n_rivals[c] = n_rivals
        if out:
            plan.rival_score[c][:, out] = OUT


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
