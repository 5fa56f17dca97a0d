"""`Ledger`: nothing undeclared gets in, nothing declared is missing."""

from __future__ import annotations

import numpy as np
import pytest

from storesim import kpi
from storesim.errors import RunError, ShapeError
from storesim.results.ledger import Ledger

N = len(kpi.CHANNEL_COUNTS)
STORE = {count.name: float(i) for i, count in enumerate(kpi.STORE_COUNTS)}


def test_what_was_recorded_comes_out_in_the_order_of_kpi() -> None:
    ledger = Ledger(2, ["search", "express"])
    for day in range(2):
        ledger.record(day, np.arange(2.0 * N).reshape(2, N) + day, dict(reversed(STORE.items())))

    by_channel, of_store = ledger.close()

    np.testing.assert_array_equal(by_channel[1], np.arange(2.0 * N).reshape(2, N) + 1)
    np.testing.assert_array_equal(of_store, [list(STORE.values())] * 2)
    assert not by_channel.flags.writeable
    assert not of_store.flags.writeable


def test_a_declared_count_nobody_recorded_is_named_when_the_ledger_closes() -> None:
    ledger = Ledger(2, ["search"])
    ledger.record(0, np.zeros((1, N)), STORE)
    ledger.record(1, np.zeros((1, N)), {name: 0.0 for name in STORE if name not in {"refunds", "wages"}})

    with pytest.raises(RunError, match=r"refunds, wages; first on day 1") as caught:
        ledger.close()

    assert caught.value.day == 1


def test_a_channel_count_that_is_not_a_number_is_named_when_the_ledger_closes() -> None:
    ledger = Ledger(1, ["search"])
    row = np.zeros((1, N))
    row[0, kpi.CHANNEL_INDEX["gmv"]] = np.nan
    ledger.record(0, row, STORE)

    with pytest.raises(RunError, match="gmv"):
        ledger.close()


def test_a_count_nobody_declared_is_refused() -> None:
    with pytest.raises(RunError, match="'gvm'"):
        Ledger(1, ["search"]).record(0, np.zeros((1, N)), STORE | {"gvm": 1.0})


@pytest.mark.parametrize("day", [-1, 0, 3])
def test_a_day_is_recorded_once_and_within_the_run(day: int) -> None:
    ledger = Ledger(3, ["search"])
    ledger.record(0, np.zeros((1, N)), STORE)

    with pytest.raises(RunError, match=f"day {day}"):
        ledger.record(day, np.zeros((1, N)), STORE)


def test_a_missing_day_is_named_when_the_ledger_closes() -> None:
    ledger = Ledger(3, ["search"])
    ledger.record(0, np.zeros((1, N)), STORE)
    ledger.record(2, np.zeros((1, N)), STORE)

    with pytest.raises(RunError, match="day 1 was never recorded"):
        ledger.close()


def test_a_row_of_another_shape_is_refused() -> None:
    with pytest.raises(ShapeError):
        Ledger(1, ["search"]).record(0, np.zeros((2, N)), STORE)
