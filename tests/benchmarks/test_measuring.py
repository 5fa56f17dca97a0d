"""What the benchmarks work out from their measurements, and how they write it down."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from benchmarks.record import record, table
from benchmarks.scaling import Size, exponent, fit
from benchmarks.timing import cost_of


def test_a_fit_finds_the_cost_of_a_day_and_of_a_visitor() -> None:
    sizes = [
        Size(visitors, days, 20e-6 * days + 30e-9 * visitors, 0.0)
        for visitors, days in ((2e5, 365), (2e6, 365), (2e7, 365), (5e5, 90), (4e6, 730))
    ]

    day, visitor, explained = fit(sizes)

    assert day == pytest.approx(20e-6)
    assert visitor == pytest.approx(30e-9)
    assert explained == pytest.approx(1.0)


def test_a_cost_that_grows_with_the_square_has_exponent_two() -> None:
    small, large = Size(10.0, 1, 1.0, 0.0), Size(40.0, 1, 16.0, 0.0)

    assert exponent(small, large) == pytest.approx(2.0)


def test_a_section_is_written_anew_and_leaves_the_others(tmp_path: Path) -> None:
    path = tmp_path / "RESULTS.md"
    record("One", "python -m one", "first", path=path)
    record("Two", "python -m two", table(("a", "b"), [("x", "1")]), path=path)

    record("One", "python -m one", "second", path=path)

    text = path.read_text(encoding="utf-8")
    assert "first" not in text
    assert text.index("second") < text.index("| x | 1 |")
    assert text.count("## One") == text.count("`python -m one`") == 1


def test_the_cost_of_a_command_is_that_of_its_children_too() -> None:
    busy = "sum(range(3_000_000))"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True)"

    assert cost_of([sys.executable, "-c", parent]).cpu > cost_of([sys.executable, "-c", "pass"]).cpu + 0.02


def test_a_command_that_fails_is_not_measured() -> None:
    with pytest.raises(RuntimeError, match="no good"):
        cost_of([sys.executable, "-c", "raise SystemExit('no good')"])
