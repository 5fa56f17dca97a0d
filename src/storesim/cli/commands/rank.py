"""`storesim rank`: which settings matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from storesim.cli.options import FILE, experimenting, fixed_runs, speaking
from storesim.cli.session import Session


@click.command("rank")
@click.argument("scenario", type=FILE)
@click.option(
    "--over", multiple=True, metavar="PATH=LOW:HIGH", help="Setting and its range; levers by a tenth if none is said."
)
@click.option("--by", default="gmv", show_default=True, metavar="KPI", help="KPI whose mean is looked at.")
@click.option(
    "--method",
    type=click.Choice(["tornado", "sobol"]),
    default="tornado",
    show_default=True,
    help="One setting at a time, or all at once.",
)
@click.option(
    "--points",
    "n_points",
    type=click.IntRange(2, 4096),
    default=32,
    show_default=True,
    help="Points of sobol, a power of two; 2 (settings + 1) stores a point.",
)
@experimenting("rank")
@fixed_runs(40)
@speaking
@click.pass_obj
def command(
    session: Session, /, *, scenario: Path, overrides: tuple[str, ...], runs: int, output: Path | None, **options: Any
) -> None:
    """Which settings matter? 哪些设置最要紧。

    A tornado: what a KPI does with each setting at both ends of its range, on common luck, with intervals; or Sobol's
    indices: how the variance of the KPI divides among the settings and their interactions.

    \b
    Examples:
      storesim rank shop.yaml --by profit
      storesim rank shop.yaml --over channels.express.bid=0.8:2 --over catalogue.discount=0:0.2 --method sobol
    """
    from storesim.cli.experiments import show_pages
    from storesim.experiments.sensitivity import rank_inputs, rows
    from storesim.report.experiments.sweep import build_ranking, ranking_sentences
    from storesim.scenario.load import read_scenario

    store = read_scenario(scenario, overrides)
    with session.simulating() as progress:
        found = rank_inputs(store, n_runs=runs, folder=output, progress=progress, **options)
    document = {"by": found.by, "method": found.method}
    show_pages(
        session,
        build_ranking(found, session.lang),
        rows(found),
        document=document,
        folder=output,
        name="rank",
        sentences=ranking_sentences(found, session.lang),
    )
