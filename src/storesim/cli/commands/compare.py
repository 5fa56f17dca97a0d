"""`storesim compare`: which plan is better, and is it luck."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import click

from storesim.cli.options import FILE, output, refuse_options, simulating, speaking
from storesim.cli.session import Session
from storesim.errors import UsageError

if TYPE_CHECKING:
    from storesim.experiments.compare import Comparison
    from storesim.experiments.paired import Difference
    from storesim.scenario.document import Scenario

_COLUMNS: Final = ("base", "value", "difference", "interval", "relative", "p", "higher", "reduction")


@click.command("compare")
@click.argument("scenarios", nargs=-1, required=True, type=FILE, metavar="A [B…]")
@click.option(
    "--with",
    "variants",
    multiple=True,
    metavar="PATH=VALUE[; …]",
    help="A with these settings changed, as another plan; repeatable.",
)
@click.option("--by", default="gmv", show_default=True, metavar="KPI", help="KPI by which plans are ranked.")
@click.option("--least", is_flag=True, help="Less of it is better.")
@click.option("--kpi", "kpis", multiple=True, metavar="KPI", help="Compare this count or ratio; repeatable.")
@click.option("--period", metavar="PERIOD", help="Compare a year, quarter, month, week or day only, such as 2027Q4.")
@click.option(
    "--precision",
    default=0.005,
    show_default=True,
    type=click.FloatRange(0, 1, min_open=True),
    help="With --runs auto: half-width of intervals, as a share of A.",
)
@output("Folder for compare.html, compare.md and compare.csv; nothing is written if not said.")
@simulating
@speaking
@click.pass_obj
def command(
    session: Session, /, *, scenarios: tuple[Path, ...], variants: tuple[str, ...], overrides: tuple[str, ...],
    runs: int | Literal["auto"], output: Path | None, kpis: tuple[str, ...], precision: float, **options: Any,
) -> None:  # fmt: skip
    """Which plan is better, and is it luck? 哪个方案更好，是不是运气。

    Plays the stores of all plans on common luck: the same weather, rivals and visitors, so that what a change does not
    touch stays the same, visitor by visitor. Differences are from A.

    \b
    Examples:
      storesim compare now.yaml more_ads.yaml
      storesim compare now.yaml --with channels.express.daily_budget=450 --with "catalogue.discount=5%" --runs auto
    """
    from storesim.experiments.compare import KPIS, compare, rows
    from storesim.report.experiments.comparison import build_comparison
    from storesim.report.experiments.files import write_pages

    if runs != "auto":
        refuse_options("--runs N", "precision")
    plans = _plans(scenarios, variants, overrides)
    with session.simulating() as progress:
        comparison = compare(plans, runs, kpis=kpis or KPIS, relative=precision, progress=progress, **options)
    report = build_comparison(comparison, session.lang)
    written = () if output is None else write_pages(output, "compare", report, rows(comparison))
    if session.as_json:
        session.json(document(comparison) | {"files": [str(path) for path in written]})
        return
    _show(session, comparison)
    if written:
        session.heading(session.phrase("files.title"))
        for path in written:
            session.line(f"  {path}")


def _plans(files: tuple[Path, ...], variants: tuple[str, ...], overrides: tuple[str, ...]) -> dict[str, Scenario]:
    from storesim.scenario.load import read_scenario

    plans: dict[str, Scenario] = {}
    for file in files:
        name = file.stem if file.stem not in plans else str(file)
        plans[name] = read_scenario(file, overrides)
    for variant in variants:
        changes = [part.strip() for part in variant.split(";") if part.strip()]
        if not changes:
            raise UsageError(f"--with {variant!r} changes nothing; write PATH=VALUE")
        plans["; ".join(changes)] = read_scenario(files[0], overrides, variant=changes)
    return plans


def document(comparison: Comparison) -> dict[str, Any]:
    """What a program reads of a comparison."""
    from storesim.experiments.compare import rows

    choice, names = comparison.choice, comparison.names
    return {
        "plans": [
            {"name": plan.name, "fingerprint": plan.fingerprint, "moved": plan.moved and _moved(vars(plan.moved))}
            for plan in comparison.plans
        ],
        "n_runs": comparison.n_runs,
        "seed": comparison.seed,
        "by": comparison.by,
        "best": comparison.best,
        "behind_at_most": choice.behind,
        "confidence": comparison.confidence,
        "possibly_best": [names[i] for i in choice.possible],
        "order": [names[i] for i in choice.order],
        "differences": rows(comparison),
    }


def _moved(place: dict[str, Any]) -> dict[str, Any]:
    return place | {"date": place["date"].isoformat()}


def _show(session: Session, comparison: Comparison) -> None:
    from storesim.report.experiments.comparison import sentences
    from storesim.report.words import Words

    say = Words(session.lang)
    columns = [say("kpi"), *(say(f"compare.{name}") for name in _COLUMNS)]
    first, *others = comparison.names
    for plan in others:
        session.heading(say("compare.differences", plan=plan, first=first))
        found = (one for one in comparison.differences if one.plan == plan)
        session.table(columns, [_row(session, one) for one in found])
    session.line("")
    for sentence in sentences(comparison, session.lang):
        session.line(sentence)


def _row(session: Session, one: Difference) -> list[str]:
    from storesim import kpi
    from storesim.report.experiments.comparison import p_text
    from storesim.report.palette import kind_of, percent, show

    def shown(value: float) -> str:
        return show(value, kind_of(one.kpi), session.lang)

    return [
        kpi.label(one.kpi, session.lang), shown(one.base), shown(one.value), shown(one.difference),
        f"{shown(one.low)} … {shown(one.high)}", show(one.relative, "change", session.lang),
        p_text(one.p_holm), "–" if math.isnan(one.higher) else percent(one.higher),
        "–" if math.isinf(one.reduction) else f"{one.reduction:,.1f}",
    ]  # fmt: skip
