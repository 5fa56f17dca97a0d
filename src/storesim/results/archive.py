"""Results to disk and back: `draws.npz`, and `run.json` with what is needed to make them again."""

from __future__ import annotations

import datetime as dt
import json
import platform
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

import storesim
from storesim import kpi
from storesim.errors import Fault, FileFaults
from storesim.results.ensemble import Ensemble
from storesim.results.files import sha256_of, write_whole
from storesim.results.recorded import SKU_COUNTS, Provenance

FORM = 1
"""Number of the layout of these files; raised when an older storesim could not read them."""

LIBRARIES: tuple[str, ...] = (
    "numpy",
    "numba",
    "llvmlite",
    "simpy",
    "pydantic",
    "holidays",
    "pandas",
    "scipy",
    "statsmodels",
)
"""Libraries whose versions are noted."""


def save_draws(path: Path, ensemble: Ensemble) -> str:
    """Write every run's daily counts, whole or not at all; give the file's SHA-256.

    The same ensemble gives the same bytes. `numpy.load` reads the file without storesim: arrays `by_channel`,
    `of_store`, `by_sku`, `cohorts` and, where the scenario has a window, `attributed`, where a channel has
    several groups of keywords `by_group`; names of their axes (`channels`, `skus`, `groups`, `channel_counts`,
    `store_counts`, `sku_counts`), `start`, and `provenance` as JSON.

    Raises
    ------
    RunError
        If the file cannot be written.
    """
    return write_whole(path, partial(write_arrays, arrays=_arrays(ensemble)))


def load_draws(path: Path) -> Ensemble:
    """The ensemble that `save_draws` wrote.

    Raises
    ------
    FileFaults
        If there is no such file, it is damaged, or it holds other counts than this version of storesim.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as opened:
            arrays = {name: opened[name] for name in opened.files}
        found = _ensemble_of(arrays)
    except Exception as error:
        # A damaged archive trips over anything: a flag of another packer, an array without end.
        raise FileFaults([Fault(str(path), 0, 0, f"is not a whole file of draws: {error}")]) from error
    if found is None:
        raise FileFaults([Fault(str(path), 0, 0, f"holds other counts than storesim {storesim.__version__}")])
    return found


def write_arrays(file: BinaryIO, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    """Write an npz whose bytes depend on the arrays alone: no times of day, no compression library.

    Stored, not packed: packing a year of 200 runs takes longer than simulating it, and libraries pack differently.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            with archive.open(entry, "w", force_zip64=True) as member:
                np.lib.format.write_array(member, np.asanyarray(array), allow_pickle=False)


def write_record(
    folder: Path,
    ensemble: Ensemble,
    *,
    scenario: Mapping[str, Any],
    origins: Mapping[str, str],
    calendar: Mapping[str, Any],
    timings: Mapping[str, float],
    files: Iterable[str] = (),
    settings: Mapping[str, Any] | None = None,
    rests_on: Mapping[str, Any] | None = None,
) -> None:
    """Write `run.json`: what was simulated, with what, how long it took, and the hash of each file.

    The only file of a run that holds times; all others are the same bytes whenever they are made.

    Parameters
    ----------
    folder
        Folder of the run.
    scenario, origins
        Every setting after merging, as JSON can hold it, and where it came from: dotted path to "file:line:column".
    calendar
        What was known of the calendar: library, version, which years are estimated.
    timings
        Seconds of wall time by step.
    files
        Names, within the folder, of the files made.
    settings
        What else was asked for, such as the target and the method.
    rests_on
        What would have to be the same for the draws to be the same; tells whether a run is finished.
    """
    note = ensemble.provenance
    record = {
        "form": FORM,
        "made": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "fingerprint": note.fingerprint,
        "seed": note.seed,
        "n_runs": ensemble.n_runs,
        "kernel": note.kernel,
        "start": ensemble.start.isoformat(),
        "n_days": ensemble.n_days,
        "channels": list(ensemble.channels),
        "versions": versions(note.version),
        "calendar": dict(calendar),
        "settings": dict(settings or {}),
        "rests_on": dict(rests_on or {}),
        "timings_s": {name: round(seconds, 3) for name, seconds in timings.items()},
        "files": {name: _size_and_hash(folder / name) for name in files},
        "scenario": dict(scenario),
        "origins": dict(origins),
    }
    text = json.dumps(record, ensure_ascii=False, indent=2, allow_nan=False)
    write_whole(folder / "run.json", (text + "\n").encode())


def read_record(folder: Path) -> dict[str, Any]:
    """What `write_record` wrote.

    Raises
    ------
    FileFaults
        If there is no `run.json`, or it is none of ours.
    """
    path = folder / "run.json"
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        newer = record["form"] > FORM
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FileFaults([Fault(str(path), 0, 0, f"is not the record of a run: {error}")]) from error
    if newer:
        raise FileFaults([Fault(str(path), 0, 0, "was written by a newer storesim")])
    return record


def versions(of_storesim: str = storesim.__version__) -> dict[str, str]:
    """Versions of storesim, Python and the libraries results rest on, and the kind of machine."""
    found = {"storesim": of_storesim, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = ""
    return found | {"machine": f"{platform.system()} {platform.machine()}"}


def _size_and_hash(path: Path) -> dict[str, int | str]:
    return {"bytes": path.stat().st_size, "sha256": sha256_of(path)}


def _arrays(ensemble: Ensemble) -> dict[str, np.ndarray[Any, Any]]:
    channel_counts, store_counts, sku_counts = _count_names()
    return {
        "provenance": np.array(json.dumps(asdict(ensemble.provenance), sort_keys=True)),
        "start": np.array(ensemble.start, dtype="datetime64[D]"),
        "channels": np.array(ensemble.channels),
        "skus": np.array(ensemble.skus, dtype=np.str_),
        "channel_counts": np.array(channel_counts),
        "store_counts": np.array(store_counts),
        "sku_counts": np.array(sku_counts),
        "by_channel": ensemble.by_channel,
        "of_store": ensemble.of_store,
        "by_sku": ensemble.by_sku,
        "cohorts": ensemble.cohorts,
        # A file of a store that credits no clicks is what it was before there was anything to credit.
        **({"attributed": ensemble.attributed} if ensemble.attributed.size else {}),
        **({"groups": np.array(ensemble.groups), "by_group": ensemble.by_group} if ensemble.groups else {}),
        **({"devices": np.array(ensemble.devices), "by_device": ensemble.by_device} if ensemble.devices else {}),
    }


def _ensemble_of(arrays: Mapping[str, np.ndarray[Any, Any]]) -> Ensemble | None:
    """What `_arrays` took apart; None if the counts are others than ours."""
    counts = tuple(tuple(arrays[name].tolist()) for name in ("channel_counts", "store_counts", "sku_counts"))
    if counts != _count_names():
        return None
    return Ensemble(
        arrays["start"].item(),
        tuple(arrays["channels"].tolist()),
        tuple(arrays["skus"].tolist()),
        arrays["by_channel"],
        arrays["of_store"],
        arrays["by_sku"],
        Provenance(**json.loads(str(arrays["provenance"]))),
        arrays["cohorts"],
        arrays.get("attributed", np.zeros(0)),
        tuple((str(a), str(b), str(c), str(d)) for a, b, c, d in arrays.get("groups", np.zeros((0, 4)))),
        arrays.get("by_group", np.zeros(0)),
        tuple(arrays.get("devices", np.zeros(0, dtype=np.str_)).tolist()),
        arrays.get("by_device", np.zeros(0)),
    )


def _count_names() -> tuple[tuple[str, ...], ...]:
    return (
        tuple(count.name for count in kpi.CHANNEL_COUNTS),
        tuple(count.name for count in kpi.STORE_COUNTS),
        SKU_COUNTS,
    )
