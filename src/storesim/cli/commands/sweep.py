"""`storesim sweep`: how results move with one or two settings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storesim.cli.options import FILE, experimenting, fixed_runs, speaking
from storesim.cli.session import Session

if TYPE_CHECKING:
    from storesim.experiments.sweep import Sweep
    from storesim.scenario.document import Scenario


@click.command("sweep")
@click.argument("scenario", type=FILE)
@click.option(
    "--over",
    multiple=True,
    required=True,
    metavar="PATH=LOW:HIGH:N",
    help="Setting to vary, or PATH=A,B,C; repeatable.",
)
@click.option(
    "--design",
    type=click.Choice(["grid", "sobol", "latin"]),
    default="grid",
    show_default=True,
    help="Every combination, or points spread evenly.",
)
@click.option(
    "--points",
    "n_points",
    type=click.IntRange(2, 20_000),
    default=64,
    show_default=True,
    help="Points of sobol and latin.",
)
@click.option("--by", default="gmv", show_default=True, metavar="KPI", help="KPI by which the best point is chosen.")
@click.option("--least", is_flag=True, help="Less of it is better.")
@click.option("--fails", default="", metavar="CONDITION", help="Find where the plan fails, such as 'profit<0'.")
@click.option(
    "--shard",
    metavar="I/N",
    help="Play the I-th of N parts of the points only, for `storesim merge`; another machine plays another.",
)
@experimenting("sweep")
@fixed_runs(50)
@speaking
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    scenario: Path,
    overrides: tuple[str, ...],
    runs: int,
    output: Path | None,
    shard: str | None,
    **options: Any,
) -> None:
    """How do results move with one or two settings? 结果如何随设置变化。

    Plays the store at every point on common luck: a response curve for one setting, a heat map for two, and for many
    points over several settings the box in which the plan fails.

    \b
    Examples:
      storesim sweep shop.yaml --over channels.express.daily_budget=100:500:5
      storesim sweep shop.yaml --over catalogue.discount=0:0.2 --over channels.express.bid=0.8:2 --design sobol \\
        --fails "profit<0"
      storesim sweep shop.yaml --over channels.express.daily_budget=100:500:9 --shard 1/3 -o farm
    """
    from storesim.experiments.sweep import sweep
    from storesim.scenario.load import read_scenario

    store = read_scenario(scenario, overrides)
    if shard is not None:
        _play_shard(session, store, runs, shard=shard, output=output or Path("outputs") / scenario.stem, **options)
        return
    with session.simulating() as progress:
        found = sweep(store, n_runs=runs, folder=output, progress=progress, **options)
    show(session, found, output)


def show(session: Session, found: Sweep, folder: Path | None) -> None:
    """Write a sweep's pages if there is a folder, and show its table and what it says."""
    from storesim.cli.experiments import show_pages
    from storesim.experiments.sweep import rows
    from storesim.report.experiments.sweep import build_sweep, sweep_sentences

    document = {"best": found.best, "behind_at_most": found.choice.behind, "box": found.box and vars(found.box)}
    show_pages(
        session, build_sweep(found, session.lang), rows(found), document=document, folder=folder, name="sweep",
        sentences=sweep_sentences(found, session.lang),
    )  # fmt: skip


def _play_shard(
    session: Session,
    store: Scenario,
    runs: int,
    *,
    shard: str,
    output: Path,
    over: tuple[str, ...],
    seed: int,
    jobs: int | None,
    executor: str,
    resume: bool,
    **asked: Any,
) -> None:
    from storesim.experiments.sweep import SweepPlan
    from storesim.experiments.sweep_shards import play_points

    plan = SweepPlan.of(store, over, runs, seed, **asked)
    with session.simulating() as progress:
        folder = play_points(plan, shard, output, jobs=jobs, executor=executor, resume=resume, progress=progress)
    if session.as_json:
        session.json({"folder": str(folder), "shard": shard, "n_runs": runs, "n_points": len(plan.table)})
    else:
        session.remark("shard.played", shard=shard)
        session.line(str(folder))
