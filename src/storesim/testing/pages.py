"""A check as people and CI servers read it: a page with before and after, Markdown for a job summary, JUnit XML."""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np

from storesim import kpi
from storesim.experiments.compare import Plan
from storesim.report import palette
from storesim.report.document import Block, Cell, Column, Figure, Report, Row, Section, Table, Text, Value, printable
from storesim.report.experiments.comparison import moved_sentence, p_text
from storesim.report.experiments.pictures import Changes, forest
from storesim.report.figures import Frame
from storesim.report.words import Words
from storesim.report.writers import writer_for
from storesim.results.files import write_whole
from storesim.testing.check import Check
from storesim.testing.verdict import LEVELS, Figure as Judged, Verdict

FILES: Final = ("check.html", "check.md", "check.xml")


def write_check(folder: Path, found: Check, lang: str) -> tuple[Path, ...]:
    """Write `check.html`, `check.md` and `check.xml`; give their paths.

    Raises
    ------
    RunError
        If a file cannot be written.
    """
    report = build_check(found, lang)
    page, words, junit = (folder / name for name in FILES)
    for path in (page, words):
        write_whole(path, writer_for(path)(report))
    write_whole(junit, junit_of(found, lang))
    return page, words, junit


def build_check(found: Check, lang: str) -> Report:
    """The page of a check: a section a forecast, the worst first."""
    say = Words(lang)
    order = sorted(found.verdicts, key=lambda one: -LEVELS.index(one.level))
    counts = {level: sum(one.level == level for one in order) for level in ("fail", "warn", "moved", "same")}
    sections = [_section(number, verdict, say) for number, verdict in enumerate(order, 1)]
    if found.obsolete:
        names = tuple(Text(printable(str(path)), "plain") for path in found.obsolete)
        sections.append(Section("obsolete", say("check.obsolete"), (Text(say("check.obsolete_note"), "note"), *names)))
    subtitle = say("check.subtitle", **counts)
    return Report(say(f"check.title.{found.level}"), subtitle, lang, tuple(sections))


def told(verdict: Verdict, lang: str) -> list[str]:
    """What is to be said of a forecast besides its figures."""
    say = Words(lang)
    words = [say("check.edited")] if verdict.edited else []
    if verdict.moved is not None:
        plan = Plan(printable(verdict.name), "", verdict.moved)
        words.append(moved_sentence(plan, verdict.moved, say))
    return words


def lines_of(verdict: Verdict, lang: str) -> list[str]:
    """A forecast in plain lines: every figure that moved, the worst first, and what moved first."""
    order = sorted(verdict.figures, key=lambda figure: (-LEVELS.index(figure.level), figure.p))
    say = Words(lang)
    shown = [f"  {say(f'check.{one.level}')}: {_line(one, lang)}" for one in order if one.level != "same"]
    return [verdict.name, *shown, *told(verdict, lang)]


def junit_of(found: Check, lang: str) -> bytes:
    """JUnit XML: a suite a forecast, a case a figure; warnings pass, with words in `system-out`."""
    root = ET.Element("testsuites", name="storesim check")
    for verdict in found.verdicts:
        failures = sum(figure.level == "fail" for figure in verdict.figures)
        suite = ET.SubElement(
            root, "testsuite", name=printable(verdict.name), tests=str(len(verdict.figures)), failures=str(failures),
            errors="0", skipped="0",
        )  # fmt: skip
        for figure in verdict.figures:
            case = ET.SubElement(suite, "testcase", classname=printable(verdict.name), name=figure.kpi)
            line = _line(figure, lang)
            if figure.level == "fail":
                ET.SubElement(case, "failure", message=line).text = "\n".join([line, *told(verdict, lang)])
            elif figure.level != "same":
                ET.SubElement(case, "system-out").text = line
    ET.indent(root)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _line(figure: Judged, lang: str) -> str:
    kind = palette.kind_of(figure.kpi)
    before, after = (palette.show(value, kind, lang) for value in (figure.before, figure.after))
    change = palette.show(figure.relative, "change", lang)
    return f"{kpi.label(figure.kpi, lang)}: {before} → {after} ({change}, p {p_text(figure.p)})"


def _section(number: int, verdict: Verdict, say: Words) -> Section:
    blocks: list[Block] = [Text(words) for words in told(verdict, say.lang)]
    if verdict.level != "same":
        blocks.append(_picture(number, verdict, say))
    blocks.append(_table(number, verdict, say))
    runs = say("check.runs", runs=verdict.approved.n_runs, seed=verdict.approved.seed, version=verdict.approved.version)
    blocks.append(Text(runs, "note"))
    return Section(
        f"forecast-{number}",
        say("check.of", forecast=printable(verdict.name), level=say(f"check.{verdict.level}")),
        tuple(blocks),
    )


def _picture(number: int, verdict: Verdict, say: Words) -> Figure:
    names = [say(f"kpi.{figure.kpi}") for figure in verdict.figures]
    table = np.array(
        [[_share(one, end) for end in (one.low, one.after - one.before, one.high)] for one in verdict.figures]
    )
    words = say("check.alternative")
    frame = Frame(f"forest-{number}", words, say.lang)
    draw = partial(forest, frame, names, [Changes(say("check.now"), table)])
    return Figure(f"forest-{number}", say("check.figure"), words, draw, words)


def _share(figure: Judged, change: float) -> float:
    return change / abs(figure.before) if figure.before and math.isfinite(change) else math.nan


def _table(number: int, verdict: Verdict, say: Words) -> Table:
    columns = (
        Column("kpi", say("kpi")),
        Column("before", say("check.before"), "money"),
        Column("after", say("check.after"), "money"),
        Column("change", say("compare.relative"), "change"),
        Column("limit", say("check.limit"), "share"),
        Column("p", say("compare.p"), "number"),
        Column("level", say("check.level")),
    )
    rows = tuple(_row(figure, verdict.approved.limits.fail, say) for figure in verdict.figures)
    return Table(f"figures-{number}", say("check.figures"), columns, rows)


def _row(figure: Judged, limit: float, say: Words) -> Row:
    kind = palette.kind_of(figure.kpi)
    cells: tuple[Cell, ...] = (
        kpi.label(figure.kpi, say.lang), Value(figure.before, kind), Value(figure.after, kind), Value(figure.relative),
        Value(limit), p_text(figure.p), say(f"check.{figure.level}"),
    )  # fmt: skip
    return Row(figure.kpi, cells)
