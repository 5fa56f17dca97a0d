"""A run of a few days, its data files, and a way to type a command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from small_run import ASKED, data_of

from storesim.cli.main import main

Typed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the run where nothing goes wrong."""
    folder = tmp_path_factory.mktemp("finished")
    assert main([*ASKED, "-o", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def usual(finished: Path) -> dict[str, bytes]:
    """Every data file of that run."""
    return data_of(finished)


@pytest.fixture
def mine(finished: Path, tmp_path: Path) -> Path:
    """A copy of its folder, to do harm to."""
    return Path(shutil.copytree(finished, tmp_path / "mine", symlinks=True))


@pytest.fixture
def typed(tmp_path: Path) -> Typed:
    """`typed("-o", "out", before="…", LANG="C")` runs the command in a process of its own, after some Python."""

    def run(*words: object, before: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        script = f"{before}\nimport sys\nfrom storesim.cli.main import main\nsys.exit(main(sys.argv[1:]))"
        return subprocess.run(
            [sys.executable, "-c", script, *ASKED, *map(str, words)], cwd=tmp_path, env=os.environ | environment,
            capture_output=True, text=True, encoding="utf-8", errors="replace", check=False,
        )  # fmt: skip

    return run
