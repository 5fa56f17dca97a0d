"""A scenario with some settings changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from storesim.errors import Fault, ScenarioError
from storesim.scenario.checks import checked
from storesim.scenario.merge import changed, split_path
from storesim.scenario.tree import Entry, Group, Place, grown

if TYPE_CHECKING:
    from storesim.scenario.document import Scenario

_WITH = Place("with_")


def changed_scenario(scenario: Scenario, changes: Mapping[str, object], place: Place = _WITH) -> Scenario:
    """`scenario` with the settings at dotted paths replaced; every fault is reported at `place`.

    Raises
    ------
    ScenarioError
        If a path names no setting, a value is not allowed, or settings do not agree.
    """
    tree = grown(scenario.model_dump(by_alias=True), place)
    assert isinstance(tree, Group)  # noqa: S101  # a scenario is dumped as a mapping
    faults: list[Fault] = []
    for path, value in changes.items():
        steps = split_path(str(path).strip())
        if steps is None:
            faults.append(
                place.fault(
                    f"'{path}' is not a path; write names joined by dots, such as channels.express.daily_budget"
                )
            )
            continue
        tree = changed(tree, steps, Entry(place, grown(value, place)), faults)
    made, wrong = checked(type(scenario), tree)
    if made is None or faults:
        raise ScenarioError([*faults, *wrong])
    return made
