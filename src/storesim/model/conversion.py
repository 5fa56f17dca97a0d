"""From visit to order: the odds that a visitor buys, by channel and by SKU (MODEL section 7).

`odds = base/(1 − base) · channel · role · trust · promise · event · e^{w(score − ½)} · (price/reference)^{−ε} ·
lift(n)/lift(∞)`, times the chat's factor in the kernel; trust is the mode's. `lift(n) = 1 + (lift − 1)(1 −
e^{−n/scale})` for a SKU with n reviews: a new store sells little because nobody has said yet that its goods are good,
and for no other reason.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, compiled
from storesim.engine.day import (
    ACTIVE,
    EXTRA_LINE,
    EXTRA_UNIT,
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
from storesim.model.goods import Goods, of_roles
from storesim.model.holidays import days_off, promised_later
from storesim.model.modes import mode_of, promised_days
from storesim.model.sights import most_kept
from storesim.model.today import Offer, Today
from storesim.scenario.document import Scenario
from storesim.scenario.operations import Conversion as ConversionSpec

NEUTRAL_SCORE = 0.5
USUAL_PROMISE = 3.0
"""Days from payment to the buyer that visitors expect: a day to dispatch and two on the way."""


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
    odds = base / (1.0 - base) * mode_of(scenario).trust
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


class Kept(NamedTuple):
    """What coupons in hand do to the odds, on days alike."""

    in_hand: F
    """As `Offer.in_hand`; held here, so that no other array comes to its place in memory."""

    odds: F
    """[n_promotions, n_skus] factor on the odds."""

    reach: float
    """Largest of them while coupons to keep are given out, or 0."""


class Conversion:
    """The chance of buying; it remembers the reviews of each SKU."""

    def __init__(self, goods: Goods, scenario: Scenario, stages: tuple[Visits, ...]) -> None:
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
        }
        self._role = of_roles(scenario.catalogue, "odds")
        self._weights = np.empty(goods.price.size)
        self._by_device: F | None = None
        self._in_hand: F | None = None
        """What the factors in the plan were worked out from; an offer has the same arrays on days alike."""

        self._kept: dict[int, Kept] = {}
        """What was worked out for arrays `Offer.in_hand`, by their identity; dropped when there are too many."""
        self.reviews = scenario.operations.reviews.opening.total * goods.share
        self.mean_trust = self._judge()

    def open(self, today: Today, offer: Offer, score: float) -> None:
        """Write the odds of buying."""
        plan, visits = today.plan, self._stages[today.stage]
        if today.fresh:
            plan.bounce[:] = visits.bounce
            plan.page_p[:] = visits.page_p
            plan.devices[:] = visits.devices
            plan.alias_p[:] = self._goods.alias_p
            plan.alias_k[:] = self._goods.alias_k
            for place, value in self._scalars.items():
                plan.scalars[place] = value
        factor = offer.conversion * exp(self._spec.score_effect * (score - NEUTRAL_SCORE))
        if visits.hesitant.size:
            factor *= visits.hesitant[today.day]
        np.multiply(visits.odds, factor, out=plan.odds)
        seen = plan.price if offer.seen is None else offer.seen
        _weigh_skus(seen, self._goods.reference, self._weights, self._spec.price_elasticity, plan.sku_odds)
        if today.fresh or offer.by_device is not self._by_device:
            self._by_device = offer.by_device
            plan.device_odds[:] = 1.0 if offer.by_device is None else self._told_apart(offer.by_device)
        if today.fresh or offer.in_hand is not self._in_hand:
            self._in_hand = offer.in_hand
            self._keep(plan, offer.in_hand)

    def _keep(self, plan: DayPlan, in_hand: F | None) -> None:
        """Write the odds of those who come back with a coupon."""
        if in_hand is None:
            return
        kept = self._kept.get(id(in_hand))
        if kept is None:
            if len(self._kept) >= most_kept(2 * in_hand.size):
                self._kept.clear()
            odds = self._told_apart(in_hand)
            offered = (plan.deals[:, ACTIVE] * plan.deals[:, VALID_HOURS]).any()
            kept = self._kept[id(in_hand)] = Kept(in_hand, odds, float(odds.max()) if offered else 0.0)
        plan.kept[:, 1:] = kept.odds
        plan.scalars[KEPT_REACH] = kept.reach

    def _told_apart(self, dear: F) -> F:
        """[n, n_skus] factor on the odds of those to whom items are so many times as `dear` as to others."""
        factors, alike = np.empty(dear.size), np.ones(dear.size)
        _weigh_skus(dear.ravel(), alike, alike, self._spec.price_elasticity, factors)
        return factors.reshape(dear.shape)

    def weigh_regular(self, plan: DayPlan, offer: Offer) -> None:
        """Write what the odds become where a slot has sold its pieces; `offer` is the one that then holds."""
        seen = plan.regular_price if offer.seen is None else offer.seen
        _weigh_skus(seen, self._goods.reference, self._weights, self._spec.price_elasticity, plan.regular_odds)

    def close(self, told: F) -> None:
        """Add the reviews `told` today, [n_skus]."""
        self.reviews += told
        self.mean_trust = self._judge()

    def _judge(self) -> float:
        spec = self._spec
        shelf = (self._goods.share, self._role)
        return _trust(self.reviews, shelf, (spec.review_lift, spec.review_scale), self._weights)


@compiled
def trust(reviews: F, shelf: tuple[F, F], law: tuple[float, float], out: F) -> float:
    """Mean lift(n)/lift(∞) of the SKUs by their share; `out` becomes that of each times the odds of its role.

    All arrays are [n_skus]; `shelf` are share and odds, `law` the lift and the scale of reviews.
    """
    share, role = shelf
    lift, scale = law
    mean = 0.0
    for k in range(reviews.shape[0]):
        trusted = (1.0 + (lift - 1.0) * (1.0 - exp(-reviews[k] / scale))) / lift
        mean += share[k] * trusted
        out[k] = trusted * role[k]
    return mean


@compiled
def weigh_skus(price: F, reference: F, weight: F, elasticity: float, out: F) -> None:
    """Fill `out` with the factor of each SKU on the odds of buying, `weight` its other factors; all are [n_skus]."""
    for k in range(price.shape[0]):
        out[k] = exp(-elasticity * log(price[k] / reference[k])) * weight[k]


_trust, _weigh_skus = Settled(trust), Settled(weigh_skus)
