"""CPU time, of a call or of a command: what others do on the machine enters it less than the clock on the wall."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

STORESIM = str(Path(sys.executable).parent / "storesim")


class Cost(NamedTuple):
    """Of one command, all its processes together."""

    cpu: float
    """User and system, s."""

    wall: float
    """s."""


def cpu_of(call: Callable[[], object]) -> float:
    """CPU seconds of this process in one call."""
    start = time.process_time()
    call()
    return time.process_time() - start


def cost_of(command: Sequence[str], environment: Mapping[str, str] | None = None) -> Cost:
    """What a command takes.

    Parameters
    ----------
    environment
        Laid over this process's own.

    Raises
    ------
    RuntimeError
        If it fails; with its last words.
    """
    start = time.perf_counter()
    # Byte code is kept, as on a user's machine, whatever this shell is set up to.
    around = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", **(environment or {})}
    process = subprocess.Popen(command, env=around, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    words = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {words[-2000:].decode(errors='replace')}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)
