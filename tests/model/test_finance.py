"""The books to the fen (MODEL section 11)."""

from __future__ import annotations

import pytest

from storesim.model.credit import LoanTerms, SupplierTerms
from storesim.model.finance import Finance, Rates, Trade, read_rates
from storesim.model.fulfilment import Parcels
from storesim.model.inventory import Bought
from storesim.model.payroll import Payroll, read_payroll
from storesim.model.settlement import Terms, share
from tests.model.small import scenario

RATES = Rates(
    jd=Terms(0.06, 0.006, 1), suppliers=SupplierTerms(1.0, 0), loan=LoanTerms(0.0, 0.0, 0.24, 0.14),
    deposit=1_000_000.0, opening_cash=30_000_000.0, when_broke=0,
)  # fmt: skip
NOTHING = Bought(0.0, 0.0, 0.0, 0.0, 0.0)
NO_TRADE = Trade(0.0, 0.0, 0.5)
NO_PARCELS = Parcels(*[0.0] * 8)


def _books(days: int = 1) -> Finance:
    team = Payroll(60_000.0, 10_000.0, 2)
    return Finance(RATES._replace(jd=Terms(0.06, 0.006, days)), (team,) * 3, 0, 2_000_000.0)


def test_the_first_day_pays_deposit_and_opening_stock() -> None:
    books = _books()

    day = books.close(0, NO_TRADE, NOTHING, NO_PARCELS)

    assert day.purchases == 2_000_000.0
    assert day.cash_out == 2_000_000.0 + 1_000_000.0 + 70_000.0
    assert day.profit == -70_000.0
    assert books.cash == 30_000_000.0 - 3_070_000.0
    # The deposit and the goods are still the store's.
    assert books.worth + 2_000_000.0 == 30_000_000.0


def test_a_day_of_trade_earns_what_is_left_after_every_cost() -> None:
    books = _books()
    books.close(0, NO_TRADE, NOTHING, NO_PARCELS)
    parcels = Parcels(
        dispatched=7.0, late=1.0, wait=9.0, penalties=333.0, delivered=0.0, delivered_gmv=0.0, returned_units=2.0,
        refunds=12_345.0, postage=5_600.0,
    )  # fmt: skip

    day = books.close(0, Trade(123_457.0, 4_321.0, 0.5), Bought(50_001.0, 60_002.0, 3.0, 0.0, 0.0), parcels)

    # 6 % of 123,457 - 12,345 = 111,112 is 6,666.72; 0.6 % of 123,457 is 740.742.
    assert (day.commission, day.transaction_fee, day.parcels) == (6_667.0, 741.0, 5_600.0)
    assert day.profit == 123_457 - 12_345 - 6_667 - 741 - 50_001 - 4_321 - 5_600 - 60_000 - 333 - 10_000
    # Nothing is settled yet; the commission on the refund comes back at once: 740.70 fen.
    assert day.cash_in == 741.0
    assert day.cash_out == 12_345 + 60_002 + 4_321 + 5_600 + 60_000 + 333 + 10_000


@pytest.mark.parametrize("days", [0, 1, 5])
def test_money_arrives_its_days_after_delivery_less_commission_and_fee(days: int) -> None:
    books = _books(days)
    delivery = NO_PARCELS._replace(delivered=1.0, delivered_gmv=100_000.0)
    inflow = [books.close(0, Trade(100_000.0, 0.0, 0.5), NOTHING, delivery).cash_in]

    inflow += [books.close(0, NO_TRADE, NOTHING, NO_PARCELS).cash_in for _ in range(7)]

    assert inflow == [100_000.0 - 6_000.0 - 600.0 if day == days else 0.0 for day in range(8)]


def test_no_fen_is_lost_by_rounding_day_by_day() -> None:
    books = _books()
    delivery = NO_PARCELS._replace(delivered=1.0, delivered_gmv=101.0)
    days = [books.close(0, Trade(101.0, 0.0, 0.5), NOTHING, delivery) for _ in range(1000)]

    # 6 % and 0.6 % of 1,000 x 101 fen, not of 101 fen rounded a thousand times (6,000 and 1,000).
    assert sum(day.commission for day in days) == 6_060.0
    assert sum(day.transaction_fee for day in days) == 606.0
    assert books.worth + 2_000_000.0 == 30_000_000.0


def test_rates_are_read_in_fen() -> None:
    plan = scenario(
        {"operations.money.deposit": 10_000, "operations.money.agent_wage": 150, "operations.service.agents": 3}
    )
    team = read_payroll(plan)

    assert read_rates(plan).deposit == 1_000_000.0
    assert (team.wages, team.overheads) == (125_000.0, 10_000.0)  # 3 x 150 + 800 yuan; 100 yuan
    assert share(0.06, 111_112.0) == 6_667.0
