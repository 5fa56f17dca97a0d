"""Promotions of the naive store: what is in a basket, and what is paid for it, in plain Python (DOMAIN 5.6).

In the order in which they apply: 套装, 赠品, 满减 and 满赠, 多买, coupons. A line takes part in one promotion with a
threshold; one voucher with a threshold is used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import floor
from random import Random

from storesim.engine import day as d
from storesim.engine.day import DayPlan, F

_EXCLUSIVE = (d.SAVE, d.MULTI_BUY)


@dataclass
class Line:
    """Pieces of one SKU in a basket."""

    sku: int
    pieces: int
    paid: float = 0.0
    """Fen."""

    crossed: bool = False
    """Whether a rule of cross-selling led to it."""

    loose: int = 0
    """Pieces in no bundle yet."""

    taken: bool = False
    """Whether a promotion with a threshold holds it."""


class Promotion:
    """One promotion of a day."""

    def __init__(self, row: F) -> None:
        terms: list[float] = row[: d.N_TERMS].tolist()
        self._row = row
        self.kind = int(terms[d.KIND])
        self.active = terms[d.ACTIVE] > 0.0
        self.threshold, self.least = terms[d.THRESHOLD], terms[d.LEAST]
        self.less, self.share, self.repeated = terms[d.LESS], terms[d.SHARE], terms[d.REPEATED] > 0.0
        self.set_price, self.chance = terms[d.SET_PRICE], terms[d.CHANCE]
        self.near, self.top_up = terms[d.NEAR], terms[d.TOP_UP]
        self.gift, self.gift_pieces = int(terms[d.GIFT_SKU]), int(terms[d.GIFT_PIECES])
        self.skus = frozenset(k for k, takes_part in enumerate(row[d.N_TERMS :].tolist()) if takes_part > 0.0)

    @property
    def coupons_left(self) -> float:
        """Coupons of the batch that nobody has claimed."""
        return float(self._row[d.COUPONS_LEFT])

    def claim(self) -> None:
        """One coupon less."""
        self._row[d.COUPONS_LEFT] -= 1.0


@dataclass
class Till:
    """What the promotions of a day do to baskets; counts go to `baskets` and `gifts`."""

    promotions: list[Promotion]
    rules: list[tuple[float, frozenset[int], list[float]]]
    """Of cross-selling: chance, first SKUs, cumulative chances of where it leads."""

    baskets: list[float] = field(default_factory=lambda: [0.0] * d.N_BASKETS)
    gifts: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, plan: DayPlan) -> Till:
        """The till of a plan."""
        n = len(plan.price)
        rules = [
            (float(rule[0]), frozenset(k for k in range(n) if rule[1 + k] > 0.0), rule[1 + n :].tolist())
            for rule in plan.cross
        ]
        return cls([Promotion(row) for row in plan.deals], rules, gifts=[0.0] * n)

    def cross_sell(self, lines: list[Line], random: Random) -> None:
        """Turn further lines to what is sold beside the first."""
        for line in lines[1:]:
            luck = random.random()
            for chance, first, leads_to in self.rules:
                if lines[0].sku not in first:
                    continue
                if luck < chance:
                    u = random.random()
                    line.sku = next(k for k, up_to in enumerate(leads_to) if u < up_to)
                    line.crossed = True
                    break
                luck -= chance

    def tempt(
        self, lines: list[Line], price: list[float], stock: list[int], popular: Callable[[float], int], random: Random
    ) -> None:
        """Add the rest of a set, or one item more to reach a threshold."""
        first = lines[0].sku
        for p in self.promotions:
            bundle = p.kind == d.BUNDLE and first in p.skus
            if not p.active or random.random() >= (p.chance if bundle else p.top_up):
                continue
            amount = sum(line.pieces * price[line.sku] for line in lines if line.sku in p.skus)
            another = popular(random.random())
            near = (1.0 - p.near) * p.threshold <= amount < p.threshold
            for k in sorted(p.skus):
                held = sum(line.pieces for line in lines if line.sku == k)
                helps = held == 0 if bundle else near and k == another and amount + price[k] >= p.threshold
                if helps and stock[k] > held:
                    lines.append(Line(k, 1))

    def settle(self, lines: list[Line], price: list[float], stock: list[int], random: Random) -> list[Line]:
        """Take savings off the lines; the gifts."""
        gifts: list[Line] = []
        voucher = False
        for line in lines:
            line.loose, line.taken = line.pieces, False
        for p in self.promotions:
            scope = [
                line for line in lines
                if p.active and line.sku in p.skus and line.pieces > 0 and not (p.kind in _EXCLUSIVE and line.taken)
            ]  # fmt: skip
            if not scope:
                continue
            if p.kind == d.COUPON:
                if p.coupons_left < 1.0 or random.random() >= p.chance:
                    continue
                p.claim()
                self.baskets[d.COUPONS_CLAIMED] += 1
            times, saving = self._bundled(p, scope, price) if p.kind == d.BUNDLE else _saved(p, scope)
            if times == 0 or (p.kind == d.COUPON and p.threshold > 0.0 and voucher):
                continue
            if p.kind == d.COUPON:
                voucher = voucher or p.threshold > 0.0
                self.baskets[d.COUPONS_USED] += 1
            _take_off(scope, saving)
            self.baskets[p.kind] += saving
            for line in scope:
                line.taken = line.taken or p.kind in _EXCLUSIVE
            if p.gift >= 0:
                given = min(times * p.gift_pieces, stock[p.gift])
                stock[p.gift] -= given
                self.gifts[p.gift] += given
                self.baskets[d.GIFT_UNITS] += given
                gifts.append(Line(p.gift, given))
        return gifts

    def _bundled(self, p: Promotion, scope: list[Line], price: list[float]) -> tuple[int, float]:
        firsts = {line.sku: line for line in reversed(scope)}
        sets = min(line.loose for line in firsts.values()) if len(firsts) == len(p.skus) else 0
        gain = sum(price[k] for k in firsts) - p.set_price
        if sets == 0 or gain <= 0.0:
            return 0, 0.0
        for line in firsts.values():
            line.loose -= sets
        self.baskets[d.BUNDLES_SOLD] += sets
        return sets, min(sum(line.paid for line in scope), sets * gain)


def _saved(p: Promotion, scope: list[Line]) -> tuple[int, float]:
    """How many times a promotion holds, and what it takes off."""
    amount, pieces = sum(line.paid for line in scope), sum(line.pieces for line in scope)
    if amount < p.threshold or pieces < p.least:
        return 0, 0.0
    times = pieces if p.kind == d.GIFT else int(amount // p.threshold) if p.repeated else 1
    return times, min(amount, times * p.less + floor(p.share * amount + 0.5))


def _take_off(scope: list[Line], saving: float) -> None:
    """By amounts, each line to the fen, the last one taking what rounding leaves."""
    amount = sum(line.paid for line in scope)
    left = saving
    for line in scope[:-1]:
        part = floor(saving * line.paid / amount) if amount else 0
        line.paid -= part
        left -= part
    scope[-1].paid -= min(left, scope[-1].paid)
