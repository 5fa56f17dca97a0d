"""`Store`: its parts, and the order of the day.

```
open    promotions, deals → inventory → members → service → traffic → ads → booked, affiliates, slots
        → distribution → conversion → carts → fulfilment                                        → DayPlan
day     kernel                                                                                  → DayTally
close   ads, booked, affiliates, slots → inventory → deals → members → fulfilment → service → distribution
        → finance → audit → notebook → traffic, conversion → stage, promotions, slots
```

The notebook becomes the ledger when the last day has closed, with the visits (`breaks`). What one part owes another is
a plain value, passed where the order shows it. The stage is reviewed before the opening of every seventh day. An event,
a slot or a burst that begins at an odd hour cuts the day there: the plan is filled anew and the kernel goes on. Where
rivals leave the auctions (`DayPlan.turns`), the kernel goes on by itself.
"""

from __future__ import annotations

import numpy as np

from storesim.engine.clock import Calendar
from storesim.engine.day import (
    BOUNCES,
    BUYERS,
    CHATS,
    CHATS_IN_30S,
    COUPONS_CLAIMED,
    DEPOSITS_LAPSED,
    GMV,
    JOINED,
    N_TALLY,
    ORDERS,
    SPEND,
    UV,
    Arrivals,
    F,
)
from storesim.engine.kernel import Kernel
from storesim.model import booked, finance, fulfilment, inventory, service, shelf, slots
from storesim.model.ads import Ads
from storesim.model.affiliates import Affiliates
from storesim.model.bids import all_alike
from storesim.model.blueprint import Blueprint
from storesim.model.breaks import Breaks
from storesim.model.carts import Carts
from storesim.model.club import Club
from storesim.model.conservation import Audit
from storesim.model.conversion import Conversion
from storesim.model.deals import Deals, fitted
from storesim.model.demand import draw_weather
from storesim.model.devices import Devices
from storesim.model.freight import asks_freight
from storesim.model.goods import FEN
from storesim.model.groups import Groups
from storesim.model.landing import land
from storesim.model.members import Crowd, Pool
from storesim.model.offsite import Distribution
from storesim.model.people import Births
from storesim.model.promotions import Promotions, running
from storesim.model.record import Note, Notebook
from storesim.model.stage import REVIEW_DAYS, Career
from storesim.model.today import NO_BUYING, SHUT, Standing, Today
from storesim.model.traffic import Traffic
from storesim.results.attribution import within
from storesim.results.ledger import Ledger


class Store:
    """One store in one run: it is built, lives its days once, and is done.

    Parameters
    ----------
    log_rows
        Room of the kernel's visitor log, for tests and studies; 0 switches it off.
    """

    def __init__(self, plan: Blueprint, seed: int, run: int, *, log_rows: int = 0) -> None:
        self.blueprint = plan
        self.day = -1
        self.career = Career(plan.rules, plan.market.known)
        self.regime = plan.regime(0, self.career.stage)
        self.kernel = kernel_of(plan, self.regime, seed, run, log_rows)
        self.ledger = Ledger(plan.n_days, plan.channels)
        self._calendar = Calendar(plan.n_days)
        self._weather = draw_weather(plan.market, seed, run)
        self._climate = list(zip(self._weather.calm.tolist(), self._weather.rivals.tolist(), strict=True))
        spec = plan.scenario
        had = spec.operations.reviews.opening
        self.service = service.Service(
            plan.desks, plan.judgement, (had.total, had.good), service.read_mark(spec), plan.tastes
        )
        self.carts = Carts(plan.carts, plan.promotions, plan.deals, plan.n_days)
        self.promotions = Promotions(plan.goods, plan.promotions, plan.discounts, self._standing(0))
        uses = [use.share for use in spec.market.devices.values()]
        self.deals = Deals(plan.goods, plan.deals, 1.0 - 1.0 / spec.catalogue.quantity, uses, plan.levels)
        self.inventory = inventory.Inventory(plan.goods, plan.policies, self.regime, self.kernel.state, plan.dates)
        self.members = _members(plan, self.kernel, seed, run)
        self.traffic = Traffic(plan.sources)
        self.ads = Ads(spec, plan.bids, plan.rival_hours)
        self.groups = Groups(plan.groups, len(plan.channels), plan.sizes.groups)
        self.devices = Devices(len(plan.channels), len(plan.devices))
        self.booked = booked.Booked(plan.bookings, plan.channels, seed, run)
        self.affiliates = Affiliates(plan.affiliates)
        self.slots = slots.Slots(plan.goods, plan.slots, self.regime, self.kernel.state, self._standing(0))
        self.distribution = Distribution(plan.brands)
        self.conversion = Conversion(plan.goods, spec, plan.visits, self.regime)
        self.fulfilment = fulfilment.Fulfilment(plan.dispatch)
        opening = plan.policies[self.regime].opening
        self.finance = finance.Finance(plan.rates, plan.teams, self.regime, float((plan.goods[0].cost * opening).sum()))
        self._audit = Audit(
            opening,
            plan.goods[0].cost,
            self.inventory,
            self.finance,
            promises=(self.affiliates, self.slots, self.deals.custody),
            n_days=plan.n_days,
            n_channels=len(plan.channels),
            n_platforms=len(plan.rates.elsewhere),
            whose=(plan.fingerprint, run),
        )
        self.notebook = Notebook(plan.n_days, plan.paid)
        self.breaks = Breaks(spec.operations.conversion.breaks, plan.channels, plan.n_days, seed, run)
        self._fresh = True
        self._hour = 0.0
        self._lapsed = 0
        self._arrivals: Arrivals | None = None
        self._attributed: F | None = None
        """Of the whole run, once it is over."""

    def live(self) -> None:
        """Let every day of the run pass; the ledger is full afterwards.

        Raises
        ------
        ConservationError
            If visitors, orders, stock or money do not balance.
        """
        calendar, plan = self._calendar, self.blueprint
        calendar.every(REVIEW_DAYS, self._review, first=REVIEW_DAYS)
        for day in sorted({*self.career.dates, *(day for day, _ in plan.turns)}):
            if day % REVIEW_DAYS:
                calendar.every(plan.n_days, self._review, first=day)
        calendar.each_midnight(self._open, self._close)
        cuts = {(p.first, p.opens) for p in plan.promotions if p.opens > 0.0}
        cuts |= booked.moments(plan.bookings[0]).union(*map(slots.moments, plan.slots))
        for day, hour in sorted(cut for cut in cuts if cut[0] >= 0):
            calendar.at(day, hour, self._cut)
        calendar.run()
        self._write_up()

    def _write_up(self) -> None:
        """Fill the ledger; with a window, an order counts as one of ads if the click before it lies within."""
        by_channel = self.notebook.by_channel()
        self.breaks.count(by_channel)
        counts = self.notebook.of_store() | self.ads.reach.counts(self.notebook.tallies)
        self.ledger.record(by_channel, counts | {"market": self._weather.indices})
        asked = self.blueprint.scenario.operations.attribution
        if asked.window is None:
            return
        # A click may lead to orders days later.
        credited = within(self.attributed(), asked.by, asked.window) * np.array(self.blueprint.paid)[:, np.newaxis]
        for place, name in enumerate(("ad_orders", "ad_gmv", "ad_lines")):
            self.ledger.credit(name, credited[..., place])

    def _open(self, day: int) -> None:
        self.day = day
        if self.finance.halt not in (NO_BUYING, SHUT):
            for order in self.inventory.dated_orders(self.regime, day, self.kernel.state.on_order):
                self._calendar.supply((24.0 * order.due, order.sku, order.pieces))
        self._fill(day, 0.0)
        self.kernel.open(day)
        self._arrivals = self._calendar.deliveries_today()
        self._hour = 0.0

    def _cut(self, day: int, hour: float) -> None:
        self._play(hour)
        self.kernel.change(hour)
        self._fill(day, hour)

    def _play(self, hour: float) -> None:
        if self._arrivals is not None and hour > self._hour:
            self.kernel.play(self._hour, hour, self._arrivals)
        self._hour = hour

    def _fill(self, day: int, hour: float) -> None:
        """Every part opens, in order."""
        today = self._today(day, hour)
        offer = self.deals.open(today, self.promotions.open(today))
        shelf = self.inventory.open(today)
        members = self.members.open(today)
        score = self.service.open(today)
        offer = self.service.honoured(offer)
        self.traffic.open(today, offer, shelf, members, score)
        self.ads.open(today, offer, self.conversion.mean_trust)
        self.booked.open(today)
        self.affiliates.open(today)
        land(today, self.blueprint.landings)
        self.slots.open(today)
        self.distribution.open(today)
        self.conversion.open(today, self.slots.shown(offer), score)
        if self.slots.on:
            self.conversion.weigh_regular(today.plan, self.slots.shown_after(offer))
        self.carts.open(today)
        self.fulfilment.open(today)
        if today.halt == SHUT:
            today.plan.rate[:] = 0.0
            self._lapsed = self.kernel.shut()
        self._fresh = False

    def _today(self, day: int, hour: float) -> Today:
        plan = self.blueprint
        events = plan.running[day] if hour == 0.0 else running(plan.promotions, day, hour)
        market, rivals = self._climate[day]
        for i in events:
            market *= plan.promotions[i].market
        # In the order of its fields: names take four times as long.
        return Today(
            day, self.regime, self._fresh, events, market, rivals, self.kernel.plan, self.finance.halt, hour
        )  # fmt: skip

    def _close(self, day: int) -> None:
        """The kernel plays the day to its end; every part closes, in order."""
        self._play(24.0)
        kernel, stage = self.kernel, self.regime
        by_channel, due = kernel.tally.by_channel, kernel.due.days[day].tolist()
        self._send_purchases()
        self.ads.close(stage, by_channel)
        self.booked.close(day, stage, by_channel)
        self.affiliates.close(day, by_channel, kernel.due.commission)
        self.slots.close(stage, by_channel, kernel.tally.by_sku)
        bought = self.inventory.close(stage, day, kernel.tally.by_sku, kernel.due.sku_restock[day])
        totals = self.notebook.sum_up(
            kernel.tally, kernel.plan.returning, self.groups.so_far(stage), self.devices.so_far
        )  # fmt: skip
        strangers = max(0.0, totals[UV] - totals[BOUNCES] - totals[BUYERS])
        claimed = self.deals.close(kernel.plan, stage, strangers, kernel.tally.by_device, kernel.due.coupons)
        if self._lapsed or claimed:
            kernel.tally.baskets[DEPOSITS_LAPSED] += self._lapsed
            kernel.tally.baskets[COUPONS_CLAIMED] += claimed
        # A member's coupon lessens the refund of its order, which may come back on the same day.
        members = self.members.close(Crowd(day, totals[BUYERS], totals[JOINED], *totals[N_TALLY:]))
        parcels = self.fulfilment.close(due)
        opinions = self.service.close(day, due, parcels, totals[CHATS], totals[CHATS_IN_30S])
        elsewhere = self.distribution.close(stage, by_channel, kernel.due.accounts[day])
        beans = self.deals.bean_cost(kernel.tally.by_sku)
        trade = finance.Trade(totals[GMV], totals[SPEND], self.service.score, members.coupons, elsewhere, beans)
        halted = self.finance.halt
        books = self.finance.close(stage, trade, bought, parcels)
        self._fresh = self._fresh or self.finance.halt != halted
        limit, apart = self.ads.limit(stage), self.inventory.apart
        self._audit.close(day, kernel, limit, apart, books, members=members.fault)
        self.notebook.add(
            kernel.tally,
            Note(parcels, bought, opinions, books, self._figures(), members.counts),
        )
        self.traffic.close(stage, by_channel)
        self.conversion.close(kernel.due.sku_reviews[day])
        self.career.close(day, totals[GMV] / FEN, totals[BUYERS], totals[N_TALLY], orders=totals[ORDERS])
        begins, judged = self.promotions.begin(day + 1), self.slots.judges(stage, day + 1)
        if begins or judged:
            tomorrow = self._standing(day + 1)
            self.promotions.close(tomorrow)
            if judged:
                self.slots.sign_up(stage, tomorrow)

    def _send_purchases(self) -> None:
        """Each order to a supplier becomes a delivery on its way."""
        for purchase in self.kernel.take_purchases():
            self._calendar.supply(purchase)

    def _figures(self) -> tuple[float, ...]:
        """The store as a whole this evening, in the order of `record.OF_STORE`."""
        affiliates, slots, finance = self.affiliates, self.slots, self.finance
        return (
            self.distribution.gmv, affiliates.promised, affiliates.open_commission, float(slots.taken),
            float(slots.refused), slots.pieces, finance.cash, finance.loan, finance.owed, finance.payables,
            self.inventory.pieces, self.inventory.in_stock, self.service.score, float(self.service.marked),
            self.traffic.mean_weight, self.ads.mean_record, float(self.career.stage), self.deals.custody.expired,
            self.deals.custody.held,
        )  # fmt: skip

    def _review(self, day: int) -> None:
        """The weekly review, or a date that changes levers: a new regime brings its staff, waves and stock policy."""
        before = self.regime
        self.career.review(day, self._standing(day))
        self.regime = self.blueprint.regime(day, self.career.stage)
        if self.regime == before:
            return
        after, kernel = self.regime, self.kernel
        self._fresh = True
        self.inventory.change(before, after)
        self.conversion.change(after)
        kernel.set_duty(self.service.duty(after))
        self.fulfilment.change(kernel.state.wave, before, after, day)
        kernel.plan = kernel.plan._replace(
            waves=self.fulfilment.waves(after).copy(),
            carriers=self.fulfilment.carriers(after),
            off=self.fulfilment.off(after),
            cross=self.blueprint.cross[after],
        )

    def _standing(self, day: int) -> Standing:
        """The store's record on the morning of a day."""
        return Standing(
            age=day, good_reviews=self.service.good, good_rate=self.service.good_rate, score=self.service.score,
            orders_a_day=self.career.orders_a_day,
            free_shipping=not asks_freight(self.blueprint.deals[self.regime]),
        )  # fmt: skip

    def attributed(self) -> F:
        """[2, n_days, n_channels, 7, 3] orders, CNY, lines as `results.attribution` says; no days without a window."""
        if self._attributed is None:
            # In its own place, which nobody needs any more: it is as large as all other counts.
            self._attributed = self.kernel.due.attributed
            self._attributed[..., 1] /= FEN
        return self._attributed

    def by_sku(self) -> F:
        """[n_skus, 6] in the order of `results.SKU_COUNTS`, money in CNY."""
        counts = self.inventory.counts[:, : shelf.N_SHOWN].copy()
        counts[:, shelf.GMV] /= FEN
        return counts


def _members(plan: Blueprint, kernel: Kernel, seed: int, run: int) -> Pool | Club:
    spec = plan.scenario.operations.members
    if plan.club is None:
        return Pool(spec, plan.joins)
    return Club(plan.club, Births(spec, seed, run), plan.joins, kernel)


def kernel_of(plan: Blueprint, stage: int = 0, seed: int = 0, run: int = 0, log_rows: int = 0) -> Kernel:
    """The kernel of a store that begins in `stage`."""
    kernel = Kernel(
        plan.channels,
        len(plan.goods[0].names),
        plan.n_days,
        n_groups=plan.sizes.groups,
        n_rivals=plan.sizes.rivals,
        n_turns=len(plan.rival_hours),
        n_slots=plan.sizes.slots,
        n_waves=plan.dispatch[stage].waves.size,
        n_landings=len(plan.landings[stage].alias_p),
        attributed=plan.scenario.operations.attribution.window is not None,
        commissioned=bool((plan.affiliates[stage].settlement >= 0.0).any()),
        n_accounts=len(plan.rates.elsewhere),
        n_devices=len(plan.devices),
        rivals_alike=all_alike(plan.bids),
        seed=seed,
        run=run,
        log_rows=log_rows,
    )
    kernel.set_duty(plan.desks[stage].duty)
    dispatch = plan.dispatch[stage]
    kernel.plan = kernel.plan._replace(carriers=dispatch.carriers.copy(), off=dispatch.off)
    kernel.plan = fitted(kernel.plan, plan.deals[stage], plan.cross[stage], plan.levels)
    kernel.due = kernel.due._replace(coupons=np.zeros((len(kernel.plan.kept), plan.n_days + 1)))
    return kernel
