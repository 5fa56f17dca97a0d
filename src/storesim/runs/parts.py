"""Finished batches on disk, so that a run that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import count
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

import storesim
from storesim.errors import FileFaults, RunError, UsageError
from storesim.results.archive import load_draws, save_draws
from storesim.results.ensemble import Ensemble, join
from storesim.results.files import clear_leftovers, locked, on_disk, remove_lock, write_whole
from storesim.runs.batches import BATCH_RUNS, Batch
from storesim.scenario.document import Scenario

_LOG = logging.getLogger(__name__)
_NAME = re.compile(r"batch-\d{5,}\.npz")


class Parts:
    """The folder `parts` of a run: `manifest.json`, which says whose they are, and `batch-00012.npz` for each batch.

    Each file appears whole or not at all; a checksum inside guards against a damaged disk.
    """

    def __init__(self, folder: Path, key: Mapping[str, object]) -> None:
        self.folder, self.key = folder, dict(key)

    @classmethod
    @contextmanager
    def opened(cls, folder: Path, key: Mapping[str, object], *, resume: bool) -> Iterator[Self]:
        """The parts of the run in `folder`, held for this process alone.

        Parameters
        ----------
        folder
            Folder of the run.
        key
            What the figures rest on; see `key_of`.
        resume
            Keep the batches that are there. If not, they are removed first.

        Raises
        ------
        UsageError
            If another process holds the folder, or the batches there rest on something else.
        RunError
            If the folder cannot be written to.
        """
        parts = cls(parts_of(folder), key)
        with locked(parts.folder):
            clear_leftovers(parts.folder)
            if resume:
                parts._refuse_others()
            else:
                _remove(_batches_in(parts.folder))
            # After the old batches are gone and before new ones come: none is ever there under another's key.
            write_whole(parts.folder / "manifest.json", json.dumps(parts.key, indent=2, sort_keys=True).encode())
            yield parts

    def joined(self, batches: Sequence[Batch]) -> Ensemble:
        """The runs of these batches in order, in files of this folder and not in memory; `forget_parts` removes them.

        Raises
        ------
        RunError
            If a batch that was written can no longer be read, or there is no room.
        """
        return join(map(self.read_back, batches), sum(batch.n_runs for batch in batches), room_in(self.folder))

    def read_back(self, batch: Batch) -> Ensemble:
        """A batch that was written by this process.

        Raises
        ------
        RunError
            If it can no longer be read.
        """
        part = self.read(batch)
        if part is None:
            raise RunError(f"{self._path(batch)} was finished and is gone or damaged now; go on with --resume")
        return part

    def keep(self, batch: Batch, part: Ensemble) -> None:
        """Write a finished batch.

        Raises
        ------
        RunError
            If it cannot be written.
        """
        save_draws(self._path(batch), part)

    def read(self, batch: Batch) -> Ensemble | None:
        """A batch written earlier; None if it is not there, is damaged, or has other runs: then play it again."""
        path = self._path(batch)
        if not path.exists():
            return None
        try:
            part = load_draws(path)
        except FileFaults as error:
            _LOG.warning("played again: %s", error)
            return None
        note = part.provenance
        found = {"fingerprint": note.fingerprint, "seed": note.seed, "version": note.version}
        return part if part.n_runs == batch.n_runs and found.items() <= self.key.items() else None

    def _path(self, batch: Batch) -> Path:
        return self.folder / f"batch-{batch.number:05d}.npz"

    def _refuse_others(self) -> None:
        if not _batches_in(self.folder):
            return
        path = self.folder / "manifest.json"
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError) as error:
            raise UsageError(f"cannot resume: {path} cannot be read: {error}") from error
        others = [name for name in self.key if not isinstance(found, dict) or found.get(name) != self.key[name]]
        if others:
            raise UsageError(
                f"cannot resume in {self.folder.parent}: the runs there were made with another {', '.join(others)}; "
                "run without resume to start afresh, or name another folder"
            )


def room_in(parts: Path) -> Callable[[tuple[int, ...]], NDArray[np.float64]]:
    """Gives arrays that live in files of a folder `parts`, for `ensemble.join`; `forget_parts` removes them."""
    numbers = count()
    return lambda shape: on_disk(parts / f"joined-{next(numbers)}.npy", shape)


def forget_parts(folder: Path) -> None:
    """Remove the folder `parts` of a run, once everything made of it has been written, and what a killed writer left.

    Raises
    ------
    UsageError
        If another process is writing to it.
    """
    if not parts_of(folder).is_dir():
        return
    with locked(parts_of(folder)):
        forget_held_parts(folder)


def forget_held_parts(folder: Path) -> None:
    """`forget_parts` for who holds the lock of the parts."""
    parts = parts_of(folder)
    clear_leftovers(parts)
    clear_leftovers(folder)
    _remove([*_batches_in(parts), *parts.glob("joined-*.npy"), parts / "manifest.json"])
    remove_lock(parts)


def parts_of(folder: Path) -> Path:
    """Where the parts of a run lie; whoever holds this folder may write to the run's."""
    return folder / "parts"


def key_of(scenario: Scenario, seed: int) -> dict[str, object]:
    """What the figures of a batch rest on: scenario, seed, versions, the code itself, and how runs are batched."""
    return {"fingerprint": scenario.fingerprint, **common_key(seed)}


def common_key(seed: int) -> dict[str, object]:
    """The same without the scenario, for studies of many."""
    return {
        "seed": seed,
        "version": storesim.__version__,
        "code": _code(),
        "numpy": np.__version__,
        "runs_in_a_batch": BATCH_RUNS,
    }


@cache
def _code() -> str:
    """Hash of the sources that make a run: between two releases the version alone would let old and new figures mix."""
    root = Path(storesim.__file__).parent
    sources = [root / "kpi.py", root / "runs" / "one.py"]
    for room in ("engine", "model", "scenario", "results"):
        sources.extend(sorted((root / room).rglob("*.py")))
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _batches_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name))


def _remove(paths: list[Path]) -> None:
    for path in paths:
        # Windows keeps a file that is in use; the next run in this folder removes it.
        with suppress(PermissionError):
            path.unlink(missing_ok=True)
