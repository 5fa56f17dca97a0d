"""Whether `storesim calibrate` finds settings that are known, and whether what it foretells holds.

Stores are simulated whose settings are drawn evenly (by logarithm) from the ranges in which they are looked for. Each
is calibrated from its own days alone. Counted: how often the 90 % range of a setting holds the true value, over all
settings; how often the 80 % band holds the days, and the totals, that were held back. Each is calibrated on luck of its
own: stores that shared a few runs' luck would err together.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from benchmarks.record import record, table
from storesim.experiments.calibrate import calibrate
from storesim.experiments.calibrated import Calibration
from storesim.experiments.design import axis_of
from storesim.experiments.response import Space
from storesim.experiments.waves import changes_at
from storesim.results.history import History
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.document import Scenario

SETTINGS = (
    "market.searches_per_day=8000..40000",
    "operations.conversion.base=0.02..0.10",
    "catalogue.discount=0.02..0.30",
    "channels.express.bid=0.7..2.0",
)
COUNTS = ("uv", "pv", "buyers", "orders", "units", "gmv", "ad_spend", "clicks")
STORE = {
    "store": {"name": "Known", "opened": "2027-03-01"},
    "horizon": 35,
    "market": {"searches_per_day": 20000},
    "channels": {
        "search": {"mechanism": "organic"},
        "express": {"mechanism": "pay_per_click", "daily_budget": 2000, "bid": 1.2},
        "returning": {"mechanism": "returning"},
    },
    "catalogue": {
        "skus": [
            {"sku": "A", "role": "hero", "price": 39, "cost": 9, "popularity": 3},
            {"sku": "B", "role": "profit", "price": 89, "cost": 26},
        ]
    },
}


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--stores", type=int, default=24)
    parser.add_argument("--minutes", type=float, default=60.0, help="Begin no further store after so long.")
    parser.add_argument("--jobs", type=int, default=None)
    given = parser.parse_args()
    base = Scenario.model_validate(STORE)
    axes = tuple(axis_of(text.replace("..", ":"), base) for text in SETTINGS)
    true = Space(axes).settings(np.random.default_rng(5).random((given.stores, len(axes))))
    found: list[Calibration] = []
    began = time.monotonic()
    for number, row in enumerate(true):
        if time.monotonic() - began > 60 * given.minutes:
            break
        run = simulate(base.with_(changes_at(axes, row)), seed=1000 + number)
        one = calibrate(
            base, _history(run), axes, seed=2000 + number, n_draws=80, jobs=given.jobs,
            executor="serial" if given.jobs == 1 else "processes",
        )  # fmt: skip
        found.append(one)
        print(number, _inside(one, axes, row), f"p {one.chance:.3f}, {time.monotonic() - began:.0f} s", flush=True)
    _write(found, [_inside(one, axes, row) for one, row in zip(found, true, strict=False)], len(found))


def _history(run: Run) -> History:
    return History(run.start, {name: run.daily(name) for name in COUNTS}, "known")


def _inside(one: Calibration, axes: tuple[object, ...], row: np.ndarray) -> list[bool]:
    """Of each setting, whether its range holds the true value."""
    return [
        one.setting(axis.path).low <= value <= one.setting(axis.path).high  # type: ignore[attr-defined]
        for axis, value in zip(axes, row.tolist(), strict=True)
    ]


def _write(found: list[Calibration], inside: list[list[bool]], n: int) -> None:
    hits = np.array(inside)
    days = np.array([[held.share for held in one.held] for one in found])
    totals = np.array([[held.low <= held.total <= held.high for held in one.held] for one in found])
    rows = [
        (setting.partition("=")[0], _percent(hits[:, i]), f"{np.mean([one.settings[i].told for one in found]):.0%}")
        for i, setting in enumerate(SETTINGS)
    ]
    rows.append(("all of them", _percent(hits.mean(axis=1)), ""))
    words = (
        f"{n} simulated stores, {found[0].days[1]} days fitted and {found[0].days[2]} held back, settings drawn evenly "
        "by logarithm from the ranges "
        f"{', '.join(SETTINGS)}. Goal: the 90 % ranges hold 90 % of the true values. In brackets two standard errors "
        "over the stores.\n\n"
        + table(("setting", "range holds the true value", "narrower than looked through"), rows)
        + f"\n\nOf the days held back the 80 % band held {_percent(days.mean(axis=1))}, of their totals "
        f"{_percent(totals.mean(axis=1))}. Said not to be reproduced: {sum(not one.fits for one in found)} of {n} "
        "stores (one in a hundred is right)."
    )
    record("Calibration to known stores", f"python -m benchmarks.calibrate --stores {n}", words)


def _percent(shares: np.ndarray) -> str:
    return f"{shares.mean():.1%} (± {2 * shares.std(ddof=1) / np.sqrt(len(shares)):.1%})"


if __name__ == "__main__":
    main()
