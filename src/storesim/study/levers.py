"""`pull_levers`: what brings what a plan lacks, tried on the store that was simulated, in the files of its run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from storesim.errors import PlanError
from storesim.plan.advise import Progress, advise
from storesim.study.run import Study, write_again


def pull_levers(
    study: Study,
    *,
    most: float = np.inf,
    lang: str = "en",
    jobs: int | None = None,
    executor: str = "processes",
    progress: Progress | None = None,
) -> Study:
    """The study with its plan's levers tried, and the cheapest mix that lifts it to the target; see `plan.advise`.

    Its folder, if it has one, gets `levers.csv`, and `with_levers.yaml` where the mix changes something: a scenario
    that can be run.

    Raises
    ------
    PlanError
        If the study has no goals, or its year had begun.
    """
    if study.goals is None:
        raise PlanError(study.without_goals or "the scenario has no target, so that nothing can be missing of it")
    if study.replanned is not None:
        raise PlanError("levers are tried on whole years; a setting that changes on a day is not simulated yet")
    found = advise(
        study.scenario, study.ensemble, study.goals, most=most, jobs=jobs, executor=executor, progress=progress
    )
    study = replace(study, goals=replace(study.goals, levers=found))
    return study if study.folder is None else write_again(study, lang)
