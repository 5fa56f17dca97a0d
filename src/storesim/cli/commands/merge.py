"""`storesim merge`: the shards of a run, or of a sweep, put together."""

from __future__ import annotations

from pathlib import Path

import click

from storesim.cli.options import FILE, fail_under, output, refuse_options, speaking
from storesim.cli.session import Session


@click.command("merge")
@click.argument("folders", type=FILE, nargs=-1, required=True)
@output("Folder that gets the run and `latest`, or the sweep; where the first shard lies if not said.")
@fail_under
@speaking
@click.pass_obj
def command(session: Session, /, *, folders: tuple[Path, ...], output: Path | None, fail_under: float | None) -> None:
    """What do the shards of a run give together? 把分片模拟合并成一次完整的运行。

    FOLDERS are the folders that `storesim run --shard` or `storesim sweep --shard` wrote on any number of machines, or
    folders that hold them. Nothing is simulated: all files of `run`, or the pages of `sweep`, are made, and those of
    data are the same bytes as from one machine. A shard that is missing, stands twice, is not finished, or was made
    with another scenario, seed or version is named.

    \b
    Examples:
      storesim run scenarios/elena_mileva.yaml --runs 1000 --shard 1/2 -o farm      (one machine)
      storesim run scenarios/elena_mileva.yaml --runs 1000 --shard 2/2 -o farm      (another)
      storesim merge farm
    """
    from storesim.cli.commands.run import document, show
    from storesim.cli.commands.sweep import show as show_sweep
    from storesim.experiments.sweep_shards import folder_of_shards, holds_sweep, merge_sweep
    from storesim.study.shards import merge

    if holds_sweep(folders):
        refuse_options("a sweep", "fail-under")
        show_sweep(session, merge_sweep(folders), output or folder_of_shards(folders[0]))
        return
    study = merge(folders, output, lang=session.lang)
    if session.as_json:
        session.json(document(study))
    else:
        show(session, study)
    if fail_under is not None:
        session.gate(study.goals, fail_under)
