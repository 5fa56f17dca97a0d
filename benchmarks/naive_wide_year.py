"""The naive store's banners, posts and sales beyond JD, from docs/model: `display.md`, `bursts.md`, `offsite.md`.

Written over `NaiveYear` for what the shipped scenario does not use. A banner's clicks and a post's visitors come by
themselves, as those of search do; what they cost is known before.
"""

from __future__ import annotations

from math import exp, inf, log
from random import Random
from typing import NamedTuple

from benchmarks.naive_books import Books
from benchmarks.naive_parts import FEN
from benchmarks.naive_store import NaiveDay
from benchmarks.naive_year import NaiveYear
from storesim.engine import day as d
from storesim.engine.day import DayPlan, F
from storesim.engine.kernel import Kernel
from storesim.scenario.booked import Burst, Campaign, Display
from storesim.scenario.document import Scenario
from storesim.scenario.offsite import Offsite


class Begun(NamedTuple):
    """A post that has begun."""

    at: float
    """Days since the opening."""

    visitors: float
    """Luck included."""


class WideYear(NaiveYear):
    """One run of a scenario with display, bursts and platforms beyond JD."""

    def __init__(self, scenario: Scenario, seed: int, run: int, make: type[Kernel] = NaiveDay) -> None:
        super().__init__(scenario, seed, run, make)
        self._luck = Random(f"posts/{seed}/{run}")
        self._begun: dict[int, dict[int, Begun]] = {}
        self._posted: dict[int, float] = {}
        self._strength = [0.0] * len(scenario.channels)
        self._books = WideBooks(scenario, self._rates.opening)
        platforms = [c for c, channel in enumerate(scenario.channels.values()) if isinstance(channel, Offsite)]
        for place, c in enumerate(platforms):
            self.kernel.plan.account[c] = place

    def _moments(self, day: int) -> set[float]:
        posts = [one for channel in self._now.channels.values() if isinstance(channel, Burst) for one in channel.bursts]
        return super()._moments(day) | {one.opens for one in posts if one.opens > 0.0 and self._day_of(one) == day}

    def _fill(self, day: int, hour: float) -> None:
        super()._fill(day, hour)
        plan = self.kernel.plan
        for c, channel in enumerate(self._now.channels.values()):
            if isinstance(channel, Display):
                plan.kind[c] = d.FREE
                plan.rate[c] = self._shown(channel, day)[0] * channel.ctr
            elif isinstance(channel, Burst):
                plan.kind[c] = d.FREE
                self._begin(c, channel, day, hour)
                plan.rate[c] = self._to_come(c, channel, plan, day)
            elif isinstance(channel, Offsite):
                plan.kind[c] = d.FREE
                known = self._strength[c] / (self._strength[c] + channel.half)
                plan.rate[c] = channel.potential * self._demand * known

    def _shown(self, channel: Display, day: int) -> tuple[int, int]:
        """Impressions of a day and what they cost, fen."""
        shown, paid, left, price = 0, 0, round(channel.daily_budget * FEN), round(channel.price * FEN)
        for booking in channel.bookings:
            first, last = ((date - self._now.store.opened).days for date in (booking.first, booking.last))
            if not first <= day <= last:
                continue
            asked = inf if booking.impressions is None else booking.impressions
            if channel.billing == "thousand":
                more = int(min(asked, 1000 * left // price))
                cost = more * price // 1000
            else:
                more, cost = (int(asked), price) if left >= price else (0, 0)
            shown, paid, left = shown + more, paid + cost, left - cost
        return shown, paid

    def _begin(self, c: int, channel: Burst, day: int, hour: float) -> None:
        begun = self._begun.setdefault(c, {})
        for i, post in enumerate(channel.bursts):
            if self._day_of(post) == day and post.opens <= hour and i not in begun and channel.size > 0.0:
                luck = exp(channel.spread * self._luck.gauss(0.0, 1.0) - 0.5 * channel.spread**2)
                begun[i] = Begun(day + post.opens / 24.0, channel.size * post.visitors * luck)
                self._posted[c] = self._posted.get(c, 0.0) + round(channel.size * round(post.cost * FEN))

    def _to_come(self, c: int, channel: Burst, plan: DayPlan, day: int) -> float:
        """Visitors of a whole day at the pace of this moment."""
        decay, total = log(2.0) / channel.half_life, 0.0
        for at, visitors in self._begun[c].values():
            came = visitors * (exp(-decay * max(0.0, day - at)) - exp(-decay * (day + 1.0 - at)))
            opens = max(0.0, at - day)
            rest = 1.0 - sum(plan.hours[: int(24.0 * opens)]) if opens > 0.0 else 1.0
            total += came / rest
        return total

    def _remember_channels(self, rows: F) -> None:
        day, channels = len(self.by_channel), list(enumerate(self._now.channels.values()))
        for c, channel in channels:
            if isinstance(channel, Display):
                rows[c, d.IMPRESSIONS], rows[c, d.SPEND] = self._shown(channel, day)
                rows[c, d.CLICKS] = rows[c, d.UV]
            elif isinstance(channel, Burst):
                rows[c, d.SPEND] = self._posted.pop(c, 0.0)
        super()._remember_channels(rows)
        buyers, uv = float(rows[:, d.BUYERS].sum()), float(rows[:, d.UV].sum())
        for c, channel in channels:
            if isinstance(channel, Offsite):
                grown = self._strength[c] + buyers + channel.reach * uv
                self._strength[c] = 0.5 ** (1.0 / channel.memory) * grown
                self._free_taken += channel.cannibalisation * rows[c, d.UV]

    def _close_members(self, day: int, total: list[float]) -> dict[str, float]:
        beyond = sum(
            float(self.kernel.tally.by_channel[c, d.GMV])
            for c, channel in enumerate(self._now.channels.values())
            if isinstance(channel, Offsite)
        )
        return {**super()._close_members(day, total), "offsite_gmv": beyond / FEN}

    def _day_of(self, post: Campaign) -> int:
        return (post.on - self._now.store.opened).days


class WideBooks(Books):
    """The books of a store that sells beyond JD, too: each platform has a commission and a settlement of its own."""

    def __init__(self, scenario: Scenario, opening: list[int]) -> None:
        super().__init__(scenario, opening)
        self._there: dict[int, list[float]] = {}

    def _upkeep(self, now: Scenario) -> float:
        return sum(channel.upkeep for _, channel in _platforms(now) if channel.potential > 0.0)

    def _elsewhere(self, now: Scenario, kernel: Kernel, day: int) -> dict[str, float]:
        sums = super()._elsewhere(now, kernel, day)
        for c, channel in _platforms(now):
            gmv = float(kernel.tally.by_channel[c, d.GMV]) / FEN
            delivered, refunds = (kernel.due.accounts[day, int(kernel.plan.account[c])] / FEN).tolist()
            days = self._there.setdefault(c, [])
            days.append(delivered)
            settled = days[-1 - channel.settlement] if len(days) > channel.settlement else 0.0
            sums["gmv"] += gmv
            sums["refunds"] += refunds
            sums["delivered"] += delivered
            sums["commission"] += channel.commission * (gmv - refunds)
            sums["cash_in"] += settled * (1.0 - channel.commission) + channel.commission * refunds
        return sums


def _platforms(now: Scenario) -> list[tuple[int, Offsite]]:
    return [(c, channel) for c, channel in enumerate(now.channels.values()) if isinstance(channel, Offsite)]
