"""Money: what the day earned, and what moved the bank account (MODEL section 11). All amounts are whole fen.

Earned: GMV, less refunds, commission, transaction fee, cost of goods, advertising, parcels, wages, penalties and
overheads. Commission is charged on GMV and comes back with a refund; the transaction fee does not. The cost of goods
is that of pieces sold, less those that came back to the shelf: a written-off return stays a cost.

Cash: GMV arrives `settlement` days after delivery, net of commission and fee; refunds, suppliers (when they are
called), advertising, parcels, wages, penalties and overheads leave the same day; the deposit and the opening stock on
the opening day.

Both must agree: cash + deposit + what JD still owes + goods at cost = opening cash + profit so far, to the fen. Rates
are therefore rounded on running totals, so that no fen is lost between the two.
"""

from __future__ import annotations

from typing import NamedTuple

from storesim.model.fulfilment import Parcels
from storesim.model.goods import fen
from storesim.model.inventory import Bought
from storesim.scenario.document import Scenario


class Rates(NamedTuple):
    """What never changes while the store trades."""

    commission: float
    fee: float
    parcel: float
    deposit: float
    opening_cash: float
    settlement: int


class Day(NamedTuple):
    """The money of one day, fen."""

    refunds: float
    purchases: float
    goods_cost: float
    commission: float
    transaction_fee: float
    parcels: float
    wages: float
    penalties: float
    overheads: float
    profit: float
    cash_in: float
    cash_out: float


class Running(NamedTuple):
    """Totals so far, fen; what is taken from them is rounded here and nowhere else."""

    gmv: float = 0.0
    refunds: float = 0.0
    settled: float = 0.0
    commission: float = 0.0
    """Earned by JD on GMV less refunds."""

    fee: float = 0.0
    charged: float = 0.0
    """Commission and fee taken from settlements, less what came back with refunds."""


def read_rates(scenario: Scenario) -> Rates:
    """Fees and terms."""
    money = scenario.operations.money
    return Rates(
        commission=money.commission,
        fee=money.transaction_fee,
        parcel=fen(money.parcel),
        deposit=fen(money.deposit),
        opening_cash=fen(money.opening_cash),
        settlement=money.settlement,
    )


def read_wages(scenario: Scenario) -> tuple[float, float]:
    """Wages and overheads a day in one stage, fen."""
    operations = scenario.operations
    wages = operations.service.agents * operations.money.agent_wage + operations.money.other_wages
    return fen(wages), fen(operations.money.overheads)


class Finance:
    """The books.

    Parameters
    ----------
    wages
        Wages and overheads a day in each stage, fen.
    opening_stock
        Cost of the stock on the shelf on the first morning, fen; paid on the opening day.
    """

    def __init__(self, rates: Rates, wages: tuple[tuple[float, float], ...], opening_stock: float) -> None:
        self._rates = rates
        self._wages = wages
        self._first = (opening_stock, rates.deposit)
        self._running = Running()
        self._delivered: list[float] = []
        self.cash = rates.opening_cash
        self.profit = 0.0

    @property
    def owed(self) -> float:
        """What JD owes the store: GMV not yet settled, less the commission and fee still to be taken from it; fen."""
        run = self._running
        return run.gmv - run.settled - (run.commission + run.fee - run.charged)

    @property
    def worth(self) -> float:
        """What the opening cash has become, goods apart: cash, deposit and what JD owes, less profit; fen."""
        return self.cash + self._rates.deposit + self.owed - self.profit

    def close(self, stage: int, gmv: float, spend: float, bought: Bought, parcels: Parcels) -> Day:
        """Book the day."""
        rates, before = self._rates, self._running
        self._delivered.append(parcels.delivered_gmv)
        settled = self._delivered[-1 - rates.settlement] if len(self._delivered) > rates.settlement else 0.0
        now = self._running = _further(rates, before, gmv, parcels.refunds, settled)
        commission, fee = now.commission - before.commission, now.fee - before.fee
        wages, overheads = self._wages[stage]
        posted = rates.parcel * parcels.dispatched
        opening_stock, deposit = self._first
        self._first = (0.0, 0.0)
        purchases = bought.ordered + opening_stock
        running_costs = spend + posted + wages + parcels.penalties + overheads
        profit = gmv - parcels.refunds - commission - fee - bought.sold - running_costs
        cash_in = settled - (now.charged - before.charged)
        cash_out = parcels.refunds + purchases + running_costs + deposit
        self.cash += cash_in - cash_out
        self.profit += profit
        return Day(
            refunds=parcels.refunds,
            purchases=purchases,
            goods_cost=bought.sold,
            commission=commission,
            transaction_fee=fee,
            parcels=posted,
            wages=wages,
            penalties=parcels.penalties,
            overheads=overheads,
            profit=profit,
            cash_in=cash_in,
            cash_out=cash_out,
        )


def _further(rates: Rates, before: Running, gmv: float, refunds: float, settled: float) -> Running:
    gmv, refunds, settled = before.gmv + gmv, before.refunds + refunds, before.settled + settled
    return Running(
        gmv=gmv,
        refunds=refunds,
        settled=settled,
        commission=share(rates.commission, gmv - refunds),
        fee=share(rates.fee, gmv),
        charged=share(rates.commission, settled - refunds) + share(rates.fee, settled),
    )


def share(rate: float, total: float) -> float:
    """A rate of a running total, in whole fen."""
    return float(round(rate * total))
