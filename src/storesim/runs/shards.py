"""Shards: the runs of one scenario dealt out to machines that do not know of each other, and put together again."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from storesim.errors import Fault, UsageError
from storesim.results.ensemble import Ensemble
from storesim.results.files import write_whole
from storesim.runs.batches import BATCH_RUNS, Batch, batches_of, play_batch, refuse_runs_and_seed
from storesim.runs.executors import Crew, usable_cores
from storesim.runs.parts import Parts, key_of
from storesim.scenario.document import Scenario

Progress = Callable[[int, int], object]

RECORD: Final = "shard.json"
"""File of a shard's folder that says what the shard is part of."""

FORM: Final = 1
"""Number of the layout of `shard.json`; raised when an older storesim could not read it."""


class Shard(NamedTuple):
    """One of `of` machines, counted from 1."""

    number: int
    of: int

    @classmethod
    def read(cls, text: str) -> Self:
        """The shard a user typed.

        Raises
        ------
        UsageError
            If it is none.

        Examples
        --------
        >>> Shard.read("2/5")
        Shard(number=2, of=5)
        """
        found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
        shard = cls(int(found[1]), int(found[2])) if found else cls(0, 0)
        if not 1 <= shard.number <= shard.of:
            raise UsageError(f"'{text}' is no shard; write 2/5 for the second of five")
        return shard

    def batches(self, n_runs: int) -> tuple[Batch, ...]:
        """Its batches of `n_runs` runs in all: every `of`-th, so that no two shards differ by more than one batch.

        Raises
        ------
        UsageError
            If there are fewer batches than shards: one would have nothing to do.
        """
        every = batches_of(n_runs)
        if len(every) < self.of:
            raise UsageError(
                f"{n_runs} runs are {len(every)} batches of {BATCH_RUNS}, too few for {self.of} shards; ask for "
                f"{len(every)} shards at most, or for more runs"
            )
        return every[self.every]

    @property
    def every(self) -> slice:
        """Its places among all that is dealt out: every `of`-th."""
        return slice(self.number - 1, None, self.of)

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def shard_key(scenario: Scenario, seed: int, n_runs: int, shard: Shard) -> dict[str, object]:
    """What the batches of a shard rest on: `parts.key_of`, and how the runs were dealt out."""
    return {**key_of(scenario, seed), "n_runs": n_runs, "shard": str(shard)}


def play_batches(
    scenario: Scenario,
    n_runs: int,
    seed: int,
    shard: Shard,
    *,
    folder: Path,
    jobs: int | None = None,
    executor: str = "processes",
    resume: bool = False,
    progress: Progress | None = None,
) -> None:
    """Play the batches of a shard into `folder`; none of them stays in memory.

    Parameters
    ----------
    n_runs
        Runs of all shards together.
    seed, jobs, executor, resume
        As in `many.replicate`.
    progress
        Called as progress(runs done, runs of this shard) at the beginning and after each batch.

    Raises
    ------
    UsageError
        If an argument cannot be, another process writes to `folder`, or `folder` holds runs of something else.
    RunError
        If a run fails, or workers die twice over the same batch.
    KeyboardInterrupt
        If the user interrupts; batches that were finished or under way are kept in `folder`.
    """
    refuse_runs_and_seed(n_runs, seed)
    wanted = shard.batches(n_runs)
    jobs = usable_cores() if jobs is None else jobs
    crew = Crew(
        "serial" if jobs == 1 and executor == "processes" else executor, jobs, partial(play_batch, scenario, seed)
    )
    key = shard_key(scenario, seed, n_runs, shard)
    with crew, Parts.opened(folder, key, resume=resume) as parts:
        kept = [batch for batch in wanted if parts.read(batch) is not None]
        for done in _played(crew, parts, [batch for batch in wanted if batch not in kept], runs_of(kept)):
            if progress is not None:
                progress(done, runs_of(wanted))


def runs_of(batches: Iterable[Batch]) -> int:
    """Runs in these batches together."""
    return sum(batch.n_runs for batch in batches)


def read_json(path: Path) -> dict[str, Any]:
    """The mapping in a file; empty if there is none."""
    with suppress(OSError, ValueError):
        found = json.loads(path.read_bytes())
        return found if isinstance(found, dict) else {}
    return {}


def shards_in(folder: Path, is_shard: Callable[[Path], bool]) -> list[Path]:
    """The folder itself if it holds a shard, else those within it that do, by name."""
    if is_shard(folder):
        return [folder]
    # `latest` leads to a folder that is there under its own name.
    inside = [path for path in folder.iterdir() if path.is_dir() and not path.is_symlink()] if folder.is_dir() else []
    return sorted(path for path in inside if is_shard(path))


def write_record(folder: Path, record: Mapping[str, object]) -> None:
    """Write `shard.json`, with its form and the time of making.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    made = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    text = json.dumps({"form": FORM, "made": made, **record}, ensure_ascii=False, indent=2, allow_nan=False)
    write_whole(folder / RECORD, (text + "\n").encode())


def usual_of(keys: Sequence[Mapping[str, Any]]) -> int:
    """Place of the first key that is, but for its shard, what most of them are."""
    texts = [
        json.dumps({name: value for name, value in key.items() if name != "shard"}, sort_keys=True) for key in keys
    ]
    return texts.index(Counter(texts).most_common(1)[0][0])


def strange(key: Mapping[str, Any], like: Mapping[str, Any], here: Mapping[str, Any], where: Path) -> Iterator[str]:
    """What is wrong with a shard that rests on something else than most, whose key is `like`, or than this storesim.

    Parameters
    ----------
    here
        What this storesim would note of the same.
    where
        Folder of the shard that is like most.
    """
    names = [name for name in like if name != "shard"]
    other = [name for name in names if key.get(name) != like[name]]
    ours = [name for name in names if name not in other and name in here and here[name] != key[name]]
    if other:
        yield f"was made with another {', '.join(other)} than {where}"
    if ours:
        yield f"was made with another {', '.join(ours)} than this storesim has"


def miscounted(places: Mapping[Shard, Sequence[Path]], first: Path) -> Iterator[Fault]:
    """Shards that stand twice or not at all, or are of another number of shards than most.

    Parameters
    ----------
    places
        Folders of each shard that was found.
    first
        Where missing shards are told.
    """
    of = Counter(shard.of for shard in places).most_common(1)[0][0] if places else 0
    for shard, folders in places.items():
        if shard.of != of:
            yield Fault(str(folders[0]), 0, 0, f"is shard {shard}, and others are of {of}")
        for again in folders[1:]:
            yield Fault(str(again), 0, 0, f"shard {shard} stands already in {folders[0]}")
    there = {shard.number for shard in places if shard.of == of}
    missing = [str(number) for number in range(1, of + 1) if number not in there]
    if missing:
        yield Fault(str(first), 0, 0, f"of {of} shards these are missing: {', '.join(missing)}")


def _played(crew: Crew[Batch, Ensemble], parts: Parts, batches: Sequence[Batch], done: int) -> Iterator[int]:
    """Runs done, before the first batch and after each."""
    yield done
    try:
        for batch, part in crew.finish(batches):
            parts.keep(batch, part)
            done += batch.n_runs
            yield done
    except KeyboardInterrupt:
        for batch, part in crew.drain():
            parts.keep(batch, part)
        raise
