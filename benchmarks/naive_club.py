"""Members of the naive store, known one by one (MODEL section 9, docs/model/members.md): plain objects in a list.

Each buys by a Poisson process of his own rate, gamma by law, and drops out after a purchase with a chance of his own,
beta by law (BG/NBD; Fader, Hardie and Lee 2005). Who comes is drawn at the till. Every figure of a day is counted anew
from what each member did.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from math import floor
from random import Random

from storesim.scenario.document import Scenario
from storesim.scenario.members import LEVELS, MemberCoupon, Members

FEN = 100.0
WINDOWS = (30, 60, 90, 180)
OLD = 90
COUNTS = (
    "members", "members_left", "active_members", "new_buyers", "old_buyers", "old_gmv", "member_coupons_sent",
    "member_coupons_used", "member_coupons", *(f"members_{level}" for level in LEVELS),
    *(f"gmv_{level}" for level in LEVELS), *(f"customers_{days}" for days in WINDOWS),
    *(f"repeaters_{days}" for days in WINDOWS),
)  # fmt: skip
"""Figures of a day that the club brings, by the names of `kpi`."""


@dataclass
class Member:
    """One person; times are days since the opening."""

    rate: float
    """Purchases a day at the reference."""

    drops: float
    """Chance that a purchase is the last."""

    times: list[float]
    """Of his orders."""

    amounts: list[float]
    """Of his orders, fen."""

    gone: bool = False
    coupon: MemberCoupon | None = None

    @property
    def weight(self) -> float:
        """His part in the visits of a morning."""
        return 0.0 if self.gone else self.rate * (self.coupon.lift if self.coupon else 1.0)


@dataclass
class _Sales:
    """What members bought today."""

    old: int = 0
    new: int = 0
    old_gmv: float = 0.0
    gmv: list[float] = field(default_factory=lambda: [0.0] * len(LEVELS))
    coupons: int = 0
    saved: float = 0.0


class Club:
    """The members of a store."""

    def __init__(self, scenario: Scenario, random: Random) -> None:
        self._opened, self._laws = scenario.store.opened, scenario.operations.members
        self._members: list[Member] = []
        self._strangers: list[float] = []
        self._sent = 0.0
        self._joining: list[Member] = []
        self._used: list[Member] = []
        self._today = _Sales()
        skus = scenario.catalogue.skus
        mean = sum(sku.popularity * sku.price for sku in skus) / sum(sku.popularity for sku in skus)
        self._value = mean * scenario.catalogue.lines * scenario.catalogue.quantity * FEN
        while sum(not member.gone for member in self._members) < self._laws.opening:
            self._members.append(self._with_a_past(random))
        self._before = self._laws.opening
        self._up_to: list[float] = []

    def open(self, day: int) -> float:
        """Send coupons; the purchases a day that all members would make at the reference."""
        today = self._opened + dt.timedelta(days=day)
        for member in self._members:
            if member.coupon and today > member.coupon.last:
                member.coupon = None
        for coupon in self._laws.coupons:
            if max(coupon.first, self._opened) == today:
                meant = [
                    member
                    for member in self._members
                    if not member.gone and member.coupon is None and self._is_meant(coupon, member, day)
                ][: coupon.pieces]
                for member in meant:
                    member.coupon = coupon
                self._sent += len(meant)
        total = 0.0
        self._up_to = [total := total + member.weight for member in self._members]
        return total

    def at_the_till(self, random: Random) -> Member:
        """Whose visit it is."""
        luck = random.random() * self._up_to[-1]
        return next(member for member, up_to in zip(self._members, self._up_to, strict=True) if luck < up_to)

    def note(self, member: Member | None, time: float, amount: float, random: Random) -> float:
        """An order, of a stranger who joins where there is no member; what a coupon takes off it, fen."""
        if member is None:
            member = self._born(random)
            member.times.append(time)
            member.amounts.append(amount)
            self._joining.append(member)
            self._today.new += 1
            self._today.gmv[self._level(member)] += amount
            return 0.0
        saved = 0.0
        sales, old = self._today, floor(time) - floor(member.times[0]) > OLD
        sales.old += old
        sales.new += not old
        sales.old_gmv += amount if old else 0.0
        sales.gmv[self._level(member)] += amount
        if member.coupon and member not in self._used and amount >= member.coupon.least * FEN:
            sales.coupons += 1
            saved = min(amount, member.coupon.face * FEN)
            sales.saved += saved
            self._used.append(member)
        member.times.append(time)
        member.amounts.append(amount)
        member.gone = random.random() < member.drops
        return saved

    def close(self, day: int, buyers: float) -> dict[str, float]:
        """The figures of the day, CNY; `buyers` are all of the store."""
        for member in self._used:
            member.coupon = None
        here = sum(not member.gone for member in self._members)
        left = self._before - here
        self._members += self._joining
        sales, sent = self._today, self._sent
        self._strangers.append(buyers - sales.new - sales.old)
        levels = [0.0] * len(LEVELS)
        for member in self._members:
            levels[self._level(member)] += not member.gone
        self._before = here + len(self._joining)
        figures = {
            "members": sum(levels), "members_left": left,
            "active_members": float(sum(m.times[-1] >= day + 1 - OLD for m in self._members)),
            "new_buyers": buyers - sales.old, "old_buyers": sales.old, "old_gmv": sales.old_gmv / FEN,
            "member_coupons_sent": sent, "member_coupons_used": sales.coupons, "member_coupons": sales.saved / FEN,
        }  # fmt: skip
        for level, members, gmv in zip(LEVELS, levels, sales.gmv, strict=True):
            figures |= {f"members_{level}": members, f"gmv_{level}": gmv / FEN}
        for days in WINDOWS:
            since = day + 1 - days
            bought = sum(m.times[-1] >= since for m in self._members) + sum(self._strangers[-days:])
            again = sum(len(m.times) > 1 and m.times[-2] >= since for m in self._members)
            figures |= {f"customers_{days}": bought, f"repeaters_{days}": float(again)}
        self._joining, self._used, self._today, self._sent = [], [], _Sales(), 0.0
        return figures

    def _is_meant(self, coupon: MemberCoupon, member: Member, day: int) -> bool:
        old = day - floor(member.times[0]) > OLD
        return (
            (not coupon.levels or LEVELS[self._level(member)] in coupon.levels)
            and coupon.customers in ("all", "old" if old else "new")
            and day - member.times[-1] >= coupon.lapsed
        )

    def _level(self, member: Member) -> int:
        levels = self._laws.levels
        reached = sum(member.amounts) / FEN if levels.by == "amount" else float(len(member.times))
        return sum(reached >= step for step in (levels.middle, levels.senior, levels.vip))

    def _born(self, random: Random) -> Member:
        laws: Members = self._laws
        return Member(random.gammavariate(laws.r, 1.0 / laws.alpha), random.betavariate(laws.a, laws.b), [], [])

    def _with_a_past(self, random: Random) -> Member:
        """Somebody who joined before the opening day and has lived by the same law since."""
        member = self._born(random)
        time = -self._laws.opening_days * random.random()
        while time < 0.0 and not member.gone:
            member.times.append(time)
            member.amounts.append(self._value)
            member.gone = len(member.times) > 1 and random.random() < member.drops
            time += random.expovariate(member.rate) if member.rate > 0.0 else 1e9
        return member
