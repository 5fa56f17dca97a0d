"""`History`: measured days as they are held, added up and cut."""

from __future__ import annotations

import datetime as dt
import math
import pickle

import numpy as np
import pytest

from storesim.errors import ShapeError, UsageError
from storesim.results.history import History

FIRST = dt.date(2027, 3, 1)


@pytest.fixture
def history() -> History:
    columns = {
        "uv": np.array([100.0, 300.0, np.nan, 200.0]),
        "buyers": np.array([1.0, 6.0, 2.0, 0.0]),
        "gmv": np.array([200.0, 900.0, 300.0, 0.0]),
        "score": np.array([0.2, 0.4, 0.6, 0.8]),
        "members": np.array([5.0, 6.0, 7.0, 9.0]),
    }
    return History(FIRST, columns, "shop", notes=("a note",), others={"weather": np.arange(4.0)})


def test_days_and_names_are_those_of_the_calendar_and_of_the_kpis(history: History) -> None:
    assert (history.n_days, history.last_day) == (4, dt.date(2027, 3, 4))
    assert history.dates[1] == dt.date(2027, 3, 2)
    assert history.names == ("uv", "buyers", "gmv", "members", "score", "cvr", "aov", "uv_value")


def test_a_ratio_is_divided_after_summing(history: History) -> None:
    second = dt.date(2027, 3, 2)

    # (1 + 6) / (100 + 300), not the mean of 1 % and 2 %.
    assert history.total("cvr", FIRST, second) == 7 / 400
    assert history.total("aov", FIRST, second) == 1100 / 7


def test_counts_add_up_as_their_kind_says(history: History) -> None:
    assert history.total("gmv") == 1400.0
    assert history.total("members") == 9.0
    assert history.total("score") == pytest.approx(0.5)


def test_a_sum_over_an_unknown_day_is_unknown(history: History) -> None:
    assert math.isnan(history.total("uv"))
    assert math.isnan(history.total("cvr"))
    assert history.missing_days("uv") == 1
    assert history.missing_days("cvr") == 1
    # Nobody bought on the last day: a value per buyer of nobody.
    assert history.missing_days("aov") == 1


def test_what_was_known_on_a_day_holds_nothing_later(history: History) -> None:
    then = history.until(dt.date(2027, 3, 2))

    assert (then.n_days, then.total("gmv"), then.notes) == (2, 1100.0, ("a note",))
    assert then.others["weather"].tolist() == [0.0, 1.0]


@pytest.mark.parametrize("day", [dt.date(2027, 2, 28), dt.date(2027, 3, 5)])
def test_a_day_outside_is_refused(history: History, day: dt.date) -> None:
    with pytest.raises(UsageError):
        history.until(day)


def test_figures_cannot_be_written_to(history: History) -> None:
    with pytest.raises(ValueError, match="read-only"):
        history.columns["uv"][0] = 5.0
    with pytest.raises(TypeError):
        history.columns["uv"] = np.zeros(4)  # type: ignore[index]  # the act under test


def test_the_array_it_was_made_from_may_change_afterwards() -> None:
    visitors = np.array([1.0, 2.0])
    history = History(FIRST, {"uv": visitors})

    visitors[0] = 99.0

    assert history.daily("uv").tolist() == [1.0, 2.0]


def test_a_history_is_the_same_after_pickling(history: History) -> None:
    again = pickle.loads(pickle.dumps(history))  # noqa: S301  # our own bytes

    assert (again.start, again.name, again.notes) == (history.start, history.name, history.notes)
    assert again.names == history.names
    assert all(np.array_equal(again.daily(name), history.daily(name), equal_nan=True) for name in history.names)


def test_a_frame_has_a_row_a_day_and_every_column(history: History) -> None:
    frame = history.frame()

    assert list(frame.columns) == [*history.names, "weather"]
    assert frame.index[-1].date() == history.last_day
    assert frame["cvr"].iloc[1] == 0.02


def test_columns_of_two_lengths_or_none_are_refused() -> None:
    with pytest.raises(ShapeError):
        History(FIRST, {"uv": np.zeros(3), "gmv": np.zeros(4)})
    with pytest.raises(ShapeError):
        History(FIRST, {})
    with pytest.raises(ShapeError):
        History(FIRST, {"uv": np.zeros((2, 2))})


def test_a_column_that_is_no_count_is_refused_with_a_suggestion() -> None:
    with pytest.raises(UsageError, match="'buyer' is none; did you mean 'buyers'"):
        History(FIRST, {"buyer": np.zeros(3)})


def test_a_figure_that_is_not_there_is_refused_with_those_that_are(history: History) -> None:
    with pytest.raises(UsageError, match="the history has no 'pv'; it holds uv, buyers, gmv"):
        history.daily("pv")
