"""One command line: its language, how much it says, and where the words go.

Data goes to standard output; progress, remarks and errors go to standard error. Rich is imported when something is
drawn; without a terminal (a pipe, a CI log) the same words are written as plain lines.
"""

from __future__ import annotations

import json
import logging
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import click

from storesim.cli.streams import tell
from storesim.cli.words import phrase
from storesim.errors import Fault, FileFaults, StoresimError
from storesim.language import Lang, language_of_the_machine

if TYPE_CHECKING:
    from rich.console import Console

    from storesim.plan.goals import Goals
    from storesim.scenario.document import Scenario

Progress = Callable[[int, int], None]

GATE_FAILED: Final = 1


@dataclass
class Session:
    """What the shared options of one command line said."""

    lang: Lang = "en"
    verbosity: int = 0
    as_json: bool = False
    exit_status: int = 0

    def __post_init__(self) -> None:
        self.lang = language_of_the_machine()

    def phrase(self, key: str, **values: object) -> str:
        """A phrase of the catalogue in the session's language."""
        return phrase(self.lang, key, **values)

    def told(self, error: StoresimError | str) -> str:
        """What an error, or a sentence of storesim, says, in the session's language; English where it has no other."""
        if isinstance(error, FileFaults):
            return "\n".join(str(self.told_fault(fault)) for fault in error.faults)
        if self.lang == "en":
            return str(error)
        from storesim.cli.chinese import in_chinese

        return in_chinese(str(error))

    def told_of_file(self, note: str) -> str:
        """A note of a history in the session's language; where several files were read it names its file."""
        file, mark, rest = note.partition(": ")
        if mark and rest and self.told(note) == note and (said := self.told(rest)) != rest:
            return f"{file}: {said}"
        return self.told(note)

    def told_fault(self, fault: Fault) -> Fault:
        """A fault with its message in the session's language."""
        return replace(fault, message=self.told(fault.message))

    def remark(self, key: str, **values: object) -> None:
        """Say something on standard error, unless -q."""
        if self.verbosity >= 0:
            tell(self.phrase(key, **values))

    def advise(self, scenario: Scenario, name: object) -> None:
        """Warn of settings that are allowed and seldom meant, on standard error, unless -q."""
        from storesim.scenario.advice import loop_gain

        if (gain := loop_gain(scenario)) >= 1.0:
            self.remark("advice.loop", name=name, gain=gain)

    def say_error(self, key: str, **values: object) -> None:
        """Say what went wrong on standard error, whatever -q says."""
        tell(self.phrase(key, **values))

    def gate(self, goals: Goals | None, least: float) -> None:
        """Leave with status 1 if the chance of the year's target is under `least`, 0 to 1, or there is no target."""
        if goals is None:
            self.say_error("goal.none")
            self.exit_status = GATE_FAILED
        elif not (chance := goals.chance(str(goals.year))) >= least:
            self.say_error("goal.missed", year=goals.year, chance=f"{chance:.1%}", least=f"{least:.1%}")
            self.exit_status = GATE_FAILED

    def heading(self, text: str) -> None:
        """A line above a table, on standard output."""
        _console(sys.stdout).print(f"\n{text}", style="bold", highlight=False, markup=False)

    def line(self, text: str) -> None:
        """One line of data on standard output."""
        click.echo(text)

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int = 1) -> None:
        """A table on standard output; the first `texts` columns are text, the others numbers."""
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for number, name in enumerate(columns):
            table.add_column(name, justify="left" if number < texts else "right", no_wrap=True)
        for row in rows:
            table.add_row(*row)
        _console(sys.stdout).print(table, markup=False, highlight=False)

    def json(self, document: Any) -> None:
        """One JSON document on standard output. NaN and infinity are null: JSON has neither."""
        click.echo(json.dumps(_without_nan(document), ensure_ascii=False, indent=2))

    @contextmanager
    def progress(self, label: str) -> Iterator[Progress]:
        """A callback `(done, total)` that draws a bar on a terminal and writes a line now and then elsewhere."""
        if self.verbosity < 0:
            yield lambda done, total: None  # noqa: ARG005  # the callback's shape
        elif sys.stderr.isatty() and "CI" not in os.environ:
            with _bar(label) as advance:
                yield advance
        else:
            yield _Lines(label, partial(self.phrase, "progress.left"))

    @contextmanager
    def simulating(self) -> Iterator[Progress]:
        """`progress` of a simulation; says so if the engine has to be compiled first."""
        from storesim.engine.first_use import was_compiled

        if not was_compiled():
            self.remark("first_use")
        with self.progress(self.phrase("simulating")) as advance:
            yield advance

    def start_logging(self) -> None:
        """Send the log to standard error: warnings as a rule, all of it with -v."""
        level = (
            logging.ERROR
            if self.verbosity < 0
            else (logging.WARNING, logging.INFO, logging.DEBUG)[min(self.verbosity, 2)]
        )
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(_Told("%(levelname)s %(name)s: %(message)s"))
        logging.basicConfig(level=logging.WARNING, handlers=[handler])
        logging.getLogger("storesim").setLevel(level)

    def show_traceback(self) -> None:
        """The traceback of the exception being handled, on standard error."""
        import traceback

        traceback.print_exc(file=sys.stderr)


class _Told(logging.Formatter):
    """A line of the log, in the language of the command line that runs."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the name is logging's
        """Level, place and message."""
        running = click.get_current_context(silent=True)
        session = running.find_object(Session) if running else None
        if session is not None:
            # A copy: other handlers have the record too.
            record = copy(record)
            record.message = session.told(record.message)
            record.levelname = session.phrase(f"level.{record.levelname}")
        return super().formatMessage(record)


class _Lines:
    """Progress where lines cannot be drawn over: one line a fifth of the way, with the time that is left."""

    def __init__(self, label: str, left: Callable[..., str]) -> None:
        self.label, self.left = label, left
        self.began, self.fifths, self.found = time.monotonic(), 0, -1

    def __call__(self, done: int, total: int) -> None:
        # What was there already, from a run that was interrupted, took no time now.
        self.found = done if self.found < 0 else self.found
        fifths = 5 * done // max(total, 1)
        if fifths > self.fifths:
            self.fifths = fifths
            spent = time.monotonic() - self.began
            ahead = spent * (total - done) / (done - self.found) if done > self.found else 0.0
            left = self.left(seconds=f"{ahead:.0f}") if ahead > 0 else ""
            tell(f"{self.label}: {done}/{total}, {spent:.0f} s{left}")


@contextmanager
def _bar(label: str) -> Iterator[Progress]:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress as Bar, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=_console(sys.stderr)) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _console(stream: Any) -> Console:
    from rich.console import Console

    class Straight(Console):
        """A console that leaves a reader who has gone to `main`; Rich would end the process with status 1."""

        def on_broken_pipe(self) -> None:
            raise  # noqa: PLE0704  # Rich calls this while it handles the error

    # A pipe has no width; a narrow guess would cut columns away.
    return Straight(file=stream) if stream.isatty() else Straight(file=stream, width=200)


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value
