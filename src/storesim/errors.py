"""What can go wrong on purpose: one tree of errors, each with an exit status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake in a file: where, what was found, what is allowed."""

    file: str
    """Path as the user wrote it, or ``--set``."""

    line: int
    """Line, counted from 1; 0 where the file as a whole is wrong."""

    column: int
    """Column, counted from 1; 0 where the file as a whole is wrong."""

    message: str
    """What was found and what is allowed, one sentence or more."""

    def __str__(self) -> str:
        if self.line == 0:
            return f"{self.file}: {self.message}"
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


class StoresimError(Exception):
    """Root of everything storesim raises on purpose."""

    exit_status = 4


class FileFaults(StoresimError):
    """A file the user gave is wrong; carries every fault found in it."""

    exit_status = 3

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        super().__init__("\n".join(str(fault) for fault in self.faults))

    def __reduce__(self) -> tuple[type[FileFaults], tuple[tuple[Fault, ...]]]:
        return type(self), (self.faults,)


class ScenarioError(FileFaults):
    """A scenario file is wrong."""


class HistoryError(FileFaults):
    """A file of daily figures is wrong."""


class ShapeError(StoresimError):
    """Arrays that must agree in shape do not."""

    def __init__(self, **shapes: object) -> None:
        self.shapes = shapes
        found = ", ".join(f"{name} is {shape}" for name, shape in shapes.items())
        super().__init__(f"shapes do not agree: {found}")

    def __reduce__(self) -> tuple[object, ...]:
        return _shape_error, (self.shapes,)


class ForecastError(StoresimError):
    """A forecast cannot be made from what was given."""

    exit_status = 3


class PlanError(StoresimError):
    """A target cannot be broken down, or contradicts another."""

    exit_status = 3


class UsageError(StoresimError):
    """A function or command was called in a way that cannot work."""

    exit_status = 2


class RunError(StoresimError):
    """A simulation failed; carries what is needed to repeat it."""

    def __init__(self, message: str, *, fingerprint: str = "", run: int = -1, day: int = -1) -> None:
        self.message, self.fingerprint, self.run, self.day = message, fingerprint, run, day
        where = f" (scenario {fingerprint[:12]}, run {run}, day {day})" if fingerprint else ""
        super().__init__(message + where)

    def __reduce__(self) -> tuple[object, ...]:
        return _run_error, (type(self), self.message, self.fingerprint, self.run, self.day)


class ConservationError(RunError):
    """Visitors, orders, stock or money did not balance: a defect of storesim itself."""


class MissingExtra(StoresimError):
    """A library that is not installed is needed; names the command that installs it."""

    exit_status = 2

    def __init__(self, library: str, extra: str) -> None:
        self.library, self.extra = library, extra
        super().__init__(f"{library} is not installed; run: pip install 'storesim[{extra}]'")

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.library, self.extra)


def near(word: str, known: Iterable[str]) -> str:
    """The end of a message about `word`: `; did you mean 'uv'?`, or nothing if no known word is near."""
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def near_or_all(word: str, known: Sequence[str]) -> str:
    """The same; where no known word is near, all of them: `; there are uv, pv`."""
    return near(word, known) or f"; there are {', '.join(known)}"


def _shape_error(shapes: Mapping[str, object]) -> ShapeError:
    return ShapeError(**shapes)


def _run_error(kind: type[RunError], message: str, fingerprint: str, run: int, day: int) -> RunError:
    return kind(message, fingerprint=fingerprint, run=run, day=day)
