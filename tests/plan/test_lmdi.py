"""A gap explained: nothing left over, zeros guarded, the same by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings, strategies as st

from storesim.plan.lmdi import causes, effects, log_mean

counts = st.lists(st.integers(0, 10**9), min_size=3, max_size=3)


def test_the_logarithmic_mean_lies_between_geometric_and_arithmetic() -> None:
    assert log_mean(8.0, 2.0) == pytest.approx(6.0 / math.log(4.0))
    assert math.sqrt(16.0) < log_mean(8.0, 2.0) < 5.0
    assert log_mean(7.0, 7.0) == 7.0
    assert log_mean(7.0, 7.0 + 1e-10) == pytest.approx(7.0)


def test_a_month_of_domain_9_6_is_explained_as_by_hand() -> None:
    """DOMAIN 9.6: 250,000 at CVR 3 %, 客单价 150 needs 55,556 visitors; here 50,000 came, and bought at 3.2 %, 140."""
    plan, real = (55_556, 1_667, 25_000_000), (50_000, 1_600, 22_400_000)

    found = causes({"": plan}, {"": real}, ("uv", "cvr", "aov"))

    mean = (22_400_000 - 25_000_000) / math.log(22_400_000 / 25_000_000)
    by_hand = [
        mean * math.log(50_000 / 55_556),
        mean * math.log((1_600 / 50_000) / (1_667 / 55_556)),
        mean * math.log((22_400_000 / 1_600) / (25_000_000 / 1_667)),
    ]
    assert [cause.amount for cause in found] == pytest.approx(by_hand, abs=1.0)
    assert sum(cause.amount for cause in found) == -2_600_000


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ((0, 0, 0), (100, 5, 900), [900, 0, 0]),
        ((100, 5, 900), (100, 0, 0), [0, -900, 0]),
        ((100, 5, 900), (0, 0, 0), [-900, 0, 0]),
        ((0, 0, 0), (0, 0, 0), [0, 0, 0]),
        ((10, 0, 0), (20, 0, 0), [0, 0, 0]),
    ],
)
def test_a_sum_that_begins_or_ends_at_nothing_is_put_down_to_what_was_nothing(
    before: tuple[int, ...], after: tuple[int, ...], expected: list[int]
) -> None:
    assert effects(before, after) == expected


def test_channels_are_explained_each_by_its_own_drivers() -> None:
    plan = {"search": (1000, 20, 200_000), "express": (500, 10, 100_000)}
    real = {"search": (1000, 20, 200_000), "express": (250, 5, 50_000)}

    found = {(c.channel, c.factor): c.amount for c in causes(plan, real, ("uv", "cvr", "aov"))}

    assert found["express", "uv"] == -50_000
    assert all(amount == 0 for key, amount in found.items() if key != ("express", "uv"))


@settings(max_examples=200, deadline=None)
@given(plan=st.lists(counts, min_size=1, max_size=4), real=st.lists(counts, min_size=1, max_size=4))
def test_causes_of_any_two_years_add_up_to_the_fen(plan: list[list[int]], real: list[list[int]]) -> None:
    before, after = ({str(i): row for i, row in enumerate(rows)} for rows in (plan, real))

    found = causes(before, after, ("uv", "cvr", "aov"))

    assert sum(cause.amount for cause in found) == sum(r[-1] for r in real) - sum(p[-1] for p in plan)
