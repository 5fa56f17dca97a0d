"""Files appear whole or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import BinaryIO

import pytest

from storesim.errors import RunError, UsageError
from storesim.results.files import clear_leftovers, locked, sha256_of, write_whole


def test_a_file_holds_what_was_written_and_its_hash_is_told(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "daily.csv"

    told = write_whole(path, b"one")

    assert path.read_bytes() == b"one"
    assert told == sha256_of(path) == hashlib.sha256(b"one").hexdigest()
    assert [each.name for each in path.parent.iterdir()] == ["daily.csv"]


def test_a_new_file_has_the_rights_any_new_file_has(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")

    write_whole(tmp_path / "ours", b"")

    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt(), ZeroDivisionError()])
@pytest.mark.parametrize("old", [None, b"old"])
def test_a_failure_halfway_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, failure: BaseException, old: bytes | None
) -> None:
    path = tmp_path / "daily.csv"
    if old is not None:
        path.write_bytes(old)

    def fail(file: BinaryIO) -> None:
        file.write(b"half")
        file.flush()
        raise failure

    with pytest.raises(RunError if isinstance(failure, OSError) else type(failure)):
        write_whole(path, fail)

    assert [each.read_bytes() for each in tmp_path.iterdir()] == ([] if old is None else [old])


def test_a_file_the_system_refuses_is_reported_with_its_name_and_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(RunError, match=r"cannot write .*daily\.csv: a file stands where"):
        write_whole(tmp_path / "file" / "daily.csv", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="limits on the size of files are a matter of POSIX")
def test_a_full_disk_leaves_the_old_file_whole_and_nothing_else(tmp_path: Path) -> None:
    # A limit on the size of files refuses writes halfway, as a full disk does.
    (tmp_path / "draws.npz").write_bytes(b"old")
    script = """
        import resource, signal, sys
        from pathlib import Path
        from storesim.errors import RunError
        from storesim.results.files import write_whole
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        try:
            write_whole(Path(sys.argv[1]), bytes(1_000_000))
        except RunError as error:
            print(error)
    """

    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "draws.npz")],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )

    assert "File too large" in done.stdout
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("draws.npz", b"old")]


def test_a_writer_that_was_killed_leaves_no_file_under_the_name_and_its_leftover_can_be_cleared(tmp_path: Path) -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from storesim.results.files import write_whole

        def half(file):
            file.write(bytes(1_000_000))
            file.flush()
            os.kill(os.getpid(), signal.SIGKILL)

        write_whole(Path(sys.argv[1]), half)
    """

    subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "draws.npz")],
        check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )

    assert not (tmp_path / "draws.npz").exists()
    assert len(list(tmp_path.iterdir())) == 1
    clear_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_two_processes_cannot_hold_a_folder_and_a_killed_one_lets_go(tmp_path: Path) -> None:
    script = """
        import sys
        from pathlib import Path
        from storesim.results.files import locked

        with locked(Path(sys.argv[1])):
            print("held", flush=True)
            sys.stdin.read()
    """
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(UsageError, match="another storesim"), locked(tmp_path):
            pass
        holder.kill()
        holder.wait()

    with locked(tmp_path):
        assert (tmp_path / ".lock").exists()
