"""`storesim validate`: every mistake of a scenario, at once."""

from __future__ import annotations

from pathlib import Path

import click

from storesim.cli.options import FILE, overriding, speaking
from storesim.cli.session import Session
from storesim.cli.streams import tell
from storesim.collector import paused
from storesim.errors import Fault, FileFaults

WRONG_FILE = 3


@click.command("validate")
@click.argument("files", nargs=-1, required=True, type=FILE, metavar="FILE…")
@overriding
@speaking
@click.pass_obj
def command(session: Session, /, *, files: tuple[Path, ...], overrides: tuple[str, ...]) -> None:
    """Is this scenario right? 检查场景文件。

    Reads each FILE and reports every mistake at once: file, line, column, what was found, what is allowed. The exit
    status is 3 if any file is wrong.

    \b
    Examples:
      storesim validate scenarios/elena_mileva.yaml
      storesim validate scenarios/*.yaml --json
    """
    with paused():
        found = {file: tuple(map(session.told_fault, _faults(session, file, overrides))) for file in files}
    if session.as_json:
        session.json([{"file": str(file), "faults": list(map(vars, faults))} for file, faults in found.items()])
    for file, faults in found.items():
        if faults and not session.as_json:
            tell("\n".join(map(str, faults)))
        elif not faults:
            session.remark("validate.good", file=file)
    if any(found.values()):
        session.exit_status = WRONG_FILE


def _faults(session: Session, file: Path, overrides: tuple[str, ...]) -> tuple[Fault, ...]:
    from storesim.scenario.load import read_scenario

    try:
        session.advise(read_scenario(file, overrides), file)
    except FileFaults as wrong:
        return wrong.faults
    return ()
