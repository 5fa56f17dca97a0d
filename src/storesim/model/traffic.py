"""How many visitors, or searches, each channel may expect today (MODEL sections 3, 4, 5, 9).

Organic: `visitors = searches · share · M · traffic · W/(W + C)`, less what yesterday's ad clicks took, with

`log W = log weight + p·log(1 + orders) + c·log(cvr / category's) + s·(score − ½) − q·log(price index) − o·[heroes out]`

where `orders` are remembered orders a day, an order through ads weighing `halo`, and cvr is remembered alike: buyers
over what a store with the category's conversion would have had of the same visitors, drawn to 1 by PRIOR_BUYERS.
Express: every search in which the keywords appear is an auction. Affiliates (`affiliates`) follow the market likewise;
display, slots and bursts come by date (`booked`, `slots`). Returning: members come back at their own pace;
the market moves them by its square root only, since they come for the store and not for the season (*assumed*).
"""

from __future__ import annotations

from typing import NamedTuple, assert_never

import numpy as np

from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import AUCTION, BUYERS, CLICKS, FIXED_PRICE, FREE, ORDERS, SECOND_LOOKS, UV, F, I
from storesim.engine.draws import exp, log
from storesim.model import affiliates
from storesim.model.conversion import NEUTRAL_SCORE
from storesim.model.goods import Goods, with_roles
from storesim.model.today import Offer, Shelf, Today
from storesim.scenario.booked import Burst, Display, PayPerSale, Slots
from storesim.scenario.channels import AnyChannel, Organic, PayPerClick, Placement, Returning
from storesim.scenario.devices import over_devices
from storesim.scenario.document import Scenario
from storesim.scenario.members import Members
from storesim.scenario.offsite import Offsite

PRIOR_BUYERS = 10.0
"""Buyers' worth of belief that a store converts like its category, before it has shown otherwise; *assumed*."""

LEAST_CVR = 0.001
"""A member known one by one never makes more than 1,000 visits a purchase, however rarely a visitor buys; *assumed*."""

LN_2 = 0.6931471805599453

ORGANIC, SEARCHES, MEMBERS, AUDIENCE, DATED, ELSEWHERE = range(6)
(LOG_WEIGHT, POPULARITY, KEEP, CONVERSION, SCORE, PRICE, OUT_OF_STOCK) = range(7)
REMEMBERED_ORDERS, REMEMBERED_BUYERS, REMEMBERED_EXPECTED = range(3)


class Sources(NamedTuple):
    """Where visitors come from in one stage; arrays are [n_channels]."""

    kind: I
    """FREE, AUCTION or FIXED_PRICE, for the kernel."""

    mechanism: I
    """ORGANIC, SEARCHES (and what else follows the market), MEMBERS, AUDIENCE, DATED or ELSEWHERE."""

    searches: F
    """Searches or organic visitors on a mean day; 0 where the channel is off."""

    organic: F
    """[n_channels, 7] settings of the organic rank, by the names above."""

    visits: F
    """Visits a day of one member of a pool; of a club, for each purchase a day that its members would make."""

    halo: F
    """Weight of an order in the organic rank."""

    taken: F
    """Share of clicks, or of visitors beyond JD, by people who would have come free."""

    category: F
    """Buyers a visitor would bring to a store that converts like its category."""

    hours: F
    """[24] share of a day's visitors and searches in each hour; adds up to 1."""


class Morning(NamedTuple):
    """What moves visitors today."""

    market: float
    rivals: float
    traffic: float
    """Factor of events on organic visitors."""

    score: float
    log_price: float
    hero_out: float
    members: float
    """Members of a pool; of a club, purchases a day that its members would make at the reference."""

    taken: float
    """Organic visitors that yesterday's ad clicks took."""

    more: float
    """Added to the logarithm of the organic weight."""


def read_sources(scenario: Scenario, goods: Goods | None = None) -> Sources:
    """The channels of one stage; an affiliate whose items are not on sale sends nobody."""
    n = len(scenario.channels)
    sources = Sources(
        kind=np.zeros(n, dtype=np.int64),
        mechanism=np.zeros(n, dtype=np.int64),
        searches=np.zeros(n),
        organic=np.zeros((n, 7)),
        visits=np.zeros(n),
        halo=np.ones(n),
        taken=np.zeros(n),
        category=np.array([category_cvr(scenario, channel) for channel in scenario.channels.values()]),
        hours=np.array(scenario.market.hours) / sum(scenario.market.hours),
    )
    for c, channel in enumerate(scenario.channels.values()):
        _read_channel(sources, c, channel, scenario.market.searches_per_day)
        if isinstance(channel, PayPerSale) and goods and not (goods.on_sale & with_roles(goods, channel.roles)).any():
            sources.searches[c] = 0.0
        if isinstance(channel, Returning):
            sources.visits[c] = _visits(scenario.operations.members, channel, float(sources.category[c]))
    return sources


def _read_channel(sources: Sources, c: int, channel: AnyChannel, searches: float) -> None:
    match channel:
        case Organic():
            sources.kind[c], sources.mechanism[c] = FREE, ORGANIC
            sources.searches[c] = searches * channel.share
            sources.organic[c] = (
                log(channel.weight), channel.popularity, kept(channel.memory), channel.conversion_effect,
                channel.score_effect, channel.price_effect, channel.out_of_stock_effect,
            )  # fmt: skip
        case PayPerClick():
            sources.kind[c], sources.mechanism[c] = AUCTION, SEARCHES
            sources.searches[c] = searches * channel.share * channel.reach if channel.daily_budget > 0 else 0.0
            sources.halo[c] = channel.halo
            sources.taken[c] = channel.cannibalisation
        case Placement():
            sources.kind[c] = FIXED_PRICE if channel.billing == "click" else FREE
            sources.mechanism[c] = AUDIENCE
            sources.halo[c] = channel.halo
        case PayPerSale():
            sources.kind[c], sources.mechanism[c] = FREE, SEARCHES
            sources.searches[c] = affiliates.visitors(channel)
            sources.halo[c] = channel.halo
        case Display() | Slots() | Burst():
            # A banner is clicked as often as it is shown, at most: `booked` hands the impressions over as a budget.
            sources.kind[c] = FIXED_PRICE if isinstance(channel, Display) else FREE
            sources.mechanism[c] = DATED
            sources.halo[c] = channel.halo
        case Offsite():
            sources.kind[c], sources.mechanism[c] = FREE, ELSEWHERE
            sources.halo[c] = 0.0
            sources.taken[c] = channel.cannibalisation
        case Returning():
            sources.kind[c], sources.mechanism[c] = FREE, MEMBERS
        case _ as never:
            assert_never(never)


def _visits(members: Members, channel: Returning, category: float) -> float:
    match members.model:
        case "pool":
            return members.visits * channel.visits_per_member
        case "bg_nbd":
            # Where a visitor hardly ever buys, purchases would ask for visits without end.
            return members.visits / max(category, LEAST_CVR) if category > 0.0 else 0.0
        case _ as never:
            assert_never(never)


def kept(half_life: float) -> float:
    """What is left of a memory after one day."""
    return exp(-LN_2 / half_life)


def category_cvr(scenario: Scenario, channel: AnyChannel) -> float:
    """Buyers a visitor of the channel would bring to a store that converts like its category, `base` on search."""
    base = scenario.operations.conversion.base
    odds = channel.conversion * base / (1.0 - base) if base < 1.0 else 1.0

    def buys(bounce: float, factor: float) -> float:
        return (1.0 - bounce) * (factor * odds) / (1.0 + factor * odds)

    return over_devices(channel, scenario.market.devices, buys)


class Traffic:
    """Expected visitors; it remembers orders, conversion and yesterday's ad clicks."""

    def __init__(self, stages: tuple[Sources, ...]) -> None:
        n = stages[0].kind.size
        self._stages = stages
        self._memory = np.zeros((n, 3))
        self._taken = 0.0
        self.weight = np.zeros(n)
        """[n_channels] organic weight W of today; 0 for other channels."""

        self.mean_weight = 0.0
        """The same over the organic channels, by their size; 0 where there is none."""

    def open(self, today: Today, offer: Offer, shelf: Shelf, members: float, score: float) -> None:
        """Write the rate of every channel but those that show to an audience (`ads`) or come by date."""
        plan, sources = today.plan, self._stages[today.stage]
        if today.fresh:
            plan.kind[:] = sources.kind
            plan.returning[:] = sources.mechanism == MEMBERS
            plan.hours[:] = sources.hours
        morning = Morning(
            today.market,
            today.rivals,
            offer.traffic,
            score,
            offer.log_price,
            shelf.hero_out,
            members,
            self._taken,
            offer.weight,
        )
        self.mean_weight = _expect(sources, self._memory, morning, self.weight, plan.rate)

    def close(self, stage: int, by_channel: F) -> None:
        """Remember the day: orders by their weight in the rank, buyers and what the category would have had."""
        self._taken = _remember(by_channel, self._stages[stage], self._memory)


@compiled
def log_weight(settings: F, memory: F, score: float, log_price: float, hero_out: float) -> float:
    """log W of one organic channel: `settings` [7] and `memory` [3] by the names above."""
    cvr = (memory[REMEMBERED_BUYERS] + PRIOR_BUYERS) / (memory[REMEMBERED_EXPECTED] + PRIOR_BUYERS)
    return float(
        settings[LOG_WEIGHT]
        + settings[POPULARITY] * log(1.0 + memory[REMEMBERED_ORDERS])
        + settings[CONVERSION] * log(cvr)
        + settings[SCORE] * (score - NEUTRAL_SCORE)
        - settings[PRICE] * log_price
        - settings[OUT_OF_STOCK] * hero_out
    )


@compiled
def expect(sources: Sources, memory: F, morning: Morning, weight: F, rate: F) -> float:
    """Fill `weight` [n_channels], and `rate` [n_channels] of all but audiences and dates; the mean weight.

    `memory` is [n_channels, 3].
    """
    searches = sources.searches
    free, total, size = 0.0, 0.0, 0.0
    for c in range(rate.shape[0]):
        weight[c] = 0.0
        if sources.mechanism[c] == ORGANIC:
            mine = log_weight(sources.organic[c], memory[c], morning.score, morning.log_price, morning.hero_out)
            weight[c] = exp(mine + morning.more)
            rate[c] = searches[c] * morning.market * morning.traffic * weight[c] / (weight[c] + morning.rivals)
            free += rate[c]
            total += searches[c] * weight[c]
            size += searches[c]
        elif sources.mechanism[c] == SEARCHES:
            rate[c] = searches[c] * morning.market
        elif sources.mechanism[c] == MEMBERS:
            rate[c] = morning.members * sources.visits[c] * np.sqrt(morning.market)
    left = max(0.0, 1.0 - morning.taken / free) if free > 0.0 else 0.0
    for c in range(rate.shape[0]):
        if sources.mechanism[c] == ORGANIC:
            rate[c] *= left
    return total / size if size > 0.0 else 0.0


@compiled
def remember(by_channel: F, sources: Sources, memory: F) -> float:
    """Move `memory` [n_channels, 3] on by a day; the visitors that today's ad clicks take from tomorrow's free ones."""
    orders = 0.0
    buyers = 0.0
    expected = 0.0
    lost = 0.0
    for c in range(by_channel.shape[0]):
        came = by_channel[c, UV] - by_channel[c, SECOND_LOOKS]
        if sources.mechanism[c] == ELSEWHERE:
            # What happens beyond JD is no part of JD's record.
            lost += sources.taken[c] * came
            continue
        orders += sources.halo[c] * by_channel[c, ORDERS]
        buyers += by_channel[c, BUYERS]
        expected += sources.category[c] * came
        lost += sources.taken[c] * by_channel[c, CLICKS]
    for c in range(by_channel.shape[0]):
        if sources.mechanism[c] == ORGANIC:
            keep = sources.organic[c, KEEP]
            memory[c, REMEMBERED_ORDERS] = keep * memory[c, REMEMBERED_ORDERS] + (1.0 - keep) * orders
            memory[c, REMEMBERED_BUYERS] = keep * memory[c, REMEMBERED_BUYERS] + buyers
            memory[c, REMEMBERED_EXPECTED] = keep * memory[c, REMEMBERED_EXPECTED] + expected
    return lost


_expect, _remember = Settled(expect), Settled(remember)
