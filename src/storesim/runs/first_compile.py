"""The engine's first compile on a machine: by three processes side by side, while all others wait for them.

Half a minute of the processor; Numba compiles one function at a time in a process, and each process for itself.
"""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from storesim.engine import kernel
from storesim.engine.compiled import cache_of, is_compiled
from storesim.errors import RunError, StoresimError, UsageError
from storesim.model.blueprint import blueprint
from storesim.model.store import Store, kernel_of
from storesim.results.files import locked
from storesim.runs.executors import Process, usable_cores
from storesim.scenario.document import Scenario

_LOOK_EVERY_S = 0.1


class FirstCompile:
    """What a process does before its first run; afterwards nothing."""

    def __init__(self) -> None:
        self._done = False
        self._turn = threading.Lock()

    def before(self, scenario: Scenario) -> None:
        """Have the engine compiled: at once if it is in the cache, else with helpers, or by waiting for who is at it.

        Parameters
        ----------
        scenario
            Any; the functions are compiled for the types of a store's arrays, which are the same in all.
        """
        if self._done:
            return
        with self._turn:
            if not self._done:
                _compile(scenario)
                self._done = True


def compile_arrivals(scenario: Scenario) -> None:
    """The first pass of the kernel."""
    kernel_of(blueprint(scenario)).compile_arrivals()


def rehearse(scenario: Scenario) -> None:
    """A life of the store in which nobody comes: that leaves compiled all around the kernel."""
    store = Store(blueprint(scenario), 0, 0)
    store.kernel.idle()
    # An idle kernel takes no deliveries, which the audit may call a fault: by then all has been compiled.
    with suppress(StoresimError):
        store.live()


def _compile(scenario: Scenario) -> None:
    if not is_compiled() or _is_cached():
        return
    cache = cache_of(kernel.play_decisions)  # what Numba keeps of it
    machine = kernel_of(blueprint(scenario))
    with ExitStack() as alone:
        helpers: tuple[Callable[[Scenario], None], ...] = ()
        if cache is not None:
            alone.enter_context(_alone(cache[0]))
            if _is_cached():
                return
            if usable_cores() > 1 and not multiprocessing.current_process().daemon:
                helpers = (compile_arrivals, rehearse)
        with ExitStack() as helped:
            for work in helpers:
                helped.enter_context(_helper(work, scenario))
            # Not a whole store, which would compile what the helpers are at.
            machine.compile_decisions()
        machine.compile_arrivals()


def _is_cached() -> bool:
    caches = [cache_of(function) for function in kernel.PASSES]
    return all(cache is not None and cache[1] for cache in caches)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process compiles into `folder`; where no lock can be had, go on without."""
    with ExitStack() as stack:
        while True:
            try:
                stack.enter_context(locked(folder))
            except UsageError:
                time.sleep(_LOOK_EVERY_S)
                continue
            except RunError:
                pass
            break
        yield


@contextmanager
def _helper(work: Callable[[Scenario], None], scenario: Scenario) -> Iterator[None]:
    """A further process that compiles its part meanwhile; what it does not get done is compiled later, when needed."""
    helper = Process(target=work, args=(scenario,), name="storesim-compile")
    try:
        helper.start()
    except OSError:
        yield
        return
    try:
        yield
        helper.join()
    finally:
        helper.kill()
        helper.join()


first_compile = FirstCompile()
"""That of this process."""
