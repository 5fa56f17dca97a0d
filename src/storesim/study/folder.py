"""Where the files of a run lie: a folder a run, named by what it rests on, and `latest` beside it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final, Literal

import storesim
from storesim.errors import Fault, FileFaults
from storesim.runs.stopping import StoppingRule
from storesim.scenario.document import Scenario

LATEST: Final = "latest"


def run_id(scenario: Scenario, n_runs: int | Literal["auto"], seed: int, rule: StoppingRule | None = None) -> str:
    """Name of a run's folder: the same for the same settings, seed, number of runs and version, so it can be resumed.

    The seed comes second and the settings first: sorted by name, runs of one scenario lie together.
    """
    stopped = "" if rule is None else f"-{rule.kpi}-{rule.level or 'mean'}-{rule.relative:g}"
    return f"{scenario.fingerprint[:10]}-seed{seed}-runs{n_runs}{stopped}-v{storesim.__version__}"


def point_latest(folder: Path) -> None:
    """Let `latest`, beside `folder`, lead to it: a link, or where links are not possible a file with its name."""
    latest = folder.parent / LATEST
    aside = folder.parent / f".{LATEST}.{os.getpid()}-{secrets.token_hex(4)}"
    try:
        aside.symlink_to(folder.name, target_is_directory=True)
    except OSError:
        aside.write_text(folder.name + "\n", encoding="utf-8")
    aside.replace(latest)


def find_run(path: Path) -> Path:
    """The folder of a run, from its own path or from the path of the folder that holds `latest`.

    Raises
    ------
    FileFaults
        If neither holds a `run.json`.
    """
    tried = [path, path / LATEST]
    for place in (path, path / LATEST):
        if place.is_file():
            # `latest` as a file holds the name of the folder beside it.
            tried.append(place.parent / place.read_text(encoding="utf-8", errors="replace").strip()[:200])
    for place in tried:
        if (place / "run.json").is_file():
            # The folder itself and not the link: what is written there must not make `latest` lead to itself.
            return place.parent / place.readlink() if place.is_symlink() else place
    raise FileFaults([Fault(str(path), 0, 0, "is not the folder of a run; there is no run.json in it")])
