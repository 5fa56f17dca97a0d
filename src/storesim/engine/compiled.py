"""How plain functions become compiled ones, cached on disk, or stay plain for tests.

Numba is imported here and nowhere else. With ``NUMBA_DISABLE_JIT=1`` in the environment every function stays as
it is written; tests run both and compare bytes.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import cache, partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast

import numba
import numpy as np
from numba.core import cgutils, sigutils as signatures, types
from numba.core.ccallback import CFunc
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, Flags
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering
from numba.experimental.function_type import FunctionModel
from numba.extending import NativeValue, intrinsic, register_model, typeof_impl, unbox
from numpy.typing import NDArray

P = ParamSpec("P")
T = TypeVar("T")

# Without Numba's reference counts (_nrt): inside the kernel they cost ten times what the lines in between do. Such a
# function may not allocate, which none of them should. `Any`, because Numba's stubs leave out some of the options.
_OPTIONS: dict[str, Any] = {"error_model": "numpy", "boundscheck": False, "_nrt": False}
_jit: Any = partial(numba.njit, nogil=True, no_cfunc_wrapper=True, **_OPTIONS)
_LOG = logging.getLogger(__name__)


def _compare_options_quickly(options: Any) -> None:
    """Let the compiler's sets of options be told apart by what was set, before all their values are asked for.

    Numba looks up every call it compiles under a set of options, whose hash is that of their names, so that each look
    compares all values of two sets: an eighth of a first compile.
    """
    slowly, named = options.__eq__, hash(options())

    def same(one: Any, other: object) -> Any:
        return (type(one) is type(other) and one._values == other._values) or slowly(one, other)  # type: ignore[attr-defined]

    options.__eq__, options.__hash__ = same, lambda _: named


_compare_options_quickly(Flags)


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


class Settled(Generic[P, T]):
    """A compiled function for a caller who always hands over arguments of the same types.

    Numba asks every argument of every call for its type, which costs more than a quiet day where there are a hundred
    arrays. Here only the first call asks: a later one with other types is not noticed, and reads what is not there.
    """

    def __init__(self, function: Callable[P, T]) -> None:
        self._function: Any = function
        self._door: Callable[P, T] = self._first if is_compiled() else function

    if TYPE_CHECKING:

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> T:
            """What the function returns."""
            ...  # for the type checker alone: at run time a call goes through the property below

    else:
        # Python goes through the door without a step of its own in between.
        __call__ = property(attrgetter("_door"))

    def compile(self, *args: P.args, **_: P.kwargs) -> Callable[P, T]:
        """What Numba's dispatcher calls for arguments of these types: read from the cache or compiled, not called."""
        if self._door == self._first:
            kinds = tuple(self._function.typeof_pyval(argument) for argument in args)
            self._function.compile(kinds)
            self._door = cast(Callable[P, T], self._function.overloads[kinds].entry_point)
        return self._door

    def _first(self, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.compile(*args, **kwargs)(*args, **kwargs)


def cache_of(function: Callable[..., object]) -> tuple[Path, bool] | None:
    """The folder a compiled function is cached in, and whether it is there as it stands; None without a cache."""
    cache_file = getattr(getattr(function, "_cache", None), "_cache_file", None)
    if cache_file is None:
        return None
    # An index of another version of the sources, or of Numba, is read as empty.
    return Path(cast(Any, function)._cache.cache_path), bool(cache_file._load_index())


def inlined(function: Callable[P, T]) -> Callable[P, T]:
    """The same function for use inside compiled ones, merged into each caller; Python cannot call it once compiled.

    A call that hands over many arrays costs more than the few lines it saves; merged, it costs nothing. Numba compiles
    such a function once for every set of argument types, and takes each plain integer written into a call for a type
    of its own: hand over a constant that is `typed`.
    """
    # Without a door to Python (the wrapper), which takes longer to compile than the function behind it.
    return cast(Callable[P, T], _jit(forceinline=True, no_cpython_wrapper=True, pipeline_class=_Unfinished)(function))


def by_address(signature: str) -> Callable[[Callable[P, T]], Callable[[], Callable[P, T]]]:
    """A function that compiled ones call by its address; it is compiled, and cached, when first asked for.

    For what is long and what few stores need: merged into the kernel, every store would wait for it to compile. All
    functions of one `signature`, in Numba's words, can stand in for one another without a new kernel.
    """

    def ready(function: Callable[P, T]) -> Callable[[], Callable[P, T]]:
        return cache(partial(_addressed, function, signature))

    return ready


def _addressed(function: Callable[P, T], signature: str) -> Callable[P, T]:
    if not is_compiled():
        return function
    # What numba.cfunc does, and in between the stamp.
    made: Any = CFunc(function, signatures.normalize_signature(signature), {}, _OPTIONS | {"nopython": True})
    try:
        made.enable_caching()
    except RuntimeError:
        _LOG.debug("no folder can be written to: %s is compiled anew in every process", function.__name__)
    _stamp(made)
    made.compile()
    address = _Address(made.address)
    address.type = _Callable(made._sig)
    return cast(Callable[P, T], address)


class _Address(int):
    """Where a compiled function begins, which other compiled functions call it by."""

    type: _Callable


class _Callable(types.FunctionType):
    """The type of such an address inside compiled functions.

    Numba's own type of functions has every call ask Python for the address, through its pickles: that takes longer than
    a quiet hour, and a user's interrupt that is noticed there comes out as a TypeError.
    """


def _type_of_address(address: _Address, _: object) -> _Callable:
    return address.type


def _take_address(typ: _Callable, address: Any, c: Any) -> NativeValue:
    proxy = cgutils.create_struct_proxy(typ)(c.context, c.builder)
    proxy.c_addr = c.pyapi.long_as_voidptr(address)
    nothing = c.context.get_constant_null(types.voidptr)
    proxy.py_addr = nothing
    proxy.jit_addr = nothing
    return NativeValue(proxy._getvalue())


typeof_impl.register(_Address)(_type_of_address)
register_model(_Callable)(FunctionModel)
unbox(_Callable)(_take_address)


def typed(n: int) -> int:
    """The integer as a constant of one type: with sixteen plain ones, a function is compiled sixteen times."""
    return cast(int, np.int64(n))


def is_compiled() -> bool:
    """Whether functions are compiled in this process; False where Numba's compiler is switched off."""
    return not bool(getattr(numba.config, "DISABLE_JIT", False))


@intrinsic
def _prefetch(_: Any, array: Any, at: Any) -> Any:  # noqa: ARG001  # Numba asks for as many as are handed over
    def bring(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        numbers = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        place = builder.bitcast(builder.gep(numbers, [arguments[1]]), cgutils.voidptr_t)
        ir = cgutils.ir  # type: ignore[attr-defined]  # what llvmlite is called there
        kinds = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, *[cgutils.int32_t] * 3])
        hint = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kinds)
        # To read, as near as can be, and no machine code.
        builder.call(hint, [place, *map(cgutils.int32_t, (0, 3, 1))])
        return context.get_dummy_value()

    return types.none(array, types.intp), bring


def _wait(array: NDArray[np.float64], at: int) -> None:
    pass


fetch = cast(Callable[[NDArray[np.float64], int], None], _prefetch if is_compiled() else _wait)
"""Have a number brought near before it is asked for: `fetch(array, at)`, the place counted through all the rows.

To wait for what is far away in memory costs more than all that is done with it, and a processor can go on meanwhile.
"""


class _Draft(JITCodeLibrary):
    """Code that is kept as it was lowered, to be optimised and made into machine code where it is merged.

    Numba would finish each function on its own and never run what comes of it: a quarter of a first compile.
    """

    def finalize(self) -> None:
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init.update(library._reload_init)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._finalized = True


@register_pass(mutates_CFG=True, analysis_only=False)
class _LowerToDraft(NativeLowering):
    """Numba's lowering, up to the draft."""

    _name = "storesim_lower_to_draft"

    def run_pass(self, state: Any) -> bool:
        state.library = _Draft(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        # Numba finds a function by the door that Python would take; any built-in of its own does.
        door = [].clear
        state.cr = state.cr._replace(cfunc=door)
        state.targetctx.insert_user_function(door, state.cr.fndesc, [state.library])
        return True


class _Unfinished(CompilerBase):
    """Numba's own passes, the last of them stopping at a draft (Numba's manual: Customizing the compiler)."""

    def define_pipelines(self) -> list[Any]:
        build, state = DefaultPassBuilder, self.state
        manager = PassManager("storesim_draft")
        stages = (build.define_untyped_pipeline, build.define_typed_pipeline, build.define_nopython_lowering_pipeline)
        for step, description in (step for stage in stages for step in stage(state).passes):
            manager.add_pass(_LowerToDraft if step is NativeLowering else step, description)
        manager.finalize()
        return [manager]


def _stamp(made: object) -> None:
    """Tie the cache to every source a compiled function may call: those of its own folder and of this one.

    Numba looks at the function's own file only; after a change in `draws.py` it would go on with the old draws inside
    a cached kernel, and the same seed would give other figures here than on a fresh machine.
    """
    cache_file = getattr(getattr(made, "_cache", None), "_cache_file", None)
    if cache_file is not None and hasattr(cache_file, "_source_stamp"):
        function: Any = getattr(made, "py_func", None) or getattr(made, "_pyfunc", None)
        folders = {Path(__file__).parent, Path(function.__code__.co_filename).parent}
        cache_file._source_stamp = (cache_file._source_stamp, *map(_sources, sorted(folders)))
        cache_file._load_index = partial(_index_of, cache_file._load_index)


def _index_of(load: Callable[[], dict[object, str]]) -> dict[object, str]:
    try:
        return load()
    except (AttributeError, ImportError):
        # It names what this version has not: another wrote it, and its stamp was not even looked at.
        return {}


@cache
def _sources(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
