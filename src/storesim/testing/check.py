"""`check` and `approve`: did any approved forecast move beyond tolerance and noise, and accepting that it did."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import numpy as np

from storesim import kpi as known_kpis
from storesim.errors import Fault, FileFaults, UsageError, near
from storesim.runs.bench import Bench
from storesim.runs.totals import Kept, Totals
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario
from storesim.testing.approved import ENDING, KPIS, Approved, Limits, approved_of, read_approved, write_approved
from storesim.testing.verdict import FALSE_ALARM, LEVELS, Level, Verdict, corrected, judged

Progress = Callable[[int, int], object]

PLAYED: Final = Kept(moves=True)
SHIFT: Final = 0.01
"""Shift of GMV that a check is to find."""

MISSED: Final = 0.01
"""Chance that it does not."""

LEAST_RUNS, MOST_RUNS = 40, 2000
FEWEST_RUNS: Final = 12
"""With fewer no ranks are rare enough to fail one of ten figures."""

_PROBE_RUNS = 40


@dataclass(frozen=True)
class Check:
    """Approved forecasts, looked at again."""

    verdicts: tuple[Verdict, ...]
    obsolete: tuple[Path, ...]
    """Files of approved figures whose scenario is no longer there."""

    @property
    def level(self) -> Level:
        """The worst of all."""
        return max((verdict.level for verdict in self.verdicts), key=LEVELS.index, default="same")

    @property
    def failed(self) -> bool:
        """Whether any figure moved beyond tolerance and noise."""
        return self.level == "fail"


def check(
    paths: Sequence[str | Path] = (".",),
    *,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Progress | None = None,
) -> Check:
    """Play approved forecasts again, with their own seeds and numbers of runs, and judge what moved.

    Parameters
    ----------
    paths
        Scenarios, files of approved figures, or folders that are searched for those.
    jobs, executor, progress
        As in `replicate`; progress is told batches of the forecast at work.

    Raises
    ------
    UsageError
        If there is nothing to check.
    FileFaults
        If a file is wrong.
    """
    found, obsolete = _files(paths)
    if not found and not obsolete:
        raise UsageError(
            f"there are no approved figures in {' '.join(map(str, paths))}; make some with storesim approve"
        )
    verdicts = []
    for path in found:
        approved = read_approved(path)
        scenario = read_scenario(path.parent / approved.scenario, approved.overrides)
        (totals,) = _played([scenario], approved.seed, approved.n_runs, jobs=jobs, executor=executor, progress=progress)
        verdicts.append(judged(_name(path), approved, totals, scenario.fingerprint))
    return Check(tuple(corrected(verdicts)), tuple(obsolete))


def approve(
    paths: Sequence[str | Path] = (".",),
    *,
    n_runs: int | Literal["auto"] | None = None,
    seed: int | None = None,
    kpis: Sequence[str] | None = None,
    limits: Limits | None = None,
    overrides: Sequence[str] | None = None,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Progress | None = None,
) -> list[Path]:
    """Accept the figures of scenarios as they are now; give the files written.

    A forecast that was approved before keeps its runs, seed, KPIs, limits and overrides where none are given; a new
    one is played as often as `runs_needed` says ("auto").

    Parameters
    ----------
    paths
        Scenarios; or folders and files of approved figures, whose scenarios are approved anew.

    Raises
    ------
    UsageError
        If there is nothing to approve, no such KPI, or fewer than `FEWEST_RUNS` runs.
    FileFaults
        If a scenario is wrong.
    RunError
        If a file cannot be written.
    """
    for name in kpis or ():
        if name not in known_kpis.COUNT and name not in known_kpis.RATIO:
            raise UsageError(f"there is no count or ratio {name!r}{near(name, (*known_kpis.COUNT, *known_kpis.RATIO))}")
    files = _to_approve(paths)
    if not files:
        raise UsageError(f"there are no approved figures in {' '.join(map(str, paths))}; name the scenarios to approve")
    for path, scenario_path in files:
        old = read_approved(path) if path.exists() else None
        laid = tuple(overrides) if overrides is not None else (old.overrides if old else ())
        scenario = read_scenario(scenario_path, laid)
        luck = seed if seed is not None else (old.seed if old else 0)
        runs = n_runs or (old.n_runs if old else "auto")
        if runs != "auto":
            refuse_too_few(runs)
        else:
            runs = runs_needed(scenario, luck, n_figures=len(kpis or KPIS), jobs=jobs, executor=executor)
        (totals,) = _played([scenario], luck, runs, jobs=jobs, executor=executor, progress=progress)
        write_approved(
            path,
            approved_of(
                totals,
                fingerprint=scenario.fingerprint,
                seed=luck,
                scenario=Path(os.path.relpath(scenario_path, path.parent)).as_posix(),
                kpis=tuple(kpis) if kpis else (old.kpis if old else KPIS),
                limits=limits or (old.limits if old else Limits()),
                overrides=laid,
            ),
        )
    return [path for path, _ in files]


def refuse_too_few(n_runs: int) -> None:
    """A check of a few runs cannot fail; UsageError says so."""
    if n_runs < FEWEST_RUNS:
        raise UsageError(f"{n_runs} runs tell no change from luck; approve with {FEWEST_RUNS} or more, or with auto")


def runs_needed(
    scenario: Scenario, seed: int, *, n_figures: int = len(KPIS), jobs: int | None = None, executor: str = "processes"
) -> int:
    """Runs with which a shift of GMV by `SHIFT` fails a check with a chance of 1 - `MISSED`; whole batches of five.

    The noise of paired runs is that of a probe: the same store whose visitors are a hundredth readier to buy. Beside
    the test of Holm's strictest figure the change found must exceed the tolerance, of which the usual one leaves half.
    Whichever needs fewer runs, the mean, or the middle run, which few runs whose paths part do not move: its noise is
    that of the middle half of the runs, and it needs π/2 as many. What is found so is measured in
    `benchmarks/regression.py`.
    """
    from scipy.special import ndtri

    probe = scenario.with_({"operations.conversion.base": scenario.operations.conversion.base * (1 + SHIFT)})
    base, other = _played([scenario, probe], seed, _PROBE_RUNS, jobs=jobs, executor=executor)
    gmv = base.values("gmv")
    if gmv.mean() == 0:
        return LEAST_RUNS
    apart = (other.values("gmv") - gmv) / abs(gmv.mean())
    noise = float(apart.std(ddof=1))
    low, middle, high = np.quantile(apart, (0.25, 0.5, 0.75))
    # In a store of few buyers most runs are not moved at all, and the middle one tells nothing.
    if abs(middle) > Limits().fail:
        noise = min(noise, math.sqrt(math.pi / 2) * float(high - low) / 1.349)
    sure = -ndtri(MISSED)
    # Two-sided, for each figure by the mean and by the middle run.
    strict = -ndtri(FALSE_ALARM / (4 * n_figures))
    errors = max((sure + strict) / SHIFT, sure / (SHIFT - Limits().fail))
    # A quarter more: the noise itself is known from a few runs only, and t is wider than the normal law.
    runs = math.ceil(1.25 * (errors * noise) ** 2 / 5) * 5
    return int(np.clip(runs, LEAST_RUNS, MOST_RUNS))


def _played(
    scenarios: Sequence[Scenario], seed: int, n_runs: int, *, jobs: int | None, executor: str,
    progress: Progress | None = None,
) -> list[Totals]:  # fmt: skip
    with Bench(seed, kept=PLAYED, jobs=jobs, executor=executor, progress=progress) as bench:
        return bench.play(scenarios, n_runs)


def play_again(scenario: Scenario, approved: Approved) -> Totals:
    """A scenario played as an approved forecast was, in this process."""
    return play(scenario, approved.seed, approved.n_runs)


def play(scenario: Scenario, seed: int, n_runs: int) -> Totals:
    """A scenario played in this process, with what an approval keeps."""
    (totals,) = _played([scenario], seed, n_runs, jobs=1, executor="serial")
    return totals


def beside(scenario: Path) -> Path:
    """Where the approved figures of a scenario lie."""
    return scenario.with_name(scenario.stem + ENDING)


def _name(path: Path) -> str:
    return str(path.parent / path.name.removesuffix(ENDING))


def _files(paths: Iterable[str | Path]) -> tuple[list[Path], list[Path]]:
    """Files of approved figures of scenarios that are there, and of those that are not."""
    found: list[Path] = []
    obsolete: list[Path] = []
    for path in dict.fromkeys(_searched(paths)):
        approved = read_approved(path)
        if not approved.scenario:
            # Made by a test, which looks at it itself.
            continue
        there = (path.parent / approved.scenario).exists()
        (found if there else obsolete).append(path)
    return found, obsolete


def _searched(paths: Iterable[str | Path]) -> Iterable[Path]:
    for given in map(Path, paths):
        if given.is_dir():
            yield from sorted(path for path in given.rglob(f"*{ENDING}") if not _hidden(path.relative_to(given)))
        elif given.name.endswith(ENDING):
            yield given
        elif beside(given).exists():
            yield beside(given)
        else:
            raise FileFaults([Fault(str(given), 0, 0, "has no approved figures; make them with storesim approve")])


def _to_approve(paths: Iterable[str | Path]) -> list[tuple[Path, Path]]:
    """File of approved figures, and scenario, of each forecast to approve."""
    pairs: dict[Path, Path] = {}
    for given in map(Path, paths):
        if given.is_dir() or given.name.endswith(ENDING):
            pairs |= {path: path.parent / read_approved(path).scenario for path in _files([given])[0]}
        else:
            pairs[beside(given)] = given
    return list(pairs.items())


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)
