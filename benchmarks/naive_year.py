"""The whole store written the plain way: midnight in plain Python over `naive_parts`, the day by SimPy processes.

It fills the `DayPlan` that a day is played from, so it can be set on the compiled kernel as well. Only what the
shipped store uses is written: pay-per-click, placements billed by the click, (s,Q) stock, gates by record.
"""

from __future__ import annotations

from math import exp, floor, inf, log, sqrt
from random import Random

import numpy as np

from benchmarks.naive_books import Books
from benchmarks.naive_parts import (
    FEN,
    Career,
    Crowd,
    Opinion,
    Rank,
    Rates,
    Record,
    Trust,
    drift,
    log_of_index,
    reference,
    shares,
)
from storesim.engine import day as d
from storesim.engine.day import N_SUPPLY, DayPlan, F
from storesim.engine.kernel import Kernel, alias_table
from storesim.model import ads, bids
from storesim.model.demand import read_market
from storesim.scenario.channels import AnyChannel, Organic, PaidChannel, PayPerClick, Placement, Returning
from storesim.scenario.document import Scenario
from storesim.scenario.events import Event
from storesim.scenario.offsite import Offsite
from storesim.scenario.store import STAGES

COLUMNS = {
    "impressions": d.IMPRESSIONS, "clicks": d.CLICKS, "uv": d.UV, "pv": d.PV, "bounces": d.BOUNCES, "chats": d.CHATS,
    "chats_left": d.CHATS_LEFT, "chats_in_30s": d.CHATS_IN_30S, "chat_wait": d.CHAT_WAIT, "buyers": d.BUYERS,
    "orders": d.ORDERS, "units": d.UNITS, "gmv": d.GMV, "discounts": d.DISCOUNTS, "lost_units": d.LOST_UNITS,
    "lost_gmv": d.LOST_GMV, "ad_spend": d.SPEND, "silent_hours": d.SILENT_HOURS,
}  # fmt: skip
"""Column of the kernel's tally of each count that the plain store keeps."""

STORE_COUNTS = (
    "dispatched", "late", "dispatch_wait", "delivered", "reviews", "good_reviews", "bad_reviews", "stars",
    "returned_units", "refunds", "purchased_units", "received_units", "purchases", "goods_cost", "commission",
    "transaction_fee", "parcels", "wages", "penalties", "overheads", "profit", "cash_in", "cash_out", "members_joined",
    "cash", "stock_units", "members", "in_stock_share", "score", "organic_weight", "ad_quality", "market", "stage",
)  # fmt: skip
"""Counts of the store that the plain store keeps."""


class NaiveYear:
    """One run of a scenario.

    Parameters
    ----------
    make
        Plays the days: `NaiveDay`, or the compiled `Kernel`.
    """

    def __init__(self, scenario: Scenario, seed: int, run: int, make: type[Kernel]) -> None:
        self.by_channel: list[F] = []
        """Of each day, [n_channels, N_TALLY] in fen."""

        self.of_store: list[dict[str, float]] = []
        self._levers = [scenario.with_(dict(getattr(scenario.stages, name).playbook)) for name in STAGES]
        self._stage = 0
        self._events = scenario.events
        self._taken = [False] * len(scenario.events)
        self._market = read_market(scenario)
        random, n_days = Random(f"midnight/{seed}/{run}"), scenario.n_days
        sd = self._market.noise_sd
        self._noise = [exp(x - 0.5 * sd * sd) for x in drift(random, self._market.noise_lag, sd, n_days)]
        wander = drift(random, self._market.rivals_lag, self._market.rivals_sd, n_days)
        self._rivals = [strength * exp(x) for strength, x in zip(self._market.strength.tolist(), wander, strict=True)]
        self._share = shares(scenario.catalogue)
        self._rates, self._opinion, self._trust = Rates(scenario), Opinion(), Trust(len(self._share))
        self._career = Career(scenario, self._market.known.tolist())
        self._memory: list[Rank | Record | Crowd | None] = [_memory_of(one) for one in scenario.channels.values()]
        self._members = self._free_taken = self._weight = self._demand = 0.0
        self._coming: list[list[float]] = []
        self.kernel = _kernel(scenario, make, self._now.operations.service.agents, seed, run)
        self.kernel.state.stock[:] = self._rates.opening
        self._books = Books(scenario, self._rates.opening)

    @property
    def _now(self) -> Scenario:
        """The scenario under the playbook of the stage."""
        return self._levers[self._stage]

    def live(self) -> None:
        """Let every day pass."""
        for day in range(self._now.n_days):
            if day > 0 and day % 7 == 0:
                self._review(day)
            for i, event in enumerate(self._events):
                begins = max(0, self._age_on(event)) if self._age_after(event) >= 0 else -1
                if begins == day:
                    self._taken[i] = self._may_enter(event, day)
            self._play(day)
            self._close(day)

    def _play(self, day: int) -> None:
        kernel = self.kernel
        self._fill(day, 0.0)
        kernel.open(day)
        midnight = 24.0 * (day + 1)
        today = sorted(one for one in self._coming if one[0] < midnight)
        self._coming = [one for one in self._coming if one[0] >= midnight]
        arrivals = np.array(today, dtype=np.float64).reshape(-1, N_SUPPLY)
        hour = 0.0
        for opens in sorted(self._moments(day)):
            kernel.play(hour, opens, arrivals)
            kernel.change(opens)
            self._fill(day, opens)
            hour = opens
        kernel.play(hour, 24.0, arrivals)
        self._coming += kernel.take_purchases()

    def _moments(self, day: int) -> set[float]:
        """Hours within a day at which the plan changes."""
        return {event.opens for event in self._events if event.opens > 0.0 and self._age_on(event) == day}

    def _fill(self, day: int, hour: float) -> None:
        now, plan, score = self._now, self.kernel.plan, self._opinion.score
        market, traffic, conversion, rival_bids = self._market.calm[day] * self._noise[day], 1.0, 1.0, 1.0
        cuts = [now.catalogue.discount] * len(self._share)
        for event, taken in zip(self._events, self._taken, strict=True):
            if not self._runs(event, day, hour):
                continue
            market *= event.market
            rival_bids *= event.rival_bids
            if taken:
                traffic *= event.traffic
                conversion *= event.conversion
                for k, sku in enumerate(now.catalogue.skus):
                    if not event.roles or sku.role in event.roles:
                        cuts[k] = max(cuts[k], event.discount)
        cuts = self._further_cuts(day, cuts)
        prices = [
            max(1.0, floor(round(sku.price * FEN) * (1.0 - cut) + 0.5))
            for sku, cut in zip(now.catalogue.skus, cuts, strict=True)
        ]
        log_price = log_of_index(prices, now)
        self._fill_goods(plan, prices)
        plan.hours[:] = np.array(now.market.hours) / sum(now.market.hours)
        for place, value in _scalars(now).items():
            plan.scalars[place] = value
        plan.waves[:] = sorted(now.operations.dispatch.waves)
        base = now.operations.conversion.base
        factor = conversion * exp(now.operations.conversion.score_effect * (score - 0.5))
        appeal = self._trust.mean(now) ** ads.TRUST_EFFECT * exp(-ads.PRICE_EFFECT * log_price)
        for c, channel in enumerate(now.channels.values()):
            plan.odds[c] = base / (1.0 - base) * channel.conversion * factor
            plan.bounce[c] = channel.bounce
            plan.page_p[c] = 1.0 / (channel.depth - 1.0)
            plan.appeal[c] = appeal
        self._fill_rates(plan, day, market, traffic, log_price)
        self._fill_auctions(plan, self._rivals[day] ** now.market.rivals.bid_effect * rival_bids)

    def _further_cuts(self, day: int, cuts: list[float]) -> list[float]:  # noqa: ARG002  # who has promotions asks
        """[n_skus] price cuts of a day, with those of the store's own promotions."""
        return cuts

    def _fill_goods(self, plan: DayPlan, prices: list[float]) -> None:
        now = self._now
        for k, sku in enumerate(now.catalogue.skus):
            lead_sd = now.operations.stock.lead_sd
            plan.price[k], plan.list_price[k] = prices[k], round(sku.price * FEN)
            cheaper = (prices[k] / reference(now, k)) ** -now.operations.conversion.price_elasticity
            plan.sku_odds[k] = cheaper * self._trust.of(now, k)
            plan.reorder_at[k], plan.lot[k] = self._rates.policy(now, k)
            plan.lead_mu[k] = log(sku.lead_time) - 0.5 * lead_sd * lead_sd
        plan.alias_p[:], plan.alias_k[:] = alias_table(self._share)

    def _fill_rates(self, plan: DayPlan, day: int, market: float, traffic: float, log_price: float) -> None:
        heroes = [k for k, sku in enumerate(self._now.catalogue.skus) if sku.role == "hero"]
        out = sum(self._share[k] for k in heroes if self.kernel.state.stock[k] == 0)
        out /= sum(self._share[k] for k in heroes) if heroes else 1.0
        searches = self._now.market.searches_per_day * market
        free: dict[int, float] = {}
        self._weight, self._demand = 0.0, market
        for c, (channel, memory) in enumerate(zip(self._now.channels.values(), self._memory, strict=True)):
            if isinstance(channel, Organic) and isinstance(memory, Rank):
                plan.kind[c] = d.FREE
                self._weight = memory.weight(channel, self._opinion.score, log_price, out)
                won = self._weight / (self._weight + self._rivals[day])
                free[c] = searches * channel.share * traffic * won
            elif isinstance(channel, PayPerClick):
                plan.kind[c], plan.budget[c] = d.AUCTION, round(channel.daily_budget * FEN)
                plan.rate[c] = searches * channel.share
            elif isinstance(channel, Placement) and isinstance(memory, Crowd):
                plan.kind[c], plan.budget[c] = d.FIXED_PRICE, round(channel.daily_budget * FEN)
                plan.click_price[c] = round(channel.price * FEN)
                plan.rate[c] = memory.clicks(channel)
            elif isinstance(channel, Returning):
                plan.kind[c], plan.returning[c] = d.FREE, 1
                plan.rate[c] = self._member_visits(channel, day) * sqrt(market)
        total = sum(free.values())
        for c, rate in free.items():
            plan.rate[c] = max(0.0, rate - self._free_taken * rate / total)

    def _member_visits(self, channel: Returning, day: int) -> float:  # noqa: ARG002  # a pool is the same every day
        """Visits a day of all members in a mean market."""
        return self._members * channel.visits_per_member

    def _fill_auctions(self, plan: DayPlan, rivals: float) -> None:
        for c, (channel, memory) in enumerate(zip(self._now.channels.values(), self._memory, strict=True)):
            if not isinstance(channel, PayPerClick) or not isinstance(memory, Record):
                continue
            plan.slot_ctr[c, : len(channel.slot_ctr)] = channel.slot_ctr
            plan.n_rivals[c] = channel.rivals
            plan.reserve[c], plan.step[c] = round(channel.reserve * FEN), round(channel.step * FEN)
            for g, group in enumerate(channel.keywords.values()):
                plan.group_share[c, g] = group.searches / sum(one.searches for one in channel.keywords.values())
                plan.quality[c, g] = group.relevance * memory.ratio
                plan.rival_score[c, g] = group.rival_score * FEN * rivals
                plan.rival_sd[c, g] = group.rival_sd
                for h, hour in enumerate(channel.hours):
                    bid = channel.bid * hour * group.bid * FEN
                    plan.own_bid[c, h, g] = max(bids.LEAST_BID, round(bid)) if bid > 0.0 else 0.0

    def _close(self, day: int) -> None:
        now, kernel = self._now, self.kernel
        rows, due = kernel.tally.by_channel.copy(), kernel.due.days[day].tolist()
        self._remember_channels(rows)
        for k in range(len(self._share)):
            kernel.state.stock[k] += int(kernel.due.sku_restock[day, k])
            asked = kernel.tally.by_sku[k, d.SKU_UNITS] + kernel.tally.by_sku[k, d.SKU_LOST]
            self._rates.remember(now, k, float(asked))
        total = rows.sum(axis=0).tolist()
        reviews = now.operations.reviews
        self._opinion.judge(due, total[d.CHATS], total[d.CHATS_IN_30S], reviews.rival_bad_rate)
        returning = sum(rows[c, d.BUYERS] for c, one in enumerate(now.channels.values()) if isinstance(one, Returning))
        members = self._close_members(day, total)
        self._career.note(total[d.GMV] / FEN, total[d.BUYERS], float(returning))
        self._trust.remember(kernel.due.sku_reviews[day].tolist())
        self.by_channel.append(rows)
        ratios = [memory.ratio for memory in self._memory if isinstance(memory, Record)]
        self.of_store.append({
            **self._books.close(
                now, kernel, day, total[d.GMV], total[d.SPEND], coupons=members.get("member_coupons", 0.0)
            ),
            "members_joined": total[d.JOINED], **members, "score": self._opinion.score,
            "organic_weight": self._weight, "ad_quality": sum(ratios) / len(ratios), "stage": float(self._stage),
            "market": float(self._market.known[day]) * self._noise[day],
            "in_stock_share": sum(s for s, held in zip(self._share, kernel.state.stock, strict=True) if held > 0),
        })  # fmt: skip

    def _close_members(self, day: int, total: list[float]) -> dict[str, float]:  # noqa: ARG002  # a pool forgets days
        self._members += total[d.JOINED] - self._now.operations.members.churn * self._members
        return {"members": self._members}

    def _remember_channels(self, rows: F) -> None:
        now = self._now
        base = now.operations.conversion.base
        orders = usual = buyers = 0.0
        self._free_taken = 0.0
        for c, (channel, memory) in enumerate(zip(now.channels.values(), self._memory, strict=True)):
            if isinstance(channel, Offsite):
                # What happens beyond JD is no part of JD's record.
                continue
            orders += rows[c, d.ORDERS] * (channel.halo if isinstance(channel, PaidChannel) else 1.0)
            buyers += float(rows[c, d.BUYERS])
            odds = channel.conversion * base / (1.0 - base)
            usual += (rows[c, d.UV] - rows[c, d.SECOND_LOOKS]) * (1.0 - channel.bounce) * odds / (1.0 + odds)
            if isinstance(channel, PayPerClick) and isinstance(memory, Record):
                memory.remember(channel, rows[c, d.CLICKS], rows[c, d.EXPECTED_CLICKS])
                self._free_taken += channel.cannibalisation * rows[c, d.CLICKS]
            elif isinstance(channel, Placement) and isinstance(memory, Crowd):
                rows[c, d.IMPRESSIONS] = memory.show(channel, rows[c, d.CLICKS])
        for channel, memory in zip(now.channels.values(), self._memory, strict=True):
            if isinstance(channel, Organic) and isinstance(memory, Rank):
                memory.remember(channel, orders, buyers, usual)

    def _review(self, day: int) -> None:
        before = self._now.operations.service.agents
        self._stage = self._career.next(self._stage, day, self._opinion)
        after = self._now.operations.service.agents
        if after != before:
            self.kernel.set_duty(np.array([[0.0, after]]))

    def _age_on(self, event: Event) -> int:
        return (event.first - self._now.store.opened).days

    def _age_after(self, event: Event) -> int:
        return (event.last - self._now.store.opened).days

    def _runs(self, event: Event, day: int, hour: float) -> bool:
        first = self._age_on(event)
        return first <= day <= self._age_after(event) and (day > first or hour >= event.opens)

    def _may_enter(self, event: Event, day: int) -> bool:
        entry, record = event.entry, self._opinion
        return (
            day >= entry.age
            and record.good >= entry.good_reviews
            and record.good_rate >= entry.good_rate
            and record.score >= entry.score
        )


def _memory_of(channel: AnyChannel) -> Rank | Record | Crowd | None:
    if isinstance(channel, Organic):
        return Rank()
    if isinstance(channel, PayPerClick):
        return Record()
    return Crowd() if isinstance(channel, Placement) else None


def _scalars(now: Scenario) -> dict[int, float]:
    of = now.operations
    return {
        d.ASK: of.service.asks, d.SERVICE_OPEN: of.service.open[0], d.SERVICE_CLOSE: of.service.open[1],
        d.SERVICE_HOURS: of.service.minutes / 60.0,
        d.PATIENCE_HOURS: inf if of.service.patience is None else of.service.patience / 60.0,
        d.ODDS_ANSWERED: of.service.answered, d.ODDS_UNANSWERED: of.service.unanswered,
        d.PAGE_HOURS: of.conversion.browse / 60.0, d.EXTRA_LINE: 1.0 - 1.0 / now.catalogue.lines,
        d.EXTRA_UNIT: 1.0 - 1.0 / now.catalogue.quantity, d.SUBSTITUTION: now.catalogue.substitution,
        d.JOIN: of.members.join, d.WAVE_CAPACITY: float(of.dispatch.capacity), d.LATE_LIMIT: of.dispatch.limit,
        d.PENALTY_SHARE: of.dispatch.penalty, d.PENALTY_CAP: round(of.dispatch.penalty_cap * FEN),
        d.DELIVERY_MU: log(of.dispatch.delivery), d.DELIVERY_SD: of.dispatch.delivery_sd,
        d.REVIEW: of.reviews.chance, d.REVIEW_DELAY: of.reviews.delay, d.STARS_MEAN: of.reviews.stars,
        d.STARS_SD: of.reviews.stars_sd, d.STARS_PER_DAY: of.reviews.per_day, d.STARS_LATE: of.reviews.late,
        d.RETURN: of.returns.rate, d.RETURN_DELAY: of.returns.delay, d.RESTOCK: of.returns.restock,
        d.LEAD_SD: of.stock.lead_sd, d.REORDER: 0.0,
    }  # fmt: skip


def _kernel(scenario: Scenario, make: type[Kernel], n_agents: int, seed: int, run: int) -> Kernel:
    auctions = [channel for channel in scenario.channels.values() if isinstance(channel, PayPerClick)]
    return make(
        tuple(scenario.channels), len(scenario.catalogue.skus), scenario.n_days,
        n_groups=max([1, *(len(one.keywords) for one in auctions)]),
        n_rivals=max([1, *(one.rivals for one in auctions)]),
        n_slots=max([1, *(len(one.slot_ctr) for one in auctions)]),
        n_waves=len(scenario.operations.dispatch.waves), n_agents=n_agents, seed=seed, run=run,
        n_accounts=sum(isinstance(one, Offsite) for one in scenario.channels.values()),
    )  # fmt: skip
