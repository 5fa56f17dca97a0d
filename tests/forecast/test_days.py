"""What a forecast starts from."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from storesim.errors import ForecastError
from storesim.forecast.days import FORETOLD, days_of_history, days_of_run
from storesim.results.history import History
from tests.forecast.made_histories import MONDAY, changed, made_history
from tests.results.made_runs import CHANNELS, made_run


def test_unknown_days_before_and_after_the_known_ones_are_left_off() -> None:
    nothing = dict.fromkeys((0, 1, 118, 119), math.nan)
    history = changed(made_history(only=("uv",)), uv=nothing)

    days = days_of_history(history)

    assert days.start == MONDAY + dt.timedelta(days=2)
    assert days.next_day == MONDAY + dt.timedelta(days=118)


def test_counts_that_do_not_add_up_over_days_are_set_aside() -> None:
    history = History(MONDAY, {"uv": np.ones(5), "cash": np.ones(5)})

    days = days_of_history(history)

    assert tuple(days.counts) == ("uv",)
    assert days.aside == ("cash",)


def test_a_history_without_a_count_to_foretell_is_refused() -> None:
    with pytest.raises(
        ForecastError, match=r"holds members, and none of them can be forecast by day\. Give at least one"
    ):
        days_of_history(History(MONDAY, {"members": np.ones(5)}))


def test_a_negative_figure_is_refused_with_its_date() -> None:
    history = changed(made_history(only=("gmv",)), gmv={2: -30.0})

    with pytest.raises(ForecastError, match=r"'gmv' of 'made' is -30 on 2027-01-06; a count or amount is 0 or more"):
        days_of_history(history)


def test_a_history_of_unknown_days_is_refused() -> None:
    with pytest.raises(ForecastError, match="No day of 'blank' has a figure in gmv"):
        days_of_history(History(MONDAY, {"gmv": np.full(30, np.nan)}, "blank"))


def test_a_run_keeps_its_channels() -> None:
    run = made_run(n_days=30)

    days = days_of_run(run)

    assert days.channels == CHANNELS
    assert set(days.counts) < set(FORETOLD)
    assert np.array_equal(days.counts["uv"][1], run.daily("uv", CHANNELS[1]))
