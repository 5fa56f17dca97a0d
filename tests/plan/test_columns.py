"""Rows kept as columns read as a tuple of rows does."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from storesim.plan.columns import Block, Column, Rows
from storesim.plan.goals import Goal

FIGURES = np.array([[1.0, 2.0], [3.0, math.nan], [5.0, 6.0], [0.5, math.nan]])
BLOCK = Block(
    "month", ("2027-01", "2027-02"),
    (Column("uv", "", np.array([10, 20]), FIGURES), Column("cvr", "search", np.array([0.1, math.nan]), None)),
)  # fmt: skip
LINE = Goal("2027-11/11.11", "event", "", "gmv", 7.5)
WRITTEN = (
    Goal("2027-01", "month", "", "uv", 10, 1.0, 3.0, 5.0, 0.5),
    Goal("2027-01", "month", "search", "cvr", 0.1),
    Goal("2027-02", "month", "", "uv", 20, 2.0, math.nan, 6.0, math.nan),
    Goal("2027-02", "month", "search", "cvr", math.nan),
    LINE,
)


def test_rows_come_period_by_period_and_equal_those_written_out() -> None:
    rows = Rows(BLOCK, (LINE,))

    assert len(rows) == 5
    assert tuple(rows) == WRITTEN
    assert rows == WRITTEN
    assert rows == Rows(*([row] for row in WRITTEN))
    assert rows != WRITTEN[:4]
    assert hash(rows) == hash(WRITTEN)
    assert repr(rows) == repr(WRITTEN)


def test_rows_are_counted_sliced_and_pickled() -> None:
    rows = Rows(BLOCK, (LINE,))

    assert rows[-1] == LINE
    assert rows[1:3] == WRITTEN[1:3]
    assert isinstance(rows[0].goal, int)
    # A NaN read back is another NaN, so that rows with one are not equal.
    assert pickle.loads(pickle.dumps(rows))[0] == WRITTEN[0]  # noqa: S301  # our own
    with pytest.raises(IndexError):
        rows[5]
