"""`storesim approve`: accept the new figures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import click

from storesim.cli.options import FILE, Runs, ShareOf, overriding, playing, speaking
from storesim.cli.session import Session


@click.command("approve")
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH…]")
@overriding
@click.option(
    "--runs",
    type=Runs(),
    metavar="N|auto",
    help="Replications; as approved before, or by a probe of the noise.",
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed of all chance; as approved before, or 0.")
@click.option("--kpi", "kpis", multiple=True, metavar="KPI", help="Approve this count or ratio; repeatable.")
@click.option("--tolerance", type=ShareOf(), metavar="SHARE", help="Larger changes fail, such as 0.5%; the default.")
@click.option("--warn", type=ShareOf(), metavar="SHARE", help="Larger changes are told, such as 0.2%; the default.")
@playing
@speaking
@click.pass_obj
def command(
    session: Session, /, *, paths: tuple[Path, ...], overrides: tuple[str, ...], runs: int | Literal["auto"] | None,
    kpis: tuple[str, ...], tolerance: float | None, warn: float | None, **options: Any,
) -> None:  # fmt: skip
    """Are the new figures right? Then accept them. 新的预测数字对吗？认可它们。

    Plays each scenario and writes SCENARIO.approved.json beside it, against which `storesim check` compares later ones.
    A folder stands for all forecasts in it that were approved before; the current one if no PATH is said.

    \b
    Examples:
      storesim approve scenarios/elena_mileva.yaml --tolerance 0.5%
      storesim approve
    """
    from storesim.testing.approved import Limits
    from storesim.testing.check import approve

    usual = Limits()
    limits = None
    if tolerance is not None or warn is not None:
        fail = usual.fail if tolerance is None else tolerance
        limits = Limits(fail, min(fail, usual.warn) if warn is None else warn)
    with session.simulating() as progress:
        written = approve(
            paths or (".",), n_runs=runs, kpis=kpis or None, limits=limits, overrides=overrides or None,
            progress=progress, **options,
        )  # fmt: skip
    if session.as_json:
        session.json({"files": [str(path) for path in written]})
    else:
        for path in written:
            session.line(str(path))
