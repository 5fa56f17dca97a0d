"""`storesim report`: the reports of a run, written again."""

from __future__ import annotations

from pathlib import Path

import click

from storesim.cli.options import FILE, parquet, speaking
from storesim.cli.session import Session


@click.command("report")
@click.argument("run", type=FILE)
@parquet
@speaking
@click.pass_obj
def command(session: Session, /, *, run: Path, parquet: bool) -> None:
    """How do I get the reports of a run again? 重新生成报告（例如换一种语言）。

    RUN is the folder of a run, or the folder that holds `latest`. Nothing is simulated again: report.html, plan.xlsx
    and the tables are made from draws.npz and run.json.

    \b
    Example:
      storesim report outputs/elena_mileva/latest --lang zh
    """
    from storesim.cli.commands.run import document, show_files
    from storesim.study.run import reopen, write_again

    study = write_again(reopen(run), session.lang, parquet=parquet)
    if session.as_json:
        session.json(document(study))
    else:
        show_files(session, study)
