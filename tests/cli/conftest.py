"""A store small enough to be played in a moment, and a way to type a command line."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from storesim.cli.main import main

SCENARIO = Path(__file__).parent / "small.yaml"

Type = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_bytes(SCENARIO.read_bytes())
    return path


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """`typed("run", file)` runs `storesim run file` in an empty folder, in this process, both streams captured."""
    monkeypatch.chdir(tmp_path)

    def run(*words: object) -> subprocess.CompletedProcess[str]:
        capsys.readouterr()
        status = main(list(map(str, words)))
        return subprocess.CompletedProcess(words, status, *capsys.readouterr())

    return run


@pytest.fixture
def typed_anew(tmp_path: Path) -> Type:
    """As `typed`, in a process of its own; `env` is its environment."""

    def run(*words: object, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "storesim", *map(str, words)]
        return subprocess.run(
            command, cwd=tmp_path, env=env, text=True, encoding="utf-8", capture_output=True, check=False
        )

    return run
