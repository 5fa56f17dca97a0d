"""`storesim run`: simulate, forecast, break down, report."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from storesim.cli.options import FILE, parquet, studying
from storesim.cli.session import Session
from storesim.errors import UsageError

if TYPE_CHECKING:
    from storesim.plan.goals import Goals
    from storesim.study.run import Study


@click.command("run")
@click.argument("scenario", type=FILE)
@click.option(
    "--until",
    metavar="KPI[:p10][:1%]",
    help="With --runs auto: play until the mean or a quantile of this KPI is known so well; gmv:1% if not said.",
)
@click.option(
    "--shard",
    metavar="I/N",
    help="Play the I-th of N parts of the runs only, for `storesim merge`; another machine plays another.",
)
@click.option(
    "--incremental",
    "incremental_runs",
    type=click.IntRange(2, 10_000),
    metavar="N",
    help="Play N of the runs again without each paid channel, and with a tenth more of it: what it truly adds.",
)
@parquet
@studying
@click.pass_obj
def command(
    session: Session,
    /,
    *,
    scenario: Path,
    runs: int | Literal["auto"],
    output: Path | None,
    fail_under: float | None,
    until: str | None,
    shard: str | None,
    incremental_runs: int | None,
    **options: Any,
) -> None:
    """What would happen, what comes next, what must be done? 模拟、预测、目标分解、报告。

    Plays the store of SCENARIO many times, forecasts, breaks its target down, and writes report.html, plan.xlsx,
    goals.csv, forecast.csv, daily.csv, draws.npz and run.json to outputs/<scenario>/<run id>/, to which
    outputs/<scenario>/latest leads. Beside them, where the scenario has what they tell: members.csv (members by month
    of joining), attribution.csv (orders and their lines by the days from their clicks), keywords.csv (groups of
    keywords by crowd and device) and devices.csv (visitors by device). With --incremental, incremental.csv says what
    each paid channel truly adds to the whole store: its true and its marginal ROI.

    \b
    Examples:
      storesim run scenarios/elena_mileva.yaml
      storesim run scenarios/elena_mileva.yaml --set operations.conversion.base=4% --runs 50
      storesim run scenarios/elena_mileva.yaml --resume
      storesim run scenarios/elena_mileva.yaml --incremental 20
    """
    from storesim.runs.stopping import rule_of
    from storesim.study.run import run

    if until is not None and runs != "auto":
        raise UsageError("--until goes with --runs auto only")
    if shard is not None:
        if incremental_runs is not None:
            raise UsageError("--incremental: no effect with --shard, by which no report is written")
        if fail_under is not None:
            raise UsageError("--fail-under: no effect with --shard, by which nothing is planned; give it to merge")
        _play_shard(session, scenario, runs, shard=shard, output=output, **options)
        return
    with session.simulating() as progress:
        study = run(
            scenario,
            runs,
            output=output or Path("outputs") / scenario.stem,
            lang=session.lang,
            progress=progress,
            rule=None if until is None else rule_of(until),
            incremental_runs=incremental_runs or 0,
            **options,
        )
    if not study.played:
        session.remark("run.finished")
    session.advise(study.scenario, scenario)
    if session.as_json:
        session.json(document(study))
    else:
        show(session, study)
    if fail_under is not None:
        session.gate(study.goals, fail_under)


def _play_shard(
    session: Session,
    scenario: Path,
    runs: int | Literal["auto"],
    *,
    shard: str,
    output: Path | None,
    **options: Any,
) -> None:
    from storesim.study.shards import play_shard

    if options.pop("parquet"):
        raise UsageError("--parquet: no effect with --shard, by which no draws are written; give it to report")
    if runs == "auto":
        raise UsageError("a shard cannot tell when there are enough runs; give their number and not auto")
    with session.simulating() as progress:
        folder = play_shard(
            scenario, runs, shard=shard, output=output or Path("outputs") / scenario.stem, progress=progress, **options
        )
    if session.as_json:
        session.json({"folder": str(folder), "shard": shard, "n_runs": runs})
    else:
        session.remark("shard.played", shard=shard)
        session.line(str(folder))


def show(session: Session, study: Study) -> None:
    """The year in figures, its goals, and the files written."""
    from storesim.cli.tables import show_goals, show_incrementals, show_summary

    scenario, ensemble = study.scenario, study.ensemble
    said = {"name": scenario.store.name, "first": scenario.store.opened, "last": scenario.last_day}
    session.heading(
        session.phrase("run.title", **said, runs=ensemble.n_runs, seed=ensemble.provenance.seed),
    )
    show_summary(session, ensemble)
    show_incrementals(session, study)
    if study.goals is not None:
        show_goals(session, study.goals)
    elif study.without_goals:
        session.remark("goals.none", reason=session.told(study.without_goals))
    show_files(session, study)


def show_files(session: Session, study: Study) -> None:
    """The files written, one a line."""
    session.heading(session.phrase("files.title"))
    for name in study.files:
        session.line(f"  {study.folder}/{name}")


def goals_document(goals: Goals) -> list[dict[str, Any]]:
    """Goals of the year, its quarters, months and events; weeks and days are in goals.csv."""
    frame = goals.frame()
    shown = frame[~frame["level"].isin(["week", "day"])]
    return [dict(zip(shown.columns, row, strict=True)) for row in shown.itertuples(index=False)]


def document(study: Study) -> dict[str, Any]:
    """What a program reads of a study."""
    from storesim.study.summary import as_json

    note = study.ensemble.provenance
    return {
        "scenario": study.scenario.store.name,
        "fingerprint": note.fingerprint,
        "seed": note.seed,
        "n_runs": study.ensemble.n_runs,
        "folder": str(study.folder),
        "files": list(study.files),
        **as_json(study.ensemble),
        "incremental": [
            {**asdict(one), "roi": one.roi, "marginal_roi": one.marginal_roi} for one in study.incrementals
        ],
        "without_goals": study.without_goals,
        "goals": None if study.goals is None else goals_document(study.goals),
        "gap": [] if study.goals is None else [{**asdict(row), "gap": row.gap} for row in study.goals.gap],
        "levers": None if study.goals is None or study.goals.levers is None else asdict(study.goals.levers),
    }
