"""What is allowed but seldom meant: the loop of orders and free visitors that feeds on itself (MODEL section 4)."""

from __future__ import annotations

import math

from storesim.scenario.channels import Organic
from storesim.scenario.devices import over_devices
from storesim.scenario.document import Scenario


def loop_gain(scenario: Scenario) -> float:
    """Further orders a day that one more order a day brings through the rank, on the opening day.

    One more order a day, kept up, raises `log W` by p/(1 + R), where R are the orders a day remembered: none yet. That
    brings `F · C/(W + C)` free visitors per unit of log W, and q orders per visitor:

    `gain = Σ p · F · C/(W + C) · q`, with `F = searches · share · W/(W + C)` and `q = (1 − bounce) · o/(1 + o)`,
    `o = base/(1 − base) · conversion · (1 − discount)^{−ε} / lift`, over the organic channels under the launch
    playbook: no reviews, a neutral score, list prices at their references. An order through ads starts the loop with
    its `halo` instead of 1; what it started goes on with this gain. At 1 and more each order brings more than one
    further order, until R has grown.
    """
    playbook = dict(scenario.stages.launch.playbook)
    opening = scenario.with_(playbook) if playbook else scenario
    rivals = opening.market.rivals.strength
    gain = 0.0
    for channel in opening.channels.values():
        if isinstance(channel, Organic):
            weight = channel.weight
            visitors = opening.market.searches_per_day * channel.share * weight / (weight + rivals)
            gain += channel.popularity * visitors * rivals / (weight + rivals) * _orders_of(opening, channel)
    return gain


def _orders_of(scenario: Scenario, channel: Organic) -> float:
    """Orders that one visitor of a channel brings to a store without reviews."""
    spec = scenario.operations.conversion
    if spec.base >= 1.0:
        return 1.0 - channel.bounce
    price = math.log(max(1e-9, 1.0 - scenario.catalogue.discount))
    odds = spec.base / (1.0 - spec.base) * channel.conversion / spec.review_lift
    odds *= math.exp(-spec.price_elasticity * price)

    def buys(bounce: float, factor: float) -> float:
        return (1.0 - bounce) * factor * odds / (1.0 + factor * odds)

    return over_devices(channel, scenario.market.devices, buys)
