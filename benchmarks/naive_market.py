"""The naive store with what the market brings beside the first version: a process for every visitor, plain Python.

Crowds and devices, items a channel leads to, promotions and cross-selling, slots with few pieces, orders placed later
or never paid, presales, carriers, commission on sales, budgets spread over the day, and the members of a `Club`. Of
each order the day of its click is noted.
"""

from __future__ import annotations

from math import exp, floor, inf, log
from typing import Any

from benchmarks.naive_orders import Basket, Steps
from benchmarks.naive_promotions import Line, Till
from benchmarks.naive_shopping import Shopper, Shopping
from storesim.engine import day as d


class MarketDay(Shopping):
    """A drop-in for `Kernel` that plays the newer mechanisms too."""

    def __init__(self, *sizes: Any, **further: Any) -> None:
        super().__init__(*sizes, **further)
        self._by_group = [[[0.0] * d.N_GROUP_TALLY for _ in row] for row in self.plan.group_share]
        self._till = Till.of(self.plan)

    def open(self, day: int) -> None:
        """Begin a day; nothing is counted yet."""
        super().open(day)
        self._read()
        self._baskets = [0.0] * d.N_BASKETS
        self._gifts = [0.0] * len(self.plan.price)
        self._devices = [[[0.0] * d.N_DEVICE_TALLY for _ in row] for row in self.plan.devices]
        self._by_group = [[[0.0] * d.N_GROUP_TALLY for _ in row] for row in self.plan.group_share]
        self._group_shown = [[0.0] * len(row) for row in self.plan.group_share]
        self._met = [[[0, 0] for _ in range(24)] for _ in self.plan.pace]

    def change(self, hour: float) -> None:
        """The plan is another from here on; the till of the old one is emptied."""
        super().change(hour)
        self._keep()
        self._till = Till.of(self.plan)
        self._met = [[[0, 0] for _ in range(24)] for _ in self.plan.pace]

    def play(self, start: float, end: float, arrivals: d.Arrivals) -> None:
        """Play some hours, by the plan as it now stands."""
        self._keep()
        self._read()
        super().play(start, end, arrivals)

    def _read(self) -> None:
        plan = self.plan
        self._pace = plan.pace.tolist()
        self._presale = plan.presale.T.tolist() or [[0.0] * 4] * len(plan.price)
        self._till = Till.of(plan)
        self._slots = self.state.slot_left.tolist()
        self._sizes = plan.devices.tolist()
        self._tilts = plan.of_group[d.GROUP_ODDS].tolist()
        self._group_device = plan.of_group[d.GROUP_DEVICE].tolist()
        self._carriers = plan.carriers.tolist()
        self._landings = [
            list(zip(p.tolist(), k.tolist(), strict=True)) for p, k in zip(plan.landing_p, plan.landing_k, strict=True)
        ]

    def _keep(self) -> None:
        """What the till counted so far."""
        self._baskets = [a + b for a, b in zip(self._baskets, self._till.baskets, strict=True)]
        self._gifts = [a + b for a, b in zip(self._gifts, self._till.gifts, strict=True)]

    def _pays(self, c: int, hour: int) -> bool:
        if self._pace[c] > 0.0 and not self._takes_part(c, hour):
            return False
        today = self._today
        auction = today.auctions.get(c)
        shown, spent = self._rows[c][d.IMPRESSIONS], self._spent[c]
        clicked = super()._pays(c, hour)
        if auction is not None:
            row = self._by_group[c][auction.group]
            row[d.GROUP_IMPRESSIONS] += self._rows[c][d.IMPRESSIONS] - shown
            row[d.GROUP_CLICKS] += clicked
            row[d.GROUP_SPEND] += self._spent[c] - spent
        return clicked

    def _takes_part(self, c: int, hour: int) -> bool:
        """Whether a budget that is to last until midnight is in this auction."""
        now = self._env.now - 24.0 * self._day
        hours = self._today.hours
        to_come = self._today.rate[c] * (hours[hour] * (hour + 1.0 - now) + sum(hours[hour + 1 :]))
        left = self._today.budget[c] - self._spent[c]
        joins: bool = self._random.random() * self._pace[c] * to_come < left
        self._met[c][hour][0] += joins
        self._met[c][hour][1] += 1
        return joins

    def _visitor(self, c: int) -> Steps:
        env, today, random = self._env, self._today, self._random.random
        group = today.auctions[c].group if c in today.auctions else -1
        tilt = self._tilts[c][group] if group >= 0 else 1.0
        device = self._device(c, group)
        _, bounce, _, per_page, likes = self._sizes[c][device]
        row, counts = self._rows[c], self._devices[c][device]
        row[d.UV] += 1
        counts[d.DEVICE_UV] += 1
        if random() < bounce:
            row[d.BOUNCES] += 1
            counts[d.DEVICE_BOUNCES] += 1
            row[d.PV] += 1
            counts[d.DEVICE_PV] += 1
            return
        extra = 1 + int(log(1.0 - random()) * per_page)
        row[d.PV] += 1 + extra
        counts[d.DEVICE_PV] += 1 + extra
        yield env.timeout(-today.page_hours * extra * log(1.0 - random()))
        factor, upset = tilt * likes, False
        if random() < today.ask and today.service_open <= env.now % 24.0 < today.service_close:
            answer = yield from self._chat(c)
            factor *= answer
            upset = answer == today.odds_unanswered
        yield from self._shop(Shopper(c, device, factor, upset, random(), int(env.now // 24.0)))

    def _device(self, c: int, group: int) -> int:
        if group >= 0 and self._group_device[c][group] >= 0.0:
            return int(self._group_device[c][group])
        u = self._random.random()
        return next(v for v, size in enumerate(self._sizes[c]) if u < size[d.DEVICE_UP_TO])

    def _sell(self, c: int, first: int, deposit: bool = False) -> Basket | None:
        today, stock, random, till = self._today, self._stock, self._random, self._till
        lines = [Line(first, self._pieces())]
        while random.random() < today.extra_line:
            lines.append(Line(today.popular(random.random()), self._pieces()))
        till.cross_sell(lines, random)
        till.tempt(lines, today.price, stock, today.popular, random)
        listed = 0.0
        self._short = False
        for place, line in enumerate(lines):
            k = line.sku
            before = sum(other.pieces for other in lines[:place] if other.sku == k)
            wanted = self._within_limit(k, line.pieces, before)
            in_slot = self._slots[k] > 0
            wanted = min(wanted, self._slots[k]) if in_slot else wanted
            line.pieces = sold = min(wanted, stock[k])
            if sold < wanted:
                self._lose(c, k, wanted - sold)
                self._short = True
            stock[k] -= sold
            self._skus[k][d.SKU_UNITS] += sold
            presale = deposit and line is lines[0]
            line.paid = sold * (self._presale[k][d.PRESALE_PRICE] if presale else today.price[k])
            listed += sold * today.list_price[k]
            self._baskets[d.PRESALE if presale else d.CUT] += sold * today.list_price[k] - line.paid
            self._baskets[d.CROSS_UNITS] += sold * line.crossed
            if self._position(k) <= today.reorder_at[k]:
                self._reorder(k)
            if in_slot:
                self._take_from_slot(k, sold)
        units = sum(line.pieces for line in lines)
        if units == 0:
            return None
        gifts = till.settle(lines, today.price, stock, random)
        return self._book(c, lines, gifts, listed)

    def _book(self, c: int, lines: list[Line], gifts: list[Line], listed: float) -> Basket:
        row = self._rows[c]
        amount = sum(line.paid for line in lines)
        units = sum(line.pieces for line in lines)
        for line in lines:
            self._skus[line.sku][d.SKU_GMV] += line.paid
        rates = self.plan.commission[c]
        self._promised = sum(floor(rates[line.sku] * line.paid + 0.5) for line in lines)
        self._bought = units
        self._lines = sum(line.pieces > 0 for line in lines)
        row[d.PROMISED] += self._promised
        row[d.LINES] += self._lines
        if self.plan.scalars[d.GIFT_LINES] > 0.0:
            self._lines += len({line.sku for line in gifts if line.pieces > 0})
        row[d.AD_LINES] += self._lines
        row[d.BUYERS] += 1
        row[d.ORDERS] += 1
        row[d.UNITS] += units
        row[d.GMV] += amount
        row[d.DISCOUNTS] += listed - amount
        self._joined = not self._today.returning[c] and self._random.random() < self._today.join
        row[d.JOINED] += self._joined
        sent = [(line.sku, line.pieces) for line in (*lines, *gifts)]
        return Basket(sent, sum(pieces for _, pieces in sent), amount)

    def _take_from_slot(self, k: int, sold: int) -> None:
        self._slots[k] -= sold
        self.state.slot_left[k] -= sold
        self._skus[k][d.SKU_IN_SLOT] += sold
        if self._slots[k] == 0:
            self._today.price[k] = self.plan.price[k] = float(self.plan.regular_price[k])
            self._today.sku_odds[k] = self.plan.sku_odds[k] = float(self.plan.regular_odds[k])

    def _send(self, c: int, basket: Basket, promised: float, grudge: float) -> Steps:
        """`_parcel` by one of the carriers, with commission that is settled some days after delivery."""
        env, random = self._env, self._random
        paid = env.now
        wave = env.event()
        self._unsent.append(wave)
        yield wave
        today, due = self._today, self._due
        late = env.now - paid > today.late_limit
        due[d.DUE_DISPATCHED] += 1
        due[d.DUE_WAIT] += env.now - paid
        due[d.DUE_ON_PROMISE] += env.now - paid <= self.plan.scalars[d.PROMISE]
        if late:
            due[d.DUE_LATE] += 1
            due[d.DUE_PENALTY] += min(today.penalty_cap, floor(today.penalty_share * basket.amount + 0.5))
        u = random.random()
        _, mu, sd, price = next(carrier for carrier in self._carriers if u < carrier[d.CARRIER_UP_TO])
        due[d.DUE_POSTAGE] += price
        yield env.timeout(24.0 * exp(random.gauss(mu, sd)))
        due = self._due
        due[d.DUE_DELIVERED] += 1
        due[d.DUE_DELIVERED_GMV] += basket.amount
        back = -24.0 * today.return_delay * log(1.0 - random.random()) if random.random() < today.returns else inf
        if back < inf:
            env.process(self._come_back(basket, back))
        if promised > 0.0:
            env.process(self._settle_commission(c, promised, back))
        if random.random() < today.review:
            took = env.now - paid
            yield env.timeout(-24.0 * today.review_delay * log(1.0 - random.random()))
            self._review(basket.lines[0][0], took, late, grudge)

    def _come_back(self, basket: Basket, hours: float) -> Steps:
        yield self._env.timeout(hours)
        due = self._due
        due[d.DUE_RETURNED_ORDERS] += 1
        due[d.DUE_RETURNED_UNITS] += basket.units
        due[d.DUE_REFUND] += basket.amount - basket.saved
        if self._random.random() < self._today.restock:
            due[d.DUE_RESTOCK_UNITS] += basket.units
            for k, pieces in basket.lines:
                self._back[k] += pieces

    def _settle_commission(self, c: int, promised: float, back: float) -> Steps:
        settlement = float(self.plan.settlement[c])
        yield self._env.timeout(min(back, settlement))
        self.due.commission[self._day, c, d.FORGIVEN if back <= settlement else d.PAID] += promised

    def _expect(self, c: int, start: float, end: float) -> tuple[list[float], float]:
        """What the auctions should bring, hour by hour if the channel takes part in a share of them."""
        if self._pace[c] <= 0.0:
            by_group, clicks = super()._expect(c, start, end)
        else:
            by_group, clicks, share = [0.0] * len(self._group_shown[c]), 0.0, 1.0
            for h in range(int(start), 24):
                a, b = max(start, float(h)), min(end, h + 1.0)
                joined, met = self._met[c][h]
                # Of an hour that nobody came in who might click, the share is taken to be that before.
                share = joined / met if met else share
                if b > a:
                    shown, more = super()._expect(c, a, b)
                    by_group = [x + y * share for x, y in zip(by_group, shown, strict=True)]
                    clicks += more * share
        self._group_shown[c] = [a + b for a, b in zip(self._group_shown[c], by_group, strict=True)]
        return by_group, clicks

    def _close(self) -> None:
        shown = {c: self._rows[c][d.IMPRESSIONS] for c in self._today.auctions}
        super()._close()
        self._keep()
        self._till = Till.of(self.plan)
        for c, before in shown.items():
            whole = sum(self._group_shown[c])
            for g, part in enumerate(self._group_shown[c]):
                # Of impressions nobody clicked on, each group has its share.
                more = float(self.tally.by_channel[c, d.IMPRESSIONS]) - before
                self._by_group[c][g][d.GROUP_IMPRESSIONS] += more * part / whole if whole else 0.0
        self.tally.by_group[:] = self._by_group
        self.tally.by_device[:] = self._devices
        self.tally.baskets[:] = self._baskets
        self._give_back()
        self.tally.by_sku[:, d.SKU_GIFTS] = self._gifts
