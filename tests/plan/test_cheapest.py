"""The cheapest mix of levers: against known optima, within limits, and honest about what is out of reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.optimize import brentq, linprog

from storesim.plan.cheapest import Curve, cheapest_mix, curve_of


def saturating(top: float, width: float, n_knots: int = 60) -> Curve:
    """a (1 − exp(−c / b)), as knots."""
    costs = np.concatenate([[0.0], np.geomspace(0.01 * width, 6 * width, n_knots)])
    return curve_of(costs, top * (1 - np.exp(-costs / width)), costs)


@pytest.mark.parametrize("share", [0.1, 0.4, 0.8])
def test_the_mix_costs_at_most_one_per_cent_more_than_equal_marginal_gains_would(share: float) -> None:
    """The known optimum: a_i / b_i exp(−c_i / b_i) is the same for every lever that is pulled."""
    tops, widths = np.array([100.0, 60.0, 30.0]), np.array([50.0, 10.0, 5.0])
    need = share * tops.sum()

    def spent(price: float) -> np.ndarray:
        return widths * np.log(np.maximum(1.0, tops / widths / price))

    price = brentq(lambda p: float((tops * (1 - np.exp(-spent(p) / widths))).sum()) - need, 1e-9, 1e3)

    mix = cheapest_mix([saturating(a, b) for a, b in zip(tops, widths, strict=True)], need)

    assert mix.missing == 0.0
    assert mix.cost == pytest.approx(float(spent(price).sum()), rel=0.01)


@settings(max_examples=80, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(1, 5), share=st.floats(0.05, 1.2))
def test_no_linear_programme_finds_a_cheaper_mix(seed: int, n: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    curves = []
    for _ in range(n):
        slopes = np.sort(rng.gamma(1.0, size=3))[::-1]
        widths = rng.gamma(2.0, size=3)
        curves.append(curve_of([0, *np.cumsum(widths)], [0, *np.cumsum(slopes * widths)], [0, 1, 2, 3]))
    need = share * sum(float(curve.gains[-1]) for curve in curves)

    mix = cheapest_mix(curves, need)

    lengths = np.concatenate([np.diff(curve.costs) for curve in curves])
    rates = np.concatenate([np.diff(curve.gains) / np.diff(curve.costs) for curve in curves])
    if need > float(rates @ lengths) * (1 - 1e-9):
        assert mix.missing == pytest.approx(need - float(rates @ lengths), abs=1e-6)
    else:
        best = linprog(np.ones(lengths.size), A_ub=[-rates], b_ub=[-need], bounds=[(0, x) for x in lengths])
        assert mix.cost == pytest.approx(best.fun, rel=1e-6, abs=1e-9)


def test_a_limit_on_the_cost_is_kept_and_what_is_missing_is_said() -> None:
    curves = [curve_of([0, 10, 30], [0, 100, 150], [1, 2, 3]), curve_of([0, 20], [0, 60], [0, 1])]

    mix = cheapest_mix(curves, 140.0, most=15.0)

    assert mix.cost == 15.0
    assert list(mix.costs) == [10.0, 5.0]
    assert mix.gain == pytest.approx(115.0)
    assert mix.missing == pytest.approx(25.0)


def test_what_costs_nothing_is_taken_first() -> None:
    mix = cheapest_mix([curve_of([0, 10], [0, 100], [1, 2]), curve_of([0, 0], [0, 30], [0, 4])], 80.0)

    assert mix.cost == pytest.approx(5.0)
    assert mix.missing == 0.0


def test_points_that_cost_more_and_bring_less_are_left_out() -> None:
    curve = curve_of([0, 10, 20, 40], [0, 50, 45, 90], [1.0, 1.2, 1.5, 2.0])

    assert list(curve.costs) == [0, 10, 40]
    assert curve.at(25.0) == (70.0, pytest.approx(1.6))
