"""The sale calendar of JD: the years it holds, how they differ, and what a store that opens in one of them gets."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise
from pathlib import Path

import pytest

from storesim.model.demand import read_market
from storesim.scenario import load
from storesim.scenario.events import Event
from storesim.scenario.load import read_scenario
from tests.scenario.conftest import Write
from tests.scenario.test_presets import CATEGORIES, SOURCE

PRESETS = Path(load.__file__).parent / "presets"
NEW_YEAR = {
    2024: dt.date(2024, 2, 10), 2025: dt.date(2025, 1, 29), 2026: dt.date(2026, 2, 17), 2027: dt.date(2027, 2, 6),
    2028: dt.date(2028, 1, 26), 2029: dt.date(2029, 2, 13),
}  # fmt: skip
"""First day of the lunar year, by the Chinese calendar."""

ROWS = {
    "618": "618 ", "11.11": "11.11 ", "3.8": "3.8 ", "12.12": "12.12", "春节": "Spring Festival",
    "年货节": "New-Year goods", "开学季": "back to school",
}  # fmt: skip
"""First word of an event's name, and where the heading of the calendar speaks of it."""


@pytest.mark.parametrize("file", ["jd_calendar.yaml", "jd_calendar_2026_2028.yaml"])
def test_every_event_of_a_calendar_has_a_row_in_the_heading(file: str) -> None:
    heading, _, events = (PRESETS / file).read_text(encoding="utf-8").partition("\nevents")

    names = {name.split()[0] for name in re.findall(r"name: ([^,]+)", events)}

    assert SOURCE.search(heading)
    assert names == set(ROWS)
    assert [row for row in ROWS.values() if row.lower() not in heading.lower()] == []


@pytest.mark.parametrize(
    ("file", "years"),
    [("jd_calendar.yaml", range(2024, 2030)), ("jd_calendar_2026_2028.yaml", range(2026, 2029))],
)
def test_events_of_a_calendar_do_not_overlap_and_each_year_has_all_of_them(
    file: str, years: range, write: Write
) -> None:
    events = _events(write, f"extends: [good.yaml, presets/{file}]\n")

    days = [(event.first, event.last) for event in events]
    assert {first.year for first, _ in days} == {last.year for _, last in days} == set(years)
    assert all(last < later for (_, last), (later, _) in pairwise(days))
    for year in years:
        names = [event.name for event in events if event.first.year == year]
        assert {name.split()[0] for name in names} == set(ROWS)
        assert len(names) == len(set(names))


def test_spring_festival_follows_the_moon(write: Write) -> None:
    troughs = [event for event in _events(write) if event.name == "春节"]

    assert {event.first.year: event.first + dt.timedelta(days=2) for event in troughs} == NEW_YEAR
    assert all((event.last - event.first).days == 7 for event in troughs)
    assert all(event.market < 1.0 and not event.discount for event in troughs)


def test_goods_for_new_year_are_sold_before_it(write: Write) -> None:
    for event in _events(write):
        if event.name == "年货节":
            gap = NEW_YEAR[event.first.year] - event.last
            assert gap == dt.timedelta(days=14)


@pytest.mark.parametrize("year", sorted(NEW_YEAR))
def test_618_and_1111_open_at_eight_in_the_evening_and_end_on_their_day(year: int, write: Write) -> None:
    of_year = {event.name: event for event in _events(write) if event.first.year == year}

    assert of_year["618 开门红"].opens == of_year["11.11 开门红"].opens == 20.0
    assert of_year["618 高潮"].last == dt.date(year, 6, 18)
    assert of_year["11.11 高潮"].last == dt.date(year, 11, 11)
    assert of_year["618 开门红"].first == dt.date(year, 5, 30 if year == 2025 else 31)
    assert of_year["11.11 开门红"].first == dt.date(year, 10, 31)


def test_1111_was_longer_and_flatter_in_2024_and_2025(write: Write) -> None:
    events = [event for event in _events(write) if event.name.startswith("11.11")]

    first = {year: min(event.first for event in events if event.first.year == year) for year in NEW_YEAR}
    peak = {year: max(event.market for event in events if event.first.year == year) for year in NEW_YEAR}

    # Opening days: heading of the calendar. Peak day of all parcels in 2024: 1.51 times a usual one (DOMAIN 3.7, A).
    assert (first[2024], first[2025]) == (dt.date(2024, 10, 14), dt.date(2025, 10, 9))
    assert peak[2024] == peak[2025] == 1.5
    assert all(first[year] == dt.date(year, 10, 31) and peak[year] > 1.5 for year in (2026, 2027, 2028, 2029))


@pytest.mark.parametrize(
    "opened", [dt.date(2024, 1, 1), dt.date(2025, 6, 10), dt.date(2026, 3, 1), dt.date(2027, 1, 1)]
)
def test_a_store_that_lives_three_years_meets_every_sale_of_them(opened: dt.date, write: Write) -> None:
    text = f"extends: [good.yaml, presets/jd_calendar.yaml]\nstore: {{opened: {opened}}}\nhorizon: 1095d\n"
    made = read_scenario(write("s.yaml", text))
    bare = made.with_({"events": []})

    lift = read_market(made).known / read_market(bare).known

    assert lift.shape == (1095,)
    for day, factor in enumerate(lift):
        date = opened + dt.timedelta(days=day)
        running = [event for event in made.events if event.first <= date <= event.last]
        assert len(running) <= 1
        if not running:
            assert factor == pytest.approx(1.0)
        elif running[0].first < date:
            assert factor == pytest.approx(running[0].market)
    peaks = [
        day for year in range(opened.year, opened.year + 4) for day in (dt.date(year, 6, 18), dt.date(year, 11, 11))
    ]
    within = [(day - opened).days for day in peaks if 0 <= (day - opened).days < 1095]
    assert len(within) == 6
    assert all(lift[day] > 1.499 for day in within)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_the_same_calendar(category: str, write: Write) -> None:
    assert _events(write, f"extends: [good.yaml, presets/{category}.yaml]\n") == _events(write)


def test_a_calendar_named_twice_is_held_once(write: Write) -> None:
    twice = "extends: [good.yaml, presets/apparel.yaml, presets/jd_calendar.yaml]\n"

    assert _events(write, twice) == _events(write)


def _events(write: Write, text: str = "extends: [good.yaml, presets/jd_calendar.yaml]\n") -> list[Event]:
    return sorted(read_scenario(write("s.yaml", text)).events, key=lambda event: event.first)
