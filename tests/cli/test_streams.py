"""Standard output and error that are closed, full, or know no Chinese: the work is done, and the status is true."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import pytest

from storesim.cli.main import main
from storesim.cli.session import Session

COMMAND = f"{sys.executable} -m storesim"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither these shells nor /dev/full")
FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this machine")


def _shell(line: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S602  # redirections are what is tried
        line, shell=True, cwd=folder, env=os.environ | environment, capture_output=True, text=True, encoding="utf-8",
        check=False,
    )  # fmt: skip


@POSIX
@FULL
def test_a_full_standard_output_is_named_and_no_defect(scenario: Path) -> None:
    ran = _shell(f"{COMMAND} show {scenario} --lang en >/dev/full", scenario.parent)

    assert ran.returncode == 4
    assert ran.stderr == "Cannot write or read standard output: No space left on device\n"


@POSIX
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_stream_keeps_nobody_from_the_result(scenario: Path, closed: str) -> None:
    assert _shell(f"{COMMAND} validate {scenario} --json {closed}", scenario.parent).returncode == 0


@POSIX
@FULL
@pytest.mark.parametrize(("words", "status"), [("validate nothing.yaml", 3), ("run", 2), ("validate small.yaml", 0)])
def test_a_full_standard_error_leaves_the_status_as_it_is(scenario: Path, words: str, status: int) -> None:
    assert _shell(f"{COMMAND} {words} 2>/dev/full", scenario.parent).returncode == status


@POSIX
def test_a_reader_who_leaves_a_table_early_is_no_failed_gate(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    ran = subprocess.run(
        [sys.executable, "-m", "storesim", "doctor"], stdout=write, stderr=subprocess.PIPE, cwd=tmp_path, check=False
    )
    os.close(write)

    assert ran.returncode == 141
    assert ran.stderr == b""


@POSIX
def test_a_machine_that_says_nothing_of_letters_shows_chinese_in_utf_8(scenario: Path) -> None:
    posix = {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    ran = _shell(f"{COMMAND} doctor --lang zh", scenario.parent, **posix)

    assert ran.returncode == 0
    assert "项目" in ran.stdout


@pytest.mark.parametrize("words", [["run", ""], ["forecast", ""], ["report", ""], ["run", "small.yaml", "-o", ""]])
def test_an_empty_path_is_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "the path is empty" in capsys.readouterr().err


def test_more_runs_than_fit_anywhere_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "small.yaml", "--runs", "9" * 20]) == 2
    assert "write 1 to 100,000, or auto" in capsys.readouterr().err


@pytest.mark.parametrize(("lang", "left"), [("en", ", about 20 s left"), ("zh", "，约剩 20 秒")])
def test_progress_on_a_pipe_says_how_long_it_will_take(
    lang: Literal["en", "zh"], left: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([100.0, 100.0, 108.0, 116.0, 128.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    session = Session()
    session.lang = lang

    with session.progress("Playing") as tell:
        # 20 were there already; 20 more took eight seconds.
        for done in (20, 40, 60, 90):
            tell(done, 90)

    said = capsys.readouterr().err.splitlines()
    assert said[1].startswith("Playing: 40/90, 8 s")
    assert said[1].endswith(left)
    assert said[-1] == "Playing: 90/90, 28 s"
