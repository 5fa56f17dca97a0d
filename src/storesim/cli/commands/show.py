"""`storesim show`: a scenario after inheritance."""

from __future__ import annotations

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
    from storesim.scenario.written import yaml_of

    read, origins = read_scenario_with_origins(scenario, overrides)
    settings = read.model_dump(mode="json", by_alias=True)
    if session.as_json:
        session.json({"settings": settings, "origins": dict(origins)} if origin else settings)
    elif origin:
        values = {dotted(way): _in_a_line(value) for way, value in single_settings(read)}
        for path, where in origins.items():
            said = session.phrase("origin.default") if where == "default" else where
            session.line(f"{path} = {values[path]}  # {said}")
    else:
        click.echo(yaml_of(read), nl=False)


def _in_a_line(value: Any) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(map(_in_a_line, value))
    return f"{value:.15g}" if isinstance(value, float) else str(value)
