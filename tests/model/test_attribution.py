"""Orders credited to the clicks that led to them (DOMAIN 1.3)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from storesim.engine import day as d
from storesim.engine.attribution import BY_CLICK, DELAYS as PLACES, N_CREDITED, N_DELAYS, credit
from storesim.errors import ConservationError, UsageError
from storesim.model.store import Store
from storesim.report.document import Table, Value
from storesim.report.parts.channels import channels
from storesim.report.sources import Sources
from storesim.report.words import LANGUAGES, Words
from storesim.results.archive import load_draws, save_draws
from storesim.results.attribution import COUNTS, DELAYS, attribution_csv, credits_of, within
from storesim.results.ensemble import Ensemble, join, side_by_side
from storesim.runs.one import simulate
from storesim.scenario.operations import WINDOWS
from tests.model.small import scenario, store

OPENED = dt.date(2027, 1, 1)
LATE = {
    "operations.stock": {"policy": "unlimited"}, "operations.conversion.base": 0.15, "horizon": 50,
    "operations.conversion.later": 0.9, "operations.conversion.later_median": 100,
    "operations.attribution": {"window": 15},
}  # fmt: skip
EXPRESS = 1


def _credited(orders: Sequence[tuple[str, str]], year: int = 2026) -> np.ndarray:
    """What the kernel notes of orders of 3 SKUs given as (click, order), in one channel from 1 July on."""
    first = dt.date(year, 7, 1)
    attributed = np.zeros((2, 80, 1, N_DELAYS, N_CREDITED))
    post = getattr(credit, "py_func", credit)
    for click, order in orders:
        days = [(dt.date.fromisoformat(f"{year}-{date}") - first).days for date in (click, order)]
        post(attributed, 0, days[0], days[1], 3.0, 100.0)
    return attributed


def _counted(click: str, order: str, by: str, window: int) -> bool:
    """Whether a report of 1 to 10 August counts an order."""
    orders, fen, lines = within(_credited([(click, order)]), by, window)[31:41, 0].sum(axis=0)
    # JD's order lines: an order with 3 SKUs is 3 of them, in the same window as the order (DOMAIN 1.1, A).
    assert (fen, lines) == (100.0 * orders, 3.0 * orders)
    return bool(orders == 1.0)


@pytest.mark.parametrize(
    ("click", "order", "counted"),
    [("08-01", "08-01", True), ("08-10", "08-10", True), ("08-09", "08-10", False), ("07-31", "08-01", False),
     ("08-10", "08-11", False), ("08-11", "08-11", False)],
)  # fmt: skip
@pytest.mark.parametrize("by", ["click", "order"])
def test_on_the_same_day_click_and_order_are_both_within_the_dates(
    click: str, order: str, counted: bool, by: str
) -> None:
    assert _counted(click, order, by, 0) == counted


@pytest.mark.parametrize(
    ("click", "order", "counted"),
    [("08-01", "08-16", True), ("08-10", "08-25", True), ("08-10", "08-26", False), ("07-31", "08-01", False),
     ("08-05", "08-05", True), ("08-11", "08-12", False)],
)  # fmt: skip
def test_fifteen_days_by_click_reach_from_clicks_of_the_dates_to_orders_of_25_august(
    click: str, order: str, counted: bool
) -> None:
    assert _counted(click, order, "click", 15) == counted


@pytest.mark.parametrize(
    ("click", "order", "counted"),
    [("07-16", "08-01", True), ("07-15", "08-01", False), ("08-10", "08-10", True), ("07-26", "08-10", True),
     ("08-10", "08-11", False), ("07-31", "07-31", False)],
)  # fmt: skip
def test_fifteen_days_by_order_reach_back_to_clicks_of_16_july(click: str, order: str, counted: bool) -> None:
    assert _counted(click, order, "order", 15) == counted


@pytest.mark.parametrize("window", WINDOWS)
def test_a_window_holds_the_orders_of_as_many_days_and_no_others(window: int) -> None:
    for waited in range(20):
        order = f"08-{1 + waited:02d}"
        assert _counted("08-01", order, "click", window) == (waited <= window)


def test_places_of_delays_are_those_that_the_kernel_fills() -> None:
    assert len(PLACES) == len(DELAYS) == N_DELAYS
    for place, (first, last) in enumerate(PLACES):
        for waited in (first, first if last is None else last, 99 if last is None else last):
            attributed = np.zeros((2, 200, 1, N_DELAYS, N_CREDITED))
            getattr(credit, "py_func", credit)(attributed, 0, 5, 5 + waited, 1.0, 1.0)
            assert attributed[BY_CLICK, 5, 0, place, 0] == 1.0
        assert DELAYS[place] == (f"{first}+" if last is None else f"{first}" if first == last else f"{first}-{last}")


@pytest.mark.parametrize("by", ["click", "order"])
@pytest.mark.parametrize("window", WINDOWS)
def test_orders_and_amounts_of_ads_are_those_of_the_log_within_the_window(window: int, by: str) -> None:
    lived = store({**LATE, "operations.attribution": {"window": window, "by": by}}, log_rows=100_000)
    lived.live()
    run = simulate(lived.blueprint.scenario, 1)
    log = lived.kernel.log()
    bought = log[(log[:, d.LOG_WHAT] == d.LOG_BOUGHT) & (log[:, d.LOG_CHANNEL] == EXPRESS)]
    waited, day = bought[:, d.LOG_WAIT], np.floor(bought[:, d.LOG_TIME] / 24.0)

    counts = waited <= window + (by == "order" and window == 15)
    credited = (day - waited if by == "click" else day)[counts].astype(int)

    assert (waited > 0).sum() > 30
    orders = np.bincount(credited, minlength=50)
    np.testing.assert_array_equal(run.daily("ad_orders", "express"), orders)
    gmv = np.bincount(credited, bought[counts, d.LOG_AMOUNT], minlength=50)
    np.testing.assert_allclose(run.daily("ad_gmv", "express"), gmv / 100.0, rtol=1e-12)
    assert run.total("ad_orders", "search") == 0.0


def test_no_window_counts_every_order_on_its_own_day_and_keeps_no_delays() -> None:
    run = simulate(scenario({**LATE, "operations.attribution": {"by": "click"}}), 1)
    asked = simulate(scenario(LATE), 1)

    np.testing.assert_array_equal(run.daily("ad_orders", "express"), run.daily("orders", "express"))
    assert run.attributed.shape == (2, 0, 4, N_DELAYS, N_CREDITED)
    np.testing.assert_array_equal(run.daily("gmv"), asked.daily("gmv"))
    assert scenario({"operations.attribution": {"by": "order"}}).fingerprint == scenario().fingerprint
    assert scenario(LATE).fingerprint != run.provenance.fingerprint


def test_the_table_of_an_ensemble_adds_up_to_its_orders(tmp_path: Path) -> None:
    runs = [simulate(scenario(LATE), 1, run) for run in range(2)]
    ensemble = side_by_side(runs)

    for by in ("click", "order"):
        rows = [row for row in credits_of(ensemble) if row.by == by]
        assert sum(row.orders for row in rows) == pytest.approx(ensemble.total("orders").mean(), rel=1e-12)
        assert sum(row.gmv for row in rows) == pytest.approx(ensemble.total("gmv").mean(), rel=1e-12)
        assert sum(row.lines for row in rows) == pytest.approx(ensemble.total("lines").mean(), rel=1e-12)
    lines = attribution_csv(ensemble).decode("utf-8-sig").splitlines()
    assert lines[0] == "month,channel,by,delay," + ",".join(COUNTS)
    assert len(lines) == 1 + 2 * 4 * 2 * len(DELAYS)
    save_draws(tmp_path / "draws.npz", ensemble)
    assert load_draws(tmp_path / "draws.npz") == ensemble
    assert ensemble.run(1) == runs[1]
    halves = [side_by_side([run]) for run in runs]
    assert join(iter(halves), 2) == ensemble
    assert isinstance(ensemble, Ensemble)


def test_an_order_credited_twice_stops_the_run() -> None:
    broken = store({**LATE, "horizon": 12})
    played = Store._send_purchases

    def play_and_damage() -> None:
        played(broken)
        if broken.day == 9:
            broken.kernel.due.attributed[BY_CLICK, 3, EXPRESS, 2, 0] += 1

    broken._send_purchases = play_and_damage  # type: ignore[method-assign]  # the moment after the kernel has played

    with pytest.raises(ConservationError, match="orders or lines credited to clicks are not those of the channels"):
        broken.live()


def test_other_windows_than_those_of_jd_are_refused() -> None:
    with pytest.raises(UsageError, match="0, 1, 3, 7, 15"):
        within(np.zeros((2, 1, 1, N_DELAYS, N_CREDITED)), "click", 5)
    with pytest.raises(UsageError, match="by click or order"):
        within(np.zeros((2, 1, 1, N_DELAYS, N_CREDITED)), "view", 15)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_report_shows_every_window_by_both_dates_where_one_is_asked_for(lang: str) -> None:
    def tables(changes: Mapping[str, Any]) -> dict[str, Table]:
        asked = scenario({**LATE, **changes})
        sources = Sources(asked, side_by_side([simulate(asked, 1)]), None, None, Words(lang))
        return {block.key: block for block in channels(sources).blocks if isinstance(block, Table)}

    shown = tables({})["credited"]

    run = simulate(scenario(LATE), 1)
    cells = [[cell.value for cell in row.cells[2:] if isinstance(cell, Value)] for row in shown.rows]
    assert [row.key for row in shown.rows] == [
        f"{c}.{by}" for c in ("express", "direct_placement") for by in ("click", "order")
    ]
    assert cells[0][4] == run.total("ad_orders", "express")
    assert cells[0][9] == pytest.approx(run.total("roas", "express"), rel=1e-12)
    assert all(a <= b for row in cells for a, b in pairwise(row[:5]))
    assert "credited" not in tables({"operations.attribution": {}})
