"""Chat agents, reviews, and the store's score among its rivals (风向标; MODEL section 10, DOMAIN 5.4).

The score is a rank rate: the share of rivals that the store beats over the last 30 days. Four indicators are each set
against the median rival and measured in the spread among rivals: reviews of three stars or fewer, parcels late, chats
answered in 30 s, and, where it has a weight, parcels dispatched within the promised time. With little to go by each is
drawn to the median rival, by as many observations as that spread is worth (`worth`); weighted and added, they are a
normal deviate, and the score is its distribution function: 0.5 for a store like the median rival, and for one nobody
has judged yet. A store whose score is high enough on the day of certification is a 京东好店 until the next.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import itemgetter
from typing import Final, NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, compiled, inlined
from storesim.engine.day import (
    ASK,
    DUE_BAD,
    DUE_GOOD,
    DUE_REVIEWS,
    DUE_STARS,
    ITEM_STARS,
    ODDS_ANSWERED,
    ODDS_UNANSWERED,
    PATIENCE_HOURS,
    REVIEW,
    REVIEW_DELAY,
    SERVICE_CLOSE,
    SERVICE_HOURS,
    SERVICE_OPEN,
    SERVICE_SD,
    STARS_CHAT,
    STARS_LATE,
    STARS_MEAN,
    STARS_PER_DAY,
    STARS_SD,
    STARS_SHORT,
    F,
)
from storesim.engine.draws import log, normal_cdf
from storesim.model.fulfilment import Parcels
from storesim.model.goods import Goods
from storesim.model.today import Offer, Today
from storesim.scenario.document import Scenario
from storesim.scenario.service import Service as ServiceSpec

_OF_DUE = itemgetter(DUE_REVIEWS, DUE_GOOD, DUE_BAD, DUE_STARS)

WINDOW = 30
"""Days a score looks back on (DOMAIN 5.4)."""

REVIEWS, NOT_GOOD, PARCELS, LATE, CHATS, ANSWERED, IN_TIME = range(7)
N_WINDOW = 7

RIVAL_LATE, RIVAL_LATE_SPREAD = 0.03, 0.03
"""Late parcels of the median rival, and the spread among rivals; *assumed*."""

RIVAL_ANSWERED, RIVAL_ANSWERED_SPREAD = 0.90, 0.06
"""Chats answered in 30 s: the least JD asks for (DOMAIN 5.5) taken as the median rival; the spread is *assumed*."""

LEAST_WORTH = 20.0
"""Fewest observations a spread among rivals is taken to be worth, where they differ without measure; *assumed*."""

RIVAL_IN_TIME_SPREAD = 0.04
"""Spread among rivals of the share of parcels dispatched in time; *assumed*."""

MOST_SPREADS = 3.0
"""No indicator counts for more than this many spreads, so that one disaster does not outweigh all else; *assumed*."""


class Desk(NamedTuple):
    """The chat desk and the reviews of one stage."""

    duty: F
    """[n, 2] hours of the day, of which the first is 0, and agents on duty from each of them on."""

    scalars: tuple[tuple[int, float], ...]


class Opinions(NamedTuple):
    """Reviews of today."""

    reviews: float
    good: float
    bad: float
    stars: float


OF_OPINIONS: Final = {"reviews": "reviews", "good_reviews": "good", "bad_reviews": "bad", "stars": "stars"}
"""Counts that the ledger takes from `Opinions`, and where they stand."""


class Judgement(NamedTuple):
    """By what the store is judged."""

    weights: F
    """[4] of reviews, late parcels, chats and parcels in time."""

    rival_bad: float
    """Reviews of the median rival that are not good, as a share."""

    rival_in_time: float
    """Parcels that the median rival dispatches in time, as a share."""


class Window(NamedTuple):
    """The days a score looks back on."""

    days: F
    """[WINDOW, N_WINDOW] counts of each, in turn."""

    total: F
    """[N_WINDOW]"""


Come = tuple[float, float, float, float, float, float, float]
"""Counts of a day, in the order of the window's."""


class Mark(NamedTuple):
    """京东好店: what it takes, and what it does."""

    least: float = 1.0
    every: int = 7
    weight: float = 0.0
    odds: float = 1.0


class Tastes(NamedTuple):
    """What buyers think of the items; arrays are [n_skus]."""

    stars: F
    """Stars beyond the mean item."""

    reference: F
    """What they expected to pay, fen."""

    price: float
    """Stars lost for each unit of log(price / reference)."""

    @property
    def alike(self) -> bool:
        """Whether every item is as good as any other, whatever it costs."""
        return self.price == 0.0 and not self.stars.any()


def read_tastes(scenario: Scenario, goods: Goods) -> Tastes:
    """What buyers think of the items in one stage."""
    return Tastes(goods.stars, goods.reference, scenario.operations.reviews.price)


def read_judgement(scenario: Scenario) -> Judgement:
    """By what the store is judged, in every stage."""
    score = scenario.operations.score
    weights = np.array([score.reviews, score.late, score.answers, score.promise])
    return Judgement(weights, scenario.operations.reviews.rival_bad_rate, score.rival_promise)


def read_mark(scenario: Scenario) -> Mark:
    """The mark of a good store, in every stage."""
    spec = scenario.operations.score.good_store
    return Mark(spec.least, math.ceil(spec.every), spec.weight, spec.odds)


def read_desk(scenario: Scenario) -> Desk:
    """The chat desk of one stage; reviews do not change with the stage."""
    service, reviews = scenario.operations.service, scenario.operations.reviews
    opens, closes = service.span
    return Desk(
        duty=_duty(service),
        scalars=(
            (ASK, service.asks),
            (SERVICE_OPEN, opens),
            (SERVICE_CLOSE, closes),
            (SERVICE_HOURS, service.minutes / 60.0),
            (SERVICE_SD, service.minutes_sd),
            (PATIENCE_HOURS, np.inf if service.patience is None else service.patience / 60.0),
            (ODDS_ANSWERED, service.answered),
            (ODDS_UNANSWERED, service.unanswered),
            (REVIEW, reviews.chance),
            (REVIEW_DELAY, reviews.delay),
            (STARS_MEAN, reviews.stars),
            (STARS_SD, reviews.stars_sd),
            (STARS_PER_DAY, reviews.per_day),
            (STARS_LATE, reviews.late),
            (STARS_CHAT, reviews.chat),
            (STARS_SHORT, reviews.short),
        ),
    )


def _duty(service: ServiceSpec) -> F:
    """Agents on duty from hour to hour."""
    if not service.shifts:
        return np.array([[0.0, service.agents]])
    hours = sorted({0.0, *(hour for shift in service.shifts for hour in shift.hours if hour < 24.0)})
    return np.array([
        (hour, sum(shift.agents for shift in service.shifts if shift.hours[0] <= hour < shift.hours[1]))
        for hour in hours
    ])  # fmt: skip


class Service:
    """What customers think of the store.

    Parameters
    ----------
    opening
        Reviews on the first day: how many, and how many of them good.
    mark
        What it takes to be a good store.
    tastes
        Of each stage; none where all items are alike.
    """

    def __init__(
        self,
        stages: tuple[Desk, ...],
        judgement: Judgement,
        opening: tuple[int, int] = (0, 0),
        mark: Mark | None = None,
        tastes: Sequence[Tastes] = (),
    ) -> None:
        self._stages = stages
        self._judgement = judgement
        self._mark = mark or Mark()
        self._tastes = () if all(taste.alike for taste in tastes) else tuple(tastes)
        self._liked = b""
        """Prices for which what buyers think of the items stands in the plan."""

        self.marked = False
        """Whether the store is certified as a good one (京东好店)."""

        self._window = Window(np.zeros((WINDOW, N_WINDOW)), np.zeros(N_WINDOW))
        self.score = 0.5
        self.reviews, self.good = float(opening[0]), float(opening[1])

    def duty(self, stage: int) -> F:
        """[n, 2] hours of the day and agents on duty from each of them on, in a stage."""
        return self._stages[stage].duty

    @property
    def good_rate(self) -> float:
        """Share of good reviews among all so far; 0 before the first."""
        return self.good / self.reviews if self.reviews > 0.0 else 0.0

    def open(self, today: Today) -> float:
        """Write how chats and reviews go; the store's score this morning."""
        if today.fresh:
            for place, value in self._stages[today.stage].scalars:
                today.plan.scalars[place] = value
        if self._tastes:
            price = today.plan.price.tobytes()
            if today.fresh or price != self._liked:
                self._liked = price
                _like(today.plan.price, self._tastes[today.stage], today.plan.of_sku[ITEM_STARS])
        return self.score

    def honoured(self, offer: Offer) -> Offer:
        """The offer as a certified store makes it: a better rank, and buyers who trust the mark."""
        if not self.marked:
            return offer
        return offer._replace(conversion=offer.conversion * self._mark.odds, weight=self._mark.weight)

    def close(self, day: int, due: Sequence[float], parcels: Parcels, chats: float, answered: float) -> Opinions:
        """Take in the day's reviews (`due` is the day's row of `Due.days`), parcels and chats; judge anew."""
        reviews, good, bad, stars = _OF_DUE(due)
        come = (
            reviews, reviews - good, parcels.dispatched, parcels.late, chats, answered, parcels.on_promise,
        )  # fmt: skip
        self.reviews += reviews
        self.good += good
        self.score = _judge(self._window, day, come, self._judgement)
        if (day + 1) % self._mark.every == 0:
            self.marked = self.score >= self._mark.least
        return Opinions(reviews, good, bad, stars)


@compiled
def judge(window: Window, day: int, come: Come, judgement: Judgement) -> float:
    """Share of rivals beaten once a day's counts have `come` into the window, and those of 30 days ago have left it."""
    # Whole numbers, so that sums can be kept by adding and taking away.
    for i in range(N_WINDOW):
        window.total[i] += come[i] - window.days[day % WINDOW, i]
        window.days[day % WINDOW, i] = come[i]
    return rank_rate(window.total, judgement)


@compiled
def rank_rate(window: F, judgement: Judgement) -> float:
    """Share of rivals beaten, by the N_WINDOW counts of the last 30 days."""
    weights, rival_bad, rival_in_time = judgement
    # Among rivals a rate spreads about in proportion to itself; a market without bad reviews still has some spread.
    spread = max(0.005, 0.5 * rival_bad)
    bad = _above(window[NOT_GOOD], window[REVIEWS], rival_bad, spread)
    late = _above(window[LATE], window[PARCELS], RIVAL_LATE, RIVAL_LATE_SPREAD)
    answered = _above(window[ANSWERED], window[CHATS], RIVAL_ANSWERED, RIVAL_ANSWERED_SPREAD)
    in_time = _above(window[IN_TIME], window[PARCELS], rival_in_time, RIVAL_IN_TIME_SPREAD)
    total = weights[2] * answered + weights[3] * in_time - weights[0] * bad - weights[1] * late
    return normal_cdf(total / np.sqrt(weights[0] ** 2 + weights[1] ** 2 + weights[2] ** 2 + weights[3] ** 2))


@compiled
def like(price: F, tastes: Tastes, out: F) -> None:
    """Fill `out` with the stars each item is given beyond the mean at the `price` of the day; all are [n_skus]."""
    stars, reference, effect = tastes
    for k in range(price.shape[0]):
        out[k] = stars[k] - effect * log(price[k] / reference[k])


@inlined
def _above(part: float, of: float, rival: float, spread: float) -> float:
    """Spreads by which a rate lies above the median rival's, at most MOST_SPREADS either way."""
    prior = worth(rival, spread)
    rate = (part + prior * rival) / (of + prior)
    return min(MOST_SPREADS, max(-MOST_SPREADS, (rate - rival) / spread))


@compiled
def worth(rival: float, spread: float) -> float:
    """Observations worth what is known of a rate beforehand: that it is some rival's.

    Rivals' rates follow a beta law of mean m and standard deviation s; by it a rate of n observations is drawn to m as
    if m (1 − m) / s² − 1 more had been seen (Gelman et al., Bayesian Data Analysis, 3rd ed. 2013, section 2.4 and
    equation A.3).
    """
    return max(LEAST_WORTH, rival * (1.0 - rival) / (spread * spread) - 1.0)


_judge, _like = Settled(judge), Settled(like)
