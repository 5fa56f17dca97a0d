"""Money: what the day earned, and what moved the bank account (MODEL section 11). All amounts are whole fen.

Earned: GMV, less refunds, commission, transaction fee, cost of goods, advertising, parcels, wages, hiring, penalties,
overheads, interest, holding stock, what was lost on stock cleared, 京豆 given to buyers, and what members' coupons
took off, since GMV is counted before it. Commission is charged on GMV and comes back with a refund; the transaction fee
does not. The cost of goods is that of pieces sold, less those that came back to the shelf: a written-off return stays a
cost.

Cash: GMV arrives some days after delivery or on the platform's dates, net of commission and fee (`settlement`);
suppliers are paid by their terms, and a loan may step in (`credit`); refunds and everything else leave the same day,
but JD gives back itself what it holds for an order that is called off before it leaves, and has nothing of one that is
refused at the door; the deposit on the opening
day, and the opening stock as if it were ordered and had come that day.

Both must agree: cash + deposit + what JD still owes + goods at cost − what suppliers are owed − loan = opening cash +
profit so far, to the fen.
"""

from __future__ import annotations

from typing import NamedTuple

from storesim.engine.day import F
from storesim.model.credit import Loan, LoanTerms, Payables, SupplierTerms, read_loan
from storesim.model.fulfilment import Parcels
from storesim.model.goods import fen
from storesim.model.inventory import Bought
from storesim.model.offsite import read_accounts
from storesim.model.payroll import Payroll, hiring
from storesim.model.settlement import NOWHERE, Accounts, Terms, pay_days
from storesim.model.today import HALTS, OPEN, SHUT
from storesim.scenario.document import Scenario


class Rates(NamedTuple):
    """What never changes while the store trades."""

    jd: Terms
    suppliers: SupplierTerms
    loan: LoanTerms
    deposit: float
    opening_cash: float
    when_broke: int
    """One of `today.HALTS`."""

    elsewhere: tuple[Terms, ...] = ()
    """Of each platform beyond JD."""


class Trade(NamedTuple):
    """What the finance must know of the day; fen."""

    gmv: float
    spend: float
    score: float
    """Rank rate of the store, on which interest depends."""

    coupons: float = 0.0
    """What members' coupons took off orders."""

    elsewhere: F = NOWHERE
    """[n_offsite, 3] GMV, refunds and deliveries of each platform beyond JD, which are in the totals too."""

    bean_cost: float = 0.0
    """What the store pays for 京豆 given with what was sold."""


class Day(NamedTuple):
    """The money of one day, fen."""

    refunds: float
    purchases: float
    """Paid to suppliers."""

    goods_cost: float
    commission: float
    transaction_fee: float
    parcels: float
    wages: float
    hiring: float
    penalties: float
    overheads: float
    interest: float
    storage: float
    write_offs: float
    """Cost of what was cleared out, less what it brought."""

    bean_cost: float

    profit: float
    cash_in: float
    cash_out: float
    borrowed: float
    """Drawn on the loan; negative: repaid."""

    people: float
    """In the team."""

    ruin: float
    """1 on the day cash falls below 0 for the first time."""


def read_rates(scenario: Scenario) -> Rates:
    """Fees and terms."""
    money = scenario.operations.money
    pays = pay_days(tuple(money.settlement_dates), scenario.store.opened, scenario.n_days)
    return Rates(
        jd=Terms(money.commission, money.transaction_fee, money.settlement, pays),
        elsewhere=read_accounts(scenario),
        suppliers=SupplierTerms(money.suppliers.deposit, money.suppliers.terms),
        loan=read_loan(money.loan),
        deposit=fen(money.deposit),
        opening_cash=fen(money.opening_cash),
        when_broke=HALTS.index(money.when_broke),
    )


class Finance:
    """The books.

    Parameters
    ----------
    teams
        The payroll of each stage.
    stage
        In which the store opens; its team is there already.
    opening_stock
        Cost of the stock on the shelf on the first morning, fen.
    """

    def __init__(self, rates: Rates, teams: tuple[Payroll, ...], stage: int, opening_stock: float) -> None:
        self._rates = rates
        self._teams = teams
        self._stage = stage
        self._first = (opening_stock, rates.deposit)
        self._accounts = Accounts((rates.jd, *rates.elsewhere))
        self._payables = Payables(rates.suppliers)
        self._loan = Loan(rates.loan)
        self._ruined = False
        self.halt = OPEN
        """What the store does not do tomorrow for want of money: a place in `today.HALTS`."""

        self.cash = rates.opening_cash
        self.profit = 0.0
        self.owed = self.payables = self.loan = 0.0
        """What JD and other platforms owe the store; what it owes its suppliers, and on its loan; fen."""

    @property
    def worth(self) -> float:
        """What the opening cash has become, goods apart: cash, deposit and claims, less debts and profit; fen."""
        return self.cash + self._rates.deposit + self.owed - self.payables - self.loan - self.profit

    def close(self, stage: int, trade: Trade, bought: Bought, parcels: Parcels) -> Day:
        """Book the day."""
        never_paid = parcels.called_off_gmv + parcels.refused_gmv
        settled = self._accounts.close(
            trade.gmv, parcels.refunds, parcels.delivered_gmv, never_paid, trade.elsewhere
        )  # fmt: skip
        opening_stock, deposit = self._first
        self._first = (0.0, 0.0)
        purchases = self._payables.close(bought.ordered + opening_stock, bought.received + opening_stock)
        wages, overheads, people, hired = self._pay(stage)
        interest = self._loan.interest(trade.score)
        running_costs = trade.spend + parcels.postage + wages + hired + parcels.penalties + overheads + interest
        running_costs += bought.holding + trade.coupons + trade.bean_cost
        write_offs = bought.cleared - bought.cleared_for
        refunds = parcels.refunds + never_paid
        earned = trade.gmv - refunds - settled.commission - settled.fee - bought.sold - write_offs
        profit = earned - running_costs
        cash_in = settled.received + bought.cleared_for
        cash_out = parcels.refunds + purchases + running_costs + deposit
        self.cash += cash_in - cash_out
        borrowed = self._loan.move(self.cash)
        self.cash += borrowed
        self.profit += profit
        self.owed, self.payables, self.loan = self._accounts.owed, self._payables.owed, self._loan.owed
        # In the order of its fields: names would take longer than all of the sums.
        return Day(
            refunds, purchases, bought.sold, settled.commission, settled.fee, parcels.postage, wages, hired,
            parcels.penalties, overheads, interest, bought.holding, write_offs, trade.bean_cost,
            profit, cash_in, cash_out, borrowed, people, self._judge(),
        )  # fmt: skip

    def _pay(self, stage: int) -> tuple[float, float, float, float]:
        """Wages, overheads, people, and what finding new ones cost; a store that has closed has nobody."""
        before, team = self._teams[self._stage], self._teams[stage]
        self._stage = stage
        if self.halt == SHUT:
            return 0.0, 0.0, 0.0, 0.0
        return team.wages, team.overheads, float(team.people), hiring(before, team) if team is not before else 0.0

    def _judge(self) -> float:
        """Decide what stops tomorrow; 1 if the money has run out for the first time today."""
        broke = self.cash < 0.0
        first = broke and not self._ruined
        self._ruined = self._ruined or broke
        if self.halt != SHUT:
            self.halt = self._rates.when_broke if broke else OPEN
        return 1.0 if first else 0.0
