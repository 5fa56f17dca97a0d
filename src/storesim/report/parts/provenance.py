"""Provenance: how to make the same numbers again, and how far luck could have moved them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from storesim import kpi
from storesim.report import measures, palette
from storesim.report.document import Column, Kind, Row, Section, Table, Text, Value, printable
from storesim.report.sources import Sources
from storesim.results.ensemble import linearised, standard_error

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook


def provenance(sources: Sources) -> Section:
    """Fingerprint, seed, versions; standard errors of the headline figures. The last thing on the page."""
    say = sources.say
    return Section("provenance", say("provenance"), (
        again(sources), _errors(sources), Text(say("provenance.errors_note"), "note"),
    ))  # fmt: skip


def again(sources: Sources) -> Table:
    """What is needed to make the same numbers again."""
    say, made_by, days = sources.say, sources.ensemble.provenance, sources.whole
    facts = [
        ("fingerprint", made_by.fingerprint), ("seed", str(made_by.seed)), ("runs", str(sources.ensemble.n_runs)),
        ("days", f"{days.first} – {days.last}"), ("version", made_by.version), ("kernel", made_by.kernel),
    ]  # fmt: skip
    if sources.outlook is not None:
        facts += [("method", sources.outlook.method), ("reasons", _reasons(sources.outlook, sources))]
    facts.append(("made", sources.made))
    columns = (Column("item", say("provenance.item")), Column("value", say("assumptions.value"), "code"))
    rows = tuple(Row(key, (say("provenance." + key), printable(text))) for key, text in facts if text)
    return Table("again", say("provenance.table"), columns, rows)


def _reasons(outlook: Outlook, sources: Sources) -> str:
    """Why this method: in the reader's words where there are some, else as the forecast says it."""
    return sources.say.known("reasons." + outlook.method, " ".join(outlook.reasons))


def _errors(sources: Sources) -> Table:
    say, year = sources.say, sources.year
    columns = (Column("figure", say("provenance.figure")), Column("value", say("assumptions.value"), "count"),
               Column("error", say("provenance.error"), "count"))  # fmt: skip
    gmv = sources.total("gmv", year)
    rows = [_row(f"gmv-{level}", f"{say('kpi.gmv')}, {say(level)}", float(np.quantile(gmv, q)),
                 measures.quantile_error(gmv, q), "money")
            for level, q in zip(("p10", "p50", "p90"), measures.BAND_LEVELS, strict=True)]  # fmt: skip
    for name in ("uv", "cvr", "aov", "ad_spend", "profit"):
        values = _per_run(sources, name)
        label = f"{say('kpi.' + name)}, {say('mean')}"
        rows.append(
            _row(
                name,
                label,
                float(values.mean()),
                float(standard_error(values[:, np.newaxis])[0]),
                palette.kind_of(name),
            )
        )
    if np.isfinite(sources.chance):
        error = measures.chance_error(sources.chance, len(gmv))
        rows.append(_row("chance", say("chance"), sources.chance, error, "share"))
    return Table("errors", say("provenance.errors"), columns, tuple(rows))


def _row(key: str, label: str, value: float, error: float, kind: Kind) -> Row:
    return Row(key, (label, Value(value, kind), Value(error, kind)))


def _per_run(sources: Sources, name: str) -> measures.Array:
    """One value a run whose mean and standard error are those of the figure; [n_runs]."""
    if name not in kpi.RATIO:
        return sources.of_runs(name)
    ratio = kpi.RATIO[name]
    return linearised(sources.of_runs(ratio.above)[:, np.newaxis], sources.of_runs(ratio.below)[:, np.newaxis])[:, 0]
