"""Where batches of runs are played: in worker processes, in threads, one after the other, or on a cluster.

All are a `concurrent.futures.Executor`, and what is played gives the same bytes in each.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType, TracebackType
from typing import Any, Generic, ParamSpec, Self, TypeVar

from storesim.errors import RunError, UsageError

P = ParamSpec("P")
A = TypeVar("A", bound=Hashable)
T = TypeVar("T")


def usable_cores() -> int:
    """Cores this process may use, which containers and batch systems often limit."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Crew(Generic[A, T]):
    """Workers that play batches in whatever order they finish; if one of them dies, a new crew takes over once.

    Parameters
    ----------
    executor
        A name of `EXECUTORS`, or `dask@` or `ray@` and the address of a scheduler.
    jobs
        Workers at work at the same time; a cluster counts its own.
    play
        What a worker does with one batch; a function of a module, so that it can be sent to a process.

    Raises
    ------
    UsageError
        If there is no executor of this name, or fewer than one job.
    MissingExtra
        If the library of a cluster is not installed.
    RunError
        If no cluster answers at the address.
    """

    def __init__(self, executor: str, jobs: int, play: Callable[[A], T]) -> None:
        if jobs < 1:
            raise UsageError(f"jobs is {jobs}; at least 1 is needed")
        self._make, self._jobs, self._play = _maker(executor), jobs, play
        self._executor = self._make(jobs)
        # One batch more than workers, so that none waits for us; not many more, since what was handed out cannot be
        # taken back when the user interrupts.
        self._most = jobs + 1 if executor != "serial" else 1
        self._pending: dict[Future[T], A] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._executor.shutdown(wait=True, cancel_futures=True)

    def finish(self, batches: Sequence[A]) -> Iterator[tuple[A, T]]:
        """Each batch with what came of it, as they finish.

        Raises
        ------
        RunError
            If workers died twice while they had the same batch.
        """
        waiting, deaths = deque(batches), Counter[A]()
        while waiting or self._pending:
            lost = self._hand_out(waiting)
            done = wait(self._pending, return_when=FIRST_COMPLETED).done if self._pending else set()
            for future in done:
                batch = self._pending.pop(future)
                if isinstance(future.exception(), BrokenExecutor):
                    lost.append(batch)
                else:
                    yield batch, future.result()
            if lost:
                yield from self._replace_workers(lost, waiting, deaths)

    def drain(self) -> Iterator[tuple[A, T]]:
        """What workers were in the middle of when `finish` was interrupted; batches that fail are left out."""
        for future in [future for future in self._pending if future.cancel()]:
            del self._pending[future]
        while self._pending:
            for future in wait(self._pending, return_when=FIRST_COMPLETED).done:
                batch = self._pending.pop(future)
                if future.exception() is None:
                    yield batch, future.result()

    def _hand_out(self, waiting: deque[A]) -> list[A]:
        most: int = getattr(self._executor, "room", self._most)
        while waiting and len(self._pending) < most:
            batch = waiting.popleft()
            try:
                self._pending[self._executor.submit(self._play, batch)] = batch
            except BrokenExecutor:
                return [batch]
        return []

    def _replace_workers(self, lost: list[A], waiting: deque[A], deaths: Counter[A]) -> Iterator[tuple[A, T]]:
        # A broken pool fails everything it had; what finished just before is kept.
        wait(self._pending)
        for future, batch in self._pending.items():
            if future.exception() is None:
                yield batch, future.result()
            else:
                lost.append(batch)
        self._pending.clear()
        deaths.update(lost)
        if any(deaths[batch] > 1 for batch in lost):
            raise RunError(
                f"worker processes died twice while playing {', '.join(str(batch) for batch in lost)}; if the machine "
                "is short of memory, try fewer --jobs; --executor serial shows the error itself"
            )
        waiting.extendleft(reversed(lost))
        self._executor.shutdown(wait=True, cancel_futures=True)
        self._executor = self._make(self._jobs)


class SerialExecutor(Executor):
    """Plays each batch at once, in this process and thread."""

    def submit(self, fn: Callable[P, Any], /, *args: P.args, **kwargs: P.kwargs) -> Future[Any]:
        """A future that is done already."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  # kept in the future, as every executor does
            future.set_exception(error)
        return future


def _processes(jobs: int) -> Executor:
    from concurrent.futures import ProcessPoolExecutor

    # Spawned, on every system alike: a fork of a process that has threads (a progress bar, a notebook) can hang.
    # Measured on two cores with all libraries: 0.46 s to the first result, forkserver 0.42 s, fork 0.33 s.
    return ProcessPoolExecutor(jobs, mp_context=_Context(), initializer=_begin_work)


def _threads(jobs: int) -> Executor:
    return ThreadPoolExecutor(jobs, thread_name_prefix="storesim")


def _serial(jobs: int) -> Executor:  # noqa: ARG001  # the same call for every executor
    return SerialExecutor()


EXECUTORS: dict[str, Callable[[int], Executor]] = {
    "processes": _processes,
    "threads": _threads,
    "serial": _serial,
}
"""How to make each; processes are the default, threads share one interpreter, serial is for debugging."""


def _maker(executor: str) -> Callable[[int], Executor]:
    name, at, address = executor.partition("@")
    if at and name in ("dask", "ray"):
        # Late: few have a cluster.
        from storesim.runs.clusters import CLUSTERS

        return lambda jobs: CLUSTERS[name](address)  # noqa: ARG005  # a cluster counts its own
    if executor not in EXECUTORS:
        there = ", ".join([*EXECUTORS, "dask@ADDRESS", "ray@ADDRESS"])
        raise UsageError(f"there is no executor {executor!r}; there are {there}")
    return EXECUTORS[executor]


class Process(SpawnProcess):
    """A process that starts from nothing, without the user's script, and leaves Ctrl-C to its parent."""

    def start(self) -> None:
        with _deaf_to_interrupts(), _main_hidden():
            super().start()


class _Context(SpawnContext):
    Process = Process


@contextmanager
def _main_hidden() -> Iterator[None]:
    """Start a process that does not import the user's script again.

    Workers need nothing of it, and a script without `if __name__ == "__main__"` would start itself without end.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Start a process that inherits blocked interrupts: Ctrl-C goes to all, and only the parent shall answer."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_work() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this worker as soon as its parent is gone; by itself it would wait for ever for one that was killed."""
    import multiprocessing
    from multiprocessing.connection import wait as wait_for

    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)
