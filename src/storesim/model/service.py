"""Chat agents, reviews, and the store's score among its rivals (风向标; MODEL section 10, DOMAIN 5.4).

The score is a rank rate: the share of rivals that the store beats over the last 30 days. Three indicators are each set
against the median rival and measured in the spread among rivals: reviews of three stars or fewer, parcels late, chats
answered in 30 s. With little to go by each is drawn to the median rival by a number of observations worth one prior;
weighted and added, they are a normal deviate, and the score is its distribution function: 0.5 for a store like the
median rival, and for one nobody has judged yet.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import compiled
from storesim.engine.day import (
    ASK,
    DUE_BAD,
    DUE_GOOD,
    DUE_REVIEWS,
    DUE_STARS,
    ODDS_ANSWERED,
    ODDS_UNANSWERED,
    PATIENCE_HOURS,
    REVIEW,
    REVIEW_DELAY,
    SERVICE_CLOSE,
    SERVICE_HOURS,
    SERVICE_OPEN,
    STARS_LATE,
    STARS_MEAN,
    STARS_PER_DAY,
    STARS_SD,
    F,
)
from storesim.engine.draws import normal_cdf
from storesim.model.fulfilment import Parcels
from storesim.model.today import Today
from storesim.scenario.document import Scenario

_COLUMNS = [DUE_REVIEWS, DUE_GOOD, DUE_BAD, DUE_STARS]

WINDOW = 30
"""Days a score looks back on (DOMAIN 5.4)."""

REVIEWS, NOT_GOOD, PARCELS, LATE, CHATS, ANSWERED = range(6)

RIVAL_LATE, RIVAL_LATE_SPREAD = 0.03, 0.03
"""Late parcels of the median rival, and the spread among rivals; *assumed*."""

RIVAL_ANSWERED, RIVAL_ANSWERED_SPREAD = 0.90, 0.06
"""Chats answered in 30 s: the least JD asks for (DOMAIN 5.5) taken as the median rival; the spread is *assumed*."""

PRIOR_REVIEWS, PRIOR_PARCELS, PRIOR_CHATS = 20.0, 60.0, 60.0
"""Observations that one prior at the median rival is worth; *assumed*."""

WEIGHTS = (0.5, 0.25, 0.25)
"""Of reviews, parcels and chats in the composite; *assumed*, JD publishes none."""

MOST_SPREADS = 3.0
"""No indicator counts for more than this many spreads, so that one disaster does not outweigh all else; *assumed*."""


class Desk(NamedTuple):
    """The chat desk and the reviews of one stage."""

    agents: int
    scalars: tuple[tuple[int, float], ...]


class Opinions(NamedTuple):
    """Reviews of today."""

    reviews: float
    good: float
    bad: float
    stars: float


def read_desk(scenario: Scenario) -> Desk:
    """The chat desk of one stage; reviews do not change with the stage."""
    service, reviews = scenario.operations.service, scenario.operations.reviews
    return Desk(
        agents=service.agents,
        scalars=(
            (ASK, service.asks),
            (SERVICE_OPEN, service.open[0]),
            (SERVICE_CLOSE, service.open[1]),
            (SERVICE_HOURS, service.minutes / 60.0),
            (PATIENCE_HOURS, np.inf if service.patience is None else service.patience / 60.0),
            (ODDS_ANSWERED, service.answered),
            (ODDS_UNANSWERED, service.unanswered),
            (REVIEW, reviews.chance),
            (REVIEW_DELAY, reviews.delay),
            (STARS_MEAN, reviews.stars),
            (STARS_SD, reviews.stars_sd),
            (STARS_PER_DAY, reviews.per_day),
            (STARS_LATE, reviews.late),
        ),
    )


class Service:
    """What customers think of the store."""

    def __init__(self, stages: tuple[Desk, ...], rival_bad_rate: float) -> None:
        self._stages = stages
        self._rival_bad = rival_bad_rate
        self._days = np.zeros((WINDOW, 6))
        self._window = np.zeros(6)
        self.score = 0.5
        self.reviews = 0.0
        self.good = 0.0

    def agents(self, stage: int) -> int:
        """Agents on duty in a stage."""
        return self._stages[stage].agents

    @property
    def good_rate(self) -> float:
        """Share of good reviews among all so far; 0 before the first."""
        return self.good / self.reviews if self.reviews > 0.0 else 0.0

    def open(self, today: Today) -> float:
        """Write how chats and reviews go; the store's score this morning."""
        if today.fresh:
            for place, value in self._stages[today.stage].scalars:
                today.plan.scalars[place] = value
        return self.score

    def close(self, day: int, due: F, parcels: Parcels, chats: float, answered: float) -> Opinions:
        """Take in the day's reviews (`due` is the day's row of `Due.days`), parcels and chats; judge anew."""
        reviews, good, bad, stars = due[_COLUMNS].tolist()
        row = self._days[day % WINDOW]
        self._window -= row
        row[:] = reviews, reviews - good, parcels.dispatched, parcels.late, chats, answered
        self._window += row
        self.reviews += reviews
        self.good += good
        self.score = rank_rate(self._window, self._rival_bad)
        return Opinions(reviews, good, bad, stars)


@compiled
def rank_rate(window: F, rival_bad: float) -> float:
    """Share of rivals beaten, by the counts `window` [6] of the last 30 days."""
    bad = (window[NOT_GOOD] + PRIOR_REVIEWS * rival_bad) / (window[REVIEWS] + PRIOR_REVIEWS)
    late = (window[LATE] + PRIOR_PARCELS * RIVAL_LATE) / (window[PARCELS] + PRIOR_PARCELS)
    answered = (window[ANSWERED] + PRIOR_CHATS * RIVAL_ANSWERED) / (window[CHATS] + PRIOR_CHATS)
    # Among rivals a rate spreads about in proportion to itself; a market without bad reviews still has some spread.
    spread = max(0.005, 0.5 * rival_bad)
    total = WEIGHTS[0] * _clip((rival_bad - bad) / spread)
    total += WEIGHTS[1] * _clip((RIVAL_LATE - late) / RIVAL_LATE_SPREAD)
    total += WEIGHTS[2] * _clip((answered - RIVAL_ANSWERED) / RIVAL_ANSWERED_SPREAD)
    return normal_cdf(total / np.sqrt(WEIGHTS[0] ** 2 + WEIGHTS[1] ** 2 + WEIGHTS[2] ** 2))


@compiled
def _clip(spreads: float) -> float:
    return min(MOST_SPREADS, max(-MOST_SPREADS, spreads))
