"""Whether `storesim calibrate` finds settings that are known, and whether what it foretells holds.

Stores are simulated whose settings are drawn evenly (by logarithm) from the ranges in which they are looked for. Each
is calibrated from its own days alone. Counted: how often the 90 % range of a setting holds the true value, over all
settings; how often the 80 % band holds the days, and the totals, that were held back. Each is calibrated on luck of its
own: stores that shared a few runs' luck would err together.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np

from benchmarks.record import record, table
from storesim.experiments.calibrate import calibrate
from storesim.experiments.calibrated import Calibration
from storesim.experiments.design import Axis, axis_of
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
SEED = 7
Found = dict[str, list[float]]
"""Of one store: by setting whether the range holds and how much is told, by KPI the days and totals held back."""

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
    parser.add_argument("--stores", type=int, default=60)
    parser.add_argument("--minutes", type=float, default=120.0, help="Begin no further store after so long.")
    parser.add_argument("--jobs", type=int, default=None)
    parser.add_argument("--kept", type=Path, help="Keep what was found here, and go on with what is there.")
    given = parser.parse_args()
    base = Scenario.model_validate(STORE)
    axes = tuple(axis_of(text.replace("..", ":"), base) for text in SETTINGS)
    true = Space(axes).settings(np.random.default_rng(SEED).random((given.stores, len(axes))))
    lines = given.kept.read_text("utf-8").splitlines() if given.kept and given.kept.exists() else []
    found: list[Found] = [json.loads(line) for line in lines[: given.stores]]
    began = time.monotonic()
    for number in range(len(found), given.stores):
        if time.monotonic() - began > 60 * given.minutes:
            break
        row = true[number]
        run = simulate(base.with_(changes_at(axes, row)), seed=1000 * SEED + number)
        one = calibrate(
            base, _history(run), axes, seed=2000 * SEED + number, n_draws=100, jobs=given.jobs,
            executor="serial" if given.jobs == 1 else "processes",
        )  # fmt: skip
        found.append(_found(one, axes, row))
        print(number, found[-1], f"{time.monotonic() - began:.0f} s", flush=True)
        if given.kept:
            with given.kept.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found[-1]) + "\n")
    _write(found)


def _history(run: Run) -> History:
    return History(run.start, {name: run.daily(name) for name in COUNTS}, "known")


def _found(one: Calibration, axes: tuple[Axis, ...], row: np.ndarray) -> Found:
    fitted = [one.setting(axis.path) for axis in axes]
    return {
        "inside": [here.low <= value <= here.high for here, value in zip(fitted, row.tolist(), strict=True)],
        "told": [here.told for here in fitted],
        "held_days": [held.share for held in one.held],
        "held_totals": [held.low <= held.total <= held.high for held in one.held],
        "fits": [one.fits],
    }


def _write(found: list[Found]) -> None:
    figures = {name: np.array([one[name] for one in found], dtype=np.float64) for name in found[0]}
    inside, told = figures["inside"], figures["told"]
    rows = [
        (setting.partition("=")[0], _percent(inside[:, i]), f"{told[:, i].mean():.0%}")
        for i, setting in enumerate(SETTINGS)
    ]
    rows.append(("all of them", _percent(inside.mean(axis=1)), ""))
    words = (
        f"{len(found)} simulated stores of {STORE['horizon']} days, a fifth of them held back, settings drawn evenly "
        f"by logarithm from the ranges {', '.join(SETTINGS)}. Goal: the 90 % ranges hold 90 % of the true values. In "
        "brackets two standard errors over the stores.\n\n"
        + table(("setting", "range holds the true value", "narrower than looked through"), rows)
        + f"\n\nOf the days held back the 80 % band held {_percent(figures['held_days'].mean(axis=1))}, their totals "
        f"{_percent(figures['held_totals'].mean(axis=1))}. Said not to be reproduced: "
        f"{int((1 - figures['fits']).sum())} of {len(found)} stores (one in a hundred is right)."
    )
    record("Calibration to known stores", f"python -m benchmarks.calibrate --stores {len(found)}", words)


def _percent(shares: np.ndarray) -> str:
    return f"{shares.mean():.1%} (± {2 * shares.std(ddof=1) / np.sqrt(len(shares)):.1%})"


if __name__ == "__main__":
    main()
