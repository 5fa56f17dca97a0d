"""Platforms' accounts: what was charged is a share of totals, to the fen (DOMAIN 5.8)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.model.settlement import Accounts, Terms, share

TWICE_A_MONTH = tuple(day % 15 == 14 for day in range(90))


@pytest.mark.parametrize(
    "terms", [Terms(0.05, 0.006, 7), Terms(0.137, 0.0, 0), Terms(0.08, 0.006, 3, TWICE_A_MONTH)]
)  # fmt: skip
@pytest.mark.parametrize("idle", [0.0, 0.6])
def test_an_account_of_many_days_is_that_of_their_totals(terms: Terms, idle: float) -> None:
    account, generator = Accounts((terms,)), np.random.default_rng(5)
    commission = fee = received = gmv = refunds = called_off = paid = waiting = 0.0
    delivered: list[float] = []

    for day in range(90):
        sold, back, off, left = (generator.integers(0, 50_000, 4) * (generator.random(4) > idle)).tolist()
        today = account.close(float(sold), float(back), float(left), float(off))
        delivered.append(left)
        waiting += delivered[day - terms.days] if day >= terms.days else 0.0
        if not terms.pays or terms.pays[day]:
            paid, waiting = paid + waiting, 0.0
        gmv, refunds, called_off = gmv + sold, refunds + back, called_off + off
        commission, fee = commission + today.commission, fee + today.fee
        received += today.received
        given_back = refunds + called_off
        taken = share(terms.commission, paid - refunds) + share(terms.fee, paid + called_off)
        assert commission == share(terms.commission, gmv - given_back)
        assert fee == share(terms.fee, gmv)
        assert received == paid - taken
        assert account.owed == gmv - paid - called_off - (commission + fee - taken)
    assert received > 0.0
