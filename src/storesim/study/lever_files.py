"""What levers a run was tried with, in files: rows for a spreadsheet, everything for a report written again."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path

import numpy as np

from storesim.plan.goals import Goals, LeverRow, Pulled, StageShare
from storesim.results.files import write_whole
from storesim.results.tables import plain_text
from storesim.scenario.document import Scenario
from storesim.scenario.written import yaml_of

LEVERS = "levers.csv"
KEPT = "levers.json"
SCENARIO = "with_levers.yaml"
COLUMNS = ("setting", "how", "step", "gmv_added", "standard_error", "cost", "roi", "profit_added", "clear", "about")
"""Of `levers.csv`, in order."""


def write_levers(folder: Path, scenario: Scenario, goals: Goals | None) -> tuple[str, ...]:
    """Write `levers.csv`, `levers.json`, and `with_levers.yaml` where the mix changes something; give their names."""
    for name in (LEVERS, KEPT, SCENARIO):
        # What an earlier plan left in this folder would be taken for this one's.
        (folder / name).unlink(missing_ok=True)
    found = None if goals is None else goals.levers
    if found is None:
        return ()
    write_whole(folder / LEVERS, _csv(found).encode("utf-8-sig"))
    write_whole(folder / KEPT, json.dumps(dataclasses.asdict(found), indent=1, ensure_ascii=False).encode())
    if not found.changes:
        return LEVERS, KEPT
    write_whole(folder / SCENARIO, yaml_of(scenario.with_(found.changes)).encode("utf-8"))
    return LEVERS, KEPT, SCENARIO


def kept_levers(folder: Path) -> Pulled | None:
    """What `write_levers` wrote, read back; None if it wrote nothing."""
    if not (folder / KEPT).exists():
        return None
    read = json.loads((folder / KEPT).read_text("utf-8"))
    rows = tuple(LeverRow(**row) for row in read.pop("rows"))
    stages = tuple(StageShare(**share) for share in read.pop("stages"))
    dated = {path: tuple(when) for path, when in read.pop("dated").items()}
    return Pulled(rows=rows, stages=stages, binds=tuple(tuple(one) for one in read.pop("binds")), dated=dated, **read)


def _csv(found: Pulled) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in found.rows:
        roi = "" if np.isnan(row.roi) else f"{row.roi:.3f}"
        about = plain_text(row.about)
        amounts = (f"{amount:.2f}" for amount in (row.gmv, row.error, row.cost))
        writer.writerow([row.path, row.how, f"{row.step:g}", *amounts, roi, f"{row.profit:.2f}", int(row.clear), about])
    return text.getvalue()
