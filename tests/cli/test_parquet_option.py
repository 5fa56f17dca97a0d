"""`--parquet`: the draws as a table too."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from tests.cli.conftest import Type

from storesim.results.files import sha256_of
from storesim.results.parquet import need_parquet

pytest.importorskip("pyarrow", reason="pyarrow is not installed (the extra `parquet`)")


def test_run_and_report_write_it_when_asked(typed: Type, scenario: Path) -> None:
    asked = ("run", scenario, "--runs", 2, "--executor", "serial", "-o", "out")
    assert typed(*asked).returncode == 0
    table = (scenario.parent / "out" / "latest").resolve() / "draws.parquet"
    assert not table.exists()

    assert typed("report", table.parent, "--parquet").returncode == 0
    digest = sha256_of(table)
    # Written again with the rest, also by a report that does not ask for it.
    assert typed("report", table.parent, "--lang", "zh").returncode == 0
    assert sha256_of(table) == digest
    assert digest in (table.parent / "run.json").read_text(encoding="utf-8")

    assert typed(*asked, "--resume").returncode == 0
    assert not table.exists()
    assert typed(*asked, "--resume", "--parquet").returncode == 0
    assert sha256_of(table) == digest


def test_without_the_library_nothing_is_simulated(typed: Type, scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need_parquet()
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)

    told = typed("run", scenario, "--parquet", "-o", "out")

    assert told.returncode == 2
    assert "storesim[parquet]" in told.stderr
    assert not (scenario.parent / "out").exists()


def test_a_shard_writes_no_draws(typed: Type, scenario: Path) -> None:
    assert "--parquet: no effect with --shard" in typed("run", scenario, "--shard", "1/2", "--parquet").stderr
