"""Visitors by channel of a user's history."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.errors import ForecastError, UsageError
from storesim.forecast.predict import predict
from storesim.forecast.sources import REST
from storesim.results.history import History
from tests.forecast.made_histories import MONDAY, made_counts

Array = NDArray[np.float64]
N_DAYS = 120


def history(**channels: Array) -> History:
    """A made shop that tells its visitors by channel, as shares of the store's."""
    counts = made_counts(N_DAYS)
    return History(MONDAY, counts, by_channel={name: {"uv": share * counts["uv"]} for name, share in channels.items()})


def test_channels_add_up_to_the_store_in_every_path_and_day() -> None:
    outlook = predict(history(search=np.full(N_DAYS, 0.7), express=np.full(N_DAYS, 0.3)), 28, n_paths=50)

    sums = outlook.daily("uv", "search") + outlook.daily("uv", "express")

    assert sums == pytest.approx(outlook.daily("uv"), rel=1e-12)
    assert outlook.total("uv", channel="search").mean() == pytest.approx(0.7 * outlook.total("uv").mean(), rel=0.05)


def test_the_store_is_foretold_as_if_channels_were_unknown() -> None:
    told = predict(history(search=np.full(N_DAYS, 0.7), express=np.full(N_DAYS, 0.3)), 28, n_paths=20)
    untold = predict(History(MONDAY, made_counts(N_DAYS)), 28, n_paths=20)

    assert np.array_equal(told.paths, untold.paths)


def test_a_channel_that_grew_has_a_larger_share_to_come() -> None:
    share = np.linspace(0.2, 0.6, N_DAYS)
    outlook = predict(history(search=1.0 - share, express=share), 28, n_paths=200)

    # The last known share, or more: nothing says that it goes back to 0.4, its mean.
    assert outlook.total("uv", channel="express").mean() > 0.52 * outlook.total("uv").mean()


def test_visitors_whom_no_channel_counts_are_a_channel_of_their_own() -> None:
    outlook = predict(history(search=np.full(N_DAYS, 0.6)), 7, n_paths=20)

    assert tuple(outlook.sources) == ("search", REST)
    assert sum(paths for paths in outlook.sources.values()) == pytest.approx(outlook.daily("uv"), rel=1e-12)


def test_visitors_counted_by_two_channels_are_shared_and_it_is_said() -> None:
    outlook = predict(history(search=np.full(N_DAYS, 0.66), express=np.full(N_DAYS, 0.44)), 7, n_paths=20)

    assert sum(paths for paths in outlook.sources.values()) == pytest.approx(outlook.daily("uv"), rel=1e-12)
    assert "Channels count 10 % more visitors than the store, for some come by several." in outlook.reasons


def test_an_ended_channel_brings_nobody() -> None:
    share = np.where(np.arange(N_DAYS) < 60, 0.3, 0.0)
    outlook = predict(history(search=1.0 - share, express=share), 14, n_paths=20)

    assert not outlook.daily("uv", "express").any()
    assert outlook.daily("uv", "search") == pytest.approx(outlook.daily("uv"), rel=1e-12)


def test_few_known_days_tell_no_channels_apart() -> None:
    share = np.full(N_DAYS, np.nan)
    share[-10:] = 0.5

    assert not predict(history(search=share, express=share), 7, n_paths=5).sources


def test_only_visitors_of_such_a_channel_are_foretold() -> None:
    outlook = predict(history(search=np.full(N_DAYS, 0.7), express=np.full(N_DAYS, 0.3)), 7, n_paths=5)

    with pytest.raises(UsageError, match="of channel 'search' the history tells visitors only, so 'uv' alone"):
        outlook.daily("gmv", "search")
    with pytest.raises(UsageError, match="there is no channel 'serach'; did you mean 'search'"):
        outlook.daily("uv", "serach")


def test_the_table_has_a_row_for_each_day_and_channel_and_survives_copying() -> None:
    outlook = predict(history(search=np.full(N_DAYS, 0.7), express=np.full(N_DAYS, 0.3)), 7, n_paths=5)

    frame = copy.deepcopy(outlook).frame()

    assert len(frame[(frame.channel == "express") & (frame.kpi == "uv")]) == 7
    assert set(frame[frame.channel == "express"].kpi) == {"uv"}


def test_a_negative_count_of_a_channel_is_refused() -> None:
    share = np.full(N_DAYS, 0.5)
    share[3] = -0.1

    with pytest.raises(ForecastError, match="'uv of search' is -"):
        predict(history(search=share, express=share), 7, n_paths=5)
