"""A scenario, a run and an ensemble as a small picture and a small table, for notebooks."""

from __future__ import annotations

import datetime as dt
from functools import partial

import numpy as np
from numpy.typing import NDArray

from storesim.report import palette
from storesim.report.document import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Figure,
    Report,
    Row,
    Section,
    Table,
    Value,
    printable,
)  # fmt: skip
from storesim.report.figures import Band, Frame, multiples, path
from storesim.report.words import Words
from storesim.results.ensemble import Ensemble, quantiles_over_runs
from storesim.results.run import Run
from storesim.scenario.document import Scenario

Array = NDArray[np.float64]

KPIS = ("gmv", "uv", "cvr", "aov", "ad_spend", "profit")
LEVELS = (0.1, 0.5, 0.9)


def build_scenario(scenario: Scenario, lang: str = "zh") -> Report:
    """What a store is, in a few figures and a table of its channels."""
    say = Words(lang)
    subtitle = say(
        "shown.scenario", first=scenario.store.opened, last=scenario.last_day, days=scenario.n_days,
        fingerprint=scenario.fingerprint[:12],
    )  # fmt: skip
    facts = [
        Fact(say("shown.skus"), str(len(scenario.catalogue.skus))),
        Fact(say("shown.events"), str(len(scenario.events))),
        Fact(say("shown.promotions"), str(len(scenario.promotions))),
        *(
            Fact(say("shown.target", year=year), palette.show(target.gmv, "money", lang))
            for year, target in scenario.targets.items()
            if target.gmv is not None
        ),
    ]
    columns = (
        Column("channel", say("channel")),
        Column("how", say("shown.how")),
        Column("budget", say("shown.budget"), "money"),
    )
    rows = tuple(
        Row(name, (_channel(name, say), say(f"shown.{channel.mechanism}"), _budget(channel)))
        for name, channel in scenario.channels.items()
    )
    table = Table("channels", say("shown.channels"), columns, rows)
    return _report(printable(scenario.store.name), subtitle, say, Facts(tuple(facts)), table)


def build_run(run: Run, lang: str = "zh") -> Report:
    """One run: its days and its totals."""
    say = Words(lang)
    note = run.provenance
    subtitle = say("shown.run", run=note.run, first=run.start, last=run.last_day, seed=note.seed)
    figure = _panels(run, say("shown.run.words"), say)
    return _report(say("shown.run.title"), subtitle, say, figure, _totals(run, KPIS, None, say))


def build_ensemble(ensemble: Ensemble, lang: str = "zh") -> Report:
    """Many runs: the band of their days and of their totals."""
    say = Words(lang)
    subtitle = say(
        "shown.ensemble", runs=ensemble.n_runs, first=ensemble.start, last=ensemble.last_day,
        seed=ensemble.provenance.seed,
    )  # fmt: skip
    figure = _panels(ensemble, say("shown.ensemble.words"), say)
    return _report(say("shown.ensemble.title"), subtitle, say, figure, _totals(ensemble, KPIS, None, say))


def build_view(
    value: Run | Ensemble, name: str, channel: str | None, days: tuple[dt.date, dt.date], lang: str = "zh"
) -> Report:
    """One KPI of the store (None) or a channel over some days, both ends included: a picture and its total."""
    say = Words(lang)
    first, last = days
    begin, end = (first - value.start).days, (last - value.start).days + 1
    band = Band("", palette.kind_of(name), _by_day(value, name, channel)[begin:end])
    words = say("shown.ensemble.words" if isinstance(value, Ensemble) else "shown.run.words")
    draw = partial(path, Frame("view", words, lang), [band], first, [], [])
    figure = Figure("view", say(f"kpi.{name}"), words, draw)
    title = say(f"kpi.{name}") if channel is None else f"{say(f'kpi.{name}')} · {_channel(channel, say)}"
    return _report(title, f"{first} – {last}", say, figure, _totals(value, (name,), channel, say, days))


def _report(title: str, subtitle: str, say: Words, *blocks: Block) -> Report:
    return Report(title, subtitle, say.lang, (Section("shown", title, blocks),))


def _panels(value: Run | Ensemble, words: str, say: Words) -> Figure:
    bands = [Band(say(f"kpi.{name}"), palette.kind_of(name), _by_day(value, name, None)) for name in KPIS]
    draw = partial(multiples, Frame("days", words, say.lang), bands, value.start)
    return Figure("days", say("shown.picture"), words, draw)


def _by_day(value: Run | Ensemble, name: str, channel: str | None) -> Array:
    """Low, middle and high of each day: [n_days, 3]; of one run three times the same."""
    if isinstance(value, Ensemble):
        return value.quantiles(name, LEVELS, channel)
    return np.repeat(value.daily(name, channel)[:, np.newaxis], 3, axis=1)


def _totals(
    value: Run | Ensemble,
    names: tuple[str, ...],
    channel: str | None,
    say: Words,
    days: tuple[dt.date | None, dt.date | None] = (None, None),
) -> Table:
    heads = ("p10", "p50", "p90") if isinstance(value, Ensemble) else ("shown.value",)
    columns = (Column("kpi", say("kpi")), *(Column(head.rpartition(".")[2], say(head)) for head in heads))
    rows = []
    for name in names:
        total = value.total(name, channel, *days)
        found = quantiles_over_runs(total[:, np.newaxis], LEVELS)[0] if isinstance(total, np.ndarray) else [total]
        cells: tuple[Cell, ...] = tuple(Value(float(figure), palette.kind_of(name)) for figure in found)
        rows.append(Row(name, (say(f"kpi.{name}"), *cells)))
    return Table("totals", say("shown.totals"), columns, tuple(rows))


def _channel(name: str, say: Words) -> str:
    return say.known(f"channel.{name}", printable(name))


def _budget(channel: object) -> Value | None:
    budget = getattr(channel, "daily_budget", None)
    return None if budget is None else Value(float(budget))
