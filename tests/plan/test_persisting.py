"""How much of a level goes on: luck that passes, levels that stay, and a forecast that is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.plan.persisting import carried

Array = NDArray[np.float64]


def _paths(persistence: float, n: int = 400) -> tuple[Array, Array]:
    """Logs of a driver in a window and after it, the second with that slope in the first."""
    rng = np.random.default_rng(3)
    window = 5.0 + 0.1 * rng.standard_normal(n)
    return window, 6.0 + persistence * (window - 5.0) + 0.05 * rng.standard_normal(n)


@pytest.mark.parametrize("persistence", [0.0, 0.5, 1.0])
def test_luck_as_the_paths_have_it_goes_on_as_far_as_in_the_paths(persistence: float) -> None:
    window, rest = _paths(persistence)

    moved = rest + carried(window, rest, shown=5.1, stays=0.9)

    # One path in five goes on as if the forecast were wrong, 0.9 of the difference; the others by the slope.
    wrong = np.count_nonzero(np.isclose(moved - rest, 0.9 * (5.1 - window))) / window.size
    assert 0.1 < wrong < 0.35
    expected = 0.1 * (wrong * 0.9 + (1.0 - wrong) * persistence)
    assert float(moved.mean() - rest.mean()) == pytest.approx(expected, abs=0.02)


def test_a_level_no_path_has_is_taken_for_the_stores_own() -> None:
    window, rest = _paths(0.0)

    moved = carried(window, rest, shown=5.0 - 8 * 0.1, stays=0.9)

    assert np.allclose(moved, 0.9 * (4.2 - window))


def test_a_passing_month_leaves_the_spread_of_the_year_as_it_was() -> None:
    window, rest = _paths(0.0)

    moved = rest + carried(window, rest, shown=5.0, stays=0.9)

    # Scaling every path by its own distance would give sqrt(0.05² + 0.09²) = 0.103.
    assert float(moved.std()) < 0.07


def test_a_single_path_keeps_the_level_shown() -> None:
    moved = carried(np.array([5.0]), np.array([6.0]), shown=5.2, stays=0.5)

    assert moved.tolist() == pytest.approx([0.1])


def test_each_driver_has_other_paths_that_go_on_as_if_the_forecast_were_wrong() -> None:
    window, rest = _paths(0.0, n=50)

    first, second = (carried(window, rest, shown=5.15, stays=0.9, place=place) for place in (0, 1))

    assert not np.array_equal(first, second)
    assert np.count_nonzero(first) > 0
