"""What a platform owes the store: GMV less its commission and fee, paid some days after delivery, or on its dates.

Commission is earned on GMV and comes back with a refund; the fee does not. Both are taken from settlements. Rates are
rounded on running totals, so that no fen is lost between what was earned and what was paid.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from storesim.engine.compiled import Settled, compiled, inlined
from storesim.engine.day import F, I

B = NDArray[np.bool_]


class Terms(NamedTuple):
    """What a platform takes, and when it pays."""

    commission: float
    fee: float
    days: int
    """Days from delivery until money is due."""

    pays: tuple[bool, ...] = ()
    """[n_days] whether what is due is paid that day; empty: every day."""


class Settlement(NamedTuple):
    """One day of all accounts, fen."""

    commission: float
    """Earned by the platforms on what was sold, less what was refunded."""

    fee: float
    received: float
    """Paid to the store, with the commission that comes back with refunds."""


NOWHERE = np.zeros((0, 3))
"""What is sold beyond JD by who sells on JD alone."""

(SOLD, REFUNDED, PAID, COMMISSION, FEE, CHARGED, DUE) = range(7)
N_BOOK = 7


class Book(NamedTuple):
    """The accounts of n platforms."""

    rates: F
    """[n, 2] commission and fee."""

    days: I
    """[n] days from delivery until money is due."""

    pays: B
    """[n, n_days] whether what is due is paid that day; [n, 0]: every day."""

    delivered: F
    """[n, longest wait + 1] delivered on each of the last days, in turn; fen."""

    total: F
    """[n, N_BOOK] so far by the names above, fen: what is taken from totals is rounded here and nowhere else.

    `CHARGED` is commission and fee taken from settlements, less what came back with refunds.
    """


class Accounts:
    """The store's accounts with its platforms, JD first."""

    def __init__(self, terms: Sequence[Terms]) -> None:
        n, n_days = len(terms), max(len(each.pays) for each in terms)
        self._book = Book(
            rates=np.array([[each.commission, each.fee] for each in terms]),
            days=np.array([each.days for each in terms], dtype=np.int64),
            pays=np.array([each.pays or (True,) * n_days for each in terms], dtype=np.bool_).reshape(n, n_days),
            delivered=np.zeros((n, 1 + max(each.days for each in terms))),
            total=np.zeros((n, N_BOOK)),
        )
        self._day = 0
        self.owed = 0.0
        """GMV not yet settled, less the commission and fee still to be taken from it; fen."""

    def close(
        self, gmv: float, refunds: float, delivered: float, called_off: float = 0.0, elsewhere: F = NOWHERE
    ) -> Settlement:  # fmt: skip
        """Book the day: what was sold, refunded, delivered, and given back of what JD still holds; fen.

        Parameters
        ----------
        elsewhere
            [n - 1, 3] GMV, refunds and deliveries of each platform beyond JD, which are in the totals too.
        """
        commission, fee, received, self.owed = _settle(
            self._book, self._day, (gmv, refunds, delivered, called_off), elsewhere
        )  # fmt: skip
        self._day += 1
        return Settlement(commission, fee, received)


@compiled
def settle(
    book: Book, day: int, of_all: tuple[float, float, float, float], elsewhere: F
) -> tuple[float, float, float, float]:
    """Book a day; commission, fee and what is received, of all platforms, and what they then owe. See `Accounts`."""
    sold, refunded, delivered, called_off = of_all
    for i in range(elsewhere.shape[0]):
        sold -= elsewhere[i, 0]
        refunded -= elsewhere[i, 1]
        delivered -= elsewhere[i, 2]
    commission, fee, received, owed = 0.0, 0.0, 0.0, 0.0
    for i in range(book.days.shape[0]):
        if i > 0:
            sold, refunded, delivered = elsewhere[i - 1, 0], elsewhere[i - 1, 1], elsewhere[i - 1, 2]
            called_off = 0.0
        total, turn = book.total[i], book.days[i] + 1
        book.delivered[i, day % turn] = delivered
        total[DUE] += book.delivered[i, (day + 1) % turn]
        paid = total[DUE] if book.pays.shape[1] == 0 or book.pays[i, day] else 0.0
        total[DUE] -= paid
        total[SOLD] += sold
        total[REFUNDED] += refunded + called_off
        total[PAID] += paid + called_off
        earned = rounded(book.rates[i, 0] * (total[SOLD] - total[REFUNDED]))
        charge = rounded(book.rates[i, 1] * total[SOLD])
        charged = rounded(book.rates[i, 0] * (total[PAID] - total[REFUNDED])) + rounded(book.rates[i, 1] * total[PAID])
        commission += earned - total[COMMISSION]
        fee += charge - total[FEE]
        received += paid - (charged - total[CHARGED])
        total[COMMISSION], total[FEE], total[CHARGED] = earned, charge, charged
        owed += total[SOLD] - total[PAID] - (earned + charge - charged)
    return commission, fee, received, owed


@inlined
def rounded(amount: float) -> float:
    """Whole fen, as `share` rounds them; never a negative 0, which would show as one in tables."""
    return float(np.rint(amount) + 0.0)


_settle = Settled(settle)


def pay_days(dates: tuple[int, ...], opened: dt.date, n_days: int) -> tuple[bool, ...]:
    """[n_days] whether each day of a run is one of these days of the month, or the last of a month that lacks one."""
    days = (opened + dt.timedelta(days=day) for day in range(n_days if dates else 0))
    return tuple(any(date.day == min(due, monthrange(date.year, date.month)[1]) for due in dates) for date in days)


def share(rate: float, total: float) -> float:
    """A rate of a running total, in whole fen."""
    return float(round(rate * total))
