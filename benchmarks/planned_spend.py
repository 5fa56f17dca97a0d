"""Forecasts that are told the ad spend to come, on simulated stores: `python -m benchmarks.planned_spend [STORES]`.

Each store (`simulated_stores.py`, presets only) changes its budget of express ads about day 90 and again about day 180,
up or down by up to e times, and is simulated twice on the same luck: with the second change, and without. From day 175,
60 days are foretold with the spend of either twin, and without being told any. What the change truly did is how the
twins lie apart; what the forecast makes of it is how its medians do.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.record import record
from benchmarks.simulated_stores import KINDS, without_plan
from storesim.forecast.predict import predict
from storesim.results.history import History
from storesim.results.run import Run
from storesim.runs.one import simulate
from storesim.scenario.load import read_scenario

Array = NDArray[np.float64]

CHANGES = (90, 180)
ORIGIN = 175
HORIZON = 60
FIRST = 72_000
"""The usual elasticity was told from stores before it, and its limit tried on them."""
SHOWN = ("uv", "buyers", "gmv")
COLUMNS = (*SHOWN, "ad_spend", "clicks")
WAYS = ("told the spend", "not told")


def twins(number: int) -> tuple[Run, Run]:
    """A store with the second change of budget, and without."""
    rng = np.random.default_rng([number, 77])
    presets = [kind for kind in KINDS if kind.startswith("presets/")]
    first = float(np.exp(rng.uniform(4.5, 6.5)))
    grown = first * float(np.exp(rng.uniform(-1.0, 1.0)))
    text = without_plan(presets[number % len(presets)], rng, 0.1, first, 0.0).replace("horizon: 730d", "horizon: 240d")
    runs = []
    for last in (grown * float(np.exp(rng.choice([-1.0, 1.0]) * rng.uniform(0.3, 1.0))), grown):
        stages = f"""stages:
  growth: {{gate: {{age: {CHANGES[0]}d}}, playbook: {{channels.express.daily_budget: {grown:.0f}}}}}
  stable: {{gate: {{age: {CHANGES[1]}d}}, playbook: {{channels.express.daily_budget: {last:.0f}}}}}
"""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "store.yaml"
            path.write_text(text + stages, encoding="utf-8")
            runs.append(simulate(read_scenario(path), seed=number))
    return runs[0], runs[1]


def measured(number: int) -> dict[str, list[tuple[float, ...]]]:
    """By KPI: true and foretold change of the total (logarithms); then error and coverage of each of `WAYS`."""
    changed, same = twins(number)
    ahead = slice(ORIGIN, ORIGIN + HORIZON)
    history = History(changed.start, {name: changed.daily(name)[:ORIGIN] for name in COLUMNS})
    spends = [run.daily("ad_spend")[ahead] for run in (changed, same)]
    told, unchanged = (predict(history, HORIZON, plan={"ad_spend": spend}, n_paths=400) for spend in spends)
    untold = predict(history, HORIZON, n_paths=400)
    found: dict[str, list[tuple[float, ...]]] = {}
    for name in SHOWN:
        came, other = (float(run.daily(name)[ahead].sum()) for run in (changed, same))
        middles = [float(np.median(outlook.total(name))) for outlook in (told, unchanged)]
        row = [np.log(max(came, 1.0) / max(other, 1.0)), np.log(max(middles[0], 1.0) / max(middles[1], 1.0))]
        for outlook in (told, untold):
            low, middle, high = np.quantile(outlook.total(name), [0.1, 0.5, 0.9])
            row += [abs(np.log(max(middle, 1.0) / max(came, 1.0))), float(low <= came <= high)]
        found.setdefault(name, []).append(tuple(row))
    return found


def main(n_stores: int) -> None:
    """Measure, and write the section."""
    rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in SHOWN}
    for number in range(FIRST, FIRST + n_stores):
        for name, found in measured(number).items():
            rows[name] += found
    lines = [
        "| KPI | true change, mean size | error of the change foretold | slope, foretold on true | "
        + " | ".join(f"error of the total, {way} | in 80 %, {way}" for way in WAYS)
        + " |",
        "|---" * 8 + "|",
    ]
    for name, found in rows.items():
        true, said, *scores = np.array(found).T
        slope = float((true * said).sum() / (true**2).sum())
        cells = [f"{np.abs(true).mean():.3f}", f"{np.abs(said - true).mean():.3f}", f"{slope:.2f}"]
        for error, held in (scores[:2], scores[2:]):
            cells += [f"{error.mean():.3f}", f"{100 * held.mean():.0f}"]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    head = (
        f"{n_stores} stores of 175 known days with one change of their budget behind them and another before them; "
        f"totals of {HORIZON} days; changes and errors are logarithms, means of sizes. Spend that came is the plan."
    )
    command = f"python -m benchmarks.planned_spend {n_stores}"
    record("Planned ad spend on simulated stores", command, head + "\n\n" + "\n".join(lines))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
