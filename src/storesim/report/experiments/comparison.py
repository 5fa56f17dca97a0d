"""A comparison as a page: the answer, a picture, the differences."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from storesim import kpi
from storesim.experiments.compare import Comparison, Plan
from storesim.experiments.moved import Moved
from storesim.experiments.paired import Difference
from storesim.report import palette
from storesim.report.document import Block, Cell, Column, Figure, Report, Row, Section, Table, Text, Value, printable
from storesim.report.experiments.pictures import Changes, forest, running
from storesim.report.figures import Frame
from storesim.report.words import Words

_AMOUNTS = ("base", "value", "difference", "low", "high")


def build_comparison(comparison: Comparison, lang: str = "zh") -> Report:
    """The page of a comparison.

    Raises
    ------
    UsageError
        If there is no such language.
    """
    say = Words(lang)
    first, *others = map(printable, comparison.names)
    title = say("compare.title", first=first, others=say("and").join(others))
    subtitle = say("compare.subtitle", runs=comparison.n_runs, seed=comparison.seed)
    blocks: tuple[Block, ...] = (
        *map(Text, sentences(comparison, lang)),
        *_figures(comparison, say),
        *_tables(comparison, say),
    )
    return Report(title, subtitle, lang, (Section("answer", say("compare.answer"), blocks),))


def sentences(comparison: Comparison, lang: str) -> list[str]:
    """What the comparison says, in words: which plan to take, and what moves first in each."""
    say, choice = Words(lang), comparison.choice
    sure = f"{comparison.confidence:.0%}"
    label, best = say(f"kpi.{comparison.by}"), printable(comparison.best)
    behind = palette.show(choice.behind, palette.kind_of(comparison.by), lang)
    if len(choice.possible) == 1:
        told = [say("compare.sure", kpi=label, best=best, confidence=sure)]
    elif choice.tied:
        names = say("and").join(printable(comparison.names[i]) for i in choice.alike)
        told = [say("compare.alike", kpi=label, names=names)]
    else:
        told = [say("compare.best", kpi=label, best=best, behind=behind, confidence=sure)]
        names = say("and").join(printable(comparison.names[i]) for i in choice.possible)
        told.append(say("compare.possible", names=names))
    for one in comparison.sparse:
        shown = {"n": str(one.n_apart), "runs": str(comparison.n_runs)}
        told.append(say("compare.sparse", plan=printable(one.plan), kpi=label, **shown))
    if choice.unknown:
        names = say("and").join(printable(comparison.names[i]) for i in choice.unknown)
        told.append(say("compare.unknown", names=names, kpi=label))
    if comparison.by != "profit" and (dearer := comparison.dearer) is not None:
        key = "compare.dearer" if dearer.plan == comparison.best else "compare.earns_more"
        whose = {"plan": printable(dearer.plan), "first": printable(comparison.names[0])}
        shown = {
            name: palette.show(abs(getattr(dearer, name)), "money", lang) for name in ("difference", "low", "high")
        }
        if dearer.difference < 0:
            shown["low"], shown["high"] = shown["high"], shown["low"]
        told.append(say(key, **whose, **shown))
    return [*told, *(moved_sentence(plan, plan.moved, say) for plan in comparison.plans[1:])]


def moved_sentence(plan: Plan, moved: Moved | None, say: Words) -> str:
    """What moves first in a plan."""
    if moved is None:
        return say("compare.never_moved", plan=printable(plan.name))
    channel = say("compare.of_channel", channel=channel_label(moved.channel, say)) if moved.channel else ""
    return say(
        "compare.moved", plan=printable(plan.name), date=moved.date, count=say(f"kpi.{moved.count}"), channel=channel,
        mechanism=say(f"mechanism.{moved.mechanism}"),
    )  # fmt: skip


def channel_label(name: str, say: Words) -> str:
    """What reports call a channel, or the name it has in the scenario."""
    return say.known(f"channel.{name}", printable(name))


def _figures(comparison: Comparison, say: Words) -> Iterator[Figure]:
    names = list(dict.fromkeys(one.kpi for one in comparison.differences))
    changes = [Changes(printable(plan), _shares(comparison, plan, names)) for plan in comparison.names[1:]]
    words = say("compare.forest_alternative", confidence=f"{comparison.confidence:.0%}")
    draw = partial(forest, Frame("forest", words, say.lang), [say(f"kpi.{name}") for name in names], changes)
    yield Figure("forest", say("compare.forest"), words, draw, words)
    if np.isfinite(comparison.paths).all():
        paths = [Changes(plan.name, path) for plan, path in zip(changes, comparison.paths, strict=True)]
        words = say("compare.path_alternative")
        kind = palette.kind_of(comparison.by)
        draw = partial(running, Frame("running", words, say.lang), kind, comparison.start, paths)
        yield Figure("running", say("compare.path", kpi=say(f"kpi.{comparison.by}")), words, draw, words)


def _shares(comparison: Comparison, plan: str, names: list[str]) -> np.ndarray:
    """[n_kpis, 3] of the base; NaN where the base is 0 or the interval has no end."""
    found = [comparison.difference(name, plan) for name in names]
    table = np.array([[one.low, one.difference, one.high] for one in found])
    base = np.array([[abs(one.base)] for one in found])
    known = np.isfinite(table) & (base > 0)
    return np.asarray(np.divide(table, base, out=np.full(table.shape, np.nan), where=known))


def _tables(comparison: Comparison, say: Words) -> Iterator[Block]:
    columns = (
        Column("kpi", say("kpi")),
        *(Column(key, say(f"compare.{key}"), "money") for key in _AMOUNTS),
        Column("relative", say("compare.relative"), "change"),
        Column("p", say("compare.p"), "number"),
        Column("higher", say("compare.higher"), "share"),
        Column("reduction", say("compare.reduction"), "factor"),
    )
    first = printable(comparison.names[0])
    for number, plan in enumerate(comparison.names[1:], 1):
        rows = tuple(_row(one, say) for one in comparison.differences if one.plan == plan)
        title = say("compare.differences", plan=printable(plan), first=first)
        yield Table(f"differences-{number}", title, columns, rows)
    yield Text(say("compare.note"), "note")


def _row(one: Difference, say: Words) -> Row:
    kind = palette.kind_of(one.kpi)
    amounts = (Value(value, kind) for value in (one.base, one.value, one.difference, one.low, one.high))
    cells: tuple[Cell, ...] = (
        kpi.label(one.kpi, say.lang),
        *amounts,
        Value(one.relative),
        p_text(one.p_holm),
        Value(one.higher),
        Value(one.reduction),
    )
    return Row(one.kpi, cells)


def p_text(p: float) -> str:
    """A p value as it is printed everywhere; a dash where it is unknown."""
    if np.isnan(p):
        return "–"
    return "<0.001" if p < 0.001 else f"{p:.3f}"
