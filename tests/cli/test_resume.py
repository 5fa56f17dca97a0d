"""`run` that is killed, interrupted, damaged or typed again: the same bytes, and nothing is simulated twice."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import storesim
from storesim.cli.main import main
from storesim.errors import UsageError
from storesim.results.files import locked
from storesim.study import files
from storesim.study.folder import find_run
from storesim.study.run import write_again

Typed = Callable[..., "subprocess.CompletedProcess[str]"]

DATA = ("draws.npz", "daily.csv", "forecast.csv", "goals.csv")
SIX = ("--runs", "6", "--seed", "3", "--executor", "serial", "--lang", "en")


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two months of the small store."""
    path = tmp_path_factory.mktemp("brief") / "small.yaml"
    year = (Path(__file__).parent / "small.yaml").read_text(encoding="utf-8")
    path.write_text(year.replace("horizon: 365d", "horizon: 60d"), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def once(brief: Path) -> Path:
    """Six runs of it, finished in a folder `out` that nobody may write to."""
    assert main(["run", str(brief), *SIX, "-q", "-o", str(brief.parent / "out")]) == 0
    return brief.parent / "out"


@pytest.fixture
def finished(once: Path, tmp_path: Path) -> Path:
    """The folder of a finished run, in a folder `out` of the test's own."""
    shutil.copytree(once, tmp_path / "out", symlinks=True)
    return find_run(tmp_path / "out")


@pytest.mark.usefixtures("without_pictures")
def test_the_data_are_the_same_bytes_for_another_number_of_workers(brief: Path, once: Path, tmp_path: Path) -> None:
    status = main(["run", str(brief), "--runs", "6", "--seed", "3", "--jobs", "2", "-q", "-o", str(tmp_path)])

    assert status == 0
    _have_the_same_data(once, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.usefixtures("without_pictures")
def test_a_run_that_was_killed_goes_on_and_gives_the_same_bytes(brief: Path, tmp_path: Path) -> None:
    words = ["run", str(brief), "--runs", "30", "--seed", "3", "-q", "--executor", "serial", "-o"]
    whole = main([*words, str(tmp_path / "whole")])
    killed = _start(*words, tmp_path / "killed")
    _wait_for(lambda: len(list((tmp_path / "killed").glob("*/parts/batch-*.npz"))) >= 2)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    resumed = main([*words, str(tmp_path / "killed"), "--resume"])

    assert (whole, killed.returncode, resumed) == (0, -signal.SIGKILL, 0)
    _have_the_same_data(tmp_path / "whole", tmp_path / "killed")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_an_interrupted_run_keeps_what_was_finished_and_says_how_to_go_on(brief: Path, tmp_path: Path) -> None:
    running = _start("run", brief, "--runs", "500", "--executor", "serial", "-o", tmp_path, "--lang", "en")
    _wait_for(lambda: len(list(tmp_path.glob("*/parts/batch-*.npz"))) >= 1)

    running.send_signal(signal.SIGINT)
    _, said = running.communicate()

    assert running.returncode == 130
    assert "--resume" in said
    assert "Traceback" not in said
    assert list(tmp_path.glob("*/parts/batch-*.npz"))


def test_a_finished_run_is_written_again_and_not_played_again(brief: Path, finished: Path, typed: Typed) -> None:
    before = {path.name: path.read_bytes() for path in finished.iterdir() if path.name != "run.json"}
    (finished / "report.html").unlink()

    ran = typed("run", brief, *SIX, "--resume", "-o", "out")

    assert ran.returncode == 0
    assert "nothing was simulated" in ran.stderr
    assert "Simulating" not in ran.stderr
    assert {path.name: path.read_bytes() for path in finished.iterdir() if path.name != "run.json"} == before


@pytest.mark.parametrize("damage", ["draws.npz", "run.json"])
@pytest.mark.usefixtures("without_pictures")
def test_a_finished_run_that_was_damaged_is_played_again(
    brief: Path, finished: Path, typed: Typed, damage: str
) -> None:
    draws = (finished / "draws.npz").read_bytes()
    (finished / damage).write_bytes(b"damaged")

    ran = typed("run", brief, *SIX, "--resume", "-o", "out")

    assert ran.returncode == 0
    assert "Simulating: 6/6" in ran.stderr
    assert (finished / "draws.npz").read_bytes() == draws


@pytest.mark.usefixtures("without_pictures")
def test_a_folder_is_held_until_its_files_are_written(
    brief: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = []

    def write(folder: Path, *rest: object, parquet: bool) -> tuple[str, ...]:
        with pytest.raises(UsageError, match="another storesim"), locked(folder / "parts"):
            pass
        refused.append(folder)
        return write_data(folder, *rest, parquet=parquet)  # type: ignore[arg-type]  # passed on as it came

    write_data = files.write_data
    monkeypatch.setattr(files, "write_data", write)

    study = storesim.run(brief, n_runs=2, output=tmp_path, executor="serial")
    write_again(study)

    assert refused == [study.folder] * 2
    assert not list(tmp_path.glob("*/parts"))


def _have_the_same_data(one: Path, other: Path) -> None:
    first, second = find_run(one), find_run(other)
    assert first.name == second.name
    assert [(first / name).read_bytes() == (second / name).read_bytes() for name in DATA] == [True] * len(DATA)


def _start(*words: object) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "storesim", *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment)


def _wait_for(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not happened():
        assert time.monotonic() < deadline, "nothing happened for two minutes"
        time.sleep(0.01)
