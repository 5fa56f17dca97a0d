"""Waiting parcels and Little's law (MODEL section 14)."""

from __future__ import annotations

import pytest

from tests.theory.evidence import Evidence
from tests.theory.formulas import gaps_of, mean_wait
from tests.theory.stores import luck_of, quiet_store, runs_of

ALWAYS = 0.999999
RUNS, DAYS, ORDERS = 12, 200, 500


@pytest.mark.parametrize("waves", [[6, 12, 18], [11, 16], [9]], ids=str)
def test_an_order_waits_half_the_gap_between_waves(waves: list[float], evidence: Evidence) -> None:
    scenario = quiet_store(ORDERS, days=DAYS, conversion={"base": ALWAYS}).with_(
        {"operations.dispatch.waves": waves, "operations.dispatch.capacity": 100 * ORDERS}
    )
    case = f"mean wait for waves at {', '.join(f'{hour:g}:00' for hour in waves)}, hours"

    runs = runs_of(scenario, RUNS, luck_of(case))

    # Orders come evenly over the day; gaps of 6, 6 and 12 hours: (6² + 6² + 12²) / (2 · 24) = 4.5 hours.
    # Whole turns only: the first day's parcels had no evening before them, and the last evening's leave after the run.
    evidence.mean(
        case, expected=round(mean_wait(gaps_of(waves)), 6),
        values=[float(run.daily("dispatch_wait")[1:].sum() / run.daily("dispatched")[1:].sum()) for run in runs],
        size=f"{RUNS} runs of {DAYS} days with {ORDERS} orders", source="Σ gap² / (2 Σ gap)",
    )  # fmt: skip


@pytest.mark.parametrize("capacity", [1_000, 52])
def test_the_backlog_at_midnight_is_what_littles_law_says(capacity: int) -> None:
    # One wave a day, at midnight's last hour, so that every parcel waiting at midnight waits whole days for its wave.
    scenario = quiet_store(50, days=600, conversion={"base": ALWAYS}).with_(
        {"operations.dispatch.waves": [12], "operations.dispatch.capacity": capacity}
    )
    runs = runs_of(scenario, 6)

    # L = λW over the whole run, the parcels still waiting at its end left out on both sides: backlog at noon after the
    # wave is orders paid less orders dispatched; an order paid at an even hour of the day adds its wait to the area.
    for run in runs:
        left = float((run.daily("orders") - run.daily("dispatched")).sum())
        mean_wait_days = run.total("dispatch_wait") / run.total("dispatched") / 24
        backlog = (run.daily("orders") - run.daily("dispatched")).cumsum()[:-1]
        # Half a day's orders (25) come after the noon wave and wait at midnight with the backlog; over the day the
        # backlog falls to its noon value and rises again, so its mean over time is its mean at midnights.
        assert left < 2_000
        assert mean_wait_days * 50 == pytest.approx(backlog.mean(), rel=0.05)
    assert (runs[0].daily("dispatched") <= capacity).all()


def test_a_tight_wave_makes_parcels_late_and_a_roomy_one_none() -> None:
    busy = quiet_store(50, days=100, conversion={"base": ALWAYS})

    late = [
        sum(run.total("late") for run in runs_of(busy.with_({"operations.dispatch.capacity": c}), 2))
        for c in (500, 25, 20)
    ]

    assert late[0] == 0.0
    assert late[0] <= late[1] < late[2]
