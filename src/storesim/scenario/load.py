"""Scenario files to `Scenario`: every setting in its place, or every fault at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

from storesim.errors import Fault, ScenarioError
from storesim.scenario.change import changed_scenario, quickly_changed
from storesim.scenario.checks import checked
from storesim.scenario.dated import playbook_on
from storesim.scenario.document import Scenario
from storesim.scenario.gather import Gathering, preset_names
from storesim.scenario.merge import overridden
from storesim.scenario.origins import origins_of
from storesim.scenario.spec import Named
from storesim.scenario.store import STAGES
from storesim.scenario.tree import Group, walk

_LOG = logging.getLogger(__name__)

__all__ = ["preset_names", "read_scenario", "read_scenario_with_origins"]


def read_scenario(path: str | Path, overrides: Sequence[str] = (), *, variant: Sequence[str] = ()) -> Scenario:
    """The scenario in a YAML file, with its parents and tables.

    Parameters
    ----------
    path
        A scenario file.
    overrides
        Settings laid over the file, such as `channels.express.daily_budget=450`; faults call them `--set …`.
    variant
        Settings laid over these; faults call them `--with …`.

    Raises
    ------
    ScenarioError
        With every fault found, each with file, line and column.
    UsageError
        If an override is not a path, '=' and a value.
    """
    return _read(path, (("--set", overrides), ("--with", variant)))[0]


def read_scenario_with_origins(path: str | Path, overrides: Sequence[str] = ()) -> tuple[Scenario, Mapping[str, str]]:
    """The scenario, and where each setting was written: `file:line:column`, `--set …` or `default`, by dotted path.

    Parameters and errors are those of `read_scenario`.
    """
    scenario, root = _read(path, (("--set", overrides),))
    return scenario, origins_of(scenario, root)


def _read(path: str | Path, laid_over: Sequence[tuple[str, Sequence[str]]]) -> tuple[Scenario, Group]:
    """The scenario, and the tree it was made from; what is laid over the file comes by the option that says so."""
    reading = Gathering()
    root = reading.file(Path(path), str(path))
    for option, overrides in laid_over:
        for override in overrides:
            root = overridden(root, override, reading.faults, option)
    root = reading.with_table(root)
    scenario, faults = checked(Scenario, root, whole=reading.whole)
    if scenario is None or reading.faults:
        raise ScenarioError([*reading.faults, *faults])
    _try_playbooks(scenario, root)
    for option, overrides in laid_over:
        _warn_of_playbooks(scenario, option, overrides)
    _try_uncertain(scenario, root)
    return scenario, root


def _warn_of_playbooks(scenario: Scenario, option: str, overrides: Sequence[str]) -> None:
    """A setting that the playbook of every stage replaces is never in force: whoever sets it wonders why."""
    for override in overrides:
        path = override.partition("=")[0].strip()
        if all(path in getattr(scenario.stages, stage).playbook for stage in STAGES):
            _LOG.warning(
                "%s %s has no effect: the playbooks of all stages set it too; change it there, or in the file",
                option, path,
            )  # fmt: skip


def _try_playbooks(scenario: Scenario, root: Group) -> None:
    """Each playbook must leave a scenario that holds together; ScenarioError says which does not."""
    faults: list[Fault] = []
    for name in type(scenario.stages).model_fields:
        book = getattr(scenario.stages, name).playbook
        if book and quickly_changed(scenario, book) is None:
            place = walk(root, ("stages", name, "playbook")).key
            try:
                changed_scenario(scenario, dict(book), place)
            except ScenarioError as error:
                faults += [place.fault(f"after the playbook of {name}: {fault.message}") for fault in error.faults]
    if faults:
        raise ScenarioError(faults)
    _try_changes(scenario, root)


def _try_changes(scenario: Scenario, root: Group) -> None:
    """On every date that changes something each stage must hold together; ScenarioError says which change is in the way."""
    faults: list[Fault] = []
    for index, change in enumerate(scenario.changes):
        place = walk(root, ("changes", index, "playbook")).key
        for stage in [change.stage] if change.stage else STAGES:
            own = getattr(scenario.stages, stage).playbook
            book = playbook_on(scenario.changes, stage, own, change.first)
            if quickly_changed(scenario, book) is None:
                try:
                    changed_scenario(scenario, dict(book), place)
                except ScenarioError as error:
                    faults += [place.fault(f"from {change.first} on: {fault.message}") for fault in error.faults]
                    break
    if faults:
        raise ScenarioError(faults)


def _try_uncertain(scenario: Scenario, root: Group) -> None:
    """Each uncertain setting must be one, and its least and largest value allowed; ScenarioError says which is not."""
    faults: list[Fault] = []
    certain = scenario.model_copy(update={"uncertain": Named()})
    for path, values in scenario.uncertain.items():
        place = walk(root, ("uncertain", path)).key
        try:
            for value in sorted({min(values), max(values)}):
                changed_scenario(certain, {path: value}, place)
        except ScenarioError as error:
            faults += [place.fault(f"uncertain.{path}: {fault.message}") for fault in error.faults]
    if faults:
        raise ScenarioError(faults)
