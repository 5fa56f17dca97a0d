"""`storesim calibrate`: the settings that reproduce a history."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from storesim.cli.options import FILE, Chance, columns_given, experimenting, speaking
from storesim.cli.session import Session
from storesim.cli.streams import tell

if TYPE_CHECKING:
    from storesim.experiments.calibrated import Calibration

FITTED: Final = "fitted.yaml"
DRAWS: Final = "draws.csv"


@click.command("calibrate")
@click.argument("scenario", type=FILE)
@click.argument("history", type=FILE, nargs=-1, required=True)
@click.option(
    "--fit",
    multiple=True,
    metavar="PATH[=LOW..HIGH]",
    help="Setting to find, and where to look; repeatable. The market, conversion and what else the history tells of "
    "if none is said.",
)
@click.option(
    "--hold-back",
    type=Chance(),
    default=0.2,
    show_default=True,
    help="Share of the days, at the end, that are foretold and not fitted.",
)
@click.option(
    "--draws",
    "n_draws",
    type=click.IntRange(20, 5000),
    default=200,
    show_default=True,
    help="Sets of settings to draw.",
)
@click.option(
    "--points",
    "n_points",
    type=click.IntRange(16, 2000),
    metavar="N",
    help="Points of each of three waves; enough if not said.",
)
@click.option(
    "--runs", type=click.IntRange(3, 10_000), default=3, show_default=True, metavar="N", help="Replications of a point."
)
@columns_given
@experimenting("calibrate")
@speaking
@click.pass_obj
def command(
    session: Session, /, *, scenario: Path, history: tuple[Path, ...], overrides: tuple[str, ...], runs: int,
    output: Path | None, columns: dict[str, str], **options: Any,
) -> None:  # fmt: skip
    """Which settings reproduce my history, and how well? 哪些设置能再现我的历史数据。

    HISTORY is read as by `forecast`. Simulated stores are held against its levels, ratios, trend, week and daily noise
    on common luck. Each setting comes with a range that holds the true value nine times in ten; what the history
    cannot tell is said. The last days are held back, foretold, and compared.

    With -o, fitted.yaml is the calibrated scenario, of which every run draws its settings from the ranges, and
    draws.csv has the draws.

    \b
    Examples:
      storesim calibrate shop.yaml store.xlsx -o outputs/mine
      storesim calibrate shop.yaml store.xlsx --fit market.searches_per_day=5000..20000 --fit operations.conversion.base
      storesim run outputs/mine/fitted.yaml
    """
    from storesim.cli.experiments import show_pages
    from storesim.cli.tables import show_assumed
    from storesim.experiments.calibrate import calibrate
    from storesim.experiments.calibrated import rows
    from storesim.report.experiments.calibration import build_calibration, calibration_sentences
    from storesim.results.history import read_history
    from storesim.scenario.load import read_scenario

    store, days = read_scenario(scenario, overrides), read_history(*history, columns=columns)
    if session.verbosity >= 0:
        show_assumed(session, days.notes, tell)
    with session.simulating() as progress:
        found = calibrate(store, days, n_runs=runs, folder=output, progress=progress, **options)
    written = () if output is None else _write(found, output)
    told = {**document(found), "assumed": days.notes}
    show_pages(
        session, build_calibration(found, session.lang), rows(found), document=told, folder=output,
        name="calibrate", sentences=calibration_sentences(found, session.lang), beside=written,
    )  # fmt: skip


def document(found: Calibration) -> dict[str, Any]:
    """What a program reads of a calibration, beside its settings."""
    first, fitted, later, closed = found.days
    return {
        "fits": found.fits,
        "chance": found.chance,
        "wider": found.wider,
        "holds": found.holds,
        "still": found.still,
        "out_of_reach": [vars(one) for one in found.out_of_reach],
        "untold": found.untold,
        "first_day": first,
        "days_fitted": fitted,
        "days_held_back": later,
        "days_closed": closed,
        "moments": [
            {**vars(one.moment), "seen": one.seen, "played": one.played, "luck": one.luck, "off": one.off}
            for one in found.moments
        ],
        "held_back": [vars(one) for one in found.held],
    }


def _write(found: Calibration, folder: Path) -> tuple[Path, ...]:
    from storesim.results.files import write_whole
    from storesim.results.tables import csv_bytes
    from storesim.scenario.written import yaml_of

    scenario, draws = folder / FITTED, folder / DRAWS
    write_whole(scenario, yaml_of(found.scenario).encode())
    table = found.scenario.uncertain
    write_whole(
        draws, csv_bytes(list(table), ([f"{value:.7g}" for value in row] for row in zip(*table.values(), strict=True)))
    )
    return scenario, draws
