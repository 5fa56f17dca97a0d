"""Fees, wages and cash: what JD, suppliers, lenders and the team cost, and when they are paid."""

from typing import Annotated, Literal

from pydantic import Field

from storesim.scenario.spec import Check, ItemError, Spec
from storesim.units import CNY, Share, Whole

WhenBroke = Literal["go_on", "stop_buying", "stop_ads", "close"]


def of_a_month(dates: tuple[int, ...]) -> tuple[int, ...]:
    """The days themselves if a month can have them; ItemError at the first it cannot."""
    for place, date in enumerate(dates):
        if not 1 <= date <= 31:
            raise ItemError(f"{date} is no day of a month; write 1 to 31", place)
    return dates


class Suppliers(Spec):
    """When suppliers are paid (账期)."""

    deposit: Share = 1.0
    """Share of a purchase paid when it is ordered; the rest is paid after the goods have come."""

    terms: Whole = Field(default=0, ge=0, le=365)
    """Days from receipt to the payment of the rest; 0: the same day. Terms are the store's own, *assumed*."""


class Loan(Spec):
    """A credit line such as 京小贷: drawn when cash falls below a floor, repaid from what is above it."""

    limit: CNY = Field(default=0.0, ge=0)
    """Most that may be owed, CNY; 0: no loan. An older description of 京小贷 has up to 2,000,000 (DOMAIN 5.8, C)."""

    floor: CNY = Field(default=0.0, ge=0)
    """Cash at a day's end below which the loan is drawn, and above which it is repaid; *assumed*."""

    rate: Share = 0.24
    """Interest a year of a store with score 0, charged daily (DOMAIN 5.8: 14–24 %, C); *assumed*."""

    best_rate: Share = 0.14
    """Interest a year of a store with score 1; a better rank borrows cheaper (DOMAIN 5.4, C), in a straight line (*assumed*)."""


class Post(Spec):
    """One kind of work in the team, such as promotion, copy, design or the warehouse (seed 002)."""

    number: Whole = Field(default=1, ge=0, le=10_000)
    """People who do it."""

    wage: CNY = Field(ge=0)
    """Wage of one of them, CNY a day."""

    hiring: CNY = Field(default=0.0, ge=0)
    """Cost of finding one more when a stage asks for more people than the one before."""


class Money(Spec):
    """Fees, wages and cash (MODEL section 11)."""

    commission: Share = 0.06
    """JD's commission on GMV that is not refunded (DOMAIN 5.2: 5–8 %, B)."""

    transaction_fee: Share = 0.006
    """JD's transaction fee on GMV (DOMAIN 5.2, B)."""

    parcel: CNY = Field(default=8.0, ge=0)
    """Cost of one parcel, CNY (a plan of DOMAIN 9.3 has 10); *assumed*."""

    agent_wage: CNY = Field(default=200.0, ge=0)
    """Wage of one chat agent, CNY a day; *assumed*."""

    other_wages: CNY = Field(default=800.0, ge=0)
    """Wages of everybody else, CNY a day; *assumed*."""

    overheads: CNY = Field(default=100.0, ge=0)
    """Rent, tools and the like, CNY a day; *assumed*."""

    deposit: CNY = Field(default=10_000.0, ge=0)
    """Paid to JD on the opening day (DOMAIN 5.2: apparel 10,000, B)."""

    opening_cash: CNY = Field(default=300_000.0, ge=0)
    """Cash before the opening day; *assumed*."""

    settlement: Whole = Field(default=1, ge=0, le=90)
    """Days from delivery to settlement (T+1: seed 001, DOMAIN 5.8)."""

    settlement_dates: Annotated[tuple[Whole, ...], Check(of_a_month)] = ()
    """Days of the month on which JD pays what is due by then, such as 1 and 16; empty: every day. A day a month lacks is its last."""

    suppliers: Suppliers = Suppliers()
    loan: Loan = Loan()

    when_broke: WhenBroke = "go_on"
    """What the store does from the day after cash fell below 0: `go_on`; `stop_buying` or `stop_ads` while it is below; `close` for good."""
