"""From visit to order: the odds that a visitor buys, by channel and by SKU (MODEL section 7).

`odds = base/(1 − base) · appeal · channel · role · trust · promise · event · e^{w(score − ½)} ·
(price/reference)^{−ε} · lift(n)/lift(∞)`, times the chat's factor in the kernel; trust is the mode's, appeal what the
store makes of its goods and pages. `lift(n) = 1 + (lift − 1)(1 − e^{−n/scale})` for a SKU with n reviews: a new store
sells little because nobody has said yet that its goods are good, and for no other reason.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import (
    ACTIVE,
    EXTRA_LINE,
    EXTRA_UNIT,
    GIFT_LINES,
    KEPT_REACH,
    LATER,
    LATER_MU,
    LATER_SD,
    NEVER_PAID,
    PAGE_HOURS,
    SUBSTITUTION,
    VALID_HOURS,
    DayPlan,
    F,
)
from storesim.engine.draws import exp, log
from storesim.model.devices import read_devices
from storesim.model.goods import Goods
from storesim.model.holidays import days_off, promised_later
from storesim.model.modes import mode_of, promised_days
from storesim.model.sights import most_kept
from storesim.model.today import Offer, Today
from storesim.scenario.document import Scenario
from storesim.scenario.operations import Conversion as ConversionSpec

NEUTRAL_SCORE = 0.5
USUAL_PROMISE = 3.0
"""Days from payment to the buyer that visitors expect: a day to dispatch and two on the way; *assumed*."""


class Visits(NamedTuple):
    """How the visitors of each channel behave in the store, in one stage; arrays are [n_channels]."""

    odds: F
    """Base odds times the channel's."""

    bounce: F
    page_p: F

    devices: F
    """[n_channels, n_devices, N_DEVICE] what the kernel wants to know of each device."""

    hesitant: F
    """[n_days] factor of each day on the odds, for holidays of the carriers; [0] where they have none."""


def read_visits(scenario: Scenario) -> Visits:
    """What one stage says of visitors."""
    conversion = scenario.operations.conversion
    base = min(conversion.base, 1.0 - 1e-9)
    odds = base / (1.0 - base) * mode_of(scenario).trust * conversion.appeal
    promised = promised_days(scenario)
    odds *= exp(conversion.promise_effect * (USUAL_PROMISE - promised))
    later = promised_later(days_off(scenario), scenario.n_days, promised)
    channels = scenario.channels.values()
    return Visits(
        odds=np.array([odds * channel.conversion for channel in channels]),
        bounce=np.array([channel.bounce for channel in channels]),
        # Those who stay see two pages and a geometric number with mean (1 − p)/p more.
        page_p=np.array([1.0 / (channel.depth - 1.0) for channel in channels]),
        devices=read_devices(scenario),
        hesitant=np.array([exp(-conversion.promise_effect * days) for days in later]),
    )


class Apart:
    """What differences of price do to the odds, on days alike; it outlives a run, as the next one has such days too.

    Parameters
    ----------
    elasticity
        Of the odds, in the price.
    """

    def __init__(self, elasticity: float) -> None:
        self._elasticity = elasticity
        self._known: dict[int, tuple[F, F, float]] = {}
        """By the identity of what was asked for; held here too, so that no other array comes to its place in memory."""

    def of(self, dear: F) -> tuple[F, float]:
        """[n, n_skus] factor on the odds of those to whom items are so many times as `dear`; and the largest factor.

        Nobody writes into `dear` nor into what is returned.
        """
        found = self._known.get(id(dear))
        if found is None:
            if len(self._known) >= most_kept(2 * dear.size):
                self._known.clear()
            factors, alike = np.empty(dear.size), np.ones(dear.size)
            _weigh_skus(dear.ravel(), alike, alike, self._elasticity, factors)
            odds = factors.reshape(dear.shape)
            found = self._known[id(dear)] = dear, odds, float(odds.max())
        return found[1:]


@lru_cache(maxsize=4)
def _apart(elasticity: float) -> Apart:
    return Apart(elasticity)


class Conversion:
    """The chance of buying; it remembers the reviews of each SKU.

    Parameters
    ----------
    goods
        Of each stage.
    stage
        In which the store opens.
    """

    def __init__(
        self, goods: tuple[Goods, ...], scenario: Scenario, stages: tuple[Visits, ...], stage: int = 0
    ) -> None:
        self._spec: ConversionSpec = scenario.operations.conversion
        self._goods = goods
        self._stages = stages
        self._scalars = {
            PAGE_HOURS: self._spec.browse / 60.0,
            EXTRA_LINE: 1.0 - 1.0 / scenario.catalogue.lines,
            EXTRA_UNIT: 1.0 - 1.0 / scenario.catalogue.quantity,
            SUBSTITUTION: scenario.catalogue.substitution,
            LATER: self._spec.later,
            LATER_MU: math.log(self._spec.later_median),
            LATER_SD: self._spec.later_sd,
            NEVER_PAID: 1.0 - self._spec.paid,
            GIFT_LINES: float(scenario.operations.attribution.gifts),
        }
        self._stage = stage
        self._weights = np.empty(goods[0].price.size)
        self._by_device: F | None = None
        self._in_hand: F | None = None
        """What the factors in the plan were worked out from; an offer has the same arrays on days alike."""

        self._apart = _apart(self._spec.price_elasticity)
        self._hesitant = tuple(visits.hesitant.tolist() for visits in stages)
        self.reviews = scenario.operations.reviews.opening.total * goods[stage].share
        self.mean_trust = self._judge(np.zeros(self.reviews.size))

    def open(self, today: Today, offer: Offer, score: float) -> None:
        """Write the odds of buying."""
        plan, visits = today.plan, self._stages[today.stage]
        if today.fresh:
            plan.bounce[:] = visits.bounce
            plan.page_p[:] = visits.page_p
            plan.devices[:] = visits.devices
            plan.alias_p[:] = self._goods[today.stage].alias_p
            plan.alias_k[:] = self._goods[today.stage].alias_k
            for place, value in self._scalars.items():
                plan.scalars[place] = value
        hesitant = self._hesitant[today.stage]
        seen = plan.price if offer.seen is None else offer.seen
        _weigh(
            visits.odds,
            (offer.conversion, self._spec.score_effect, score, hesitant[today.day] if hesitant else 1.0),
            (seen, self._goods[today.stage].reference, self._weights, self._spec.price_elasticity),
            (plan.odds, plan.sku_odds),
        )
        if today.fresh or offer.by_device is not self._by_device:
            self._by_device = offer.by_device
            plan.device_odds[:] = 1.0 if offer.by_device is None else self._apart.of(offer.by_device)[0]
        if today.fresh or offer.in_hand is not self._in_hand:
            self._in_hand = offer.in_hand
            self._keep(plan, offer.in_hand)

    def _keep(self, plan: DayPlan, in_hand: F | None) -> None:
        """Write the odds of those who come back with a coupon."""
        if in_hand is None:
            return
        plan.kept[:, 1:], most = self._apart.of(in_hand)
        plan.scalars[KEPT_REACH] = most if _to_keep(plan.deals) else 0.0

    def weigh_regular(self, plan: DayPlan, offer: Offer) -> None:
        """Write what the odds become where a slot has sold its pieces; `offer` is the one that then holds."""
        seen = plan.regular_price if offer.seen is None else offer.seen
        reference = self._goods[self._stage].reference
        _weigh_skus(seen, reference, self._weights, self._spec.price_elasticity, plan.regular_odds)

    def change(self, stage: int) -> None:
        """Judge by the goods of another stage."""
        if self._goods[stage] is not self._goods[self._stage]:
            self._stage = stage
            self.mean_trust = self._judge(np.zeros(self.reviews.size))

    def close(self, told: F) -> None:
        """Add the reviews `told` today, [n_skus]."""
        self.mean_trust = self._judge(told)

    def _judge(self, told: F) -> float:
        spec = self._spec
        shelf = (self._goods[self._stage].share, self._goods[self._stage].odds)
        return _trust(told, self.reviews, shelf, (spec.review_lift, spec.review_scale), self._weights)


@compiled
def trust(told: F, reviews: F, shelf: tuple[F, F], law: tuple[float, float], out: F) -> float:
    """Add the reviews `told` today to all `reviews`; the mean lift(n)/lift(∞) of the SKUs by their share.

    `out` becomes that of each SKU times the odds of its role. All arrays are [n_skus]; `shelf` are share and odds,
    `law` the lift and the scale of reviews.
    """
    share, role = shelf
    lift, scale = law
    mean = 0.0
    for k in range(reviews.shape[0]):
        reviews[k] += told[k]
        trusted = (1.0 + (lift - 1.0) * (1.0 - exp(-reviews[k] / scale))) / lift
        mean += share[k] * trusted
        out[k] = trusted * role[k]
    return mean


@compiled
def weigh(
    odds: F, moved: tuple[float, float, float, float], shelf: tuple[F, F, F, float], out: tuple[F, F]
) -> None:  # fmt: skip
    """Fill `out` with the odds of each channel [n_channels] and the factor of each SKU on them [n_skus].

    `odds` [n_channels] are moved by the factor of events, by the score and its effect, and by the factor of holidays,
    as `moved` has them; `shelf` are the arguments of `weigh_skus`.
    """
    of_channels, of_skus = out
    event, effect, score, hesitant = moved
    factor = event * exp(effect * (score - NEUTRAL_SCORE)) * hesitant
    for c in range(odds.shape[0]):
        of_channels[c] = odds[c] * factor
    weigh_skus(shelf[0], shelf[1], shelf[2], shelf[3], of_skus)


@compiled
def weigh_skus(price: F, reference: F, weight: F, elasticity: float, out: F) -> None:
    """Fill `out` with the factor of each SKU on the odds of buying, `weight` its other factors; all are [n_skus]."""
    for k in range(price.shape[0]):
        out[k] = exp(-elasticity * log(price[k] / reference[k])) * weight[k]


@compiled
def to_keep(deals: F) -> bool:
    """Whether coupons that may be kept are given out today; `deals` are `DayPlan.deals`."""
    hours = 0.0
    for row in range(deals.shape[0]):
        hours += deals[row, ACTIVE] * deals[row, VALID_HOURS]
    return hours > 0.0


_trust, _to_keep = Settled(trust), Settled(to_keep)
_weigh, _weigh_skus = Settled(weigh), Settled(weigh_skus)
