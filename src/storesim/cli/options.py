"""Options that several commands share: the same name, meaning and help everywhere."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

import click
from click.core import ParameterSource

from storesim.cli.session import Session
from storesim.errors import UsageError

F = TypeVar("F", bound=Callable[..., Any])


class Named(click.Path):
    """A path that was written: an empty one, such as that of a variable not set, is not the folder one is in."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path."""
        if value == "":
            self.fail("the path is empty; write the name of a file or folder", param, ctx)
        return super().convert(value, param, ctx)


FILE: Final = Named(path_type=Path)
"""A path; whether it exists is said by whoever reads it, with exit status 3."""

FOLDER: Final = Named(path_type=Path, file_okay=False)
EXECUTORS: Final = ("processes", "serial", "dask", "ray")
CLUSTERS: Final = ("dask", "ray")


class Runs(click.ParamType[int | Literal["auto"]]):
    """A number of replications from 1, or "auto"."""

    name = "runs"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | Literal["auto"]:
        """The number, or "auto"."""
        from storesim.runs.batches import MOST_RUNS

        if value == "auto":
            return "auto"
        try:
            runs = int(value)
        except ValueError:
            runs = 0
        if not 1 <= runs <= MOST_RUNS:
            self.fail(f"{value!r} is not a number of runs; write 1 to {MOST_RUNS:,}, or auto", param, ctx)
        return runs


class Chance(click.ParamType[float]):
    """A chance, from 0 to 1 or as a percentage."""

    name = "chance"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The chance, 0 to 1."""
        from storesim.units import read_share

        try:
            chance = read_share(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        if not 0 <= chance <= 1:
            self.fail(f"{value!r} is not a chance; write 0.8 or 80%", param, ctx)
        return chance


class ShareOf(click.ParamType[float]):
    """A share of something, of 0 or more, as people write it."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The share; 0.005 for 0.5%."""
        from storesim.units import read_share

        try:
            share = read_share(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        if share < 0:
            self.fail(f"{value!r} is less than nothing; write 0 or more, such as 0.5%", param, ctx)
        return share


class Money(click.ParamType[float]):
    """An amount of money to reach, as people write it."""

    name = "amount"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The amount, CNY."""
        from storesim.units import read_money

        try:
            amount = read_money(value)
        except ValueError as wrong:
            self.fail(str(wrong), param, ctx)
        if amount <= 0:
            self.fail(f"{value!r} is no amount to reach; write more than 0, such as 500万", param, ctx)
        return amount


def columns_given(command: F) -> F:
    """Give a command --column and --columns; it takes `columns`, a mapping of headers to what they are."""

    @functools.wraps(command)
    def with_columns(*args: Any, column: tuple[str, ...], columns_file: Path | None, **options: Any) -> Any:
        from storesim.results.mapping import read_mapping

        return command(*args, columns=read_mapping(column, columns_file), **options)

    wrapped: F = with_columns  # type: ignore[assignment]  # the same but for the options read
    for option in reversed(_COLUMNS):
        wrapped = option(wrapped)
    return wrapped


parquet: Callable[[F], F] = click.option(
    "--parquet",
    is_flag=True,
    help="Write every run's daily counts as draws.parquet too (needs the extra: pip install 'storesim[parquet]').",
)


def studying(command: F) -> F:
    """Give a command what simulating a scenario into a folder takes: -o, --resume, --fail-under and all below."""
    given = (output("Folder for the runs of this scenario; outputs/<scenario> if not said."), resuming, fail_under,
             simulating, speaking)  # fmt: skip
    for option in reversed(given):
        command = option(command)
    return command


def speaking(command: F) -> F:
    """Give a command --lang, --json, -q and -v; their values go to the session."""
    for option in reversed(_SPEAKING):
        command = option(command)
    return command


def simulating(command: F) -> F:
    """Give a command --set, --runs, --seed, --jobs and --executor."""
    for option in reversed(_SIMULATING):
        command = option(command)
    return command


def playing(command: F) -> F:
    """Give a command --jobs and --executor."""
    for option in reversed(_PLAYING):
        command = option(command)
    return command


def experimenting(name: str) -> Callable[[F], F]:
    """Give a command --set, --seed, --jobs, --executor, -o and --resume; its pages are called `name`."""
    what = f"Folder for {name}.html, {name}.md and {name}.csv, and for finished runs."

    def give(command: F) -> F:
        for option in reversed((_SET, _SEED, *_PLAYING, output(what), resuming)):
            command = option(command)
        return command

    return give


def fixed_runs(usual: int) -> Callable[[F], F]:
    """Give a command --runs as a number."""
    return click.option(
        "--runs", type=click.IntRange(3, 100_000), default=usual, show_default=True, metavar="N", help="Replications."
    )


def overriding(command: F) -> F:
    """Give a command --set."""
    return _SET(command)


def output(what: str) -> Callable[[F], F]:
    """Give a command -o/--output; `what` says what is written there."""
    return click.option("-o", "--output", type=FOLDER, metavar="DIR", help=what)


def resuming(command: F) -> F:
    """Give a command --resume."""
    return click.option("--resume", is_flag=True, help="Go on with a run that was interrupted or killed.")(command)


def fail_under(command: F) -> F:
    """Give a command --fail-under."""
    return click.option(
        "--fail-under",
        type=Chance(),
        metavar="CHANCE",
        help="Leave with status 1 if the chance of the year's target is lower, such as 0.8 or 80%.",
    )(command)


def refuse_options(beside: str, *names: str) -> None:
    """Wrong usage if one of these options was typed, because the option `beside` leaves nothing for it to do.

    Raises
    ------
    UsageError
        Naming every one of them.
    """
    if typed := _typed(names):
        raise UsageError(f"{', '.join(typed)}: no effect with {beside}; leave it out")


def refuse_without(needed: str, *names: str) -> None:
    """Wrong usage if one of these options was typed, because it does nothing without the option `needed`.

    Raises
    ------
    UsageError
        Naming every one of them.
    """
    if typed := _typed(names):
        raise UsageError(f"{', '.join(typed)}: no effect without {needed}; leave it out")


def _typed(names: tuple[str, ...]) -> list[str]:
    ctx = click.get_current_context()
    sources = {name: ctx.get_parameter_source(name.replace("-", "_")) for name in names}
    return [f"--{name}" for name, source in sources.items() if source is ParameterSource.COMMANDLINE]


def _to_session(attribute: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def keep(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        session = ctx.ensure_object(Session)
        if value is not None:
            setattr(session, attribute, value)

    return keep


def _louder(ctx: click.Context, _: click.Parameter, value: int) -> None:
    session = ctx.ensure_object(Session)
    session.verbosity += value
    session.start_logging()


def _quiet(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).verbosity -= 1


def _keep_address(ctx: click.Context, _: click.Parameter, value: str | None) -> None:
    ctx.meta[_ADDRESS] = value


def _joined_to_address(ctx: click.Context, _: click.Parameter, value: str) -> str:
    """The executor as `executors.Crew` takes it: a cluster with its address."""
    address = ctx.meta.get(_ADDRESS)
    if value in CLUSTERS and not address:
        raise UsageError(
            f"--executor {value} needs the address of a scheduler; add --address, such as tcp://10.0.0.1:8786"
        )
    if value not in CLUSTERS and address is not None:
        raise UsageError(f"--address: no effect with --executor {value}; write --executor dask or ray, or leave it out")
    return f"{value}@{address}" if address else value


_ADDRESS: Final = "storesim.address"

_SET = click.option(
    "--set",
    "overrides",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one setting, such as channels.express.daily_budget=450; repeatable.",
)

_COLUMNS = (
    click.option(
        "--column",
        multiple=True,
        metavar="HEADER=KPI",
        help="What a column is, such as 支付金额=gmv, 转化率=cvr%, 客单价=order_value or 备注=ignore; repeatable.",
    ),
    click.option(
        "--columns", "columns_file", type=FILE, metavar="FILE", help="The same from a file, one HEADER=KPI a line."
    ),
)

_SEED = click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Seed of all chance.")

_PLAYING = (
    click.option(
        "--jobs",
        type=click.IntRange(min=1),
        metavar="N",
        help="Workers; all cores if not said; a cluster counts its own.",
    ),
    click.option(
        "--executor",
        type=click.Choice(EXECUTORS),
        default="processes",
        show_default=True,
        callback=_joined_to_address,
        help="Where replications run; results are the same bytes. dask and ray need --address.",
    ),
    click.option(
        "--address",
        metavar="URL",
        expose_value=False,
        is_eager=True,
        callback=_keep_address,
        help="Scheduler of the cluster, such as tcp://10.0.0.1:8786.",
    ),
)

_SIMULATING = (
    _SET,
    click.option("--runs", type=Runs(), default=200, show_default=True, metavar="N|auto", help="Replications."),
    _SEED,
    *_PLAYING,
)

_SPEAKING = (
    click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        expose_value=False,
        callback=_to_session("lang"),
        help="Language of tables and reports; that of the terminal if not said.",
    ),
    click.option(
        "--json",
        is_flag=True,
        default=None,
        expose_value=False,
        callback=_to_session("as_json"),
        help="Write one JSON document to standard output.",
    ),
    click.option("-q", "--quiet", is_flag=True, expose_value=False, callback=_quiet, help="No progress, no remarks."),
    click.option(
        "-v",
        "--verbose",
        count=True,
        expose_value=False,
        callback=_louder,
        help="More of the log; twice: all of it, and tracebacks.",
    ),
)
