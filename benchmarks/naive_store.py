"""The store's day written the plain way: SimPy, and a process for every visitor.

`NaiveDay` plays the same `DayPlan` as `storesim.engine.kernel.Kernel` and fills the same tallies, so the same store
runs on either. It shares the law of the store with the kernel and nothing else: Python's `random`, SimPy's clock and
`Resource`, lists. Nothing in it is slower than a careful programmer would write it. `FewerProcesses` is the best that
pure SimPy does: visitors that neither chat nor could buy are counted without a process.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from math import inf, log
from random import Random
from typing import Any

import numpy as np
import simpy

from benchmarks.naive_orders import Basket, Orders, Steps
from benchmarks.naive_today import Today
from storesim.engine import day as d
from storesim.engine.day import Arrivals

HALF_MINUTE = 30.0 / 3600.0


class NaiveDay(Orders):
    """A drop-in for `Kernel`, of which only the arrays are used; a process for every visitor."""

    def __init__(
        self,
        channels: Sequence[str],
        n_skus: int,
        n_days: int,
        *,
        n_groups: int = 1,
        n_rivals: int = 0,
        n_slots: int = 1,
        n_waves: int = 1,
        n_agents: int = 0,
        seed: int = 0,
        run: int = 0,
        log_rows: int = 0,
        **further: Any,
    ) -> None:
        super().__init__(
            channels, n_skus, n_days, n_groups=n_groups, n_rivals=n_rivals, n_slots=n_slots, n_waves=n_waves,
            n_agents=n_agents, seed=seed, run=run, log_rows=log_rows, **further,
        )  # fmt: skip
        self._random = Random(f"{seed}/{run}")
        self._poisson = np.random.default_rng([seed, run]).poisson
        self._env = simpy.Environment()
        self._desk = simpy.Resource(self._env, n_agents) if n_agents else None
        self._unsent = deque()
        self._purchases = []
        self._sources: list[simpy.Process] = []
        self._undelivered, self._undelivered_gmv = 0, 0.0

    def open(self, day: int) -> None:
        """Begin a day: tallies to zero, suppliers called, the waves of the day planned."""
        n_channels, n_skus = len(self.plan.rate), len(self.plan.price)
        self._day = day
        self._today = Today(self.plan)
        self._changed = False
        self._supplied = False
        self._sources = []
        self._stock = self.state.stock.tolist()
        self._on_order = self.state.on_order.tolist()
        self._rows = [[0.0] * d.N_TALLY for _ in range(n_channels)]
        self._skus = [[0.0] * d.N_SKU_TALLY for _ in range(n_skus)]
        self._spent = [0.0] * n_channels
        self._shown = [0.0] * n_channels
        self._off_air = [24.0] * n_channels
        self._settled = 0.0
        self._clear_due()
        for k in range(n_skus):
            if self._stock[k] + self._on_order[k] <= self._today.reorder_at[k]:
                self._reorder(k)
        self._env.process(self._waves(day))

    def play(self, start: float, end: float, arrivals: Arrivals) -> None:
        """Let SimPy run from hour `start` to hour `end` of the day; at 24 the day is closed."""
        self._stock = self.state.stock.tolist()
        if not self._supplied:
            self._supplied = True
            for time, k, pieces in arrivals.tolist():
                self._env.process(self._delivery(time, int(k), int(pieces)))
        if self._changed:
            self._changed = False
            self._today = Today(self.plan)
        if not self._sources:
            self._sources = [
                self._env.process(self._channel(c, start)) for c, off in enumerate(self._off_air) if off == 24.0
            ]
        self._env.run(until=24.0 * self._day + end)
        self.state.stock[:] = self._stock
        self.state.on_order[:] = self._on_order
        if end >= 24.0:
            self._close()

    def change(self, hour: float) -> None:
        """Stop the arrivals, to start them again under the plan that follows."""
        self._settle(hour)
        self._changed = True
        for source in self._sources:
            if source.is_alive:
                source.interrupt()
        self._sources = []

    def set_duty(self, duty: d.F) -> None:
        """Open a desk of another size, without shifts; those at the old one are served there."""
        n_agents = int(duty[0, 1])
        self._desk = simpy.Resource(self._env, n_agents) if n_agents else None

    def _channel(self, c: int, hour: float) -> Steps:
        """Arrivals of a channel from `hour` to midnight, until its budget is spent or the plan changes."""
        env, today, midnight = self._env, self._today, 24.0 * self._day
        rate, hours, expovariate = today.drawn(c), today.hours, self._random.expovariate
        if rate <= 0.0:
            return
        h = int(hour)
        left = hours[h] * (h + 1.0 - hour)
        try:
            while True:
                need = expovariate(rate)
                while need >= left:
                    need -= left
                    h += 1
                    if h == 24:
                        return
                    hour, left = float(h), hours[h]
                left -= need
                hour += need / hours[h]
                yield env.timeout(max(0.0, midnight + hour - env.now))
                if today.kind[c] == d.FREE or self._pays(c, h):
                    self._arrive(c)
                elif self._off_air[c] < 24.0:
                    return
        except simpy.Interrupt:
            return

    def _pays(self, c: int, hour: int) -> bool:
        """Whether an arrival clicks and the click is paid for; if the budget cannot, the channel goes off the air."""
        today, row = self._today, self._rows[c]
        auctioned = today.kind[c] == d.AUCTION
        price = today.auctions[c].search(hour, self._random) if auctioned else today.click_price[c]
        if price >= 0.0 and self._spent[c] + price > today.budget[c]:
            self._off_air[c] = self._env.now - 24.0 * self._day
            return False
        if auctioned and price > -1.5:
            row[d.IMPRESSIONS] += 1
        if price < 0.0:
            return False
        row[d.CLICKS] += 1
        self._spent[c] += price
        return True

    def _arrive(self, c: int) -> None:
        self._env.process(self._visitor(c))

    def _visitor(self, c: int) -> Steps:
        env, today, random = self._env, self._today, self._random.random
        row = self._rows[c]
        row[d.UV] += 1
        if random() < today.bounce[c]:
            row[d.BOUNCES] += 1
            row[d.PV] += 1
            return
        extra = 1 + int(log(1.0 - random()) / today.log_more[c])
        row[d.PV] += 1 + extra
        yield env.timeout(-today.page_hours * extra * log(1.0 - random()))
        odds_factor = 1.0
        if random() < today.ask and today.service_open <= env.now % 24.0 < today.service_close:
            odds_factor = yield from self._chat(c)
        basket = self._decide(c, odds_factor, random())
        if basket:
            yield from self._parcel(basket)

    def _chat(self, c: int) -> Steps:
        """Wait for an agent as long as patience lasts; the factor on the odds of buying that comes of it."""
        env, today, desk, expovariate = self._env, self._today, self._desk, self._random.expovariate
        asked = env.now
        patience = expovariate(1.0 / today.patience_hours) if today.patience_hours < inf else inf
        if desk is None:
            yield env.timeout(min(patience, 24.0))
            return self._leave_chat(c, env.now - asked)
        with desk.request() as turn:
            yield turn | env.timeout(patience) if patience < inf else turn
            if not turn.triggered:
                return self._leave_chat(c, env.now - asked)
            row, wait = self._rows[c], env.now - asked
            row[d.CHATS] += 1
            row[d.CHAT_WAIT] += wait
            row[d.CHATS_IN_30S] += wait <= HALF_MINUTE
            yield env.timeout(expovariate(1.0 / today.service_hours))
        return today.odds_answered

    def _leave_chat(self, c: int, waited: float) -> float:
        row = self._rows[c]
        row[d.CHATS] += 1
        row[d.CHATS_LEFT] += 1
        row[d.CHAT_WAIT] += waited
        return self._today.odds_unanswered

    def _decide(self, c: int, odds_factor: float, luck: float) -> Basket | None:
        """Buy or leave; the basket, if anything was bought."""
        today, stock, random = self._today, self._stock, self._random.random
        odds = today.odds[c] * odds_factor
        wanted = k = today.popular(random())
        if stock[k] == 0:
            if random() < today.substitution:
                k = today.popular(random())
            if stock[k] == 0:
                odds *= today.sku_odds[wanted]
                if luck * (1.0 + odds) < odds:
                    self._lose(c, wanted, 1)
                return None
        odds *= today.sku_odds[k]
        return self._sell(c, k) if luck * (1.0 + odds) < odds else None

    def _settle(self, hour: float) -> None:
        """Expect the impressions and neutral clicks of the auctions since the last change."""
        for c in self._today.auctions:
            if self._today.budget[c] > 0.0:
                shown, clicks = self._expect(c, self._settled, min(hour, self._off_air[c]))
                self._shown[c] += sum(shown)
                self._rows[c][d.EXPECTED_CLICKS] += clicks
        self._settled = hour

    def _expect(self, c: int, start: float, end: float) -> tuple[list[float], float]:
        """Impressions by group, and neutral clicks, of some hours."""
        return self._today.auctions[c].expect(start, end)

    def _close(self) -> None:
        self._settle(24.0)
        for c, row in enumerate(self._rows):
            row[d.SPEND] = self._spent[c]
            if self._today.kind[c] != d.FREE:
                row[d.SILENT_HOURS] = 24.0 - self._off_air[c]
            if self._today.kind[c] == d.AUCTION:
                row[d.IMPRESSIONS] += float(self._poisson(self._shown[c]))
        self.tally.by_channel[:] = self._rows
        self.tally.by_sku[:] = self._skus
        self._post(self._day)


class FewerProcesses(NaiveDay):
    """The best pure SimPy: a process only for visitors that chat, or whose luck would let them buy."""

    def _arrive(self, c: int) -> None:
        today, random, row = self._today, self._random.random, self._rows[c]
        row[d.UV] += 1
        if random() < today.bounce[c]:
            row[d.BOUNCES] += 1
            row[d.PV] += 1
            return
        extra = 1 + int(log(1.0 - random()) / today.log_more[c])
        row[d.PV] += 1 + extra
        asks = random() < today.ask
        luck = random()
        odds = today.odds[c] * today.highest_odds
        if asks or luck * (1.0 + odds) < odds:
            self._env.process(self._shopper(c, extra, asks, luck))

    def _shopper(self, c: int, extra: int, asks: bool, luck: float) -> Steps:
        env, today = self._env, self._today
        yield env.timeout(-today.page_hours * extra * log(1.0 - self._random.random()))
        odds_factor = 1.0
        if asks and today.service_open <= env.now % 24.0 < today.service_close:
            odds_factor = yield from self._chat(c)
        basket = self._decide(c, odds_factor, luck)
        if basket:
            yield from self._parcel(basket)
