"""What the pytest fixture does: a forecast against the approved figures beside its test."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from storesim.language import language_of_the_machine
from storesim.scenario.document import Scenario
from storesim.scenario.load import read_scenario
from storesim.testing.approved import ENDING, KPIS, Approved, Limits, approved_of, read_approved, write_approved
from storesim.testing.check import Check, play, play_again, refuse_too_few, runs_needed
from storesim.testing.pages import lines_of, write_check
from storesim.testing.verdict import Verdict, corrected, judged

_UNFIT = re.compile(r"[^\w.\-\[\]]+")


class ForecastRegression:
    """The fixture `forecast_regression` of one test.

    Parameters
    ----------
    folder
        Where the approved figures of the test's file lie.
    test
        Name of the test.
    update
        Approve what is found, instead of judging it.
    """

    def __init__(self, folder: Path, test: str, *, update: bool) -> None:
        self._folder, self._test, self._update = folder, _UNFIT.sub("-", test), update
        self.used: list[Path] = []
        self.updated: list[Path] = []
        self.verdicts: list[Verdict] = []

    def __call__(
        self,
        scenario: Scenario | str | Path,
        name: str = "",
        *,
        n_runs: int | Literal["auto"] = "auto",
        seed: int = 0,
        kpis: Sequence[str] = KPIS,
        tolerance: float = Limits.fail,
        warn: float | None = None,
    ) -> Verdict:
        """Fail the test if the forecast of a scenario moved; give the verdict if not.

        Parameters
        ----------
        scenario
            A scenario, or the path of one.
        name
            Tells forecasts of one test apart.
        n_runs
            Runs to approve with; "auto": as `storesim approve` chooses. Later sessions play as many as were approved.
        seed
            Seed to approve with.
        kpis
            Counts and ratios to judge.
        tolerance, warn
            Larger changes fail, or are told, if they are beyond the noise too; shares of the approved figures. Those of
            this call hold, whatever they were at approval.

        Raises
        ------
        AssertionError
            If a figure moved beyond tolerance and noise, nothing was approved yet, or other KPIs were.
        UsageError
            If there are fewer runs than `check.FEWEST_RUNS`.
        """
        __tracebackhide__ = True  # what moved is told by the message, not by this code
        found = scenario if isinstance(scenario, Scenario) else read_scenario(scenario)
        path = self._folder / f"{self._test}{'.' if name else ''}{_UNFIT.sub('-', name)}{ENDING}"
        self.used.append(path)
        limits = Limits(tolerance, min(tolerance, Limits.warn) if warn is None else warn)
        if not path.exists():
            if not self._update:
                raise AssertionError(
                    f"nothing is approved yet in {path}; look at the figures and run pytest --forecast-update"
                )
            return self._approve(path, found, n_runs=n_runs, seed=seed, kpis=tuple(kpis), limits=limits)
        kept = read_approved(path)
        if kept.kpis != tuple(kpis) and not self._update:
            raise AssertionError(
                f"{', '.join(kept.kpis)} are approved in {path}, and the test asks for {', '.join(kpis)}; look at the "
                "figures and run pytest --forecast-update"
            )
        approved = replace(kept, limits=limits)
        verdict = self._judged(f"{self._folder.name}::{path.name.removesuffix(ENDING)}", approved, found)
        other = (kept.kpis, kept.limits) != (tuple(kpis), limits)
        if self._update and (verdict.level != "same" or verdict.edited or other):
            return self._approve(
                path, found, n_runs=approved.n_runs, seed=approved.seed, kpis=tuple(kpis), limits=limits
            )
        self.verdicts.append(verdict)
        if verdict.level == "fail":
            lines = "\n".join(lines_of(verdict, language_of_the_machine()))
            raise AssertionError(
                f"the forecast moved beyond tolerance and noise:\n{lines}\nIf this is right: pytest --forecast-update"
            )
        return verdict

    def _judged(self, name: str, approved: Approved, scenario: Scenario) -> Verdict:
        verdict = judged(name, approved, play_again(scenario, approved), scenario.fingerprint)
        # Every approved forecast beside the test is a further chance of a false alarm.
        forecasts = max(1, sum(1 for _ in self._folder.parent.glob(f"*/*{ENDING}")))
        return corrected([verdict], times=forecasts)[0]

    def _approve(
        self, path: Path, scenario: Scenario, *, n_runs: int | Literal["auto"], seed: int, kpis: tuple[str, ...],
        limits: Limits,
    ) -> Verdict:  # fmt: skip
        if n_runs != "auto":
            refuse_too_few(n_runs)
        runs = runs_needed(scenario, seed, n_figures=len(kpis), jobs=1) if n_runs == "auto" else n_runs
        totals = play(scenario, seed, runs)
        approved = approved_of(totals, fingerprint=scenario.fingerprint, seed=seed, kpis=kpis, limits=limits)
        write_approved(path, approved)
        self.updated.append(path)
        verdict = corrected([judged(path.name.removesuffix(ENDING), approved, totals, scenario.fingerprint)])[0]
        self.verdicts.append(verdict)
        return verdict


def write_report(folder: Path, verdicts: Sequence[Verdict], obsolete: Sequence[Path]) -> None:
    """Write the pages of all forecasts of a session, in the language of the machine."""
    order = sorted(verdicts, key=lambda verdict: verdict.name)
    write_check(folder, Check(tuple(order), tuple(obsolete)), language_of_the_machine())
