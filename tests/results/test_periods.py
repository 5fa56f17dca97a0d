"""Calendar periods by name."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from storesim.errors import UsageError
from storesim.results.periods import Level, day_window, period_bounds, period_level, period_of, periods_between

DATES = st.dates(dt.date(1990, 1, 1), dt.date(2090, 12, 31))
LEVELS: tuple[Level, ...] = ("year", "quarter", "month", "week", "day")


@pytest.mark.parametrize(
    ("period", "level", "first", "last"),
    [
        ("2027", "year", dt.date(2027, 1, 1), dt.date(2027, 12, 31)),
        ("2027Q3", "quarter", dt.date(2027, 7, 1), dt.date(2027, 9, 30)),
        ("2027-Q1", "quarter", dt.date(2027, 1, 1), dt.date(2027, 3, 31)),
        ("2028Q1", "quarter", dt.date(2028, 1, 1), dt.date(2028, 3, 31)),
        ("2027-02", "month", dt.date(2027, 2, 1), dt.date(2027, 2, 28)),
        ("2028-02", "month", dt.date(2028, 2, 1), dt.date(2028, 2, 29)),
        ("2100-02", "month", dt.date(2100, 2, 1), dt.date(2100, 2, 28)),
        ("2000-02", "month", dt.date(2000, 2, 1), dt.date(2000, 2, 29)),
        # ISO 8601: the week with the year's first Thursday is week 1; 2026 has 53.
        ("2026-W53", "week", dt.date(2026, 12, 28), dt.date(2027, 1, 3)),
        ("2027-W01", "week", dt.date(2027, 1, 4), dt.date(2027, 1, 10)),
        ("2028-02-29", "day", dt.date(2028, 2, 29), dt.date(2028, 2, 29)),
    ],
)
def test_a_period_has_its_calendar_dates(period: str, level: Level, first: dt.date, last: dt.date) -> None:
    assert period_level(period) == level
    assert period_bounds(period) == (first, last)


@pytest.mark.parametrize("period", ["", "27", "2027Q5", "2027-13", "2027-00", "2027-02-29", "2027-W53", "0000", "Q3"])
def test_a_period_that_does_not_exist_is_refused(period: str) -> None:
    with pytest.raises(UsageError, match=r"period|there is no"):
        period_bounds(period)


@given(date=DATES, level=st.sampled_from(LEVELS))
def test_the_period_of_a_date_holds_it(date: dt.date, level: Level) -> None:
    name = period_of(date, level)

    first, last = period_bounds(name)

    assert first <= date <= last
    assert period_level(name) == level


@given(first=DATES, n_days=st.integers(0, 800), level=st.sampled_from(LEVELS))
def test_periods_between_two_dates_follow_one_another_without_a_gap(first: dt.date, n_days: int, level: Level) -> None:
    last = first + dt.timedelta(days=n_days)

    bounds = [period_bounds(name) for name in periods_between(first, last, level)]

    assert bounds[0][0] <= first <= bounds[0][1]
    assert bounds[-1][0] <= last <= bounds[-1][1]
    assert all(after[0] - before[1] == dt.timedelta(days=1) for before, after in pairwise(bounds))


def test_a_window_includes_its_first_and_last_day() -> None:
    start = dt.date(2028, 1, 1)

    window = day_window(start, 366, dt.date(2028, 2, 1), dt.date(2028, 2, 29))

    assert (window.start, window.stop) == (31, 60)


def test_a_window_may_begin_before_the_store_opened() -> None:
    window = day_window(dt.date(2027, 3, 1), 100, dt.date(2027, 1, 1), dt.date(2027, 3, 31))

    assert (window.start, window.stop) == (0, 31)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (dt.date(2027, 1, 1), dt.date(2027, 1, 11)),
        (dt.date(2026, 1, 1), dt.date(2026, 12, 31)),
        (dt.date(2027, 1, 5), dt.date(2027, 1, 4)),
    ],
)
def test_a_window_of_unknown_days_is_refused(first: dt.date, last: dt.date) -> None:
    with pytest.raises(UsageError, match="window"):
        day_window(dt.date(2027, 1, 1), 10, first, last)
