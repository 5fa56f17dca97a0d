"""What storesim uses of Ray, played by threads: Ray itself is too large to be installed for the tests."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import ModuleType
from typing import Any


class RayTaskError(Exception):
    """What a task raised, as Ray hands it on."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Task:
    """A call on some worker."""

    def __init__(self, outcome: Future[Any]) -> None:
        self._outcome = outcome

    def future(self) -> Future[Any]:
        return self._outcome


class Remote:
    """A function that workers play; arguments and results go through pickle as between machines."""

    def __init__(self, workers: ThreadPoolExecutor, function: Callable[..., Any]) -> None:
        self._workers, self._function = workers, function

    def remote(self, *args: Any, **kwargs: Any) -> Task:
        return Task(self._workers.submit(self._play, args, kwargs))

    def _play(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        given, named = _sent((args, kwargs))
        try:
            return _sent(self._function(*given, **named))
        except Exception as error:
            raise RayTaskError(_sent(error)) from error


def _sent(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))  # noqa: S301  # made in the same line


def stand_in() -> ModuleType:
    """The module, with two workers."""
    ray, workers = ModuleType("ray"), ThreadPoolExecutor(2)
    ray.init = lambda **_: None  # type: ignore[attr-defined]
    ray.remote = lambda function: Remote(workers, function)  # type: ignore[attr-defined]
    ray.cancel = lambda task: task.future().cancel()  # type: ignore[attr-defined]
    ray.cluster_resources = lambda: {"CPU": 2.0}  # type: ignore[attr-defined]
    ray.exceptions = ModuleType("exceptions")  # type: ignore[attr-defined]
    ray.exceptions.RayTaskError = RayTaskError
    return ray
