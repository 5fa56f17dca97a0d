"""Whether the kernel was compiled before, told from its cache without loading the compiler."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

_KERNEL: Final = "kernel.play_decisions-*.nbi"
"""Index that Numba writes beside the machine code of the longer half of the kernel."""


def was_compiled() -> bool:
    """False if the first run on this machine has to compile the kernel; a cache of another version counts as one."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    here = Path(__file__).parent / "__pycache__"
    return any(here.glob(_KERNEL)) or (named is not None and any(Path(named).rglob(_KERNEL)))
