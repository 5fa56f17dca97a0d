"""Numbers of a report against formulas and plain loops."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from storesim.report import measures
from storesim.report.measures import Period

YEAR = Period("2027", dt.date(2027, 1, 1), dt.date(2027, 12, 31))


def test_periods_are_cut_to_the_days_they_touch() -> None:
    days = Period("2027", dt.date(2027, 2, 10), dt.date(2027, 5, 3))

    quarters = measures.periods(days, "quarter")

    assert [(q.key, q.first, q.last) for q in quarters] == [
        ("2027Q1", dt.date(2027, 2, 10), dt.date(2027, 3, 31)),
        ("2027Q2", dt.date(2027, 4, 1), dt.date(2027, 5, 3)),
    ]
    assert sum(q.n_days for q in quarters) == days.n_days
    assert measures.period_within("2026", days) is None


def test_months_of_a_year_hold_all_its_days() -> None:
    assert [month.n_days for month in measures.periods(YEAR, "month")] == [
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31,
    ]  # fmt: skip


def test_the_error_of_a_quantile_is_that_of_repeated_samples() -> None:
    # Spread of the median of 400 standard normal values: √(π/2) / √400 = 0.0627.
    random = np.random.default_rng(3)

    estimated = np.mean([measures.quantile_error(random.standard_normal(400), 0.5) for _ in range(300)])

    assert estimated == pytest.approx(np.sqrt(np.pi / 2) / 20, rel=0.08)
    assert np.isnan(measures.quantile_error(np.arange(9.0), 0.5))


def test_the_error_of_a_chance_is_binomial() -> None:
    assert measures.chance_error(0.25, 48) == 0.0625


def test_a_smooth_week_is_the_mean_of_seven_days_without_unknown_ones() -> None:
    daily = np.random.default_rng(1).random((3, 40))
    daily[1, 5:20] = np.nan

    smooth = measures.smooth_week(daily)

    for run in range(3):
        for day in range(40):
            window = daily[run, max(0, day - 6) : day + 1]
            known = window[np.isfinite(window)]
            if known.size:
                assert smooth[run, day] == pytest.approx(known.mean())
            else:
                assert np.isnan(smooth[run, day])


def test_stages_are_counted_by_day_and_dated_by_run() -> None:
    stage = np.array([[0, 0, 1, 1, 2], [0, 1, 1, 1, 1], [0, 0, 0, 0, 0], [0, 2, 2, 2, 2]])

    shares = measures.stage_shares(stage)

    assert shares.sum(axis=0) == pytest.approx(np.ones(5))
    assert shares[:, -1] == pytest.approx([0.25, 0.25, 0.5])
    assert np.array_equal(measures.days_to_stage(stage, 1), [2.0, 1.0, np.nan, 1.0], equal_nan=True)
    assert np.array_equal(measures.days_to_stage(stage, 2), [4.0, np.nan, np.nan, 1.0], equal_nan=True)
