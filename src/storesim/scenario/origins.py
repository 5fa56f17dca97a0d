"""Where each setting was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from storesim.scenario.document import Scenario
from storesim.scenario.fields import settings
from storesim.scenario.spec import Named, Spec
from storesim.scenario.tree import Group, Loc, Scalar, dotted, walk


def origins_of(scenario: Scenario, root: Group) -> Mapping[str, str]:
    """`file:line:column`, `--set …` or `default` of every single setting, by dotted path."""
    return {dotted(loc): _origin(root, loc) for loc, _ in single_settings(scenario)}


def single_settings(value: object, loc: Loc = ()) -> Iterator[tuple[Loc, object]]:
    """Each setting that is not a group, with its way from the root and its value."""
    if isinstance(value, Spec):
        for key, setting in settings(type(value)).items():
            yield from single_settings(getattr(value, setting.attribute), (*loc, key))
    elif isinstance(value, Named):
        for key, item in value.items():
            yield from single_settings(item, (*loc, key))
    elif isinstance(value, tuple) and value and isinstance(value[0], Spec):
        for index, item in enumerate(value):
            yield from single_settings(item, (*loc, index))
    else:
        yield loc, value


def _origin(root: Group, loc: Loc) -> str:
    spot = walk(root, loc)
    if spot.depth == len(loc):
        return str(spot.node.place if isinstance(spot.node, Scalar) else spot.key)
    if loc[-1] == "mechanism" and spot.depth == len(loc) - 1:
        return str(spot.key)
    return "default"
