"""What a platform owes the store: GMV less its commission and fee, paid some days after delivery, or on its dates.

Commission is earned on GMV and comes back with a refund; the fee does not. Both are taken from settlements. Rates are
rounded on running totals, so that no fen is lost between what was earned and what was paid.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from typing import NamedTuple


class Terms(NamedTuple):
    """What a platform takes, and when it pays."""

    commission: float
    fee: float
    days: int
    """Days from delivery until money is due."""

    pays: tuple[bool, ...] = ()
    """[n_days] whether what is due is paid that day; empty: every day."""


class Settled(NamedTuple):
    """One day of a platform's account, fen."""

    commission: float
    """Earned by the platform on what was sold, less what was refunded."""

    fee: float
    received: float
    """Paid to the store, with the commission that comes back with refunds."""


NOTHING = Settled(0.0, 0.0, 0.0)


class Account:
    """The store's account with one platform."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        # Totals so far, fen; what is taken from them is rounded here and nowhere else.
        self._gmv = self._refunds = self._settled = self._commission = self._fee = 0.0
        self._charged = 0.0
        """Commission and fee taken from settlements, less what came back with refunds."""

        self._delivered: list[float] = []
        self._due = 0.0
        self.owed = 0.0
        """GMV not yet settled, less the commission and fee still to be taken from it; fen."""

    def close(self, gmv: float, refunds: float, delivered: float, called_off: float = 0.0) -> Settled:
        """Book the day: what was sold, refunded, delivered, and given back of what the platform still holds; fen."""
        terms = self._terms
        day = len(self._delivered)
        self._delivered.append(delivered)
        if day >= terms.days:
            self._due += self._delivered[day - terms.days]
        paid = self._due if not terms.pays or terms.pays[day] else 0.0
        self._due -= paid
        if gmv == refunds == called_off == paid == 0.0:
            return NOTHING
        self._gmv = sold = self._gmv + gmv
        self._refunds = refunded = self._refunds + (refunds + called_off)
        self._settled = settled = self._settled + (paid + called_off)
        # `share`, written out: what a platform takes is worked out every day for each.
        commission, fee, charged = float(round(terms.commission * (sold - refunded))), 0.0, self._charged
        if terms.fee > 0.0:
            fee = float(round(terms.fee * sold))
        if paid or refunds or called_off:
            charged = float(round(terms.commission * (settled - refunded)))
            if terms.fee > 0.0:
                charged += float(round(terms.fee * settled))
        today = Settled(commission - self._commission, fee - self._fee, paid - (charged - self._charged))
        self._commission, self._fee, self._charged = commission, fee, charged
        self.owed = sold - settled - (commission + fee - charged)
        return today


def pay_days(dates: tuple[int, ...], opened: dt.date, n_days: int) -> tuple[bool, ...]:
    """[n_days] whether each day of a run is one of these days of the month, or the last of a month that lacks one."""
    days = (opened + dt.timedelta(days=day) for day in range(n_days if dates else 0))
    return tuple(any(date.day == min(due, monthrange(date.year, date.month)[1]) for due in dates) for date in days)


def share(rate: float, total: float) -> float:
    """A rate of a running total, in whole fen."""
    return float(round(rate * total))
