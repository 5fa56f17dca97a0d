"""Batches played on other machines: Dask and Ray, each as a `concurrent.futures.Executor` like those at home.

A cluster decides for itself which worker plays what, and plays again what a lost worker had. Added here: workers with
another storesim are refused, since they would give other bytes; and a batch that cost several workers their lives, or a
connection that broke, is told to `executors.Crew` as workers at home that died.
"""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import partial
from typing import Any

from storesim.errors import MissingExtra, RunError, StoresimError
from storesim.runs.parts import common_key

_LOG = logging.getLogger(__name__)

WAIT_S = 30.0
"""Longest wait for a scheduler to answer and for a first worker, seconds."""

TOO_LARGE = 1 << 16
"""For the number of a port."""


class DaskExecutor(Executor):
    """Workers of a scheduler of dask.distributed; they come and go as they like.

    Raises
    ------
    MissingExtra
        If dask.distributed is not installed.
    RunError
        If no scheduler answers at the address, or it has no worker.
    """

    def __init__(self, address: str) -> None:
        try:
            from distributed import Client
        except ImportError as error:
            raise MissingExtra("dask.distributed", "dask") from error
        try:
            self._client = Client(address, timeout=WAIT_S, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise RunError(f"no scheduler of dask answers at {address}: {_first_line(error)}") from error
        try:
            self._client.wait_for_workers(1, timeout=WAIT_S)
        except TimeoutError as error:
            self._client.close()
            raise RunError(f"the scheduler at {address} has no worker; start one: dask worker {address}") from error
        self._tasks: dict[Future[Any], Any] = {}

    @property
    def room(self) -> int:
        """Batches it is worth handing out: one for each thread there is now, and some that wait near by."""
        threads = sum(self._client.ncores().values())
        return int(threads + max(2, threads // 4))

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a call on some worker."""
        outcome: Future[Any] = Future()
        try:
            task = self._client.submit(_alike, common_key(0), fn, *args, pure=False, **kwargs)
        except Exception as error:
            # A connection that is gone shows as this or that, by the moment.
            raise BrokenExecutor(_first_line(error)) from error
        # Dask forgets, and does not play, what nobody holds.
        self._tasks[outcome] = task
        task.add_done_callback(partial(self._settle, outcome))
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002  # there is no waiting
        """Give back what was handed out and part from the scheduler, which lives on."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        try:
            self._client.cancel(tasks)
            self._client.close(timeout=5)
        except Exception as error:  # noqa: BLE001  # a scheduler that is gone cannot be parted from
            _LOG.debug("parting from the scheduler: %s", error)

    def _settle(self, outcome: Future[Any], task: Any) -> None:
        self._tasks.pop(outcome, None)
        if not outcome.set_running_or_notify_cancel():
            return
        if task.status == "finished":
            self._give(outcome, task)
        elif task.status == "error" and not _is_death(error := task.exception()):
            outcome.set_exception(_told(error))
        else:
            outcome.set_exception(BrokenExecutor(f"the cluster gave a batch up: {task.status}"))

    def _give(self, outcome: Future[Any], task: Any) -> None:
        try:
            outcome.set_result(task.result())
        except Exception as error:  # noqa: BLE001  # the worker that held the result may go while it is fetched
            outcome.set_exception(BrokenExecutor(_first_line(error)))


class RayExecutor(Executor):
    """Workers of a Ray cluster.

    Raises
    ------
    MissingExtra
        If Ray is not installed.
    RunError
        If no cluster answers at the address.
    """

    def __init__(self, address: str) -> None:
        try:
            import ray
        except ImportError as error:
            raise MissingExtra("ray", "ray") from error
        self._ray = ray
        try:
            _knock(address)
            # Joined once for a process: a second ensemble finds it joined.
            ray.init(address=address, ignore_reinit_error=True, log_to_driver=False, logging_level=logging.ERROR)
        except (ConnectionError, OSError, RuntimeError, ValueError, AssertionError) as error:
            raise RunError(f"no cluster of Ray answers at {address}: {_first_line(error)}") from error
        self._play = ray.remote(_alike)
        self._held: set[Any] = set()

    @property
    def room(self) -> int:
        """Batches it is worth handing out."""
        cores = int(self._ray.cluster_resources().get("CPU", 1))
        return cores + max(2, cores // 4)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The future of a call on some worker."""
        outcome: Future[Any] = Future()
        task = self._play.remote(common_key(0), fn, *args, **kwargs)
        self._held.add(task)
        task.future().add_done_callback(partial(self._settle, outcome, task))
        return outcome

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: ARG002  # there is no waiting
        """Give back what was handed out; the cluster lives on."""
        for task in tuple(self._held):
            self._ray.cancel(task)
        self._held.clear()

    def _settle(self, outcome: Future[Any], task: Any, done: Future[Any]) -> None:
        self._held.discard(task)
        if not outcome.set_running_or_notify_cancel():
            return
        error = done.exception()
        if error is None:
            outcome.set_result(done.result())
        elif isinstance(error, self._ray.exceptions.RayTaskError):
            outcome.set_exception(_told(error.cause))
        else:
            outcome.set_exception(BrokenExecutor(_first_line(error)))


CLUSTERS: Mapping[str, Callable[[str], Executor]] = {"dask": DaskExecutor, "ray": RayExecutor}
"""How to join each, from the address of its scheduler."""


def _knock(address: str) -> None:
    """See that somebody listens where an address names a host and a port: Ray would go on asking for minutes."""
    host, _, port = address.rpartition("//")[2].rpartition(":")
    if host and port.isdecimal() and int(port) < TOO_LARGE:
        socket.create_connection((host.strip("[]"), int(port)), timeout=WAIT_S).close()


def _alike(key: Mapping[str, object], fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    """`fn` called on a worker that has the same storesim as who asks.

    Raises
    ------
    RunError
        If it has another, naming what differs.
    """
    ours = common_key(0)
    others = [f"{name} {ours.get(name)}" for name in key if ours.get(name) != key[name]]
    if others:
        raise RunError(f"a worker has another storesim, which would give other figures: {', '.join(others)}")
    return fn(*args, **kwargs)


def _is_death(error: BaseException | None) -> bool:
    from distributed import CancelledError, KilledWorker
    from distributed.comm import CommClosedError

    return isinstance(error, KilledWorker | CancelledError | CommClosedError)


def _told(error: BaseException) -> StoresimError:
    """What a cluster failed by, as an error of ours: mostly it lacks storesim, or has a library of another version."""
    if isinstance(error, StoresimError):
        return error
    return RunError(
        f"the cluster failed by {type(error).__name__}: {_first_line(error)}; scheduler and workers need the same "
        "storesim, Python and libraries as this machine"
    )


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
