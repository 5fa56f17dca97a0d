"""Results, outlook and goals to a `Report`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from storesim.report.document import Report, Section
from storesim.report.kept import scenario_chunks
from storesim.report.parts.answer import answer
from storesim.report.parts.assumptions import assumptions
from storesim.report.parts.channels import ads, channels
from storesim.report.parts.goals import goals as goal_section
from storesim.report.parts.levers import levers
from storesim.report.parts.money import money
from storesim.report.parts.operations import operations
from storesim.report.parts.path import path
from storesim.report.parts.provenance import provenance
from storesim.report.parts.stages import stages
from storesim.report.parts.workings import workings
from storesim.report.sources import Sources
from storesim.report.words import Words

if TYPE_CHECKING:
    from storesim.forecast.outlook import Outlook
    from storesim.plan.goals import Goals
    from storesim.results.ensemble import Ensemble
    from storesim.runs.incremental import Incremental
    from storesim.scenario.document import Scenario


def build_report(
    scenario: Scenario,
    ensemble: Ensemble,
    outlook: Outlook | None = None,
    goals: Goals | None = None,
    *,
    lang: str = "zh",
    origins: Mapping[str, str] | None = None,
    made: str = "",
    incrementals: tuple[Incremental, ...] = (),
) -> Report:
    """Everything a planner is told: the answer, the course of the year, goals, assumptions, provenance.

    Parameters
    ----------
    outlook
        What comes next; None: the runs speak for themselves.
    goals
        The target broken down; None: the report says what is likely, and asks nothing.
    lang
        "zh" or "en".
    origins
        Where each setting was written, by dotted path, as `read_scenario_with_origins` gives it.
    made
        Date of making as it shall be printed; empty: none, and the same bytes for the same results.
    incrementals
        What each paid channel truly adds, where that was played.

    Raises
    ------
    UsageError
        If there is no such language.
    """
    say = Words(lang)
    sources = Sources(scenario, ensemble, outlook, goals, say, dict(origins or {}), made, incrementals)
    first, last = sources.span.first, sources.span.last
    subtitle = say("subtitle", first=first, last=last, days=sources.span.n_days, runs=ensemble.n_runs)
    title = say("title", store=sources.name, year=sources.year.key)
    kept = scenario_chunks(scenario, None if goals is None else goals.year)
    return Report(title, subtitle, lang, _sections(sources), workings(sources), tuple(kept))


def _sections(sources: Sources) -> tuple[Section, ...]:
    parts = [answer(sources), path(sources), stages(sources)]
    if sources.goals is not None:
        parts.append(goal_section(sources, sources.goals))
        if sources.goals.levers is not None:
            parts.append(levers(sources, sources.goals.levers))
    parts += [channels(sources), ads(sources), operations(sources), money(sources)]
    return (*parts, assumptions(sources), provenance(sources))
