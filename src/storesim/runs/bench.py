"""`Bench`: scenarios played side by side on common luck, more runs as they are asked for, none of them twice."""

from __future__ import annotations

import json
import logging
import zipfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from storesim.errors import UsageError
from storesim.results.archive import write_arrays
from storesim.results.files import clear_leftovers, locked, write_whole
from storesim.runs.batches import MOST_RUNS, Batch, batches_of, play_batch
from storesim.runs.executors import Crew, usable_cores
from storesim.runs.parts import common_key
from storesim.runs.totals import Kept, Totals, as_arrays, from_arrays, joined, totals_of
from storesim.scenario.document import Scenario

_LOG = logging.getLogger(__name__)

Progress = Callable[[int, int], object]


@dataclass(frozen=True)
class Task:
    """A batch of runs of one scenario."""

    fingerprint: str
    batch: Batch
    scenario: Scenario = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.batch} of {self.fingerprint[:12]}"


class Bench:
    """Scenarios on common luck: run i of each has seed, run and hence every visitor's luck in common.

    Parameters
    ----------
    seed
        Seed of all chance.
    kept
        What to keep of each run besides its totals.
    jobs, executor
        As in `replicate`.
    folder
        Batches are kept here, whole, so that a study that was killed goes on; in memory only if not given.
    resume
        Take from `folder` what is there. If not, it is removed.
    progress
        Called as progress(batches done, batches wanted) while `play` is at work.

    Raises
    ------
    UsageError
        If an argument cannot be, another process holds the folder, or its runs rest on something else.
    """

    def __init__(
        self,
        seed: int,
        *,
        kept: Kept = Kept(),  # noqa: B008  # frozen
        jobs: int | None = None,
        executor: str = "processes",
        folder: str | Path | None = None,
        resume: bool = False,
        progress: Progress | None = None,
    ) -> None:
        if not isinstance(seed, int) or not 0 <= seed < 2**63:
            raise UsageError(f"seed is {seed!r}; it is a whole number from 0 to {2**63 - 1:,}")
        if resume and folder is None:
            raise UsageError("to resume, name the folder of the run that was interrupted")
        jobs = usable_cores() if jobs is None else jobs
        self._crew: Crew[Task, Totals] = Crew(
            "serial" if jobs == 1 and executor == "processes" else executor, jobs, partial(_play, seed, kept)
        )
        self.seed, self._kept, self._progress = seed, kept, progress
        self._done: dict[tuple[str, Batch], Totals] = {}
        self._folder, self._resume = None if folder is None else cells_of(Path(folder)), resume
        self._held = ExitStack()

    def __enter__(self) -> Self:
        self._held.enter_context(self._crew)
        if self._folder is not None:
            self._held.enter_context(locked(self._folder))
            _begin(self._folder, bench_key(self.seed, self._kept), resume=self._resume)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.__exit__(kind, error, trace)

    def play(self, scenarios: Sequence[Scenario], n_runs: int) -> list[Totals]:
        """Totals of runs 0 to n_runs - 1 of each scenario; a scenario that stands twice is played once.

        Raises
        ------
        UsageError
            If there are no runs, or too many.
        RunError
            If a run fails.
        """
        if not 1 <= n_runs <= MOST_RUNS:
            raise UsageError(f"n_runs is {n_runs!r}; it is a whole number from 1 to {MOST_RUNS:,}")
        names = [scenario.fingerprint for scenario in scenarios]
        wanted = list(
            dict.fromkeys(
                Task(name, batch, scenario)
                for batch in batches_of(n_runs)
                for name, scenario in zip(names, scenarios, strict=True)
            )
        )
        missing = [task for task in wanted if not self._found(task)]
        self._tell(len(wanted) - len(missing), len(wanted))
        try:
            for done, (task, totals) in enumerate(self._crew.finish(missing), len(wanted) - len(missing) + 1):
                self._keep(task, totals)
                self._tell(done, len(wanted))
        except KeyboardInterrupt:
            for task, totals in self._crew.drain():
                self._keep(task, totals)
            raise
        return [joined([self._done[name, batch] for batch in batches_of(n_runs)]) for name in names]

    def _found(self, task: Task) -> bool:
        if (task.fingerprint, task.batch) in self._done:
            return True
        kept = None if self._folder is None else read_cell(self._folder, task.fingerprint, task.batch)
        if kept is not None:
            self._done[task.fingerprint, task.batch] = kept
        return kept is not None

    def _keep(self, task: Task, totals: Totals) -> None:
        self._done[task.fingerprint, task.batch] = totals
        if self._folder is not None:
            path = _cell(self._folder, task.fingerprint, task.batch)
            write_whole(path, partial(write_arrays, arrays=as_arrays(totals)))

    def _tell(self, done: int, wanted: int) -> None:
        if self._progress is not None:
            self._progress(done, wanted)


def cells_of(folder: Path) -> Path:
    """Where a bench keeps the batches of a folder."""
    return folder / "cells"


def read_cell(cells: Path, fingerprint: str, batch: Batch) -> Totals | None:
    """A batch of a scenario that was kept; None if it is not there or damaged: then play it again."""
    path = _cell(cells, fingerprint, batch)
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as opened:
            return from_arrays(opened)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile, EOFError) as error:
        _LOG.warning("played again: %s: %s", path, error)
        return None


def bench_key(seed: int, kept: Kept) -> dict[str, object]:
    """What kept batches rest on, besides their scenarios."""
    note = {name: str(value) for name, value in asdict(kept).items()}
    return {**common_key(seed), "kept": note}


def _play(seed: int, kept: Kept, task: Task) -> Totals:
    return totals_of(play_batch(task.scenario, seed, task.batch), kept)


def _cell(cells: Path, fingerprint: str, batch: Batch) -> Path:
    return cells / f"{fingerprint[:24]}-{batch.first:06d}-{batch.stop:06d}.npz"


def _begin(folder: Path, key: dict[str, object], *, resume: bool) -> None:
    """Write the manifest of a folder that is held; refuse to go on with runs that rest on something else."""
    clear_leftovers(folder)
    manifest = folder / "manifest.json"
    cells = sorted(folder.glob("*.npz"))
    if resume and cells:
        try:
            found = json.loads(manifest.read_bytes())
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot resume: {manifest} cannot be read: {error}") from error
        others = [name for name in key if not isinstance(found, dict) or found.get(name) != key[name]]
        if others:
            raise UsageError(
                f"cannot resume in {folder.parent}: the runs there were made with another {', '.join(others)}; "
                "run without resume to start afresh, or name another folder"
            )
    elif not resume:
        for cell in cells:
            cell.unlink(missing_ok=True)
    write_whole(manifest, json.dumps(key, indent=2, sort_keys=True).encode())
