"""`pull_levers`: what brings what a plan lacks, tried on the store that was simulated, in the files of its run."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np

from storesim.errors import PlanError
from storesim.plan.advise import Progress, advise
from storesim.study.run import Study, write_again


def pull_levers(
    study: Study,
    *,
    most: float = np.inf,
    since: dt.date | None = None,
    lang: str = "en",
    jobs: int | None = None,
    executor: str = "processes",
    progress: Progress | None = None,
) -> Study:
    """The study with its plan's levers tried, and the cheapest mix that lifts it to the target; see `plan.advise`.

    Its folder, if it has one, gets `levers.csv`, and `with_levers.yaml` where the mix changes something: a scenario
    that can be run. Of a plan made again with actuals, levers begin on the day after them and what is missing is what
    the rest of the year lacks, or on the day `since`.

    Raises
    ------
    PlanError
        If the study has no goals.
    UsageError
        As `advise`.
    """
    if study.goals is None:
        raise PlanError(study.without_goals or "the scenario has no target, so that nothing can be missing of it")
    found = advise(
        study.scenario, study.ensemble, study.goals, most=most, since=since,
        begun=None if study.replanned is None else study.replanned.begun, jobs=jobs, executor=executor,
        progress=progress,
    )  # fmt: skip
    study = replace(study, goals=replace(study.goals, levers=found))
    return study if study.folder is None else write_again(study, lang)
