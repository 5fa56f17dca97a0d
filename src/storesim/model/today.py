"""`Today`: what every part of the store may know when it opens."""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.day import DayPlan, F

HALTS = ("go_on", "stop_buying", "stop_ads", "close")
"""What an empty till stops, as `operations.money.when_broke` names it; a halt is a place in here."""

OPEN, NO_BUYING, NO_ADS, SHUT = range(4)


class Today(NamedTuple):
    """The moment of an opening: midnight, or the hour at which an event begins."""

    day: int
    """Days since the opening of the store, from 0."""

    stage: int
    """0 launch, 1 growth, 2 stable."""

    fresh: bool
    """Whether this is the first opening under the stage's levers; parts copy what a stage fixes only then."""

    events: tuple[int, ...]
    """Events that run at this moment, by their place in the scenario."""

    market: float
    """Demand M of the market at this moment, 1 on a mean day; events that move everybody are in it."""

    rivals: float
    """Strength C of the rivals."""

    plan: DayPlan
    """What the openings fill."""

    halt: int = OPEN
    """What stands still for want of money, a place in `HALTS`."""

    hour: float = 0.0
    """Hour of the day: 0, or where the day is cut."""


class Offer(NamedTuple):
    """What the store's promotions do today."""

    traffic: float
    """Factor on organic visitors."""

    conversion: float
    """Factor on the odds of buying."""

    rival_bids: float
    """Factor on rivals' bids."""

    log_price: float
    """Logarithm of the price index: price paid over reference price, weighted by popularity."""

    weight: float = 0.0
    """Added to the logarithm of the organic weight."""

    seen: F | None = None
    """[n_skus] what visitors expect to pay for a piece, fen; none: the prices of the plan."""

    by_device: F | None = None
    """[n_kinds, n_skus] what they expect on each device and at each JD level, where promotions tell levels apart, over
    `seen`, which is the least; none: the same for all."""

    in_hand: F | None = None
    """[n_promotions, n_skus] what they expect with a coupon of each in hand, over `seen`; none: none is kept."""


class Shelf(NamedTuple):
    """What is in stock, by popularity."""

    in_stock: float
    """Popularity of the SKUs in stock, as a share of all."""

    hero_out: float
    """Popularity of the hero SKUs out of stock, as a share of the heroes'; 0 where there is no hero."""


class Standing(NamedTuple):
    """The store's own record, which opens and closes doors."""

    age: int
    """Days since opening."""

    good_reviews: float
    """Reviews of 4 or 5 stars so far."""

    good_rate: float
    """Share of good reviews among all so far; 0 before the first."""

    score: float
    """Rank rate among rivals, 0 to 1."""

    orders_a_day: float = 0.0
    """Orders a day over the last 30 days; days before the opening have none."""

    free_shipping: bool = True
    """Whether no order pays freight."""
