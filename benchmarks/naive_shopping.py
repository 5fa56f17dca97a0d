"""From the first look to the till in the naive store: carts, orders put off, presales, orders not paid or cancelled."""

from __future__ import annotations

from math import exp, inf, log
from typing import Any, NamedTuple

from benchmarks.naive_club import Club, Member
from benchmarks.naive_orders import Basket, Steps
from benchmarks.naive_store import NaiveDay
from storesim.engine import day as d

RUSH = 6.0
"""Mean hours after the opening of a sale at which carts are looked at (docs/model/carts.md)."""


class Credit(NamedTuple):
    """An order and the day of the click that led to it."""

    channel: int
    clicked: int
    ordered: int
    lines: int
    """As ad reports count them: gifts among them where they ask for it."""

    amount: float
    """Fen."""


class Shopper(NamedTuple):
    """A visitor who looks at an item."""

    channel: int
    device: int
    factor: float
    """On the odds of buying, by group of keywords, device and chat."""

    upset: bool
    """Whether the chat was left unanswered."""

    luck: float
    clicked: int
    """Day of the first look."""


class Shopping(NaiveDay):
    """A day of the naive store on which visitors take their time."""

    club: Club | None = None
    """The members, where they are known one by one; set from outside."""

    _baskets: list[float]
    _devices: list[list[list[float]]]
    _presale: list[list[float]]
    _landings: list[list[tuple[float, int]]]
    _promised: float
    _bought: int
    _lines: int
    _joined: bool
    _short: bool

    def __init__(self, *sizes: Any, **further: Any) -> None:
        super().__init__(*sizes, **further)
        self.credits: list[Credit] = []
        """Every order so far."""
        self._held = [0] * len(self.plan.price)

    def _shop(self, who: Shopper) -> Steps:
        """Decide, put the order off or forget to pay, buy, and wait for the parcel."""
        env, random, scalars = self._env, self._random, self.plan.scalars
        wanted, from_cart = self._lands_on(who.channel), False
        odds = self._today.odds[who.channel] * who.factor
        k = self._turn(who.channel, wanted, odds, who.luck)
        if k is None:
            return
        wait = self._cart(who, k, odds)
        if wait is not None:
            yield env.timeout(wait)
            self._look_again(who, d.CART_LOOKS)
            wanted, from_cart = k, True
            odds = self._today.odds[who.channel] * who.factor * scalars[d.CART_ODDS]
            k = self._turn(who.channel, wanted, odds, who.luck)
            if k is None:
                return
        if not self._buys(odds * self._today.sku_odds[k], who.luck):
            return
        if not from_cart and random.random() < scalars[d.LATER]:
            self._baskets[d.PUT_OFF] += 1
            yield env.timeout(exp(random.gauss(scalars[d.LATER_MU], scalars[d.LATER_SD])))
            self._look_again(who, d.CAME_BACK)
            who = who._replace(upset=False)  # nobody asks again how it was
            wanted = k
            k = self._turn(who.channel, k, self._today.odds[who.channel], 0.0)
            if k is None:
                return
        yield from self._pay(who, k, turned=k != wanted, from_cart=from_cart)

    def _pay(self, who: Shopper, k: int, *, turned: bool, from_cart: bool) -> Steps:
        env, random, scalars = self._env, self._random, self.plan.scalars
        deposit = self._in_presale(k)
        if deposit:
            self._baskets[d.DEPOSITS] += 1
            due, over = self._presale[k][d.BALANCE_DUE], self._presale[k][d.BALANCE_HOURS]
            yield env.timeout(due + over * random.random() - env.now)
            who, turned, from_cart = who._replace(upset=False), False, False
            if random.random() >= self._presale[k][d.BALANCE_PAID]:
                self._baskets[d.DEPOSITS_LAPSED] += 1
                return
        member = self.club.at_the_till(random) if self.club and self._today.returning[who.channel] else None
        if member is not None and member.gone:
            self._baskets[d.DEPOSITS_LAPSED] += deposit
            return
        if not deposit and random.random() < scalars[d.NEVER_PAID]:
            self._rows[who.channel][d.UNPAID] += 1
            return
        if not deposit and random.random() < scalars[d.CANCELS] and self._cancels(who.channel, k):
            return
        yield from self._buy(who, k, deposit=deposit, member=member, turned=turned, from_cart=from_cart)

    def _buy(
        self, who: Shopper, k: int, *, deposit: bool, member: Member | None, turned: bool, from_cart: bool
    ) -> Steps:  # fmt: skip
        c = who.channel
        basket = self._sell(c, k, deposit)
        if basket is None:
            self._baskets[d.DEPOSITS_LAPSED] += deposit
            return
        self._baskets[d.DEPOSITS_PAID] += deposit
        self._baskets[d.CART_ORDERS] += from_cart
        if self.club and (member is not None or self._joined):
            basket = basket._replace(saved=self.club.note(member, self._env.now / 24.0, basket.amount, self._random))
        self.credits.append(Credit(c, who.clicked, self._day, self._lines, basket.amount))
        counts = self._devices[c][who.device]
        counts[d.DEVICE_BUYERS] += 1
        counts[d.DEVICE_UNITS] += self._bought
        counts[d.DEVICE_GMV] += basket.amount
        scalars = self.plan.scalars
        grudge = who.upset * scalars[d.STARS_CHAT] + (turned or self._short) * scalars[d.STARS_SHORT]
        yield from self._send(c, basket, self._promised, grudge - self.plan.of_sku[d.ITEM_STARS, k])

    def _sell(self, c: int, first: int, deposit: bool = False) -> Basket | None:
        raise NotImplementedError

    def _send(self, c: int, basket: Basket, promised: float, grudge: float) -> Steps:
        raise NotImplementedError

    def _cart(self, who: Shopper, k: int, odds: float) -> float | None:
        """Hours until the cart is looked at again; None where the visitor buys now, or wants nothing of it."""
        scalars, random, now = self.plan.scalars, self._random, self._env.now
        odds *= self._today.sku_odds[k]
        buys, reach = self._buys(odds, who.luck), scalars[d.CART_REACH]
        if reach <= 1.0 or not (buys or self._buys(odds * reach, who.luck)):
            return None
        self._rows[who.channel][d.CARTS] += 1
        sale = now < scalars[d.NEXT_SALE] <= now + scalars[d.CART_KEEPS]
        if buys and not (sale and random.random() < scalars[d.CART_HOLDS]):
            return None
        self._baskets[d.HELD_OUT] += buys
        self._baskets[d.LEFT_IN_CART] += 1
        hours: float = -log(1.0 - random.random())
        if sale and (buys or random.random() < scalars[d.CART_WAITS]):
            return float(scalars[d.NEXT_SALE] - now + RUSH * hours)
        return float(scalars[d.CART_DELAY]) * hours

    def _look_again(self, who: Shopper, counted: int) -> None:
        """Come back, to order or to the cart; on another day this is a visitor of two pages."""
        self._baskets[counted] += 1
        if self._env.now // 24.0 != who.clicked:
            row, counts = self._rows[who.channel], self._devices[who.channel][who.device]
            row[d.UV] += 1
            row[d.PV] += 2
            row[d.SECOND_LOOKS] += 1
            counts[d.DEVICE_UV] += 1
            counts[d.DEVICE_PV] += 2

    def _cancels(self, c: int, first: int) -> bool:
        """Whether an order is cancelled today, before its wave; its pieces are back at midnight."""
        today, random, now = self._today, self._random, self._env.now
        gone = now - self.plan.scalars[d.CANCEL_HOURS] * log(1.0 - random.random())
        if gone >= min(24.0 * (now // 24.0 + 1.0), self._leaves(now)):
            return False
        self._rows[c][d.CANCELLED] += 1
        k, taken = first, dict.fromkeys(range(len(self._stock)), 0)
        while True:
            pieces = self._pieces()
            held = min(pieces, self._stock[k], self.plan.of_sku[d.ITEM_LIMIT, k] - taken[k])
            taken[k] += int(held)
            self._stock[k] -= int(held)
            self._held[k] += int(held)
            self._rows[c][d.CANCELLED_GMV] += held * today.price[k]
            if random.random() >= today.extra_line:
                return True
            k = today.popular(random.random())

    def _leaves(self, now: float) -> float:
        """When an order of this moment would leave, those before it first."""
        before = int(len(self._unsent) // self._today.wave_capacity) if self._today.wave_capacity < inf else 0
        day, waves = 24.0 * (now // 24.0), self._today.waves
        today = [day + hour for hour in waves if day + hour >= now]
        if before < len(today):
            return today[before]
        days, w = divmod(before - len(today), len(waves))
        return day + 24.0 * (days + 1) + float(waves[w])

    def _give_back(self) -> None:
        """Put the pieces of cancelled orders back on the shelf."""
        self.state.stock[:] += self._held
        self._held = [0] * len(self._held)

    def _within_limit(self, k: int, wanted: int, before: int) -> int:
        """Pieces left of those wanted, after as many of the same item in the order."""
        left = self.plan.of_sku[d.ITEM_LIMIT, k] - before
        if wanted <= left:
            return wanted
        self._baskets[d.LIMITED_UNITS] += wanted - left
        return int(left)

    def _position(self, k: int) -> int:
        return super()._position(k) + self._held[k]

    def _in_presale(self, k: int) -> bool:
        return bool(self._presale[k][d.BALANCE_DUE] > self._env.now)

    def _lands_on(self, c: int) -> int:
        row = int(self.plan.landing[c])
        if row < 0:
            return self._today.popular(self._random.random())
        x = self._random.random() * len(self._landings[row])
        own, other = self._landings[row][int(x)]
        return int(x) if x - int(x) < own else other

    def _turn(self, c: int, wanted: int, odds: float, luck: float) -> int | None:
        """The SKU in view, another one perhaps if it is sold out; None if there is none."""
        today, stock, random = self._today, self._stock, self._random.random
        if stock[wanted] > 0 or self._in_presale(wanted):
            return wanted
        if random() < today.substitution:
            k = today.popular(random())
            if stock[k] > 0 or self._in_presale(k):
                return k
        if self._buys(odds * today.sku_odds[wanted], luck):
            self._lose(c, wanted, 1)
        return None

    @staticmethod
    def _buys(odds: float, luck: float) -> bool:
        return luck * (1.0 + odds) < odds

    def _pieces(self) -> int:
        pieces = 1
        while self._random.random() < self._today.extra_unit:
            pieces += 1
        return pieces
