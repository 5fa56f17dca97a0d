"""Files that appear whole or not at all, their hashes, and a lock on a folder."""

from __future__ import annotations

import hashlib
import math
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from storesim.errors import RunError, UsageError

_ASIDE = ".aside"
_LOCK = ".lock"


def write_whole(path: Path, content: bytes | Callable[[BinaryIO], object]) -> str:
    """Write a file aside, bring it to the disk, then put it in place in one step; give its SHA-256.

    Whoever looks at `path`, at any moment and after any failure, sees the old file (or none) or the new one, whole.

    Parameters
    ----------
    path
        Where the file shall be; its folder is made if need be.
    content
        The bytes, or a function that writes them to the open file it is given.

    Raises
    ------
    RunError
        If the system refuses: no space, no permission. Nothing of the file is left behind.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{_ASIDE}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with aside.open("xb") as file:
                if callable(content):
                    content(file)
                else:
                    file.write(content)
                file.flush()
                os.fsync(file.fileno())
            digest = sha256_of(aside)
            aside.replace(path)
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise _refusal(path, error) from error
    return digest


def on_disk(path: Path, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """An array of zeros that lives in a file: the system keeps in memory what is in use and there is room for.

    Raises
    ------
    RunError
        If the file cannot be made, or the disk has no room for all of it.
    """
    if 0 in shape:
        return np.empty(shape)
    try:
        with path.open("wb") as file:
            # Room is taken now: a disk that fills up later would end the process without a word.
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, 8 * math.prod(shape))
        return np.memmap(path, dtype=np.float64, mode="r+" if path.stat().st_size else "w+", shape=shape)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _refusal(path, error) from error


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def clear_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left aside in a folder; only for who holds its lock."""
    for path in folder.glob(f".*{_ASIDE}"):
        path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder for this process alone; the system lets go of it even if the process is killed.

    Raises
    ------
    UsageError
        If another process holds it.
    RunError
        If the folder cannot be made or written to.
    """
    file = _locked_file(folder)
    # Whoever held it before may have removed it since it was opened: a file without a name keeps nobody out.
    while not _is_named(file, folder / _LOCK):
        file.close()
        file = _locked_file(folder)
    with file:
        yield


def remove_lock(folder: Path) -> None:
    """Remove the file that `locked` locks, and its folder if it is then empty; only for who holds it."""
    # Windows keeps a file that is open, and it is not worth a word.
    with suppress(PermissionError):
        (folder / _LOCK).unlink(missing_ok=True)
    if not any(folder.iterdir()):
        folder.rmdir()


def _locked_file(folder: Path) -> BinaryIO:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _LOCK).open("ab")
    except OSError as error:
        raise _refusal(folder, error) from error
    try:
        _lock(file)
    except OSError as error:
        file.close()
        raise UsageError(f"another storesim is writing to {folder}; wait for it, or name another folder") from error
    return file


def _is_named(file: BinaryIO, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


def _refusal(path: Path, error: OSError) -> RunError:
    if isinstance(error, FileExistsError):
        return RunError(f"cannot write {path}: a file stands where its folder should be")
    return RunError(f"cannot write {path}: {error.strerror or error}")


def _lock(file: BinaryIO) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sync_folder(folder: Path) -> None:
    # Without this a power cut may forget the new name. Windows cannot open folders, and keeps names by itself.
    if sys.platform == "win32":
        return
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
