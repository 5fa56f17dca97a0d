"""`storesim show`: a scenario after inheritance."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import click

from storesim.cli.options import FILE, overriding, speaking
from storesim.cli.session import Session


@click.command("show")
@click.argument("scenario", type=FILE)
@click.option("--origin", is_flag=True, help="Say where each setting was written: file, line and column, or a default.")
@overriding
@speaking
@click.pass_obj
def command(session: Session, /, *, scenario: Path, origin: bool, overrides: tuple[str, ...]) -> None:
    """What holds after inheritance, and where was it written? 合并后的全部设置及来源。

    Prints every setting of SCENARIO after `extends`, `key+:`, --set and defaults, as YAML that can be run again.

    \b
    Examples:
      storesim show scenarios/elena_mileva.yaml
      storesim show scenarios/elena_mileva.yaml --origin | grep budget
    """
    from storesim.scenario.load import read_scenario_with_origins
    from storesim.scenario.origins import single_settings
    from storesim.scenario.tree import dotted

    read, origins = read_scenario_with_origins(scenario, overrides)
    settings = read.model_dump(mode="json", by_alias=True)
    if session.as_json:
        session.json({"settings": settings, "origins": dict(origins)} if origin else settings)
    elif origin:
        values = {dotted(way): _in_a_line(value) for way, value in single_settings(read)}
        for path, where in origins.items():
            session.line(f"{path} = {values[path]}  # {where}")
    else:
        # The items are all here; the name of their table would say them twice.
        settings["catalogue"].pop("file", None)
        click.echo(_yaml(settings), nl=False)


def _in_a_line(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(_in_a_line, value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def _yaml(settings: dict[str, Any]) -> str:
    from ruamel.yaml import YAML

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
