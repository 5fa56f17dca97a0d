"""Outlooks: counts and ratios by day and period, chances, tables."""

from __future__ import annotations

import datetime as dt
import pickle

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.errors import ShapeError, UsageError
from storesim.forecast.outlook import Outlook

Array = NDArray[np.float64]

START = dt.date(2027, 6, 29)


def made() -> Outlook:
    """Two paths, four days, two channels; UV 10, 20 …, buyers a tenth, GMV 50 a buyer, on path 1 twice as much."""
    uv = np.array([[10.0, 20.0], [30.0, 40.0], [50.0, 60.0], [0.0, 0.0]])
    one = np.stack([uv, uv / 10.0, uv * 5.0], axis=-1)
    past = {"uv": np.array([7.0, 8.0]), "gmv": np.array([np.nan, 100.0])}
    return Outlook(START, ("search", "express"), ("uv", "buyers", "gmv"), np.stack([one, 2 * one]), "made",
                   past_start=START - dt.timedelta(days=2), past=past)  # fmt: skip


def test_the_store_is_the_sum_of_its_channels() -> None:
    outlook = made()

    assert outlook.daily("uv")[0].tolist() == [30.0, 70.0, 110.0, 0.0]
    assert outlook.daily("uv", "express")[1].tolist() == [40.0, 80.0, 120.0, 0.0]
    assert outlook.last_day == dt.date(2027, 7, 2)


def test_ratios_are_divided_last_and_unknown_of_nothing() -> None:
    outlook = made()

    assert outlook.daily("cvr")[0].tolist() == pytest.approx([0.1, 0.1, 0.1, np.nan], nan_ok=True)
    assert outlook.total("aov").tolist() == [50.0, 50.0]
    assert outlook.names == ("uv", "buyers", "gmv", "cvr", "aov", "uv_value")


def test_a_period_sums_its_days_alone() -> None:
    outlook = made()

    assert outlook.total("uv", dt.date(2027, 6, 30), dt.date(2027, 7, 1)).tolist() == [180.0, 360.0]
    assert outlook.total("uv", channel="search").tolist() == [90.0, 180.0]


def test_the_mean_of_a_ratio_is_the_ratio_of_means() -> None:
    paths = np.array([[[[10.0, 1.0]]], [[[30.0, 9.0]]]])

    outlook = Outlook(START, ("store",), ("uv", "buyers"), paths, "made")

    # (1 + 9) / (10 + 30), by hand; the mean of ratios would be 0.2.
    assert outlook.mean("cvr").tolist() == [0.25]


def test_quantiles_of_two_paths_lie_between_them() -> None:
    # Type 7 of Hyndman and Fan (1996): 30 + 0.25 (60 - 30).
    assert made().quantiles("uv", [0.25])[0].tolist() == [37.5]


def test_a_chance_is_the_share_of_paths_that_get_there() -> None:
    outlook = made()

    assert outlook.chance("gmv", (START, outlook.last_day), 1050.0) == 1.0
    assert outlook.chance("gmv", (START, outlook.last_day), 1050.1) == 0.5
    assert outlook.chance("gmv", "2027-07-01", 1e9) == 0.0


def test_a_chance_counts_the_past_of_its_period() -> None:
    outlook = made()

    # 15 visitors of the two days before, and 210 or 420 to come.
    assert outlook.chance("uv", (START - dt.timedelta(days=2), outlook.last_day), 225.0) == 1.0
    assert outlook.chance("uv", (START - dt.timedelta(days=2), outlook.last_day), 226.0) == 0.5


def test_a_chance_with_an_unknown_past_is_refused() -> None:
    with pytest.raises(UsageError, match="'gmv' is unknown on 1 past days"):
        made().chance("gmv", (START - dt.timedelta(days=2), START), 1.0)


def test_the_past_of_a_channel_is_not_known() -> None:
    with pytest.raises(UsageError, match="past of channel 'search' is not known"):
        made().chance("uv", (START - dt.timedelta(days=2), START), 1.0, "search")


@pytest.mark.parametrize(
    ("name", "channel", "said"),
    [("uvv", None, "did you mean 'uv'"), ("pv", None, "no 'pv'"), ("uv", "serch", "did you mean 'search'")],
)
def test_what_is_not_there_is_refused_with_what_is(name: str, channel: str | None, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        made().daily(name, channel)


def test_days_beyond_the_last_are_refused() -> None:
    with pytest.raises(UsageError):
        made().total("uv", START, dt.date(2027, 7, 3))


def test_paths_cannot_be_changed_through_the_outlook_or_the_array_given() -> None:
    given = np.ones((2, 3, 1, 1))
    outlook = Outlook(START, ("store",), ("uv",), given, "made")

    given[:] = 5.0

    assert (outlook.paths == 1.0).all()
    with pytest.raises(ValueError, match="read-only"):
        outlook.paths[0] = 2.0
    with pytest.raises(TypeError):
        outlook.past["uv"] = np.zeros(1)  # type: ignore[index]  # what is tested


def test_paths_of_another_shape_are_refused() -> None:
    with pytest.raises(ShapeError, match="paths"):
        Outlook(START, ("store",), ("uv", "gmv"), np.ones((2, 3, 1, 1)), "made")


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_a_method_that_makes_negative_or_no_numbers_is_found_out(bad: float) -> None:
    with pytest.raises(ValueError, match="paths of method 'made' are negative or not numbers"):
        Outlook(START, ("store",), ("uv",), np.full((1, 1, 1, 1), bad), "made")


def test_an_outlook_survives_pickling() -> None:
    outlook = made()

    again = pickle.loads(pickle.dumps(outlook))  # noqa: S301  # our own bytes

    assert np.array_equal(again.paths, outlook.paths)
    assert (again.start, again.channels, again.counts, again.method) == (START, *outlook_names(outlook), "made")
    assert np.array_equal(again.past["uv"], outlook.past["uv"])


def outlook_names(outlook: Outlook) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return outlook.channels, outlook.counts


def test_the_table_has_a_row_for_each_day_scope_and_figure() -> None:
    frame = made().frame((0.1, 0.5))

    assert len(frame) == 4 * 3 * 6
    assert list(frame.columns) == ["date", "channel", "kpi", "mean", "p10", "p50"]
    row = frame[(frame["kpi"] == "uv") & (frame["channel"] == "") & (frame["date"] == "2027-06-29")]
    assert row[["mean", "p10", "p50"]].to_numpy().tolist() == [[45.0, 33.0, 45.0]]
