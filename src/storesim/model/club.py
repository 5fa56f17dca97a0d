"""The club: members known one by one (MODEL section 9, BG/NBD), their levels, windows and coupons.

Visits a day of all members = Σ weight · visits / reference conversion · √M. The reference conversion is what a visitor
of the channel would buy at of a reviewed item at its reference price, from a store of neutral score, without a chat: at
that reference a member buys exactly `rate` times a day, and a higher price, a missing review or an empty shelf costs
some of these purchases, as in section 7. Who it was is drawn at the till, and whether he comes again
(`engine.members`).

A coupon goes out on its first morning to those of its group who hold none. It multiplies their visits until it is used
or has run out; the store pays its face value when it is used. Of an order that comes back it refunds what was paid.
"""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from storesim.engine.compiled import Settled, is_compiled
from storesim.engine.day import DUE_REFUND, JOIN, F, I, Sales
from storesim.engine.kernel import Kernel
from storesim.model import club_books as b, people as p
from storesim.model.goods import FEN, Goods, fen
from storesim.model.members import Account, Crowd
from storesim.model.people import Births, Law, People, live_pasts, sum_weights
from storesim.model.today import Today
from storesim.scenario.document import Scenario
from storesim.scenario.members import LEVELS, MemberCoupon


class Mailing(NamedTuple):
    """One coupon, in days of the run."""

    first: int
    last: int
    group: b.Group


class ClubRules(NamedTuple):
    """What the scenario says of the club."""

    rules: b.Rules
    mailings: tuple[Mailing, ...]
    month: I
    """[n_days] month of the run, from 0."""

    order_value: float
    """Mean value of an order at the list price, fen."""

    opening: int
    """Members who still come on the opening day."""


def read_club(scenario: Scenario, goods: Goods) -> ClubRules:
    """Levels, coupons and months of a scenario."""
    spec, opened = scenario.operations.members, scenario.store.opened
    levels, by_amount = spec.levels, spec.levels.by == "amount"
    steps = np.array([levels.middle, levels.senior, levels.vip]) * (FEN if by_amount else 1.0)
    worth = np.array([[fen(c.face), fen(c.least), c.lift] for c in spec.coupons]).reshape(-1, 3)
    mailings = tuple(
        Mailing(
            first=max(0, (coupon.first - opened).days),
            last=(coupon.last - opened).days,
            group=_group(number, coupon),
        )
        for number, coupon in enumerate(spec.coupons, 1)
    )
    dates = [opened + dt.timedelta(days=day) for day in range(scenario.n_days)]
    month = np.array([12 * (date.year - opened.year) + date.month - opened.month for date in dates], dtype=np.int64)
    value = float((goods.share * goods.price).sum()) * scenario.catalogue.lines * scenario.catalogue.quantity
    return ClubRules(b.Rules(int(by_amount), steps, worth), mailings, month, float(round(value)), spec.opening)


def _group(number: int, coupon: MemberCoupon) -> b.Group:
    levels = np.array([float(level in (coupon.levels or LEVELS)) for level in LEVELS])
    old = {"all": 0, "old": 1, "new": -1}[coupon.customers]
    return b.Group(number, levels, float(coupon.lapsed), old, float(coupon.lift), float(coupon.pieces))


class Club:
    """Members one by one.

    Parameters
    ----------
    joins
        Share of strangers who join after buying, in each stage.
    """

    def __init__(self, club: ClubRules, births: Births, joins: tuple[float, ...], kernel: Kernel) -> None:
        self._club, self._births, self._joins, self._kernel = club, births, joins, kernel
        with np.errstate(over="ignore"):  # keys of random numbers run over; without a compiler they are NumPy's
            people, self.n = _opening(club, births)
        self.books = _opening_books(club, people, self.n, births.law, kernel.due.days[:, DUE_REFUND])
        sent = [mailing for mailing in club.mailings if mailing.first <= mailing.last]
        self._turns = {day for mailing in sent for day in (mailing.first, mailing.last + 1)}
        self._opening = self.count
        self._joined = self._left = self._sent = 0.0
        self._share()

    @property
    def people(self) -> People:
        """Everybody who ever joined, in the first `n` places."""
        return self.books.people

    @property
    def count(self) -> float:
        """Members who still come."""
        return float(self.books.levels.sum())

    def open(self, today: Today) -> float:
        """Purchases a day of all members at the reference; on the first morning of a coupon it is sent."""
        if today.fresh:
            today.plan.scalars[JOIN] = self._joins[today.stage]
        if today.day in self._turns:
            for mailing in self._club.mailings:
                if mailing.last + 1 == today.day:
                    b.let_lapse(self.people, self.n, mailing.group.number)
            for mailing in self._club.mailings:
                if mailing.first == today.day <= mailing.last:
                    self._sent += b.send(self.people, self.n, mailing.group, today.day)
            sum_weights(self.people, self.n)
        return max(0.0, self.people.weights)

    def close(self, crowd: Crowd) -> Account:
        """Book the day."""
        sales = self._kernel.take_sales()
        if self.n + sales.n > self._room:
            self._grow(self.n + sales.n)
        self.n = _book_day(self.books, sales, self.n, crowd.buyers, crowd.day)
        booked = self.books.out.tolist()
        self._joined += booked[b.JOINED_NOW]
        self._left += booked[b.LEFT]
        sent, self._sent = self._sent, 0.0
        levels: list[float] = self.books.levels.tolist()
        count = sum(levels)
        # In the order of `OF_MEMBERS`, as `out` has what it ends with.
        counts = (
            count, booked[b.JOINED_NOW], booked[b.LEFT],
            booked[b.ACTIVE], booked[b.NEW_BUYERS], booked[b.OLD_BUYERS], crowd.buyers, booked[b.OLD_GMV],
            sent, booked[b.COUPONS_USED], booked[b.COUPONS_VALUE],
            *levels, *booked[b.LEVEL_GMV :],
        )  # fmt: skip
        return Account(counts, booked[b.COUPONS_VALUE], self._fault(levels, booked, crowd))

    def cohorts(self) -> F:
        """[n_months + 1, n_months, 2] buyers and CNY by month of joining (0: before the opening day) and of order."""
        in_cny: F = self.books.cohorts / np.array([1.0, FEN])
        return in_cny

    def _fault(self, levels: list[float], booked: list[float], crowd: Crowd) -> str:
        """What does not balance; empty if all does."""
        if sum(levels) != self._opening + self._joined - self._left or min(levels) < 0.0:
            return "members at opening + joined - left are not the members by level"
        if booked[b.NEW_BUYERS] + booked[b.OLD_BUYERS] != crowd.buyers or booked[b.JOINED_NOW] != crowd.joined:
            return "new and old buyers are not all buyers, or others joined than the tally says"
        if (booked[b.RETURNED], booked[b.RETURNED_GMV]) != (crowd.returned, crowd.returned_gmv):
            return "orders of members are not those of the channel they come back through"
        return ""

    def _grow(self, wanted: int) -> None:
        self.books = self.books._replace(people=self._births.more(self.people, self.n, wanted))
        self._share()

    def _share(self) -> None:
        self._room = self.people.room
        self._kernel.know_members(self.people.seats, self.people.card)


def _opening(club: ClubRules, births: Births) -> tuple[People, int]:
    """Those who joined before the opening day, until as many as the scenario says still come; and their number."""
    people, n, missing = births.more(None, 0, 0), 0, club.opening
    past, rules = births.past(club.order_value), club.rules
    while missing > 0:
        n, found = live_pasts(people, births.law, past, n, missing)
        missing -= found
        if missing > 0:
            people = births.more(people, n, n + 1)
    reached = people.card[:n, p.AMOUNT if rules.by_amount else p.ORDERS]
    people.card[:n, p.LEVEL] = (reached[:, None] >= rules.levels).sum(axis=1)
    sum_weights(people, n)
    return people, n


def _opening_books(club: ClubRules, people: People, n: int, law: Law, refunds: F) -> b.Books:
    n_days, n_months = club.month.size, int(club.month[-1]) + 1
    on = np.zeros((3, b.LONGEST + n_days))
    card = people.card[:n]
    for row, times in ((b.LAST_ON, card[:, p.LAST]), (b.BEFORE_ON, card[:, p.BEFORE])):
        days = np.floor(times).astype(np.int64)
        on[row] += np.bincount(np.maximum(0, b.LONGEST + days), minlength=on.shape[1])
    here = card[card[:, p.GONE] == 0.0, p.LEVEL].astype(np.int64)
    return b.Books(
        people=people,
        law=law,
        rules=club.rules,
        levels=np.bincount(here, minlength=len(LEVELS)).astype(np.float64),
        on=on,
        cohorts=np.zeros((n_months + 1, n_months, 2)),
        month=club.month,
        refunds=refunds,
        out=np.zeros(b.N_BOOKED),
    )


def _book_plainly(books: b.Books, sales: Sales, n: int, buyers: float, day: int) -> int:
    with np.errstate(over="ignore"):
        return b.book_day(books, sales, n, buyers, day)


_book_day = Settled(b.book_day) if is_compiled() else _book_plainly
