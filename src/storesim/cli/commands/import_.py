"""`storesim import`: an edited workbook as a scenario."""

from __future__ import annotations

from pathlib import Path

import click

from storesim.cli.options import FILE, speaking
from storesim.cli.session import Session


@click.command("import")
@click.argument("workbook", type=FILE)
@click.option("-o", "--output", type=FILE, metavar="NEW.yaml", required=True, help="Scenario file to write.")
@speaking
@click.pass_obj
def command(session: Session, /, *, workbook: Path, output: Path) -> None:
    """What did the planner type? 把改过的 plan.xlsx 变成可以模拟的场景。

    Reads the yellow cells of a plan.xlsx that was edited: the annual target, the months' shares, CVR, AOV and 费比, and
    the sheet of settings (budgets, bids, discounts, agents, stock, by stage), and the days and price cuts of the sales.
    Writes a scenario that simulates them, and says what was changed.

    \b
    Example:
      storesim import outputs/elena_mileva/latest/plan.xlsx -o mine.yaml
    """
    from storesim.results.files import write_whole
    from storesim.scenario.written import yaml_of
    from storesim.study.workbook import read_workbook

    found = read_workbook(workbook)
    write_whole(output, yaml_of(found.scenario).encode("utf-8"))
    if session.as_json:
        changes = [
            {"cell": c.cell, "setting": c.label, "before": c.plain(c.before), "after": c.plain(c.after)}
            for c in found.changes
        ]
        session.json({"file": str(output), "changes": changes})
        return
    if found.changes:
        columns = [session.phrase(f"column.{name}") for name in ("cell", "item", "before", "after")]
        rows = [[c.cell, c.label, c.shown(c.before), c.shown(c.after)] for c in found.changes]
        session.heading(session.phrase("import.title"))
        session.table(columns, rows, texts=2)
    else:
        session.line(session.phrase("import.nothing"))
    session.line(session.phrase("import.written", file=output))
