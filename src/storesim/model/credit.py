"""What the store owes: to suppliers who wait for their money (账期), and on a loan (京小贷). All amounts are whole fen.

Suppliers: a deposit on what is ordered, the rest some days after it has come. Loan: interest a day is
`owed · (rate + (best − rate) · score) / 365`; at the end of a day it is drawn up to the limit while cash is below the
floor, and repaid from what is above.
"""

from __future__ import annotations

from typing import NamedTuple

from storesim.model.goods import fen
from storesim.model.settlement import share
from storesim.scenario.money import Loan as LoanSpec

DAYS_A_YEAR = 365.0


class SupplierTerms(NamedTuple):
    """When suppliers are paid."""

    deposit: float
    days: int


class LoanTerms(NamedTuple):
    """A credit line; money in fen, interest a year."""

    limit: float
    floor: float
    rate: float
    best_rate: float


def read_loan(loan: LoanSpec) -> LoanTerms:
    """A credit line in fen."""
    return LoanTerms(fen(loan.limit), fen(loan.floor), loan.rate, loan.best_rate)


class Payables:
    """What suppliers are still to be paid."""

    def __init__(self, terms: SupplierTerms) -> None:
        self._terms = terms
        self._received: list[float] = []
        self._ordered = self._due = self._paid = 0.0

    @property
    def owed(self) -> float:
        """Goods ordered and not paid for, those on their way among them; fen."""
        return self._ordered - self._paid

    def close(self, ordered: float, received: float) -> float:
        """What is paid today, after goods worth `ordered` were called and others worth `received` came; fen."""
        terms = self._terms
        day = len(self._received)
        self._received.append(received)
        self._ordered += ordered
        if day >= terms.days:
            self._due += self._received[day - terms.days]
        paid = share(terms.deposit, self._ordered) + self._due - share(terms.deposit, self._due)
        today = paid - self._paid
        self._paid = paid
        return today


class Loan:
    """What is owed on the credit line."""

    def __init__(self, terms: LoanTerms) -> None:
        self._terms = terms
        self._accrued = 0.0
        self.owed = 0.0

    def interest(self, score: float) -> float:
        """Interest of one day on what is owed this morning, by the store's score; fen."""
        if self.owed == 0.0:
            return 0.0
        terms = self._terms
        before = share(1.0, self._accrued)
        self._accrued += self.owed * (terms.rate + (terms.best_rate - terms.rate) * score) / DAYS_A_YEAR
        return share(1.0, self._accrued) - before

    def move(self, cash: float) -> float:
        """Draw, or repay if negative, so that `cash` comes back to the floor as far as limit and debt allow; fen."""
        terms = self._terms
        moved = min(terms.limit - self.owed, terms.floor - cash)
        moved = max(moved, -self.owed)
        self.owed += moved
        return moved
