"""The group of commands; errors become messages and exit statuses."""

from __future__ import annotations

import atexit
import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from storesim import __version__
from storesim.cli.plugins import skip_plugins
from storesim.cli.session import Session
from storesim.cli.streams import let_go_of_stdout, make_ready, tell
from storesim.cli.usage import language_typed, show_wrong
from storesim.errors import FileFaults, StoresimError

COMMANDS: Final[dict[str, str | None]] = {
    "run": "run",
    "forecast": "predict",
    "diagnose": "diagnose",
    "plan": "break_down",
    "compare": "compare",
    "sweep": "sweep",
    "rank": "rank_inputs",
    "optimise": "optimise",
    "calibrate": "calibrate",
    "check": "check",
    "approve": "approve",
    "score": "score",
    "validate": "read_scenario",
    "show": "read_scenario",
    "import": "read_workbook",
    "report": "write_report",
    "merge": "merge",
    "schema": None,
    "completion": None,
    "doctor": None,
}
"""Every command, in the order of the help, and the verb of the API it calls; None where it only serves the others."""

_MODULES: Final = {"import": "import_"}
"""Commands whose name no module of Python can have."""

INTERRUPTED: Final = 130
DEFECT: Final = 4
REFUSED: Final = 4
READER_LEFT: Final = 141

_RARELY: Final = 50_000
"""Objects more after which Python looks for garbage; every 700, as it does by itself, costs a seventh of `validate`."""


class Commands(click.Group):
    """A group that imports a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Names in the order of the table, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """The command, or None if there is none of this name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"storesim.cli.commands.{_MODULES.get(cmd_name, cmd_name)}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the whole question it answers."""
        commands = ((name, self.get_command(ctx, name)) for name in COMMANDS)
        with formatter.section("Commands"):
            formatter.write_dl([(name, (found.help or "").split("\n", 1)[0]) for name, found in commands if found])

    def invoke(self, ctx: click.Context) -> Any:
        """The command's own result; a closed pipe leaves by its own door, before Click takes it for a failure."""
        skip_plugins()
        try:
            result = super().invoke(ctx)
            # A full buffer fails here, where it can be told from a defect, and not at the end of the process.
            sys.stdout.flush()
        except BrokenPipeError as closed:
            raise _ReaderLeft from closed
        return result


class _ReaderLeft(Exception):  # nothing is wrong
    """Whoever read standard output has closed it, as `head` does."""


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, "-V", "--version", message="storesim %(version)s")
def storesim() -> None:
    """Simulate, forecast and plan a JD.com store. 京东店铺的模拟、预测与目标分解。

    Start with:  storesim run scenarios/elena_mileva.yaml
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line.

    Parameters
    ----------
    arguments
        Words after `storesim`; none: those of this process.

    Returns
    -------
    Exit status: 0 done, 1 a gate failed, 2 wrong usage, 3 a file is wrong, 4 the run failed, 130 interrupted.
    """
    gc.set_threshold(_RARELY)
    if arguments is None:
        # The process ends with its command: what it holds then goes all at once, and a last search of it for garbage
        # takes a sixth of `validate`.
        atexit.register(gc.freeze)
    make_ready()
    session = Session()
    session.lang = language_typed(sys.argv[1:] if arguments is None else arguments) or session.lang
    try:
        storesim.main(arguments, prog_name="storesim", standalone_mode=False, obj=session)
    except _ReaderLeft:
        let_go_of_stdout()
        return READER_LEFT
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.Abort:
        session.say_error("interrupted")
        return INTERRUPTED
    except click.ClickException as wrong:
        show_wrong(session, wrong)
        return wrong.exit_code
    except StoresimError as error:
        _explain(session, error)
        return error.exit_status
    except OSError as refused:
        # Files have errors of their own; what is left is mostly standard output, on a disk that is full.
        session.say_error(
            "refused", text=refused.strerror or refused, where=refused.filename or session.phrase("stdout")
        )
        let_go_of_stdout()
        return REFUSED
    except Exception as defect:  # noqa: BLE001  # the last line of defence turns a defect into a sentence
        _confess(session, defect)
        return DEFECT
    return session.exit_status


def _explain(session: Session, error: StoresimError) -> None:
    if session.verbosity >= 2:
        session.show_traceback()
    text = session.told(error)
    tell(text if text.startswith("storesim") or isinstance(error, FileFaults) else f"storesim: {text}")


def _confess(session: Session, defect: Exception) -> None:
    if session.verbosity >= 2:
        session.show_traceback()
    session.say_error("defect", kind=type(defect).__name__, text=str(defect).split("\n", 1)[0])
