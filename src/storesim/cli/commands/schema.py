"""`storesim schema`: the JSON Schema of a scenario, for editors."""

from __future__ import annotations

import json
from pathlib import Path

import click

from storesim.cli.options import FILE


@click.command("schema")
@click.option("-o", "--output", type=FILE, metavar="FILE", help="Write to this file, not to standard output.")
def command(output: Path | None) -> None:
    """What may I write in a scenario? JSON Schema，供编辑器提示。

    Name the file in the first line of a scenario, and an editor with YAML support explains and checks every setting:

    \b
      # yaml-language-server: $schema=../storesim.schema.json
    """
    if output is None:
        click.echo(schema_text(), nl=False)
    else:
        from storesim.results.files import write_whole

        write_whole(output, schema_text().encode())


def schema_text() -> str:
    """The schema as the text of a file."""
    from storesim.scenario.schema import scenario_schema

    return json.dumps(scenario_schema(), ensure_ascii=False, indent=2) + "\n"
