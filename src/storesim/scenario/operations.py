"""How the store is run: conversion, stock, dispatch, service, members, money."""

from __future__ import annotations

from pydantic import Field

from storesim.scenario.hours import Clock, ClockSpan
from storesim.scenario.members import Members
from storesim.scenario.money import Money, Post
from storesim.scenario.spec import Named, Spec
from storesim.scenario.stock import Stock
from storesim.units import CNY, Days, Hours, Minutes, Number, Rate, Share, Whole


class Conversion(Spec):
    """What makes a visitor buy (MODEL section 7)."""

    base: Share = 0.03
    """Chance that a search visitor who stays past the first page buys: reviewed item, reference price, no chat."""

    price_elasticity: Number = Field(default=2.5, ge=0, le=10)
    """ε: power of (price paid / reference price) on the odds of buying; *assumed*."""

    review_lift: Number = Field(default=3.7, ge=1, le=20)
    """Odds with ten or more reviews over odds with none (DOMAIN 4.3, A: 3.7)."""

    review_scale: Number = Field(default=3.0, gt=0, le=100)
    """Reviews over which the lift builds up: 1 + (lift − 1)(1 − exp(−n/scale)) (DOMAIN 6.3)."""

    score_effect: Number = Field(default=0.3, ge=0, le=5)
    """Effect on the log odds of a store score from 0 to 1, 0.5 being neutral; *assumed*."""

    browse: Minutes = Field(default=0.5, ge=0)
    """Mean time on a page."""


class Dispatch(Spec):
    """Orders wait for a wave; late ones cost."""

    waves: tuple[Clock, ...] = Field(default=(11.0, 16.0), min_length=1, max_length=24)
    """Times of day at which parcels leave (seed 002: twice a day)."""

    capacity: Whole = Field(default=500, ge=1)
    """Orders one wave can take."""

    promise: Hours = Field(default=24.0, gt=0)
    """Time after payment within which an order is to leave, hours (DOMAIN 5.3: 24 h)."""

    limit: Hours = Field(default=48.0, gt=0)
    """Time after payment at which an order is late, hours (DOMAIN 5.3)."""

    penalty: Share = 0.30
    """Share of the order paid as compensation when it is late (C)."""

    penalty_cap: CNY = Field(default=500.0, ge=0)
    """Most compensation for one order (C)."""

    delivery: Days = Field(default=2.0, gt=0)
    """Median days from dispatch to the buyer."""

    delivery_sd: Number = Field(default=0.35, ge=0, le=2)
    """Standard deviation of the logarithm of delivery days; *assumed*."""


class Service(Spec):
    """Chat agents (客服)."""

    agents: Whole = Field(default=2, ge=0, le=10_000)
    """Agents on duty in each open hour."""

    open: ClockSpan = (9.0, 23.0)
    """Hours of service (DOMAIN 5.5: 09:00–23:00)."""

    asks: Share = 0.10
    """Share of visitors past the first page who want to chat; *assumed*."""

    minutes: Minutes = Field(default=5.0, gt=0)
    """Mean length of a chat; exponential."""

    patience: Minutes | None = Field(default=2.0, gt=0)
    """Mean wait before a visitor gives up; exponential. None: nobody gives up."""

    answered: Rate = Field(default=1.8, ge=0, le=20)
    """Odds of buying after a chat, relative to no chat; *assumed*."""

    unanswered: Rate = Field(default=0.5, ge=0, le=20)
    """Odds of buying after giving up on the chat; *assumed*."""


class Reviews(Spec):
    """Reviews after delivery, and what they say."""

    chance: Share = 0.25
    """Share of delivered orders that are reviewed; *assumed*."""

    delay: Days = Field(default=3.0, ge=0)
    """Mean days from delivery to review; exponential."""

    stars: Number = Field(default=4.85, ge=1, le=5)
    """Mean stars before clipping to 1–5 for an order delivered at once."""

    stars_sd: Number = Field(default=0.6, ge=0, le=4)
    """Standard deviation of stars."""

    per_day: Number = Field(default=0.06, ge=0, le=2)
    """Stars lost for each day from order to delivery; *assumed*."""

    late: Number = Field(default=1.0, ge=0, le=4)
    """Stars lost when dispatch was late; *assumed*."""

    rival_bad_rate: Share = 0.05
    """Bad-review rate of the median rival, to which the store score compares; *assumed*."""


class Returns(Spec):
    """Returns and refunds."""

    rate: Share = 0.05
    """Share of delivered orders returned whole."""

    delay: Days = Field(default=5.0, ge=0)
    """Mean days from delivery to refund; exponential."""

    restock: Share = 0.9
    """Share of returned orders whose pieces go back on the shelf; the rest are written off."""


class Operations(Spec):
    """Everything behind the shop window."""

    conversion: Conversion = Conversion()
    stock: Stock = Stock()
    dispatch: Dispatch = Dispatch()
    service: Service = Service()
    reviews: Reviews = Reviews()
    returns: Returns = Returns()
    members: Members = Members()
    money: Money = Money()

    staff: Named[Post] = Named()
    """The team beside the chat agents, by the name of its work; what the posts cost comes on top of `other_wages`."""
