"""A copy of the project and a shell, for pages whose commands are typed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as in a clone, its outputs apart."""
    folder = tmp_path_factory.mktemp("copy")
    for path in ROOT.iterdir():
        if path.name not in ("outputs", ".git", ".venv") and not path.name.endswith("_cache"):
            (folder / path.name).symlink_to(path)
    (folder / "outputs").mkdir()
    # Set up already, whatever `make` thinks of the dates: it must not install this copy into the environment in use.
    (folder / ".venv").mkdir()
    (folder / ".venv" / "bin").symlink_to(Path(sys.executable).parent)
    (folder / ".venv" / "ready").touch()
    return folder


@pytest.fixture(scope="module")
def environment() -> dict[str, str]:
    """The reader's shell: storesim on the path, English, no terminal."""
    found = {name: value for name, value in os.environ.items() if name not in ("RUNS", "MAKEFLAGS", "MAKELEVEL")}
    here = str(Path(sys.executable).parent)
    return found | {"PATH": f"{here}{os.pathsep}{found['PATH']}", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
