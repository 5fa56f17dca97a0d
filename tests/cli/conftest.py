"""A store small enough to be played in a moment, and a way to type a command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCENARIO = Path(__file__).parent / "small.yaml"

Type = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_bytes(SCENARIO.read_bytes())
    return path


@pytest.fixture
def typed(tmp_path: Path) -> Type:
    """`typed("run", file)` runs `storesim run file` in an empty folder, both streams captured."""

    def run(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "storesim", *map(str, words)]
        return subprocess.run(  # type: ignore[call-overload,no-any-return]
            command, cwd=tmp_path, text=True, encoding="utf-8", capture_output=True, check=False, **options
        )

    return run
