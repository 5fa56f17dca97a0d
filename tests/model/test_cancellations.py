"""Orders cancelled on their own day: no GMV, no parcel, and pieces that are back at midnight (MODEL section 11)."""

from __future__ import annotations

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.errors import ConservationError
from storesim.results.run import Run
from storesim.runs.one import simulate
from tests.model.small import scenario, store
from tests.model.test_later import STILL

LATE_WAVE = {"operations.dispatch.waves": [23.99]}
"""Nothing leaves before the evening."""


def _run(settings: dict[str, object] | None = None, **cancellations: float) -> Run:
    more = {f"operations.cancellations.{name}": value for name, value in cancellations.items()}
    return simulate(scenario({**STILL, "catalogue.lines": 1, "catalogue.quantity": 1, **(settings or {}), **more}), 3)


def test_without_cancellations_the_name_and_the_bytes_are_those_of_before() -> None:
    plain, idle = scenario(), scenario({"operations.cancellations.delay": 9})

    assert plain.fingerprint == idle.fingerprint
    assert simulate(plain, 3).by_channel.tobytes() == simulate(idle, 3).by_channel.tobytes()


def test_a_cancelled_order_is_neither_gmv_nor_order_nor_parcel() -> None:
    plain, some = _run(), _run(rate=0.4)

    gone, worth = some.daily("cancelled_orders"), some.daily("cancelled_gmv")
    assert gone.sum() > 50
    np.testing.assert_array_equal(some.daily("orders") + gone, plain.daily("orders"))
    np.testing.assert_allclose(some.daily("gmv") + worth, plain.daily("gmv"), rtol=1e-12)
    np.testing.assert_array_equal(some.daily("uv"), plain.daily("uv"))
    assert some.total("dispatched") < plain.total("dispatched")
    for name in ("commission", "transaction_fee"):
        share = some.daily("gmv").sum() / plain.daily("gmv").sum()
        assert some.total(name) == pytest.approx(share * plain.total(name), rel=0.01)


def test_an_order_that_has_left_or_seen_midnight_cannot_be_cancelled() -> None:
    early, late = _run({"operations.dispatch.waves": [1, 5, 9, 13, 17, 21, 23.9]}, rate=0.5), _run(LATE_WAVE, rate=0.5)
    slow = _run(LATE_WAVE, rate=0.5, delay=100.0)

    assert early.total("cancelled_orders") < 0.8 * late.total("cancelled_orders")
    assert slow.total("cancelled_orders") < 0.3 * late.total("cancelled_orders")


def test_pieces_of_cancelled_orders_are_off_the_shelf_until_midnight() -> None:
    bare = {"operations.stock": {"policy": "base", "expected_units": 3, "opening": 4, "safety": 0, "lot": 1}}
    seen: list[tuple[int, int]] = []
    shop = store({**STILL, **bare, **LATE_WAVE, "operations.cancellations.rate": 1.0, "horizon": 5})
    play = shop.kernel.play

    def watched(start: float, end: float, arrivals: d.Arrivals) -> None:
        play(start, 20.0, arrivals)
        seen.append((int(shop.kernel.state.held.sum()), int(shop.kernel.state.stock.sum())))
        play(20.0, end, arrivals)
        seen.append((int(shop.kernel.state.held.sum()), int(shop.kernel.state.stock.sum())))

    shop.kernel.play = watched  # type: ignore[method-assign]  # the same kernel, looked at in the evening
    shop.live()

    evening, midnight = np.array(seen[::2]), np.array(seen[1::2])
    assert (evening[:, 0] > 0).all()
    assert (midnight[:, 0] == 0).all()
    assert (midnight[:, 1] > evening[:, 1]).any()


def test_pieces_that_will_come_back_are_not_bought_again() -> None:
    policy = {"operations.stock": {"policy": "base", "expected_units": 3, "opening": 9, "safety": 0}}
    shop = store({
        **STILL, **policy, **LATE_WAVE, "operations.returns": {"rate": 0}, "operations.cancellations.rate": 0.6,
        "horizon": 20,
    })  # fmt: skip
    level = shop.kernel.state.stock.copy()
    highest = np.zeros_like(level)
    play = shop.kernel.play

    def watched(start: float, end: float, arrivals: d.Arrivals) -> None:
        play(start, end, arrivals)
        np.maximum(highest, shop.kernel.state.stock + shop.kernel.state.on_order, out=highest)

    shop.kernel.play = watched  # type: ignore[method-assign]  # the same kernel, looked at
    shop.live()

    assert highest.min() > 0
    assert (highest <= level).all()


def test_pieces_that_do_not_come_back_stop_the_run() -> None:
    broken = store({**STILL, **LATE_WAVE, "operations.cancellations.rate": 1.0, "horizon": 5})
    play = broken.kernel.play

    def forgetful(start: float, end: float, arrivals: d.Arrivals) -> None:
        play(start, 20.0, arrivals)
        broken.kernel.state.held[:] = 0
        play(20.0, end, arrivals)

    broken.kernel.play = forgetful  # type: ignore[method-assign]  # a kernel that loses what is held

    with pytest.raises(ConservationError, match="is not the closing stock"):
        broken.live()
