"""Suppliers' terms, the platform's dates, the loan and the empty till, booked by hand."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from storesim.model.credit import Loan, LoanTerms, Payables, SupplierTerms
from storesim.model.payroll import Payroll, hiring
from storesim.model.settlement import Accounts, Terms, pay_days
from storesim.runs.one import simulate
from tests.model.small import scenario

NOTHING_SOLD = {"market.searches_per_day": 0, "channels": {"search": {"mechanism": "organic"}}, "horizon": 40}
NO_SHELF = {"operations.stock.policy": "unlimited"}
A_DAY = 1_100.0
"""CNY a day: 800 for everybody else, 200 for the agent, 100 overheads."""


def test_a_third_is_paid_at_the_order_and_the_rest_three_days_after_receipt() -> None:
    suppliers = Payables(SupplierTerms(0.3, 3))
    ordered = [1_001.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    received = [0.0, 0.0, 401.0, 600.0, 0.0, 0.0, 0.0, 0.0]

    paid = [suppliers.close(*day) for day in zip(ordered, received, strict=True)]

    # 30 % of 1,001 is 300; 401 came on day 2, of which 120 were paid: 281 on day 5; the rest on day 6.
    assert paid == [300.0, 0.0, 0.0, 0.0, 0.0, 281.0, 420.0, 0.0]
    assert suppliers.owed == 0.0


def test_without_terms_suppliers_are_paid_when_they_are_called() -> None:
    suppliers = Payables(SupplierTerms(1.0, 0))

    assert [suppliers.close(500.0, 0.0), suppliers.close(70.0, 500.0)] == [500.0, 70.0]
    assert suppliers.owed == 0.0


def test_jd_pays_on_its_dates_what_is_due_by_then() -> None:
    # 28 January to 6 February: pays on the 1st and the 5th.
    account = Accounts((Terms(0.05, 0.0, 1, pay_days((1, 5), dt.date(2027, 1, 28), 10)),))

    received = [account.close(1_000.0, 0.0, 1_000.0).received for _ in range(10)]

    # By 1 February (day 4) the deliveries of days 0 to 3 are due; by the 5th (day 8) those of days 4 to 7.
    assert received == [0.0] * 4 + [3_800.0] + [0.0] * 3 + [3_800.0, 0.0]
    assert account.owed == 2 * 950.0


def test_a_date_that_a_month_lacks_is_its_last_day() -> None:
    days = pay_days((31,), dt.date(2027, 1, 1), 120)

    paid = [dt.date(2027, 1, 1) + dt.timedelta(days=i) for i, pays in enumerate(days) if pays]
    assert paid == [dt.date(2027, 1, 31), dt.date(2027, 2, 28), dt.date(2027, 3, 31), dt.date(2027, 4, 30)]
    assert pay_days((), dt.date(2027, 1, 1), 120) == ()


def test_the_loan_is_drawn_to_the_floor_and_repaid_from_what_is_above() -> None:
    loan = Loan(LoanTerms(limit=1_000.0, floor=200.0, rate=0.24, best_rate=0.14))

    moves = [loan.move(cash) for cash in (500.0, 150.0, -2_000.0, 200.0, 600.0, 5_000.0, 5_000.0)]

    # 50 to the floor; 950 more is all there is; nothing at the floor; 400 and then the last 600 back.
    assert moves == [0.0, 50.0, 950.0, 0.0, -400.0, -600.0, 0.0]
    assert loan.owed == 0.0


@pytest.mark.parametrize(("score", "a_year"), [(0.0, 24_000.0), (0.5, 19_000.0), (1.0, 14_000.0)])
def test_a_year_of_daily_interest_is_the_rate_of_the_score_to_the_fen(score: float, a_year: float) -> None:
    loan = Loan(LoanTerms(limit=1e9, floor=0.0, rate=0.24, best_rate=0.14))
    loan.move(-100_000.0)

    days = [loan.interest(score) for _ in range(365)]

    assert sum(days) == a_year
    # Whole fen each day, and never more than one from the next.
    assert max(days) - min(days) <= 1.0
    assert all(day == int(day) for day in days)


def test_only_those_beyond_the_stage_before_are_hired() -> None:
    small = Payroll(0.0, 0.0, 4, (("copy", 1, 500.0), ("design", 2, 300.0)))
    grown = Payroll(0.0, 0.0, 6, (("copy", 4, 500.0), ("design", 1, 300.0), ("data", 1, 900.0)))

    assert hiring(small, grown) == 3 * 500.0 + 900.0
    assert hiring(grown, small) == 300.0


@pytest.mark.parametrize("cash", [11_000, 11_001, 10_999, 1_099.99, 40_000])
def test_with_a_steady_loss_the_till_is_empty_on_the_day_arithmetic_says(cash: float) -> None:
    run = simulate(scenario(NOTHING_SOLD | NO_SHELF | {"operations.money": {"opening_cash": cash, "deposit": 0}}), 1)

    # After n days cash is `cash − 1,100 n`, below 0 for the first time at n = floor(cash / 1,100) + 1.
    day = int(cash // A_DAY)
    ruin = run.daily("ruin")
    assert ruin.sum() == (1.0 if day < 40 else 0.0)
    assert day >= 40 or ruin.argmax() == day
    np.testing.assert_allclose(run.daily("cash"), cash - A_DAY * np.arange(1, 41), atol=1e-9)


def test_a_loan_puts_off_the_day_by_what_it_lends_and_costs() -> None:
    money = {"opening_cash": 11_000, "deposit": 0, "loan": {"limit": 5_500, "rate": 0.365, "best_rate": 0.365}}
    run = simulate(scenario(NOTHING_SOLD | NO_SHELF | {"operations.money": money}), 1)

    # Cash is 0 after day 9. On days 10 to 14 a thousandth a day: 0, 1.10, 2.20, … on what was owed in the morning.
    owed, interest = 0.0, []
    for _ in range(4):
        interest.append(round(owed * 0.001, 2))
        owed += A_DAY + interest[-1]
    assert run.daily("interest")[10:14].round(2).tolist() == interest
    assert run.daily("loan")[13] == pytest.approx(owed)
    assert run.daily("ruin").argmax() == 14  # 1,093.39 were left to be lent, 1,104.41 were needed
    assert run.daily("loan")[14:].tolist() == [5_500.0] * 26


def test_what_an_empty_till_stops_stands_still_from_the_next_day() -> None:
    poor = {"operations.money.opening_cash": 26_000, "horizon": 40}
    runs = {
        choice: simulate(scenario(poor | {"operations.money.when_broke": choice}), 1)
        for choice in ("go_on", "stop_buying", "stop_ads", "close")
    }
    day = int(runs["go_on"].daily("ruin").argmax())
    after = slice(day + 1, None)
    broke = {choice: run.daily("cash")[day:-1] < 0 for choice, run in runs.items()}

    for run in runs.values():
        assert run.daily("ruin").argmax() == day
        assert run.daily("gmv")[: day + 1].tolist() == runs["go_on"].daily("gmv")[: day + 1].tolist()
    assert (runs["stop_buying"].daily("purchased_units")[after][broke["stop_buying"]] == 0).all()
    assert (runs["stop_ads"].daily("ad_spend")[after][broke["stop_ads"]] == 0).all()
    assert (runs["go_on"].daily("ad_spend")[after] > 0).all()
    shut = runs["close"]
    for name in ("uv", "orders", "ad_spend", "purchases", "wages", "overheads", "people"):
        assert shut.daily(name)[after].sum() == 0.0, name
    assert shut.daily("delivered")[after].sum() > 0.0  # parcels on their way still arrive, and are paid for


def test_publishers_send_nobody_where_ads_are_off() -> None:
    publishers = {"channels.affiliates": {"mechanism": "pay_per_sale", "visitors": 300, "rate": 0.1}}
    poor = {"operations.money.opening_cash": 1_000, "operations.money.when_broke": "stop_ads", "horizon": 30}

    run = simulate(scenario(publishers | poor), 1)

    broke = run.daily("cash")[:-1] < 0
    assert run.daily("uv", "affiliates")[0] > 0
    assert broke.sum() > 5
    assert (run.daily("uv", "affiliates")[1:][broke] == 0).all()


def test_nobody_buys_in_a_store_that_has_closed_whatever_was_put_off() -> None:
    poor = {"operations.money.opening_cash": 26_000, "operations.money.when_broke": "close", "horizon": 40}
    presale = {
        "kind": "presale", "skus": ["H"], "from": "2027-01-01", "to": "2027-02-05", "discount": 0.1,
        "balance": "2027-02-06",
    }  # fmt: skip
    later = {"operations.conversion.later": 0.7, "promotions.early": presale}

    run = simulate(scenario(poor | later), 1)

    day = int(run.daily("ruin").argmax())
    assert 5 < day < 30
    assert run.daily("put_off")[:day].sum() > run.daily("came_back")[: day + 1].sum()
    for name in ("uv", "orders", "came_back", "deposits_paid"):
        assert run.daily(name)[day + 1 :].sum() == 0.0, name
    assert run.total("deposits_lapsed") == run.total("deposits") > 0


def test_a_stage_pays_its_team_and_finds_its_new_people() -> None:
    run = simulate(
        scenario(
            {
                "operations.staff": {"推广": {"number": 1, "wage": 250, "hiring": 2_000}},
                "stages.growth": {
                    "gate": {"on": "2027-01-21"},
                    "playbook": {"operations.staff.推广.number": 3, "operations.service.agents": 2},
                },
            }
        ),
        1,
    )

    assert run.daily("wages").tolist() == [1_250.0] * 20 + [1_950.0] * 40
    assert run.daily("people").tolist() == [2.0] * 20 + [5.0] * 40
    assert run.daily("hiring").tolist() == [0.0] * 20 + [4_000.0] + [0.0] * 39


def test_longer_terms_and_a_smaller_deposit_never_leave_less_cash_early_and_earn_the_same() -> None:
    def cash(deposit: float, terms: int) -> tuple[np.ndarray, float]:
        changes = {"operations.money.suppliers": {"deposit": deposit, "terms": terms}}
        run = simulate(scenario(changes), 3)
        return run.daily("cash") - run.daily("owed_to_suppliers"), run.total("profit")

    at_once, later = cash(1.0, 0), cash(0.3, 45)

    assert at_once[1] == later[1]
    # What is not paid yet is owed: cash less debts is the same every day.
    np.testing.assert_allclose(at_once[0], later[0], atol=0.01)


@settings(max_examples=12, deadline=None)
@given(
    deposit=st.floats(0, 1), terms=st.integers(0, 60), limit=st.floats(0, 1e5), floor=st.floats(0, 3e4),
    cash=st.floats(0, 6e4), commission=st.floats(0, 0.3), dates=st.lists(st.integers(1, 31), max_size=3),
    days=st.integers(0, 30), broke=st.sampled_from(["go_on", "stop_buying", "stop_ads", "close"]),
)  # fmt: skip
def test_the_books_balance_whatever_the_terms(
    *, deposit: float, terms: int, limit: float, floor: float, cash: float, commission: float, dates: list[int],
    days: int, broke: str,
) -> None:  # fmt: skip
    money = {
        "opening_cash": cash, "commission": commission, "settlement": days, "settlement_dates": dates,
        "suppliers": {"deposit": deposit, "terms": terms}, "loan": {"limit": limit, "floor": floor},
        "when_broke": broke,
    }  # fmt: skip
    run = simulate(scenario({"operations.money": money, "horizon": 45}), 5)  # the audit is in every run

    assert run.daily("ruin").sum() in (0.0, 1.0)
    assert run.daily("loan").max() <= limit + 0.01
    assert (run.daily("owed_to_suppliers") >= 0.0).all()
