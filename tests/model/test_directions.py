"""Every setting moves the count it should the way it should, on the same luck."""

from __future__ import annotations

import copy
import re

import numpy as np
import pytest

from storesim.runs.one import simulate
from storesim.scenario.document import Scenario
from tests.model import directions_of_mechanisms as mechanisms
from tests.model.directions import ROWS, Row
from tests.model.small import scenario
from tests.model.test_settings import MOVING

LOOKS = ((3, 23.5), (5, 5.6), (8, 3.3))
"""After so many runs, a mean of so many standard errors is enough. By Student's law, luck alone passes 0.09 %, 0.25 %
and 0.65 % of rows, so one of the three looks in less than 1 %."""
BASE = {
    "channels.search": {"mechanism": "organic", "weight": 0.3, "popularity": 0.2},
    "operations.stock": {"policy": "unlimited"},
}
"""Shelves that are never empty, and ranks that move little: one change should not stir up everything else."""


@pytest.mark.parametrize("row", [*ROWS, *mechanisms.ROWS], ids=lambda row: row.path)
def test_each_setting_moves_its_count_the_way_it_should(row: Row) -> None:
    low, high = (scenario(copy.deepcopy({**BASE, **row.given, row.path: value})) for value in (row.low, row.high))
    more: list[float] = []

    for runs, enough in LOOKS:
        while len(more) < runs:
            more.append(_figure(high, row.moves, len(more)) - _figure(low, row.moves, len(more)))
        error = float(np.std(more, ddof=1)) / np.sqrt(runs)
        up = np.mean(more) if row.way == "+" else -np.mean(more)
        # A few counts that all differ by the same may be luck; when all runs agree, it is not.
        if up > enough * error and (error > 0.0 or runs == LOOKS[-1][0]):
            return

    pytest.fail(f"{row.path} from {row.low} to {row.high}: {row.moves} {np.mean(more):+g} ± {error:g}")


def _figure(one: Scenario, moves: str, run: int) -> float:
    channel, _, name = moves.rpartition(".")
    return simulate(one, 1, run).total(name, channel or None)


def test_every_setting_that_moves_a_count_has_a_row_or_a_reason() -> None:
    told = {_anywhere(row.path) for row in (*ROWS, *mechanisms.ROWS)}

    silent = [
        path
        for path in MOVING
        if _anywhere(path) not in told and not any(re.fullmatch(reason, path) for reason in mechanisms.NONE)
    ]

    assert silent == []


def test_every_reason_is_one_for_some_setting() -> None:
    idle = [reason for reason in mechanisms.NONE if not any(re.fullmatch(reason, path) for path in MOVING)]

    assert idle == []


def _anywhere(path: str) -> str:
    """The path without the names that a scenario makes up, and without places in lists."""
    named = re.sub(r"(channels|keywords|crowds|devices|promotions|roles|staff)\.\w+\.", r"\1.*.", path)
    return re.sub(r"\.\d+\.", ".#.", named)
