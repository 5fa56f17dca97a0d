"""What happens when the machine fails; `docs/reliability.md` lists these faults and those tried in other files."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from small_run import ASKED, data_of

from storesim.cli.main import main
from storesim.results.files import locked

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="asks for POSIX")

# The clock jumps by half a year, back and forth, each time somebody looks; and the timer runs backwards.
CLOCK = """
import datetime, time
real, timer, looks = time.time, time.perf_counter, [0]
def jumping():
    looks[0] += 1
    return real() + (-1) ** looks[0] * 180 * 86400 * (looks[0] % 3)
time.time, time.perf_counter = jumping, lambda: -timer()
class Jumping(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(jumping(), tz)
datetime.datetime = Jumping
"""

# Numbers with commas and the months of another language, where the system has one.
LOCALE = """
import locale
for name in ("de_DE.UTF-8", "tr_TR.UTF-8", "zh_CN.GB18030", "C"):
    try:
        locale.setlocale(locale.LC_ALL, name)
        break
    except locale.Error:
        pass
"""


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KB."""
    yield from _mounted(tmp_path / "disk", "size=400k")


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk nobody may write to, administrators neither."""
    yield from _mounted(tmp_path / "disk", "size=400k,ro")


def test_a_full_disk_ends_the_run_in_one_line_and_the_run_goes_on_when_there_is_room(
    small_disk: Path, usual: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ASKED, "-o", str(small_disk), "--lang", "en"]) == 4
    said = capsys.readouterr().err.strip()
    left = [path.name for path in small_disk.rglob("*") if path.name.endswith(".aside")]
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    status = main([*ASKED, "-o", str(small_disk), "--resume"])

    assert said.startswith("storesim: cannot write ")
    assert said.endswith("No space left on device")
    assert "\n" not in said
    assert left == []
    assert status == 0
    assert data_of(small_disk) == usual


def test_a_folder_that_may_only_be_read_is_refused_before_anything_is_simulated(
    read_only_disk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([*ASKED[:-1], "-o", str(read_only_disk), "--lang", "en"])

    said = capsys.readouterr().err
    assert status == 4
    assert "Read-only file system" in said
    assert "Simulating" not in said


@POSIX
@pytest.mark.parametrize("place", ["/dev/null", "/dev/full", "/proc/1/x"])
def test_a_place_that_can_hold_no_folder_is_refused_before_anything_is_simulated(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main([*ASKED[:-1], "-o", place, "--lang", "en"])

    said = capsys.readouterr().err
    assert status in (2, 4)
    assert place in said
    assert not any(word in said for word in ("Traceback", "defect", "Simulating"))


@POSIX
def test_a_clock_that_jumps_another_locale_and_another_time_zone_change_no_byte(
    usual: dict[str, bytes], typed: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    ran = typed(
        "-o", "out", "--lang", "en", before=CLOCK + LOCALE, LC_ALL="C", LANG="tr_TR.UTF-8", TZ="Pacific/Kiritimati",
        PYTHONHASHSEED="77", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0", PYTHONIOENCODING="",
    )  # fmt: skip

    assert (ran.returncode, ran.stderr) == (0, "")
    assert data_of(tmp_path / "out") == usual


def test_of_two_runs_in_one_folder_one_is_told_to_wait(
    mine: Path, usual: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    with locked((mine / "latest").resolve() / "parts"):
        status = main([*ASKED, "-o", str(mine), "--lang", "en"])

    assert status == 2
    assert "another storesim is writing to" in capsys.readouterr().err
    assert data_of(mine) == usual


def test_files_another_program_left_or_spoilt_do_no_harm(mine: Path, usual: dict[str, bytes]) -> None:
    run = (mine / "latest").resolve()
    (run / "parts").mkdir()
    (run / "parts" / "batch-00000.npz").write_bytes(b"PK\x03\x04 not ours")
    (run / "parts" / ".batch-00001.npz.1-aa.aside").write_bytes(b"half")
    (run / "notes.txt").write_text("mine")
    (run / "draws.npz").write_bytes(usual["draws.npz"][:-1000])

    assert main([*ASKED, "-o", str(mine)]) == 0

    assert data_of(mine) == usual
    assert (run / "notes.txt").read_text() == "mine"
    assert not (run / "parts").exists()


def _mounted(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("mounting a disk is for administrators of Linux")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"this system mounts no disk in memory: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)
