"""A run dealt out to machines that do not know of each other: `play_shard` on each, then `merge` on one.

The folder of a shard holds its batches (`runs/parts.py`) and `shard.json`, from which any machine can merge them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import merge as merge_sorted
from pathlib import Path
from typing import Any

from storesim.errors import Fault, FileFaults, UsageError
from storesim.results.ensemble import Ensemble, join
from storesim.results.files import locked
from storesim.runs.batches import Batch, refuse_runs_and_seed
from storesim.runs.parts import Parts, key_of, parts_of, room_in
from storesim.runs.shards import (
    FORM,
    RECORD,
    Shard,
    miscounted,
    play_batches,
    read_json,
    shard_key,
    shards_in,
    strange,
    usual_of,
    write_record,
)
from storesim.scenario.document import Scenario
from storesim.study.folder import run_id
from storesim.study.run import Study, follow_up, read_with_origins


def play_shard(
    scenario: Scenario | str | Path,
    n_runs: int,
    seed: int = 0,
    *,
    shard: str | tuple[int, int],
    output: str | Path,
    overrides: Sequence[str] = (),
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
    resume: bool = False,
) -> Path:
    """Play one shard of a run into a folder of its own within `output`; give that folder.

    Parameters
    ----------
    scenario, overrides
        As in `run`.
    n_runs
        Runs of all shards together.
    shard
        Which one, counted from 1: "2/5" or (2, 5) for the second of five.
    seed, jobs, executor, resume
        As in `replicate`.
    progress
        Called as progress(runs done, runs of this shard).

    Raises
    ------
    ScenarioError
        If the file is wrong.
    UsageError
        If an argument cannot be, or the folder holds runs of something else.
    RunError
        If a run fails or a file cannot be written.
    """
    if not isinstance(n_runs, int):
        raise UsageError("a shard cannot tell when there are enough runs; give their number and not auto")
    mine = Shard.read(shard if isinstance(shard, str) else "/".join(map(str, shard)))
    read, origins = read_with_origins(scenario, overrides)
    folder = Path(output) / f"{run_id(read, n_runs, seed)}-shard{mine.number}of{mine.of}"
    began = time.perf_counter()
    play_batches(
        read, n_runs, seed, mine, folder=folder, jobs=jobs, executor=executor, resume=resume, progress=progress
    )
    write_record(
        folder,
        {
            "seconds": round(time.perf_counter() - began, 3),
            "rests_on": shard_key(read, seed, n_runs, mine),
            "scenario": read.model_dump(mode="json", by_alias=True),
            "origins": dict(origins),
        },
    )
    return folder


def merge(
    folders: Sequence[str | Path], output: str | Path | None = None, *, lang: str = "en", year: int | None = None
) -> Study:
    """What `run` on one machine would have given, from the folders of all shards; its data files are the same bytes.

    Parameters
    ----------
    folders
        Folders of shards, or folders that hold them.
    output
        Folder that gets a folder for the run, and `latest`; where the first shard lies if not given.
    lang, year
        As in `run`.

    Raises
    ------
    FileFaults
        If a shard is missing, stands twice, is not finished, is damaged, or was made with something else; every fault
        of every folder at once.
    UsageError
        If no folder is given, or another process writes to the folder of the run.
    RunError
        If a file cannot be written.
    """
    if not folders:
        raise UsageError("there is nothing to merge; name the folders of the shards")
    shards = _Gathered([Path(folder) for folder in folders]).agreed()
    first = shards[0]
    folder = (first.folder.parent if output is None else Path(output)) / run_id(
        first.scenario, first.n_runs, first.seed
    )
    with locked(parts_of(folder)):
        began = time.perf_counter()
        ensemble = _joined(shards, parts_of(folder))
        simulated = sum(shard.seconds for shard in shards) + time.perf_counter() - began
        return follow_up(
            first.scenario, ensemble, origins=first.origins, timings={"simulate": simulated}, year=year,
            folder=folder, lang=lang,
        )  # fmt: skip


@dataclass(frozen=True)
class _Played:
    """A shard on disk, finished."""

    folder: Path
    shard: Shard
    key: Mapping[str, Any]
    scenario: Scenario
    origins: Mapping[str, str]
    seconds: float

    @property
    def n_runs(self) -> int:
        """Runs of all shards together."""
        return int(self.key["n_runs"])

    @property
    def seed(self) -> int:
        """Seed of all luck."""
        return int(self.key["seed"])

    def batches(self) -> Iterator[tuple[Batch, Ensemble | None]]:
        """Each batch with its runs, read one by one; None for one that is missing or damaged."""
        parts = Parts(parts_of(self.folder), self.key)
        return ((batch, parts.read(batch)) for batch in self.shard.batches(self.n_runs))


class _Gathered:
    """The shards of some folders, and everything that keeps them from being one run."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.faults: list[Fault] = []
        self.shards: list[_Played] = []
        self._folders = folders
        self._places: dict[Shard, list[Path]] = {}
        for given in folders:
            inside = shards_in(given, _is_shard)
            if not inside:
                self.fault(given, "holds no shard of a run; there is no shard.json in it")
            for folder in inside:
                self._read(folder)

    def fault(self, folder: Path, message: str) -> None:
        """Note what is wrong with a folder."""
        self.faults.append(Fault(str(folder), 0, 0, message))

    def agreed(self) -> list[_Played]:
        """All shards of one run, in order.

        Raises
        ------
        FileFaults
            With every reason why they are not.
        """
        if self.shards:
            like = self.shards[usual_of([shard.key for shard in self.shards])]
            for shard in self.shards:
                self._compare(shard, like)
        self.faults.extend(miscounted(self._places, self._folders[0]))
        if self.faults:
            raise FileFaults(self.faults)
        return sorted(self.shards, key=lambda played: played.shard)

    def _read(self, folder: Path) -> None:
        key = read_json(parts_of(folder) / "manifest.json")
        record = read_json(folder / RECORD)
        try:
            shard = Shard.read(str(key["shard"]))
        except (KeyError, UsageError):
            self.fault(folder, "does not say which shard it holds: parts/manifest.json is missing or damaged")
            return
        self._places.setdefault(shard, []).append(folder)
        if not record:
            self.fault(folder, f"shard {shard} is not finished; play it again with --resume")
            return
        try:
            if record["form"] > FORM:
                self.fault(folder, "was written by a newer storesim")
                return
            scenario = Scenario.model_validate(record["scenario"])
            if record["rests_on"] != key or scenario.fingerprint != key["fingerprint"]:
                self.fault(folder, "shard.json does not belong to the batches beside it")
                return
            refuse_runs_and_seed(key["n_runs"], key["seed"])
            shard.batches(key["n_runs"])
            self.shards.append(_Played(folder, shard, key, scenario, record["origins"], float(record["seconds"])))
        except (KeyError, TypeError, ValueError, UsageError) as error:
            self.fault(folder, f"shard.json is damaged: {str(error).splitlines()[0]}")

    def _compare(self, shard: _Played, like: _Played) -> None:
        """Find what a shard has otherwise than most, or than this storesim, and batches it lacks."""
        for message in strange(shard.key, like.key, key_of(like.scenario, like.seed), like.folder):
            self.fault(shard.folder, message)
        kept = [runs is not None for _, runs in shard.batches()]
        if not all(kept):
            lacking, n_batches = kept.count(False), len(kept)
            self.fault(
                shard.folder,
                f"shard {shard.shard} lacks {lacking} of its {n_batches} batches; play it again with --resume",
            )


def _joined(shards: Sequence[_Played], parts: Path) -> Ensemble:
    """All runs in order, in files of the folder `parts`; batches are read one by one."""
    # Batches of one shard come in order, so the next of all is the first that any shard still has.
    in_order = merge_sorted(*(shard.batches() for shard in shards), key=lambda one: one[0])
    return join((runs for _, runs in in_order if runs is not None), shards[0].n_runs, room_in(parts))


def _is_shard(folder: Path) -> bool:
    return (folder / RECORD).is_file() or "shard" in read_json(parts_of(folder) / "manifest.json")
