"""`Approved`: figures somebody has accepted, in a file beside the scenario or the test."""

from __future__ import annotations

import base64
import datetime as dt
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

import storesim
from storesim import kpi
from storesim.errors import Fault, FileFaults
from storesim.results.ensemble import values_over_runs
from storesim.results.files import write_whole
from storesim.runs.totals import Totals, columns_of_moves

Array = NDArray[np.float64]

FORM: Final = 1
ENDING: Final = ".approved.json"
KPIS: Final = ("gmv", "profit", "uv", "pv", "buyers", "orders", "cvr", "aov", "ad_spend", "roas")
"""What is approved if nothing else is asked for."""


@dataclass(frozen=True)
class Limits:
    """How far a figure may move."""

    fail: float = 0.005
    """A change beyond this share of the approved figure fails, if it is beyond the noise too."""

    warn: float = 0.002
    """A change beyond this one is told, likewise."""


@dataclass(frozen=True, eq=False)
class Approved:
    """Totals of each run of a scenario, by which later ones are judged, run by run."""

    scenario: str
    """Path of the scenario, from the folder of the file; empty where a test made it."""

    fingerprint: str
    version: str
    """Of storesim when it was approved."""

    seed: int
    n_runs: int
    kpis: tuple[str, ...]
    limits: Limits
    overrides: tuple[str, ...]
    """Settings laid over the scenario's file."""

    start: dt.date
    channels: tuple[str, ...]
    counts: Mapping[str, Array]
    """Count by run, [n_runs], of every count the KPIs need."""

    prints: NDArray[np.uint16]
    """[n_days, n_columns]: a print of each count of each day, summed over the runs. By chance alike for 1 changed count
    in 65,536."""

    columns: tuple[tuple[str, str], ...]
    """Channel ("" for the whole store) and count of each column of `prints`; another storesim may know other counts."""

    def values(self, name: str) -> Array:
        """Values [n_runs] of a KPI whose mean is that of all runs."""
        return values_over_runs(name, self.counts.__getitem__)


def approved_of(
    totals: Totals,
    *,
    fingerprint: str,
    seed: int,
    scenario: str = "",
    kpis: tuple[str, ...] = KPIS,
    limits: Limits = Limits(),  # frozen
    overrides: tuple[str, ...] = (),
) -> Approved:
    """What is kept of totals that were played with the sums by which moves are found."""
    parts = dict.fromkeys(part for name in kpis for part in counts_of(name))
    return Approved(
        scenario, fingerprint, storesim.__version__, seed, totals.n_runs, kpis, limits, overrides, totals.start,
        totals.channels, {name: totals.count(name) for name in parts}, prints_of(totals.moves),
        columns_of_moves(totals.channels),
    )  # fmt: skip


def counts_of(name: str) -> tuple[str, ...]:
    """Counts a KPI is made of."""
    return (kpi.RATIO[name].above, kpi.RATIO[name].below) if name in kpi.RATIO else (name,)


def prints_of(sums: Array) -> NDArray[np.uint16]:
    """Sixteen bits of each number; 0 for 0 alone."""
    # The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of a number reaches the ones that are kept.
    bits = np.ascontiguousarray(sums + 0.0).view(np.uint64)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    kept = ((bits ^ (bits >> np.uint64(31))) & np.uint64(0xFFFF)).astype(np.uint16)
    return np.where(sums == 0, 0, np.maximum(kept, 1)).astype(np.uint16)


def write_approved(path: Path, found: Approved) -> None:
    """Write the file, whole or not at all; the same figures give the same bytes.

    Raises
    ------
    RunError
        If it cannot be written.
    """
    document = {
        "form": FORM,
        "scenario": found.scenario,
        "overrides": list(found.overrides),
        "fingerprint": found.fingerprint,
        "storesim": found.version,
        "seed": found.seed,
        "n_runs": found.n_runs,
        "kpis": list(found.kpis),
        "fail": found.limits.fail,
        "warn": found.limits.warn,
        "start": found.start.isoformat(),
        "channels": list(found.channels),
        "n_days": len(found.prints),
        "means": {name: float(f"{found.values(name).mean():.8g}") for name in found.kpis},
        "counts": {name: [_short(value) for value in values.tolist()] for name, values in found.counts.items()},
        "columns": _grouped(found.columns),
        "prints": base64.b64encode(zlib.compress(np.ascontiguousarray(found.prints, "<u2").tobytes(), 9)).decode(),
    }
    lines = ",\n".join(
        f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in document.items()
    )
    write_whole(path, f"{{\n{lines}\n}}\n".encode())


def read_approved(path: Path) -> Approved:
    """The figures in a file.

    Raises
    ------
    FileFaults
        If there is no such file, it is none of ours, or it was written by a newer storesim.
    """
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        newer = document["form"] > FORM
        found = None if newer else _approved(document)
    except OSError as error:
        raise FileFaults([Fault(str(path), 0, 0, f"cannot be read: {error.strerror or error}")]) from error
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise FileFaults([Fault(str(path), 0, 0, f"is not a file of approved figures: {error}")]) from error
    if found is None:
        raise FileFaults([Fault(str(path), 0, 0, "was written by a newer storesim")])
    return found


def _approved(document: dict[str, Any]) -> Approved:
    flat = np.frombuffer(zlib.decompress(base64.b64decode(document["prints"])), dtype="<u2").astype(np.uint16)
    counts = {str(name): np.array(values, dtype=np.float64) for name, values in document["counts"].items()}
    n_runs, kpis = int(document["n_runs"]), tuple(document["kpis"])
    for name in kpis:
        if any(counts[part].shape != (n_runs,) for part in counts_of(name)):
            raise ValueError(f"{name} has not {n_runs} runs")
    return Approved(
        str(document["scenario"]), str(document["fingerprint"]), str(document["storesim"]), int(document["seed"]),
        n_runs, kpis, Limits(float(document["fail"]), float(document["warn"])), tuple(document["overrides"]),
        dt.date.fromisoformat(document["start"]), tuple(document["channels"]), counts,
        *_prints(flat, int(document["n_days"]), document.get("columns")),
    )  # fmt: skip


def _grouped(columns: Sequence[tuple[str, str]]) -> list[list[Any]]:
    """Runs of columns of one channel: its name, then their counts."""
    return [[channel, [count for _, count in group]] for channel, group in groupby(columns, key=itemgetter(0))]


def _prints(
    flat: NDArray[np.uint16], n_days: int, grouped: list[Any] | None
) -> tuple[NDArray[np.uint16], tuple[tuple[str, str], ...]]:
    """The table and its columns; none of a file that does not say what they are, as none did once."""
    if grouped is None:
        return np.zeros((n_days, 0), np.uint16), ()
    columns = tuple((str(channel), str(count)) for channel, counts in grouped for count in counts)
    return flat.reshape(n_days, len(columns)), columns


def _short(value: float) -> float | int:
    return int(value) if value == int(value) else value
