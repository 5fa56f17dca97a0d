"""Results as the tables a terminal shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storesim import kpi
from storesim.cli.session import Session
from storesim.results.findings import DONE, KINDS, LEVELS, Finding, summary
from storesim.scenario.channel_names import channel_label

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook
    from storesim.plan.diagnosis import Diagnosis
    from storesim.plan.goals import GapRow, Goals, Pulled
    from storesim.plan.replan import Replan
    from storesim.results.ensemble import Ensemble
    from storesim.study.run import Study

GOAL_KPIS: Final = ("gmv", "uv", "cvr", "aov", "visits", "pv", "ad_spend")
CHANNEL_KPIS: Final = ("uv", "cvr", "aov", "gmv", "ad_spend")
MOST_CAUSES: Final = 12
MOST_VIEWS: Final = 4
OUTLOOK_KPIS: Final = ("gmv", "uv", "visits", "pv", "buyers", "cvr", "aov", "ad_spend")


def show_summary(session: Session, ensemble: Ensemble) -> None:
    """What the simulated time looks like."""
    from storesim.study.summary import figures, milestones, stages

    rows = [_row(session, figure.kpi, figure.p10, figure.p50, figure.p90) for figure in figures(ensemble)]
    session.heading(session.phrase("year.title"))
    session.table(_quantile_columns(session), rows)
    for entered in stages(ensemble):
        key = "stage.never" if entered.median is None else "stage.reached"
        said = {"stage": session.phrase(f"stage.{entered.stage}"), "chance": _chance(entered.chance)}
        session.line(session.phrase(key, **said, date=entered.median))
    session.line(session.phrase("stage.launch_only", chance=_chance(1.0 - ensemble.reached("growth"))))
    if ensemble.ruined() > 0.0:
        session.line(session.phrase("ruin", chance=_chance(ensemble.ruined())))
    quarters = milestones(ensemble, "quarter")
    if len(quarters) > 1:
        columns = [session.phrase(f"column.{name}") for name in ("by", "growth", "stable", "ruin")]
        rows = [[str(one.by), *map(_chance, (one.growth, one.stable, one.ruin))] for one in quarters]
        session.heading(session.phrase("stage.by"))
        session.table(columns, rows)


def show_incrementals(session: Session, study: Study) -> None:
    """What each paid channel truly adds beside what it reports; nothing where that was not played."""
    if not study.incrementals:
        return
    keys = ("spend", "gmv", "give_or_take", "profit", "reported", "roi", "marginal", "marginal_error")
    rows = []
    for one in study.incrementals:
        money = (one.added["ad_spend"][0], one.added["gmv"][0], one.give_or_take, one.added["profit"][0])
        sold, spent = (float(study.ensemble.total(name, one.channel).mean()) for name in ("ad_gmv", "ad_spend"))
        ratios = (sold / spent if spent else math.nan, one.roi, one.marginal_roi, one.marginal_give_or_take)
        cells = [_number(session, "gmv", amount) for amount in money] + [_number(session, "roas", r) for r in ratios]
        rows.append([channel_label(one.channel, session.lang), *cells])
    session.heading(session.phrase("incremental.title", runs=study.incrementals[0].n_runs))
    session.table([session.phrase("column.channel"), *(session.phrase(f"incremental.{key}") for key in keys)], rows)


def show_goals(session: Session, goals: Goals, *, months: bool = False) -> None:
    """The year and its quarters, and its months if asked for."""
    kpis = [name for name in GOAL_KPIS if any(row.kpi == name and row.channel == "" for row in goals.rows)]
    levels = {"year", "quarter", "month"} if months else {"year", "quarter"}
    periods = dict.fromkeys(row.period for row in goals.rows if row.level in levels)
    rows = []
    for period in periods:
        cells = [_number(session, name, float(goals.value(period, name))) for name in kpis]
        rows.append([period, *cells, _chance(goals.chance(period))])
    columns = [session.phrase("column.period"), *(kpi.label(name, session.lang) for name in kpis)]
    session.heading(session.phrase("goals.title", year=goals.year))
    session.table([*columns, session.phrase("column.chance")], rows)
    for note in goals.notes_zh if session.lang == "zh" else goals.notes:
        session.line(f"· {note}")


def show_channel_goals(session: Session, goals: Goals) -> None:
    """What each channel must bring and cost, in the year and its quarters; nothing where channels are not planned."""
    found = {(row.period, row.channel, row.kpi): float(row.goal) for row in goals.rows if row.channel}
    kpis = [name for name in CHANNEL_KPIS if any(key[2] == name for key in found)]
    in_channels = (row for row in goals.rows if row.channel and row.level in ("year", "quarter"))
    lines = dict.fromkeys((row.period, row.channel) for row in in_channels)
    if not lines:
        return
    rows = []
    for period, channel in lines:
        numbers = (_number(session, name, found.get((period, channel, name), math.nan)) for name in kpis)
        rows.append([period, channel_label(channel, session.lang), *numbers])
    columns = [session.phrase("column.period"), session.phrase("column.channel")]
    session.heading(session.phrase("goals.channels"))
    session.table([*columns, *(kpi.label(name, session.lang) for name in kpis)], rows, texts=2)


def show_gap(session: Session, again: Replan) -> None:
    """Plan, actuals and what the gap is due to, by month, and by channel; and the chance before and after."""
    lines: dict[tuple[str, str], dict[str, GapRow]] = {}
    for row in again.goals.gap:
        if row.kpi == "gmv":
            lines.setdefault((row.period, row.channel), {})[row.cause] = row
    session.heading(session.phrase("gap.title"))
    _gap_table(session, "period", {period: found for (period, channel), found in lines.items() if not channel})
    channels = {
        channel_label(channel, session.lang): found
        for (period, channel), found in lines.items()
        if channel and "/" in period
    }
    if channels:
        session.heading(session.phrase("gap.channels"))
        _gap_table(session, "channel", channels)
    year = str(again.goals.year)
    told = {"before": _chance(again.before.chance(year)), "after": _chance(again.goals.chance(year))}
    session.line(session.phrase("gap.chance", **told))


def _gap_table(session: Session, first: str, lines: Mapping[str, Mapping[str, GapRow]]) -> None:
    drivers = ("uv", "cvr", "aov")
    rows = []
    for name, found in lines.items():
        one = next(iter(found.values()))
        causes = (found[driver].amount if driver in found else math.nan for driver in drivers)
        rows.append([name, *(_number(session, "gmv", amount) for amount in (one.plan, one.actual, one.gap, *causes))])
    columns = (session.phrase(f"column.{column}") for column in (first, "plan", "actual", "gap"))
    due = (session.phrase("column.due_to", driver=kpi.label(driver, session.lang)) for driver in drivers)
    session.table([*columns, *due], rows)


def show_levers(session: Session, found: Pulled, *, has_slots: bool = True) -> None:
    """What each lever brings at what cost, the cheapest mix, its chance, 费比 by stage, and what binds."""
    from storesim.report.lever_names import pull_name, pull_value, row_name
    from storesim.report.words import Words

    def money(amount: float) -> str:
        return _number(session, "gmv", amount)

    say = Words(session.lang)
    rows = []
    for row in found.rows:
        step = f"×{row.step:g}" if row.how == "times" else f"+{row.step:g}"
        roi = f"{row.roi:.1f}" if row.roi > 0.0 else "–"
        name = row_name(say, row)
        if not row.clear:
            less = row.gmv < -2.0 * row.error
            name = f"{name} ({session.phrase('levers.less' if less else 'levers.unclear')})"
        rows.append([name, step, money(row.gmv), f"±{money(row.error)}", money(row.cost), roi, money(row.profit)])
    names = [session.phrase(f"column.{name}") for name in ("lever", "step", "added", "error", "cost", "roi", "profit")]
    session.heading(session.phrase("levers.title"))
    session.table(names, rows)
    if found.changes:
        session.heading(session.phrase("levers.short" if found.falls_short else "levers.mix", need=money(found.need)))
        sales = {row.path: row.about for row in found.rows if row.about}
        for pull in found.lines:
            said = {"name": pull_name(say, pull, sales), "value": pull_value(say, pull), "path": pull.path}
            session.line("  " + session.phrase("levers.line", **said))
        said = {"gmv": money(found.added["gmv"]), "error": money(found.error), "cost": money(found.cost)}
        profit, runs = money(found.added["profit"]), found.n_runs
        session.line(session.phrase("levers.found", **said, profit=profit, runs=runs))
    else:
        session.line(session.phrase("levers.enough" if found.need <= 0 else "levers.nothing"))
    if found.since:
        session.line(session.phrase("levers.since", since=found.since))
    chances = {"before": _chance(found.chance_before), "after": _chance(found.chance)}
    session.line(session.phrase("levers.chance", **chances))
    for share in found.stages:
        stage = session.phrase(f"stage.{share.stage}") if share.stage != "launch" else session.phrase("levers.launch")
        session.line(session.phrase("levers.share", stage=stage, share=f"{share.share:.1%}"))
    if not has_slots:
        session.line(say("levers.no_slots"))
    for what, channel, size in found.binds:
        called = channel_label(channel, session.lang)
        session.line(session.phrase(f"binds.{what}", channel=called, size=f"{size:.0%}"))


def show_outlook(session: Session, outlook: Outlook, currency: str = "CNY") -> None:
    """Totals of the days foretold; amounts are in `currency`."""
    import numpy as np

    from storesim.results.ensemble import quantiles_over_runs

    rows = []
    # A simulated store whose visitors come once a day has nothing to say of visits.
    once = "visits" in outlook.names and np.array_equal(outlook.total("visits"), outlook.total("uv"))
    for name in (name for name in OUTLOOK_KPIS if name in outlook.names and not (once and name == "visits")):
        low, middle, high = quantiles_over_runs(outlook.total(name)[:, np.newaxis], (0.1, 0.5, 0.9))[0]
        row = _row(session, name, low, middle, high)
        rows.append([_in_currency(cell, currency) for cell in row])
    session.table(_quantile_columns(session), rows)


def show_assumed(session: Session, notes: Sequence[str], say: Callable[[str], None]) -> None:
    """What was assumed in reading a history, a line each, by way of `say`."""
    if notes:
        say(session.phrase("assumed.title"))
    for note in notes:
        say(f"· {session.told_of_file(note)}")


def show_findings(session: Session, findings: Sequence[Finding]) -> None:
    """Every finding, errors first."""
    session.heading(session.phrase("findings.title"))
    if not findings:
        session.line(session.phrase("findings.none"))
        return
    which = 0 if session.lang == "zh" else 1
    columns = [session.phrase(f"column.{name}") for name in ("level", "kind", "where", "date", "done", "message")]
    rows = [
        [
            LEVELS[finding.level][which],
            KINDS[finding.kind][which] + (f" ×{finding.times}" if finding.times > 1 else ""),
            ":".join(filter(None, (Path(finding.file).name, str(finding.row or ""), finding.column))),
            str(finding.day or ""),
            DONE[finding.done][which],
            session.told(finding.message),
        ]
        for finding in findings
    ]
    session.table(columns, rows, texts=len(columns))


def show_diagnosis(session: Session, found: Diagnosis, currency: str) -> None:
    """What moved, the largest effect first; amounts are in `currency`."""
    from storesim.units import show_money

    first, last = (found.windows.dates(days) for days in (found.windows.before, found.windows.after))
    said = {"name": found.name, "first1": first[0], "last1": first[1], "first2": last[0], "last2": last[1]}
    amounts = {"before": found.gmv_before, "after": found.gmv_after, "gap": found.gap}
    texts = {name: show_money(amount, session.lang) for name, amount in amounts.items()}
    texts["gap"] = ("+" if found.gap > 0 else "") + texts["gap"]
    title = "diagnosis.plan" if found.windows.why == "plan" else "diagnosis.title"
    session.heading(_in_currency(session.phrase(title, **said, **texts), currency))
    session.line(session.phrase(f"diagnosis.why.{found.windows.why}", figure=found.windows.figure))
    if owners := found.by_owner:
        shown = {
            owner: ("+" if amount > 0 else "") + show_money(amount, session.lang) for owner, amount in owners.items()
        }
        session.line(_in_currency(session.phrase("diagnosis.owners", **shown), currency))
    names = ("message", "owner", "levers")
    for symptoms in (found.symptoms, found.views):
        if not symptoms:
            continue
        if symptoms is found.views:
            session.heading(session.phrase("diagnosis.views"))
        rows = [
            [
                _in_currency(one.told(session.lang), currency),
                session.phrase(f"owner.{one.owner}"),
                ", ".join(one.levers),
            ]
            for one in symptoms[: MOST_VIEWS if symptoms is found.views else MOST_CAUSES]
        ]
        session.table([session.phrase(f"column.{name}") for name in names], rows, texts=len(names))
    for note in found.notes:
        session.line(f"· {session.told(note)}")
    if currency != "CNY":
        session.remark("forecast.currency", currency=currency)


def findings_counted(session: Session, findings: Sequence[Finding]) -> str:
    """How many findings of each kind, in one line."""
    which = 0 if session.lang == "zh" else 1
    counts = [f"{KINDS[kind][which]} {times}" for _, kind, times in summary(findings)]
    return ("、" if session.lang == "zh" else ", ").join(counts)


def _in_currency(text: str, currency: str) -> str:
    """Amounts are shown as CNY; another currency goes by its code."""
    return text if currency == "CNY" else text.replace("¥", f"{currency} ")


def _quantile_columns(session: Session) -> list[str]:
    return [session.phrase(f"column.{name}") for name in ("kpi", "p10", "p50", "p90")]


def _row(session: Session, name: str, *values: float) -> list[str]:
    return [kpi.label(name, session.lang), *(_number(session, name, value) for value in values)]


def _number(session: Session, name: str, value: float) -> str:
    from storesim.report.palette import kind_of, show

    return show(float(value), kind_of(name), session.lang)


def _chance(chance: float) -> str:
    from storesim.report.palette import chance_text

    return "–" if math.isnan(chance) else chance_text(chance)
