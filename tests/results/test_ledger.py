"""`Ledger`: nothing undeclared gets in, nothing declared is missing."""

from __future__ import annotations

import numpy as np
import pytest

from storesim import kpi
from storesim.errors import RunError, ShapeError
from storesim.results.ledger import Ledger

N = len(kpi.CHANNEL_COUNTS)


def _store(n_days: int) -> dict[str, np.ndarray]:
    return {count.name: np.arange(n_days) + 10.0 * i for i, count in enumerate(kpi.STORE_COUNTS)}


def test_what_was_recorded_comes_out_in_the_order_of_kpi() -> None:
    ledger = Ledger(2, ["search", "express"])
    ledger.record(np.arange(4.0 * N).reshape(2, 2, N), dict(reversed(_store(2).items())))

    by_channel, of_store = ledger.close()

    np.testing.assert_array_equal(by_channel, np.arange(4.0 * N).reshape(2, 2, N))
    np.testing.assert_array_equal(of_store.T, list(_store(2).values()))
    assert not by_channel.flags.writeable
    assert not of_store.flags.writeable


def test_a_declared_count_nobody_recorded_is_named_when_the_ledger_closes() -> None:
    ledger, store = Ledger(2, ["search"]), _store(2)
    del store["refunds"]
    store["wages"][0], store["wages"][1] = 5.0, np.nan
    ledger.record(np.zeros((2, 1, N)), store)

    with pytest.raises(RunError, match=r"refunds, wages; first on day 0") as caught:
        ledger.close()

    assert caught.value.day == 0


def test_a_channel_count_that_is_not_a_number_is_named_when_the_ledger_closes() -> None:
    ledger = Ledger(2, ["search"])
    days = np.zeros((2, 1, N))
    days[1, 0, kpi.CHANNEL_INDEX["gmv"]] = np.nan
    ledger.record(days, _store(2))

    with pytest.raises(RunError, match="gmv; first on day 1"):
        ledger.close()


def test_a_count_nobody_declared_is_refused() -> None:
    with pytest.raises(RunError, match="'gvm'"):
        Ledger(1, ["search"]).record(np.zeros((1, 1, N)), _store(1) | {"gvm": np.ones(1)})


def test_days_that_are_missing_are_refused() -> None:
    with pytest.raises(ShapeError):
        Ledger(3, ["search"]).record(np.zeros((2, 1, N)), _store(3))
    with pytest.raises(ShapeError, match="cash"):
        Ledger(3, ["search"]).record(np.zeros((3, 1, N)), _store(3) | {"cash": np.zeros(2)})


def test_a_ledger_in_which_nothing_was_written_does_not_close() -> None:
    with pytest.raises(RunError, match="nobody recorded it"):
        Ledger(3, ["search"]).close()
