"""`replicate`: many runs of one scenario, the same bytes for any number of workers and after any interruption."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Literal

from storesim.errors import RunError, UsageError
from storesim.results.ensemble import Ensemble, join
from storesim.runs.batches import MOST_RUNS, Batch, batches_of, play_batch, refuse_runs_and_seed
from storesim.runs.executors import Crew, usable_cores
from storesim.runs.parts import Parts, key_of
from storesim.runs.stopping import Precision, StoppingRule, checkpoints, precision
from storesim.scenario.document import Scenario

_LOG = logging.getLogger(__name__)

Progress = Callable[[int, int], object]

MOST_HELD = 500_000_000
"""Bytes of finished runs held in memory, where there is a folder; those of more runs stay on its disk."""


def replicate(
    scenario: Scenario,
    n_runs: int | Literal["auto"] = 200,
    seed: int = 0,
    *,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Progress | None = None,
    folder: str | Path | None = None,
    resume: bool = False,
    rule: StoppingRule | None = None,
    held: ExitStack | None = None,
) -> Ensemble:
    """Runs 0 to n_runs - 1 of a scenario, side by side.

    Parameters
    ----------
    scenario
        What to simulate.
    n_runs
        How many runs, or "auto": as many as `rule` needs.
    seed
        With the same scenario, seed and version the figures are the same, whatever is said below.
    jobs
        Workers at the same time; as many as there are usable cores if not given.
    executor
        A name of `executors.EXECUTORS`, or a cluster; see `executors.Crew`.
    progress
        Called as progress(runs done, runs wanted) at the beginning and after each batch; with "auto", the runs wanted
        before the next look, which may grow.
    folder
        Folder of the run. Each finished batch is kept in its sub-folder `parts`, whole, until `parts.forget_parts`.
    resume
        Take the batches that are there already from `folder` and play only the others. If not, those are removed.
    rule
        When to stop; with "auto" only. The annual GMV to 1 % if not given.
    held
        Until it is closed no other process may write to `folder`; until this function returns if not given.

    Raises
    ------
    UsageError
        If an argument cannot be, another process writes to `folder`, or `folder` holds runs of something else.
    RunError
        If a run fails, or worker processes die twice over the same batch.
    KeyboardInterrupt
        If the user interrupts; batches that were finished or under way are kept in `folder`.
    """
    _check(n_runs, seed, resume=resume, folder=folder, rule=rule)
    jobs = usable_cores() if jobs is None else jobs
    # Starting processes for a single batch or a single worker costs more than it brings.
    alone = jobs == 1 or (n_runs != "auto" and len(batches_of(n_runs)) == 1)
    crew = Crew("serial" if alone and executor == "processes" else executor, jobs, partial(play_batch, scenario, seed))
    with crew, ExitStack() as mine:
        parts = None
        if folder is not None:
            opened = Parts.opened(Path(folder), key_of(scenario, seed), resume=resume)
            parts = (held or mine).enter_context(opened)
        gathering = _Gathering(crew, parts, progress)
        if n_runs != "auto":
            gathering.up_to(n_runs)
            return gathering.joined()
        return _until_narrow(gathering, rule or StoppingRule())


class _Gathering:
    """The batches of one ensemble as they come in."""

    def __init__(self, crew: Crew[Batch, Ensemble], parts: Parts | None, progress: Progress | None) -> None:
        self._crew, self._parts, self._progress = crew, parts, progress
        self._finished: dict[Batch, Ensemble | None] = {}
        self._held = 0

    def up_to(self, n_runs: int) -> None:
        """Have all runs below `n_runs`."""
        wanted = batches_of(n_runs)
        # A batch cut short by an earlier look is played whole now.
        self._finished = {batch: part for batch, part in self._finished.items() if batch in wanted}
        for batch in self._missing(wanted):
            kept = self._parts.read(batch) if self._parts else None
            if kept is not None:
                self._hold(batch, kept)
        self._tell(n_runs)
        try:
            for batch, part in self._crew.finish(self._missing(wanted)):
                self._keep(batch, part)
                self._tell(n_runs)
        except KeyboardInterrupt:
            if self._parts is not None:
                for batch, part in self._crew.drain():
                    self._keep(batch, part)
            raise

    def joined(self) -> Ensemble:
        """The runs in order; batches are let go of one by one, so that they are not all in memory twice."""
        batches = sorted(self._finished)
        if self._parts is not None and None in self._finished.values():
            self._finished.clear()
            return self._parts.joined(batches)
        return join(map(self._let_go, batches), sum(batch.n_runs for batch in batches))

    def precision(self, rule: StoppingRule) -> Precision:
        """How well the mean of the rule's KPI is known so far."""
        return precision([self._part(batch) for batch in sorted(self._finished)], rule)

    def _missing(self, wanted: Sequence[Batch]) -> list[Batch]:
        return [batch for batch in wanted if batch not in self._finished]

    def _keep(self, batch: Batch, part: Ensemble) -> None:
        if self._parts is not None:
            self._parts.keep(batch, part)
        self._hold(batch, part)

    def _hold(self, batch: Batch, part: Ensemble) -> None:
        room = self._parts is None or self._held + part.n_bytes <= MOST_HELD
        self._held += part.n_bytes if room else 0
        self._finished[batch] = part if room else None

    def _part(self, batch: Batch) -> Ensemble:
        part = self._finished[batch]
        if part is None and self._parts is not None:
            part = self._parts.read_back(batch)
        if part is None:
            raise RunError(f"{batch} were played and are nowhere")
        return part

    def _let_go(self, batch: Batch) -> Ensemble:
        part = self._part(batch)
        del self._finished[batch]
        return part

    def _tell(self, n_runs: int) -> None:
        if self._progress is not None:
            self._progress(sum(batch.n_runs for batch in self._finished), n_runs)


def _until_narrow(gathering: _Gathering, rule: StoppingRule) -> Ensemble:
    for n_runs in checkpoints(rule):
        gathering.up_to(n_runs)
        found = gathering.precision(rule)
        if found.reached:
            return gathering.joined()
    width = found.half_width / abs(found.mean) if found.mean else float("inf")
    _LOG.warning(
        "stopped at %d runs, the most allowed: %s is known to ±%.1f%%, not to the ±%.1f%% asked for",
        found.n_runs, rule.kpi, 100 * width, 100 * rule.relative,
    )  # fmt: skip
    return gathering.joined()


def _check(
    n_runs: int | Literal["auto"],
    seed: int,
    *,
    resume: bool,
    folder: str | Path | None,
    rule: StoppingRule | None,
) -> None:
    refuse_runs_and_seed(MOST_RUNS if n_runs == "auto" else n_runs, seed)
    if rule is not None and n_runs != "auto":
        raise UsageError('a stopping rule goes with n_runs="auto" only')
    if resume and folder is None:
        raise UsageError("to resume, name the folder of the run that was interrupted")
