"""Structural zeros: closed weekdays, days before opening, single closed days, channels that ended."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.forecast.closed import closed_days
from storesim.forecast.days import KnownDays
from tests.forecast.made_histories import MONDAY

Array = NDArray[np.float64]

FRIDAY, SATURDAY = 4, 5


def orders(n_days: int, busy: float = 80.0) -> Array:
    return busy + 10.0 * (np.arange(n_days) % 3)


def known(*channels: Array) -> KnownDays:
    names = tuple(f"channel {number}" for number in range(len(channels)))
    return KnownDays(MONDAY, names, {"orders": np.stack(channels)})


def shut(n_days: int, weekday: int, busy: float = 80.0) -> Array:
    return np.where(np.arange(n_days) % 7 == weekday, 0.0, orders(n_days, busy))


def test_a_weekday_on_which_nothing_ever_happens_is_closed() -> None:
    found = closed_days(known(shut(70, SATURDAY)))

    assert np.flatnonzero(found.weekdays[0]).tolist() == [SATURDAY]
    assert not found.was_open[0, SATURDAY::7].any()
    assert not found.open_ahead(14, 1, seed=0)[0, SATURDAY::7].any()


def test_one_empty_saturday_does_not_close_them() -> None:
    values = orders(8)
    values[SATURDAY] = 0.0

    assert not closed_days(known(values)).weekdays.any()


def test_a_weekday_opened_twelve_weeks_ago_is_open() -> None:
    values = shut(140, SATURDAY)
    values[56:] = orders(84)

    assert not closed_days(known(values)).weekdays.any()


def test_a_weekday_empty_every_other_week_is_not_closed() -> None:
    values = orders(84)
    values[SATURDAY::14] = 0.0

    found = closed_days(known(values))

    assert not found.weekdays.any()
    assert found.share_shut == pytest.approx(6 / 84)


def test_days_before_the_first_figure_are_not_yet_open() -> None:
    values = orders(60)
    values[:20] = 0.0

    found = closed_days(known(values))

    assert not found.was_open[0, :20].any()
    assert found.was_open[0, 20:].all()
    assert found.share_shut == 0.0


def test_a_holiday_is_a_closed_day_where_much_usually_happens() -> None:
    values = orders(70)
    values[[30, 31]] = 0.0

    found = closed_days(known(values))

    assert np.flatnonzero(~found.was_open[0]).tolist() == [30, 31]
    assert found.share_shut == pytest.approx(2 / 70)


def test_a_day_without_orders_is_chance_where_few_come() -> None:
    values = np.tile([0.0, 1.0, 2.0], 20)

    found = closed_days(known(values))

    assert found.was_open[0, 1:].all()
    assert found.share_shut == 0.0


def test_paths_are_closed_as_often_as_the_past_was_and_on_the_same_weekdays() -> None:
    values = orders(70)
    values[[0 + 7, 0 + 42]] = 0.0

    is_open = closed_days(known(values)).open_ahead(28, 4000, seed=1)[..., 0]

    # Two of ten Mondays; blocks of four Mondays: standard error at most 0.4 / sqrt(4000) = 0.0063, five of it.
    assert 1 - is_open[:, ::7].mean() == pytest.approx(0.2, abs=0.032)
    assert is_open[:, np.arange(28) % 7 != 0].all()


def test_all_channels_are_closed_on_the_same_days_of_a_path() -> None:
    values = orders(70)
    values[[9, 40, 41]] = 0.0

    is_open = closed_days(known(values, values + (values > 0))).open_ahead(28, 50, seed=1)

    assert np.array_equal(is_open[..., 0], is_open[..., 1])
    assert not is_open.all()


def test_a_channel_without_anything_for_four_weeks_has_ended() -> None:
    stopped = orders(80)
    stopped[-28:] = 0.0

    found = closed_days(known(orders(80), stopped, np.zeros(80)))

    assert found.ended.tolist() == [False, True, True]
    assert not found.open_ahead(10, 2, seed=0)[..., 1:].any()


def test_unknown_days_are_not_closed_days() -> None:
    values = orders(70)
    values[FRIDAY::7] = np.nan

    found = closed_days(known(values))

    assert not found.weekdays.any()
    assert found.share_shut == 0.0
    assert not found.ended.any()
