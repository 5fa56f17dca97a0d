"""Findings about a whole history, on made days of which it is known what is wrong with them."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from numpy.typing import NDArray

from storesim.results.findings import Finding, findings_csv, findings_frame, gathered, summary
from storesim.results.history import History
from storesim.results.quality import examine
from storesim.results.shifts import level_shifts, running_median

Array = NDArray[np.float64]

START = dt.date(2025, 1, 6)
N_DAYS = 180


def _days(seed: int, n_days: int = N_DAYS) -> dict[str, Array]:
    """Visitors with a week, a slow season and noise; three pages each, 2 % buy for about 100."""
    chance = np.random.Generator(np.random.PCG64(seed))
    day = np.arange(n_days)
    week = np.where(day % 7 >= 5, 0.75, 1.0)
    rate = 2000 * week * np.exp(0.3 * np.sin(day / 60) + 0.1 * chance.standard_normal(n_days))
    uv = np.round(rate)
    buyers = chance.binomial(uv.astype(int), 0.02).astype(float)
    pv = np.round(uv * (3 + 0.1 * chance.standard_normal(n_days)))
    return {
        "pv": pv,
        "uv": uv,
        "buyers": buyers,
        "gmv": np.round(buyers * (100 + 5 * chance.standard_normal(n_days)), 2),
    }


def _found(columns: dict[str, Array], *kinds: str, start: dt.date = START) -> list[Finding]:
    return [finding for finding in examine(History(start, columns)) if finding.kind in kinds]


def test_ordinary_days_give_hardly_any_finding() -> None:
    # 40 stores of 180 days: what is found in them is a false alarm.
    found = [finding for seed in range(40) for finding in _found(_days(seed), "outlier", "shift", "bots", "stuck")]

    by_kind = {kind: times for _, kind, times in summary(found)}
    assert by_kind.get("bots", 0) == 0
    assert by_kind.get("stuck", 0) == 0
    # Six series a store, 43,200 days in all.
    assert by_kind.get("outlier", 0) <= 10
    assert by_kind.get("shift", 0) <= 3


@pytest.mark.parametrize("factor", [0.6, 1.7])
def test_a_level_that_shifts_is_dated_within_three_days(factor: float) -> None:
    exact = []
    for seed in range(12):
        columns = _days(seed)
        columns["uv"] = np.round(columns["uv"] * np.where(np.arange(N_DAYS) >= 100, factor, 1.0))
        shifts = level_shifts(columns["uv"], START)
        exact += [abs(shift.day - 100) <= 3 and abs(np.log(shift.factor / factor)) < 0.2 for shift in shifts]

    # One shift each; the slow season may bend one of them.
    assert 12 <= len(exact) <= 14
    assert sum(exact) >= 11


def test_a_sale_of_some_days_is_no_level_shift() -> None:
    columns = _days(3)
    columns["uv"][90:98] *= 3

    assert level_shifts(columns["uv"], START) == ()


def test_a_slow_trend_is_no_level_shift() -> None:
    grown = _days(4)["uv"] * np.exp(np.arange(N_DAYS) * 0.008)

    assert level_shifts(grown, START) == ()


def test_a_mistyped_figure_is_an_outlier_where_it_stands() -> None:
    columns = _days(5)
    columns["gmv"][40] *= 10

    (found,) = (finding for finding in _found(columns, "outlier") if finding.message.startswith("gmv"))
    assert (found.day, found.level) == (START + dt.timedelta(days=40), "warning")


def test_a_peak_in_a_sale_of_the_platform_is_only_noted() -> None:
    columns = _days(6)
    day = (dt.date(2025, 6, 18) - START).days
    for name in columns:
        columns[name][day] *= 4

    found = [finding for finding in _found(columns, "outlier") if finding.day == dt.date(2025, 6, 18)]
    assert found
    assert {finding.level for finding in found} == {"note"}
    assert all("the sale 618 falls here" in finding.message for finding in found)


def test_visits_by_machines_are_suspected_and_those_of_a_sale_are_not() -> None:
    columns = _days(7)
    for day in (50, 51):
        columns["pv"][day] += 6000
        columns["uv"][day] += 6000
    # A sale: buyers come with the visitors.
    for name in columns:
        columns[name][120] *= 4

    found = _found(columns, "bots")
    assert [finding.day for finding in found] == [START + dt.timedelta(days=day) for day in (50, 51)]
    # Such a day is told once, and not again as an outlier.
    assert not [f for f in _found(columns, "outlier") if f.day in {finding.day for finding in found}]


def test_the_same_number_many_days_in_a_row_is_stuck() -> None:
    columns = _days(8)
    columns["uv"][30:36] = 2111

    (found,) = _found(columns, "stuck")
    assert (found.day, found.times) == (START + dt.timedelta(days=30), 6)


def test_short_constant_and_empty_series_are_said() -> None:
    columns = {"uv": np.full(10, 50.0), "gmv": np.zeros(10)}

    assert {(finding.kind, finding.level) for finding in _found(columns, "short", "constant", "zero")} == {
        ("short", "warning"), ("constant", "warning"), ("zero", "warning")
    }  # fmt: skip


def test_a_running_median_is_that_of_numpy_and_shrinks_at_the_edges() -> None:
    values = np.array([3.0, np.nan, 1.0, 7.0, 5.0])

    assert running_median(values, 3).tolist() == [3.0, 2.0, 4.0, 5.0, 6.0]


def test_findings_that_repeat_are_told_once_with_their_number() -> None:
    many = [Finding("note", "range", f"row {row}", "kept", "a.csv", row, "uv") for row in range(2, 22)]
    one = Finding("error", "negative", "-3", "refused", "a.csv", 30, "gmv", dt.date(2025, 1, 1), "=cmd()")

    told = gathered([*many, one])

    assert [(finding.kind, finding.row, finding.times) for finding in told] == [("negative", 30, 1), ("range", 2, 20)]
    assert len(findings_frame(told)) == 2
    # A value of the user's cannot become a formula.
    assert "'=cmd()" in findings_csv(told).decode("utf-8-sig")
