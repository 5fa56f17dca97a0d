"""The naive year with what stores add later: presales, members one by one, budgets that last the day, credited orders.

Written from MODEL and docs/model beside `storesim.model`. Its days are those of `naive_market`.
"""

from __future__ import annotations

from math import erf, floor, log, sqrt
from random import Random

import numpy as np

from benchmarks import naive_club
from benchmarks.naive_market import MarketDay
from benchmarks.naive_parts import FEN
from benchmarks.naive_today import Auction
from benchmarks.naive_year import NaiveYear
from storesim.engine import day as d
from storesim.engine.day import DayPlan
from storesim.scenario.channels import PayPerClick, Returning
from storesim.scenario.document import Scenario
from storesim.scenario.promotions import Presale

STEPS = 20
"""Midpoints of the integral over the next score."""

KEPT = (
    "deposits", "deposits_paid", "deposits_lapsed", "presale_discounts", "put_off", "came_back", "on_promise",
)  # fmt: skip
_OF_BASKETS = {
    "deposits": d.DEPOSITS, "deposits_paid": d.DEPOSITS_PAID, "deposits_lapsed": d.DEPOSITS_LAPSED,
    "put_off": d.PUT_OFF, "came_back": d.CAME_BACK,
}  # fmt: skip


class LivelyYear(NaiveYear):
    """One run of a scenario with presales, members of `bg_nbd`, smooth pacing, orders placed later or not paid."""

    def __init__(self, scenario: Scenario, seed: int, run: int) -> None:
        super().__init__(scenario, seed, run, _OneDevice)
        assert isinstance(self.kernel, MarketDay)
        self.credits = self.kernel.credits
        self.channels = tuple(scenario.channels)
        self._club = self.kernel.club = naive_club.Club(scenario, Random(f"members/{seed}/{run}"))
        self._presales = [one for one in scenario.promotions.values() if isinstance(one, Presale)]

    def _fill(self, day: int, hour: float) -> None:
        super()._fill(day, hour)
        now, plan = self._now, self.kernel.plan
        conversion, dispatch = now.operations.conversion, now.operations.dispatch
        for place, value in {
            d.LATER: conversion.later, d.LATER_MU: log(conversion.later_median), d.LATER_SD: conversion.later_sd,
            d.NEVER_PAID: 1.0 - conversion.paid, d.PROMISE: dispatch.promise,
        }.items():  # fmt: skip
            plan.scalars[place] = value
        for c, bounce in enumerate(plan.bounce.tolist()):
            stays = 1.0 / (1.0 - bounce)
            plan.devices[c, 0] = [1.0, bounce, stays, 1.0 / log(1.0 - plan.page_p[c]), 1.0]
        for c, channel in enumerate(now.channels.values()):
            if isinstance(channel, PayPerClick) and channel.pacing == "smooth":
                plan.pace[c] = cost_of_a_search(plan, c, hour)
        self._fill_presales(plan, day)

    def _fill_presales(self, plan: DayPlan, day: int) -> None:
        plan.presale[d.BALANCE_DUE] = 0.0
        for presale in self._presales:
            first, last, balance = (
                (date - self._now.store.opened).days for date in (presale.first, presale.last, presale.balance)
            )
            for k, sku in enumerate(self._now.catalogue.skus):
                if not sku.is_any_of((*presale.skus, *presale.roles)) or day > balance + presale.balance_days:
                    continue
                plan.presale[d.PRESALE_PRICE, k] = floor(round(sku.price * FEN) * (1.0 - presale.discount) + 0.5)
                plan.presale[d.BALANCE_PAID, k] = presale.pays
                if first <= day <= last:
                    plan.presale[d.BALANCE_DUE, k] = 24.0 * balance
                    plan.presale[d.BALANCE_HOURS, k] = 24.0 * presale.balance_days

    def _further_cuts(self, day: int, cuts: list[float]) -> list[float]:
        for presale in self._presales:
            age = (presale.first - self._now.store.opened).days, (presale.last - self._now.store.opened).days
            if age[0] <= day <= age[1]:
                cuts = [
                    max(cut, presale.discount) if sku.is_any_of((*presale.skus, *presale.roles)) else cut
                    for cut, sku in zip(cuts, self._now.catalogue.skus, strict=True)
                ]
        return cuts

    def _member_visits(self, channel: Returning, day: int) -> float:
        base = self._now.operations.conversion.base
        odds = channel.conversion * base / (1.0 - base)
        buys = (1.0 - channel.bounce) * odds / (1.0 + odds)
        return self._club.open(day) * self._now.operations.members.visits / max(buys, 0.001)

    def _close_members(self, day: int, total: list[float]) -> dict[str, float]:
        baskets = self.kernel.tally.baskets
        kept = {name: float(baskets[place]) for name, place in _OF_BASKETS.items()}
        return {
            **self._club.close(day, total[d.BUYERS]), **kept, "presale_discounts": float(baskets[d.PRESALE]) / FEN,
            "on_promise": float(self.kernel.due.days[day, d.DUE_ON_PROMISE]),
        }  # fmt: skip


class _OneDevice(MarketDay):
    """A day of a store that tells no devices apart and sends all parcels by one carrier."""

    def __init__(self, *sizes: object, **further: object) -> None:
        super().__init__(*sizes, n_devices=1, **further)
        self.plan = self.plan._replace(carriers=np.zeros((1, d.N_CARRIER)), presale=np.zeros((4, len(self.plan.price))))

    def open(self, day: int) -> None:
        """Begin a day, with the carrier of the stage."""
        scalars = self.plan.scalars
        self.plan.carriers[0] = [1.0, scalars[d.DELIVERY_MU], scalars[d.DELIVERY_SD], 0.0]
        super().open(day)


def cost_of_a_search(plan: DayPlan, c: int, hour: float) -> float:
    """Fen that a search would cost on the mean of the hours from `hour` on, were there no budget."""
    auction, costs = Auction(plan, c), 0.0
    known: dict[tuple[int, float], float] = {}
    searches = 0.0
    for h in range(int(hour), 24):
        part = plan.hours[h] * min(1.0, h + 1.0 - hour)
        searches += part
        for g, share in enumerate(auction.share):
            bid = auction.own_bid[h][g]
            if (g, bid) not in known:
                known[g, bid] = _cost(auction, g, bid)
            costs += part * share * known[g, bid]
    return float(costs / searches)


def _cost(auction: Auction, g: int, bid: float) -> float:
    """By slot, over rivals of one law: its chance, its clicks, and the mean of the next score, which sets the price."""
    quality, rivals = auction.quality[g], len(auction.score[g])
    own, top, sd = bid * quality, auction.score[g][0], auction.sd[g]
    if own < auction.reserve:
        return 0.0
    width = (own - auction.reserve) / STEPS
    below = _below(own, top, sd)
    cost = 0.0
    for slot, click in enumerate(auction.click[g]):
        others = rivals - slot
        if others < 0:
            break
        chance = _choose(rivals, slot) * (1.0 - below) ** slot * below**others
        scores = [auction.reserve + (i + 0.5) * width for i in range(STEPS)]
        # The mean of the highest of those below: what it is above the reserve, by the chance to be above each score.
        mean = auction.reserve + width * sum(1.0 - (_below(x, top, sd) / below) ** others for x in scores)
        cost += chance * click * min(bid, mean / quality + auction.step)
    return cost


def _below(score: float, top: float, sd: float) -> float:
    return 0.5 + 0.5 * erf(log(score / top) / sd / sqrt(2.0))


def _choose(n: int, k: int) -> int:
    ways = 1
    for i in range(k):
        ways = ways * (n - i) // (i + 1)
    return ways
