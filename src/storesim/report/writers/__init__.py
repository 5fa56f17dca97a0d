"""Formats a report can be written in: a table of names, each loaded on first use, and `write_report`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

from storesim.errors import UsageError

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook
    from storesim.plan.goals import Goals
    from storesim.report.document import Report
    from storesim.results.ensemble import Ensemble
    from storesim.runs.incremental import Incremental
    from storesim.scenario.document import Scenario

Writer = Callable[["Report"], bytes]

WRITERS: Mapping[str, str] = {
    ".html": "storesim.report.writers.html:write",
    ".xlsx": "storesim.report.writers.excel:write",
    ".md": "storesim.report.writers.markdown:write",
}
"""Where each format is made, by the ending of the file: a function from a `Report` to bytes.

Others add formats with the entry-point group `storesim.writers`, named by the ending without its dot.
"""


def writer_for(path: str | Path) -> Writer:
    """The function that makes the format a file's ending asks for.

    Raises
    ------
    UsageError
        If no format has that ending.
    """
    ending = Path(path).suffix.lower()
    if ending in WRITERS:
        module, _, name = WRITERS[ending].partition(":")
        found: Writer = getattr(import_module(module), name)
        return found
    others = entry_points(group="storesim.writers", name=ending.removeprefix("."))
    if ending and others:
        loaded: Callable[[Report], bytes] = next(iter(others)).load()
        return loaded
    known = ", ".join(WRITERS)
    raise UsageError(
        f"{path}: no report is written as '{ending or 'a file without an ending'}'; end the name in {known}"
    )


def write_report(
    path: str | Path,
    scenario: Scenario,
    ensemble: Ensemble,
    outlook: Outlook | None = None,
    goals: Goals | None = None,
    *,
    lang: str = "zh",
    origins: Mapping[str, str] | None = None,
    made: str = "",
    incrementals: tuple[Incremental, ...] = (),
) -> Path:
    """Write a report, whole or not at all, in the format its ending names; give its path.

    Parameters
    ----------
    path
        Ends in ``.html`` (one page, offline), ``.xlsx`` (a workbook that calculates) or ``.md``.
    outlook, goals
        What comes next and what must be done; without them the report says what is likely.
    lang
        "zh" or "en".
    origins
        Where each setting was written, by dotted path.
    made
        Date of making as it shall be printed; empty: none, and the same results give the same bytes.
    incrementals
        What each paid channel truly adds, where that was played.

    Raises
    ------
    UsageError
        If there is no such format or language.
    RunError
        If the file cannot be written.
    """
    from storesim.report.build import build_report
    from storesim.results.files import write_whole

    write = writer_for(path)
    report = build_report(
        scenario, ensemble, outlook, goals, lang=lang, origins=origins, made=made, incrementals=incrementals
    )
    write_whole(Path(path), write(report))
    return Path(path)
