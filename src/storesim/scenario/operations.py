"""How the store is run: conversion, stock, dispatch, service, members, money."""

from typing import Annotated, Literal

from pydantic import Field

from storesim.scenario.dispatch import Dispatch
from storesim.scenario.freight import Freight
from storesim.scenario.members import Members
from storesim.scenario.money import Money, Post
from storesim.scenario.service import Reviews, Score, Service
from storesim.scenario.spec import Check, Named, Spec
from storesim.scenario.stock import Stock
from storesim.units import Days, Hours, Minutes, Number, Rate, Share, Whole

WINDOWS = (0, 1, 3, 7, 15)
"""Days of the windows of 京准通 (DOMAIN 1.3, A)."""


def _known_window(days: int) -> int:
    if days not in WINDOWS:
        raise ValueError(f"{days} is no window of JD's ad reports; there are 0, 1, 3, 7 and 15 days")
    return days


WindowDays = Annotated[Whole, Check(_known_window)]


class Conversion(Spec):
    """What makes a visitor buy (MODEL section 7)."""

    base: Share = 0.03
    """Chance that a search visitor who stays past the first page buys: reviewed item, reference price, no chat. With half of all visitors leaving at once it makes a CVR of 1.5 % (DOMAIN 10: 1.5–3 %, B)."""

    appeal: Rate = Field(default=1.0, gt=0, le=20)
    """Factor on the odds of buying for what the store makes of its goods and pages (产品升级, 详情页优化); 1: like its category."""

    price_elasticity: Number = Field(default=2.5, ge=0, le=10)
    """ε: power of (price paid / reference price) on the odds of buying; *assumed*."""

    review_lift: Number = Field(default=3.7, ge=1, le=20)
    """Odds with ten or more reviews over odds with none (DOMAIN 4.3: 3.7, A)."""

    review_scale: Number = Field(default=3.0, gt=0, le=100)
    """Reviews over which the lift builds up: 1 + (lift − 1)(1 − exp(−n/scale)) (DOMAIN 6.3, G); *assumed*."""

    score_effect: Number = Field(default=0.3, ge=0, le=5)
    """Effect on the log odds of a store score from 0 to 1, 0.5 being neutral; *assumed*."""

    promise_effect: Number = Field(default=0.0, ge=0, le=2)
    """Log odds gained for each day that the promised delivery is sooner than 3 days after payment; 0: nobody minds."""

    browse: Minutes = Field(default=0.5, ge=0)
    """Mean time on a page; *assumed*."""

    breaks: Share = 0.0
    """Chance that between two pages a visitor leaves, to come back that day on another visit (访问次数); 0: nobody."""

    later: Share = 0.0
    """Share of decisions to buy whose order is placed later; 0: all at once. Measured on JD: 0.6803 (MODEL 7, A)."""

    later_median: Hours = Field(default=34.32, gt=0)
    """Median time from the decision to an order placed later (lognormal, from three points: MODEL 7, A)."""

    later_sd: Number = Field(default=1.6084, gt=0, le=4)
    """Standard deviation of the logarithm of that time (likewise: MODEL 7, A)."""

    paid: Share = 1.0
    """Share of orders placed that are paid. Measured on JD: 0.86 (MODEL 7, B)."""


class Carts(Spec):
    """What visitors put into the cart (加购) and look at again, when a sale opens or some days later (MODEL section 13)."""

    reach: Number = Field(default=1.0, ge=1, le=50)
    """Who would buy if the odds were so many times as high puts the item into the cart; 1: nobody keeps a cart."""

    waits: Share = 0.5
    """Share of those who leave it there that wait for the next sale, if one opens while it is kept; *assumed*."""

    holds_out: Share = 0.0
    """Share of those who would buy today, but wait in their place for a sale that opens while it is kept; *assumed*."""

    keeps: Days = Field(default=15.0, ge=0)
    """Days a cart is kept for a sale; *assumed*."""

    delay: Days = Field(default=3.0, gt=0)
    """Mean days until who waits for no sale looks again; exponential; *assumed*."""

    odds: Rate = Field(default=1.3, ge=0, le=20)
    """Odds of buying at that look, relative to the first one at the same price; *assumed*."""


class Cancellations(Spec):
    """Orders that are paid and cancelled before they leave: on their own day (当日取消; no GMV, DOMAIN 1.1, A), or later."""

    rate: Share = 0.0
    """Share of paid orders that buyers take back if they are in time; 0: nobody does."""

    delay: Hours = Field(default=2.0, gt=0)
    """Mean hours from payment until then; exponential; *assumed*."""

    while_waiting: Share = 0.0
    """Share of orders still waiting on a later day that buyers call off on that day (发货前取消), to be refunded; 0: none."""


class CashOnDelivery(Spec):
    """Orders paid at the door (货到付款); in GMV when they are placed (DOMAIN 1.1, A)."""

    share: Share = 0.0
    """Share of orders on JD that are paid at the door; 0: all are paid before."""

    refused: Share = 0.1
    """Share of these that are refused there (拒收), and never paid; *assumed*."""


class Attribution(Spec):
    """Which orders 京准通 counts as those of ads (DOMAIN 1.3); `ad_orders`, `ad_gmv`, `ad_lines` and their ratios follow it."""

    window: WindowDays | None = None
    """Days from the click within which an order counts: 0, 1, 3, 7 or 15; none: every order, on its own day."""

    by: Literal["click", "order"] = "click"
    """Whether an order counts on the day of its click (点击口径) or on its own (下单口径)."""

    gifts: bool = True
    """Whether each item given with an order is one of its lines (订单行), of amount 0, as JD counts them (DOMAIN 1.1, A)."""


class Returns(Spec):
    """Returns and refunds."""

    rate: Share = 0.05
    """Share of delivered orders returned whole (DOMAIN 4.2: 1–55 % by category, G); *assumed*."""

    delay: Days = Field(default=5.0, ge=0)
    """Mean days from delivery to refund; exponential; *assumed*."""

    restock: Share = 0.9
    """Share of returned orders whose pieces go back on the shelf; the rest are written off; *assumed*."""


class Operations(Spec):
    """Everything behind the shop window."""

    conversion: Conversion = Conversion()
    carts: Carts = Carts()
    cancellations: Cancellations = Cancellations()
    cash_on_delivery: CashOnDelivery = CashOnDelivery()
    attribution: Attribution = Attribution()
    stock: Stock = Stock()
    dispatch: Dispatch = Dispatch()
    freight: Freight = Freight()
    service: Service = Service()
    reviews: Reviews = Reviews()
    score: Score = Score()
    returns: Returns = Returns()
    members: Members = Members()
    money: Money = Money()

    staff: Named[Post] = Named()
    """The team beside the chat agents, by the name of its work; what the posts cost comes on top of `other_wages`."""
