"""`storesim check`: did any approved forecast move beyond tolerance and noise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from storesim.cli.options import FILE, output, playing, speaking
from storesim.cli.session import GATE_FAILED, Session

if TYPE_CHECKING:
    from storesim.testing.check import Check
    from storesim.testing.verdict import Verdict


@click.command("check")
@click.argument("paths", nargs=-1, type=FILE, metavar="[PATH…]")
@click.option(
    "--fail-on",
    type=click.Choice(["fail", "warn", "moved"]),
    default="fail",
    show_default=True,
    help="Least level that leaves with status 1.",
)
@output("Folder for check.html, check.md (a job summary) and check.xml (JUnit); nothing is written if not said.")
@playing
@speaking
@click.pass_obj
def command(session: Session, /, *, paths: tuple[Path, ...], fail_on: str, output: Path | None, **options: Any) -> None:
    """Did any approved forecast move beyond tolerance and noise? 已确认的预测是否变动。

    Plays each approved forecast again on the luck it was approved with, and compares run by run. A figure fails only if
    its change is larger than the tolerance and beyond the noise, corrected for the number of figures. Leaves with
    status 1 if any does. PATH is a scenario, a file of approved figures, or a folder; the current one if not said.

    \b
    Examples:
      storesim check
      storesim check scenarios/ -o outputs/check
    """
    from storesim.testing.check import check
    from storesim.testing.pages import write_check
    from storesim.testing.verdict import LEVELS

    with session.simulating() as progress:
        found = check(paths or (".",), progress=progress, **options)
    written = () if output is None else write_check(output, found, session.lang)
    if session.as_json:
        session.json(document(found))
    else:
        _show(session, found)
    for path in found.obsolete:
        session.remark("check.obsolete", path=path)
    for path in written:
        session.remark("check.written", path=path)
    if LEVELS.index(found.level) >= LEVELS.index(fail_on):
        session.exit_status = GATE_FAILED


def document(found: Check) -> dict[str, Any]:
    """What a program reads of a check."""
    return {
        "level": found.level,
        "forecasts": [_forecast(verdict) for verdict in found.verdicts],
        "obsolete": [str(path) for path in found.obsolete],
    }


def _forecast(verdict: Verdict) -> dict[str, Any]:
    moved = verdict.moved
    return {
        "name": verdict.name,
        "level": verdict.level,
        "edited": verdict.edited,
        "moved": None if moved is None else vars(moved) | {"date": moved.date.isoformat()},
        "figures": [vars(figure) | {"relative": figure.relative} for figure in verdict.figures],
    }


def _show(session: Session, found: Check) -> None:
    from storesim import kpi
    from storesim.report.experiments.comparison import p_text
    from storesim.report.palette import kind_of, show
    from storesim.report.words import Words
    from storesim.testing.pages import told

    say, lang = Words(session.lang), session.lang
    columns = [say("kpi"), *(say(key) for key in ("check.before", "check.after", "compare.relative", "compare.p"))]
    for verdict in found.verdicts:
        session.heading(f"{verdict.name}: {say(f'check.{verdict.level}')}")
        if verdict.level != "same":
            rows = [
                [
                    kpi.label(one.kpi, lang), show(one.before, kind_of(one.kpi), lang),
                    show(one.after, kind_of(one.kpi), lang), show(one.relative, "change", lang), p_text(one.p),
                    say(f"check.{one.level}"),
                ]
                for one in verdict.figures
            ]  # fmt: skip
            session.table([*columns, say("check.level")], rows)
        for words in told(verdict, lang):
            session.line(words)
