"""How often `storesim check` cries wolf, and how often it sees a shift of GMV by 1 %.

Pools of runs of one store are drawn from again and again, as many runs as `storesim approve` would choose. Of a store
in which nothing moved but the luck (another seed, so that pairs have nothing in common: the hardest case), any figure
that fails is a false alarm. Of a store whose visitors are just so much readier to buy that GMV rises by 1 %, on common
luck, a check in which GMV does not fail is a miss.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks.record import record, table
from benchmarks.whole_store import scaled
from storesim.runs.bench import Bench
from storesim.runs.totals import Totals
from storesim.scenario.document import Scenario
from storesim.testing.approved import KPIS, Approved, approved_of
from storesim.testing.check import runs_needed
from storesim.testing.verdict import Figure, Verdict, corrected, figures_of

SHIFT = 0.01


def main() -> None:
    """Measure and write the section."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--pool", type=int, default=600)
    parser.add_argument("--trials", type=int, default=4000)
    parser.add_argument("--jobs", type=int, default=None)
    given = parser.parse_args()
    store = scaled(8e6, 21)
    needed = runs_needed(store, 1, jobs=given.jobs)
    pool = max(given.pool, 4 * needed)
    with Bench(1, jobs=given.jobs) as bench:
        shifted, shift = _shifted(bench, store, pool)
        base, more = bench.play([store, shifted], pool)
    with Bench(2, jobs=given.jobs) as bench:
        (other,) = bench.play([store], pool)
    luck = np.random.default_rng(3)
    rows = []
    for n_runs in (needed, 2 * needed):
        alarms = _share(base, other, n_runs, given.trials, luck=luck, counts=_any_fails, paired=False)
        found = _share(base, more, n_runs, given.trials, luck=luck, counts=_gmv_fails, paired=True)
        rows.append((f"{n_runs}", _percent(alarms, given.trials), _percent(found, given.trials)))
    words = (
        f"`benchmarks/whole_store.py` at 8 million visitors a year, 21 days, {len(KPIS)} figures with the usual "
        f"tolerance of 0.5 %, {given.trials:,} checks drawn from pools of {pool:,} runs; `storesim approve` "
        f"chooses {needed} runs for it. Shift of GMV played: {shift:+.2%}. Goals: at most 1 % and at least 99 %. "
        "In brackets two standard errors of the drawing."
    )
    record(
        "Checks of approved forecasts",
        f"python -m benchmarks.regression --pool {given.pool} --trials {given.trials}",
        words + "\n\n" + table(("runs", "false alarms, other luck", "GMV +1 % found"), rows),
    )


def _shifted(bench: Bench, store: Scenario, n_runs: int) -> tuple[Scenario, float]:
    """The store with conversion raised so that GMV rises by `SHIFT`, and the rise, by secant steps on common luck."""
    conversion = store.operations.conversion.base
    raised = SHIFT
    for _ in range(3):
        other = store.with_({"operations.conversion.base": conversion * (1 + raised)})
        base, more = bench.play([store, other], n_runs)
        rise = float(more.values("gmv").mean() / base.values("gmv").mean() - 1)
        if abs(rise - SHIFT) < 0.0003:
            break
        raised *= SHIFT / rise
    return other, rise


def _share(
    before: Totals, after: Totals, n_runs: int, trials: int, *, luck: np.random.Generator,
    counts: Callable[[tuple[Figure, ...]], bool], paired: bool,
) -> float:  # fmt: skip
    """Share of the checks that count."""
    approved = approved_of(before, fingerprint="", seed=0)
    hits = 0
    for _ in range(trials):
        one = luck.choice(before.n_runs, n_runs, replace=False)
        other = one if paired else luck.choice(after.n_runs, n_runs, replace=False)
        chosen: Approved = replace(
            approved, n_runs=n_runs, counts={name: values[one] for name, values in approved.counts.items()}
        )
        verdict = Verdict("", figures_of(chosen, after.chosen(other)), chosen, edited=False, moved=None)
        hits += counts(corrected([verdict])[0].figures)
    return hits / trials


def _any_fails(figures: tuple[Figure, ...]) -> bool:
    return any(figure.level == "fail" for figure in figures)


def _gmv_fails(figures: tuple[Figure, ...]) -> bool:
    return any(figure.level == "fail" and figure.kpi == "gmv" for figure in figures)


def _percent(share: float, trials: int) -> str:
    return f"{share:.2%} (± {2 * np.sqrt(share * (1 - share) / trials):.2%})"


if __name__ == "__main__":
    main()
