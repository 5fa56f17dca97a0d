"""A scenario as YAML that can be run again: every setting after inheritance."""

from __future__ import annotations

import io
from typing import Any

from storesim.scenario.document import Scenario


def yaml_of(scenario: Scenario) -> str:
    """The text of a scenario file with every setting of a scenario; it extends nothing."""
    from ruamel.yaml import YAML

    settings = scenario.model_dump(mode="json", by_alias=True)
    # The items are all here; the name of their table would say them twice.
    settings["catalogue"].pop("file", None)
    writer = YAML()
    writer.width = 110
    text = io.StringIO()
    writer.dump(_with_lists_in_a_line(settings), text)
    return text.getvalue()


def _with_lists_in_a_line(value: Any) -> Any:
    from ruamel.yaml.comments import CommentedSeq

    if isinstance(value, dict):
        return {key: _with_lists_in_a_line(item) for key, item in value.items()}
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        short = CommentedSeq(value)
        short.fa.set_flow_style()
        return short
    return [_with_lists_in_a_line(item) for item in value] if isinstance(value, list) else value
