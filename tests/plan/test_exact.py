"""Rounding that adds up, whatever the numbers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from storesim.errors import PlanError, ShapeError
from storesim.plan.exact import LARGEST, Whole, nearest, share_out, share_out_each, to_fen, top_down
from storesim.plan.periods import QUARTERS

PARTS = st.lists(st.floats(0.0, 1e12, allow_subnormal=False), min_size=1, max_size=20).filter(any)
TWELVE = st.lists(st.floats(0.0, 1e9, allow_subnormal=False), min_size=12, max_size=12).filter(any)
TOTALS = st.integers(0, 10**14)


def test_the_largest_remainders_get_the_units_left_over() -> None:
    # Hare's method by hand: quotas 1.667, 3.333, 5 of 10 give 1, 3, 5, and the unit left goes to the largest fraction.
    assert share_out(10, np.array([1.0, 2.0, 3.0])).tolist() == [2, 3, 5]
    # Wikipedia, "Largest remainders method", Hare quota, 100,000 votes, 10 seats.
    votes = np.array([47_000.0, 16_000.0, 15_800.0, 12_000.0, 6_100.0, 3_100.0])
    assert share_out(10, votes).tolist() == [5, 2, 1, 1, 1, 0]


def test_equal_remainders_are_settled_by_order_and_not_by_chance() -> None:
    assert share_out(2, np.ones(3)).tolist() == [1, 1, 0]


@given(total=TOTALS, parts=PARTS)
def test_what_is_shared_out_adds_up_and_is_within_one_of_its_share(total: int, parts: list[float]) -> None:
    weights = np.array(parts)

    shared = share_out(total, weights)

    assert int(shared.sum()) == total
    quota = weights / weights.sum() * total
    assert (np.abs(shared - quota) <= 1.0 + 1e-9 * total).all()
    assert (shared[weights == 0] == 0).all()


@given(total=TOTALS, parts=TWELVE)
@settings(max_examples=60)
def test_a_year_adds_up_through_its_quarters_to_the_unit(total: int, parts: list[float]) -> None:
    quarters, months = top_down(total, np.array(parts), QUARTERS)

    assert int(quarters.sum()) == total
    assert [int(months[quarter].sum()) for quarter in QUARTERS] == quarters.tolist()


@given(data=st.data(), parts=PARTS)
@settings(max_examples=60)
def test_floors_and_ceilings_are_kept_and_the_sum_with_them(data: st.DataObject, parts: list[float]) -> None:
    n = len(parts)
    low = np.array(data.draw(st.lists(st.integers(0, 1000), min_size=n, max_size=n)))
    room = np.array(data.draw(st.lists(st.integers(0, 1000), min_size=n, max_size=n)))
    # A part of 0 without a floor gets nothing, so its ceiling gives no room.
    high = np.where((np.array(parts) > 0) | (low > 0), low + room, 0)
    total = data.draw(st.integers(int(low.sum()), int(high.sum())))

    shared = share_out(total, np.array(parts), at_least=low, at_most=high)

    assert int(shared.sum()) == total
    assert (shared >= low).all()
    assert (shared <= high).all()


@given(st.decimals("0.01", "1e12", places=2))
def test_an_amount_in_yuan_and_fen_becomes_exactly_those_fen(amount: Decimal) -> None:
    assert to_fen(float(amount)) == int(amount * 100)


@pytest.mark.parametrize("written", ["2.675", "1.005", "0.285", "1234567.895", "2.674", "0.005"])
def test_half_a_fen_is_rounded_up_as_people_and_spreadsheets_do(written: str) -> None:
    expected = Decimal(written).quantize(Decimal("0.01"), ROUND_HALF_UP)

    assert to_fen(float(written)) == int(expected * 100)
    assert to_fen(-float(written)) == -int(expected * 100)


@given(data=st.data(), n=st.integers(1, 8), longest=st.integers(1, 40))
@settings(max_examples=150, deadline=None)
def test_many_totals_are_shared_out_at_once_as_one_by_one(data: st.DataObject, n: int, longest: int) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 10_000)))
    # Some rows end early, some have gaps, and equal parts leave it to the last bit of a sum who gets a unit.
    sizes = rng.integers(1, longest + 1, n)
    fronts = np.arange(longest) < sizes[:, None]
    parts = np.where(
        fronts & (rng.random((n, longest)) < rng.choice([0.6, 1.0])), rng.choice([0.1, 0.3, 1.7], (n, longest)), 0.0
    )
    parts[:, 0] = 0.2
    low = np.where(rng.random((n, longest)) < 0.3, rng.integers(0, 5, (n, longest)), 0) * (parts > 0)
    high = low + np.where(rng.random((n, longest)) < 0.5, LARGEST // 100, rng.integers(0, 30, (n, longest)))
    most = np.where(parts > 0, high, 0).sum(axis=1)
    totals = np.minimum(low.sum(axis=1) + rng.integers(0, 1000, n), most) * (rng.random(n) < 0.9)
    bounds: list[tuple[Whole | None, Whole | None]] = [(None, None), (low, None), (None, high), (low, high)]
    at_least, at_most = data.draw(st.sampled_from(bounds))

    shared = share_out_each(totals, parts, at_least=at_least, at_most=at_most)

    for i in np.flatnonzero(totals):
        floor, ceiling = (None if bound is None else bound[i] for bound in (at_least, at_most))
        alone = share_out(int(totals[i]), parts[i], at_least=floor, at_most=ceiling)
        assert shared[i].tolist() == alone.tolist()
        if fronts[i].any() and not parts[i, sizes[i] :].any():
            cut = (None if bound is None else bound[i, : sizes[i]] for bound in (at_least, at_most))
            front = share_out(
                int(totals[i]), parts[i, : sizes[i]], **dict(zip(("at_least", "at_most"), cut, strict=True))
            )
            assert shared[i, : sizes[i]].tolist() == front.tolist()
    assert not shared[totals == 0].any()


def test_one_total_of_many_that_cannot_be_shared_is_refused() -> None:
    with pytest.raises(PlanError, match="7 cannot be shared among 2 parts: between 0 and 6 is allowed"):
        share_out_each(np.array([1, 7]), np.ones((2, 2)), at_most=np.array([[3, 3], [3, 3]]))
    with pytest.raises(PlanError, match="finite and 0 or more"):
        share_out_each(np.array([1, 7]), np.array([[1.0, 1.0], [np.inf, 1.0]]))


def test_a_total_that_cannot_be_shared_is_refused_with_the_limits() -> None:
    with pytest.raises(PlanError, match="7 cannot be shared among 2 parts: between 0 and 6 is allowed"):
        share_out(7, np.ones(2), at_most=np.array([3, 3]))
    with pytest.raises(PlanError, match="between 8 and"):
        share_out(7, np.ones(2), at_least=np.array([4, 4]))
    with pytest.raises(PlanError, match="between 0 and 0"):
        share_out(7, np.zeros(3))
    with pytest.raises(PlanError, match="finite and 0 or more"):
        share_out(7, np.array([1.0, -1.0]))
    with pytest.raises(ShapeError):
        share_out(7, np.ones(2), at_most=np.array([3, 3, 3]))


def test_a_number_too_large_to_be_exact_is_refused() -> None:
    with pytest.raises(PlanError, match="too large to be exact"):
        nearest(1e16)
    with pytest.raises(PlanError, match="too large to be exact"):
        to_fen(float("nan"))
