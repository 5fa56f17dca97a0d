"""The example repository works: its steps are those of its workflow."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from storesim.cli.main import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "ci"


def test_the_workflow_checks_what_was_approved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(EXAMPLE, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    workflow = YAML(typ="safe").load(Path(".github/workflows/forecasts.yml").read_text(encoding="utf-8"))
    (typed,) = (
        step["run"] for step in workflow["jobs"]["forecasts"]["steps"] if "storesim check" in step.get("run", "")
    )

    quick = ["--executor", "serial", "-q"]
    assert main(["approve", "scenarios/shop.yaml", "--runs", "12", "--set", "horizon=5", *quick]) == 0
    assert main([*typed.split()[1:], *quick]) == 0

    # What the later steps take.
    assert Path("out/check.md").read_text(encoding="utf-8").startswith("# No approved forecast moved")
