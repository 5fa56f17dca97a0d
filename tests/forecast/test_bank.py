"""The filters: what each makes of days whose rule is known."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.forecast.holidays import events_of
from storesim.forecast.methods.bank import USUAL, candidates, days_of, learned, lengthened, supports_yearly
from tests.forecast.made_histories import panel_of, wandering

Array = NDArray[np.float64]

WEEKLY = np.array([0.0, 0.3, -0.1, 0.2, 0.4, -0.5, -0.3])
N_AROUND = 6
SLOWEST, SLOW, MIDDLE, QUICK, QUICKEST, TREND = range(N_AROUND)


def foretold(values: Array, horizon: int) -> Array:
    """[n_filters, horizon] from the end of one series."""
    return foretold_from(values[np.newaxis], values.size, horizon)[..., 0]


def foretold_from(values: Array, origin: int, horizon: int) -> Array:
    """[n_filters, horizon, n_series], knowing the days before the origin."""
    panel = panel_of(values)
    days = days_of(panel)
    ahead = lengthened(days, panel, max(origin + horizon - values.shape[1], 0))
    return candidates(ahead, learned(days, [origin]), horizon)[0]


def test_a_repeated_week_is_foretold_by_every_filter() -> None:
    values = 5.0 + np.tile(WEEKLY, 40)

    found = foretold(values, 14)

    # The weekly effect is shrunk as by a quarter of a day of noise, against forty days of it: within 5 %.
    expected = 5.0 + np.tile(WEEKLY, 2)
    assert found == pytest.approx(np.tile(expected, (N_AROUND, 1)), abs=0.05)


def test_quick_levels_follow_a_step_and_slow_ones_lag() -> None:
    values = np.concatenate([np.full(100, 5.0), np.full(10, 6.0)])

    found = foretold(values + np.random.default_rng(0).normal(0, 0.3, 110), 1)[:, 0]

    assert 5.0 < found[SLOW] < found[MIDDLE] < found[QUICK] < 6.3


def test_a_trend_is_carried_on_and_dies_down() -> None:
    values = 5.0 + 0.01 * np.arange(200.0)

    steps = np.diff(foretold(values, 200)[TREND])

    assert 0.0 < steps[0] <= 0.01
    # Gardner and McKenzie (1985): each step is the damping, 0.98, of the one before; there is no weekly pattern here.
    assert steps[14] == pytest.approx(steps[0] * 0.98**14, rel=0.1)
    assert steps[-1] < 0.05 * steps[0]


def test_nothing_after_an_origin_changes_what_is_foretold_from_it() -> None:
    values = wandering(600, seed=1)
    later = values.copy()
    later[:, 505:] += 0.4

    before, after = (foretold_from(given, 500, 60) for given in (values, later))

    # Cleaning draws in wild days by the spread of the whole series, which the later days widen: a trace, no more.
    assert after == pytest.approx(before, abs=0.03)


def test_last_years_days_come_back_at_this_years_level() -> None:
    day = np.arange(364 * 2)
    values = 5.0 + 0.5 * np.sin(2 * np.pi * day / 364) + 0.3 * (day >= 600)

    found = foretold(values, 90)[-1]

    expected = 5.3 + 0.5 * np.sin(2 * np.pi * np.arange(728, 818) / 364)
    assert found == pytest.approx(expected, abs=0.03)


def test_a_yearly_wave_is_learned_from_two_years() -> None:
    day = np.arange(365 * 3)
    values = 5.0 + 0.5 * np.sin(2 * np.pi * day / 365.25)

    found = foretold(values, 120)

    expected = 5.0 + 0.5 * np.sin(2 * np.pi * np.arange(day.size, day.size + 120) / 365.25)
    without, with_wave = (np.abs(found[which] - expected).mean() for which in (MIDDLE, N_AROUND + MIDDLE))
    assert with_wave < 0.3 * without


def test_holidays_that_the_history_has_not_seen_are_foretold_by_what_all_share() -> None:
    # From April to December: 1 January, Epiphany and Easter are ahead.
    panel = replace(panel_of(np.zeros((1, 250))), start=dt.date(2025, 4, 22))
    marks = events_of("ES", panel.start, 250).any(axis=1)
    values = 5.0 + np.where(marks, -1.0, 0.0) + 0.01 * np.random.default_rng(3).standard_normal(250)
    panel = replace(panel, values=values[np.newaxis])
    days = days_of(panel, "ES")

    found = candidates(lengthened(days, panel, 100), learned(days, [250]), 100)[0, MIDDLE, :, 0]

    new_year, plain = dt.date(2026, 1, 1) - panel.start, dt.date(2026, 1, 22) - panel.start
    assert found[new_year.days - 250] < found[plain.days - 250] - 0.1


def test_a_festival_does_not_move_the_level() -> None:
    values = 5.0 + 0.05 * np.random.default_rng(2).standard_normal(120)
    values[-2] += 2.0

    found = foretold(values, 1)[MIDDLE, 0]

    # Unclipped, a weight of 0.08 * 0.92 on a day 2 too high would move it by 0.15.
    assert found == pytest.approx(5.0, abs=0.08)


def test_unknown_days_do_not_pull_the_level() -> None:
    values = 5.0 + np.tile(WEEKLY, 20)
    values[-30:-20] = np.nan

    found = foretold(values, 7)

    assert found == pytest.approx(np.tile(5.0 + WEEKLY, (N_AROUND, 1)), abs=0.12)


def test_a_filter_that_needs_more_days_is_absent() -> None:
    found = foretold_from(wandering(600, seed=3), 370, 5)

    assert np.isfinite(found[:N_AROUND]).all()
    assert np.isnan(found[N_AROUND:]).all()


def test_a_year_ahead_and_more_can_be_foretold() -> None:
    found = foretold(wandering(600, seed=4)[0], 800)

    assert np.isfinite(found).all()


@pytest.mark.parametrize("n_days", [120, 900])
def test_every_filter_has_a_usual_weight_in_every_band(n_days: int) -> None:
    found = foretold(wandering(n_days, seed=5)[0], 3)

    assert supports_yearly(n_days) == (n_days == 900)
    assert USUAL[len(found)].shape == (3, len(found))
    assert USUAL[len(found)].sum(axis=1) == pytest.approx(np.ones(3))
