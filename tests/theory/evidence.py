"""What the tests of theory found, and the page that says so: `docs/evidence.md`.

A test hands each published case to `Evidence`, which holds it to three standard errors and remembers it. At the end of
a session over the whole folder `WRITE_EVIDENCE=1` writes the page; without it the page is only compared.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

PAGE = Path(__file__).resolve().parents[2] / "docs" / "evidence.md"
MOST_ERRORS = 3.0
FAMILY = 0.05
"""Chance that Holm's test condemns a storesim that is right in every case."""

MANY = 1_000_000
"""Values behind an estimate whose law is the normal: Student's law of as many is no other."""

SECTIONS = {
    "test_queues": "Queues: the chat desk",
    "test_stock": "Stock",
    "test_auction": "Auctions and budgets",
    "test_auction_order": "Auctions and budgets",
    "test_express": "Auctions and budgets",
    "test_visits": "Visitors, buyers and members",
    "test_devices": "Visitors, buyers and members",
    "test_orders": "Orders",
    "test_carts": "Carts and cancellations",
    "test_jd_ratios": "JD's published ratios",
    "test_channels": "Channels",
    "test_members": "Returning customers",
    "test_dispatch": "Dispatch",
    "test_sensitivity": "Sensitivity",
    "test_plan_sheets": "Plans",
    "test_balance": "Always",
}

HEAD = """\
<!-- Made by the tests of theory: `WRITE_EVIDENCE=1 .venv/bin/python -m pytest tests/theory`; do not edit. -->

# Evidence

Published and exact results against the shipped store, with every mechanism off but the one in question. There is no
code for these cases: each is a scenario like any other, simulated by the engine that plays all stores.

A simulated figure is the mean of independent runs, or of batches far longer than the queue's memory; its standard
error is computed from them, or from the curvature of the likelihood where a law was fitted, and *z* is the gap to the
expected figure in standard errors. A test fails where |z| is above 3, or where Holm's test over all cases, at 5 %,
finds one that chance does not explain. Cases without luck ask for equality, or for the digits that are published.
"""


@dataclass(frozen=True)
class Case:
    """One published figure and what storesim gave; a standard error of 0 marks a case without luck."""

    section: str
    name: str
    expected: float
    got: float
    standard_error: float
    n: int
    size: str
    source: str
    test: str
    tolerance: float = 0.0
    """How far a case without luck may be off: the digits that are published."""

    @property
    def z(self) -> float:
        """Standard errors between what came out and what should; 0 for a case without luck."""
        return (self.got - self.expected) / self.standard_error if self.standard_error > 0.0 else 0.0

    @property
    def p(self) -> float:
        """Chance of a gap at least this large, by Student's law with n - 1 degrees of freedom."""
        return float(2.0 * stats.t.sf(abs(self.z), self.n - 1)) if self.standard_error > 0.0 else 1.0

    @property
    def key(self) -> tuple[str, ...]:
        """What must stand on the page word for word."""
        return self.section, self.name, _plain(self.expected), self.size, self.source, self.test

    @property
    def found(self) -> tuple[str, str, str]:
        """The figure, its standard error and z, to the second digit of the error."""
        if self.standard_error == 0.0:
            return _plain(self.got), f"within {_plain(self.tolerance)}" if self.tolerance > 0.0 else "exact", ""
        digits = max(0, 1 - math.floor(math.log10(self.standard_error)))
        return f"{self.got:z.{digits}f}", f"{self.standard_error:.{digits}f}", f"{self.z:+z.1f}"


class Evidence:
    """The cases of one session."""

    def __init__(self) -> None:
        self.cases: list[Case] = []
        self.test = ""
        """File and name of the test that speaks."""

    def mean(self, name: str, *, expected: float, values: Sequence[float], size: str, source: str) -> None:
        """Hold the mean of independent `values` to `expected`, within three standard errors."""
        sample = np.array(values, dtype=np.float64)
        error = float(sample.std(ddof=1) / math.sqrt(sample.size))
        assert error > 0.0, f"{name}: all {sample.size} values are {sample[0]}; a z-test needs luck"
        case = self._record(name, expected, float(sample.mean()), (error, sample.size), (size, source))
        assert abs(case.z) <= MOST_ERRORS, f"{name}: {case.got} ± {error}, expected {expected}, z {case.z:+.2f}"

    def estimate(
        self, name: str, *, expected: float, got: float, error: float, size: str, source: str
    ) -> None:  # fmt: skip
        """Hold a fitted figure, whose standard error the fit tells, to `expected`, within three standard errors."""
        case = self._record(name, expected, got, (error, MANY), (size, source))
        assert abs(case.z) <= MOST_ERRORS, f"{name}: {got} ± {error}, expected {expected}, z {case.z:+.2f}"

    def exact(self, name: str, *, expected: float, got: float, size: str, source: str) -> None:
        """Hold `got` to be `expected` and nothing else."""
        self._record(name, expected, got, (0.0, 1), (size, source))
        assert got == expected, f"{name}: {got}, expected {expected}"

    def near(
        self, name: str, *, expected: float, got: float, tolerance: float, size: str, source: str
    ) -> None:  # fmt: skip
        """Hold `got` to be `expected` but for what is left out of the published digits."""
        self._record(name, expected, got, (0.0, 1), (size, source), tolerance)
        assert abs(got - expected) <= tolerance, f"{name}: {got}, expected {expected} within {tolerance}"

    def _record(
        self, name: str, expected: float, got: float, luck: tuple[float, int], words: tuple[str, str],
        tolerance: float = 0.0,
    ) -> Case:  # fmt: skip
        section = SECTIONS[self.test.split(".py")[0]]
        case = Case(section, name, expected, got, *luck, *words, self.test, tolerance)
        assert (section, name) not in {(c.section, c.name) for c in self.cases}, f"'{name}' stands twice"
        self.cases.append(case)
        return case


def wanted() -> bool:
    """Whether this session was asked to write the page."""
    return os.environ.get("WRITE_EVIDENCE", "") not in ("", "0")


def condemned(cases: Sequence[Case], family: float = FAMILY) -> list[Case]:
    """Cases that Holm's step-down test rejects (Holm 1979, Scandinavian Journal of Statistics 6, 65-70)."""
    rejected = []
    tested = sorted((case for case in cases if case.standard_error > 0.0), key=lambda case: case.p)
    for rank, case in enumerate(tested):
        if case.p > family / (len(tested) - rank):
            break
        rejected.append(case)
    return rejected


def render(cases: Sequence[Case]) -> str:
    """The whole page."""
    parts = [HEAD, _together(cases)]
    for section in dict.fromkeys(SECTIONS.values()):
        rows = [_row(case) for case in cases if case.section == section]
        if rows:
            parts.append(
                f"## {section}\n\n{_line(COLUMNS)}\n{_line(['---'] * len(COLUMNS))}\n" + "\n".join(rows) + "\n"
            )
    return "\n".join(parts)


def read_page(text: str) -> dict[tuple[str, ...], tuple[str, str, str]]:
    """Keys and figures of every row of a page."""
    rows, section = {}, ""
    for line in text.splitlines():
        if line.startswith("## "):
            section = line[3:]
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line.startswith("| ") else []
        if len(cells) == len(COLUMNS) and cells[0] not in ("case", "---"):
            name, expected, got, error, z, size, source, test = cells
            rows[(section, name, expected, size, source, test.strip("`"))] = (got, error, z)
    return rows


COLUMNS = ("case", "expected", "storesim gave", "standard error", "z", "size", "source", "test")


def _row(case: Case) -> str:
    _, name, expected, size, source, test = case.key
    return _line([name, expected, *case.found, size, source, f"`{test}`"])


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _together(cases: Sequence[Case]) -> str:
    tested = [case for case in cases if case.standard_error > 0.0]
    over_two = sum(abs(case.z) > 2.0 for case in tested)
    least, limit = min(case.p for case in tested), FAMILY / len(tested)
    return (
        f"{len(tested)} cases with luck and {len(cases) - len(tested)} without. {over_two} of the former lie over "
        f"two standard errors off,\nwhere chance alone puts about {0.05 * len(tested):.0f}; the largest |z| is "
        f"{max(abs(case.z) for case in tested):.1f}. Holm compares the smallest p, {least:.4f},\n"
        f"with {FAMILY} / {len(tested)} = {limit:.5f}, and rejects {len(condemned(cases))} cases.\n"
    )


def _plain(number: float) -> str:
    text = f"{number:.8f}".rstrip("0").rstrip(".")
    return re.sub(r"^-0$", "0", text)
