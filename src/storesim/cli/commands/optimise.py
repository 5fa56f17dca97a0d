"""`storesim optimise`: the best budgets within limits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from storesim.cli.options import FILE, Money, experimenting, fixed_runs, speaking
from storesim.cli.session import Session
from storesim.errors import UsageError


@click.command("optimise")
@click.argument("scenario", type=FILE)
@click.option(
    "--total-budget",
    type=Money(),
    required=True,
    metavar="AMOUNT",
    help="Most that the channels may spend in a day together, such as ¥600.",
)
@click.option("--by", default="profit", show_default=True, metavar="KPI", help="KPI to make large.")
@click.option(
    "--channel", "channels", multiple=True, metavar="NAME", help="Channel whose budget is free; all if none is said."
)
@click.option(
    "--limit",
    "limits",
    multiple=True,
    metavar="NAME=LOW:HIGH",
    help="Least and most of a channel's budget; repeatable.",
)
@click.option(
    "--points",
    "n_points",
    type=click.IntRange(4, 2000),
    default=60,
    show_default=True,
    help="Sets of budgets to try, about.",
)
@experimenting("optimise")
@fixed_runs(40)
@speaking
@click.pass_obj
def command(
    session: Session, /, *, scenario: Path, overrides: tuple[str, ...], runs: int, limits: tuple[str, ...],
    output: Path | None, **options: Any,
) -> None:  # fmt: skip
    """What are the best budgets within limits? 限额之内，怎样分配预算最好。

    Searches on common luck, then plays the finalists again on luck the search has not seen: what is printed of the
    recommendation was simulated, with its interval and what it may lose.

    \b
    Examples:
      storesim optimise shop.yaml --total-budget ¥600
      storesim optimise shop.yaml --total-budget 600 --limit express=100:400 --by gmv -o outputs/budgets --resume
    """
    from storesim.cli.experiments import show_pages
    from storesim.experiments.optimise import optimise, rows
    from storesim.report.experiments.sweep import build_optimum, optimum_sentences
    from storesim.scenario.load import read_scenario

    store = read_scenario(scenario, overrides)
    ends = dict(map(_limit, limits))
    with session.simulating() as progress:
        found = optimise(store, n_runs=runs, limits=ends, folder=output, progress=progress, **options)
    document = {
        "budgets": dict(found.budgets),
        "gain": vars(found.gain),
        "regret": found.regret,
        "n_points": found.n_points,
    }
    show_pages(
        session, build_optimum(found, session.lang), rows(found), document=document, folder=output, name="optimise",
        sentences=optimum_sentences(found, session.lang),
    )  # fmt: skip


def _limit(text: str) -> tuple[str, tuple[float, float]]:
    from storesim.units import read_money

    name, _, ends = text.partition("=")
    try:
        low, high = (read_money(end) for end in ends.split(":"))
    except ValueError as error:
        raise UsageError(f"'{text}' is no limit; write NAME=LOW:HIGH, such as express=100:400") from error
    return name.strip(), (low, high)
