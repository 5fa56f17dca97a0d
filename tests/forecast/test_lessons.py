"""What many series taught, and how paths follow it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from numpy.typing import NDArray

from storesim.forecast.methods.base import Panel
from storesim.forecast.methods.lessons import (
    OPENING,
    REACHES,
    SIDES,
    TOLD,
    drift_terms,
    early_terms,
    growth,
    lessons,
    shipped,
    width_terms,
)
from storesim.forecast.methods.own import Own
from storesim.forecast.methods.spread import learn
from tests.forecast.made_histories import panel_of

Array = NDArray[np.float64]
WEEKS = np.array([4, 12, 52])


def rising(n_days: int, rate: float = 0.02) -> Array:
    """[1, n_days] logarithms of a count that grows by `rate` a day."""
    rng = np.random.default_rng(5)
    return (4.0 + rate * np.arange(n_days) + 0.05 * rng.standard_normal(n_days))[np.newaxis]


def test_growth_is_read_from_the_first_known_day_on() -> None:
    line = 0.01 * np.arange(120.0)[np.newaxis]
    late = np.concatenate([np.full((1, 30), np.nan), line], axis=1)

    for known in (growth(panel_of(line)), growth(panel_of(late))):
        # Medians of windows 28 days apart on a line of 0.01 a day; the first two weeks' lies 120 - 14 - 7 = 99 before.
        assert known.days == pytest.approx([120.0])
        assert known.recent == pytest.approx([0.28])
        assert known.earlier == pytest.approx([0.28])
        assert known.since == pytest.approx([0.99])


def test_unknown_windows_tell_of_no_growth() -> None:
    known = growth(panel_of(np.full((2, 40), np.nan)))

    assert not np.any([known.recent, known.earlier, known.since])


def test_every_term_has_a_coefficient_and_none_is_left_over() -> None:
    known = growth(panel_of(np.zeros((1, 40))))

    assert set(shipped()[OPENING]) == set(early_terms(store_of(np.zeros(40), np.zeros(40))))
    of_stores = ("count", "conversion", "ratio")
    for kind in (*of_stores, *(kind + TOLD for kind in of_stores), "alone"):
        for reach in REACHES:
            assert set(shipped()["drift", kind, reach]) == set(drift_terms(known))
            for side in SIDES:
                assert set(shipped()[side, kind, reach]) == set(width_terms(known, np.ones(1)))


@settings(max_examples=25, deadline=None)
@given(n_days=st.integers(14, 900), level=st.floats(-5, 9))
def test_a_level_that_stands_still_drifts_nowhere(n_days: int, level: float) -> None:
    drift, factors = lessons(panel_of(np.full((1, n_days), level)), np.full((3, 1), 0.1))

    assert not drift.any()
    assert (factors > 0).all()
    assert np.isfinite(factors).all()


def test_a_young_store_that_grows_is_foretold_to_grow_and_an_old_one_is_not() -> None:
    laws = np.full((3, 1), 0.2)

    young, old = (lessons(panel_of(rising(n, rate)), laws)[0] for n, rate in ((60, 0.02), (900, 0.02 / 15)))

    assert (young[:, 0] > 0.1).all()
    assert np.abs(old).max() < 0.01


def store_of(visitors: Array, conversion: Array) -> Panel:
    """Visitors and what part of them buys."""
    return replace(panel_of(np.stack([visitors, conversion])), kinds=("count", "conversion"))


def test_few_visitors_who_hardly_buy_at_first_tell_of_an_opening() -> None:
    day = np.arange(60.0)
    opening = store_of(5.0 - 0.8 * np.exp(-day / 30), -4.3 - 1.2 * np.exp(-day / 25))
    settled = store_of(np.full(60, 5.0), np.full(60, -5.3))
    laws = np.full((3, 2), 0.2)

    assert (growth(opening).opening > 0.5).all()
    assert growth(settled).opening == pytest.approx([0.0, 0.0], abs=1e-9)
    begun, stood = (lessons(store, laws)[0][:, 0] for store in (opening, settled))
    assert (begun > 0.1).all()
    assert (stood < begun / 5).all()


def test_a_store_known_for_two_years_drifts_nowhere() -> None:
    still = store_of(np.full(730, 5.0), np.full(730, -4.0))

    assert not lessons(still, np.full((3, 2), 0.2))[0].any()


@pytest.mark.parametrize(("unseen", "sure"), [(0, 1.0), (15, 0.75), (60, 0.0), (700, 0.0)])
def test_told_when_a_store_opened_its_age_and_how_much_of_its_opening_is_known_follow(unseen: int, sure: float) -> None:
    store = store_of(np.full(90, 5.0), np.full(90, -4.0))

    known = growth(replace(store, opened=store.start - dt.timedelta(days=unseen)))

    assert known.told
    assert known.age == pytest.approx([90.0 + unseen] * 2)
    assert known.days == pytest.approx([90.0, 90.0])
    assert known.opening == pytest.approx([sure, sure])


def test_the_same_days_grow_on_if_their_store_is_told_to_be_new_and_hardly_if_it_is_old() -> None:
    day = np.arange(60.0)
    store = store_of(5.0 + 0.004 * day, -4.3 + 0.004 * day)
    laws = np.full((3, 2), 0.2)

    new, old = (lessons(replace(store, opened=store.start - dt.timedelta(days=age)), laws)[0] for age in (0, 2000))

    assert (new[1:, 0] > old[1:, 0] + 0.1).all()
    assert np.abs(old).max() < 0.2


def test_a_lone_count_learns_nothing_of_an_opening_that_is_told() -> None:
    alone, laws = panel_of(rising(60)), np.full((3, 1), 0.2)

    told = lessons(replace(alone, opened=alone.start), laws)

    assert np.array_equal(told[0], lessons(alone, laws)[0])
    assert np.array_equal(told[1], lessons(alone, laws)[1])


def test_what_fell_is_foretold_to_come_back_in_part() -> None:
    fallen = np.where(np.arange(90) < 40, 5.6, 5.0)
    store = store_of(fallen + 0.01 * np.sin(np.arange(90.0)), np.full(90, -4.0))
    level = store_of(np.full(90, 5.0) + 0.01 * np.sin(np.arange(90.0)), np.full(90, -4.0))
    laws = np.full((3, 2), 0.2)

    down, still = (lessons(replace(one, opened=one.start - dt.timedelta(300)), laws)[0][2, 0] for one in (store, level))

    assert still < down < still + 0.6


def test_a_history_without_buyers_tells_of_no_opening() -> None:
    assert not early_terms(panel_of(rising(60)))
    assert not growth(panel_of(rising(60))).opening.any()


def test_a_lone_count_is_taught_by_series_of_any_kind_and_the_same_count_of_a_store_by_stores() -> None:
    visitors = rising(60)
    laws = np.full((3, 2), 0.2)
    store = replace(panel_of(np.vstack([visitors, np.full((1, 60), -3.0)])), kinds=("count", "conversion"))

    of_store, alone = lessons(store, laws), lessons(panel_of(visitors), laws[:, :1])

    for reach, moved, by in zip(REACHES, (of_store[0][:, 0], alone[0][:, 0]), ("count", "alone"), strict=False):
        moved_so_far = growth(store if by == "count" else panel_of(visitors))
        terms = drift_terms(moved_so_far)
        expected = sum(shipped()["drift", by, reach][name] * float(value[0]) for name, value in terms.items())
        assert moved[REACHES.index(reach)] == pytest.approx(np.clip(expected, -1.5, 1.5))


@pytest.mark.parametrize(("n_days", "like"), [(365, "store"), (730, "alone")])
def test_a_store_of_two_years_is_taught_as_any_series_and_one_of_a_year_as_stores(n_days: int, like: str) -> None:
    visitors = rising(n_days, 0.001)
    laws = np.full((3, 2), 0.2)
    store = replace(panel_of(np.vstack([visitors, np.full((1, n_days), -3.0)])), kinds=("count", "conversion"))
    of_stores = {key: terms for key, terms in shipped().items() if key[1] != "alone"}

    factors = lessons(store, laws)[1][..., 0]

    alone = lessons(panel_of(visitors), laws[:, :1])[1][..., 0]
    expected = {"store": lessons(store, laws, of_stores)[1][..., 0], "alone": alone}
    assert factors == pytest.approx(expected[like])
    assert not np.allclose(expected["store"], expected["alone"])


def test_what_no_lesson_tells_of_stays_as_it_is() -> None:
    drift, factors = lessons(panel_of(rising(60)), np.full((3, 1), 0.2), {})

    assert not drift.any()
    assert (factors == 1.0).all()


@given(days=st.floats(14, 1100))
def test_days_known_are_shared_among_the_nearest_lengths(days: float) -> None:
    known = replace(growth(panel_of(np.zeros((1, 40)))), days=np.array([days]))

    tents = [
        value for name, value in width_terms(known, np.ones(1)).items() if name.endswith(" days") and name[0].isdigit()
    ]

    assert sum(tents) == pytest.approx([1.0])
    assert sum(float(tent[0]) > 0 for tent in tents) <= 2


def test_what_never_changed_takes_no_part_in_an_opening() -> None:
    budget = np.full(60, 6.0)
    rising = np.concatenate([np.full(7, -5.0), np.full(53, -4.0)])
    panel = replace(panel_of(np.stack([budget, rising])), kinds=("count", "conversion"))

    assert not lessons(panel, np.array([[0.0, 0.2]] * 3))[0][:, 0].any()


def test_totals_to_date_are_as_taught_and_days_still_add_up() -> None:
    errors = np.cumsum(0.05 * np.random.default_rng(2).standard_normal((400, 70, 1)), axis=1)
    plain = learn(errors, 7, np.zeros(400, dtype=np.int64), 1000)
    drift, factors = np.array([[0.1], [0.2], [0.4]]), np.stack([np.full((3, 1), 0.5), np.full((3, 1), 2.0)])
    corrected = replace(plain, drift=drift, scales=factors * plain.doubts())
    foretold = 3.0 + 0.3 * np.sin(np.arange(365.0))[:, np.newaxis]

    paths = np.exp(corrected.draw(foretold, 4000, 3, 0)[..., 0])

    for days, moved, law in zip((28, 364), (0.1, 0.4), plain.doubts()[[0, 2], 0], strict=True):
        over = np.log(paths[:, :days].sum(axis=1) / np.exp(foretold[:days]).sum()) - plain.gain()[0]
        low, middle, high = np.quantile(over, [0.1, 0.5, 0.9])
        # A tenth of a normal law lies 1.2816 deviations below; standard errors of these quantiles are within a tenth.
        assert middle == pytest.approx(moved, abs=0.02)
        assert (middle - low) / (1.2816 * law) == pytest.approx(0.5, rel=0.1)
        assert (high - middle) / (1.2816 * law) == pytest.approx(2.0, rel=0.1)


def test_a_total_that_would_ask_for_days_below_nothing_falls_as_far_as_it_may() -> None:
    errors = np.cumsum(0.05 * np.random.default_rng(2).standard_normal((400, 70, 1)), axis=1)
    plain = learn(errors, 7, np.zeros(400, dtype=np.int64), 1000)
    falling = replace(plain, drift=np.array([[0.0], [-1.5], [-1.5]]), scales=np.full((2, 3, 1), 1.0))

    paths = falling.draw(np.zeros((365, 1)), 500, 3, 0)

    assert np.isfinite(paths).all()


@pytest.mark.parametrize("horizon", [1, 5, 7, 27, 31])
def test_a_short_horizon_is_drawn_to_the_lessons_of_four_weeks(horizon: int) -> None:
    fitted = Own().fit(panel_of(rising(60)))

    paths = fitted.predict(horizon, 50, 0)

    assert paths.shape == (50, horizon, 1)
    assert np.isfinite(paths).all()


def test_the_law_of_the_mean_to_date_is_that_of_the_paths() -> None:
    errors = np.cumsum(0.1 * np.random.default_rng(2).standard_normal((300, 70, 1)), axis=1)
    spread = learn(errors, 7, np.zeros(300, dtype=np.int64), 900)

    for weeks in WEEKS:
        drawn = spread.draw(np.zeros((7 * int(weeks), 1)), 8000, 1, 0).mean(axis=1).std()
        # Standard error of a standard deviation of 8,000 draws: 0.8 %, and paths follow one law each.
        assert spread.doubt(int(weeks))[0] == pytest.approx(drawn, rel=0.05)


def test_a_fit_knows_what_it_was_taught() -> None:
    fitted = Own().fit(panel_of(rising(60)))

    paths = fitted.predict(90, 400, 0)[..., 0]

    assert np.median(paths[:, -1]) > fitted.middle(90)[-1, 0] + 0.1
