"""How plain functions become compiled ones, cached on disk, or stay plain for tests.

Numba is imported here and nowhere else. With ``NUMBA_DISABLE_JIT=1`` in the environment every function stays as
it is written; tests run both and compare bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any, ParamSpec, TypeVar, cast

import numba
import numpy as np

P = ParamSpec("P")
T = TypeVar("T")

# Without Numba's reference counts (_nrt): inside the kernel they cost ten times what the lines in between do. Such a
# function may not allocate, which none of them should. `Any`, because Numba's stubs leave out some of the options.
_jit: Any = partial(numba.njit, nogil=True, error_model="numpy", boundscheck=False, _nrt=False, no_cfunc_wrapper=True)


def compiled(function: Callable[P, T]) -> Callable[P, T]:
    """The same function, compiled when first called, without the interpreter's lock, and cached on disk.

    Floating-point arithmetic keeps its written order (no fast-math), so that compiled and plain give the same bits.
    """
    try:
        made = _jit(cache=True)(function)
    except RuntimeError:
        # Neither the package's folder nor the user's cache may be written to: compile anew in every process.
        return cast(Callable[P, T], _jit()(function))
    _stamp(made)
    return cast(Callable[P, T], made)


def inlined(function: Callable[P, T]) -> Callable[P, T]:
    """The same function for use inside compiled ones, merged into each caller; Python cannot call it once compiled.

    A call that hands over many arrays costs more than the few lines it saves; merged, it costs nothing. Numba compiles
    such a function once for every set of argument types, and takes each plain integer written into a call for a type
    of its own: hand over a constant that is `typed`.
    """
    # Without a door to Python (the wrapper), which takes longer to compile than the function behind it.
    return cast(Callable[P, T], _jit(forceinline=True, no_cpython_wrapper=True)(function))


def typed(n: int) -> int:
    """The integer as a constant of one type: with sixteen plain ones, a function is compiled sixteen times."""
    return cast(int, np.int64(n))


def is_compiled() -> bool:
    """Whether functions are compiled in this process; False where Numba's compiler is switched off."""
    return not bool(getattr(numba.config, "DISABLE_JIT", False))


def _stamp(made: object) -> None:
    """Tie the cache to every source a compiled function may call.

    Numba looks at the function's own file only; after a change in `draws.py` it would go on with the old draws inside
    a cached kernel, and the same seed would give other figures here than on a fresh machine.
    """
    cache_file = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if cache_file is not None and hasattr(cache_file, "_source_stamp"):
        cache_file._source_stamp = (cache_file._source_stamp, _sources())


@cache
def _sources() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
