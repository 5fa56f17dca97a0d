"""A sweep dealt out to machines that do not know of each other: `play_points` on each, then `merge_sweep` on one.

The folder of a shard holds the batches of its points (`runs/bench.py`) and `shard.json`, from which any machine can
merge them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from storesim.errors import Fault, FileFaults, UsageError
from storesim.experiments.design import Axis
from storesim.experiments.sweep import Sweep, SweepPlan
from storesim.runs.batches import batches_of
from storesim.runs.bench import Bench, bench_key, cells_of, read_cell
from storesim.runs.shards import (
    FORM,
    RECORD,
    Shard,
    miscounted,
    read_json,
    shards_in,
    strange,
    usual_of,
    write_record,
)
from storesim.runs.totals import Kept, Totals, joined
from storesim.scenario.document import Scenario

_ASKED = ("n_runs", "seed", "design", "n_points", "kpis", "by", "least", "fails")


def play_points(
    plan: SweepPlan,
    shard: str | tuple[int, int],
    output: str | Path,
    *,
    jobs: int | None = None,
    executor: str = "processes",
    progress: Callable[[int, int], object] | None = None,
    resume: bool = False,
) -> Path:
    """Play every `of`-th point of a sweep into a folder of its own within `output`; give that folder.

    Parameters
    ----------
    shard
        Which shard, counted from 1: "2/5" or (2, 5) for the second of five.
    jobs, executor, progress, resume
        As in `sweep`.

    Raises
    ------
    UsageError
        If it is no shard, there are fewer points than shards, or another process holds the folder.
    ScenarioError
        If a value is not allowed.
    RunError
        If a run fails or a file cannot be written.
    """
    mine = Shard.read(shard if isinstance(shard, str) else "/".join(map(str, shard)))
    if len(plan.table) < mine.of:
        raise UsageError(
            f"{len(plan.table)} points are too few for {mine.of} shards; ask for {len(plan.table)} shards at most"
        )
    key = _key(plan, mine)
    folder = Path(output) / f"sweep-{_digest(plan)}-shard{mine.number}of{mine.of}"
    with Bench(plan.seed, jobs=jobs, executor=executor, folder=folder, resume=resume, progress=progress) as bench:
        _note(folder, plan, key, finished=False)
        bench.play(plan.scenarios(mine.every), plan.n_runs)
        _note(folder, plan, key, finished=True)
    return folder


def merge_sweep(folders: Sequence[str | Path]) -> Sweep:
    """What `sweep` on one machine would have given, from the folders of all shards, or folders that hold them.

    Raises
    ------
    FileFaults
        If a shard is missing, stands twice, is not finished, is damaged, or was made with something else; every fault
        of every folder at once.
    """
    gathered = _Gathered([Path(folder) for folder in folders])
    plan, totals = gathered.agreed()
    return plan.judged(totals)


def holds_sweep(folders: Sequence[str | Path]) -> bool:
    """Whether any of these folders holds, or is, a shard of a sweep."""
    return any(shards_in(Path(folder), _is_shard) for folder in folders)


def folder_of_shards(folder: Path) -> Path:
    """Where shards lie: the folder itself, or the one it lies in if it is a shard."""
    return folder.parent if _is_shard(folder) else folder


@dataclass(frozen=True)
class _Played:
    """A shard on disk, finished."""

    folder: Path
    shard: Shard
    key: Mapping[str, Any]
    plan: SweepPlan

    def totals(self) -> Iterator[Totals | None]:
        """Of each of its points; None for one of which a batch is missing or damaged."""
        batches = batches_of(self.plan.n_runs)
        for scenario in self.plan.scenarios(self.shard.every):
            kept = [read_cell(cells_of(self.folder), scenario.fingerprint, batch) for batch in batches]
            whole = [one for one in kept if one is not None]
            yield joined(whole) if len(whole) == len(batches) else None


class _Gathered:
    """The shards of some folders, and everything that keeps them from being one sweep."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._faults: list[Fault] = []
        self._shards: list[_Played] = []
        self._places: dict[Shard, list[Path]] = {}
        for given in folders:
            inside = shards_in(given, _is_shard)
            if not inside:
                self._fault(given, "holds no shard of a sweep, as other folders do")
            for folder in inside:
                self._read(folder)

    def agreed(self) -> tuple[SweepPlan, list[Totals]]:
        """The plan, and the runs of each of its points.

        Raises
        ------
        FileFaults
            With every reason why there are none.
        """
        found = [(shard, list(shard.totals())) for shard in sorted(self._shards, key=lambda played: played.shard)]
        if self._shards:
            like = self._shards[usual_of([shard.key for shard in self._shards])]
            for shard, totals in found:
                self._compare(shard, like, totals)
        self._faults.extend(miscounted(self._places, self._folders[0]))
        if self._faults:
            raise FileFaults(self._faults)
        whole = [[one for one in totals if one is not None] for _, totals in found]
        plan, of = found[0][0].plan, len(found)
        return plan, [whole[point % of][point // of] for point in range(len(plan.table))]

    def _read(self, folder: Path) -> None:
        record = read_json(folder / RECORD)
        try:
            if record["form"] > FORM:
                self._fault(folder, "was written by a newer storesim")
                return
            key = record["rests_on"]
            shard = Shard.read(str(key["shard"]))
            self._places.setdefault(shard, []).append(folder)
            if not record["finished"]:
                self._fault(folder, f"shard {shard} is not finished; play it again with --resume")
                return
            plan = _plan_of(record)
            if plan.scenario.fingerprint != key["fingerprint"] or _digest(plan) != key["sweep"]:
                raise ValueError("it was changed")
            self._shards.append(_Played(folder, shard, key, plan))
        except (KeyError, TypeError, ValueError, UsageError) as error:
            self._fault(folder, f"shard.json is damaged: {str(error).splitlines()[0]}")

    def _compare(self, shard: _Played, like: _Played, totals: Sequence[Totals | None]) -> None:
        """Find what a shard has otherwise than most, or than this storesim, and points it lacks."""
        for message in strange(shard.key, like.key, bench_key(like.plan.seed, Kept()), like.folder):
            self._fault(shard.folder, message)
        lacking = sum(one is None for one in totals)
        if lacking:
            self._fault(
                shard.folder,
                f"shard {shard.shard} lacks runs of {lacking} of its {len(totals)} points; play it again with --resume",
            )

    def _fault(self, folder: Path, message: str) -> None:
        self._faults.append(Fault(str(folder), 0, 0, message))


def _is_shard(folder: Path) -> bool:
    rests_on = read_json(folder / RECORD).get("rests_on")
    return isinstance(rests_on, dict) and "sweep" in rests_on


def _key(plan: SweepPlan, shard: Shard) -> dict[str, object]:
    return {
        **bench_key(plan.seed, Kept()), "fingerprint": plan.scenario.fingerprint, "sweep": _digest(plan),
        "shard": str(shard),
    }  # fmt: skip


def _digest(plan: SweepPlan) -> str:
    """Name of what is asked: the same for the same scenario, points, runs and seed."""
    text = json.dumps([plan.scenario.fingerprint, _asked(plan)], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _asked(plan: SweepPlan) -> dict[str, object]:
    return {
        "axes": [[one.path, list(one.values), one.whole] for one in plan.axes],
        **{name: getattr(plan, name) for name in _ASKED},
        "kpis": list(plan.kpis),
    }


def _plan_of(record: Mapping[str, Any]) -> SweepPlan:
    asked = record["asked"]
    axes = tuple(Axis(path, tuple(map(float, values)), bool(whole)) for path, values, whole in asked["axes"])
    given = {name: asked[name] for name in _ASKED if name not in ("n_runs", "seed")}
    return SweepPlan.of(Scenario.model_validate(record["scenario"]), axes, asked["n_runs"], asked["seed"], **given)


def _note(folder: Path, plan: SweepPlan, key: Mapping[str, object], *, finished: bool) -> None:
    write_record(
        folder,
        {
            "finished": finished,
            "rests_on": dict(key),
            "asked": _asked(plan),
            "scenario": plan.scenario.model_dump(mode="json", by_alias=True),
        },
    )
