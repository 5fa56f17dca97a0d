"""Lessons held against what came, one series at a time: `python -m benchmarks.lesson_levels FOLDER [FILE…]`.

The law that lessons give a total of visitors, or its mean conversion, is two-sided normal in its logarithm.
`calibration.py` draws paths by it, which takes a hundred times as long, and adds how drivers go together. Here all
stores of the same folder are judged in minutes, by lessons of the other half: how many totals lie in the 80 % band and
above the median, and how far chances were off, told when the store opened and not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from benchmarks.calibration import LIVES, THRESHOLDS, Tally, by_other_stores, halves
from benchmarks.foretold import cases
from benchmarks.lesson_rows import MOVED, Rows, of_cases, of_made, of_public
from benchmarks.record import record, table
from benchmarks.simulated_stores import LIBRARY
from storesim.forecast.methods.lessons import (
    OPENING,
    REACHES,
    SIDES,
    TOLD,
    Taught,
    drift_terms,
    width_terms,
)

Array = NDArray[np.float64]

JUDGED = {"visitors": "count", "conversion": "conversion"}
HEAD = (
    "stores", "series", "days ahead", "opening told", "totals in 80 %", "error of chances (ECE)", "above the median, %",
    "forecasts",
)  # fmt: skip
_TENTH = 1.2815515655446004


def levels(rows: Rows, taught: Taught, table: str, *, told: bool) -> Array:
    """[n_reaches, n_rows, 3] what came over the median that lessons give it, and the scales below and above."""
    known = replace(rows.growth(taught[OPENING], told=told), trading=rows.of_store.astype(np.float64))
    drift, key = drift_terms(known), table + TOLD * told
    found = []
    for place, reach in enumerate(REACHES):
        width = width_terms(known, rows.laws[:, place])
        middle = _summed(taught["drift", key, reach], drift)
        below, above = (np.exp(_summed(taught[side, key, reach], width)) for side in SIDES)
        found.append(np.stack([rows.errors[:, place] - middle, below, above], axis=1))
    return np.stack(found)


def _summed(coefficients: Mapping[str, float], terms: Mapping[str, Array]) -> Array:
    return np.asarray(sum(coefficients[name] * term for name, term in terms.items()))


def cells(left: Array) -> list[str]:
    """Share in the 80 % band, error of chances, share above the median, number: of [n_rows, 3] that `levels` found."""
    left = left[np.isfinite(left[:, 0])]
    scale = np.where(left[:, 0] < 0.0, left[:, 1], left[:, 2])
    tally = Tally()
    for share in THRESHOLDS:
        at = np.log(share)
        tally.said.extend(ndtr(-at / np.where(at < 0.0, left[:, 1], left[:, 2])))
        tally.came.extend(left[:, 0] >= at)
    inside, above = np.abs(left[:, 0]) <= _TENTH * scale, left[:, 0] > 0.0
    shares = f"{100 * inside.mean():.0f}", f"{tally.calibration_error():.3f}", f"{100 * above.mean():.0f}"
    return [*shares, str(len(left))]


def judged(rows: Rows, lessons: list[Taught]) -> Iterator[list[str]]:
    """Cells for each life, series, reach, and whether the opening was told; lessons for each half of the stores."""
    origin = np.round(rows.moved[:, MOVED.index("days")] + rows.unseen).astype(int)
    lives = np.array([LIVES.get((int(first), int(last)), "") for first, last in zip(rows.unseen, origin, strict=True)])
    for life, (name, kind) in product(dict.fromkeys(LIVES.values()), JUDGED.items()):
        chosen = (lives == life) & (rows.source == "store") & (rows.table == kind)
        both = [rows.only(chosen & (halves(rows.number) == half)) for half in range(2)]
        for told in (False, True):
            parts = [levels(own, taught, kind, told=told) for own, taught in zip(both, lessons, strict=True)]
            for reach, left in zip(REACHES, np.concatenate(parts, axis=1), strict=True):
                yield [life, name, str(reach), "yes" if told else "no", *cells(left)]


def write(rows: Rows, lessons: list[Taught]) -> None:
    """The section."""
    said = (
        f"Totals of visitors, and conversion, of {len(LIBRARY)} simulated stores ({2 * len(LIBRARY)} store-years), "
        "held against the law that lessons of the other half of the stores give them; lives as in "
        '"Calibration on simulated stores". No paths are drawn.'
    )
    found = table(HEAD, list(judged(rows, lessons)))
    command = "python -m benchmarks.lesson_levels FOLDER FILE…"
    record("Lessons of simulated stores, one series at a time", command, f"{said}\n\n{found}")


def main(folder: Path, files: list[Path]) -> None:
    """Learn, and judge all stores."""
    rows = Rows.of([*of_cases(cases(LIBRARY, folder)), *of_made(), *of_public(files)])
    write(rows, by_other_stores(rows))


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
